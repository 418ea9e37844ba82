pragma circom 2.2.0;

include "hash.circom";
include "range.circom";
include "shared.circom";
include "signature.circom";

/*
 * What kind of operation it is.
 *
 * @input kind              - {1 .. 10} - enforced here
 * @output deposit .. feeCredit   - {bool} - at most one is 1; none in a decoy
 * @output owners           - {bool} - signed by the owner key
 * @output debit            - {bool} - takes the owner's money on its signature
 * @output queued           - {bool} - answers a queue of L1
 * @output header           - {uint4} - the kind that everybody sees
 * @output internal         - {bool} - all of those look alike
 */
template OperationKind() {
    signal input kind;
    signal output deposit;
    signal output withdraw;
    signal output note;
    signal output forced;
    signal output transferOut;
    signal output transferIn;
    signal output rotate;
    signal output cancel;
    signal output feeCredit;
    signal output owners;
    signal output debit;
    signal output queued;
    signal output header;
    signal output internal;

    signal is[OPERATION_DECOY()] <== OneHot(OPERATION_DECOY(), OPERATION_DEPOSIT())(1, kind);
    deposit <== is[OPERATION_DEPOSIT() - 1];
    withdraw <== is[OPERATION_WITHDRAW() - 1];
    note <== is[OPERATION_NOTE() - 1];
    forced <== is[OPERATION_FORCED() - 1];
    transferOut <== is[OPERATION_TRANSFER_OUT() - 1];
    transferIn <== is[OPERATION_TRANSFER_IN() - 1];
    rotate <== is[OPERATION_ROTATE() - 1];
    cancel <== is[OPERATION_CANCEL() - 1];
    feeCredit <== is[OPERATION_FEE_CREDIT() - 1];
    debit <== withdraw + note + transferOut;
    owners <== debit + rotate;
    queued <== deposit + forced;
    internal <== 1 - deposit - withdraw - note - forced;
    header <== deposit * HEADER_DEPOSIT() + withdraw * HEADER_WITHDRAW() + note * HEADER_NOTE()
        + forced * HEADER_FORCED() + internal * HEADER_INTERNAL();
}

/*
 * Who said so: the owner, the trading key for a cancel, or nobody.
 *
 * The parts of the message are of their widths, so that packing is injective.
 *
 * @input owners, cancel        - {bool} - from OperationKind
 * @input kind                  - {1 .. 10} - from OperationKind
 * @input domain                - {field} - public
 * @input time                  - {uint40} - of the table
 * @input index                 - {uint24} - from Update8
 * @input amount                - {uint64} - enforced by Operation; of a cancel its place
 * @input number, expiry        - {uint40} - enforced here; expiry ≥ time, signed or not
 * @input target                - {field}
 * @input ownerKey[2] .. tradingShifted[2]   - {point} - opened from the leaf
 * @input r8[2], s              - see SignatureOf
 */
template Authority() {
    signal input owners;
    signal input cancel;
    signal input kind;
    signal input domain;
    signal input time;
    signal input index;
    signal input amount;
    signal input number;
    signal input expiry;
    signal input target;
    signal input ownerKey[2];
    signal input ownerShifted[2];
    signal input tradingKey[2];
    signal input tradingShifted[2];
    signal input r8[2];
    signal input s;

    var signed = owners + cancel;

    // A: the message (FND-10, FND-11); nobody's number is 0
    Range(BITS_NONCE())(number);
    Range(BITS_TIME())(expiry);
    Range(BITS_TIME())(expiry - time);
    (1 - signed) * number === 0;
    signal packed <== kind + index * AT_OPERATION_ACCOUNT() + number * AT_OPERATION_NONCE()
        + expiry * AT_OPERATION_EXPIRY() + amount * AT_OPERATION_AMOUNT();
    signal message <== Hash(3, TAG_OPERATION())([domain, packed, target]);

    // B: the key
    signal key[2];
    signal shifted[2];
    for (var i = 0; i < 2; i++) {
        key[i] <== ownerKey[i] + cancel * (tradingKey[i] - ownerKey[i]);
        shifted[i] <== ownerShifted[i] + cancel * (tradingShifted[i] - ownerShifted[i]);
    }
    SignatureCheck()(signed, key, shifted, message, r8, s);
}

/*
 * What a number changes: an owner's number is above every one before it, a cancel's lies at or above its place.
 *
 * A cancel writes number and a full fill; it may run ahead by less than 2^32 and neither reads nor raises the owner's
 * number. Both distances and the places in queues of L1 share their bits, since no kind has two of them.
 *
 * @param R                     order places
 * @input owners, cancel        - {bool} - from OperationKind
 * @input queued                - {bool} - from OperationKind; at most one of the three is 1
 * @input number                - {uint40} - from Authority
 * @input place                 - {0 .. R-1} - enforced here if it cancels
 * @input request               - {uint64} - enforced here, 0 unless queued
 * @input ownerNonce            - {uint40} - before
 * @input stored[R]             - {uint80} - places before
 * @output ownerNonceAfter      - {uint40}
 * @output storedAfter[R]       - {uint80}
 */
template Numbers(R) {
    signal input owners;
    signal input cancel;
    signal input queued;
    signal input number;
    signal input place;
    signal input request;
    signal input ownerNonce;
    signal input stored[R];
    signal output ownerNonceAfter;
    signal output storedAfter[R];

    // A: how far the number is above the owner's last one (FND-9), or a cancel's last fill above its place (ORD-5)
    signal above <== owners * (number - ownerNonce - 1);
    signal selector[R] <== OneHot(R, 0)(cancel, place);
    signal before <== Dot(R)(selector, stored);
    signal ahead <== cancel * ((number + 1) * (1 << BITS_QUANTITY()) - 1) - before;
    (1 - queued) * request === 0;

    // B: not negative; 72 bits for a cancel, 64 for a queue. An owner's is below 2^40, as its number is
    signal bit[72] <== Bits(72)(above + ahead + request);
    var beyond = 0;
    for (var i = 64; i < 72; i++) {
        beyond += bit[i];
    }
    queued * beyond === 0;

    // C: what stays
    ownerNonceAfter <== ownerNonce + above + owners;
    for (var r = 0; r < R; r++) {
        storedAfter[r] <== stored[r] + selector[r] * ahead;
    }
}
