"""
The engine's ground: saying what happened, ending orders, moving money. Everything else is built on these few verbs.
"""

from __future__ import annotations

from rollup.exchange.codes import Code
from rollup.exchange.events import Ended, Event
from rollup.exchange.settings import Settings
from rollup.exchange.twin.margin import covered
from rollup.exchange.twin.state import Member, Open, World
from rollup.spec.table import CASH_SLOT, RiskTable

__all__ = ["Ground", "Refusal"]


class Refusal(Exception):
    """A command is not carried out; raised before anything has changed."""

    def __init__(self, code: Code, account: int = 0) -> None:
        self.code, self.account = code, account
        super().__init__(code.name)


class Ground:
    """A world, and what it says."""

    def __init__(self, settings: Settings) -> None:
        self.world = World.new(settings)
        self.said: list[Event] = []

    def say(self, event: Event) -> None:
        self.said.append(event)

    def member(self, account: int) -> Member:
        """The member, or UNKNOWN_ACCOUNT."""
        member = self.world.members.get(account)
        if member is None:
            raise Refusal(Code.UNKNOWN_ACCOUNT, account)
        return member

    @property
    def table(self) -> RiskTable:
        """The table in force; asked for only where there is one."""
        assert self.world.table is not None
        return self.world.table

    def stale(self, age: int) -> bool:
        """Whether the table is too old for steps that may be so old: L1 would not take them."""
        return self.world.now - self.table.time > age

    def end(self, order: Open, code: Code) -> None:
        """An order stands no more."""
        words = order.words
        member = self.world.members[words.account]
        if member.orders.get(words.place) is order:
            del member.orders[words.place]
            if not order.waiting and order.remaining:
                self.world.books[words.slot].remove(order)
        self.say(Ended(order.number, words.account, words.place, words.nonce, code, order.remaining))

    def end_all(self, member: Member, code: Code, slot: int = CASH_SLOT) -> None:
        """All of a member's orders, the oldest first; those of one slot, or of all with slot 0."""
        for order in member.numbered():
            if slot in (CASH_SLOT, order.words.slot):
                self.end(order, code)

    def cover(self, member: Member, code: Code) -> None:
        """End a member's standing orders, the newest first, until the rest is covered."""
        for order in reversed(member.numbered()):
            if covered(self.world, member):
                return
            if not order.waiting:
                self.end(order, code)
