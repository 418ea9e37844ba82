//! Many multiples of one point, in affine form.
//!
//! Scalars are cut into signed digits; a table holds every digit's multiple at every place. A
//! chunk of results is summed place by place with affine additions that share one inversion: six
//! multiplications an addition, where a mixed projective one takes eleven.

use ark_bn254::Fr;
use ark_ec::AffineRepr;
use ark_ec::short_weierstrass::{Affine, SWCurveConfig};
use ark_ff::{Field, One, PrimeField, Zero};
use rayon::prelude::*;

/// How many results share an inversion.
const CHUNK: usize = 1024;
/// Bits of a scalar and the carry out of its highest digit.
const BITS: usize = 255;
/// The widest digit: a larger table no longer fits a cache.
const WIDEST: usize = 13;

/// Tables of multiples of one point.
pub struct FixedBase<P: SWCurveConfig> {
    width: usize,
    /// For each place j the points d·2^(width·j)·base, d = 1 ..= 2^(width-1).
    tables: Vec<Vec<Affine<P>>>,
}

impl<P: SWCurveConfig<ScalarField = Fr>> FixedBase<P> {
    /// Prepares tables that suit about `expected` multiplications.
    pub fn new(base: Affine<P>, expected: usize) -> Self {
        let cost = |width: &usize| BITS.div_ceil(*width) * (expected + (1 << (width - 1)));
        let width = (2..=WIDEST).min_by_key(cost).unwrap_or(WIDEST);
        let mut bases = vec![base];
        for _ in 1..BITS.div_ceil(width) {
            let mut next = bases[bases.len() - 1].into_group();
            for _ in 0..width {
                next += next;
            }
            bases.push(next.into());
        }
        let tables = bases
            .into_par_iter()
            .map(|base| multiples(base, 1 << (width - 1)))
            .collect();
        Self { width, tables }
    }

    /// The multiples of the base.
    pub fn multiply(&self, scalars: &[Fr]) -> Vec<Affine<P>> {
        let mut results = vec![Affine::identity(); scalars.len()];
        scalars
            .par_chunks(CHUNK)
            .zip(results.par_chunks_mut(CHUNK))
            .for_each(|(scalars, results)| self.multiply_chunk(scalars, results));
        results
    }

    fn multiply_chunk(&self, scalars: &[Fr], results: &mut [Affine<P>]) {
        // Zeros (wires that a matrix never names) cost nothing.
        let places: Vec<usize> = (0..scalars.len())
            .filter(|i| !scalars[*i].is_zero())
            .collect();
        let digits: Vec<Vec<i32>> = places
            .iter()
            .map(|i| signed_digits(scalars[*i], self.width, self.tables.len()))
            .collect();
        let mut sums = vec![Affine::<P>::identity(); places.len()];
        let mut scratch = Scratch::default();
        for (place, table) in self.tables.iter().enumerate() {
            scratch.add(&mut sums, |index| match digits[index][place] {
                0 => None,
                digit if digit > 0 => Some(table[digit as usize - 1]),
                digit => Some(-table[digit.unsigned_abs() as usize - 1]),
            });
        }
        for (place, sum) in places.into_iter().zip(sums) {
            results[place] = sum;
        }
    }
}

/// d·base for d = 1 ..= count, a power of two, by doubling the list.
fn multiples<P: SWCurveConfig>(base: Affine<P>, count: usize) -> Vec<Affine<P>> {
    let mut list = Vec::with_capacity(count);
    list.push(base);
    let mut scratch = Scratch::default();
    while list.len() < count {
        let last = list[list.len() - 1];
        let mut upper = list.clone();
        for chunk in upper.chunks_mut(CHUNK) {
            scratch.add(chunk, |_| Some(last));
        }
        list.extend(upper);
    }
    list
}

/// Digits in -2^(width-1) < d <= 2^(width-1), least significant first.
fn signed_digits(scalar: Fr, width: usize, count: usize) -> Vec<i32> {
    let limbs = scalar.into_bigint().0;
    let mut carry = 0;
    (0..count)
        .map(|place| {
            let (limb, shift) = (place * width / 64, place * width % 64);
            let mut bits = limbs.get(limb).copied().unwrap_or(0) >> shift;
            if shift + width > 64 {
                bits |= limbs.get(limb + 1).copied().unwrap_or(0) << (64 - shift);
            }
            let digit = (bits & ((1 << width) - 1)) as i32 + carry;
            carry = i32::from(digit > 1 << (width - 1));
            digit - (carry << width)
        })
        .collect()
}

