"""The reference as a whole: its names, and what importing it costs."""

from __future__ import annotations

import subprocess
import sys
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules

import pytest

import prover.reference
from prover.reference import Reference

MODULES = sorted(module.name for module in iter_modules(prover.reference.__path__))


def test_reference_says_its_name() -> None:
    assert Reference().name == "reference"


@pytest.mark.parametrize("name", MODULES)
def test_module_exports_only_names_that_it_has(name: str) -> None:
    module = import_module(f"prover.reference.{name}")
    assert module.__doc__
    assert all(hasattr(module, exported) for exported in module.__all__)


def test_import_of_the_reference_does_not_load_heavy_libraries() -> None:
    program = "import sys, prover.reference; print([m for m in ('galois', 'numpy', 'py_ecc') if m in sys.modules])"
    assert run(program) == "[]"


def test_import_of_the_curves_leaves_the_recursion_limit_alone() -> None:
    assert (
        run("import sys, prover.reference.groth16, prover.reference.secp256k1; print(sys.getrecursionlimit())")
        == "1000"
    )


def run(program: str) -> str:
    """What a fresh interpreter prints."""
    root = Path(prover.reference.__file__).parents[2]
    result = subprocess.run([sys.executable, "-c", program], cwd=root, capture_output=True, text=True, check=True)
    return result.stdout.strip()
