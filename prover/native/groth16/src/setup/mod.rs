//! The development setup: a proving key from a known seed.
//!
//! Whoever knows the seed can forge proofs, so every key made here says so in its ceremony
//! section ([`contribution::DEV_CONTRIBUTION`]) and a deployment can refuse it. Everything else
//! about the key is what a ceremony over a powers-of-tau file of the same τ, α and β would have
//! made, so that snarkjs' `zkey verify` accepts it: the ceremony starts with δ = 1, whose circuit
//! hash is computed here too, and has one contribution.

pub mod contribution;
mod fixed_base;
pub(crate) mod hash_to_curve;
mod lagrange;
pub mod secrets;
pub(crate) mod tau_contribution;

use std::path::Path;

use ark_bn254::{Fr, G1Affine, G2Affine};
use ark_ec::{AffineRepr, CurveGroup};
use ark_ff::{Field, One, Zero};
use rayon::prelude::*;

use self::contribution::{Contribution, DEV_CONTRIBUTION};
pub use self::fixed_base::FixedBase;
pub use self::lagrange::{domain_generator, lagrange_at, powers};
pub use self::secrets::Secrets;
use crate::atomic::write_atomically;
use crate::blake2b::Blake2b;
use crate::error::{Error, Result};
use crate::formats::r1cs::R1cs;
use crate::formats::zkey::{LARGEST_DOMAIN, ZkeyHeader};
use crate::formats::zkey_writer::{KeyParts, encode_zkey};
use crate::points::PointBytes;
use crate::progress::Progress;

/// From this many points on, snarkjs hashes one more H point than it counts.
const HASH_CHUNK: usize = 1 << 14;

/// The size of the domain of a circuit: room for its constraints, one row for each public signal
/// and one for the constant.
pub fn domain_size(r1cs: &R1cs) -> Result<usize> {
    let rows = r1cs.constraints() + r1cs.public_signals() + 1;
    // snarkjs has no domain of one point.
    let size = rows.next_power_of_two().max(2);
    if size > LARGEST_DOMAIN {
        return Err(Error::malformed(
            &r1cs.path,
            format!("{rows} rows are more than the field has room for"),
        ));
    }
    Ok(size)
}

/// Makes the key of a circuit and writes it.
pub fn setup_dev(r1cs: &R1cs, seed: &[u8; 32], zkey: &Path, progress: Progress<'_>) -> Result<()> {
    let key = make_dev_key(r1cs, seed, progress)?;
    progress(STEPS - 1, STEPS, "write");
    write_atomically(zkey, &encode_zkey(&key, r1cs))?;
    progress(STEPS, STEPS, "done");
    Ok(())
}

/// How many steps the setup reports.
const STEPS: usize = 5;

/// The scalars behind the points of a key.
struct Scalars {
    a: Vec<Fr>,
    b: Vec<Fr>,
    /// β·A + α·B + C of every wire.
    combined: Vec<Fr>,
}

/// Makes the key of a circuit from a seed.
pub fn make_dev_key(r1cs: &R1cs, seed: &[u8; 32], progress: Progress<'_>) -> Result<KeyParts> {
    let size = domain_size(r1cs)?;
    let secrets = Secrets::from_seed(seed);
    progress(0, STEPS, "evaluate at tau");
    let scalars = evaluate(r1cs, &secrets, &lagrange_at(secrets.tau, size));
    let fine = lagrange_at(secrets.tau, 2 * size);
    let odd: Vec<Fr> = fine.par_iter().skip(1).step_by(2).copied().collect();
    let public = r1cs.public_signals() + 1;

    progress(1, STEPS, "points of G1");
    let inverse = secrets.delta.inverse().unwrap_or_else(Fr::one);
    let scale = |values: &[Fr]| -> Vec<Fr> { values.par_iter().map(|v| *v * inverse).collect() };
    let base = FixedBase::new(G1Affine::generator(), 4 * r1cs.wires + 2 * size);
    let a = base.multiply(&scalars.a);
    let b_g1 = base.multiply(&scalars.b);
    let public_points = base.multiply(&scalars.combined[..public]);
    let initial_c = base.multiply(&scalars.combined[public..]);
    let c = base.multiply(&scale(&scalars.combined[public..]));
    let h = base.multiply(&scale(&odd));
    let vanishing = base.multiply(&vanishing_powers(secrets.tau, size));

    progress(2, STEPS, "points of G2");
    let b_g2 = FixedBase::new(G2Affine::generator(), r1cs.wires).multiply(&scalars.b);

    progress(3, STEPS, "circuit hash");
    let one = |scalar: Fr| (G1Affine::generator() * scalar).into_affine();
    let two = |scalar: Fr| (G2Affine::generator() * scalar).into_affine();
    let mut header = ZkeyHeader {
        wires: r1cs.wires,
        public_signals: r1cs.public_signals(),
        domain_size: size,
        alpha_g1: one(secrets.alpha),
        beta_g1: one(secrets.beta),
        beta_g2: two(secrets.beta),
        gamma_g2: G2Affine::generator(),
        delta_g1: G1Affine::generator(),
        delta_g2: G2Affine::generator(),
    };
    let mut hash = Blake2b::default();
    hash_points(&mut hash, &[header.alpha_g1, header.beta_g1]);
    hash_points(&mut hash, &[header.beta_g2, header.gamma_g2]);
    hash_points(&mut hash, &[header.delta_g1]);
    hash_points(&mut hash, &[header.delta_g2]);
    hash_counted(&mut hash, public_points.len(), &public_points);
    hash_counted(&mut hash, size - 1, &vanishing);
    hash_counted(&mut hash, initial_c.len(), &initial_c);
    hash_counted(&mut hash, a.len(), &a);
    hash_counted(&mut hash, b_g1.len(), &b_g1);
    hash_counted(&mut hash, b_g2.len(), &b_g2);
    let circuit_hash = hash.finish();

    header.delta_g1 = one(secrets.delta);
    header.delta_g2 = two(secrets.delta);
    let contribution = Contribution::first(
        &circuit_hash,
        secrets.delta,
        secrets.contributor,
        DEV_CONTRIBUTION,
    );
    Ok(KeyParts {
        header,
        public_points,
        a,
        b_g1,
        b_g2,
        c,
        h,
        circuit_hash,
        contributions: vec![contribution],
    })
}

