//! Points as circomlib packs them: 32 bytes of y, little endian, the top bit set where x > (r - 1)/2.

use ark_ff::{AdditiveGroup, Field, PrimeField};

use super::{A, D, Point};
use crate::field::{element_from_le_bytes, element_to_le_bytes};
use crate::{Error, Fr, Result};

impl Point {
    /// The packed form.
    pub fn pack(&self) -> [u8; 32] {
        let mut packed = element_to_le_bytes(&self.y);
        packed[31] |= u8::from(is_larger_half(&self.x)) << 7;
        packed
    }

    /// The point with this packed form. It is on the curve, but not necessarily in the subgroup.
    pub fn unpack(packed: &[u8]) -> Result<Self> {
        let packed: &[u8; 32] = packed
            .try_into()
            .map_err(|_| Error::wrong_length("bytes of a packed point", "32", packed.len()))?;
        let mut bytes = *packed;
        let larger_half = bytes[31] & 0x80 != 0;
        bytes[31] &= 0x7f;
        let y = element_from_le_bytes(&bytes)?;

        // a·x² + y² = 1 + d·x²·y²; a - d·y² is never 0, as d is no square times a.
        let yy = y.square();
        let x = ((Fr::ONE - yy) / (A - D * yy))
            .sqrt()
            .ok_or(Error::PointNotOnCurve(Fr::ZERO, y))?;
        if larger_half && x == Fr::ZERO {
            // The larger twin of 0 would be r itself.
            return Err(Error::NotAFieldElement(Fr::MODULUS));
        }
        let x = if is_larger_half(&x) == larger_half {
            x
        } else {
            -x
        };
        Ok(Self::from_arithmetic(x, y))
    }
}

fn is_larger_half(x: &Fr) -> bool {
    x.into_bigint() > Fr::MODULUS_MINUS_ONE_DIV_TWO
}
