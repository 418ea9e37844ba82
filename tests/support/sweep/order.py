"""
The order in which a prover computes wires: each from the row that gives it, or chosen where no row does.

Rows that give nothing are checks. So a change of a chosen wire runs through the order once, and the checks judge it.
"""

from __future__ import annotations

import heapq
from collections import deque
from collections.abc import Sequence

from support.sweep.digits import Digits
from support.sweep.system import System

from prover.reference.field import R

__all__ = ["Order"]

SMALL = 8
"""Unknown wires of a row from which a choice is made first."""


class Order:
    """Positions of wires, the wire that each row gives, and the ranks at which rows are looked at."""

    def __init__(self, system: System, fixed: set[int], hints: Sequence[int], digits: Sequence[Digits]) -> None:
        self.fixed = fixed
        self.gives: dict[int, int] = {}
        """Row → the wire that it gives, alone and by a slope that is not zero."""
        self.spells: dict[int, Digits] = {}
        """Row → the bits that follow from it."""
        self.chosen: list[int] = []
        """Wires that no row gives."""
        self.position = [-1] * system.wires
        self._system, self._hints = system, set(hints)
        self._step = 0
        self._known = bytearray(system.wires)
        self._missing = [len(row) for row in system.rows]
        self._ready: deque[int] = deque()
        self._twofold: list[int] = []
        defining = [one for one in digits if one.defines]
        self._numbers = {one.row: one for one in defining}
        self._late = {wire: one for one in defining for wire in one.place}
        self._numbers_missing = {
            one.row: sum(term[0] not in one.place for term in system.rows[one.row]) for one in defining
        }
        self._numbers_ready = [row for row, missing in self._numbers_missing.items() if not missing]
        self._ready.extend(row for row, missing in enumerate(self._missing) if missing == 1)
        self._few = [(missing, row) for row, missing in enumerate(self._missing) if 1 <= missing <= SMALL]
        heapq.heapify(self._few)
        self._hintless: list[tuple[int, int]] = []
        self._remaining_hints = iter(sorted(self._hints))
        self._remaining_numbers = iter(defining)
        self._remaining_wires = iter(range(1, system.wires))
        for wire in sorted(fixed):
            self._learn(wire, -1)
        self._run()
        self.rank = [self._rank(row) for row in range(len(system.rows))]

    def _rank(self, row: int) -> int:
        """When a row is looked at: what a wire of a step is needed for comes at even ranks, checks at odd ones."""
        if row in self.gives:
            return 2 * self.position[self.gives[row]]
        return 2 * max((self.position[term[0]] for term in self._system.rows[row]), default=-1) + 1

    def _learn(self, wire: int, position: int) -> None:
        self.position[wire] = position
        self._known[wire] = 1
        number = self._late.get(wire)
        for row, *_ in self._system.mentions[wire]:
            self._missing[row] -= 1
            missing = self._missing[row]
            if missing == 1:
                self._ready.append(row)
            if 1 <= missing <= SMALL:
                heapq.heappush(self._few, (missing, row))
            if row in self._numbers_missing and (number is None or number.row != row):
                self._numbers_missing[row] -= 1
                if not self._numbers_missing[row]:
                    self._numbers_ready.append(row)

    def _take(self, wires: Sequence[int]) -> None:
        for wire in wires:
            self._learn(wire, self._step)
        self._step += 1

    def _run(self) -> None:
        while True:
            if self._ready:
                self._solve(self._ready.popleft())
            elif self._numbers_ready:
                row = self._numbers_ready.pop()
                number = self._numbers[row]
                if any(self._known[wire] for wire in number.place):
                    continue  # some bits came otherwise: then the row is a check
                self.spells[row] = number
                self.chosen.extend(number.place)
                self._take(list(number.place))
            else:
                wires = self._choice()
                if not wires:
                    return
                self.chosen.extend(wires)
                self._take(wires)

    def _unknown(self, row: int) -> list[tuple[int, int, int, int]]:
        return [term for term in self._system.rows[row] if not self._known[term[0]]]

    def _solve(self, row: int) -> None:
        if self._missing[row] != 1:
            return
        ((wire, a, b, c),) = self._unknown(row)
        if a * b % R:
            self._twofold.append(row)
        elif self._system.slope(row, a, b, c):
            self.gives[row] = wire
            self._take([wire])

    def _choice(self) -> list[int]:
        """
        What to choose next: a wire with two values, then a hint of a row with few unknown wires.

        Bits wait for their number, as in a program; if that never comes, they are chosen.
        """
        while self._twofold:
            row = self._twofold.pop()
            unknown = self._unknown(row)
            if len(unknown) == 1 and unknown[0][0] not in self._late:
                return [unknown[0][0]]
        while self._few:
            missing, row = heapq.heappop(self._few)
            if missing != self._missing[row]:
                continue
            hints = [term[0] for term in self._unknown(row) if term[0] in self._hints and term[0] not in self._late]
            if hints:
                heapq.heappush(self._few, (missing, row))
                return [min(hints)]
            heapq.heappush(self._hintless, (missing, row))
        return self._last_choice()

    def _last_choice(self) -> list[int]:
        """A hint of a long row; a wire that multiplies in a row close to giving something; bits; anything."""
        for wire in self._remaining_hints:
            if not self._known[wire] and wire not in self._late:
                return [wire]
        while self._hintless:
            missing, row = self._hintless[0]
            if missing == self._missing[row]:
                unknown = [term for term in self._unknown(row) if term[0] not in self._late]
                if unknown:
                    return [min(unknown, key=lambda term: (not (term[1] or term[2]), term[0]))[0]]
            heapq.heappop(self._hintless)
        for number in self._remaining_numbers:
            if bits := [bit for bit in number.place if not self._known[bit]]:
                return bits
        for wire in self._remaining_wires:
            if not self._known[wire]:
                return [wire]
        return []
