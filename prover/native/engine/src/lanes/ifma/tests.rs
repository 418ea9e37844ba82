//! The vector arithmetic at the edges of its bounds, against arbitrary-precision integers.

use super::arithmetic::{Constants, Limbs, MASK};
use super::*;
use crate::engine::{Engine, Simd};
use ark_bn254::{Fq, FqConfig, Fr, FrConfig};
use ark_ff::{BigInt as Words, Field, UniformRand};
use num_bigint::BigInt;
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;

/// Nothing can be tested where the processor lacks the features.
fn available() -> bool {
    Engine::forced(Simd::Ifma).is_ok()
}

/// Eight lanes as numbers.
fn numbers(limbs: &Limbs) -> Vec<BigInt> {
    // SAFETY: a vector of 512 bits is eight words; any bits are valid words.
    let rows: [[i64; 8]; 5] = unsafe { std::mem::transmute(*limbs) };
    let number =
        |k: usize| -> BigInt { (0..5).map(|j| BigInt::from(rows[j][k]) << (52 * j)).sum() };
    (0..8).map(number).collect()
}

/// Asserts limbs below the given bound.
fn assert_limbs(limbs: &Limbs, bits: u32) {
    // SAFETY: as above.
    let rows: [[u64; 8]; 5] = unsafe { std::mem::transmute(*limbs) };
    assert!(rows.iter().flatten().all(|limb| limb >> bits == 0));
}

/// Eight numbers as normalised limbs.
fn vector<C: MontConfig<4>>(numbers: &[BigInt]) -> Ifma<C> {
    let limb = |k: usize, j: usize| -> i64 {
        let limb = (&numbers[k] >> (52 * j)) & BigInt::from(MASK);
        limb.try_into().unwrap()
    };
    let rows: [[i64; 8]; 5] = std::array::from_fn(|j| std::array::from_fn(|k| limb(k, j)));
    // SAFETY: as above.
    Ifma::new(unsafe { std::mem::transmute::<[[i64; 8]; 5], Limbs>(rows) })
}

fn modulus<C: MontConfig<4>>() -> BigInt {
    let words = C::MODULUS.0.iter().rev();
    words.fold(BigInt::ZERO, |sum, word| (sum << 64) + BigInt::from(*word))
}

/// Numbers at and around the multiples of p up to a bound (exclusive), and some between.
fn edges<C: MontConfig<4>>(bound: &BigInt, rng: &mut ChaCha8Rng) -> Vec<BigInt> {
    let p = modulus::<C>();
    let mut numbers = vec![bound - 1, bound - 2, bound >> 1];
    for k in 0..=84 {
        numbers.extend([-2, -1, 0, 1, 2].map(|d| &p * k + d));
    }
    // Limbs of all ones, from any limb up and down.
    for j in 0..=5 {
        numbers.push((BigInt::from(1) << (52 * j)) - 1);
        numbers.push((BigInt::from(1) << 260) - (BigInt::from(1) << (52 * j)));
    }
    for _ in 0..100 {
        let words: [u64; 5] = rng.r#gen();
        let number = words.iter().fold(BigInt::ZERO, |sum, w| (sum << 64) + *w);
        numbers.push(number % bound);
    }
    numbers.retain(|number| number >= &BigInt::ZERO && number < bound);
    while numbers.len() % 8 != 0 {
        numbers.push(BigInt::ZERO);
    }
    numbers
}

/// a/c·p, rounded down.
fn share<C: MontConfig<4>>(a: u32, c: u32) -> BigInt {
    modulus::<C>() * a / c
}

