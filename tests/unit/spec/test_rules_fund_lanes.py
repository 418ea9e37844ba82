"""LIQ: the rules of the fund, of DELEVERAGE and of CLOSE, each broken alone. Account 5: 100 lots, equity 4,000."""

from __future__ import annotations

import pytest
from support.spec_builders import PERPETUAL, World, close, deleverage, refused, table_of

from rollup.spec.account import FUND
from rollup.spec.liquidate import LiquidationLane, Reduction
from rollup.spec.shared import Mode, Side
from rollup.spec.words import unpack

BUY, SELL = Side.BUY, Side.SELL
TWO = table_of(PERPETUAL, PERPETUAL)


def failing_fund(world: World, cash: int = 101_000) -> None:
    """The fund short 100 lots: worst cash - 110,000, below maintenance."""
    world.seat(FUND, {0: cash, 1: -100})


def test_deleverage_while_the_fund_is_sound_is_refused(world: World) -> None:
    failing_fund(world, cash=105_000)
    with refused("LIQ-11", world):
        world.liquidate(deleverage(5, (1, SELL, 10, 10_000)))


@pytest.mark.parametrize(
    "leg", [(1, SELL, 10, 10_001), (1, SELL, 10, 9_999), (1, SELL, 10, 10_000, 1)], ids=["dear", "cheap", "penalty"]
)
def test_deleverage_away_from_the_mark_is_refused(world: World, leg: tuple[int, Side, int, int]) -> None:
    failing_fund(world)
    lane = LiquidationLane(5, Mode.DELEVERAGE, (Reduction(*leg),))
    with refused("LIQ-11", world):
        world.liquidate(lane)


@pytest.mark.parametrize("slot", [0, 16, -1, 3])
def test_deleverage_a_slot_that_is_no_open_instrument_is_refused(world: World, slot: int) -> None:
    failing_fund(world)
    price = world.table.marks[slot].price if slot == 3 else 1
    with refused("LIQ-6", world):
        world.liquidate(deleverage(5, (slot, SELL, 1, price)))


def test_deleverage_nothing_is_refused(world: World) -> None:
    failing_fund(world)
    with refused("LIQ-11", world):
        world.liquidate(deleverage(5))


def test_deleverage_more_than_the_fund_holds_across_lanes_is_refused(world: World) -> None:
    world.seat(FUND, {0: 51_000, 1: -50})
    with refused("LIQ-11", world):
        world.liquidate(deleverage(5, (1, SELL, 30, 30_000)), deleverage(5, (1, SELL, 21, 21_000)))
    world.liquidate(deleverage(5, (1, SELL, 30, 30_000)), deleverage(5, (1, SELL, 20, 20_000)))


def test_deleverage_across_lanes_counts_the_funds_size_once(world: World) -> None:
    failing_fund(world)
    world.seat(6, {0: -90_000, 1: 100})
    with refused("LIQ-11", world):
        world.liquidate(deleverage(5, (1, SELL, 60, 60_000)), deleverage(6, (1, SELL, 41, 41_000)))
    world.liquidate(deleverage(5, (1, SELL, 60, 60_000)), deleverage(6, (1, SELL, 40, 40_000)))
    assert (world.held(FUND, 1), world.held(5, 1), world.held(6, 1)) == (0, 40, 60)
    assert (world.equity(FUND), world.equity(5), world.equity(6)) == (1_000, 4_000, 10_000)
    assert world.suspense.is_zero


def test_reduce_the_fund_beside_a_deleverage_is_refused_and_after_it_allowed(world: World) -> None:
    failing_fund(world)
    own = [Reduction(1, BUY, 40, 40_000)]
    with refused("LIQ-13", world):
        world.liquidate(deleverage(5, (1, SELL, 60, 60_000)), fund=own)
    world.liquidate(deleverage(5, (1, SELL, 60, 60_000)))
    with refused("LIQ-6", world):
        world.liquidate(fund=[Reduction(1, BUY, 41, 41_000)])
    world.liquidate(fund=own)
    assert world.held(FUND, 1) == 0
    assert world.suspense.vector[1] == -40


