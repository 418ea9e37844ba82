//! The Miller loop of many pairings at once, and whether their second points have order r.
//!
//! All pairs walk the loop together in affine coordinates: a step costs one inversion for all of
//! them. Lines are scaled to 1 + b·w + c·v·w (factors from a subfield vanish in the final
//! exponentiation), so two of them are multiplied with three products before they meet the
//! accumulator. The walk ends at [6x+2]Q + ψ(Q) - ψ²(Q), which is -ψ³(Q) exactly if Q has order r:
//! the norm of 6x+2 + ψ - ψ² + ψ³ is a multiple of r and shares no factor with the cofactor. So
//! the check that a single verification does apart comes for free.

use ark_bn254::{Fq, Fq2, Fq6, Fq6Config, Fq12, G1Affine, G2Affine};
use ark_ec::AffineRepr;
use ark_ec::models::bn::BnConfig;
use ark_ff::fields::models::fp6_3over2::Fp6Config;
use ark_ff::{Field, One, Zero};

/// A point of the twist, never infinite.
#[derive(Clone, Copy)]
struct Point {
    x: Fq2,
    y: Fq2,
}

impl Point {
    /// ψ: out of the twist, Frobenius, and back.
    fn frobenius(self) -> Self {
        let conjugate = |value: Fq2| Fq2::new(value.c0, -value.c1);
        Self {
            x: conjugate(self.x) * ark_bn254::Config::TWIST_MUL_BY_Q_X,
            y: conjugate(self.y) * ark_bn254::Config::TWIST_MUL_BY_Q_Y,
        }
    }

    fn negated(self) -> Self {
        Self {
            x: self.x,
            y: -self.y,
        }
    }
}

/// One pair on its way.
struct Walker {
    /// -x/y and 1/y of the first point.
    scale: (Fq, Fq),
    second: Point,
    /// The multiple of the second point that the loop has reached.
    at: Point,
}

/// 1 + b·w + c·v·w.
struct Line {
    b: Fq2,
    c: Fq2,
}

/// The product of the Miller loops of the pairs. Nothing if one of the second points is not of
/// order r. All points are on their curves and none is infinite.
pub fn miller_loops(pairs: &[(G1Affine, G2Affine)]) -> Option<Fq12> {
    let mut walkers = walkers(pairs)?;
    let mut product = Fq12::one();
    let digits = ark_bn254::Config::ATE_LOOP_COUNT;
    // The highest digit is one: the walk starts at the second points themselves.
    for digit in digits.iter().rev().skip(1) {
        product.square_in_place();
        step(&mut walkers, &mut product, |_| None)?;
        match digit {
            1 => step(&mut walkers, &mut product, |walker| Some(walker.second))?,
            -1 => step(&mut walkers, &mut product, |walker| {
                Some(walker.second.negated())
            })?,
            _ => {}
        }
    }
    step(&mut walkers, &mut product, |walker| {
        Some(walker.second.frobenius())
    })?;
    step(&mut walkers, &mut product, |walker| {
        Some(walker.second.frobenius().frobenius().negated())
    })?;
    let have_order_r = walkers.iter().all(|walker| {
        let end = walker.second.frobenius().frobenius().frobenius().negated();
        walker.at.x == end.x && walker.at.y == end.y
    });
    have_order_r.then_some(product)
}

fn walkers(pairs: &[(G1Affine, G2Affine)]) -> Option<Vec<Walker>> {
    let heights: Option<Vec<Fq>> = pairs.iter().map(|(first, _)| first.y()).collect();
    let inverses = inverted(&heights?)?;
    pairs
        .iter()
        .zip(inverses)
        .map(|((first, second), inverse)| {
            let (x, y) = second.xy()?;
            let second = Point { x, y };
            Some(Walker {
                scale: (-first.x * inverse, inverse),
                second,
                at: second,
            })
        })
        .collect()
}

/// Moves every walker to the sum of where it is and the addend, or to its double without one, and
/// multiplies the lines into the product. Nothing when a line is vertical: that happens to no
/// point of order r.
fn step(
    walkers: &mut [Walker],
    product: &mut Fq12,
    addend: impl Fn(&Walker) -> Option<Point>,
) -> Option<()> {
    let addends: Vec<Option<Point>> = walkers.iter().map(addend).collect();
    let denominators: Vec<Fq2> = walkers
        .iter()
        .zip(&addends)
        .map(|(walker, addend)| match addend {
            Some(point) => point.x - walker.at.x,
            None => walker.at.y + walker.at.y,
        })
        .collect();
    let inverses = inverted(&denominators)?;
    let lines: Vec<Line> = walkers
        .iter_mut()
        .zip(addends)
        .zip(inverses)
        .map(|((walker, addend), inverse)| walker.advance(addend, inverse))
        .collect();
    for two in lines.chunks(2) {
        *product *= match two {
            [left, right] => left.times(right),
            _ => two[0].alone(),
        };
    }
    Some(())
}