fn check_products<C: MontConfig<4>>() {
    let mut rng = ChaCha8Rng::seed_from_u64(1);
    let p = modulus::<C>();
    let radix = BigInt::from(1) << 260;
    // Bounds of the factors whose product is at most 84 p².
    for (left, right) in [
        ((84, 1), (1, 1)),
        ((9, 1), (9, 1)),
        ((11, 10), (31, 10)),
        ((40, 1), (2, 1)),
    ] {
        let (alpha, beta) = (share::<C>(left.0, left.1), share::<C>(right.0, right.1));
        let mut a = edges::<C>(&alpha, &mut rng);
        let mut b = edges::<C>(&beta, &mut rng);
        a.resize(a.len().max(b.len()), BigInt::ZERO);
        b.resize(a.len(), &beta - 1);
        for round in 0..4 {
            b.rotate_left(round * 5);
            for (a, b) in a.chunks_exact(8).zip(b.chunks_exact(8)) {
                let (x, y) = (vector::<C>(a), vector::<C>(b));
                let wide = Ifma::products([&x, &y], [&y, &x]);
                let single = Ifma::product(&x, &y);
                for (k, found) in numbers(&wide[0]).iter().enumerate() {
                    let product = &a[k] * &b[k];
                    assert_eq!((found * &radix - &product) % &p, BigInt::ZERO);
                    assert!(found >= &BigInt::ZERO);
                    assert!(found * 84 * &p < &p * &p * 84 + &product + &p, "bound");
                }
                wide.iter().for_each(|wide| assert_limbs(wide, 57));
                let other = Ifma::<C>::carry(wide[1]);
                for (found, other) in numbers(&single.0).iter().zip(numbers(&other.0)) {
                    assert_eq!((found - other) % &p, BigInt::ZERO);
                }
                assert_eq!(numbers(&wide[0]), numbers(&single.0));
                assert_limbs(&Ifma::<C>::carry(wide[0]).0, 52);
                // Sums of two products, each factor at most half as large.
                let half =
                    |side: &[BigInt]| -> Vec<BigInt> { side.iter().map(|v| v >> 1).collect() };
                let (h, i) = (half(a), half(b));
                let (u, v) = (vector::<C>(&h), vector::<C>(&i));
                let dots = Ifma::dots([[&u, &x], [&v, &u]], [[&y, &v], [&u, &u]]);
                for (k, found) in numbers(&dots[0]).iter().enumerate() {
                    let sum = &h[k] * &b[k] + &a[k] * &i[k];
                    assert_eq!((found * &radix - &sum) % &p, BigInt::ZERO);
                    assert!(found * 84 * &p <= &p * &p * 84 + &sum + &p, "bound");
                }
                dots.iter().for_each(|wide| assert_limbs(wide, 57));
            }
        }
    }
    let nine = share::<C>(9, 1);
    for a in edges::<C>(&nine, &mut rng).chunks_exact(8) {
        let x = vector::<C>(a);
        let squares = Ifma::squares([&x, &x]);
        assert_limbs(&squares[0], 57);
        assert_eq!(numbers(&squares[0]), numbers(&Ifma::product(&x, &x).0));
        assert_eq!(numbers(&squares[0]), numbers(&squares[1]));
    }
}

#[test]
fn products_at_the_edges_equal_big_integers() {
    if available() {
        check_products::<FqConfig>();
        check_products::<FrConfig>();
    }
}

fn check_reductions<C: MontConfig<4>>() {
    let mut rng = ChaCha8Rng::seed_from_u64(2);
    let p = modulus::<C>();
    for a in edges::<C>(&(&p * 8), &mut rng).chunks_exact(8) {
        let x = vector::<C>(a);
        // The same number with limbs out of shape: large, or negative, as chains leave them.
        let noise = vector::<C>(&edges::<C>(&(&p * 8), &mut rng)[8..16]);
        let large = Ifma::<C>::minus(Ifma::<C>::plus(x.0, noise.0), Ifma::<C>::carry(noise.0).0);
        let mut bent = x.0;
        for j in 0..4 {
            bent = shift_down(bent, j);
        }
        for shape in [x.0, large, bent] {
            assert_eq!(numbers(&shape), a);
            assert_eq!(numbers(&Ifma::<C>::carry(shape).0), a);
            let reduced = Ifma::<C>::reduce(shape);
            assert_limbs(&reduced.0, 52);
            let canonical = x.canonical();
            for ((found, canonical), number) in
                numbers(&reduced.0).iter().zip(numbers(&canonical.0)).zip(a)
            {
                assert_eq!((number - found) % &p, BigInt::ZERO);
                assert!(found >= &BigInt::ZERO && found * 10 < &p * 11);
                assert_eq!(canonical, number % &p);
            }
        }
    }
}

/// Takes five units from limb j + 1 and puts them, as 5·2^52, into limb j.
fn shift_down(limbs: Limbs, j: usize) -> Limbs {
    // SAFETY: a vector of 512 bits is eight words; any bits are valid words.
    let mut rows: [[i64; 8]; 5] = unsafe { std::mem::transmute(limbs) };
    rows[j + 1].iter_mut().for_each(|limb| *limb -= 5);
    rows[j].iter_mut().for_each(|limb| *limb += 5 << 52);
    // SAFETY: as above.
    unsafe { std::mem::transmute(rows) }
}

#[test]
fn reductions_at_the_edges_equal_big_integers() {
    if available() {
        check_reductions::<FqConfig>();
        check_reductions::<FrConfig>();
    }
}

