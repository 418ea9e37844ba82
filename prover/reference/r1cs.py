"""
R1CS: what a circuit is to a prover.

A rank-1 constraint system is a list of equations over wires, each of the form

    (sum of wires) · (sum of wires) = (sum of wires)

where every wire may have a coefficient. Wire 0 always carries 1, and the public wires follow. A witness gives every
wire a value; it is good if it satisfies every equation. Circom compiles a circuit to such a system, and a Groth16
proof shows that somebody knows a good witness with the public values stated.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from prover.errors import IndexOutOfRange, UnsatisfiedConstraint, WrongLength
from prover.reference.field import R, element, elements

__all__ = ["Constraint", "ConstraintSystem", "Row"]

Row = Mapping[int, int]
"""A sum of wires: the coefficient of each wire that has one."""


class Constraint(NamedTuple):
    """One equation a · b = c."""

    a: Row
    b: Row
    c: Row


@dataclass(frozen=True, slots=True)
class ConstraintSystem:
    """A small system in memory."""

    wires: int
    """How many wires there are, wire 0 included."""
    public: int
    """How many of them are public: wires 1 .. public."""
    constraints: tuple[Constraint, ...]

    def __post_init__(self) -> None:
        if not 0 <= self.public < self.wires:
            raise WrongLength("public wires", f"0 to {self.wires - 1}", self.public)
        for row in (row for constraint in self.constraints for row in constraint):
            for wire, coefficient in row.items():
                if not 0 <= wire < self.wires:
                    raise IndexOutOfRange(wire, self.wires)
                element(coefficient)

    def check(self, witness: Sequence[int]) -> None:
        """
        Raise unless the witness satisfies every constraint; the error names the first that fails.

        That wire 0 carries 1 is no constraint of the system but the meaning of the wire; it goes by the number -1.
        """
        if len(witness) != self.wires:
            raise WrongLength("values of a witness", str(self.wires), len(witness))
        elements(witness)
        if witness[0] != 1:
            raise UnsatisfiedConstraint(-1, f"wire 0 must carry 1, was {witness[0]}")
        for number, (a, b, c) in enumerate(self.constraints):
            left, right, result = (evaluate(row, witness) for row in (a, b, c))
            if left * right % R != result:
                raise UnsatisfiedConstraint(number, f"{left} · {right} ≠ {result}")


def evaluate(row: Row, witness: Sequence[int]) -> int:
    """The value of a sum of wires."""
    return sum(coefficient * witness[wire] for wire, coefficient in row.items()) % R
