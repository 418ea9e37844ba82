"""
The floor of the crash: an exchange, the books kept beside it, and makers who quote there.

Everything is a command of the log, and orders find each other as anybody's would. Makers know what is true and quote
around it, as near to it as the exchange's band lets them, each a little further away than the one before.
"""

from __future__ import annotations

from collections import Counter
from typing import Final

from rollup.benchmarks.crash_books import Books
from rollup.benchmarks.crash_crowd import Crowd
from rollup.benchmarks.crash_market import PROFILE, Scene
from rollup.exchange.commands import CancelAll, Command, Fees, Force, Place, Seal, Table, encode
from rollup.exchange.events import Event, decode
from rollup.exchange.machine import load
from rollup.exchange.settings import settings_of
from rollup.exchange.wire import frames
from rollup.market.defaults import DAY, START, default_terms
from rollup.market.fixed import PPM
from rollup.spec.account import REVENUE
from rollup.spec.shared import Side, Status
from rollup.spec.table import RiskTable

__all__ = ["FIRST_PLACE", "TERMS", "Floor"]

TERMS: Final = default_terms()

SPREAD: Final = 5_000
"""A maker of level k quotes k times this from the true price, of the lot's risk, ppm."""

CHEAP: Final = 50_000
"""But no more than k times this of a price, ppm: options that are worth little have risks far above it."""

FIRST_PLACE: Final = 0
"""The order place of a trader for what trades at once."""

FEE: Final = 1_000
"""The highest fee that orders sign for, ppm."""


class Floor:
    """One exchange in one crash."""

    def __init__(self, crowd: Crowd, backend: str | None = None) -> None:
        self.crowd, self.settings = crowd, settings_of(PROFILE)
        self.machine = load(self.settings, backend)
        self.books = Books(self.settings.slots)
        self.nonces: Counter[tuple[int, int]] = Counter()
        self.depth: dict[int, int] = {}
        self.commands = 0

    def tell(self, command: Command) -> list[Event]:
        """Give one command to the exchange, and book what it says."""
        self.commands += 1
        said = [decode(record) for record in frames(self.machine.apply(encode(command)))]
        for event in said:
            self.books.read(event)
        return said

    @property
    def table(self) -> RiskTable:
        """The one in force: makers quote before the epoch's own is there."""
        assert self.books.table is not None
        return self.books.table

    def take_table(self, scene: Scene) -> None:
        """The epoch's table, and all that it calls for."""
        self.books.table = scene.table
        self.tell(Table(scene.inputs.epoch, scene.table))

    def quote(self, scene: Scene) -> None:
        """Makers take their orders back, then quote around the true price."""
        for maker in self.crowd.makers:
            self.tell(CancelAll(maker.account))
        for maker in self.crowd.makers:
            if maker.account in self.books.taken:
                continue
            for number, slot in enumerate(maker.slots):
                for side in Side:
                    limit = self.price(scene, slot, side, maker.level)
                    if limit > 0:
                        self.place(maker.account, 2 * number + side, slot, side, limit, self.depth[slot])

    def price(self, scene: Scene, slot: int, side: Side, level: int) -> int:
        """What a maker of a level bids or asks: beside the true price, in ticks, within the band in force."""
        mark, true, tick = self.table.marks[slot], scene.truth.marks[slot], TERMS[slot - 1].tick
        risk = (true.risk_long + true.risk_short) // 2
        away = level * max(tick, min(risk * SPREAD, true.price * CHEAP) // PPM)
        reach = mark.price * self.settings.band // PPM + max(mark.risk_long, mark.risk_short)
        if side == Side.BUY:
            return min(true.price - away, mark.price + reach) // tick * tick
        return -(-max(true.price + away, mark.price - reach) // tick) * tick

    def farthest(self, scene: Scene, slot: int, side: Side) -> int:
        """The worst price that makers offer to somebody on this side; nothing where they offer none."""
        return max(0, self.price(scene, slot, Side(1 - side), max(maker.level for maker in self.crowd.makers)))

    def take(self, account: int, slot: int, side: Side, lots: int, scene: Scene) -> None:
        """Take what makers offer, at once."""
        limit = self.farthest(scene, slot, side)
        if limit > 0:
            self.place(account, FIRST_PLACE, slot, side, limit, lots, force=Force.IOC)

    def place(
        self,
        account: int,
        place: int,
        slot: int,
        side: Side,
        limit: int,
        lots: int,
        *,
        force: Force = Force.GTC,
        reduce_only: bool = False,
    ) -> None:
        """One order, at the next nonce of its place; none into a slot that takes none of its kind now."""
        mark = self.table.marks[slot]
        if mark.status == Status.HALTED and force == Force.IOC:
            return
        self.nonces[account, place] += 1
        words = (account, slot, mark.listing, side, limit, lots, FEE, place, self.nonces[account, place])
        self.tell(Place(*words, expiry=START + DAY, reduce_only=reduce_only, force=force))

    def close(self) -> None:
        """The ledger cuts a batch, and fees go to the operator."""
        if self.books.fees:
            self.tell(Fees(REVENUE, self.books.fees))
            self.books.share_fees(REVENUE)
        self.tell(Seal())
