//! Butterflies over vectors of lanes, two levels of the transform at a time.
//!
//! Bounds (see [`crate::lanes`]): going down, every value that is stored is below 1.1p. Going up,
//! values grow by at most 4p in two levels, and only the one of four inputs that meets no
//! multiplication is reduced; everything stored is below 7.2p after the levels inside a vector,
//! and below 5.2p after every later pair of levels.

use crate::lanes::Lanes;

/// One level down, twiddle w: (x₀ + x₁, (x₀ − x₁)·w).
#[inline(always)]
fn down_two<L: Lanes>(x: [&L; 2], w: &L) -> [L; 2] {
    let difference = L::sub::<2>(x[0], x[1]);
    [
        L::reduce(L::plus(x[0].widen(), x[1].widen())),
        L::product(&difference, w),
    ]
}

/// One level up: (x₀ + x₁·w, x₀ − x₁·w).
#[inline(always)]
fn up_two<L: Lanes>(x: [&L; 2], w: &L) -> [L; 2] {
    let x0 = L::reduce(x[0].widen());
    let x1 = L::product(x[1], w);
    [L::add(&x0, &x1), L::sub::<2>(&x0, &x1)]
}

/// The twiddles of two levels: of the larger blocks at k and a quarter further, and of the smaller
/// blocks at k.
struct Twiddles<'a, L> {
    outer: [&'a [L]; 2],
    inner: &'a [L],
}

/// Two levels down over a block in quarters.
#[inline(always)]
fn down_four<L: Lanes>(quarters: [&mut [L]; 4], w: &Twiddles<L>) {
    let [q0, q1, q2, q3] = quarters;
    let outs = q0.iter_mut().zip(q1).zip(q2).zip(q3);
    let twiddles = w.outer[0].iter().zip(w.outer[1]).zip(w.inner);
    for ((((x0, x1), x2), x3), ((w0, w1), w2)) in outs.zip(twiddles) {
        let (a, b, c, d) = (*x0, *x1, *x2, *x3);
        let low = L::plus(a.widen(), c.widen());
        let high = L::plus(b.widen(), d.widen());
        *x0 = L::reduce(L::plus(low, high));
        let across = L::carry(L::minus(L::lift::<3>(low), high));
        let [ac, bd] = L::products([&L::sub::<2>(&a, &c), &L::sub::<2>(&b, &d)], [w0, w1]);
        *x2 = L::reduce(L::plus(ac, bd));
        let behind = L::carry(L::minus(L::lift::<2>(ac), bd));
        let [y1, y3] = L::products([&across, &behind], [w2, w2]);
        *x1 = L::carry(y1);
        *x3 = L::carry(y3);
    }
}

/// Two levels up over a block in quarters.
#[inline(always)]
fn up_four<L: Lanes>(quarters: [&mut [L]; 4], w: &Twiddles<L>) {
    let [q0, q1, q2, q3] = quarters;
    let outs = q0.iter_mut().zip(q1).zip(q2).zip(q3);
    let twiddles = w.outer[0].iter().zip(w.outer[1]).zip(w.inner);
    for ((((x0, x1), x2), x3), ((w0, w1), w2)) in outs.zip(twiddles) {
        let a = L::reduce(x0.widen());
        let c = x2.widen();
        let [b, d] = L::products([x1, x3], [w2, w2]);
        let add = L::carry(L::plus(c, d));
        let sub = L::carry(L::minus(L::lift::<2>(c), d));
        let [e, f] = L::products([&add, &sub], [w0, w1]);
        let sum = L::plus(a.widen(), b);
        let difference = L::minus(L::lift::<2>(a.widen()), b);
        *x0 = L::carry(L::plus(sum, e));
        *x2 = L::carry(L::minus(L::lift::<2>(sum), e));
        *x1 = L::carry(L::plus(difference, f));
        *x3 = L::carry(L::minus(L::lift::<2>(difference), f));
    }
}

/// A direction through the levels.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Direction {
    /// From large blocks to small: natural order in, bit-reversed out.
    Down,
    /// From small blocks to large.
    Up,
}

/// Applies two levels to (parts of) the quarters of a block, whose first vector is `first`.
pub fn pass_four<L: Lanes>(
    direction: Direction,
    quarters: [&mut [L]; 4],
    first: usize,
    tables: [&[L]; 2],
) {
    let length = quarters[0].len();
    let [outer, inner] = tables;
    let quarter = outer.len() / 2;
    let twiddles = Twiddles {
        outer: [
            &outer[first..first + length],
            &outer[quarter + first..quarter + first + length],
        ],
        inner: &inner[first..first + length],
    };
    L::vectorize(
        #[inline(always)]
        || match direction {
            Direction::Down => down_four(quarters, &twiddles),
            Direction::Up => up_four(quarters, &twiddles),
        },
    );
}

/// Applies one level to a block of twice the table's length.
pub fn pass_two<L: Lanes>(direction: Direction, block: &mut [L], table: &[L]) {
    L::vectorize(
        #[inline(always)]
        || {
            let (low, high) = block.split_at_mut(table.len());
            for ((x0, x1), w) in low.iter_mut().zip(high).zip(table) {
                [*x0, *x1] = match direction {
                    Direction::Down => down_two([x0, x1], w),
                    Direction::Up => up_two([x0, x1], w),
                };
            }
        },
    );
}

/// Splits a block into its quarters.
pub fn quarters<T>(block: &mut [T]) -> [&mut [T]; 4] {
    let (low, high) = block.split_at_mut(block.len() / 2);
    let (q0, q1) = low.split_at_mut(low.len() / 2);
    let (q2, q3) = high.split_at_mut(high.len() / 2);
    [q0, q1, q2, q3]
}

/// The middle of the transform: the levels inside a vector down, the factors, the levels up.
/// A square of vectors is transposed, so that these levels too combine whole vectors; their
/// twiddles are the same in all lanes, those of blocks of 2h at `constants[h..2h]`.
pub fn middle<L: Lanes>(data: &mut [L], factors: &[L], constants: &[L]) {
    L::vectorize(
        #[inline(always)]
        || {
            for (square, factors) in data
                .chunks_exact_mut(L::WIDTH)
                .zip(factors.chunks_exact(L::WIDTH))
            {
                L::transpose(square);
                let mut half = L::WIDTH / 2;
                while half > 0 {
                    for block in square.chunks_exact_mut(2 * half) {
                        let (low, high) = block.split_at_mut(half);
                        let w = &constants[half..2 * half];
                        for ((x0, x1), w) in low.iter_mut().zip(high).zip(w) {
                            [*x0, *x1] = down_two([x0, x1], w);
                        }
                    }
                    half /= 2;
                }
                for (value, factor) in square.iter_mut().zip(factors) {
                    *value = L::product(value, factor);
                }
                let mut half = 1;
                while half < L::WIDTH {
                    for block in square.chunks_exact_mut(2 * half) {
                        let (low, high) = block.split_at_mut(half);
                        let w = &constants[half..2 * half];
                        for ((x0, x1), w) in low.iter_mut().zip(high).zip(w) {
                            [*x0, *x1] = up_two([x0, x1], w);
                        }
                    }
                    half *= 2;
                }
                L::transpose(square);
            }
        },
    );
}
