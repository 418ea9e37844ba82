"""
The liquidate circuit refuses what the law refuses of a leg, of LIQUIDATE and of TAKEOVER: LIQ-5 to LIQ-11, each alone.

As in test_liquidate_refuses.py the law without the rule draws up the step.
"""

from __future__ import annotations

import pytest
from support.liquidate_witness import (
    AT,
    BUY,
    SELL,
    circuit,
    coarse,
    coarse_and,
    failing_fund,
    refuse,
    rich_steps,
    twins,
)
from support.partial_law import WIDTHS
from support.spec_builders import Instrument, World, close, deleverage, liquidation, takeover
from support.step_witness import changed

from rollup.spec.account import FUND
from rollup.spec.liquidate import LiquidationLane, Reduction
from rollup.spec.shared import Mode, Side
from rollup.witness.liquidate import liquidate_inputs

pytest.importorskip("zkclear_native", reason="the native extension is not built: install Rust, make setup")

LOTS = Instrument(0)
"""Worth nothing in any scenario: any number of lots is as good as none."""


def test_liquidation_at_maintenance_LIQ_5_is_refused(world: World) -> None:
    world.seat(6, {0: -95_000, 1: 100})
    refuse(world, "violated", ["LIQ-5"], liquidation(6, (1, SELL, 1, 1_000)))


@pytest.mark.parametrize("slot", [0, 16, 255, -1])
@pytest.mark.parametrize("lane", [0, 1, 2])
def test_leg_of_a_slot_that_is_no_instrument_LIQ_6_is_refused(lane: int, slot: int) -> None:
    inputs = liquidate_inputs(rich_steps()["legs"])
    circuit().refuses(changed(inputs, (("slot", lane, 0), slot)), *AT["slot"])


@pytest.mark.parametrize("slot", [3, 7], ids=["halted", "empty"])
def test_leg_in_a_slot_that_is_not_open_LIQ_6_is_refused(world: World, slot: int) -> None:
    """Trap 44, in a lane and by the fund."""
    price = world.table.marks[slot].price
    world.seat(5, {0: -10 * price + (150 if slot == 3 else -1), slot: 10})
    refuse(world, "open slot", ["LIQ-6", "LIQ-8", "LIQ-9"], liquidation(5, (slot, SELL, 1, price)))
    world.seat(FUND, {0: 9_000, slot: 10})
    refuse(world, "open slot", ["LIQ-6"], fund=[Reduction(slot, SELL, 1, price)])


def test_leg_of_a_settled_slot_LIQ_6_is_refused(world: World) -> None:
    """Nothing is held there any more: the sweep came first."""
    world.seat(5, {0: -100_000 - 100, 1: 100, 4: 1})
    refuse(world, "reduce", ["LIQ-6", "MGN-6", "LIQ-8"], liquidation(5, (4, SELL, 1, 300)))


@pytest.mark.parametrize(
    ("leg", "at"),
    [
        ((1, SELL, 0, 0), "no lots"),
        ((1, SELL, 101, 101_000), "reduce"),
        ((1, BUY, 1, 1_000), "reduce"),
        ((2, SELL, 1, 500), "reduce"),
        ((1, SELL, 1, 993), "band"),
        ((1, SELL, 40, 40_000 - 251), "band"),
        ((1, SELL, 60, 60_000 - 376), "band"),
        ((1, SELL, 1, 1 << 80), "cash"),
    ],
    ids=str,
)
def test_leg_that_does_not_reduce_or_strays_from_the_mark_LIQ_6_is_refused(
    world: World, leg: tuple[int, Side, int, int], at: str
) -> None:
    """Trap 20 at the band's edge: 6.25 a lot."""
    refuse(world, at, ["LIQ-6", "MGN-6", "LIQ-8", "LIQ-9", WIDTHS], liquidation(5, leg))


def test_leg_of_shorts_beyond_the_band_or_the_other_way_LIQ_6_is_refused() -> None:
    world = twins(Instrument(1_000, (-40, 120)), None)
    world.seat(5, {0: 10_300, 1: -10})
    rules = ["LIQ-6", "MGN-6", "LIQ-8", "LIQ-9"]
    refuse(world, "band", rules, liquidation(5, (1, BUY, 10, 10_076)))
    refuse(world, "reduce", rules, liquidation(5, (1, BUY, 11, 11_000)))
    refuse(world, "reduce", rules, liquidation(5, (1, SELL, 1, 1_000)))


