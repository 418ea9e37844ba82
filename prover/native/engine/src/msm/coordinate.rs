//! The field that a point's coordinates live in: Fq for G1, Fq² for G2.
//!
//! Fq² is Fq[u] with u² = −1. A product (a₀ + a₁u)(b₀ + b₁u) is taken as two sums of two products,
//! a₀b₀ + (2p − a₁)b₁ and a₀b₁ + a₁b₀, each reduced once: with vectors the two reductions saved
//! against four products outweigh the product that Karatsuba's formula would save, and the two
//! sums fill each other's waiting times.

use crate::inverse::inverse;
use crate::lanes::{Element, Lanes, Line, Pair};
use ark_bn254::{Fq2, FqConfig, g1, g2};
use ark_ec::{AffineRepr, short_weierstrass::Affine, short_weierstrass::SWCurveConfig};
use ark_ff::{Field, MontConfig};

/// A coordinate in every lane, and how points are laid out in memory. The bounds are those of
/// [`Lanes`], component by component.
pub trait Coordinate: Copy + Send + Sync + 'static {
    /// The lanes underneath.
    type Lanes: Lanes;
    /// An unfinished coordinate, see [`Lanes::Wide`].
    type Wide: Copy;
    /// The curve whose points have these coordinates.
    type Curve: SWCurveConfig;
    /// Cache lines of a point.
    const LINES: usize;
    /// Points that a vector holds.
    const WIDTH: usize = <Self::Lanes as Lanes>::WIDTH;

    /// One, in every lane.
    fn one() -> Self;
    /// The inverse in every lane; None where some lane holds zero.
    fn inverse(&self) -> Option<Self>;

    /// Two products; the left factors must be at most 2p.
    fn products(a: [&Self; 2], b: [&Self; 2]) -> [Self::Wide; 2];
    /// Two squares of values at most 2p.
    fn squares(a: [&Self; 2]) -> [Self::Wide; 2];
    /// The same value, ready for additions.
    fn widen(&self) -> Self::Wide;
    /// Adds K·p.
    fn lift<const K: u64>(wide: Self::Wide) -> Self::Wide;
    /// Subtracts.
    fn minus(a: Self::Wide, b: Self::Wide) -> Self::Wide;
    /// Propagates carries.
    fn carry(wide: Self::Wide) -> Self;
    /// Propagates carries and reduces below 1.1 p.
    fn reduce(wide: Self::Wide) -> Self;

    /// The x coordinates of one side of `WIDTH` pairs.
    fn gather_x<const SIDE: usize>(points: &[Line], pairs: &[Pair]) -> Self;
    /// Both coordinates of one side of `WIDTH` pairs, the sign applied to y.
    fn gather<const SIDE: usize>(points: &[Line], pairs: &[Pair]) -> (Self, Self::Wide);
    /// Prefetches both sides of `WIDTH` pairs.
    fn prefetch(points: &[Line], pairs: &[Pair]);
    /// Writes `WIDTH` points.
    fn scatter(points: &mut [Line], out: &[u32], x: &Self, y: &Self);

    /// Packs one finite point into its lines.
    fn pack(point: &Affine<Self::Curve>, lines: &mut [Line]);
    /// The point that lines hold; all-zero lines are the point at infinity.
    fn unpack(lines: &[Line]) -> Affine<Self::Curve>;

    /// a − b + K·p, narrow.
    #[inline(always)]
    fn sub<const K: u64>(a: &Self, b: &Self) -> Self {
        Self::carry(Self::minus(Self::lift::<K>(a.widen()), b.widen()))
    }
}

/// One is what a product leaves unchanged.
fn one_words<L: Lanes>() -> [u64; 4] {
    L::pack(&Element::<L::Config>::ONE)
}

/// The elements in the lanes of a value below 8p.
fn elements<L: Lanes>(value: &L) -> Vec<Element<L::Config>> {
    let mut words = [[0u64; 4]; 8];
    value.canonical().store(&mut words[..L::WIDTH]);
    words[..L::WIDTH].iter().map(L::unpack).collect()
}

/// The vector of the given elements.
fn vector<L: Lanes>(elements: impl Iterator<Item = Element<L::Config>>) -> L {
    let mut words = [[0u64; 4]; 8];
    for (slot, element) in words.iter_mut().zip(elements) {
        *slot = L::pack(&element);
    }
    L::load(&words[..L::WIDTH])
}

/// Inverts all by one inversion; None if one of them is zero.
fn invert_all<F: Field>(values: &[F], invert: impl Fn(&F) -> F) -> Option<Vec<F>> {
    let mut before = Vec::with_capacity(values.len());
    let mut product = F::ONE;
    for value in values {
        before.push(product);
        product *= value;
    }
    if product.is_zero() {
        return None;
    }
    let mut rest = invert(&product);
    for (slot, value) in before.iter_mut().zip(values).rev() {
        *slot *= rest;
        rest *= value;
    }
    Some(before)
}

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

/// Both elements of a line.
fn halves<L: Lanes>(line: &Line) -> [Element<L::Config>; 2] {
    let words = &line.0;
    [
        L::unpack(&[words[0], words[1], words[2], words[3]]),
        L::unpack(&[words[4], words[5], words[6], words[7]]),
    ]
}

/// The inverse of a nonzero element.
fn invert<C: MontConfig<4>>(value: &Element<C>) -> Element<C> {
    inverse(value).expect("the caller excludes zero")
}
