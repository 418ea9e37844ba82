//! Writing a `.zkey`.

use ark_bn254::{Fq, Fr, G1Affine, G2Affine};
use ark_ff::{One, PrimeField};
use rayon::prelude::*;

use super::container::ContainerWriter;
use super::r1cs::R1cs;
use super::zkey::{
    CIRCUIT_HASH_BYTES, COEFFICIENT_BYTES, GROTH16, MAGIC, VERSION, ZkeyHeader, encode_coefficient,
    section,
};
use crate::field::{FIELD_BYTES, Limbs, bytes};
use crate::points::PointBytes;
use crate::setup::contribution::Contribution;

/// Everything that a key consists of, but for the constraints.
pub struct KeyParts {
    pub header: ZkeyHeader,
    pub public_points: Vec<G1Affine>,
    pub a: Vec<G1Affine>,
    pub b_g1: Vec<G1Affine>,
    pub b_g2: Vec<G2Affine>,
    pub c: Vec<G1Affine>,
    pub h: Vec<G1Affine>,
    pub circuit_hash: [u8; CIRCUIT_HASH_BYTES],
    pub contributions: Vec<Contribution>,
}

/// The bytes of the file.
pub fn encode_zkey(key: &KeyParts, r1cs: &R1cs) -> Vec<u8> {
    let mut file = ContainerWriter::new(MAGIC, VERSION);
    file.section(section::PROTOCOL, |out| {
        out.extend_from_slice(&GROTH16.to_le_bytes());
    });
    file.section(section::HEADER, |out| write_header(&key.header, out));
    file.section(section::PUBLIC, |out| write_points(&key.public_points, out));
    file.section(section::COEFFICIENTS, |out| write_coefficients(r1cs, out));
    file.section(section::A, |out| write_points(&key.a, out));
    file.section(section::B_G1, |out| write_points(&key.b_g1, out));
    file.section(section::B_G2, |out| write_points(&key.b_g2, out));
    file.section(section::C, |out| write_points(&key.c, out));
    file.section(section::H, |out| write_points(&key.h, out));
    file.section(section::CEREMONY, |out| {
        out.extend_from_slice(&key.circuit_hash);
        out.extend_from_slice(&(key.contributions.len() as u32).to_le_bytes());
        key.contributions
            .iter()
            .for_each(|contribution| contribution.write(out));
    });
    file.finish()
}

fn write_header(header: &ZkeyHeader, out: &mut Vec<u8>) {
    for modulus in [Fq::MODULUS, Fr::MODULUS] {
        out.extend_from_slice(&(FIELD_BYTES as u32).to_le_bytes());
        out.extend_from_slice(&bytes(&modulus));
    }
    for number in [header.wires, header.public_signals, header.domain_size] {
        out.extend_from_slice(&(number as u32).to_le_bytes());
    }
    header.alpha_g1.write_montgomery(out);
    header.beta_g1.write_montgomery(out);
    header.beta_g2.write_montgomery(out);
    header.gamma_g2.write_montgomery(out);
    header.delta_g1.write_montgomery(out);
    header.delta_g2.write_montgomery(out);
}

/// Appends points in Montgomery form, on all cores.
pub(crate) fn write_points<P: PointBytes>(points: &[P], out: &mut Vec<u8>) {
    let pieces: Vec<Vec<u8>> = points
        .par_chunks(1 << 12)
        .map(|chunk| {
            let mut piece = Vec::with_capacity(chunk.len() * P::BYTES);
            chunk
                .iter()
                .for_each(|point| point.write_montgomery(&mut piece));
            piece
        })
        .collect();
    out.reserve(points.len() * P::BYTES);
    pieces.iter().for_each(|piece| out.extend_from_slice(piece));
}

/// The terms of A and B constraint by constraint, then a row of A for each public signal.
fn write_coefficients(r1cs: &R1cs, out: &mut Vec<u8>) {
    let spellings: Vec<Limbs> = r1cs.coefficients.iter().map(encode_coefficient).collect();
    let [a, b, _] = &r1cs.matrices;
    let count = a.terms() + b.terms() + r1cs.public_signals() + 1;
    out.reserve(4 + count * COEFFICIENT_BYTES);
    out.extend_from_slice(&(count as u32).to_le_bytes());
    let mut write = |matrix: u32, row: usize, column: u32, value: &Limbs| {
        for number in [matrix, row as u32, column] {
            out.extend_from_slice(&number.to_le_bytes());
        }
        out.extend_from_slice(&bytes(value));
    };
    for row in 0..r1cs.constraints() {
        for (number, matrix) in [(0, a), (1, b)] {
            for term in matrix.row(row) {
                write(
                    number,
                    row,
                    term.column,
                    &spellings[term.coefficient as usize],
                );
            }
        }
    }
    let one = encode_coefficient(&Fr::one());
    for signal in 0..=r1cs.public_signals() {
        write(0, r1cs.constraints() + signal, signal as u32, &one);
    }
}
