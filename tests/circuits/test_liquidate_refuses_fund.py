"""
The liquidate circuit refuses what the law refuses of the fund, of DELEVERAGE and of margin: MGN, LIQ-11 and LIQ-13.

As in test_liquidate_refuses.py the law without the rule draws up the step.
"""

from __future__ import annotations

import pytest
from support.liquidate_witness import BUY, SELL, board, failing_fund, refuse, twins, vaulted
from support.spec_builders import Instrument, World, close, deleverage, liquidation, takeover

from rollup.spec.account import FUND
from rollup.spec.liquidate import LiquidationLane, Reduction
from rollup.spec.shared import Side

pytest.importorskip("zkclear_native", reason="the native extension is not built: install Rust, make setup")

CLOSE_RULE = ("MGN-2", "MGN-3", "MGN-4", "MGN-5", "MGN-6")
HUGE = 1 << 162


# -- DELEVERAGE


def test_deleverage_while_the_fund_is_sound_LIQ_11_is_refused(world: World) -> None:
    """At maintenance exactly, and far above."""
    for cash in (105_000, 200_000):
        failing_fund(world, cash)
        refuse(world, "fund failing", ["LIQ-11"], deleverage(5, (1, SELL, 10, 10_000)))


def test_deleverage_while_the_fund_is_sound_after_a_close_LIQ_11_is_refused() -> None:
    """With the CLOSE at κ_ex the fund fails; at 1 it does not, and that is where it stands."""
    world = board()
    world.seat(FUND, {0: 0, 1: 0})
    world.seat(6, {0: -80_000, 1: 100})
    world.seat(7, {0: 90_000, 1: -60})
    refuse(world, "fund failing", ["LIQ-11"], close(6), deleverage(7, (1, BUY, 10, 10_000)))


@pytest.mark.parametrize("lots", [20, 21, 70])
def test_deleverage_beyond_the_funds_size_across_lanes_LIQ_11_is_refused(world: World, lots: int) -> None:
    failing_fund(world, 51_000, -50)
    world.seat(6, {0: -90_000, 1: 100})
    first = 30 if lots < 70 else 0
    lanes = [deleverage(5, (1, SELL, first, first * 1_000))] if first else []
    rules = ["LIQ-11", *CLOSE_RULE]
    lanes.append(deleverage(6, (1, SELL, lots, lots * 1_000)))
    if lots > 20:
        refuse(world, "fund reduces", rules, *lanes)
    else:
        world.liquidate(*lanes)


def test_deleverage_on_both_sides_of_a_slot_LIQ_11_is_refused(world: World) -> None:
    """A long account gives up 10, a short one 4, 10 or 20: whatever the sum, the fund did not reduce in one of them."""
    failing_fund(world)
    world.seat(6, {0: 90_000, 1: -60})
    for lots in (4, 10, 20):
        lanes = (deleverage(5, (1, SELL, 10, 10_000)), deleverage(6, (1, BUY, lots, lots * 1_000)))
        refuse(world, "fund sides", ["LIQ-11", *CLOSE_RULE], *lanes)
        refuse(world, "fund sides", ["LIQ-11", *CLOSE_RULE], *reversed(lanes))


def test_deleverage_on_the_funds_own_side_or_of_what_it_has_not_LIQ_11_is_refused(world: World) -> None:
    rules = ["LIQ-11", *CLOSE_RULE]
    world.seat(FUND, {0: -99_000, 1: 100})
    refuse(world, "fund reduces", rules, deleverage(5, (1, SELL, 10, 10_000)))
    world = twins()
    failing_fund(world)
    world.seat(5, {0: 20_000, 2: 10})
    refuse(world, "fund reduces", rules, deleverage(5, (2, SELL, 1, 1_000)))


def test_deleverage_that_leaves_the_fund_more_than_104_bits_MGN_6_is_refused() -> None:
    world = twins(second=Instrument(0))
    world.seat(FUND, {0: 101_000, 1: -100, 2: -(1 << 104) - 1})
    world.seat(5, {0: 20_000, 2: 10})
    refuse(world, "fund reduces", ["MGN-6"], deleverage(5, (2, SELL, 1, 0)))


