"""
Templates of circuits/lib that the steps are made of, each alone: held to the law, and to provers who lie about a hint.

`dishonest` compiles a template whose program gives another hint and recomputes everything behind it; its constraints
are those of the honest one, byte for byte. Whatever it gets accepted must be what the law accepts.
"""

from __future__ import annotations

import random

import pytest
from support.spec_builders import PARAMETERS, Trader
from support.spec_values import DOMAIN, NOW, order
from support.step_witness import alone, dishonest

from prover.reference.field import R
from rollup.spec.errors import Refusal
from rollup.spec.hashes import field, shifted, signed
from rollup.spec.margin import check_close_rule
from rollup.spec.orders import FULL, NONCE_REACH, Leg, filled
from rollup.spec.shared import Side, Width
from rollup.spec.table import MILLION
from rollup.spec.words import pack
from rollup.witness.common import fields

pytest.importorskip("zkclear_native", reason="the native extension is not built: install Rust, make setup")

RANGE, LEG, MARGIN = "lib/range.circom", "lib/leg.circom", "lib/margin.circom"


# -- numbers


@pytest.mark.parametrize("bits", [5, 253])
def test_bits_of_a_number_are_its_own_and_no_other_number_has_any(bits: int) -> None:
    template = alone(RANGE, "Bits", bits)
    for value in {0, 1, (1 << bits) - 1, 1 << bits - 1, 5 % (1 << bits)}:
        assert template.outputs({"in": value}) == {"bit": [value >> i & 1 for i in range(bits)]}
    for value in (1 << bits, R - 1, R - (1 << bits - 1)):
        assert not template.satisfied({"in": value})


def test_number_is_zero_or_it_is_not_whatever_the_inverse() -> None:
    honest = alone(RANGE, "IsZero")
    assert [honest.outputs({"in": value})["out"] for value in (0, 1, R - 1, 1 << 200)] == [1, 0, 0, 0]
    for lie in ("0", "7"):
        liar = dishonest(RANGE, "IsZero", hint="in != 0 ? 1 / in : 0", instead=lie)
        assert liar.outputs({"in": 0}) == {"out": 1}
        assert not liar.satisfied({"in": 5})
    nonzero = alone(RANGE, "Nonzero")
    assert [nonzero.satisfied({"in": value}) for value in (0, 1, R - 1)] == [False, True, True]
    assert not dishonest(RANGE, "Nonzero", hint="in != 0 ? 1 / in : 0", instead="7").satisfied({"in": 0})


def test_one_hot_selects_its_index_and_none_outside() -> None:
    template = alone(RANGE, "OneHot", 4, 1)
    for index in (1, 2, 3, 4):
        assert template.outputs({"enabled": 1, "index": index})["selector"] == [int(i == index) for i in range(1, 5)]
    for index in (0, 5, R - 1, 1 << 100):
        assert not template.satisfied({"enabled": 1, "index": index})
        assert template.outputs({"enabled": 0, "index": index})["selector"] == [0] * 4


@pytest.mark.parametrize("weights", ["(i == 0) * 2 - (i == 1)", "(i == 0) + (i == 1) - (i == 3)", "0"])
def test_free_weights_instead_of_one_selector_are_refused(weights: str) -> None:
    """Trap 29: weights that sum to one could make any scenario the worst before."""
    liar = dishonest(RANGE, "OneHot", 4, 1, hint="index == first + i ? enabled : 0", instead=weights)
    for index in (0, 1, 3, 4, 5):
        assert not liar.satisfied({"enabled": 1, "index": index})


def test_at_least_or_positive_is_the_rule_whichever_the_prover_picks() -> None:
    """value ≥ min(0, bound), in eight bits."""
    honest = alone(RANGE, "AtLeastOrPositive", 8)
    hint = "(value >> bits) == 0 ? 0 : 1"
    liars = [dishonest(RANGE, "AtLeastOrPositive", 8, hint=hint, instead=lie) for lie in ("0", "1", "2")]
    for value in (-300, -256, -255, -20, -1, 0, 1, 20, 255, 256, 300):
        for bound in (-400, -255, -20, -1, 0, 1, 20, 255, 300):
            inputs = {"enabled": 1, "value": field(value), "bound": field(bound)}
            law = any(0 <= candidate < 256 for candidate in (value, value - bound))
            made = honest.result(inputs)
            assert made == ({"below": int(not 0 <= value < 256)} if law else None)
            if value < min(0, bound):
                assert not any(liar.satisfied(inputs) for liar in liars)
    for template in (honest, *liars[:2]):
        assert template.satisfied({"enabled": 0, "value": R - 300, "bound": 7})
    assert not any(liar.satisfied({"enabled": 0, "value": 1, "bound": 1}) for liar in liars[2:])


