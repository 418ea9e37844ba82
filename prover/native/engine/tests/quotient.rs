//! The quotient's scalars equal what arkworks' transforms give, on every engine.

mod common;

use ark_bn254::Fr;
use ark_ff::{AdditiveGroup, FftField, Field, PrimeField, UniformRand};
use ark_poly::{EvaluationDomain, Radix2EvaluationDomain};
use common::{engines, rng};
use zkclear_engine::{Domain, EngineError};

/// A·B − C at the odd points, by arkworks.
fn expected(a: &[Fr], b: &[Fr]) -> Vec<[u64; 4]> {
    let n = a.len();
    let domain = Radix2EvaluationDomain::<Fr>::new(n).unwrap();
    let root = Fr::get_root_of_unity(2 * n as u64).unwrap();
    let odd = domain.get_coset(root).unwrap();
    let c: Vec<Fr> = a.iter().zip(b).map(|(a, b)| a * b).collect();
    let [a, b, c] = [a, b, &c].map(|values| odd.fft(&domain.ifft(values)));
    let values = a.iter().zip(&b).zip(&c);
    values
        .map(|((a, b), c)| (a * b - c).into_bigint().0)
        .collect()
}

fn check(name: &str, a: &[Fr], b: &[Fr]) {
    let expected = expected(a, b);
    for engine in engines() {
        let domain = Domain::new(engine, a.len()).unwrap();
        let found = domain.quotient(a, b).unwrap();
        assert!(
            found == expected,
            "{name}, size {}, {}",
            a.len(),
            engine.name()
        );
    }
}

fn check_families(n: usize) {
    let mut rng = rng(n as u64);
    let mut random = || -> Vec<Fr> { (0..n).map(|_| Fr::rand(&mut rng)).collect() };
    let (a, b) = (random(), random());
    check("random", &a, &b);
    check("zero", &vec![Fr::ZERO; n], &b);
    check("minus one", &vec![-Fr::ONE; n], &vec![-Fr::ONE; n]);
    check("constant", &vec![a[0]; n], &vec![b[0]; n]);
    let bits = |k: u64| {
        (0..n as u64)
            .map(|i| Fr::from(i.wrapping_mul(k) >> 3 & 1))
            .collect()
    };
    let (x, y): (Vec<Fr>, Vec<Fr>) = (bits(0x9e37_79b9), bits(0x85eb_ca6b));
    check("bits", &x, &y);
    let mut single = vec![Fr::ZERO; n];
    single[n - 1] = -Fr::ONE;
    check("sparse", &single, &single);
    check("sparse by random", &single, &a);
}

#[test]
fn quotient_any_size_to_2_to_14_equals_arkworks() {
    (0..=14).for_each(|log| check_families(1 << log));
}

#[test]
fn quotient_2_to_17_equals_arkworks() {
    check_families(1 << 17);
}

#[test]
#[ignore = "minutes: the largest sizes, run before a release"]
fn quotient_large_equals_arkworks() {
    for log in [15, 16, 18, 19, 20, 21, 22] {
        check_families(1 << log);
    }
}

#[test]
fn quotient_of_constraints_that_hold_is_divisible() {
    // Where C is A·B, the values are −2 times those of a polynomial of degree below n − 1.
    let n = 256usize;
    let mut rng = rng(5);
    let a: Vec<Fr> = (0..n).map(|_| Fr::rand(&mut rng)).collect();
    let b: Vec<Fr> = (0..n).map(|_| Fr::rand(&mut rng)).collect();
    let root = Fr::get_root_of_unity(2 * n as u64).unwrap();
    let odd = Radix2EvaluationDomain::<Fr>::new(n)
        .unwrap()
        .get_coset(root)
        .unwrap();
    for engine in engines() {
        let scalars = Domain::new(engine, n).unwrap().quotient(&a, &b).unwrap();
        let values: Vec<Fr> = scalars
            .iter()
            .map(|s| Fr::from(ark_ff::BigInt(*s)))
            .collect();
        let coefficients = odd.ifft(&values);
        assert_eq!(coefficients[n - 1], Fr::ZERO);
        assert_ne!(coefficients[n - 2], Fr::ZERO);
    }
}

#[test]
fn root_of_unity_is_that_of_snarkjs() {
    let five = Fr::from(5u64);
    let exponent = (-Fr::ONE).into_bigint() >> 28;
    assert_eq!(
        Fr::get_root_of_unity(1 << 28).unwrap(),
        five.pow(exponent.0)
    );
}

#[test]
fn domain_wrong_size_is_refused() {
    for engine in engines() {
        for size in [0, 3, 1 << 23] {
            assert!(matches!(
                Domain::new(engine, size),
                Err(EngineError::DomainSize { .. })
            ));
        }
        let domain = Domain::new(engine, 8).unwrap();
        assert_eq!(domain.size(), 8);
        let error = domain.quotient(&[Fr::ONE; 8], &[Fr::ONE; 4]).unwrap_err();
        assert_eq!(
            error,
            EngineError::DomainSize {
                expected: 8,
                given: 4
            }
        );
    }
}
