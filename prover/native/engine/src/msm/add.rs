//! Many affine additions for one inversion.
//!
//! Points are added in pairs (x₁, y₁) + (x₂, y₂) with λ = (y₂ − y₁)/(x₂ − x₁), x₃ = λ² − x₁ − x₂,
//! y₃ = λ(x₁ − x₃) − y₁. All the differences x₂ − x₁ of a batch are multiplied up, the product is
//! inverted once, and going back each difference's inverse falls out by two products (Montgomery's
//! trick): six multiplications an addition. Two vectors of lanes go side by side, so that each
//! covers the other's latency.
//!
//! The formula fails where x₁ = x₂ (a doubling or a cancellation), and says so by itself: the
//! product of the batch is then zero. Such a batch is sorted into regular and exceptional pairs,
//! and the latter go to arkworks' complete formulas. A point at infinity would *not* show in the
//! product; it can only arise from a cancellation, so [`Adder`] remembers having seen one and from
//! then on looks at every operand.

use super::coordinate::Coordinate;
use crate::lanes::{Lanes, Line, Pair};
use ark_ec::{AffineRepr, CurveGroup, short_weierstrass::Projective};

/// Additions that share an inversion.
pub const BATCH: usize = 2048;

/// How many rounds ahead points are fetched.
const AHEAD: usize = 4;

/// What to add (`pairs`, by code) and where to write each sum (`out`, an index of a point).
#[derive(Default)]
pub struct Tasks {
    pub pairs: Vec<Pair>,
    pub out: Vec<u32>,
}

impl Tasks {
    /// Asks for one more addition.
    #[inline(always)]
    pub fn push(&mut self, pair: Pair, out: u32) {
        self.pairs.push(pair);
        self.out.push(out);
    }

    /// Forgets all tasks.
    pub fn clear(&mut self) {
        self.pairs.clear();
        self.out.clear();
    }
}

/// Carries out [`Tasks`], and keeps the memory that this needs.
pub struct Adder<C: Coordinate> {
    prefixes: Vec<[C; 2]>,
    /// True once a sum came out as the point at infinity.
    pub seen_infinity: bool,
}

impl<C: Coordinate> Default for Adder<C> {
    fn default() -> Self {
        Self {
            prefixes: Vec::with_capacity(BATCH / C::WIDTH + 2),
            seen_infinity: false,
        }
    }
}

impl<C: Coordinate> Adder<C> {
    /// Adds every pair of points of `source` into `target`, whose last point is scratch space.
    pub fn run(&mut self, source: &[Line], target: &mut [Line], tasks: &mut Tasks) {
        let trash = (target.len() / C::LINES - 1) as u32;
        let mut start = 0;
        while start < tasks.pairs.len() {
            let end = (start + BATCH).min(tasks.pairs.len());
            if end == tasks.pairs.len() {
                // Fill the last vectors with repetitions whose sums nobody reads.
                let first = tasks.pairs[start];
                let full = (end - start).next_multiple_of(2 * C::WIDTH);
                tasks.pairs.resize(start + full, first);
                tasks.out.resize(start + full, trash);
                let pairs = &tasks.pairs[start..];
                self.batch(source, target, pairs, &tasks.out[start..], trash);
                break;
            }
            let (pairs, out) = (&tasks.pairs[start..end], &tasks.out[start..end]);
            self.batch(source, target, pairs, out, trash);
            start = end;
        }
    }

    fn batch(
        &mut self,
        source: &[Line],
        target: &mut [Line],
        pairs: &[Pair],
        out: &[u32],
        trash: u32,
    ) {
        if self.seen_infinity || !self.add_regular(source, target, pairs, out) {
            self.add_sorted(source, target, pairs, out, trash);
        }
    }

    /// Adds a multiple of two vectors of pairs, or returns false where two points share their x.
    fn add_regular(
        &mut self,
        source: &[Line],
        target: &mut [Line],
        pairs: &[Pair],
        out: &[u32],
    ) -> bool {
        let prefixes = &mut self.prefixes;
        C::Lanes::vectorize(
            #[inline(always)]
            || {
                let products = multiply_up(source, pairs, prefixes);
                let total = C::carry(
                    C::products([&products[0], &products[0]], [&products[1], &products[1]])[0],
                );
                match total.inverse() {
                    None => false,
                    Some(inverse) => {
                        let rest = C::products([&inverse, &inverse], [&products[1], &products[0]]);
                        add_back(source, target, pairs, out, prefixes, rest.map(C::carry));
                        true
                    }
                }
            },
        )
    }

    /// Separates the pairs that the affine formula cannot add, and adds both kinds.
    #[cold]
    fn add_sorted(
        &mut self,
        source: &[Line],
        target: &mut [Line],
        pairs: &[Pair],
        out: &[u32],
        trash: u32,
    ) {
        let (mut regular, mut exceptional) = (Tasks::default(), Tasks::default());
        for (pair, &out) in pairs.iter().zip(out) {
            let [a, b] = pair.map(|code| point_lines::<C>(source, code));
            let is_regular = !is_infinity(a) && !is_infinity(b) && {
                let [a, b] = [a, b].map(C::unpack);
                a.x != b.x
            };
            if is_regular {
                regular.push(*pair, out);
            } else if out != trash {
                exceptional.push(*pair, out);
            }
        }
        if let Some(&first) = regular.pairs.first() {
            let full = regular.pairs.len().next_multiple_of(2 * C::WIDTH);
            regular.pairs.resize(full, first);
            regular.out.resize(full, trash);
            let done = self.add_regular(source, target, &regular.pairs, &regular.out);
            assert!(done, "only pairs of different x are left");
        }
        let sums: Vec<Projective<C::Curve>> = exceptional
            .pairs
            .iter()
            .map(|pair| {
                let [a, b] = pair.map(|code| signed_point::<C>(source, code));
                a.into_group() + b
            })
            .collect();
        for (sum, out) in Projective::normalize_batch(&sums)
            .iter()
            .zip(exceptional.out)
        {
            let start = out as usize * C::LINES;
            let lines = &mut target[start..start + C::LINES];
            match sum.is_zero() {
                true => {
                    lines.fill(Line::default());
                    self.seen_infinity = true;
                }
                false => C::pack(sum, lines),
            }
        }
    }
}

