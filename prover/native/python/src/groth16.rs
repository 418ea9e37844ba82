//! Groth16 for Python: setup, constraints, proofs and their verification.
//!
//! Proofs, public signals and keys are snarkjs' JSON, as text. Everything that takes long releases the GIL.

use std::path::PathBuf;
use std::sync::{Mutex, PoisonError};

use pyo3::prelude::*;
use pyo3::pybacked::PyBackedBytes;
use pyo3::types::{PyBytes, PyDict};
use zkclear_groth16::check;
use zkclear_groth16::error::Error;
use zkclear_groth16::field;
use zkclear_groth16::formats::r1cs::R1cs;
use zkclear_groth16::formats::wtns::Witness;
use zkclear_groth16::formats::zkey::Zkey;
use zkclear_groth16::formats::{hex, ptau};
use zkclear_groth16::key::VerificationKey;
use zkclear_groth16::proof::{Proof, public_from_json, public_to_json};
use zkclear_groth16::prove::{EngineChoice, Proved, Prover};
use zkclear_groth16::setup;
use zkclear_groth16::timing::Phase;
use zkclear_groth16::verify::{Claim, Verifier, verify_many};

/// Python's classes, by the names that `prover.errors` gives them.
mod errors {
    pyo3::import_exception!(prover.errors, BackendUnavailable);
    pyo3::import_exception!(prover.errors, InvalidInput);
    pyo3::import_exception!(prover.errors, MalformedFile);
    pyo3::import_exception!(prover.errors, NotAFieldElement);
    pyo3::import_exception!(prover.errors, UnsafeKey);
    pyo3::import_exception!(prover.errors, UnsatisfiedConstraint);
    pyo3::import_exception!(prover.errors, WrongLength);
}

use errors::*;

/// What errors call a witness that came as bytes.
const WITNESS: &str = "witness";
/// What errors call a verification key that came as text.
const KEY: &str = "verification key";

/// The library's error as the Python exception of the same name and arguments.
fn raised(error: Error) -> PyErr {
    let message = error.to_string();
    match error {
        Error::MalformedFile { path, reason } => MalformedFile::new_err((path, reason)),
        Error::UnsafeKey { path, reason } => UnsafeKey::new_err((path, reason)),
        Error::UnsatisfiedConstraint { constraint } => {
            UnsatisfiedConstraint::new_err((constraint,))
        }
        Error::NotAFieldElement { value } => NotAFieldElement::new_err((value,)),
        Error::WrongLength {
            what,
            expected,
            actual,
        } => WrongLength::new_err((what, expected, actual)),
        Error::ProofRejected { .. } => InvalidInput::new_err((message,)),
        Error::EngineUnavailable { name, remedy } => BackendUnavailable::new_err((name, remedy)),
        Error::Io { source, .. } => std::io::Error::new(source.kind(), message).into(),
    }
}

/// Calls Python at coarse steps; the first exception that it raises is kept for the end of the work.
struct PyProgress {
    callable: Option<Py<PyAny>>,
    raised: Mutex<Option<PyErr>>,
}

impl PyProgress {
    fn new(callable: Option<Py<PyAny>>) -> Self {
        Self {
            callable,
            raised: Mutex::new(None),
        }
    }

    fn report(&self, done: usize, total: usize, label: &str) {
        if let Some(callable) = &self.callable
            && let Err(error) =
                Python::attach(|py| callable.call1(py, (done, total, label)).map(drop))
        {
            self.raised
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .get_or_insert(error);
        }
    }

    fn finish(self) -> PyResult<()> {
        self.raised
            .into_inner()
            .unwrap_or_else(PoisonError::into_inner)
            .map_or(Ok(()), Err)
    }
}

fn seed_of(seed: &[u8]) -> PyResult<[u8; 32]> {
    seed.try_into()
        .map_err(|_| WrongLength::new_err(("seed", "32 bytes", seed.len())))
}

#[pyfunction]
#[pyo3(signature = (r1cs_path, zkey_path, seed, ptau_path = None, progress = None))]
fn groth16_setup_dev(
    py: Python<'_>,
    r1cs_path: PathBuf,
    zkey_path: PathBuf,
    seed: &[u8],
    ptau_path: Option<PathBuf>,
    progress: Option<Py<PyAny>>,
) -> PyResult<()> {
    let seed = seed_of(seed)?;
    let progress = PyProgress::new(progress);
    py.detach(|| {
        let report = |done, total, label: &str| progress.report(done, total, label);
        let r1cs = R1cs::open(&r1cs_path)?;
        setup::setup_dev(&r1cs, &seed, &zkey_path, &report)?;
        match ptau_path {
            Some(path) => {
                let power = ptau::power_for_domain(setup::domain_size(&r1cs)?);
                ptau::write_dev_ptau(&path, power, &seed, &report)
            }
            None => Ok(()),
        }
    })
    .map_err(raised)?;
    progress.finish()
}