/// Affine additions that share an inversion, and the memory they need.
struct Scratch<P: SWCurveConfig> {
    addends: Vec<Affine<P>>,
    /// For each sum the denominator of the slope, or one where there is nothing to divide.
    denominators: Vec<P::BaseField>,
    /// The product of the denominators before each.
    products: Vec<P::BaseField>,
}

impl<P: SWCurveConfig> Default for Scratch<P> {
    fn default() -> Self {
        Self {
            addends: Vec::new(),
            denominators: Vec::new(),
            products: Vec::new(),
        }
    }
}

impl<P: SWCurveConfig> Scratch<P> {
    /// Adds to each sum its addend, if it has one. Equal, opposite and infinite points are fine.
    fn add(&mut self, sums: &mut [Affine<P>], addend: impl Fn(usize) -> Option<Affine<P>>) {
        self.addends.clear();
        self.denominators.clear();
        self.products.clear();
        let mut product = P::BaseField::one();
        for (index, sum) in sums.iter_mut().enumerate() {
            let other = addend(index).unwrap_or_else(Affine::identity);
            let mut denominator = P::BaseField::one();
            if sum.is_zero() {
                *sum = other;
                self.addends.push(Affine::identity());
            } else {
                if !other.is_zero() {
                    let difference = other.x - sum.x;
                    denominator = if !difference.is_zero() {
                        difference
                    } else if sum.y == other.y {
                        // No point of either group has order two, so y is not zero.
                        sum.y + sum.y
                    } else {
                        *sum = Affine::identity();
                        P::BaseField::one()
                    };
                }
                self.addends.push(if sum.is_zero() {
                    Affine::identity()
                } else {
                    other
                });
            }
            self.products.push(product);
            self.denominators.push(denominator);
            product *= denominator;
        }
        let mut inverse = product.inverse().unwrap_or_else(P::BaseField::one);
        for (index, sum) in sums.iter_mut().enumerate().rev() {
            let reciprocal = inverse * self.products[index];
            inverse *= self.denominators[index];
            let other = &self.addends[index];
            if other.is_zero() {
                continue;
            }
            let numerator = if sum.x == other.x {
                let square = sum.x.square();
                square + square + square + P::COEFF_A
            } else {
                other.y - sum.y
            };
            let slope = numerator * reciprocal;
            let x = slope.square() - sum.x - other.x;
            let y = slope * (sum.x - x) - sum.y;
            *sum = Affine::new_unchecked(x, y);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ark_bn254::{G1Affine, G2Affine};
    use ark_ec::CurveGroup;
    use ark_std::UniformRand;

    fn scalars() -> Vec<Fr> {
        let mut rng = ark_std::test_rng();
        let mut scalars: Vec<Fr> = (0..40).map(|_| Fr::rand(&mut rng)).collect();
        for k in 0..20u64 {
            scalars.push(Fr::from(k));
            scalars.push(-Fr::from(k));
            scalars.push(Fr::from(1u64 << k));
            scalars.push(Fr::from(2u64).pow([240 + k % 14]));
        }
        scalars
    }

    #[test]
    fn multiples_equal_double_and_add() {
        for expected in [1, 100, 1_000_000] {
            let (one, two) = (G1Affine::generator(), G2Affine::generator());
            let (g1, g2) = (FixedBase::new(one, expected), FixedBase::new(two, 100));
            let scalars = scalars();
            let (p, q) = (g1.multiply(&scalars), g2.multiply(&scalars));
            for (scalar, (p, q)) in scalars.iter().zip(p.iter().zip(q)) {
                assert_eq!(*p, (one * scalar).into_affine());
                assert_eq!(q, (two * scalar).into_affine());
            }
        }
    }

    #[test]
    fn digits_stay_in_range_and_sum_to_the_scalar() {
        for scalar in scalars() {
            for width in 2..=WIDEST {
                let count = BITS.div_ceil(width);
                let base = Fr::from(1u64 << width);
                let sum = signed_digits(scalar, width, count).iter().rev().fold(
                    Fr::zero(),
                    |sum, digit| {
                        assert!(digit.abs() <= 1 << (width - 1));
                        sum * base + Fr::from(*digit)
                    },
                );
                assert_eq!(sum, scalar);
            }
        }
    }
}
