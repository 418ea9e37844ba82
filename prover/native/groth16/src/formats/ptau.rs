//! Writing a powers-of-tau file that matches the keys of the development setup.
//!
//! It holds the powers of τ, times α and β too, one contribution, and what snarkjs calls the
//! preparation for phase 2: the same in Lagrange form, for every size up to the file's.
//! `snarkjs powersoftau verify` and `snarkjs zkey verify` accept it.

use std::path::Path;

use ark_bn254::{Fq, Fr, G1Affine, G2Affine};
use ark_ec::{AffineRepr, CurveGroup};
use ark_ff::{Field, One, PrimeField};
use rayon::prelude::*;

use super::container::ContainerWriter;
use super::zkey_writer::write_points;
use crate::atomic::write_atomically;
use crate::error::{Error, Result};
use crate::field::{FIELD_BYTES, bytes};
use crate::progress::Progress;
use crate::setup::tau_contribution::TauContribution;
use crate::setup::{FixedBase, Secrets, domain_generator, lagrange_at, powers};

const HEADER: u32 = 1;
const TAU_G1: u32 = 2;
const TAU_G2: u32 = 3;
const ALPHA_TAU_G1: u32 = 4;
const BETA_TAU_G1: u32 = 5;
const BETA_G2: u32 = 6;
const CONTRIBUTIONS: u32 = 7;
const LAGRANGE_TAU_G1: u32 = 12;
const LAGRANGE_TAU_G2: u32 = 13;
const LAGRANGE_ALPHA_TAU_G1: u32 = 14;
const LAGRANGE_BETA_TAU_G1: u32 = 15;

/// Beyond this a development file is too large to be of use.
const LARGEST_POWER: u32 = 22;
/// How many steps writing reports.
const STEPS: usize = 4;

/// The points that a contribution is about.
pub struct Powers {
    /// τ^i, i < 2n - 1.
    pub tau_g1: Vec<G1Affine>,
    /// τ^i, i < n.
    pub tau_g2: Vec<G2Affine>,
    /// α·τ^i, i < n.
    pub alpha_tau_g1: Vec<G1Affine>,
    /// β·τ^i, i < n.
    pub beta_tau_g1: Vec<G1Affine>,
    pub beta_g2: G2Affine,
}

/// The smallest file that verifies the key of a domain: its size, or twice that where snarkjs
/// reads one point more than a file of that size has (see `setup`).
pub fn power_for_domain(domain_size: usize) -> u32 {
    domain_size.trailing_zeros() + u32::from(domain_size > 1 << 14)
}

/// Writes the file of 2^power points for the seed of [`crate::setup::setup_dev`].
pub fn write_dev_ptau(
    path: &Path,
    power: u32,
    seed: &[u8; 32],
    progress: Progress<'_>,
) -> Result<()> {
    if power == 0 || power > LARGEST_POWER {
        return Err(Error::WrongLength {
            what: "power of a development powers-of-tau file".to_owned(),
            expected: format!("1 to {LARGEST_POWER}"),
            actual: power as usize,
        });
    }
    let secrets = Secrets::from_seed(seed);
    let size = 1usize << power;
    progress(0, STEPS, "powers of tau");
    let exponents = powers(secrets.tau, 2 * size - 1);
    let times = |factor: Fr, values: &[Fr]| -> Vec<Fr> {
        values.par_iter().map(|value| *value * factor).collect()
    };
    let g1 = FixedBase::new(G1Affine::generator(), 12 * size);
    let g2 = FixedBase::new(G2Affine::generator(), 3 * size);
    let points = Powers {
        tau_g1: g1.multiply(&exponents),
        tau_g2: g2.multiply(&exponents[..size]),
        alpha_tau_g1: g1.multiply(&times(secrets.alpha, &exponents[..size])),
        beta_tau_g1: g1.multiply(&times(secrets.beta, &exponents[..size])),
        beta_g2: (G2Affine::generator() * secrets.beta).into_affine(),
    };
    progress(1, STEPS, "contribution");
    let contribution = TauContribution::first(&points, &secrets);
    progress(2, STEPS, "Lagrange form");
    let lagrange: Vec<Fr> = (0..=power)
        .flat_map(|k| lagrange_at(secrets.tau, 1 << k))
        .collect();
    let mut lagrange_and_double = lagrange.clone();
    lagrange_and_double.extend(truncated_lagrange_at(secrets.tau, 2 * size));

    let mut file = ContainerWriter::new(b"ptau", 1);
    file.section(HEADER, |out| {
        out.extend_from_slice(&(FIELD_BYTES as u32).to_le_bytes());
        out.extend_from_slice(&bytes(&Fq::MODULUS));
        // The size of this file and of the ceremony that it comes from.
        out.extend_from_slice(&power.to_le_bytes());
        out.extend_from_slice(&power.to_le_bytes());
    });
    file.section(TAU_G1, |out| write_points(&points.tau_g1, out));
    file.section(TAU_G2, |out| write_points(&points.tau_g2, out));
    file.section(ALPHA_TAU_G1, |out| write_points(&points.alpha_tau_g1, out));
    file.section(BETA_TAU_G1, |out| write_points(&points.beta_tau_g1, out));
    file.section(BETA_G2, |out| write_points(&[points.beta_g2], out));
    file.section(CONTRIBUTIONS, |out| {
        out.extend_from_slice(&1u32.to_le_bytes());
        contribution.write(out);
    });
    let mut in_g1 = |kind, scalars: &[Fr]| {
        file.section(kind, |out| write_points(&g1.multiply(scalars), out));
    };
    in_g1(LAGRANGE_TAU_G1, &lagrange_and_double);
    in_g1(LAGRANGE_ALPHA_TAU_G1, &times(secrets.alpha, &lagrange));
    in_g1(LAGRANGE_BETA_TAU_G1, &times(secrets.beta, &lagrange));
    file.section(LAGRANGE_TAU_G2, |out| {
        write_points(&g2.multiply(&lagrange), out);
    });
    progress(3, STEPS, "write");
    write_atomically(path, &file.finish())?;
    progress(STEPS, STEPS, "done");
    Ok(())
}

/// The Lagrange form of 1, τ, …, τ^(n-2), 0: a file lacks the highest power of the double domain,
/// and snarkjs takes it for infinity. L_i loses ω^i·τ^(n-1)/n.
fn truncated_lagrange_at(tau: Fr, size: usize) -> Vec<Fr> {
    let share =
        tau.pow([size as u64 - 1]) * Fr::from(size as u64).inverse().unwrap_or_else(Fr::one);
    let mut values = lagrange_at(tau, size);
    values
        .par_iter_mut()
        .zip(powers(domain_generator(size), size))
        .for_each(|(value, root)| *value -= root * share);
    values
}
