"""
The attribution of constraints to components, held against circuits compiled without optimisation.

There every constraint names the signals of its own template and of components directly inside, so its component is
known. The optimiser keeps the order of what it keeps, and the values of both sides of each constraint in a witness; by
these the two lists are matched.
"""

from __future__ import annotations

import random
from bisect import bisect_right
from collections.abc import Iterator
from itertools import takewhile
from typing import Any

import pytest
from support.signature_circuits import maths

from prover import circuits
from prover.circuits import Circuit, Compiled, compiled
from prover.components import attribute, last_wires, read_components
from prover.reference.field import R
from prover.reference.r1cs import ConstraintSystem, evaluate
from prover.reference.r1cs_file import read_constraints
from prover.shapes import symbol_lines
from prover.witness import Calculator
from rollup.witness.signature import signature_inputs

SECRET = b"signer".ljust(32, b".")
CHECK = Circuit("test_signature_check", "alone", "lib/signature.circom", "SignatureCheck", (), ())
PATH = Circuit("test_path8", "alone", "lib/tree8.circom", "Path8", (2,), ())


def check_inputs() -> dict[str, Any]:
    return signature_inputs(maths.public_key(SECRET), 7, maths.sign(SECRET, 7)).inputs()


def path_inputs() -> dict[str, Any]:
    rng = random.Random(8)
    return {"leaf": 5, "digit": [1, 6], "sibling": [[rng.randrange(R) for _ in range(7)] for _ in range(2)]}


def sides(item: Compiled, inputs: dict[str, Any]) -> tuple[ConstraintSystem, list[tuple[frozenset[int], int]]]:
    """Constraints, and what both factors and the result of each are in a witness."""
    wires = Calculator(item).witness(inputs).wires
    values = [int.from_bytes(wires[at : at + 32], "little") for at in range(0, len(wires), 32)]
    system = read_constraints(item.r1cs)
    rows = (tuple(evaluate(row, values) for row in (one.a, one.b, one.c)) for one in system.constraints)
    return system, [(frozenset(row[:2]), row[2]) for row in rows]


def known(item: Compiled, system: ConstraintSystem) -> Iterator[str]:
    """The component of each constraint of an unoptimised circuit: the innermost around all of its signals."""
    names: dict[int, list[str]] = {}
    for line in symbol_lines(item.symbols):
        _, wire, _, name = line.split(",")
        names.setdefault(int(wire), name.split(".")[:-1])
    for one in system.constraints:
        owners = [names[wire] for row in (one.a, one.b, one.c) for wire in row if wire]
        shared = takewhile(lambda level: len(set(level)) == 1, zip(*owners, strict=False))
        yield ".".join(level[0] for level in shared)


@pytest.mark.slow
@pytest.mark.parametrize("wanted, inputs, misplaced", [(PATH, path_inputs(), 0), (CHECK, check_inputs(), 3)])
def test_attribute_when_held_against_the_unoptimised_circuit_misplaces_only_aliases(
    wanted: Circuit, inputs: dict[str, Any], misplaced: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    small = compiled(wanted)
    with monkeypatch.context() as patched:
        patched.setattr(circuits, "OPTIONS", ("--O0", *circuits.OPTIONS[1:]))
        full = compiled(wanted)
    system, all_sides = sides(full, inputs)
    components = list(known(full, system))
    places: dict[tuple[frozenset[int], int], list[int]] = {}
    for number, (one, both) in enumerate(zip(system.constraints, all_sides, strict=True)):
        if set(one.a) - {0} and set(one.b) - {0}:
            places.setdefault(both, []).append(number)
    found = read_components(small.symbols, small.header.wires)
    attributed = attribute(found, last_wires(small.r1cs, small.header.constraints))
    at, wrong = -1, 0
    for component, both in zip(attributed, sides(small, inputs)[1], strict=True):
        at = places[both][bisect_right(places[both], at)]
        wrong += found.paths[component] != components[at]
    assert wrong == misplaced
