//! `.wtns`: the value of every wire, beginning with the constant one.

use std::path::Path;

use ark_bn254::Fr;
use ark_ff::PrimeField;
use rayon::prelude::*;

use super::container::{Container, ContainerWriter, Cursor};
use crate::error::{Error, Result};
use crate::field::{self, FIELD_BYTES, Limbs};

/// The integer one.
const ONE: [u64; 4] = [1, 0, 0, 0];

const MAGIC: &[u8; 4] = b"wtns";
const VERSION: u32 = 2;
const HEADER: u32 = 1;
const VALUES: u32 = 2;

/// The values of all wires, canonical.
#[derive(Clone, Debug)]
pub struct Witness {
    values: Vec<[u64; 4]>,
}

impl Witness {
    /// Reads a `.wtns` file.
    pub fn open(path: &Path) -> Result<Self> {
        let bytes = std::fs::read(path).map_err(|error| Error::io(path, error))?;
        Self::parse(&path.display().to_string(), &bytes)
    }

    /// Reads a `.wtns` file's bytes, or bare values of 32 bytes each. The two cannot be confused:
    /// a bare witness begins with the constant one.
    pub fn parse(path: &str, bytes: &[u8]) -> Result<Self> {
        if !bytes.starts_with(MAGIC) && bytes.first() == Some(&1) {
            return Self::from_values(path, bytes);
        }
        let container = Container::parse(path, bytes, MAGIC, VERSION)?;
        let mut header = Cursor::new(path, "header", &bytes[container.section(HEADER)?]);
        header.modulus::<Fr>()?;
        let count = header.u32()? as usize;
        header.finish()?;
        let values = &bytes[container.section(VALUES)?];
        if count.checked_mul(FIELD_BYTES) != Some(values.len()) {
            return Err(Error::malformed(
                path,
                format!("{} bytes cannot hold {count} values", values.len()),
            ));
        }
        Self::from_values(path, values)
    }

    fn from_values(path: &str, bytes: &[u8]) -> Result<Self> {
        if !bytes.len().is_multiple_of(FIELD_BYTES) {
            return Err(Error::malformed(
                path,
                format!("{} bytes are no whole number of values", bytes.len()),
            ));
        }
        let values: Vec<[u64; 4]> = bytes
            .par_chunks_exact(FIELD_BYTES)
            .map(|value| field::limbs(value).0)
            .collect();
        if let Some(wire) = values
            .iter()
            .position(|value| Limbs::new(*value) >= Fr::MODULUS)
        {
            return Err(Error::malformed(
                path,
                format!("the value of wire {wire} is not below r"),
            ));
        }
        if values.first() != Some(&ONE) {
            return Err(Error::malformed(path, "the first value is not one"));
        }
        Ok(Self { values })
    }

    /// The values as integers, least significant word first.
    pub fn values(&self) -> &[[u64; 4]] {
        &self.values
    }

    /// The values as scalars.
    pub fn scalars(&self) -> Vec<Fr> {
        self.values
            .par_iter()
            .with_min_len(1024)
            .map(|value| Fr::from_bigint(Limbs::new(*value)).unwrap_or_default())
            .collect()
    }

    /// The value of a wire as a scalar; zero for a wire that there is not.
    pub fn scalar(&self, wire: usize) -> Fr {
        self.values
            .get(wire)
            .and_then(|value| Fr::from_bigint(Limbs::new(*value)))
            .unwrap_or_default()
    }

    /// How many wires there are.
    pub fn len(&self) -> usize {
        self.values.len()
    }

    /// Never: the constant one is always there.
    pub fn is_empty(&self) -> bool {
        self.values.is_empty()
    }

    /// The bytes of a `.wtns` file.
    pub fn encode(&self) -> Vec<u8> {
        let mut file = ContainerWriter::new(MAGIC, VERSION);
        file.section(HEADER, |out| {
            out.extend_from_slice(&(FIELD_BYTES as u32).to_le_bytes());
            out.extend_from_slice(&field::bytes(&Fr::MODULUS));
            out.extend_from_slice(&(self.values.len() as u32).to_le_bytes());
        });
        file.section(VALUES, |out| {
            for value in &self.values {
                out.extend_from_slice(&field::bytes(&Limbs::new(*value)));
            }
        });
        file.finish()
    }
}
