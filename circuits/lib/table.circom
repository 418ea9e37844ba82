pragma circom 2.2.0;

include "hash.circom";
include "range.circom";
include "shared.circom";

/*
 * `marksRoot`: of every slot but cash, which needs no saying.
 *
 * @param M                     slots
 * @input status[M], listing[M], funding[M], value[M]   - as in Marks; slot 0 is not read
 * @input lotRiskHash           - {field} - HashList[LOTRISK]
 * @output root                 - {field}
 */
template MarksRoot(M) {
    signal input status[M];
    signal input listing[M];
    signal input funding[M];
    signal input value[M];
    signal input lotRiskHash;
    signal output root;

    var element[4 * M - 3];
    for (var j = 1; j < M; j++) {
        element[3 * j - 3] = status[j];
        element[3 * j - 2] = listing[j];
        element[3 * j - 1] = funding[j];
        element[FIRST_VALUE(M) + j - 1] = value[j];
    }
    element[FIRST_VALUE(M) - 1] = lotRiskHash;
    root <== HashList(4 * M - 3, TAG_MARKS())(element);
}

// Where the values begin in the list of marks; they come last, so that an escape opens the end of the list only.
function FIRST_VALUE(M) { return 3 * M - 2; }

// The block of that list in which they begin.
function VALUE_BLOCK(M) { return (FIRST_VALUE(M) - 1) \ 15; }

// Elements of that block before the first value.
function BESIDE_VALUES(M) { return FIRST_VALUE(M) - 1 - 15 * VALUE_BLOCK(M); }

/*
 * `marksRoot` from its values, and a hash of what stands before them.
 *
 * @param M                           slots
 * @input before                      - {field} - what the blocks before the first value hash to
 * @input beside[BESIDE_VALUES(M)]    - {field} - elements of the first value's own block
 * @input value[M]                    - {int47} - W_0; slot 0 is not read
 * @output root                       - {field}
 */
template MarksFromValues(M) {
    signal input before;
    signal input beside[BESIDE_VALUES(M)];
    signal input value[M];
    signal output root;

    var end[BESIDE_VALUES(M) + M - 1];
    for (var i = 0; i < BESIDE_VALUES(M); i++) {
        end[i] = beside[i];
    }
    for (var j = 1; j < M; j++) {
        end[BESIDE_VALUES(M) + j - 1] = value[j];
    }
    root <== HashListEnd(4 * M - 3, TAG_MARKS(), VALUE_BLOCK(M))(before, end);
}

/*
 * `marksRoot`, and what a status says.
 *
 * The committee's members check that every value is of its width before they sign; circuits assume it.
 *
 * @param M                     slots
 * @input status[M]             - {0..4} - enforced here; slot 0 is not read, cash is what it is
 * @input listing[M]            - {uint32} - assumed
 * @input funding[M], value[M]  - {int47} - assumed
 * @input lotRiskHash           - {field} - HashList[LOTRISK]
 * @output root                 - {field}
 * @output closed[M]            - {bool} - neither active nor reduce-only; cash is closed
 * @output reduceOnly[M], settled[M], halted[M]   - {bool} - all 0 for cash
 */
template Marks(M) {
    signal input status[M];
    signal input listing[M];
    signal input funding[M];
    signal input value[M];
    signal input lotRiskHash;
    signal output root;
    signal output closed[M];
    signal output reduceOnly[M];
    signal output settled[M];
    signal output halted[M];

    // A: cash
    closed[0] <== 1;
    reduceOnly[0] <== 0;
    settled[0] <== 0;
    halted[0] <== 0;

    // B: 1 active, 2 reduce-only, 3 settled, 4 halted, in three bits; there is nothing above
    signal bit[M][3];
    bit[0] <== [0, 0, 0];
    for (var j = 1; j < M; j++) {
        bit[j] <== Bits(3)(status[j]);
        bit[j][2] * (bit[j][0] + bit[j][1]) === 0;
        settled[j] <== bit[j][0] * bit[j][1];
        reduceOnly[j] <== bit[j][1] - settled[j];
        halted[j] <== bit[j][2];
        closed[j] <== 1 - bit[j][0] - reduceOnly[j] + settled[j];
    }
    root <== MarksRoot(M)(status, listing, funding, value, lotRiskHash);
}

/*
 * `paramsHash`: what governance set. The relations between them are checked where a table is built.
 *
 * @input parameter[8]   - {ppm} - κ_mm, κ_ex, κ_co, liquidation band, fund band, fee cap, penalty cap; {field} the rest
 * @output out           - {field}
 */
template ParametersHash() {
    signal input parameter[8];
    signal output out;
    out <== Hash(8, TAG_PARAMS())(parameter);
}

// Places in `parameter`
function KAPPA_MAINTENANCE() { return 0; }
function KAPPA_EXIT() { return 1; }
function KAPPA_CLOSE_OUT() { return 2; }
function BAND_LIQUIDATION() { return 3; }
function BAND_FUND() { return 4; }
function CAP_FEE() { return 5; }
function CAP_PENALTY() { return 6; }

/*
 * `riskRoot` of an opened table.
 *
 * @param M, S                    slots, stress scenarios
 * @input parameter[8], status[M], listing[M], funding[M], value[M], lotRiskHash   - as above
 * @input stress[S][M]            - {int47} - W_1 .. W_S, assumed; slot 0 is not read
 * @input time                    - {uint40} - assumed
 * @output root, parametersHash   - {field}
 * @output row[S + 1][M]          - {int47} - W_0 .. W_S
 * @output closed[M], reduceOnly[M], settled[M], halted[M]   - {bool}
 */
template RiskTable(M, S) {
    signal input parameter[8];
    signal input status[M];
    signal input listing[M];
    signal input funding[M];
    signal input value[M];
    signal input lotRiskHash;
    signal input stress[S][M];
    signal input time;
    signal output root;
    signal output parametersHash;
    signal output row[S + 1][M];
    signal output closed[M];
    signal output reduceOnly[M];
    signal output settled[M];
    signal output halted[M];

    parametersHash <== ParametersHash()(parameter);
    signal marksRoot;
    (marksRoot, closed, reduceOnly, settled, halted) <== Marks(M)(status, listing, funding, value, lotRiskHash);
    var flat[S * (M - 1)];
    for (var j = 0; j < M; j++) {
        row[0][j] <== j == 0 ? 1 : value[j];
        for (var s = 0; s < S; s++) {
            row[s + 1][j] <== j == 0 ? 1 : stress[s][j];
            if (j > 0) {
                flat[s * (M - 1) + j - 1] = stress[s][j];
            }
        }
    }
    signal stressRoot <== HashList(S * (M - 1), TAG_STRESS())(flat);
    root <== Hash(4, TAG_RISK())([parametersHash, marksRoot, stressRoot, time]);
}
