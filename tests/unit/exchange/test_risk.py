"""
Greeks against tables built anew from moved inputs and against Black-Scholes; standings against the law's own tests.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rollup.exchange.greeks import DAY, LotGreeks, lot_greeks, net_greeks
from rollup.exchange.risk import AccountRisk, HouseRisk, SlotRisk, Standing, account_risk, funding_paid, house_risk
from rollup.market.curves import flat_curve
from rollup.market.defaults import START, default_governance, default_inputs
from rollup.market.errors import BadInputs
from rollup.market.fixed import ONE, PPM, divide, exp, from_ppm, ln, multiply, sqrt, years
from rollup.market.inputs import Fixing, Inputs, SlotInputs
from rollup.market.instruments import LOT_UNIT
from rollup.market.pricer import Greeks, greeks
from rollup.market.surface import Slice, flat, smile_of
from rollup.market.table import build_table
from rollup.spec.errors import Rejected
from rollup.spec.margin import check_initial, sweep, values_of, violates, weighted
from rollup.spec.shared import PROFILES, Status
from rollup.spec.table import MILLION, RiskTable
from rollup.spec.types import Vector

SMALL = PROFILES["small"]
GOVERNANCE = default_governance()
INPUTS = default_inputs(SMALL, GOVERNANCE)
ETH = INPUTS.by_name["ETH"]
TABLE = build_table(INPUTS, GOVERNANCE, SMALL)
LOTS = lot_greeks(INPUTS, GOVERNANCE, SMALL)
LIVE = [slot for slot, of in enumerate(INPUTS.slots, start=1) if of.live]
WEEK, MONTH = INPUTS.slots[2].expiry, INPUTS.slots[3].expiry
BTC_PERPETUAL, ETH_PERPETUAL, BTC_WEEK_FUTURE, BTC_WEEK_CALL, BTC_WEEK_PUT, BTC_MONTH_CALL = 1, 2, 3, 5, 6, 8


def table_of(inputs: Inputs) -> RiskTable:
    return build_table(inputs, GOVERNANCE, SMALL)


def with_whole_lots(inputs: Inputs) -> Inputs:
    """Lots a thousand times as large, so that a table's rounding to 10^-6 USDC hides nothing."""
    slots = [replace(of, terms=replace(of.terms, lot=1_000 * of.terms.lot)) if of.terms else of for of in inputs.slots]
    return replace(inputs, slots=tuple(slots))


def with_spots(inputs: Inputs, move: Callable[[int], int], name: str = "") -> Inputs:
    underlyings = (replace(of, spot=move(of.spot)) if name in ("", of.name) else of for of in inputs.underlyings)
    return replace(inputs, underlyings=tuple(underlyings))


def with_status(inputs: Inputs, slot: int, status: Status) -> Inputs:
    of = inputs.slots[slot - 1]
    assert of.terms is not None
    spot = inputs.by_name[of.terms.underlying].spot
    changed = replace(of, status=status, payoff=of.terms.settle(spot) if status == Status.SETTLED else 0)
    return replace(inputs, slots=(*inputs.slots[: slot - 1], changed, *inputs.slots[slot:]))


def prices(inputs: Inputs) -> list[int]:
    return [mark.price for mark in table_of(inputs).marks]


def with_volatility(inputs: Inputs, volatility: int) -> Inputs:
    """One volatility at all expiries and strikes, ppm."""
    surface = flat((WEEK, MONTH), volatility, len(GOVERNANCE.market.oracle.deltas))
    return replace(inputs, underlyings=tuple(replace(of, surface=surface) for of in inputs.underlyings))


