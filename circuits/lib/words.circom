pragma circom 2.2.0;

include "hash.circom";
include "shared.circom";

/*
 * What binds a proof to the words of its step: their hash, from which the contract draws z, and their polynomial at z.
 *
 * @param n              words
 * @input word[n]        - {field}
 * @input z              - {field} - public
 * @output dataCommit    - {field}
 * @output y             - {field} - Σ word_i·z^i
 */
template Published(n) {
    signal input word[n];
    signal input z;
    signal output dataCommit;
    signal output y;

    dataCommit <== HashList(n, TAG_DATA())(word);
    signal partial[n];
    partial[n - 1] <== word[n - 1];
    for (var i = n - 2; i >= 0; i--) {
        partial[i] <== partial[i + 1] * z + word[i];
    }
    y <== partial[0];
}

// Account indices of 24 bits that share a word.
function INDICES_PER_WORD() { return 10; }

/*
 * Account indices, ten a word, the first lowest.
 *
 * @param n                 indices
 * @input index[n]          - {uint24} - from the caller
 * @output word[⌈n/10⌉]     - {uint240}
 */
template PackIndices(n) {
    signal input index[n];
    signal output word[(n + INDICES_PER_WORD() - 1) \ INDICES_PER_WORD()];

    for (var w = 0; w * INDICES_PER_WORD() < n; w++) {
        var sum = 0;
        for (var i = 0; i < INDICES_PER_WORD() && w * INDICES_PER_WORD() + i < n; i++) {
            sum += index[w * INDICES_PER_WORD() + i] * (1 << (BITS_ACCOUNT() * i));
        }
        word[w] <== sum;
    }
}
