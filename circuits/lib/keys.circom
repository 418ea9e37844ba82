pragma circom 2.2.0;

include "hash.circom";
include "shared.circom";
include "signature.circom";

/*
 * New owner and trading keys of one account: registered, or rotated to.
 *
 * Opened and checked, so that nobody can make an account that others cannot touch. What is not needed is given any keys.
 *
 * @input ownerKey[2], tradingKey[2]   - {point} - on the curve, not of small order: enforced here
 * @input viewHash         - {field} - H[VIEW] of the account's view key
 * @input noteCommitment   - {field}
 * @input l1Owner          - {uint160}
 * @output ownerHash       - {field} - under the new keys
 * @output keysHash        - {field} - what a rotation signs and publishes
 */
template NewKeys() {
    signal input ownerKey[2];
    signal input tradingKey[2];
    signal input viewHash;
    signal input noteCommitment;
    signal input l1Owner;
    signal output ownerHash;
    signal output keysHash;

    signal ownerShifted[2] <== KeyTable()(ownerKey);
    signal tradingShifted[2] <== KeyTable()(tradingKey);
    signal ownerKeyHash <== Hash(4, TAG_KEY())([ownerKey[0], ownerKey[1], ownerShifted[0], ownerShifted[1]]);
    keysHash <== Hash(5, TAG_KEYS())([
        ownerKeyHash, tradingKey[0], tradingKey[1], tradingShifted[0], tradingShifted[1]
    ]);
    ownerHash <== Hash(8, TAG_OWNER())([
        ownerKeyHash, tradingKey[0], tradingKey[1], tradingShifted[0], tradingShifted[1],
        viewHash, noteCommitment, l1Owner
    ]);
}
