pragma circom 2.2.0;

include "curve.circom";
include "generated/base_windows.circom";

/*
 * The bits of a field element, the one reading below r.
 *
 * 254 bits can spell h and, if that is small enough, h + r. Here they are compared with r - 1 from the top: `equal` is
 * 1 as long as every 1 of r - 1 was met by a 1; while it is, a 0 of r - 1 allows only a 0. The last zeros of r - 1 come
 * for nothing, because the constraint that forbids a 1 also is the one that makes the bit a bit.
 *
 * @input in           - {field}
 * @output bit[254]    - {bit} - lowest first; their number is below r
 */
template CanonicalBits() {
    signal input in;
    signal output bit[254];

    var largest = -1;
    signal equal[254];
    var met = 1; // nothing compared yet
    var sum = 0;
    for (var i = 253; i >= 0; i--) {
        bit[i] <-- (in >> i) & 1; // pinned by one of the two bit constraints and sum === in
        sum += bit[i] * (1 << i);
        if ((largest >> i) & 1) {
            bit[i] * (bit[i] - 1) === 0;
            equal[i] <== i == 253 ? bit[i] : met * bit[i];
            met = equal[i];
        } else {
            bit[i] * (1 - met - bit[i]) === 0;
            equal[i] <== 0;
        }
    }
    sum === in;
}

/*
 * Digits of a scalar for BaseMultiple: E = Σ e_i·24^i, where Σ (2·e_i - 23)·24^i (the last: 2·e - 11) is an odd number
 * that is the scalar modulo l. Hints: nothing here is a constraint.
 */
function base_digits(scalar) {
    var digit[55];
    var l = SUBGROUP_ORDER();
    var least = scalar % l;
    var rest = BASE_RANGE() - 1 + least;
    if (least % 2 == 0) {
        rest = BASE_RANGE() - 1 - (l - least);
    }
    rest = rest \ 2;
    for (var i = 0; i < BASE_WINDOWS(); i++) {
        digit[i] = rest % BASE_RADIX();
        rest = rest \ BASE_RADIX();
    }
    return digit;
}

/*
 * Some multiple of B8; the scalar is a hint, and no constraint ever sees it, only points.
 *
 * Each window contributes d·24^i·B8 with d odd, |d| ≤ 23 (11 in the last): its x is a root of the window's polynomial,
 * its y one of the two of the curve.
 *
 * No two points that are added are equal. Before window i the sum is n·B8 with n odd and |n| < 24^i, the window adds
 * ±d·24^i·B8 with d ≥ 1: as integers these differ. They could only agree modulo l, but |n| + d·24^i < 24^(i+1) ≤ 24^54,
 * which is below l, for every window but the last. There, Apart.
 *
 * So out = N·B8 for the odd N = Σ d_i·24^i, |N| < 12·24^54, and every class modulo l but two is reached, 1.49 times on
 * average: that of 0, which has no form here, and those that Apart excludes. Nobody can make a signature with such an S
 * on purpose: S follows from a hash of R8.
 *
 * @input scalar     - {field} - hint: counts modulo l
 * @output out[2]    - {point} - of order l, Montgomery
 */
template BaseMultiple() {
    signal input scalar;
    signal output out[2];

    var windows = BASE_WINDOWS();
    var tableX[55][12] = BASE_X();
    var tableY[55][12] = BASE_Y();
    var k[54][12] = BASE_ROOTS();
    var last[6] = BASE_LAST_ROOTS();
    var digit[55] = base_digits(scalar);

    signal x[windows];
    signal y[windows];
    signal square[windows]; // x²
    signal cube[windows];   // x³
    signal sixth[windows - 1];
    signal sum[windows][2];
    for (var i = 0; i < windows; i++) {
        // A: a point, or its opposite, from the table
        var half = i < windows - 1 ? 12 : 6;
        var entry = digit[i] < half ? half - 1 - digit[i] : digit[i] - half;
        // the point, but for its sign, pinned by B and C
        x[i] <-- tableX[i][entry];
        y[i] <-- digit[i] < half ? -tableY[i][entry] : tableY[i][entry];

        // B: its x is a root of the table's polynomial; tools/base_windows.py says how that takes so few constraints
        square[i] <== x[i] * x[i];
        cube[i] <== square[i] * x[i];
        if (i < windows - 1) {
            sixth[i] <== cube[i] * (cube[i] + k[i][0] * square[i] + k[i][1] * x[i]);
            var s = sixth[i] + k[i][2] * cube[i] + k[i][3] * square[i] + k[i][4] * x[i];
            var t = cube[i] + k[i][5] * square[i] + k[i][6] * x[i];
            var c = k[i][7] * sixth[i] + k[i][8] * cube[i] + k[i][9] * square[i] + k[i][10] * x[i] + k[i][11];
            (s + t) * (s - t) === c;
        } else {
            var s = cube[i] + last[0] * square[i] + last[1] * x[i];
            s * s === last[2] * cube[i] + last[3] * square[i] + last[4] * x[i] + last[5];
        }

        // C: it is on the curve
        y[i] * y[i] === cube[i] + MONTGOMERY_A() * square[i] + x[i];

        // D: the sum so far
        if (i == 0) {
            sum[i] <== [x[i], y[i]];
        } else {
            if (i == windows - 1) {
                Apart()(sum[i - 1], [x[i], y[i]]);
            }
            sum[i] <== Add()(sum[i - 1], [x[i], y[i]]);
        }
    }
    out <== sum[windows - 1];
}

