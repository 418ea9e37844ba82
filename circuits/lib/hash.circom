pragma circom 2.2.0;

include "circomlib/circuits/poseidon.circom";

/*
 * H[tag](in…): Poseidon with circomlib's constants and the tag as initial capacity.
 *
 * @param n        values, 1 to 16
 * @param tag      one of TAG_…()
 * @input in[n]    - {field}
 * @output out     - {field}
 */
template Hash(n, tag) {
    signal input in[n];
    signal output out;

    signal first[1] <== PoseidonEx(n, 1)(in, tag);
    out <== first[0];
}

/*
 * HashList[tag](in…): sixteen values, then fifteen at a time behind what came out before, zeros at the end.
 *
 * @param n        values, at least 1
 * @param tag      one of TAG_…(); every block's capacity is tag + 2^32·n
 * @input in[n]    - {field}
 * @output out     - {field}
 */
template HashList(n, tag) {
    signal input in[n];
    signal output out;

    var blocks = n <= 16 ? 1 : 1 + (n - 16 + 14) \ 15;
    signal state[blocks][1];
    for (var b = 0; b < blocks; b++) {
        var block[16];
        for (var i = 0; i < 16; i++) {
            var position = b == 0 ? i : 15 * b + i;
            if (b > 0 && i == 0) {
                block[i] = state[b - 1][0];
            } else {
                block[i] = position < n ? in[position] : 0;
            }
        }
        state[b] <== PoseidonEx(16, 1)(block, tag + (1 << 32) * n);
    }
    out <== state[blocks - 1][0];
}

/*
 * The same list from one of its blocks on; whoever knows what stands before it is not asked for it.
 *
 * Another end under the same hash would be a collision: every block's capacity says how long the list is.
 *
 * @param n                  values of the whole list
 * @param tag                one of TAG_…()
 * @param first              the block that `in` begins with, at least 1
 * @input before             - {field} - what the blocks before it hash to
 * @input in[n - 15·first - 1]   - {field}
 * @output out               - {field}
 */
template HashListEnd(n, tag, first) {
    signal input before;
    signal input in[n - 15 * first - 1];
    signal output out;

    var blocks = 1 + (n - 16 + 14) \ 15 - first;
    signal state[blocks + 1][1];
    state[0][0] <== before;
    for (var b = 0; b < blocks; b++) {
        var block[16];
        block[0] = state[b][0];
        for (var i = 1; i < 16; i++) {
            var position = 15 * b + i - 1;
            block[i] = position < n - 15 * first - 1 ? in[position] : 0;
        }
        state[b + 1] <== PoseidonEx(16, 1)(block, tag + (1 << 32) * n);
    }
    out <== state[blocks][0];
}
