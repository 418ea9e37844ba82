pragma circom 2.2.0;

include "range.circom";
include "shared.circom";

/*
 * Whether a forced request is paid anything: only then a margin has to hold.
 *
 * @input forced    - {bool} - from the caller
 * @input amount    - {uint64} - from the caller
 * @output out      - {bool} - 0 if not forced; 1 if forced and amount > 0; the prover's choice if forced and nothing
 */
template Paying() {
    signal input forced;
    signal input amount;
    signal output out;

    out <-- forced == 1 && amount != 0 ? 1 : 0; // pinned by out ∈ {0, forced} and amount 0 where out is not forced
    out * (forced - out) === 0;
    (forced - out) * amount === 0;
}

/*
 * A forced payment is all that is asked, free and there: paid = min(asked, max(0, least val_s), custody).
 *
 * Not more: paid ≤ asked is enforced here, paid ≤ custody where custody is checked, and wherever something is paid no
 * scenario ends below zero. Not less: of what is left of the request, of custody and of the scenarios, something is at
 * most 0. Where something was paid that is the bound that was met; where nothing was, there was nothing. A position that
 * no operation needs is given zeros, which are such a payment.
 *
 * @param rows              scenarios with the mark
 * @input asked             - {uint64} - enforced here
 * @input paid              - {uint64} - from the caller
 * @input custodyAfter      - {uint64} - from the caller
 * @input valueAfter[rows]  - {integer} - val_s after the payment; if paid > 0, {uint160} from the caller
 */
template ExactPayment(rows) {
    signal input asked;
    signal input paid;
    signal input custodyAfter;
    signal input valueAfter[rows];

    Range(BITS_AMOUNT())(asked);
    Range(BITS_AMOUNT())(asked - paid);

    var left[rows + 2];
    left[0] = asked - paid;
    left[1] = custodyAfter;
    for (var s = 0; s < rows; s++) {
        left[s + 2] = valueAfter[s];
    }
    var least = 0;
    for (var i = 1; i < rows + 2; i++) {
        if (left[i] < left[least]) { // circom compares as signed numbers
            least = i;
        }
    }
    signal chosen <-- least; // pinned by OneHot, which takes 0 .. rows + 1 only; the choice is the prover's
    signal selector[rows + 2] <== OneHot(rows + 2, 0)(1, chosen);
    signal rest <== Dot(rows + 2)(selector, left);
    Range(BITS_STUCK())(-rest);
}