/// The forward pass: stores the running products of the differences, returns the last ones.
#[inline(always)]
fn multiply_up<C: Coordinate>(
    source: &[Line],
    pairs: &[Pair],
    prefixes: &mut Vec<[C; 2]>,
) -> [C; 2] {
    prefixes.clear();
    let mut running = [C::one(); 2];
    for (k, group) in pairs.chunks_exact(2 * C::WIDTH).enumerate() {
        let ahead = (k + AHEAD) * 2 * C::WIDTH;
        if let Some(group) = pairs.get(ahead..ahead + 2 * C::WIDTH) {
            C::prefetch(source, group);
        }
        let (first, second) = group.split_at(C::WIDTH);
        let d0 = difference::<C>(source, first);
        let d1 = difference::<C>(source, second);
        prefixes.push(running);
        running = C::products([&running[0], &running[1]], [&d0, &d1]).map(C::carry);
    }
    running
}

/// x₂ − x₁ + 2p < 3.1p.
#[inline(always)]
fn difference<C: Coordinate>(source: &[Line], pairs: &[Pair]) -> C {
    let a = C::gather_x::<0>(source, pairs);
    let b = C::gather_x::<1>(source, pairs);
    C::sub::<2>(&b, &a)
}

/// The backward pass: `rest` holds the inverses of the products of all differences so far.
#[inline(always)]
fn add_back<C: Coordinate>(
    source: &[Line],
    target: &mut [Line],
    pairs: &[Pair],
    out: &[u32],
    prefixes: &[[C; 2]],
    mut rest: [C; 2],
) {
    let groups = pairs.chunks_exact(2 * C::WIDTH);
    let outs = out.chunks_exact(2 * C::WIDTH);
    for ((group, out), prefix) in groups.zip(outs).zip(prefixes).rev() {
        let (first, second) = group.split_at(C::WIDTH);
        // The inverses of the differences, below 1.2p. This product waits for no point: begun first,
        // it runs while the points arrive.
        let inverse = C::products([&rest[0], &rest[1]], [&prefix[0], &prefix[1]]).map(C::carry);
        let (xa0, ya0) = C::gather::<0>(source, first);
        let (xb0, yb0) = C::gather::<1>(source, first);
        let (xa1, ya1) = C::gather::<0>(source, second);
        let (xb1, yb1) = C::gather::<1>(source, second);
        // The rest without these differences, below 1.2p.
        let d = [C::sub::<2>(&xb0, &xa0), C::sub::<2>(&xb1, &xa1)];
        rest = C::products([&rest[0], &rest[1]], [&d[0], &d[1]]).map(C::carry);
        // The slope λ < 1.2p, from a difference below 3.1p.
        let rise = [
            C::carry(C::minus(C::lift::<2>(yb0), ya0)),
            C::carry(C::minus(C::lift::<2>(yb1), ya1)),
        ];
        let slope = C::products([&inverse[0], &inverse[1]], [&rise[0], &rise[1]]).map(C::carry);
        // x₃ = λ² − x₁ − x₂ + 3p, between 0.8p and 4.2p before its reduction.
        let [s0, s1] = C::squares([&slope[0], &slope[1]]);
        let x = [
            C::reduce(C::minus(
                C::minus(C::lift::<3>(s0), xa0.widen()),
                xb0.widen(),
            )),
            C::reduce(C::minus(
                C::minus(C::lift::<3>(s1), xa1.widen()),
                xb1.widen(),
            )),
        ];
        // y₃ = λ(x₁ − x₃) − y₁ + 2p.
        let run = [C::sub::<2>(&xa0, &x[0]), C::sub::<2>(&xa1, &x[1])];
        let [t0, t1] = C::products([&slope[0], &slope[1]], [&run[0], &run[1]]);
        let y = [
            C::reduce(C::minus(C::lift::<2>(t0), ya0)),
            C::reduce(C::minus(C::lift::<2>(t1), ya1)),
        ];
        let (out0, out1) = out.split_at(C::WIDTH);
        C::scatter(target, out0, &x[0], &y[0]);
        C::scatter(target, out1, &x[1], &y[1]);
    }
}

/// The lines of the point that a code names.
fn point_lines<C: Coordinate>(lines: &[Line], code: u32) -> &[Line] {
    let start = (code >> 1) as usize * C::LINES;
    &lines[start..start + C::LINES]
}

/// True where lines hold the point at infinity. (0, 0) lies on neither curve.
pub fn is_infinity(lines: &[Line]) -> bool {
    lines.iter().all(|line| line.0 == [0; 8])
}

/// The point that a code names, with its sign.
pub fn signed_point<C: Coordinate>(
    lines: &[Line],
    code: u32,
) -> ark_ec::short_weierstrass::Affine<C::Curve> {
    let point = C::unpack(point_lines::<C>(lines, code));
    if code & 1 == 1 { -point } else { point }
}
