//! The multi-scalar multiplication equals arkworks', on every engine, for honest and hostile input.

mod common;

use ark_bn254::{Fr, G1Affine, G1Projective, G2Affine, G2Projective};
use ark_ec::{AffineRepr, CurveGroup, PrimeGroup, ScalarMul, VariableBaseMSM};
use ark_ff::{AdditiveGroup, Field, PrimeField, UniformRand};
use common::{engines, rng};
use rand::Rng;
use zkclear_engine::{EngineError, G1Bases, G2Bases, msm_g1, msm_g2};

/// Checks one input in G1 on every engine against arkworks.
fn check_g1(name: &str, points: &[G1Affine], scalars: &[Fr]) {
    let expected = G1Projective::msm_unchecked(points, scalars);
    for engine in engines() {
        let bases = G1Bases::new(engine, points);
        let sum = bases.msm(scalars).unwrap();
        assert_eq!(
            sum,
            expected,
            "{name}, {} points, {}",
            points.len(),
            engine.name()
        );
    }
}

/// Checks one input in G2 on every engine against arkworks.
fn check_g2(name: &str, points: &[G2Affine], scalars: &[Fr]) {
    let expected = G2Projective::msm_unchecked(points, scalars);
    for engine in engines() {
        let bases = G2Bases::new(engine, points);
        let sum = bases.msm(scalars).unwrap();
        assert_eq!(
            sum,
            expected,
            "{name}, {} points, {}",
            points.len(),
            engine.name()
        );
    }
}

fn random_scalars(n: usize) -> Vec<Fr> {
    let mut rng = rng(n as u64);
    (0..n).map(|_| Fr::rand(&mut rng)).collect()
}

fn random_points<G: ScalarMul + PrimeGroup<ScalarField = Fr>>(n: usize) -> Vec<G::MulBase> {
    let mut rng = rng(!(n as u64));
    let scalars: Vec<Fr> = (0..n).map(|_| Fr::rand(&mut rng)).collect();
    G::generator().batch_mul(&scalars)
}

