//! Verification of one proof or of many.

mod batch;
mod miller;

use ark_bn254::{Bn254, Fr, G1Affine, G1Projective};
use ark_ec::pairing::{Pairing, PairingOutput};
use ark_ec::{AffineRepr, CurveGroup, VariableBaseMSM};

pub use self::batch::{Claim, verify_many};
use crate::error::{Error, Result};
use crate::key::VerificationKey;
use crate::proof::Proof;

type G2Prepared = <Bn254 as Pairing>::G2Prepared;

/// A verification key with the work that does not depend on the proof done.
pub struct Verifier {
    /// The key itself.
    pub key: VerificationKey,
    alpha_beta: PairingOutput<Bn254>,
    minus_gamma: G2Prepared,
    minus_delta: G2Prepared,
}

impl Verifier {
    /// Prepares a key, which every [`VerificationKey`] allows: unsafe ones were refused.
    pub fn new(key: VerificationKey) -> Self {
        Self {
            alpha_beta: Bn254::pairing(key.alpha_g1, key.beta_g2),
            minus_gamma: G2Prepared::from(-key.gamma_g2),
            minus_delta: G2Prepared::from(-key.delta_g2),
            key,
        }
    }

    /// Does the proof show the public signals? An error only when there are too few or too many.
    pub fn verify(&self, proof: &Proof, public: &[Fr]) -> Result<bool> {
        expect_length(&self.key, public)?;
        if !proof.is_well_formed() {
            return Ok(false);
        }
        // e(A, B) · e(IC, -γ) · e(C, -δ) = e(α, β)
        let points = [proof.a, public_point(&self.key, public), proof.c];
        let prepared = [
            G2Prepared::from(proof.b),
            self.minus_gamma.clone(),
            self.minus_delta.clone(),
        ];
        Ok(Bn254::multi_pairing(points, prepared) == self.alpha_beta)
    }
}

/// Refuses another number of public signals than the key has.
fn expect_length(key: &VerificationKey, public: &[Fr]) -> Result<()> {
    if public.len() == key.public_signals() {
        return Ok(());
    }
    Err(Error::WrongLength {
        what: format!("public signals for {}", key.path),
        expected: key.public_signals().to_string(),
        actual: public.len(),
    })
}

/// IC_0 + Σ x_i·IC_i.
fn public_point(key: &VerificationKey, public: &[Fr]) -> G1Affine {
    let sum = G1Projective::msm_unchecked(&key.public_points[1..], public);
    (sum + key.public_points[0].into_group()).into_affine()
}