# -- the place


def fills() -> list[tuple[int, int, int, int]]:
    """Stored place, nonce, quantity and lots: edges of all of them, and numbers around them."""
    chance = random.Random(5)
    last = (1 << 40) - 1
    cases = []
    for nonce in (0, 1, 7, NONCE_REACH, last):
        for done in (0, 1, 60, FULL):
            for ahead in (0, 1, -1, NONCE_REACH - 1, NONCE_REACH, NONCE_REACH + 1):
                quantity = chance.choice([1, 60, 61, 100, FULL])
                cases.append((pack("place", filled=done, nonce=nonce), nonce + ahead, quantity, chance.choice([1, 40])))
    return [case for case in cases if 0 <= case[1] <= last]


def law_of_fill(stored: int, nonce: int, quantity: int, lots: int) -> int | None:
    leg = Leg(order(2, 1, Side.BUY, quantity, 1, nonce=nonce), Trader("alice").sign_order(0), lots, 0)
    try:
        return filled(stored, leg)
    except Refusal:
        return None


@pytest.mark.parametrize("lie", [None, "(stored >> BITS_QUANTITY()) == nonce ? 0 : 1", "2"])
def test_fill_is_the_laws_even_if_the_prover_lies_about_going_on(lie: str | None) -> None:
    """ORD-1, ORD-3, trap 45: an order begun anew, or gone on with, where it is not."""
    honest = alone(LEG, "Fill")
    hint = "(stored >> BITS_QUANTITY()) == nonce ? 1 : 0"
    template = honest if lie is None else dishonest(LEG, "Fill", hint=hint, instead=lie)
    accepted = 0
    for stored, nonce, quantity, lots in fills():
        made = template.result({"stored": stored, "nonce": nonce, "quantity": quantity, "lots": lots})
        law = law_of_fill(stored, nonce, quantity, lots)
        accepted += made is not None
        if lie is None or made is not None:
            assert made == (None if law is None else {"out": law}), (stored, nonce, quantity, lots)
    assert accepted > 20 if lie is None else accepted < 20


# -- margin


def books() -> list[tuple[tuple[int, ...], tuple[int, ...]]]:
    """Values before and after, mostly near a clause's edge."""
    chance = random.Random(6)
    cases = []
    for _ in range(150):
        before = tuple(chance.choice([0, 1, -1, 40, -40, 100, -100, chance.randint(-90, 90)]) for _ in range(3))
        shift = chance.choice([0, 0, 1, -1, 3, -3])
        moves = [chance.choice([0, 0, 0, 1, -1, 2, -4, 30]) for _ in range(3)]
        cases.append((before, tuple(value + shift + move for value, move in zip(before, moves, strict=True))))
    return [*cases, ((4_000, -6_000, 0), (0, -6_000, 0)), ((4_000, -6_000, 0), (4_000, -2_000, 0))]


def law_of_margin(before: tuple[int, ...], after: tuple[int, ...], excused: bool) -> bool:
    try:
        check_close_rule(before, after, PARAMETERS, Width.TRADED, excused=excused)
    except Refusal:
        return False
    return True


LIES = {
    "the scenario": [("least", lie) for lie in ("0", "(least + 1) % 3", "3")],
    "the floor": [("lowest", lie) for lie in ("lowest - 1", "lowest + 1", "after[0]")],
}


@pytest.mark.parametrize("excused", [True, False])
def test_close_rule_is_the_laws(excused: bool) -> None:
    template = alone(MARGIN, "CloseRule", 3, Width.TRADED, int(excused))
    verdicts = []
    for before, after in books():
        verdicts.append(law_of_margin(before, after, excused))
        assert template.satisfied(margin_inputs(before, after)) == verdicts[-1], (before, after)
        assert template.satisfied({**margin_inputs(before, after), "enabled": 0})
    assert 20 < verdicts.count(True) < 130


