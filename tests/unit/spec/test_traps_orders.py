"""Traps of PROTOCOL section 15 about orders, places, lanes and indices."""

from __future__ import annotations

from dataclasses import replace

import pytest
from support.spec_builders import BOARD, FUND_TRADER, PERPETUAL, REVENUE_TRADER, Trader, World, refused, table_of

from rollup.spec.account import FUND
from rollup.spec.funds import Decoy, Deposit, Forced
from rollup.spec.liquidate import LiquidationLane
from rollup.spec.orders import NONCE_REACH
from rollup.spec.shared import Mode, Side
from rollup.spec.solvency import scan
from rollup.spec.state import Suspense
from rollup.spec.trade import Lane


def test_trap_06_old_order_against_a_recycled_slot_is_refused(world: World) -> None:
    old = world.buy(2, 1, 10, 1_000)
    world.table = table_of(replace(PERPETUAL, listing=2), *BOARD[1:])
    with refused("TRD-10", world):
        world.trade(narrow=[old])


def test_trap_22_index_0_in_any_lane_or_operation_is_refused(world: World) -> None:
    for narrow, wide in ([(Lane(FUND),), ()], [(), (Lane(FUND),)], [(world.buy(FUND, 1, 1, 1_000),), ()]):
        with refused("TRD-3", world):
            world.trade(narrow=narrow, wide=wide)
    for operation in (world.withdraw(FUND, 0), world.cancel(FUND, 0, 1), Forced(FUND, 1, 0), Decoy(FUND)):
        with refused("FND-3", world):
            world.funds(operation)
    with refused("FND-3", world):
        world.funds(world.transfer(2, FUND, 1))
    for mode in Mode:
        with refused("LIQ-3", world):
            world.liquidate(LiquidationLane(FUND, mode))


def test_trap_23_trading_key_that_fills_every_place_leaves_the_owner_free(world: World) -> None:
    """Must work: owner operations carry a number of their own."""
    for place in range(world.profile.places):
        world.funds(world.cancel(2, place, NONCE_REACH - 1))
    world.funds(world.withdraw(2, 10), world.note(2, 10), *world.transfer(2, 3, 10))
    world.funds(world.rotate(2))
    assert world.held(2, 0) == 10_000_000 - 30


def test_trap_29_legs_of_nothing_and_fees_off_by_a_million_are_refused(world: World) -> None:
    with refused("ORD-2", world):
        world.trade(narrow=[replace(world.buy(2, 1, 1, 1_000), quantity=0, cash=0)])
    with refused("ORD-2", world):
        world.trade(narrow=[replace(world.sell(2, 1, 1, 1_000), quantity=0, cash=1_000)])
    with refused("TRD-14", world):
        world.trade(narrow=[world.buy(2, 1, 1, 1_000, fee=1_000)])
    world.trade(narrow=[world.buy(2, 1, 1, 1_000, fee=1)])


def test_trap_32_nonce_place_and_repetition_beyond_their_bounds_are_refused(world: World) -> None:
    with refused("ORD-1", world):
        world.trade(narrow=[world.buy(2, 1, 1, 1_000, place=0, nonce=(1 << 40) - 1)])
    with refused("TRD-6", world):
        world.trade(narrow=[world.buy(2, 1, 1, 1_000, place=4, nonce=1)])
    leg = world.buy(2, 1, 60, 1_000, quantity=100)
    with refused("TRD-5", world):
        world.trade(wide=[[leg, leg]])
    with refused("ORD-3", world):
        world.trade(narrow=[leg, leg])
    world.trade(narrow=[leg, replace(leg, quantity=40, cash=40_000)])
    assert world.held(2, 1) == 100


def test_trap_33_account_outside_the_steps_district_is_refused(world: World) -> None:
    world.seat(64, {0: 10_000})
    with refused("TRD-2", world):
        world.trade(narrow=[Lane(2), Lane(64)])
    with refused("TRD-2", world):
        world.trade(narrow=[Lane(2), Lane(3)], wide=[Lane(64)])


