pragma circom 2.2.0;

include "account.circom";
include "authority.circom";
include "forced.circom";
include "hash.circom";
include "margin.circom";
include "range.circom";
include "shared.circom";
include "tree8.circom";
include "vector.circom";

/*
 * One operation of a funds step on one account, but for what stands in positions that operations share: new keys, the
 * note, and that a forced payment is exact.
 *
 * Nothing that is published is the prover's to choose: what a kind does not use is 0.
 *
 * @param D, R, M, S            depth, order places, slots, stress scenarios
 * @input domain, time          - public
 * @input context               - {field} - from SealContext
 * @input settled[M], row[S + 1][M]   - from the table
 * @input index                 - {uint 3·D} - enforced here; the fund only by deposit and fee credit
 * @input ownerKey[2] .. blind  - the account before, opened here; see OwnerHash
 * @input child[D][8]           - {field} - its path, as the operation before left it
 * @input kind                  - {1 .. 10} - enforced here
 * @input registering           - {bool} - of a deposit, enforced here: the leaf was empty, and keys[]
 * @input amount                - {uint64} - enforced here; of a cancel its place, of a rotation and a decoy 0
 * @input number, expiry        - {uint40} - see Authority
 * @input target                - {field} - what is signed with it; see B
 * @input request               - {uint64} - place in a queue of L1; enforced here, 0 unless deposit or forced
 * @input plainAux              - {field} - aux before encryption; see B
 * @input peer                  - {uint24} - other account of a transfer, else 0; from the step
 * @input ownerHashAfter        - {field} - from the shared position if keys are new; else enforced here
 * @input r8[2], s              - see SignatureOf
 * @output rootBefore, rootAfter   - {field} - of the account tree
 * @output word[4]              - {field} - header, aux, leaf, ciphertext
 * @output note, forced, transferOut, transferIn, newKeys   - {bool} - for the step
 * @output custodyChange, feeChange   - {integer}
 * @output viewHash             - {field}
 * @output valueAfter[S + 1]    - {integer} - val_s
 */