/// A_s(τ), B_s(τ) and β·A_s(τ) + α·B_s(τ) + C_s(τ) of every wire s.
fn evaluate(r1cs: &R1cs, secrets: &Secrets, lagrange: &[Fr]) -> Scalars {
    let rows = r1cs.constraints();
    let column_sums = |matrix: usize| -> Vec<Fr> {
        let share = rows.div_ceil(rayon::current_num_threads()).max(1);
        let matrix = &r1cs.matrices[matrix];
        let partial = |start: usize| {
            let mut sums = vec![Fr::zero(); r1cs.wires];
            for (row, weight) in lagrange
                .iter()
                .enumerate()
                .take(rows.min(start + share))
                .skip(start)
            {
                for term in matrix.row(row) {
                    sums[term.column as usize] +=
                        r1cs.coefficients[term.coefficient as usize] * weight;
                }
            }
            sums
        };
        (0..rows)
            .step_by(share)
            .collect::<Vec<_>>()
            .into_par_iter()
            .map(partial)
            .reduce_with(|mut left, right| {
                left.par_iter_mut().zip(right).for_each(|(l, r)| *l += r);
                left
            })
            .unwrap_or_else(|| vec![Fr::zero(); r1cs.wires])
    };
    let (mut a, b, c) = (column_sums(0), column_sums(1), column_sums(2));
    // One more row for every public signal ties it to the proof even if no constraint uses it.
    for (sum, weight) in a
        .iter_mut()
        .zip(&lagrange[rows..])
        .take(r1cs.public_signals() + 1)
    {
        *sum += weight;
    }
    let combined = (0..r1cs.wires)
        .into_par_iter()
        .map(|wire| secrets.beta * a[wire] + secrets.alpha * b[wire] + c[wire])
        .collect();
    Scalars { a, b, combined }
}

/// τ^i·(τ^n - 1), as many as snarkjs hashes for a domain of n points.
///
/// It means to hash n - 1 of them, but always takes whole chunks once there are more than one.
/// The last of those is defined only by a powers-of-tau file larger than the circuit.
fn vanishing_powers(tau: Fr, size: usize) -> Vec<Fr> {
    let count = if size - 1 > HASH_CHUNK {
        size
    } else {
        size - 1
    };
    let mut power = tau.pow([size as u64]) - Fr::one();
    let mut powers = Vec::with_capacity(count);
    for _ in 0..count {
        powers.push(power);
        power *= tau;
    }
    powers
}

/// Feeds uncompressed points to a hash.
pub(crate) fn hash_points<P: PointBytes>(hash: &mut Blake2b, points: &[P]) {
    let pieces: Vec<Vec<u8>> = points
        .par_chunks(1 << 12)
        .map(|chunk| {
            let mut bytes = Vec::with_capacity(chunk.len() * P::BYTES);
            chunk
                .iter()
                .for_each(|point| point.write_uncompressed(&mut bytes));
            bytes
        })
        .collect();
    pieces.iter().for_each(|piece| hash.update(piece));
}

fn hash_counted<P: PointBytes>(hash: &mut Blake2b, count: usize, points: &[P]) {
    hash.update(&(count as u32).to_be_bytes());
    hash_points(hash, points);
}
