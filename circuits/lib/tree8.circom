pragma circom 2.2.0;

include "circomlib/circuits/poseidon.circom";

function NODE_TAG() { return 1; }

/*
 * A value put at one of eight places among seven others, which keep their order.
 *
 * With p_k = 1 when place > k (k = 0..6), child k is sibling k while k < place, the value at k = place, and
 * sibling k-1 after it. Exactly one place is chosen because the eight selectors are products of three bits.
 *
 * @input value         - {field} - what is placed
 * @input place         - {uint3} - where; enforced here
 * @input sibling[7]    - {field} - the others
 * @output child[8]     - {field} - all eight
 */
template Place8() {
    signal input value;
    signal input place;
    signal input sibling[7];
    signal output child[8];

    // A: one-hot selectors from three bits; the bits sum to `place`, so `place` < 8
    signal bit[3];
    for (var i = 0; i < 3; i++) {
        bit[i] <-- (place >> i) & 1;
        bit[i] * (bit[i] - 1) === 0;
    }
    place === bit[0] + 2 * bit[1] + 4 * bit[2];
    signal low <== bit[0] * bit[1];
    var pair[4] = [1 - bit[0] - bit[1] + low, bit[0] - low, bit[1] - low, low];
    signal upper[4];
    var selector[8];
    for (var i = 0; i < 4; i++) {
        upper[i] <== pair[i] * bit[2];
        selector[i] = pair[i] - upper[i];
        selector[4 + i] = upper[i];
    }

    // B: child k = sibling k before the place, the value at it, sibling k-1 behind it
    signal here[8];
    signal behind[8];
    var passed = 0; // 1 when the place lies before k
    for (var k = 0; k < 8; k++) {
        var before = k < 7 ? sibling[k] : 0;
        var after = k > 0 ? sibling[k - 1] : 0;
        here[k] <== selector[k] * (value - before);
        behind[k] <== passed * (after - before);
        child[k] <== before + here[k] + behind[k];
        passed += selector[k];
    }
}

/*
 * The root that a leaf and its path lead to.
 *
 * @param depth               levels
 * @input leaf                - {field}
 * @input digit[depth]        - {uint3} - enforced by Place8
 * @input sibling[depth][7]   - {field}
 * @output root               - {field}
 */
template Path8(depth) {
    signal input leaf;
    signal input digit[depth];
    signal input sibling[depth][7];
    signal output root;

    signal node[depth + 1];
    signal child[depth][8];
    signal hash[depth][1];
    node[0] <== leaf;
    for (var level = 0; level < depth; level++) {
        child[level] <== Place8()(node[level], digit[level], sibling[level]);
        hash[level] <== PoseidonEx(8, 1)(child[level], NODE_TAG());
        node[level + 1] <== hash[level][0];
    }
    root <== node[depth];
}