@st.composite
def markets(draw: st.DrawFn) -> Inputs:
    """The default market with whole lots at other prices, smiles, rates, fixings and times before expiry."""
    underlyings = []
    for of in INPUTS.underlyings:
        spot = of.spot // 10_000 * draw(st.integers(2_000, 40_000))
        level = draw(st.integers(100_000, 3_000_000))
        surface = tuple(
            Slice(part.expiry, tuple(volatility * level // PPM for volatility in part.volatilities))
            for part in of.surface
        )
        fixed = draw(st.sampled_from((0, 0, 1, 300_000, PPM)))
        fixings = (Fixing(WEEK, fixed, spot + draw(st.integers(0, spot // 10))),) if fixed else ()
        carry = flat_curve(draw(st.integers(-300_000, 300_000)))
        underlyings.append(replace(of, spot=spot, carry=carry, surface=surface, fixings=fixings))
    return replace(
        with_whole_lots(INPUTS),
        time=draw(st.integers(START, WEEK - 600)),
        rates=flat_curve(draw(st.integers(0, 200_000))),
        underlyings=tuple(underlyings),
    )


books = st.dictionaries(st.sampled_from(LIVE), st.integers(-500, 500), max_size=6)
"""Lots by slot."""


def vector_of(book: dict[int, int], cash: int = 0) -> Vector:
    return tuple(cash if slot == 0 else book.get(slot, 0) for slot in range(SMALL.slots))


def risk_of(vector: Vector, inputs: Inputs = INPUTS, table: RiskTable = TABLE) -> AccountRisk:
    return account_risk(vector, table, inputs, GOVERNANCE, SMALL)


# Greeks of one lot


@given(markets())
def test_delta_of_each_lot_is_what_its_mark_does_when_spot_moves_by_a_hundredth_of_a_percent(inputs: Inputs) -> None:
    lower = prices(with_spots(inputs, lambda spot: spot * 9_999 // 10_000))
    higher = prices(with_spots(inputs, lambda spot: spot * 10_001 // 10_000))
    lots = lot_greeks(inputs, GOVERNANCE, SMALL)
    for slot in LIVE:
        terms = inputs.slots[slot - 1].terms
        assert terms is not None
        move = inputs.by_name[terms.underlying].spot // 5_000
        assert abs(higher[slot] - lower[slot] - lots[slot].delta * move // LOT_UNIT) <= 2, (slot, lots[slot])


@given(markets())
def test_gamma_of_each_lot_is_how_its_mark_bends_over_one_percent_of_spot(inputs: Inputs) -> None:
    lower = prices(with_spots(inputs, lambda spot: spot * 99 // 100))
    mark = prices(inputs)
    higher = prices(with_spots(inputs, lambda spot: spot * 101 // 100))
    lots = lot_greeks(inputs, GOVERNANCE, SMALL)
    for slot in LIVE:
        terms = inputs.slots[slot - 1].terms
        assert terms is not None
        bend = lots[slot].gamma * (inputs.by_name[terms.underlying].spot // 100) // LOT_UNIT
        assert abs(higher[slot] + lower[slot] - 2 * mark[slot] - bend) <= 3, (slot, lots[slot])
        assert terms.payoff.option or lots[slot].gamma == 0


@given(markets())
def test_theta_of_each_lot_is_what_its_mark_does_by_tomorrow_or_expiry(inputs: Inputs) -> None:
    lots, mark = lot_greeks(inputs, GOVERNANCE, SMALL), prices(inputs)
    for until in (WEEK, MONTH):
        later = prices(replace(inputs, time=min(inputs.time + DAY, until)))
        for slot in (slot for slot in LIVE if inputs.slots[slot - 1].expiry == until):
            assert abs(later[slot] - mark[slot] - lots[slot].theta) <= 1, (slot, lots[slot])
    assert lots[BTC_PERPETUAL].theta == lots[ETH_PERPETUAL].theta == 0


@given(markets(), st.integers(20_000, 2_000_000))
def test_vega_of_each_lot_is_what_its_mark_does_when_the_surface_is_posted_higher(
    inputs: Inputs, volatility: int
) -> None:
    inputs = with_volatility(inputs, volatility)
    calmer, wilder = (prices(with_volatility(inputs, volatility + move)) for move in (-1_000, 1_000))
    for slot, lot in enumerate(lot_greeks(inputs, GOVERNANCE, SMALL)):
        assert abs(5 * (wilder[slot] - calmer[slot]) - lot.vega) <= 10, (slot, lot)


@pytest.mark.parametrize("slot", range(5, 14))
def test_greeks_of_options_on_a_flat_surface_are_the_ones_of_black_and_scholes(slot: int) -> None:
    inputs = replace(with_volatility(with_whole_lots(INPUTS), 600_000), rates=flat_curve(0))
    inputs = replace(inputs, underlyings=tuple(replace(of, carry=flat_curve(0)) for of in inputs.underlyings))
    terms = inputs.slots[slot - 1].terms
    assert terms is not None
    spot, got = inputs.by_name[terms.underlying].spot, lot_greeks(inputs, GOVERNANCE, SMALL)[slot]

    def exact(passed: int) -> Greeks:
        time = years(terms.expiry - START - passed)
        return greeks(spot, terms.strike, from_ppm(600_000), time, 0, ONE, terms.kind == "call")

    true, worth = exact(0), spot * terms.lot // LOT_UNIT
    decay = (true.theta + 4 * exact(DAY // 2).theta + exact(DAY).theta) // 6
    assert abs(got.delta - (true.delta * terms.lot >> 56)) <= terms.lot // 10**6
    assert abs(100 * got.gamma - (true.gamma * terms.lot >> 56)) <= terms.lot // 100
    assert abs(100 * got.vega - (true.vega * worth >> 56)) <= worth // 10**6
    assert abs(365 * got.theta - (decay * worth >> 56)) <= worth // 10**4


def test_vega_on_a_smile_is_the_one_of_black_and_scholes_at_the_strike_s_own_volatility() -> None:
    inputs = with_whole_lots(INPUTS)
    lots = lot_greeks(inputs, GOVERNANCE, SMALL)
    for slot in range(5, 14):
        terms = inputs.slots[slot - 1].terms
        assert terms is not None
        of, time = inputs.by_name[terms.underlying], years(terms.expiry - START)
        growth, discount = exp(multiply(from_ppm(50_000), time)), exp(-multiply(from_ppm(40_000), time))
        forward = of.spot * growth >> 56
        smile = smile_of(of.surface, GOVERNANCE.market.oracle.deltas, START, terms.expiry)
        volatility = divide(sqrt(smile.variance(ln(divide(terms.strike, forward)))), sqrt(time))
        true = greeks(forward, terms.strike, volatility, time, from_ppm(40_000), discount, terms.kind == "call")
        worth = forward * terms.lot // LOT_UNIT
        assert abs(100 * lots[slot].vega - (true.vega * worth >> 56)) <= worth // 10**4, slot


def test_greeks_of_linear_instruments_are_a_delta_of_their_forward_and_nothing_else() -> None:
    lots = lot_greeks(INPUTS, GOVERNANCE, SMALL)
    assert lots[BTC_PERPETUAL] == LotGreeks(delta=10**6)
    assert lots[ETH_PERPETUAL] == LotGreeks(delta=10**7)
    future = lots[BTC_WEEK_FUTURE]
    growth = exp(multiply(from_ppm(50_000), years(WEEK - START)))
    assert future.delta == (10**6 * growth + ONE // 2) >> 56
    assert (future.gamma, future.vega) == (0, 0)
    tomorrow = prices(replace(INPUTS, time=START + DAY))[BTC_WEEK_FUTURE]
    assert future.theta < 0 and abs(future.theta - (tomorrow - TABLE.marks[BTC_WEEK_FUTURE].price)) <= 1


def test_greeks_of_a_perpetual_that_will_be_closed_have_no_carry() -> None:
    closed = replace(INPUTS.slots[0], closing=MONTH)
    inputs = replace(INPUTS, slots=(closed, *INPUTS.slots[1:]))
    assert lot_greeks(inputs, GOVERNANCE, SMALL)[BTC_PERPETUAL] == LotGreeks(delta=10**6)


def test_greeks_without_options_need_no_surface() -> None:
    linear = tuple(of if slot < 4 else SlotInputs() for slot, of in enumerate(INPUTS.slots))
    bare = tuple(replace(of, surface=()) for of in INPUTS.underlyings)
    assert lot_greeks(replace(INPUTS, underlyings=bare, slots=linear), GOVERNANCE, SMALL)[:5] == LOTS[:5]


def test_theta_of_an_option_in_its_last_hours_is_all_that_is_left_of_its_time() -> None:
    inputs = replace(INPUTS, time=WEEK - 7_200, underlyings=(replace(INPUTS.underlyings[0], carry=flat_curve(0)), ETH))
    lots, mark = lot_greeks(inputs, GOVERNANCE, SMALL), prices(inputs)
    for slot in (BTC_WEEK_CALL, BTC_WEEK_PUT):  # at the money: nothing is left at expiry
        assert mark[slot] > 0 and abs(mark[slot] + lots[slot].theta) <= 1


def test_greeks_of_a_call_less_a_put_are_the_ones_of_its_discounted_forward() -> None:
    call, put = LOTS[BTC_WEEK_CALL], LOTS[BTC_WEEK_PUT]
    time = years(WEEK - START)
    discounted = multiply(exp(-multiply(from_ppm(40_000), time)), exp(multiply(from_ppm(50_000), time)))
    assert abs(call.delta - put.delta - (10**6 * discounted >> 56)) <= 2
    assert abs(call.gamma - put.gamma) <= 1 and abs(call.vega - put.vega) <= 1
    assert 0 < call.delta < 10**6 and -(10**6) < put.delta < 0 < call.gamma and call.theta < 0 < call.vega


def test_greeks_of_cash_empty_and_settled_slots_are_zero_and_of_halted_ones_are_not() -> None:
    settled = with_status(INPUTS, BTC_WEEK_CALL, Status.SETTLED)
    halted = with_status(INPUTS, BTC_WEEK_CALL, Status.HALTED)
    assert lot_greeks(settled, GOVERNANCE, SMALL)[BTC_WEEK_CALL] == LotGreeks()
    assert lot_greeks(halted, GOVERNANCE, SMALL) == LOTS
    assert all(LOTS[slot] == LotGreeks() for slot in range(SMALL.slots) if slot not in LIVE)
    assert all(LOTS[slot] != LotGreeks() for slot in LIVE)


def test_greeks_in_the_settlement_window_shrink_with_the_part_that_is_fixed() -> None:
    def future(fixed: int) -> LotGreeks:
        of = (replace(of, fixings=(Fixing(WEEK, fixed, of.spot),)) for of in INPUTS.underlyings)
        return lot_greeks(replace(INPUTS, time=WEEK, underlyings=tuple(of)), GOVERNANCE, SMALL)[BTC_WEEK_FUTURE]

    assert [future(fixed).delta for fixed in (0, 250_000, PPM)] == [10**6, 750_000, 0]


def test_lot_greeks_of_another_profile_are_refused() -> None:
    with pytest.raises(BadInputs):
        lot_greeks(INPUTS, GOVERNANCE, PROFILES["standard"])


@given(books, books)
def test_net_greeks_of_two_books_add_up_exactly(first: dict[int, int], second: dict[int, int]) -> None:
    def net(book: dict[int, int]) -> LotGreeks:
        return net_greeks((quantity, LOTS[slot]) for slot, quantity in book.items())

    both = {slot: first.get(slot, 0) + second.get(slot, 0) for slot in LIVE}
    for name in LotGreeks.__slots__:
        assert getattr(net(both), name) == getattr(net(first), name) + getattr(net(second), name)


# One account


@given(books, st.integers(-(10**10), 10**10))
def test_account_risk_of_any_book_agrees_with_the_law(book: dict[int, int], cash: int) -> None:
    vector = vector_of(book, cash)
    risk, values = risk_of(vector), values_of(vector, TABLE)
    assert (risk.equity, risk.free, risk.free + risk.initial) == (values[0], min(values), values[0])
    assert values[risk.worst_scenario] == min(values) and min(values) not in values[: risk.worst_scenario]
    assert sum(risk.contributions) == -risk.initial <= 0
    assert (risk.maintenance_headroom < 0) == violates(values, GOVERNANCE.parameters.maintenance)
    assert (risk.close_out_headroom < 0) == violates(values, GOVERNANCE.parameters.close_out)
    assert risk.free <= risk.maintenance_headroom <= risk.close_out_headroom <= risk.equity
    expected = Standing.HEALTHY
    try:
        check_initial(values, 160)
    except Rejected:
        kappas = (GOVERNANCE.parameters.maintenance, GOVERNANCE.parameters.close_out)
        expected = Standing(1 + sum(violates(values, kappa) for kappa in kappas))
    assert risk.standing is expected


@given(books.filter(lambda book: any(book.values())))
def test_standing_at_each_line_changes_with_the_last_micro_dollar(book: dict[int, int]) -> None:
    values = values_of(vector_of(book), TABLE)
    parameters = GOVERNANCE.parameters
    lines = (-min(values), *(-(weighted(values, k) // MILLION) for k in (parameters.maintenance, parameters.close_out)))
    for standing, cash in zip(Standing, lines, strict=False):
        kept, lost = risk_of(vector_of(book, cash)), risk_of(vector_of(book, cash - 1))
        assert kept.standing <= standing < lost.standing
    kept = risk_of(vector_of(book, lines[0]))
    assert (kept.standing, kept.free, risk_of(vector_of(book, lines[1])).maintenance_headroom) == (0, 0, 0)
    assert risk_of(vector_of(book, lines[2])).close_out_headroom == 0


@pytest.mark.parametrize(
    ("cash_of_requirement", "standing"),
    [
        (1_000_000, Standing.HEALTHY),
        (999_999, Standing.WARNING),
        (700_000, Standing.WARNING),
        (699_999, Standing.LIQUIDATABLE),
        (400_000, Standing.LIQUIDATABLE),
        (399_999, Standing.FAILED),
        (-1, Standing.FAILED),
    ],
)
def test_standing_of_a_long_perpetual_follows_the_part_of_its_margin_that_it_has(
    cash_of_requirement: int, standing: Standing
) -> None:
    mark = TABLE.marks[BTC_PERPETUAL]
    equity = mark.risk_long * 1_000 * cash_of_requirement // MILLION
    risk = risk_of(vector_of({BTC_PERPETUAL: 1_000}, equity - 1_000 * mark.value))
    assert (risk.standing, risk.equity, risk.initial) == (standing, equity, 1_000 * mark.risk_long)


@given(books, st.integers(1, 10**11))
def test_leverage_is_the_least_that_an_attestation_can_state(book: dict[int, int], cash: int) -> None:
    risk = risk_of(vector_of(book, cash))
    if risk.equity > 0:
        assert risk.leverage is not None
        assert risk.gross_exposure * MILLION <= risk.leverage * risk.equity
        assert risk.leverage == 0 or risk.gross_exposure * MILLION > (risk.leverage - 1) * risk.equity
    else:
        assert risk.leverage is None
    assert abs(risk.net_exposure) <= risk.gross_exposure
    assert risk.net_exposure == risk.equity - cash + sum(
        quantity * TABLE.marks[slot].funding for slot, quantity in book.items()
    )


def test_leverage_without_equity_is_none_unless_there_is_nothing() -> None:
    price = TABLE.marks[BTC_PERPETUAL].price
    assert risk_of(vector_of({})).leverage == 0
    assert risk_of(vector_of({}, -1)).leverage is None
    assert risk_of(vector_of({BTC_PERPETUAL: 1}, -price)).leverage is None
    assert risk_of(vector_of({BTC_PERPETUAL: 2}, -price)).leverage == 2 * MILLION


@given(books)
def test_underlying_risk_of_any_book_says_what_a_move_of_one_percent_does_to_equity(book: dict[int, int]) -> None:
    vector, lots = vector_of(book), sum(map(abs, book.values()))
    risk = risk_of(vector)
    for of, found in zip(INPUTS.underlyings, risk.underlyings, strict=True):
        assert found.name == of.name
        assert found.delta_value == found.net.delta * of.spot // LOT_UNIT
        lower, higher = (
            values_of(vector, table_of(with_spots(INPUTS, lambda spot: spot * part // 100, of.name)))[0]  # noqa: B023
            for part in (99, 101)
        )
        bend = found.net.gamma * (of.spot // 100) // LOT_UNIT
        assert abs(higher + lower - 2 * risk.equity - bend) <= 2 * lots + 1


def test_account_risk_of_hedged_perpetual_and_future_has_no_delta_but_a_basis() -> None:
    risk = risk_of(vector_of({BTC_PERPETUAL: 1_000, BTC_WEEK_FUTURE: -1_000}, 10**10))
    bitcoin, ether = risk.underlyings
    assert abs(bitcoin.net.delta) <= 10**6 and ether.net == LotGreeks() and ether.delta_value == 0
    assert risk.gross_exposure > 100 * abs(risk.net_exposure) and risk.initial > 0


def test_account_risk_with_settled_slots_is_the_one_after_the_sweep() -> None:
    inputs = with_status(INPUTS, BTC_WEEK_FUTURE, Status.SETTLED)
    table = table_of(inputs)
    vector = vector_of({BTC_WEEK_FUTURE: 7, BTC_MONTH_CALL: -3}, 10**9)
    risk, swept = risk_of(vector, inputs, table), sweep(vector, table.marks)
    assert risk == risk_of(swept, inputs, table)
    assert risk.vector == swept and swept[BTC_WEEK_FUTURE] == 0 and swept[0] == 10**9 + 7 * 60_000_000
    assert risk.gross_exposure == -risk.net_exposure == 3 * table.marks[BTC_MONTH_CALL].price
    assert risk.contributions[BTC_WEEK_FUTURE] == 0
    assert risk.underlyings[0].net == net_greeks([(-3, LOTS[BTC_MONTH_CALL])])


def test_account_risk_with_given_greeks_is_the_same() -> None:
    vector = vector_of({BTC_PERPETUAL: 5, BTC_WEEK_PUT: -3}, 10**9)
    assert account_risk(vector, TABLE, INPUTS, GOVERNANCE, SMALL, lots=LOTS) == risk_of(vector)


def test_account_risk_of_another_epoch_or_size_is_refused() -> None:
    vector = vector_of({BTC_PERPETUAL: 5})
    for inputs in (replace(INPUTS, time=START + 1), with_status(INPUTS, 5, Status.HALTED)):
        with pytest.raises(BadInputs):
            risk_of(vector, inputs)
    for short in (vector[:-1], (*vector, 0)):
        with pytest.raises(BadInputs):
            risk_of(short)
    other = default_governance(replace(GOVERNANCE.market, breakers=replace(GOVERNANCE.market.breakers, pause=1)))
    with pytest.raises(BadInputs):
        account_risk(vector, TABLE, INPUTS, other, SMALL)


# The house


def house_of(vectors: dict[int, Vector], inputs: Inputs = INPUTS) -> HouseRisk:
    return house_risk(vectors, table_of(inputs), inputs, GOVERNANCE, SMALL)


def test_house_risk_counts_open_interest_and_names_the_largest_holder() -> None:
    house = house_of(
        {
            0: vector_of({BTC_PERPETUAL: -1}, 10**9),
            7: vector_of({BTC_PERPETUAL: 3}, 10**12),
            5: vector_of({BTC_PERPETUAL: -3, ETH_PERPETUAL: 2}, 10**12),
            9: vector_of({BTC_PERPETUAL: 1, ETH_PERPETUAL: -2}, 10**12),
        }
    )
    assert house.slots[BTC_PERPETUAL] == SlotRisk(4, 5, 750_000)
    assert house.slots[ETH_PERPETUAL] == SlotRisk(2, 5, 1_000_000)
    assert house.slots[0] == house.slots[BTC_WEEK_CALL] == SlotRisk(0, None, 0)
    assert house.standings == {Standing.HEALTHY: 3, Standing.WARNING: 0, Standing.LIQUIDATABLE: 0, Standing.FAILED: 0}
    assert house.fund == risk_of(vector_of({BTC_PERPETUAL: -1}, 10**9))


def test_house_risk_of_books_that_do_not_balance_counts_the_greater_side() -> None:
    house = house_of({3: vector_of({BTC_PERPETUAL: -3}), 4: vector_of({BTC_PERPETUAL: 1})})
    assert house.slots[BTC_PERPETUAL] == SlotRisk(3, 3, 1_000_000)


def test_house_risk_with_settled_slots_has_no_open_interest_in_them() -> None:
    inputs = with_status(INPUTS, BTC_WEEK_FUTURE, Status.SETTLED)
    house = house_of({3: vector_of({BTC_WEEK_FUTURE: -3}), 4: vector_of({BTC_WEEK_FUTURE: 3})}, inputs)
    assert house.slots[BTC_WEEK_FUTURE] == SlotRisk(0, None, 0)
    assert house.shortfall == 3 * 60_000_000 and set(house.shortfalls) == {house.shortfall}


def test_house_risk_without_anybody_is_a_fund_of_nothing() -> None:
    house = house_of({})
    assert house.fund == risk_of(vector_of({}))
    assert set(house.standings.values()) == {0} and house.shortfall == house.uncovered == 0
    assert set(house.slots) == {SlotRisk(0, None, 0)}


def test_house_risk_of_opposite_accounts_does_not_add_worst_cases_in_one_scenario() -> None:
    mark = TABLE.marks[BTC_PERPETUAL]
    bull = vector_of({BTC_PERPETUAL: 10}, -10 * mark.value)
    bear = vector_of({BTC_PERPETUAL: -10}, 10 * mark.value)
    house = house_of({0: vector_of({}, 100), 2: bull, 3: bear})
    assert house.standings[Standing.FAILED] == 2
    assert house.shortfall == 10 * (mark.risk_long + mark.risk_short)
    assert max(house.shortfalls) == 10 * max(mark.risk_long, mark.risk_short)
    assert house.shortfalls[0] == 0 and house.fund_values == (100,) * (SMALL.scenarios + 1)
    assert house.uncovered == max(house.shortfalls) - 100


def test_house_risk_of_a_fund_in_debt_leaves_its_debt_uncovered() -> None:
    assert house_of({0: vector_of({}, -5)}).uncovered == 5
    assert house_of({0: vector_of({}, -5)}).shortfall == 0


@given(st.dictionaries(st.integers(0, 30), st.tuples(books, st.integers(-(10**9), 10**10)), max_size=5))
def test_house_risk_of_any_accounts_adds_up(accounts: dict[int, tuple[dict[int, int], int]]) -> None:
    vectors = {index: vector_of(book, cash) for index, (book, cash) in accounts.items()}
    house = house_risk(vectors, TABLE, INPUTS, GOVERNANCE, SMALL, lots=LOTS)
    risks = [account_risk(vectors[index], TABLE, INPUTS, GOVERNANCE, SMALL, lots=LOTS) for index in vectors if index]
    for standing in Standing:
        assert house.standings[standing] == sum(risk.standing is standing for risk in risks)
    assert house.shortfall == sum(-risk.free for risk in risks if risk.free < 0) >= max(house.shortfalls)
    for slot, of in enumerate(house.slots):
        assert of.largest_share <= MILLION
        assert (of.largest_holder is None) == (of.open_interest == 0)
        if of.largest_holder is not None:
            largest = abs(vectors[of.largest_holder][slot])
            assert all(abs(vector[slot]) <= largest for vector in vectors.values())


def test_funding_paid_between_tables_is_what_equity_lost_at_unchanged_prices() -> None:
    slots = list(INPUTS.slots)
    slots[BTC_PERPETUAL - 1] = replace(slots[BTC_PERPETUAL - 1], funding=1_234)
    later = table_of(replace(INPUTS, slots=tuple(slots)))
    for lots in (7, -7):
        vector = vector_of({BTC_PERPETUAL: lots, ETH_PERPETUAL: 3}, 10**9)
        paid = funding_paid(vector, TABLE, later)
        assert paid[BTC_PERPETUAL] == lots * 1_234 and sum(map(abs, paid)) == 7 * 1_234
        assert sum(paid) == values_of(vector, TABLE)[0] - values_of(vector, later)[0]


def test_funding_paid_in_a_slot_that_was_listed_anew_is_nothing() -> None:
    slots = list(INPUTS.slots)
    slots[BTC_PERPETUAL - 1] = replace(slots[BTC_PERPETUAL - 1], funding=1_234, listing=2)
    later = table_of(replace(INPUTS, slots=tuple(slots)))
    assert not any(funding_paid(vector_of({BTC_PERPETUAL: 7}), TABLE, later))