def test_trap_33_one_account_in_every_lane_works(world: World) -> None:
    """Must work: a lane reads what the lanes before it wrote."""
    narrow = [world.buy(2, 1, 10, 1_000), world.sell(2, 1, 4, 1_000)]
    world.trade(narrow=narrow, wide=[[world.buy(2, 6, 1, 990), world.sell(2, 1, 1, 1_000)]])
    assert (world.held(2, 1), world.held(2, 6), world.account(2).nonce) == (5, 1, 3)
    assert world.recovered(2) == world.account(2)


def test_trap_35_narrow_lane_with_a_settled_position_or_too_little_margin_is_refused(world: World) -> None:
    for lane in (Lane(4), world.sell(4, 1, 1, 1_000)):
        with refused("TRD-4", world):
            world.trade(narrow=[lane])
    with refused("MGN-1", world):
        world.trade(narrow=[world.sell(5, 1, 1, 1_000)])
    world.trade(wide=[[world.sell(5, 1, 1, 1_000)]])


def test_trap_39_suspense_left_open_over_an_epoch_does_not_net() -> None:
    """Funding moves between the epochs, so the batch cannot end; L1 refuses the change of epoch outright."""
    world = World(table_of(PERPETUAL))
    world.seat(2, {0: 10_000}), world.seat(3, {0: 10_000})
    world.trade(narrow=[world.buy(2, 1, 1, 1_000)])
    world.table = table_of(replace(PERPETUAL, funding=10))
    world.trade(narrow=[world.sell(3, 1, 1, 1_000)])
    assert world.suspense.vector[:2] == (10, 0)
    assert world.suspense.hash != Suspense.settled(world.profile).hash


def test_trap_43_first_deposit_ever_alone_in_its_district_works() -> None:
    world = World()
    world.join("first", 5_000, index=64)
    world.trade(wide=[Lane(64)])
    world.trade(narrow=[world.buy(64, 1, 1, 1_000)])
    assert world.recovered(64) == world.account(64)


def test_trap_43_deposit_without_registration_or_onto_the_fund_first_works_alike() -> None:
    world = World()
    world.funds(Deposit(FUND, 1, 100))
    with refused("STA-2", world):
        world.funds(Deposit(2, 2, 100))
    assert scan(world.state, world.table).balanced


def test_trap_45_fill_counted_on_the_result_instead_of_the_base_is_refused(world: World) -> None:
    """Quantity 100, filled 60, then 100: the result 160 or a restart at 100 would both overfill."""
    leg = world.buy(2, 1, 60, 1_000, quantity=100, place=1, nonce=7)
    world.trade(narrow=[leg])
    with refused("ORD-3", world) as caught:
        world.trade(narrow=[replace(leg, quantity=100, cash=100_000)])
    assert caught.value.value == 160
    assert world.place(2, 1) == {"filled": 60, "nonce": 7}


def test_trap_46_account_trades_after_a_thief_burnt_the_largest_nonces(world: World) -> None:
    """Must work: a nonce reaches at most 2^32 beyond its place."""
    with refused("ORD-5", world):
        world.funds(world.cancel(2, 0, NONCE_REACH))
    for place in range(world.profile.places):
        world.funds(world.cancel(2, place, NONCE_REACH - 1))
    world.funds(world.rotate(2))
    for place in range(world.profile.places):
        world.trade(narrow=[world.buy(2, 1, 1, 1_000, place=place)])
    assert world.held(2, 1) == world.profile.places


@pytest.mark.parametrize("side", Side)
def test_trap_46_thief_key_signs_nothing_after_rotation(world: World, side: Side) -> None:
    stolen = world.leg(2, 1, side, 1, 1_000)
    world.funds(world.rotate(2))
    with refused("TRD-17", world):
        world.trade(narrow=[stolen])
    assert world.traders[2] == Trader("alice", 1)
    assert {FUND_TRADER, REVENUE_TRADER} == {world.traders[0], world.traders[1]}
