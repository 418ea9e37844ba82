//! Does a witness satisfy a circuit? Asked of every witness before it is proved.

use rayon::prelude::*;

use crate::error::{Error, Result};
use crate::formats::r1cs::R1cs;
use crate::formats::wtns::Witness;

/// Checks every constraint, on all cores; the error names the first one that is broken.
pub fn check(r1cs: &R1cs, witness: &Witness) -> Result<()> {
    if witness.len() != r1cs.wires {
        return Err(Error::WrongLength {
            what: format!("witness for {}", r1cs.path),
            expected: format!("{} values", r1cs.wires),
            actual: witness.len(),
        });
    }
    let values = witness.scalars();
    let product = |matrix: usize, row| r1cs.matrices[matrix].dot(row, &r1cs.coefficients, &values);
    (0..r1cs.constraints())
        .into_par_iter()
        .with_min_len(256)
        .position_first(|row| product(0, row) * product(1, row) != product(2, row))
        .map_or(Ok(()), |constraint| {
            Err(Error::UnsatisfiedConstraint { constraint })
        })
}
