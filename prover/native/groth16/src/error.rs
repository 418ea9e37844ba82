//! Every error of this crate, each with the value that caused it.

use std::path::Path;

use num_bigint::BigUint;

/// What went wrong, in the words of `prover/errors.py`, which the Python wrapper raises.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A truncated, foreign or inconsistent file (or the bytes of one).
    #[error("{path}: {reason}")]
    MalformedFile { path: String, reason: String },
    /// A key with which anyone can forge.
    #[error("{path}: refused, {reason}")]
    UnsafeKey { path: String, reason: String },
    /// A witness that breaks a constraint of the R1CS; the first one broken.
    #[error("constraint {constraint} is not satisfied")]
    UnsatisfiedConstraint { constraint: usize },
    /// An integer that is not below the order of the scalar field.
    #[error("{value} is not a field element: it must be below the order of the scalar field")]
    NotAFieldElement { value: BigUint },
    /// Too few or too many items.
    #[error("{what}: expected {expected}, was {actual}")]
    WrongLength {
        what: String,
        expected: String,
        actual: usize,
    },
    /// The proof that was just made does not verify: witness and key belong to different circuits.
    #[error(
        "{path}: the proof made with this key does not verify; the witness breaks a constraint or is another circuit's"
    )]
    ProofRejected { path: String },
    /// An arithmetic engine that this build or this machine does not have.
    #[error("engine {name:?} is not available: {remedy}")]
    EngineUnavailable { name: String, remedy: String },
    /// The operating system said no.
    #[error("{path}: {source}")]
    Io {
        path: String,
        source: std::io::Error,
    },
}

/// The result of every fallible function here.
pub type Result<T> = std::result::Result<T, Error>;

impl Error {
    /// A file that cannot be what it claims to be.
    pub fn malformed(path: &str, reason: impl Into<String>) -> Self {
        Self::MalformedFile {
            path: path.to_owned(),
            reason: reason.into(),
        }
    }

    /// An input or output error at `path`.
    pub fn io(path: &Path, source: std::io::Error) -> Self {
        Self::Io {
            path: path.display().to_string(),
            source,
        }
    }
}
