//! Scalars as signed digits.
//!
//! A scalar s is first replaced by the smaller of s and r − s, with a sign: what a circuit calls
//! −1 becomes one bit, and every magnitude stays below 2^253. The magnitude is then written as
//! Σ dᵥ·2^oᵥ over windows v of offset oᵥ and width wᵥ, with −2^(wᵥ−1) ≤ dᵥ < 2^(wᵥ−1). Adding the
//! constant Σ 2^(oᵥ+wᵥ−1) over all windows but the highest beforehand makes every digit a plain
//! bit field, d = field − 2^(w−1): no carry runs from window to window, so windows can be read
//! independently, by different threads, from one recoded copy of the scalars.
//!
//! Widths of neighbouring windows differ by at most one, so any *number* of windows can be had; the
//! number is chosen to make n additions a window plus two additions a bucket cheapest.

use crate::EngineError;
use ark_ff::{BigInt, PrimeField};

/// Bits of a magnitude, and one for the sign of the highest digit.
const BITS: u32 = 254;
/// Magnitudes below 2^62 touch no window that starts at bit 64 or later.
const SHORT_BITS: u32 = 62;
/// The first offset that short magnitudes do not reach.
const SHORT_REACH: u32 = 64;
/// The sign of a recoded scalar, above all windows.
const SIGN: u64 = 1 << 63;

const R: [u64; 4] = ark_bn254::Fr::MODULUS.0;
const HALF_R: [u64; 4] = {
    let BigInt(r) = ark_bn254::Fr::MODULUS;
    [
        r[0] >> 1 | r[1] << 63,
        r[1] >> 1 | r[2] << 63,
        r[2] >> 1 | r[3] << 63,
        r[3] >> 1,
    ]
};

/// A range of bits of every scalar.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Window {
    pub offset: u32,
    pub width: u32,
    highest: bool,
}

impl Window {
    /// Digits have magnitudes 1 ..= buckets; zero is not kept.
    pub fn buckets(&self) -> usize {
        1 << (self.width - 1)
    }

    /// The digit of a recoded scalar.
    #[inline(always)]
    pub fn digit(&self, words: &[u64; 4]) -> i32 {
        let word = (self.offset / 64) as usize;
        let shift = self.offset % 64;
        let low = words[word] >> shift;
        // The next word, shifted in two steps since a shift by 64 is not defined.
        let high = words[(word + 1) & 3] << 1 << (63 - shift);
        let field = (low | high) as u32 & ((1 << self.width) - 1);
        if self.highest {
            field as i32
        } else {
            field as i32 - (1 << (self.width - 1))
        }
    }
}

/// The windows of all scalars, lowest first.
#[derive(Debug)]
pub struct Windows(pub Vec<Window>);

impl Windows {
    /// Splits the bits into `count` windows of nearly equal width, the wider ones above.
    pub fn of_count(count: u32) -> Self {
        let (narrow, wider) = (BITS / count, BITS % count);
        let mut offset = 0;
        let windows = (0..count)
            .map(|v| {
                let width = narrow + u32::from(v >= count - wider);
                let window = Window {
                    offset,
                    width,
                    highest: v == count - 1,
                };
                offset += width;
                window
            })
            .collect();
        Self(windows)
    }

    /// The cheapest windows for the given number of full-size scalars.
    pub fn for_scalars(scalars: usize) -> Self {
        let cost = |count: u32| {
            let windows = Self::of_count(count);
            let buckets: usize = windows.0.iter().map(Window::buckets).sum();
            scalars * count as usize + 2 * buckets
        };
        let count = (16..=64).min_by_key(|&count| cost(count));
        Self::of_count(count.expect("the range is not empty"))
    }

    /// What is added to every magnitude.
    fn shift(&self) -> [u64; 4] {
        let mut sum = [0u64; 4];
        for window in self.0.iter().filter(|window| !window.highest) {
            let bit = window.offset + window.width - 1;
            sum[(bit / 64) as usize] |= 1 << (bit % 64);
        }
        sum
    }
}

/// Nonzero scalars, recoded, with the points they belong to.
#[derive(Default)]
pub struct Recoded {
    /// Magnitude plus shift; the highest bit is the sign.
    pub words: Vec<[u64; 4]>,
    /// The index of the point.
    pub points: Vec<u32>,
    /// How many come first that have long magnitudes; the others are short.
    pub long: usize,
}

impl Recoded {
    /// The scalars that may have a digit in a window.
    pub fn reaching(&self, window: &Window) -> usize {
        if window.offset >= SHORT_REACH {
            self.long
        } else {
            self.words.len()
        }
    }
}

/// A magnitude and a sign.
struct Signed {
    magnitude: [u64; 4],
    sign: u64,
}

/// Splits r − s from s; None where s is not below r.
fn signed(s: &[u64; 4]) -> Option<Signed> {
    let (complement, underflow) = subtract(&R, s);
    if underflow || complement == [0; 4] {
        return None;
    }
    Some(match subtract(&HALF_R, s).1 {
        true => Signed {
            magnitude: complement,
            sign: SIGN,
        },
        false => Signed {
            magnitude: *s,
            sign: 0,
        },
    })
}

