//! From constraints to verified proofs: every engine, every size, and what tampering does.

mod common;

use ark_bn254::{Fr, G1Affine, G2Affine};
use ark_ec::AffineRepr;
use ark_ff::One;
use common::{Circuit, SEED};
use zkclear_groth16::check::check;
use zkclear_groth16::error::Error;
use zkclear_groth16::key::VerificationKey;
use zkclear_groth16::proof::{Proof, public_from_json, public_to_json};
use zkclear_groth16::prove::{EngineChoice, Prover};
use zkclear_groth16::setup::setup_dev;
use zkclear_groth16::verify::{Claim, Verifier, verify_many};

const ENGINES: [EngineChoice; 4] = [
    EngineChoice::Native,
    EngineChoice::Portable,
    EngineChoice::Ark,
    EngineChoice::Taceo,
];

fn verifier(circuit: &Circuit) -> Verifier {
    Verifier::new(VerificationKey::from_zkey(&circuit.zkey()).unwrap())
}

#[test]
fn every_engine_proves_and_agrees() {
    for length in [2, 3, 5, 6, 12, 13, 29, 100, 1000] {
        let circuit = Circuit::chain(length);
        check(&circuit.r1cs(), &circuit.witness()).unwrap();
        let zkey = circuit.zkey();
        let verifier = verifier(&circuit);
        for engine in ENGINES {
            let prover = Prover::from_zkey(&zkey, engine).unwrap();
            let proved = prover.prove(&circuit.witness()).unwrap();
            assert_eq!(proved.public, circuit.witness[1..3]);
            assert!(verifier.verify(&proved.proof, &proved.public).unwrap());
            // Zero knowledge: the same witness never gives the same proof.
            let again = prover.prove(&circuit.witness()).unwrap();
            assert_ne!(again.proof, proved.proof);
        }
    }
}

#[test]
fn ifma_proves_where_the_processor_has_it() {
    let circuit = Circuit::chain(300);
    match Prover::from_zkey(&circuit.zkey(), EngineChoice::Ifma) {
        Ok(prover) => {
            assert_eq!(prover.engine(), "ifma");
            prover.prove(&circuit.witness()).unwrap();
        }
        Err(error) => assert!(matches!(error, Error::EngineUnavailable { .. })),
    }
}

#[test]
fn false_witness_is_told_by_its_constraint() {
    let circuit = Circuit::chain(10);
    // Wire 4 is made by constraint 0, wire 7 by constraint 3; the bit stands in constraint 8.
    for (wire, constraint) in [(4, 0), (7, 3), (12, 8), (1, 9)] {
        let witness = circuit.witness_with(wire, Fr::from(5u64));
        match check(&circuit.r1cs(), &witness) {
            Err(Error::UnsatisfiedConstraint { constraint: found }) => {
                assert_eq!(found, constraint);
            }
            other => panic!("{other:?}"),
        }
        let zkey = circuit.zkey();
        for engine in ENGINES {
            let mut prover = Prover::from_zkey(&zkey, engine).unwrap();
            let refused = prover.prove(&witness);
            assert!(matches!(refused, Err(Error::ProofRejected { .. })));
            prover.check_against(circuit.r1cs()).unwrap();
            let refused = prover.prove(&witness);
            assert!(matches!(refused, Err(Error::UnsatisfiedConstraint { .. })));
            prover.prove(&circuit.witness()).unwrap();
        }
    }
}

#[test]
fn witness_of_another_circuit_is_refused() {
    let (circuit, longer) = (Circuit::chain(10), Circuit::chain(11));
    let zkey = circuit.zkey();
    for engine in ENGINES {
        let mut prover = Prover::from_zkey(&zkey, engine).unwrap();
        let refused = prover.prove(&longer.witness());
        assert!(matches!(refused, Err(Error::WrongLength { .. })));
        assert!(prover.check_against(longer.r1cs()).is_err());
    }
    // The same number of wires, other constraints.
    let mut other = Circuit::chain(10);
    other.constraints[0][1][1].1 += Fr::one();
    let refused = check(&other.r1cs(), &circuit.witness());
    assert!(matches!(
        refused,
        Err(Error::UnsatisfiedConstraint { constraint: 0 })
    ));
    let prover = Prover::from_zkey(&other.zkey(), EngineChoice::Native).unwrap();
    let refused = prover.prove(&circuit.witness());
    assert!(matches!(refused, Err(Error::ProofRejected { .. })));
}

