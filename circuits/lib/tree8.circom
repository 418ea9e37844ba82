pragma circom 2.2.0;

include "hash.circom";
include "range.circom";
include "shared.circom";

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
        bit[i] <-- (place >> i) & 1; // pinned by bit·(bit - 1) === 0 and place === their sum
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
    node[0] <== leaf;
    for (var level = 0; level < depth; level++) {
        child[level] <== Place8()(node[level], digit[level], sibling[level]);
        node[level + 1] <== Hash(8, TAG_NODE())(child[level]);
    }
    root <== node[depth];
}

/*
 * One of eight, from three bits.
 *
 * @input bit[3]         - {bit} - from the caller
 * @output selector[8]   - {bool} - 1 at the number that the bits spell
 */
template Select8() {
    signal input bit[3];
    signal output selector[8];

    signal low <== bit[0] * bit[1];
    var pair[4] = [1 - bit[0] - bit[1] + low, bit[0] - low, bit[1] - low, low];
    for (var i = 0; i < 4; i++) {
        selector[4 + i] <== pair[i] * bit[2];
        selector[i] <== pair[i] - selector[4 + i];
    }
}

/*
 * A leaf replaced by another: the roots before and after, over one path.
 *
 * All eight children of each node are given, the one on the path among them: it is checked against the node below (7
 * constraints), and the new one differs from it only there (8).
 *
 * @param depth               levels
 * @input before, after       - {field} - the leaf
 * @input index               - {uint 3·depth} - enforced here
 * @input child[depth][8]     - {field} - of each node on the path before, from the leaves upwards
 * @output rootBefore         - {field}
 * @output rootAfter          - {field}
 */
template Update8(depth) {
    signal input before;
    signal input after;
    signal input index;
    signal input child[depth][8];
    signal output rootBefore;
    signal output rootAfter;

    signal bit[3 * depth] <== Bits(3 * depth)(index);
    signal selector[depth][8];
    signal found[depth][7];
    signal change[depth][8];
    signal old[depth + 1];
    signal new[depth + 1];
    old[0] <== before;
    new[0] <== after;
    for (var level = 0; level < depth; level++) {
        selector[level] <== Select8()([bit[3 * level], bit[3 * level + 1], bit[3 * level + 2]]);

        // A: the child that the bits name is the node below
        var named = child[level][0];
        for (var k = 1; k < 8; k++) {
            found[level][k - 1] <== selector[level][k] * (child[level][k] - child[level][0]);
            named += found[level][k - 1];
        }
        named === old[level];

        // B: the other seven stay
        var replaced[8];
        for (var k = 0; k < 8; k++) {
            change[level][k] <== selector[level][k] * (new[level] - old[level]);
            replaced[k] = child[level][k] + change[level][k];
        }
        old[level + 1] <== Hash(8, TAG_NODE())(child[level]);
        new[level + 1] <== Hash(8, TAG_NODE())(replaced);
    }
    rootBefore <== old[depth];
    rootAfter <== new[depth];
}

/*
 * The root of the tree in which a leaf stands at an index.
 *
 * All eight children of each node are given; the index picks the one that must be the node below (10 constraints a
 * level beside the hash; Path8 takes 24).
 *
 * @param depth               levels
 * @input leaf                - {field}
 * @input index               - {uint 3·depth} - enforced here
 * @input child[depth][8]     - {field} - of each node on the path, from the leaf upwards
 * @output root               - {field}
 */
template RootAt8(depth) {
    signal input leaf;
    signal input index;
    signal input child[depth][8];
    signal output root;

    signal bit[3 * depth] <== Bits(3 * depth)(index);
    signal pair[depth][4];
    signal half[depth][2];
    signal picked[depth];
    signal node[depth + 1];
    node[0] <== leaf;
    for (var level = 0; level < depth; level++) {
        // one of two by the lowest bit, four times; of those by the next, twice; of those by the highest
        for (var i = 0; i < 4; i++) {
            pair[level][i] <== bit[3 * level] * (child[level][2 * i + 1] - child[level][2 * i]) + child[level][2 * i];
        }
        for (var i = 0; i < 2; i++) {
            half[level][i] <== bit[3 * level + 1] * (pair[level][2 * i + 1] - pair[level][2 * i]) + pair[level][2 * i];
        }
        picked[level] <== bit[3 * level + 2] * (half[level][1] - half[level][0]) + half[level][0];
        picked[level] === node[level];
        node[level + 1] <== Hash(8, TAG_NODE())(child[level]);
    }
    root <== node[depth];
}

/*
 * The root of a tree in which a leaf stands, anywhere.
 *
 * One child of each node is the node below where the product of all differences is 0 (7 constraints a level beside the
 * hash); which one it is, no wire says.
 *
 * @param depth               levels
 * @input leaf                - {field}
 * @input child[depth][8]     - {field} - of each node on the path, from the leaf upwards
 * @output root               - {field}
 */
template RootAround8(depth) {
    signal input leaf;
    signal input child[depth][8];
    signal output root;

    signal missed[depth][7];
    signal node[depth + 1];
    node[0] <== leaf;
    for (var level = 0; level < depth; level++) {
        missed[level][0] <== (child[level][0] - node[level]) * (child[level][1] - node[level]);
        for (var k = 1; k < 7; k++) {
            missed[level][k] <== missed[level][k - 1] * (child[level][k + 1] - node[level]);
        }
        missed[level][6] === 0;
        node[level + 1] <== Hash(8, TAG_NODE())(child[level]);
    }
    root <== node[depth];
}
