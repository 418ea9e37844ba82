//! Between memory, where an element is four words side by side, and registers, where a limb is.

use super::arithmetic::{Limbs, MASK};
use crate::lanes::{Line, Pair};
use std::arch::x86_64::*;

#[inline]
#[target_feature(enable = "avx512f,avx512dq,avx512vl,avx512ifma,avx512vbmi2")]
fn mask() -> __m512i {
    _mm512_set1_epi64(MASK as i64)
}

/// Eight words.
#[inline]
#[target_feature(enable = "avx512f,avx512dq,avx512vl,avx512ifma,avx512vbmi2")]
pub fn row(words: &[u64; 8]) -> __m512i {
    // SAFETY: reads exactly the 64 bytes of the array; the load asks for no alignment.
    unsafe { _mm512_loadu_si512(words.as_ptr().cast()) }
}

/// Writes eight words.
#[inline]
#[target_feature(enable = "avx512f,avx512dq,avx512vl,avx512ifma,avx512vbmi2")]
fn write_row(words: &mut [u64; 8], row: __m512i) {
    // SAFETY: writes exactly the 64 bytes of the array; the store asks for no alignment.
    unsafe { _mm512_storeu_si512(words.as_mut_ptr().cast(), row) }
}

/// Four words.
#[inline]
#[target_feature(enable = "avx512f,avx512dq,avx512vl,avx512ifma,avx512vbmi2")]
fn half_row(words: &[u64; 4]) -> __m256i {
    // SAFETY: reads exactly the 32 bytes of the array; the load asks for no alignment.
    unsafe { _mm256_loadu_si256(words.as_ptr().cast()) }
}

/// Columns of an 8×8 square of words become rows.
#[inline]
#[target_feature(enable = "avx512f,avx512dq,avx512vl,avx512ifma,avx512vbmi2")]
pub fn transpose(r: [__m512i; 8]) -> [__m512i; 8] {
    // Words within pairs of rows, then 128-bit pieces by two rounds.
    let low = |a: usize| _mm512_unpacklo_epi64(r[a], r[a + 1]);
    let high = |a: usize| _mm512_unpackhi_epi64(r[a], r[a + 1]);
    let pieces = |[a, b, c, d]: [__m512i; 4]| {
        let ab_even = _mm512_shuffle_i64x2::<0x88>(a, b);
        let ab_odd = _mm512_shuffle_i64x2::<0xdd>(a, b);
        let cd_even = _mm512_shuffle_i64x2::<0x88>(c, d);
        let cd_odd = _mm512_shuffle_i64x2::<0xdd>(c, d);
        [
            _mm512_shuffle_i64x2::<0x88>(ab_even, cd_even),
            _mm512_shuffle_i64x2::<0x88>(ab_odd, cd_odd),
            _mm512_shuffle_i64x2::<0xdd>(ab_even, cd_even),
            _mm512_shuffle_i64x2::<0xdd>(ab_odd, cd_odd),
        ]
    };
    let even = pieces([low(0), low(2), low(4), low(6)]);
    let odd = pieces([high(0), high(2), high(4), high(6)]);
    [
        even[0], odd[0], even[1], odd[1], even[2], odd[2], even[3], odd[3],
    ]
}

/// Words to limbs.
#[inline]
#[target_feature(enable = "avx512f,avx512dq,avx512vl,avx512ifma,avx512vbmi2")]
pub fn to_limbs([a, b, c, d]: [__m512i; 4]) -> Limbs {
    let mask = mask();
    [
        _mm512_and_si512(a, mask),
        _mm512_and_si512(_mm512_shrdi_epi64::<52>(a, b), mask),
        _mm512_and_si512(_mm512_shrdi_epi64::<40>(b, c), mask),
        _mm512_and_si512(_mm512_shrdi_epi64::<28>(c, d), mask),
        _mm512_srli_epi64::<16>(d),
    ]
}

/// Normalised limbs of values below 2^256 to words.
#[inline]
#[target_feature(enable = "avx512f,avx512dq,avx512vl,avx512ifma,avx512vbmi2")]
pub fn to_words([a, b, c, d, e]: &Limbs) -> [__m512i; 4] {
    [
        _mm512_or_si512(*a, _mm512_slli_epi64::<52>(*b)),
        _mm512_or_si512(_mm512_srli_epi64::<12>(*b), _mm512_slli_epi64::<40>(*c)),
        _mm512_or_si512(_mm512_srli_epi64::<24>(*c), _mm512_slli_epi64::<28>(*d)),
        _mm512_or_si512(_mm512_srli_epi64::<36>(*d), _mm512_slli_epi64::<16>(*e)),
    ]
}

