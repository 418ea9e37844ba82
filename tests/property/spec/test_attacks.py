"""
A search for profit: two accomplices, one of whom runs the sequencer, against the fund and the street.

Random books on twins and options, then random legal moves at one table: trades between the two at the worst price that
the law still accepts, LIQUIDATE, TAKEOVER, CLOSE, the fund's own legs and DELEVERAGE with each other as counterparty.
What they can take out may never grow, but by what the fund's band allows its own legs to lose; and while they only
trade, not in any scenario either.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass, field

import pytest
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
from support.spec_oracle import at_kappa, judge

from rollup.spec.account import FUND
from rollup.spec.errors import Refusal
from rollup.spec.liquidate import Reduction
from rollup.spec.shared import Side

A, B = 2, 3
BOARD = (
    Instrument(1_000, (-100, 100, -50, 0)),
    Instrument(1_000, (-100, 100, -60, 0)),
    Instrument(20, (-20, 70, -10, 4)),
)


@dataclass
class Coalition:
    """The accomplices, and what they have taken out so far."""

    chance: random.Random
    world: World = field(default_factory=lambda: World(table_of(*BOARD)))
    taken: int = 0
    allowed: int = 0
    """What the fund's own legs may have lost to them, by the band."""
    done: list[str] = field(default_factory=list)

    def seat(self) -> None:
        """Books around their initial margin, some above and some below; the fund anything from empty to loaded."""
        for index in (A, B, FUND):
            lots = {slot: self.chance.choice([0, 0, self.chance.randint(-60, 60)]) for slot in (1, 2, 3)}
            if index == B and self.chance.random() < 0.6:
                lots = {slot: -self.world.held(A, slot) for slot in (1, 2, 3)}
            elif self.chance.random() < 0.5:
                lots[2] = -lots[1] + self.chance.randint(-5, 5)
            cash = -sum(held * BOARD[slot - 1].price for slot, held in lots.items())
            self.world.seat(index, {0: cash, **lots})
            worst = -min(self.world.values(index))
            ease = self.chance.choice([20, 40, 60, 90, 100, 130])
            self.world.seat(index, {0: cash + worst * ease // 100 + self.chance.randint(0, 50), **lots})

    def wealth(self) -> list[int]:
        """Taken out, plus Σ max(0, val_s), in every scenario."""
        held = [[max(0, value) for value in self.world.values(index)] for index in (A, B)]
        return [self.taken + a + b for a, b in zip(*held, strict=True)]

    def attempt(self, name: str, *steps: Callable[[], object]) -> bool:
        """All steps of one batch, or none of them."""
        world = self.world
        saved = (world.state, world.suspense, list(world.history), world.number)
        custody = world.state.custody
        try:
            for step in steps:
                step()
        except Refusal:
            world.state, world.suspense, world.history, world.number = saved
            return False
        assert world.suspense.is_zero
        for applied in world.history[len(saved[2]) :]:
            judge(applied)
        self.taken += custody - world.state.custody
        self.done.append(name)
        return True

    def trade(self) -> None:
        """One sells to the other at the price that strips it most: the law's own edge, found by bisection."""
        seller, buyer = self.chance.sample([A, B], 2)
        slot = self.chance.randint(1, 3)
        if self.chance.random() < 0.8 and self.world.held(seller, slot) < self.world.held(buyer, slot):
            seller, buyer = buyer, seller
        lots = self.chance.randint(1, max(1, min(60, abs(self.world.held(seller, slot)))))
        price = BOARD[slot - 1].price
        good, bad = lots * price, self.chance.choice([0, lots * price * 2])
        if not self.crossed(seller, buyer, slot, lots, good):
            return
        while abs(good - bad) > 1:
            middle = (good + bad) // 2
            good, bad = (middle, bad) if self.crossed(seller, buyer, slot, lots, middle) else (good, middle)
        self.crossed(seller, buyer, slot, lots, good, keep=True)

    def crossed(self, seller: int, buyer: int, slot: int, lots: int, cash: int, keep: bool = False) -> bool:
        world = self.world
        saved = (world.state, world.suspense, list(world.history), world.number, self.taken)
        legs = [world.leg(seller, slot, Side.SELL, lots, cash), world.leg(buyer, slot, Side.BUY, lots, cash)]
        self.chance.shuffle(legs)
        worked = self.attempt("trade", *(lambda leg=leg: world.trade(wide=[[leg]]) for leg in legs))  # type: ignore[misc]
        if worked and not keep:
            world.state, world.suspense, world.history, world.number, self.taken = saved
            self.done.pop()
        return worked

    def reduction(self, index: int, band: int) -> tuple[int, Side, int, int]:
        """Some lots of a held slot at the band's edge."""
        held = [slot for slot in (1, 2, 3) if self.world.held(index, slot)] or [1]
        slot = self.chance.choice(held)
        lots = self.world.held(index, slot)
        mark = self.world.table.marks[slot]
        count = self.chance.randint(1, max(1, abs(lots)))
        side, risk, sign = (Side.SELL, mark.risk_long, 1) if lots > 0 else (Side.BUY, mark.risk_short, -1)
        return slot, side, count, max(0, count * mark.price - sign * (band * count * risk // 10**6))

    def liquidate(self) -> None:
        index = self.chance.choice([A, B])
        slot, side, count, cash = self.reduction(index, PARAMETERS.liquidation_band)
        other = self.world.leg(A + B - index, slot, Side(1 - side), count, cash)
        self.attempt(
            "liquidate",
            lambda: self.world.liquidate(liquidation(index, (slot, side, count, cash))),
            lambda: self.world.trade(wide=[[other]]),
        )

    def reduce_fund(self) -> None:
        """One or two legs of the fund at its band's edge, to an accomplice."""
        legs = {leg[0]: leg for leg in (self.reduction(FUND, PARAMETERS.fund_band) for _ in range(2))}
        friend = self.chance.choice([A, B])
        others = [self.world.leg(friend, slot, Side(1 - side), n, cash) for slot, side, n, cash in legs.values()]
        before = at_kappa(self.world.values(FUND), PARAMETERS.close_out)
        equity = self.world.equity(FUND)
        if self.attempt(
            "fund",
            lambda: self.world.liquidate(fund=[Reduction(*leg) for leg in legs.values()]),
            lambda: self.world.trade(wide=[others]),
        ):
            lost = equity - self.world.equity(FUND)
            band = sum(n * self.risk(slot, side) for slot, side, n, _ in legs.values()) * PARAMETERS.fund_band
            assert lost * 10**6 <= band
            assert at_kappa(self.world.values(FUND), PARAMETERS.close_out) >= before
            self.allowed += max(0, lost)

    def risk(self, slot: int, side: Side) -> int:
        mark = self.world.table.marks[slot]
        return mark.risk_long if side is Side.SELL else mark.risk_short

    def deleverage(self) -> None:
        leg = self.reduction(self.chance.choice([A, B]), 0)
        self.attempt("deleverage", lambda: self.world.liquidate(deleverage(self.chance.choice([A, B]), leg)))

    def take_over(self) -> None:
        self.attempt("takeover", lambda: self.world.liquidate(takeover(self.chance.choice([A, B]))))

    def close(self) -> None:
        self.attempt("close", lambda: self.world.liquidate(close(self.chance.choice([A, B]))))

    def withdraw(self) -> None:
        index = self.chance.choice([A, B])
        free = max(0, min(self.world.values(index)))
        self.attempt("withdraw", lambda: self.world.funds(self.world.withdraw(index, free)))

    def move(self, only_trades: bool) -> None:
        often, seldom = [self.trade, self.liquidate], [self.deleverage, self.take_over, self.reduce_fund]
        moves = [self.trade, self.withdraw] if only_trades else [*often * 3, *seldom * 2, self.close, self.withdraw]
        self.chance.choice(moves)()


def play(seed: int, moves: int, only_trades: bool) -> Coalition:
    """One game; after every move the promises hold."""
    coalition = Coalition(random.Random(seed))
    coalition.seat()
    start = coalition.wealth()
    floors = [min(0, *coalition.world.values(index)) for index in (A, B)]
    for _ in range(moves):
        coalition.move(only_trades)
        now = coalition.wealth()
        assert now[0] <= start[0] + coalition.allowed, coalition.done
        if only_trades:
            assert all(min(coalition.world.values(i)) >= floor for i, floor in zip((A, B), floors, strict=True))
            lent = -sum(floors)
            assert all(after <= before + lent for before, after in zip(start, now, strict=True)), coalition.done
    return coalition


@pytest.mark.slow
def test_trade_among_accomplices_takes_nothing_in_any_scenario() -> None:
    done = [name for seed in range(60) for name in play(seed, 10, only_trades=True).done]
    assert done.count("trade") > 50


@pytest.mark.slow
def test_search_for_profit_by_any_moves_finds_no_more_than_the_funds_band() -> None:
    done = [name for seed in range(150) for name in play(seed, 14, only_trades=False).done]
    for name in ("trade", "liquidate", "fund", "takeover", "close", "withdraw"):
        assert done.count(name) >= 5, f"{name} never came off: {sorted(set(done))}"


@pytest.mark.soak
def test_search_longer_for_profit_finds_no_more_than_the_funds_band() -> None:
    for seed in range(10_000, 16_000):
        play(seed, 25, only_trades=False)
        play(seed, 25, only_trades=True)
