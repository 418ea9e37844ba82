"""
Which wires can move, to first order, while the inputs stay: the kernel of the derivative of all rows at the witness.

A row in which one wire is left gives that wire; nearly all wires follow so from the inputs, and do not move. Where no
row has one left (steps of a hash are a system of equations after `--O2`), a wire is chosen, and what follows from it is
a combination of chosen wires, until a row that is left over holds one of them. So no matrix is ever filled.
"""

from __future__ import annotations

import heapq
from collections import deque
from collections.abc import Iterable, Iterator

from support.sweep.system import System

from prover.reference.field import R, inverse

__all__ = ["Kernel"]

SHORT = 8
"""Wires that a row has left when it becomes one to choose from."""

Sum = dict[int, int]
"""Chosen wire → coefficient."""


class Kernel:
    """The kernel; `free` are the chosen wires that span it, `moving(wire)` the wires that move with one."""

    def __init__(self, system: System, fixed: set[int]) -> None:
        self._system = system
        self._known = bytearray(system.wires)
        for wire in (0, *fixed):
            self._known[wire] = 1
        self._rows = [
            [(wire, slope) for wire, *abc in row if not self._known[wire] and (slope := system.slope(number, *abc))]
            for number, row in enumerate(system.rows)
        ]
        self._missing = [len(row) for row in self._rows]
        self._ready = deque(row for row, missing in enumerate(self._missing) if missing == 1)
        self._factors: list[int] = []
        self._near: list[tuple[int, int]] = []
        self._short: list[tuple[int, int]] = []
        self._order: dict[int, int] = {}
        self._held: dict[int, Sum] = {}
        self._tangent: dict[int, Sum] = {}
        self._propagate()
        while self._isolate():
            pass
        self._tangent = {wire: left for wire, sum_ in self._tangent.items() if (left := self._reduced(sum_))}
        self.free = sorted({wire for sum_ in self._tangent.values() for wire in sum_})

    def moving(self, chosen: int) -> set[int]:
        """All wires that move when a free one does, itself excluded."""
        return {wire for wire, sum_ in self._tangent.items() if chosen in sum_} - {chosen}

    def _propagate(self) -> None:
        mentions: list[list[tuple[int, bool]]] = [[] for _ in range(self._system.wires)]
        for row, terms in enumerate(self._rows):
            factors = {wire for wire, a, b, _ in self._system.rows[row] if a or b}
            self._factors.append(sum(wire in factors for wire, _ in terms))
            for wire, _ in terms:
                mentions[wire].append((row, wire in factors))
        choices = self._choices()
        while True:
            if self._ready:
                found = self._solve(self._ready.popleft())
                if found is None:
                    continue
            else:
                found = next(choices, None)
                if found is None:
                    return
            self._known[found] = 1
            for row, factor in mentions[found]:
                self._factors[row] -= factor
                self._missing[row] -= 1
                missing = self._missing[row]
                if missing in (0, 1):
                    self._ready.append(row)
                elif missing > 1 and not self._factors[row]:
                    heapq.heappush(self._near, (missing, row))
                elif 1 < missing <= SHORT:
                    heapq.heappush(self._short, (missing, row))

    def _solve(self, row: int) -> int | None:
        """The wire that a row gives; where it gives none, what it says holds a chosen wire."""
        if self._missing[row] < 0:
            return None
        moved: Sum = {}
        given, slope = None, 0
        for wire, each in self._rows[row]:
            if not self._known[wire]:
                given, slope = wire, each
            elif wire in self._tangent:
                _add(moved, self._current(wire), each)
        self._missing[row] = -1  # said all it has to say
        if given is None:
            self._hold(moved)
        elif moved:
            factor = -inverse(slope) % R
            self._tangent[given] = {wire: value * factor % R for wire, value in moved.items()}
        return given

    def _choices(self) -> Iterator[int]:
        """
        Wires to choose: of rows whose factors are known first, for these lie next to what is known already.

        Without that order the choice would fall on any of a thousand hashes, and all would wait for one another.
        """
        self._short = sorted((missing, row) for row, missing in enumerate(self._missing) if missing > 1)
        while waiting := self._near or self._short:
            missing, row = waiting[0]
            if missing != self._missing[row]:
                heapq.heappop(waiting)
                continue
            unknown = {wire for wire, _ in self._rows[row] if not self._known[wire]}
            factors = {wire for wire, a, b, _ in self._system.rows[row] if wire in unknown and (a or b)}
            yield self._choose(min(factors or unknown))
        for wire in range(1, self._system.wires):
            if not self._known[wire]:
                yield self._choose(wire)

    def _choose(self, wire: int) -> int:
        self._order[wire] = len(self._order)
        self._tangent[wire] = {wire: 1}
        return wire

    def _current(self, wire: int) -> Sum:
        reduced = self._tangent[wire] = self._reduced(self._tangent[wire])
        return reduced

    def _reduced(self, sum_: Sum) -> Sum:
        """A sum without held wires, the latest replaced first: it stands for earlier ones only, so none returns."""
        waiting = [(-self._order[wire], wire) for wire in sum_ if wire in self._held]
        if not waiting:
            return sum_
        sum_ = dict(sum_)
        heapq.heapify(waiting)
        while waiting:
            _, wire = heapq.heappop(waiting)
            factor = sum_.pop(wire, 0)
            if factor:
                held = self._held[wire]
                for other in held:
                    if other in self._held and other not in sum_:
                        heapq.heappush(waiting, (-self._order[other], other))
                _add(sum_, held, factor)
        return sum_

    def _hold(self, sum_: Sum) -> bool:
        """That a sum is zero: the latest of its wires is no longer free."""
        sum_ = self._reduced(sum_)
        if not sum_:
            return False
        wire = max(sum_, key=self._order.__getitem__)
        factor = -inverse(sum_[wire]) % R
        self._held[wire] = {other: value * factor % R for other, value in sum_.items() if other != wire}
        return True

    def _isolate(self) -> bool:
        """
        Hold what only seems free: where a · b = 0 with both zero, and both the same sum, that sum is zero.

        A double root as of bit·bit = 0 has no slope, but no other solution either.
        """
        moving = {wire for wire in self._tangent if self._current(wire)}
        rows = {row for wire in moving for row, *_ in self._system.mentions[wire]}
        return sum(self._double_root(row) for row in sorted(rows)) > 0

    def _double_root(self, row: int) -> bool:
        left, right, _ = self._system.sums[row]
        if left or right or any(term[3] for term in self._system.rows[row]):
            return False
        a, b = (self._combined((term[0], term[1 + side]) for term in self._system.rows[row]) for side in (0, 1))
        if not a or a.keys() != b.keys():
            return False
        wire = next(iter(a))
        ratio = b[wire] * inverse(a[wire]) % R
        return all((b[other] - a[other] * ratio) % R == 0 for other in a) and self._hold(a)

    def _combined(self, terms: Iterable[tuple[int, int]]) -> Sum:
        combined: Sum = {}
        for wire, coefficient in terms:
            if coefficient and wire in self._tangent:
                _add(combined, self._current(wire), coefficient)
        return combined


def _add(target: Sum, other: Sum, factor: int) -> None:
    if not factor:
        return
    for wire, value in other.items():
        changed = (target.get(wire, 0) + value * factor) % R
        if changed:
            target[wire] = changed
        else:
            target.pop(wire, None)
