"""
What portfolio margin saves, and what it is worth: three checked-in books, in the default market and through a year.

*Savings*: initial margin of a book as one portfolio, against the sum over its positions each alone.

*Year*: each morning a book is margined by the table of that morning, held for a day, and revalued in full. A loss
beyond the margin is a breach; Kupiec's test asks whether breaches are what 99 % promises. It is asked of initial
margin, and of the equity an account still has at maintenance and at close-out. The table's stress is a worst case over
extreme moves and not a quantile: it is meant to be broken more rarely, and the test says so when it is.

*Regimes*: the same year with the level of volatility held at 0, and with the oracle's level of each morning.

A day is long for what these margins are for: accounts are margined every epoch, and sold out within minutes of a
breach of maintenance. Held for a day, they answer for the hours in which nobody buys.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, Final

from rollup.benchmarks.market_books import STANDARD, Book, default_conditions, load_books, margin, market_at, rebased
from rollup.benchmarks.market_kupiec import PROMISE, SIGNIFICANCE, kupiec, verdict
from rollup.benchmarks.market_year import EPOCH, QUARTERS, SEED, quarter_of, year_of
from rollup.market.defaults import DAY, USDC, default_governance
from rollup.market.fixed import PPM
from rollup.market.table import build_table
from rollup.spec.margin import values_of

__all__ = ["DAYS", "Period", "periods_of", "regimes_of", "run_all", "savings_of", "year_figures"]

DAYS: Final = 365
"""Holding periods of the year, one after the other."""

GOVERNANCE: Final = default_governance()

LEVELS: Final = {
    "initial": PPM,
    "maintenance": GOVERNANCE.parameters.maintenance,
    "close_out": GOVERNANCE.parameters.close_out,
}
"""Part of initial margin that an account still has there, ppm."""


@dataclass(frozen=True, slots=True)
class Period:
    """One book over one day, in 10^-6 USDC."""

    quarter: int
    level: int
    """The oracle's, that morning."""
    loss: int
    """Negative for a gain."""
    static: int
    """Initial margin at level 0."""
    widened: int
    """Initial margin at the oracle's level."""

    def shortfall(self, required: int, kappa: int) -> int:
        """By how much the loss exceeds κ of a margin; negative if it does not."""
        return self.loss - required * kappa // PPM


def run_all(days: int = DAYS, seed: int = SEED) -> dict[str, Any]:
    """`savings`, `year` and `regimes`, in USDC and per cent."""
    books = load_books()
    periods = periods_of(books, days, seed)
    levels = [period.level for period in periods[books[0].name]]
    return {
        "savings": {book.name: savings_of(book) for book in books},
        "year": {
            "days": days,
            "horizon_s": DAY,
            "oracle_epoch_s": EPOCH,
            "seed": seed,
            "quarters": list(QUARTERS),
            "promise": PROMISE,
            "equity": {name: kappa / PPM for name, kappa in LEVELS.items()},
            "days_at_level": [levels.count(level) for level in range(len(GOVERNANCE.market.regimes.factors))],
            "books": {name: year_figures(of) for name, of in periods.items()},
        },
        "regimes": {name: regimes_of(of) for name, of in periods.items()},
        "titles": {book.name: book.title for book in books},
    }


def savings_of(book: Book) -> dict[str, float]:
    """One book's initial margin in the default market: together, by underlying, every position alone."""
    table = build_table(market_at(default_conditions(), 0, 0), GOVERNANCE, STANDARD)
    together = margin(book.vector, table)
    alone = sum(margin(vector, table) for vector in book.alone)
    return {
        "portfolio": _dollars(together),
        "by_underlying": _dollars(sum(margin(vector, table) for vector in book.by_underlying)),
        "standalone": _dollars(alone),
        "saved": _dollars(alone - together),
        "saved_percent": round(100 * (alone - together) / alone, 1),
    }


def periods_of(books: Sequence[Book], days: int, seed: int) -> dict[str, list[Period]]:
    """Every book through every day of a year."""
    periods: dict[str, list[Period]] = {book.name: [] for book in books}
    for day, (morning, after) in enumerate(pairwise(year_of(days, seed))):
        first, last = rebased(morning, after)
        static = build_table(market_at(first, 0, 0), GOVERNANCE, STANDARD)
        widened = build_table(market_at(first, 0, morning.level), GOVERNANCE, STANDARD) if morning.level else static
        end = build_table(market_at(last, DAY, 0), GOVERNANCE, STANDARD)
        for book in books:
            periods[book.name].append(
                Period(
                    quarter=quarter_of(day, days),
                    level=morning.level,
                    loss=values_of(book.vector, static)[0] - values_of(book.vector, end)[0],
                    static=margin(book.vector, static),
                    widened=margin(book.vector, widened),
                )
            )
    return periods


def year_figures(periods: Sequence[Period]) -> dict[str, Any]:
    """One book at every level of equity, under the widened tables that are the law."""
    required = [period.widened for period in periods]
    shares = sorted((period.loss / period.widened for period in periods), reverse=True)
    return {
        **{name: _test(len(periods), len(_broken(periods, required, kappa))) for name, kappa in LEVELS.items()},
        "loss_99_percent_of_margin": round(100 * shares[int(len(shares) * PROMISE)], 1),
        "largest_loss_percent_of_margin": round(100 * shares[0], 1),
    }


def regimes_of(periods: Sequence[Period]) -> dict[str, Any]:
    """The same days under tables that never widen, and under those that do."""
    return {
        "static": _regime(periods, [period.static for period in periods]),
        "widened": _regime(periods, [period.widened for period in periods]),
    }


def _regime(periods: Sequence[Period], required: Sequence[int]) -> dict[str, Any]:
    figures: dict[str, Any] = {"mean_margin": _dollars(sum(required) // len(required))}
    for name, kappa in LEVELS.items():
        broken = _broken(periods, required, kappa)
        quarters = [period.quarter for period, _ in broken]
        figures[name] = {
            **_test(len(periods), len(broken)),
            "by_quarter": {title: quarters.count(number) for number, title in enumerate(QUARTERS)},
            "largest_shortfall": _dollars(max((shortfall for _, shortfall in broken), default=0)),
        }
    return figures


def _broken(periods: Sequence[Period], required: Sequence[int], kappa: int) -> list[tuple[Period, int]]:
    """Periods whose loss exceeds κ of the margins given, and by how much."""
    pairs = ((period, period.shortfall(of, kappa)) for period, of in zip(periods, required, strict=True))
    return [(period, shortfall) for period, shortfall in pairs if shortfall > 0]


def _test(periods: int, breaches: int) -> dict[str, Any]:
    """Kupiec's test in figures."""
    ratio, p_value = kupiec(periods, breaches)
    return {
        "breaches": breaches,
        "expected": round(periods * PROMISE, 2),
        "likelihood_ratio": round(ratio, 3),
        "p_value": round(p_value, 6),
        "accepted": p_value >= SIGNIFICANCE,
        "verdict": verdict(periods, breaches),
    }


def _dollars(amount: int) -> float:
    """10^-6 USDC as USDC, to the cent, for people."""
    return round(amount / USDC, 2)
