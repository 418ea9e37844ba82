//! Eight Montgomery residues at a time: the arithmetic behind [`super::Ifma`].
//!
//! A value is Σ tⱼ·2^(52j) over five limbs, limb j of all eight elements in one 512-bit register.
//! The multiplier takes the low 52 bits of each factor, so factors must have normalised limbs
//! (below 2^52); sums are kept in 64-bit two's complement until their carries are propagated.
//!
//! The Montgomery radix is R = 2^260, and p < 2^253.6: R > 84p. A sum of products below (Σαβ)p² is
//! therefore reduced to less than p + (Σαβ)p²/R < (1 + Σαβ/84)p without any final subtraction.

use crate::lanes::Element;
use ark_ff::{BigInt, MontConfig};
use std::arch::x86_64::*;
use std::marker::PhantomData;

/// Five limbs of eight elements.
pub type Limbs = [__m512i; 5];

/// The bits of a limb.
pub const MASK: u64 = (1 << 52) - 1;

/// A number below 2^256 in limbs.
pub const fn limbs(words: [u64; 4]) -> [u64; 5] {
    let [a, b, c, d] = words;
    [
        a & MASK,
        (a >> 52 | b << 12) & MASK,
        (b >> 40 | c << 24) & MASK,
        (c >> 28 | d << 36) & MASK,
        d >> 16,
    ]
}

/// What the modulus of a field gives rise to.
pub struct Constants<C>(PhantomData<C>);

/// Row j holds limb j of 0·p … 7·p.
#[repr(C, align(64))]
pub struct Multiples([[u64; 8]; 5]);

impl<C: MontConfig<4>> Constants<C> {
    const P: [u64; 5] = limbs(C::MODULUS.0);
    /// −1/p modulo 2^52.
    const NEGATIVE_INVERSE: u64 = C::INV & MASK;
    /// 2^52 over one more than the highest limb of p, rounded down: top·this / 2^52 never exceeds
    /// the quotient of a number with that top limb by p.
    const QUOTIENT: u64 = (1 << 52) / (Self::P[4] + 1);
    const MULTIPLES: Multiples = {
        let mut rows = [[0; 8]; 5];
        let mut k = 0;
        while k < 8 {
            let multiple = Self::multiple(k as u64);
            let mut j = 0;
            while j < 5 {
                rows[j][k] = multiple[j];
                j += 1;
            }
            k += 1;
        }
        Multiples(rows)
    };

    /// k·p, normalised but for the highest limb.
    const fn multiple(k: u64) -> [u64; 5] {
        let mut out = [0; 5];
        let mut carry = 0;
        let mut j = 0;
        while j < 5 {
            let v = Self::P[j] * k + carry;
            out[j] = if j < 4 { v & MASK } else { v };
            carry = v >> 52;
            j += 1;
        }
        out
    }

    /// The words of an element in the form of radix 2^260: 16 times those of radix 2^256.
    pub fn pack(value: &Element<C>) -> [u64; 4] {
        (*value * Element::<C>::from(16u64)).0.0
    }

    /// The element that words in the form of radix 2^260 stand for.
    pub fn unpack(words: &[u64; 4]) -> Element<C> {
        // 2^-4 in arkworks' form is 2^252.
        let sixteenth = Element::<C>::new_unchecked(BigInt([0, 0, 0, 1 << 60]));
        Element::<C>::new_unchecked(BigInt(below_modulus::<C>(*words))) * sixteenth
    }
}

/// The canonical residue of any four words.
fn below_modulus<C: MontConfig<4>>(mut words: [u64; 4]) -> [u64; 4] {
    loop {
        let mut difference = [0; 4];
        let mut borrow = false;
        for j in 0..4 {
            let (d, first) = words[j].overflowing_sub(C::MODULUS.0[j]);
            let (d, second) = d.overflowing_sub(u64::from(borrow));
            (difference[j], borrow) = (d, first | second);
        }
        if borrow {
            return words;
        }
        words = difference;
    }
}

#[inline]
#[target_feature(enable = "avx512f,avx512dq,avx512vl,avx512ifma,avx512vbmi2")]
fn all(word: u64) -> __m512i {
    _mm512_set1_epi64(word as i64)
}

