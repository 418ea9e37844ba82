"""LIQ: every rule of the liquidate step, broken alone. Account 5: 100 lots at 1,000, equity 4,000, worst -6,000."""

from __future__ import annotations

from dataclasses import replace

import pytest
from support.spec_builders import (
    PARAMETERS,
    PERPETUAL,
    Instrument,
    World,
    close,
    liquidation,
    refused,
    table_of,
    takeover,
)

from rollup.spec.account import FUND
from rollup.spec.liquidate import FundLane, LiquidateStep, LiquidationLane, Reduction, liquidated
from rollup.spec.margin import weighted
from rollup.spec.shared import Mode, Side

BUY, SELL = Side.BUY, Side.SELL
TWO = table_of(PERPETUAL, PERPETUAL)


def beyond_close_out(world: World, index: int = 6) -> int:
    """100 lots, equity 2,000, worst -8,000: the close-out value is -500."""
    return world.seat(index, {0: -98_000, 1: 100})


def test_apply_liquidate_with_another_number_of_lanes_is_refused(world: World) -> None:
    for count in (1, 3):
        with refused("LIQ-1", world):
            world.apply(LiquidateStep(FundLane(), (LiquidationLane(2),) * count, 1))


def test_close_two_accounts_in_a_step_is_refused(world: World) -> None:
    with refused("LIQ-2", world):
        world.liquidate(close(2), close(3))


@pytest.mark.parametrize("mode", Mode)
def test_touch_fund_in_an_ordinary_lane_is_refused(world: World, mode: Mode) -> None:
    with refused("LIQ-3", world):
        world.liquidate(LiquidationLane(FUND, mode))


@pytest.mark.parametrize("mode", [Mode.NONE, Mode.TAKEOVER, Mode.LIQUIDATE])
def test_name_a_request_without_closing_is_refused(world: World, mode: Mode) -> None:
    with refused("LIQ-3", world):
        world.liquidate(LiquidationLane(5, mode, request=1))


def test_close_with_a_request_too_wide_is_refused(world: World) -> None:
    world.liquidate(close(2, request=(1 << 64) - 1))
    with refused("LIQ-3", world):
        world.liquidate(close(3, request=1 << 64))


def test_reduce_by_more_legs_than_the_lane_has_is_refused(world: World) -> None:
    legs = [(1, SELL, 1, 1_000)] * 3
    with refused("LIQ-4", world):
        world.liquidate(liquidation(5, *legs))
    with refused("LIQ-4", world):
        world.liquidate(fund=[Reduction(*leg) for leg in legs])


@pytest.mark.parametrize("mode", [Mode.NONE, Mode.TAKEOVER, Mode.CLOSE])
def test_give_legs_to_a_mode_without_any_is_refused(world: World, mode: Mode) -> None:
    with refused("LIQ-4", world):
        world.liquidate(LiquidationLane(5, mode, (Reduction(1, SELL, 1, 1_000),)))


def test_liquidate_at_maintenance_is_refused_and_one_micro_below_allowed(world: World) -> None:
    world.seat(6, {0: -95_000, 1: 100})
    assert world.values(6)[:2] == (5_000, -5_000)
    with refused("LIQ-5", world):
        world.liquidate(liquidation(6, (1, SELL, 1, 1_000)))
    world.seat(6, {0: -95_001, 1: 100})
    world.liquidate(liquidation(6, (1, SELL, 1, 1_000)))


def test_liquidate_nothing_is_refused(world: World) -> None:
    with refused("LIQ-5", world):
        world.liquidate(liquidation(5))


@pytest.mark.parametrize(
    "leg",
    [
        (0, SELL, 1, 1),
        (16, SELL, 1, 1),
        (-1, SELL, 1, 1),
        (3, SELL, 1, 200),
        (4, SELL, 1, 300),
        (7, SELL, 1, 0),
        (1, SELL, 0, 0),
        (1, SELL, 101, 101_000),
        (1, BUY, 1, 1_000),
        (1, SELL, 1, 1 << 80),
        (1, SELL, 1, -1),
        (1, SELL, 1, 1_000, 1 << 56),
        (1, SELL, 1, 1_000, -1),
        (1, SELL, 1, 993),
        (1, SELL, 40, 40 * 1_000 - 251),
    ],
    ids=str,
)
def test_reduce_what_is_not_there_not_open_or_not_near_the_mark_is_refused(
    world: World, leg: tuple[int, Side, int, int]
) -> None:
    """The band is 6.25 of lotRisk 100 a lot: 40 lots may lose 250."""
    with refused("LIQ-6", world):
        world.liquidate(liquidation(5, leg))


def test_reduce_at_the_bands_edge_is_allowed(world: World) -> None:
    world.liquidate(liquidation(5, (1, SELL, 40, 40 * 1_000 - 250)))
    assert world.suspense.vector[:2] == (-(40 * 1_000 - 250), 40)


def test_reduce_one_slot_twice_in_a_lane_is_refused(world: World) -> None:
    with refused("LIQ-6", world):
        world.liquidate(liquidation(5, (1, SELL, 1, 1_000), (1, SELL, 1, 1_000)))


