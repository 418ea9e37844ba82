pragma circom 2.2.0;

include "circomlib/circuits/eddsaposeidon.circom";
include "circomlib/circuits/poseidon.circom";

/*
 * `count` order-like messages, each signed by its own key.
 *
 * The circuit that provers are measured on: nothing but signatures and hashes, as dense as a trade step.
 *
 * @param count                 number of signatures
 * @input digest                - {field} - public: a chain of Poseidon over the messages
 * @input message[count]        - {field} - what was signed
 * @input keyX, keyY[count]     - {field} - the signers' Baby Jubjub keys
 * @input r8X, r8Y, s[count]    - {field} - circomlib EdDSA-Poseidon signatures
 */
template Signatures(count) {
    assert(count > 0);

    signal input digest;
    signal input message[count];
    signal input keyX[count];
    signal input keyY[count];
    signal input r8X[count];
    signal input r8Y[count];
    signal input s[count];

    signal chain[count + 1];
    chain[0] <== 0;
    component verifier[count];
    for (var i = 0; i < count; i++) {
        verifier[i] = EdDSAPoseidonVerifier();
        verifier[i].enabled <== 1;
        verifier[i].Ax <== keyX[i];
        verifier[i].Ay <== keyY[i];
        verifier[i].R8x <== r8X[i];
        verifier[i].R8y <== r8Y[i];
        verifier[i].S <== s[i];
        verifier[i].M <== message[i];
        chain[i + 1] <== Poseidon(2)([chain[i], message[i]]);
    }
    digest === chain[count];
}
