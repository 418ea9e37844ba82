"""
Traps of section 15 that a risk table decides, by brute force over random books: MKT-HALT-1, MKT-HALT-2, MKT-LIST-2,
MKT-SETTLE-2.
"""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from market_books import (
    GOVERNANCE,
    INPUTS,
    MILLION,
    PARAMETERS,
    halted,
    hedged_books,
    needed,
    rows,
    table_of,
    through_the_window,
    values,
)

from rollup.market.defaults import START, default_terms
from rollup.market.errors import StrikesTooClose
from rollup.market.instruments import Terms
from rollup.market.listing import list_terms
from rollup.market.scenarios import scenarios, spot_gap
from rollup.spec.shared import PROFILES

PROFILE_NAMES = ["tiny", "small", "standard"]
PERPETUAL, WORTHLESS_CALL = 1, 7
BOOKS = 4_000


@pytest.mark.parametrize("profile", PROFILE_NAMES)
def test_trap_27_selling_worthless_options_without_equity_is_not_initial_margined(profile: str) -> None:
    book = np.zeros((1, PROFILES[profile].slots), dtype=np.int64)
    book[0, WORTHLESS_CALL] = -100
    assert table_of(INPUTS[profile], profile).marks[WORTHLESS_CALL].price < 1_000
    assert needed(book, rows(table_of(INPUTS[profile], profile)), MILLION)[0] >= 100 * 300_000  # 0.5 % of $60 a lot


@pytest.mark.parametrize("profile", PROFILE_NAMES)
def test_trap_47_worthless_calls_lend_nothing_to_a_buyer_of_perpetuals(profile: str) -> None:
    book = np.zeros((1, PROFILES[profile].slots), dtype=np.int64)
    book[0, PERPETUAL], book[0, WORTHLESS_CALL] = 20, 2_000
    table = rows(table_of(INPUTS[profile], profile))
    cash = -(book @ table[0])  # so that equity is 0
    assert needed(book, table, MILLION)[0] > cash[0]


@pytest.mark.parametrize("profile", PROFILE_NAMES)
def test_trap_49_halting_one_leg_of_hedged_books_makes_none_takeable(profile: str) -> None:
    inputs = INPUTS[profile]
    books = hedged_books(profile, BOOKS, seed=49)
    cash = needed(books, rows(table_of(inputs, profile)), PARAMETERS.maintenance)  # just maintained, or better
    for slot in (1, 3, 5, 11):
        after = rows(table_of(halted(inputs, slot), profile))
        assert (cash >= needed(books, after, PARAMETERS.close_out)).all()


def test_trap_49_widening_the_halted_slot_alone_would_make_books_takeable() -> None:
    books = hedged_books("small", BOOKS, seed=49)
    table = rows(table_of(INPUTS["small"], "small"))
    cash = needed(books, table, MILLION)
    alone = table.copy()
    alone[1:, PERPETUAL] = table[0, PERPETUAL] + (table[1:, PERPETUAL] - table[0, PERPETUAL]) * 14 // 10
    assert (cash < needed(books, alone, PARAMETERS.close_out)).sum() > 100


def test_trap_49_an_option_paid_for_in_full_stays_maintained_in_a_halt() -> None:
    inputs = INPUTS["standard"]
    books = np.eye(PROFILES["standard"].slots, dtype=np.int64)[5:14]
    after = rows(table_of(halted(inputs, 1), "standard"))
    assert (needed(books, after, PARAMETERS.maintenance) <= 1).all()


@pytest.mark.parametrize("profile", PROFILE_NAMES)
def test_trap_50_listing_strikes_closer_than_scenario_spots_is_refused(profile: str) -> None:
    inputs = INPUTS[profile]
    spot = inputs.by_name["BTC"].spot
    gap = spot * spot_gap(GOVERNANCE.market, PROFILES[profile].scenarios, "BTC") // MILLION
    month = default_terms()[7].expiry
    for distance, refused in ((1, True), (gap - 1, True), (gap, False)):
        strike = 84_000 * MILLION + distance
        terms = Terms("BTC", "put", strike, month, 10**6, 100)
        slot = (inputs.slots, 14, terms, START, spot, GOVERNANCE.market, PROFILES[profile])
        if refused:
            with pytest.raises(StrikesTooClose) as raised:
                list_terms(*slot)
            assert raised.value.strike == strike and raised.value.gap == gap
        else:
            assert list_terms(*slot)[13].terms == terms


