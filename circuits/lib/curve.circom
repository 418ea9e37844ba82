pragma circom 2.2.0;

/*
 * Baby Jubjub in Montgomery form, y² = x³ + 168698·x² + x, where an addition costs three constraints.
 *
 * The price is that the law has exceptions, and what happens there decides whether a circuit is sound. The slope of a
 * sum is a hint λ with λ·(x2 - x1) = y2 - y1. Three cases:
 *   - x1 ≠ x2: λ is determined, and the result is the sum.
 *   - opposite points: the constraint reads λ·0 = -2·y1, which nothing satisfies. The prover is stuck, nobody cheated.
 *   - equal points: it reads λ·0 = 0. λ is free and the result is whatever the prover likes.
 * So whoever uses Add or DoubleAdd says why its two points are never equal, or adds Apart. The identity has no form
 * here: a result is always an affine point. On the curve, y = 0 only in (0, 0), the one point of order two: 168698² -
 * 4 is no square. All inputs are points of the curve; the user says why.
 */

function MONTGOMERY_A() { return 168698; }

/*
 * From twisted Edwards form. For a point with x = 0 it proves nothing: the user excludes the identity and (0, -1).
 *
 * @input in[2]     - {point, x ≠ 0} - twisted Edwards
 * @output out[2]   - {point} - the same in Montgomery form
 */
template ToMontgomery() {
    signal input in[2];
    signal output out[2];

    // nothing times 0 is 2, so in[1] = 1 is stuck; pinned by out·(1 - y) === 1 + y
    out[0] <-- (1 + in[1]) / (1 - in[1]);
    out[0] * (1 - in[1]) === 1 + in[1];
    out[1] <-- out[0] / in[0]; // pinned by out[1]·x === out[0], as x ≠ 0
    out[1] * in[0] === out[0];
}

/*
 * To twisted Edwards form. No point of the curve has x = -1, for 168696 is no square.
 *
 * @input in[2]     - {point, y ≠ 0} - Montgomery
 * @output out[2]   - {point} - the same in twisted Edwards form
 */
template ToEdwards() {
    signal input in[2];
    signal output out[2];

    out[0] <-- in[0] / in[1]; // pinned by out·y === x, as y ≠ 0
    out[0] * in[1] === in[0];
    out[1] <-- (in[0] - 1) / (in[0] + 1); // pinned by out·(x + 1) === x - 1, as x ≠ -1
    out[1] * (in[0] + 1) === in[0] - 1;
}

/*
 * Two points that are neither equal nor opposite: the constraint that makes an addition safe.
 *
 * @input left[2], right[2]   - {point}
 */
template Apart() {
    signal input left[2];
    signal input right[2];

    signal inverse <-- 1 / (right[0] - left[0]); // pinned by inverse·(difference) === 1
    inverse * (right[0] - left[0]) === 1;
}

/*
 * The sum of two different points.
 *
 * @input left[2], right[2]   - {point} - never equal; see above
 * @output out[2]             - {point}
 */
template Add() {
    signal input left[2];
    signal input right[2];
    signal output out[2];

    // pinned by slope·(x2 - x1) === y2 - y1, as the points differ
    signal slope <-- (right[1] - left[1]) / (right[0] - left[0]);
    slope * (right[0] - left[0]) === right[1] - left[1];
    out[0] <== slope * slope - MONTGOMERY_A() - left[0] - right[0];
    out[1] <== slope * (left[0] - out[0]) - left[1];
}

/*
 * A point added to itself. The point of order two has no double here: slope·0 = 1.
 *
 * @input in[2]     - {point}
 * @output out[2]   - {point}
 */
template Double() {
    signal input in[2];
    signal output out[2];

    signal square <== in[0] * in[0];
    // pinned by slope·2y === 3x² + 2Ax + 1, as y ≠ 0 or nothing satisfies it
    signal slope <-- (3 * square + 2 * MONTGOMERY_A() * in[0] + 1) / (2 * in[1]);
    slope * (2 * in[1]) === 3 * square + 2 * MONTGOMERY_A() * in[0] + 1;
    out[0] <== slope * slope - MONTGOMERY_A() - 2 * in[0];
    out[1] <== slope * (in[0] - out[0]) - in[1];
}

/*
 * 2·total + term, as (total + term) + total, without the y of what is in between: five constraints.
 *
 * The first addition must never meet equal points. The second meets them only if term were the identity, which has no
 * form here; and if total + term is the opposite of total, the constraint reads 0 = 2·y, which nothing satisfies: y = 0
 * would make total the point of order two, and term the identity.
 *
 * @input total[2], term[2]   - {point} - never equal
 * @output out[2]             - {point}
 */
template DoubleAdd() {
    signal input total[2];
    signal input term[2];
    signal output out[2];

    // pinned by first·(x2 - x1) === y2 - y1, as the points differ
    signal first <-- (term[1] - total[1]) / (term[0] - total[0]);
    first * (term[0] - total[0]) === term[1] - total[1];
    signal between <== first * first - MONTGOMERY_A() - total[0] - term[0];
    // the y in between is first·(total.x - between) - total.y; hence the second slope,
    // pinned by (first + second)·(x - between) === 2y, as 0 = 2y has no solution
    signal second <-- 2 * total[1] / (total[0] - between) - first;
    (first + second) * (total[0] - between) === 2 * total[1];
    out[0] <== second * second - MONTGOMERY_A() - total[0] - between;
    out[1] <== second * (total[0] - out[0]) - total[1];
}
