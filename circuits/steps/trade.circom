pragma circom 2.2.0;

include "../lib/account.circom";
include "../lib/leg.circom";
include "../lib/margin.circom";
include "../lib/state.circom";
include "../lib/table.circom";
include "../lib/tree8.circom";
include "../lib/vector.circom";
include "../lib/words.circom";

/*
 * A touch of one account by up to `legs` signed orders.
 *
 * A narrow lane (legs = 1) serves the common case cheaply: nothing waits to be swept, initial margin afterwards. A wide
 * lane sweeps first and ends under the close rule. A lane without a leg is a decoy: no margin test.
 *
 * @param M, S, R, E          slots, stress scenarios, order places, height of the district
 * @param legs                of the lane: 1 is narrow
 * @input domain, time        - public
 * @input context             - {field} - from SealContext
 * @input district            - {uint24} - number of the district; the account is local + 8^E·district
 * @input feeCap, maintenance, closeOut   - {ppm} - from the table's parameters
 * @input listing[M], reducing[M], settled[M], row[S + 1][M]   - from the table
 * @input local               - {uint 3·E} - enforced here
 * @input ownerKeyHash, tradingKey[2], tradingShifted[2], viewKey, noteCommitment, l1Owner   - see OwnerHash
 * @input vector[M], place[R], ownerNonce, nonce, blind   - the account before, opened here
 * @input child[E][8]         - {field} - its path within the district, as the touch before left it
 * @input used[legs]          - {bool} - enforced here: used ones first
 * @input slot[legs] ..       - see Leg
 * @output rootBefore, rootAfter   - {field} - of the district
 * @output account            - {uint24}
 * @output word[1 + legs]     - {field} - the new leaf and the legs' ciphertexts
 * @output slotCount[M]       - {uint} - legs in each slot
 * @output owed[M], fees      - {integer} - what the clearing house takes on
 */
