pragma circom 2.2.0;

include "../lib/account.circom";
include "../lib/hash.circom";
include "../lib/range.circom";
include "../lib/shared.circom";
include "../lib/state.circom";
include "../lib/table.circom";
include "../lib/tree8.circom";
include "../lib/vector.circom";

/*
 * "This account is worth this much at these prices": how its owner leaves a frozen system.
 *
 * The equity of PROTOCOL.md section 4's bounds is below 2^160 either way. It is not swept: a settled slot counts at its
 * final value all the same.
 *
 * @param D, M                  depth of the account tree, slots
 *
 * Public
 * @input domain                - {field} - bound, CLM-6
 * @input stateRoot             - {field} - the latest: L1
 * @input riskRoot              - {field} - of the escape prices: L1
 * @input index                 - {uint 3·D} - not 0: enforced here
 * @input l1Owner               - {uint160} - the leaf's
 * @input claim                 - {uint160} - enforced here
 *
 * Private
 * @input notesRoot, noteCount, custodyCommit   - the rest of stateRoot, opened here
 * @input child[D][8]           - {field} - the account's path
 * @input ownerKeyHash, tradingKey[2], tradingShifted[2], viewCommitment, noteCommitment   - the rest of ownerHash,
 *                                opened here; H[VIEW](viewKey) as it is, so that whoever proves need not have the key
 * @input vector[M]             - {integer}
 * @input ordersHash, ownerNonce, nonce, blind   - the rest of the leaf, opened here
 * @input paramsHash, stressRoot, time           - the rest of riskRoot, opened here
 * @input marksBefore, marksBeside[…], value[M]  - see MarksFromValues: of the marks only values are opened
 */
template Escape(D, M) {
    assert(3 * D <= BITS_ACCOUNT());
    signal input domain;
    signal input stateRoot;
    signal input riskRoot;
    signal input index;
    signal input l1Owner;
    signal input claim;
    signal input notesRoot;
    signal input noteCount;
    signal input custodyCommit;
    signal input child[D][8];
    signal input ownerKeyHash;
    signal input tradingKey[2];
    signal input tradingShifted[2];
    signal input viewCommitment;
    signal input noteCommitment;
    signal input vector[M];
    signal input ordersHash;
    signal input ownerNonce;
    signal input nonce;
    signal input blind;
    signal input paramsHash;
    signal input marksBefore;
    signal input marksBeside[BESIDE_VALUES(M)];
    signal input value[M];
    signal input stressRoot;
    signal input time;

    // A: a proof for one domain is none for another (CLM-6)
    signal bound <== domain * domain;

    // B: the account, all of it, for this L1 owner (CLM-9)
    signal ownerHash <== Hash(8, TAG_OWNER())([
        ownerKeyHash, tradingKey[0], tradingKey[1], tradingShifted[0], tradingShifted[1],
        viewCommitment, noteCommitment, l1Owner
    ]);
    signal vectorHash <== VectorHash(M)(vector);
    signal leaf <== AccountLeaf()(ownerHash, vectorHash, ordersHash, ownerNonce, nonce, blind);

    // C: it stands at this index in this state, and is not the fund (CLM-7, CLM-8)
    Nonzero()(index);
    signal accountsRoot <== RootAt8(D)(leaf, index, child);
    signal state <== StateHash()(accountsRoot, notesRoot, noteCount, custodyCommit);
    stateRoot === state;

    // D: the marks of this table (CLM-10)
    signal marksRoot <== MarksFromValues(M)(marksBefore, marksBeside, value);
    signal risk <== Hash(4, TAG_RISK())([paramsHash, marksRoot, stressRoot, time]);
    riskRoot === risk;

    // E: the claim is its equity, or 0, and what 0 replaces is not positive: max(equity, 0), exactly (CLM-11)
    signal equity[1] <== Values(M, 1)(vector, [value]);
    claim * (claim - equity[0]) === 0;
    Range(BITS_STUCK())(2 * claim - equity[0]);
}
