//! Formulas on the isomorphic curve -x² + y² = 1 + d·x²·y², in extended coordinates.
//!
//! (x, y) on circomlib's curve is (x·√-168700, y) here. With a = -1 the formulas of Hisil, Wong, Carter and Dawson
//! need 8 multiplications for an addition, 7 with a prepared affine point; -1 is a square modulo r and d is not, so
//! they are complete. They have no branches: over a field with constant-time operations they are constant-time, and
//! this file is shared by both worlds.

use ark_ff::{AdditiveGroup, Field as _, MontFp};

use crate::Fr;

/// √-168700: turns circomlib's x into this curve's.
pub(crate) const SCALE: Fr =
    MontFp!("6360561867910373094066688120553762416144456282423235903351243436111059670888");
/// 1/√-168700.
pub(crate) const UNSCALE: Fr =
    MontFp!("19976260017534050147865154401153945156910754191401137453807035910720341838527");
/// 2·d, where d = -168696/168700.
pub(crate) const TWO_D: Fr =
    MontFp!("2475045175004185027501911298141836274980133961483913877536377848625489762075");

/// The field operations that the formulas need.
pub(crate) trait Coordinate: Copy {
    const ZERO: Self;
    const ONE: Self;
    const TWO_D: Self;
    fn plus(&self, other: &Self) -> Self;
    fn minus(&self, other: &Self) -> Self;
    fn times(&self, other: &Self) -> Self;
    fn squared(&self) -> Self;
    fn doubled(&self) -> Self;
}

impl Coordinate for Fr {
    const ZERO: Self = <Fr as AdditiveGroup>::ZERO;
    const ONE: Self = MontFp!("1");
    const TWO_D: Self = TWO_D;
    #[inline(always)]
    fn plus(&self, other: &Self) -> Self {
        *self + other
    }
    #[inline(always)]
    fn minus(&self, other: &Self) -> Self {
        *self - other
    }
    #[inline(always)]
    fn times(&self, other: &Self) -> Self {
        *self * other
    }
    #[inline(always)]
    fn squared(&self) -> Self {
        self.square()
    }
    #[inline(always)]
    fn doubled(&self) -> Self {
        self.double()
    }
}

/// A point by its coordinates on this curve.
#[derive(Clone, Copy)]
pub(crate) struct Affine<F> {
    pub x: F,
    pub y: F,
}

/// x = X/Z, y = Y/Z, x·y = T/Z.
#[derive(Clone, Copy)]
pub(crate) struct Extended<F> {
    pub x: F,
    pub y: F,
    pub z: F,
    pub t: F,
}

/// A point prepared for being added: y + x, y - x and 2·d·x·y, times Z; and 2·Z.
#[derive(Clone, Copy)]
pub(crate) struct Prepared<F> {
    sum: F,
    difference: F,
    product: F,
    double_z: F,
}

/// The same with Z = 1.
#[derive(Clone, Copy)]
pub(crate) struct PreparedAffine<F> {
    pub sum: F,
    pub difference: F,
    pub product: F,
}

impl<F: Coordinate> Affine<F> {
    pub(crate) fn extended(&self) -> Extended<F> {
        Extended {
            x: self.x,
            y: self.y,
            z: F::ONE,
            t: self.x.times(&self.y),
        }
    }

    pub(crate) fn prepared(&self) -> PreparedAffine<F> {
        PreparedAffine {
            sum: self.y.plus(&self.x),
            difference: self.y.minus(&self.x),
            product: self.x.times(&self.y).times(&F::TWO_D),
        }
    }
}

impl<F: Coordinate> PreparedAffine<F> {
    pub(crate) const IDENTITY: Self = Self {
        sum: F::ONE,
        difference: F::ONE,
        product: F::ZERO,
    };
}

impl<F: Coordinate> Extended<F> {
    pub(crate) const IDENTITY: Self = Self {
        x: F::ZERO,
        y: F::ONE,
        z: F::ONE,
        t: F::ZERO,
    };