def test_deleverage_of_more_than_the_account_holds_LIQ_6_is_refused(world: World) -> None:
    world.seat(5, {0: -6_000, 1: 10})
    rules = ["LIQ-6", *CLOSE_RULE]
    refuse(failing_fund(world), "reduce", rules, deleverage(5, (1, SELL, 11, 11_000)))
    refuse(failing_fund(world), "reduce", [*rules, "LIQ-11"], deleverage(5, (1, BUY, 1, 1_000)))


def test_deleverage_that_leaves_a_hedge_naked_MGN_3_MGN_5_is_refused() -> None:
    """Traps 21 and 51: worse than before and below zero; or only the close-out value falls."""
    world = twins()
    world.seat(FUND, {0: 101_000, 1: -100})
    world.seat(5, {0: 9_000, 1: 100, 2: -100})
    refuse(world, "worst", ["MGN-3", "MGN-4", "MGN-5", "MGN-6"], deleverage(5, (1, SELL, 100, 100_000)))
    for lots in (1, 50, 90):
        refuse(world, "close-out", ["MGN-5", "MGN-6"], deleverage(5, (1, SELL, lots, lots * 1_000)))
    world = twins(second=Instrument(1_000, (-80, 80, -40, 40)))
    world.seat(FUND, {0: 900, 1: -100, 2: 100})
    world.seat(5, {0: 1_500, 1: 100, 2: -100})
    refuse(world, "worst", [*CLOSE_RULE[1:]], deleverage(5, (1, SELL, 50, 50_000)))


# -- the fund's own legs


def test_fund_that_pays_itself_a_penalty_LIQ_13_is_refused(world: World) -> None:
    """There is no place for it: the word that says so is not the circuit's."""
    refuse(failing_fund(world), "commitment", ["LIQ-13"], fund=[Reduction(1, BUY, 1, 1_000, 1)])


@pytest.mark.parametrize(
    ("leg", "at"),
    [
        ((1, SELL, 1, 1_000), "reduce"),
        ((1, BUY, 101, 101_000), "reduce"),
        ((1, BUY, 40, 40_251), "band"),
        ((1, BUY, 0, 0), "no lots"),
    ],
    ids=["grows", "turns", "outside the band", "nothing"],
)
def test_fund_reduces_further_than_it_may_LIQ_6_is_refused(
    world: World, leg: tuple[int, Side, int, int], at: str
) -> None:
    failing_fund(world, cash=120_000)
    refuse(world, at, ["LIQ-6", *CLOSE_RULE], fund=[Reduction(*leg)])


def test_fund_with_own_legs_beside_a_deleverage_LIQ_13_is_refused(world: World) -> None:
    """Within what is left, and beyond it; whichever lane deleverages, and if both do."""
    failing_fund(world)
    lanes = deleverage(5, (1, SELL, 30, 30_000)), deleverage(5, (1, SELL, 20, 20_000))
    for count in (50, 51):
        fund = [Reduction(1, BUY, count, count * 1_000)]
        refuse(world, "fund alone", ["LIQ-13", "LIQ-6", *CLOSE_RULE], *lanes, fund=fund)
    fund = [Reduction(1, BUY, 40, 40_000)]
    refuse(world, "fund alone", ["LIQ-13"], lanes[0], fund=fund)
    refuse(world, "fund alone", ["LIQ-13"], LiquidationLane(2), lanes[0], fund=fund)
    world.liquidate(*lanes)
    world.liquidate(fund=[Reduction(1, BUY, 50, 50_000)])


def test_fund_that_lets_winners_pay_for_riskless_pairs_LIQ_13_is_refused() -> None:
    """Trap 38: what a deleveraged winner gives back lifts the close-out value, which own legs off the mark lower."""
    world = twins()
    world.seat(FUND, {0: -96_000, 1: 380, 2: -280})
    world.seat(5, {0: 200_000, 1: -100})
    pairs = [Reduction(1, SELL, 40, 40_000 - 250), Reduction(2, BUY, 40, 40_000 + 250)]
    refuse(world, "fund worst", [*CLOSE_RULE[1:]], fund=pairs)
    refuse(world, "fund alone", ["LIQ-13"], deleverage(5, (1, BUY, 50, 50_000)), fund=pairs)


