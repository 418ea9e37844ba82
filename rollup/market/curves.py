"""
Curves: rates that depend on how far away the day is, in ppm a year, linear between the days posted and flat outside.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from rollup.market.errors import BadInputs
from rollup.spec.shared import Width

__all__ = ["Curve", "flat_curve"]

RATE_BOUND: Final = 1_000_000
"""Rates beyond ±100 % a year are a fault, not a market."""


POINTS: Final = 64
"""Most points of a curve."""


@dataclass(frozen=True, slots=True)
class Curve:
    """Points of (time in seconds, ppm a year) at rising times."""

    points: tuple[tuple[int, int], ...]

    def __post_init__(self) -> None:
        times = [time for time, _ in self.points]
        if not self.points or any(a >= b for a, b in pairwise(times)):
            raise BadInputs("a curve has points at rising times, at least one", self.points)
        if not 0 <= times[0] <= times[-1] < 1 << Width.TIME or len(times) > POINTS:
            raise BadInputs(f"times have 40 bits, points are at most {POINTS}", self.points)
        if any(abs(rate) > RATE_BOUND for _, rate in self.points):
            raise BadInputs(f"rates are within {RATE_BOUND} ppm a year", self.points)

    def at(self, time: int) -> int:
        """The rate towards `time`."""
        before = self.points[0]
        if time <= before[0]:
            return before[1]
        for after in self.points[1:]:
            if time <= after[0]:
                span = after[0] - before[0]
                return before[1] + (after[1] - before[1]) * (time - before[0]) // span
            before = after
        return before[1]


def flat_curve(rate: int) -> Curve:
    """One rate for all days."""
    return Curve(((0, rate),))
