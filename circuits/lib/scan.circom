pragma circom 2.2.0;

include "account.circom";
include "margin.circom";
include "tree8.circom";
include "vector.circom";

/*
 * One place of the account tree: what it adds to the totals, and its leaf.
 *
 * @param M, S                  slots, stress scenarios
 * @input used                  - {bool} - from the caller: whether its group is counted
 * @input closeOut              - {ppm} - κ_co, from the table's parameters
 * @input row[S + 1][M]         - {int47} - from the table
 * @input emptyVector           - {field} - VectorHash of zeros
 * @input occupied              - {bool} - enforced here: 0 is the empty leaf, of an empty vector; never if not used
 * @input safe                  - {bool} - enforced here: 1 only if not beyond close-out; 0 is the prover's own loss
 * @input ownerHash, ordersHash - {field} - with the rest what the leaf opens to
 * @input vector[M]             - {integer}
 * @input ownerNonce, nonce     - {uint40}
 * @input blind                 - {field}
 * @output leaf                 - {field}
 * @output equity               - {integer} - val_0; 0 where empty
 * @output square[M]            - {integer} - v_j²; slot 0 is 0
 */
template ScannedAccount(M, S) {
    signal input used;
    signal input closeOut;
    signal input row[S + 1][M];
    signal input emptyVector;
    signal input occupied;
    signal input safe;
    signal input ownerHash;
    signal input ordersHash;
    signal input vector[M];
    signal input ownerNonce;
    signal input nonce;
    signal input blind;
    signal output leaf;
    signal output equity;
    signal output square[M];

    // A: the leaf, or an empty one that holds nothing (SOL-4)
    occupied * (occupied - 1) === 0;
    occupied * (1 - used) === 0;
    signal vectorHash <== VectorHash(M)(vector);
    (1 - occupied) * (vectorHash - emptyVector) === 0;
    signal opened <== AccountLeaf()(ownerHash, vectorHash, ordersHash, ownerNonce, nonce, blind);
    leaf <== occupied * opened;

    // B: a floor under the value of every scenario, in 160 bits; there always is one
    signal value[S + 1] <== Values(M, S + 1)(vector, row);
    var lowest = value[0];
    for (var s = 1; s <= S; s++) {
        if (value[s] < lowest) { // circom compares as signed numbers
            lowest = value[s];
        }
    }
    signal floor <-- lowest; // pinned by value - floor in range for every scenario; any lower one is the prover's loss
    for (var s = 0; s <= S; s++) {
        Range(BITS_STUCK())(value[s] - floor);
    }

    // C: (10^6 - κ)·val_0 + κ·val_s ≥ 0 for every s, if the prover says so (SOL-6)
    safe * (safe - 1) === 0;
    signal stressed <== closeOut * (floor - value[0]);
    signal shown <== safe * (stressed + MILLION() * value[0]);
    Range(BITS_STUCK() + BITS_PPM())(shown);

    // D: for the totals
    equity <== value[0];
    square[0] <== 0;
    for (var j = 1; j < M; j++) {
        square[j] <== vector[j] * vector[j];
    }
}

/*
 * Whether a number is positive.
 *
 * @param n      at most 252
 * @input in     - {integer} - -2^n < in ≤ 2^n: enforced here
 * @output out   - {bool}
 */
template IsPositive(n) {
    signal input in;
    signal output out;

    out <-- in > 0 ? 1 : 0; // pinned by out·(out - 1) === 0 and the one of -in and in - 1 in range
    out * (out - 1) === 0;
    signal size <== (2 * out - 1) * in;
    Range(n)(size - out);
}

/*
 * The root over a node at a number of its level; if it is the last, nothing but empty leaves follow it.
 *
 * @param depth                levels above the node
 * @input node                 - {field}
 * @input number               - {uint 3·depth} - enforced here
 * @input last                 - {bool} - from the caller
 * @input child[depth][8]      - {field} - of each node on the path, from below
 * @input empty[depth]         - {field} - what an empty child is on each level
 * @output root                - {field}
 */
template ScannedPath(depth) {
    signal input node;
    signal input number;
    signal input last;
    signal input child[depth][8];
    signal input empty[depth];
    signal output root;

    signal bit[3 * depth] <== Bits(3 * depth)(number);
    signal selector[depth][8];
    signal found[depth][7];
    signal right[depth][8];
    signal on[depth + 1];
    on[0] <== node;
    for (var level = 0; level < depth; level++) {
        // A: the child that the bits name is the node below
        selector[level] <== Select8()([bit[3 * level], bit[3 * level + 1], bit[3 * level + 2]]);
        var named = child[level][0];
        for (var k = 1; k < 8; k++) {
            found[level][k - 1] <== selector[level][k] * (child[level][k] - child[level][0]);
            named += found[level][k - 1];
        }
        named === on[level];

        // B: those behind it are empty, if nothing follows (SOL-5)
        var passed = 0;
        right[level][0] <== 0;
        for (var k = 1; k < 8; k++) {
            passed += selector[level][k - 1];
            right[level][k] <== last * passed;
            right[level][k] * (child[level][k] - empty[level]) === 0;
        }
        on[level + 1] <== Hash(8, TAG_NODE())(child[level]);
    }
    root <== on[depth];
}

