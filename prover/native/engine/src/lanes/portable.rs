//! One lane, on any processor: arkworks' field arithmetic, fully reduced after every operation.

use super::{Element, Lanes, Line, Pair};
use ark_ff::{BigInt, Field, MontConfig};

/// A single field element as a vector of width one. Every bound of [`Lanes`] holds trivially.
pub struct Portable<C: MontConfig<4>>(Element<C>);

impl<C: MontConfig<4>> Clone for Portable<C> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<C: MontConfig<4>> Copy for Portable<C> {}

impl<C: MontConfig<4>> Portable<C> {
    #[inline(always)]
    fn from_words(words: &[u64]) -> Self {
        Self(Element::<C>::new_unchecked(BigInt([
            words[0], words[1], words[2], words[3],
        ])))
    }
}

impl<C: MontConfig<4>> Lanes for Portable<C> {
    type Config = C;
    type Wide = Self;
    const WIDTH: usize = 1;

    #[inline(always)]
    fn vectorize<R>(work: impl FnOnce() -> R) -> R {
        work()
    }

    #[inline(always)]
    fn pack(value: &Element<C>) -> [u64; 4] {
        value.0.0
    }

    #[inline(always)]
    fn unpack(words: &[u64; 4]) -> Element<C> {
        Element::<C>::new_unchecked(BigInt(*words))
    }

    #[inline(always)]
    fn splat(words: &[u64; 4]) -> Self {
        Self::from_words(words)
    }

    #[inline(always)]
    fn load(words: &[[u64; 4]]) -> Self {
        Self::from_words(&words[0])
    }

    #[inline(always)]
    fn store(&self, words: &mut [[u64; 4]]) {
        words[0] = self.0.0.0;
    }

    #[inline(always)]
    fn products(a: [&Self; 2], b: [&Self; 2]) -> [Self; 2] {
        [Self(a[0].0 * b[0].0), Self(a[1].0 * b[1].0)]
    }

    #[inline(always)]
    fn product(a: &Self, b: &Self) -> Self {
        Self(a.0 * b.0)
    }

    #[inline(always)]
    fn squares(a: [&Self; 2]) -> [Self; 2] {
        [Self(a[0].0.square()), Self(a[1].0.square())]
    }

    #[inline(always)]
    fn dots(a: [[&Self; 2]; 2], b: [[&Self; 2]; 2]) -> [Self; 2] {
        let dot = |k: usize| {
            let left = [a[k][0].0, a[k][1].0];
            let right = [b[k][0].0, b[k][1].0];
            Self(Element::<C>::sum_of_products(&left, &right))
        };
        [dot(0), dot(1)]
    }

    #[inline(always)]
    fn widen(&self) -> Self {
        *self
    }

    #[inline(always)]
    fn lift<const K: u64>(wide: Self) -> Self {
        wide
    }

    #[inline(always)]
    fn plus(a: Self, b: Self) -> Self {
        Self(a.0 + b.0)
    }

    #[inline(always)]
    fn minus(a: Self, b: Self) -> Self {
        Self(a.0 - b.0)
    }

    #[inline(always)]
    fn carry(wide: Self) -> Self {
        wide
    }

    #[inline(always)]
    fn reduce(wide: Self) -> Self {
        wide
    }

    #[inline(always)]
    fn canonical(&self) -> Self {
        *self
    }

    #[inline(always)]
    fn gather<const STRIDE: usize, const OFFSET: usize, const SIDE: usize>(
        lines: &[Line],
        pairs: &[Pair],
    ) -> [Self; 2] {
        let line = &lines[(pairs[0][SIDE] >> 1) as usize * STRIDE + OFFSET].0;
        [Self::from_words(&line[..4]), Self::from_words(&line[4..])]
    }

    #[inline(always)]
    fn gather_first<const STRIDE: usize, const SIDE: usize>(
        lines: &[Line],
        pairs: &[Pair],
    ) -> Self {
        Self::from_words(&lines[(pairs[0][SIDE] >> 1) as usize * STRIDE].0[..4])
    }

    #[inline(always)]
    fn negate_marked<const SIDE: usize>(&self, pairs: &[Pair]) -> Self {
        if pairs[0][SIDE] & 1 == 1 {
            Self(-self.0)
        } else {
            *self
        }
    }

    #[inline(always)]
    fn prefetch<const STRIDE: usize>(_lines: &[Line], _pairs: &[Pair]) {}

    #[inline(always)]
    fn scatter<const STRIDE: usize, const OFFSET: usize>(
        lines: &mut [Line],
        out: &[u32],
        halves: [&Self; 2],
    ) {
        let line = &mut lines[out[0] as usize * STRIDE + OFFSET].0;
        line[..4].copy_from_slice(&halves[0].0.0.0);
        line[4..].copy_from_slice(&halves[1].0.0.0);
    }

    #[inline(always)]
    fn transpose(_square: &mut [Self]) {}
}
