"""
Circuit breakers: when trading in an underlying narrows to reductions, or stops.

A price that moved beyond the band inside the window narrows or halts, by how far it moved. A stale price, sources that
are divided, or members of the committee who disagree, halt: nobody should trade, or be taken over, at a price nobody
knows. A breaker stays tripped until its cause has been gone for the pause, and a worse cause overrides a milder one
(MKT-BREAK-1).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum
from typing import Final

from rollup.market.fixed import PPM
from rollup.market.parameters import Breakers
from rollup.spec.shared import Status

__all__ = ["CLOSED", "Breaker", "Trip", "next_breaker", "trip_of"]


class Trip(IntEnum):
    """How far a breaker has gone; the worse is the greater."""

    NONE = 0
    REDUCE = 1
    HALT = 2

    @property
    def status(self) -> Status:
        """What it turns active slots to."""
        return (Status.ACTIVE, Status.REDUCE_ONLY, Status.HALTED)[self]


@dataclass(frozen=True, slots=True)
class Breaker:
    """The breaker of one underlying."""

    trip: Trip
    until: int
    """When it closes if nothing more happens, in seconds."""


CLOSED: Final = Breaker(Trip.NONE, 0)
"""Nothing has happened."""


def trip_of(prices: Sequence[tuple[int, int]], now: int, trusted: bool, rules: Breakers) -> Trip:
    """What the prices of the window, (time, price) by rising time, and their trustworthiness call for."""
    if not trusted or not prices:
        return Trip.HALT
    latest = prices[-1][1]
    before = [price for time, price in prices if time < now - rules.window][-1:]  # still in force as the window began
    window = [price for time, price in prices if time >= now - rules.window]
    move = max(abs(latest - price) * PPM // price for price in (*before, *window))
    if move > rules.halt:
        return Trip.HALT
    return Trip.REDUCE if move > rules.reduce else Trip.NONE


def next_breaker(before: Breaker, cause: Trip, now: int, rules: Breakers) -> Breaker:
    """The breaker after one more look."""
    if cause is not Trip.NONE and cause >= before.trip:
        return Breaker(cause, now + rules.pause)
    if before.trip is not Trip.NONE and now < before.until:
        return before
    return Breaker(cause, now + rules.pause) if cause is not Trip.NONE else CLOSED
