//! Keys with which anyone can forge are refused, wherever they enter.

mod common;

use ark_bn254::{G1Affine, G2Affine};
use ark_ec::AffineRepr;
use common::{Circuit, SEED};
use zkclear_groth16::error::Error;
use zkclear_groth16::formats::zkey::Zkey;
use zkclear_groth16::formats::zkey_writer::{KeyParts, encode_zkey};
use zkclear_groth16::key::VerificationKey;
use zkclear_groth16::progress::silent;
use zkclear_groth16::prove::{EngineChoice, Prover};
use zkclear_groth16::setup::make_dev_key;

/// The key of a small circuit, changed.
fn changed(change: impl FnOnce(&mut KeyParts)) -> Zkey {
    let r1cs = Circuit::chain(5).r1cs();
    let mut key = make_dev_key(&r1cs, &SEED, &silent).unwrap();
    change(&mut key);
    Zkey::parse("key", encode_zkey(&key, &r1cs)).unwrap()
}

fn is_refused(zkey: &Zkey, word: &str) {
    let errors = [
        VerificationKey::from_zkey(zkey).map(drop),
        Prover::from_zkey(zkey, EngineChoice::Native).map(drop),
        Prover::from_zkey(zkey, EngineChoice::Taceo).map(drop),
    ];
    for error in errors {
        match error {
            Err(Error::UnsafeKey { path, reason }) => {
                assert_eq!(path, "key");
                assert!(reason.contains(word), "{reason}");
            }
            other => panic!("{word}: {other:?}"),
        }
    }
}

#[test]
fn a_key_without_contribution_is_refused() {
    let zkey = changed(|key| {
        key.header.delta_g1 = G1Affine::generator();
        key.header.delta_g2 = G2Affine::generator();
        key.contributions.clear();
    });
    is_refused(&zkey, "γ = δ");
}

#[test]
fn known_relations_of_gamma_and_delta_are_refused() {
    is_refused(
        &changed(|key| key.header.gamma_g2 = key.header.delta_g2),
        "γ = δ",
    );
    is_refused(
        &changed(|key| key.header.gamma_g2 = -key.header.delta_g2),
        "γ = δ",
    );
    let doubled = |point: G2Affine| G2Affine::from(point + point);
    for delta in [G2Affine::generator(), -G2Affine::generator()] {
        let known = changed(|key| {
            key.header.gamma_g2 = doubled(key.header.beta_g2);
            key.header.delta_g2 = delta;
        });
        is_refused(&known, "generator");
    }
}

#[test]
fn beta_that_cancels_another_factor_is_refused() {
    is_refused(
        &changed(|key| key.header.gamma_g2 = key.header.beta_g2),
        "β = ±γ",
    );
    is_refused(
        &changed(|key| key.header.gamma_g2 = -key.header.beta_g2),
        "β = ±γ",
    );
    is_refused(
        &changed(|key| key.header.delta_g2 = key.header.beta_g2),
        "β = ±δ",
    );
    is_refused(
        &changed(|key| key.header.delta_g2 = -key.header.beta_g2),
        "β = ±δ",
    );
}

#[test]
fn infinity_where_none_belongs_is_refused() {
    let one = G1Affine::identity();
    let two = G2Affine::identity();
    is_refused(&changed(|key| key.header.alpha_g1 = one), "α");
    is_refused(&changed(|key| key.header.beta_g1 = one), "β");
    is_refused(&changed(|key| key.header.beta_g2 = two), "β");
    is_refused(&changed(|key| key.header.gamma_g2 = two), "γ");
    is_refused(&changed(|key| key.header.delta_g1 = one), "δ");
    is_refused(&changed(|key| key.header.delta_g2 = two), "δ");
    for index in 0..3 {
        is_refused(&changed(|key| key.public_points[index] = one), "IC");
    }
}

#[test]
fn unsafe_verification_keys_are_refused_as_json() {
    let key = VerificationKey::from_zkey(&changed(|_| ())).unwrap();
    let refused = |change: fn(&mut VerificationKey)| {
        let mut key = key.clone();
        change(&mut key);
        let text = key.to_json().unwrap();
        let result = VerificationKey::from_json("vk.json", &text);
        assert!(matches!(result, Err(Error::UnsafeKey { .. })), "{result:?}");
    };
    refused(|key| key.gamma_g2 = key.delta_g2);
    refused(|key| key.delta_g2 = G2Affine::generator());
    refused(|key| key.alpha_g1 = G1Affine::identity());
    refused(|key| key.beta_g2 = G2Affine::identity());
    refused(|key| key.gamma_g2 = G2Affine::identity());
    refused(|key| key.delta_g2 = G2Affine::identity());
    refused(|key| key.public_points[1] = G1Affine::identity());
}

#[test]
fn development_keys_say_what_they_are() {
    let dev = changed(|_| ());
    assert!(dev.is_dev_key());
    assert_eq!(dev.contributions.len(), 1);
    let named = |name: Option<&str>| {
        changed(|key| key.contributions[0].name = name.map(str::to_owned)).is_dev_key()
    };
    assert!(!named(Some("Alice")));
    assert!(!named(None));
    // Honest contributions on top do not make the secrets of the first phase unknown.
    let continued = changed(|key| {
        let mut next = key.contributions[0].clone();
        next.name = Some("Alice".to_owned());
        key.contributions.push(next);
    });
    assert!(continued.is_dev_key());
}