def test_reduce_with_a_band_of_the_safest_leg_only(world: World) -> None:
    """Slot 2 risks 10 a lot, slot 1 risks 100: both legs have slot 2's band, 0.625 a lot."""
    world.table = table_of(PERPETUAL, Instrument(500, (-10, 10)))
    world.seat(5, {0: -102_000, 1: 100, 2: 10})
    with refused("LIQ-6", world):
        world.liquidate(liquidation(5, (1, SELL, 8, 8_000 - 6), (2, SELL, 2, 1_000)))
    world.liquidate(liquidation(5, (1, SELL, 8, 8_000 - 5), (2, SELL, 2, 1_000)))


def test_take_a_penalty_at_the_cap_is_allowed_and_above_refused(world: World) -> None:
    with refused("LIQ-7", world):
        world.liquidate(liquidation(5, (1, SELL, 10, 10_000, 101)))
    world.liquidate(liquidation(5, (1, SELL, 10, 10_000, 100)))
    assert world.held(FUND, 0) == 100


def test_liquidate_one_leg_of_a_hedge_is_refused() -> None:
    """100 long and 100 short of twins: selling the long half makes the worst scenario worse."""
    world = World(TWO)
    world.seat(5, {0: 1_000, 1: 120, 2: -100})
    world.seat(5, {0: -19_500, 1: 120, 2: -100})
    with refused("LIQ-8", world) as caught:
        world.liquidate(liquidation(5, (2, BUY, 1, 1_000)))
    assert caught.value.value == -1_600
    world.liquidate(liquidation(5, (1, SELL, 10, 10_000)))


def test_liquidate_equity_that_is_not_there_is_refused(world: World) -> None:
    """Equity 3, a penalty and a band of 4 together."""
    world.seat(6, {0: -997, 1: 1})
    with refused("LIQ-8", world) as caught:
        world.liquidate(liquidation(6, (1, SELL, 1, 996)))
    assert caught.value.value == -1
    world.liquidate(liquidation(6, (1, SELL, 1, 997)))
    assert world.equity(6) == 0


def test_liquidate_riskless_pairs_that_lower_the_close_out_value_is_refused() -> None:
    world = World(TWO)
    world.seat(5, {0: -98_000, 1: 380, 2: -280})
    with refused("LIQ-8", world) as caught:
        world.liquidate(liquidation(5, (1, SELL, 50, 50_000 - 312), (2, BUY, 50, 50_000 + 312)))
    assert caught.value.reason in ("the close-out value falls", "a scenario ends below the worst before")


def test_liquidate_to_the_same_close_out_value_is_allowed_and_one_micro_below_refused() -> None:
    """16 long and 8 short at the band's edge cost 150, and 8 lots less are worth 200: 50 are left for penalties."""
    world = World(TWO)
    world.seat(5, {0: -96_000, 1: 380, 2: -280})
    with refused("LIQ-8", world) as caught:
        world.liquidate(liquidation(5, (1, SELL, 16, 15_900, 51), (2, BUY, 8, 8_050)))
    assert caught.value.reason == "the close-out value falls"
    before = weighted(world.values(5), PARAMETERS.close_out)
    world.liquidate(liquidation(5, (1, SELL, 16, 15_900, 50), (2, BUY, 8, 8_050)))
    assert weighted(world.values(5), PARAMETERS.close_out) == before


def test_liquidate_pairs_at_the_mark_leaves_every_value_and_is_allowed() -> None:
    world = World(TWO)
    world.seat(5, {0: -96_000, 1: 380, 2: -280})
    before = world.values(5)
    world.liquidate(liquidation(5, (1, SELL, 10, 10_000), (2, BUY, 10, 10_000)))
    assert world.values(5) == before


def test_liquidate_to_the_first_lot_that_need_not_go_is_allowed_and_beyond_refused(world: World) -> None:
    """At the mark equity stays 4,000, which carries 40 lots; with 39 left, one put back leaves exactly nothing free."""
    with refused("LIQ-9", world):
        world.liquidate(liquidation(5, (1, SELL, 62, 62_000)))
    world.liquidate(liquidation(5, (1, SELL, 61, 61_000)))
    assert min(world.values(5)) == 100


def coarse(held: int) -> World:
    """Account 5: equity 4,000, a lot of slot 1 that risks 10,000, and lots of slot 2 that risk 10 each."""
    world = World(table_of(Instrument(1_000_000, (-10_000, 10_000)), Instrument(1_000, (-10, 10))))
    world.seat(5, {0: 4_000 - 1_000_000 - held * 1_000, 1: 1, 2: held})
    return world


def coarse_and(lots: int, penalty: int = 0) -> LiquidationLane:
    """The one lot of slot 1, and so many of slot 2, at the mark."""
    return liquidation(5, (1, SELL, 1, 1_000_000), (2, SELL, lots, lots * 1_000, penalty))


