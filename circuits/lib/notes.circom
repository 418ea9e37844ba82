pragma circom 2.2.0;

include "hash.circom";
include "range.circom";
include "shared.circom";
include "tree8.circom";

// The one collateral of version 1.
function CASH_ASSET() { return 0; }

/*
 * A leaf of the note tree.
 *
 * @input amount      - {uint64} - enforced where the note is made
 * @input label       - {uint24} - the account that it came from
 * @input precommit   - {field} - H[PRE](nullifier, secret)
 * @output out        - {field}
 */
template NoteHash() {
    signal input amount;
    signal input label;
    signal input precommit;
    signal output out;
    out <== Hash(4, TAG_NOTE())([amount, CASH_ASSET(), label, precommit]);
}

/*
 * The next note of the tree, or none.
 *
 * A full tree has no witness: its count does not fit the index of a leaf. Without a note some leaf is put back as it was.
 *
 * @param N               depth of the note tree
 * @input enabled         - {bool} - from the caller
 * @input note            - {field} - what is appended if enabled, 0 if not
 * @input count           - {uint 3·N + 1} - notes before; below 8^N enforced here if enabled
 * @input resting         - {field} - leaf 0 as it is; 0 if enabled: enforced here
 * @input child[N][8]     - {field} - path of the leaf that is replaced
 * @output rootBefore, rootAfter   - {field}
 */
template NoteAppend(N) {
    signal input enabled;
    signal input note;
    signal input count;
    signal input resting;
    signal input child[N][8];
    signal output rootBefore;
    signal output rootAfter;

    enabled * resting === 0;
    signal index <== enabled * count;
    (rootBefore, rootAfter) <== Update8(N)(resting, resting + note, index, child);
}
