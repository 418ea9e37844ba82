pragma circom 2.2.0;

include "../lib/account.circom";
include "../lib/credential.circom";
include "../lib/margin.circom";
include "../lib/signature.circom";
include "../lib/state.circom";
include "../lib/table.circom";
include "../lib/tree8.circom";
include "../lib/vector.circom";

/*
 * What lies open of an account: Σ |v_j|·P_j over slots that are not settled, whose positions are cash that waits.
 *
 * @param M              slots
 * @input vector[M]      - {int104} - enforced here for j ≥ 1
 * @input settled[M]     - {bool} - from the table
 * @input price[M]       - {uint40} - P, from the table; slot 0 is not read
 * @output out           - {uint}
 */
template GrossExposure(M) {
    signal input vector[M];
    signal input settled[M];
    signal input price[M];
    signal output out;

    signal negative[M];
    signal magnitude[M];
    signal exposed[M];
    signal term[M];
    negative[0] <== 0;
    magnitude[0] <== 0;
    exposed[0] <== 0;
    term[0] <== 0;
    var sum = 0;
    for (var j = 1; j < M; j++) {
        // circom compares as signed numbers
        negative[j] <-- vector[j] < 0 ? 1 : 0; // pinned by negative·(negative - 1) === 0 and the magnitude in range
        negative[j] * (negative[j] - 1) === 0;
        magnitude[j] <== (1 - 2 * negative[j]) * vector[j];
        Range(BITS_LOTS())(magnitude[j]);
        exposed[j] <== (1 - settled[j]) * price[j];
        term[j] <== magnitude[j] * exposed[j];
        sum += term[j];
    }
    out <== sum;
}

/*
 * What a trader shows a verifier of its own account, signed by its owner key, under a name for this verifier only.
 *
 * What is not asked is 0 in public. The bits of `asked`, from the lowest: equity, leverage, exposure, headroom,
 * accredited.
 *
 * @param D, M, S               depth of the account tree, slots, stress scenarios
 *
 * Public; all of it is in the message that the owner key signs
 * @input domain                - {field}
 * @input stateRoot, riskRoot   - {field} - the verifier knows them to be a batch's end and a table of its liking
 * @input verifier, challenge   - {field} - who asks, and a number that it drew for this one time
 * @input pseudonym             - {field} - H[PSEUDONYM](noteKey, verifier)
 * @input asked                 - {uint5} - enforced here
 * @input equity                - {uint64} - enforced here: val_0 is at least this
 * @input leverage              - {uint40} - enforced here: ppm; gross exposure is at most this part of an equity ≥ 0
 * @input exposure              - {uint64} - enforced here: gross exposure is at most this
 * @input headroom              - {uint64} - enforced here: val_s is at least this for every s
 * @input issuer, denied, now   - see Credential
 *
 * Private
 * @input index                 - {uint 3·D} - not 0: enforced here
 * @input noteKey               - {field} - opened from noteCommitment
 * @input ownerKey[2], ownerShifted[2]   - {point} - opened from ownerHash
 * @input r8[2], s              - the owner's signature; see SignatureOf
 * @input tradingKey[2], tradingShifted[2], viewCommitment, l1Owner   - the rest of ownerHash
 * @input vector[M], ordersHash, ownerNonce, nonce, blind             - the rest of the leaf
 * @input child[D][8]           - {field} - the account's path
 * @input notesRoot, noteCount, custodyCommit                         - the rest of stateRoot
 * @input parameter[8] ..       - see RiskTable
 * @input issuerKey[2] .. issuerS   - see Credential
 */
