//! Coordinates in Fq² = Fq[u], u² = −1.
//!
//! A product (a₀ + a₁u)(b₀ + b₁u) is taken as two sums of two products, a₀b₀ + (2p − a₁)b₁ and
//! a₀b₁ + a₁b₀, each reduced once: the two reductions saved against four products outweigh the
//! product that Karatsuba's formula would save, and the two sums fill each other's waiting times.

use super::Coordinate;
use super::convert::{elements, halves, invert, invert_all, one_words, vector};
use crate::lanes::{Lanes, Line, Pair};
use ark_bn254::{Fq2, FqConfig, g2};
use ark_ec::{AffineRepr, short_weierstrass::Affine};
use ark_ff::Field;

/// Coordinates of G2: both components of an element of Fq².
#[derive(Clone, Copy)]
pub struct Quadratic<L> {
    c0: L,
    c1: L,
}

impl<L: Lanes> Quadratic<L> {
    #[inline(always)]
    fn new([c0, c1]: [L; 2]) -> Self {
        Self { c0, c1 }
    }
}

impl<L: Lanes<Config = FqConfig>> Coordinate for Quadratic<L> {
    type Lanes = L;
    type Wide = [L::Wide; 2];
    type Curve = g2::Config;
    const LINES: usize = 2;

    #[inline(always)]
    fn one() -> Self {
        Self::new([L::splat(&one_words::<L>()), L::splat(&[0; 4])])
    }

    fn inverse(&self) -> Option<Self> {
        let values: Vec<Fq2> = elements(&self.c0)
            .into_iter()
            .zip(elements(&self.c1))
            .map(|(c0, c1)| Fq2::new(c0, c1))
            .collect();
        // 1/(c₀ + c₁u) = (c₀ − c₁u)/(c₀² + c₁²): one inversion in Fq.
        let inverses = invert_all(&values, |v| {
            let norm = invert(&(v.c0.square() + v.c1.square()));
            Fq2::new(v.c0 * norm, -v.c1 * norm)
        })?;
        let c0 = vector(inverses.iter().map(|v| v.c0));
        let c1 = vector(inverses.iter().map(|v| v.c1));
        Some(Self::new([c0, c1]))
    }

    #[inline(always)]
    fn products(a: [&Self; 2], b: [&Self; 2]) -> [Self::Wide; 2] {
        let product = |a: &Self, b: &Self| {
            let minus_a1 = L::sub::<2>(&L::splat(&[0; 4]), &a.c1);
            L::dots(
                [[&a.c0, &minus_a1], [&a.c0, &a.c1]],
                [[&b.c0, &b.c1], [&b.c1, &b.c0]],
            )
        };
        [product(a[0], b[0]), product(a[1], b[1])]
    }

    #[inline(always)]
    fn squares(a: [&Self; 2]) -> [Self::Wide; 2] {
        // (c₀ + c₁)(c₀ − c₁) and 2c₀·c₁.
        let square = |a: &Self| {
            let sum = L::add(&a.c0, &a.c1);
            let difference = L::sub::<2>(&a.c0, &a.c1);
            let double = L::add(&a.c0, &a.c0);
            L::products([&sum, &double], [&difference, &a.c1])
        };
        [square(a[0]), square(a[1])]
    }

    #[inline(always)]
    fn widen(&self) -> Self::Wide {
        [self.c0.widen(), self.c1.widen()]
    }

    #[inline(always)]
    fn lift<const K: u64>([c0, c1]: Self::Wide) -> Self::Wide {
        [L::lift::<K>(c0), L::lift::<K>(c1)]
    }

    #[inline(always)]
    fn minus(a: Self::Wide, b: Self::Wide) -> Self::Wide {
        [L::minus(a[0], b[0]), L::minus(a[1], b[1])]
    }

    #[inline(always)]
    fn carry([c0, c1]: Self::Wide) -> Self {
        Self::new([L::carry(c0), L::carry(c1)])
    }

    #[inline(always)]
    fn reduce([c0, c1]: Self::Wide) -> Self {
        Self::new([L::reduce(c0), L::reduce(c1)])
    }

    #[inline(always)]
    fn gather_x<const SIDE: usize>(points: &[Line], pairs: &[Pair]) -> Self {
        Self::new(L::gather::<2, 0, SIDE>(points, pairs))
    }

    #[inline(always)]
    fn gather<const SIDE: usize>(points: &[Line], pairs: &[Pair]) -> (Self, Self::Wide) {
        let x = Self::new(L::gather::<2, 0, SIDE>(points, pairs));
        let [c0, c1] = L::gather::<2, 1, SIDE>(points, pairs);
        let y = [
            c0.negate_marked::<SIDE>(pairs),
            c1.negate_marked::<SIDE>(pairs),
        ];
        (x, y)
    }

    #[inline(always)]
    fn prefetch(points: &[Line], pairs: &[Pair]) {
        L::prefetch::<2>(points, pairs);
    }

    #[inline(always)]
    fn scatter(points: &mut [Line], out: &[u32], x: &Self, y: &Self) {
        L::scatter::<2, 0>(points, out, [&x.c0, &x.c1]);
        L::scatter::<2, 1>(points, out, [&y.c0, &y.c1]);
    }

    fn pack(point: &Affine<g2::Config>, lines: &mut [Line]) {
        for (line, value) in lines.iter_mut().zip([point.x, point.y]) {
            line.0[..4].copy_from_slice(&L::pack(&value.c0));
            line.0[4..].copy_from_slice(&L::pack(&value.c1));
        }
    }

    fn unpack(lines: &[Line]) -> Affine<g2::Config> {
        if lines[..2] == [Line::default(); 2] {
            return Affine::zero();
        }
        let [x0, x1] = halves::<L>(&lines[0]);
        let [y0, y1] = halves::<L>(&lines[1]);
        Affine::new_unchecked(Fq2::new(x0, x1), Fq2::new(y0, y1))
    }
}
