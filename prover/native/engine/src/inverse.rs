//! Inversion in a prime field by divsteps (Bernstein and Yang, "Fast constant-time gcd computation
//! and modular inversion", 2019), in variable time.
//!
//! A divstep takes (δ, f, g), f odd, to (1 − δ, g, (g − f)/2) if δ > 0 and g is odd, and else to
//! (1 + δ, f, (g + (g mod 2)·f)/2). Begun with f = p and g = x it reaches g = 0, f = ±1. What 62
//! steps do depends only on δ and the lowest 62 bits of f and g, and is a 2×2 matrix of integers
//! over 2^62; so the steps are run on machine words, and the matrix is applied to the long f and g
//! and, modulo p, to d and e, which satisfy d·x ≡ f and e·x ≡ g. At the end x⁻¹ = ±d.
//!
//! An inversion takes about a fifth of the time of the binary algorithm that it replaces. One is
//! needed per batch of additions, so this is worth a few per cent of a proof.

use crate::lanes::Element;
use ark_bn254::FrConfig;
use ark_ff::{AdditiveGroup, BigInt, Field, MontConfig};

/// Five limbs of 62 bits, the highest signed.
type Long = [i64; 5];

const LIMB: u32 = 62;
const MASK: i64 = (1 << LIMB) - 1;

/// What 62 divsteps do to (f, g), times 2^62. Rows (u, v) and (q, r), |u| + |v|, |q| + |r| ≤ 2^62.
struct Matrix {
    u: i64,
    v: i64,
    q: i64,
    r: i64,
}

/// The inverse of an element; None of zero.
pub fn inverse<C: MontConfig<4>>(value: &Element<C>) -> Option<Element<C>> {
    if *value == Element::<C>::ZERO {
        return None;
    }
    let words = inverse_of_words::<C>(value.0.0);
    // The words held value·2^256; the inverse in the same form is their inverse times 2^512,
    // a Montgomery product with 2^768 = (2^256 as an element, squared).
    let form = Element::<C>::new_unchecked(C::R2);
    Some(Element::<C>::new_unchecked(BigInt(words)) * form.square())
}

/// 1/x modulo r for a plain number x < r; 0 for 0.
pub fn invert_scalar(x: [u64; 4]) -> [u64; 4] {
    inverse_of_words::<FrConfig>(x)
}

/// 1/x modulo p for a plain number x < p; 0 for 0, since then d is still 0 when g is.
fn inverse_of_words<C: MontConfig<4>>(x: [u64; 4]) -> [u64; 4] {
    let p = long(C::MODULUS.0);
    // p·(−C::INV) ≡ −(−1): C::INV is −1/p modulo 2^64.
    let p_inverse = (C::INV.wrapping_neg() as i64) & MASK;
    let (mut f, mut g) = (p, long(x));
    let (mut d, mut e) = ([0; 5], [1, 0, 0, 0, 0]);
    // η = −δ.
    let mut eta = -1i64;
    while g != [0; 5] {
        let step = divsteps(&mut eta, f[0] as u64, g[0] as u64);
        advance_modular(&mut d, &mut e, &step, &p, p_inverse);
        advance(&mut f, &mut g, &step);
    }
    // −2p < d < p, and f = ±1.
    canonical(d, f[4] < 0, &p)
}

/// 62 divsteps on the lowest words; several at once where zeros or δ allow it.
fn divsteps(eta: &mut i64, mut f: u64, mut g: u64) -> Matrix {
    let (mut u, mut v, mut q, mut r) = (1u64, 0u64, 0u64, 1u64);
    let mut left = LIMB;
    loop {
        // As many halvings as g has zeros: f's row doubles instead.
        let zeros = (g | u64::MAX << left).trailing_zeros();
        g >>= zeros;
        u <<= zeros;
        v <<= zeros;
        *eta -= i64::from(zeros);
        left -= zeros;
        if left == 0 {
            break;
        }
        if *eta < 0 {
            *eta = -*eta;
            (f, g) = (g, f.wrapping_neg());
            (u, q) = (q, u.wrapping_neg());
            (v, r) = (r, v.wrapping_neg());
        }
        // The next steps only add f to g until η turns negative or the steps are over: add the
        // multiple that clears up to six bits at once. f·(f² − 2) is −1/f modulo 64.
        let limit = (*eta as u64 + 1).min(u64::from(left)).min(6);
        let mask = (1 << limit) - 1;
        let w = f
            .wrapping_mul(g)
            .wrapping_mul(f.wrapping_mul(f).wrapping_sub(2))
            & mask;
        g = g.wrapping_add(f.wrapping_mul(w));
        q = q.wrapping_add(u.wrapping_mul(w));
        r = r.wrapping_add(v.wrapping_mul(w));
    }
    Matrix {
        u: u as i64,
        v: v as i64,
        q: q as i64,
        r: r as i64,
    }
}