/// A claim about the first key.
fn claim<'a>(proof: &'a Proof, public: &'a [Fr]) -> Claim<'a> {
    Claim {
        key: 0,
        proof,
        public,
    }
}

/// A proof with each part changed in every way that keeps it a proof in form.
fn tampered(proof: &Proof) -> Vec<Proof> {
    let (one, two) = (G1Affine::generator(), G2Affine::generator());
    let mut out = Vec::new();
    for a in [-proof.a, one, G1Affine::identity(), proof.c] {
        out.push(Proof { a, ..proof.clone() });
    }
    for b in [-proof.b, two, G2Affine::identity()] {
        out.push(Proof { b, ..proof.clone() });
    }
    for c in [-proof.c, one, G1Affine::identity(), proof.a] {
        out.push(Proof { c, ..proof.clone() });
    }
    // Off the curve, and on the twist but of another order.
    let off = G1Affine::new_unchecked(proof.a.x, proof.a.y + proof.a.x);
    out.push(Proof {
        a: off,
        ..proof.clone()
    });
    out.push(Proof {
        c: off,
        ..proof.clone()
    });
    let twist = (1u64..)
        .find_map(|x| G2Affine::get_point_from_x_unchecked(x.into(), true))
        .unwrap();
    out.push(Proof {
        b: twist,
        ..proof.clone()
    });
    out
}

#[test]
fn tampering_fails_alone_and_in_a_batch() {
    let circuit = Circuit::chain(20);
    let verifier = verifier(&circuit);
    let prover = Prover::from_zkey(&circuit.zkey(), EngineChoice::Native).unwrap();
    let good = prover.prove(&circuit.witness()).unwrap();
    let (proof, public) = (&good.proof, &good.public);
    let keys = [verifier];
    assert!(verify_many(&keys, &[]).unwrap());
    assert!(verify_many(&keys, &[claim(proof, public), claim(proof, public)]).unwrap());
    for bad in tampered(proof) {
        assert!(!keys[0].verify(&bad, public).unwrap());
        let claims = [
            claim(proof, public),
            claim(&bad, public),
            claim(proof, public),
        ];
        assert!(!verify_many(&keys, &claims).unwrap());
    }
    for index in 0..public.len() {
        let mut changed = public.clone();
        changed[index] += Fr::one();
        assert!(!keys[0].verify(proof, &changed).unwrap());
        assert!(!verify_many(&keys, &[claim(proof, public), claim(proof, &changed)]).unwrap());
    }
}

#[test]
fn false_proofs_that_cancel_are_caught() {
    // Without random weights C + D and C - D would pass together.
    let circuit = Circuit::chain(20);
    let prover = Prover::from_zkey(&circuit.zkey(), EngineChoice::Native).unwrap();
    let good = prover.prove(&circuit.witness()).unwrap();
    let shift = G1Affine::generator();
    let [up, down] = [shift, -shift].map(|shift| Proof {
        c: (good.proof.c + shift).into(),
        ..good.proof.clone()
    });
    let claims = [claim(&up, &good.public), claim(&down, &good.public)];
    assert!(!verify_many(&[verifier(&circuit)], &claims).unwrap());
}

