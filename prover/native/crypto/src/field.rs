//! The scalar field of BN254, and its elements as 32 little-endian bytes.

use ark_ff::PrimeField;

use crate::{Error, Result};

/// An element of the BN254 scalar field, whose prime order is called r.
pub use ark_bn254::Fr;

/// An integer below 2^256 in four little-endian limbs: scalars, and values that turn out to be no field element.
pub type Integer = ark_ff::BigInteger256;

/// Reads 32 little-endian bytes; what is not below r is refused, never reduced.
pub fn element_from_le_bytes(bytes: &[u8; 32]) -> Result<Fr> {
    let integer = integer_from_le_bytes(bytes);
    Fr::from_bigint(integer).ok_or(Error::NotAFieldElement(integer))
}

/// The 32 little-endian bytes of an element.
pub fn element_to_le_bytes(element: &Fr) -> [u8; 32] {
    integer_to_le_bytes(&element.into_bigint())
}

/// Reads 32 little-endian bytes as an integer below 2^256.
pub(crate) fn integer_from_le_bytes(bytes: &[u8; 32]) -> Integer {
    let mut limbs = [0u64; 4];
    for (limb, chunk) in limbs.iter_mut().zip(bytes.as_chunks::<8>().0) {
        *limb = u64::from_le_bytes(*chunk);
    }
    Integer::new(limbs)
}

/// The 32 little-endian bytes of an integer below 2^256.
pub(crate) fn integer_to_le_bytes(integer: &Integer) -> [u8; 32] {
    let mut bytes = [0u8; 32];
    for (chunk, limb) in bytes.as_chunks_mut::<8>().0.iter_mut().zip(integer.0) {
        *chunk = limb.to_le_bytes();
    }
    bytes
}
