pragma circom 2.2.0;

include "hash.circom";
include "shared.circom";

/*
 * `stateRoot`.
 *
 * @input accountsRoot, notesRoot, custodyCommit   - {field}
 * @input noteCount                                - {uint 3·N + 1}
 * @output out                                     - {field}
 */
template StateHash() {
    signal input accountsRoot;
    signal input notesRoot;
    signal input noteCount;
    signal input custodyCommit;
    signal output out;
    out <== Hash(4, TAG_STATE())([accountsRoot, notesRoot, noteCount, custodyCommit]);
}

/*
 * `custodyCommit`: total collateral inside accounts, blinded.
 *
 * @input custody   - {uint64} - enforced where it changes
 * @input random    - {field}
 * @output out      - {field}
 */
template CustodyHash() {
    signal input custody;
    signal input random;
    signal output out;
    out <== Hash(2, TAG_CUSTODY())([custody, random]);
}
