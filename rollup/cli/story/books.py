"""
Books by hand: every account's vector, added up from what the exchange said, in plain sums.

Neither the exchange's core nor the law is asked: what both hold at the end of a batch must be what these sums come to.
"""

from __future__ import annotations

from rollup.exchange.commands import Command, Fees, Register, Table
from rollup.exchange.events import (
    Closed,
    Deleveraged,
    Event,
    Filled,
    Moved,
    Reduced,
    Settled,
    TakenOver,
    Unloaded,
)
from rollup.spec.account import FUND, REVENUE
from rollup.spec.shared import Side
from rollup.spec.table import RiskTable
from rollup.spec.types import Index

__all__ = ["Books"]


class Books:
    """Of everybody, from genesis on."""

    def __init__(self, slots: int) -> None:
        self.slots = slots
        self.vectors: dict[Index, list[int]] = {FUND: [0] * slots, REVENUE: [0] * slots}
        self.table: RiskTable | None = None
        self.matches = 0

    def take(self, command: Command, events: list[Event]) -> None:
        """One command, and what followed from it."""
        match command:
            case Register(account):
                self.vectors[account] = [0] * self.slots
            case Table(table=table):
                self.table = table
            case Fees(account, amount):
                self.vectors[account][0] += amount
            case _:
                pass
        for event in events:
            self._follow(event)

    def take_matches(self) -> int:
        """Of buyer and seller, since this was asked last."""
        matches, self.matches = self.matches, 0
        return matches

    def _follow(self, event: Event) -> None:
        match event:
            case Filled():
                self._trade(event.account, event.slot, event.side, event.quantity, event.cash)
                self.vectors[event.account][0] -= event.fee
                self.matches += not event.maker
            case Moved(account, amount):
                self.vectors[account][0] += amount
            case Reduced():
                self._trade(event.account, event.slot, event.side, event.quantity, event.cash)
                self.vectors[event.account][0] -= event.penalty
                self.vectors[FUND][0] += event.penalty
            case Unloaded():
                self._trade(FUND, event.slot, event.side, event.quantity, event.cash)
            case Deleveraged():
                self._trade(event.account, event.slot, event.side, event.quantity, event.cash)
                self._trade(FUND, event.slot, Side(1 - event.side), event.quantity, event.cash)
            case TakenOver(account):
                self._give_all(account)
            case Closed(account, owed, paid):
                self._give_all(account)
                self.vectors[FUND][0] -= owed
                self.vectors[account][0] += owed - paid
            case Settled(account, slot, quantity, cash):
                self.vectors[account][slot] -= quantity
                self.vectors[account][0] += cash
            case _:
                pass

    def _trade(self, account: Index, slot: int, side: Side, lots: int, cash: int) -> None:
        """Lots against their price, less the funding that was paid before."""
        assert self.table is not None
        sign = 1 if side is Side.BUY else -1
        self.vectors[account][slot] += sign * lots
        self.vectors[account][0] -= sign * (cash - lots * self.table.marks[slot].funding)

    def _give_all(self, account: Index) -> None:
        for slot, lots in enumerate(self.vectors[account]):
            self.vectors[FUND][slot] += lots
            self.vectors[account][slot] = 0
