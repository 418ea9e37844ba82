//! The arithmetic that proving is made of, so that engines can be exchanged below the prover.

use ark_bn254::{Fr, G1Affine, G1Projective, G2Affine, G2Projective};

use crate::error::Result;

/// An integer below r, least significant word first.
pub type Scalar = [u64; 4];

/// Fixed points to be multiplied with scalars that change.
pub trait MultiScalar<G>: Send + Sync {
    /// Σ scalar_i·point_i, one scalar for each point, on all cores.
    fn multiply(&self, scalars: &[Scalar]) -> Result<G>;
}

/// A domain of n points and the one beside it.
pub trait Quotient: Send + Sync {
    /// From the values of two polynomials a and b on the domain: the values of a·b - c on the
    /// odd points of the domain of twice the size, c being the polynomial that agrees with a·b on
    /// the domain. These are the scalars of a key's H points.
    fn evaluate(&self, a: Vec<Fr>, b: Vec<Fr>) -> Result<Vec<Scalar>>;
}

/// An implementation of both.
pub trait Engine: Send + Sync {
    /// The name that chooses it.
    fn name(&self) -> &'static str;
    /// Prepares points of G1. Many may be infinite (half of them in B); those should cost nothing.
    fn g1(&self, points: Vec<G1Affine>) -> Box<dyn MultiScalar<G1Projective>>;
    /// The same for G2.
    fn g2(&self, points: Vec<G2Affine>) -> Box<dyn MultiScalar<G2Projective>>;
    /// Prepares a domain; the size is a power of two.
    fn quotient(&self, size: usize) -> Result<Box<dyn Quotient>>;
}
