//! Verification keys: snarkjs' `verification_key.json`, and what makes a key unsafe.

use ark_bn254::{Bn254, Fq12, G1Affine, G2Affine};
use ark_ec::AffineRepr;
use ark_ec::pairing::Pairing;
use serde::{Deserialize, Serialize};

use crate::error::{Error, Result};
use crate::formats::zkey::Zkey;
use crate::json::{self, G1Json, G2Json};
use crate::points::{is_in_g1, is_in_g2};

/// What a verifier needs of a key. Every value of this type has passed [`VerificationKey::refuse_unsafe`].
#[derive(Clone, Debug)]
pub struct VerificationKey {
    /// Where it came from, for errors.
    pub path: String,
    pub alpha_g1: G1Affine,
    pub beta_g2: G2Affine,
    pub gamma_g2: G2Affine,
    pub delta_g2: G2Affine,
    /// One point for the constant and one for each public signal.
    pub public_points: Vec<G1Affine>,
}

#[derive(Serialize, Deserialize)]
struct KeyJson {
    protocol: String,
    curve: String,
    #[serde(rename = "nPublic")]
    public_signals: usize,
    vk_alpha_1: G1Json,
    vk_beta_2: G2Json,
    vk_gamma_2: G2Json,
    vk_delta_2: G2Json,
    /// Derived from the others, so it is written for other programs and never read.
    #[serde(default, skip_deserializing)]
    vk_alphabeta_12: Vec<Vec<[String; 2]>>,
    #[serde(rename = "IC")]
    public_points: Vec<G1Json>,
}

impl VerificationKey {
    /// The verification key inside a proving key.
    pub fn from_zkey(zkey: &Zkey) -> Result<Self> {
        let key = Self {
            path: zkey.path().to_owned(),
            alpha_g1: zkey.header.alpha_g1,
            beta_g2: zkey.header.beta_g2,
            gamma_g2: zkey.header.gamma_g2,
            delta_g2: zkey.header.delta_g2,
            public_points: zkey.public_points.clone(),
        };
        key.refuse_unsafe()?;
        if zkey.header.beta_g1.is_zero() || zkey.header.delta_g1.is_zero() {
            return Err(key.unsafe_because("β or δ in G1 is the point at infinity"));
        }
        Ok(key)
    }

    /// Reads snarkjs' JSON; `path` names it in errors.
    pub fn from_json(path: &str, text: &str) -> Result<Self> {
        let parsed: KeyJson = json::parse(path, text)?;
        json::expect_groth16(path, &parsed.protocol, &parsed.curve)?;
        if parsed.public_points.len() != parsed.public_signals.saturating_add(1) {
            return Err(Error::malformed(
                path,
                format!(
                    "{} points of IC do not fit {} public signals",
                    parsed.public_points.len(),
                    parsed.public_signals
                ),
            ));
        }
        let g1 = |name: &str, point: &G1Json| {
            json::g1(path, name, point).and_then(|point| {
                is_in_g1(&point)
                    .then_some(point)
                    .ok_or_else(|| Error::malformed(path, format!("{name} is not a point of G1")))
            })
        };
        let g2 = |name: &str, point: &G2Json| {
            json::g2(path, name, point).and_then(|point| {
                is_in_g2(&point)
                    .then_some(point)
                    .ok_or_else(|| Error::malformed(path, format!("{name} is not a point of G2")))
            })
        };
        let key = Self {
            path: path.to_owned(),
            alpha_g1: g1("vk_alpha_1", &parsed.vk_alpha_1)?,
            beta_g2: g2("vk_beta_2", &parsed.vk_beta_2)?,
            gamma_g2: g2("vk_gamma_2", &parsed.vk_gamma_2)?,
            delta_g2: g2("vk_delta_2", &parsed.vk_delta_2)?,
            public_points: parsed
                .public_points
                .iter()
                .map(|point| g1("IC", point))
                .collect::<Result<_>>()?,
        };
        key.refuse_unsafe()?;
        Ok(key)
    }

    /// The JSON that snarkjs writes, α·β included.
    pub fn to_json(&self) -> Result<String> {
        let alpha_beta: Fq12 = Bn254::pairing(self.alpha_g1, self.beta_g2).0;
        json::print(
            &self.path,
            &KeyJson {
                protocol: json::PROTOCOL.to_owned(),
                curve: json::CURVE.to_owned(),
                public_signals: self.public_signals(),
                vk_alpha_1: json::g1_json(&self.alpha_g1),
                vk_beta_2: json::g2_json(&self.beta_g2),
                vk_gamma_2: json::g2_json(&self.gamma_g2),
                vk_delta_2: json::g2_json(&self.delta_g2),
                vk_alphabeta_12: json::target_json(&alpha_beta),
                public_points: self.public_points.iter().map(json::g1_json).collect(),
            },
        )
    }

    /// How many public signals a proof for this key has.
    pub fn public_signals(&self) -> usize {
        self.public_points.len() - 1
    }

    /// Refuses a key with which anyone can forge.
    ///
    /// - γ = ±δ, or δ = ±the generator (γ is the generator in every key of snarkjs, so both mean
    ///   that nobody contributed): C can then be chosen to cancel the public inputs.
    /// - Infinity as α, β, γ or δ takes a pairing out of the equation.
    /// - Infinity as a point of IC: that public input may then be changed at will; and without a
    ///   constant term (α, β, 0) is a proof for inputs of zero. The row that the setup adds for
    ///   every public signal makes both impossible in an honest key.
    pub fn refuse_unsafe(&self) -> Result<()> {
        let generator = G2Affine::generator();
        let infinite = [
            (self.alpha_g1.is_zero(), "α"),
            (self.beta_g2.is_zero(), "β"),
            (self.gamma_g2.is_zero(), "γ"),
            (self.delta_g2.is_zero(), "δ"),
        ];
        if let Some((_, name)) = infinite.iter().find(|(is_infinite, _)| *is_infinite) {
            return Err(self.unsafe_because(&format!("{name} is the point at infinity")));
        }
        if self.delta_g2 == self.gamma_g2 || self.delta_g2 == -self.gamma_g2 {
            return Err(self.unsafe_because("γ = δ: nobody contributed, anyone can forge"));
        }
        // With β = ±γ or ±δ two factors of the equation cancel: (α ± IC, β, 0) or (IC, γ, ∓α) is a proof of anything.
        for (other, name) in [(self.gamma_g2, "γ"), (self.delta_g2, "δ")] {
            if self.beta_g2 == other || self.beta_g2 == -other {
                return Err(
                    self.unsafe_because(&format!("β = ±{name}: nobody contributed to phase 1"))
                );
            }
        }
        if self.delta_g2 == generator || self.delta_g2 == -generator {
            return Err(self.unsafe_because("δ is the generator: nobody contributed"));
        }
        if let Some(index) = self.public_points.iter().position(AffineRepr::is_zero) {
            return Err(self.unsafe_because(&format!(
                "IC[{index}] is the point at infinity: it binds no public signal"
            )));
        }
        Ok(())
    }

    fn unsafe_because(&self, reason: &str) -> Error {
        Error::UnsafeKey {
            path: self.path.clone(),
            reason: reason.to_owned(),
        }
    }
}
