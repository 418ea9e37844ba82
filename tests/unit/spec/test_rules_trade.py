"""TRD and ORD: every rule of the trade step, broken alone."""

from __future__ import annotations

from dataclasses import replace

import pytest
from support.spec_builders import NOW, Trader, World, refused, table_of

from rollup.spec.errors import OutOfRange
from rollup.spec.orders import FULL, NONCE_REACH, Leg, cancelled, filled
from rollup.spec.shared import Side
from rollup.spec.trade import Lane, TradeStep, touch_account
from rollup.spec.words import pack, unpack


def test_apply_trade_with_a_lane_too_few_is_refused(world: World) -> None:
    with refused("TRD-1", world):
        world.apply(TradeStep((Lane(2),), (Lane(2),)))


def test_apply_trade_with_a_lane_too_many_is_refused(world: World) -> None:
    with refused("TRD-1", world):
        world.apply(TradeStep((Lane(2), Lane(3)), (Lane(2), Lane(3))))


def test_apply_trade_across_districts_is_refused(world: World) -> None:
    world.seat(64, {0: 1_000})
    with refused("TRD-2", world):
        world.trade(narrow=[world.buy(2, 1, 1, 1_000), world.sell(64, 1, 1, 1_000)])


def test_touch_fund_in_a_trade_step_is_refused(world: World) -> None:
    with refused("TRD-3", world):
        world.trade(narrow=[Lane(0)])


def test_trade_in_a_narrow_lane_with_something_to_sweep_is_refused(world: World) -> None:
    with refused("TRD-4", world):
        world.trade(narrow=[world.buy(4, 1, 1, 1_000)])


def test_fill_one_place_twice_in_a_touch_is_refused(world: World) -> None:
    legs = [world.buy(2, 1, 1, 1_000, place=3), world.buy(2, 1, 1, 1_000, place=3)]
    with refused("TRD-5", world):
        world.trade(wide=[legs])


@pytest.mark.parametrize("place", [4, 255])
def test_fill_beyond_the_last_place_is_refused(world: World, place: int) -> None:
    with refused("TRD-6", world):
        world.trade(narrow=[world.buy(2, 1, 1, 1_000, place=place, nonce=1)])


def test_touch_with_a_negative_place_is_refused(world: World) -> None:
    leg = world.buy(2, 1, 1, 1_000, place=-1, nonce=1)
    with refused("TRD-6"):
        touch_account(world.account(2), 2, (leg,), world.table, wide=True)


def test_fill_another_accounts_order_is_refused(world: World) -> None:
    with refused("TRD-7", world):
        world.trade(narrow=[Lane(3, (world.buy(2, 1, 1, 1_000),))])


def test_fill_at_the_second_of_expiry_is_allowed_and_one_later_refused(world: World) -> None:
    world.trade(narrow=[world.buy(2, 1, 1, 1_000, expiry=NOW)])
    with refused("TRD-8", world) as caught:
        world.trade(narrow=[world.buy(2, 1, 1, 1_000, expiry=NOW - 1)])
    assert caught.value.value == NOW - 1


@pytest.mark.parametrize("slot", [0, 16, 255])
def test_trade_cash_or_no_slot_is_refused(world: World, slot: int) -> None:
    with refused("TRD-9", world):
        world.trade(narrow=[world.buy(2, slot, 1, 1, listing=0)])


def test_trade_another_listing_is_refused(world: World) -> None:
    with refused("TRD-10", world):
        world.trade(narrow=[world.buy(2, 6, 1, 990, listing=6)])


@pytest.mark.parametrize(("slot", "listing"), [(3, 1), (4, 1), (7, 0)], ids=["halted", "settled", "empty"])
def test_trade_a_closed_slot_is_refused(world: World, slot: int, listing: int) -> None:
    with refused("TRD-11", world):
        world.trade(wide=[[world.sell(4, slot, 1, 200, listing=listing)]])


@pytest.mark.parametrize(
    ("lots", "cash", "fee"),
    [(1 << 40, 1, 0), (-1, 0, 0), (1, 1 << 80, 0), (1, -1, 0), (1, 1_000, 1 << 56), (1, 1_000, -1)],
)
def test_fill_with_numbers_wider_than_their_words_is_refused(world: World, lots: int, cash: int, fee: int) -> None:
    leg = replace(world.sell(2, 1, 1, 0), quantity=lots, cash=cash, fee=fee)
    with refused("TRD-12", world):
        world.trade(narrow=[leg])


