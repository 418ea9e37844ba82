//! Curve points as bytes, in the three spellings that snarkjs uses.
//!
//! *Montgomery*: little-endian coordinates in Montgomery form, all zeros for infinity (keys and
//! powers-of-tau files). *Uncompressed* and *compressed*: big-endian, imaginary part first (hashed
//! into transcripts).

use ark_bn254::{Fq, Fq2, G1Affine, G2Affine, G2Projective, g1, g2};
use ark_ec::AffineRepr;
use ark_ec::models::bn::BnConfig;
use ark_ec::short_weierstrass::Affine;
use ark_ff::{AdditiveGroup, PrimeField, Zero};

use crate::field::{Limbs, bytes, limbs};

/// Bytes of a G1 point with two coordinates.
pub const G1_BYTES: usize = 64;
/// Bytes of a G2 point with two coordinates.
pub const G2_BYTES: usize = 128;

/// A base-field coordinate in Montgomery form; nothing when it is not below the modulus.
fn coordinate(source: &[u8]) -> Option<Fq> {
    let raw = limbs(source);
    (raw < Fq::MODULUS).then(|| Fq::new_unchecked(raw))
}

fn extension(source: &[u8]) -> Option<Fq2> {
    Some(Fq2::new(
        coordinate(&source[..32])?,
        coordinate(&source[32..64])?,
    ))
}

/// Reads a G1 point; nothing when a coordinate is not below the modulus. The curve is not checked.
pub fn read_g1(source: &[u8]) -> Option<G1Affine> {
    let (x, y) = (coordinate(&source[..32])?, coordinate(&source[32..64])?);
    Some(if x.is_zero() && y.is_zero() {
        G1Affine::identity()
    } else {
        G1Affine::new_unchecked(x, y)
    })
}

/// Reads a G2 point; nothing when a coordinate is not below the modulus. The curve is not checked.
pub fn read_g2(source: &[u8]) -> Option<G2Affine> {
    let (x, y) = (extension(&source[..64])?, extension(&source[64..128])?);
    Some(if x.is_zero() && y.is_zero() {
        G2Affine::identity()
    } else {
        G2Affine::new_unchecked(x, y)
    })
}

/// Is this point on G1? Infinity is. (The cofactor of G1 is one.)
pub fn is_in_g1(point: &G1Affine) -> bool {
    point.is_zero() || point.is_on_curve()
}

/// Is this point on the twist and of order r? Infinity is.
pub fn is_in_g2(point: &G2Affine) -> bool {
    point.is_zero() || (point.is_on_curve() && has_order_r(point))
}

/// Does r times this point of the twist vanish? Exactly if, x being the curve's parameter and ψ
/// its Frobenius map, [x+1]P + ψ([x]P) + ψ²([x]P) = ψ³([2x]P) (ePrint 2022/348, section 5.1).
/// Half the work of arkworks' check, which multiplies by 6x².
fn has_order_r(point: &G2Affine) -> bool {
    let multiple = point.mul_bigint(ark_bn254::Config::X);
    let once = frobenius(&multiple);
    let twice = frobenius(&once);
    multiple + point + once + twice == frobenius(&frobenius(&once.double()))
}

/// ψ: out of the twist, Frobenius, and back.
fn frobenius(point: &G2Projective) -> G2Projective {
    let conjugate = |value: Fq2| Fq2::new(value.c0, -value.c1);
    G2Projective::new_unchecked(
        conjugate(point.x) * ark_bn254::Config::TWIST_MUL_BY_Q_X,
        conjugate(point.y) * ark_bn254::Config::TWIST_MUL_BY_Q_Y,
        conjugate(point.z),
    )
}

/// A point that can be written in all three spellings.
pub trait PointBytes: Copy + Send + Sync {
    /// Bytes of both coordinates.
    const BYTES: usize;
    /// Appends the Montgomery spelling.
    fn write_montgomery(&self, out: &mut Vec<u8>);
    /// Appends the uncompressed spelling.
    fn write_uncompressed(&self, out: &mut Vec<u8>);
    /// Appends the compressed spelling.
    fn write_compressed(&self, out: &mut Vec<u8>);
}

fn write_raw(value: &Fq, out: &mut Vec<u8>) {
    out.extend_from_slice(&bytes(&value.0));
}

fn write_big_endian(value: &Fq, out: &mut Vec<u8>) {
    let mut canonical = bytes(&value.into_bigint());
    canonical.reverse();
    out.extend_from_slice(&canonical);
}

/// The larger of v and -v, as integers.
fn is_large(value: &Fq) -> bool {
    let half: Limbs = Fq::MODULUS_MINUS_ONE_DIV_TWO;
    value.into_bigint() > half
}

/// The sign of an element of the quadratic extension: that of its imaginary part unless it is zero.
pub fn is_large_extension(value: &Fq2) -> bool {
    if value.c1.is_zero() {
        is_large(&value.c0)
    } else {
        is_large(&value.c1)
    }
}

const INFINITY_FLAG: u8 = 0x40;
const SIGN_FLAG: u8 = 0x80;

impl PointBytes for Affine<g1::Config> {
    const BYTES: usize = G1_BYTES;

