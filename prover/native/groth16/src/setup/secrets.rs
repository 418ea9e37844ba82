//! The secrets of a development setup, drawn from a seed: known, hence worthless as secrets.

use ark_bn254::Fr;
use ark_ff::{FftField, Field, One, Zero};
use ark_std::UniformRand;
use rand::SeedableRng;
use rand_chacha::ChaCha20Rng;

/// What a ceremony would have destroyed.
pub struct Secrets {
    /// The point at which the circuit's polynomials are evaluated.
    pub tau: Fr,
    pub alpha: Fr,
    pub beta: Fr,
    /// The contribution to δ; γ is one.
    pub delta: Fr,
    /// Picks the random point of the contribution's proof of knowledge.
    pub contributor: Fr,
    /// Pick the random points of the powers-of-tau contribution's proofs of knowledge.
    pub tau_contributors: [Fr; 3],
}

impl Secrets {
    /// Draws all secrets. τ, α and β depend on nothing but the seed: one powers-of-tau file
    /// serves every circuit.
    pub fn from_seed(seed: &[u8; 32]) -> Self {
        let mut stream = ChaCha20Rng::from_seed(*seed);
        let mut draw = || loop {
            let value = Fr::rand(&mut stream);
            // Neither zero nor a root of unity: both make keys that are not usable.
            if !value.is_zero() && value.pow([1u64 << Fr::TWO_ADICITY]) != Fr::one() {
                return value;
            }
        };
        Self {
            tau: draw(),
            alpha: draw(),
            beta: draw(),
            delta: draw(),
            contributor: draw(),
            tau_contributors: [draw(), draw(), draw()],
        }
    }
}
