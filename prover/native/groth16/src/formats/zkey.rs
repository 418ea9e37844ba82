//! `.zkey`: a Groth16 proving key as snarkjs writes it.
//!
//! The file is mapped, not read: points are decoded by whoever needs them. Opening checks the
//! shape of the whole file (sections, lengths, header points on their curves); the points of the
//! queries are checked by [`Zkey::check_points`], which a key that is trusted by its hash may skip.

use std::fs::File;
use std::ops::{Deref, Range};
use std::path::Path;

use ark_bn254::{Bn254, Fq, Fr, G1Affine, G2Affine};
use ark_ec::AffineRepr;
use ark_ec::pairing::Pairing;
use ark_ff::PrimeField;
use memmap2::Mmap;
use rayon::prelude::*;

use super::container::{Container, Cursor};
use crate::error::{Error, Result};
use crate::field::{Limbs, limbs};
use crate::points::{G1_BYTES, G2_BYTES, is_in_g1, is_in_g2, read_g1, read_g2};
use crate::setup::contribution::{Contribution, DEV_CONTRIBUTION};
use crate::sparse::{Dictionary, SparseMatrix, Term};

pub(crate) const MAGIC: &[u8; 4] = b"zkey";
pub(crate) const VERSION: u32 = 1;
/// The protocol number of Groth16.
pub(crate) const GROTH16: u32 = 1;
/// Bytes of a coefficient: matrix, row, column, value.
pub(crate) const COEFFICIENT_BYTES: usize = 12 + 32;
/// The largest domain whose double still has a root of unity.
pub(crate) const LARGEST_DOMAIN: usize = 1 << 27;
/// Bytes of the hash of the circuit that a ceremony started from.
pub(crate) const CIRCUIT_HASH_BYTES: usize = 64;

/// The numbers of the sections.
pub(crate) mod section {
    pub const PROTOCOL: u32 = 1;
    pub const HEADER: u32 = 2;
    pub const PUBLIC: u32 = 3;
    pub const COEFFICIENTS: u32 = 4;
    pub const A: u32 = 5;
    pub const B_G1: u32 = 6;
    pub const B_G2: u32 = 7;
    pub const C: u32 = 8;
    pub const H: u32 = 9;
    pub const CEREMONY: u32 = 10;
}

/// The fixed part of a key.
#[derive(Clone, Debug)]
pub struct ZkeyHeader {
    /// Wires of the circuit, the constant one among them.
    pub wires: usize,
    /// Public signals.
    pub public_signals: usize,
    /// The size of the evaluation domain, a power of two.
    pub domain_size: usize,
    pub alpha_g1: G1Affine,
    pub beta_g1: G1Affine,
    pub beta_g2: G2Affine,
    pub gamma_g2: G2Affine,
    pub delta_g1: G1Affine,
    pub delta_g2: G2Affine,
}

/// The bytes of a key, wherever they are.
enum Bytes {
    Mapped(Mmap),
    Owned(Vec<u8>),
}

impl Deref for Bytes {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        match self {
            Self::Mapped(map) => map,
            Self::Owned(bytes) => bytes,
        }
    }
}

/// An opened proving key.
pub struct Zkey {
    path: String,
    bytes: Bytes,
    /// The fixed part.
    pub header: ZkeyHeader,
    /// One point for the constant one and one for each public signal.
    pub public_points: Vec<G1Affine>,
    /// Who contributed to δ.
    pub contributions: Vec<Contribution>,
    /// The hash of the circuit and the powers of tau that the ceremony started from.
    pub circuit_hash: [u8; CIRCUIT_HASH_BYTES],
    coefficients: Range<usize>,
    a: Range<usize>,
    b_g1: Range<usize>,
    b_g2: Range<usize>,
    c: Range<usize>,
    h: Range<usize>,
}

/// The matrices A and B of the circuit as a key carries them, with a row for every public signal.
pub struct Constraints {
    pub a: SparseMatrix,
    pub b: SparseMatrix,
    /// The coefficients that the matrices name by number.
    pub coefficients: Vec<Fr>,
}