/// The same number in all lanes.
#[inline]
#[target_feature(enable = "avx512f,avx512dq,avx512vl,avx512ifma,avx512vbmi2")]
pub fn splat(words: &[u64; 4]) -> Limbs {
    limbs(*words).map(|limb| all(limb))
}

/// N independent sums of T Montgomery products each, not normalised: limbs below 2^57.
///
/// Factors: normalised limbs, values αp and βp with Σ αβ ≤ 84. Result: 0 ≤ value < (1 + Σ αβ/84)p.
///
/// Operand scanning: for every limb of b, add a times it, then the multiple m·p that makes the
/// lowest limb vanish, then drop that limb. The sum's lowest limb t₀ + (m·p₀ mod 2^52) is a
/// multiple of 2^52, namely t₀ rounded up, so its carry is taken from t₀ alone and does not wait
/// for m. A step adds at most 2T + 2 terms below 2^52 and a carry to a limb, and a limb lives
/// through five steps: 10(T + 1)·2^52 + 5·2^6 < 2^57 for T ≤ 2.
#[inline]
#[target_feature(enable = "avx512f,avx512dq,avx512vl,avx512ifma,avx512vbmi2")]
pub fn products<C: MontConfig<4>, const N: usize, const T: usize>(
    a: [[&Limbs; T]; N],
    b: [[&Limbs; T]; N],
) -> [Limbs; N] {
    let zero = _mm512_setzero_si512();
    let p = Constants::<C>::P.map(|limb| all(limb));
    let negative_inverse = all(Constants::<C>::NEGATIVE_INVERSE);
    let mask = all(MASK);
    let mut t = [[zero; 6]; N];
    for n in 0..N {
        for k in 0..T {
            t[n][0] = _mm512_madd52lo_epu64(t[n][0], a[n][k][0], b[n][k][0]);
        }
    }
    for i in 0..5 {
        let mut m = [zero; N];
        for n in 0..N {
            m[n] = _mm512_madd52lo_epu64(zero, t[n][0], negative_inverse);
        }
        for n in 0..N {
            for k in 0..T {
                t[n][1] = _mm512_madd52hi_epu64(t[n][1], a[n][k][0], b[n][k][i]);
                for j in 1..5 {
                    t[n][j] = _mm512_madd52lo_epu64(t[n][j], a[n][k][j], b[n][k][i]);
                    t[n][j + 1] = _mm512_madd52hi_epu64(t[n][j + 1], a[n][k][j], b[n][k][i]);
                }
                if i < 4 {
                    // The next step's lowest limb, early: it then waits for nothing but m.
                    t[n][1] = _mm512_madd52lo_epu64(t[n][1], a[n][k][0], b[n][k][i + 1]);
                }
            }
            let carry = _mm512_srli_epi64::<52>(_mm512_add_epi64(t[n][0], mask));
            t[n][1] = _mm512_add_epi64(t[n][1], carry);
        }
        for n in 0..N {
            let high = _mm512_madd52hi_epu64(zero, m[n], p[0]);
            t[n][1] = _mm512_madd52lo_epu64(t[n][1], m[n], p[1]);
            t[n][1] = _mm512_add_epi64(t[n][1], high);
            for j in 2..5 {
                t[n][j] = _mm512_madd52lo_epu64(t[n][j], m[n], p[j]);
            }
        }
        for n in 0..N {
            for j in 1..5 {
                t[n][j + 1] = _mm512_madd52hi_epu64(t[n][j + 1], m[n], p[j]);
            }
            t[n] = [t[n][1], t[n][2], t[n][3], t[n][4], t[n][5], zero];
        }
    }
    t.map(|[t0, t1, t2, t3, t4, _]| [t0, t1, t2, t3, t4])
}

/// N independent Montgomery squares, with the bounds of [`products`].
#[inline]
#[target_feature(enable = "avx512f,avx512dq,avx512vl,avx512ifma,avx512vbmi2")]
pub fn squares<C: MontConfig<4>, const N: usize>(a: [&Limbs; N]) -> [Limbs; N] {
    products::<C, N, 1>(a.map(|a| [a]), a.map(|a| [a]))
}

/// a + b, limb by limb.
#[inline]
#[target_feature(enable = "avx512f,avx512dq,avx512vl,avx512ifma,avx512vbmi2")]
pub fn plus(mut a: Limbs, b: &Limbs) -> Limbs {
    for j in 0..5 {
        a[j] = _mm512_add_epi64(a[j], b[j]);
    }
    a
}

