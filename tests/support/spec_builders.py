"""
A small world to test the law in: a state, what is owed, every trader's keys, and steps with decoys filled in.

    world = World(table_of(PERPETUAL))
    world.seat(2, {0: 4_000, 1: 100})               # an account by hand; the street holds the other side
    world.join("bob", 5_000, index=3)               # or by a deposit, as in life
    world.trade(narrow=[world.sell(2, 1, 40, 1_000), world.buy(3, 1, 40, 1_000)])
    with refused("FND-9", world):
        world.funds(world.withdraw(3, 100, nonce=0))
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace

import pytest
from support.spec_signing import RECIPIENT, Signing
from support.spec_values import (
    BOARD,
    DOMAIN,
    FUND_TRADER,
    GENESIS,
    LATER,
    NOW,
    PARAMETERS,
    PERPETUAL,
    REVENUE_TRADER,
    TINY,
    Instrument,
    Trader,
    book,
    element,
    order,
    secret,
    table_of,
    widened,
)

from rollup.spec.account import FUND, REVENUE, Account
from rollup.spec.errors import Rejected
from rollup.spec.funds import (
    Decoy,
    Deposit,
    FeeCredit,
    Funding,
    FundsStep,
    Rotate,
)
from rollup.spec.liquidate import FundLane, LiquidateStep, LiquidationLane, Reduction
from rollup.spec.margin import escape_value, holds_settled, values_of
from rollup.spec.orders import Leg
from rollup.spec.recovery import follow, read_words
from rollup.spec.shared import Mode, Profile, Side
from rollup.spec.state import State, Suspense
from rollup.spec.step import Applied, Frame, Step, apply, kind_of
from rollup.spec.table import RiskTable
from rollup.spec.trade import Lane, TradeStep
from rollup.spec.types import Values

__all__ = [
    "BOARD",
    "DOMAIN",
    "FUND_TRADER",
    "GENESIS",
    "LATER",
    "NOW",
    "PARAMETERS",
    "PERPETUAL",
    "RECIPIENT",
    "REVENUE_TRADER",
    "STREET_CASH",
    "TINY",
    "Instrument",
    "Trader",
    "World",
    "book",
    "close",
    "deleverage",
    "element",
    "liquidation",
    "order",
    "refused",
    "secret",
    "table_of",
    "takeover",
    "widened",
]

STREET_CASH = 10**15
"""What the street begins with: enough to stand against anybody."""


class World(Signing):
    """A state under test; every successful step is kept in `history`."""

    def __init__(self, table: RiskTable | None = None, profile: Profile = TINY) -> None:
        super().__init__()
        self.profile = profile
        self.table = table or table_of(PERPETUAL, profile=profile)
        self.state = State.genesis(profile, DOMAIN, FUND_TRADER.owner, REVENUE_TRADER.owner)
        self.suspense = Suspense.settled(profile)
        self.traders: dict[int, Trader] = dict(GENESIS)
        self.origins: dict[int, Account] = dict(self.state.accounts)
        self.history: list[Applied] = []
        self.batch = self.number = self.attempt = 0

    # -- accounts

    @property
    def street(self) -> int:
        """The last account of the first district: it holds the other side of everything that was seated."""
        return int(8**self.profile.district_height) - 1

    def seat(
        self, index: int, holdings: dict[int, int] | Sequence[int], name: str | None = None, **fields: object
    ) -> int:
        """Put an account there by hand; the street takes the other side at the mark, so the books stay balanced."""
        vector = book(self.profile, holdings)
        present = self.state.accounts.get(index)
        self.traders.setdefault(index, Trader(name or f"trader {index}"))
        account = present or Account.opened(self.traders[index].owner, self.profile)
        self._place(index, replace(account, vector=vector, **fields))  # type: ignore[arg-type]
        if index != self.street:
            before = present.vector if present else (0,) * self.profile.slots
            self._balance([new - old for new, old in zip(vector, before, strict=True)])
        custody = sum(account.vector[0] for account in self.state.accounts.values())
        self.state = replace(self.state, custody=custody)
        return index

    def _balance(self, change: list[int]) -> None:
        if not any(change[1:]):
            return
        if self.street not in self.state.accounts:
            self.seat(self.street, {0: STREET_CASH}, "street")
        street = self.state.accounts[self.street]
        vector = [held - new for held, new in zip(street.vector, change, strict=True)]
        vector[0] = street.vector[0] + sum(
            lots * mark.value for lots, mark in zip(change[1:], self.table.marks[1:], strict=True)
        )
        self._place(self.street, replace(street, vector=tuple(vector)))

    def _place(self, index: int, account: Account) -> None:
        tree = self.state.tree.snapshot()
        tree.update({index: account.leaf})
        self.origins[index] = account
        self.state = replace(self.state, accounts={**self.state.accounts, index: account}, tree=tree)

    def held(self, index: int, slot: int) -> int:
        return self.account(index).vector[slot]

    def values(self, index: int, table: RiskTable | None = None) -> Values:
        """val_s of an account."""
        return values_of(self.account(index).vector, table or self.table)

    def equity(self, index: int) -> int:
        return self.values(index)[0]

    def claim(self, index: int) -> int:
        """What it would claim in an escape."""
        return escape_value(self.account(index).vector, self.table.marks)

    # -- steps

    def join(self, name: str, amount: int, index: int | None = None, deposit: int = 0) -> int:
        """Register a trader by its first deposit."""
        at = max(2, *(i + 1 for i in self.state.accounts if i != self.street)) if index is None else index
        self.traders[at] = Trader(name)
        self.funds(Deposit(at, deposit, amount, self.traders[at].owner))
        return at

    def trade(self, narrow: Sequence[Leg | Lane] = (), wide: Sequence[Sequence[Leg] | Lane] = ()) -> Applied:
        """A trade step: a narrow lane a leg, a wide lane a sequence of legs; the rest are decoys."""
        lanes = [one if isinstance(one, Lane) else Lane(one.order.account, (one,)) for one in narrow]
        wider = [one if isinstance(one, Lane) else Lane(one[0].order.account, tuple(one)) for one in wide]
        decoy = self._decoy([lane.account for lane in (*lanes, *wider)])
        lanes += [Lane(decoy)] * (self.profile.narrow - len(lanes))
        wider += [Lane(decoy)] * (self.profile.wide - len(wider))
        return self.apply(TradeStep(tuple(lanes), tuple(wider)))

    def _decoy(self, indices: list[int]) -> int:
        """An account of the same district with nothing to sweep."""
        district = int(8**self.profile.district_height)
        home = indices[0] // district if indices else 0
        for index in (REVENUE, *indices, *self.state.accounts):
            account = self.state.accounts.get(index)
            if index == FUND or index // district != home or account is None:
                continue
            if not holds_settled(account.vector, self.table.marks):
                return index
        return indices[0]

    def cross(self, buyer: int, seller: int, slot: int, lots: int, price: int, fee: int = 0) -> list[Applied]:
        """A trade between two accounts, each in a wide lane, wherever they live."""
        return [
            self.trade(wide=[[self.buy(buyer, slot, lots, price, fee)]]),
            self.trade(wide=[[self.sell(seller, slot, lots, price, fee)]]),
        ]

    def funds(self, *operations: Funding | tuple[Funding, ...], fill: bool = True) -> Applied:
        """A funds step; pairs start at even places, and decoys fill the rest."""
        flat: list[Funding] = []
        for operation in operations:
            if isinstance(operation, tuple):
                flat += [Decoy(REVENUE)] * (len(flat) % 2)
                flat += operation
            else:
                flat.append(operation)
        if fill:
            flat += [Decoy(REVENUE)] * (self.profile.operations - len(flat))
        return self.apply(FundsStep(tuple(flat), self._random("custody")))

    def liquidate(self, *lanes: LiquidationLane, fund: Sequence[Reduction] = ()) -> Applied:
        """A liquidate step, with decoy lanes on the revenue account."""
        filled = (*lanes, *[LiquidationLane(REVENUE)] * (self.profile.liquidations - len(lanes)))
        return self.apply(LiquidateStep(FundLane(tuple(fund)), filled, self._random("custody")))

    def credit_fees(self, index: int = REVENUE) -> Applied | None:
        """Credit what is in the fee entry, if anything."""
        if not self.suspense.fees:
            return None
        return self.funds(FeeCredit(index, self.suspense.fees))

    def apply(self, body: TradeStep | FundsStep | LiquidateStep, table: RiskTable | None = None) -> Applied:
        """One step on this world; when the law refuses, nothing here has changed."""
        step = Step(Frame(self.batch, self.number, self._random("salt")), body)
        applied = apply(step, self.state, self.suspense, table or self.table)
        if not applied.suspense.is_zero:
            blind = self._random("suspense")
            step = Step(replace(step.frame, suspense_blind=blind), body)
            applied = replace(applied, step=step, suspense=replace(applied.suspense, blind=blind))
        self.state, self.suspense = applied.state, applied.suspense
        self.number += 1
        self.history.append(applied)
        for operation in body.operations if isinstance(body, FundsStep) else ():
            if isinstance(operation, Rotate):
                self.traders[operation.index] = self.traders[operation.index].rotated()
        return applied

    def _random(self, what: str) -> int:
        self.attempt += 1
        return element(what, self.batch, self.number, self.attempt)

    def end_batch(self, table: RiskTable | None = None) -> None:
        """Credit fees, see that nothing is owed, and begin the next batch, at a new table if there is one."""
        self.credit_fees()
        assert self.suspense.is_zero, self.suspense
        self.batch, self.number = self.batch + 1, 0
        self.table = table or self.table

    # -- what must hold of it

    def totals(self) -> list[int]:
        """Σ of all vectors and of what is owed, slot by slot; cash includes fees."""
        sums = [sum(column) for column in zip(*(a.vector for a in self.state.accounts.values()), strict=True)]
        sums = [total + owed for total, owed in zip(sums, self.suspense.vector, strict=True)]
        sums[0] += self.suspense.fees
        return sums

    def recovered(self, index: int) -> Account | None:
        """The account as its trader rebuilds it from words, marks and salts alone."""
        account, trader = self.origins.get(index), self.traders[index]
        for applied in self.history:
            for seen in read_words(kind_of(applied.step.body), applied.words, self.profile):
                if seen.index == index:
                    account = follow(
                        account,
                        seen,
                        applied.table.marks,
                        DOMAIN,
                        applied.step.frame.salt,
                        owner=Trader(trader.name).owner,
                        keyring=trader.keyring,
                        profile=self.profile,
                    )
        return account


def liquidation(index: int, *legs: tuple[int, Side, int, int] | tuple[int, Side, int, int, int]) -> LiquidationLane:
    """A LIQUIDATE lane from (slot, side, lots, cash[, penalty])."""
    return LiquidationLane(index, Mode.LIQUIDATE, tuple(Reduction(*leg) for leg in legs))


def deleverage(index: int, *legs: tuple[int, Side, int, int]) -> LiquidationLane:
    return LiquidationLane(index, Mode.DELEVERAGE, tuple(Reduction(*leg) for leg in legs))


def takeover(index: int) -> LiquidationLane:
    return LiquidationLane(index, Mode.TAKEOVER)


def close(index: int, request: int = 1) -> LiquidationLane:
    return LiquidationLane(index, Mode.CLOSE, request=request)


@contextmanager
def refused(rule: str, world: World | None = None) -> Iterator[pytest.ExceptionInfo[Rejected]]:
    """The block is refused by this very rule, with the offending value, and leaves the world as it was."""
    before = _fingerprint(world) if world else None
    with pytest.raises(Rejected) as caught:
        yield caught
    assert caught.value.rule == rule, f"expected {rule}, was {caught.value}"
    assert caught.value.value is not None, f"{caught.value} keeps no value"
    if world:
        assert _fingerprint(world) == before


def _fingerprint(world: World) -> tuple[object, ...]:
    state = world.state
    root = replace(state).root
    return root, state.tree.root, state.notes.root, dict(state.accounts), world.suspense, len(world.history)
