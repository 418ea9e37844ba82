"""
The law beside the exchange: every event is carried out again on the specification, which must accept it.

A mirror knows what traders signed and what the exchange said, nothing of how it decided. It keeps accounts as the law
does: a settled slot is swept when the account is next touched, and not before. After each command its accounts, swept,
must be the exchange's, and so must custody and fees.

    mirror = Mirror(settings)
    twin.apply(record)
    mirror.follow(command, twin.said)
    mirror.compare(twin.world)
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import replace

from support.spec_values import FUND_TRADER

from rollup.exchange import commands as c
from rollup.exchange import events as e
from rollup.exchange.settings import Settings
from rollup.exchange.twin.state import World
from rollup.spec.account import FUND, REVENUE, Account
from rollup.spec.liquidate import Reduction, liquidated, reduced
from rollup.spec.margin import (
    check_close_rule,
    check_initial,
    free_collateral,
    holds_halted,
    owed_on_close,
    sweep,
    values_of,
    violates,
)
from rollup.spec.orders import Leg, Order, cancelled
from rollup.spec.shared import Side, Status, Width
from rollup.spec.table import CASH_SLOT, MILLION, RiskTable
from rollup.spec.trade import touch_account
from rollup.spec.types import Vector

__all__ = ["Mirror", "order_of"]

NO_SIGNATURE = ((0, 0), 0)
"""Signatures are checked at the door, and by `touch_account` never."""


def order_of(words: c.Place) -> Order:
    """What the owner of an order signed."""
    return Order(
        account=words.account,
        slot=words.slot,
        listing=words.listing,
        side=words.side,
        limit=words.limit,
        quantity=words.quantity,
        max_fee_ppm=words.max_fee_ppm,
        place=words.place,
        nonce=words.nonce,
        expiry=words.expiry,
        reduce_only=words.reduce_only,
    )


class Mirror:
    """Accounts under the law, and what the exchange said of them."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.accounts: dict[int, Account] = {}
        for index in (FUND, REVENUE):
            self._open(index)
        self.words: dict[int, c.Place] = {}
        """Orders by number."""
        self.table: RiskTable | None = None
        self.custody = self.fees = 0
        self.counts: Counter[str] = Counter()
        """Events carried out, by name."""

    def follow(self, command: c.Command, said: Iterable[e.Event]) -> None:
        """Carry out what a command brought; raises where the law refuses, or an event is not what the law makes."""
        said = tuple(said)
        if any(isinstance(event, e.Refused) for event in said):
            assert len(said) == 1, "a refusal says nothing else"
            return
        if isinstance(command, c.Register):
            self._open(command.account)
        if isinstance(command, c.Fees):
            self.fees -= command.amount
            self._add(command.account, command.amount)
        self.matches: dict[int, list[int]] = {}
        for event in said:
            self._carry_out(command, event)
            self.counts[type(event).__name__] += 1
        for match, (lots, cash) in self.matches.items():
            assert (lots, cash) == (0, 0), f"match {match} leaves {lots} lots and {cash}"

    def compare(self, world: World) -> None:
        """The exchange's members are the law's accounts."""
        assert set(self.accounts) == set(world.members)
        assert (self.custody, self.fees) == (world.custody, world.fees)
        for index, account in self.accounts.items():
            member = world.members[index]
            assert self.swept(index) == tuple(member.vector), index
            assert account.places == tuple(member.places), index

    def swept(self, index: int) -> Vector:
        """An account's vector at its next touch."""
        vector = self.accounts[index].vector
        return sweep(vector, self.table.marks) if self.table else vector

    # -- one event

    def _carry_out(self, command: c.Command, event: e.Event) -> None:
        match event:
            case e.Accepted():
                assert isinstance(command, c.Place)
                assert (event.account, event.place, event.nonce) == (command.account, command.place, command.nonce)
                self.words[event.order] = command
            case e.TableTaken():
                assert isinstance(command, c.Table)
                self._take(command.table)
            case e.Filled():
                self._fill(event)
            case e.Moved():
                self._move(command, event)
            case e.Burnt():
                assert event.account != FUND
                places = list(self.accounts[event.account].places)
                places[event.place] = cancelled(places[event.place], event.nonce)
                self.accounts[event.account] = replace(self.accounts[event.account], places=tuple(places))
            case e.Settled():
                assert self._table.marks[event.slot].status == Status.SETTLED
                assert self.accounts[event.account].vector[event.slot] == event.quantity != 0
                assert event.cash == event.quantity * self._table.marks[event.slot].value
            case e.Reduced():
                self._reduce(event)
            case e.TakenOver():
                self._take_over(event)
            case e.Unloaded():
                self._unload(event)
            case e.Deleveraged():
                self._deleverage(event)
            case e.Closed():
                self._close(event)

    def _fill(self, event: e.Filled) -> None:
        """The law's touch takes the leg as it was signed."""
        words = self.words[event.order]
        assert (event.account, event.place, event.nonce) == (words.account, words.place, words.nonce)
        assert (event.slot, event.side) == (words.slot, words.side)
        leg = Leg(order_of(words), NO_SIGNATURE, event.quantity, event.cash, event.fee)
        assert leg.order.words
        account = self.accounts[event.account]
        vector, places = touch_account(account, event.account, (leg,), self._table, wide=True)
        worst = [min(values_of(one, self._table)) for one in (self.swept(event.account), vector)]
        assert worst[1] >= min(0, worst[0]), "below initial margin, and worse than before"
        assert places[event.place] & (1 << Width.QUANTITY) - 1 == words.quantity - event.remaining
        self.accounts[event.account] = replace(account, vector=vector, places=places)
        self.fees += event.fee
        self._net(event.match, leg.sign * event.quantity, leg.sign * event.cash)

    def _move(self, command: c.Command, event: e.Moved) -> None:
        """Deposits; withdrawals, which end initial-margined; forced payments of just what is free."""
        if event.amount > 0:
            assert command == c.Credit(event.account, event.amount)
        else:
            assert isinstance(command, c.Debit)
            vector = self.swept(event.account)
            free = free_collateral(values_of(vector, self._table))
            if command.forced:
                assert -event.amount == min(command.amount, free, self.custody)
            else:
                assert -event.amount == command.amount
                after = (vector[CASH_SLOT] + event.amount, *vector[1:])
                check_initial(values_of(after, self._table), Width.STUCK)
        self.custody += event.amount
        assert 0 <= self.custody < 1 << Width.CUSTODY
        self._add(event.account, event.amount)

    def _reduce(self, event: e.Reduced) -> None:
        """LIQ-5 to LIQ-9."""
        leg = Reduction(event.slot, event.side, event.quantity, event.cash, event.penalty)
        before = self.swept(event.account)
        after = liquidated(before, (leg,), self._table)
        assert min(values_of(after, self._table)) >= min(values_of(before, self._table))
        self._write(event.account, after)
        self._add(FUND, event.penalty)
        self._net(event.match, leg.sign * event.quantity, leg.sign * event.cash)

    def _take_over(self, event: e.TakenOver) -> None:
        """LIQ-10."""
        vector = self.swept(event.account)
        assert violates(values_of(vector, self._table), self._table.parameters.close_out)
        self._give_to_fund(vector)
        self._write(event.account, (0,) * len(vector))

    def _unload(self, event: e.Unloaded) -> None:
        """LIQ-13."""
        leg = Reduction(event.slot, event.side, event.quantity, event.cash)
        self._write(FUND, self._allowed(self.swept(FUND), leg, self._table.parameters.fund_band))
        self._net(event.match, leg.sign * event.quantity, leg.sign * event.cash)

    def _deleverage(self, event: e.Deleveraged) -> None:
        """LIQ-11: both sides under the close rule at the mark, the fund below maintenance before; no lot too many."""
        fund = self.swept(FUND)
        assert violates(values_of(fund, self._table), self._table.parameters.maintenance)
        assert event.cash == event.quantity * self._table.marks[event.slot].price
        leg = Reduction(event.slot, event.side, event.quantity, event.cash)
        mirrored = replace(leg, side=Side(1 - leg.side))
        self._write(event.account, self._allowed(self.swept(event.account), leg, 0))
        self._write(FUND, self._allowed(fund, mirrored, 0))
        kappa, price = self._table.parameters.maintenance, self._table.marks[event.slot].price
        if event.quantity > 1 and not violates(values_of(self.swept(FUND), self._table), kappa):
            short = list(self.swept(FUND))
            short[event.slot] -= mirrored.sign
            short[CASH_SLOT] += mirrored.sign * (price - self._table.marks[event.slot].funding)
            assert violates(values_of(tuple(short), self._table), kappa), "one lot less had cured the fund as well"

    def _close(self, event: e.Closed) -> None:
        """LIQ-12."""
        vector, fund, table = self.swept(event.account), self.swept(FUND), self._table
        row = values_of(vector, table)
        kappa = MILLION if holds_halted(vector, table.marks) else table.parameters.exit
        owed = owed_on_close(row, kappa)
        given = tuple(map(sum, zip(fund, (vector[CASH_SLOT] - owed, *vector[1:]), strict=True)))
        if violates(values_of(given, table), table.parameters.maintenance):
            owed = owed_on_close(row, MILLION)
        assert (event.owed, event.paid) == (owed, min(owed, self.custody))
        self.custody -= event.paid
        self._give_to_fund((vector[CASH_SLOT] - owed, *vector[1:]))
        self._write(event.account, (owed - event.paid, *(0,) * (len(vector) - 1)))

    # -- accounts

    @property
    def _table(self) -> RiskTable:
        assert self.table is not None
        return self.table

    def _take(self, table: RiskTable) -> None:
        """Before a settled slot is emptied, L1 wants to be shown that all accounts were swept."""
        before = self.table
        if before and any(
            old.status == Status.SETTLED != new.status for old, new in zip(before.marks, table.marks, strict=True)
        ):
            for index in self.accounts:
                self._write(index, sweep(self.accounts[index].vector, before.marks))
        self.table = table

    def _allowed(self, vector: Vector, leg: Reduction, band: int) -> Vector:
        """The fund's own rule: within the band, and under the close rule without its exception."""
        after = reduced(vector, (leg,), self._table, band)
        before_values, after_values = values_of(vector, self._table), values_of(after, self._table)
        check_close_rule(before_values, after_values, self._table.parameters, Width.STUCK, excused=False)
        return after

    def _open(self, index: int) -> None:
        empty = (0,) * self.settings.slots, (0,) * self.settings.places
        self.accounts[index] = Account(FUND_TRADER.owner, *empty)

    def _write(self, index: int, vector: Vector) -> None:
        self.accounts[index] = replace(self.accounts[index], vector=tuple(vector))

    def _add(self, index: int, amount: int) -> None:
        vector = self.swept(index)
        self._write(index, (vector[CASH_SLOT] + amount, *vector[1:]))

    def _give_to_fund(self, vector: Vector) -> None:
        self._write(FUND, tuple(map(sum, zip(self.swept(FUND), vector, strict=True))))

    def _net(self, match: int, lots: int, cash: int) -> None:
        """Legs of a match: what is bought is what is sold."""
        sums = self.matches.setdefault(match, [0, 0])
        sums[0] += lots
        sums[1] += cash