template Operation(D, R, M, S) {
    signal input domain;
    signal input context;
    signal input time;
    signal input settled[M];
    signal input row[S + 1][M];
    signal input index;
    signal input ownerKey[2];
    signal input ownerShifted[2];
    signal input tradingKey[2];
    signal input tradingShifted[2];
    signal input viewKey;
    signal input noteCommitment;
    signal input l1Owner;
    signal input vector[M];
    signal input place[R];
    signal input ownerNonce;
    signal input nonce;
    signal input blind;
    signal input child[D][8];
    signal input kind;
    signal input registering;
    signal input amount;
    signal input number;
    signal input expiry;
    signal input target;
    signal input request;
    signal input plainAux;
    signal input peer;
    signal input ownerHashAfter;
    signal input r8[2];
    signal input s;
    signal output rootBefore;
    signal output rootAfter;
    signal output word[4];
    signal output note;
    signal output forced;
    signal output transferOut;
    signal output transferIn;
    signal output newKeys;
    signal output custodyChange;
    signal output feeChange;
    signal output viewHash;
    signal output valueAfter[S + 1];

    // A: the kind, and whom it may touch (FND-3, FND-8)
    component is = OperationKind();
    is.kind <== kind;
    note <== is.note;
    forced <== is.forced;
    transferOut <== is.transferOut;
    transferIn <== is.transferIn;
    registering * (is.deposit - registering) === 0;
    newKeys <== registering + is.rotate;
    Nonzero()(index + is.deposit + is.feeCredit);
    signal credited <== is.feeCredit * index;
    credited * (credited - 1) === 0;

    // B: amount (FND-13), target and aux (FND-4). A transfer's target is from the step, a rotation's from its new keys
    Range(BITS_AMOUNT())(amount);
    (is.internal - is.transferOut - is.transferIn - is.cancel - is.feeCredit) * amount === 0;
    is.cancel * target === 0;
    (is.withdraw + is.rotate) * (plainAux - target) === 0;
    registering * (plainAux - ownerHashAfter) === 0;
    (1 - is.withdraw - is.rotate - note - forced - registering) * plainAux === 0;
    signal address <== registering * l1Owner;
    signal recipient <== is.withdraw * target;
    Range(160)(address + recipient);

    // C: who said so (FND-12), and under which number (FND-7, FND-9, ORD-5)
    Authority()(
        is.owners, is.cancel, kind, domain, time, index, amount, number, expiry, target,
        ownerKey, ownerShifted, tradingKey, tradingShifted, r8, s
    );
    signal ownerNonceAfter;
    signal placeAfter[R];
    (ownerNonceAfter, placeAfter) <== Numbers(R)(
        is.owners, is.cancel, is.queued, number, amount, request, ownerNonce, place
    );

    // D: cash after the sweep
    signal swept[M] <== Sweep(M)(vector, settled, row[0]);
    signal change <== (is.deposit + transferIn + is.feeCredit - is.debit - forced) * amount;
    custodyChange <== (is.deposit - is.withdraw - note - forced) * amount;
    feeChange <== -is.feeCredit * amount;
    signal after[M];
    after[0] <== swept[0] + change;
    for (var j = 1; j < M; j++) {
        after[j] <== swept[j];
    }

    // E: margin (MGN-1): after a debit, and wherever a forced request is paid anything
    valueAfter <== Values(M, S + 1)(after, row);
    signal paying <== Paying()(forced, amount);
    NoneNegative(S + 1, BITS_STUCK())(is.debit + paying, valueAfter);

    // F: whose it is: new keys, or the ones that were there
    signal ownerKeyHash <== Hash(4, TAG_KEY())([ownerKey[0], ownerKey[1], ownerShifted[0], ownerShifted[1]]);
    viewHash <== Hash(1, TAG_VIEW())([viewKey]);
    signal ownerHash <== Hash(8, TAG_OWNER())([
        ownerKeyHash, tradingKey[0], tradingKey[1], tradingShifted[0], tradingShifted[1],
        viewHash, noteCommitment, l1Owner
    ]);
    (1 - newKeys) * (ownerHashAfter - ownerHash) === 0;

    // G: a registration begins with nothing (FND-5); its blinding goes nowhere, since the leaf before is empty
    for (var j = 0; j < M; j++) {
        registering * vector[j] === 0;
    }
    for (var r = 0; r < R; r++) {
        registering * place[r] === 0;
    }
    registering * ownerNonce === 0;
    registering * nonce === 0;

    // H: the leaf, at an index of the tree (STA-1), and never an empty one but in a registration (STA-2)
    signal vectorBefore <== VectorHash(M)(vector);
    signal vectorAfter <== VectorHash(M)(after);
    signal ordersBefore <== OrdersHash(R)(place);
    signal ordersAfter <== OrdersHash(R)(placeAfter);
    signal opened;
    signal leafAfter;
    signal keystream[2];
    (opened, leafAfter, keystream) <== Touch(2)(
        context, index, viewKey, ownerHash, ownerHashAfter, vectorBefore, vectorAfter, ordersBefore, ordersAfter,
        ownerNonce, ownerNonceAfter, nonce, blind
    );
    signal leafBefore <== (1 - registering) * opened;
    (rootBefore, rootAfter) <== Update8(D)(leafBefore, leafAfter, index, child);

    // I: the words. A registration's text is its L1 owner, in clear, and nothing else
    signal shown <== (is.deposit + is.withdraw + forced) * amount;
    word[0] <== is.header + index * AT_HEADER_INDEX() + shown * AT_HEADER_AMOUNT() + request * AT_HEADER_REQUEST();
    word[1] <== plainAux + is.internal * keystream[1];
    word[2] <== leafAfter;
    signal text <== kind + amount * AT_OPERATION_TEXT_AMOUNT() + number * AT_OPERATION_TEXT_NONCE()
        + peer * AT_OPERATION_TEXT_PEER() + keystream[0];
    word[3] <== text + registering * (l1Owner - text);
}
