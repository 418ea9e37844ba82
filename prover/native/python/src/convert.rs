//! Python integers to field elements and back, and the libraries' errors as Python's.
//!
//! An integer that does not fit is refused here with the integer itself, however large or negative it is: the
//! exception keeps the very object that the caller passed. What is no integer at all is a TypeError.

use num_bigint::BigUint;
use pyo3::exceptions::PyTypeError;
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyInt, PyTuple};
use zkclear_crypto::curve::{Point, SUBGROUP_ORDER};
use zkclear_crypto::eddsa::{PublicKey, Signature};
use zkclear_crypto::{Error, Fr, Integer};

use ark_ff::PrimeField;

/// Python's classes, by the names that `prover.errors` gives them.
pub mod errors {
    pyo3::import_exception!(prover.errors, IndexOutOfRange);
    pyo3::import_exception!(prover.errors, NotAFieldElement);
    pyo3::import_exception!(prover.errors, PointNotOnCurve);
    pyo3::import_exception!(prover.errors, PointOfSmallOrder);
    pyo3::import_exception!(prover.errors, ScalarOutOfRange);
    pyo3::import_exception!(prover.errors, UnrecoverableSignature);
    pyo3::import_exception!(prover.errors, WrongLength);
}

use errors::*;

/// Fails the import, rather than a later call, where the classes to raise are not there.
pub fn check_errors(py: Python<'_>) -> PyResult<()> {
    let module = py.import("prover.errors")?;
    let names = [
        "IndexOutOfRange",
        "NotAFieldElement",
        "PointNotOnCurve",
        "PointOfSmallOrder",
        "ScalarOutOfRange",
        "UnrecoverableSignature",
        "WrongLength",
    ];
    names
        .iter()
        .try_for_each(|name| module.getattr(name).map(drop))
}

/// The library's error as the Python exception of the same name and arguments.
pub fn raised(error: Error) -> PyErr {
    match error {
        Error::NotAFieldElement(value) => NotAFieldElement::new_err((big(&value),)),
        Error::WrongLength {
            what,
            expected,
            actual,
        } => WrongLength::new_err((what, expected, actual)),
        Error::PointNotOnCurve(x, y) => PointNotOnCurve::new_err(((PyElement(x), PyElement(y)),)),
        Error::PointOfSmallOrder(x, y) => {
            PointOfSmallOrder::new_err(((PyElement(x), PyElement(y)),))
        }
        Error::ScalarOutOfRange { value, bound } => {
            ScalarOutOfRange::new_err((big(&value), big(&bound)))
        }
        Error::IndexOutOfRange { index, bound } => IndexOutOfRange::new_err((index, bound)),
        Error::UnrecoverableSignature { signature, reason } => {
            UnrecoverableSignature::new_err((Bytes(signature.to_vec()), reason))
        }
    }
}

/// A field element, in and out.
pub struct PyElement(pub Fr);

impl<'a, 'py> FromPyObject<'a, 'py> for PyElement {
    type Error = PyErr;

    fn extract(object: Borrowed<'a, 'py, PyAny>) -> PyResult<Self> {
        let element = integer(&object)?.and_then(Fr::from_bigint);
        element
            .map(Self)
            .ok_or_else(|| NotAFieldElement::new_err((object.to_owned().unbind(),)))
    }
}

impl<'py> IntoPyObject<'py> for PyElement {
    type Target = PyInt;
    type Output = Bound<'py, PyInt>;
    type Error = PyErr;

    fn into_pyobject(self, py: Python<'py>) -> PyResult<Self::Output> {
        big(&self.0.into_bigint()).into_pyobject(py)
    }
}

/// The elements without their wrappers; costs no copy.
pub fn elements(wrapped: Vec<PyElement>) -> Vec<Fr> {
    wrapped.into_iter().map(|element| element.0).collect()
}

/// Elements on their way to Python.
pub fn wrapped(elements: Vec<Fr>) -> Vec<PyElement> {
    elements.into_iter().map(PyElement).collect()
}

/// A point: a pair of elements on the curve.
pub struct PyPoint(pub Point);

impl<'a, 'py> FromPyObject<'a, 'py> for PyPoint {
    type Error = PyErr;

    fn extract(object: Borrowed<'a, 'py, PyAny>) -> PyResult<Self> {
        let [x, y] = members(&object, "coordinates of a point")?;
        let (x, y): (PyElement, PyElement) = (x.extract()?, y.extract()?);
        Point::new(x.0, y.0).map(Self).map_err(raised)
    }
}

impl<'py> IntoPyObject<'py> for PyPoint {
    type Target = PyTuple;
    type Output = Bound<'py, PyTuple>;
    type Error = PyErr;

