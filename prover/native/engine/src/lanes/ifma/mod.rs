//! Eight lanes by AVX-512 IFMA: five limbs of 52 bits, Montgomery radix 2^260, lazy reduction.
//!
//! All `unsafe` of the crate is in this module. Its functions are compiled for processor features
//! that the rest of the crate does not assume; calling one is sound only where the processor has
//! them. That is ensured in one place: an [`crate::Engine`] of kind `Simd::Ifma` can only be made
//! after detection of exactly these features, and only code that holds such an engine names the
//! type [`Ifma`]. Each `SAFETY` comment below that says "engine" refers to this.

mod arithmetic;
mod memory;
#[cfg(test)]
mod tests;

use super::{Element, Lanes, Line, Pair};
use arithmetic::{Constants, Limbs};
use ark_ff::MontConfig;
use std::marker::PhantomData;

/// Eight elements of the field of configuration `C`, limbs normalised.
pub struct Ifma<C>(Limbs, PhantomData<C>);

impl<C> Clone for Ifma<C> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<C> Copy for Ifma<C> {}

/// The switch of features around a whole computation, into which all else is inlined.
#[inline]
#[target_feature(enable = "avx512f,avx512dq,avx512vl,avx512ifma,avx512vbmi2")]
fn with_features<R>(work: impl FnOnce() -> R) -> R {
    work()
}

/// The lines that one side of eight pairs names.
#[inline(always)]
fn named<'a, const STRIDE: usize, const OFFSET: usize, const SIDE: usize>(
    lines: &'a [Line],
    pairs: &[Pair],
) -> [&'a Line; 8] {
    let pairs = eight(pairs);
    std::array::from_fn(|k| &lines[(pairs[k][SIDE] >> 1) as usize * STRIDE + OFFSET])
}

#[inline(always)]
fn eight<T>(slice: &[T]) -> &[T; 8] {
    slice.first_chunk().expect("a vector has eight lanes")
}

impl<C: MontConfig<4>> Ifma<C> {
    #[inline(always)]
    fn new(limbs: Limbs) -> Self {
        Self(limbs, PhantomData)
    }
}

impl<C: MontConfig<4>> Lanes for Ifma<C> {
    type Config = C;
    type Wide = Limbs;
    const WIDTH: usize = 8;

    #[inline(always)]
    fn vectorize<R>(work: impl FnOnce() -> R) -> R {
        // SAFETY: the engine has detected the features.
        unsafe { with_features(work) }
    }

    fn pack(value: &Element<C>) -> [u64; 4] {
        Constants::<C>::pack(value)
    }

    fn unpack(words: &[u64; 4]) -> Element<C> {
        Constants::<C>::unpack(words)
    }

    #[inline(always)]
    fn splat(words: &[u64; 4]) -> Self {
        // SAFETY: the engine has detected the features.
        Self::new(unsafe { arithmetic::splat(words) })
    }

    #[inline(always)]
    fn load(words: &[[u64; 4]]) -> Self {
        let words = eight(words);
        // SAFETY: the engine has detected the features.
        Self::new(unsafe { memory::elements(words.each_ref()) })
    }

    #[inline(always)]
    fn store(&self, words: &mut [[u64; 4]]) {
        let words = words.first_chunk_mut().expect("a vector has eight lanes");
        // SAFETY: the engine has detected the features.
        unsafe { memory::write_elements(words, &self.0) }
    }

    #[inline(always)]
    fn products(a: [&Self; 2], b: [&Self; 2]) -> [Limbs; 2] {
        let [a, b] = [a, b].map(|side| side.map(|value| [&value.0]));
        // SAFETY: the engine has detected the features.
        unsafe { arithmetic::products::<C, 2, 1>(a, b) }
    }

    #[inline(always)]
    fn product(a: &Self, b: &Self) -> Self {
        // SAFETY: the engine has detected the features.
        let [product] = unsafe { arithmetic::products::<C, 1, 1>([[&a.0]], [[&b.0]]) };
        Self::carry(product)
    }

    #[inline(always)]
    fn squares(a: [&Self; 2]) -> [Limbs; 2] {
        // SAFETY: the engine has detected the features.
        unsafe { arithmetic::squares::<C, 2>([&a[0].0, &a[1].0]) }
    }

