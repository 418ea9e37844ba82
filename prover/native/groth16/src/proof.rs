//! Proofs and public signals, as snarkjs' `proof.json` and `public.json`.

use ark_bn254::{Fr, G1Affine, G2Affine};
use ark_ec::AffineRepr;
use serde::{Deserialize, Serialize};

use crate::error::Result;
use crate::json::{self, G1Json, G2Json};
use crate::points::{is_in_g1, is_in_g2};

/// Three points. Read ones may lie anywhere; verification looks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Proof {
    pub a: G1Affine,
    pub b: G2Affine,
    pub c: G1Affine,
}

#[derive(Serialize, Deserialize)]
struct ProofJson {
    pi_a: G1Json,
    pi_b: G2Json,
    pi_c: G1Json,
    protocol: String,
    curve: String,
}

impl Proof {
    /// Reads `proof.json`. Numbers must be below the modulus; the curve is left to verification.
    pub fn from_json(text: &str) -> Result<Self> {
        const PATH: &str = "proof";
        let parsed: ProofJson = json::parse(PATH, text)?;
        json::expect_groth16(PATH, &parsed.protocol, &parsed.curve)?;
        Ok(Self {
            a: json::g1(PATH, "pi_a", &parsed.pi_a)?,
            b: json::g2(PATH, "pi_b", &parsed.pi_b)?,
            c: json::g1(PATH, "pi_c", &parsed.pi_c)?,
        })
    }

    /// Writes `proof.json`.
    pub fn to_json(&self) -> Result<String> {
        json::print(
            "proof",
            &ProofJson {
                pi_a: json::g1_json(&self.a),
                pi_b: json::g2_json(&self.b),
                pi_c: json::g1_json(&self.c),
                protocol: json::PROTOCOL.to_owned(),
                curve: json::CURVE.to_owned(),
            },
        )
    }

    /// Are all points on their curves and of order r? A and B of an honest proof are not infinite.
    pub fn is_well_formed(&self) -> bool {
        self.is_on_curves() && is_in_g2(&self.b)
    }

    /// The same without the order of B.
    pub(crate) fn is_on_curves(&self) -> bool {
        let Self { a, b, c } = self;
        is_in_g1(a) && is_in_g1(c) && b.is_on_curve() && !a.is_zero() && !b.is_zero()
    }
}

/// Reads `public.json`; a signal that is not below r is refused.
pub fn public_from_json(text: &str) -> Result<Vec<Fr>> {
    let strings: Vec<String> = json::parse("public signals", text)?;
    strings
        .iter()
        .map(|text| json::scalar("public signals", text))
        .collect()
}

/// Writes `public.json`.
pub fn public_to_json(signals: &[Fr]) -> Result<String> {
    let strings: Vec<String> = signals.iter().map(Fr::to_string).collect();
    json::print("public signals", &strings)
}
