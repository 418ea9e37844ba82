pragma circom 2.2.0;

include "margin.circom";
include "range.circom";
include "reduction.circom";
include "shared.circom";
include "vector.circom";

/*
 * What a mode of the liquidate step asks of an account's values; NONE asks nothing.
 *
 * The prover picks a scenario s* and a floor u under all values after; the worst ones serve it best.
 *   LIQUIDATE   maintenance violated before; u ≥ b_{s*}; stops in time
 *   TAKEOVER    close-out violated before
 *   DELEVERAGE  u ≥ min(0, b_{s*}); maintenance value kept, or not below zero
 *   CLOSE       u = b_{s*}, so that it is the least value, exactly
 *   LIQUIDATE, DELEVERAGE: equity not below zero and below what it was; the close-out value does not fall
 *
 * @param rows                 scenarios with the mark
 * @input isLiquidate, isTakeover, isDeleverage, isClose   - {bool} - at most one; from the caller
 * @input before[rows], after[rows]   - {integer} - val_s; alike in a TAKEOVER and a CLOSE
 * @input loss[rows]           - {integer} - what one lot of each leg, put back at the mark, would lose; 0 at the mark
 * @input further              - {uint} - lots beyond one a leg
 * @input maintenance, closeOut   - {ppm}
 * @output least               - {integer} - the least value, in a CLOSE
 */
template ModeMargin(rows) {
    signal input isLiquidate;
    signal input isTakeover;
    signal input isDeleverage;
    signal input isClose;
    signal input before[rows];
    signal input after[rows];
    signal input loss[rows];
    signal input further;
    signal input maintenance;
    signal input closeOut;
    signal output least;

    var reduces = isLiquidate + isDeleverage;

    // A: a scenario s*, and its value before
    var lowest = 0;
    for (var s = 1; s < rows; s++) {
        if (before[s] < before[lowest]) { // circom compares as signed numbers
            lowest = s;
        }
    }
    signal chosen <-- lowest; // pinned by OneHot, which takes 0 .. rows - 1 only; the choice is the prover's
    signal selector[rows] <== OneHot(rows, 0)(1, chosen);
    signal worst <== Dot(rows)(selector, before);

    // B: a floor u under every value after
    var bottom = after[0];
    for (var s = 1; s < rows; s++) {
        if (after[s] < bottom) {
            bottom = after[s];
        }
    }
    signal floor <-- bottom; // pinned by after - floor in range for every scenario; any lower one is the prover's loss
    signal above[rows];
    for (var s = 0; s < rows; s++) {
        above[s] <== (reduces + isClose) * (after[s] - floor);
        Range(BITS_STUCK())(above[s]);
    }
    isClose * (floor - worst) === 0;
    least <== floor;

    // C: equity, and the worst scenario: LIQUIDATE may not pick zero there
    signal indebted <== AtLeastOrPositive(BITS_STUCK())(reduces, after[0], before[0]);
    // pinned by its distance from isLiquidate, 0 or isDeleverage; the choice is the prover's
    signal lower <-- isLiquidate == 1 || (isDeleverage == 1 && (floor >> BITS_STUCK()) != 0) ? 1 : 0;
    (lower - isLiquidate) * (isDeleverage + isLiquidate - lower) === 0;
    signal bottomAfter <== reduces * floor;
    signal bottomBefore <== lower * worst;
    Range(BITS_STUCK())(bottomAfter - bottomBefore);

    // D: margin violated before, strictly; or the maintenance value kept
    signal kappa <== isTakeover * (closeOut - maintenance) + maintenance;
    signal stressBefore <== kappa * (worst - before[0]);
    signal stressAfter <== maintenance * (floor - after[0]);
    var valueBefore = stressBefore + MILLION() * before[0];
    var valueAfter = stressAfter + MILLION() * after[0];
    // pinned by restored·(isDeleverage - restored) === 0; the choice is the prover's
    signal restored <-- isDeleverage == 1 && (valueAfter >> (BITS_STUCK() + BITS_PPM())) != 0 ? 1 : 0;
    restored * (isDeleverage - restored) === 0;
    signal maintained <== isDeleverage * valueAfter;
    signal compared <== (isLiquidate + isTakeover + restored) * valueBefore;
    Range(BITS_STUCK() + BITS_PPM())(maintained - compared - isLiquidate - isTakeover);

    // E: the close-out value, never excused
    signal spread <== closeOut * (floor - after[0] - worst + before[0]);
    signal kept <== reduces * (spread + MILLION() * (after[0] - before[0]));
    Range(BITS_STUCK() + BITS_PPM())(kept);

    // F: LIQUIDATE stops in time: some value after is at most 0, or at most what a lot of each leg would lose;
    //    unless every leg is one lot
    var wanted = 0;
    for (var s = 0; s < rows; s++) {
        if (after[s] <= 0 || after[s] <= loss[s]) {
            wanted = s;
        }
    }
    signal stop <-- wanted; // pinned by OneHot, which takes 0 .. rows - 1 only; the choice is the prover's
    signal stopSelector[rows] <== OneHot(rows, 0)(1, stop);
    signal stopValue <== Dot(rows)(stopSelector, after);
    signal stopLoss <== Dot(rows)(stopSelector, loss);
    signal loses <-- stopLoss > 0 ? 1 : 0; // pinned by loses·(loses - 1) === 0; the choice is the prover's
    loses * (loses - 1) === 0;
    signal bound <== loses * stopLoss;
    // pinned by further·(isLiquidate - weighed) === 0; where nothing is further, the choice is the prover's
    signal weighed <-- isLiquidate == 1 && further != 0 ? 1 : 0;
    further * (isLiquidate - weighed) === 0;
    signal checked <== weighed * (bound - stopValue);
    Range(BITS_STUCK())(checked);
}