    fn write_montgomery(&self, out: &mut Vec<u8>) {
        match self.xy() {
            Some((x, y)) => [x, y].iter().for_each(|v| write_raw(v, out)),
            None => out.resize(out.len() + Self::BYTES, 0),
        }
    }

    fn write_uncompressed(&self, out: &mut Vec<u8>) {
        match self.xy() {
            Some((x, y)) => [x, y].iter().for_each(|v| write_big_endian(v, out)),
            None => out.resize(out.len() + Self::BYTES, 0),
        }
    }

    fn write_compressed(&self, out: &mut Vec<u8>) {
        let start = out.len();
        match self.xy() {
            Some((x, y)) => {
                write_big_endian(&x, out);
                out[start] |= if is_large(&y) { SIGN_FLAG } else { 0 };
            }
            None => {
                out.resize(start + Self::BYTES / 2, 0);
                out[start] = INFINITY_FLAG;
            }
        }
    }
}

impl PointBytes for Affine<g2::Config> {
    const BYTES: usize = G2_BYTES;

    fn write_montgomery(&self, out: &mut Vec<u8>) {
        match self.xy() {
            Some((x, y)) => [x.c0, x.c1, y.c0, y.c1]
                .iter()
                .for_each(|v| write_raw(v, out)),
            None => out.resize(out.len() + Self::BYTES, 0),
        }
    }

    fn write_uncompressed(&self, out: &mut Vec<u8>) {
        match self.xy() {
            Some((x, y)) => [x.c1, x.c0, y.c1, y.c0]
                .iter()
                .for_each(|v| write_big_endian(v, out)),
            None => out.resize(out.len() + Self::BYTES, 0),
        }
    }

    fn write_compressed(&self, out: &mut Vec<u8>) {
        let start = out.len();
        match self.xy() {
            Some((x, y)) => {
                write_big_endian(&x.c1, out);
                write_big_endian(&x.c0, out);
                out[start] |= if is_large_extension(&y) { SIGN_FLAG } else { 0 };
            }
            None => {
                out.resize(start + Self::BYTES / 2, 0);
                out[start] = INFINITY_FLAG;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ark_bn254::{Fr, G1Projective};
    use ark_ec::{CurveGroup, PrimeGroup};
    use num_bigint::BigUint;

    #[test]
    fn montgomery_bytes_round_trip() {
        for k in [0u64, 1, 2, 12345] {
            let (one, two) = (
                (G1Projective::generator() * Fr::from(k)).into_affine(),
                (G2Projective::generator() * Fr::from(k)).into_affine(),
            );
            let (mut a, mut b) = (Vec::new(), Vec::new());
            one.write_montgomery(&mut a);
            two.write_montgomery(&mut b);
            assert_eq!(read_g1(&a), Some(one));
            assert_eq!(read_g2(&b), Some(two));
            assert!(is_in_g1(&one) && is_in_g2(&two));
        }
    }

    #[test]
    fn coordinate_not_below_the_modulus_is_refused() {
        let mut source = [0u8; 128];
        source[..32].copy_from_slice(&bytes(&Fq::MODULUS));
        assert_eq!(read_g1(&source), None);
        assert_eq!(read_g2(&source), None);
    }

    /// Points of the twist with the given real part of x, where there are any.
    fn points_of_the_twist(count: u64) -> Vec<G2Affine> {
        (1..=count)
            .filter_map(|k| {
                G2Affine::get_point_from_x_unchecked(Fq2::new(k.into(), k.into()), true)
            })
            .collect()
    }

    #[test]
    fn order_check_agrees_with_multiplication_by_r() {
        let points = points_of_the_twist(60);
        assert!(points.len() > 20);
        for point in points {
            let cleared = point.mul_by_cofactor();
            for candidate in [point, cleared, (point + cleared).into_affine()] {
                let expected = candidate.mul_bigint(Fr::MODULUS).is_zero();
                assert_eq!(is_in_g2(&candidate), expected);
            }
            assert!(is_in_g2(&cleared));
        }
    }

    #[test]
    fn points_of_every_small_order_are_refused() {
        // The prime factors of the cofactor 2q - r below 2^64, and what is left of it.
        let cofactor = BigUint::from(Fq::MODULUS) * 2u32 - BigUint::from(Fr::MODULUS);
        let mut rest = cofactor.clone();
        let mut orders: Vec<BigUint> = Vec::new();
        for prime in [10_069u64, 5_864_401, 1_875_725_156_269] {
            let prime = BigUint::from(prime);
            assert_eq!(&rest % &prime, BigUint::ZERO);
            rest /= &prime;
            orders.push(prime);
        }
        orders.push(rest);
        for order in orders {
            let factor = &cofactor / &order;
            let small = points_of_the_twist(20)
                .into_iter()
                .map(|point| point.mul_bigint(Fr::MODULUS).into_affine())
                .map(|point| point.mul_bigint(factor.to_u64_digits()).into_affine())
                .find(|point| !point.is_zero())
                .unwrap();
            assert!(small.is_on_curve() && !is_in_g2(&small), "order {order}");
            let mixed = (small + G2Affine::generator()).into_affine();
            assert!(mixed.is_on_curve() && !is_in_g2(&mixed), "order {order}");
        }
    }
}