impl Walker {
    fn advance(&mut self, addend: Option<Point>, inverse: Fq2) -> Line {
        let Point { x, y } = self.at;
        let (slope, other) = match addend {
            Some(point) => ((point.y - y) * inverse, point.x),
            None => {
                let square = x.square();
                ((square + square + square) * inverse, x)
            }
        };
        let next = slope.square() - x - other;
        self.at = Point {
            x: next,
            y: slope * (x - next) - y,
        };
        let (slope_scale, inverse_height) = self.scale;
        Line {
            b: scaled(slope, slope_scale),
            c: scaled(slope * x - y, inverse_height),
        }
    }
}

fn scaled(value: Fq2, factor: Fq) -> Fq2 {
    Fq2::new(value.c0 * factor, value.c1 * factor)
}

impl Line {
    fn alone(&self) -> Fq12 {
        Fq12::new(Fq6::one(), Fq6::new(self.b, self.c, Fq2::zero()))
    }

    /// With w² = v and v³ = ξ: 1 + ξ·cc' + bb'·v + (bc' + cb')·v² + (b + b')·w + (c + c')·v·w.
    fn times(&self, other: &Self) -> Fq12 {
        let (bb, cc) = (self.b * other.b, self.c * other.c);
        let (b, c) = (self.b + other.b, self.c + other.c);
        let cross = (self.b + self.c) * (other.b + other.c) - bb - cc;
        let mut constant = cc;
        Fq6Config::mul_fp2_by_nonresidue_in_place(&mut constant);
        constant += Fq2::one();
        Fq12::new(Fq6::new(constant, bb, cross), Fq6::new(b, c, Fq2::zero()))
    }
}

/// The inverses of all values by one inversion; nothing when there is a zero among them.
fn inverted<F: Field>(values: &[F]) -> Option<Vec<F>> {
    let mut product = F::one();
    let mut inverses: Vec<F> = Vec::with_capacity(values.len());
    for value in values {
        inverses.push(product);
        product *= value;
    }
    let mut inverse = product.inverse()?;
    for (place, value) in inverses.iter_mut().zip(values).rev() {
        *place *= inverse;
        inverse *= value;
    }
    Some(inverses)
}

#[cfg(test)]
mod tests {
    use super::*;
    use ark_bn254::{Bn254, Fr};
    use ark_ec::CurveGroup;
    use ark_ec::pairing::{MillerLoopOutput, Pairing};
    use ark_std::UniformRand;

    fn random_pairs(count: usize) -> Vec<(G1Affine, G2Affine)> {
        let mut rng = ark_std::test_rng();
        (0..count)
            .map(|_| {
                let (a, b) = (Fr::rand(&mut rng), Fr::rand(&mut rng));
                (
                    (G1Affine::generator() * a).into_affine(),
                    (G2Affine::generator() * b).into_affine(),
                )
            })
            .collect()
    }

    #[test]
    fn products_equal_arkworks_after_the_final_exponentiation() {
        for count in [0, 1, 2, 3, 8, 17] {
            let pairs = random_pairs(count);
            let (first, second): (Vec<_>, Vec<_>) = pairs.iter().copied().unzip();
            let own = MillerLoopOutput(miller_loops(&pairs).unwrap());
            assert_eq!(
                Bn254::final_exponentiation(own).unwrap(),
                Bn254::multi_pairing(first, second)
            );
        }
    }

    #[test]
    fn points_of_other_orders_are_found_among_good_ones() {
        use ark_ff::PrimeField;
        let good = random_pairs(3);
        let mut found = 0;
        for x in 1u64..40 {
            let Some(twist) = G2Affine::get_point_from_x_unchecked(x.into(), true) else {
                continue;
            };
            // 10069 is the smallest factor of the cofactor; that point's multiples soon meet.
            let order = [10_069u64];
            let cofactor: num_bigint::BigUint = num_bigint::BigUint::from(Fq::MODULUS) * 2u32
                - num_bigint::BigUint::from(Fr::MODULUS);
            let small = twist
                .mul_bigint(Fr::MODULUS)
                .into_affine()
                .mul_bigint((cofactor / order[0]).to_u64_digits())
                .into_affine();
            let mixed = (small + G2Affine::generator()).into_affine();
            for bad in [twist, small, mixed] {
                if bad.is_zero() || crate::points::is_in_g2(&bad) {
                    continue;
                }
                found += 1;
                let mut pairs = good.clone();
                pairs[1].1 = bad;
                assert_eq!(miller_loops(&pairs), None);
            }
        }
        assert!(found > 30);
    }
}