#[test]
fn sums_at_the_edges_equal_big_integers() {
    if !available() {
        return;
    }
    let mut rng = ChaCha8Rng::seed_from_u64(3);
    let p = modulus::<FqConfig>();
    let a = edges::<FqConfig>(&(&p * 8), &mut rng);
    let b = edges::<FqConfig>(&(&p * 3), &mut rng);
    for (a, b) in a.chunks_exact(8).zip(b.chunks_exact(8).cycle()) {
        let (x, y) = (vector::<FqConfig>(a), vector::<FqConfig>(b));
        let (sum, difference) = (Ifma::add(&x, &y), Ifma::sub::<3>(&x, &y));
        assert_limbs(&sum.0, 52);
        assert_limbs(&difference.0, 52);
        for k in 0..8 {
            assert_eq!(numbers(&sum.0)[k], &a[k] + &b[k]);
            assert_eq!(numbers(&difference.0)[k], &a[k] - &b[k] + &p * 3);
        }
    }
}

#[test]
fn pack_and_unpack_are_inverse() {
    let mut rng = ChaCha8Rng::seed_from_u64(4);
    for _ in 0..1000 {
        let (q, r) = (Fq::rand(&mut rng), Fr::rand(&mut rng));
        assert_eq!(Ifma::<FqConfig>::unpack(&Ifma::<FqConfig>::pack(&q)), q);
        assert_eq!(Ifma::<FrConfig>::unpack(&Ifma::<FrConfig>::pack(&r)), r);
    }
    // Words above the modulus count modulo it.
    let Words(p) = FqConfig::MODULUS;
    assert_eq!(Constants::<FqConfig>::unpack(&p), Fq::from(0u64));
    let radix = Fq::from(2u64).pow([256]) - Fq::from(1u64);
    let found = Constants::<FqConfig>::unpack(&[u64::MAX; 4]);
    assert_eq!(found * Fq::from(2u64).pow([260]), radix);
}

#[test]
fn memory_round_trips_keep_every_lane() {
    if !available() {
        return;
    }
    type L = Ifma<FqConfig>;
    let mut rng = ChaCha8Rng::seed_from_u64(5);
    let lines: Vec<Line> = (0..40)
        .map(|_| {
            let mut words: [u64; 8] = rng.r#gen();
            words[3] >>= 3;
            words[7] >>= 3;
            Line(words)
        })
        .collect();
    let pairs: Vec<Pair> = (0..8)
        .map(|_| [rng.gen_range(0..40), rng.gen_range(0..40)])
        .collect();
    let mut target = vec![Line::default(); 40];
    let [x, y] = L::gather::<2, 1, 1>(&lines, &pairs);
    let first = L::gather_first::<2, 1>(&lines, &pairs);
    let out: Vec<u32> = (0..8).map(|k| 19 - k).collect();
    L::scatter::<2, 0>(&mut target, &out, [&x, &y]);
    let mut words = [[0; 4]; 8];
    first.store(&mut words);
    let p = modulus::<FqConfig>();
    let negated = numbers(&y.negate_marked::<1>(&pairs));
    for k in 0..8 {
        let point = (pairs[k][1] >> 1) as usize;
        assert_eq!(target[2 * out[k] as usize], lines[2 * point + 1]);
        assert_eq!(words[k], lines[2 * point].0[..4]);
        let value = &numbers(&y.0)[k];
        match pairs[k][1] & 1 {
            0 => assert_eq!(&negated[k], value),
            _ => assert_eq!(negated[k], &p - value),
        }
    }
    assert_eq!(numbers(&L::load(&words).0), numbers(&first.0));
    let square: Vec<L> = (0..8)
        .map(|k| {
            L::gather_first::<1, 0>(
                &lines,
                &[
                    [k << 1; 2],
                    [2; 2],
                    [4; 2],
                    [6; 2],
                    [8; 2],
                    [10; 2],
                    [12; 2],
                    [14; 2],
                ],
            )
        })
        .collect();
    let mut transposed = square.clone();
    L::transpose(&mut transposed);
    for (j, row) in square.iter().enumerate() {
        for (k, column) in transposed.iter().enumerate() {
            assert_eq!(numbers(&row.0)[k], numbers(&column.0)[j]);
        }
    }
}

#[test]
#[should_panic(expected = "index out of bounds")]
fn gather_beyond_the_points_panics() {
    assert!(available(), "index out of bounds is not tried here");
    Ifma::<FqConfig>::gather::<1, 0, 0>(&[Line::default(); 4], &[[8, 0]; 8]);
}
