"""
Properties of inputs and tables over examples: MKT-INPUT-1, MKT-INPUT-2.
"""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rollup.market.curves import Curve
from rollup.market.defaults import START, default_governance, default_inputs, smiling
from rollup.market.encoding import decode, encode
from rollup.market.errors import BadEncoding, BadInputs
from rollup.market.fixed import ONE, exp, ln
from rollup.market.inputs import Fixing, Inputs
from rollup.market.pricer import moneyness, undiscounted
from rollup.market.settlement import weighted_median
from rollup.market.table import build_table
from rollup.spec.errors import TableBound
from rollup.spec.shared import PROFILES, Status

GOVERNANCE = default_governance()
SMALL = PROFILES["small"]
BLANK = default_inputs(SMALL, GOVERNANCE)
WEEK = BLANK.slots[2].expiry


@st.composite
def markets(draw: st.DrawFn) -> Inputs:
    """The default market at other prices, volatilities, times, regimes, statuses, fundings and fixings."""
    time = draw(st.integers(START, WEEK - 1))
    underlyings = []
    for of in BLANK.underlyings:
        spot = max(1, of.spot * draw(st.integers(1, 10_000)) // 1_000)
        curve = Curve(((START, draw(st.integers(-200_000, 200_000))), (WEEK, draw(st.integers(-200_000, 200_000)))))
        surface = smiling(tuple(part.expiry for part in of.surface), draw(st.integers(50_000, 4_000_000)))
        fixed = draw(st.integers(0, 999_999))
        fixings = (Fixing(WEEK, fixed, max(1, spot * draw(st.integers(900, 1_100)) // 1_000)),) if fixed % 2 else ()
        underlyings.append(replace(of, spot=spot, carry=curve, surface=surface, fixings=fixings))
    live = st.sampled_from([Status.ACTIVE, Status.REDUCE_ONLY, Status.HALTED, Status.SETTLED])
    slots = []
    for slot in BLANK.slots:
        if slot.terms is None:
            slots.append(slot)
            continue
        status = draw(live)
        payoff = draw(st.integers(0, (1 << 40) - 1)) if status is Status.SETTLED else 0
        slots.append(replace(slot, status=status, payoff=payoff, funding=draw(st.integers(-(1 << 40), 1 << 40))))
    return replace(BLANK, time=time, regime=draw(st.integers(0, 3)), underlyings=tuple(underlyings), slots=tuple(slots))


@given(markets())
def test_decode_of_encoded_inputs_rebuilds_the_table_bit_for_bit(inputs: Inputs) -> None:
    again = decode(encode(inputs))
    assert again == inputs
    assert build_table(again, GOVERNANCE, SMALL) == build_table(inputs, GOVERNANCE, SMALL)


@given(markets(), st.data())
def test_decode_of_damaged_bytes_is_refused_or_says_something_else(inputs: Inputs, data: st.DataObject) -> None:
    good = encode(inputs)
    place = data.draw(st.integers(0, len(good) - 1))
    bad = bytearray(good)
    bad[place] ^= data.draw(st.integers(1, 255))
    for damaged in (bytes(bad), good[:place], good + b"\0"):
        try:
            other = decode(damaged)
        except BadEncoding:
            continue
        assert other != inputs and encode(other) == damaged


@given(st.binary(max_size=200))
def test_decode_of_rubbish_is_refused_with_its_bytes(rubbish: bytes) -> None:
    with pytest.raises(BadEncoding):
        decode(rubbish)


@given(markets())
def test_build_from_sound_inputs_keeps_every_bound(inputs: Inputs) -> None:
    """RiskTable checks them; beyond that: options are worth less than what they are on, and settled slots one value."""
    table = build_table(inputs, GOVERNANCE, SMALL)
    for number, slot in enumerate(inputs.slots, start=1):
        mark = table.marks[number]
        assert (mark.status, mark.listing, mark.funding) == (slot.status, slot.listing, slot.funding)
        if slot.status is Status.SETTLED:
            assert {row[number] for row in table.rows} == {slot.payoff - slot.funding}
        elif slot.terms is not None and slot.terms.kind == "put":
            assert mark.price <= slot.terms.of_lot(slot.terms.strike << 24) * 3


@given(markets(), st.integers(1, 14))
def test_halt_of_any_slot_changes_no_mark(inputs: Inputs, number: int) -> None:
    slots = list(inputs.slots)
    if not slots[number - 1].live:
        return
    slots[number - 1] = replace(slots[number - 1], status=Status.HALTED)
    before = build_table(inputs, GOVERNANCE, SMALL)
    after = build_table(replace(inputs, slots=tuple(slots)), GOVERNANCE, SMALL)
    assert before.values(0) == after.values(0)


@given(
    st.integers(10**6, 10**14),
    st.integers(1 << 50, 1 << 62),
    st.integers(0, 5 * ONE),
    st.integers(0, 5 * ONE),
    st.booleans(),
)
def test_price_rises_with_uncertainty_and_stays_within_its_bounds(
    forward: int, ratio: int, one: int, other: int, call: bool
) -> None:
    strike = max(1, forward * ratio // ONE)
    low, high = sorted((one, other))
    k, log = moneyness(forward, strike)
    cheap, dear = (undiscounted(k, log, deviation, call) for deviation in (low, high))
    slack = 1 << 14  # rounding, in 2^-56 of the forward
    assert cheap <= dear + slack
    assert max(0, ONE - k if call else k - ONE) <= cheap <= (ONE if call else k) + slack


@given(st.integers(1 << 40, 1 << 72))
def test_exponential_of_a_logarithm_is_where_it_began(x: int) -> None:
    assert abs(exp(ln(x)) - x) <= (x >> 48) + 8


@given(st.lists(st.tuples(st.integers(1, 1_000), st.integers(1, 10**12)), min_size=1, max_size=40), st.data())
def test_weighted_median_is_not_moved_beyond_the_rest_by_less_than_half(
    honest: list[tuple[int, int]], data: st.DataObject
) -> None:
    weight = sum(part for part, _ in honest)
    wild = (data.draw(st.integers(1, max(1, weight - 1))), data.draw(st.integers(1, 10**15)))
    if wild[0] < weight:
        prices = [price for _, price in honest]
        assert min(prices) <= weighted_median([*honest, wild]) <= max(prices)


def test_build_of_a_price_beyond_forty_bits_is_refused() -> None:
    of = replace(BLANK.underlyings[0], spot=(1 << 50) - 1)
    with pytest.raises(TableBound):
        build_table(replace(BLANK, underlyings=(of, BLANK.underlyings[1])), GOVERNANCE, SMALL)


def test_inputs_that_contradict_themselves_are_refused() -> None:
    slot = BLANK.slots[0]
    for make in (
        lambda: replace(BLANK, underlyings=BLANK.underlyings[::-1]),
        lambda: replace(BLANK, underlyings=BLANK.underlyings[:1]),
        lambda: replace(BLANK, time=1 << 40),
        lambda: replace(BLANK, regime=256),
        lambda: replace(slot, status=Status.EMPTY),
        lambda: replace(slot, payoff=1),
        lambda: replace(slot, listing=0),
        lambda: replace(slot, funding=1 << 47),
        lambda: replace(BLANK.slots[4], closing=START),
        lambda: replace(BLANK.underlyings[0], spot=0),
        lambda: Fixing(WEEK, 1_000_001, 1),
        lambda: Curve(()),
        lambda: Curve(((1, 0), (1, 0))),
        lambda: Curve(((1, 1_000_001),)),
    ):
        with pytest.raises(BadInputs):
            make()