#[test]
fn batches_of_several_keys_verify() {
    let circuits = [Circuit::chain(5), Circuit::chain(9), Circuit::chain(40)];
    let keys: Vec<Verifier> = circuits.iter().map(verifier).collect();
    let proved: Vec<_> = circuits
        .iter()
        .map(|circuit| {
            let prover = Prover::from_zkey(&circuit.zkey(), EngineChoice::Native).unwrap();
            prover.prove(&circuit.witness()).unwrap()
        })
        .collect();
    let order = [0, 1, 2, 1, 1, 0, 2];
    let claims = |keys_of: &[usize]| {
        order
            .iter()
            .zip(keys_of)
            .map(|(proof, key)| Claim {
                key: *key,
                proof: &proved[*proof].proof,
                public: &proved[*proof].public,
            })
            .collect::<Vec<_>>()
    };
    assert!(verify_many(&keys, &claims(&order)).unwrap());
    // One proof filed under another circuit's key.
    assert!(!verify_many(&keys, &claims(&[0, 1, 2, 1, 0, 0, 2])).unwrap());
    assert!(matches!(
        verify_many(&keys, &claims(&[0, 1, 2, 1, 7, 0, 2])),
        Err(Error::WrongLength { .. })
    ));
}

#[test]
fn wrong_number_of_public_signals_is_an_error() {
    let circuit = Circuit::chain(5);
    let prover = Prover::from_zkey(&circuit.zkey(), EngineChoice::Native).unwrap();
    let good = prover.prove(&circuit.witness()).unwrap();
    for public in [
        &good.public[..1],
        &[good.public.as_slice(), &good.public].concat(),
    ] {
        let keys = [verifier(&circuit)];
        assert!(matches!(
            keys[0].verify(&good.proof, public),
            Err(Error::WrongLength { .. })
        ));
        assert!(verify_many(&keys, &[claim(&good.proof, public)]).is_err());
    }
}

#[test]
fn json_round_trips() {
    let circuit = Circuit::chain(5);
    let zkey = circuit.zkey();
    let prover = Prover::from_zkey(&zkey, EngineChoice::Native).unwrap();
    let good = prover.prove(&circuit.witness()).unwrap();
    let proof = Proof::from_json(&good.proof.to_json().unwrap()).unwrap();
    assert_eq!(proof, good.proof);
    let public = public_from_json(&public_to_json(&good.public).unwrap()).unwrap();
    assert_eq!(public, good.public);
    let text = prover.key().to_json().unwrap();
    let key = VerificationKey::from_json("vk.json", &text).unwrap();
    assert!(Verifier::new(key).verify(&proof, &public).unwrap());
    for cut in [0, 1, text.len() / 2, text.len() - 1] {
        assert!(VerificationKey::from_json("vk.json", &text[..cut]).is_err());
    }
    let foreign = text.replace("bn128", "bls12381");
    assert!(VerificationKey::from_json("vk.json", &foreign).is_err());
    let short = text.replace("\"nPublic\": 2", "\"nPublic\": 3");
    assert!(VerificationKey::from_json("vk.json", &short).is_err());
}

#[test]
fn files_are_written_whole_or_not_at_all() {
    let circuit = Circuit::chain(5);
    let directory = std::env::temp_dir().join(format!("zkclear-ladder-{}", std::process::id()));
    std::fs::create_dir_all(&directory).unwrap();
    let path = |name: &str| directory.join(name);
    let progress = std::sync::Mutex::new(Vec::new());
    let report = |done, total, _: &str| progress.lock().unwrap().push((done, total));
    setup_dev(&circuit.r1cs(), &SEED, &path("key.zkey"), &report).unwrap();
    assert_eq!(progress.lock().unwrap().last(), Some(&(5, 5)));
    let prover = Prover::open(&path("key.zkey"), EngineChoice::Native).unwrap();
    assert!(prover.is_dev_key());
    let proved = prover.prove(&circuit.witness()).unwrap();
    proved
        .write(&path("proof.json"), &path("public.json"))
        .unwrap();
    let text = std::fs::read_to_string(path("proof.json")).unwrap();
    assert_eq!(Proof::from_json(&text).unwrap(), proved.proof);
    let missing = directory.join("absent").join("proof.json");
    assert!(matches!(
        proved.write(&missing, &path("x.json")),
        Err(Error::Io { .. })
    ));
    let mut names: Vec<_> = std::fs::read_dir(&directory)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    assert_eq!(names, ["key.zkey", "proof.json", "public.json"]);
    std::fs::remove_dir_all(&directory).unwrap();
}
