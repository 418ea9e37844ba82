"""A witness with some wires overridden: all behind them is computed again, and the first check that fails ends it."""

from __future__ import annotations

import heapq
from collections.abc import Mapping
from dataclasses import dataclass

from support.sweep.order import Order
from support.sweep.system import System
from support.sweep.view import View

from prover.reference.field import R, inverse

__all__ = ["Outcome", "Recompute"]

NEAR = 8
"""Choices near a failed check that are tried."""

REPAIRS = 3
"""Further choices that are adapted, one after the other, to a check that fails."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of an override."""

    changed: Mapping[int, int]
    """Wires with other values than in the witness."""
    failed: int | None
    """The row that does not hold; None if all do."""
    left: int = 0
    """By how much that row fails."""


class Recompute:
    """Overrides at one witness, in one order."""

    def __init__(self, view: View, order: Order) -> None:
        self._system, self._order = view.system, order
        self._adaptable = set(order.chosen) - view.bits

    def attempt(self, override: Mapping[int, int], repairs: int = REPAIRS) -> Outcome:
        """
        Recompute behind an override.

        Where a check fails and a chosen wire is near it, that is chosen anew: a program would compute that hint from
        the changed values (an inverse, say), so it may not stay as it was.
        """
        outcome = self._run(override)
        if outcome.failed is None or not repairs:
            return outcome
        for wire in self._near(outcome.failed, override):
            again = self._adapted(wire, outcome, override)
            if again is not None:
                repaired = self.attempt({**override, wire: again}, repairs - 1)
                if repaired.failed is None:
                    return repaired
        return outcome

    def _near(self, row: int, override: Mapping[int, int]) -> list[int]:
        """Chosen wires of a row, or of the rows that give its wires; bits have no other value to adapt to."""
        if len(self._system.rows[row]) == 1:
            return []
        near = [term[0] for term in self._system.rows[row]]
        for wire in tuple(near):
            near += [term[0] for giver in self._givers(wire) for term in self._system.rows[giver]]
        return [wire for wire in dict.fromkeys(near) if wire in self._adaptable and wire not in override][:NEAR]

    def _givers(self, wire: int) -> list[int]:
        gives = self._order.gives
        return [row for row, *_ in self._system.mentions[wire] if gives.get(row) == wire]

    def _adapted(self, wire: int, outcome: Outcome, override: Mapping[int, int]) -> int | None:
        """The value of a chosen wire with which the failed row would hold, if it follows the wire linearly."""
        value, left = self._system.values[wire], outcome.left
        lefts = []
        for step in (1, 2):
            tried = self._run({**override, wire: (value + step) % R}, outcome.failed)
            if tried.failed != outcome.failed:
                return None
            lefts.append(tried.left)
        slope = (lefts[0] - left) % R
        if not slope or (lefts[1] - lefts[0] - slope) % R:
            return None
        return (value - left * inverse(slope)) % R

    def _run(self, override: Mapping[int, int], until: int | None = None) -> Outcome:
        """One pass; with `until` it ends at that row and tells how far the row is from holding."""
        run = _Pass(self._system, self._order)
        for wire, value in override.items():
            run.set(wire, value)
        while run.waiting:
            rank, row = heapq.heappop(run.waiting)
            left, right, result = run.sums(row)
            missing = (left * right - result) % R
            if row == until:
                return Outcome({}, row, missing)
            number = self._order.spells.get(row)
            if number is not None and rank % 2 == 0 and not any(wire in override for wire in number.place):
                run.respell(row)
                continue
            if not missing:
                continue
            given = self._order.gives.get(row)
            if given is None or given in override:
                return Outcome({}, row, missing)
            slope = run.slope(row, given)
            if not slope:
                return Outcome({}, row, missing)
            run.set(given, (run.value(given) - missing * inverse(slope)) % R)
        return Outcome({wire: value for wire, value in run.changed.items() if value != self._system.values[wire]}, None)


class _Pass:
    """Values and sums that differ from the witness, and rows to look at, by rank."""

    def __init__(self, system: System, order: Order) -> None:
        self._system, self._order = system, order
        self.changed: dict[int, int] = {}
        self.waiting: list[tuple[int, int]] = []
        self._sums: dict[int, tuple[int, int, int]] = {}

    def value(self, wire: int) -> int:
        return self.changed.get(wire, self._system.values[wire])

    def sums(self, row: int) -> tuple[int, int, int]:
        return self._sums.get(row, self._system.sums[row])

    def set(self, wire: int, value: int) -> None:
        by = value - self.value(wire)
        if not by:
            return
        self.changed[wire] = value
        for row, a, b, c in self._system.mentions[wire]:
            if row not in self._sums:
                heapq.heappush(self.waiting, (self._order.rank[row], row))
                if row in self._order.spells:
                    bit = next(iter(self._order.spells[row].place))
                    heapq.heappush(self.waiting, (2 * self._order.position[bit], row))
            left, right, result = self.sums(row)
            self._sums[row] = ((left + a * by) % R, (right + b * by) % R, (result + c * by) % R)

    def slope(self, row: int, wire: int) -> int:
        left, right, _ = self.sums(row)
        a, b, c = next(term[1:] for term in self._system.rows[row] if term[0] == wire)
        return (a * right + b * left - c) % R

    def respell(self, row: int) -> None:
        """New bits from a new number; where it does not fit, the row that spells it fails later."""
        digits = self._order.spells[row]
        number = digits.number(sum(self.value(wire) << place for wire, place in digits.place.items()), self.sums(row))
        if number >> digits.length:
            return
        for wire, place in digits.place.items():
            self.set(wire, number >> place & 1)
