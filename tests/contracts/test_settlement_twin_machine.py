"""
Random histories of the model and the contracts together, from the first deposit to the last escape.

The machine is that of `tests/property/settlement`; here everything that it does happens on a real chain as well.
"""

from __future__ import annotations

from collections.abc import Iterator
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path

import pytest
from hypothesis import settings
from hypothesis.stateful import run_state_machine_as_test
from support.settlement_twin import clearings
from support.twin_bench import Bench

MACHINE = Path(__file__).parents[1] / "property" / "settlement" / "test_settlement_machine.py"


@pytest.fixture(autouse=True)
def twins(bench: Bench) -> Iterator[None]:
    with clearings(bench):
        yield


def _machine() -> type:
    spec = spec_from_file_location("twin_of_the_machine", MACHINE)
    assert spec is not None
    assert spec.loader is not None
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    machine: type = module.SettlementMachine
    return machine


def test_random_histories_agree(bench: Bench) -> None:
    before = bench.accepted.total()
    run_state_machine_as_test(_machine(), settings=settings(max_examples=15, stateful_step_count=60))
    assert bench.accepted.total() > before


@pytest.mark.soak
def test_many_random_histories_agree(bench: Bench) -> None:
    run_state_machine_as_test(_machine(), settings=settings(max_examples=600, stateful_step_count=100))
