"""
Time and tables: what happens because a second passed or a price moved, and not because somebody asked.

A table first changes what positions are worth (settled ones become cash), then how slots trade; then orders go whose
time is over or whose account cannot stand for them any more; then the clearing house liquidates; then auctions that are
due clear, and orders whose trigger the mark has reached come as if they came now; at last everybody hears how they
stand.
"""

from __future__ import annotations

from rollup.exchange.codes import Code, Phase
from rollup.exchange.commands import Table
from rollup.exchange.events import MarginCalled, MarginRestored, Phased, Settled, TableTaken, Triggered
from rollup.exchange.twin.engine import Refusal
from rollup.exchange.twin.liquidation import Liquidation
from rollup.exchange.twin.margin import values
from rollup.exchange.twin.state import Member
from rollup.market.errors import IllegalMove, NotASuccessor
from rollup.market.table import check_successor
from rollup.spec.account import FUND
from rollup.spec.margin import violates
from rollup.spec.shared import Status, Width
from rollup.spec.table import CASH_SLOT, RiskTable

__all__ = ["Epochs"]


class Epochs(Liquidation):
    """The world moves on."""

    def take_table(self, command: Table) -> None:
        """The next risk table, and everything that it calls for."""
        world, table = self.world, command.table
        sizes = (world.settings.slots, world.settings.scenarios)
        if (len(table.marks), len(table.stress)) != sizes:
            raise Refusal(Code.NO_TABLE)
        if world.table is not None:
            try:
                check_successor(world.table, table)
            except (NotASuccessor, IllegalMove):
                raise Refusal(Code.NO_TABLE) from None
            if command.epoch <= world.epoch:
                raise Refusal(Code.NO_TABLE)
        before, world.table, world.epoch = world.table, table, command.epoch
        world.now = max(world.now, table.time)
        self.say(TableTaken(command.epoch, table.time))
        self.rephase(before, table)
        self.settle(table)
        self.expire()
        self.call_margin()
        self.liquidate()
        self.reopen_all()
        self.trigger()
        for account in sorted(world.members):
            self.tell_standing(world.members[account])

    def tick(self, time: int) -> None:
        """Time passes."""
        if time >> Width.TIME:
            raise Refusal(Code.MALFORMED)
        if time < self.world.now:
            raise Refusal(Code.WRONG_TIME)
        self.world.now = time
        self.expire()
        self.reopen_all()

    def rephase(self, before: RiskTable | None, table: RiskTable) -> None:
        """How slots trade from now on; orders of what is listed no more end."""
        for slot in range(CASH_SLOT + 1, len(table.marks)):
            book, mark = self.world.books[slot], table.marks[slot]
            listing = before.marks[slot].listing if before else 0
            if mark.listing != listing:
                book.limits = None if before else book.limits
            if mark.listing != listing or mark.status in (Status.EMPTY, Status.SETTLED):
                for member in self.in_order():
                    self.end_all(member, Code.DELISTED, slot)
            phase = {
                Status.EMPTY: Phase.CLOSED,
                Status.SETTLED: Phase.CLOSED,
                Status.HALTED: Phase.HALTED,
            }.get(mark.status, Phase.CONTINUOUS)
            if phase == Phase.CONTINUOUS and book.phase in (Phase.HALTED, Phase.AUCTION):
                if book.phase == Phase.HALTED:
                    book.until = self.world.now + self.world.settings.auction
                phase = Phase.AUCTION
            if phase != book.phase:
                book.phase = phase
                self.say(Phased(slot, phase))
            if mark.status == Status.REDUCE_ONLY:
                for member in self.in_order():
                    self.prune(member, slot)

    def settle(self, table: RiskTable) -> None:
        """Positions in settled slots become cash; the law sweeps them when it next touches the account."""
        for slot in range(CASH_SLOT + 1, len(table.marks)):
            mark = table.marks[slot]
            if mark.status != Status.SETTLED:
                continue
            for member in self.in_order():
                lots = member.vector[slot]
                if lots:
                    self.world.move(member, slot, -lots)
                    member.vector[CASH_SLOT] += lots * mark.value
                    self.say(Settled(member.account, slot, lots, lots * mark.value))

    def expire(self) -> None:
        """Orders end whose last second has passed, then those of accounts that have gone silent."""
        now = self.world.now
        standing = [order for member in self.world.members.values() for order in member.orders.values()]
        for order in sorted(standing, key=lambda one: one.number):
            if order.ends < now:
                self.end(order, Code.EXPIRED)
        for member in self.in_order():
            if member.deadline and member.deadline <= now:
                member.deadline = 0
                self.end_all(member, Code.SILENCE)

    def call_margin(self) -> None:
        """Orders end that their accounts cannot stand for any more."""
        for member in self.in_order():
            if member.account == FUND or not member.orders:
                continue
            if violates(values(member, self.table), self.table.parameters.maintenance):
                self.end_all(member, Code.LIQUIDATED)
            else:
                self.cover(member, Code.MARGIN_SHORT)

    def tell_standing(self, member: Member) -> None:
        """A margin call, or its end."""
        called = self.world.table is not None and min(values(member, self.table)) < 0
        if called != member.called:
            member.called = called
            self.say(MarginCalled(member.account) if called else MarginRestored(member.account))

    def reopen_all(self) -> None:
        """Auctions that are due."""
        for slot in range(CASH_SLOT + 1, len(self.world.books)):
            self.reopen(slot)

    def trigger(self) -> None:
        """Orders whose trigger price the mark has reached, in the order of their numbers, where the mark is trusted."""
        waiting = [order for member in self.world.members.values() for order in member.orders.values() if order.waiting]
        for order in sorted(waiting, key=lambda one: one.number):
            words = order.words
            if self.world.books[words.slot].phase != Phase.CONTINUOUS:
                continue
            if not order.triggered_by(self.table.marks[words.slot].price):
                continue
            member = self.world.members[words.account]
            if member.orders.get(words.place) is not order:
                continue
            order.waiting = False
            code = self.inadmissible(order, member)
            if code:
                order.waiting = True
                self.end(order, code)
                continue
            del member.orders[words.place]
            self.world.orders += 1
            order.rank = self.world.orders
            self.say(Triggered(order.number))
            self.enter(order)

    def in_order(self) -> list[Member]:
        """Members by account."""
        return [self.world.members[account] for account in sorted(self.world.members)]
