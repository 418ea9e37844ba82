//! Groth16 over BN254 for circom circuits: files, development setup, proving, verification.
//!
//! Knows the binary formats of the circom world and nothing of Python. Everything that enters is
//! distrusted: a malformed file, a foreign curve, an unsafe key or a false witness is an
//! [`error::Error`], never a panic.

pub mod atomic;
pub mod blake2b;
pub mod check;
pub mod error;
pub mod field;
pub mod formats;
pub mod json;
pub mod key;
pub mod points;
pub mod progress;
pub mod proof;
pub mod prove;
pub mod setup;
pub mod sparse;
pub mod timing;
pub mod verify;
