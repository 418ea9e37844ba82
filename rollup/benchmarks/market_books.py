"""
Books to margin, from a checked-in file: named positions in the instruments of the default market.

A book can be asked the same question every day of a year: each holding period begins at the default spots and expiries
and only what changed inside it (spots in proportion, implied volatilities, carry, funding, a day of time) is taken over
from the year. Values are proportional to spots, so nothing is lost but the size, which stays that of the file.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache
from importlib.resources import files
from typing import Any, Final

from rollup.market.curves import flat_curve
from rollup.market.defaults import DAY, EXPIRIES, SPOTS, START, USDC, default_inputs, default_terms, smiling
from rollup.market.errors import BadTerms
from rollup.market.inputs import Inputs, SlotInputs
from rollup.spec.margin import values_of
from rollup.spec.shared import PROFILES
from rollup.spec.table import RiskTable
from rollup.spec.types import Vector

__all__ = ["STANDARD", "Book", "Conditions", "default_conditions", "load_books", "margin", "market_at", "rebased"]

STANDARD: Final = PROFILES["standard"]


@dataclass(frozen=True, slots=True)
class Book:
    """One trader's positions, without cash."""

    name: str
    title: str
    vector: Vector
    """Lots by slot, in the order of the default terms from slot 1 on."""

    @property
    def alone(self) -> tuple[Vector, ...]:
        """Every position as if it were all there is."""
        return tuple(self._only({slot}) for slot, lots in enumerate(self.vector) if lots)

    @property
    def by_underlying(self) -> tuple[Vector, ...]:
        """The positions in one underlying as if they were all there is."""
        terms = default_terms()
        names = sorted({of.underlying for of in terms})
        return tuple(
            self._only({slot for slot, of in enumerate(terms, start=1) if of.underlying == name}) for name in names
        )

    def _only(self, slots: set[int]) -> Vector:
        return tuple(lots if slot in slots else 0 for slot, lots in enumerate(self.vector))


def load_books(text: str | None = None) -> tuple[Book, ...]:
    """The books of a TOML text, by default the checked-in file's."""
    source = files("rollup.benchmarks").joinpath("books.toml").read_text() if text is None else text
    return tuple(_book(name, record) for name, record in tomllib.loads(source).items())


def _book(name: str, record: Mapping[str, Any]) -> Book:
    slots = {(of.underlying, of.kind, of.strike, of.expiry): slot for slot, of in enumerate(default_terms(), start=1)}
    vector = [0] * STANDARD.slots
    for position in record["positions"]:
        expiry = START + position["days"] * DAY if position["days"] else 0
        slot = slots.get((position["underlying"], position["kind"], position["strike"] * USDC, expiry))
        if slot is None or vector[slot] or not position["lots"]:
            raise BadTerms("a book holds lots of listed instruments, each named once", (name, position))
        vector[slot] = position["lots"]
    return Book(name, record["title"], tuple(vector))


@dataclass(frozen=True, slots=True)
class Conditions:
    """What a market is like at one moment, as far as books are worth more or less for it."""

    spots: Mapping[str, int]
    """10^-6 USDC a unit."""
    volatilities: Mapping[str, int]
    """Implied, at the money, ppm a year."""
    carries: Mapping[str, int]
    """What forwards grow by, ppm a year."""
    fundings: Mapping[str, int]
    """Cumulative funding of each underlying's perpetual, 10^-6 USDC a lot."""
    level: int
    """Level of volatility that the oracle's estimate gives."""


def default_conditions() -> Conditions:
    """The default market's first epoch."""
    inputs = default_inputs(STANDARD)
    middle = len(inputs.underlyings[0].surface[0].volatilities) // 2
    return Conditions(
        spots={of.name: of.spot for of in inputs.underlyings},
        volatilities={of.name: of.surface[0].volatilities[middle] for of in inputs.underlyings},
        carries={of.name: of.carry.at(0) for of in inputs.underlyings},
        fundings={of.name: 0 for of in inputs.underlyings},
        level=0,
    )


def market_at(now: Conditions, seconds: int, level: int) -> Inputs:
    """The default market's instruments under conditions `now`, so many seconds after its first epoch."""
    inputs = _listed()
    underlyings = tuple(
        replace(
            of,
            spot=now.spots[of.name],
            carry=flat_curve(now.carries[of.name]),
            surface=smiling(EXPIRIES, now.volatilities[of.name]),
        )
        for of in inputs.underlyings
    )
    slots = tuple(_funded(slot, now) for slot in inputs.slots)
    return replace(inputs, time=START + seconds, regime=level, underlyings=underlyings, slots=slots)


def rebased(first: Conditions, last: Conditions) -> tuple[Conditions, Conditions]:
    """Both ends of a holding period as if it began at the default spots, with nothing paid in funding before."""
    return _rebased(first, first), _rebased(last, first)


def margin(vector: Vector, table: RiskTable) -> int:
    """Initial margin in 10^-6 USDC: how far the worst scenario lies below the mark."""
    values = values_of(vector, table)
    return values[0] - min(values)


@cache
def _listed() -> Inputs:
    """The default market, which a year asks for a thousand times."""
    return default_inputs(STANDARD)


def _rebased(now: Conditions, first: Conditions) -> Conditions:
    return replace(
        now,
        spots={name: SPOTS[name] * spot // first.spots[name] for name, spot in now.spots.items()},
        fundings={
            name: (funding - first.fundings[name]) * SPOTS[name] // first.spots[name]
            for name, funding in now.fundings.items()
        },
    )


def _funded(slot: SlotInputs, now: Conditions) -> SlotInputs:
    """A slot with its funding, which only perpetuals have."""
    if slot.terms is None or slot.terms.payoff.dated:
        return slot
    return replace(slot, funding=now.fundings[slot.terms.underlying])
