"""
The machine behind the door: the native core where it is built, its readable twin elsewhere. Both give the same bits.

The environment variable `ZKCLEAR_BACKEND=reference|native` forces one, as it does for the mathematics.
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from typing import Protocol

from prover.crypto import BACKENDS, NATIVE_REMEDY
from prover.errors import BackendUnavailable
from rollup.exchange.settings import Settings
from rollup.exchange.twin import Twin
from rollup.exchange.twin.queries import Level, OpenOrder

__all__ = ["Machine", "load", "replay"]


class Machine(Protocol):
    """What commands are given to."""

    def apply(self, record: bytes) -> bytes:
        """Carry out one command; the events that followed, as a stream. Malformed, and nothing has changed."""

    def state_hash(self) -> bytes:
        """keccak256 of everything that is remembered."""

    def vector(self, account: int) -> list[int] | None:
        """Collateral, then the lots of every slot; None where there is no such account."""

    def open_orders(self, account: int) -> list[OpenOrder]:
        """An account's orders, the oldest first."""

    def depth(self, slot: int, levels: int) -> tuple[list[Level], list[Level]]:
        """The best prices of either side of a book, bids first."""

    def phase(self, slot: int) -> int:
        """How a slot trades: the number of a `Phase`."""

    def interest(self, slot: int) -> int:
        """Lots held long by all accounts together."""

    def ranking(self, slot: int) -> list[int]:
        """Who stands against the fund, in the order in which they are deleveraged."""

    def totals(self) -> dict[str, int]:
        """Time, epoch, fees, custody and counts."""


def load(settings: Settings, name: str | None = None) -> Machine:
    """A new exchange on the machine called `name`; without one, what ZKCLEAR_BACKEND says, or the best there is."""
    wanted = name or os.environ.get("ZKCLEAR_BACKEND") or None
    if wanted not in (None, *BACKENDS):
        raise BackendUnavailable(str(wanted), f"choose one of: {', '.join(BACKENDS)}")
    if wanted == "reference":
        return Twin(settings)
    try:
        from rollup.exchange.native import Native
    except ImportError as error:
        if wanted:
            raise BackendUnavailable(wanted, NATIVE_REMEDY) from error
        return Twin(settings)
    return Native(settings)


def replay(settings: Settings, log: Iterable[bytes], name: str | None = None) -> Machine:
    """A machine in the state that a log leads to."""
    machine = load(settings, name)
    for record in log:
        machine.apply(record)
    return machine
