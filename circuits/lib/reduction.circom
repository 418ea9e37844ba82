pragma circom 2.2.0;

include "margin.circom";
include "range.circom";
include "shared.circom";

/*
 * Legs without orders: lots given up by an account in a liquidate step (LIQ-6, LIQ-7).
 *
 * Each names another slot, only reduces what is held there, and trades no further from the mark than the band; the band
 * of all legs is that of the safest one. A leg that is not used changes nothing and its word is 0. An open slot is not
 * checked here: the step does so once for all legs, from `count`.
 *
 * @param M, legs           slots, legs
 * @param penalised         1: legs may carry a penalty. 0: there is none, as in the fund's own legs (LIQ-13)
 * @input held[M]           - {int104} - the account's quantities, swept
 * @input value[M], funding[M]   - {int47} - W_0 and F, from the table; slot 0 is not read, here and below
 * @input riskLong[M], riskShort[M]   - {uint48} - lotRisk, from the table
 * @input band, penaltyCap  - {ppm} - from the table's parameters
 * @input used[legs]        - {bool} - enforced here: used ones first
 * @input slot[legs]        - {1 .. M-1} - enforced here if used
 * @input side[legs]        - {bool} - enforced here
 * @input lots[legs]        - {1 .. 2^40-1} - enforced here if used: what is held, at most; 0 if not
 * @input cash[legs]        - {uint80} - enforced here; 0 if not used
 * @input penalty[legs]     - {uint56} - enforced here; 0 if not used
 * @output count[M]         - {bool} - legs in each slot: 0 or 1
 * @output direction[M]     - {-1, 0, 1} - 1 where the account buys
 * @output change[M]        - {integer} - of the vector; of cash without penalties
 * @output fined            - {uint} - all penalties
 * @output further          - {uint} - lots beyond one a leg
 * @output worse            - {integer} - all cash above the mark that was paid, or below it that was received
 * @output word[legs]       - {uint185} - for the owner
 */
