//! Proving: a key that stays open, and a witness after the other.

mod backend;
mod engine;
mod fast;
mod native;
mod portable;
#[cfg(feature = "taceo")]
mod taceo;

use std::path::Path;

use ark_bn254::Fr;

pub use self::backend::{Backend, Blinding};
pub use self::engine::{Engine, MultiScalar, Quotient, Scalar};
pub use self::fast::FastEngine;
pub use self::native::NativeBackend;
pub use self::portable::ArkEngine;
use crate::atomic::write_atomically;
use crate::check;
use crate::error::{Error, Result};
use crate::formats::r1cs::R1cs;
use crate::formats::wtns::Witness;
use crate::formats::zkey::Zkey;
use crate::key::VerificationKey;
use crate::proof::{Proof, public_to_json};
use crate::timing::{Phase, Stopwatch};
use crate::verify::Verifier;

/// Which implementation does the arithmetic.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EngineChoice {
    /// This project's engine, as the environment asks or the processor allows.
    Native,
    /// The same, by AVX-512 IFMA.
    Ifma,
    /// The same, on any processor.
    Portable,
    /// arkworks' multi-scalar multiplication and transforms.
    Ark,
    /// The taceo-groth16 library, a prover of its own.
    Taceo,
}

impl EngineChoice {
    /// The choice of this name; no name is [`EngineChoice::Native`].
    pub fn from_name(name: Option<&str>) -> Result<Self> {
        Ok(match name {
            None => Self::Native,
            Some("ifma") => Self::Ifma,
            Some("portable") => Self::Portable,
            Some("ark") => Self::Ark,
            Some("taceo") => Self::Taceo,
            Some(other) => {
                return Err(Error::EngineUnavailable {
                    name: other.to_owned(),
                    remedy: "choose one of ifma, portable, ark, taceo".to_owned(),
                });
            }
        })
    }
}

/// A proof that was verified, what it shows, and what making it took.
#[derive(Debug)]
pub struct Proved {
    pub proof: Proof,
    pub public: Vec<Fr>,
    pub timings: Vec<Phase>,
}

impl Proved {
    /// Writes `proof.json` and `public.json`, each complete or not at all.
    pub fn write(&self, proof: &Path, public: &Path) -> Result<()> {
        write_atomically(proof, self.proof.to_json()?.as_bytes())?;
        write_atomically(public, public_to_json(&self.public)?.as_bytes())
    }
}

/// A key, decoded once and ready for any number of proofs.
pub struct Prover {
    path: String,
    wires: usize,
    is_dev_key: bool,
    verifier: Verifier,
    r1cs: Option<R1cs>,
    backend: Box<dyn Backend>,
}

impl Prover {
    /// Opens a key for an engine. An unsafe key is refused.
    pub fn open(zkey: &Path, engine: EngineChoice) -> Result<Self> {
        Self::from_zkey(&Zkey::open(zkey)?, engine)
    }

    /// Decodes an opened key.
    pub fn from_zkey(zkey: &Zkey, engine: EngineChoice) -> Result<Self> {
        let verifier = Verifier::new(VerificationKey::from_zkey(zkey)?);
        Ok(Self {
            path: zkey.path().to_owned(),
            wires: zkey.header.wires,
            is_dev_key: zkey.is_dev_key(),
            verifier,
            r1cs: None,
            backend: backend::open(zkey, engine)?,
        })
    }

    /// From now on checks every witness against these constraints before proving, so that a false
    /// one is told by the constraint it breaks.
    pub fn check_against(&mut self, r1cs: R1cs) -> Result<()> {
        if r1cs.wires != self.wires || r1cs.public_signals() != self.key().public_signals() {
            return Err(Error::WrongLength {
                what: format!("wires of {} for {}", r1cs.path, self.path),
                expected: format!(
                    "{} wires, {} of them public",
                    self.wires,
                    self.key().public_signals()
                ),
                actual: r1cs.wires,
            });
        }
        self.r1cs = Some(r1cs);
        Ok(())
    }

    /// The key's public half.
    pub fn key(&self) -> &VerificationKey {
        &self.verifier.key
    }

    /// What errors call the key.
    pub fn path(&self) -> &str {
        &self.path
    }

    /// The engine's name.
    pub fn engine(&self) -> &str {
        self.backend.name()
    }

    /// Was the key made by the development setup, whose secrets are known?
    pub fn is_dev_key(&self) -> bool {
        self.is_dev_key
    }

    /// Proves a witness, in zero knowledge, and verifies the proof before handing it out.
    pub fn prove(&self, witness: &Witness) -> Result<Proved> {
        if witness.len() != self.wires {
            return Err(Error::WrongLength {
                what: format!("witness for {}", self.path),
                expected: format!("{} values", self.wires),
                actual: witness.len(),
            });
        }
        let mut watch = Stopwatch::default();
        if let Some(r1cs) = &self.r1cs {
            check::check(r1cs, witness)?;
            watch.lap("check");
        }
        let proof = self
            .backend
            .prove(witness, &Blinding::random(), &mut watch)?;
        let public: Vec<Fr> = (1..=self.key().public_signals())
            .map(|wire| witness.scalar(wire))
            .collect();
        if !self.verifier.verify(&proof, &public)? {
            return Err(Error::ProofRejected {
                path: self.path.clone(),
            });
        }
        watch.lap("verify");
        Ok(Proved {
            proof,
            public,
            timings: watch.finish(),
        })
    }
}