/// (f, g) ← matrix·(f, g)/2^62, which is exact.
fn advance(f: &mut Long, g: &mut Long, m: &Matrix) {
    let wide = |a: i64, b: i64| i128::from(a) * i128::from(b);
    let mut cf = (wide(m.u, f[0]) + wide(m.v, g[0])) >> LIMB;
    let mut cg = (wide(m.q, f[0]) + wide(m.r, g[0])) >> LIMB;
    for i in 1..5 {
        cf += wide(m.u, f[i]) + wide(m.v, g[i]);
        cg += wide(m.q, f[i]) + wide(m.r, g[i]);
        f[i - 1] = cf as i64 & MASK;
        g[i - 1] = cg as i64 & MASK;
        cf >>= LIMB;
        cg >>= LIMB;
    }
    f[4] = cf as i64;
    g[4] = cg as i64;
}

/// (d, e) ← matrix·(d, e)/2^62 modulo p: a multiple of p is added that makes it exact, chosen such
/// that −2p < d, e < p stays true.
fn advance_modular(d: &mut Long, e: &mut Long, m: &Matrix, p: &Long, p_inverse: i64) {
    let wide = |a: i64, b: i64| i128::from(a) * i128::from(b);
    // Begin with p for every negative operand, then correct the low bits downwards.
    let (negative_d, negative_e) = (d[4] >> 63, e[4] >> 63);
    let mut multiple_d = (m.u & negative_d) + (m.v & negative_e);
    let mut multiple_e = (m.q & negative_d) + (m.r & negative_e);
    let mut cd = wide(m.u, d[0]) + wide(m.v, e[0]);
    let mut ce = wide(m.q, d[0]) + wide(m.r, e[0]);
    multiple_d -= p_inverse.wrapping_mul(cd as i64).wrapping_add(multiple_d) & MASK;
    multiple_e -= p_inverse.wrapping_mul(ce as i64).wrapping_add(multiple_e) & MASK;
    cd = (cd + wide(p[0], multiple_d)) >> LIMB;
    ce = (ce + wide(p[0], multiple_e)) >> LIMB;
    for i in 1..5 {
        cd += wide(m.u, d[i]) + wide(m.v, e[i]) + wide(p[i], multiple_d);
        ce += wide(m.q, d[i]) + wide(m.r, e[i]) + wide(p[i], multiple_e);
        d[i - 1] = cd as i64 & MASK;
        e[i - 1] = ce as i64 & MASK;
        cd >>= LIMB;
        ce >>= LIMB;
    }
    d[4] = cd as i64;
    e[4] = ce as i64;
}

/// Four words as limbs.
fn long([a, b, c, d]: [u64; 4]) -> Long {
    [
        a as i64 & MASK,
        (a >> 62 | b << 2) as i64 & MASK,
        (b >> 60 | c << 4) as i64 & MASK,
        (c >> 58 | d << 6) as i64 & MASK,
        (d >> 56) as i64,
    ]
}

/// The words of d, or of −d, modulo p, for −2p < d < 2p.
fn canonical(mut d: Long, negate: bool, p: &Long) -> [u64; 4] {
    if negate {
        d = carried(d.map(|limb| -limb));
    }
    while d[4] < 0 {
        d = carried(std::array::from_fn(|i| d[i] + p[i]));
    }
    loop {
        let less = carried(std::array::from_fn(|i| d[i] - p[i]));
        if less[4] < 0 {
            break;
        }
        d = less;
    }
    let [a, b, c, d, e] = d.map(|limb| limb as u64);
    [
        a | b << 62,
        b >> 2 | c << 60,
        c >> 4 | d << 58,
        d >> 6 | e << 56,
    ]
}

/// Propagates carries, all limbs but the highest into 0 ≤ limb < 2^62.
fn carried(mut d: Long) -> Long {
    for i in 0..4 {
        d[i + 1] += d[i] >> LIMB;
        d[i] &= MASK;
    }
    d
}

#[cfg(test)]
mod tests {
    use super::*;
    use ark_bn254::{Fq, FqConfig, Fr};
    use ark_ff::{PrimeField, UniformRand};
    use rand::SeedableRng;

    #[test]
    fn inverse_of_any_element_equals_arkworks() {
        let mut rng = rand_chacha::ChaCha8Rng::seed_from_u64(1);
        let mut values: Vec<Fq> = (0..20_000).map(|_| Fq::rand(&mut rng)).collect();
        values.extend((1..300u64).map(Fq::from));
        values.extend((1..300u64).map(|k| -Fq::from(k)));
        // Words 2^k, 2^k − 1 and p − 2^k, whatever they stand for.
        for k in 0..254 {
            let word = Fq::from(2u64).pow([k]);
            let raw = |value: Fq| Fq::new_unchecked(value.into_bigint());
            values.extend([raw(word), raw(-word), raw(word - Fq::ONE + Fq::from(2u64))]);
        }
        for value in values {
            assert_eq!(inverse::<FqConfig>(&value), value.inverse(), "{value}");
        }
        assert_eq!(inverse::<FqConfig>(&Fq::ZERO), None);
        for _ in 0..1000 {
            let value = Fr::rand(&mut rng);
            assert_eq!(inverse::<FrConfig>(&value), value.inverse());
            let plain = value.inverse().unwrap_or(Fr::ZERO).into_bigint().0;
            assert_eq!(invert_scalar(value.into_bigint().0), plain);
        }
        assert_eq!(invert_scalar([0; 4]), [0; 4]);
    }
}