@pytest.mark.parametrize(("side", "cash"), [(Side.BUY, 30_001), (Side.SELL, 29_999)])
def test_fill_one_micro_outside_the_limit_is_refused(world: World, side: Side, cash: int) -> None:
    world.trade(narrow=[world.leg(2, 1, side, 30, 30_000, limit=1_000)])
    with refused("TRD-13", world):
        world.trade(narrow=[world.leg(2, 1, side, 30, cash, limit=1_000)])


@pytest.mark.parametrize("max_fee_ppm", [999, 2_000])
def test_take_one_micro_above_the_signed_or_capped_fee_is_refused(world: World, max_fee_ppm: int) -> None:
    allowed = min(max_fee_ppm, 1_000) * 30_000 // 1_000_000
    world.trade(narrow=[world.buy(2, 1, 30, 1_000, fee=allowed, max_fee_ppm=max_fee_ppm)])
    with refused("TRD-14", world):
        world.trade(narrow=[world.buy(2, 1, 30, 1_000, fee=allowed + 1, max_fee_ppm=max_fee_ppm)])


def test_fill_a_reduce_only_order_that_opens_is_refused(world: World) -> None:
    with refused("TRD-15", world):
        world.trade(narrow=[world.buy(2, 1, 1, 1_000, reduce_only=True)])


def test_trade_a_reduce_only_slot_to_zero_is_allowed_and_beyond_refused(world: World) -> None:
    with refused("TRD-15", world):
        world.trade(wide=[[world.sell(4, 2, 11, 500)]])
    world.trade(wide=[[world.sell(4, 2, 10, 500)]])
    with refused("TRD-15", world):
        world.trade(wide=[[world.sell(4, 2, 1, 500)]])


def test_fill_two_reduce_only_legs_of_one_slot_reads_what_the_first_left(world: World) -> None:
    with refused("TRD-15", world):
        world.trade(wide=[[world.sell(4, 2, 6, 500), world.sell(4, 2, 5, 500)]])
    world.trade(wide=[[world.sell(4, 2, 6, 500), world.sell(4, 2, 4, 500)]])
    assert world.held(4, 2) == 0


def test_fill_more_legs_than_the_lane_has_is_refused(world: World) -> None:
    legs = [world.buy(2, 1, 1, 1_000) for _ in range(3)]
    with refused("TRD-16", world):
        world.trade(wide=[legs])
    with refused("TRD-16", world):
        world.trade(narrow=[Lane(2, tuple(legs[:2]))])


def test_fill_with_a_strangers_signature_is_refused(world: World) -> None:
    leg = world.buy(2, 1, 1, 1_000)
    with refused("TRD-17", world):
        world.trade(narrow=[replace(leg, signature=world.buy(3, 1, 1, 1_000).signature)])


def test_fill_with_the_owner_keys_signature_is_refused(world: World) -> None:
    leg = world.buy(2, 1, 1, 1_000)
    signature = Trader("alice").sign_as_owner(leg.order.message(world.state.domain))
    with refused("TRD-17", world):
        world.trade(narrow=[replace(leg, signature=signature)])


@pytest.mark.parametrize(
    "part", ["listing", "side", "limit", "quantity", "max_fee_ppm", "place", "nonce", "expiry", "reduce_only"]
)
def test_fill_an_order_with_any_part_changed_is_refused(world: World, part: str) -> None:
    """What was signed is every part; the changed orders below are themselves fillable."""
    leg = world.sell(4, 1, 1, 1_000, place=0, limit=900, quantity=5)
    value = {"side": Side.BUY, "listing": 7, "reduce_only": True}.get(part, getattr(leg.order, part) + 1)
    changed = replace(leg, order=replace(leg.order, **{part: value}))
    if part == "side":
        changed = replace(changed, cash=900)
    table = world.table
    if part == "listing":
        world.table = replace(
            table, marks=tuple(replace(m, listing=7) if i == 1 else m for i, m in enumerate(table.marks))
        )
    with refused("TRD-17", world):
        world.trade(wide=[[changed]])


# -- ORD: places


def test_fill_below_the_stored_nonce_is_refused(world: World) -> None:
    world.trade(narrow=[world.buy(2, 1, 1, 1_000, place=0, nonce=5)])
    with refused("ORD-1", world):
        world.trade(narrow=[world.buy(2, 1, 1, 1_000, place=0, nonce=4)])


