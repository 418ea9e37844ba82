"""
The soundness sweep over every circuit in the tiny profile: nothing in it is under-constrained.

A circuit joins by a witness in which as much as possible is in use, and by others for what is open only when something
is disabled or zero; those of the protocol's circuits stand in tests/support/sweep/witnesses.py. What survives and may
is listed in survivors.toml, with the reason. By default a sample is tried at the first witness of each circuit; `make
soak` tries all at every witness.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import pytest
from support.signature_circuits import circuit_of, maths
from support.sweep import Survivor, stale, sweep_all, unexplained
from support.sweep.inputs import membership_inputs, place_inputs
from support.sweep.witnesses import PROTOCOL, WIDTHS

from prover.benchmarks.proving import signature_inputs as signatures_inputs
from prover.circuits import Compiled, circuit, circuits, compiled
from prover.witness import Inputs
from rollup.witness.signature import signature_inputs

pytest.importorskip("zkclear_native", reason="the native extension is not built: install Rust, make setup")

SAMPLE = 200
"""Wires and hints that are tried by default."""


@dataclass(frozen=True, slots=True)
class Case:
    """A circuit at one witness."""

    circuit: str
    witness: str
    """What is special about it; entries of survivors.toml may name it."""
    compiled: Callable[[], Compiled]
    inputs: Callable[[], Inputs]

    def __str__(self) -> str:
        return f"{self.circuit}: {self.witness}"

    def survivors(self, sample: int | None = None) -> list[Survivor]:
        """What survives there."""
        found = sweep_all(self.compiled(), self.inputs(), sample=sample, widths=WIDTHS.get(self.circuit))
        return [replace(survivor, witness=self.witness) for survivor in found]


def listed(name: str, witness: str, inputs: Callable[[], Inputs]) -> Case:
    """A circuit of the manifest."""
    return Case(name, witness, lambda: compiled(circuit(name, "tiny")), inputs)


def checking(witness: str, enabled: int) -> Case:
    """One signature check alone."""

    def inputs() -> Inputs:
        secret = b"swept".ljust(32, b".")
        check = signature_inputs(maths.public_key(secret), 7, maths.sign(secret, 7))
        return replace(check, enabled=enabled).inputs()

    return Case("signature check", witness, lambda: circuit_of("check"), inputs)


CASES = (
    listed("place", "in the middle", place_inputs),
    listed("membership", "other places", lambda: membership_inputs(depth=3)),
    listed("signatures", "one", lambda: signatures_inputs(1)),
    checking("signed", enabled=1),
    checking("unsigned", enabled=0),
    *(listed(name, at, inputs) for name, witnesses in PROTOCOL.items() for at, inputs in witnesses.items()),
)
FIRST = tuple({case.circuit: case for case in reversed(CASES)}.values())


def test_every_circuit_of_the_manifest_is_swept() -> None:
    assert {name for name, _ in circuits()} <= {case.circuit for case in CASES}


@pytest.mark.parametrize("case", FIRST, ids=str)
def test_sweep_when_a_sample_is_tried_leaves_only_what_is_explained(case: Case) -> None:
    survivors = unexplained(case.survivors(sample=SAMPLE))
    assert not survivors, "\n".join(map(str, survivors))


@pytest.mark.soak
def test_sweep_when_all_is_tried_leaves_only_what_is_explained_and_every_entry_is_needed() -> None:
    """In one test, for an entry may be needed by one circuit alone."""
    survivors = [survivor for case in CASES for survivor in case.survivors()]
    assert not unexplained(survivors), "\n".join(map(str, unexplained(survivors)))
    assert not stale(survivors)
