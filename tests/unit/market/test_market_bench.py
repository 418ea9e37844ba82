"""
The market benchmark: its books, its year and its statistics say what they claim to.
"""

from __future__ import annotations

import json
import math
from dataclasses import replace
from itertools import pairwise

import pytest
from typer.testing import CliRunner

from rollup.benchmarks import market
from rollup.benchmarks.market_books import STANDARD, default_conditions, load_books, margin, market_at, rebased
from rollup.benchmarks.market_kupiec import kupiec, verdict
from rollup.benchmarks.market_year import QUARTERS, quarter_of, year_of
from rollup.cli.bench import app, console
from rollup.market.defaults import DAY, default_governance, default_inputs
from rollup.market.errors import BadParameters, BadTerms
from rollup.market.table import build_table

DAYS = 8
SEED = 3
BOOKS = {book.name: book for book in load_books()}
DOLLAR = 10**6


@pytest.fixture(scope="module")
def short() -> dict[str, object]:
    return market.run_all(DAYS, SEED)


@pytest.fixture(scope="module")
def periods() -> dict[str, list[market.Period]]:
    return market.periods_of(load_books(), DAYS, SEED)


def book(*positions: str) -> str:
    return f'[one]\ntitle = "One"\npositions = [{", ".join("{" + position + "}" for position in positions)}]'


def test_run_twice_on_one_seed_prints_the_same_and_on_another_does_not(short: dict[str, object]) -> None:
    assert json.dumps(market.run_all(DAYS, SEED)) == json.dumps(short)
    assert market.run_all(DAYS, SEED + 1)["regimes"] != short["regimes"]


@pytest.mark.parametrize("name", BOOKS)
def test_save_by_portfolio_margin_lies_between_nothing_and_everything(name: str) -> None:
    figures = market.savings_of(BOOKS[name])
    assert 0 < figures["saved_percent"] < 100
    assert 0 < figures["portfolio"] <= figures["by_underlying"] <= figures["standalone"]


def test_margin_of_a_perpetual_alone_is_its_extreme_move() -> None:
    table = build_table(market_at(default_conditions(), 0, 0), default_governance(), STANDARD)
    wild = build_table(market_at(default_conditions(), 0, 3), default_governance(), STANDARD)
    vector = [0] * STANDARD.slots
    vector[1] = 1_000  # one bitcoin at 60,000 dollars, extreme 24 %, 38.4 % at the wildest level
    assert margin(tuple(vector), table) == 14_400 * DOLLAR
    assert margin(tuple(vector), wild) == 23_040 * DOLLAR


def test_split_of_a_book_adds_up_to_the_book() -> None:
    for of in BOOKS.values():
        for parts in (of.alone, of.by_underlying):
            assert tuple(map(sum, zip(*parts, strict=True))) == of.vector
        assert all(sum(lots != 0 for lots in alone) == 1 for alone in of.alone)


