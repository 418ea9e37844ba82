//! Many proofs, of one key or of several, in one product of pairings.
//!
//! Each equation is raised to a random power ρ of 128 bits and all are multiplied:
//! Π e(ρ_i·A_i, B_i) = Π_k e(α_k, β_k)^Σρ · e(Σρ·IC, γ_k) · e(Σρ·C, δ_k), sums over the proofs of
//! key k. Each proof costs one Miller loop (see `miller`); the final exponentiation is shared. A false proof
//! passes with a chance of 2^-128: the powers are drawn after the proofs are fixed, by this
//! process, so nobody can make two false proofs cancel.

use ark_bn254::{Bn254, Fq12, Fr, G1Affine, G1Projective, G2Affine, g1};
use ark_ec::pairing::{MillerLoopOutput, Pairing};
use ark_ec::scalar_mul::glv::GLVConfig;
use ark_ec::{AffineRepr, CurveGroup, VariableBaseMSM};
use ark_ff::{AdditiveGroup, One, Zero};
use rand::RngCore;
use rand::rngs::OsRng;
use rayon::prelude::*;

use super::miller::miller_loops;
use super::{Verifier, expect_length};
use crate::error::{Error, Result};
use crate::proof::Proof;

/// A proof, what it is said to show, and which of the given keys it is for.
pub struct Claim<'a> {
    pub key: usize,
    pub proof: &'a Proof,
    pub public: &'a [Fr],
}

/// Do all proofs show what they are said to? No claims at all are true.
pub fn verify_many(keys: &[Verifier], claims: &[Claim<'_>]) -> Result<bool> {
    for claim in claims {
        let key = keys.get(claim.key).ok_or_else(|| Error::WrongLength {
            what: "verification keys".to_owned(),
            expected: format!("at least {}", claim.key.saturating_add(1)),
            actual: keys.len(),
        })?;
        expect_length(&key.key, claim.public)?;
    }
    if let [claim] = claims {
        return keys[claim.key].verify(claim.proof, claim.public);
    }
    // Whether B has order r is seen in the Miller loops.
    if !claims.iter().all(|claim| claim.proof.is_on_curves()) {
        return Ok(false);
    }
    let weights: Vec<Weight> = claims.iter().map(|_| Weight::random()).collect();
    let scaled: Vec<G1Projective> = claims
        .par_iter()
        .zip(&weights)
        .map(|(claim, weight)| weight.times(&claim.proof.a))
        .collect();
    let scaled = G1Projective::normalize_batch(&scaled);
    let proofs: Vec<(G1Affine, G2Affine)> = scaled
        .into_iter()
        .zip(claims)
        .map(|(a, claim)| (a, claim.proof.b))
        .collect();
    let weights: Vec<Fr> = weights.iter().map(Weight::scalar).collect();
    let mut pairs: Vec<(G1Affine, super::G2Prepared)> = Vec::new();
    for (index, verifier) in keys.iter().enumerate() {
        let members: Vec<usize> = (0..claims.len())
            .filter(|i| claims[*i].key == index)
            .collect();
        if !members.is_empty() {
            pairs.extend(key_pairs(verifier, claims, &weights, &members));
        }
    }
    // One task for each core: what the pairs of a task share (inversions, squarings) is worth more
    // than smaller tasks.
    let share = proofs.len().div_ceil(rayon::current_num_threads()).max(1);
    let Some(product) = proofs
        .par_chunks(share)
        .map(miller_loops)
        .reduce(|| Some(Fq12::one()), |left, right| Some(left? * right?))
    else {
        return Ok(false);
    };
    let (points, others): (Vec<_>, Vec<_>) = pairs.into_iter().unzip();
    let product = product * Bn254::multi_miller_loop(points, others).0;
    Ok(Bn254::final_exponentiation(MillerLoopOutput(product))
        .is_some_and(|result| result.is_zero()))
}

/// The pairs that stand for α·β, the public signals and C of all proofs of one key.
fn key_pairs(
    verifier: &Verifier,
    claims: &[Claim<'_>],
    weights: &[Fr],
    members: &[usize],
) -> Vec<(G1Affine, super::G2Prepared)> {
    let key = &verifier.key;
    let mut total = Fr::zero();
    let mut signals = vec![Fr::zero(); key.public_signals()];
    for index in members {
        total += weights[*index];
        for (sum, signal) in signals.iter_mut().zip(claims[*index].public) {
            *sum += weights[*index] * signal;
        }
    }
    let mut scalars = vec![total];
    scalars.extend(signals);
    let public = G1Projective::msm_unchecked(&key.public_points, &scalars);
    let points: Vec<G1Affine> = members.iter().map(|i| claims[*i].proof.c).collect();
    let shares: Vec<Fr> = members.iter().map(|i| weights[*i]).collect();
    let c = G1Projective::msm_unchecked(&points, &shares);
    vec![
        (
            (key.alpha_g1.into_group() * -total).into_affine(),
            key.beta_g2.into(),
        ),
        (public.into_affine(), verifier.minus_gamma.clone()),
        (c.into_affine(), verifier.minus_delta.clone()),
    ]
}

/// ρ = low + λ·high for 64 random bits each, not all zero. λ is the number by which the cheap map
/// (x, y) → (ζ·x, y) multiplies a point, so that a multiplication by ρ takes 64 steps instead of
/// 128. No two choices make the same ρ: the shortest vector (a, b) with a + λ·b = 0 mod r is
/// longer than 2^126.
struct Weight {
    low: u64,
    high: u64,
}

impl Weight {
    fn random() -> Self {
        loop {
            let (low, high) = (OsRng.next_u64(), OsRng.next_u64());
            if (low, high) != (0, 0) {
                return Self { low, high };
            }
        }
    }

    fn scalar(&self) -> Fr {
        Fr::from(self.low) + g1::Config::LAMBDA * Fr::from(self.high)
    }

    fn times(&self, point: &G1Affine) -> G1Projective {
        let mapped = g1::Config::endomorphism_affine(point);
        let both = (*point + mapped).into_affine();
        let mut sum = G1Projective::zero();
        for bit in (0..u64::BITS).rev() {
            sum.double_in_place();
            match (self.low >> bit & 1, self.high >> bit & 1) {
                (0, 0) => {}
                (1, 0) => sum += point,
                (0, _) => sum += &mapped,
                _ => sum += &both,
            }
        }
        sum
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn weights_multiply_points_as_their_scalars_do() {
        let point = (G1Affine::generator() * Fr::from(12_345u64)).into_affine();
        let edges = [(0, 1), (1, 0), (1, 1), (u64::MAX, u64::MAX), (1 << 63, 3)];
        for (low, high) in edges {
            let weight = Weight { low, high };
            assert_eq!(weight.times(&point), point * weight.scalar());
        }
        let weight = Weight::random();
        assert_eq!(weight.times(&point), point * weight.scalar());
        assert!(weight.times(&G1Affine::identity()).is_zero());
    }
}
