//! A point of G2 from a hash, exactly as snarkjs draws it.
//!
//! The proof of knowledge of a ceremony's secret needs a point that the contributor cannot choose.
//! snarkjs seeds ChaCha20 (64-bit counter from zero, no nonce) with the hash, reads big-endian
//! pairs of words as 64-bit limbs, takes them as the Montgomery form of x, and tries again until
//! x lies on the twist; then it clears the cofactor.

use ark_bn254::{Fq, Fq2, G2Affine, g2};
use ark_ec::AffineRepr;
use ark_ec::short_weierstrass::SWCurveConfig;
use ark_ff::{Field, PrimeField};
use rand::{RngCore, SeedableRng};
use rand_chacha::ChaCha20Rng;

use crate::blake2b::DIGEST_BYTES;
use crate::field::Limbs;
use crate::points::is_large_extension;

/// The highest limb of a candidate keeps this many bits: the modulus has 254.
const HIGH_LIMB_MASK: u64 = u64::MAX >> 2;

/// The point that belongs to a hash.
pub fn hash_to_g2(hash: &[u8; DIGEST_BYTES]) -> G2Affine {
    let mut seed = [0u8; 32];
    // The seed is read as big-endian words, ChaCha's key as little-endian ones.
    for (word, source) in seed.chunks_exact_mut(4).zip(hash.chunks_exact(4)) {
        word.copy_from_slice(source);
        word.reverse();
    }
    let mut stream = ChaCha20Rng::from_seed(seed);
    loop {
        let x = Fq2::new(coordinate(&mut stream), coordinate(&mut stream));
        let large = stream.next_u32() & 1 == 1;
        let square = x.square() * x + g2::Config::COEFF_B;
        if let Some(root) = square.sqrt() {
            let y = if is_large_extension(&root) == large {
                root
            } else {
                -root
            };
            return G2Affine::new_unchecked(x, y).mul_by_cofactor();
        }
    }
}

fn coordinate(stream: &mut ChaCha20Rng) -> Fq {
    loop {
        let mut limbs = [0u64; 4];
        for limb in &mut limbs {
            let high = u64::from(stream.next_u32());
            *limb = high << 32 | u64::from(stream.next_u32());
        }
        limbs[3] &= HIGH_LIMB_MASK;
        let raw = Limbs::new(limbs);
        if raw < Fq::MODULUS {
            return Fq::new_unchecked(raw);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::points::is_in_g2;

    #[test]
    fn points_have_order_r_and_differ() {
        let points: Vec<_> = (0..4u8).map(|k| hash_to_g2(&[k; DIGEST_BYTES])).collect();
        for (index, point) in points.iter().enumerate() {
            assert!(is_in_g2(point) && !point.is_zero());
            assert!(!points[..index].contains(point));
        }
    }
}