def test_fund_pushed_into_debt_MGN_2_is_refused() -> None:
    """Equity 3, and 4 below the mark."""
    world = twins()
    world.seat(FUND, {0: -997, 1: 1})
    refuse(world, "fund equity", ["MGN-2", "MGN-6"], fund=[Reduction(1, SELL, 1, 996)])
    world.liquidate(fund=[Reduction(1, SELL, 1, 997)])


def test_fund_that_gives_up_a_hedge_MGN_3_MGN_5_is_refused() -> None:
    world = twins()
    world.seat(FUND, {0: 3_000, 1: 100, 2: -100})
    refuse(world, "fund worst", ["MGN-3", "MGN-4", "MGN-5", "MGN-6"], fund=[Reduction(1, SELL, 50, 50_000)])
    world.seat(FUND, {0: 9_000, 1: 100, 2: -100})
    refuse(world, "fund close-out", ["MGN-5", "MGN-6"], fund=[Reduction(1, SELL, 50, 50_000)])


def test_fund_stripped_of_its_maintenance_value_MGN_4_is_refused() -> None:
    """48 longs and 40 shorts of twins at the band's edge: the worst scenario gains 250, equity loses 550."""
    world = twins()
    world.seat(FUND, {0: -96_000, 1: 380, 2: -280})
    legs = [Reduction(1, SELL, 48, 48_000 - 300), Reduction(2, BUY, 40, 40_000 + 250)]
    refuse(world, "fund maintenance", ["MGN-4", "MGN-5", "MGN-6"], fund=legs)


def test_fund_stripped_through_riskless_pairs_after_a_close_MGN_5_is_refused() -> None:
    """Trap 38: what a CLOSE brings is sold off the mark, in its step and later; no exception for a sound fund."""
    world = twins()
    world.seat(FUND, {0: 50_000})
    world.seat(5, {0: -80_000, 1: 380, 2: -280})
    legs = [Reduction(1, SELL, 160, 159_000), Reduction(2, BUY, 160, 161_000)]
    rules = ["MGN-5", "MGN-6"]
    refuse(world, "fund close-out", rules, close(5), fund=legs)
    world.liquidate(close(5))
    refuse(world, "fund close-out", rules, fund=legs)


# -- widths


def test_value_beyond_160_bits_MGN_6_is_refused(world: World) -> None:
    """Nothing honest comes near; the law and the circuit say so alike."""
    world.seat(6, {0: -HUGE, 1: 1})
    vaulted(world)
    refuse(world, "violated", ["MGN-6"], takeover(6))
    refuse(world, "solvent", ["MGN-6"], close(6))
    rules = ["MGN-6", "LIQ-8", "LIQ-9"]
    refuse(world, "violated", rules, liquidation(6, (1, SELL, 1, 1_000)))
    world = board()
    world.seat(FUND, {0: HUGE})
    vaulted(world)
    refuse(world, "fund judged", ["MGN-6"], LiquidationLane(2))


def test_scenarios_further_apart_than_160_bits_MGN_6_are_refused() -> None:
    """In a slot that no leg names."""
    world = twins(second=Instrument(1 << 30, (1 << 39, 0, 0, 0)))
    failing_fund(world)
    world.seat(5, {0: 10_000, 1: 100, 2: 1 << 123})
    vaulted(world)
    refuse(world, "spread", ["MGN-6"], deleverage(5, (1, SELL, 10, 10_000)))
    world.seat(5, {0: -99_000 - (1 << 153), 1: 100, 2: 1 << 123})
    vaulted(world)
    refuse(world, "spread", ["MGN-6", "LIQ-5", "LIQ-9"], liquidation(5, (1, SELL, 10, 10_000)))
