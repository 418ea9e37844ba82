//! The verbs of `prover.types.Crypto` as functions. What takes longer than about 20 µs releases the GIL.

use pyo3::prelude::*;
use pyo3::types::PyBytes;
use zkclear_crypto::curve::Point;
use zkclear_crypto::eddsa::{SigningKey, verify as verify_one, verify_many as verify_all};
use zkclear_crypto::{Integer, blake512 as blake, ethereum, lists, poseidon as hashing};

use crate::convert::{
    PyElement, PyItem, PyPoint, count, elements, errors, integer, raised, scalar_below, wrapped,
};

/// What a tag of HashList must stay below.
const LIST_TAG_BOUND: u64 = 1 << 32;
/// Up to this many inputs, a hash is so fast (20 µs) that releasing the GIL would cost more than it gives.
const SHORT: usize = 5;
/// The same for bytes to hash.
const SHORT_DATA: usize = 4096;

#[pyfunction]
#[pyo3(signature = (inputs, tag = PyElement(Default::default())))]
fn poseidon(py: Python<'_>, inputs: Vec<PyElement>, tag: PyElement) -> PyResult<PyElement> {
    let inputs = elements(inputs);
    let hash = unless(inputs.len() <= SHORT, py, || hashing::hash(&inputs, tag.0));
    hash.map(PyElement).map_err(raised)
}

#[pyfunction]
#[pyo3(signature = (inputs, outputs, tag = PyElement(Default::default())))]
fn poseidon_ex(
    py: Python<'_>,
    inputs: Vec<PyElement>,
    outputs: &Bound<'_, PyAny>,
    tag: PyElement,
) -> PyResult<Vec<PyElement>> {
    let inputs = elements(inputs);
    let outputs = count(
        outputs,
        "outputs of Poseidon",
        &format!("1 to {}", inputs.len() + 1),
    )?;
    let state = unless(inputs.len() <= SHORT, py, || {
        hashing::hash_extended(&inputs, outputs, tag.0)
    });
    state.map(wrapped).map_err(raised)
}

#[pyfunction]
#[pyo3(signature = (rows, tag = PyElement(Default::default())))]
fn poseidon_many(
    py: Python<'_>,
    rows: Vec<Vec<PyElement>>,
    tag: PyElement,
) -> PyResult<Vec<PyElement>> {
    let rows: Vec<_> = rows.into_iter().map(elements).collect();
    py.detach(|| hashing::hash_many(&rows, tag.0))
        .map(wrapped)
        .map_err(raised)
}

#[pyfunction]
fn hash_list(
    py: Python<'_>,
    elements: Vec<PyElement>,
    tag: &Bound<'_, PyAny>,
) -> PyResult<PyElement> {
    let tag = scalar_below(tag, &Integer::from(LIST_TAG_BOUND))?.0[0];
    let list = crate::convert::elements(elements);
    py.detach(|| lists::hash_list(&list, tag))
        .map(PyElement)
        .map_err(raised)
}

#[pyfunction]
fn stream(
    py: Python<'_>,
    key: PyElement,
    words: &Bound<'_, PyAny>,
    tag: PyElement,
) -> PyResult<Vec<PyElement>> {
    let words = count(words, "words of a stream", "1 to 15")?;
    let elements = unless(words <= SHORT, py, || lists::stream(key.0, words, tag.0));
    elements.map(wrapped).map_err(raised)
}

#[pyfunction]
fn check_key(point: PyPoint) -> PyResult<()> {
    point.0.check_key().map_err(raised)
}

#[pyfunction]
fn add(left: PyPoint, right: PyPoint) -> PyPoint {
    PyPoint(left.0.add(&right.0))
}

#[pyfunction]
fn multiply(py: Python<'_>, point: PyPoint, scalar: &Bound<'_, PyAny>) -> PyResult<PyPoint> {
    let Some(factor) = integer(scalar)? else {
        let bound = num_bigint::BigUint::from(1u8) << 256;
        return Err(errors::ScalarOutOfRange::new_err((
            scalar.clone().unbind(),
            bound,
        )));
    };
    Ok(PyPoint(py.detach(|| point.0.multiply(&factor))))
}

#[pyfunction]
fn public_key(py: Python<'_>, secret: &[u8]) -> PyResult<PyPoint> {
    let key = py.detach(|| SigningKey::new(secret)).map_err(raised)?;
    Ok(PyPoint(*key.public_key()))
}

