pragma circom 2.2.0;

include "../lib/account.circom";
include "../lib/fund.circom";
include "../lib/liquidation.circom";
include "../lib/reduction.circom";
include "../lib/state.circom";
include "../lib/table.circom";
include "../lib/tree8.circom";
include "../lib/vector.circom";
include "../lib/words.circom";

/*
 * One account opened and written back: only its vector, its nonce and its blinding change. Its order places stay as
 * they are, so their hash need not be opened.
 *
 * @param D, M, words         depth of the account tree, slots, words of ciphertext
 * @input context             - {field} - from SealContext
 * @input index               - {uint 3·D} - enforced here
 * @input ownerKeyHash, tradingKey[2], tradingShifted[2], viewKey, noteCommitment, l1Owner   - see OwnerHash
 * @input vector[M], ordersHash, ownerNonce, nonce, blind   - the account before, opened here
 * @input after[M]            - {integer} - its vector afterwards
 * @input child[D][8]         - {field} - its path, as the touch before left it
 * @input plain[words]        - {uint240} - what its owner must know
 * @output rootBefore, rootAfter   - {field}
 * @output word[1 + words]    - {field} - the new leaf and the ciphertexts
 */
template Rewrite(D, M, words) {
    signal input context;
    signal input index;
    signal input ownerKeyHash;
    signal input tradingKey[2];
    signal input tradingShifted[2];
    signal input viewKey;
    signal input noteCommitment;
    signal input l1Owner;
    signal input vector[M];
    signal input ordersHash;
    signal input ownerNonce;
    signal input nonce;
    signal input blind;
    signal input after[M];
    signal input child[D][8];
    signal input plain[words];
    signal output rootBefore;
    signal output rootAfter;
    signal output word[1 + words];

    signal owner <== OwnerHash()(ownerKeyHash, tradingKey, tradingShifted, viewKey, noteCommitment, l1Owner);
    signal vectorBefore <== VectorHash(M)(vector);
    signal vectorAfter <== VectorHash(M)(after);
    signal leafBefore;
    signal leafAfter;
    signal keystream[words];
    (leafBefore, leafAfter, keystream) <== Touch(words)(
        context, index, viewKey, owner, owner, vectorBefore, vectorAfter, ordersHash, ordersHash,
        ownerNonce, ownerNonce, nonce, blind
    );
    (rootBefore, rootAfter) <== Update8(D)(leafBefore, leafAfter, index, child);
    word[0] <== leafAfter;
    for (var i = 0; i < words; i++) {
        word[1 + i] <== plain[i] + keystream[i];
    }
}

/*
 * What one account's mode makes of its vector, as lanes before this one left it; it is opened in Rewrite.
 *
 * @param M, S, legs          slots, stress scenarios, legs: no more than these (LIQ-4)
 * @input vector[M]           - {integer} - before
 * @input mode                - {0 .. 4} - enforced here
 * @input used[legs] .. penalty[legs]   - see Reductions; used ones in LIQUIDATE and DELEVERAGE, at least one
 * @input settled[M], value[M], funding[M], row[S + 1][M], riskLong[M], riskShort[M]   - from the table
 * @input maintenance, closeOut, band, penaltyCap   - {ppm}
 * @output is[5]              - {bool} - by mode
 * @output kept[M]            - {integer} - what the account keeps: nothing in a TAKEOVER; a CLOSE pays it its due
 * @output given[M]           - {integer} - what the fund gets of vector and penalties, a CLOSE whole
 * @output closed[M]          - {integer} - the vector in a CLOSE
 * @output closedEquity, closedLeast   - {integer} - its val_0 and its least val_s
 * @output liquidated[M], deleveraged[M]   - {integer} - what the vector gained by the legs of these modes
 * @output deleverageCount[M], deleverageDirection[M]   - {bool}, {-1, 0, 1} - legs in that mode
 * @output count[M]           - {bool} - legs in each slot
 * @output word[legs]         - {uint237} - for the owner, but for what a CLOSE owes
 */
