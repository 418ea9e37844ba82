"""
From observations to inputs: medians, breakers, regimes, funding, settlement; and what a bad oracle may not move.

MKT-ORACLE-1, MKT-ORACLE-2, MKT-SURFACE-1, MKT-SURFACE-2, MKT-BREAK-1, MKT-REGIME-2, MKT-FUND-1, MKT-FUND-2,
MKT-SETTLE-1, MKT-SETTLE-2.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest
from market_books import GOVERNANCE, INPUTS, WEEK, table_of

from rollup.market.breakers import CLOSED, Trip, next_breaker, trip_of
from rollup.market.defaults import MARKET, SPOTS, START, smiling
from rollup.market.encoding import encode
from rollup.market.errors import BadInputs, BadSurface
from rollup.market.fixed import ONE
from rollup.market.funding import FundingState, accrue, premium_of
from rollup.market.median import Print, Verdict, aggregate, median
from rollup.market.oracle import Observations, OracleState, advance, genesis
from rollup.market.regime import next_level, next_variance, volatility
from rollup.market.settlement import expiry_price, next_fixing, weighted_median
from rollup.market.surface import Slice, check_surface
from rollup.market.table import check_successor
from rollup.spec.shared import Status

SOURCES = ("a", "b", "c", "d", "e")
SURFACES = {"BTC": smiling((WEEK, WEEK + 23 * 86_400), 600_000), "ETH": smiling((WEEK, WEEK + 23 * 86_400), 750_000)}
MINUTE = 60


def prints(time: int, prices: Sequence[int] | None = None, underlying: str = "BTC") -> tuple[Print, ...]:
    prices = prices or [SPOTS[underlying]] * len(SOURCES)
    return tuple(Print(source, underlying, price, time) for source, price in zip(SOURCES, prices, strict=False))


def quiet(time: int, btc: Sequence[int] | None = None, **more: object) -> Observations:
    parts = {"surfaces": SURFACES, "prints": prints(time, btc) + prints(time, None, "ETH")} | more
    return Observations(time, **parts)  # type: ignore[arg-type]


def after(*seen: Observations, state: OracleState | None = None) -> OracleState:
    state = state or genesis(INPUTS["tiny"])
    for one in seen:
        before = table_of(state.inputs, "tiny")
        state = advance(state, one, GOVERNANCE)
        check_successor(before, table_of(state.inputs, "tiny"))
    return state


def statuses(state: OracleState, underlying: str) -> set[Status]:
    return {s.status for s in state.inputs.slots if s.live and s.terms and s.terms.underlying == underlying}


def test_median_of_even_numbers_is_the_mean_of_the_middle_two() -> None:
    assert median([5, 1, 2, 4]) == 3 and median([7, 1, 3]) == 3
    with pytest.raises(BadInputs):
        median([])


def test_aggregate_with_wild_old_future_or_absurd_prints_is_not_moved() -> None:
    honest = list(prints(1_000, [100, 100, 100]))
    for bad in (
        Print("x", "BTC", 10**9, 1_000),
        Print("x", "BTC", 1, 1_000),
        Print("x", "BTC", 0, 1_000),
        Print("x", "BTC", -5, 1_000),
        Print("x", "BTC", 1 << 50, 1_000),
        Print("x", "BTC", 200, 1_001),
        Print("x", "BTC", 200, 1_000 - MARKET.oracle.max_age - 1),
    ):
        assert aggregate([*honest, bad], 1_000, MARKET.oracle) == (Verdict.AGREED, 100)


def test_aggregate_of_too_few_is_silent_and_of_a_quarrel_divided() -> None:
    assert aggregate(prints(9, [100, 100]), 9, MARKET.oracle) == (Verdict.SILENT, 0)
    assert aggregate([Print("a", "BTC", 100, 9)] * 5, 9, MARKET.oracle) == (Verdict.SILENT, 0)
    assert aggregate(prints(9, [100, 103, 106, 109, 112]), 9, MARKET.oracle) == (Verdict.DIVIDED, 0)


def test_advance_with_one_wild_source_gives_the_same_table_inputs() -> None:
    time, spot = START + MINUTE, SPOTS["BTC"]
    honest = after(quiet(time))
    for wild in (1, spot * 10, spot // 2):
        assert encode(after(quiet(time, [spot, spot, wild, spot, spot])).inputs) == encode(honest.inputs)


def test_advance_when_sources_stop_keeps_the_price_then_halts_that_underlying_alone() -> None:
    state, time = genesis(INPUTS["tiny"]), START
    for _ in range(2):
        time += MINUTE
        state = after(quiet(time, prints=prints(time, None, "ETH")), state=state)
        assert statuses(state, "BTC") == {Status.ACTIVE}
    time += MINUTE
    state = after(quiet(time, prints=prints(time, None, "ETH")), state=state)
    assert statuses(state, "BTC") == {Status.HALTED} and statuses(state, "ETH") == {Status.ACTIVE}
    assert state.inputs.by_name["BTC"].spot == SPOTS["BTC"]
    for _ in range(MARKET.breakers.pause // MINUTE):
        assert statuses(state, "BTC") == {Status.HALTED}
        time += MINUTE
        state = after(quiet(time), state=state)
    assert statuses(state, "BTC") == {Status.ACTIVE}


def test_advance_while_sources_or_signers_disagree_halts_and_moves_no_price() -> None:
    time, spot = START + MINUTE, SPOTS["BTC"]
    divided = after(quiet(time, [spot, spot * 2, spot * 3, spot * 4, spot * 5]))
    disputed = after(quiet(time, disputed=frozenset({"BTC"})))
    for state in (divided, disputed):
        assert statuses(state, "BTC") == {Status.HALTED} and state.inputs.by_name["BTC"].spot == spot


def test_advance_after_a_jump_reduces_or_halts_by_how_far_it_went() -> None:
    time, spot = START + MINUTE, SPOTS["BTC"]
    for percent, status in ((4, Status.ACTIVE), (6, Status.REDUCE_ONLY), (-6, Status.REDUCE_ONLY), (11, Status.HALTED)):
        state = after(quiet(time, [spot * (100 + percent) // 100] * 5))
        assert statuses(state, "BTC") == {status}


def test_halt_widens_every_slot_by_one_factor() -> None:
    calm = table_of(INPUTS["tiny"], "tiny")
    slots = list(INPUTS["tiny"].slots)
    slots[1] = replace(slots[1], status=Status.HALTED)
    wide = table_of(replace(INPUTS["tiny"], slots=tuple(slots)), "tiny")
    for slot in range(1, 14):
        assert wide.marks[slot].value == calm.marks[slot].value
        for before, now in zip(calm.stress, wide.stress, strict=True):
            move = before[slot] - calm.marks[slot].value
            assert now[slot] - wide.marks[slot].value == move * MARKET.breakers.halted_factor // 10**6


def test_advance_with_a_bad_surface_keeps_the_sound_one() -> None:
    time = START + MINUTE
    arbitrage = (Slice(WEEK, (2_000_000,) * 5), Slice(WEEK + 86_400, (100_000,) * 5))
    short = smiling((WEEK,), 600_000)  # does not reach the options of the month
    vast = (Slice(WEEK + (1 << 38), (10_000_000,) * 5),)
    for bad in (arbitrage, short, vast, ()):
        state = after(quiet(time, surfaces={"BTC": bad, "ETH": SURFACES["ETH"]}))
        assert state.inputs.by_name["BTC"].surface == INPUTS["tiny"].by_name["BTC"].surface
        assert statuses(state, "BTC") == {Status.ACTIVE}


def test_advance_with_a_shut_gate_leaves_nothing_active() -> None:
    state = after(quiet(START + MINUTE, gate_open=False))
    assert statuses(state, "BTC") == {Status.REDUCE_ONLY} and not table_of(state.inputs, "tiny").any_active


def test_advance_backwards_in_time_is_refused() -> None:
    for time in (START, START - 1):
        with pytest.raises(BadInputs):
            advance(genesis(INPUTS["tiny"]), quiet(time), GOVERNANCE)


def test_surface_with_static_arbitrage_is_refused() -> None:
    deltas = MARKET.oracle.deltas
    check_surface(SURFACES["BTC"], deltas, START)
    for bad in (
        (),
        (Slice(WEEK, (600_000,) * 4),),
        (Slice(WEEK, (600_000,) * 5), Slice(WEEK, (600_000,) * 5)),
        (Slice(WEEK, (2_000_000,) * 5), Slice(WEEK + 86_400, (600_000,) * 5)),
        (Slice(WEEK, (600_000, 600_000, 5_000_000, 600_000, 600_000)),),
        (Slice(START + 40_000_000, (300_000, 900_000, 900_000, 900_000, 900_000)),),  # nodes would meet later
        tuple(Slice(WEEK + day, (600_000,) * 5) for day in range(65)),
    ):
        with pytest.raises(BadSurface):
            check_surface(bad, deltas, START)
    for volatility_ in (0, 9_999, 10_000_001):
        with pytest.raises(BadSurface):
            Slice(WEEK, (volatility_,))


def test_regime_climbs_one_level_a_table_and_not_while_halted() -> None:
    rules = MARKET.regimes
    assert next_level(0, [5_000_000], False, rules) == 1
    assert next_level(0, [5_000_000], True, rules) == 0
    assert next_level(3, [5_000_000], False, rules) == 3
    assert next_level(1, [900_000], False, rules) == 1  # hysteresis
    assert next_level(1, [790_000], False, rules) == 0


def test_regime_estimate_finds_the_volatility_of_a_steady_zigzag() -> None:
    variance, price = 0, 10**12
    for step in range(600):
        after_ = price * 1001 // 1000 if step % 2 == 0 else price * 1000 // 1001
        variance, price = next_variance(variance, price, after_, 60, MARKET.regimes), after_
    assert abs(volatility(variance) - 724_600) < 1_000  # 0.09995 % a minute, √525,600 minutes
    assert next_variance(ONE, 1, 2, 0, MARKET.regimes) == ONE


def test_breaker_stays_until_quiet_and_yields_to_the_worse() -> None:
    rules = MARKET.breakers
    tripped = next_breaker(CLOSED, Trip.REDUCE, 0, rules)
    assert next_breaker(tripped, Trip.NONE, rules.pause - 1, rules) == tripped
    assert next_breaker(tripped, Trip.NONE, rules.pause, rules) == CLOSED
    worse = next_breaker(tripped, Trip.HALT, 1, rules)
    assert worse.trip is Trip.HALT and next_breaker(worse, Trip.REDUCE, 2, rules) == worse
    assert next_breaker(worse, Trip.REDUCE, 1 + rules.pause, rules).trip is Trip.REDUCE
    assert trip_of([], 0, True, rules) is Trip.HALT
    after_a_gap = [(0, 100), (10_000, 130)]
    assert trip_of(after_a_gap, 10_000, True, rules) is Trip.HALT


def test_funding_is_capped_and_signed_and_keeps_small_change() -> None:
    rules = MARKET.funding
    assert premium_of([10**9], rules) == rules.sample_cap and premium_of([-(10**9)], rules) == -rules.sample_cap
    assert premium_of([], rules) == 0
    state = FundingState()
    for _ in range(480):
        state = accrue(state, 10**9, SPOTS["BTC"], 10**6, 60, rules)
    assert 0 < state.funding <= 60 * 10**6 * rules.rate_cap // 10**6
    other = FundingState()
    for _ in range(480):
        other = accrue(other, -(10**9), SPOTS["BTC"], 10**6, 60, rules)
    assert other.funding < 0
    calm = accrue(FundingState(), 0, SPOTS["BTC"], 10**6, rules.period, rules)
    assert calm.funding == 60 * rules.interest
    jump = accrue(FundingState(), 10**9, SPOTS["BTC"], 10**6, 100 * rules.period, rules)
    assert jump.funding <= 60 * rules.rate_cap  # a long silence is paid for once
    with pytest.raises(BadInputs):
        accrue(FundingState((1 << 47) * 10**6 - 1), 10**9, SPOTS["BTC"], 10**6, rules.period, rules)
    with pytest.raises(BadInputs):
        accrue(FundingState(), 0, 1, 1, -1, rules)


def test_funding_stands_still_while_halted() -> None:
    high = {1: (5_000,)}
    trading = after(quiet(START + MINUTE, premiums=high))
    assert trading.inputs.slots[0].funding > 0
    halted = after(quiet(START + MINUTE, premiums=high, disputed=frozenset({"BTC"})))
    further = after(quiet(START + 2 * MINUTE, premiums=high), state=halted)
    assert further.inputs.slots[0].funding == halted.inputs.slots[0].funding


def test_expiry_price_ignores_what_held_for_less_than_half_of_the_window() -> None:
    rules, expiry = MARKET.settlement, WEEK
    start = expiry - rules.window
    samples = [(start + second, 100 if second < 1_000 else 10**6) for second in range(0, rules.window, 60)]
    assert expiry_price(samples, expiry, expiry, 120, rules) == 100
    assert weighted_median([(1, 5), (1, 7)]) == 5
    with pytest.raises(BadInputs):
        weighted_median([(0, 5)])


def test_expiry_price_without_coverage_falls_back_to_the_last_price_before_expiry() -> None:
    rules, expiry = MARKET.settlement, WEEK
    early = [(expiry - 3_000, 90), (expiry - 1_700, 100), (expiry + 5, 500)]
    assert expiry_price(early, expiry, expiry + 60, 120, rules) == 100
    with pytest.raises(BadInputs):
        expiry_price([(expiry + 5, 500)], expiry, expiry + 60, 120, rules)


def test_fixing_grows_by_a_step_and_keeps_its_price_after_expiry() -> None:
    rules, expiry = MARKET.settlement, WEEK
    samples = [(expiry - rules.window + second, 100) for second in range(0, rules.window, 60)]
    assert next_fixing(None, 0, samples, expiry, expiry - rules.window, 120, rules) is None
    first = next_fixing(None, 0, samples, expiry, expiry + 10, 120, rules)
    assert first is not None and (first.fixed, first.price) == (rules.step, 100)
    second = next_fixing(first, expiry + 10, [(expiry + 50_000, 900)], expiry, expiry + 60_000, 120, rules)
    assert second is not None and (second.fixed, second.price) == (2 * rules.step, 100)


def test_advance_through_expiry_settles_at_the_median_and_copies_it_for_ever() -> None:
    inputs = replace(INPUTS["tiny"], time=WEEK - 2_400)
    state, time, spot = genesis(inputs), WEEK - 2_400, SPOTS["BTC"]
    while time < WEEK + 600:
        time += MINUTE
        wobble = spot + (spot // 1_000 if time % 120 else 0)
        state = after(quiet(time, [wobble] * 5), state=state)
    future, call, put = (state.inputs.slots[slot - 1] for slot in (3, 5, 6))
    assert {future.status, call.status, put.status} == {Status.SETTLED}
    assert future.payoff in (spot // 1_000, (spot + spot // 1_000) // 1_000)
    assert call.payoff == max(0, future.payoff - 60 * 10**6) and put.payoff == max(0, 60 * 10**6 - future.payoff)
    later = after(quiet(time + MINUTE, [spot // 2] * 5), state=state)
    assert later.inputs.slots[2] == future
    assert state.inputs.slots[7].live  # the month goes on


def test_advance_to_a_closing_settles_a_perpetual_over_a_window() -> None:
    closing = START + 2_400
    state = after(quiet(START + MINUTE, closings={1: closing}))
    assert state.inputs.slots[0].status is Status.REDUCE_ONLY
    time, risks = START + MINUTE, []
    while time < closing:
        time += MINUTE
        state = after(quiet(time), state=state)
        risks.append(table_of(state.inputs, "tiny").marks[1].risk_long)
    assert state.inputs.slots[0].status is Status.SETTLED and state.inputs.slots[0].payoff == 60 * 10**6
    assert risks == sorted(risks, reverse=True) and risks[-1] == 0
    with pytest.raises(BadInputs):
        after(quiet(START + MINUTE, closings={1: START + MINUTE + 1_800}))
