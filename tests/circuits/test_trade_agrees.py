"""
Whatever the law accepts has a witness whose public inputs are the law's: kinds of steps, and every number at its edge.

Each edge here is one notch inside of a refusal in test_trade_refuses.py.
"""

from __future__ import annotations

from dataclasses import replace

import pytest
from support.partial_law import law_without
from support.spec_builders import NOW, PERPETUAL, Instrument, Trader, World, table_of
from support.spec_values import PARAMETERS, element
from support.step_witness import changed
from support.trade_worlds import RICH, Act, accept, agrees, board, rich_step, trade, twins

from prover.reference.babyjubjub import SUBGROUP_ORDER
from prover.reference.field import R
from prover.types import Signature
from rollup.spec.orders import FULL, NONCE_REACH
from rollup.spec.shared import Side, Status
from rollup.spec.step import apply
from rollup.spec.trade import Lane
from rollup.spec.words import pack
from rollup.witness.trade import trade_inputs

pytest.importorskip("zkclear_native", reason="the native extension is not built: install Rust, make setup")

LAST = (1 << 40) - 1
"""The largest nonce, and the largest quantity."""


# -- kinds of lanes and steps

KINDS: dict[str, Act] = {
    "something of everything": rich_step,
    "nothing but decoys": lambda w: w.trade(),
    "narrow lanes buy and sell": lambda w: w.trade(narrow=[w.sell(2, 1, 40, 1_000), w.buy(3, 1, 10, 1_000)]),
    "one leg in a wide lane": lambda w: w.trade(wide=[[w.buy(2, 15 - 9, 3, 990, listing=7)]]),
    "two legs at distinct places": lambda w: w.trade(wide=[[w.buy(2, 1, 3, 1_000, place=3), w.sell(2, 6, 2, 980)]]),
    "two legs in one slot": lambda w: w.trade(wide=[[w.buy(2, 1, 3, 1_000), w.sell(2, 1, 5, 1_000)]]),
    "reduce-only by flag to nothing": lambda w: w.trade(wide=[[w.sell(4, 1, 10, 1_000, reduce_only=True)]]),
    "reduce-only by status": lambda w: w.trade(wide=[[w.sell(4, 2, 4, 500)]]),
    "reduce-only by both, in two legs": lambda w: w.trade(
        wide=[[w.sell(4, 2, 6, 500, reduce_only=True), w.sell(4, 2, 4, 500)]]
    ),
    "opens, then reduces what it opened": lambda w: w.trade(
        wide=[[w.sell(2, 1, 6, 1_000), w.buy(2, 1, 6, 1_000, reduce_only=True)]]
    ),
    "settled position swept in a decoy": lambda w: w.trade(wide=[Lane(4)]),
    "halted position beside a trade": lambda w: w.trade(wide=[[w.buy(4, 6, 1, 990, listing=7)]]),
    "one account in every lane (trap 33)": lambda w: w.trade(
        narrow=[w.buy(2, 1, 10, 1_000), w.sell(2, 1, 4, 1_000)],
        wide=[[w.buy(2, 6, 1, 990, listing=7), w.sell(2, 1, 1, 1_000)]],
    ),
    "one account as a decoy in every lane": lambda w: w.trade(narrow=[Lane(3), Lane(3)], wide=[Lane(3)]),
    "narrow decoys of an account under water": lambda w: w.trade(narrow=[Lane(5)], wide=[Lane(5)]),
    "no price at all": lambda w: w.trade(narrow=[w.sell(2, 5, 7, 0), w.buy(3, 5, 7, 0)]),
    "a wide lane that ends below initial margin": lambda w: w.trade(wide=[[w.sell(5, 1, 40, 1_000)]]),
    "fees beside funding": lambda w: w.trade(narrow=[w.buy(2, 6, 50, 990, fee=49, listing=7)]),
}


@pytest.mark.parametrize("kind", KINDS)
def test_step_that_the_law_accepts_has_a_witness(kind: str) -> None:
    accept(KINDS[kind](board()))


@pytest.mark.parametrize("index", [64, 66, 511])
def test_step_in_another_district_has_a_witness(index: int) -> None:
    world = board()
    world.seat(index, {0: RICH})
    accept(world.trade(wide=[Lane(index)]))
    accept(world.trade(narrow=[world.buy(index, 1, 3, 1_000)]))


