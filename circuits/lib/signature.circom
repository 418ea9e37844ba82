pragma circom 2.2.0;

include "circomlib/circuits/poseidon.circom";
include "curve.circom";
include "ladders.circom";

/*
 * The check of a key that enters the state, and the point that is stored with it.
 *
 * Accepted is exactly what PROTOCOL.md asks: a point of the curve whose eightfold is not the identity. `shifted`
 * follows from the key by 129 doublings; there is nothing to choose.
 *
 * A point that is no key leaves no witness. (x, 1): nothing times 0 is 2. (0, -1): its Montgomery x is 0, so by B its y
 * is 0, and it has no double. A point of order 2, 4 or 8 becomes (0, 0) after at most two doublings, and that has no
 * double. What passes the first doubling has y ≠ 0, hence x ≠ 0, and there the two forms of the curve are one.
 *
 * @input key[2]        - {field} - twisted Edwards
 * @output shifted[2]   - {point} - 2^129·key
 */
template KeyTable() {
    signal input key[2];
    signal output shifted[2];

    // A: Montgomery form
    signal power[130][2];
    power[0] <== ToMontgomery()(key);

    // B: on the curve
    signal square <== power[0][0] * power[0][0];
    signal cube <== square * power[0][0];
    power[0][1] * power[0][1] === cube + MONTGOMERY_A() * square + power[0][0];

    // C: doubled 129 times, and back
    for (var i = 0; i < 129; i++) {
        power[i + 1] <== Double()(power[i]);
    }
    shifted <== ToEdwards()(power[129]);
}

/*
 * A key and its stored point as they are, or those of nobody: what a lane without a signature computes with, so that it
 * needs no key. The secret of the replacement is unknown to all, so not even a wrong use of this would let anyone sign.
 *
 * @input enabled       - {bool} - enforced here
 * @input key[2], shifted[2]   - {point} - proven by KeyTable if enabled; anything if not
 * @output plus[2], minus[2], start[2], excess[2]   - {point} - see KeyPoints
 */
template KeyPointsIf() {
    signal input enabled;
    signal input key[2];
    signal input shifted[2];
    signal output plus[2];
    signal output minus[2];
    signal output start[2];
    signal output excess[2];

    enabled * (enabled - 1) === 0;
    var unowned[2] = UNOWNED_KEY();
    var unownedShifted[2] = UNOWNED_SHIFTED();
    signal usedKey[2];
    signal usedShifted[2];
    for (var i = 0; i < 2; i++) {
        usedKey[i] <== unowned[i] + enabled * (key[i] - unowned[i]);
        usedShifted[i] <== unownedShifted[i] + enabled * (shifted[i] - unownedShifted[i]);
    }
    (plus, minus, start, excess) <== KeyPoints()(usedKey, usedShifted);
}

/*
 * S·B8 = R8 + Poseidon(R8, key, message)·8·key: circomlib's EdDSA-Poseidon, for a key whose points are at hand.
 *
 * With enabled = 1 exactly the valid signatures pass, R8 not the identity, S taken modulo l; with enabled = 0 anything.
 * S is a hint: what is proven is that R8 + h·8·key is some multiple of B8 that the prover knows. Whoever can show one
 * can show the one below l, so a signature is the pair (R8, S mod l).
 *
 * R8 is checked by equality with a computed point of order l. So it cannot be off the curve, carry a part of small
 * order or be one of it; the identity cannot be computed. (Its signer would have given the secret away: S = h·s.)
 *
 * @input enabled        - {bool} - enforced here
 * @input key[2]         - {point} - twisted Edwards; the points below are its own
 * @input plus[2], minus[2], start[2], excess[2]   - {point} - from KeyPoints or KeyPointsIf, enabled whenever this is
 * @input message        - {field}
 * @input r8[2]          - {field} - twisted Edwards
 * @input s              - {field} - hint
 */
template SignatureOf() {
    signal input enabled;
    signal input key[2];
    signal input plus[2];
    signal input minus[2];
    signal input start[2];
    signal input excess[2];
    signal input message;
    signal input r8[2];
    signal input s;

    enabled * (enabled - 1) === 0;

    // A: the challenge h, its one reading below r, and h·8·key + excess
    signal challenge <== Poseidon(5)([r8[0], r8[1], key[0], key[1], message]);
    signal bit[254] <== CanonicalBits()(challenge);
    signal product[2] <== KeyMultiple()(bit, plus, minus, start);

    // B: S·B8; without a signature some other multiple, for that of 0 has no form. Only points see the scalar: if
    // enabled, it is pinned by R8 in D
    signal scalar <-- enabled == 1 ? s : 1;
    signal base[2] <== BaseMultiple()(scalar);

    // C: S·B8 - h·8·key. Both additions could meet equal points for some hash or scalar, so both are guarded
    signal opposite[2] <== [product[0], -product[1]];
    Apart()(excess, opposite);
    signal difference[2] <== Add()(excess, opposite);
    Apart()(base, difference);
    signal nonce[2] <== Add()(base, difference);

    // D: that is R8
    signal expected[2] <== ToEdwards()(nonce);
    enabled * (expected[0] - r8[0]) === 0;
    enabled * (expected[1] - r8[1]) === 0;
}

/*
 * A whole check: the key's points, then the signature.
 *
 * @input enabled              - {bool} - enforced here
 * @input key[2], shifted[2]   - {point} - opened from keysHash, so proven by KeyTable; anything if not enabled
 * @input message              - {field}
 * @input r8[2]                - {field} - twisted Edwards
 * @input s                    - {field} - hint
 */
template SignatureCheck() {
    signal input enabled;
    signal input key[2];
    signal input shifted[2];
    signal input message;
    signal input r8[2];
    signal input s;

    signal plus[2];
    signal minus[2];
    signal start[2];
    signal excess[2];
    (plus, minus, start, excess) <== KeyPointsIf()(enabled, key, shifted);
    SignatureOf()(enabled, key, plus, minus, start, excess, message, r8, s);
}
