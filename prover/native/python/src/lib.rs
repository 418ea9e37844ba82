//! The extension module: what Python sees of the Rust libraries, and the only crate here that knows Python.

mod convert;
mod crypto;
mod exchange;
mod groth16;
mod tree;
mod witness;

use pyo3::prelude::*;

#[pymodule]
fn zkclear_native(module: &Bound<'_, PyModule>) -> PyResult<()> {
    convert::check_errors(module.py())?;
    crypto::register(module)?;
    tree::register(module)?;
    groth16::register(module)?;
    exchange::register(module)?;
    witness::register(module)
}
