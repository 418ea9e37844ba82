"""
The books as events tell them: what every account holds, kept beside the exchange and without looking inside.

Money only moves by what the exchange says, so a second set of books made from nothing but its events must balance after
every command: every instrument's lots add up to nothing, and cash and fees to what was paid in. It also tells who paid:
what an account was worth when the fund took it over, and what the clearing house moved on its own.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass, field

from rollup.exchange.codes import Code, Phase
from rollup.exchange.events import (
    Deleveraged,
    Event,
    Filled,
    MarginCalled,
    Moved,
    Phased,
    Reduced,
    Refused,
    Settled,
    TakenOver,
    Uncrossed,
    Unloaded,
)
from rollup.spec.account import FUND
from rollup.spec.margin import values_of
from rollup.spec.table import CASH_SLOT, RiskTable
from rollup.spec.types import Values

__all__ = ["Books", "Tally"]


@dataclass(slots=True)
class Tally:
    """What happened in an epoch, or in all of them. Money in 10^-6 USDC, at the mark of its moment."""

    matched: int = 0
    """Lots that traders sold to traders."""
    calls: int = 0
    liquidated: int = 0
    """Lots that liquidated accounts gave to the book,"""
    liquidated_value: int = 0
    penalties: int = 0
    taken_over: int = 0
    """Accounts,"""
    shortfall: int = 0
    """what those among them owed that were below zero,"""
    forfeited: int = 0
    """and what the others still had."""
    unloaded: int = 0
    """Lots that the fund gave to the book,"""
    unloaded_value: int = 0
    slippage: int = 0
    """and what it got less than the mark for them; negative where it got more."""
    deleveraged: int = 0
    """Lots that stood against the fund and were closed at the mark,"""
    deleveraged_value: int = 0
    auctions: int = 0
    auctioned: int = 0
    """Lots that crossed in auctions."""
    withdrawn: int = 0
    refused: Counter[Code] = field(default_factory=Counter)


class Books:
    """Every account's vector, and what is owed to nobody yet."""

    def __init__(self, slots: int) -> None:
        self.vectors: defaultdict[int, list[int]] = defaultdict(lambda: [0] * slots)
        self.phases: dict[int, Phase] = {}
        self.table: RiskTable | None = None
        """The one in force; set when it is given to the exchange, before what follows from it is read."""
        self.custody = self.fees = 0
        self.deposits: Counter[int] = Counter()
        """Paid in less paid out, by account."""
        self.taken: set[int] = set()
        """Accounts that the fund took over."""
        self.tally = Tally()

    def read(self, event: Event) -> None:
        """Book one event."""
        tally = self.tally
        match event:
            case Filled():
                sign = 1 if event.side == 0 else -1
                self._trade(event.account, event.slot, sign * event.quantity, event.cash)
                self.vectors[event.account][CASH_SLOT] -= event.fee
                self.fees += event.fee
                tally.matched += event.quantity if event.maker else 0
            case Moved():
                self.vectors[event.account][CASH_SLOT] += event.amount
                self.custody += event.amount
                self.deposits[event.account] += event.amount
                tally.withdrawn += max(0, -event.amount)
            case Reduced():
                lots = event.quantity if event.side == 0 else -event.quantity
                self._trade(event.account, event.slot, lots, event.cash)
                self.vectors[event.account][CASH_SLOT] -= event.penalty
                self.vectors[FUND][CASH_SLOT] += event.penalty
                tally.liquidated += event.quantity
                tally.liquidated_value += event.cash
                tally.penalties += event.penalty
                tally.matched -= event.quantity
            case TakenOver():
                self._take_over(event.account)
            case Unloaded():
                sign = 1 if event.side == 0 else -1
                self._trade(FUND, event.slot, sign * event.quantity, event.cash)
                tally.unloaded += event.quantity
                tally.unloaded_value += event.cash
                tally.slippage += sign * (event.cash - event.quantity * self._table.marks[event.slot].price)
                tally.matched -= event.quantity
            case Deleveraged():
                lots = event.quantity if event.side == 0 else -event.quantity
                self._trade(event.account, event.slot, lots, event.cash)
                self._trade(FUND, event.slot, -lots, event.cash)
                tally.deleveraged += event.quantity
                tally.deleveraged_value += event.cash
            case Settled():
                self.vectors[event.account][event.slot] -= event.quantity
                self.vectors[event.account][CASH_SLOT] += event.cash
            case Phased():
                self.phases[event.slot] = event.phase
            case Uncrossed():
                tally.auctions += 1
                tally.auctioned += event.quantity
            case MarginCalled():
                tally.calls += 1
            case Refused():
                tally.refused[event.code] += 1
            case _:
                pass

    def share_fees(self, account: int) -> None:
        """Collected fees went to an account; the exchange says nothing of its own command."""
        self.vectors[account][CASH_SLOT] += self.fees
        self.fees = 0

    def values(self, account: int, table: RiskTable) -> Values:
        """val_s of an account under a table."""
        return values_of(tuple(self.vectors[account]), table)

    def equity(self, account: int, table: RiskTable) -> int:
        """val_0 of an account under a table."""
        row = table.rows[0]
        return sum(lots * value for lots, value in zip(self.vectors[account], row, strict=True))

    def imbalance(self) -> list[str]:
        """What does not add up; nothing, if the books balance."""
        sums = [sum(column) for column in zip(*self.vectors.values(), strict=True)]
        wrong = [f"slot {slot} is off by {lots} lots" for slot, lots in enumerate(sums) if slot != CASH_SLOT and lots]
        cash = sums[CASH_SLOT] + self.fees - self.custody if sums else 0
        return [*wrong, *([f"cash is off by {cash}"] if cash else [])]

    @property
    def _table(self) -> RiskTable:
        assert self.table is not None
        return self.table

    def _trade(self, account: int, slot: int, lots: int, cash: int) -> None:
        """Lots bought (or negative, sold) for cash, both without sign; funding so far stays out of it."""
        sign = 1 if lots > 0 else -1
        self.vectors[account][slot] += lots
        self.vectors[account][CASH_SLOT] -= sign * cash - lots * self._table.marks[slot].funding

    def _take_over(self, account: int) -> None:
        equity = self.equity(account, self._table)
        self.tally.taken_over += 1
        self.tally.shortfall += max(0, -equity)
        self.tally.forfeited += max(0, equity)
        self.taken.add(account)
        fund, vector = self.vectors[FUND], self.vectors[account]
        for slot, lots in enumerate(vector):
            fund[slot] += lots
            vector[slot] = 0
