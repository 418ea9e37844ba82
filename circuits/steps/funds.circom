pragma circom 2.2.0;

include "../lib/forced.circom";
include "../lib/keys.circom";
include "../lib/notes.circom";
include "../lib/operation.circom";
include "../lib/state.circom";
include "../lib/table.circom";
include "../lib/vector.circom";
include "../lib/words.circom";

/*
 * The funds step: money enters, leaves and moves inside; keys rotate; orders are cancelled; fees are credited.
 *
 * The operations of one step share few positions for new keys, notes and forced payments. Whichever needs one gets the
 * next; the prover has no choice, and an operation without one has no witness.
 *
 * @param D, N, R, M, S       depth, depth of the note tree, order places, slots, stress scenarios
 * @param K                   operations, an even number
 * @param keys, notes, payments   positions for new keys, notes, forced payments
 * Public inputs as everywhere; private ones as in Operation, NewKeys, NoteAppend, RiskTable, StateHash, SuspenseHash.
 */
template Funds(D, N, R, M, S, K, keys, notes, payments) {
    assert(K % 2 == 0);
    assert(3 * D <= BITS_ACCOUNT()); // so that indices pack into their 24 bits
    // ---- public
    signal input domain;
    signal input stateBefore;
    signal input stateAfter;
    signal input suspenseBefore;
    signal input suspenseAfter;
    signal input riskRoot;
    signal input paramsHash;
    signal input time;
    signal input salt;
    signal input dataCommit;
    signal input z;
    signal input y;
    // ---- private: what is owed, the table, the state
    signal input owedBefore[M];
    signal input feesBefore;
    signal input owedBlind;
    signal input owedBlindAfter;
    signal input parameter[8];
    signal input status[M];
    signal input listing[M];
    signal input funding[M];
    signal input value[M];
    signal input lotRiskHash;
    signal input stress[S][M];
    signal input notesRoot;
    signal input noteCount;
    signal input custody;
    signal input custodyRandom;
    signal input custodyRandomAfter;
    // ---- private: operations
    signal input index[K];
    signal input ownerKey[K][2];
    signal input ownerShifted[K][2];
    signal input tradingKey[K][2];
    signal input tradingShifted[K][2];
    signal input viewKey[K];
    signal input noteCommitment[K];
    signal input l1Owner[K];
    signal input vector[K][M];
    signal input place[K][R];
    signal input ownerNonce[K];
    signal input nonce[K];
    signal input blind[K];
    signal input child[K][D][8];
    signal input kind[K];
    signal input registering[K];
    signal input amount[K];
    signal input number[K];
    signal input expiry[K];
    signal input target[K];
    signal input request[K];
    signal input plainAux[K];
    signal input ownerHashAfter[K];
    signal input r8[K][2];
    signal input s[K];
    // ---- private: shared positions
    signal input newOwnerKey[keys][2];
    signal input newTradingKey[keys][2];
    signal input noteResting[notes];
    signal input noteChild[notes][N][8];

    // A: the table
    component table = RiskTable(M, S);
    table.parameter <== parameter;
    table.status <== status;
    table.listing <== listing;
    table.funding <== funding;
    table.value <== value;
    table.lotRiskHash <== lotRiskHash;
    table.stress <== stress;
    table.time <== time;
    riskRoot === table.root;
    paramsHash === table.parametersHash;

    // B: transfers: two halves side by side, alike in accounts and amount, which the first one signs (FND-2)
    signal transfer[K \ 2];
    signal peer[K];
    for (var i = 0; i < K; i += 2) {
        transfer[i \ 2] <-- kind[i] == OPERATION_TRANSFER_OUT() ? 1 : 0; // pinned by transfer === transferOut in D
        peer[i] <== transfer[i \ 2] * index[i + 1];
        peer[i + 1] <== transfer[i \ 2] * index[i];
        transfer[i \ 2] * (target[i] - index[i + 1]) === 0;
        transfer[i \ 2] * (amount[i] - amount[i + 1]) === 0;
    }

    // C: the operations, root, custody (STA-4) and fees threaded through them
    signal context <== SealContext()(domain, salt);
    component operation[K];
    signal root[K + 1];
    signal inside[K + 1];
    inside[0] <== custody;
    var fees = feesBefore;
    var forced = 0;
    for (var i = 0; i < K; i++) {
        operation[i] = Operation(D, R, M, S);
        operation[i].domain <== domain;
        operation[i].context <== context;
        operation[i].time <== time;
        operation[i].settled <== table.settled;
        operation[i].row <== table.row;
        operation[i].index <== index[i];
        operation[i].ownerKey <== ownerKey[i];
        operation[i].ownerShifted <== ownerShifted[i];
        operation[i].tradingKey <== tradingKey[i];
        operation[i].tradingShifted <== tradingShifted[i];
        operation[i].viewKey <== viewKey[i];
        operation[i].noteCommitment <== noteCommitment[i];
        operation[i].l1Owner <== l1Owner[i];
        operation[i].vector <== vector[i];
        operation[i].place <== place[i];
        operation[i].ownerNonce <== ownerNonce[i];
        operation[i].nonce <== nonce[i];
        operation[i].blind <== blind[i];
        operation[i].child <== child[i];
        operation[i].kind <== kind[i];
        operation[i].registering <== registering[i];
        operation[i].amount <== amount[i];
        operation[i].number <== number[i];
        operation[i].expiry <== expiry[i];
        operation[i].target <== target[i];
        operation[i].request <== request[i];
        operation[i].plainAux <== plainAux[i];
        operation[i].peer <== peer[i];
        operation[i].ownerHashAfter <== ownerHashAfter[i];
        operation[i].r8 <== r8[i];
        operation[i].s <== s[i];
        if (i == 0) {
            root[0] <== operation[0].rootBefore;
        } else {
            root[i] === operation[i].rootBefore;
        }
        root[i + 1] <== operation[i].rootAfter;
        inside[i + 1] <== inside[i] + operation[i].custodyChange;
        Range(BITS_CUSTODY())(inside[i + 1]);
        fees += operation[i].feeChange;
        forced += operation[i].forced;
    }

    // D: both halves of a transfer, at an even place first (FND-2)
    for (var i = 0; i < K; i += 2) {
        transfer[i \ 2] === operation[i].transferOut;
        transfer[i \ 2] === operation[i + 1].transferIn;
        0 === operation[i].transferIn;
        0 === operation[i + 1].transferOut;
    }

    // E: new keys (FND-14, FND-16)
    component fresh[keys];
    signal keysFor[K][keys];
    signal keysView[keys][K];
    signal keysNote[keys][K];
    signal keysOwner[keys][K];
    var keysBefore = 0;
    for (var i = 0; i < K; i++) {
        keysFor[i] <== OneHot(keys, 0)(operation[i].newKeys, keysBefore);
        keysBefore += operation[i].newKeys;
    }
    for (var p = 0; p < keys; p++) {
        var view = 0;
        var commitment = 0;
        var owner = 0;
        for (var i = 0; i < K; i++) {
            keysView[p][i] <== keysFor[i][p] * operation[i].viewHash;
            keysNote[p][i] <== keysFor[i][p] * noteCommitment[i];
            keysOwner[p][i] <== keysFor[i][p] * l1Owner[i];
            view += keysView[p][i];
            commitment += keysNote[p][i];
            owner += keysOwner[p][i];
        }
        fresh[p] = NewKeys();
        fresh[p].ownerKey <== newOwnerKey[p];
        fresh[p].tradingKey <== newTradingKey[p];
        fresh[p].viewHash <== view;
        fresh[p].noteCommitment <== commitment;
        fresh[p].l1Owner <== owner;
        for (var i = 0; i < K; i++) {
            keysFor[i][p] * (ownerHashAfter[i] - fresh[p].ownerHash) === 0;
            // a registration signs nothing, so its target may be this as well
            keysFor[i][p] * (target[i] - fresh[p].keysHash) === 0;
        }
    }

    // F: notes, in the order of their operations (STA-5, FND-16)
    component append[notes];
    signal noteFor[K][notes];
    signal noteAmount[notes][K];
    signal noteLabel[notes][K];
    signal notePrecommit[notes][K];
    signal noteAux[notes][K];
    signal voucher[notes];
    signal noteRoot[notes + 1];
    var notesMade = 0;
    for (var i = 0; i < K; i++) {
        noteFor[i] <== OneHot(notes, 0)(operation[i].note, notesMade);
        notesMade += operation[i].note;
    }
    var count = noteCount;
    noteRoot[0] <== notesRoot;
    for (var p = 0; p < notes; p++) {
        var moved = 0;
        var label = 0;
        var precommit = 0;
        var aux = 0;
        var enabled = 0;
        for (var i = 0; i < K; i++) {
            noteAmount[p][i] <== noteFor[i][p] * amount[i];
            noteLabel[p][i] <== noteFor[i][p] * index[i];
            notePrecommit[p][i] <== noteFor[i][p] * target[i];
            noteAux[p][i] <== noteFor[i][p] * plainAux[i];
            moved += noteAmount[p][i];
            label += noteLabel[p][i];
            precommit += notePrecommit[p][i];
            aux += noteAux[p][i];
            enabled += noteFor[i][p];
        }
        voucher[p] <== NoteHash()(moved, label, precommit);
        enabled * voucher[p] === aux;
        append[p] = NoteAppend(N);
        append[p].enabled <== enabled;
        append[p].note <== aux;
        append[p].count <== count;
        append[p].resting <== noteResting[p];
        append[p].child <== noteChild[p];
        noteRoot[p] === append[p].rootBefore;
        noteRoot[p + 1] <== append[p].rootAfter;
        count += enabled;
    }

    // G: forced payments: exact (FND-6, FND-16)
    component exact[payments];
    signal paymentFor[K][payments];
    signal paymentAsked[payments][K];
    signal paymentPaid[payments][K];
    signal paymentCustody[payments][K];
    signal paymentValue[payments][K][S + 1];
    var paymentsMade = 0;
    for (var i = 0; i < K; i++) {
        paymentFor[i] <== OneHot(payments, 0)(operation[i].forced, paymentsMade);
        paymentsMade += operation[i].forced;
    }
    for (var p = 0; p < payments; p++) {
        var asked = 0;
        var paid = 0;
        var left = 0;
        var valueAfter[S + 1];
        for (var j = 0; j <= S; j++) {
            valueAfter[j] = 0;
        }
        for (var i = 0; i < K; i++) {
            paymentAsked[p][i] <== paymentFor[i][p] * plainAux[i];
            paymentPaid[p][i] <== paymentFor[i][p] * amount[i];
            paymentCustody[p][i] <== paymentFor[i][p] * inside[i + 1];
            asked += paymentAsked[p][i];
            paid += paymentPaid[p][i];
            left += paymentCustody[p][i];
            for (var j = 0; j <= S; j++) {
                paymentValue[p][i][j] <== paymentFor[i][p] * operation[i].valueAfter[j];
                valueAfter[j] += paymentValue[p][i][j];
            }
        }
        exact[p] = ExactPayment(S + 1);
        exact[p].asked <== asked;
        exact[p].paid <== paid;
        exact[p].custodyAfter <== left;
        exact[p].valueAfter <== valueAfter;
    }

    // H: the state
    signal custodyBefore <== CustodyHash()(custody, custodyRandom);
    signal custodyAfter <== CustodyHash()(inside[K], custodyRandomAfter);
    signal opened <== StateHash()(root[0], notesRoot, noteCount, custodyBefore);
    signal closed <== StateHash()(root[K], noteRoot[notes], count, custodyAfter);
    stateBefore === opened;
    stateAfter === closed;

    // I: what is owed: fees are credited (FND-15), and a forced request finds nothing owed (STP-3). Fees only fall
    // in this step, so that looking at the end is looking after every credit
    for (var j = 0; j < M; j++) {
        forced * owedBefore[j] === 0;
    }
    forced * feesBefore === 0;
    forced * owedBlind === 0;
    Range(BITS_CASH())(fees);
    signal owedHashBefore;
    signal owedHashAfter;
    (owedHashBefore, owedHashAfter) <== SuspenseHashTwice(M)(owedBefore, feesBefore, owedBlind, fees, owedBlindAfter);
    suspenseBefore === owedHashBefore;
    suspenseAfter === owedHashAfter;

    // J: the words
    signal word[1 + 4 * K];
    word[0] <== custodyAfter;
    for (var i = 0; i < K; i++) {
        for (var w = 0; w < 4; w++) {
            word[1 + 4 * i + w] <== operation[i].word[w];
        }
    }
    signal commitment;
    signal evaluation;
    (commitment, evaluation) <== Published(1 + 4 * K)(word, z);
    dataCommit === commitment;
    y === evaluation;
}
