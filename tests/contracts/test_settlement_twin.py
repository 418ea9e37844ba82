"""
Every test of the contract's model, as a test of the contracts.

The tests of `tests/unit/settlement`, and those of the shares in a frozen system, are collected here once more, each
module as a class, and run on twins: whatever they call is called on a real chain as well, and both must agree on
refusals by rule, on payments, and on all that they remember.
"""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from types import ModuleType

import pytest
from support.settlement_twin import clearings
from support.twin_bench import Bench

TESTS = Path(__file__).parents[1]
MODELS = [
    *sorted((TESTS / "unit" / "settlement").glob("test_*.py")),
    TESTS / "property" / "settlement" / "test_settlement_shares.py",
]
NOT_ABOUT_CALLS = {"test_settlement_surface": "the package of the model, and the list of rules"}
"""Modules that say nothing about the contracts, and what they are about."""


NO_CALLDATA = {("submit_batch", "L1-4"), ("escape", "L1-4"), ("execute", "L1-91")}
"""Calls that the model alone can refuse, by which rule: their numbers are negative."""


@pytest.fixture(autouse=True)
def twins(bench: Bench) -> Iterator[None]:
    with clearings(bench):
        yield
    assert bench.unsaid.keys() <= NO_CALLDATA


def _load(path: Path) -> ModuleType:
    spec = spec_from_file_location(f"twin_of_{path.stem}", path)
    assert spec is not None
    assert spec.loader is not None
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def _twin_of(module: ModuleType) -> type:
    """The module's tests and fixtures as a class."""
    tests = {name: staticmethod(one) for name, one in vars(module).items() if name.startswith("test_")}
    fixtures = {
        name: pytest.fixture(staticmethod(inspect.unwrap(one)))
        for name, one in vars(module).items()
        if type(one).__name__ == "FixtureFunctionDefinition"
    }
    return type("Test" + module.__name__, (), {**tests, **fixtures, "__doc__": module.__doc__})


for _path in MODELS:
    if _path.stem not in NOT_ABOUT_CALLS:
        globals()[f"Test_{_path.stem.removeprefix('test_settlement_')}"] = _twin_of(_load(_path))