template Reductions(M, legs, penalised) {
    signal input held[M];
    signal input value[M];
    signal input funding[M];
    signal input riskLong[M];
    signal input riskShort[M];
    signal input band;
    signal input penaltyCap;
    signal input used[legs];
    signal input slot[legs];
    signal input side[legs];
    signal input lots[legs];
    signal input cash[legs];
    signal input penalty[legs];
    signal output count[M];
    signal output direction[M];
    signal output change[M];
    signal output fined;
    signal output further;
    signal output worse;
    signal output word[legs];

    // A: used ones first; one that is not used is 0
    signal inverse[legs];
    used[0] * (used[0] - 1) === 0;
    for (var i = 0; i < legs; i++) {
        if (i > 0) {
            used[i] * (used[i] - 1) === 0;
            used[i] * (1 - used[i - 1]) === 0;
        }
        side[i] * (side[i] - 1) === 0;
        Range(BITS_QUANTITY())(lots[i]);
        inverse[i] <-- lots[i] != 0 ? 1 / lots[i] : 0; // pinned by inverse·lots === used
        inverse[i] * lots[i] === used[i];
        Range(BITS_CASH())(cash[i]);
        if (penalised == 1) {
            Range(BITS_FEE())(penalty[i]);
        } else {
            penalty[i] === 0;
        }
        (1 - used[i]) * (lots[i] + cash[i] + penalty[i]) === 0;
    }

    // B: the slot of each, by selectors; all 0 where it is not used. No slot twice (LIQ-6)
    signal selector[legs][M - 1];
    signal sell[legs][M];
    signal owned[legs][M];
    signal moved[legs][M];
    signal priced[legs][M];
    signal riskSold[legs][M];
    signal riskBought[legs][M];
    signal risk[legs];
    var counted[M];
    var directed[M];
    var lotsChange[M];
    var holding[legs];
    var quoted[legs];
    for (var j = 0; j < M; j++) {
        counted[j] = 0;
        directed[j] = 0;
        lotsChange[j] = 0;
    }
    for (var i = 0; i < legs; i++) {
        selector[i] <== OneHot(M - 1, 1)(used[i], slot[i]);
        holding[i] = 0;
        quoted[i] = 0;
        var risked = 0;
        var named = 0;
        var sold = 0;
        sell[i][0] <== 0;
        owned[i][0] <== 0;
        moved[i][0] <== 0;
        priced[i][0] <== 0;
        riskSold[i][0] <== 0;
        riskBought[i][0] <== 0;
        for (var j = 1; j < M; j++) {
            sell[i][j] <== selector[i][j - 1] * side[i];
            owned[i][j] <== selector[i][j - 1] * held[j];
            moved[i][j] <== (selector[i][j - 1] - 2 * sell[i][j]) * lots[i];
            priced[i][j] <== selector[i][j - 1] * (value[j] + funding[j]);
            riskSold[i][j] <== sell[i][j] * riskLong[j];
            riskBought[i][j] <== (selector[i][j - 1] - sell[i][j]) * riskShort[j];
            counted[j] += selector[i][j - 1];
            directed[j] += selector[i][j - 1] - 2 * sell[i][j];
            lotsChange[j] += moved[i][j];
            holding[i] += owned[i][j];
            quoted[i] += priced[i][j];
            risked += riskSold[i][j] + riskBought[i][j];
            named += j * selector[i][j - 1];
            sold += sell[i][j];
        }
        risk[i] <== risked;
        word[i] <== named + sold * AT_LEG_SIDE() + lots[i] * AT_LEG_QUANTITY() + cash[i] * AT_LEG_CASH()
            + penalty[i] * AT_LEG_FEE();
    }
    count <== counted;
    direction <== directed;
    for (var j = 1; j < M; j++) {
        count[j] * (count[j] - 1) === 0;
    }

    // C: the band of all (LIQ-6), from the smallest lotRisk of what is given up: selling gives up longs, buying shorts
    var least = risk[0];
    for (var i = 1; i < legs; i++) {
        if (used[i] == 1 && risk[i] < least) {
            least = risk[i];
        }
    }
    // any lower one is the prover's loss; pinned by risk - smallest in range for every used leg
    signal smallest <-- least;
    signal allowance <== band * smallest;
    signal riskier[legs];

    // D: each reduces: the other side of what is held, and not beyond; near the mark (LIQ-6); fined within the cap
    //    (LIQ-7)
    signal opposite[legs];
    signal agreed[legs];
    signal loss[legs];
    signal room[legs];
    signal exposed[penalised * legs];
    signal cap[penalised * legs];
    var lost = 0;
    var fines = 0;
    var beyond = 0;
    for (var i = 0; i < legs; i++) {
        riskier[i] <== used[i] * (risk[i] - smallest);
        Range(BITS_VALUE() + 1)(riskier[i]);
        opposite[i] <== (2 * side[i] - 1) * holding[i];
        Range(BITS_LOTS())(opposite[i] - lots[i]);
        agreed[i] <== lots[i] * quoted[i];
        loss[i] <== (1 - 2 * side[i]) * (cash[i] - agreed[i]);
        room[i] <== allowance * lots[i];
        Range(BITS_PPM() + BITS_QUANTITY() + BITS_VALUE() + 2)(room[i] - MILLION() * loss[i]);
        if (penalised == 1) {
            exposed[i] <== lots[i] * risk[i];
            cap[i] <== penaltyCap * exposed[i];
            Range(BITS_PPM() + BITS_QUANTITY() + BITS_VALUE() + 1)(cap[i] - MILLION() * penalty[i]);
        }
        lost += loss[i];
        fines += penalty[i];
        beyond += lots[i] - used[i];
    }
    fined <== fines;
    further <== beyond;
    worse <== lost;

    // E: cash: sign·cash less the funding that the lots carry, which is what was lost and sign·lots·W_0
    signal marked[M];
    marked[0] <== 0;
    var due = lost;
    for (var j = 1; j < M; j++) {
        change[j] <== lotsChange[j];
        marked[j] <== lotsChange[j] * value[j];
        due += marked[j];
    }
    change[0] <== -due;
}