def test_first_account_alone_in_its_district_has_a_witness() -> None:
    """Trap 43 (must work)."""
    world = World()
    world.join("first", 5_000, index=64)
    accept(world.trade(narrow=[world.buy(64, 1, 1, 1_000)]))


def test_steps_of_one_batch_take_up_what_the_last_one_left() -> None:
    """Open, blinded, both signs, with fees; then closed again, where all of it is zero."""
    world = board()
    accept(world.trade(narrow=[world.buy(2, 1, 9, 1_000, fee=5), world.sell(3, 6, 4, 990, listing=7)]))
    assert world.suspense.vector[1] < 0 < world.suspense.vector[6] and world.suspense.fees == 5
    accept(world.trade(wide=[[world.sell(4, 1, 9, 1_000), world.buy(4, 6, 4, 990, listing=7)]]))
    assert not any(world.suspense.vector) and world.suspense.blind


def test_account_that_shares_a_view_key_and_step_sealed_again_repeat_no_keystream() -> None:
    """Trap 24: two accounts of one owner, in one step; no word of keystream is used twice."""
    world = board()
    world.seat(6, {0: RICH}, "alice")
    applied = world.trade(narrow=[world.buy(2, 1, 1, 1_000), world.buy(6, 1, 1, 1_000)], wide=[Lane(2)])
    accept(applied)
    frame = replace(applied.step.frame, salt=element("another attempt"))
    resealed = apply(replace(applied.step, frame=frame), applied.before, applied.suspense_before, applied.table)
    accept(resealed)
    streams = [
        (word - plain) % R
        for step in (applied, resealed)
        for touch in step.touches
        for word, plain in zip(touch.ciphertexts, touch.plaintexts, strict=True)
    ]
    assert len(set(streams)) == len(streams) == 8


# -- numbers at their edges


def places(*first: int) -> tuple[int, ...]:
    return (*first, *(0,) * (4 - len(first)))


@pytest.mark.parametrize(
    ("stored", "nonce", "quantity"),
    [
        (0, 0, 1),
        (0, NONCE_REACH - 1, 1),
        (pack("place", filled=0, nonce=9), 9 + NONCE_REACH - 1, 1),
        (pack("place", filled=5, nonce=9), 9 + NONCE_REACH, 1),
        (pack("place", filled=FULL, nonce=9), 10, FULL),
        (pack("place", filled=FULL, nonce=LAST - 1), LAST, 4),
        (pack("place", filled=3, nonce=LAST), LAST, 4),
        (pack("place", filled=60, nonce=7), 7, 61),
        (pack("place", filled=FULL - 1, nonce=7), 7, FULL),
        (pack("place", filled=0, nonce=7), 7, 1),
    ],
)
def test_fill_at_an_edge_of_its_place_has_a_witness(stored: int, nonce: int, quantity: int) -> None:
    """The first nonce, the furthest (a filled place lends it one more), a cancelled place, the last, continued ones."""
    world = board()
    world.seat(2, {0: RICH}, places=places(stored, 1, 2, 3))
    accept(world.trade(narrow=[world.buy(2, 1, 1, 1_000, place=0, nonce=nonce, quantity=quantity)]))
    world.seat(3, {0: RICH}, places=places(0, 0, 0, stored))
    leg = world.buy(3, 1, 1, 1_000, place=3, nonce=nonce, quantity=quantity)
    accept(world.trade(wide=[[leg, world.buy(3, 1, 1, 1_000, place=0)]]))


def test_order_filled_in_parts_has_witnesses() -> None:
    """Within a step, over steps, to the last lot; then anew under a fresh nonce."""
    world = board()
    leg = world.buy(2, 1, 60, 1_000, quantity=200, limit=1_000)
    parts = [replace(leg, quantity=lots, cash=lots * 1_000) for lots in (60, 39, 1, 100)]
    accept(world.trade(narrow=parts[:2], wide=[[parts[2]]]))
    accept(world.trade(wide=[[parts[3]]]))
    assert world.place(2, leg.order.place) == {"filled": 200, "nonce": leg.order.nonce}
    accept(world.trade(narrow=[world.buy(2, 1, 3, 1_000, place=leg.order.place)]))
    assert world.place(2, leg.order.place)["filled"] == 3


