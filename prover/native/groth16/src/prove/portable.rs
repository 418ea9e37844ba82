//! The engine that is made of arkworks: runs everywhere, and is what faster ones are checked against.

use ark_bn254::{Fr, G1Affine, G1Projective, G2Affine, G2Projective};
use ark_ec::{AffineRepr, VariableBaseMSM};
use ark_ff::{BigInt, PrimeField};
use ark_poly::{EvaluationDomain, Radix2EvaluationDomain};
use rayon::prelude::*;

use super::engine::{Engine, MultiScalar, Quotient, Scalar};
use crate::error::{Error, Result};
use crate::setup::{domain_generator, powers};

/// arkworks' multi-scalar multiplication and transforms.
pub struct ArkEngine;

impl Engine for ArkEngine {
    fn name(&self) -> &'static str {
        "ark"
    }

    fn g1(&self, points: Vec<G1Affine>) -> Box<dyn MultiScalar<G1Projective>> {
        Box::new(FinitePoints::new(points))
    }

    fn g2(&self, points: Vec<G2Affine>) -> Box<dyn MultiScalar<G2Projective>> {
        Box::new(FinitePoints::new(points))
    }

    fn quotient(&self, size: usize) -> Result<Box<dyn Quotient>> {
        Ok(Box::new(ArkQuotient::new(size)?))
    }
}

/// The points that are not infinite, and which of the given ones they are.
struct FinitePoints<P> {
    indices: Vec<u32>,
    points: Vec<P>,
}

impl<P: AffineRepr> FinitePoints<P> {
    fn new(points: Vec<P>) -> Self {
        let (indices, points) = (0..)
            .zip(points)
            .filter(|(_, point)| !point.is_zero())
            .unzip();
        Self { indices, points }
    }
}

impl<G> MultiScalar<G> for FinitePoints<G::MulBase>
where
    G: VariableBaseMSM<ScalarField = Fr>,
{
    fn multiply(&self, scalars: &[Scalar]) -> Result<G> {
        let gathered: Vec<_> = self
            .indices
            .par_iter()
            .with_min_len(4096)
            .map(|index| BigInt(scalars[*index as usize]))
            .collect();
        Ok(G::msm_bigint(&self.points, &gathered))
    }
}

struct ArkQuotient {
    domain: Radix2EvaluationDomain<Fr>,
    /// Powers of the root of unity of the double domain: they move to its odd points.
    shift: Vec<Fr>,
}

impl ArkQuotient {
    fn new(size: usize) -> Result<Self> {
        let domain = Radix2EvaluationDomain::new(size).ok_or_else(|| Error::EngineUnavailable {
            name: "ark".to_owned(),
            remedy: format!("there is no domain of {size} points"),
        })?;
        Ok(Self {
            domain,
            shift: powers(domain_generator(2 * size), size),
        })
    }

    fn to_odd_points(&self, mut values: Vec<Fr>) -> Vec<Fr> {
        self.domain.ifft_in_place(&mut values);
        values
            .par_iter_mut()
            .zip(&self.shift)
            .for_each(|(value, power)| *value *= power);
        self.domain.fft_in_place(&mut values);
        values
    }
}

impl Quotient for ArkQuotient {
    fn evaluate(&self, a: Vec<Fr>, b: Vec<Fr>) -> Result<Vec<Scalar>> {
        let c: Vec<Fr> = a.par_iter().zip(&b).map(|(a, b)| *a * b).collect();
        let (a, b) = (self.to_odd_points(a), self.to_odd_points(b));
        let c = self.to_odd_points(c);
        Ok(a.par_iter()
            .zip(&b)
            .zip(&c)
            .map(|((a, b), c)| (*a * b - c).into_bigint().0)
            .collect())
    }
}
