//! Lanes that know no limbs but keep the contract's books: for tests.
//!
//! Every value carries an interval, in multiples of p, that holds for *all* inputs that the
//! contract of [`super::Lanes`] admits, not only for those at hand. Operations compute intervals
//! as the contract promises, and panic where one is asked for more. The algorithms' sequence of
//! operations does not depend on values, so running them once over these lanes proves their
//! bounds. Elements are computed along, so that results can be compared.

use super::portable::Portable;
use super::{Element, Lanes, Line, Pair, TIGHT};
use ark_ff::{AdditiveGroup, BigInt, MontConfig};

/// No narrow value is larger, in multiples of p.
const NARROW: f64 = 32.0;
/// 2^260 is more than this many p.
const RADIX: f64 = 84.0;
/// 2^256 is more than this many p.
const WORDS: f64 = 5.2;

/// Eight elements, all at least 0 and at most `high`·p as numbers.
pub struct Bounded<C: MontConfig<4>> {
    values: [Element<C>; 8],
    high: f64,
}

/// Eight elements between `low`·p and `high`·p, from a chain of `terms` additions.
pub struct Interval<C: MontConfig<4>> {
    values: [Element<C>; 8],
    low: f64,
    high: f64,
    terms: u32,
}

impl<C: MontConfig<4>> Clone for Bounded<C> {
    fn clone(&self) -> Self {
        *self
    }
}
impl<C: MontConfig<4>> Copy for Bounded<C> {}
impl<C: MontConfig<4>> Clone for Interval<C> {
    fn clone(&self) -> Self {
        *self
    }
}
impl<C: MontConfig<4>> Copy for Interval<C> {}

fn raw<C: MontConfig<4>>(words: &[u64]) -> Element<C> {
    Element::<C>::new_unchecked(BigInt([words[0], words[1], words[2], words[3]]))
}

impl<C: MontConfig<4>> Bounded<C> {
    fn new(values: [Element<C>; 8], high: f64) -> Self {
        assert!(high <= NARROW, "a narrow value of {high} p");
        Self { values, high }
    }
}

/// A sum of products of factors with the given bounds.
fn dot<C: MontConfig<4>>(a: &[&Bounded<C>], b: &[&Bounded<C>]) -> Interval<C> {
    let product: f64 = a.iter().zip(b).map(|(a, b)| a.high * b.high).sum();
    assert!(product <= RADIX, "a sum of products of {product} p²");
    let value = |k: usize| -> Element<C> {
        a.iter()
            .zip(b)
            .map(|(a, b)| a.values[k] * b.values[k])
            .sum()
    };
    Interval {
        values: std::array::from_fn(value),
        low: 0.0,
        high: 1.0 + product / RADIX,
        terms: 1,
    }
}

/// Checks the length of a chain of additions.
fn chain(terms: u32) -> u32 {
    assert!(terms < 8, "a chain of {terms} additions");
    terms
}

impl<C: MontConfig<4>> Lanes for Bounded<C> {
    type Config = C;
    type Wide = Interval<C>;
    const WIDTH: usize = 8;

