pragma circom 2.2.0;

include "../lib/scan.circom";
include "../lib/state.circom";
include "../lib/table.circom";

/*
 * One proof of a solvency scan: some consecutive groups of eight accounts, added to the totals of those before.
 *
 * Groups are numbered over the whole tree; up to `groups` of them are counted, the first always. They lie under at most
 * `parents` consecutive nodes. The scan begins where totalsBefore is 0, with all totals 0; it ends where totalsAfter
 * is 0, when everything behind the last counted group is empty; only there anything is opened.
 *
 * @param D, M, S, groups       depth of the account tree, slots, stress scenarios, groups of a proof
 *
 * Public
 * @input domain                - {field} - in every hash of totals
 * @input stateRoot, riskRoot   - {field} - those of the whole chain
 * @input totalsBefore          - {field} - 0 at the beginning
 * @input totalsAfter           - {field} - 0 at the end
 * @input accounts, failed      - {uint 3·D} - accounts; those that are not shown safe, other than the fund
 * @input balanced, fundSolvent - {bool} - Σ equity = custody; the fund's equity is not negative
 * @input emptySlots            - {uint M} - bit j: slot j is settled and nobody holds it
 * @input custodyCommit         - {field} - the state's
 *                                These six are enforced here, and 0 unless the scan ends
 * Private
 * @input position              - {uint 3·D - 3} - the first group, enforced here
 * @input equityBefore, accountsBefore, failedBefore, fundSolventBefore, squaresBefore[M], blindBefore
 *                              - opened from totalsBefore; slot 0 is not read
 * @input blindAfter            - {field}
 * @input notesRoot, noteCount, custody, custodyRandom   - the rest of stateRoot, opened here
 * @input parameter[8] ..       - see RiskTable
 * @input counted[groups]       - {bool} - enforced here: which are counted, the first and whatever follows at once
 * @input fundSafe              - {bool} - enforced here in the first proof, and read in no other: 1 only if the fund's
 *                                equity is not negative
 * @input occupied .. blind     - see ScannedAccount; eight for each group
 * @input groupNode[parents][8] - {field} - the children of the nodes over the groups: nodes over eight accounts
 * @input child[parents][D - 2][8]   - {field} - of the nodes above, from below
 */
