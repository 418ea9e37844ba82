"""
The trade circuit refuses what the law refuses: each rule broken alone.

The law without the rule draws up the step, so every root, hash and word fits, and the circuit says no at the very line
that stands for the rule. The same step one notch inside is in test_trade_agrees.py.

TRD-1 and TRD-16, and DAT-3 after them, are the shape of the circuit: it has no room for another number of lanes, legs
or words. STP-1 alike: a table of another profile has no place in it. STP-2: what a circuit reads is a field element;
L1-4 keeps others out. DAT-1 cannot be broken: a leg's word has 233 bits. STP-3, STA-4 and STA-5 are not of this step.
Traps 30 and 34 (keys of small order, additions) are in test_signature_*.py, hints in test_step_templates.py.
"""

from __future__ import annotations

from dataclasses import replace

import pytest
from support.partial_law import WIDTHS, law_without
from support.spec_builders import DOMAIN, NOW, Instrument, Trader, World, table_of
from support.spec_values import PARAMETERS
from support.step_witness import changed
from support.trade_worlds import AT, RICH, board, refuse, rich_step, trade, twins

from prover.reference.babyjubjub import IDENTITY
from prover.types import Signature
from rollup.spec.account import Account
from rollup.spec.shared import Side
from rollup.spec.trade import Lane
from rollup.witness.trade import trade_inputs

pytest.importorskip("zkclear_native", reason="the native extension is not built: install Rust, make setup")

LAST = (1 << 40) - 1
"""The largest nonce, and the largest quantity."""


def refuse_as_signed(world: World, at: str, signal: str, **parts: int) -> None:
    """An order with a part that the law's own data have no room for: signed so, and so given to the circuit."""
    leg = world.buy(2, 1, 1, 1_000, place=0)
    value = next(iter(parts.values()))
    with law_without("TRD-17", WIDTHS):
        forged = replace(leg, signature=world.sign(replace(leg.order, **parts)))  # type: ignore[arg-type]
        narrow = world.trade(narrow=[forged])
        wide = board().trade(wide=[[board().buy(2, 1, 1, 1_000, place=1), forged]])
    trade().refuses(changed(trade_inputs(narrow), ((signal, 0), value)), *AT[at])
    trade().refuses(changed(trade_inputs(wide), ((signal, 3), value)), *AT[at])


# -- which accounts


def test_lane_in_another_district_TRD_2_is_refused(world: World) -> None:
    """Trap 33."""
    world.seat(66, {0: RICH})
    refuse(world, "district", "TRD-2", narrow=[Lane(2), Lane(66)])
    refuse(world, "district", "TRD-2", narrow=[Lane(2), Lane(3)], wide=[Lane(66)])
    # its order names an account of a district that the step has no word for
    refuse(world, "signature", "TRD-2", wide=[[world.buy(66, 1, 1, 1_000)]], narrow=[Lane(2)])


@pytest.mark.parametrize("narrow", [True, False], ids=["narrow", "wide"])
@pytest.mark.parametrize("used", [True, False], ids=["used", "decoy"])
def test_lane_of_the_fund_TRD_3_is_refused(world: World, narrow: bool, used: bool) -> None:
    """Trap 22."""
    world.seat(0, {0: RICH})
    lane = Lane(0, (world.buy(0, 1, 1, 1_000),) if used else ())
    refuse(world, "fund", "TRD-3", **{"narrow" if narrow else "wide": [lane]})


@pytest.mark.parametrize("used", [True, False], ids=["used", "decoy"])
def test_narrow_lane_with_something_to_sweep_TRD_4_is_refused(world: World, used: bool) -> None:
    """Trap 35: swept or not."""
    lane = Lane(4, (world.buy(4, 1, 1, 1_000),) if used else ())
    refuse(world, "sweep", "TRD-4", narrow=[lane])


