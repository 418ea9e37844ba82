//! What a whole prover must offer to be interchangeable with the others.

use ark_bn254::Fr;
use ark_std::UniformRand;
use rand::rngs::OsRng;

use zkclear_engine::Simd;

use super::EngineChoice;
use super::fast::FastEngine;
use super::native::NativeBackend;
use super::portable::ArkEngine;
use crate::error::Result;
use crate::formats::wtns::Witness;
use crate::formats::zkey::Zkey;
use crate::proof::Proof;
use crate::timing::Stopwatch;

/// The randomness that makes a proof zero-knowledge.
pub struct Blinding {
    pub(crate) r: Fr,
    pub(crate) s: Fr,
}

impl Blinding {
    /// Draws it from the operating system. There is no other way to get one: two proofs with the
    /// same blinding, or one with none, give the witness away.
    pub fn random() -> Self {
        Self {
            r: Fr::rand(&mut OsRng),
            s: Fr::rand(&mut OsRng),
        }
    }
}

/// A prover with a decoded key.
pub trait Backend: Send + Sync {
    /// The name that chooses it.
    fn name(&self) -> &str;

    /// Makes a proof of a witness of the right length. The result has not been verified.
    fn prove(&self, witness: &Witness, blinding: &Blinding, watch: &mut Stopwatch)
    -> Result<Proof>;
}

/// Decodes a key for an engine.
pub(super) fn open(zkey: &Zkey, engine: EngineChoice) -> Result<Box<dyn Backend>> {
    Ok(match engine {
        EngineChoice::Native => Box::new(NativeBackend::open(zkey, &FastEngine::detect()?)?),
        EngineChoice::Ifma => native(zkey, Simd::Ifma)?,
        EngineChoice::Portable => native(zkey, Simd::Portable)?,
        EngineChoice::Ark => Box::new(NativeBackend::open(zkey, &ArkEngine)?),
        #[cfg(feature = "taceo")]
        EngineChoice::Taceo => Box::new(super::taceo::TaceoBackend::open(zkey)?),
        #[cfg(not(feature = "taceo"))]
        EngineChoice::Taceo => {
            return Err(crate::error::Error::EngineUnavailable {
                name: "taceo".to_owned(),
                remedy: "build with the feature taceo".to_owned(),
            });
        }
    })
}

fn native(zkey: &Zkey, simd: Simd) -> Result<Box<dyn Backend>> {
    let engine = FastEngine::forced(simd)?;
    Ok(Box::new(NativeBackend::open(zkey, &engine)?))
}