#[pyfunction]
#[pyo3(signature = (path, power, seed, progress = None))]
fn groth16_dev_ptau(
    py: Python<'_>,
    path: PathBuf,
    power: u32,
    seed: &[u8],
    progress: Option<Py<PyAny>>,
) -> PyResult<()> {
    let seed = seed_of(seed)?;
    let progress = PyProgress::new(progress);
    let report = |done, total, label: &str| progress.report(done, total, label);
    py.detach(|| ptau::write_dev_ptau(&path, power, &seed, &report))
        .map_err(raised)?;
    progress.finish()
}

/// The constraints of a circuit.
#[pyclass(frozen, module = "zkclear_native")]
struct Constraints {
    r1cs: R1cs,
}

#[pymethods]
impl Constraints {
    #[new]
    fn new(py: Python<'_>, path: PathBuf) -> PyResult<Self> {
        py.detach(|| R1cs::open(&path))
            .map(|r1cs| Self { r1cs })
            .map_err(raised)
    }

    fn check(&self, py: Python<'_>, witness: PyBackedBytes) -> PyResult<()> {
        py.detach(|| check::check(&self.r1cs, &Witness::parse(WITNESS, &witness)?))
            .map_err(raised)
    }

    fn info<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyDict>> {
        let (info, r1cs) = (PyDict::new(py), &self.r1cs);
        info.set_item("wires", r1cs.wires)?;
        info.set_item("outputs", r1cs.outputs)?;
        info.set_item("public_inputs", r1cs.public_inputs)?;
        info.set_item("private_inputs", r1cs.private_inputs)?;
        info.set_item("labels", r1cs.labels)?;
        info.set_item("constraints", r1cs.constraints())?;
        info.set_item(
            "terms",
            r1cs.matrices
                .iter()
                .map(|matrix| matrix.terms())
                .sum::<usize>(),
        )?;
        info.set_item("domain_size", setup::domain_size(r1cs).map_err(raised)?)?;
        Ok(info)
    }
}

