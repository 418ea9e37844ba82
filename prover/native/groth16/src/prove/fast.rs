//! The engine of this project: `zkclear-engine`, with AVX-512 IFMA where the processor has it.

use ark_bn254::{Fr, G1Affine, G1Projective, G2Affine, G2Projective};
use zkclear_engine::{Domain, EngineError, G1Bases, G2Bases, Simd, msm_g1, msm_g2};

use super::engine::{Engine, MultiScalar, Quotient, Scalar};
use crate::error::{Error, Result};

/// One of its implementations.
pub struct FastEngine(zkclear_engine::Engine);

impl FastEngine {
    /// The implementation that the environment asks for, else the fastest that runs here.
    pub fn detect() -> Result<Self> {
        Ok(Self(zkclear_engine::Engine::detect().map_err(unavailable)?))
    }

    /// A particular one.
    pub fn forced(simd: Simd) -> Result<Self> {
        let engine = zkclear_engine::Engine::forced(simd).map_err(unavailable)?;
        Ok(Self(engine))
    }
}

impl Engine for FastEngine {
    fn name(&self) -> &'static str {
        self.0.name()
    }

    fn g1(&self, points: Vec<G1Affine>) -> Box<dyn MultiScalar<G1Projective>> {
        Box::new(G1Bases::new(self.0, &points))
    }

    fn g2(&self, points: Vec<G2Affine>) -> Box<dyn MultiScalar<G2Projective>> {
        Box::new(G2Bases::new(self.0, &points))
    }

    fn quotient(&self, size: usize) -> Result<Box<dyn Quotient>> {
        Ok(Box::new(Domain::new(self.0, size).map_err(unavailable)?))
    }
}

impl MultiScalar<G1Projective> for G1Bases {
    fn multiply(&self, scalars: &[Scalar]) -> Result<G1Projective> {
        msm_g1(self, scalars).map_err(unavailable)
    }
}

impl MultiScalar<G2Projective> for G2Bases {
    fn multiply(&self, scalars: &[Scalar]) -> Result<G2Projective> {
        msm_g2(self, scalars).map_err(unavailable)
    }
}

impl Quotient for Domain {
    fn evaluate(&self, a: Vec<Fr>, b: Vec<Fr>) -> Result<Vec<Scalar>> {
        self.quotient(&a, &b).map_err(unavailable)
    }
}

fn unavailable(error: EngineError) -> Error {
    Error::EngineUnavailable {
        name: "native".to_owned(),
        remedy: error.to_string(),
    }
}