def test_leg_paid_for_taking_lots_back_LIQ_6_is_refused() -> None:
    """Cash of -1 for a worthless option: nearer than the mark, but no number of a word."""
    world = twins(Instrument(0, (0, 0, 0, 5)), None)
    world.seat(2, {0: 2, 1: -1})
    refuse(world, "cash", ["LIQ-6", WIDTHS], liquidation(2, (1, BUY, 1, -1)))


def test_leg_of_lots_beyond_their_word_LIQ_6_is_refused() -> None:
    """2^40 lots would spill into the cash of the word."""
    world = twins(Instrument(100, (-100, 100)), LOTS)
    world.seat(5, {0: -51, 1: 1, 2: 1 << 41})
    for lots in (1 << 40, 1 << 41):
        legs = ((1, SELL, 1, 100), (2, SELL, lots, 0))
        refuse(world, "lots", ["LIQ-6", "LIQ-9", WIDTHS], liquidation(5, *legs))
    refuse(world, "lots", ["LIQ-6", "LIQ-9", WIDTHS], liquidation(5, (1, SELL, 1, 100), (2, SELL, -1, 0)))


def test_leg_that_leaves_a_position_beyond_104_bits_MGN_6_is_refused() -> None:
    world = twins(Instrument(100, (-100, 100)), LOTS)
    world.seat(5, {0: -51, 1: 1, 2: (1 << 104) + 1})
    refuse(world, "reduce", ["MGN-6"], liquidation(5, (1, SELL, 1, 100), (2, SELL, 1, 0)))


def test_two_legs_of_one_slot_LIQ_6_are_refused(world: World) -> None:
    legs = ((1, SELL, 1, 1_000), (1, SELL, 1, 1_000))
    refuse(world, "twice", ["LIQ-6"], liquidation(5, *legs))
    world.seat(FUND, {0: -9_000, 1: 10})
    refuse(world, "twice", ["LIQ-6"], fund=[Reduction(*leg) for leg in legs])


def test_band_of_the_riskier_leg_LIQ_6_is_refused() -> None:
    """Slot 2 risks 10 a lot, slot 1 risks 100: both legs have slot 2's band, 0.625 a lot."""
    world = twins(second=Instrument(500, (-10, 10)))
    world.seat(5, {0: -102_000, 1: 100, 2: 10})
    for legs in (((1, SELL, 8, 8_000 - 6), (2, SELL, 2, 1_000)), ((2, SELL, 2, 1_000), (1, SELL, 8, 8_000 - 6))):
        refuse(world, "band", ["LIQ-6"], liquidation(5, *legs))


def test_penalty_above_the_cap_LIQ_7_is_refused(world: World) -> None:
    refuse(world, "cap", ["LIQ-7"], liquidation(5, (1, SELL, 10, 10_000, 101)))
    world.seat(6, {0: 10_300, 1: -10})
    refuse(world, "cap", ["LIQ-7", "LIQ-8", "LIQ-9"], liquidation(6, (1, BUY, 1, 1_000, 11)))