template AccountAttestation(D, M, S) {
    // ---- public
    signal input domain;
    signal input stateRoot;
    signal input riskRoot;
    signal input verifier;
    signal input challenge;
    signal input pseudonym;
    signal input asked;
    signal input equity;
    signal input leverage;
    signal input exposure;
    signal input headroom;
    signal input issuer;
    signal input denied;
    signal input now;
    // ---- private: the account and its owner
    signal input index;
    signal input noteKey;
    signal input ownerKey[2];
    signal input ownerShifted[2];
    signal input r8[2];
    signal input s;
    signal input tradingKey[2];
    signal input tradingShifted[2];
    signal input viewCommitment;
    signal input l1Owner;
    signal input vector[M];
    signal input ordersHash;
    signal input ownerNonce;
    signal input nonce;
    signal input blind;
    signal input child[D][8];
    // ---- private: state and table
    signal input notesRoot;
    signal input noteCount;
    signal input custodyCommit;
    signal input parameter[8];
    signal input status[M];
    signal input listing[M];
    signal input funding[M];
    signal input value[M];
    signal input lotRiskHash;
    signal input stress[S][M];
    signal input time;
    // ---- private: the credential
    signal input issuerKey[2];
    signal input issuerShifted[2];
    signal input jurisdiction;
    signal input accredited;
    signal input expiry;
    signal input issuerR8[2];
    signal input issuerS;

    // A: the table
    component table = RiskTable(M, S);
    table.parameter <== parameter;
    table.status <== status;
    table.listing <== listing;
    table.funding <== funding;
    table.value <== value;
    table.lotRiskHash <== lotRiskHash;
    table.stress <== stress;
    table.time <== time;
    riskRoot === table.root;

    // B: who speaks: the note key gives the name, the owner key signs all that is said (ATT-2, ATT-3)
    signal noteCommitment <== Hash(1, TAG_NOTEKEY())([noteKey]);
    signal name <== Hash(2, TAG_PSEUDONYM())([noteKey, verifier]);
    pseudonym === name;
    signal ownerKeyHash <== Hash(4, TAG_KEY())([ownerKey[0], ownerKey[1], ownerShifted[0], ownerShifted[1]]);
    signal ownerHash <== Hash(8, TAG_OWNER())([
        ownerKeyHash, tradingKey[0], tradingKey[1], tradingShifted[0], tradingShifted[1],
        viewCommitment, noteCommitment, l1Owner
    ]);
    signal message <== Hash(14, TAG_ATTEST())([
        domain, stateRoot, riskRoot, verifier, challenge, pseudonym, asked,
        equity, leverage, exposure, headroom, issuer, denied, now
    ]);
    SignatureCheck()(1, ownerKey, ownerShifted, message, r8, s);

    // C: the account: it stands in this state, and is not the fund (ATT-1)
    signal vectorHash <== VectorHash(M)(vector);
    signal leaf <== AccountLeaf()(ownerHash, vectorHash, ordersHash, ownerNonce, nonce, blind);
    Nonzero()(index);
    signal accountsRoot <== RootAt8(D)(leaf, index, child);
    signal state <== StateHash()(accountsRoot, notesRoot, noteCount, custodyCommit);
    stateRoot === state;

    // D: what is asked; the rest is 0 (ATT-4)
    signal asks[5] <== Bits(5)(asked);
    (1 - asks[0]) * equity === 0;
    (1 - asks[1]) * leverage === 0;
    (1 - asks[2]) * exposure === 0;
    (1 - asks[3]) * headroom === 0;
    Range(BITS_AMOUNT())(equity);
    Range(BITS_LEVERAGE())(leverage);
    Range(BITS_AMOUNT())(exposure);
    Range(BITS_AMOUNT())(headroom);

    // E: equity, which is not negative where leverage is asked (ATT-5, ATT-6)
    signal worth[S + 1] <== Values(M, S + 1)(vector, table.row);
    signal both <== asks[0] * asks[1];
    signal above <== (asks[0] + asks[1] - both) * (worth[0] - equity);
    Range(BITS_STUCK())(above);

    // F: exposure, by itself and against equity (ATT-6, ATT-7)
    var price[M];
    for (var j = 0; j < M; j++) {
        price[j] = value[j] + funding[j];
    }
    signal gross <== GrossExposure(M)(vector, table.settled, price);
    signal below <== asks[2] * (exposure - gross);
    Range(BITS_AMOUNT())(below);
    signal carried <== leverage * worth[0];
    signal spare <== asks[1] * (carried - MILLION() * gross);
    Range(BITS_STUCK() + BITS_LEVERAGE())(spare);

    // G: headroom in every scenario (ATT-8)
    signal head[S + 1];
    for (var k = 0; k <= S; k++) {
        head[k] <== asks[3] * (worth[k] - headroom);
        Range(BITS_STUCK())(head[k]);
    }

    // H: the credential
    Credential()(
        noteKey, issuer, asks[4], denied, now, issuerKey, issuerShifted,
        jurisdiction, accredited, expiry, issuerR8, issuerS
    );
}
