pragma circom 2.2.0;

include "hash.circom";
include "range.circom";
include "shared.circom";

/*
 * `ownerHash`: who an account belongs to.
 *
 * @input ownerKeyHash          - {field} - H[KEY] of the owner key with its shifted point
 * @input tradingKey[2]         - {point}
 * @input tradingShifted[2]     - {point} - 2^129·tradingKey
 * @input viewKey               - {field}
 * @input noteCommitment        - {field} - H[NOTEKEY](noteKey)
 * @input l1Owner               - {uint160} - enforced where it enters the state
 * @output out                  - {field}
 */
template OwnerHash() {
    signal input ownerKeyHash;
    signal input tradingKey[2];
    signal input tradingShifted[2];
    signal input viewKey;
    signal input noteCommitment;
    signal input l1Owner;
    signal output out;

    signal view <== Hash(1, TAG_VIEW())([viewKey]);
    out <== Hash(8, TAG_OWNER())([
        ownerKeyHash, tradingKey[0], tradingKey[1], tradingShifted[0], tradingShifted[1], view, noteCommitment, l1Owner
    ]);
}

/*
 * `accountLeaf`.
 *
 * @input ownerHash, vectorHash, ordersHash   - {field}
 * @input ownerNonce, nonce                   - {uint40} - enforced where they grow
 * @input blind                               - {field}
 * @output out                                - {field} - never 0, which is the empty leaf: that would be a preimage
 */
template AccountLeaf() {
    signal input ownerHash;
    signal input vectorHash;
    signal input ordersHash;
    signal input ownerNonce;
    signal input nonce;
    signal input blind;
    signal output out;

    out <== Hash(6, TAG_ACCOUNT())([ownerHash, vectorHash, ordersHash, ownerNonce, nonce, blind]);
}

/*
 * `ordersHash`.
 *
 * @param R           order places, at most 16
 * @input place[R]    - {uint80} - filled + 2^40·nonce; enforced where they change
 * @output out        - {field}
 */
template OrdersHash(R) {
    signal input place[R];
    signal output out;

    assert(R <= 16);
    out <== Hash(R, TAG_ORDERS())(place);
}

/*
 * What the keystreams of one step have in common: once a step.
 *
 * @input domain, salt   - {field} - public
 * @output out           - {field}
 */
template SealContext() {
    signal input domain;
    signal input salt;
    signal output out;
    out <== Hash(2, TAG_CONTEXT())([domain, salt]);
}

/*
 * Blinding and keystream of one touch.
 *
 * @param words             of ciphertext, at most 14
 * @input viewKey           - {field}
 * @input context           - {field} - from SealContext
 * @input index             - {uint24}
 * @input nonce             - {uint40} - the one in the new leaf
 * @output blind            - {field}
 * @output keystream[words] - {field}
 */
template Seal(words) {
    signal input viewKey;
    signal input context;
    signal input index;
    signal input nonce;
    signal output blind;
    signal output keystream[words];

    assert(words <= 14);
    signal key <== Hash(3, TAG_UPDATE())([viewKey, context, index + nonce * (1 << BITS_ACCOUNT())]);
    var rate[words + 1];
    rate[0] = key;
    for (var i = 1; i <= words; i++) {
        rate[i] = 0;
    }
    // one permutation of words + 2 elements, the last of which stays hidden: all of them could be inverted
    signal stream[words + 1] <== PoseidonEx(words + 1, words + 1)(rate, TAG_STREAM());
    blind <== stream[0];
    for (var i = 0; i < words; i++) {
        keystream[i] <== stream[i + 1];
    }
}

/*
 * One touch: the leaf before, and the leaf after under the next nonce and a fresh blinding, with its keystream.
 *
 * The nonce begins at 0 and grows by one, so that it reaches 2^40 only from 2^40 - 1: a non-equality keeps it inside (STA-3).
 *
 * @param words                             of ciphertext
 * @input context                           - {field} - from SealContext
 * @input index                             - {uint24} - of the account
 * @input viewKey                           - {field} - the one in ownerBefore and in ownerAfter
 * @input ownerBefore, ownerAfter           - {field} - ownerHash
 * @input vectorBefore, vectorAfter         - {field} - vecHash
 * @input ordersBefore, ordersAfter         - {field} - ordersHash
 * @input ownerNonceBefore, ownerNonceAfter - {uint40}
 * @input nonce                             - {uint40} - before; the next one is enforced here
 * @input blind                             - {field} - before
 * @output leafBefore, leafAfter            - {field}
 * @output keystream[words]                 - {field}
 */
template Touch(words) {
    signal input context;
    signal input index;
    signal input viewKey;
    signal input ownerBefore;
    signal input ownerAfter;
    signal input vectorBefore;
    signal input vectorAfter;
    signal input ordersBefore;
    signal input ordersAfter;
    signal input ownerNonceBefore;
    signal input ownerNonceAfter;
    signal input nonce;
    signal input blind;
    signal output leafBefore;
    signal output leafAfter;
    signal output keystream[words];

    leafBefore <== AccountLeaf()(ownerBefore, vectorBefore, ordersBefore, ownerNonceBefore, nonce, blind);
    signal next <== nonce + 1;
    Nonzero()(next - (1 << BITS_NONCE()));
    signal nextBlind;
    (nextBlind, keystream) <== Seal(words)(viewKey, context, index, next);
    leafAfter <== AccountLeaf()(ownerAfter, vectorAfter, ordersAfter, ownerNonceAfter, next, nextBlind);
}
