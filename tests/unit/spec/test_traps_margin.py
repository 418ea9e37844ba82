"""Traps of PROTOCOL section 15 about what an account is worth and who could strip it."""

from __future__ import annotations

import random
from dataclasses import replace

import pytest
from support.spec_builders import PARAMETERS, PERPETUAL, Instrument, World, refused, table_of, widened

from rollup.spec.funds import Forced
from rollup.spec.margin import values_of, violates
from rollup.spec.shared import Side, Status
from rollup.spec.solvency import scan
from rollup.spec.words import unpack

CHARGE = 5
CALL = Instrument(0, (0, 0, 0, CHARGE))
"""Worthless at the mark and in every scenario but the fourth, which is the marks with options dearer by the charge."""

QUIET = Instrument(1_000, (-100, 100, 0, 0))
"""A perpetual that the fourth scenario leaves alone."""


def test_trap_02_note_withdrawal_or_transfer_beyond_margin_is_refused(world: World) -> None:
    world.seat(6, {0: -85_000, 1: 100})
    assert min(world.values(6)) == 5_000
    for make in (world.withdraw, world.note, lambda index, amount: world.transfer(index, 2, amount)):
        with refused("MGN-1", world) as caught:
            world.funds(make(6, 5_001))
        assert caught.value.value == -1
    world.funds(*world.transfer(6, 2, 5_000))


def test_trap_02_withdrawal_that_only_improves_nothing_has_no_alternative(world: World) -> None:
    """Below initial margin not even 0 may be withdrawn: there is no 'not riskier' for debits."""
    with refused("MGN-1", world):
        world.funds(world.withdraw(5, 0))


def test_trap_01_forced_request_of_an_account_in_debt_is_served_with_nothing(world: World) -> None:
    """Must work; and while something is free the law leaves no choice but to pay it."""
    world.seat(6, {0: -120_000, 1: 100})
    for index, paid in ((6, 0), (2, 1_000)):
        applied = world.funds(Forced(index, index, 1_000))
        assert unpack("header", applied.words[1])["amount"] == paid


