"""A compiled circuit with one witness, indexed so that a change of one wire costs only the rows that mention it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

from prover.circuits import Compiled
from prover.reference.field import R
from prover.reference.r1cs_file import read_constraints
from prover.shapes import symbol_lines

__all__ = ["System", "pattern", "readable"]

Term = tuple[int, int, int, int]
"""A wire, or in `mentions` a row, with its coefficients in the three sums of a row a · b = c."""


class System:
    """Rows, what mentions what, names, and the three sums of every row at a witness."""

    def __init__(self, compiled: Compiled, witness: bytes) -> None:
        system = read_constraints(compiled.r1cs)
        self.wires, self.public = system.wires, system.public
        self.values = [int.from_bytes(witness[at : at + 32], "little") for at in range(0, len(witness), 32)]
        assert len(self.values) == self.wires and self.values[0] == 1, "the witness is another circuit's"
        self.names = _names(compiled.symbols)
        self.rows: list[list[Term]] = []
        self.mentions: list[list[Term]] = [[] for _ in range(self.wires)]
        self.constants: list[tuple[int, int, int]] = []
        self.sums: list[tuple[int, int, int]] = []
        for number, (a, b, c) in enumerate(system.constraints):
            row = []
            left = right = result = 0
            for wire in {**a, **b, **c}:
                x, y, z = a.get(wire, 0), b.get(wire, 0), c.get(wire, 0)
                value = self.values[wire]
                left, right, result = left + x * value, right + y * value, result + z * value
                if wire:
                    row.append((wire, x, y, z))
                    self.mentions[wire].append((number, x, y, z))
            self.rows.append(row)
            self.constants.append((a.get(0, 0), b.get(0, 0), c.get(0, 0)))
            self.sums.append((left % R, right % R, result % R))
            assert (left * right - result) % R == 0, f"constraint {number} does not hold at the witness"

    def slope(self, row: int, a: int, b: int, c: int) -> int:
        """The derivative of a row by a wire with these coefficients."""
        left, right, _ = self.sums[row]
        return (a * right + b * left - c) % R

    def name(self, wire: int) -> str:
        """The name of a wire that the compiler left."""
        return self.names.get(wire, f"wire {wire}")

    def patterns(self, wires: Sequence[int] | set[int]) -> frozenset[str]:
        """The patterns of several wires."""
        return frozenset(pattern(self.name(wire)) for wire in wires)


def readable(name: str) -> str:
    """A name without what the compiler appends to an anonymous component."""
    return re.sub(r"_\d+_\d+(?=[.\[]|$)", "", name)


def pattern(name: str) -> str:
    """A readable name with `*` for each index."""
    return re.sub(r"\[\d+\]", "[*]", readable(name))


def _names(symbols: Path) -> dict[int, str]:
    names: dict[int, str] = {}
    for line in symbol_lines(symbols):
        _, wire, _, name = line.split(",")
        if wire != "-1":
            names.setdefault(int(wire), name)
    return names
