//! `.r1cs`: the constraints of a circuit, (A·w)(B·w) = C·w row by row.
//!
//! Wire 0 is the constant one; outputs, public inputs and private inputs follow in this order.

use std::path::Path;

use ark_bn254::Fr;
use ark_ff::PrimeField;

use super::container::{Container, Cursor};
use crate::error::{Error, Result};
use crate::field::{FIELD_BYTES, Limbs};
use crate::sparse::{Dictionary, SparseMatrix, Term};

const HEADER: u32 = 1;
const CONSTRAINTS: u32 = 2;
const WIRE_LABELS: u32 = 3;
const CUSTOM_GATES: u32 = 4;
const CUSTOM_GATE_USES: u32 = 5;

/// Bytes of a term: a wire and a coefficient.
const TERM_BYTES: usize = 4 + FIELD_BYTES;

/// A circuit: its wires and its constraints.
pub struct R1cs {
    /// Where it was read from, for errors.
    pub path: String,
    /// Wires, the constant one among them.
    pub wires: usize,
    /// Public outputs.
    pub outputs: usize,
    /// Public inputs.
    pub public_inputs: usize,
    /// Private inputs.
    pub private_inputs: usize,
    /// Signals before the compiler's simplification.
    pub labels: u64,
    /// The matrices A, B and C.
    pub matrices: [SparseMatrix; 3],
    /// The coefficients that the matrices name by number.
    pub coefficients: Vec<Fr>,
}

impl R1cs {
    /// Reads a file.
    pub fn open(path: &Path) -> Result<Self> {
        let bytes = std::fs::read(path).map_err(|error| Error::io(path, error))?;
        Self::parse(&path.display().to_string(), &bytes)
    }

    /// Reads the bytes of a file that errors call `path`.
    pub fn parse(path: &str, bytes: &[u8]) -> Result<Self> {
        let container = Container::parse(path, bytes, b"r1cs", 1)?;
        let mut header = Cursor::new(path, "header", &bytes[container.section(HEADER)?]);
        header.modulus::<Fr>()?;
        let wires = header.u32()? as usize;
        let outputs = header.u32()? as usize;
        let public_inputs = header.u32()? as usize;
        let private_inputs = header.u32()? as usize;
        let labels = header.u64()?;
        let constraints = header.u32()? as usize;
        header.finish()?;
        if 1 + outputs + public_inputs + private_inputs > wires {
            return Err(Error::malformed(
                path,
                format!(
                    "{wires} wires cannot hold one, {outputs} outputs, {public_inputs} public \
                     and {private_inputs} private inputs"
                ),
            ));
        }
        for kind in [CUSTOM_GATES, CUSTOM_GATE_USES] {
            // Present and empty is how circom writes "none"; the first word is a count.
            if let Some(range) = container.optional(kind)
                && bytes[range].iter().take(4).any(|byte| *byte != 0)
            {
                return Err(Error::malformed(path, "custom gates are not for Groth16"));
            }
        }
        // The labels themselves are of no use here, but they cost eight bytes a wire: a short file
        // cannot claim many wires, for which a setup would have to find memory.
        let labels_section = container.section(WIRE_LABELS)?;
        if wires.checked_mul(8) != Some(labels_section.len()) {
            return Err(Error::malformed(
                path,
                format!("{} bytes of labels for {wires} wires", labels_section.len()),
            ));
        }
        let section = &bytes[container.section(CONSTRAINTS)?];
        let (matrices, coefficients) = read_constraints(path, section, constraints, wires)?;
        Ok(Self {
            path: path.to_owned(),
            wires,
            outputs,
            public_inputs,
            private_inputs,
            labels,
            matrices,
            coefficients,
        })
    }

    /// How many constraints there are.
    pub fn constraints(&self) -> usize {
        self.matrices[0].rows()
    }

    /// How many public signals a proof has: outputs and public inputs.
    pub fn public_signals(&self) -> usize {
        self.outputs + self.public_inputs
    }
}

fn read_constraints(
    path: &str,
    section: &[u8],
    constraints: usize,
    wires: usize,
) -> Result<([SparseMatrix; 3], Vec<Fr>)> {
    let mut cursor = Cursor::new(path, "constraints", section);
    if constraints > section.len() / 12 {
        return Err(Error::malformed(
            path,
            format!("truncated: no room for {constraints} constraints"),
        ));
    }
    let mut dictionary = Dictionary::new(decode_coefficient);
    let mut matrices = <[SparseMatrix; 3]>::default();
    for constraint in 0..constraints {
        for matrix in &mut matrices {
            let terms = cursor.u32()? as usize;
            for term in cursor
                .take(terms.saturating_mul(TERM_BYTES))?
                .chunks_exact(TERM_BYTES)
            {
                let mut term = Cursor::new(path, "term", term);
                let column = term.u32()?;
                if column as usize >= wires {
                    return Err(Error::malformed(
                        path,
                        format!("constraint {constraint} names wire {column} of {wires}"),
                    ));
                }
                let value = term.limbs()?;
                if value >= Fr::MODULUS {
                    return Err(Error::malformed(
                        path,
                        format!("constraint {constraint} has a coefficient that is not below r"),
                    ));
                }
                matrix.push(Term {
                    column,
                    coefficient: dictionary.number(value),
                });
            }
            matrix.end_row();
        }
    }
    cursor.finish()?;
    Ok((matrices, dictionary.finish()))
}

/// Canonical limbs, already known to be below r.
fn decode_coefficient(limbs: Limbs) -> Fr {
    Fr::from_bigint(limbs).unwrap_or_default()
}