def test_penalty_that_is_negative_or_too_wide_LIQ_6_is_refused(world: World) -> None:
    refuse(world, "penalty", ["LIQ-6", WIDTHS], liquidation(5, (1, SELL, 1, 1_000, -1)))
    risk, lots = 1 << 38, 1 << 24
    world = twins(Instrument(1 << 39, (-risk, risk)), None)
    world.seat(5, {0: -lots * (1 << 39) + lots * risk // 3, 1: lots})
    leg = (1, SELL, lots // 2, (lots // 2) << 39, 1 << 56)
    refuse(world, "penalty", ["LIQ-6", WIDTHS], liquidation(5, leg))


def test_liquidation_that_lowers_the_worst_scenario_LIQ_8_is_refused() -> None:
    """One leg of a hedge; and riskless pairs at the band's edge (trap 38)."""
    world = twins()
    world.seat(5, {0: -19_500, 1: 120, 2: -100})
    refuse(world, "worst", ["LIQ-8"], liquidation(5, (2, BUY, 1, 1_000)))
    world.seat(5, {0: -96_000, 1: 380, 2: -280})
    for lots in (2, 16, 280):
        band = lots * 100 // 16
        legs = ((1, SELL, lots, lots * 1_000 - band), (2, BUY, lots, lots * 1_000 + band))
        refuse(world, "worst", ["LIQ-8", "LIQ-9"], liquidation(5, *legs))


def test_liquidation_of_equity_that_is_not_there_LIQ_8_is_refused(world: World) -> None:
    """Trap 8."""
    world.seat(6, {0: -997, 1: 1})
    refuse(world, "equity", ["LIQ-8"], liquidation(6, (1, SELL, 1, 996)))
    refuse(world, "equity", ["LIQ-8"], liquidation(6, (1, SELL, 1, 997, 1)))


def test_liquidation_that_lowers_the_close_out_value_LIQ_8_is_refused() -> None:
    """One micro-dollar of penalty too much (trap 38)."""
    world = twins()
    world.seat(5, {0: -96_000, 1: 380, 2: -280})
    refuse(world, "close-out", ["LIQ-8"], liquidation(5, (1, SELL, 16, 15_900, 51), (2, BUY, 8, 8_050)))


def test_liquidation_beyond_need_LIQ_9_is_refused(world: World) -> None:
    """Traps 20 and 52: one lot too many, all of them, in a second lane; 23 or 40 pairs where one suffices."""
    for lots in (62, 100):
        refuse(world, "stop", ["LIQ-9"], liquidation(5, (1, SELL, lots, lots * 1_000)))
    refuse(world, "stop", ["LIQ-9"], liquidation(5, (1, SELL, 10, 10_000)), liquidation(5, (1, SELL, 52, 52_000)))
    world = twins(second=Instrument(1_000, (-90, 90, -45, 45)))
    world.seat(5, {0: 199, 1: 40, 2: -40})
    for pairs in (23, 40):
        legs = ((1, SELL, pairs, pairs * 1_000), (2, BUY, pairs, pairs * 1_000))
        refuse(world, "stop", ["LIQ-9"], liquidation(5, *legs))


def test_liquidation_of_more_than_single_lots_by_one_leg_LIQ_9_is_refused() -> None:
    """One leg of one lot excuses nothing while the other has two."""
    world = twins(second=Instrument(10, (-1, 1)))
    world.seat(5, {0: -40_000 - 20 + 1_999, 1: 40, 2: 2})
    refuse(world, "stop", ["LIQ-9"], liquidation(5, (1, SELL, 40, 40_000), (2, SELL, 1, 10)))


def test_liquidation_excused_by_one_coarse_leg_LIQ_9_is_refused() -> None:
    """Slot 1's lot risks more than all that is left; it does not pay for giving up more lots of slot 2 than 602."""
    world = coarse()
    for lots in (603, 1_000):
        refuse(world, "stop", ["LIQ-9"], coarse_and(lots))
    legs = coarse_and(1_000).legs
    refuse(world, "stop", ["LIQ-9"], LiquidationLane(5, Mode.LIQUIDATE, (legs[1], legs[0])))


def test_takeover_before_close_out_LIQ_10_is_refused(world: World) -> None:
    world.seat(6, {0: -97_500, 1: 100})
    refuse(world, "violated", ["LIQ-10"], takeover(6))
    refuse(world, "violated", ["LIQ-10"], takeover(2))
    world.seat(6, {0: -98_000, 1: 100})
    refuse(world, "violated", ["LIQ-10"], takeover(6), takeover(6))
    refuse(world, "violated", ["LIQ-10"], close(6), takeover(6))


def test_deleverage_lane_whose_leg_is_fined_LIQ_11_is_refused(world: World) -> None:
    lane = LiquidationLane(5, Mode.DELEVERAGE, (Reduction(1, SELL, 10, 10_000, 1),))
    refuse(failing_fund(world), "no fine", ["LIQ-11"], lane)


@pytest.mark.parametrize("cash", [10_001, 9_999])
def test_deleverage_away_from_the_mark_LIQ_11_is_refused(world: World, cash: int) -> None:
    at = "mark" if cash > 10_000 else "band"
    refuse(failing_fund(world), at, ["LIQ-11", "LIQ-6"], deleverage(5, (1, SELL, 10, cash)))