def test_trap_01_forced_request_is_not_starved_by_suspense_that_lends_the_custody(world: World) -> None:
    """
    An accomplice sells one lot for the whole custody, withdraws it, and a forced request would find nothing to pay.

    The batch could still end: a deposit waiting on L1 brings the money back and pays for the lot. So no forced request
    is served while anything is owed.
    """
    custody = world.state.custody
    world.trade(narrow=[world.sell(3, 1, 1_000, custody // 1_000 + 1)])
    world.funds(world.withdraw(3, custody))
    assert world.state.custody == 0
    with refused("STP-3", world):
        world.funds(Forced(2, 1, 1_000))


def test_trap_07_stripping_a_failing_account_is_refused(world: World) -> None:
    """100 lots at 1,000, equity 4,000, worst -6,000; 40 lots sold to a friend at 900, at 1,000, and at every price."""
    with refused("MGN-4", world):
        world.trade(wide=[[world.sell(5, 1, 40, 900)]])
    for price in range(900, 975, 5):
        with refused("MGN-5" if price >= 950 else "MGN-4", world):
            world.trade(wide=[[world.sell(5, 1, 40, price)]])
    world.trade(wide=[[world.sell(5, 1, 40, 1_000)]])
    assert world.values(5)[:2] == (4_000, -2_000)


def test_trap_08_friendly_sale_below_zero_is_refused(world: World) -> None:
    with refused("MGN-2", world):
        world.trade(wide=[[world.sell(5, 1, 100, 959)]])
    world.trade(wide=[[world.sell(5, 1, 100, 960)]])
    assert world.equity(5) == 0


def test_trap_09_spared_friend_makes_the_attestation_invalid(world: World) -> None:
    world.seat(6, {0: -98_000, 1: 100}, "friend")
    result = scan(world.state, world.table)
    assert (result.failed, result.balanced, result.safe, result.valid) == (1, True, False, False)


def test_trap_26_long_straddle_withdrawn_to_negative_equity_is_refused() -> None:
    """Every stress makes it dearer, so that only the mark itself can say no."""
    world = World(table_of(Instrument(100, (50, 50, 60, 60))))
    world.seat(2, {0: -60, 1: 1})
    with refused("MGN-1", world):
        world.funds(world.withdraw(2, 41))
    world.funds(world.withdraw(2, 40))
    assert world.equity(2) == 0


def test_trap_27_worthless_options_sold_without_margin_are_refused() -> None:
    world = World(table_of(QUIET, CALL))
    world.seat(2, {0: 99})
    world.seat(3, {0: 10_000})
    with refused("MGN-1", world):
        world.trade(narrow=[world.sell(2, 2, 20, 0)])
    world.trade(narrow=[world.sell(2, 2, 19, 0)])
    uncharged = World(table_of(QUIET, Instrument(0)))
    uncharged.seat(2, {})
    uncharged.trade(narrow=[uncharged.sell(2, 2, 1_000_000, 0)])


def test_trap_38_strip_through_riskless_pairs_by_the_owner_is_refused() -> None:
    """380 long and 280 short of twins: both halves sold to a friend below the mark, riskless and worth stripping."""
    world = World(table_of(PERPETUAL, PERPETUAL))
    world.seat(5, {0: -96_000, 1: 380, 2: -280})
    assert world.values(5)[:2] == (4_000, -6_000)
    for pairs in (1, 100, 280):
        legs = [world.leg(5, 1, Side.SELL, pairs, pairs * 994), world.leg(5, 2, Side.BUY, pairs, pairs * 1_006)]
        with refused("MGN-3", world):
            world.trade(wide=[legs])
    even = [world.leg(5, 1, Side.SELL, 280, 280_000), world.leg(5, 2, Side.BUY, 280, 280_000)]
    world.trade(wide=[even])
    assert world.values(5)[:2] == (4_000, -6_000)


def test_trap_47_minimum_charge_lent_to_a_buyer_is_no_margin() -> None:
    """20 perpetuals and 2,000 worthless calls on no equity: the calls' charge helps only in its own scenario."""
    world = World(table_of(QUIET, CALL))
    world.seat(2, {})
    world.seat(3, {0: 10**6})
    with refused("MGN-1", world) as caught:
        world.trade(narrow=[world.buy(2, 2, 2_000, 0), world.buy(2, 1, 20, 1_000)])
    assert caught.value.value == -2_000


@pytest.mark.parametrize("lots", [1, 3])
def test_trap_50_butterfly_between_scenario_spots_loses_unseen_and_on_them_seen(lots: int) -> None:
    """Why strikes are listed no closer together than scenario spots: 90, 100, 110."""
    spots = (90, 110, 100, 105)

    def call(strike: int, seen: tuple[int, ...]) -> Instrument:
        worth = [max(0, spot - strike) for spot in (100, *seen)]
        return Instrument(worth[0], tuple(value - worth[0] for value in worth[1:]))

    def worst(strikes: tuple[int, int, int], seen: tuple[int, ...]) -> int:
        table = table_of(*(call(strike, seen) for strike in strikes))
        return min(values_of((0, -lots, 2 * lots, -lots, *(0,) * 12), table))

    assert worst((102, 105, 108), spots[:3]) == 0
    assert worst((102, 105, 108), spots) == -3 * lots
    assert worst((100, 110, 120), spots[:3]) == -10 * lots


def random_books(count: int, seed: int) -> list[tuple[int, ...]]:
    """Equity and lots of hedged books of four instruments on two underlyings, equity about as large as their stress."""
    chance = random.Random(seed)
    books = []
    for _ in range(count):
        lots = [chance.randint(-300, 300) for _ in range(4)]
        lots[1] = -lots[0] + chance.randint(-30, 30)
        lots[3] = -lots[2] + chance.randint(-30, 30)
        books.append((chance.randint(-5_000, 10_000), *lots))
    return books


def test_trap_49_halting_one_leg_of_a_hedged_book_makes_nobody_takeable() -> None:
    """Every slot's stress widens by one factor below κ_mm/κ_co = 2; the halted slot's alone would break hedges."""
    legs = (
        Instrument(1_000, (-100, 100, -50, 50)),
        Instrument(990, (-100, 100, -40, 60)),
        Instrument(300, (-30, 30, 60, -60)),
        Instrument(310, (-30, 30, 50, -70)),
    )
    before = table_of(*legs)
    halted = replace(legs[0], status=Status.HALTED)
    after = widened(table_of(halted, *legs[1:]), 19, 10)
    alone = table_of(replace(halted, moves=tuple(move * 19 // 10 for move in halted.moves)), *legs[1:])
    broken = 0
    for equity, *lots in random_books(4_000, seed=49):
        cash = equity - sum(held * leg.price for held, leg in zip(lots, legs, strict=True))
        vector = (cash, *lots, *(0,) * 11)
        if violates(values_of(vector, before), PARAMETERS.maintenance):
            continue
        assert not violates(values_of(vector, after), PARAMETERS.close_out)
        broken += violates(values_of(vector, alone), PARAMETERS.close_out)
    assert broken > 100