/// Both elements of eight lines.
#[inline]
#[target_feature(enable = "avx512f,avx512dq,avx512vl,avx512ifma,avx512vbmi2")]
pub fn gather(lines: [&Line; 8]) -> [Limbs; 2] {
    let mut rows = [_mm512_setzero_si512(); 8];
    for k in 0..8 {
        rows[k] = row(&lines[k].0);
    }
    let [a, b, c, d, e, f, g, h] = transpose(rows);
    [to_limbs([a, b, c, d]), to_limbs([e, f, g, h])]
}

/// The first elements of eight lines.
#[inline]
#[target_feature(enable = "avx512f,avx512dq,avx512vl,avx512ifma,avx512vbmi2")]
pub fn gather_first(lines: [&Line; 8]) -> Limbs {
    elements(lines.map(|line| line.0.first_chunk().expect("eight words")))
}

/// Eight elements.
#[inline]
#[target_feature(enable = "avx512f,avx512dq,avx512vl,avx512ifma,avx512vbmi2")]
pub fn elements(words: [&[u64; 4]; 8]) -> Limbs {
    // Element k below element k + 4 in one register, then words within pairs, then the pairs.
    let both = |k: usize| {
        let low = _mm512_castsi256_si512(half_row(words[k]));
        _mm512_inserti64x4::<1>(low, half_row(words[k + 4]))
    };
    let (r0, r1, r2, r3) = (both(0), both(1), both(2), both(3));
    let (even01, odd01) = (_mm512_unpacklo_epi64(r0, r1), _mm512_unpackhi_epi64(r0, r1));
    let (even23, odd23) = (_mm512_unpacklo_epi64(r2, r3), _mm512_unpackhi_epi64(r2, r3));
    let first = _mm512_set_epi64(13, 12, 5, 4, 9, 8, 1, 0);
    let second = _mm512_set_epi64(15, 14, 7, 6, 11, 10, 3, 2);
    to_limbs([
        _mm512_permutex2var_epi64(even01, first, even23),
        _mm512_permutex2var_epi64(odd01, first, odd23),
        _mm512_permutex2var_epi64(even01, second, even23),
        _mm512_permutex2var_epi64(odd01, second, odd23),
    ])
}

/// The rows of eight lines for both elements of each, values below 2^256.
#[inline]
#[target_feature(enable = "avx512f,avx512dq,avx512vl,avx512ifma,avx512vbmi2")]
pub fn to_rows(halves: [&Limbs; 2]) -> [__m512i; 8] {
    let [a, b, c, d] = to_words(halves[0]);
    let [e, f, g, h] = to_words(halves[1]);
    transpose([a, b, c, d, e, f, g, h])
}

/// Writes a row as a line.
#[inline]
#[target_feature(enable = "avx512f,avx512dq,avx512vl,avx512ifma,avx512vbmi2")]
pub fn write_line(line: &mut Line, row: __m512i) {
    write_row(&mut line.0, row);
}

/// The lanes whose pair carries a sign on the given side.
#[inline]
#[target_feature(enable = "avx512f,avx512dq,avx512vl,avx512ifma,avx512vbmi2")]
pub fn marked<const SIDE: usize>(pairs: &[Pair; 8]) -> __mmask8 {
    // SAFETY: eight pairs of two 32-bit codes are the 64 bytes read; no alignment is asked for.
    let codes = unsafe { _mm512_loadu_si512(pairs.as_ptr().cast()) };
    // Little-endian: side 0 is the low half of each 64-bit lane.
    _mm512_test_epi64_mask(codes, _mm512_set1_epi64(1 << (32 * SIDE)))
}

/// Asks for a line to be fetched.
#[inline]
#[target_feature(enable = "avx512f,avx512dq,avx512vl,avx512ifma,avx512vbmi2")]
pub fn prefetch(line: &Line) {
    _mm_prefetch::<_MM_HINT_T0>(std::ptr::from_ref(line).cast())
}

/// Writes eight elements below 2^256.
#[inline]
#[target_feature(enable = "avx512f,avx512dq,avx512vl,avx512ifma,avx512vbmi2")]
pub fn write_elements(words: &mut [[u64; 4]; 8], limbs: &Limbs) {
    let zero = [_mm512_setzero_si512(); 5];
    for (words, row) in words.iter_mut().zip(to_rows([limbs, &zero])) {
        // SAFETY: writes exactly the 32 bytes of the array; the store asks for no alignment.
        unsafe { _mm256_storeu_si256(words.as_mut_ptr().cast(), _mm512_castsi512_si256(row)) }
    }
}
