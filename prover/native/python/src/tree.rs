//! The tree as a Python class, and what a proof leads to.
//!
//! A lock guards each tree, so that threads may share one: an update releases the GIL and holds the lock, and whoever
//! reads meanwhile waits and sees all of it or nothing.

use std::sync::{Mutex, MutexGuard, PoisonError};

use pyo3::prelude::*;
use pyo3::sync::MutexExt;
use pyo3::types::{PyMapping, PyTuple};
use zkclear_crypto::tree::{ARITY, MAX_DEPTH, Proof, Tree, root_of as root_of_proof};

use crate::convert::{PyElement, count, errors, index_below, members, raised, wrapped};

const LEVELS: (&str, &str) = ("levels of a tree", "1 to 21");
/// From this many proofs on, collecting them is worth releasing the GIL.
const MANY: usize = 16;

/// An 8-ary Poseidon tree of fixed depth, copy-on-write.
#[pyclass(name = "Tree", module = "zkclear_native", frozen)]
struct PyTree {
    depth: usize,
    tag: zkclear_crypto::Fr,
    tree: Mutex<Tree>,
}

#[pymethods]
impl PyTree {
    #[new]
    fn new(py: Python<'_>, depth: &Bound<'_, PyAny>, tag: PyElement) -> PyResult<Self> {
        let depth = count(depth, LEVELS.0, LEVELS.1)?;
        let tree = py.detach(|| Tree::new(depth, tag.0)).map_err(raised)?;
        Ok(Self::around(tree))
    }

    #[getter]
    fn depth(&self) -> usize {
        self.depth
    }

    #[getter]
    fn tag(&self) -> PyElement {
        PyElement(self.tag)
    }

    #[getter]
    fn root(&self, py: Python<'_>) -> PyElement {
        PyElement(self.lock(py).root())
    }

    fn leaf(&self, index: &Bound<'_, PyAny>) -> PyResult<PyElement> {
        let at = self.index(index)?;
        self.lock(index.py())
            .leaf(at)
            .map(PyElement)
            .map_err(raised)
    }

    fn node(&self, height: &Bound<'_, PyAny>, index: &Bound<'_, PyAny>) -> PyResult<PyElement> {
        let height = index_below(height, self.depth as u64 + 1)? as usize;
        let index_at = index_below(index, 1 << (3 * (self.depth - height)))?;
        self.lock(index.py())
            .node(height, index_at)
            .map(PyElement)
            .map_err(raised)
    }

    fn update(&self, py: Python<'_>, changes: &Bound<'_, PyMapping>) -> PyResult<()> {
        let pairs = changes.items()?;
        let mut sorted = Vec::with_capacity(pairs.len());
        for pair in pairs.iter() {
            let [index, leaf] = members(&pair, "parts of a change")?;
            sorted.push((self.index(&index)?, leaf.extract::<PyElement>()?.0));
        }
        py.detach(|| {
            self.tree
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .update(&sorted)
        })
        .map_err(raised)
    }

    fn proof<'py>(&self, index: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyTuple>> {
        let at = self.index(index)?;
        let proof = self.lock(index.py()).proof(at).map_err(raised)?;
        to_tuple(index.py(), proof)
    }

    fn proofs<'py>(
        &self,
        py: Python<'py>,
        indices: Vec<Bound<'py, PyAny>>,
    ) -> PyResult<Vec<Bound<'py, PyTuple>>> {
        let indices: Vec<u64> = indices
            .iter()
            .map(|index| self.index(index))
            .collect::<PyResult<_>>()?;
        let tree = self.lock(py).clone();
        let collect = || {
            indices
                .iter()
                .map(|index| tree.proof(*index))
                .collect::<zkclear_crypto::Result<Vec<_>>>()
        };
        let proofs = if indices.len() < MANY {
            collect()
        } else {
            py.detach(collect)
        };
        proofs
            .map_err(raised)?
            .into_iter()
            .map(|proof| to_tuple(py, proof))
            .collect()
    }

    fn snapshot(&self, py: Python<'_>) -> Self {
        Self::around(self.lock(py).clone())
    }
}

impl PyTree {
    fn around(tree: Tree) -> Self {
        Self {
            depth: tree.depth(),
            tag: tree.tag(),
            tree: Mutex::new(tree),
        }
    }

    fn index(&self, index: &Bound<'_, PyAny>) -> PyResult<u64> {
        index_below(index, 1 << (3 * self.depth))
    }

    fn lock(&self, py: Python<'_>) -> MutexGuard<'_, Tree> {
        self.tree
            .lock_py_attached(py)
            .unwrap_or_else(PoisonError::into_inner)
    }
}

/// The root that a proof leads to.
#[pyfunction]
fn root_of(py: Python<'_>, proof: &Bound<'_, PyAny>, tag: PyElement) -> PyResult<PyElement> {
    let [index, leaf, siblings] = members(proof, "parts of a proof")?;
    let levels: Vec<Vec<PyElement>> = siblings.extract()?;
    if levels.is_empty() || levels.len() > MAX_DEPTH {
        return Err(errors::WrongLength::new_err((
            LEVELS.0,
            LEVELS.1,
            levels.len(),
        )));
    }
    let seven = |level: Vec<PyElement>| -> PyResult<[zkclear_crypto::Fr; ARITY - 1]> {
        let actual = level.len();
        let refusal =
            |_| errors::WrongLength::new_err(("siblings in a level of a proof", "7", actual));
        crate::convert::elements(level).try_into().map_err(refusal)
    };
    let proof = Proof {
        index: index_below(&index, 1 << (3 * levels.len()))?,
        leaf: leaf.extract::<PyElement>()?.0,
        siblings: levels.into_iter().map(seven).collect::<PyResult<_>>()?,
    };
    py.detach(|| root_of_proof(&proof, tag.0))
        .map(PyElement)
        .map_err(raised)
}

/// (index, leaf, siblings by level).
fn to_tuple(py: Python<'_>, proof: Proof) -> PyResult<Bound<'_, PyTuple>> {
    let levels = proof
        .siblings
        .into_iter()
        .map(|level| PyTuple::new(py, wrapped(level.to_vec())));
    let siblings = PyTuple::new(py, levels.collect::<PyResult<Vec<_>>>()?)?;
    (proof.index, PyElement(proof.leaf), siblings).into_pyobject(py)
}

pub fn register(module: &Bound<'_, PyModule>) -> PyResult<()> {
    module.add_class::<PyTree>()?;
    module.add_function(wrap_pyfunction!(root_of, module)?)
}