    #[inline(always)]
    fn dots(a: [[&Self; 2]; 2], b: [[&Self; 2]; 2]) -> [Limbs; 2] {
        let [a, b] = [a, b].map(|side| side.map(|terms| terms.map(|value| &value.0)));
        // SAFETY: the engine has detected the features.
        unsafe { arithmetic::products::<C, 2, 2>(a, b) }
    }

    #[inline(always)]
    fn widen(&self) -> Limbs {
        self.0
    }

    #[inline(always)]
    fn lift<const K: u64>(wide: Limbs) -> Limbs {
        // SAFETY: the engine has detected the features.
        unsafe { arithmetic::lift::<C, K>(wide) }
    }

    #[inline(always)]
    fn plus(a: Limbs, b: Limbs) -> Limbs {
        // SAFETY: the engine has detected the features.
        unsafe { arithmetic::plus(a, &b) }
    }

    #[inline(always)]
    fn minus(a: Limbs, b: Limbs) -> Limbs {
        // SAFETY: the engine has detected the features.
        unsafe { arithmetic::minus(a, &b) }
    }

    #[inline(always)]
    fn carry(wide: Limbs) -> Self {
        // SAFETY: the engine has detected the features.
        Self::new(unsafe { arithmetic::carry(wide) })
    }

    #[inline(always)]
    fn reduce(wide: Limbs) -> Self {
        // SAFETY: the engine has detected the features.
        Self::new(unsafe { arithmetic::reduce::<C>(wide) })
    }

    #[inline(always)]
    fn canonical(&self) -> Self {
        // SAFETY: the engine has detected the features.
        Self::new(unsafe { arithmetic::canonical::<C>(&self.0) })
    }

    #[inline(always)]
    fn gather<const STRIDE: usize, const OFFSET: usize, const SIDE: usize>(
        lines: &[Line],
        pairs: &[Pair],
    ) -> [Self; 2] {
        let lines = named::<STRIDE, OFFSET, SIDE>(lines, pairs);
        // SAFETY: the engine has detected the features.
        unsafe { memory::gather(lines) }.map(Self::new)
    }

    #[inline(always)]
    fn gather_first<const STRIDE: usize, const SIDE: usize>(
        lines: &[Line],
        pairs: &[Pair],
    ) -> Self {
        let lines = named::<STRIDE, 0, SIDE>(lines, pairs);
        // SAFETY: the engine has detected the features.
        Self::new(unsafe { memory::gather_first(lines) })
    }

    #[inline(always)]
    fn negate_marked<const SIDE: usize>(&self, pairs: &[Pair]) -> Limbs {
        let pairs = eight(pairs);
        // SAFETY: the engine has detected the features.
        unsafe { arithmetic::negate_where::<C>(&self.0, memory::marked::<SIDE>(pairs)) }
    }

    #[inline(always)]
    fn prefetch<const STRIDE: usize>(lines: &[Line], pairs: &[Pair]) {
        for code in pairs.iter().flatten() {
            for half in 0..STRIDE {
                if let Some(line) = lines.get((code >> 1) as usize * STRIDE + half) {
                    // SAFETY: the engine has detected the features.
                    unsafe { memory::prefetch(line) }
                }
            }
        }
    }

    #[inline(always)]
    fn scatter<const STRIDE: usize, const OFFSET: usize>(
        lines: &mut [Line],
        out: &[u32],
        halves: [&Self; 2],
    ) {
        // SAFETY: the engine has detected the features.
        let rows = unsafe { memory::to_rows([&halves[0].0, &halves[1].0]) };
        for (&out, row) in eight(out).iter().zip(rows) {
            let line = &mut lines[out as usize * STRIDE + OFFSET];
            // SAFETY: the engine has detected the features.
            unsafe { memory::write_line(line, row) }
        }
    }

    #[inline(always)]
    fn transpose(square: &mut [Self]) {
        for limb in 0..5 {
            let rows = std::array::from_fn(|k| square[k].0[limb]);
            // SAFETY: the engine has detected the features.
            let columns = unsafe { memory::transpose(rows) };
            for (value, column) in square.iter_mut().zip(columns) {
                value.0[limb] = column;
            }
        }
    }
}
