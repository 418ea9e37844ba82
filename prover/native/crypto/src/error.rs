//! Everything that can be wrong with an input, with the offending value kept.
//!
//! Each variant is one class of Python's `prover.errors`, and carries that class's arguments.

use crate::{Fr, Integer};

/// Why an input has no answer.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// An integer that is not below the order of the BN254 scalar field.
    #[error("{0} is not a field element")]
    NotAFieldElement(Integer),
    /// Too few or too many items.
    #[error("{what}: expected {expected}, was {actual}")]
    WrongLength {
        /// What was counted.
        what: &'static str,
        /// How many fit, in words.
        expected: String,
        /// How many there were.
        actual: usize,
    },
    /// Coordinates that satisfy no curve equation.
    #[error("point ({0}, {1}) is not on Baby Jubjub")]
    PointNotOnCurve(Fr, Fr),
    /// A point K with 8·K the identity: as a key it verifies anything.
    #[error("point ({0}, {1}) is of small order and no key")]
    PointOfSmallOrder(Fr, Fr),
    /// A scalar that is not below `bound`.
    #[error("scalar {value} must be below {bound}")]
    ScalarOutOfRange {
        /// The scalar.
        value: Integer,
        /// What it must stay below.
        bound: Integer,
    },
    /// A leaf or node outside the tree.
    #[error("index {index} must be below {bound}")]
    IndexOutOfRange {
        /// The index.
        index: u64,
        /// What it must stay below.
        bound: u64,
    },
    /// 65 bytes from which no secp256k1 signer follows.
    #[error("no signer follows: {reason}")]
    UnrecoverableSignature {
        /// The signature as it came.
        signature: [u8; 65],
        /// What is wrong with it.
        reason: &'static str,
    },
}

impl Error {
    /// Too few or too many items of `what`.
    pub(crate) fn wrong_length(
        what: &'static str,
        expected: impl Into<String>,
        actual: usize,
    ) -> Self {
        Self::WrongLength {
            what,
            expected: expected.into(),
            actual,
        }
    }
}
