//! Fourier transforms over Fr, as the quotient of a Groth16 proof needs them.
//!
//! The constraints say A·B = C at every n-th root of unity, so A·B − C is a multiple of xⁿ − 1 as
//! polynomials, and the proof commits to the quotient. A key of snarkjs' kind holds the bases of
//! the quotient at the odd points g·w^j, with w the n-th root of unity 5^((r−1)/2^28 · …), g² = w:
//! there xⁿ − 1 is the constant −2, and the scalars are the values of A·B − C themselves. So each
//! of A, B and C, given by values at the roots of unity, is interpolated, its coefficients are
//! multiplied by g^i, and it is evaluated at the roots again.
//!
//! # One walk down and up
//!
//! Going *down* (decimation in frequency) turns values in natural order into coefficients in
//! bit-reversed order; going *up* (decimation in time) turns those into values in natural order.
//! No reordering happens in between, and the factors g^i meet the coefficients where they lie.
//! Better: once the topmost levels have split the values into blocks, everything that follows in
//! a block, down, factors and up, is the block's own business. The transform is therefore one
//! recursion (two levels down, four blocks, two levels up) whose leaves stay in the cache and whose
//! blocks go to different threads.
//!
//! Both ways use the same powers of w. Interpolation wants w⁻¹: going down with w instead leaves
//! the coefficient of x^i at the place of x^(−i). The factors are laid out accordingly, and the
//! values come out at g·w^(−j); the last step writes them in their places.

mod convert;
mod passes;

use crate::engine::{Engine, EngineError};
use crate::lanes::{Lanes, portable::Portable};
#[cfg(target_arch = "x86_64")]
use crate::{engine::Simd, lanes::ifma::Ifma};
use ark_bn254::{Fr, FrConfig};
use ark_ff::{FftField, Field};
use convert::{combine, load, multiply, powers, vectors};
use passes::{Direction, middle, pass_four, pass_two, quarters};
use rayon::prelude::*;

/// Blocks of this many elements are transformed by one thread, in its own cache.
const LEAF: usize = 1 << 12;
/// Vectors that a thread takes of a pass over a large block.
const STRIP: usize = 1 << 9;
/// The largest domain, 2^22 values.
pub const MAX_LOG_SIZE: u32 = 22;

/// A domain of 2^k roots of unity, with all factors that its transforms need.
pub struct Domain {
    size: usize,
    plan: Plan,
}

enum Plan {
    Portable(Box<Tables<Portable<FrConfig>>>),
    #[cfg(target_arch = "x86_64")]
    Ifma(Box<Tables<Ifma<FrConfig>>>),
}

impl Domain {
    /// The domain of `size` roots of unity, a power of two of at most 2^22.
    pub fn new(engine: Engine, size: usize) -> Result<Self, EngineError> {
        if !size.is_power_of_two() || size > 1 << MAX_LOG_SIZE {
            return Err(EngineError::DomainSize {
                expected: size.next_power_of_two().min(1 << MAX_LOG_SIZE),
                given: size,
            });
        }
        let plan = match engine.simd() {
            // Eight lanes need a square of vectors.
            #[cfg(target_arch = "x86_64")]
            Simd::Ifma if size >= 64 => Plan::Ifma(Box::new(Tables::new(size))),
            _ => Plan::Portable(Box::new(Tables::new(size))),
        };
        Ok(Self { size, plan })
    }

    /// How many values a polynomial has here.
    pub fn size(&self) -> usize {
        self.size
    }

    /// The scalars of the quotient: given the values of A and B at w^j, and with C = A·B there, the
    /// values of A·B − C at g·w^j, canonical, least significant word first.
    pub fn quotient(&self, a: &[Fr], b: &[Fr]) -> Result<Vec<[u64; 4]>, EngineError> {
        for given in [a.len(), b.len()] {
            if given != self.size {
                return Err(EngineError::DomainSize {
                    expected: self.size,
                    given,
                });
            }
        }
        Ok(match &self.plan {
            Plan::Portable(tables) => tables.quotient(a, b),
            #[cfg(target_arch = "x86_64")]
            Plan::Ifma(tables) => tables.quotient(a, b),
        })
    }
}

/// The powers of w for every level, and the factors between the two directions.
struct Tables<L> {
    /// `levels[k]`: the powers of a 2^(k+1)-th root, 2^k of them, for blocks that span vectors.
    levels: Vec<Vec<L>>,
    /// The same for blocks inside a vector, each in all lanes; those of 2h start at h.
    constants: Vec<L>,
    /// g^i/n times what the lanes' form differs from arkworks', where the coefficients lie.
    factors: Vec<L>,
    /// The ratio of the lanes' form to arkworks'.
    form: L,
}

