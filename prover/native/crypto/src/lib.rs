//! The mathematics of zkclear outside the proof system, on well-kept crates and without Python.
//!
//! - [`poseidon`]: the hash, with circomlib's constants, and what is built on it: [`lists`] and the keystream.
//! - [`curve`]: Baby Jubjub in circomlib's form; [`eddsa`]: EdDSA-Poseidon as circomlibjs signs and verifies it.
//! - [`tree`]: the 8-ary Poseidon tree, copy-on-write.
//! - [`ethereum`]: keccak256 and secp256k1 recovery; [`blake512`]: what circomlib expands secrets with.
//!
//! What is constant-time and what is not is said in [`eddsa::secret`], the only module that touches a secret.
#![forbid(unsafe_code)]
#![warn(missing_docs)]

pub mod blake512;
pub mod curve;
pub mod eddsa;
mod error;
pub mod ethereum;
mod field;
pub mod lists;
pub mod poseidon;
pub mod tree;

pub use error::Error;
pub use field::{Fr, Integer, element_from_le_bytes, element_to_le_bytes};

/// The result of anything that may refuse its input.
pub type Result<T> = std::result::Result<T, Error>;