def test_hedge_of_the_options_maker_offsets_delta_to_the_nearest_lot() -> None:
    calm, vector = default_conditions(), BOOKS["options_maker"].vector
    for name, perpetual in (("BTC", 1), ("ETH", 2)):
        values = []
        for move in (-1_000, 1_000):  # a tenth of a per cent either way: what is second order cancels
            moved = replace(calm, spots=calm.spots | {name: calm.spots[name] * (DOLLAR + move) // DOLLAR})
            marks = build_table(market_at(moved, 0, 0), default_governance(), STANDARD).marks
            book_value = sum(lots * mark.value for lots, mark in zip(vector, marks, strict=True))
            values.append((book_value, marks[perpetual].value))
        (low, lot_low), (high, lot_high) = values
        assert abs((high - low) / (lot_high - lot_low)) <= 0.5


@pytest.mark.parametrize(
    "positions",
    [
        ('underlying="BTC", kind="call", strike=61_000, days=7, lots=1',),
        ('underlying="SOL", kind="perpetual", strike=0, days=0, lots=1',),
        ('underlying="BTC", kind="perpetual", strike=0, days=0, lots=0',),
        ('underlying="BTC", kind="perpetual", strike=0, days=0, lots=1',) * 2,
    ],
)
def test_load_of_what_is_not_listed_or_named_twice_is_refused(positions: tuple[str, ...]) -> None:
    with pytest.raises(BadTerms):
        load_books(book(*positions))


def test_market_at_the_default_conditions_is_the_default_market() -> None:
    assert market_at(default_conditions(), 0, 0) == default_inputs(STANDARD)


def test_lose_on_a_perpetual_is_the_move_and_the_funding() -> None:
    (long,) = load_books(book('underlying="BTC", kind="perpetual", strike=0, days=0, lots=1_000'))
    (of,) = market.periods_of((long,), 1, SEED).values()
    morning, evening = year_of(1, SEED)
    spot, after = morning.spots["BTC"], evening.spots["BTC"]
    funding = (evening.fundings["BTC"] - morning.fundings["BTC"]) * 60_000 * DOLLAR // spot
    assert funding > 0
    assert of[0].loss == pytest.approx(60_000 * DOLLAR * (spot - after) / spot + 1_000 * funding, abs=1_000)


def test_rebase_of_a_period_begins_at_the_default_spots_and_keeps_proportions() -> None:
    *_, morning, evening = year_of(3, SEED)
    first, last = rebased(morning, evening)
    assert first.spots == default_conditions().spots and set(first.fundings.values()) == {0}
    for name, spot in last.spots.items():
        assert spot / first.spots[name] == pytest.approx(evening.spots[name] / morning.spots[name], rel=1e-9)
    assert (last.volatilities, last.carries) == (evening.volatilities, evening.carries)


def test_year_is_wild_from_its_second_quarter_and_the_level_follows() -> None:
    year = list(year_of(DAYS, SEED))
    assert [quarter_of(day, DAYS) for day in range(DAYS)] == [0, 0, 1, 1, 2, 2, 3, 3]
    assert [quarter_of(day, 365) for day in (0, 90, 91, 182, 273, 364)] == [0, 0, 1, 2, 3, 3]
    assert year[0].level == year[2].level == 0 and year[3].level > 0
    assert year[3].spots["BTC"] < year[2].spots["BTC"] and year[3].volatilities["BTC"] > year[2].volatilities["BTC"] * 2
    assert all(of.volatilities["ETH"] > 0 for of in year) and len(QUARTERS) == 4


def test_widen_with_the_regime_never_lowers_a_margin_nor_adds_a_breach(
    periods: dict[str, list[market.Period]],
) -> None:
    assert any(of.level for of in periods["directional"]), "the short path must reach a wilder level"
    for of in periods.values():
        assert all(period.widened == period.static for period in of if period.level == 0)
        assert all(period.widened > period.static for period in of if period.level > 0)
        figures = market.regimes_of(of)
        for level in market.LEVELS:
            assert figures["widened"][level]["breaches"] <= figures["static"][level]["breaches"]
        assert figures["widened"]["mean_margin"] > figures["static"]["mean_margin"]


def test_count_of_breaches_takes_losses_beyond_the_part_of_the_margin() -> None:
    losses = (399, 400, 401, 700, 701, 1_000, 1_001, -5_000)
    of = [market.Period(0, 0, loss * DOLLAR, 1_000 * DOLLAR, 2_000 * DOLLAR) for loss in losses]
    figures = market.regimes_of(of)
    assert {level: figures["static"][level]["breaches"] for level in market.LEVELS} == {
        "initial": 1,
        "maintenance": 3,
        "close_out": 5,
    }
    assert figures["static"]["close_out"]["largest_shortfall"] == 601.0
    assert figures["static"]["close_out"]["by_quarter"] == {"calm": 5, "wild": 0, "usual": 0, "restless": 0}
    assert figures["widened"]["initial"]["breaches"] == 0 and figures["widened"]["initial"]["largest_shortfall"] == 0.0
    assert market.year_figures(of)["close_out"]["breaches"] == 2
    assert market.year_figures(of)["largest_loss_percent_of_margin"] == 50.0


@pytest.mark.parametrize(
    ("periods", "breaches", "ratio", "p_value"),
    [
        (250, 2, 0.1084, 0.7419),  # 2·ln((0.992^248·0.008^2)/(0.99^248·0.01^2))
        (250, 10, 12.9555, 0.000319),  # 2·ln((0.96^240·0.04^10)/(0.99^240·0.01^10))
        (250, 0, 5.0252, 0.02498),  # -500·ln 0.99
        (100, 1, 0.0, 1.0),  # exactly what was promised
    ],
)
def test_kupiec_of_known_cases_gives_the_values_worked_by_hand(
    periods: int, breaches: int, ratio: float, p_value: float
) -> None:
    got = kupiec(periods, breaches)
    assert got == (pytest.approx(ratio, abs=1e-4), pytest.approx(p_value, rel=1e-3, abs=1e-9))


def test_kupiec_of_all_and_of_impossible_numbers_is_finite_or_refused() -> None:
    assert kupiec(10, 10)[0] == pytest.approx(-20 * math.log(0.01))
    for periods, breaches, promise in ((0, 0, 0.01), (5, 6, 0.01), (5, -1, 0.01), (5, 1, 0.0), (5, 1, 1.0)):
        with pytest.raises(BadParameters):
            kupiec(periods, breaches, promise)


def test_judge_a_year_of_days_accepts_one_to_seven_breaches() -> None:
    verdicts = [verdict(365, breaches) for breaches in range(12)]
    assert verdicts == ["rejected: conservative", *["accepted"] * 7, *["rejected: too thin"] * 4]
    ratios = [kupiec(365, breaches)[0] for breaches in range(4, 12)]
    assert all(low < high for low, high in pairwise(ratios))


def test_year_reported_has_a_figure_for_every_book_and_level(short: dict[str, object]) -> None:
    year, regimes = short["year"], short["regimes"]
    assert isinstance(year, dict) and isinstance(regimes, dict)
    assert (year["days"], year["horizon_s"], sum(year["days_at_level"])) == (DAYS, DAY, DAYS)
    for name in BOOKS:
        for level in market.LEVELS:
            widened = regimes[name]["widened"][level]
            assert year["books"][name][level] == {key: widened[key] for key in year["books"][name][level]}
            assert widened["breaches"] == sum(widened["by_quarter"].values())
            assert (widened["largest_shortfall"] > 0) == (widened["breaches"] > 0)


def test_bench_market_at_eighty_columns_explains_itself_first_and_cuts_nothing_off(
    short: dict[str, object], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(market, "run_all", lambda: short)
    monkeypatch.setattr(console, "width", 80)
    shown = CliRunner().invoke(app, ["market"], catch_exceptions=False).output
    assert max(map(len, shown.splitlines())) <= 80
    head = shown.partition("Simulating")[0]
    told = " ".join(head.split())
    for words in ("One simulated path", "seed 8", "Conservative: rejected", "too thin", "largest shortfall"):
        assert words in told
    assert "volatility regime" in shown and "by level" not in shown
    savings, regimes = short["savings"], short["regimes"]
    assert isinstance(savings, dict) and isinstance(regimes, dict)
    for name in BOOKS:
        assert f"{savings[name]['standalone']:,.0f}" in shown
        assert f"{regimes[name]['static']['mean_margin']:,.0f}" in shown
