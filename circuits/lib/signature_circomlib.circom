pragma circom 2.2.0;

include "circomlib/circuits/eddsaposeidon.circom";
include "generated/base_windows.circom";

/*
 * The same check over circomlib's verifier: what SignatureCheck is held against, and can be replaced by.
 *
 * Without a signature the verifier gets a fixed valid one. `s` is reduced modulo l outside of the constraints, because
 * SignatureCheck cannot tell its classes apart. R8 must not be the identity, for the same reason.
 *
 * @input enabled       - {bool} - enforced here
 * @input key[2]        - {point} - twisted Edwards, proven by KeyTable; anything if not enabled
 * @input shifted[2]    - not used
 * @input message       - {field}
 * @input r8[2]         - {field} - twisted Edwards
 * @input s             - {field} - hint
 */
template SignatureCheckCircomlib() {
    signal input enabled;
    signal input key[2];
    signal input shifted[2];
    signal input message;
    signal input r8[2];
    signal input s;

    enabled * (enabled - 1) === 0;

    // A: the signature, or a fixed one
    signal reduced <-- s % SUBGROUP_ORDER(); // pinned by circomlib's check in B: below l, and S·B8 is what it must be
    var fixed[6] = FIXED_SIGNATURE();
    var given[6] = [key[0], key[1], r8[0], r8[1], reduced, message];
    signal used[6];
    for (var i = 0; i < 6; i++) {
        used[i] <== fixed[i] + enabled * (given[i] - fixed[i]);
    }

    // B: circomlib's check
    component verifier = EdDSAPoseidonVerifier();
    verifier.enabled <== 1;
    verifier.Ax <== used[0];
    verifier.Ay <== used[1];
    verifier.R8x <== used[2];
    verifier.R8y <== used[3];
    verifier.S <== used[4];
    verifier.M <== used[5];

    // C: R8 is not the identity
    signal inverse <-- 1 / used[2]; // pinned by inverse·R8.x === 1
    inverse * used[2] === 1;
}
