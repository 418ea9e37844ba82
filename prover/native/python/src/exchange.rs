//! The exchange's native core as a Python class, and a clock beside it.
//!
//! A lock guards each core. What may take long releases the GIL; a single order does not: giving the GIL away costs
//! more than the order. A core that panicked stays locked for ever, for its state may be half changed.

use std::hint::black_box;
use std::sync::{Mutex, MutexGuard};
use std::time::Instant;

use pyo3::exceptions::{PyIndexError, PyRuntimeError, PyValueError};
use pyo3::prelude::*;
use pyo3::sync::MutexExt;
use pyo3::types::{PyBytes, PyDict};
use zkclear_exchange::{Core, Malformed, OpenOrder, frames};

/// Number of the command that may move every account.
const TABLE: u8 = 2;

type Level = (i64, i64, usize);
type PyOpenOrder = (u64, u8, u8, i64, i64, u8, u64, bool);

#[pyclass(name = "ExchangeCore", module = "zkclear_native", frozen)]
struct PyCore(Mutex<Core>);

#[pymethods]
impl PyCore {
    #[new]
    fn new(settings: &[u8]) -> PyResult<Self> {
        let core = Core::new(settings).map_err(malformed)?;
        Ok(Self(Mutex::new(core)))
    }

    fn apply<'py>(&self, py: Python<'py>, record: &[u8]) -> PyResult<Bound<'py, PyBytes>> {
        let core = &mut *self.lock(py)?;
        let events = if record.first() == Some(&TABLE) {
            py.detach(|| core.apply(record))
        } else {
            core.apply(record)
        };
        Ok(PyBytes::new(py, events.map_err(malformed)?))
    }

    fn state_hash<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyBytes>> {
        let core = &*self.lock(py)?;
        let hash = py.detach(|| core.state_hash());
        Ok(PyBytes::new(py, &hash))
    }

    fn vector(&self, py: Python<'_>, account: u32) -> PyResult<Option<Vec<i128>>> {
        Ok(self.lock(py)?.vector(account))
    }

    fn places(&self, py: Python<'_>, account: u32) -> PyResult<Option<Vec<u128>>> {
        Ok(self.lock(py)?.places(account))
    }

    fn open_orders(&self, py: Python<'_>, account: u32) -> PyResult<Vec<PyOpenOrder>> {
        let parts = |order: OpenOrder| {
            (
                order.number,
                order.slot,
                order.side,
                order.limit,
                order.remaining,
                order.place,
                order.nonce,
                order.waiting,
            )
        };
        let orders = self.lock(py)?.open_orders(account);
        Ok(orders.into_iter().map(parts).collect())
    }

    fn depth(
        &self,
        py: Python<'_>,
        slot: usize,
        levels: usize,
    ) -> PyResult<(Vec<Level>, Vec<Level>)> {
        Ok(self.with_slot(py, slot)?.depth(slot, levels))
    }

    fn phase(&self, py: Python<'_>, slot: usize) -> PyResult<u8> {
        Ok(self.with_slot(py, slot)?.phase(slot))
    }

    fn interest(&self, py: Python<'_>, slot: usize) -> PyResult<i64> {
        Ok(self.with_slot(py, slot)?.interest(slot))
    }

    fn ranking(&self, py: Python<'_>, slot: usize) -> PyResult<Vec<u32>> {
        let core = &mut *self.with_slot(py, slot)?;
        Ok(py.detach(|| core.ranking(slot)))
    }

    fn totals<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyDict>> {
        let totals = self.lock(py)?.totals();
        let said = PyDict::new(py);
        said.set_item("now", totals.now)?;
        said.set_item("epoch", totals.epoch)?;
        said.set_item("fees", totals.fees)?;
        said.set_item("custody", totals.custody)?;
        said.set_item("orders", totals.orders)?;
        said.set_item("matches", totals.matches)?;
        said.set_item("legs", totals.legs)?;
        said.set_item("members", totals.members)?;
        Ok(said)
    }

    /// Carry out a stream of commands; nanoseconds in all, and of each.
    fn measure(&self, py: Python<'_>, stream: &[u8]) -> PyResult<(u64, Vec<u64>)> {
        let records = frames(stream).map_err(malformed)?;
        let core = &mut *self.lock(py)?;
        py.detach(|| {
            let mut each = Vec::with_capacity(records.len());
            let start = Instant::now();
            let mut before = start;
            for record in records {
                black_box(core.apply(record)?);
                let now = Instant::now();
                each.push(now.duration_since(before).as_nanos() as u64);
                before = now;
            }
            Ok((before.duration_since(start).as_nanos() as u64, each))
        })
        .map_err(malformed)
    }

    /// Nanoseconds for so many computations of an account's pre-trade margin, each from its vector and open orders.
    fn measure_margin(&self, py: Python<'_>, account: u32, rounds: u64) -> PyResult<u64> {
        let core = &mut *self.lock(py)?;
        if core.margin(account).is_none() {
            return Err(PyValueError::new_err(
                "no such account, or no table in force",
            ));
        }
        py.detach(|| {
            let start = Instant::now();
            for _ in 0..rounds {
                black_box(core.margin(black_box(account)));
            }
            Ok(start.elapsed().as_nanos() as u64)
        })
    }
}

impl PyCore {
    fn lock(&self, py: Python<'_>) -> PyResult<MutexGuard<'_, Core>> {
        self.0
            .lock_py_attached(py)
            .map_err(|_| PyRuntimeError::new_err("this core broke off within a command"))
    }

    fn with_slot(&self, py: Python<'_>, slot: usize) -> PyResult<MutexGuard<'_, Core>> {
        let core = self.lock(py)?;
        if 0 < slot && slot < core.slots() {
            Ok(core)
        } else {
            Err(PyIndexError::new_err(slot))
        }
    }
}

pub fn register(module: &Bound<'_, PyModule>) -> PyResult<()> {
    module.add_class::<PyCore>()
}

fn malformed(error: Malformed) -> PyErr {
    PyValueError::new_err(error.to_string())
}