@pytest.mark.parametrize("held", [1_000, 3_000])
def test_liquidate_beside_one_coarse_leg_stops_at_its_share_of_the_reduction(held: int) -> None:
    """A lot of slot 1 risks as much as 1,000 of slot 2; equity carries 400 of these."""
    world = coarse(held)
    free = held - 400
    last = max(n for n in range(held + 1) if n * (n - free) <= 1_000 + n)
    assert (held, last) in ((1_000, 602), (3_000, 2_601))
    for lots in (last + 1, held - 100, held):
        with refused("LIQ-9", world):
            world.liquidate(coarse_and(lots))
    world.liquidate(coarse_and(last))
    assert min(world.values(5)) == (last - free) * 10


def test_liquidate_beside_one_coarse_leg_at_a_penalty_stops_by_what_is_left() -> None:
    """100 less carries ten lots less; undoing a share does not bring them back."""
    world = coarse(1_000)
    with refused("LIQ-9", world):
        world.liquidate(coarse_and(613, penalty=100))
    world.liquidate(coarse_and(612, penalty=100))
    assert min(world.values(5)) == 20


@pytest.mark.parametrize(("lots", "side", "edge"), [(10, SELL, 10_000 - 25), (-10, BUY, 10_000 + 75)])
def test_reduce_within_the_band_of_the_side_given_up(lots: int, side: Side, edge: int) -> None:
    """A lot loses 40 long and 120 short: 2.5 and 7.5 of band, 4 and 12 of penalty."""
    world = World(table_of(Instrument(1_000, (-40, 120))))
    fine = 40 if side is SELL else 120
    world.seat(5, {0: fine * 5 // 2 - lots * 1_000, 1: lots})
    for leg, rule in (((edge + (1 if side is BUY else -1), 0), "LIQ-6"), ((10_000, fine + 1), "LIQ-7")):
        with refused(rule, world):
            world.liquidate(liquidation(5, (1, side, 10, *leg)))
    world.liquidate(liquidation(5, (1, side, 10, edge, fine)))


def test_liquidate_single_lots_never_goes_too_far_even_at_a_gift(world: World) -> None:
    """Somebody overpays for the one lot: nothing could have stayed, for nothing is divisible."""
    world.seat(6, {0: -960, 1: 1})
    world.liquidate(liquidation(6, (1, SELL, 1, 1_200)))
    assert world.values(6) == (240,) * 5


def test_liquidate_single_lots_stops_by_itself(world: World) -> None:
    world.seat(6, {0: -960, 1: 1})
    world.liquidate(liquidation(6, (1, SELL, 1, 1_000)))
    with refused("LIQ-5", world):
        world.liquidate(liquidation(6, (1, SELL, 1, 1_000)))


def test_take_over_at_close_out_is_refused_and_one_micro_below_allowed(world: World) -> None:
    world.seat(6, {0: -97_500, 1: 100})
    with refused("LIQ-10", world):
        world.liquidate(takeover(6))
    world.seat(6, {0: -97_501, 1: 100})
    world.liquidate(takeover(6))
    assert not any(world.account(6).vector)
    assert world.account(FUND).vector[:2] == (-97_501, 100)
    assert world.suspense.is_zero


def test_take_over_twice_or_liquidate_after_a_takeover_is_refused(world: World) -> None:
    beyond_close_out(world)
    with refused("LIQ-10", world):
        world.liquidate(takeover(6), takeover(6))
    with refused("LIQ-5", world):
        world.liquidate(takeover(6), liquidation(6, (1, SELL, 1, 1_000)))
    with refused("LIQ-10", world):
        world.liquidate(close(6), takeover(6))


def test_liquidate_twice_in_a_step_counts_what_the_first_left(world: World) -> None:
    with refused("LIQ-9", world):
        world.liquidate(liquidation(5, (1, SELL, 10, 10_000)), liquidation(5, (1, SELL, 52, 52_000)))
    world.liquidate(liquidation(5, (1, SELL, 10, 10_000)), liquidation(5, (1, SELL, 50, 50_000)))
    assert world.held(5, 1) == 40
    with refused("LIQ-5", world):
        world.liquidate(liquidation(5, (1, SELL, 1, 1_000)))


def test_liquidate_values_beyond_the_widest_width_is_refused(world: World) -> None:
    """Nothing honest comes near 160 bits; the law still says so rather than wrap."""
    huge = 1 << 160
    vector = (-huge, *world.account(5).vector[1:])
    with refused("MGN-6"):
        liquidated(vector, (Reduction(1, SELL, 1, 1_000),), world.table)


def test_law_when_enumerations_come_as_plain_numbers_decides_alike(world: World) -> None:
    """Words unpack to integers: 0 is a buyer and 4 a CLOSE, whatever the type."""
    with refused("LIQ-2", world):
        world.liquidate(LiquidationLane(2, 4), LiquidationLane(3, 4))  # type: ignore[arg-type]
    leg = world.buy(2, 1, 1, 1_000)
    plain = replace(leg, order=replace(leg.order, side=0))  # type: ignore[arg-type]
    assert plain.order.words == leg.order.words
    assert plain.sign == leg.sign == 1