    pub(crate) fn prepared(&self) -> Prepared<F> {
        Prepared {
            sum: self.y.plus(&self.x),
            difference: self.y.minus(&self.x),
            product: self.t.times(&F::TWO_D),
            double_z: self.z.doubled(),
        }
    }

    #[inline]
    pub(crate) fn add(&self, other: &Prepared<F>) -> Self {
        let c = self.t.times(&other.product);
        let d = self.z.times(&other.double_z);
        self.combine(&other.difference, &other.sum, &d.minus(&c), &d.plus(&c))
    }

    #[inline]
    pub(crate) fn subtract(&self, other: &Prepared<F>) -> Self {
        let c = self.t.times(&other.product);
        let d = self.z.times(&other.double_z);
        self.combine(&other.sum, &other.difference, &d.plus(&c), &d.minus(&c))
    }

    #[inline]
    pub(crate) fn add_affine(&self, other: &PreparedAffine<F>) -> Self {
        let c = self.t.times(&other.product);
        let d = self.z.doubled();
        self.combine(&other.difference, &other.sum, &d.minus(&c), &d.plus(&c))
    }

    #[inline]
    pub(crate) fn subtract_affine(&self, other: &PreparedAffine<F>) -> Self {
        let c = self.t.times(&other.product);
        let d = self.z.doubled();
        self.combine(&other.sum, &other.difference, &d.plus(&c), &d.minus(&c))
    }

    #[inline(always)]
    fn combine(&self, for_difference: &F, for_sum: &F, f: &F, g: &F) -> Self {
        let a = self.y.minus(&self.x).times(for_difference);
        let b = self.y.plus(&self.x).times(for_sum);
        let (e, h) = (b.minus(&a), b.plus(&a));
        Self {
            x: e.times(f),
            y: g.times(&h),
            z: f.times(g),
            t: e.times(&h),
        }
    }

    #[inline]
    pub(crate) fn double(&self) -> Self {
        let (e, f, g, h) = self.halfway_doubled();
        Self {
            x: e.times(&f),
            y: g.times(&h),
            z: f.times(&g),
            t: e.times(&h),
        }
    }

    /// Doubling that leaves T stale, for when another doubling follows.
    #[inline]
    pub(crate) fn double_before_doubling(&self) -> Self {
        let (e, f, g, h) = self.halfway_doubled();
        Self {
            x: e.times(&f),
            y: g.times(&h),
            z: f.times(&g),
            t: self.t,
        }
    }

    #[inline(always)]
    fn halfway_doubled(&self) -> (F, F, F, F) {
        let (a, b) = (self.x.squared(), self.y.squared());
        let c = self.z.squared().doubled();
        let h = a.plus(&b);
        let e = h.minus(&self.x.plus(&self.y).squared());
        let g = a.minus(&b);
        let f = c.plus(&g);
        (e, f, g, h)
    }
}

impl Extended<Fr> {
    pub(crate) fn is_identity(&self) -> bool {
        self.x == <Fr as AdditiveGroup>::ZERO && self.y == self.z
    }

    pub(crate) fn equals(&self, other: &Affine<Fr>) -> bool {
        self.x == other.x * self.z && self.y == other.y * self.z
    }
}

/// Prepares many points with one inversion.
pub(crate) fn prepare_all(points: &[Extended<Fr>]) -> Vec<PreparedAffine<Fr>> {
    let mut inverses: Vec<Fr> = points.iter().map(|point| point.z).collect();
    ark_ff::batch_inversion(&mut inverses);
    let affine = points.iter().zip(inverses).map(|(point, inverse)| Affine {
        x: point.x * inverse,
        y: point.y * inverse,
    });
    affine.map(|point| point.prepared()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::curve::{A, D};

    #[test]
    fn constants_satisfy_their_definitions() {
        assert_eq!(SCALE.square(), -A);
        assert_eq!(SCALE * UNSCALE, Coordinate::ONE);
        assert_eq!(TWO_D * A, -D.double());
        assert!(
            !(TWO_D / Fr::from(2u64)).legendre().is_qr(),
            "the formulas are complete only if d is not a square"
        );
    }
}