def test_fill_at_the_reach_of_nonces_is_refused_and_one_below_allowed(world: World) -> None:
    with refused("ORD-1", world):
        world.trade(narrow=[world.buy(2, 1, 1, 1_000, place=0, nonce=NONCE_REACH)])
    world.trade(narrow=[world.buy(2, 1, 1, 1_000, place=0, nonce=NONCE_REACH - 1)])


def test_fill_at_the_largest_nonce_is_allowed_and_beyond_does_not_fit(world: World) -> None:
    last = (1 << 40) - 1
    world.seat(2, {0: 10**6}, places=(pack("place", filled=3, nonce=last), 0, 0, 0))
    world.trade(narrow=[world.buy(2, 1, 1, 1_000, place=0, nonce=last, quantity=4)])
    assert world.place(2, 0) == {"filled": 4, "nonce": last}
    with refused("ORD-1", world):
        world.trade(narrow=[world.buy(2, 1, 1, 1_000, place=0, nonce=last + 1)])


def test_fill_nothing_is_refused(world: World) -> None:
    with refused("ORD-2", world):
        world.trade(narrow=[replace(world.buy(2, 1, 1, 1_000), quantity=0, cash=0)])


def test_fill_to_the_quantity_is_allowed_and_beyond_refused(world: World) -> None:
    leg = world.buy(2, 1, 1, 1_000, quantity=100, limit=1_000)
    world.trade(narrow=[replace(leg, quantity=60, cash=60_000)])
    with refused("ORD-3", world):
        world.trade(narrow=[replace(leg, quantity=41, cash=41_000)])
    world.trade(narrow=[replace(leg, quantity=40, cash=40_000)])
    with refused("ORD-3", world):
        world.trade(narrow=[replace(leg, quantity=1, cash=1_000)])


def test_fill_the_largest_quantity_is_allowed(world: World) -> None:
    lots = FULL
    world.seat(2, {0: 200 * lots})
    world.trade(narrow=[world.buy(2, 1, lots, 1_000)])
    assert world.place(2, 0)["filled"] == world.held(2, 1) == lots


def test_cancel_at_the_stored_nonce_is_allowed_below_and_beyond_reach_refused() -> None:
    stored = pack("place", filled=7, nonce=9)
    assert unpack("place", cancelled(stored, 9)) == {"filled": FULL, "nonce": 9}
    assert unpack("place", cancelled(stored, 9 + NONCE_REACH - 1))["nonce"] == 9 + NONCE_REACH - 1
    for nonce in (8, 9 + NONCE_REACH):
        with refused("ORD-5"):
            cancelled(stored, nonce)


def test_fill_a_cancelled_nonce_is_refused_even_for_the_largest_quantity(world: World) -> None:
    leg = world.buy(2, 1, 1, 1_000, place=0, nonce=1, quantity=FULL)
    with refused("ORD-3"):
        filled(cancelled(0, 1), leg)


@pytest.mark.parametrize(
    ("part", "bits"),
    [("limit", 40), ("max_fee_ppm", 16), ("quantity", 40), ("expiry", 41), ("listing", 32), ("account", 24)],
)
def test_pack_order_with_a_part_too_wide_is_out_of_range(world: World, part: str, bits: int) -> None:
    order = world.buy(2, 1, 1, 1_000).order
    assert replace(order, **{part: (1 << bits) - 1}).words
    with pytest.raises(OutOfRange) as caught:
        replace(order, **{part: 1 << bits}).words  # noqa: B018
    assert caught.value.value == 1 << bits


def test_fill_at_a_funding_other_than_zero_books_cash_less_funding(world: World) -> None:
    """Slot 6: P = 990, F = -20, W = 1,010. Buying at the mark leaves equity alone."""
    before = world.equity(2)
    leg: Leg = world.buy(2, 6, 10, 990)
    world.trade(narrow=[leg])
    assert world.equity(2) == before
    assert world.held(2, 0) == 10_000_000 - 10 * 1_010
    assert world.suspense.vector[6] == -10
    assert world.suspense.vector[0] == 10 * 1_010


def test_touch_account_alone_checks_what_an_engine_needs_without_hashing() -> None:
    world = World(table_of())
    world.seat(2, {0: 5})
    assert touch_account(world.account(2), 2, (), world.table, wide=False) == (
        world.account(2).vector,
        world.account(2).places,
    )
