pragma circom 2.2.0;

include "hash.circom";
include "margin.circom";
include "range.circom";
include "shared.circom";
include "signature.circom";

/*
 * What an order place remembers after a fill.
 *
 * The fill starts from base = stored, where the order goes on, or 2^40·nonce, where it is new. base ≥ stored is checked on
 * the base and never on the result, which would overfill: base - 2^40·nonce, and so what was filled, has 40 bits.
 *
 * @input stored      - {uint80} - filled + 2^40·nonce
 * @input nonce       - {uint40} - of the order; enforced here
 * @input quantity    - {uint40} - of the order; enforced here
 * @input lots        - {integer} - of the fill; lots ≤ quantity - filled enforced here
 * @output out        - {uint80}
 */
template Fill() {
    signal input stored;
    signal input nonce;
    signal input quantity;
    signal input lots;
    signal output out;

    Range(BITS_NONCE())(nonce);
    Range(BITS_QUANTITY())(quantity);
    var start = nonce * (1 << BITS_QUANTITY());

    // A: stored - start has 40 bits where it goes on; start - stored has 72 where it is new (ORD-1)
    signal continues <-- (stored >> BITS_QUANTITY()) == nonce ? 1 : 0; // pinned by continues·(continues - 1) === 0 and B
    continues * (continues - 1) === 0;
    signal distance <== (2 * continues - 1) * (stored - start);
    signal bit[72] <== Bits(72)(distance);
    var upper = 0;
    for (var i = BITS_QUANTITY(); i < 72; i++) {
        upper += bit[i];
    }
    continues * upper === 0;

    // B: what was filled, and what is left (ORD-3)
    signal filled <== continues * distance;
    Range(BITS_QUANTITY())(quantity - filled - lots);
    out <== start + filled + lots;
}

/*
 * The listing in the selected slot, and whether it is reduce-only; 0 and 0 where none is selected.
 *
 * With many slots one look at both and 33 bits to part them cost less than two looks.
 *
 * @param M              slots
 * @input selector[M]    - {bool} - one-hot or all 0; slot 0 never
 * @input listing[M]     - {uint32} - from the table
 * @input reducing[M]    - {bool} - from the table
 * @output listed        - {uint32}
 * @output isReducing    - {bool}
 */
template Listed(M) {
    signal input selector[M];
    signal input listing[M];
    signal input reducing[M];
    signal output listed;
    signal output isReducing;

    signal first[M];
    signal second[M];
    var packed = 0;
    var restricted = 0;
    var together = M > 34 ? 1 << BITS_LISTING() : 0;
    first[0] <== 0;
    second[0] <== 0;
    for (var j = 1; j < M; j++) {
        first[j] <== selector[j] * (listing[j] + together * reducing[j]);
        packed += first[j];
        second[j] <== together == 0 ? selector[j] * reducing[j] : 0;
        restricted += second[j];
    }
    if (together == 0) {
        listed <== packed;
        isReducing <== restricted;
    } else {
        isReducing <-- (packed >> BITS_LISTING()) & 1; // pinned by isReducing·(isReducing - 1) === 0 and listed in range
        isReducing * (isReducing - 1) === 0;
        listed <== packed - together * isReducing;
        Range(BITS_LISTING())(listed);
    }
}

/*
 * One leg of a trade: what one signed order did, against the clearing house.
 *
 * Without `used` it changes nothing and its word is 0; what the prover then writes elsewhere does not matter.
 * An open slot is not checked here: the step does so once for all legs, from the selectors.
 *
 * @param M, R                  slots, order places
 * @input used                  - {bool} - from the caller
 * @input domain                - {field} - public
 * @input account               - {uint24} - of the lane
 * @input time                  - {uint40} - of the table
 * @input feeCap                - {uint16} - assumed of governance
 * @input key[2], plus[2], minus[2], start[2], excess[2]   - {point} - from KeyPointsIf, enabled whenever this is used
 * @input listing[M]            - {uint32} - from the table
 * @input reducing[M]           - {bool} - from the table: reduce-only slots
 * @input held[M]               - {integer} - the account's quantities as the leg before left them
 * @input stored[R]             - {uint80} - the account's places as the touch found them
 * @input slot                  - {1 .. M-1} - enforced here
 * @input side, reduceOnly      - {bool} - enforced here
 * @input place                 - {0 .. R-1} - enforced here
 * @input nonce, limit, quantity   - {uint40} - enforced here
 * @input expiry                - {uint41} - enforced here: time ≤ expiry < time + 2^40
 * @input maxFee                - {uint16} - enforced here, ppm
 * @input lots                  - {1 .. 2^40-1} - enforced here
 * @input cash                  - {uint80} - enforced here
 * @input fee                   - {uint56} - enforced here
 * @input r8[2], s              - the signature; see SignatureOf
 * @output slotSelector[M], placeSelector[R]   - {bool} - all 0 when not used
 * @output change[M]            - {integer} - of the lots held; slot 0 is 0
 * @output signedCash           - {integer} - paid, negative if received
 * @output placeChange          - {integer} - of the selected place
 * @output word                 - {uint233} - for the owner
 */
