"""
The constraints of every circuit are those of circuits/constraints.csv; a change of them is a commit that says why.

Of `standard`, what the file says to be small is compiled here; the others take minutes each and are marked soak.
`zkclear circuits stats --write` writes the file anew.
"""

from __future__ import annotations

import pytest

from prover.circuits import Circuit, circuits, compiled
from rollup.cli.circuits import COLUMNS, golden, read_golden

REMEDY = "if it is meant, run `zkclear circuits stats --write` and say why in the commit"

FEW = 20_000
"""Constraints that compile in seconds."""


def is_large(wanted: Circuit) -> bool:
    """Whether it takes minutes to compile; a circuit without a golden count does not, so that its test says so."""
    constraints, *_ = read_golden().get((wanted.name, wanted.profile), (0,))
    return wanted.profile == "standard" and constraints > FEW


def counted(wanted: Circuit) -> object:
    return pytest.param(wanted, id=wanted.label, marks=[pytest.mark.soak] if is_large(wanted) else [])


def test_golden_counts_when_read_are_those_of_every_circuit_in_the_manifest() -> None:
    assert list(read_golden()) == list(circuits()), REMEDY
    assert golden().read_text().splitlines()[0] == ",".join(COLUMNS)


@pytest.mark.slow
@pytest.mark.parametrize("wanted", [counted(item) for item in circuits().values()])
def test_count_constraints_equals_the_golden_counts(wanted: Circuit) -> None:
    header = compiled(wanted).header
    found = (header.constraints, header.wires, header.public)
    assert read_golden().get((wanted.name, wanted.profile)) == found, REMEDY