def test_reduce_the_fund_by_riskless_pairs_that_winners_would_pay_for_is_refused() -> None:
    """Pairs at the band's edge cost 500 of close-out value; 50 lots that somebody gives up return more."""
    world = World(TWO)
    world.seat(FUND, {0: -96_000, 1: 380, 2: -280})
    world.seat(5, {0: 200_000, 1: -100})
    pairs = [Reduction(1, SELL, 40, 40_000 - 250), Reduction(2, BUY, 40, 40_000 + 250)]
    with refused("MGN-3", world):
        world.liquidate(fund=pairs)
    with refused("LIQ-13", world):
        world.liquidate(deleverage(5, (1, BUY, 50, 50_000)), fund=pairs)
    world.liquidate(deleverage(5, (1, BUY, 50, 50_000)))
    with refused("MGN-3", world):
        world.liquidate(fund=pairs)


def test_close_pays_the_exit_value_and_moves_the_rest_to_the_fund(world: World) -> None:
    """LIQ-12. Equity 20,000, worst 10,000: κ_ex leaves 4,000 to a fund that can carry it."""
    world.seat(FUND, {0: 50_000})
    world.seat(6, {0: -80_000, 1: 100})
    applied = world.liquidate(close(6, request=9))
    header = next(unpack("header", word) for word in applied.words[5:] if 0 < word < 1 << 164)
    assert (header["amount"], header["request"], header["index"]) == (16_000, 9, 6)
    assert not any(world.account(6).vector)
    assert world.account(FUND).vector[:2] == (50_000 - 96_000, 100)


def test_close_onto_an_empty_fund_leaves_the_whole_stress(world: World) -> None:
    world.seat(6, {0: -80_000, 1: 100})
    world.liquidate(close(6))
    assert world.values(FUND)[:2] == (10_000, 0)


def test_close_while_holding_a_halted_position_leaves_the_whole_stress(world: World) -> None:
    """Account 4 holds 10 halted lots: its worst is 10 million + 15,500 + 2,500 less 1,900."""
    world.seat(FUND, {0: 50_000})
    worst = min(world.values(4))
    before = world.state.custody
    world.liquidate(close(4))
    assert before - world.state.custody == worst


def test_close_an_account_in_debt_pays_nothing_and_is_served(world: World) -> None:
    world.seat(6, {0: -110_000, 1: 100})
    custody = world.state.custody
    world.liquidate(close(6))
    assert world.state.custody == custody
    assert not any(world.account(6).vector)
    assert world.equity(FUND) == -10_000


def test_close_beyond_custody_leaves_the_rest_as_cash(world: World) -> None:
    world.seat(6, {0: 500})
    street = world.account(world.street).vector
    world.seat(world.street, (street[0] - world.state.custody + 200, *street[1:]))
    world.liquidate(close(6))
    assert world.state.custody == 0
    assert world.account(6).vector[0] == 300


def test_reduce_the_fund_by_a_penalty_is_refused(world: World) -> None:
    failing_fund(world)
    with refused("LIQ-13", world):
        world.liquidate(fund=[Reduction(1, BUY, 1, 1_000, 1)])


@pytest.mark.parametrize(
    ("leg", "rule"),
    [
        ((1, SELL, 1, 1_000), "LIQ-6"),
        ((1, BUY, 101, 101_000), "LIQ-6"),
        ((1, BUY, 40, 40_251), "LIQ-6"),
    ],
    ids=["grows", "turns", "outside the band"],
)
def test_reduce_the_fund_further_than_it_may_is_refused(
    world: World, leg: tuple[int, Side, int, int], rule: str
) -> None:
    failing_fund(world, cash=120_000)
    with refused(rule, world):
        world.liquidate(fund=[Reduction(*leg)])
    world.liquidate(fund=[Reduction(1, BUY, 40, 40_250)])


def test_reduce_one_leg_of_the_funds_hedge_is_refused() -> None:
    world = World(TWO)
    world.seat(FUND, {0: 9_000, 1: 100, 2: -100})
    with refused("MGN-5", world):
        world.liquidate(fund=[Reduction(1, SELL, 50, 50_000)])
