//! Coordinates in Fq.

use super::Coordinate;
use super::convert::{elements, halves, invert, invert_all, one_words, vector};
use crate::lanes::{Lanes, Line, Pair};
use ark_bn254::{FqConfig, g1};
use ark_ec::{AffineRepr, short_weierstrass::Affine};

/// Coordinates of G1.
#[derive(Clone, Copy)]
pub struct Prime<L>(L);

impl<L: Lanes<Config = FqConfig>> Coordinate for Prime<L> {
    type Lanes = L;
    type Wide = L::Wide;
    type Curve = g1::Config;
    const LINES: usize = 1;

    #[inline(always)]
    fn one() -> Self {
        Self(L::splat(&one_words::<L>()))
    }

    fn inverse(&self) -> Option<Self> {
        let inverses = invert_all(&elements(&self.0), invert)?;
        Some(Self(vector(inverses.into_iter())))
    }

    #[inline(always)]
    fn products(a: [&Self; 2], b: [&Self; 2]) -> [Self::Wide; 2] {
        L::products([&a[0].0, &a[1].0], [&b[0].0, &b[1].0])
    }

    #[inline(always)]
    fn squares(a: [&Self; 2]) -> [Self::Wide; 2] {
        L::squares([&a[0].0, &a[1].0])
    }

    #[inline(always)]
    fn widen(&self) -> Self::Wide {
        self.0.widen()
    }

    #[inline(always)]
    fn lift<const K: u64>(wide: Self::Wide) -> Self::Wide {
        L::lift::<K>(wide)
    }

    #[inline(always)]
    fn minus(a: Self::Wide, b: Self::Wide) -> Self::Wide {
        L::minus(a, b)
    }

    #[inline(always)]
    fn carry(wide: Self::Wide) -> Self {
        Self(L::carry(wide))
    }

    #[inline(always)]
    fn reduce(wide: Self::Wide) -> Self {
        Self(L::reduce(wide))
    }

    #[inline(always)]
    fn gather_x<const SIDE: usize>(points: &[Line], pairs: &[Pair]) -> Self {
        Self(L::gather_first::<1, SIDE>(points, pairs))
    }

    #[inline(always)]
    fn gather<const SIDE: usize>(points: &[Line], pairs: &[Pair]) -> (Self, Self::Wide) {
        let [x, y] = L::gather::<1, 0, SIDE>(points, pairs);
        (Self(x), y.negate_marked::<SIDE>(pairs))
    }

    #[inline(always)]
    fn prefetch(points: &[Line], pairs: &[Pair]) {
        L::prefetch::<1>(points, pairs);
    }

    #[inline(always)]
    fn scatter(points: &mut [Line], out: &[u32], x: &Self, y: &Self) {
        L::scatter::<1, 0>(points, out, [&x.0, &y.0]);
    }

    fn pack(point: &Affine<g1::Config>, lines: &mut [Line]) {
        lines[0].0[..4].copy_from_slice(&L::pack(&point.x));
        lines[0].0[4..].copy_from_slice(&L::pack(&point.y));
    }

    fn unpack(lines: &[Line]) -> Affine<g1::Config> {
        if lines[0] == Line::default() {
            return Affine::zero();
        }
        let [x, y] = halves::<L>(&lines[0]);
        Affine::new_unchecked(x, y)
    }
}