/*
 * What a forced CLOSE owes: max(0, (1-κ)·equity + κ·least) / 10^6, floored, exactly: at κ_ex, or at 1 while anything
 * halted is held; and at 1 in any case. All 0 where nothing is closed.
 *
 * @param M                  slots
 * @input equity, least      - {integer} - val_0, and the least val_s, of the account
 * @input vector[M]          - {integer} - of the account
 * @input halted[M]          - {bool} - from the table; slot 0 is not read
 * @input exit               - {ppm} - κ_ex
 * @output first             - {uint80} - at κ_ex, or at 1 where it holds anything halted; enforced here
 * @output whole             - {uint80} - at 1: first, at most
 */
template ExitValues(M) {
    signal input equity;
    signal input least;
    signal input vector[M];
    signal input halted[M];
    signal input exit;
    signal output first;
    signal output whole;

    // A: κ
    signal stale[M];
    signal without[M];
    without[0] <== 1;
    stale[0] <== 0;
    var holding = 0;
    for (var j = 1; j < M; j++) {
        stale[j] <== halted[j] * vector[j];
        without[j] <== IsZero()(stale[j]);
        holding += 1 - without[j];
    }
    signal none <== IsZero()(holding);
    signal kappa <== MILLION() + none * (exit - MILLION());

    // B: at 1: max(0, least). 1: least ≥ 0 was shown. 0: least ≤ 0 was
    signal solvent <-- (least >> BITS_STUCK()) == 0 ? 1 : 0; // pinned by solvent·(solvent - 1) === 0 and the sign in range
    solvent * (solvent - 1) === 0;
    whole <== solvent * least;
    Range(BITS_STUCK())(2 * whole - least);

    // C: at κ: the same, and divided by a million: quotient and remainder
    signal stress <== kappa * (least - equity);
    var value = stress + MILLION() * equity;
    signal free <-- (value >> (BITS_STUCK() + BITS_PPM())) == 0 ? 1 : 0; // pinned by free·(free - 1) === 0 and the sign in range
    free * (free - 1) === 0;
    signal owed <== free * value;
    Range(BITS_STUCK() + BITS_PPM())(2 * owed - value);
    // pinned by owed === 10^6·first + remainder, with first in 80 bits and 0 ≤ remainder < 10^6
    first <-- owed \ MILLION();
    Range(BITS_CASH())(first);
    var remainder = owed - MILLION() * first;
    Range(BITS_PPM())(remainder);
    Range(BITS_PPM())(MILLION() - 1 - remainder);
}

/*
 * What custody can pay: min(owed, custody), exactly.
 *
 * @input owed       - {uint80}
 * @input custody    - {uint64}
 * @output out       - {uint64}
 */
template Payment() {
    signal input owed;
    signal input custody;
    signal output out;

    signal short <-- custody < owed ? 1 : 0; // pinned by short·(short - 1) === 0 and the smaller one in range
    short * (short - 1) === 0;
    signal missing <== short * (owed - custody);
    Range(BITS_CASH())(2 * missing - (owed - custody));
    out <== owed - missing;
}

/*
 * The fund: given to and never tested for it, then deleveraged against, then reducing of its own under the close rule.
 *
 * Whether it violates maintenance after everything that it is given, a CLOSE at its first value, decides what a CLOSE
 * owes, so both answers are shown: the least scenario is exact then.
 *
 * @param M, S, legs       slots, stress scenarios, its own legs
 * @input given[M]         - {integer} - swept, and all that the lanes bring, a CLOSE whole
 * @input closing          - {bool} - from the caller
 * @input first, whole     - {uint80} - what the CLOSE owes; see ExitValues
 * @input deleverages      - {uint} - lanes in that mode
 * @input deleveraged[M]   - {integer} - what these accounts' vectors gain
 * @input deleverageCount[M], deleverageDirection[M]   - {integer} - their legs, and their buys less their sells
 * @input value[M], funding[M], row[S + 1][M], riskLong[M], riskShort[M]   - from the table
 * @input maintenance, closeOut, band   - {ppm}
 * @input used[legs] .. cash[legs]      - see Reductions
 * @output owed            - {uint80} - what the CLOSE owes
 * @output after[M]        - {integer}
 * @output change[M]       - {integer} - by its own legs
 * @output count[M]        - {bool} - own legs in each slot
 * @output word[legs]      - {uint185}
 */