template Leg(M, R) {
    signal input used;
    signal input domain;
    signal input account;
    signal input time;
    signal input feeCap;
    signal input key[2];
    signal input plus[2];
    signal input minus[2];
    signal input start[2];
    signal input excess[2];
    signal input listing[M];
    signal input reducing[M];
    signal input held[M];
    signal input stored[R];
    signal input slot;
    signal input side;
    signal input reduceOnly;
    signal input place;
    signal input nonce;
    signal input expiry;
    signal input limit;
    signal input maxFee;
    signal input quantity;
    signal input lots;
    signal input cash;
    signal input fee;
    signal input r8[2];
    signal input s;
    signal output slotSelector[M];
    signal output placeSelector[R];
    signal output change[M];
    signal output signedCash;
    signal output placeChange;
    signal output word;

    // A: the slot, by what it holds now (TRD-9, TRD-10)
    signal instrument[M - 1] <== OneHot(M - 1, 1)(used, slot);
    signal owned[M];
    slotSelector[0] <== 0;
    owned[0] <== 0;
    var holding = 0;
    for (var j = 1; j < M; j++) {
        slotSelector[j] <== instrument[j - 1];
        owned[j] <== instrument[j - 1] * held[j];
        holding += owned[j];
    }
    signal listed;
    signal isReducing;
    (listed, isReducing) <== Listed(M)(slotSelector, listing, reducing);

    // B: the order, as it was signed (TRD-7, TRD-8, TRD-17). expiry and quantity are the highest parts of their words
    side * (side - 1) === 0;
    reduceOnly * (reduceOnly - 1) === 0;
    Range(BITS_TIME())(expiry - time);
    Range(BITS_PRICE())(limit);
    Range(16)(maxFee);
    signal first <== account + slot * AT_ORDER1_SLOT() + listed * AT_ORDER1_LISTING() + side * AT_ORDER1_SIDE()
        + reduceOnly * AT_ORDER1_REDUCE_ONLY() + place * AT_ORDER1_PLACE() + nonce * AT_ORDER1_NONCE()
        + expiry * AT_ORDER1_EXPIRY();
    signal second <== limit + maxFee * AT_ORDER2_MAX_FEE_PPM() + quantity * AT_ORDER2_QUANTITY();
    signal message <== Hash(3, TAG_ORDER())([domain, first, second]);
    SignatureOf()(used, key, plus, minus, start, excess, message, r8, s);

    // C: its place (TRD-6), and at least one lot (ORD-2)
    placeSelector <== OneHot(R, 0)(used, place);
    signal before <== Dot(R)(placeSelector, stored);
    signal after <== Fill()(before, nonce, quantity, lots);
    placeChange <== after - before;
    Range(BITS_QUANTITY())(lots - used);
    (1 - used) * lots === 0;

    // D: the price: a buyer pays at most, a seller gets at least (TRD-12, TRD-13)
    (1 - used) * cash === 0;
    Range(BITS_CASH())(cash);
    signal agreed <== lots * limit;
    signal better <== (1 - 2 * side) * (agreed - cash);
    Range(BITS_CASH())(better);

    // E: the fee, at the lower of two rates (TRD-14)
    (1 - used) * fee === 0;
    Range(BITS_FEE())(fee);
    signal capped <-- feeCap < maxFee ? 1 : 0; // pinned by capped·(capped - 1) === 0 and the lower one in range
    capped * (capped - 1) === 0;
    signal above <== capped * (maxFee - feeCap);
    Range(16)(2 * above - (maxFee - feeCap));
    signal most <== (maxFee - above) * cash;
    Range(16 + BITS_CASH())(most - fee * MILLION());

    // F: what it does to lots and cash
    signal signedLots <== (1 - 2 * side) * lots;
    signedCash <== (1 - 2 * side) * cash;
    change[0] <== 0;
    for (var j = 1; j < M; j++) {
        change[j] <== instrument[j - 1] * signedLots;
    }

    // G: reduce-only, by flag or status: the other side of what is held, and not beyond (TRD-15, MGN-6)
    signal both <== reduceOnly * isReducing;
    var mustReduce = reduceOnly + isReducing - both;
    signal opposite <== (2 * side - 1) * holding;
    signal left <== mustReduce * (opposite - lots);
    Range(BITS_TRADED())(left);

    // H: for its owner
    word <== used * (slot + side * AT_LEG_SIDE() + lots * AT_LEG_QUANTITY() + cash * AT_LEG_CASH() + fee * AT_LEG_FEE()
        + place * AT_LEG_PLACE() + nonce * AT_LEG_NONCE());
}
