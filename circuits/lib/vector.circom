pragma circom 2.2.0;

include "hash.circom";
include "range.circom";
include "shared.circom";

// Quantities that are hashed together in a vector of more than sixteen.
function CHUNK() { return 8; }

/*
 * `vecHash`: short vectors in one list, long ones in chunks of eight.
 *
 * @param M             slots: at most 16, or 8·k for k ≤ 16
 * @input quantity[M]   - {integer}
 * @output out          - {field}
 */
template VectorHash(M) {
    signal input quantity[M];
    signal output out;

    assert(M <= 16 || (M % 8 == 0 && M <= 128));
    if (M <= 2 * CHUNK()) {
        out <== HashList(M, TAG_VECTOR())(quantity);
    } else {
        var chunks = M \ CHUNK();
        signal chunk[chunks];
        for (var c = 0; c < chunks; c++) {
            var part[8];
            for (var i = 0; i < CHUNK(); i++) {
                part[i] = quantity[CHUNK() * c + i];
            }
            chunk[c] <== Hash(8, TAG_CHUNK())(part);
        }
        out <== Hash(chunks, TAG_VECTOR())(chunk);
    }
}

/*
 * `vecHash` before and after a change of cash and of one other slot: only what changed is hashed again.
 *
 * @param M                     slots
 * @input before[M], after[M]   - {integer} - alike but in slot 0 and where `selector` is 1
 * @input selector[M]           - {bool} - one-hot or all 0; from the caller, slot 0 never
 * @output hashBefore           - {field}
 * @output hashAfter            - {field}
 */
template VectorHashTwice(M) {
    signal input before[M];
    signal input after[M];
    signal input selector[M];
    signal output hashBefore;
    signal output hashAfter;

    if (M <= 2 * CHUNK()) {
        hashBefore <== VectorHash(M)(before);
        hashAfter <== VectorHash(M)(after);
    } else {
        var chunks = M \ CHUNK();

        // A: the chunk beside the first that may differ, or none
        var changed[16];
        for (var c = 1; c < chunks; c++) {
            changed[c] = 0;
            for (var i = 0; i < CHUNK(); i++) {
                changed[c] += selector[CHUNK() * c + i];
            }
        }
        signal picked[chunks][8];
        var content[8];
        for (var i = 0; i < CHUNK(); i++) {
            content[i] = 0;
            picked[0][i] <== 0;
            for (var c = 1; c < chunks; c++) {
                picked[c][i] <== changed[c] * after[CHUNK() * c + i];
                content[i] += picked[c][i];
            }
        }
        signal changedHash <== Hash(8, TAG_CHUNK())(content);

        // B: all chunks before; the first anew, and that one
        signal old[chunks];
        signal new[chunks];
        for (var c = 0; c < chunks; c++) {
            var part[8];
            for (var i = 0; i < CHUNK(); i++) {
                part[i] = before[CHUNK() * c + i];
            }
            old[c] <== Hash(8, TAG_CHUNK())(part);
            if (c > 0) {
                new[c] <== old[c] + changed[c] * (changedHash - old[c]);
            } else {
                for (var i = 0; i < CHUNK(); i++) {
                    part[i] = after[i];
                }
                new[0] <== Hash(8, TAG_CHUNK())(part);
            }
        }
        hashBefore <== Hash(chunks, TAG_VECTOR())(old);
        hashAfter <== Hash(chunks, TAG_VECTOR())(new);
    }
}

/*
 * Positions in settled slots become cash at their final value; every touch begins so.
 *
 * @param M              slots
 * @input before[M]      - {integer}
 * @input settled[M]     - {bool} - from the table; slot 0 is not read
 * @input value[M]       - {int47} - W_0, from the table
 * @output after[M]      - {integer}
 */
template Sweep(M) {
    signal input before[M];
    signal input settled[M];
    signal input value[M];
    signal output after[M];

    signal moved[M];
    signal worth[M];
    moved[0] <== 0;
    worth[0] <== 0;
    var cash = before[0];
    for (var j = 1; j < M; j++) {
        moved[j] <== settled[j] * before[j];
        worth[j] <== moved[j] * value[j];
        after[j] <== before[j] - moved[j];
        cash += worth[j];
    }
    after[0] <== cash;
}

/*
 * val_s of every scenario, the mark first: Σ v_j·W_{j,s}, where cash is worth one in all of them.
 *
 * @param M, rows           slots, scenarios with the mark
 * @input quantity[M]       - {integer}
 * @input row[rows][M]      - {int47} - from the table; slot 0 is not read
 * @output value[rows]      - {integer}
 */
template Values(M, rows) {
    signal input quantity[M];
    signal input row[rows][M];
    signal output value[rows];

    signal product[rows][M];
    for (var s = 0; s < rows; s++) {
        product[s][0] <== 0;
        var sum = quantity[0];
        for (var j = 1; j < M; j++) {
            product[s][j] <== quantity[j] * row[s][j];
            sum += product[s][j];
        }
        value[s] <== sum;
    }
}

/*
 * The hash of what is owed mid-batch.
 *
 * @param M           slots
 * @input owed[M]     - {integer}
 * @input fees        - {integer}
 * @input blind       - {field}
 * @output out        - {field}
 */
template SuspenseHash(M) {
    signal input owed[M];
    signal input fees;
    signal input blind;
    signal output out;

    signal list <== HashList(M, TAG_SUSPENSE())(owed);
    out <== Hash(3, TAG_SUSPENSE())([list, fees, blind]);
}

/*
 * The hash of what is owed before and after a change of fees alone: the vector is hashed once.
 *
 * @param M                        slots
 * @input owed[M]                  - {integer}
 * @input feesBefore, feesAfter    - {integer}
 * @input blindBefore, blindAfter  - {field}
 * @output hashBefore, hashAfter   - {field}
 */
template SuspenseHashTwice(M) {
    signal input owed[M];
    signal input feesBefore;
    signal input blindBefore;
    signal input feesAfter;
    signal input blindAfter;
    signal output hashBefore;
    signal output hashAfter;

    signal list <== HashList(M, TAG_SUSPENSE())(owed);
    hashBefore <== Hash(3, TAG_SUSPENSE())([list, feesBefore, blindBefore]);
    hashAfter <== Hash(3, TAG_SUSPENSE())([list, feesAfter, blindAfter]);
}
