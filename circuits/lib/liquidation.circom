pragma circom 2.2.0;

include "margin.circom";
include "range.circom";
include "shared.circom";

/*
 * What a mode of the liquidate step asks of an account's values; NONE asks nothing.
 *
 * The prover picks a scenario s* and a floor u under all values after; the worst ones serve it best.
 *   LIQUIDATE   maintenance violated before (LIQ-5); u ≥ b_{s*} (LIQ-8); stops in time (LIQ-9)
 *   TAKEOVER    close-out violated before (LIQ-10)
 *   DELEVERAGE  u ≥ min(0, b_{s*}) (MGN-3); maintenance value kept, or not below zero (MGN-4)
 *   CLOSE       u = b_{s*}, so that it is the least value, exactly (LIQ-12)
 * LIQUIDATE and DELEVERAGE: equity not below zero and below what it was (LIQ-8, MGN-2); the close-out value does not
 * fall (LIQ-8, MGN-5). Widths are MGN-6's.
 *
 * @param rows                 scenarios with the mark
 * @input isLiquidate, isTakeover, isDeleverage, isClose   - {bool} - at most one; from the caller
 * @input before[rows], after[rows]   - {integer} - val_s; alike in a TAKEOVER and a CLOSE
 * @input gained[rows]         - {integer} - what the legs together gained against the mark, and lose if undone; 0 at the mark
 * @input most                 - {uint40} - lots of the longest leg
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
    signal input gained[rows];
    signal input most;
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

    // B: a floor u under every value after; in a CLOSE the least one (LIQ-12)
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

    // C: equity (LIQ-8, MGN-2), and the worst scenario (LIQ-8, MGN-3): LIQUIDATE may not pick zero there
    signal indebted <== AtLeastOrPositive(BITS_STUCK())(reduces, after[0], before[0]);
    // pinned by its distance from isLiquidate, 0 or isDeleverage; the choice is the prover's
    signal lower <-- isLiquidate == 1 || (isDeleverage == 1 && (floor >> BITS_STUCK()) != 0) ? 1 : 0;
    (lower - isLiquidate) * (isDeleverage + isLiquidate - lower) === 0;
    signal bottomAfter <== reduces * floor;
    signal bottomBefore <== lower * worst;
    Range(BITS_STUCK())(bottomAfter - bottomBefore);

    // D: margin violated before, strictly (LIQ-5, LIQ-10); or the maintenance value kept (MGN-4)
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

    // E: the close-out value, never excused (LIQ-8, MGN-5)
    signal spread <== closeOut * (floor - after[0] - worst + before[0]);
    signal kept <== reduces * (spread + MILLION() * (after[0] - before[0]));
    Range(BITS_STUCK() + BITS_PPM())(kept);

    // F: LIQUIDATE stops in time (LIQ-9): some value after is at most 0; or, times the lots of the longest leg, at most
    //    what the whole reduction gained, which is less than 2^160; unless every leg is one lot. With lots of 40 bits
    //    all products are far from r
    var wanted = 0;
    for (var s = 0; s < rows; s++) {
        if (after[s] <= 0 || most * after[s] <= gained[s]) {
            wanted = s;
        }
    }
    signal stop <-- wanted; // pinned by OneHot, which takes 0 .. rows - 1 only; the choice is the prover's
    signal stopSelector[rows] <== OneHot(rows, 0)(1, stop);
    signal stopValue <== Dot(rows)(stopSelector, after);
    signal stopGain <== Dot(rows)(stopSelector, gained);
    signal positive <-- stopValue > 0 ? 1 : 0; // pinned by positive·(positive - 1) === 0; the choice is the prover's
    positive * (positive - 1) === 0;
    signal excess <== (most - 1) * stopValue;
    signal bound <== positive * (stopGain - excess);
    // pinned by further·(isLiquidate - weighed) === 0; where nothing is further, the choice is the prover's
    signal weighed <-- isLiquidate == 1 && further != 0 ? 1 : 0;
    further * (isLiquidate - weighed) === 0;
    signal checked <== weighed * (bound - stopValue);
    Range(BITS_STUCK())(checked);
}

/*
 * What a forced CLOSE owes (LIQ-12): max(0, (1-κ)·equity + κ·least) / 10^6, floored, exactly: at κ_ex, or at 1 while
 * anything halted is held; and at 1 in any case. All 0 where nothing is closed.
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
    // pinned by solvent·(solvent - 1) === 0 and the sign in range
    signal solvent <-- (least >> BITS_STUCK()) == 0 ? 1 : 0;
    solvent * (solvent - 1) === 0;
    whole <== solvent * least;
    Range(BITS_STUCK())(2 * whole - least);

    // C: at κ: the same, and divided by a million: quotient and remainder
    signal stress <== kappa * (least - equity);
    var value = stress + MILLION() * equity;
    // pinned by free·(free - 1) === 0 and the sign in range
    signal free <-- (value >> (BITS_STUCK() + BITS_PPM())) == 0 ? 1 : 0;
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
 * What custody can pay: min(owed, custody), exactly (LIQ-12, STA-4).
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
