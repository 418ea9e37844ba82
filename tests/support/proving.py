"""Keys, witnesses and proofs of the protocol's circuits, made once a run and shared."""

from __future__ import annotations

from functools import cache

from prover.backends import Backend, Proved, backend
from prover.circuits import circuit, compiled
from prover.setup.dev import ProvingKey, dev_key
from prover.witness import Calculator
from rollup.spec.step import Applied
from rollup.witness.steps import circuit_name, step_inputs

__all__ = ["calculator", "key_of", "native_backend", "proved_step"]


@cache
def calculator(name: str, profile: str) -> Calculator:
    """The witness program of a circuit."""
    return Calculator(compiled(circuit(name, profile)))


@cache
def key_of(name: str, profile: str) -> ProvingKey:
    """The development key of a circuit."""
    return dev_key(compiled(circuit(name, profile)))


@cache
def native_backend() -> Backend:
    """One prover for the run; keys stay decoded in it."""
    return backend("native")


def proved_step(applied: Applied) -> Proved:
    """A proof of a step that the law applied."""
    name, profile = circuit_name(applied), applied.before.profile.name
    witness = calculator(name, profile).witness(step_inputs(applied))
    return native_backend().prove(key_of(name, profile), witness)