template Lane(M, S, R, E, legs) {
    signal input domain;
    signal input context;
    signal input time;
    signal input district;
    signal input feeCap;
    signal input maintenance;
    signal input closeOut;
    signal input listing[M];
    signal input reducing[M];
    signal input settled[M];
    signal input funding[M];
    signal input row[S + 1][M];
    signal input local;
    signal input ownerKeyHash;
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
    signal input child[E][8];
    signal input used[legs];
    signal input slot[legs];
    signal input side[legs];
    signal input reduceOnly[legs];
    signal input orderPlace[legs];
    signal input orderNonce[legs];
    signal input expiry[legs];
    signal input limit[legs];
    signal input maxFee[legs];
    signal input quantity[legs];
    signal input lots[legs];
    signal input cash[legs];
    signal input fee[legs];
    signal input r8[legs][2];
    signal input s[legs];
    signal output rootBefore;
    signal output rootAfter;
    signal output account;
    signal output word[1 + legs];
    signal output slotCount[M];
    signal output owed[M];
    signal output fees;

    // A: which account; never the fund (TRD-3)
    account <== local + district * (1 << (3 * E));
    Nonzero()(account);

    // B: sweep, or nothing to sweep (TRD-4)
    signal swept[M];
    if (legs == 1) {
        swept <== vector;
        for (var j = 1; j < M; j++) {
            settled[j] * vector[j] === 0;
        }
    } else {
        swept <== Sweep(M)(vector, settled, row[0]);
    }

    // C: the legs, used ones first, each on another place (TRD-5), each reading what the one before left
    used[0] * (used[0] - 1) === 0;
    for (var i = 1; i < legs; i++) {
        used[i] * (used[i] - 1) === 0;
        used[i] * (1 - used[i - 1]) === 0;
    }
    signal plus[2];
    signal minus[2];
    signal start[2];
    signal excess[2];
    (plus, minus, start, excess) <== KeyPointsIf()(used[0], tradingKey, tradingShifted);
    component leg[legs];
    signal held[legs + 1][M];
    held[0] <== swept;
    var placeCount[R];
    var placeAfter[R];
    var count[M];
    var paid = 0;
    var taken = 0;
    signal moved[legs][R];
    for (var r = 0; r < R; r++) {
        placeCount[r] = 0;
        placeAfter[r] = place[r];
    }
    for (var j = 0; j < M; j++) {
        count[j] = 0;
    }
    for (var i = 0; i < legs; i++) {
        leg[i] = Leg(M, R);
        leg[i].used <== used[i];
        leg[i].domain <== domain;
        leg[i].account <== account;
        leg[i].time <== time;
        leg[i].feeCap <== feeCap;
        leg[i].key <== tradingKey;
        leg[i].plus <== plus;
        leg[i].minus <== minus;
        leg[i].start <== start;
        leg[i].excess <== excess;
        leg[i].listing <== listing;
        leg[i].reducing <== reducing;
        leg[i].held <== held[i];
        leg[i].stored <== place;
        leg[i].slot <== slot[i];
        leg[i].side <== side[i];
        leg[i].reduceOnly <== reduceOnly[i];
        leg[i].place <== orderPlace[i];
        leg[i].nonce <== orderNonce[i];
        leg[i].expiry <== expiry[i];
        leg[i].limit <== limit[i];
        leg[i].maxFee <== maxFee[i];
        leg[i].quantity <== quantity[i];
        leg[i].lots <== lots[i];
        leg[i].cash <== cash[i];
        leg[i].fee <== fee[i];
        leg[i].r8 <== r8[i];
        leg[i].s <== s[i];
        for (var j = 0; j < M; j++) {
            held[i + 1][j] <== held[i][j] + leg[i].change[j];
            count[j] += leg[i].slotSelector[j];
        }
        for (var r = 0; r < R; r++) {
            moved[i][r] <== leg[i].placeSelector[r] * leg[i].placeChange;
            placeAfter[r] += moved[i][r];
            placeCount[r] += leg[i].placeSelector[r];
        }
        paid += leg[i].signedCash;
        taken += fee[i];
    }
    if (legs > 1) {
        for (var r = 0; r < R; r++) {
            placeCount[r] * (placeCount[r] - 1) === 0;
        }
    }
    slotCount <== count;

    // D: cash: the price less the funding that the lots carry, and the fees
    signal carried[M];
    carried[0] <== 0;
    var due = paid;
    for (var j = 1; j < M; j++) {
        carried[j] <== (held[legs][j] - held[0][j]) * funding[j];
        due -= carried[j];
    }
    fees <== taken;
    signal after[M];
    after[0] <== swept[0] - due - taken;
    owed[0] <== due;
    for (var j = 1; j < M; j++) {
        after[j] <== held[legs][j];
        owed[j] <== held[0][j] - held[legs][j];
    }

    // E: margin (MGN-1; MGN-2 to MGN-6)
    signal valueAfter[S + 1] <== Values(M, S + 1)(after, row);
    if (legs == 1) {
        NoneNegative(S + 1, BITS_TRADED())(used[0], valueAfter);
    } else {
        signal valueBefore[S + 1] <== Values(M, S + 1)(swept, row);
        CloseRule(S + 1, BITS_TRADED(), 1)(used[0], valueBefore, valueAfter, maintenance, closeOut);
    }

    // F: the leaf, and what the owner reads
    signal owner <== OwnerHash()(ownerKeyHash, tradingKey, tradingShifted, viewKey, noteCommitment, l1Owner);
    signal vectorBefore;
    signal vectorAfter;
    if (legs == 1) {
        (vectorBefore, vectorAfter) <== VectorHashTwice(M)(vector, after, slotCount);
    } else {
        vectorBefore <== VectorHash(M)(vector);
        vectorAfter <== VectorHash(M)(after);
    }
    signal ordersBefore <== OrdersHash(R)(place);
    signal ordersAfter <== OrdersHash(R)(placeAfter);
    signal leafBefore;
    signal leafAfter;
    signal keystream[legs];
    (leafBefore, leafAfter, keystream) <== Touch(legs)(
        context, account, viewKey, owner, owner, vectorBefore, vectorAfter, ordersBefore, ordersAfter,
        ownerNonce, ownerNonce, nonce, blind
    );
    (rootBefore, rootAfter) <== Update8(E)(leafBefore, leafAfter, local, child);
    word[0] <== leafAfter;
    for (var i = 0; i < legs; i++) {
        word[1 + i] <== leg[i].word + keystream[i];
    }
}

/*
 * The trade step: signed orders, filled against the clearing house, in lanes of one district.
 *
 * Inputs by lane: narrow ones first, then wide ones. Inputs by leg: one for each narrow lane, then `legs` for each wide.
 *
 * @param D, E, R, M, S       depth, height of the district, order places, slots, stress scenarios
 * @param narrow, wide, legs  lanes of one leg; lanes of `legs`
 * Public inputs as everywhere; private ones as in Lane, RiskTable, StateHash and SuspenseHash.
 */