    fn vectorize<R>(work: impl FnOnce() -> R) -> R {
        work()
    }
    fn pack(value: &Element<C>) -> [u64; 4] {
        Portable::<C>::pack(value)
    }
    fn unpack(words: &[u64; 4]) -> Element<C> {
        Portable::<C>::unpack(words)
    }
    fn splat(words: &[u64; 4]) -> Self {
        Self::new([raw::<C>(words); 8], 1.0)
    }
    fn load(words: &[[u64; 4]]) -> Self {
        Self::new(std::array::from_fn(|k| raw::<C>(&words[k])), 1.0)
    }
    fn store(&self, words: &mut [[u64; 4]]) {
        assert!(self.high <= WORDS, "{} p do not fit four words", self.high);
        for (words, value) in words.iter_mut().zip(self.values) {
            *words = value.0.0;
        }
    }
    fn products(a: [&Self; 2], b: [&Self; 2]) -> [Interval<C>; 2] {
        [dot(&[a[0]], &[b[0]]), dot(&[a[1]], &[b[1]])]
    }
    fn squares(a: [&Self; 2]) -> [Interval<C>; 2] {
        Self::products(a, a)
    }
    fn dots(a: [[&Self; 2]; 2], b: [[&Self; 2]; 2]) -> [Interval<C>; 2] {
        [dot(&a[0], &b[0]), dot(&a[1], &b[1])]
    }
    fn widen(&self) -> Interval<C> {
        Interval {
            values: self.values,
            low: 0.0,
            high: self.high,
            terms: 0,
        }
    }
    fn lift<const K: u64>(wide: Interval<C>) -> Interval<C> {
        Interval {
            low: wide.low + K as f64,
            high: wide.high + K as f64,
            terms: chain(wide.terms + 1),
            ..wide
        }
    }
    fn plus(a: Interval<C>, b: Interval<C>) -> Interval<C> {
        Interval {
            values: std::array::from_fn(|k| a.values[k] + b.values[k]),
            low: a.low + b.low,
            high: a.high + b.high,
            terms: chain(a.terms + b.terms + 1),
        }
    }
    fn minus(a: Interval<C>, b: Interval<C>) -> Interval<C> {
        Interval {
            values: std::array::from_fn(|k| a.values[k] - b.values[k]),
            low: a.low - b.high,
            high: a.high - b.low,
            terms: chain(a.terms + b.terms + 1),
        }
    }
    fn carry(wide: Interval<C>) -> Self {
        assert!(wide.low >= 0.0, "carries of a value down to {} p", wide.low);
        Self::new(wide.values, wide.high)
    }
    fn reduce(wide: Interval<C>) -> Self {
        assert!(wide.low >= 0.0, "reduction from {} p", wide.low);
        assert!(wide.high < 8.0, "reduction from {} p", wide.high);
        Self::new(wide.values, TIGHT)
    }
    fn canonical(&self) -> Self {
        assert!(self.high < 8.0, "reduction from {} p", self.high);
        Self::new(self.values, 1.0)
    }
    fn gather<const STRIDE: usize, const OFFSET: usize, const SIDE: usize>(
        lines: &[Line],
        pairs: &[Pair],
    ) -> [Self; 2] {
        let line = |k: usize| &lines[(pairs[k][SIDE] >> 1) as usize * STRIDE + OFFSET].0;
        [0, 4].map(|half| Self::new(std::array::from_fn(|k| raw::<C>(&line(k)[half..])), TIGHT))
    }
    fn gather_first<const STRIDE: usize, const SIDE: usize>(
        lines: &[Line],
        pairs: &[Pair],
    ) -> Self {
        Self::gather::<STRIDE, 0, SIDE>(lines, pairs)[0]
    }
    fn negate_marked<const SIDE: usize>(&self, pairs: &[Pair]) -> Interval<C> {
        // Codes with signs name bases, which are canonical: p − y is then between 0 and p.
        let value = |k: usize| match pairs[k][SIDE] & 1 {
            0 => self.values[k],
            _ => -self.values[k],
        };
        Interval {
            values: std::array::from_fn(value),
            ..self.widen()
        }
    }
    fn prefetch<const STRIDE: usize>(_lines: &[Line], _pairs: &[Pair]) {}
    fn scatter<const STRIDE: usize, const OFFSET: usize>(
        lines: &mut [Line],
        out: &[u32],
        halves: [&Self; 2],
    ) {
        for (half, value) in halves.iter().enumerate() {
            assert!(value.high <= TIGHT, "memory holds no {} p", value.high);
            for (out, value) in out.iter().zip(value.values) {
                let line = &mut lines[*out as usize * STRIDE + OFFSET].0;
                line[4 * half..4 * half + 4].copy_from_slice(&value.0.0);
            }
        }
    }
    fn transpose(square: &mut [Self]) {
        let high = square.iter().map(|value| value.high).fold(0.0, f64::max);
        let rows: Vec<[Element<C>; 8]> = square.iter().map(|value| value.values).collect();
        for (k, value) in square.iter_mut().enumerate() {
            *value = Self::new(std::array::from_fn(|j| rows[j][k]), high);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ark_bn254::FqConfig;

    type L = Bounded<FqConfig>;

    fn value(high: f64) -> L {
        L::new([Element::<FqConfig>::ZERO; 8], high)
    }

    #[test]
    #[should_panic(expected = "a sum of products")]
    fn products_above_the_radix_are_noticed() {
        L::product(&value(10.0), &value(9.0));
    }

    #[test]
    #[should_panic(expected = "carries of a value down to")]
    fn difference_that_may_be_negative_is_noticed() {
        L::sub::<2>(&value(1.0), &value(2.5));
    }

    #[test]
    #[should_panic(expected = "reduction from")]
    fn reduction_above_eight_is_noticed() {
        L::reduce(value(8.5).widen());
    }

    #[test]
    #[should_panic(expected = "memory holds no")]
    fn store_above_tight_is_noticed() {
        L::scatter::<1, 0>(&mut [Line::default()], &[0; 8], [&value(1.0), &value(1.2)]);
    }
}