def test_largest_quantity_and_limit_have_a_witness() -> None:
    world = board()
    world.seat(2, {0: 200 * LAST})
    accept(world.trade(narrow=[world.buy(2, 1, LAST, 1_000, limit=LAST, max_fee_ppm=65_535)]))
    assert world.held(2, 1) == LAST


def test_largest_cash_has_a_witness() -> None:
    """2^80 - 1 for lots that are worth nearly as much."""
    world = twins(Instrument(LAST))
    world.seat(2, {0: 1 << 60})
    accept(world.trade(narrow=[world.leg(2, 1, Side.SELL, LAST, (1 << 80) - 1, limit=0)]))


def test_largest_fee_has_a_witness() -> None:
    world = World(table_of(Instrument(1 << 39), parameters=replace(PARAMETERS, fee_cap=65_535)))
    world.seat(2, {0: 1 << 63})
    accept(world.trade(narrow=[world.buy(2, 1, 1 << 21, 1 << 39, fee=(1 << 56) - 1, max_fee_ppm=65_535)]))


@pytest.mark.parametrize("max_fee_ppm", [0, 1, 999, 1_000, 1_001, 65_535])
def test_fee_at_the_lower_of_both_rates_has_a_witness(max_fee_ppm: int) -> None:
    world = board()
    allowed = min(max_fee_ppm, 1_000) * 30_999 // 1_000_000
    leg = world.leg(2, 1, Side.BUY, 30, 30_999, fee=allowed, max_fee_ppm=max_fee_ppm)
    accept(world.trade(narrow=[leg]))
    assert world.suspense.fees == allowed


@pytest.mark.parametrize("expiry", [NOW, NOW + 1, NOW + LAST])
def test_expiry_at_its_edges_has_a_witness(expiry: int) -> None:
    world = board()
    accept(world.trade(narrow=[world.buy(2, 1, 1, 1_000, expiry=expiry)]))


@pytest.mark.parametrize("time", [0, LAST])
def test_table_at_the_edges_of_time_has_a_witness(time: int) -> None:
    world = World(table_of(PERPETUAL, time=time))
    world.seat(2, {0: RICH})
    accept(world.trade(narrow=[world.buy(2, 1, 1, 1_000, expiry=time + LAST)]))


@pytest.mark.parametrize(("side", "limit"), [(Side.BUY, 1_000), (Side.SELL, 1_000), (Side.BUY, LAST), (Side.SELL, 0)])
def test_price_at_the_limit_and_far_better_has_a_witness(side: Side, limit: int) -> None:
    world = board()
    accept(world.trade(narrow=[world.leg(2, 1, side, 30, 30_000, limit=limit)]))


def test_value_that_ends_at_exactly_zero_has_a_witness() -> None:
    """Initial margin in a narrow lane, equity in a wide one (trap 8 at its edge), worst scenario where it was."""
    world = board()
    world.seat(2, {0: 1_000})
    accept(world.trade(narrow=[world.buy(2, 1, 10, 1_000)]))
    assert min(world.values(2)) == 0
    accept(world.trade(wide=[[world.sell(5, 1, 100, 960)]]))
    assert world.equity(5) == 0


@pytest.mark.parametrize("clause", [Side.BUY, Side.SELL], ids=["long", "short"])
@pytest.mark.parametrize("equity", [4_000, -1_000])
def test_wide_lane_on_both_sides_of_the_close_rule_agrees_with_the_law(clause: Side, equity: int) -> None:
    """40 of 100 lots given up at every price that matters, from a gift to a theft, in debt and out of it."""
    verdicts = []
    for worse in (-30, -1, 0, 1, 24, 25, 26, 50, 51, 100, 101):
        world = twins(PERPETUAL)
        sign = 1 if clause is Side.BUY else -1
        world.seat(2, {0: equity - sign * 100_000, 1: sign * 100})
        leg = world.leg(2, 1, Side(1 - clause), 40, 40 * (1_000 - sign * worse))
        verdicts.append(agrees(world, wide=[[leg]]))
    assert verdicts == sorted(verdicts, reverse=True) and True in verdicts and False in verdicts