impl Zkey {
    /// Maps a file and checks its shape.
    pub fn open(path: &Path) -> Result<Self> {
        let file = File::open(path).map_err(|error| Error::io(path, error))?;
        let label = path.display().to_string();
        let length = file
            .metadata()
            .map_err(|error| Error::io(path, error))?
            .len();
        if length == 0 {
            return Err(Error::malformed(&label, "truncated: the file is empty"));
        }
        // SAFETY: the mapping is read-only and private to this process, and bytes are copied out
        // of it by value. It is undefined what another process's writes to the file would do;
        // keys are written to a temporary name and renamed, never changed in place.
        let map = unsafe { Mmap::map(&file) }.map_err(|error| Error::io(path, error))?;
        Self::with_bytes(label, Bytes::Mapped(map))
    }

    /// Reads a key from memory; errors call it `path`.
    pub fn parse(path: &str, bytes: Vec<u8>) -> Result<Self> {
        Self::with_bytes(path.to_owned(), Bytes::Owned(bytes))
    }

    fn with_bytes(path: String, bytes: Bytes) -> Result<Self> {
        let container = Container::parse(&path, &bytes, MAGIC, VERSION)?;
        let mut protocol = Cursor::new(
            &path,
            "protocol section",
            &bytes[container.section(section::PROTOCOL)?],
        );
        let number = protocol.u32()?;
        protocol.finish()?;
        if number != GROTH16 {
            return Err(Error::malformed(
                &path,
                format!("proof system {number}, not Groth16"),
            ));
        }
        let header = read_header(&path, &bytes[container.section(section::HEADER)?])?;
        let sized = |kind, name: &str, count: usize, size: usize| -> Result<Range<usize>> {
            let range = container.section(kind)?;
            if count.checked_mul(size) == Some(range.len()) {
                return Ok(range);
            }
            Err(Error::malformed(
                &path,
                format!(
                    "section {kind} ({name}) has {} bytes, {count} points of {size} were expected",
                    range.len()
                ),
            ))
        };
        let (wires, public) = (header.wires, header.public_signals);
        let points = sized(section::PUBLIC, "public", public + 1, G1_BYTES)?;
        let public_points = decode_g1(&path, "public", &bytes[points])?;
        if let Some(index) = public_points.iter().position(|point| !is_in_g1(point)) {
            return Err(off_curve(&path, "public", index));
        }
        let a = sized(section::A, "A", wires, G1_BYTES)?;
        let b_g1 = sized(section::B_G1, "B in G1", wires, G1_BYTES)?;
        let b_g2 = sized(section::B_G2, "B in G2", wires, G2_BYTES)?;
        let c = sized(section::C, "C", wires - public - 1, G1_BYTES)?;
        let h = sized(section::H, "H", header.domain_size, G1_BYTES)?;
        let coefficients = coefficient_range(&path, &bytes, &container)?;
        let mut ceremony = Cursor::new(
            &path,
            "ceremony section",
            &bytes[container.section(section::CEREMONY)?],
        );
        let mut circuit_hash = [0u8; CIRCUIT_HASH_BYTES];
        circuit_hash.copy_from_slice(ceremony.take(CIRCUIT_HASH_BYTES)?);
        let contributions = (0..ceremony.u32()?)
            .map(|_| Contribution::read(&path, &mut ceremony))
            .collect::<Result<Vec<_>>>()?;
        ceremony.finish()?;
        Ok(Self {
            path,
            bytes,
            header,
            public_points,
            contributions,
            circuit_hash,
            coefficients,
            a,
            b_g1,
            b_g2,
            c,
            h,
        })
    }

    /// What errors call this key.
    pub fn path(&self) -> &str {
        &self.path
    }

    /// Was this key made by the development setup, whose secrets are known?
    pub fn is_dev_key(&self) -> bool {
        self.contributions
            .iter()
            .any(|contribution| contribution.name.as_deref() == Some(DEV_CONTRIBUTION))
    }

    /// The points that a witness value is multiplied with to make A.
    pub fn a(&self) -> Result<Vec<G1Affine>> {
        decode_g1(&self.path, "A", &self.bytes[self.a.clone()])
    }

