pragma circom 2.2.0;

/*
 * The bits of a number.
 *
 * @param n          at most 253, so that there is one reading
 * @input in         - {uint n} - enforced here
 * @output bit[n]    - {bit} - lowest first
 */
template Bits(n) {
    signal input in;
    signal output bit[n];

    assert(n <= 253);
    var sum = 0;
    for (var i = 0; i < n; i++) {
        bit[i] <-- (in >> i) & 1; // pinned by bit·(bit - 1) === 0 and sum === in
        bit[i] * (bit[i] - 1) === 0;
        sum += bit[i] * (1 << i);
    }
    sum === in;
}

/*
 * 0 ≤ in < 2^n; a negative number, r - |x|, is far above.
 *
 * @param n      at most 253
 * @input in     - {uint n} - enforced here
 */
template Range(n) {
    signal input in;
    signal bit[n] <== Bits(n)(in);
}

/*
 * in ≠ 0.
 *
 * @input in     - {field} - not 0: enforced here
 */
template Nonzero() {
    signal input in;
    signal inverse <-- in != 0 ? 1 / in : 0; // pinned by inverse·in === 1
    inverse * in === 1;
}

/*
 * Whether a number is 0.
 *
 * @input in      - {field}
 * @output out    - {bool}
 */
template IsZero() {
    signal input in;
    signal output out;

    // where in is 0 every inverse does, and out is 1
    signal inverse <-- in != 0 ? 1 / in : 0; // pinned by out <== 1 - in·inverse and in·out === 0
    out <== 1 - in * inverse;
    in * out === 0;
}

/*
 * One selector for each of `first` .. first + n - 1: 1 where the index is, 0 elsewhere; all 0 when not enabled.
 *
 * A selector can differ from 0 only at the index, and there it is the sum; so an index outside has no witness unless
 * disabled.
 *
 * @input enabled       - {bool} - from the caller
 * @input index         - {first .. first + n - 1} - enforced here if enabled; anything if not
 * @output selector[n]  - {bool}
 */
template OneHot(n, first) {
    signal input enabled;
    signal input index;
    signal output selector[n];

    var sum = 0;
    for (var i = 0; i < n; i++) {
        // pinned by selector·(index - first - i) === 0 and sum === enabled
        selector[i] <-- index == first + i ? enabled : 0;
        selector[i] * (index - first - i) === 0;
        sum += selector[i];
    }
    sum === enabled;
}

/*
 * Σ a_i·b_i.
 *
 * @input a[n], b[n]   - {field}
 * @output out         - {field}
 */
template Dot(n) {
    signal input a[n];
    signal input b[n];
    signal output out;

    signal product[n];
    var sum = 0;
    for (var i = 0; i < n; i++) {
        product[i] <== a[i] * b[i];
        sum += product[i];
    }
    out <== sum;
}

/*
 * value ≥ min(0, bound), if enabled: one range check, since the prover picks value ≥ 0 or value ≥ bound.
 *
 * @param bits          of the picked difference
 * @input enabled       - {bool} - from the caller
 * @input value, bound  - {integer} - far from r by the bounds of PROTOCOL.md section 4
 * @output below        - {bool} - 0: value ≥ 0 was shown. 1: value ≥ bound was
 */
template AtLeastOrPositive(bits) {
    signal input enabled;
    signal input value;
    signal input bound;
    signal output below;

    below <-- (value >> bits) == 0 ? 0 : 1; // pinned by below·(below - 1) === 0; the choice is the prover's
    below * (below - 1) === 0;
    signal shift <== below * bound;
    signal checked <== enabled * (value - shift);
    Range(bits)(checked);
}
