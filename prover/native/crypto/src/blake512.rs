//! BLAKE-512, the finalist of the SHA-3 competition (not BLAKE2), with which circomlib's clients expand secrets.
//!
//! Written out because the one crate that has it is unmaintained and leaves its state in memory. There is no branch
//! and no index that depends on the data, only on its length; the working state is erased.

use zeroize::Zeroize;

const IV: [u64; 8] = [
    0x6a09e667f3bcc908,
    0xbb67ae8584caa73b,
    0x3c6ef372fe94f82b,
    0xa54ff53a5f1d36f1,
    0x510e527fade682d1,
    0x9b05688c2b3e6c1f,
    0x1f83d9abfb41bd6b,
    0x5be0cd19137e2179,
];

/// The first digits of π.
const C: [u64; 16] = [
    0x243f6a8885a308d3,
    0x13198a2e03707344,
    0xa4093822299f31d0,
    0x082efa98ec4e6c89,
    0x452821e638d01377,
    0xbe5466cf34e90c6c,
    0xc0ac29b7c97c50dd,
    0x3f84d5b5b5470917,
    0x9216d5d98979fb1b,
    0xd1310ba698dfb5ac,
    0x2ffd72dbd01adfb7,
    0xb8e1afed6a267e96,
    0xba7c9045f12c7f99,
    0x24a19947b3916cf7,
    0x0801f2e2858efc16,
    0x636920d871574e69,
];

const SIGMA: [[usize; 16]; 10] = [
    [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15],
    [14, 10, 4, 8, 9, 15, 13, 6, 1, 12, 0, 2, 11, 7, 5, 3],
    [11, 8, 12, 0, 5, 2, 15, 13, 10, 14, 3, 6, 7, 1, 9, 4],
    [7, 9, 3, 1, 13, 12, 11, 14, 2, 6, 5, 10, 4, 0, 15, 8],
    [9, 0, 5, 7, 2, 4, 10, 15, 14, 1, 11, 12, 6, 8, 3, 13],
    [2, 12, 6, 10, 0, 11, 8, 3, 4, 13, 7, 5, 15, 14, 1, 9],
    [12, 5, 1, 15, 14, 13, 4, 10, 0, 7, 6, 3, 9, 2, 8, 11],
    [13, 11, 7, 14, 12, 1, 3, 9, 5, 0, 15, 4, 8, 6, 2, 10],
    [6, 15, 14, 9, 11, 3, 0, 8, 12, 2, 13, 7, 1, 4, 10, 5],
    [10, 2, 8, 4, 7, 6, 1, 5, 15, 11, 9, 14, 3, 12, 13, 0],
];

/// The columns and diagonals of the 4×4 state that a round mixes.
const QUARTERS: [[usize; 4]; 8] = [
    [0, 4, 8, 12],
    [1, 5, 9, 13],
    [2, 6, 10, 14],
    [3, 7, 11, 15],
    [0, 5, 10, 15],
    [1, 6, 11, 12],
    [2, 7, 8, 13],
    [3, 4, 9, 14],
];

const ROUNDS: usize = 16;
const BLOCK: usize = 128;
/// A last block holds at most this much data: a marker bit and the 16-byte length follow it.
const LAST: usize = BLOCK - 17;

/// The digest of `data`.
pub fn blake512(data: &[u8]) -> [u8; 64] {
    let mut state = IV;
    let mut hashed_bits = 0u128;
    let (blocks, rest) = data.as_chunks::<BLOCK>();
    for block in blocks {
        hashed_bits += 8 * BLOCK as u128;
        compress(&mut state, block, hashed_bits);
    }

    // Padding: a 1, zeros, a 1, the length in bits. A block that holds no data is compressed with the counter 0.
    let length = 8 * data.len() as u128;
    let mut padded = [0u8; 2 * BLOCK];
    padded[..rest.len()].copy_from_slice(rest);
    padded[rest.len()] = 0x80;
    let end = if rest.len() <= LAST { BLOCK } else { 2 * BLOCK };
    padded[end - 17] |= 1;
    padded[end - 16..end].copy_from_slice(&length.to_be_bytes());
    for (i, block) in padded[..end].as_chunks::<BLOCK>().0.iter().enumerate() {
        let holds_data = i == 0 && !rest.is_empty();
        compress(&mut state, block, if holds_data { length } else { 0 });
    }

    let mut digest = [0u8; 64];
    for (bytes, word) in digest.as_chunks_mut::<8>().0.iter_mut().zip(state) {
        *bytes = word.to_be_bytes();
    }
    padded.zeroize();
    state.zeroize();
    digest
}

fn compress(state: &mut [u64; 8], block: &[u8; BLOCK], counter: u128) {
    let mut m = [0u64; 16];
    for (word, bytes) in m.iter_mut().zip(block.as_chunks::<8>().0) {
        *word = u64::from_be_bytes(*bytes);
    }
    let mut v = [0u64; 16];
    v[..8].copy_from_slice(state);
    v[8..].copy_from_slice(&C[..8]);
    for (i, half) in [
        counter as u64,
        counter as u64,
        (counter >> 64) as u64,
        (counter >> 64) as u64,
    ]
    .into_iter()
    .enumerate()
    {
        v[12 + i] ^= half;
    }
    for round in 0..ROUNDS {
        let sigma = &SIGMA[round % SIGMA.len()];
        for (i, &[a, b, c, d]) in QUARTERS.iter().enumerate() {
            let (j, k) = (sigma[2 * i], sigma[2 * i + 1]);
            v[a] = v[a].wrapping_add(v[b]).wrapping_add(m[j] ^ C[k]);
            v[d] = (v[d] ^ v[a]).rotate_right(32);
            v[c] = v[c].wrapping_add(v[d]);
            v[b] = (v[b] ^ v[c]).rotate_right(25);
            v[a] = v[a].wrapping_add(v[b]).wrapping_add(m[k] ^ C[j]);
            v[d] = (v[d] ^ v[a]).rotate_right(16);
            v[c] = v[c].wrapping_add(v[d]);
            v[b] = (v[b] ^ v[c]).rotate_right(11);
        }
    }
    for (i, word) in state.iter_mut().enumerate() {
        *word ^= v[i] ^ v[i + 8];
    }
    m.zeroize();
    v.zeroize();
}
