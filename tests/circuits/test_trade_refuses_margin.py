"""The trade circuit and margin: initial margin and each clause of the close rule, broken alone (MGN-1 to MGN-6)."""

from __future__ import annotations

import pytest
from support.spec_builders import PERPETUAL, Instrument, World
from support.trade_worlds import board, refuse, twins

from rollup.spec.shared import Side

pytest.importorskip("zkclear_native", reason="the native extension is not built: install Rust, make setup")


def test_narrow_lane_below_initial_margin_MGN_1_is_refused(world: World) -> None:
    """Trap 35, and one micro-dollar below zero in one scenario."""
    refuse(world, "initial", "MGN-1", narrow=[world.sell(5, 1, 1, 1_000)])
    world.seat(2, {0: 1_000})
    refuse(world, "initial", "MGN-1", narrow=[world.buy(2, 1, 11, 1_000)])
    world = board()
    world.seat(2, {0: 999})
    refuse(world, "initial", "MGN-1", narrow=[world.buy(2, 1, 10, 1_000)])


def test_narrow_lane_in_debt_at_the_mark_alone_MGN_1_is_refused() -> None:
    """Trap 26: every stress makes it dearer, so only scenario 0 can say no."""
    world = twins(Instrument(100, (50, 50, 60, 60)))
    world.seat(2, {0: -100, 1: 1})
    refuse(world, "initial", "MGN-1", narrow=[world.buy(2, 1, 1, 101)])


def test_minimum_charge_lent_to_a_buyer_MGN_1_is_refused() -> None:
    """Trap 47: 20 perpetuals and 2,000 worthless calls on no equity."""
    world = twins(Instrument(1_000, (-100, 100, 0, 0)), Instrument(0, (0, 0, 0, 5)))
    world.seat(2, {})
    world.seat(3, {0: 10**6})
    refuse(world, "initial", "MGN-1", narrow=[world.buy(2, 2, 2_000, 0), world.buy(2, 1, 20, 1_000)])


def test_worthless_options_sold_without_margin_MGN_1_are_refused() -> None:
    """Trap 27."""
    world = twins(Instrument(1_000, (-100, 100, 0, 0)), Instrument(0, (0, 0, 0, 5)))
    world.seat(2, {0: 99})
    refuse(world, "initial", "MGN-1", narrow=[world.sell(2, 2, 20, 0)])


def test_sale_that_pushes_equity_below_zero_MGN_2_is_refused(world: World) -> None:
    """Trap 8: 100 lots sold to a friend at 959; whatever else breaks, clause (i) says no first."""
    refuse(world, "equity", "MGN-2", "MGN-4", "MGN-5", "MGN-6", wide=[[world.sell(5, 1, 100, 959)]])


def test_scenario_below_zero_and_the_worst_before_MGN_3_is_refused(world: World) -> None:
    """Opened in a wide lane beyond initial margin: equity stays, so do maintenance and close-out value above zero."""
    world.seat(2, {0: 1_000})
    refuse(world, "worst", "MGN-3", "MGN-5", "MGN-6", wide=[[world.buy(2, 1, 11, 1_000)]])


def test_strip_through_riskless_pairs_MGN_3_is_refused() -> None:
    """Trap 38: 380 long and 280 short of twins, both halves sold to a friend off the mark."""
    world = twins(PERPETUAL, PERPETUAL)
    world.seat(5, {0: -96_000, 1: 380, 2: -280})
    legs = [world.leg(5, 1, Side.SELL, 280, 280 * 994), world.leg(5, 2, Side.BUY, 280, 280 * 1_006)]
    refuse(world, "worst", "MGN-3", "MGN-4", "MGN-5", "MGN-6", wide=[legs])


def test_stripping_a_failing_account_MGN_4_is_refused(world: World) -> None:
    """Trap 7: 40 lots sold to a friend at 900; clauses (i) and (ii) hold."""
    refuse(world, "maintenance", "MGN-4", "MGN-5", "MGN-6", wide=[[world.sell(5, 1, 40, 900)]])


@pytest.mark.parametrize("price", [950, 970, 974])
def test_close_out_value_that_falls_MGN_5_is_refused(world: World, price: int) -> None:
    """Trap 7 at better prices: only clause (iv) is broken."""
    refuse(world, "close-out", "MGN-5", "MGN-6", wide=[[world.sell(5, 1, 40, price)]])


def test_value_wider_than_the_check_MGN_6_is_refused() -> None:
    """In a wide lane only what is neither in range nor at least what it was: a fee of 1 is enough."""
    world = twins(PERPETUAL)
    world.seat(2, {0: (1 << 64) - 100})
    refuse(world, "initial", "MGN-6", narrow=[world.buy(2, 1, 1, 1_000)])
    world.seat(2, {0: (1 << 64) + 10_000})
    refuse(world, "equity", "MGN-6", "MGN-5", wide=[[world.buy(2, 1, 1, 1_000, fee=1)]])


def test_scenarios_further_apart_than_the_check_MGN_6_are_refused() -> None:
    world = twins(Instrument(1 << 30, (1 << 39, 0, 0, 0)))
    world.seat(2, {0: 1 << 63, 1: 1 << 25})
    refuse(world, "spread", "MGN-6", wide=[[world.buy(2, 1, 1, 1 << 30)]])


def test_position_left_wider_than_the_check_MGN_6_is_refused() -> None:
    world = twins(Instrument(0, (0, 0, 0, 0)))
    world.seat(2, {0: 10, 1: (1 << 64) + 1})
    refuse(world, "reduce", "MGN-6", narrow=[world.sell(2, 1, 1, 0, reduce_only=True)])