impl<L: Lanes<Config = FrConfig>> Tables<L> {
    fn new(size: usize) -> Self {
        let root = |size: usize| Fr::get_root_of_unity(size as u64).expect("r − 1 has 28 twos");
        let log = size.trailing_zeros();
        let log_width = L::WIDTH.trailing_zeros();
        let mut constants = vec![L::splat(&L::pack(&Fr::ONE)); L::WIDTH.max(2)];
        let mut levels = vec![Vec::new(); log as usize];
        for level in 0..log {
            let powers = powers(root(2 << level), Fr::ONE, 1 << level);
            if level < log_width {
                for (slot, power) in constants[1 << level..].iter_mut().zip(&powers) {
                    *slot = L::splat(&L::pack(power));
                }
            } else {
                levels[level as usize] = vectors(&powers);
            }
        }
        // arkworks' words, taken for the lanes' form, stand for a multiple of the element.
        let form = L::unpack(&Fr::ONE.0.0).inverse().expect("not zero");
        let first = form / Fr::from(size as u64);
        let powers = powers(root(2 * size), first, size);
        let mask = size - 1;
        let place = |p: usize| {
            // Column p mod W of a transposed square holds position p of the natural order.
            let square = p & !(L::WIDTH * L::WIDTH - 1);
            let (row, column) = (p / L::WIDTH % L::WIDTH, p % L::WIDTH);
            let position = square | (column * L::WIDTH) | row;
            let reversed = match log {
                0 => 0,
                _ => position.reverse_bits() >> (usize::BITS - log),
            };
            powers[size.wrapping_sub(reversed) & mask]
        };
        let factors: Vec<Fr> = (0..size).into_par_iter().map(place).collect();
        Self {
            levels,
            constants,
            factors: vectors(&factors),
            form: L::splat(&L::pack(&form)),
        }
    }

    /// The values of A·B − C at the odd points.
    fn quotient(&self, a: &[Fr], b: &[Fr]) -> Vec<[u64; 4]> {
        let (mut a, mut b) = rayon::join(|| load::<L>(a), || load::<L>(b));
        let mut c: Vec<L> = multiply(&a, &b, &self.form);
        rayon::join(
            || self.transform(&mut a, &self.factors),
            || {
                rayon::join(
                    || self.transform(&mut b, &self.factors),
                    || self.transform(&mut c, &self.factors),
                )
            },
        );
        combine(&a, &b, &c)
    }

    /// Values at w^j to values at g·w^(−j), for one block of the recursion.
    fn transform(&self, block: &mut [L], factors: &[L]) {
        let level = (block.len() * L::WIDTH).trailing_zeros() as usize;
        if block.len() * L::WIDTH <= LEAF || block.len() < 4 {
            self.walk(Direction::Down, block);
            middle(block, factors, &self.constants);
            self.walk(Direction::Up, block);
            return;
        }
        let tables = [&self.levels[level - 1][..], &self.levels[level - 2][..]];
        strips(Direction::Down, block, tables);
        let quarter = block.len() / 4;
        block
            .par_chunks_exact_mut(quarter)
            .zip(factors.par_chunks_exact(quarter))
            .for_each(|(block, factors)| self.transform(block, factors));
        strips(Direction::Up, block, tables);
    }

    /// All levels that span vectors, over a block that fits the cache.
    fn walk(&self, direction: Direction, data: &mut [L]) {
        let vectors = data.len().trailing_zeros() as usize;
        let log_width = L::WIDTH.trailing_zeros() as usize;
        // Blocks of 2^k vectors: two levels at a time, and a single one where the number is odd.
        let single = |data: &mut [L]| {
            if vectors % 2 == 1 {
                let table = &self.levels[log_width];
                data.chunks_exact_mut(2)
                    .for_each(|block| pass_two(direction, block, table));
            }
        };
        let double = |data: &mut [L], k: usize| {
            let level = k + log_width;
            let tables = [&self.levels[level - 1][..], &self.levels[level - 2][..]];
            data.chunks_exact_mut(1 << k)
                .for_each(|block| pass_four(direction, quarters(block), 0, tables));
        };
        let pairs = vectors / 2;
        match direction {
            Direction::Down => {
                (0..pairs).for_each(|pair| double(data, vectors - 2 * pair));
                single(data);
            }
            Direction::Up => {
                single(data);
                (0..pairs)
                    .rev()
                    .for_each(|pair| double(data, vectors - 2 * pair));
            }
        }
    }
}

/// Two levels over a large block, cut into strips for all threads.
fn strips<L: Lanes>(direction: Direction, block: &mut [L], tables: [&[L]; 2]) {
    let [q0, q1, q2, q3] = quarters(block);
    q0.par_chunks_mut(STRIP)
        .zip(q1.par_chunks_mut(STRIP))
        .zip(q2.par_chunks_mut(STRIP))
        .zip(q3.par_chunks_mut(STRIP))
        .enumerate()
        .for_each(|(strip, (((q0, q1), q2), q3))| {
            pass_four(direction, [q0, q1, q2, q3], strip * STRIP, tables);
        });
}

#[cfg(test)]
mod tests;
