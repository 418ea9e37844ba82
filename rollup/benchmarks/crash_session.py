"""
A session of the crash: the crowd enters its books, and then lives through one epoch after the other.

In each, makers quote around the new price, then the table comes and the clearing house does what it calls for, then the
crowd acts, each by its habit. Whoever trusts the mark stands at the mark. While it is true, makers and they agree;
while it is not, what lies between is what a false mark costs those who believe it.
"""

from __future__ import annotations

from typing import Final

from rollup.benchmarks.crash_crowd import PERPETUALS, SLOTS, Crowd, Habit, Trader
from rollup.benchmarks.crash_floor import FIRST_PLACE, TERMS, Floor
from rollup.benchmarks.crash_market import Scene
from rollup.exchange.codes import Phase
from rollup.exchange.commands import Credit, Debit, Force, Limits, Register, Tick
from rollup.market.fixed import PPM
from rollup.market.simulator import Randomness
from rollup.spec.account import FUND
from rollup.spec.margin import free_collateral
from rollup.spec.shared import Side

__all__ = ["Session"]

DEPTH: Final = 30_000
"""What makers together offer on a side in an epoch, of a slot's open interest as the crash begins, ppm."""

SLICES: Final = 6
"""Steps in which the crowd enters its books."""

PEG: Final = 5_000
"""How far from the mark those quote who trust it, ppm."""

DOUBT: Final = 20_000
"""How far the mark must be from the truth for the informed to act, ppm."""

PEG_PLACES, EXIT_PLACES = ((1, 2), (3, 4)), range(5, 8)
"""A trader's order places for quotes at the mark, bid and ask of each perpetual, and for ways out."""


class Session(Floor):
    """One crowd on one floor."""

    def __init__(self, crowd: Crowd, seed: int, backend: str | None = None) -> None:
        super().__init__(crowd, backend)
        self.randomness = Randomness(seed)

    # -- before the crash

    def open(self, scene: Scene) -> None:
        """List what is traded, pay in, and let the crowd enter its books at the first epoch's marks."""
        self.tell(Tick(scene.inputs.time))
        for slot in SLOTS:
            self.tell(Limits(slot, TERMS[slot - 1].tick, position=1 << 30, interest=1 << 40, order=1 << 30))
        self.take_table(scene)
        self.tell(Credit(FUND, self.crowd.fund))
        for one in self.crowd.everyone:
            self.tell(Register(one.account))
            self.tell(Credit(one.account, one.deposit))
        paid_in = sum(trader.deposit for trader in self.crowd.traders)
        risk = max(scene.table.marks[slot].risk_long for slot in SLOTS)
        self.depth = dict.fromkeys(SLOTS, paid_in // risk // (4 * SLICES))
        for _ in range(SLICES):
            self.quote(scene)
            for trader in self.crowd.traders:
                self._enter(trader, scene)
        sets = len({maker.level for maker in self.crowd.makers})
        for slot in SLOTS:
            interest = sum(max(0, vector[slot]) for vector in self.books.vectors.values())
            self.depth[slot] = max(1, interest * DEPTH // PPM // sets)
        self.close()

    def _enter(self, trader: Trader, scene: Scene) -> None:
        """One slice of a book; a later leg follows the one before as far as that was filled."""
        part = PPM
        for slot, lots in trader.legs:
            wanted = max(1, abs(lots) * part // PPM // SLICES)
            before = self.books.vectors[trader.account][slot]
            self.take(trader.account, slot, Side.BUY if lots > 0 else Side.SELL, wanted, scene)
            part = part * abs(self.books.vectors[trader.account][slot] - before) // wanted

    # -- an epoch

    def live(self, scene: Scene) -> None:
        """One epoch: time, makers, the table and all that it calls for, the crowd, and a batch."""
        self.tell(Tick(scene.inputs.time))
        self.quote(scene)
        self.take_table(scene)
        for trader in self.crowd.traders:
            if trader.account in self.books.taken:
                continue
            match trader.habit:
                case Habit.TRUSTING:
                    self.peg(trader, scene)
                case Habit.PRUDENT if min(self.books.values(trader.account, scene.table)) < 0:
                    self.retreat(trader, scene)
                case _:
                    pass
        for trader in self.crowd.traders:
            if trader.habit is Habit.INFORMED and trader.account not in self.books.taken:
                self.exploit(trader, scene)
        self.noise(scene)
        self.close()

    def peg(self, trader: Trader, scene: Scene) -> None:
        """Quote both perpetuals at the mark."""
        for slot, (bid, ask) in zip(PERPETUALS, PEG_PLACES, strict=True):
            mark, tick = scene.table.marks[slot], TERMS[slot - 1].tick
            lots = trader.deposit // 10 // mark.risk_long
            for place, side, limit in (
                (bid, Side.BUY, mark.price * (PPM - PEG) // PPM // tick * tick),
                (ask, Side.SELL, -(-mark.price * (PPM + PEG) // PPM // tick) * tick),
            ):
                if lots:
                    self.place(trader.account, place, slot, side, limit, lots)

    def retreat(self, trader: Trader, scene: Scene) -> None:
        """Offer half of every position, at the worst that makers pay; in a halt it waits for the auction."""
        held = [slot for slot in SLOTS if self.books.vectors[trader.account][slot]]
        for place, slot in zip(EXIT_PLACES, held, strict=False):
            lots = self.books.vectors[trader.account][slot]
            side = Side.SELL if lots > 0 else Side.BUY
            limit = self.farthest(scene, slot, side)
            if limit > 0:
                self.place(trader.account, place, slot, side, limit, -(-abs(lots) // 2), reduce_only=True)

    def exploit(self, trader: Trader, scene: Scene) -> None:
        """Trade against a false mark, and take out what it says is free and is not."""
        for slot in PERPETUALS:
            mark, true, tick = scene.table.marks[slot], scene.truth.marks[slot], TERMS[slot - 1].tick
            gap = (true.price - mark.price) * PPM // mark.price
            if abs(gap) < DOUBT:
                continue
            side = Side.BUY if gap > 0 else Side.SELL
            limit = mark.price * (PPM + 2 * PEG * (1 if gap > 0 else -1)) // PPM // tick * tick
            lots = max(1, trader.deposit // 2 // mark.risk_long)
            self.place(trader.account, FIRST_PLACE, slot, side, limit, lots, force=Force.IOC)
        told = self.books.values(trader.account, scene.table)
        free = free_collateral(told)
        if free and told[0] - self.books.equity(trader.account, scene.truth) > told[0] * DOUBT // PPM:
            self.tell(Debit(trader.account, free))

    def noise(self, scene: Scene) -> None:
        """A few of the crowd trade a little of something, whatever happens."""
        for _ in range(max(1, len(self.crowd.traders) // 20)):
            trader = self.crowd.traders[self.randomness.below(len(self.crowd.traders))]
            slot, side = 1 + self.randomness.below(len(SLOTS)), Side(self.randomness.below(2))
            if trader.account in self.books.taken or self.books.phases.get(slot) != Phase.CONTINUOUS:
                continue
            mark = scene.table.marks[slot]
            lots = trader.deposit // 20 // max(mark.risk_long, mark.risk_short)
            self.take(trader.account, slot, side, max(1, lots), scene)