@pytest.mark.parametrize(("hint", "lie"), [pair for pairs in LIES.values() for pair in pairs])
def test_close_rule_lets_nothing_more_pass_for_a_lie(hint: str, lie: str) -> None:
    """MGN-2 to MGN-5 with another scenario s*, or another floor u: at best what the law accepts."""
    liar = dishonest(MARGIN, "CloseRule", 3, Width.TRADED, 1, hint=hint, instead=lie)
    for before, after in books()[::3]:
        assert not liar.satisfied(margin_inputs(before, after)) or law_of_margin(before, after, True), (before, after)


def margin_inputs(before: tuple[int, ...], after: tuple[int, ...]) -> dict[str, object]:
    return {
        "enabled": 1, "before": fields(before), "after": fields(after),
        "maintenance": PARAMETERS.maintenance, "closeOut": PARAMETERS.close_out,
    }  # fmt: skip


def test_none_negative_holds_every_scenario_to_its_width() -> None:
    template = alone(MARGIN, "NoneNegative", 3, 64)
    for value, fits in ((0, True), ((1 << 64) - 1, True), (1 << 64, False), (-1, False), (-(1 << 64), False)):
        for place in range(3):
            values = [5, 5, 5]
            values[place] = field(value)
            assert template.satisfied({"enabled": 1, "value": values}) == fits
            assert template.satisfied({"enabled": 0, "value": values})


# -- a leg


def leg_inputs(leg: Leg, fee_cap: int) -> dict[str, object]:
    """A leg as `Leg(4, 2)` takes it: slot 1 of listing 1, nothing held, empty places."""
    key = Trader("alice").owner.trading_key
    points = alone("lib/signature.circom", "KeyPointsIf").outputs(
        {"enabled": 1, "key": [*key], "shifted": [*shifted(key)]}
    )
    signed_order = leg.order
    return {
        **points, "used": 1, "domain": DOMAIN, "account": 2, "time": NOW, "feeCap": fee_cap, "key": [*key],
        "listing": [0, 1, 2, 3], "reducing": [0] * 4, "held": [0, 9, 0, 0], "stored": [0, 0],
        "slot": signed_order.slot, "side": signed_order.side.value, "reduceOnly": int(signed_order.reduce_only),
        "place": signed_order.place, "nonce": signed_order.nonce, "expiry": signed_order.expiry,
        "limit": signed_order.limit, "maxFee": signed_order.max_fee_ppm, "quantity": signed_order.quantity,
        "lots": leg.quantity, "cash": leg.cash, "fee": leg.fee, "r8": [*leg.signature.r8], "s": leg.signature.s,
    }  # fmt: skip


def signed_leg(side: Side, max_fee: int, fee: int) -> Leg:
    made = order(2, 1, side, 30, 1_000, max_fee_ppm=max_fee, place=1)
    return Leg(made, Trader("alice").sign_order(made.message(DOMAIN)), 30, 30_000, fee)


@pytest.mark.parametrize("side", Side)
def test_leg_alone_says_what_the_law_says(side: Side) -> None:
    leg = signed_leg(side, 1_000, 30)
    made = alone(LEG, "Leg", 4, 2).outputs(leg_inputs(leg, 1_000))
    assert made["word"] == leg.word()
    assert (made["slotSelector"], made["placeSelector"]) == ([0, 1, 0, 0], [0, 1])
    assert [signed(value) for value in made["change"]] == [0, leg.sign * 30, 0, 0]
    assert signed(made["signedCash"]) == leg.sign * 30_000
    assert made["placeChange"] == filled(0, leg)


@pytest.mark.parametrize("lie", ["feeCap < maxFee ? 0 : 1"])
def test_leg_takes_no_higher_fee_for_a_lie_about_the_lower_rate(lie: str) -> None:
    """TRD-14: the signed rate and governance's cap, whichever is lower."""
    honest, liar = alone(LEG, "Leg", 4, 2), dishonest(LEG, "Leg", 4, 2, hint="feeCap < maxFee ? 1 : 0", instead=lie)
    for max_fee, cap in ((500, 1_000), (2_000, 1_000), (1_000, 1_000)):
        allowed = min(max_fee, cap) * 30_000 // MILLION
        for fee in (allowed, allowed + 1, max(max_fee, cap) * 30_000 // MILLION):
            inputs = leg_inputs(signed_leg(Side.BUY, max_fee, fee), cap)
            assert honest.satisfied(inputs) == (fee == allowed)
            assert not liar.satisfied(inputs) or fee == allowed
