"""
Random histories of a small clearing house, good steps and bad ones, over epochs whose prices move.

After every step: value is conserved slot by slot, every touch ended as an independent reading of the rules allows, the
fund was spent by nobody's signature. After every history: the words alone rebuild all roots and all accounts, replaying
gives the same roots, and no keystream was used twice.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule
from support.spec_builders import (
    PARAMETERS,
    Instrument,
    World,
    close,
    deleverage,
    liquidation,
    table_of,
    takeover,
)
from support.spec_chain import rebuilt
from support.spec_oracle import judge
from support.spec_values import FAST

from rollup.spec.account import FUND, REVENUE
from rollup.spec.errors import Refusal
from rollup.spec.funds import Decoy, Deposit, FeeCredit, Forced, FundsStep
from rollup.spec.hashes import R
from rollup.spec.liquidate import Reduction
from rollup.spec.margin import escape_value, weighted
from rollup.spec.shared import Side, Status
from rollup.spec.solvency import scan
from rollup.spec.step import Applied, apply

MEMBERS = (2, 3, 4, 5, 70)
"""Traders of two districts."""

SLOTS = (1, 2, 3)
START = (
    Instrument(1_000, (-200, 200, -100, 0)),
    Instrument(990, (-190, 190, -100, 0), funding=-20),
    Instrument(40, (-40, 120, -20, 8)),
)

members = st.sampled_from(MEMBERS)
sides = st.sampled_from(Side)
lots = st.integers(1, 60)
slots = st.sampled_from(SLOTS)
amounts = st.integers(0, 4_000)


class Histories(RuleBasedStateMachine):
    """The street stands against everybody; whatever is refused must have changed nothing."""

    def __init__(self) -> None:
        super().__init__()
        self.board = list(START)
        self.world = World(table_of(*self.board))
        self.genesis = dict(self.world.state.accounts)
        self.street = self.world.street
        self.deposits = 0
        self.refusals = 0

    @initialize(cash=st.lists(st.integers(5_000, 20_000), min_size=5, max_size=5), fund=st.integers(0, 3_000))
    def found(self, cash: list[int], fund: int) -> None:
        self.world.join("street", 10**12, index=self.street)
        for index, amount in zip(MEMBERS, cash, strict=True):
            self.world.join(f"member {index}", amount, index=index)
        self.world.funds(Deposit(FUND, 99, fund))

    def attempt(self, act: Callable[[], Applied | None]) -> Applied | None:
        """One step; refused, it leaves root and suspense alone."""
        before = (self.world.state.root, self.world.suspense)
        try:
            applied = act()
        except Refusal:
            self.refusals += 1
            assert (replace(self.world.state).root, self.world.suspense) == before
            return None
        if applied is not None:
            judge(applied)
        return applied

    def against_street(self, index: int, slot: int, side: Side, count: int, cash: int) -> None:
        """Signed orders of the street close what is open, in its own district."""
        price = (cash + count - 1) // count if side is Side.SELL else cash // count
        other = self.world.leg(
            self.street, slot, Side(1 - side), count, cash, limit=max(price, 0) + (1 if side is Side.SELL else 0)
        )
        self.attempt(lambda: self.world.trade(wide=[[other]]))
        self.settle_suspense()

    def street_takes(self, slot: int, side: Side, count: int) -> bool:
        """Whether the street can stand against `side`: where only reductions are taken, it must hold them."""
        held = self.world.held(self.street, slot)
        against = held if side is Side.BUY else -held
        return self.world.table.marks[slot].status is not Status.REDUCE_ONLY or against >= count

    def settle_suspense(self) -> None:
        assert not any(self.world.suspense.vector), self.world.suspense

    @rule(
        index=members,
        slot=slots,
        side=sides,
        count=lots,
        skew=st.integers(-80, 80),
        fee=st.integers(0, 2),
        wide=st.booleans(),
    )
    def trade(self, index: int, slot: int, side: Side, count: int, skew: int, fee: int, wide: bool) -> None:
        price = max(0, self.board[slot - 1].price + skew)
        leg = self.world.leg(index, slot, side, count, count * price, fee)
        lanes = {"wide": [[leg]]} if wide else {"narrow": [leg]}
        if not self.street_takes(slot, side, count):
            return
        if self.attempt(lambda: self.world.trade(**lanes)):  # type: ignore[arg-type]
            self.against_street(index, slot, side, count, count * price)

    @rule(index=members, first=slots, second=slots, count=lots, skew=st.integers(-40, 40))
    def trade_a_spread(self, index: int, first: int, second: int, count: int, skew: int) -> None:
        prices = [max(0, self.board[slot - 1].price + skew) for slot in (first, second)]
        legs = [
            self.world.leg(index, first, Side.BUY, count, count * prices[0]),
            self.world.leg(index, second, Side.SELL, count, count * prices[1]),
        ]
        if not (self.street_takes(first, Side.BUY, count) and self.street_takes(second, Side.SELL, count)):
            return
        if self.attempt(lambda: self.world.trade(wide=[legs])):
            for slot, side, price in ((first, Side.SELL, prices[0]), (second, Side.BUY, prices[1])):
                other = self.world.leg(self.street, slot, side, count, count * price)
                self.attempt(lambda other=other: self.world.trade(wide=[[other]]))  # type: ignore[misc]
            self.settle_suspense()

    @rule(index=members, amount=amounts, how=st.sampled_from(["withdraw", "note", "forced", "deposit", "decoy"]))
    def move(self, index: int, amount: int, how: str) -> None:
        self.deposits += 1
        match how:
            case "withdraw":
                self.attempt(lambda: self.world.funds(self.world.withdraw(index, amount)))
            case "note":
                self.attempt(lambda: self.world.funds(self.world.note(index, amount)))
            case "forced":
                self.world.credit_fees()
                self.attempt(lambda: self.world.funds(Forced(index, self.deposits, amount)))
            case "deposit":
                self.attempt(lambda: self.world.funds(Deposit(index, self.deposits, amount)))
            case _:
                self.attempt(lambda: self.world.funds(Decoy(index), Decoy(REVENUE)))

    @rule(debited=members, credited=members, amount=amounts)
    def transfer(self, debited: int, credited: int, amount: int) -> None:
        self.attempt(lambda: self.world.funds(self.world.transfer(debited, credited, amount)))

    @rule(index=members, place=st.integers(0, 3), ahead=st.integers(-1, 3))
    def cancel(self, index: int, place: int, ahead: int) -> None:
        nonce = max(0, self.world.place(index, place)["nonce"] + ahead)
        self.attempt(lambda: self.world.funds(self.world.cancel(index, place, nonce)))

    @rule(index=members)
    def rotate(self, index: int) -> None:
        self.attempt(lambda: self.world.funds(self.world.rotate(index)))

    @rule(index=st.sampled_from([FUND, REVENUE]))
    def credit(self, index: int) -> None:
        if self.world.suspense.fees:
            self.attempt(lambda: self.world.funds(FeeCredit(index, self.world.suspense.fees)))

    @rule(index=members, slot=slots, side=sides, severity=st.integers(40, 140), then=st.integers(0, 3))
    def ruin(self, index: int, slot: int, side: Side, severity: int, then: int) -> None:
        """Load an account up to its initial margin, move prices against it by a part of its stress, then act."""
        self.world.credit_fees()
        mark = self.world.table.marks[slot]
        risk = (mark.risk_long if side is Side.BUY else mark.risk_short) or 1
        count = max(1, min(self.world.values(index)) // risk)
        if mark.status is Status.ACTIVE:
            self.trade(index=index, slot=slot, side=side, count=count, skew=0, fee=0, wide=True)
        worst = min(range(5), key=self.world.values(index).__getitem__)
        row = self.world.table.rows[worst]
        for at, (was, stressed) in enumerate(zip(self.world.table.rows[0][1:4], row[1:4], strict=True)):
            if self.board[at].status is not Status.SETTLED:
                price = max(0, self.board[at].price + (stressed - was) * severity // 100)
                self.board[at] = replace(self.board[at], price=price)
        self.end_batch()
        if then == 1:
            self.take_over()
            self.reduce_the_fund(count=10, effort=50)
        elif then > 1:
            self.liquidate(count=max(1, count // (2 * then)), effort=50 * (then - 2), penalty=50)

    def weakest(self) -> int:
        """The member nearest to close-out."""
        return min(MEMBERS, key=lambda index: weighted(self.world.values(index), PARAMETERS.close_out))

    def largest(self, index: int) -> int:
        """The open slot in which an account risks most."""
        open_slots = [slot for slot in SLOTS if self.board[slot - 1].status in (Status.ACTIVE, Status.REDUCE_ONLY)]
        return max(open_slots or [1], key=lambda slot: abs(self.world.held(index, slot)) * self.board[slot - 1].price)

    def reduction(self, index: int, count: int, effort: int, band: int) -> tuple[int, Side, int, int]:
        """A leg that gives up lots at `effort` per cent of the band."""
        slot = self.largest(index)
        held = self.world.held(index, slot)
        count = min(count, abs(held)) or 1
        mark = self.world.table.marks[slot]
        side, risk, sign = (Side.SELL, mark.risk_long, 1) if held > 0 else (Side.BUY, mark.risk_short, -1)
        worse = band * count * risk * effort // 100 // 10**6
        return slot, side, count, max(0, count * mark.price - sign * worse)

    @rule(count=lots, effort=st.sampled_from([0, 0, 50, 100, 110]), penalty=st.sampled_from([0, 50, 100, 105]))
    def liquidate(self, count: int, effort: int, penalty: int) -> None:
        index = self.weakest()
        slot, side, count, cash = self.reduction(index, count, effort, PARAMETERS.liquidation_band)
        mark = self.world.table.marks[slot]
        risk = mark.risk_long if side is Side.SELL else mark.risk_short
        fine = PARAMETERS.penalty_cap * count * risk * penalty // 100 // 10**6
        if not self.street_takes(slot, side, count):
            return
        if self.attempt(lambda: self.world.liquidate(liquidation(index, (slot, side, count, cash, fine)))):
            self.against_street(index, slot, side, count, cash)

    @rule()
    def take_over(self) -> None:
        self.attempt(lambda: self.world.liquidate(takeover(self.weakest())))

    @rule(index=members, request=st.integers(0, 9))
    def close_out(self, index: int, request: int) -> None:
        if request < 6:
            return
        self.world.credit_fees()
        self.attempt(lambda: self.world.liquidate(close(index, request)))

    @rule(count=lots)
    def deleverage(self, count: int) -> None:
        slot = self.largest(FUND)
        owed = self.world.held(FUND, slot)
        index = max((*MEMBERS, self.street), key=lambda one: -self.world.held(one, slot) * (1 if owed > 0 else -1))
        held = self.world.held(index, slot)
        count = min(count, abs(held), abs(owed)) or 1
        leg = (slot, Side.SELL if held > 0 else Side.BUY, count, count * self.board[slot - 1].price)
        self.attempt(lambda: self.world.liquidate(deleverage(index, leg)))

    @rule(count=lots, effort=st.sampled_from([0, 0, 50, 100, 110]))
    def reduce_the_fund(self, count: int, effort: int) -> None:
        slot, side, count, cash = self.reduction(FUND, count, effort, PARAMETERS.fund_band)
        if not self.street_takes(slot, side, count):
            return
        if self.attempt(lambda: self.world.liquidate(fund=[Reduction(slot, side, count, cash)])):
            self.against_street(FUND, slot, side, count, cash)

    @rule(moves=st.lists(st.integers(-80, 80), min_size=3, max_size=3), funding=st.integers(-30, 30))
    def next_epoch(self, moves: list[int], funding: int) -> None:
        """Prices move; what is settled stays settled at its value."""
        for at, move in enumerate(moves):
            if self.board[at].status is not Status.SETTLED:
                price = max(0, self.board[at].price + move // (1 if at < 2 else 8))
                accrued = self.board[at].funding + (funding if at < 2 else 0)
                self.board[at] = replace(self.board[at], price=price, funding=accrued)
        self.end_batch()

    @rule(
        at=st.integers(0, 2), status=st.sampled_from([Status.ACTIVE, Status.REDUCE_ONLY, Status.HALTED, Status.ACTIVE])
    )
    def change_status(self, at: int, status: Status) -> None:
        if self.board[at].status is not Status.SETTLED:
            self.board[at] = self.board[at].in_status(status)
            self.end_batch()

    @rule(chance=st.integers(0, 5))
    def settle(self, chance: int) -> None:
        if chance == 0:
            self.board[2] = self.board[2].in_status(Status.SETTLED)
            self.end_batch()

    def end_batch(self) -> None:
        self.world.end_batch(table_of(*self.board, time=self.world.table.time + 60))

    @invariant()
    def value_is_conserved(self) -> None:
        totals = self.world.totals()
        for slot, mark in enumerate(self.world.table.marks):
            assert slot == 0 or mark.status is Status.SETTLED or totals[slot] == 0
        value = sum(total * mark.value for total, mark in zip(totals, self.world.table.marks, strict=True))
        assert value == self.world.state.custody
        if self.world.suspense.is_zero:
            result = scan(self.world.state, self.world.table)
            assert result.balanced
            claims = sum(escape_value(a.vector, self.world.table.marks) for a in self.world.state.accounts.values())
            assert claims >= result.custody

    def teardown(self) -> None:
        history = self.world.history
        rebuilt(history, self.genesis, self.world.profile)
        for index in (*MEMBERS, self.street, REVENUE):
            if index in self.world.traders:
                assert self.world.recovered(index) == self.world.account(index)
        used: list[int] = []
        for applied in history:
            again = apply(applied.step, applied.before, applied.suspense_before, applied.table)
            assert (again.state.root, again.suspense.hash) == (applied.state.root, applied.suspense.hash)
            for touch in applied.touches:
                used.append(touch.after.blind)
                used += [(word - plain) % R for word, plain in zip(touch.ciphertexts, touch.plaintexts, strict=True)]
                if touch.index == FUND and isinstance(applied.step.body, FundsStep):
                    assert touch.before is not None
                    assert touch.after.owner_nonce == touch.before.owner_nonce == 0
        assert len(set(used)) == len(used)


TestHistories = Histories.TestCase
TestHistories.settings = settings(max_examples=40 if FAST else 2, stateful_step_count=40, deadline=None)


@pytest.mark.soak
class TestLongHistories(Histories.TestCase):  # type: ignore[name-defined,misc]
    settings = settings(max_examples=600, stateful_step_count=120, deadline=None)
