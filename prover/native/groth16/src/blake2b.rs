//! BLAKE2b with 64-byte digests (RFC 7693), with its inner state open.
//!
//! snarkjs hashes ceremonies with it and, in powers-of-tau files, stores the state of a hash that
//! is only half fed; no published crate shows that state, hence this one.

const INITIAL: [u64; 8] = [
    0x6a09_e667_f3bc_c908,
    0xbb67_ae85_84ca_a73b,
    0x3c6e_f372_fe94_f82b,
    0xa54f_f53a_5f1d_36f1,
    0x510e_527f_ade6_82d1,
    0x9b05_688c_2b3e_6c1f,
    0x1f83_d9ab_fb41_bd6b,
    0x5be0_cd19_137e_2179,
];

const ORDER: [[usize; 16]; 10] = [
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

const ROUNDS: usize = 12;
const BLOCK: usize = 128;
/// Bytes of a digest.
pub const DIGEST_BYTES: usize = 64;
/// Bytes of the state as snarkjs stores it: buffer, chaining value, bytes compressed, bytes waiting.
pub const STATE_BYTES: usize = 216;

/// A running hash.
#[derive(Clone)]
pub struct Blake2b {
    chain: [u64; 8],
    buffer: [u8; BLOCK],
    waiting: usize,
    compressed: u128,
}

impl Default for Blake2b {
    fn default() -> Self {
        let mut chain = INITIAL;
        // One lane, no key, 64-byte digest.
        chain[0] ^= 0x0101_0000 ^ DIGEST_BYTES as u64;
        Self {
            chain,
            buffer: [0; BLOCK],
            waiting: 0,
            compressed: 0,
        }
    }
}

impl Blake2b {
    /// The digest of one message.
    pub fn digest(message: &[u8]) -> [u8; DIGEST_BYTES] {
        let mut hash = Self::default();
        hash.update(message);
        hash.finish()
    }

    /// Feeds the hash.
    pub fn update(&mut self, mut data: &[u8]) {
        while !data.is_empty() {
            // A full buffer waits until more follows: the last block is compressed differently.
            if self.waiting == BLOCK {
                self.compressed += BLOCK as u128;
                self.compress(false);
                self.waiting = 0;
            }
            let taken = data.len().min(BLOCK - self.waiting);
            self.buffer[self.waiting..self.waiting + taken].copy_from_slice(&data[..taken]);
            self.waiting += taken;
            data = &data[taken..];
        }
    }

    /// Ends the hash.
    pub fn finish(mut self) -> [u8; DIGEST_BYTES] {
        self.compressed += self.waiting as u128;
        self.buffer[self.waiting..].fill(0);
        self.compress(true);
        let mut digest = [0u8; DIGEST_BYTES];
        for (chunk, word) in digest.chunks_exact_mut(8).zip(self.chain) {
            chunk.copy_from_slice(&word.to_le_bytes());
        }
        digest
    }

    /// The state of a hash that is not ended yet, as powers-of-tau files hold it.
    pub fn state(&self) -> [u8; STATE_BYTES] {
        let mut state = [0u8; STATE_BYTES];
        state[..self.waiting].copy_from_slice(&self.buffer[..self.waiting]);
        for (chunk, word) in state[BLOCK..].chunks_exact_mut(8).zip(self.chain) {
            chunk.copy_from_slice(&word.to_le_bytes());
        }
        let done = self.compressed as u64;
        state[192..200].copy_from_slice(&done.to_le_bytes());
        state[200..204].copy_from_slice(&(self.waiting as u32).to_le_bytes());
        state
    }

    fn compress(&mut self, last: bool) {
        let mut message = [0u64; 16];
        for (word, chunk) in message.iter_mut().zip(self.buffer.chunks_exact(8)) {
            let mut bytes = [0u8; 8];
            bytes.copy_from_slice(chunk);
            *word = u64::from_le_bytes(bytes);
        }
        let mut v = [0u64; 16];
        v[..8].copy_from_slice(&self.chain);
        v[8..].copy_from_slice(&INITIAL);
        v[12] ^= self.compressed as u64;
        v[13] ^= (self.compressed >> 64) as u64;
        if last {
            v[14] = !v[14];
        }
        for round in 0..ROUNDS {
            let order = &ORDER[round % ORDER.len()];
            for (lane, [a, b, c, d]) in [
                [0, 4, 8, 12],
                [1, 5, 9, 13],
                [2, 6, 10, 14],
                [3, 7, 11, 15],
                [0, 5, 10, 15],
                [1, 6, 11, 12],
                [2, 7, 8, 13],
                [3, 4, 9, 14],
            ]
            .into_iter()
            .enumerate()
            {
                let (x, y) = (message[order[2 * lane]], message[order[2 * lane + 1]]);
                v[a] = v[a].wrapping_add(v[b]).wrapping_add(x);
                v[d] = (v[d] ^ v[a]).rotate_right(32);
                v[c] = v[c].wrapping_add(v[d]);
                v[b] = (v[b] ^ v[c]).rotate_right(24);
                v[a] = v[a].wrapping_add(v[b]).wrapping_add(y);
                v[d] = (v[d] ^ v[a]).rotate_right(16);
                v[c] = v[c].wrapping_add(v[d]);
                v[b] = (v[b] ^ v[c]).rotate_right(63);
            }
        }
        for (index, word) in self.chain.iter_mut().enumerate() {
            *word ^= v[index] ^ v[index + 8];
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hex(bytes: &[u8]) -> String {
        bytes.iter().map(|byte| format!("{byte:02x}")).collect()
    }

    #[test]
    fn digests_match_the_published_ones() {
        // RFC 7693, appendix A, and the empty message.
        assert_eq!(
            hex(&Blake2b::digest(b"abc")),
            "ba80a53f981c4d0d6a2797b69f12f6e94c212f14685ac4b74b12bb6fdbffa2d1\
             7d87c5392aab792dc252d5de4533cc9518d38aa8dbf1925ab92386edd4009923"
        );
        assert_eq!(
            hex(&Blake2b::digest(b"")),
            "786a02f742015903c6c6fd852552d272912f4740e15847618a86e217f71f5419\
             d25e1031afee585313896444934eb04b903a685b1448b755d56f701afe9be2ce"
        );
    }

    #[test]
    fn pieces_hash_like_the_whole() {
        let message: Vec<u8> = (0..1000u32).map(|i| i as u8).collect();
        for size in [1, 7, 127, 128, 129, 256] {
            let mut hash = Blake2b::default();
            message.chunks(size).for_each(|piece| hash.update(piece));
            assert_eq!(hash.finish(), Blake2b::digest(&message));
        }
    }
}