/// a − b and whether it went below zero.
fn subtract(a: &[u64; 4], b: &[u64; 4]) -> ([u64; 4], bool) {
    let mut out = [0; 4];
    let mut borrow = false;
    for i in 0..4 {
        let (d, first) = a[i].overflowing_sub(b[i]);
        let (d, second) = d.overflowing_sub(u64::from(borrow));
        (out[i], borrow) = (d, first | second);
    }
    (out, borrow)
}

/// a + b, which fits.
fn sum(a: &[u64; 4], b: &[u64; 4]) -> [u64; 4] {
    let mut out = [0; 4];
    let mut carry = 0u128;
    for i in 0..4 {
        carry += u128::from(a[i]) + u128::from(b[i]);
        out[i] = carry as u64;
        carry >>= 64;
    }
    out
}

/// The numbers of long and of short nonzero scalars; an error names the first that is not below r.
pub fn classify<'a>(
    scalars: impl Iterator<Item = &'a [u64; 4]>,
) -> Result<(usize, usize), EngineError> {
    let (mut long, mut short) = (0, 0);
    for (index, scalar) in scalars.enumerate() {
        match signed(scalar) {
            None => return Err(EngineError::NotCanonical { index }),
            Some(s) if s.magnitude == [0; 4] => {}
            Some(s) if is_short(&s.magnitude) => short += 1,
            Some(_) => long += 1,
        }
    }
    Ok((long, short))
}

fn is_short(magnitude: &[u64; 4]) -> bool {
    magnitude[0] >> SHORT_BITS == 0 && magnitude[1..] == [0; 3]
}

/// Recodes canonical scalars, of which `long` are long, each with the index of its point.
pub fn recode<'a>(
    scalars: impl Iterator<Item = (u32, &'a [u64; 4])>,
    (long, short): (usize, usize),
    windows: &Windows,
) -> Recoded {
    let shift = windows.shift();
    let mut words = vec![[0; 4]; long + short];
    let mut points = vec![0; long + short];
    let (mut next_long, mut next_short) = (0, long);
    for (point, scalar) in scalars {
        let Some(s) = signed(scalar) else { continue };
        let next = match &s.magnitude {
            [0, 0, 0, 0] => continue,
            short if is_short(short) => &mut next_short,
            _ => &mut next_long,
        };
        words[*next] = sum(&s.magnitude, &shift);
        words[*next][3] |= s.sign;
        points[*next] = point;
        *next += 1;
    }
    Recoded {
        words,
        points,
        long,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ark_bn254::Fr;
    use ark_ff::{AdditiveGroup, Field};
    use rand::{Rng, SeedableRng};

    fn value(words: &[u64; 4], windows: &Windows) -> Fr {
        let digits = windows.0.iter().rev().fold(Fr::ZERO, |sum, window| {
            let digit = window.digit(words);
            assert!(digit.unsigned_abs() as usize <= window.buckets());
            sum * Fr::from(2u64).pow([u64::from(window.width)]) + Fr::from(digit)
        });
        if words[3] & SIGN != 0 {
            -digits
        } else {
            digits
        }
    }

    #[test]
    fn recode_any_scalar_keeps_its_value() {
        let mut rng = rand_chacha::ChaCha8Rng::seed_from_u64(1);
        let half = Fr::from(BigInt(HALF_R));
        let mut scalars = vec![Fr::ONE, -Fr::ONE, half, half + Fr::ONE, half - Fr::ONE];
        scalars.extend((0..255).map(|k| Fr::from(2u64).pow([k])));
        scalars.extend((0..255).map(|k| Fr::from(2u64).pow([k]) - Fr::ONE));
        scalars.extend((0..200).map(|_| Fr::from(BigInt([rng.r#gen(), 0, 0, 0]))));
        scalars.extend((0..200).map(|_| Fr::from(rng.r#gen::<u128>()).square()));
        let words: Vec<[u64; 4]> = scalars.iter().map(|s| s.into_bigint().0).collect();
        for count in 16..=64 {
            let windows = Windows::of_count(count);
            let sizes = classify(words.iter()).unwrap();
            let recoded = recode((0u32..).zip(&words), sizes, &windows);
            assert_eq!(
                recoded.words.len(),
                scalars.iter().filter(|s| **s != Fr::ZERO).count()
            );
            for (k, (words, &point)) in recoded.words.iter().zip(&recoded.points).enumerate() {
                assert_eq!(value(words, &windows), scalars[point as usize]);
                for window in windows.0.iter().filter(|w| recoded.reaching(w) <= k) {
                    assert_eq!(window.digit(words), 0);
                }
            }
        }
    }

    #[test]
    fn classify_scalar_not_below_r_is_refused() {
        let scalars = [[1, 0, 0, 0], R];
        let error = classify(scalars.iter()).unwrap_err();
        assert_eq!(error, EngineError::NotCanonical { index: 1 });
        assert!(classify([[u64::MAX; 4]].iter()).is_err());
    }

    #[test]
    fn windows_any_count_cover_all_bits() {
        for count in 16..=64 {
            let windows = Windows::of_count(count).0;
            assert_eq!(windows.iter().map(|w| w.width).sum::<u32>(), BITS);
            assert!(
                windows
                    .windows(2)
                    .all(|w| w[0].offset + w[0].width == w[1].offset)
            );
        }
    }
}
