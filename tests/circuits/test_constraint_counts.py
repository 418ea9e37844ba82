"""
The constraints of every circuit are those of circuits/constraints.csv; a change of them is a commit that says why.

`tiny` and `small` are compiled for this. `standard` takes minutes a circuit, so its rows are held to the compiler's
result only where that lies in the cache already, as it does after a benchmark. `zkclear circuits stats --write` writes
the file anew.
"""

from __future__ import annotations

import pytest

from prover.cache import has
from prover.circuits import Circuit, _key, _sources, circuits, compiled
from rollup.cli.circuits import COLUMNS, golden, read_golden

REMEDY = "if it is meant, run `zkclear circuits stats --write` and say why in the commit"


def is_compiled(wanted: Circuit) -> bool:
    return has("circuits", wanted.label, _key(wanted, _sources(wanted)))


def test_golden_counts_when_read_are_those_of_every_circuit_in_the_manifest() -> None:
    assert list(read_golden()) == list(circuits()), REMEDY
    assert golden().read_text().splitlines()[0] == ",".join(COLUMNS)


@pytest.mark.slow
@pytest.mark.parametrize("wanted", [pytest.param(item, id=item.label) for item in circuits().values()])
def test_count_constraints_equals_the_golden_counts(wanted: Circuit) -> None:
    if wanted.profile == "standard" and not is_compiled(wanted):
        pytest.skip("not compiled yet; zkclear circuits stats --profile standard")
    header = compiled(wanted).header
    found = (header.constraints, header.wires, header.public)
    assert read_golden().get((wanted.name, wanted.profile)) == found, REMEDY