/// a − b, limb by limb, in two's complement.
#[inline]
#[target_feature(enable = "avx512f,avx512dq,avx512vl,avx512ifma,avx512vbmi2")]
pub fn minus(mut a: Limbs, b: &Limbs) -> Limbs {
    for j in 0..5 {
        a[j] = _mm512_sub_epi64(a[j], b[j]);
    }
    a
}

/// a + K·p.
#[inline]
#[target_feature(enable = "avx512f,avx512dq,avx512vl,avx512ifma,avx512vbmi2")]
pub fn lift<C: MontConfig<4>, const K: u64>(a: Limbs) -> Limbs {
    let multiple = const { Constants::<C>::multiple(K) };
    plus(a, &multiple.map(|limb| all(limb)))
}

/// Propagates carries. Value: 0 ≤ value < 2^260, limbs any 64-bit two's complement whose carries
/// do not overflow (|limb| < 2^62). Result: the same value in normalised limbs.
#[inline]
#[target_feature(enable = "avx512f,avx512dq,avx512vl,avx512ifma,avx512vbmi2")]
pub fn carry(mut t: Limbs) -> Limbs {
    let mask = all(MASK);
    for j in 0..4 {
        t[j + 1] = _mm512_add_epi64(t[j + 1], _mm512_srai_epi64::<52>(t[j]));
        t[j] = _mm512_and_si512(t[j], mask);
    }
    t
}

/// Takes away a multiple of p and propagates carries. Value: 0 ≤ value < 8p, limbs as in [`carry`].
/// Result: 0 ≤ result < 1.1p.
///
/// With v the value, the number h formed here differs from ⌊v/2^208⌋ by at most one, since carries
/// from below limb 3 are missing. QUOTIENT = ⌊2^52/(p₄ + 1)⌋ is 84 for both fields, while 2^260/p is
/// between 84.6 and 84.7. So q = ⌊h·QUOTIENT/2^52⌋ is at most v/p: the factor is too small by 0.7 %,
/// h too large by 2^-45 of a p. And v/p − q < 1 + 8·(1 − 84/84.7) + 2^-44 < 1.07.
#[inline]
#[target_feature(enable = "avx512f,avx512dq,avx512vl,avx512ifma,avx512vbmi2")]
pub fn reduce<C: MontConfig<4>>(t: Limbs) -> Limbs {
    let zero = _mm512_setzero_si512();
    let top = _mm512_add_epi64(t[4], _mm512_srai_epi64::<52>(t[3]));
    // A value below 2^208 may show a top of −1 before its carries arrive.
    let top = _mm512_max_epi64(top, zero);
    let q = _mm512_madd52hi_epu64(zero, top, all(Constants::<C>::QUOTIENT));
    let rows = &const { Constants::<C>::MULTIPLES }.0;
    let mut multiple = [zero; 5];
    for j in 0..5 {
        multiple[j] = _mm512_permutexvar_epi64(q, super::memory::row(&rows[j]));
    }
    carry(minus(t, &multiple))
}

/// The canonical residue of a normalised value below 8p.
#[inline]
#[target_feature(enable = "avx512f,avx512dq,avx512vl,avx512ifma,avx512vbmi2")]
pub fn canonical<C: MontConfig<4>>(value: &Limbs) -> Limbs {
    let value = reduce::<C>(*value);
    let p = Constants::<C>::P.map(|limb| all(limb));
    let difference = carry(minus(value, &p));
    let below = _mm512_movepi64_mask(difference[4]);
    let mut out = difference;
    for j in 0..5 {
        out[j] = _mm512_mask_mov_epi64(difference[j], below, value[j]);
    }
    out
}

/// p − value in the lanes of the mask, limb by limb, in two's complement.
#[inline]
#[target_feature(enable = "avx512f,avx512dq,avx512vl,avx512ifma,avx512vbmi2")]
pub fn negate_where<C: MontConfig<4>>(value: &Limbs, lanes: __mmask8) -> Limbs {
    let p = Constants::<C>::P;
    let mut out = *value;
    for j in 0..5 {
        out[j] = _mm512_mask_sub_epi64(value[j], lanes, all(p[j]), value[j]);
    }
    out
}