template Trade(D, E, R, M, S, narrow, wide, legs) {
    assert(3 * D <= BITS_ACCOUNT()); // so that indices pack into their 24 bits
    var lanes = narrow + wide;
    var total = narrow + wide * legs;
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
    signal input custodyCommit;
    signal input district;
    signal input districtChild[D - E][8];
    // ---- private: lanes
    signal input local[lanes];
    signal input ownerKeyHash[lanes];
    signal input tradingKey[lanes][2];
    signal input tradingShifted[lanes][2];
    signal input viewKey[lanes];
    signal input noteCommitment[lanes];
    signal input l1Owner[lanes];
    signal input vector[lanes][M];
    signal input place[lanes][R];
    signal input ownerNonce[lanes];
    signal input nonce[lanes];
    signal input blind[lanes];
    signal input child[lanes][E][8];
    // ---- private: legs
    signal input used[total];
    signal input slot[total];
    signal input side[total];
    signal input reduceOnly[total];
    signal input orderPlace[total];
    signal input orderNonce[total];
    signal input expiry[total];
    signal input limit[total];
    signal input maxFee[total];
    signal input quantity[total];
    signal input lots[total];
    signal input cash[total];
    signal input fee[total];
    signal input r8[total][2];
    signal input s[total];

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

    // B: the lanes, the district's root threaded through them
    signal context <== SealContext()(domain, salt);
    component lane[lanes];
    signal root[lanes + 1];
    var count[M];
    var owed[M];
    var fees = feesBefore;
    for (var j = 0; j < M; j++) {
        count[j] = 0;
        owed[j] = owedBefore[j];
    }
    var indexWords = (lanes + INDICES_PER_WORD() - 1) \ INDICES_PER_WORD();
    signal account[lanes];
    signal word[indexWords + lanes + total];
    var position = indexWords;
    for (var i = 0; i < lanes; i++) {
        var own = i < narrow ? 1 : legs;
        var first = i < narrow ? i : narrow + (i - narrow) * legs;
        lane[i] = Lane(M, S, R, E, own);
        lane[i].domain <== domain;
        lane[i].context <== context;
        lane[i].time <== time;
        lane[i].district <== district;
        lane[i].feeCap <== parameter[CAP_FEE()];
        lane[i].maintenance <== parameter[KAPPA_MAINTENANCE()];
        lane[i].closeOut <== parameter[KAPPA_CLOSE_OUT()];
        lane[i].listing <== listing;
        lane[i].reducing <== table.reduceOnly;
        lane[i].settled <== table.settled;
        lane[i].funding <== funding;
        lane[i].row <== table.row;
        lane[i].local <== local[i];
        lane[i].ownerKeyHash <== ownerKeyHash[i];
        lane[i].tradingKey <== tradingKey[i];
        lane[i].tradingShifted <== tradingShifted[i];
        lane[i].viewKey <== viewKey[i];
        lane[i].noteCommitment <== noteCommitment[i];
        lane[i].l1Owner <== l1Owner[i];
        lane[i].vector <== vector[i];
        lane[i].place <== place[i];
        lane[i].ownerNonce <== ownerNonce[i];
        lane[i].nonce <== nonce[i];
        lane[i].blind <== blind[i];
        lane[i].child <== child[i];
        for (var k = 0; k < own; k++) {
            lane[i].used[k] <== used[first + k];
            lane[i].slot[k] <== slot[first + k];
            lane[i].side[k] <== side[first + k];
            lane[i].reduceOnly[k] <== reduceOnly[first + k];
            lane[i].orderPlace[k] <== orderPlace[first + k];
            lane[i].orderNonce[k] <== orderNonce[first + k];
            lane[i].expiry[k] <== expiry[first + k];
            lane[i].limit[k] <== limit[first + k];
            lane[i].maxFee[k] <== maxFee[first + k];
            lane[i].quantity[k] <== quantity[first + k];
            lane[i].lots[k] <== lots[first + k];
            lane[i].cash[k] <== cash[first + k];
            lane[i].fee[k] <== fee[first + k];
            lane[i].r8[k] <== r8[first + k];
            lane[i].s[k] <== s[first + k];
        }
        if (i == 0) {
            root[0] <== lane[0].rootBefore;
        } else {
            root[i] === lane[i].rootBefore;
        }
        root[i + 1] <== lane[i].rootAfter;
        account[i] <== lane[i].account;
        for (var k = 0; k < 1 + own; k++) {
            word[position] <== lane[i].word[k];
            position++;
        }
        for (var j = 0; j < M; j++) {
            count[j] += lane[i].slotCount[j];
            owed[j] += lane[i].owed[j];
        }
        fees += lane[i].fees;
    }

    // C: no leg in a slot that is not open (TRD-11); counts are small, so none hides another
    for (var j = 1; j < M; j++) {
        table.closed[j] * count[j] === 0;
    }

    // D: the state; all accounts lie in one district (TRD-2)
    signal accountsBefore;
    signal accountsAfter;
    (accountsBefore, accountsAfter) <== Update8(D - E)(root[0], root[lanes], district, districtChild);
    signal opened <== StateHash()(accountsBefore, notesRoot, noteCount, custodyCommit);
    signal closed <== StateHash()(accountsAfter, notesRoot, noteCount, custodyCommit);
    stateBefore === opened;
    stateAfter === closed;

    // E: what is owed
    signal owedHashBefore <== SuspenseHash(M)(owedBefore, feesBefore, owedBlind);
    signal owedHashAfter <== SuspenseHash(M)(owed, fees, owedBlindAfter);
    suspenseBefore === owedHashBefore;
    suspenseAfter === owedHashAfter;

    // F: the words
    signal packed[indexWords] <== PackIndices(lanes)(account);
    for (var w = 0; w < indexWords; w++) {
        word[w] <== packed[w];
    }
    signal commitment;
    signal evaluation;
    (commitment, evaluation) <== Published(indexWords + lanes + total)(word, z);
    dataCommit === commitment;
    y === evaluation;
}