/*
 * What KeyMultiple needs of a key K, once for however many signatures of it are checked.
 *
 * With T = 4·K and U = 2^127·T. The points added are never equal or opposite: U = 2^127·T, so each equality would be
 * c·T = the identity or the point of order two, for one of the constants 2^127 ± 1, 2^127, 2^127 + 2, 1, 2^128 + 1;
 * none is 0 modulo l, and 8·K is not the identity.
 *
 * @input key[2]       - {point} - twisted Edwards; a key of the state, so proven by KeyTable
 * @input shifted[2]   - {point} - 2^129·key, as KeyTable proved
 * @output plus[2]     - {point} - T + U, Montgomery like all below
 * @output minus[2]    - {point} - T - U
 * @output start[2]    - {point} - 2·T + U
 * @output excess[2]   - {point} - T + 2·U
 */
template KeyPoints() {
    signal input key[2];
    signal input shifted[2];
    signal output plus[2];
    signal output minus[2];
    signal output start[2];
    signal output excess[2];

    signal once[2] <== ToMontgomery()(key);
    signal twice[2] <== Double()(once);
    signal low[2] <== Double()(twice);
    signal high[2] <== ToMontgomery()(shifted);
    plus <== Add()(low, high);
    minus <== Add()(low, [high[0], -high[1]]);
    start <== Add()(plus, low);
    excess <== Add()(plus, high);
}

/*
 * h·8K + (T + 2·U), for h < r and T, U as in KeyPoints. One step takes a bit of each half of h.
 *
 * h = low + 2^127·high. With signs s = 2·bit - 1, Σ s_i·2^i = 2·low - (2^127 - 1), so the 127 steps
 * total ← 2·total + s_low·T + s_high·U, from 2·T + U, end at
 *     2^127·(2·T + U) + (2·low - 2^127 + 1)·T + (2·high - 2^127 + 1)·U = 2·low·T + 2·high·U + T + 2·U, as 2^127·T = U
 * which is h·2T + T + 2·U. The factor 8 = 2·4 acts on the point: a part of small order in K is gone from h·2T.
 *
 * Equal points. After j steps the total is (2^(j+1) + x)·T + (2^j + y)·U with |x|, |y| < 2^j, both odd if j > 0; the
 * next term is e·T + f·U with e, f = ±1. If they are equal, (m, n) = (2^(j+1) + x - e, 2^j + y - f) has m + 2^127·n ≡
 * 0 mod l. m > 0, so it is not (0, 0); and the lattice of all (m, n) with this property has no point in that range for
 * j ≤ 124: tests/circuits/test_signature_ladders.py enumerates it. For j = 125 and 126 it has four and sixteen, hence
 * Apart there (twelve of these lead through the identity, where a step before is stuck; eight would leave the slope
 * free). Nothing in this depends on the key, on what the prover chooses, or on the hash being hard to steer.
 * A part of order two in K, the same in every total but the first and in every term, changes nothing: it cannot make
 * points equal whose parts of order l differ.
 *
 * @input bit[254]     - {bit} - of h, lowest first
 * @input plus[2], minus[2], start[2]   - {point} - from KeyPoints
 * @output out[2]      - {point} - h·8K + T + 2·U
 */
template KeyMultiple() {
    signal input bit[254];
    signal input plus[2];
    signal input minus[2];
    signal input start[2];
    signal output out[2];

    signal both[127];
    signal termX[127];
    signal magnitude[127]; // y of the term up to its sign
    signal termY[127];
    signal total[128][2];
    total[0] <== start;
    for (var j = 0; j < 127; j++) {
        // A: the term is ±(T + U) when the bits agree, ±(T - U) when they do not; its sign is the lower half's
        var low = bit[126 - j];
        var high = bit[253 - j];
        both[j] <== low * high;
        var differ = low + high - 2 * both[j];
        termX[j] <== plus[0] + differ * (minus[0] - plus[0]);
        magnitude[j] <== plus[1] + differ * (minus[1] - plus[1]);
        termY[j] <== (2 * low - 1) * magnitude[j];

        // B: twice the total and the term
        if (j >= 125) {
            Apart()(total[j], [termX[j], termY[j]]);
        }
        total[j + 1] <== DoubleAdd()(total[j], [termX[j], termY[j]]);
    }
    out <== total[127];
}