template LiquidationLane(M, S, legs) {
    signal input vector[M];
    signal input mode;
    signal input used[legs];
    signal input slot[legs];
    signal input side[legs];
    signal input lots[legs];
    signal input cash[legs];
    signal input penalty[legs];
    signal input settled[M];
    signal input value[M];
    signal input funding[M];
    signal input row[S + 1][M];
    signal input riskLong[M];
    signal input riskShort[M];
    signal input maintenance;
    signal input closeOut;
    signal input band;
    signal input penaltyCap;
    signal output is[5];
    signal output kept[M];
    signal output given[M];
    signal output closed[M];
    signal output closedEquity;
    signal output closedLeast;
    signal output liquidated[M];
    signal output deleveraged[M];
    signal output deleverageCount[M];
    signal output deleverageDirection[M];
    signal output count[M];
    signal output word[legs];

    // A: the mode; legs in two of them, and there at least one (LIQ-4, LIQ-5, LIQ-11)
    is <== OneHot(5, 0)(1, mode);
    var liquidates = is[MODE_LIQUIDATE()];
    var deleverages = is[MODE_DELEVERAGE()];
    var closes = is[MODE_CLOSE()];
    used[0] === liquidates + deleverages;

    // B: sweep, and the legs (LIQ-6, LIQ-7). In a DELEVERAGE the band is nothing, and no leg better than the mark
    //    either (LIQ-11)
    signal swept[M] <== Sweep(M)(vector, settled, value);
    component legsOf = Reductions(M, legs, 1);
    legsOf.held <== swept;
    legsOf.value <== value;
    legsOf.funding <== funding;
    legsOf.riskLong <== riskLong;
    legsOf.riskShort <== riskShort;
    legsOf.band <== liquidates * band;
    legsOf.penaltyCap <== penaltyCap;
    legsOf.used <== used;
    legsOf.slot <== slot;
    legsOf.side <== side;
    legsOf.lots <== lots;
    legsOf.cash <== cash;
    legsOf.penalty <== penalty;
    deleverages * legsOf.worse === 0;
    deleverages * legsOf.fined === 0;
    count <== legsOf.count;
    var reduced[M];
    for (var j = 0; j < M; j++) {
        reduced[j] = swept[j] + legsOf.change[j] - (j == 0 ? legsOf.fined : 0);
    }

    // C: values before and after, what the legs gained against the mark, and the longest of them
    signal before[S + 1] <== Values(M, S + 1)(swept, row);
    signal gain[S][M];
    signal after[S + 1];
    signal gained[S + 1];
    after[0] <== before[0] - legsOf.worse - legsOf.fined;
    gained[0] <== 0;
    for (var s = 0; s < S; s++) {
        var sum = 0;
        gain[s][0] <== 0;
        for (var j = 1; j < M; j++) {
            gain[s][j] <== legsOf.change[j] * (row[s + 1][j] - row[0][j]);
            sum += gain[s][j];
        }
        gained[s + 1] <== sum;
        after[s + 1] <== before[s + 1] - legsOf.worse - legsOf.fined + sum;
    }
    signal most[legs];
    signal longer[legs];
    signal lead[legs];
    most[0] <== lots[0];
    longer[0] <== 0;
    lead[0] <== 0;
    for (var i = 1; i < legs; i++) {
        // pinned by longer·(longer - 1) === 0 and the longer one less the other in range
        longer[i] <-- most[i - 1] > lots[i] ? 1 : 0;
        longer[i] * (longer[i] - 1) === 0;
        lead[i] <== longer[i] * (most[i - 1] - lots[i]);
        Range(BITS_QUANTITY())(2 * lead[i] - (most[i - 1] - lots[i]));
        most[i] <== lots[i] + lead[i];
    }

    // D: what the mode asks (LIQ-5, LIQ-8 to LIQ-12)
    signal least <== ModeMargin(S + 1)(
        liquidates, is[MODE_TAKEOVER()], deleverages, closes, before, after, gained, most[legs - 1],
        legsOf.further, maintenance, closeOut
    );
    closedEquity <== closes * before[0];
    closedLeast <== closes * least;

    // E: who gets what: the fund a TAKEOVER whole (LIQ-10), a CLOSE but for its due (LIQ-12)
    for (var j = 0; j < M; j++) {
        kept[j] <== (1 - is[MODE_TAKEOVER()] - closes) * reduced[j];
        given[j] <== reduced[j] - kept[j] + (j == 0 ? legsOf.fined : 0);
        closed[j] <== closes * reduced[j];
        liquidated[j] <== liquidates * legsOf.change[j];
        deleveraged[j] <== legsOf.change[j] - liquidated[j];
        if (j == 0) {
            deleverageCount[0] <== 0;
            deleverageDirection[0] <== 0;
        } else {
            deleverageCount[j] <== deleverages * legsOf.count[j];
            deleverageDirection[j] <== deleverages * legsOf.direction[j];
        }
    }

    // F: for its owner
    for (var i = 0; i < legs; i++) {
        word[i] <== legsOf.word[i] + (i == 0 ? mode * AT_LEG_MODE() : 0);
    }
}