#[pyfunction]
fn sign<'py>(py: Python<'py>, secret: &[u8], message: PyElement) -> PyResult<Bound<'py, PyAny>> {
    let signature = py
        .detach(|| SigningKey::new(secret).map(|key| key.sign(&message.0)))
        .map_err(raised)?;
    let s = crate::convert::big(signature.s());
    Ok((PyPoint(*signature.r8()), s).into_pyobject(py)?.into_any())
}

#[pyfunction]
fn verify(
    py: Python<'_>,
    key: &Bound<'_, PyAny>,
    message: &Bound<'_, PyAny>,
    signature: &Bound<'_, PyAny>,
) -> PyResult<bool> {
    let (key, message, signature) = PyItem::new(key, message, signature)?.0;
    Ok(py.detach(|| verify_one(&key, &message, &signature)))
}

#[pyfunction]
fn verify_many(py: Python<'_>, items: Vec<PyItem>) -> Vec<bool> {
    let items: Vec<_> = items.into_iter().map(|item| item.0).collect();
    py.detach(|| verify_all(&items))
}

#[pyfunction]
fn pack_point<'py>(py: Python<'py>, point: PyPoint) -> Bound<'py, PyBytes> {
    PyBytes::new(py, &point.0.pack())
}

#[pyfunction]
fn unpack_point(py: Python<'_>, packed: &[u8]) -> PyResult<PyPoint> {
    py.detach(|| Point::unpack(packed))
        .map(PyPoint)
        .map_err(raised)
}

#[pyfunction]
fn keccak256<'py>(py: Python<'py>, data: &[u8]) -> Bound<'py, PyBytes> {
    PyBytes::new(
        py,
        &unless(data.len() <= SHORT_DATA, py, || ethereum::keccak256(data)),
    )
}

#[pyfunction]
fn keccak256_many<'py>(
    py: Python<'py>,
    data: Vec<Bound<'py, PyBytes>>,
) -> Vec<Bound<'py, PyBytes>> {
    let slices: Vec<&[u8]> = data.iter().map(|item| item.as_bytes()).collect();
    let digests = py.detach(|| ethereum::keccak256_many(&slices));
    digests
        .iter()
        .map(|digest| PyBytes::new(py, digest))
        .collect()
}

#[pyfunction]
fn recover<'py>(py: Python<'py>, digest: &[u8], signature: &[u8]) -> PyResult<Bound<'py, PyBytes>> {
    let address = py
        .detach(|| ethereum::recover(digest, signature))
        .map_err(raised)?;
    Ok(PyBytes::new(py, &address))
}

#[pyfunction]
fn blake512<'py>(py: Python<'py>, data: &[u8]) -> Bound<'py, PyBytes> {
    PyBytes::new(py, &blake::blake512(data))
}

/// Runs `work`, releasing the GIL unless it is `short`.
fn unless<T: Send>(short: bool, py: Python<'_>, work: impl FnOnce() -> T + Send) -> T {
    if short { work() } else { py.detach(work) }
}

pub fn register(module: &Bound<'_, PyModule>) -> PyResult<()> {
    module.add_function(wrap_pyfunction!(poseidon, module)?)?;
    module.add_function(wrap_pyfunction!(poseidon_ex, module)?)?;
    module.add_function(wrap_pyfunction!(poseidon_many, module)?)?;
    module.add_function(wrap_pyfunction!(hash_list, module)?)?;
    module.add_function(wrap_pyfunction!(stream, module)?)?;
    module.add_function(wrap_pyfunction!(check_key, module)?)?;
    module.add_function(wrap_pyfunction!(add, module)?)?;
    module.add_function(wrap_pyfunction!(multiply, module)?)?;
    module.add_function(wrap_pyfunction!(public_key, module)?)?;
    module.add_function(wrap_pyfunction!(sign, module)?)?;
    module.add_function(wrap_pyfunction!(verify, module)?)?;
    module.add_function(wrap_pyfunction!(verify_many, module)?)?;
    module.add_function(wrap_pyfunction!(pack_point, module)?)?;
    module.add_function(wrap_pyfunction!(unpack_point, module)?)?;
    module.add_function(wrap_pyfunction!(keccak256, module)?)?;
    module.add_function(wrap_pyfunction!(keccak256_many, module)?)?;
    module.add_function(wrap_pyfunction!(recover, module)?)?;
    module.add_function(wrap_pyfunction!(blake512, module)?)
}
