"""
A day to settle: a thousand accounts, three makers, an hour between two tables, all of it from a seed.

`settle_floor` says what people do. Settled positions, liquidations and forced requests do not occur: it is a calm day.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Final

from rollup.benchmarks.crash_market import PATHS
from rollup.benchmarks.settle_floor import Floor
from rollup.exchange.events import Filled
from rollup.ledger.netting import Entry, Key, SignedOrder
from rollup.market.defaults import DAY, default_governance, default_inputs
from rollup.market.inputs import Inputs
from rollup.market.oracle import advance, genesis
from rollup.market.simulator import Simulator
from rollup.market.table import build_table
from rollup.spec.shared import Profile
from rollup.spec.state import State
from rollup.spec.table import RiskTable
from rollup.spec.types import Index

__all__ = ["EPOCHS", "Day", "live"]

EPOCHS: Final = 24


@dataclass(frozen=True)
class Day:
    """What happened, as a ledger would have it."""

    profile: Profile
    opening: State
    """Of the accounts that are there in the morning, with their collateral."""
    entries: tuple[Entry, ...]
    orders: dict[Key, SignedOrder]
    tables: tuple[tuple[Inputs, RiskTable], ...]
    said: dict[str, int]
    """How much of what: matches, the makers' part of them, refusals, operations."""

    @property
    def touched(self) -> Counter[Index]:
        """How often each account traded."""
        events = (event for entry in self.entries for event in entry.events)
        return Counter(event.account for event in events if isinstance(event, Filled))

    @property
    def maker_orders(self) -> set[Key]:
        """Orders that were in the book when they were filled."""
        events = (event for entry in self.entries for event in entry.events)
        fills = (event for event in events if isinstance(event, Filled) and event.maker)
        return {(event.account, event.place, event.nonce) for event in fills}


def live(profile: Profile, accounts: int, trades: int, seed: int, backend: str | None = None) -> Day:
    """A day with so many matches."""
    floor = Floor(profile, accounts, seed, backend)
    tables = tuple(_tables(profile, seed))
    for hour, (inputs, table) in enumerate(tables, start=1):
        floor.live(hour, inputs, table, trades * hour // EPOCHS)
    said = {name: floor.said[name] for name in sorted(floor.said)}
    return Day(profile, floor.opening, tuple(floor.entries), floor.orders, tables, said)


def _tables(profile: Profile, seed: int) -> Iterator[tuple[Inputs, RiskTable]]:
    """A table each hour; L1 counts epochs from 1."""
    governance = default_governance()
    state = genesis(default_inputs(profile, governance))
    simulator = Simulator(seed, state.inputs, PATHS, seconds=DAY // EPOCHS)
    for seen in islice(simulator.observations(), EPOCHS):
        state = advance(state, seen, governance)
        yield state.inputs, build_table(state.inputs, governance, profile)