template Solvency(D, M, S, groups) {
    var size = 8 * groups;
    var parents = 1 + (groups + 6) \ 8;
    var totals = M + 4;
    // ---- public
    signal input domain;
    signal input stateRoot;
    signal input riskRoot;
    signal input totalsBefore;
    signal input totalsAfter;
    signal input accounts;
    signal input failed;
    signal input balanced;
    signal input fundSolvent;
    signal input emptySlots;
    signal input custodyCommit;
    // ---- private: totals, state, table
    signal input position;
    signal input equityBefore;
    signal input accountsBefore;
    signal input failedBefore;
    signal input fundSolventBefore;
    signal input squaresBefore[M];
    signal input blindBefore;
    signal input blindAfter;
    signal input notesRoot;
    signal input noteCount;
    signal input custody;
    signal input custodyRandom;
    signal input parameter[8];
    signal input status[M];
    signal input listing[M];
    signal input funding[M];
    signal input value[M];
    signal input lotRiskHash;
    signal input stress[S][M];
    signal input time;
    // ---- private: accounts and their places
    signal input counted[groups];
    signal input fundSafe;
    signal input occupied[size];
    signal input safe[size];
    signal input ownerHash[size];
    signal input ordersHash[size];
    signal input vector[size][M];
    signal input ownerNonce[size];
    signal input nonce[size];
    signal input blind[size];
    signal input groupNode[parents][8];
    signal input child[parents][D - 2][8];

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

    // B: the totals before: none at the beginning (SOL-3)
    signal begins <== IsZero()(totalsBefore);
    signal ends <== IsZero()(totalsAfter);
    var before[M + 4];
    before[0] = position;
    before[1] = equityBefore;
    before[2] = accountsBefore;
    before[3] = failedBefore;
    before[4] = fundSolventBefore;
    for (var j = 1; j < M; j++) {
        before[4 + j] = squaresBefore[j];
    }
    for (var i = 0; i < totals; i++) {
        begins * before[i] === 0;
    }
    signal hashBefore <== TotalsHash(totals)(domain, stateRoot, riskRoot, before, blindBefore);
    (1 - begins) * (totalsBefore - hashBefore) === 0;

    // C: the accounts, eight to a group (SOL-4)
    for (var g = 0; g < groups; g++) {
        counted[g] * (counted[g] - 1) === 0;
        if (g == 0) {
            counted[0] === 1;
        } else {
            counted[g] * (1 - counted[g - 1]) === 0;
        }
    }
    var nothing[M];
    for (var j = 0; j < M; j++) {
        nothing[j] = 0;
    }
    signal emptyVector <== VectorHash(M)(nothing);
    component account[size];
    signal node[groups];
    var equity = equityBefore;
    var present = accountsBefore;
    var unsafe = failedBefore;
    var added[M];
    for (var j = 1; j < M; j++) {
        added[j] = 0;
    }
    for (var g = 0; g < groups; g++) {
        var leaf[8];
        for (var k = 0; k < 8; k++) {
            var i = 8 * g + k;
            account[i] = ScannedAccount(M, S);
            account[i].used <== counted[g];
            account[i].closeOut <== parameter[KAPPA_CLOSE_OUT()];
            account[i].row <== table.row;
            account[i].emptyVector <== emptyVector;
            account[i].occupied <== occupied[i];
            account[i].safe <== safe[i];
            account[i].ownerHash <== ownerHash[i];
            account[i].ordersHash <== ordersHash[i];
            account[i].vector <== vector[i];
            account[i].ownerNonce <== ownerNonce[i];
            account[i].nonce <== nonce[i];
            account[i].blind <== blind[i];
            leaf[k] = account[i].leaf;
            equity += account[i].equity;
            present += occupied[i];
            if (i > 0) {
                unsafe += 1 - safe[i];
            }
            for (var j = 1; j < M; j++) {
                added[j] += account[i].square[j];
            }
        }
        node[g] <== Hash(8, TAG_NODE())(leaf);
    }

    // D: account 0 is the fund: beyond close-out or not, but its equity is shown, by the first proof (SOL-6)
    signal otherUnsafe <== (1 - begins) * (1 - safe[0]);
    unsafe += otherUnsafe;
    signal solvent <== begins * fundSafe;
    solvent * (solvent - 1) === 0;
    signal fundEquity <== solvent * account[0].equity;
    Range(BITS_STUCK())(fundEquity);

    // E: they stand there in the tree, in a row; where the scan ends, everything behind is empty (SOL-4, SOL-5)
    signal accountsRoot <== GroupsInTree(D, groups)(position, ends, counted, node, groupNode, child);
    var count = 0;
    for (var g = 0; g < groups; g++) {
        count += counted[g];
    }

    // F: the state
    signal commitment <== CustodyHash()(custody, custodyRandom);
    signal state <== StateHash()(accountsRoot, notesRoot, noteCount, commitment);
    stateRoot === state;

    // G: the totals after; squares of settled slots only (SOL-3)
    signal squares[M];
    squares[0] <== 0;
    var after[M + 4];
    after[0] = position + count;
    after[1] = equity;
    after[2] = present;
    after[3] = unsafe;
    after[4] = fundSolventBefore + solvent;
    for (var j = 1; j < M; j++) {
        squares[j] <== squaresBefore[j] + table.settled[j] * added[j];
        after[4 + j] = squares[j];
    }
    signal hashAfter <== TotalsHash(totals)(domain, stateRoot, riskRoot, after, blindAfter);
    (1 - ends) * (totalsAfter - hashAfter) === 0;

    // H: what the end opens (SOL-1, SOL-2, SOL-7)
    accounts === ends * present;
    failed === ends * unsafe;
    signal difference <== equity - custody;
    signal equal <== IsZero()(difference);
    balanced === ends * equal;
    fundSolvent === ends * (fundSolventBefore + solvent);
    signal unheld[M];
    signal free[M];
    unheld[0] <== 0;
    free[0] <== 0;
    var shown = 0;
    for (var j = 1; j < M; j++) {
        unheld[j] <== IsZero()(squares[j]);
        free[j] <== table.settled[j] * unheld[j];
        shown += free[j] * (1 << j);
    }
    emptySlots === ends * shown;
    custodyCommit === ends * commitment;
}
