"""
One circuit as the sweep sees it: as compiled for proving, or plainly, with no signal eliminated.

Hints are overridden in the plain view. It has every signal under the name that the source gives it, and every step of a
hash as a row of its own; with `--O2` many steps are one system of equations. Both hold for the same assignments: what
survives in the plain view is checked again in the view for proving.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import cached_property
from unittest.mock import patch

from support.sweep.digits import Digits, booleans, find_digits
from support.sweep.order import Order
from support.sweep.sources import Sources
from support.sweep.system import System

import prover.circuits
from prover.circuits import Compiled
from prover.reference.field import R
from prover.shapes import symbol_lines
from prover.witness import Calculator, Inputs

__all__ = ["View", "opened", "plain"]


def plain(compiled: Compiled) -> Compiled:
    """The same circuit compiled without simplification."""
    options = ("--O0", *(option for option in prover.circuits.OPTIONS if not option.startswith("--O")))
    with patch.object(prover.circuits, "OPTIONS", options):
        return prover.circuits.compiled(replace(compiled.circuit, name=f"{compiled.circuit.name}_plain"))


def opened(compiled: Compiled, simple: View) -> Compiled:
    """
    The same circuit with every input a wire, but those that nothing reads.

    The compiler may express a private input by other wires; then nothing could hold it fixed, and it is compiled again
    with all inputs public, for these stay. Apart from that there is no difference between the two.
    """
    left = {line.split(",")[3] for line in symbol_lines(compiled.symbols) if line.split(",")[1] != "-1"}
    lost = {wire for wire in simple.inputs if simple.system.name(wire) not in left}
    if lost <= simple.unread:
        return compiled
    names = tuple(sorted(simple.signals))
    return prover.circuits.compiled(replace(compiled.circuit, name=f"{compiled.circuit.name}_open", public=names))


class View:
    """A system at the witness of some inputs, with its inputs, hints and numbers in bits."""

    def __init__(self, compiled: Compiled, inputs: Inputs, free: Sequence[str]) -> None:
        self.compiled = compiled
        calculator = Calculator(compiled)
        self.system = System(compiled, calculator.witness(inputs).wires)
        self.sources = Sources(compiled.circuit)
        self.signals: dict[str, list[int]] = {name: [] for name in calculator.input_signals()}
        for wire, name in sorted(self.system.names.items()):
            stem = name.removeprefix("main.").split("[")[0]
            if stem in self.signals:
                self.signals[stem].append(wire)
        self.inputs = {wire for wires in self.signals.values() for wire in wires}
        self.free = {wire for name in free for wire in self.signals[name]}

    @cached_property
    def hints(self) -> list[int]:
        """Wires that a `<--` sets, and the inputs that are not fixed."""
        return sorted({*self.sources.hints(self.system.names.items()), *self.free})

    @cached_property
    def unread(self) -> set[int]:
        """Inputs that no row mentions, or only rows that give them another name."""
        return {wire for wire in self.inputs if not self._is_read(wire)}

    def _is_read(self, wire: int) -> bool:
        system = self.system
        same, waiting = {wire}, [wire]
        while waiting:
            for number, *_ in system.mentions[waiting.pop()]:
                terms = system.rows[number]
                renames = len(terms) == 2 and not any(a or b for _, a, b, _ in terms)
                if not renames or any(system.constants[number]) or sum(term[3] for term in terms) % R:
                    return True
                new = {term[0] for term in terms} - same
                if any(other in self.inputs or other <= system.public for other in new):
                    return True
                same |= new
                waiting += new
        return False

    @cached_property
    def bits(self) -> set[int]:
        """Wires that a row of their own holds to 0 and 1."""
        return booleans(self.system)

    @cached_property
    def digits(self) -> list[Digits]:
        """Numbers in bits."""
        return find_digits(self.system, self.bits)

    @cached_property
    def order(self) -> Order:
        """How a prover computes the wires, with the inputs fixed."""
        return self.order_from(self.inputs - self.free)

    def order_from(self, fixed: set[int]) -> Order:
        """How a prover computes the wires from these."""
        return Order(self.system, fixed, self.hints, self.digits)
