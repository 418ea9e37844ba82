"""
The soundness sweep over every circuit in the tiny profile: nothing in it is under-constrained.

A circuit joins by one entry in `CIRCUITS`: a witness in which as much as possible is in use. What survives and may is
listed in survivors.toml, with the reason. By default a sample is tried; `make soak` tries all.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from support.signature_circuits import circuit_of, maths
from support.sweep import stale, sweep_all, unexplained
from support.sweep.inputs import membership_inputs, place_inputs

from prover.benchmarks.proving import signature_inputs as signatures_inputs
from prover.circuits import Compiled, circuit, compiled
from prover.witness import Inputs
from rollup.witness.signature import signature_inputs

pytest.importorskip("zkclear_native", reason="the native extension is not built: install Rust, make setup")

SAMPLE = 200
"""Wires and hints that are tried by default."""

Case = Callable[[], tuple[Compiled, Inputs]]


def listed(name: str, inputs: Callable[[], Inputs]) -> Case:
    """A circuit of the manifest."""
    return lambda: (compiled(circuit(name, "tiny")), inputs())


def signed(enabled: int) -> Inputs:
    secret = b"swept".ljust(32, b".")
    check = signature_inputs(maths.public_key(secret), 7, maths.sign(secret, 7))
    return replace(check, enabled=enabled).inputs()


CIRCUITS: dict[str, Case] = {
    "place": listed("place", place_inputs),
    "membership": listed("membership", lambda: membership_inputs(depth=3)),
    "signatures": listed("signatures", lambda: signatures_inputs(1)),
    "signature check": lambda: (circuit_of("check"), signed(1)),
    "signature check without a signature": lambda: (circuit_of("check"), signed(0)),
}


@pytest.mark.parametrize("name", CIRCUITS)
def test_sweep_when_a_sample_is_tried_leaves_only_what_is_explained(name: str) -> None:
    survivors = unexplained(sweep_all(*CIRCUITS[name](), sample=SAMPLE))
    assert not survivors, "\n".join(map(str, survivors))


@pytest.mark.soak
def test_sweep_when_all_is_tried_leaves_only_what_is_explained_and_every_entry_is_needed() -> None:
    """In one test, for an entry may be needed by one circuit alone."""
    survivors = [survivor for case in CIRCUITS.values() for survivor in sweep_all(*case())]
    assert not unexplained(survivors), "\n".join(map(str, unexplained(survivors)))
    assert not stale(survivors)
