"""The trade circuit and order places, each rule broken alone (ORD-1 to ORD-3), and legs that are not used."""

from __future__ import annotations

from dataclasses import replace

import pytest
from support.partial_law import WIDTHS, law_without
from support.spec_builders import PERPETUAL, World
from support.step_witness import Place, changed
from support.trade_worlds import AT, RICH, board, refuse, rich_step, trade, twins

from rollup.spec.errors import Rejected
from rollup.spec.orders import FULL, NONCE_REACH
from rollup.spec.shared import Status
from rollup.spec.words import pack
from rollup.witness.trade import trade_inputs

pytest.importorskip("zkclear_native", reason="the native extension is not built: install Rust, make setup")

LAST = (1 << 40) - 1
"""The largest nonce, and the largest quantity."""


def refuse_changed(at: str, *changes: tuple[Place, int]) -> None:
    """Inputs that no account or step could follow from: the rich step's, changed."""
    trade().refuses(changed(trade_inputs(rich_step()), *changes), *AT[at])


def test_nonce_below_its_place_ORD_1_is_refused(world: World) -> None:
    world.seat(2, {0: RICH}, places=(pack("place", filled=0, nonce=5), pack("place", filled=7, nonce=5), 0, 0))
    for place in (0, 1):
        for nonce in (4, 0):
            refuse(world, "reach", "ORD-1", narrow=[world.buy(2, 1, 1, 1_000, place=place, nonce=nonce)])
    # what a fill has used up of the place does not help an older nonce
    world.seat(3, {0: RICH}, places=(pack("place", filled=FULL, nonce=5), 0, 0, 0))
    refuse(world, "reach", "ORD-1", wide=[[world.buy(3, 1, 1, 1_000, place=0, nonce=4)]])


@pytest.mark.parametrize("nonce", [NONCE_REACH, NONCE_REACH + 1, LAST])
def test_nonce_beyond_its_reach_ORD_1_is_refused(world: World, nonce: int) -> None:
    """Trap 32: a thief would burn the place for ever."""
    refuse(world, "reach", "ORD-1", narrow=[world.buy(2, 1, 1, 1_000, place=0, nonce=nonce)])


def test_nonce_that_wraps_ORD_1_is_refused(world: World) -> None:
    world.seat(2, {0: RICH}, places=(pack("place", filled=3, nonce=LAST), 0, 0, 0))
    signed = world.buy(2, 1, 1, 1_000, place=0, nonce=0)
    for nonce, at in ((0, "reach"), (LAST + 1, "nonce")):
        order = replace(signed.order, nonce=nonce)
        with law_without(WIDTHS):
            leg = replace(signed, order=order, signature=world.sign(order))
        refuse(world, at, "ORD-1", WIDTHS, narrow=[leg])


def test_leg_of_nothing_ORD_2_is_refused(world: World) -> None:
    """Trap 29: no lots, with and without cash."""
    refuse(world, "lots", "ORD-2", narrow=[replace(world.buy(2, 1, 1, 1_000), quantity=0, cash=0)])
    refuse(world, "lots", "ORD-2", narrow=[replace(world.sell(2, 1, 1, 1_000), quantity=0, cash=1_000)])
    refuse(world, "lots", "ORD-2", wide=[[world.buy(2, 1, 1, 1_000), replace(world.sell(2, 1, 1, 0), quantity=0)]])


def test_leg_of_negative_lots_ORD_2_is_refused(world: World) -> None:
    """A buy of -5 at -5,000 would be a sale outside every limit."""
    leg = replace(world.sell(2, 1, 5, 1_000, limit=0), quantity=-5, cash=0)
    refuse(world, "lots", "TRD-12", "ORD-2", WIDTHS, narrow=[leg])


def test_fill_beyond_the_quantity_ORD_3_is_refused(world: World) -> None:
    """At once, over two steps, and by one order in two lanes of a step (trap 32)."""
    leg = world.buy(2, 1, 60, 1_000, quantity=100, limit=1_000)
    refuse(world, "left of order", "ORD-3", narrow=[replace(leg, quantity=101, cash=101_000)])
    world = board()
    refuse(world, "left of order", "ORD-3", narrow=[leg, leg])
    world = board()
    world.trade(narrow=[leg])
    refuse(world, "left of order", "ORD-3", wide=[[replace(leg, quantity=41, cash=41_000)]])


def test_fill_counted_on_the_result_ORD_3_is_refused(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Trap 45: quantity 100, filled 60, then 100 more, kept as 160 or begun anew at 100."""
    leg = world.buy(2, 1, 60, 1_000, quantity=100, place=1, nonce=7)
    world.trade(narrow=[leg])
    again = replace(leg, quantity=100, cash=100_000)
    refuse(world, "left of order", "ORD-3", narrow=[again])
    world = board()
    world.trade(narrow=[leg])
    fresh = pack("place", filled=100, nonce=7)
    monkeypatch.setattr("rollup.spec.trade.filled", lambda stored, leg: fresh)
    refuse(world, "left of order", narrow=[again])


def test_fill_of_a_cancelled_order_ORD_3_is_refused(world: World) -> None:
    world.seat(2, {0: RICH}, places=(pack("place", filled=FULL, nonce=1), 0, 0, 0))
    leg = world.buy(2, 1, 1, 1_000, place=0, nonce=1, quantity=FULL)
    refuse(world, "left of order", "ORD-3", WIDTHS, narrow=[leg])


# -- unused legs


@pytest.mark.parametrize(("name", "at"), [("lots", "no lots"), ("cash", "no cash"), ("fee", "no fee")])
def test_unused_leg_that_moves_something_is_refused(name: str, at: str) -> None:
    refuse_changed(at, ((name, 1), 1), (("quantity", 1), 1), (("maxFee", 1), 1_000))


def test_used_leg_behind_an_unused_one_is_refused(world: World) -> None:
    """Used ones stand first: what is enabled for the first leg is enabled for all."""
    inputs = trade_inputs(world.trade(wide=[[world.buy(2, 1, 1, 1_000)]]))
    names = [name for name in inputs if name in UNUSED]
    swaps = {name: [*inputs[name][:2], inputs[name][3], inputs[name][2]] for name in names}  # type: ignore[index]
    trade().refuses({**inputs, **swaps}, *AT["used first"])


UNUSED = (
    "used", "slot", "side", "reduceOnly", "orderPlace", "orderNonce", "expiry", "limit", "maxFee", "quantity", "lots",
    "cash", "fee", "r8", "s",
)  # fmt: skip


@pytest.mark.parametrize("name", ["used", "side", "reduceOnly"])
@pytest.mark.parametrize("value", [2, -1])
@pytest.mark.parametrize("leg", [0, 1, 3])
def test_flag_that_is_neither_0_nor_1_is_refused(name: str, value: int, leg: int) -> None:
    place = (name, leg)
    template = "Lane" if name == "used" else "Leg"
    trade().refuses(changed(trade_inputs(rich_step()), (place, value)), template, f"{name}")


def test_status_that_stops_trading_is_not_the_laws_alone() -> None:
    """The law says no to all of this; a table in which no slot is open takes no leg at all."""
    halted = [replace(PERPETUAL, status=status) for status in (Status.HALTED, Status.SETTLED)]
    for instrument in halted:
        world = twins(replace(instrument, moves=()))
        world.seat(2, {0: RICH})
        with pytest.raises(Rejected):
            world.trade(narrow=[world.buy(2, 1, 1, 1_000)])
        refuse(world, "open slot", "TRD-11", narrow=[world.buy(2, 1, 1, 1_000)])