    /// The points that make B, in G1.
    pub fn b_g1(&self) -> Result<Vec<G1Affine>> {
        decode_g1(&self.path, "B in G1", &self.bytes[self.b_g1.clone()])
    }

    /// The points that make B, in G2.
    pub fn b_g2(&self) -> Result<Vec<G2Affine>> {
        decode(
            &self.path,
            "B in G2",
            &self.bytes[self.b_g2.clone()],
            read_g2,
            G2_BYTES,
        )
    }

    /// The points that make C, one for each private wire.
    pub fn c(&self) -> Result<Vec<G1Affine>> {
        decode_g1(&self.path, "C", &self.bytes[self.c.clone()])
    }

    /// The points that the quotient's values are multiplied with.
    pub fn h(&self) -> Result<Vec<G1Affine>> {
        decode_g1(&self.path, "H", &self.bytes[self.h.clone()])
    }

    /// The matrices A and B.
    pub fn constraints(&self) -> Result<Constraints> {
        let section = &self.bytes[self.coefficients.clone()];
        let mut dictionary = Dictionary::new(decode_coefficient);
        let mut terms: [Vec<(u32, Term)>; 2] = Default::default();
        let mut rows = 0;
        for (index, entry) in section.chunks_exact(COEFFICIENT_BYTES).enumerate() {
            let mut cursor = Cursor::new(&self.path, "coefficient", entry);
            let (matrix, row, column) = (cursor.u32()?, cursor.u32()?, cursor.u32()?);
            let value = cursor.limbs()?;
            let reason = if matrix > 1 {
                format!("names matrix {matrix}")
            } else if row as usize >= self.header.domain_size {
                format!("names row {row} of {}", self.header.domain_size)
            } else if column as usize >= self.header.wires {
                format!("names wire {column} of {}", self.header.wires)
            } else if value >= Fr::MODULUS {
                "is not below r".to_owned()
            } else {
                rows = rows.max(row as usize + 1);
                let coefficient = dictionary.number(value);
                terms[matrix as usize].push((
                    row,
                    Term {
                        column,
                        coefficient,
                    },
                ));
                continue;
            };
            return Err(Error::malformed(
                &self.path,
                format!("coefficient {index} {reason}"),
            ));
        }
        Ok(Constraints {
            a: SparseMatrix::from_unordered(rows, &terms[0]),
            b: SparseMatrix::from_unordered(rows, &terms[1]),
            coefficients: dictionary.finish(),
        })
    }

    /// Checks that every point is on its curve and, in G2, of order r, and that the two spellings
    /// of β and δ agree.
    pub fn check_points(&self) -> Result<()> {
        let first_bad = |name: &str, points: Vec<G1Affine>| {
            points
                .par_iter()
                .position_first(|point| !is_in_g1(point))
                .map_or(Ok(()), |index| Err(off_curve(&self.path, name, index)))
        };
        first_bad("A", self.a()?)?;
        first_bad("B in G1", self.b_g1()?)?;
        first_bad("C", self.c()?)?;
        first_bad("H", self.h()?)?;
        if let Some(index) = self
            .b_g2()?
            .par_iter()
            .position_first(|point| !is_in_g2(point))
        {
            return Err(off_curve(&self.path, "B in G2", index));
        }
        let header = &self.header;
        for (name, one, two) in [
            ("β", header.beta_g1, header.beta_g2),
            ("δ", header.delta_g1, header.delta_g2),
        ] {
            let sides = (
                Bn254::pairing(one, G2Affine::generator()),
                Bn254::pairing(G1Affine::generator(), two),
            );
            if sides.0 != sides.1 {
                return Err(Error::malformed(
                    &self.path,
                    format!("{name} in G1 and in G2 are of different scalars"),
                ));
            }
        }
        Ok(())
    }
}

