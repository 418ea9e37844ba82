pragma circom 2.2.0;

include "range.circom";
include "shared.circom";

// One, in parts per million.
function MILLION() { return 1000000; }

/*
 * No scenario below zero, if enabled: initial margin (MGN-1, MGN-6).
 *
 * @param rows, bits       scenarios with the mark; width of the values
 * @input enabled          - {bool} - from the caller
 * @input value[rows]      - {uint bits} - enforced here if enabled
 */
template NoneNegative(rows, bits) {
    signal input enabled;
    signal input value[rows];

    signal checked[rows];
    for (var s = 0; s < rows; s++) {
        checked[s] <== enabled * value[s];
        Range(bits)(checked[s]);
    }
}

/*
 * The close rule, clauses (i) to (iv) of PROTOCOL.md section 6, if enabled: not pushed into debt, not riskier than
 * before, not stripped of maintenance value, and of close-out value only where no scenario ends below zero.
 *
 * The prover picks the worst scenario before (any will do) and a floor under all values after.
 *
 * @param rows, bits          scenarios with the mark; width of the checks, 20 more where a ppm multiplies
 * @param excused             1: (iv) does not bind where the floor is at least zero
 * @input enabled             - {bool} - from the caller
 * @input before[rows], after[rows]   - {integer} - val_s
 * @input maintenance, closeOut       - {ppm} - κ_mm, κ_co
 */
template CloseRule(rows, bits, excused) {
    signal input enabled;
    signal input before[rows];
    signal input after[rows];
    signal input maintenance;
    signal input closeOut;

    // A: a scenario s*, and its value before
    var least = 0;
    for (var s = 1; s < rows; s++) {
        if (before[s] < before[least]) { // circom compares as signed numbers
            least = s;
        }
    }
    signal chosen <-- least; // pinned by OneHot, which takes 0 .. rows - 1 only; the choice is the prover's
    signal selector[rows] <== OneHot(rows, 0)(1, chosen);
    signal worst <== Dot(rows)(selector, before);

    // B: a floor u under every value after
    var lowest = after[0];
    for (var s = 1; s < rows; s++) {
        if (after[s] < lowest) {
            lowest = after[s];
        }
    }
    signal floor <-- lowest; // pinned by after - floor in range for every scenario; any lower one is the prover's loss
    signal above[rows];
    for (var s = 0; s < rows; s++) {
        above[s] <== enabled * (after[s] - floor);
        Range(bits)(above[s]);
    }

    // C: (i) equity (MGN-2), (ii) the worst scenario (MGN-3), (iii) the maintenance value (MGN-4): ≥ 0 or ≥ what it was
    signal debt <== AtLeastOrPositive(bits)(enabled, after[0], before[0]);
    signal negative <== AtLeastOrPositive(bits)(enabled, floor, worst);
    signal maintainedAfter <== maintenance * (floor - after[0]);
    signal maintainedBefore <== maintenance * (worst - before[0]);
    signal stripped <== AtLeastOrPositive(bits + BITS_PPM())(
        enabled, maintainedAfter + MILLION() * after[0], maintainedBefore + MILLION() * before[0]
    );

    // D: (iv) the close-out value (MGN-5); (ii) has shown whether the floor is below zero
    signal spread <== closeOut * (floor - after[0] - worst + before[0]);
    var kept = spread + MILLION() * (after[0] - before[0]);
    signal bound <== excused == 1 ? enabled * negative : enabled;
    signal checked <== bound * kept;
    Range(bits + BITS_PPM())(checked);
}
