//! Scalars as bytes: little-endian, canonical (below the order r), 32 bytes each.

use ark_bn254::Fr;
use ark_ff::{BigInt, Field, PrimeField};
use num_bigint::BigUint;

use crate::error::{Error, Result};

/// A 256-bit integer as four 64-bit limbs, least significant first.
pub type Limbs = BigInt<4>;

/// Bytes of one field element in every format read here.
pub const FIELD_BYTES: usize = 32;

/// The limbs of 32 little-endian bytes. A shorter slice reads as if zeros followed.
pub fn limbs(bytes: &[u8]) -> Limbs {
    let mut words = [0u64; 4];
    for (word, chunk) in words.iter_mut().zip(bytes.chunks(8)) {
        let mut padded = [0u8; 8];
        padded[..chunk.len()].copy_from_slice(chunk);
        *word = u64::from_le_bytes(padded);
    }
    BigInt(words)
}

/// The 32 little-endian bytes of four limbs.
pub fn bytes(limbs: &Limbs) -> [u8; FIELD_BYTES] {
    let mut out = [0u8; FIELD_BYTES];
    for (chunk, word) in out.chunks_exact_mut(8).zip(limbs.0) {
        chunk.copy_from_slice(&word.to_le_bytes());
    }
    out
}

/// The limbs as an arbitrary-precision integer, for error messages and decimal text.
pub fn integer(limbs: &Limbs) -> BigUint {
    BigUint::from_bytes_le(&bytes(limbs))
}

/// The scalar of canonical limbs; an error when they are not below r.
pub fn scalar(limbs: Limbs) -> Result<Fr> {
    Fr::from_bigint(limbs).ok_or_else(|| Error::NotAFieldElement {
        value: integer(&limbs),
    })
}

/// The inverse of a scalar given and returned as 32 little-endian bytes; 0 for 0, as circom has it.
pub fn inverse_bytes(value: &[u8; FIELD_BYTES]) -> Result<[u8; FIELD_BYTES]> {
    let inverse = scalar(limbs(value))?.inverse().unwrap_or_default();
    Ok(bytes(&inverse.into_bigint()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn inverse_of_nonzero_multiplies_to_one_and_of_zero_is_zero() {
        for value in [1u64, 2, 3, u64::MAX] {
            let inverse = inverse_bytes(&bytes(&BigInt::from(value))).unwrap();
            assert_eq!(scalar(limbs(&inverse)).unwrap() * Fr::from(value), Fr::ONE);
        }
        assert_eq!(inverse_bytes(&[0; 32]).unwrap(), [0; 32]);
    }

    #[test]
    fn modulus_is_refused() {
        assert!(matches!(
            inverse_bytes(&bytes(&Fr::MODULUS)),
            Err(Error::NotAFieldElement { .. })
        ));
    }
}
