pragma circom 2.2.0;

include "margin.circom";
include "range.circom";
include "reduction.circom";
include "shared.circom";
include "vector.circom";

/*
 * The fund: given to and never tested for it, then deleveraged against or reducing of its own, under the close rule.
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

    // A: the worst scenario; exactly that in a step with a CLOSE (LIQ-12)
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

    // B: with the CLOSE at its first value: maintenance violated, or not (LIQ-12)
    signal stress <== maintenance * (worst - brought[0]);
    var judged = stress + MILLION() * (brought[0] - first);
    // pinned by violated·(violated - 1) === 0 and the sign in range
    signal violated <-- (judged >> (BITS_STUCK() + BITS_PPM())) == 0 ? 0 : 1;
    violated * (violated - 1) === 0;
    signal shown <== (1 - 2 * violated) * judged;
    Range(BITS_STUCK() + BITS_PPM())(shown - violated);
    owed <== first + violated * (whole - first);

    // C: deleveraging needs it violated after what it is given (LIQ-11)
    // pinned by deleverages·(1 - failing) === 0 and failing·(failing - 1) === 0
    signal failing <-- deleverages != 0 ? 1 : 0;
    failing * (failing - 1) === 0;
    deleverages * (1 - failing) === 0;
    signal failed <== failing * (-1 - stress - MILLION() * (brought[0] - owed));
    Range(BITS_STUCK() + BITS_PPM())(failed);

    // D: and it only reduces, counted across lanes (LIQ-11): all legs of a slot on one side, not beyond what is held
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

    // E: its own legs, without penalty, and none beside a DELEVERAGE (LIQ-13); used ones come first
    deleverages * used[0] === 0;
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

    // F: the close rule (MGN-2 to MGN-6), from what it was given on (LIQ-13). It holds by itself where the fund only
    //    took
    signal before[S + 1];
    for (var s = 0; s <= S; s++) {
        before[s] <== brought[s] - owed;
    }
    signal valueAfter[S + 1] <== Values(M, S + 1)(after, row);
    CloseRule(S + 1, BITS_STUCK(), 0)(1, before, valueAfter, maintenance, closeOut);
}