fn read_header(path: &str, bytes: &[u8]) -> Result<ZkeyHeader> {
    let mut cursor = Cursor::new(path, "header", bytes);
    cursor.modulus::<Fq>()?;
    cursor.modulus::<Fr>()?;
    let wires = cursor.u32()? as usize;
    let public_signals = cursor.u32()? as usize;
    let domain_size = cursor.u32()? as usize;
    if public_signals >= wires {
        return Err(Error::malformed(
            path,
            format!("{public_signals} public signals do not fit into {wires} wires"),
        ));
    }
    if !domain_size.is_power_of_two() || domain_size > LARGEST_DOMAIN {
        return Err(Error::malformed(
            path,
            format!("{domain_size} is not the size of a domain"),
        ));
    }
    let mut g1 = |name: &str| -> Result<G1Affine> {
        read_g1(cursor.take(G1_BYTES)?)
            .filter(is_in_g1)
            .ok_or_else(|| Error::malformed(path, format!("{name} is not a point of G1")))
    };
    let (alpha_g1, beta_g1) = (g1("α")?, g1("β")?);
    let mut g2 = |name: &str| -> Result<G2Affine> {
        read_g2(cursor.take(G2_BYTES)?)
            .filter(is_in_g2)
            .ok_or_else(|| Error::malformed(path, format!("{name} is not a point of G2")))
    };
    let (beta_g2, gamma_g2) = (g2("β")?, g2("γ")?);
    let delta_g1 = read_g1(cursor.take(G1_BYTES)?)
        .filter(is_in_g1)
        .ok_or_else(|| Error::malformed(path, "δ is not a point of G1"))?;
    let delta_g2 = read_g2(cursor.take(G2_BYTES)?)
        .filter(is_in_g2)
        .ok_or_else(|| Error::malformed(path, "δ is not a point of G2"))?;
    cursor.finish()?;
    Ok(ZkeyHeader {
        wires,
        public_signals,
        domain_size,
        alpha_g1,
        beta_g1,
        beta_g2,
        gamma_g2,
        delta_g1,
        delta_g2,
    })
}

/// Where the coefficients lie, without their count, which must fit the section.
fn coefficient_range(path: &str, bytes: &[u8], container: &Container) -> Result<Range<usize>> {
    let range = container.section(section::COEFFICIENTS)?;
    let mut cursor = Cursor::new(path, "coefficients", &bytes[range.clone()]);
    let count = cursor.u32()? as usize;
    if count.checked_mul(COEFFICIENT_BYTES) != Some(cursor.left()) {
        return Err(Error::malformed(
            path,
            format!("{} bytes cannot hold {count} coefficients", cursor.left()),
        ));
    }
    Ok(range.start + 4..range.end)
}

/// The value of a coefficient, which the file holds multiplied by R twice (R = 2^256 mod r).
fn decode_coefficient(raw: Limbs) -> Fr {
    // As a Montgomery representation the raw limbs are the element v·R, and 1 is R^-1.
    let inverse_of_r = Fr::new_unchecked(limbs(&[1]));
    Fr::new_unchecked(raw) * inverse_of_r
}

/// The coefficient as the file spells it.
pub(crate) fn encode_coefficient(value: &Fr) -> Limbs {
    (*value * Fr::new_unchecked(Fr::R2)).0
}

fn off_curve(path: &str, section: &str, index: usize) -> Error {
    Error::malformed(
        path,
        format!("point {index} of {section} is not on the curve"),
    )
}

fn decode<P: Send>(
    path: &str,
    section: &str,
    bytes: &[u8],
    read: impl Fn(&[u8]) -> Option<P> + Sync,
    size: usize,
) -> Result<Vec<P>> {
    bytes
        .par_chunks_exact(size)
        .with_min_len(1024)
        .enumerate()
        .map(|(index, point)| {
            read(point).ok_or_else(|| {
                Error::malformed(
                    path,
                    format!("point {index} of {section} has a coordinate that is not below q"),
                )
            })
        })
        .collect()
}

fn decode_g1(path: &str, section: &str, bytes: &[u8]) -> Result<Vec<G1Affine>> {
    decode(path, section, bytes, read_g1, G1_BYTES)
}

#[cfg(test)]
mod tests {
    use super::*;
    use ark_ff::Field;

    #[test]
    fn coefficient_spelling_round_trips() {
        for value in [Fr::ONE, -Fr::ONE, Fr::from(77u64)] {
            assert_eq!(decode_coefficient(encode_coefficient(&value)), value);
        }
    }
}
