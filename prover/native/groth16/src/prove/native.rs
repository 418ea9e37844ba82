//! The prover itself: witness times matrices, quotient, five multi-scalar multiplications.
//!
//! The phases follow each other and each uses every core, so that a phase's time is its own and
//! no phase waits for a slower neighbour.

use ark_bn254::{G1Affine, G1Projective, G2Affine, G2Projective};
use ark_ec::CurveGroup;

use super::backend::{Backend, Blinding};
use super::engine::{Engine, MultiScalar, Quotient};
use crate::error::Result;
use crate::formats::wtns::Witness;
use crate::formats::zkey::{Constraints, Zkey};
use crate::proof::Proof;
use crate::timing::Stopwatch;

/// A key decoded for an engine.
pub struct NativeBackend {
    name: &'static str,
    constraints: Constraints,
    domain_size: usize,
    quotient: Box<dyn Quotient>,
    a: Box<dyn MultiScalar<G1Projective>>,
    b_g1: Box<dyn MultiScalar<G1Projective>>,
    b_g2: Box<dyn MultiScalar<G2Projective>>,
    /// The first wire that C has a point for.
    first_private: usize,
    c: Box<dyn MultiScalar<G1Projective>>,
    h: Box<dyn MultiScalar<G1Projective>>,
    alpha_g1: G1Affine,
    beta_g1: G1Affine,
    beta_g2: G2Affine,
    delta_g1: G1Affine,
    delta_g2: G2Affine,
}

impl NativeBackend {
    /// Decodes a key.
    pub fn open(zkey: &Zkey, engine: &dyn Engine) -> Result<Self> {
        let header = &zkey.header;
        Ok(Self {
            name: engine.name(),
            constraints: zkey.constraints()?,
            domain_size: header.domain_size,
            quotient: engine.quotient(header.domain_size)?,
            a: engine.g1(zkey.a()?),
            b_g1: engine.g1(zkey.b_g1()?),
            b_g2: engine.g2(zkey.b_g2()?),
            first_private: header.public_signals + 1,
            c: engine.g1(zkey.c()?),
            h: engine.g1(zkey.h()?),
            alpha_g1: header.alpha_g1,
            beta_g1: header.beta_g1,
            beta_g2: header.beta_g2,
            delta_g1: header.delta_g1,
            delta_g2: header.delta_g2,
        })
    }
}

impl Backend for NativeBackend {
    fn name(&self) -> &str {
        self.name
    }

    fn prove(
        &self,
        witness: &Witness,
        blinding: &Blinding,
        watch: &mut Stopwatch,
    ) -> Result<Proof> {
        let Blinding { r, s } = blinding;
        let scalars = witness.scalars();
        let Constraints { a, b, coefficients } = &self.constraints;
        let (a, b) = rayon::join(
            || a.multiply(coefficients, &scalars, self.domain_size),
            || b.multiply(coefficients, &scalars, self.domain_size),
        );
        watch.lap("matrices");
        let h_scalars = self.quotient.evaluate(a, b)?;
        watch.lap("quotient");

        let values = witness.values();
        let a = self.a.multiply(values)?;
        watch.lap("msm_a");
        let b_g1 = self.b_g1.multiply(values)?;
        watch.lap("msm_b_g1");
        let b_g2 = self.b_g2.multiply(values)?;
        watch.lap("msm_b_g2");
        let c = self.c.multiply(&values[self.first_private..])?;
        watch.lap("msm_c");
        let h = self.h.multiply(&h_scalars)?;
        watch.lap("msm_h");

        // A = α + Σ + r·δ;  B = β + Σ + s·δ;  C = Σ + H + s·A + r·B - r·s·δ
        let proof_a = a + self.alpha_g1 + self.delta_g1 * *r;
        let proof_b = b_g2 + self.beta_g2 + self.delta_g2 * *s;
        let b_in_g1 = b_g1 + self.beta_g1 + self.delta_g1 * *s;
        let proof_c = c + h + proof_a * *s + b_in_g1 * *r - self.delta_g1 * (*r * s);
        let proof = Proof {
            a: proof_a.into_affine(),
            b: proof_b.into_affine(),
            c: proof_c.into_affine(),
        };
        watch.lap("assemble");
        Ok(proof)
    }
}
