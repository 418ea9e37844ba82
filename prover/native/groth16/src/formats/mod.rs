//! The binary files of the circom world: constraints, witnesses, proving keys, powers of tau.
//!
//! All four share one container. Every reader takes bytes from anywhere, believes none of them,
//! and never allocates more than the file's own length justifies.

pub mod container;
pub mod ptau;
pub mod r1cs;
pub mod wtns;
pub mod zkey;
pub mod zkey_writer;

/// Bytes as people read them.
pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