def test_narrow_lane_that_leaves_a_settled_position_alone_TRD_4_is_refused(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("rollup.spec.trade.sweep", lambda vector, marks: vector)
    refuse(world, "sweep", "TRD-4", narrow=[Lane(4)])


@pytest.mark.parametrize(("lane", "local"), [(0, 64), (2, 66), (1, -1)])
def test_account_outside_its_district_STA_1_is_refused(world: World, lane: int, local: int) -> None:
    """STA-1: the bits of the path are those of the index."""
    inputs = trade_inputs(world.trade(narrow=[Lane(2), Lane(3)]))
    trade().refuses(changed(inputs, (("local", lane), local)), *AT["index"])


@pytest.mark.parametrize("district", [8, 9, -1])
def test_district_outside_the_tree_STA_1_is_refused(world: World, district: int) -> None:
    """Every index follows from it, and with it every leaf; that the bits alone say no is in test_step_templates.py."""
    inputs = trade_inputs(world.trade(narrow=[Lane(2), Lane(3)]))
    assert not trade().satisfied(changed(inputs, (("district",), district)))


def test_account_split_otherwise_between_district_and_lane_STA_1_is_refused(world: World) -> None:
    """Index 66 as local 66 of district 0: the index fits, its half does not."""
    world.seat(66, {0: RICH})
    inputs = trade_inputs(world.trade(wide=[Lane(66)]))
    local = [int(value) + 64 for value in inputs["local"]]  # type: ignore[union-attr,arg-type]
    trade().refuses({**inputs, "district": 0, "local": local}, *AT["index"])


@pytest.mark.parametrize("wide", [False, True], ids=["narrow", "wide"])
def test_account_that_was_never_registered_STA_2_is_refused(world: World, wide: bool) -> None:
    """STA-2: the law finds an account; the tree, which is what the root says, has an empty leaf there."""
    ghost = Account(Trader("ghost").owner, (RICH, *(0,) * 15), (0,) * 4)
    world.state = replace(world.state, accounts={**world.state.accounts, 9: ghost})
    world.traders[9] = Trader("ghost")
    lane = Lane(9, (world.buy(9, 1, 1, 1_000),))
    refuse(world, "leaf", **{"wide" if wide else "narrow": [lane]})


def test_touch_of_an_account_with_no_touches_left_STA_3_is_refused(world: World) -> None:
    world.seat(2, {0: RICH}, nonce=LAST)
    refuse(world, "touches", "STA-3", narrow=[Lane(2)])
    refuse(world, "touches", "STA-3", wide=[[world.buy(2, 1, 1, 1_000)]])


# -- what a leg must satisfy


def test_two_legs_of_one_place_TRD_5_are_refused(world: World) -> None:
    """Trap 32; once as two orders, once as one order twice."""
    legs = [world.buy(2, 1, 1, 1_000, place=3), world.buy(2, 1, 1, 1_000, place=3)]
    refuse(world, "places", "TRD-5", wide=[legs])
    leg = world.buy(3, 1, 60, 1_000, quantity=200)
    refuse(world, "places", "TRD-5", wide=[[leg, leg]])


@pytest.mark.parametrize("place", [4, 5, 255, -1])
def test_place_that_accounts_do_not_have_TRD_6_is_refused(world: World, place: int) -> None:
    """TRD-6, trap 32. The order is signed as it is."""
    refuse_as_signed(world, "place", "orderPlace", place=place)


def test_order_of_another_account_TRD_7_is_refused(world: World) -> None:
    """The same owner, so the same trading key; only the index in the order differs."""
    world.seat(6, {0: RICH}, "alice")
    leg = world.buy(2, 1, 1, 1_000)
    refuse(world, "signature", "TRD-7", narrow=[Lane(6, (leg,))])
    refuse(world, "signature", "TRD-7", wide=[Lane(6, (world.buy(6, 1, 1, 1_000), world.buy(2, 1, 1, 1_000)))])


@pytest.mark.parametrize("expiry", [NOW - 1, 0, NOW + (1 << 40)])
def test_expired_or_endless_order_TRD_8_is_refused(world: World, expiry: int) -> None:
    refuse(world, "expiry", "TRD-8", narrow=[world.buy(2, 1, 1, 1_000, expiry=expiry)])
    legs = [world.buy(3, 1, 1, 1_000), world.buy(3, 1, 1, 1_000, expiry=expiry)]
    refuse(world, "expiry", "TRD-8", wide=[legs])


def test_order_for_cash_TRD_9_is_refused(world: World) -> None:
    refuse(world, "slot", "TRD-9", narrow=[world.buy(2, 0, 1, 1, listing=0)])
    refuse(world, "slot", "TRD-9", wide=[[world.sell(2, 0, 1, 1, listing=0)]])


@pytest.mark.parametrize("slot", [16, 17, 255, -1])
def test_slot_beyond_the_table_TRD_9_is_refused(world: World, slot: int) -> None:
    """The order is signed for listing 0, which is what no selector picks."""
    refuse_as_signed(world, "slot", "slot", slot=slot, listing=0)


def test_order_for_an_older_listing_TRD_10_is_refused(world: World) -> None:
    """Trap 6: the slot was recycled."""
    old = world.buy(2, 1, 1, 1_000)
    world.table = replace(
        world.table, marks=tuple(replace(m, listing=2) if i == 1 else m for i, m in enumerate(world.table.marks))
    )
    refuse(world, "signature", "TRD-10", narrow=[old])


@pytest.mark.parametrize(("slot", "listing"), [(3, 1), (4, 1), (7, 0)], ids=["halted", "settled", "empty"])
def test_leg_in_a_closed_slot_TRD_11_is_refused(world: World, slot: int, listing: int) -> None:
    """Trap 44: a halted position is not closed at the stale mark, whatever lane and side."""
    refuse(world, "open slot", "TRD-11", wide=[[world.sell(4, slot, 1, 200, listing=listing)]])
    refuse(world, "open slot", "TRD-11", narrow=[world.buy(2, slot, 1, 200, listing=listing)])


def test_quantity_wider_than_its_word_TRD_12_is_refused(world: World) -> None:
    world.seat(2, {0: 1 << 60})
    leg = replace(world.buy(2, 5, LAST, 0), quantity=LAST + 1)
    refuse(world, "left of order", "TRD-12", "ORD-3", WIDTHS, narrow=[leg])
    wide_order = replace(leg.order, quantity=LAST + 1)
    with law_without(WIDTHS):
        signature = world.sign(wide_order)
    refuse(world, "quantity", "TRD-12", WIDTHS, narrow=[replace(leg, order=wide_order, signature=signature)])


def test_cash_wider_than_its_word_TRD_12_is_refused() -> None:
    """2^40 - 1 lots sold short near the highest price there is: 2^80 of cash fits every value check."""
    world = twins(Instrument(LAST))
    world.seat(2, {0: 1 << 60})
    lots = LAST
    leg = world.leg(2, 1, Side.SELL, lots, 1 << 80, limit=LAST)
    refuse(world, "cash", "TRD-12", WIDTHS, narrow=[leg])


@pytest.mark.parametrize("cash", [-1, -(1 << 40)])
def test_negative_cash_TRD_12_is_refused(world: World, cash: int) -> None:
    leg = replace(world.buy(2, 5, 1, 0), cash=cash)
    refuse(world, "cash", "TRD-12", "TRD-14", WIDTHS, narrow=[leg])


def test_fee_wider_than_its_word_TRD_12_is_refused() -> None:
    """At the highest rates that fit, 2^56 is within the cap of a leg of 2^60."""
    parameters = replace(PARAMETERS, fee_cap=65_535)
    world = World(table_of(Instrument(1 << 39), parameters=parameters))
    world.seat(2, {0: 1 << 63})
    settings = {"lots": 1 << 21, "price": 1 << 39, "max_fee_ppm": 65_535}
    world.trade(narrow=[world.buy(2, 1, fee=(1 << 56) - 1, **settings)])
    world.seat(2, {0: 1 << 63})
    refuse(world, "fee width", "TRD-12", WIDTHS, narrow=[world.buy(2, 1, fee=1 << 56, **settings)])


def test_negative_fee_TRD_12_is_refused(world: World) -> None:
    """Who pays it would be the operator's account, or the batch's fee entry."""
    refuse(world, "fee width", "TRD-12", WIDTHS, narrow=[world.buy(2, 1, 1, 1_000, fee=-1)])
    refuse(world, "fee width", "TRD-12", WIDTHS, wide=[[world.sell(2, 1, 1, 1_000), world.buy(2, 1, 1, 1_000, fee=-1)]])


@pytest.mark.parametrize(("side", "cash"), [(Side.BUY, 30_001), (Side.SELL, 29_999)])
def test_price_one_micro_outside_the_limit_TRD_13_is_refused(world: World, side: Side, cash: int) -> None:
    refuse(world, "price", "TRD-13", narrow=[world.leg(2, 1, side, 30, cash, limit=1_000)])
    legs = [world.leg(2, 1, side, 30, 30_000), world.leg(2, 1, side, 30, cash, limit=1_000)]
    refuse(world, "price", "TRD-13", wide=[legs])


@pytest.mark.parametrize("max_fee_ppm", [999, 1_000, 2_000, 0, 65_535])
def test_fee_one_micro_above_the_signed_or_the_capped_TRD_14_is_refused(world: World, max_fee_ppm: int) -> None:
    allowed = min(max_fee_ppm, 1_000) * 30_000 // 1_000_000
    leg = world.buy(2, 1, 30, 1_000, fee=allowed + 1, max_fee_ppm=max_fee_ppm)
    refuse(world, "fee", "TRD-14", narrow=[leg])
    refuse(world, "fee", "TRD-14", wide=[[replace(leg, fee=30_000)]])


def test_fee_off_by_a_million_TRD_14_is_refused(world: World) -> None:
    """Trap 29: the rate is in ppm of the cash, not the cash times the rate."""
    refuse(world, "fee", "TRD-14", narrow=[world.buy(2, 1, 30, 1_000, fee=30 * 1_000)])
    refuse(world, "fee", "TRD-14", narrow=[world.buy(3, 1, 30, 1_000, fee=1_000)])


def test_reduce_only_order_that_opens_or_turns_TRD_15_is_refused(world: World) -> None:
    world.seat(3, {0: RICH, 1: -3})
    for leg in (
        world.buy(2, 1, 1, 1_000, reduce_only=True),
        world.sell(2, 1, 1, 1_000, reduce_only=True),
        world.buy(3, 1, 4, 1_000, reduce_only=True),
        world.sell(3, 1, 1, 1_000, reduce_only=True),
    ):
        refuse(world, "reduce", "TRD-15", "MGN-6", narrow=[leg])


def test_leg_in_a_reduce_only_slot_that_opens_TRD_15_is_refused(world: World) -> None:
    refuse(world, "reduce", "TRD-15", "MGN-6", wide=[[world.sell(4, 2, 11, 500)]])
    refuse(world, "reduce", "TRD-15", "MGN-6", wide=[[world.buy(2, 2, 1, 500)]])
    refuse(world, "reduce", "TRD-15", "MGN-6", narrow=[world.buy(2, 2, 1, 500)])


def test_second_reducing_leg_beyond_what_the_first_left_TRD_15_is_refused(world: World) -> None:
    legs = [world.sell(4, 2, 6, 500), world.sell(4, 2, 5, 500)]
    refuse(world, "reduce", "TRD-15", "MGN-6", wide=[legs])


def test_signature_of_somebody_else_TRD_17_is_refused(world: World) -> None:
    leg = world.buy(2, 1, 1, 1_000)
    message = leg.order.message(world.state.domain)
    others = [Trader("bob").sign_order(message), Trader("alice").sign_as_owner(message)]
    others += [Trader("alice").sign_order(replace(leg.order, nonce=leg.order.nonce + 1).message(DOMAIN))]
    others += [Trader("alice").sign_order(leg.order.message(DOMAIN + 1)), Signature(IDENTITY, 0)]
    for signature in others:
        refuse(world, "signature", "TRD-17", narrow=[replace(leg, signature=signature)])


@pytest.mark.parametrize(
    "part", ["listing", "side", "limit", "quantity", "max_fee_ppm", "place", "nonce", "expiry", "reduce_only"]
)
def test_order_with_any_part_changed_TRD_17_is_refused(world: World, part: str) -> None:
    """What was signed is every part; the changed orders are themselves fillable."""
    leg = world.sell(4, 1, 1, 1_000, place=0, limit=900, quantity=5)
    value = {"side": Side.BUY, "listing": 7, "reduce_only": True}.get(part, getattr(leg.order, part) + 1)
    forged = replace(leg, order=replace(leg.order, **{part: value}), cash=900 if part == "side" else 1_000)
    if part == "listing":
        marks = tuple(replace(m, listing=7) if i == 1 else m for i, m in enumerate(world.table.marks))
        world.table = replace(world.table, marks=marks)
    refuse(world, "signature", "TRD-17", wide=[[forged]])


@pytest.mark.parametrize("bits", [("limit", 40), ("maxFee", 16), ("orderNonce", 40)])
def test_part_of_an_order_that_spills_into_the_next_is_refused(bits: tuple[str, int]) -> None:
    """
    Packing is injective: 2^40 more of the limit is not one more of the fee, although the signed words are the same.

    TRD-17 would let it through: words, and so message and signature, are what they were.
    """
    name, width = bits
    following = {"limit": "maxFee", "maxFee": "quantity", "orderNonce": "expiry"}[name]
    inputs = trade_inputs(rich_step())
    changes = [((key, 0), inputs[key][0] + by) for key, by in ((name, 1 << width), (following, -1))]  # type: ignore[index,operator]
    at = {"limit": "limit", "maxFee": "max fee", "orderNonce": "nonce"}[name]
    trade().refuses(changed(inputs, *changes), *AT[at])