/// Every family of scalars that a prover meets, and the edges of the digit code.
fn scalar_families(n: usize) -> Vec<(&'static str, Vec<Fr>)> {
    let mut rng = rng(n as u64 + 7);
    let half = (-Fr::ONE) / Fr::from(2u64);
    let mut pick = |choices: &[Fr]| -> Vec<Fr> {
        (0..n)
            .map(|_| choices[rng.gen_range(0..choices.len())])
            .collect()
    };
    let bits = pick(&[Fr::ZERO, Fr::ONE]);
    let edges = pick(&[half, half + Fr::ONE, -Fr::ONE, Fr::ONE, Fr::ZERO, -half]);
    let powers: Vec<Fr> = (0..n as u64)
        .map(|k| Fr::from(2u64).pow([k % 254]))
        .collect();
    let words: Vec<Fr> = (0..n).map(|_| Fr::from(rng.r#gen::<u64>())).collect();
    let mut sparse = vec![Fr::ZERO; n];
    (0..n.div_ceil(50)).for_each(|k| sparse[k * 50] = Fr::rand(&mut rng));
    let equal = vec![Fr::rand(&mut rng); n];
    vec![
        ("random", random_scalars(n)),
        ("zero", vec![Fr::ZERO; n]),
        ("one", vec![Fr::ONE; n]),
        ("minus one", vec![-Fr::ONE; n]),
        ("equal", equal),
        ("bits", bits),
        ("words", words),
        ("sparse", sparse),
        ("edges", edges),
        ("powers of two", powers),
    ]
}

/// Points whose sums meet: equal, opposite and infinite operands at every height of the trees.
fn point_families<G: CurveGroup<ScalarField = Fr> + ScalarMul<MulBase = G::Affine>>(
    n: usize,
) -> Vec<(&'static str, Vec<G::Affine>)> {
    let mut rng = rng(n as u64 + 3);
    let p = G::rand(&mut rng).into_affine();
    let random: Vec<G::Affine> = random_points::<G>(n);
    let small = |of: &mut dyn FnMut(usize) -> i64| -> Vec<G::Affine> {
        let scalars: Vec<Fr> = (0..n).map(|k| Fr::from(of(k))).collect();
        (p.into_group()).batch_mul(&scalars)
    };
    let mixed = {
        let mut points = random.clone();
        (0..n)
            .step_by(3)
            .for_each(|k| points[k] = G::Affine::zero());
        points
    };
    let negated = (0..n).map(|k| {
        let twin = random[k / 2];
        if k % 2 == 0 {
            twin
        } else {
            (-twin.into_group()).into_affine()
        }
    });
    vec![
        ("random", random.clone()),
        ("the same", vec![p; n]),
        ("P and -P", small(&mut |k| if k % 2 == 0 { 1 } else { -1 })),
        ("each with its opposite", negated.collect()),
        ("each twice", (0..n).map(|k| random[k / 2]).collect()),
        ("infinity", vec![G::Affine::zero(); n]),
        ("infinity among others", mixed),
        ("P P 2P -3P", small(&mut |k| [1, 1, 2, -3][k % 4])),
        ("P 2P -P P -3P", small(&mut |k| [1, 2, -1, 1, -3][k % 5])),
        ("P 3P 2P 2P", small(&mut |k| [1, 3, 2, 2][k % 4])),
        ("multiples", small(&mut |k| k as i64 + 1)),
        ("few multiples", small(&mut |_| rng.gen_range(-3..=3))),
    ]
}

const SIZES: [usize; 18] = [
    0, 1, 2, 3, 4, 5, 7, 8, 9, 15, 16, 17, 31, 33, 100, 255, 1000, 1500,
];

#[test]
fn msm_g1_any_small_input_equals_arkworks() {
    for n in SIZES {
        for (scalars_name, scalars) in scalar_families(n) {
            for (name, points) in point_families::<G1Projective>(n) {
                check_g1(&format!("{name} by {scalars_name}"), &points, &scalars);
            }
        }
    }
}

#[test]
fn msm_g2_any_small_input_equals_arkworks() {
    for n in SIZES.into_iter().filter(|&n| n <= 255) {
        for (scalars_name, scalars) in scalar_families(n) {
            for (name, points) in point_families::<G2Projective>(n) {
                check_g2(&format!("{name} by {scalars_name}"), &points, &scalars);
            }
        }
    }
}

#[test]
fn msm_g1_2_to_15_equals_arkworks() {
    let n = (1 << 15) + 3;
    let points = random_points::<G1Projective>(n);
    for (name, scalars) in scalar_families(n) {
        check_g1(name, &points, &scalars);
    }
    let scalars = random_scalars(n);
    for (name, points) in point_families::<G1Projective>(n) {
        check_g1(name, &points, &scalars);
    }
}

#[test]
fn msm_g2_2_to_13_equals_arkworks() {
    let n = (1 << 13) - 5;
    let points = random_points::<G2Projective>(n);
    for (name, scalars) in scalar_families(n) {
        check_g2(name, &points, &scalars);
    }
    let scalars = random_scalars(n);
    for (name, points) in point_families::<G2Projective>(n) {
        check_g2(name, &points, &scalars);
    }
}

#[test]
#[ignore = "minutes: sizes up to 2^18, run before a release"]
fn msm_large_input_equals_arkworks() {
    for log in [16, 17, 18] {
        let n = 1 << log;
        let points = random_points::<G1Projective>(n);
        for (name, scalars) in scalar_families(n) {
            check_g1(name, &points, &scalars);
        }
        let scalars = random_scalars(n);
        for (name, points) in point_families::<G1Projective>(n) {
            check_g1(name, &points, &scalars);
        }
        check_g2("random", &random_points::<G2Projective>(n), &scalars);
    }
}

#[test]
fn msm_several_at_once_agree() {
    let n = 3000;
    let points = random_points::<G1Projective>(n);
    let scalars = random_scalars(n);
    let expected = G1Projective::msm_unchecked(&points, &scalars);
    for engine in engines() {
        let bases = G1Bases::new(engine, &points);
        std::thread::scope(|scope| {
            let run = || scope.spawn(|| bases.msm(&scalars).unwrap());
            let runs: Vec<_> = (0..4).map(|_| run()).collect();
            for run in runs {
                assert_eq!(run.join().unwrap(), expected);
            }
        });
    }
}

#[test]
fn msm_wrong_input_is_refused() {
    let points = random_points::<G1Projective>(3);
    let other = random_points::<G2Projective>(3);
    let modulus = Fr::MODULUS.0;
    for engine in engines() {
        let bases = G1Bases::new(engine, &points);
        assert_eq!(
            (bases.len(), bases.is_empty(), bases.engine()),
            (3, false, engine)
        );
        let error = msm_g1(&bases, &[[1, 0, 0, 0]; 2]).unwrap_err();
        assert_eq!(
            error,
            EngineError::Length {
                bases: 3,
                scalars: 2
            }
        );
        let error = msm_g1(&bases, &[[1, 0, 0, 0], modulus, [0; 4]]).unwrap_err();
        assert_eq!(error, EngineError::NotCanonical { index: 1 });
        let bases = G2Bases::new(engine, &other);
        let error = msm_g2(&bases, &[[u64::MAX; 4]; 3]).unwrap_err();
        assert_eq!(error, EngineError::NotCanonical { index: 0 });
    }
}
