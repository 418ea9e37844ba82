"""
What follows from some wires of a constraint system: the question behind every hint.

A prover may give a hint (`<--`) any value. `complete` takes values of some wires, computes all that constraints with
one unknown wire left determine, and reports what they leave open and which of them cannot hold. So a hint is changed,
all downstream of it is made to fit again, and the constraint that pins it is what remains.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from prover.circuits import Compiled
from prover.reference.field import R, inverse
from prover.reference.r1cs import Constraint, ConstraintSystem, Row, evaluate
from prover.reference.r1cs_file import read_constraints
from prover.shapes import symbol_lines

__all__ = ["Completed", "Wires", "kernel"]


QUOTIENTS = ("slope", "first", "second", "inverse")
"""What circuits/lib/curve.circom calls the hints that are quotients, in the order in which they are found."""


@dataclass(frozen=True)
class Completed:
    """A completed assignment."""

    values: dict[int, int]
    broken: tuple[int, ...]
    """Numbers of the constraints that do not hold."""
    free: tuple[int, ...]
    """Wires that no constraint determines; each was given `filler`."""


class Wires:
    """A compiled circuit's constraints with the names of its wires."""

    def __init__(self, compiled: Compiled) -> None:
        self.system = read_constraints(compiled.r1cs)
        self.names = _names(compiled.symbols)
        self._likes: dict[tuple[str, ...], list[int]] = {}
        self.wire_of = {name: wire for wire, name in self.names.items()}

    def like(self, *parts: str) -> list[int]:
        """Wires whose name holds all the parts, in the circuit's order."""
        if parts not in self._likes:
            self._likes[parts] = [w for w, name in sorted(self.names.items()) if all(part in name for part in parts)]
        return self._likes[parts]

    def constraints_with(self, wire: int) -> list[int]:
        """Numbers of the constraints that mention a wire."""
        return self._mentions[wire]

    def complete(self, known: Mapping[int, int], filler: int = 7, choices: Sequence[int] = ()) -> Completed:
        """
        All other wires from these, each by a constraint in which it alone is unknown.

        Where none is, a prover chooses: one of `choices` first, then of the quotients, then of all wires.
        """
        values = {0: 1, **known}
        missing = [0] * len(self.system.constraints)
        for number, wires in enumerate(self._wires):
            missing[number] = sum(wire not in values for wire in wires)
        ready = [number for number, count in enumerate(missing) if count == 1]
        free: list[int] = []
        while True:
            while ready:
                number = ready.pop()
                if missing[number] != 1:
                    continue
                wire = next(wire for wire in self._wires[number] if wire not in values)
                value = _solve(self.system.constraints[number], wire, values)
                if value is not None:
                    self._set(wire, value, values, missing, ready)
            chosen = next((wire for wire in (*choices, *self._by_choice) if wire not in values), None)
            if chosen is None:
                break
            free.append(chosen)
            self._set(chosen, filler, values, missing, ready)
        broken = tuple(n for n, constraint in enumerate(self.system.constraints) if not _holds(constraint, values))
        return Completed(values, broken, tuple(free))

    def _set(self, wire: int, value: int, values: dict[int, int], missing: list[int], ready: list[int]) -> None:
        values[wire] = value
        for number in self._mentions[wire]:
            missing[number] -= 1
            if missing[number] == 1:
                ready.append(number)

    @cached_property
    def _by_choice(self) -> list[int]:
        """All wires, those named for a quotient first: a prover that is free to choose chooses there."""
        rank = {name: place for place, name in enumerate(QUOTIENTS)}
        names = [self.names.get(wire, "").rpartition(".")[2] for wire in range(self.system.wires)]
        return sorted(range(1, self.system.wires), key=lambda wire: (rank.get(names[wire], len(rank)), wire))

    @cached_property
    def _wires(self) -> list[set[int]]:
        return [{wire for row in constraint for wire in row} - {0} for constraint in self.system.constraints]

    @cached_property
    def _mentions(self) -> dict[int, list[int]]:
        found: dict[int, list[int]] = defaultdict(list)
        for number, wires in enumerate(self._wires):
            for wire in wires:
                found[wire].append(number)
        return found


def kernel(system: ConstraintSystem, values: Mapping[int, int], fixed: set[int]) -> set[int]:
    """
    Wires other than `fixed` that could move, to first order, without breaking a constraint.

    They are the columns without a pivot in the derivative of all constraints, a sparse matrix over the field.
    """
    witness = [values[wire] for wire in range(system.wires)]
    pivots: dict[int, dict[int, int]] = {}
    for constraint in system.constraints:
        row = {wire: slope for wire, slope in _derivative(constraint, witness).items() if wire not in fixed and slope}
        while row:
            wire = max(row)  # wires of results come late; taking them first keeps rows short
            pivot = pivots.get(wire)
            if pivot is None:
                scale = inverse(row[wire])
                pivots[wire] = {other: slope * scale % R for other, slope in row.items()}
                break
            factor = row[wire]
            for other, slope in pivot.items():
                changed = (row.get(other, 0) - factor * slope) % R
                if changed:
                    row[other] = changed
                else:
                    row.pop(other, None)
    return {wire for wire in range(1, system.wires) if wire not in fixed and wire not in pivots}


def _derivative(constraint: Constraint, witness: list[int]) -> dict[int, int]:
    left, right = evaluate(constraint.a, witness), evaluate(constraint.b, witness)
    row: dict[int, int] = defaultdict(int)
    for terms, factor in ((constraint.a, right), (constraint.b, left), (constraint.c, -1)):
        for wire, coefficient in terms.items():
            row[wire] = (row[wire] + coefficient * factor) % R
    row.pop(0, None)
    return row


def _solve(constraint: Constraint, wire: int, values: Mapping[int, int]) -> int | None:
    """The one value of a wire that makes a constraint hold; None if there is none, or several."""
    (a0, a1), (b0, b1), (c0, c1) = (_split(row, wire, values) for row in constraint)
    if a1 * b1 % R:
        return None
    slope = (a1 * b0 + a0 * b1 - c1) % R
    return (c0 - a0 * b0) * inverse(slope) % R if slope else None


def _split(row: Row, wire: int, values: Mapping[int, int]) -> tuple[int, int]:
    rest = sum(coefficient * values[other] for other, coefficient in row.items() if other != wire)
    return rest % R, row.get(wire, 0)


def _holds(constraint: Constraint, values: Mapping[int, int]) -> bool:
    left, right, result = (sum(k * values[wire] for wire, k in row.items()) for row in constraint)
    return (left * right - result) % R == 0


def _names(symbols: Path) -> dict[int, str]:
    """The first name of each wire that the compiler left."""
    names: dict[int, str] = {}
    for line in symbol_lines(symbols):
        _, wire, _, name = line.split(",")
        if wire != "-1":
            names.setdefault(int(wire), name)
    return names
