//! The taceo-groth16 library as a backend: an oracle that shares no arithmetic with the engines.

use ark_bn254::{Bn254, Fr};
use taceo_groth16::{CircomReduction, ConstraintMatrices, Groth16, ProvingKey, VerifyingKey};

use super::backend::{Backend, Blinding};
use crate::error::{Error, Result};
use crate::formats::wtns::Witness;
use crate::formats::zkey::Zkey;
use crate::proof::Proof;
use crate::sparse::SparseMatrix;
use crate::timing::Stopwatch;

/// A key in the library's own form.
pub struct TaceoBackend {
    path: String,
    key: ProvingKey<Bn254>,
    matrices: ConstraintMatrices<Fr>,
}

impl TaceoBackend {
    /// Decodes a key.
    pub fn open(zkey: &Zkey) -> Result<Self> {
        let header = &zkey.header;
        let constraints = zkey.constraints()?;
        let public = header.public_signals + 1;
        // The key has a row of A for each public signal; the library adds them itself.
        let rows = constraints.a.rows().saturating_sub(public);
        let expand = |matrix: &SparseMatrix| -> Vec<Vec<(Fr, usize)>> {
            (0..rows.min(matrix.rows()))
                .map(|row| {
                    matrix
                        .row(row)
                        .iter()
                        .map(|term| {
                            let value = constraints.coefficients[term.coefficient as usize];
                            (value, term.column as usize)
                        })
                        .collect()
                })
                .collect()
        };
        let (a, b) = (expand(&constraints.a), expand(&constraints.b));
        Ok(Self {
            path: zkey.path().to_owned(),
            matrices: ConstraintMatrices {
                num_instance_variables: public,
                num_witness_variables: header.wires - public,
                num_constraints: rows,
                a_num_non_zero: constraints.a.terms(),
                b_num_non_zero: constraints.b.terms(),
                c_num_non_zero: 0,
                a,
                b,
                c: Vec::new(),
            },
            key: ProvingKey {
                vk: VerifyingKey {
                    alpha_g1: header.alpha_g1,
                    beta_g2: header.beta_g2,
                    gamma_g2: header.gamma_g2,
                    delta_g2: header.delta_g2,
                    gamma_abc_g1: zkey.public_points.clone(),
                },
                beta_g1: header.beta_g1,
                delta_g1: header.delta_g1,
                a_query: zkey.a()?,
                b_g1_query: zkey.b_g1()?,
                b_g2_query: zkey.b_g2()?,
                h_query: zkey.h()?,
                l_query: zkey.c()?,
            },
        })
    }
}

impl Backend for TaceoBackend {
    fn name(&self) -> &str {
        "taceo"
    }

    fn prove(
        &self,
        witness: &Witness,
        blinding: &Blinding,
        watch: &mut Stopwatch,
    ) -> Result<Proof> {
        let proof = Groth16::<Bn254>::prove::<CircomReduction>(
            &self.key,
            blinding.r,
            blinding.s,
            &self.matrices,
            &witness.scalars(),
        )
        .map_err(|error| Error::malformed(&self.path, error.to_string()))?;
        watch.lap("prove");
        Ok(Proof {
            a: proof.a,
            b: proof.b,
            c: proof.c,
        })
    }
}
