"""What the tests of one circuit share, where they stand in several files."""

from __future__ import annotations

import pytest
from support.account_witness import carols_world
from support.attestation_builders import parts_of
from support.solvency_witness import small_world
from support.spec_builders import World
from support.step_witness import StepCircuit, step_circuit
from support.step_worlds import board

from rollup.spec.solvency import ScanPart


@pytest.fixture
def world() -> World:
    """The board, new for every test of a step."""
    return board()


# ---------------------------------------------------------------- solvency


@pytest.fixture(scope="module")
def solvency() -> StepCircuit:
    return step_circuit("solvency")


@pytest.fixture(scope="module")
def parts() -> list[ScanPart]:
    """Groups 0 to 2, 3 to 5, 6 to 8: the last goes over into the next parent."""
    found = parts_of(small_world())
    assert [part.before.position for part in found] == [0, 3, 6]
    return found


# ---------------------------------------------------------------- account


@pytest.fixture(scope="module")
def attests() -> StepCircuit:
    return step_circuit("account")


@pytest.fixture(scope="module")
def carols() -> World:
    """Carol's world; nothing changes it."""
    return carols_world()
