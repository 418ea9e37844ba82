//! Arithmetic modulo l, the order of the subgroup, for public scalars. Not constant-time.
#![allow(unexpected_cfgs, reason = "ark's derive asks for a feature of its own")]

use ark_ff::{Fp256, MontBackend, MontConfig};

use crate::Integer;

/// The integers modulo l.
#[derive(MontConfig)]
#[modulus = "2736030358979909402780800718157159386076813972158567259200215660948447373041"]
#[generator = "31"]
pub(crate) struct SubgroupField;

/// A scalar modulo l.
pub(crate) type Scalar = Fp256<MontBackend<SubgroupField, 4>>;

/// An integer modulo l.
pub(crate) fn reduce(integer: &Integer) -> Scalar {
    let two_to_64 = Scalar::from(1u128 << 64);
    integer.0.iter().rev().fold(Scalar::default(), |sum, word| {
        sum * two_to_64 + Scalar::from(*word)
    })
}

#[cfg(test)]
mod tests {
    use ark_ff::PrimeField;

    use super::*;
    use crate::curve::SUBGROUP_ORDER;

    #[test]
    fn reduce_takes_any_integer_below_two_to_256() {
        assert_eq!(Scalar::MODULUS, SUBGROUP_ORDER);
        assert_eq!(reduce(&SUBGROUP_ORDER), Scalar::from(0u64));
        assert_eq!(reduce(&Integer::from(7u64)), Scalar::from(7u64));
        assert_eq!(
            reduce(&Integer::new([u64::MAX; 4])) + Scalar::from(1u64),
            Scalar::from(2u64) * reduce(&Integer::new([0, 0, 0, 1 << 63]))
        );
    }
}
