"""
An order flow to measure on: many accounts around many instruments, from a seed, as commands of the log.

Prices walk a little; makers keep two-sided quotes a few ticks from them and move these by cancel-replace, takers come
across the spread, some orders are immediate, post-only or stops, some are taken back. Every account holds positions in
many slots, so margin has something to add up. Of ten commands about six place or replace, three cancel, one takes.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

from rollup.benchmarks.law import full_inputs
from rollup.exchange.commands import Cancel, Command, Credit, Force, Limits, Place, Register, Table, Trigger
from rollup.exchange.settings import Settings, settings_of
from rollup.market.defaults import default_governance
from rollup.market.simulator import Randomness
from rollup.market.table import build_table
from rollup.spec.shared import PROFILES, Profile, Side
from rollup.spec.table import RiskTable

__all__ = ["Flow"]

COLLATERAL: Final = 10**13
"""Ten million dollars each: the flow measures speed, not poverty; what margin refuses is counted."""

TICK: Final = 100
FIRST: Final = 2
"""The first account that trades; 0 and 1 are the house's."""


@dataclass
class Flow:
    """Commands without end, after those that set the stage."""

    seed: int = 1
    members: int = 1_000
    profile: Profile = PROFILES["standard"]
    table: RiskTable = field(init=False)

    def __post_init__(self) -> None:
        governance = default_governance()
        self.table = build_table(full_inputs(), governance, self.profile)
        self.randomness = Randomness(self.seed)
        self.nonces: dict[tuple[int, int], int] = {}
        self.marks = [mark.price for mark in self.table.marks]

    @property
    def settings(self) -> Settings:
        return settings_of(self.profile)

    def stage(self) -> Iterator[Command]:
        """Listings, accounts and their collateral, and one table."""
        yield from (Limits(slot, TICK, 1 << 30, 1 << 40, 1 << 24) for slot in range(1, self.profile.slots))
        yield Table(1, self.table)
        for account in range(FIRST, FIRST + self.members):
            yield Register(account)
            yield Credit(account, COLLATERAL)

    def orders(self, count: int) -> Iterator[Command]:
        """So many order operations."""
        below = self.randomness.below
        for _ in range(count):
            account, place, slot = FIRST + below(self.members), below(self.profile.places), self._slot()
            self.marks[slot] = max(10 * TICK, self.marks[slot] + (below(5) - 2) * TICK)
            what = below(10)
            if what < 3 and (account, place) in self.nonces:
                yield Cancel(account, place, self.nonces[account, place])
            elif what < 9:
                yield self._quote(account, place, slot, away=1 + below(40))
            else:
                yield self._quote(account, place, slot, away=-below(8), force=(Force.IOC, Force.MARKET)[below(2)])

    def _slot(self) -> int:
        """Half of all orders come to the first four instruments."""
        return 1 + (
            self.randomness.below(4) if self.randomness.below(2) else self.randomness.below(self.profile.slots - 1)
        )

    def _quote(self, account: int, place: int, slot: int, away: int, force: Force = Force.GTC) -> Place:
        """An order so many ticks away from the walking price; negative ones reach across it."""
        below = self.randomness.below
        side = Side(below(2))
        near = self.marks[slot] // TICK + (-away if side is Side.BUY else away)
        self.nonces[account, place] = nonce = self.nonces.get((account, place), 0) + 1
        kind = below(20) if force is Force.GTC else 0
        return Place(
            account=account,
            slot=slot,
            listing=self.table.marks[slot].listing,
            side=side,
            limit=max(1, near) * TICK,
            quantity=1 + below(20),
            max_fee_ppm=1_000,
            place=place,
            nonce=nonce,
            expiry=self.table.time + 86_400,
            force=force,
            post_only=kind == 1,
            trigger=Trigger.STOP if kind == 2 else Trigger.NONE,
            trigger_price=self.table.marks[slot].price + 1_000 if kind == 2 else 0,
        )
