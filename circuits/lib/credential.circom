pragma circom 2.2.0;

include "hash.circom";
include "range.circom";
include "shared.circom";
include "signature.circom";

// Jurisdictions that a question can exclude.
function DENIED() { return 8; }

/*
 * What an issuer says of a trader, if asked: where it is at home, and whether it is accredited, until when.
 *
 * The subject is the trader's pseudonym at the issuer, which the trader can prove to be its own by an attestation to
 * the issuer; so issuer and sequencer share nothing about it.
 *
 * @input noteKey               - {field} - the trader's
 * @input issuer                - {field} - H[KEY] of the issuer's key with its shifted point, 0: not asked
 * @input mustBeAccredited      - {bool} - from the caller
 * @input denied                - {uint128} - codes of 16 bits, unused ones 0; enforced here
 * @input now                   - {uint40} - enforced here; this and the two above are 0 if not asked
 * @input issuerKey[2], issuerShifted[2]   - {point} - opened from issuer; whoever reads the proof checks that key
 * @input jurisdiction          - {uint16} - enforced here: none of those denied, nor 0
 * @input accredited            - {bool} - enforced here
 * @input expiry                - {uint40} - enforced here: now ≤ expiry
 * @input r8[2], s              - the issuer's signature; see SignatureOf
 */
template Credential() {
    signal input noteKey;
    signal input issuer;
    signal input mustBeAccredited;
    signal input denied;
    signal input now;
    signal input issuerKey[2];
    signal input issuerShifted[2];
    signal input jurisdiction;
    signal input accredited;
    signal input expiry;
    signal input r8[2];
    signal input s;

    // A: whether one is asked for; nothing of it can be asked without (ATT-9)
    signal without <== IsZero()(issuer);
    signal asked <== 1 - without;
    without * mustBeAccredited === 0;
    without * denied === 0;
    without * now === 0;

    // B: the issuer signed it, for this trader (ATT-9)
    signal keyHash <== Hash(4, TAG_KEY())([issuerKey[0], issuerKey[1], issuerShifted[0], issuerShifted[1]]);
    asked * (issuer - keyHash) === 0;
    signal subject <== Hash(2, TAG_PSEUDONYM())([noteKey, issuer]);
    Range(BITS_JURISDICTION())(jurisdiction);
    accredited * (accredited - 1) === 0;
    Range(BITS_TIME())(expiry);
    signal word <== jurisdiction + accredited * (1 << BITS_JURISDICTION()) + expiry * (1 << (BITS_JURISDICTION() + 1));
    signal message <== Hash(2, TAG_CREDENTIAL())([subject, word]);
    SignatureCheck()(asked, issuerKey, issuerShifted, message, r8, s);

    // C: none of the jurisdictions that are denied; unused codes are 0, which is none (ATT-10)
    signal bit[DENIED() * BITS_JURISDICTION()] <== Bits(DENIED() * BITS_JURISDICTION())(denied);
    signal apart[DENIED() + 1];
    apart[0] <== jurisdiction;
    for (var i = 0; i < DENIED(); i++) {
        var code = 0;
        for (var b = 0; b < BITS_JURISDICTION(); b++) {
            code += bit[BITS_JURISDICTION() * i + b] * (1 << b);
        }
        apart[i + 1] <== apart[i] * (jurisdiction - code);
    }
    signal distinct <== asked * apart[DENIED()] + without;
    Nonzero()(distinct);

    // D: accredited, and still valid (ATT-11, ATT-12)
    mustBeAccredited * (1 - accredited) === 0;
    Range(BITS_TIME())(now);
    signal left <== asked * (expiry - now);
    Range(BITS_TIME())(left);
}