template Fund(M, S, legs) {
    signal input given[M];
    signal input closing;
    signal input first;
    signal input whole;
    signal input deleverages;
    signal input deleveraged[M];
    signal input deleverageCount[M];
    signal input deleverageDirection[M];
    signal input value[M];
    signal input funding[M];
    signal input row[S + 1][M];
    signal input riskLong[M];
    signal input riskShort[M];
    signal input maintenance;
    signal input closeOut;
    signal input band;
    signal input used[legs];
    signal input slot[legs];
    signal input side[legs];
    signal input lots[legs];
    signal input cash[legs];
    signal output owed;
    signal output after[M];
    signal output change[M];
    signal output count[M];
    signal output word[legs];

    // A: the worst scenario; exactly that in a step with a CLOSE
    signal brought[S + 1] <== Values(M, S + 1)(given, row);
    var lowest = 0;
    for (var s = 1; s <= S; s++) {
        if (brought[s] < brought[lowest]) {
            lowest = s;
        }
    }
    signal chosen <-- lowest; // pinned by OneHot, which takes 0 .. S only; the choice is the prover's without a CLOSE
    signal selector[S + 1] <== OneHot(S + 1, 0)(1, chosen);
    signal worst <== Dot(S + 1)(selector, brought);
    signal above[S + 1];
    for (var s = 0; s <= S; s++) {
        above[s] <== closing * (brought[s] - worst);
        Range(BITS_STUCK())(above[s]);
    }

    // B: with the CLOSE at its first value: maintenance violated, or not
    signal stress <== maintenance * (worst - brought[0]);
    var judged = stress + MILLION() * (brought[0] - first);
    signal violated <-- (judged >> (BITS_STUCK() + BITS_PPM())) == 0 ? 0 : 1; // pinned by violated·(violated - 1) === 0 and the sign in range
    violated * (violated - 1) === 0;
    signal shown <== (1 - 2 * violated) * judged;
    Range(BITS_STUCK() + BITS_PPM())(shown - violated);
    owed <== first + violated * (whole - first);

    // C: deleveraging needs it violated after what it is given
    signal failing <-- deleverages != 0 ? 1 : 0; // pinned by deleverages·(1 - failing) === 0 and failing·(failing - 1) === 0
    failing * (failing - 1) === 0;
    deleverages * (1 - failing) === 0;
    signal failed <== failing * (-1 - stress - MILLION() * (brought[0] - owed));
    Range(BITS_STUCK() + BITS_PPM())(failed);

    // D: and it only reduces, counted across lanes: all legs of a slot on one side, not beyond what is held
    signal towards[M];
    signal stays[M];
    signal held[M];
    towards[0] <== 0;
    stays[0] <== 0;
    held[0] <== given[0] - owed - deleveraged[0];
    for (var j = 1; j < M; j++) {
        held[j] <== given[j] - deleveraged[j];
        (deleverageCount[j] - deleverageDirection[j]) * (deleverageCount[j] + deleverageDirection[j]) === 0;
        // pinned by towards·count === direction; where there is no leg it is the prover's, and nothing is asked
        towards[j] <-- deleverageCount[j] != 0 ? deleverageDirection[j] / deleverageCount[j] : 0;
        towards[j] * deleverageCount[j] === deleverageDirection[j];
        stays[j] <== towards[j] * held[j];
        Range(BITS_LOTS())(stays[j]);
    }

    // E: its own legs
    component own = Reductions(M, legs, 0);
    own.held <== held;
    own.value <== value;
    own.funding <== funding;
    own.riskLong <== riskLong;
    own.riskShort <== riskShort;
    own.band <== band;
    own.penaltyCap <== 0;
    own.used <== used;
    own.slot <== slot;
    own.side <== side;
    own.lots <== lots;
    own.cash <== cash;
    for (var i = 0; i < legs; i++) {
        own.penalty[i] <== 0;
    }
    change <== own.change;
    count <== own.count;
    word <== own.word;
    for (var j = 0; j < M; j++) {
        after[j] <== held[j] + own.change[j];
    }

    // F: the close rule, which holds by itself where the fund only took
    signal before[S + 1];
    for (var s = 0; s <= S; s++) {
        before[s] <== brought[s] - owed;
    }
    signal valueAfter[S + 1] <== Values(M, S + 1)(after, row);
    CloseRule(S + 1, BITS_STUCK(), 0)(1, before, valueAfter, maintenance, closeOut);
}
