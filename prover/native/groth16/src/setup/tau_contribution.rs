//! The contribution of the development setup to the powers of tau.

use ark_bn254::{Fr, G1Affine, G2Affine};
use ark_ec::{AffineRepr, CurveGroup};
use rayon::prelude::*;

use super::contribution::DEV_CONTRIBUTION;
use super::hash_points;
use super::hash_to_curve::hash_to_g2;
use super::secrets::Secrets;
use crate::blake2b::{Blake2b, DIGEST_BYTES, STATE_BYTES};
use crate::formats::ptau::Powers;
use crate::points::PointBytes;

/// A proof that the contributor knew a secret.
struct Knowledge {
    /// A random point.
    point: G1Affine,
    /// That point times the secret.
    point_times_secret: G1Affine,
    /// A point drawn from a hash, times the secret.
    drawn_times_secret: G2Affine,
}

impl Knowledge {
    fn of(secret: Fr, randomness: Fr, index: u8, challenge: &[u8]) -> Self {
        let point = (G1Affine::generator() * randomness).into_affine();
        let point_times_secret = (point * secret).into_affine();
        let mut hash = Blake2b::default();
        hash.update(&[index]);
        hash.update(challenge);
        hash_points(&mut hash, &[point, point_times_secret]);
        let drawn = hash_to_g2(&hash.finish());
        Self {
            point,
            point_times_secret,
            drawn_times_secret: (drawn * secret).into_affine(),
        }
    }
}

/// The first and only contribution of a development file.
pub struct TauContribution {
    tau_g1: G1Affine,
    tau_g2: G2Affine,
    alpha_g1: G1Affine,
    beta_g1: G1Affine,
    beta_g2: G2Affine,
    knowledge: [Knowledge; 3],
    response_state: [u8; STATE_BYTES],
    next_challenge: [u8; DIGEST_BYTES],
}

impl TauContribution {
    /// Contributes to the powers of one.
    pub fn first(points: &Powers, secrets: &Secrets) -> Self {
        let challenge = first_challenge(points.tau_g2.len());
        let [tau, alpha, beta] = secrets.tau_contributors;
        let knowledge = [
            Knowledge::of(secrets.tau, tau, 0, &challenge),
            Knowledge::of(secrets.alpha, alpha, 1, &challenge),
            Knowledge::of(secrets.beta, beta, 2, &challenge),
        ];
        let mut response = Blake2b::default();
        response.update(&challenge);
        hash_compressed(&mut response, &points.tau_g1);
        hash_compressed(&mut response, &points.tau_g2);
        hash_compressed(&mut response, &points.alpha_tau_g1);
        hash_compressed(&mut response, &points.beta_tau_g1);
        hash_compressed(&mut response, &[points.beta_g2]);
        let response_state = response.state();
        for proof in &knowledge {
            hash_points(&mut response, &[proof.point, proof.point_times_secret]);
        }
        for proof in &knowledge {
            hash_points(&mut response, &[proof.drawn_times_secret]);
        }
        let mut next = Blake2b::default();
        next.update(&response.finish());
        hash_points(&mut next, &points.tau_g1);
        hash_points(&mut next, &points.tau_g2);
        hash_points(&mut next, &points.alpha_tau_g1);
        hash_points(&mut next, &points.beta_tau_g1);
        hash_points(&mut next, &[points.beta_g2]);
        Self {
            tau_g1: points.tau_g1[1],
            tau_g2: points.tau_g2[1],
            alpha_g1: points.alpha_tau_g1[0],
            beta_g1: points.beta_tau_g1[0],
            beta_g2: points.beta_g2,
            knowledge,
            response_state,
            next_challenge: next.finish(),
        }
    }

    /// Appends the contribution as a powers-of-tau file holds it.
    pub fn write(&self, out: &mut Vec<u8>) {
        self.tau_g1.write_montgomery(out);
        self.tau_g2.write_montgomery(out);
        self.alpha_g1.write_montgomery(out);
        self.beta_g1.write_montgomery(out);
        self.beta_g2.write_montgomery(out);
        for proof in &self.knowledge {
            proof.point.write_montgomery(out);
            proof.point_times_secret.write_montgomery(out);
        }
        for proof in &self.knowledge {
            proof.drawn_times_secret.write_montgomery(out);
        }
        out.extend_from_slice(&self.response_state);
        out.extend_from_slice(&self.next_challenge);
        // A person's contribution, with one parameter: 1, the name.
        out.extend_from_slice(&0u32.to_le_bytes());
        out.extend_from_slice(&(DEV_CONTRIBUTION.len() as u32 + 2).to_le_bytes());
        out.extend_from_slice(&[1, DEV_CONTRIBUTION.len() as u8]);
        out.extend_from_slice(DEV_CONTRIBUTION.as_bytes());
    }
}

/// The hash that a ceremony of n points starts from: that of the powers of one.
fn first_challenge(size: usize) -> [u8; DIGEST_BYTES] {
    let (one, two) = (G1Affine::generator(), G2Affine::generator());
    let mut hash = Blake2b::default();
    hash.update(&Blake2b::digest(b""));
    hash_points(&mut hash, &vec![one; 2 * size - 1]);
    hash_points(&mut hash, &vec![two; size]);
    hash_points(&mut hash, &vec![one; 2 * size]);
    hash_points(&mut hash, &[two]);
    hash.finish()
}

fn hash_compressed<P: PointBytes>(hash: &mut Blake2b, points: &[P]) {
    let pieces: Vec<Vec<u8>> = points
        .par_chunks(1 << 12)
        .map(|chunk| {
            let mut bytes = Vec::with_capacity(chunk.len() * P::BYTES / 2);
            chunk
                .iter()
                .for_each(|point| point.write_compressed(&mut bytes));
            bytes
        })
        .collect();
    pieces.iter().for_each(|piece| hash.update(piece));
}