/*
 * Groups of eight leaves that stand in a row in one tree; if nothing follows them, everything behind is empty.
 *
 * They lie under at most `parents` consecutive nodes, whose children are given: the groups are picked out of those.
 *
 * @param D, groups              depth of the tree, groups at most
 * @input position               - {uint 3·D - 3} - the first group, numbered over the whole tree: enforced here
 * @input ends                   - {bool} - from the caller: whether nothing follows
 * @input counted[groups]        - {bool} - from the caller: the first and whatever follows at once
 * @input node[groups]           - {field} - over the eight leaves; not read where not counted
 * @input groupNode[parents][8]  - {field} - children of the nodes over the groups
 * @input child[parents][D - 2][8]   - {field} - of the nodes above, from below
 * @output root                  - {field}
 */
template GroupsInTree(D, groups) {
    var parents = 1 + (groups + 6) \ 8;
    signal input position;
    signal input ends;
    signal input counted[groups];
    signal input node[groups];
    signal input groupNode[parents][8];
    signal input child[parents][D - 2][8];
    signal output root;

    // A: the counted groups are those from `position` on (SOL-4)
    signal place[3 * D - 3] <== Bits(3 * D - 3)(position);
    var first = place[0] + 2 * place[1] + 4 * place[2];
    signal offset[8] <== Select8()([place[0], place[1], place[2]]);
    signal picked[groups][8];
    signal wrong[groups];
    var end = first;
    for (var g = 0; g < groups; g++) {
        var named = 0;
        for (var m = 0; m < 8; m++) {
            picked[g][m] <== offset[m] * groupNode[(m + g) \ 8][(m + g) % 8];
            named += picked[g][m];
        }
        wrong[g] <== counted[g] * (node[g] - named);
        wrong[g] === 0;
        end += counted[g];
    }

    // B: a parent is used if one of the counted groups lies under it
    signal used[parents + 1];
    used[0] <== 1;
    used[parents] <== 0;
    for (var t = 1; t < parents; t++) {
        used[t] <== IsPositive(8)(end - 8 * t);
    }

    // C: what is empty on each level
    signal empty[D];
    empty[0] <== 0;
    for (var level = 1; level < D; level++) {
        var below = empty[level - 1];
        empty[level] <== Hash(8, TAG_NODE())([below, below, below, below, below, below, below, below]);
    }
    var emptyAbove[D - 2];
    for (var level = 2; level < D; level++) {
        emptyAbove[level - 2] = empty[level];
    }

    // D: nothing behind the last group under its parent, nor behind that (SOL-5)
    signal endsAt[8 * parents + 1] <== OneHot(8 * parents + 1, 0)(ends, end);
    var behind = 0;
    var number = (position - first) / 8;
    signal parent[parents];
    signal numberOf[parents];
    signal lastOf[parents];
    signal rootOf[parents];
    signal astray[parents];
    for (var t = 0; t < parents; t++) {
        for (var k = 0; k < 8; k++) {
            behind += endsAt[8 * t + k];
            behind * (groupNode[t][k] - empty[1]) === 0;
        }
        parent[t] <== Hash(8, TAG_NODE())(groupNode[t]);
        numberOf[t] <== used[t] * (number + t);
        lastOf[t] <== ends * (used[t] - used[t + 1]);
        rootOf[t] <== ScannedPath(D - 2)(parent[t], numberOf[t], lastOf[t], child[t], emptyAbove);

        // E: one root for all that are used (SOL-4)
        astray[t] <== used[t] * (rootOf[t] - rootOf[0]);
        astray[t] === 0;
    }
    root <== rootOf[0];
}

/*
 * The hash of running totals, blinded and bound to what they are totals of (SOL-3).
 *
 * @param n                               totals
 * @input domain, stateRoot, riskRoot     - {field} - public
 * @input total[n]                        - {integer}
 * @input blind                           - {field}
 * @output out                            - {field}
 */
template TotalsHash(n) {
    signal input domain;
    signal input stateRoot;
    signal input riskRoot;
    signal input total[n];
    signal input blind;
    signal output out;

    signal list <== HashList(n, TAG_SOLVENCY())(total);
    out <== Hash(5, TAG_SOLVENCY())([domain, stateRoot, riskRoot, list, blind]);
}