def test_values_at_the_width_of_the_checks_have_witnesses() -> None:
    world = twins(PERPETUAL)
    world.seat(2, {0: (1 << 64) - 101})
    accept(world.trade(narrow=[world.buy(2, 1, 1, 1_000)]))
    assert max(world.values(2)) == (1 << 64) - 1
    world.seat(2, {0: 1 << 80, 1: 1})
    accept(world.trade(wide=[[world.sell(2, 1, 1, 1_000)]]))
    assert min(world.values(2)) > 1 << 79
    world.seat(3, {0: -(1 << 70)})
    accept(world.trade(wide=[[world.sell(3, 1, 1, 1_100)]]))


@pytest.mark.parametrize("funding", [(1 << 47) - 1, -(1 << 47) + 1 + (1 << 40)])
@pytest.mark.parametrize("price", [0, LAST])
def test_values_and_funding_at_their_bounds_have_a_witness(funding: int, price: int) -> None:
    world = twins(Instrument(price, funding=funding))
    world.seat(2, {0: 1 << 62})
    accept(world.trade(wide=[[world.buy(2, 1, 9, price), world.sell(2, 1, 4, price)]]))
    assert world.equity(2) == 1 << 62


@pytest.mark.parametrize("lots", [(1 << 103) - 1, -(1 << 103) + 1])
def test_positions_at_their_bound_are_swept_and_hashed(lots: int) -> None:
    """No margin test in a decoy: what fits no check still has a witness."""
    world = twins(Instrument(1 << 39, status=Status.SETTLED), PERPETUAL)
    world.seat(3, {0: 1 << 150})
    world.seat(2, {0: -(1 << 140), 1: lots, 2: -lots})
    accept(world.trade(wide=[Lane(2)]))
    assert world.held(2, 1) == 0
    assert world.held(2, 0) == -(1 << 140) + (lots << 39)
    accept(world.trade(narrow=[Lane(2)]))


def test_last_slot_and_largest_listing_have_a_witness() -> None:
    listing = (1 << 32) - 1
    world = World(table_of(*[None] * 14, replace(PERPETUAL, listing=listing)))
    world.seat(2, {0: RICH})
    accept(world.trade(narrow=[world.buy(2, 15, 1, 1_000)]))
    assert world.held(2, 15) == 1


def test_touch_before_the_last_has_a_witness() -> None:
    world = board()
    world.seat(2, {0: RICH}, nonce=LAST - 1, owner_nonce=LAST)
    accept(world.trade(narrow=[world.buy(2, 1, 1, 1_000)]))
    assert world.account(2).nonce == LAST


def test_scalar_of_a_signature_plus_the_order_changes_nothing() -> None:
    """Trap 30: law and circuit take it alike, with the same public inputs."""
    world = board()
    leg = world.buy(2, 1, 1, 1_000)
    greater = Signature(leg.signature.r8, leg.signature.s + SUBGROUP_ORDER)
    applied = world.trade(narrow=[replace(leg, signature=greater)])
    inputs = trade_inputs(applied)
    accept(applied)
    accept(applied, s=[leg.signature.s + 2 * SUBGROUP_ORDER, *inputs["s"][1:]])  # type: ignore[index]


def test_account_of_a_rotated_owner_has_a_witness() -> None:
    """Trap 46 (must work): the new key signs; the old one does not."""
    world = board()
    world.end_batch()
    stolen = world.buy(2, 1, 1, 1_000)
    world.funds(world.rotate(2))
    accept(world.trade(narrow=[world.buy(2, 1, 1, 1_000)]))
    assert world.traders[2] == Trader("alice", 1)
    with law_without("TRD-17"):
        applied = world.trade(narrow=[stolen])
    assert not trade().satisfied(trade_inputs(applied))


def test_public_wires_are_the_inputs_in_the_verifiers_order() -> None:
    """Twelve of them, each bound: one more or less and there is no witness."""
    applied = rich_step()
    inputs = trade_inputs(applied)
    assert trade().compiled.header.public == trade().compiled.header.public_inputs == 12
    assert list(inputs)[:12] == list(trade().compiled.circuit.public)
    for name in trade().compiled.circuit.public:
        value = inputs[name]
        assert isinstance(value, int)
        assert not trade().satisfied(changed(inputs, ((name,), value + 1))), name
