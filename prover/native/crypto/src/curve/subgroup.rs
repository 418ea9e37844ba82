//! Whether a point lies in the subgroup of prime order l: exactly, at the price of one exponentiation.
//!
//! The curve's group is Z/8 × Z/l, and 8 divides r - 1. So the reduced Tate pairing with a point T of order 8,
//! P ↦ f_T(P)^((r-1)/8), is a homomorphism into the eighth roots of unity whose kernel is 8·E, and that is the
//! subgroup (Koshelev, "Subgroup membership testing on elliptic curves via the Tate pairing"). It is a tenth of the
//! cost of multiplying by l, and unlike random sums it errs with no probability at all.
//!
//! On the Montgomery form u = (1+y)/(1-y), v = u/x, Miller's function for T is
//! f = ℓ₁⁴·ℓ₂² / ((u - u₂)⁴·u), ℓ₁ the tangent at T, ℓ₂ the line through 2T and 4T = (0, 0). Factors that are eighth
//! powers do not matter, so denominators become numerators; a constant factor is taken out by dividing by f(B8).

use std::sync::LazyLock;

use ark_ff::{AdditiveGroup, Field, PrimeField};

use super::{BASE8, GENERATOR, Point, SUBGROUP_ORDER, edwards, variable_time};
use crate::{Fr, Integer};

/// The coefficients of the two lines, and what makes the pairing of B8 one.
struct Miller {
    slope1: Fr,
    offset1: Fr,
    slope2: Fr,
    u2: Fr,
    factor: Fr,
}

static MILLER: LazyLock<Miller> = LazyLock::new(|| {
    let order_eight = GENERATOR.multiply(&SUBGROUP_ORDER);
    let (u1, v1) = montgomery(&order_eight);
    let (u2, v2) = montgomery(&order_eight.add(&order_eight));
    // The tangent at T meets the curve again at -2T.
    let slope1 = (-v2 - v1) / (u2 - u1);
    let mut miller = Miller {
        slope1,
        offset1: v1 - slope1 * u1,
        slope2: v2 / u2,
        u2,
        factor: Fr::ONE,
    };
    // f(B8)^7 stands for 1/f(B8).
    miller.factor = miller.evaluate(&BASE8).pow([7]);
    miller
});

/// Whether l·P is the identity.
pub(super) fn contains(point: &Point) -> bool {
    let value = MILLER.evaluate(point);
    if value == Fr::ZERO {
        // Only points of small order make a factor vanish.
        return variable_time::multiply(&point.extended(), &SUBGROUP_ORDER).is_identity();
    }
    eighth_power_residue(&(value * MILLER.factor)) == Fr::ONE
}

impl Miller {
    /// f(P) up to eighth powers, or 0 where a factor has a zero or a pole.
    fn evaluate(&self, point: &Point) -> Fr {
        let (x, y) = (point.x() * edwards::SCALE, point.y());
        // u = n/d and v = n/(d·x).
        let (n, d) = (Fr::ONE + y, Fr::ONE - y);
        let tangent = n - x * (self.slope1 * n + self.offset1 * d);
        let vertical = n - self.u2 * d;
        let chord = (Fr::ONE - self.slope2 * x) * x;
        // f = tangent⁴·chord²·n / (d·x⁸·vertical⁴), and 1/d stands for d⁷.
        n * d * ((tangent * vertical).square() * d * chord * d.square()).square()
    }
}

fn montgomery(point: &Point) -> (Fr, Fr) {
    let u = (Fr::ONE + point.y()) / (Fr::ONE - point.y());
    (u, u / (point.x() * edwards::SCALE))
}

/// value^((r-1)/8), with a window of four bits.
fn eighth_power_residue(value: &Fr) -> Fr {
    const EXPONENT: Integer = {
        let r = Fr::MODULUS.0;
        Integer::new([
            r[0] >> 3 | r[1] << 61,
            r[1] >> 3 | r[2] << 61,
            r[2] >> 3 | r[3] << 61,
            r[3] >> 3,
        ])
    };
    let mut powers = [Fr::ONE; 16];
    for i in 1..16 {
        powers[i] = powers[i - 1] * value;
    }
    let mut result = Fr::ONE;
    for digit in (0..64).rev() {
        result = result.square().square().square().square();
        result *= powers[(EXPONENT.0[digit / 16] >> (4 * (digit % 16)) & 15) as usize];
    }
    result
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::curve::IDENTITY;

    fn by_multiplication(point: &Point) -> bool {
        point.multiply(&SUBGROUP_ORDER) == IDENTITY
    }

    #[test]
    fn contains_tells_subgroup_from_each_of_its_cosets() {
        let order_eight = GENERATOR.multiply(&SUBGROUP_ORDER);
        let mut inside = IDENTITY;
        for _ in 0..40 {
            let mut point = inside;
            for torsion in 0..8 {
                assert_eq!(contains(&point), torsion == 0, "{point:?}");
                assert_eq!(by_multiplication(&point), torsion == 0);
                point = point.add(&order_eight);
            }
            inside = inside.add(&inside).add(&BASE8);
        }
    }
}
