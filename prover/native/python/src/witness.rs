//! Field inversion for circom's witness programs, called by the WebAssembly runtime without passing through Python.
//!
//! The runtime calls a function of C's calling convention with the program's two arguments: the address of a field
//! element and the address for its inverse, both inside the program's memory. `Window` tells where that memory is.

use std::ffi::c_void;

use ark_bn254::Fr;
use ark_ff::{BigInt, PrimeField};
use pyo3::prelude::*;
use zkclear_engine::invert_scalar;

/// Where a program's memory lies in this process. Python allocates it and keeps it as long as the program.
#[repr(C)]
struct Window {
    base: u64,
    length: u64,
}

/// The runtime's raw value: sixteen bytes, of which an i32 uses the first four.
#[repr(C, align(16))]
#[derive(Clone, Copy)]
struct RawValue([u32; 4]);

const ELEMENT: u64 = 32;

/// The address of the callback, for the runtime's C interface.
#[pyfunction]
fn witness_inverse_address() -> usize {
    invert as *const () as usize
}

pub fn register(module: &Bound<'_, PyModule>) -> PyResult<()> {
    module.add_function(wrap_pyfunction!(witness_inverse_address, module)?)
}

/// `inverse(x, y)`: writes 1/x to y, 0 for 0. Returns null: it never traps.
///
/// # Safety
/// `window` must point to a live `Window` whose base and length are a memory that this process may read and write,
/// and `values` to two raw values. Addresses of the program are checked against the window.
unsafe extern "C" fn invert(
    window: *mut c_void,
    _caller: *mut c_void,
    values: *mut RawValue,
    _count: usize,
) -> *mut c_void {
    // SAFETY: the caller's promise, see above.
    let (window, source, target) = unsafe {
        let window = &*window.cast::<Window>();
        let values = std::slice::from_raw_parts(values, 2);
        (window, u64::from(values[0].0[0]), u64::from(values[1].0[0]))
    };
    if source.max(target) + ELEMENT > window.length {
        return std::ptr::null_mut();
    }
    let mut limbs = [0u64; 4];
    // SAFETY: both addresses lie inside the window, by the check above; no alignment is assumed.
    unsafe {
        let from = (window.base + source) as *const u8;
        std::ptr::copy_nonoverlapping(from, limbs.as_mut_ptr().cast::<u8>(), ELEMENT as usize);
        let inverse = inverse(limbs);
        let to = (window.base + target) as *mut u8;
        std::ptr::copy_nonoverlapping(inverse.as_ptr().cast::<u8>(), to, ELEMENT as usize);
    }
    std::ptr::null_mut()
}

/// 1/x mod r on plain little-endian limbs; values of r or more are reduced first, as circom's own function would.
fn inverse(limbs: [u64; 4]) -> [u64; 4] {
    let reduced = match Fr::from_bigint(BigInt(limbs)) {
        Some(_) => limbs,
        None => {
            let bytes: Vec<u8> = limbs.iter().flat_map(|limb| limb.to_le_bytes()).collect();
            Fr::from_le_bytes_mod_order(&bytes).into_bigint().0
        }
    };
    invert_scalar(reduced)
}