@pytest.mark.parametrize("profile", PROFILE_NAMES)
def test_trap_50_short_butterflies_of_allowed_strikes_show_half_of_their_loss(profile: str) -> None:
    """At expiry, where a butterfly is sharpest, for bodies anywhere within the extreme moves."""
    spot, count = 60_000, PROFILES[profile].scenarios
    market = GOVERNANCE.market
    wing = spot * spot_gap(market, count, "BTC") // MILLION
    for regime in range(len(market.regimes.factors)):
        seen_at = {
            spot,
            *(spot * (MILLION + move.spots["BTC"]) // MILLION for move in scenarios(market, count, regime)),
        }
        for body in range(min(seen_at), max(seen_at), 97):
            loss = {price: max(0, wing - abs(price - body)) for price in (*seen_at, body)}
            assert 2 * max(loss[price] for price in seen_at) >= loss[body] - 2


@pytest.mark.parametrize("profile", ["small", "standard"])
def test_trap_53_expiry_of_one_leg_without_a_price_move_takes_nobody_at_once(profile: str) -> None:
    """
    Books hedged as well as whole lots allow, initial-margined before the window with slack for one step of fixing.

    Whoever falls below maintenance is liquidated then; nobody goes from above maintenance to beyond close-out in one
    table. Without the window many would.
    """
    tables = through_the_window(profile)
    books = hedged_books(profile, BOOKS, seed=53, expiring=True)
    market = GOVERNANCE.market
    step = min(market.settlement.step, 60 * MILLION // market.settlement.window)
    prices = np.where(tables[0][0] > 10 * MILLION, tables[0][0], 60 * MILLION)
    gross = np.abs(books) @ prices
    slack = gross * step // MILLION * 300_000 // MILLION
    cash = needed(books, tables[0], MILLION) + slack
    maintained = np.ones(len(books), dtype=bool)
    for before, after in pairwise(tables):
        maintained &= cash >= needed(books, before, PARAMETERS.maintenance)
        assert not (maintained & (cash < needed(books, after, PARAMETERS.close_out))).any()
    at_a_cliff = cash < needed(books, tables[-1], PARAMETERS.close_out)
    assert at_a_cliff.sum() > 500


def test_trap_53_without_any_slack_few_are_taken_at_once() -> None:
    """Not one scenario moves a book hedged by regression: its first loss of protection comes on no equity at all."""
    tables = through_the_window("standard")
    books = hedged_books("standard", BOOKS, seed=530, expiring=True)
    cash = needed(books, tables[0], MILLION)
    maintained, taken = np.ones(len(books), dtype=bool), np.zeros(len(books), dtype=bool)
    for before, after in pairwise(tables):
        maintained &= cash >= needed(books, before, PARAMETERS.maintenance)
        taken |= maintained & (cash < needed(books, after, PARAMETERS.close_out))
    at_a_cliff = cash < needed(books, tables[-1], PARAMETERS.close_out)
    assert taken.sum() * 10 < at_a_cliff.sum()


def test_trap_53_perpetual_hedged_by_a_future_is_never_taken_at_once_without_slack() -> None:
    """MKT-SETTLE-3 for the plain pair, with no slack: the basis it is charged covers one step (but four scenarios do
    not charge the basis on both sides)."""
    for profile in ("small", "standard"):
        tables = through_the_window(profile)
        book = np.zeros((2, PROFILES[profile].slots), dtype=np.int64)
        book[:, 1], book[:, 3] = (1_000, -1_000), (-1_000, 1_000)
        for before, after in pairwise(tables):
            assert (needed(book, after, PARAMETERS.close_out) <= needed(book, before, PARAMETERS.maintenance)).all()


def test_settle_at_expiry_makes_a_slot_worth_its_payoff_in_every_scenario() -> None:
    last = through_the_window("small")[-1]
    inputs = INPUTS["small"]
    for slot, of in enumerate(inputs.slots, start=1):
        if of.live and of.expiry == default_terms()[2].expiry:
            assert (last[:, slot] == last[0, slot]).all()


def test_recompute_with_equal_inputs_gives_equal_tables() -> None:
    inputs = INPUTS["standard"]
    assert table_of(replace(inputs), "standard").root == table_of(inputs, "standard").root


@pytest.mark.parametrize("profile", ["small", "standard"])
def test_basis_of_one_underlying_when_held_against_anothers_is_margined(profile: str) -> None:
    """MKT-SCEN-3: two cash-and-carry pairs the opposite way round, alike in size, are no hedge of each other."""
    table = table_of(INPUTS[profile], profile)
    pairs = np.zeros((3, PROFILES[profile].slots), dtype=np.int64)
    pairs[(0, 2), 1], pairs[(0, 2), 3] = 1_000, -1_000
    pairs[(1, 2), 2], pairs[(1, 2), 4] = -2_000, 2_000
    worth = values(pairs, rows(table))
    one, other, both = (int(margin) for margin in worth[:, 0] - worth.min(axis=1))
    assert min(one, other) > 0
    assert both * 4 >= 3 * (one + other)