#[pyfunction]
fn groth16_zkey_info(py: Python<'_>, path: PathBuf) -> PyResult<Bound<'_, PyDict>> {
    let zkey = py.detach(|| Zkey::open(&path)).map_err(raised)?;
    let unsafe_reason = match VerificationKey::from_zkey(&zkey) {
        Ok(_) => None,
        Err(Error::UnsafeKey { reason, .. }) => Some(reason),
        Err(error) => return Err(raised(error)),
    };
    let contributions = zkey.contributions.iter().map(|contribution| {
        let entry = PyDict::new(py);
        entry.set_item("name", contribution.name.clone())?;
        entry.set_item("beacon", contribution.beacon.is_some())?;
        entry.set_item("hash", hex(&contribution.hash()))?;
        Ok(entry)
    });
    let info = PyDict::new(py);
    info.set_item("wires", zkey.header.wires)?;
    info.set_item("public_signals", zkey.header.public_signals)?;
    info.set_item("domain_size", zkey.header.domain_size)?;
    info.set_item("circuit_hash", hex(&zkey.circuit_hash))?;
    info.set_item(
        "contributions",
        contributions.collect::<PyResult<Vec<_>>>()?,
    )?;
    info.set_item("is_dev_key", zkey.is_dev_key())?;
    info.set_item("unsafe", unsafe_reason)?;
    Ok(info)
}

#[pyfunction]
fn groth16_check_points(py: Python<'_>, path: PathBuf) -> PyResult<()> {
    py.detach(|| Zkey::open(&path)?.check_points())
        .map_err(raised)
}

#[pyfunction]
fn groth16_verification_key(py: Python<'_>, path: PathBuf) -> PyResult<String> {
    py.detach(|| VerificationKey::from_zkey(&Zkey::open(&path)?)?.to_json())
        .map_err(raised)
}

/// A proving key, decoded once and ready for any number of proofs.
#[pyclass(frozen, module = "zkclear_native")]
struct Groth16Prover {
    prover: Prover,
    timings: Mutex<Vec<Phase>>,
}

impl Groth16Prover {
    fn run(&self, witness: &[u8]) -> Result<Proved, Error> {
        let proved = self.prover.prove(&Witness::parse(WITNESS, witness)?)?;
        *self.timings.lock().unwrap_or_else(PoisonError::into_inner) = proved.timings.clone();
        Ok(proved)
    }
}

#[pymethods]
impl Groth16Prover {
    #[new]
    #[pyo3(signature = (zkey_path, engine = None, r1cs_path = None))]
    fn new(
        py: Python<'_>,
        zkey_path: PathBuf,
        engine: Option<&str>,
        r1cs_path: Option<PathBuf>,
    ) -> PyResult<Self> {
        let engine = EngineChoice::from_name(engine).map_err(raised)?;
        let prover = py.detach(|| {
            let mut prover = Prover::open(&zkey_path, engine)?;
            if let Some(path) = r1cs_path {
                prover.check_against(R1cs::open(&path)?)?;
            }
            Ok(prover)
        });
        Ok(Self {
            prover: prover.map_err(raised)?,
            timings: Mutex::default(),
        })
    }

    fn prove(&self, py: Python<'_>, witness: PyBackedBytes) -> PyResult<(String, String)> {
        py.detach(|| {
            let proved = self.run(&witness)?;
            Ok((proved.proof.to_json()?, public_to_json(&proved.public)?))
        })
        .map_err(raised)
    }

    fn prove_to_files(
        &self,
        py: Python<'_>,
        witness: PyBackedBytes,
        proof_path: PathBuf,
        public_path: PathBuf,
    ) -> PyResult<()> {
        py.detach(|| self.run(&witness)?.write(&proof_path, &public_path))
            .map_err(raised)
    }

    fn verification_key(&self) -> PyResult<String> {
        self.prover.key().to_json().map_err(raised)
    }

    #[getter]
    fn engine(&self) -> &str {
        self.prover.engine()
    }

    #[getter]
    fn is_dev_key(&self) -> bool {
        self.prover.is_dev_key()
    }

    #[getter]
    fn public_signals(&self) -> usize {
        self.prover.key().public_signals()
    }

    #[getter]
    fn timings<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyDict>> {
        let timings = PyDict::new(py);
        for phase in self
            .timings
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .iter()
        {
            timings.set_item(phase.label, (phase.wall_s, phase.cpu_s))?;
        }
        Ok(timings)
    }
}

#[pyfunction]
fn groth16_verify(py: Python<'_>, key: &str, proof: &str, public: &str) -> PyResult<bool> {
    py.detach(|| {
        let key = VerificationKey::from_json(KEY, key)?;
        Verifier::new(key).verify(&Proof::from_json(proof)?, &public_from_json(public)?)
    })
    .map_err(raised)
}

#[pyfunction]
fn groth16_verify_many(
    py: Python<'_>,
    keys: Vec<String>,
    items: Vec<(usize, String, String)>,
) -> PyResult<bool> {
    py.detach(|| {
        let keys = keys
            .iter()
            .map(|key| VerificationKey::from_json(KEY, key).map(Verifier::new))
            .collect::<Result<Vec<_>, Error>>()?;
        let parsed = items
            .iter()
            .map(|(key, proof, public)| {
                Ok((*key, Proof::from_json(proof)?, public_from_json(public)?))
            })
            .collect::<Result<Vec<_>, Error>>()?;
        let claims: Vec<Claim<'_>> = parsed
            .iter()
            .map(|(key, proof, public)| Claim {
                key: *key,
                proof,
                public,
            })
            .collect();
        verify_many(&keys, &claims)
    })
    .map_err(raised)
}

#[pyfunction]
fn fr_inverse<'py>(py: Python<'py>, value: &[u8]) -> PyResult<Bound<'py, PyBytes>> {
    let value: &[u8; 32] = value
        .try_into()
        .map_err(|_| WrongLength::new_err(("field element", "32 bytes", value.len())))?;
    Ok(PyBytes::new(
        py,
        &field::inverse_bytes(value).map_err(raised)?,
    ))
}

pub fn register(module: &Bound<'_, PyModule>) -> PyResult<()> {
    module.add_class::<Constraints>()?;
    module.add_class::<Groth16Prover>()?;
    module.add_function(wrap_pyfunction!(groth16_setup_dev, module)?)?;
    module.add_function(wrap_pyfunction!(groth16_dev_ptau, module)?)?;
    module.add_function(wrap_pyfunction!(groth16_zkey_info, module)?)?;
    module.add_function(wrap_pyfunction!(groth16_check_points, module)?)?;
    module.add_function(wrap_pyfunction!(groth16_verification_key, module)?)?;
    module.add_function(wrap_pyfunction!(groth16_verify, module)?)?;
    module.add_function(wrap_pyfunction!(groth16_verify_many, module)?)?;
    module.add_function(wrap_pyfunction!(fr_inverse, module)?)
}