/*
 * The liquidate step: the fund, and K accounts in one mode each, without signatures.
 *
 * @param D, M, S, L, K       depth, slots, stress scenarios, legs of a lane, lanes beside the fund's: all of them,
 *                            used or not (LIQ-1)
 * Public inputs as everywhere; private ones as in LiquidationLane, Rewrite, RiskTable, StateHash and SuspenseHash. What
 * belongs to an account has the fund first, then the lanes.
 */
template Liquidate(D, M, S, L, K) {
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
    signal input riskLong[M];
    signal input riskShort[M];
    signal input stress[S][M];
    signal input notesRoot;
    signal input noteCount;
    signal input custody;
    signal input custodyRandom;
    signal input custodyRandomAfter;
    // ---- private: the fund, then the lanes
    signal input ownerKeyHash[1 + K];
    signal input tradingKey[1 + K][2];
    signal input tradingShifted[1 + K][2];
    signal input viewKey[1 + K];
    signal input noteCommitment[1 + K];
    signal input l1Owner[1 + K];
    signal input vector[1 + K][M];
    signal input ordersHash[1 + K];
    signal input ownerNonce[1 + K];
    signal input nonce[1 + K];
    signal input blind[1 + K];
    signal input child[1 + K][D][8];
    signal input used[1 + K][L];
    signal input slot[1 + K][L];
    signal input side[1 + K][L];
    signal input lots[1 + K][L];
    signal input cash[1 + K][L];
    // ---- private: lanes
    signal input index[K];
    signal input mode[K];
    signal input penalty[K][L];
    signal input request;

    // A: the table, with the lot risks
    var risks[2 * M - 2];
    for (var j = 1; j < M; j++) {
        risks[2 * j - 2] = riskLong[j];
        risks[2 * j - 1] = riskShort[j];
    }
    signal lotRiskHash <== HashList(2 * M - 2, TAG_LOTRISK())(risks);
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

    // B: the lanes
    component lane[K];
    var closing = 0;
    var deleverages = 0;
    var closedEquity = 0;
    var closedLeast = 0;
    var closed[M];
    var given[M];
    var liquidated[M];
    var deleveraged[M];
    var deleverageCount[M];
    var deleverageDirection[M];
    var count[M];
    signal fundSwept[M] <== Sweep(M)(vector[0], table.settled, value);
    for (var j = 0; j < M; j++) {
        closed[j] = 0;
        given[j] = fundSwept[j];
        liquidated[j] = 0;
        deleveraged[j] = 0;
        deleverageCount[j] = 0;
        deleverageDirection[j] = 0;
        count[j] = 0;
    }
    for (var i = 0; i < K; i++) {
        lane[i] = LiquidationLane(M, S, L);
        lane[i].vector <== vector[1 + i];
        lane[i].mode <== mode[i];
        lane[i].used <== used[1 + i];
        lane[i].slot <== slot[1 + i];
        lane[i].side <== side[1 + i];
        lane[i].lots <== lots[1 + i];
        lane[i].cash <== cash[1 + i];
        lane[i].penalty <== penalty[i];
        lane[i].settled <== table.settled;
        lane[i].value <== value;
        lane[i].funding <== funding;
        lane[i].row <== table.row;
        lane[i].riskLong <== riskLong;
        lane[i].riskShort <== riskShort;
        lane[i].maintenance <== parameter[KAPPA_MAINTENANCE()];
        lane[i].closeOut <== parameter[KAPPA_CLOSE_OUT()];
        lane[i].band <== parameter[BAND_LIQUIDATION()];
        lane[i].penaltyCap <== parameter[CAP_PENALTY()];
        closing += lane[i].is[MODE_CLOSE()];
        deleverages += lane[i].is[MODE_DELEVERAGE()];
        closedEquity += lane[i].closedEquity;
        closedLeast += lane[i].closedLeast;
        for (var j = 0; j < M; j++) {
            closed[j] += lane[i].closed[j];
            given[j] += lane[i].given[j];
            liquidated[j] += lane[i].liquidated[j];
            deleveraged[j] += lane[i].deleveraged[j];
            deleverageCount[j] += lane[i].deleverageCount[j];
            deleverageDirection[j] += lane[i].deleverageDirection[j];
            count[j] += lane[i].count[j];
        }
    }

    // C: one CLOSE at most (LIQ-2), and only where nothing is owed (STP-3)
    closing * (closing - 1) === 0;
    for (var j = 0; j < M; j++) {
        closing * owedBefore[j] === 0;
    }
    closing * feesBefore === 0;
    closing * owedBlind === 0;
    component exit = ExitValues(M);
    exit.equity <== closedEquity;
    exit.least <== closedLeast;
    exit.vector <== closed;
    exit.halted <== table.halted;
    exit.exit <== parameter[KAPPA_EXIT()];

    // D: the fund (LIQ-11, LIQ-12, LIQ-13)
    component fund = Fund(M, S, L);
    fund.given <== given;
    fund.closing <== closing;
    fund.first <== exit.first;
    fund.whole <== exit.whole;
    fund.deleverages <== deleverages;
    fund.deleveraged <== deleveraged;
    fund.deleverageCount <== deleverageCount;
    fund.deleverageDirection <== deleverageDirection;
    fund.value <== value;
    fund.funding <== funding;
    fund.row <== table.row;
    fund.riskLong <== riskLong;
    fund.riskShort <== riskShort;
    fund.maintenance <== parameter[KAPPA_MAINTENANCE()];
    fund.closeOut <== parameter[KAPPA_CLOSE_OUT()];
    fund.band <== parameter[BAND_FUND()];
    fund.used <== used[0];
    fund.slot <== slot[0];
    fund.side <== side[0];
    fund.lots <== lots[0];
    fund.cash <== cash[0];

    // E: what the CLOSE pays (LIQ-12); what it still owes stays as cash. A request has 64 bits (LIQ-3)
    signal paid <== Payment()(fund.owed, custody);
    signal custodyCommit <== CustodyHash()(custody, custodyRandom);
    signal custodyCommitAfter <== CustodyHash()(custody - paid, custodyRandomAfter);
    Range(BITS_AMOUNT())(request);

    // F: no leg in a slot that is not open (LIQ-6); counts are small, so none hides another
    for (var j = 1; j < M; j++) {
        table.closed[j] * (count[j] + fund.count[j]) === 0;
    }

    // G: accounts written back, the fund first, the root threaded through them
    signal context <== SealContext()(domain, salt);
    var indexWords = (K + INDICES_PER_WORD() - 1) \ INDICES_PER_WORD();
    var total = 1 + indexWords + (1 + L) + K * (2 + L);
    signal word[total];
    component rewrite[1 + K];
    signal root[2 + K];
    signal remains[K];
    signal due[K];
    signal header[K];
    var position = 1 + indexWords;
    for (var i = 0; i <= K; i++) {
        rewrite[i] = Rewrite(D, M, L);
        rewrite[i].context <== context;
        rewrite[i].ownerKeyHash <== ownerKeyHash[i];
        rewrite[i].tradingKey <== tradingKey[i];
        rewrite[i].tradingShifted <== tradingShifted[i];
        rewrite[i].viewKey <== viewKey[i];
        rewrite[i].noteCommitment <== noteCommitment[i];
        rewrite[i].l1Owner <== l1Owner[i];
        rewrite[i].vector <== vector[i];
        rewrite[i].ordersHash <== ordersHash[i];
        rewrite[i].ownerNonce <== ownerNonce[i];
        rewrite[i].nonce <== nonce[i];
        rewrite[i].blind <== blind[i];
        rewrite[i].child <== child[i];
        if (i == 0) {
            rewrite[0].index <== 0;
            rewrite[0].after <== fund.after;
            rewrite[0].plain <== fund.word;
            root[0] <== rewrite[0].rootBefore;
        } else {
            // never the fund; and only a CLOSE shows a request (LIQ-3)
            Nonzero()(index[i - 1]);
            rewrite[i].index <== index[i - 1];
            var closes = lane[i - 1].is[MODE_CLOSE()];
            remains[i - 1] <== closes * (fund.owed - paid);
            due[i - 1] <== closes * fund.owed;
            header[i - 1] <== closes * (HEADER_CLOSE() + index[i - 1] * AT_HEADER_INDEX() + paid * AT_HEADER_AMOUNT()
                + request * AT_HEADER_REQUEST());
            word[position] <== header[i - 1];
            position++;
            for (var j = 0; j < M; j++) {
                rewrite[i].after[j] <== lane[i - 1].kept[j] + (j == 0 ? remains[i - 1] : 0);
            }
            for (var k = 0; k < L; k++) {
                rewrite[i].plain[k] <== lane[i - 1].word[k] + (k == 0 ? due[i - 1] * AT_LEG_CASH() : 0);
            }
            root[i] === rewrite[i].rootBefore;
        }
        root[i + 1] <== rewrite[i].rootAfter;
        for (var k = 0; k < 1 + L; k++) {
            word[position] <== rewrite[i].word[k];
            position++;
        }
    }

    // H: the state
    signal opened <== StateHash()(root[0], notesRoot, noteCount, custodyCommit);
    signal written <== StateHash()(root[1 + K], notesRoot, noteCount, custodyCommitAfter);
    stateBefore === opened;
    stateAfter === written;

    // I: what is owed: the other side of liquidations and of the fund's own legs; the rest goes from hand to hand
    var owed[M];
    for (var j = 0; j < M; j++) {
        owed[j] = owedBefore[j] - liquidated[j] - fund.change[j];
    }
    signal owedHashBefore <== SuspenseHash(M)(owedBefore, feesBefore, owedBlind);
    signal owedHashAfter <== SuspenseHash(M)(owed, feesBefore, owedBlindAfter);
    suspenseBefore === owedHashBefore;
    suspenseAfter === owedHashAfter;

    // J: the words
    word[0] <== custodyCommitAfter;
    signal packed[indexWords] <== PackIndices(K)(index);
    for (var w = 0; w < indexWords; w++) {
        word[1 + w] <== packed[w];
    }
    signal commitment;
    signal evaluation;
    (commitment, evaluation) <== Published(total)(word, z);
    dataCommit === commitment;
    y === evaluation;
}
