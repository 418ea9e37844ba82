pragma circom 2.2.0;

include "../lib/tree8.circom";
include "circomlib/circuits/poseidon.circom";

/*
 * "I know the secret behind a leaf of this tree", without saying which.
 *
 * @param depth               levels of the 8-ary tree
 * @input root                - {field} - public: the tree's root
 * @input nullifier           - {field} - public: the same for every proof by the same secret
 * @input secret              - {field} - the leaf is its hash
 * @input digit[depth]        - {uint3} - the leaf's place among its siblings, from the leaf upwards
 * @input sibling[depth][7]   - {field} - the seven other children, in their order
 */
template Membership(depth) {
    signal input root;
    signal input nullifier;
    signal input secret;
    signal input digit[depth];
    signal input sibling[depth][7];

    // A: the leaf and the nullifier follow from the secret
    signal leaf <== Poseidon(1)([secret]);
    signal marker <== Poseidon(2)([secret, 1]);
    nullifier === marker;

    // B: the leaf leads to the root
    signal reached <== Path8(depth)(leaf, digit, sibling);
    root === reached;
}