    fn into_pyobject(self, py: Python<'py>) -> PyResult<Self::Output> {
        (PyElement(self.0.x()), PyElement(self.0.y())).into_pyobject(py)
    }
}

/// A signature to verify, as it comes: key, message, (R8, S).
pub struct PyItem(pub (PublicKey, Fr, Signature));

impl PyItem {
    /// Checks the key first, then R8, S and the message.
    pub fn new(
        key: &Bound<'_, PyAny>,
        message: &Bound<'_, PyAny>,
        signature: &Bound<'_, PyAny>,
    ) -> PyResult<Self> {
        let key: PyPoint = key.extract()?;
        let key = PublicKey::new(key.0).map_err(raised)?;
        let [r8, s] = members(signature, "parts of a signature")?;
        let r8: PyPoint = r8.extract()?;
        let scalar = scalar_below(&s, &SUBGROUP_ORDER)?;
        let signature = Signature::new(r8.0, scalar).map_err(raised)?;
        Ok(Self((key, message.extract::<PyElement>()?.0, signature)))
    }
}

impl<'a, 'py> FromPyObject<'a, 'py> for PyItem {
    type Error = PyErr;

    fn extract(object: Borrowed<'a, 'py, PyAny>) -> PyResult<Self> {
        let [key, message, signature] = members(&object, "parts of a signed message")?;
        Self::new(&key, &message, &signature)
    }
}

/// Bytes on their way to Python: a plain vector would arrive as a list.
pub struct Bytes(pub Vec<u8>);

impl<'py> IntoPyObject<'py> for Bytes {
    type Target = PyBytes;
    type Output = Bound<'py, PyBytes>;
    type Error = PyErr;

    fn into_pyobject(self, py: Python<'py>) -> PyResult<Self::Output> {
        Ok(PyBytes::new(py, &self.0))
    }
}

/// The integer, or `None` if it is negative or not below 2^256.
pub fn integer(object: &Bound<'_, PyAny>) -> PyResult<Option<Integer>> {
    let value = match object.extract::<BigUint>() {
        Ok(value) => value,
        Err(_) if object.is_instance_of::<PyInt>() => return Ok(None),
        Err(error) => return Err(error),
    };
    if value.bits() > 256 {
        return Ok(None);
    }
    let mut limbs = [0u64; 4];
    limbs
        .iter_mut()
        .zip(value.iter_u64_digits())
        .for_each(|(limb, digit)| *limb = digit);
    Ok(Some(Integer::new(limbs)))
}

/// A scalar below `bound`.
pub fn scalar_below(object: &Bound<'_, PyAny>, bound: &Integer) -> PyResult<Integer> {
    match integer(object)? {
        Some(scalar) if scalar < *bound => Ok(scalar),
        _ => Err(ScalarOutOfRange::new_err((
            object.clone().unbind(),
            big(bound),
        ))),
    }
}

/// A number that the library will judge further; what is not even a small number is refused here.
pub fn small(object: &Bound<'_, PyAny>, refusal: impl FnOnce(Py<PyAny>) -> PyErr) -> PyResult<u64> {
    match integer(object)? {
        Some(Integer { 0: [low, 0, 0, 0] }) => Ok(low),
        _ => Err(refusal(object.clone().unbind())),
    }
}

/// A count of `what`, of which `expected` many fit.
pub fn count(object: &Bound<'_, PyAny>, what: &'static str, expected: &str) -> PyResult<usize> {
    let count = small(object, |value| {
        WrongLength::new_err((what, expected.to_owned(), value))
    })?;
    Ok(usize::try_from(count).unwrap_or(usize::MAX))
}

/// An index below `bound`.
pub fn index_below(object: &Bound<'_, PyAny>, bound: u64) -> PyResult<u64> {
    match small(object, |value| IndexOutOfRange::new_err((value, bound)))? {
        index if index < bound => Ok(index),
        index => Err(IndexOutOfRange::new_err((index, bound))),
    }
}

/// The `N` members of a tuple.
pub fn members<'py, const N: usize>(
    object: &Bound<'py, PyAny>,
    what: &'static str,
) -> PyResult<[Bound<'py, PyAny>; N]> {
    let Ok(tuple) = object.cast::<PyTuple>() else {
        return Err(PyTypeError::new_err(format!(
            "{what}: expected a tuple, was {}",
            object.get_type().name()?
        )));
    };
    let all: Vec<_> = tuple.iter().collect();
    let actual = all.len();
    all.try_into()
        .map_err(|_| WrongLength::new_err((what, N.to_string(), actual)))
}

pub fn big(integer: &Integer) -> BigUint {
    BigUint::new(
        integer
            .0
            .iter()
            .flat_map(|limb| [*limb as u32, (*limb >> 32) as u32])
            .collect(),
    )
}
