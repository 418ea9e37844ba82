"""
Oracle inputs: everything one epoch's risk table is made from, and nothing more.

They are self-contained: from the inputs of one epoch anyone rebuilds that epoch's table bit for bit, without the
epochs before (MKT-INPUT-1). What must be remembered from one epoch to the next in order to make inputs (prices of the
last half hour, the moving averages, who tripped which breaker) is the oracle's state and not here; what came of it
(regime, statuses, funding, the fixed part of expiry prices, payoffs) is.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Final

from rollup.market.curves import Curve
from rollup.market.errors import BadInputs
from rollup.market.fixed import PPM
from rollup.market.instruments import PRICE_LIMIT, Terms
from rollup.market.surface import Surface
from rollup.spec.shared import Status, Width

__all__ = ["LIVE", "Fixing", "Inputs", "SlotInputs", "UnderlyingInputs"]

LIVE: Final = (Status.ACTIVE, Status.REDUCE_ONLY, Status.HALTED)
"""Statuses of a slot that holds an instrument whose payoff is still open."""

FUNDING_BOUND: Final = 1 << Width.VALUE
"""|F| stays below this."""

PAYOFF_BOUND: Final = 1 << Width.PRICE
"""Payoffs stay below this: P < 2^40."""


def _demand(rule: str, holds: bool, value: object) -> None:
    if not holds:
        raise BadInputs(rule, value)


@dataclass(frozen=True, slots=True)
class Fixing:
    """How much of the price for one expiry is fixed, and at what."""

    expiry: int
    fixed: int
    """Part of the window that has passed, ppm."""
    price: int
    """Time-weighted median so far, 10^-6 USDC."""

    def __post_init__(self) -> None:
        _demand("the fixed part is at most 1", 0 <= self.fixed <= PPM, self)
        _demand("prices are positive and below 2^50", 0 < self.price < PRICE_LIMIT, self)
        _demand("times have 40 bits", 0 < self.expiry < 1 << Width.TIME, self)


@dataclass(frozen=True, slots=True)
class UnderlyingInputs:
    """One underlying at one epoch."""

    name: str
    spot: int
    """Median over sources, 10^-6 USDC a unit."""
    carry: Curve
    """What a forward grows by, ppm a year."""
    surface: Surface
    """Volatilities; may be empty where no option is listed."""
    fixings: tuple[Fixing, ...] = ()
    """By rising expiry; only expiries whose window has begun."""

    def __post_init__(self) -> None:
        expiries = [fixing.expiry for fixing in self.fixings]
        _demand("prices are positive and below 2^50", 0 < self.spot < PRICE_LIMIT, self)
        _demand("there are at most 64 fixings", len(self.fixings) <= 64, len(self.fixings))
        _demand("fixings come by rising expiry", expiries == sorted(set(expiries)), expiries)

    def fixing(self, expiry: int) -> Fixing | None:
        """What is fixed of that expiry's price, if its window has begun."""
        return next((fixing for fixing in self.fixings if fixing.expiry == expiry), None)


@dataclass(frozen=True, slots=True)
class SlotInputs:
    """One slot at one epoch."""

    status: Status = Status.EMPTY
    listing: int = 0
    """0 only where nothing was ever listed."""
    terms: Terms | None = None
    funding: int = 0
    """F: cumulative, 10^-6 USDC a lot."""
    payoff: int = 0
    """What a settled lot pays, 10^-6 USDC; 0 before."""
    closing: int = 0
    """When governance settles what has no expiry of its own, in seconds; 0 for not at all."""

    def __post_init__(self) -> None:
        empty, settled = self.status == Status.EMPTY, self.status == Status.SETTLED
        _demand("an empty slot has no terms, others have", empty == (self.terms is None), self)
        _demand("an empty slot has no funding", not empty or self.funding == 0, self)
        _demand("only a settled slot has a payoff", settled or self.payoff == 0, self)
        _demand("0 ≤ payoff < 2^40", 0 <= self.payoff < PAYOFF_BOUND, self)
        _demand("|F| < 2^47", abs(self.funding) < FUNDING_BOUND, self)
        _demand("listings have 32 bits", 0 <= self.listing < 1 << Width.LISTING, self)
        _demand("what is listed has a listing", empty or self.listing > 0, self)
        _demand("times have 40 bits", 0 <= self.closing < 1 << Width.TIME, self)
        undated = self.terms is not None and not self.terms.payoff.dated
        _demand("only what has no expiry is closed", self.closing == 0 or undated, self)

    @property
    def live(self) -> bool:
        return self.status in LIVE

    @property
    def expiry(self) -> int:
        """When it settles, in seconds; 0 for not at all."""
        return (self.terms.expiry if self.terms else 0) or self.closing


@dataclass(frozen=True)
class Inputs:
    """All of one epoch."""

    epoch: int
    """Counts tables; the committee signs it."""
    time: int
    """In seconds; the table's."""
    regime: int
    """Level of volatility, from 0."""
    rates: Curve
    """What money earns, ppm a year."""
    underlyings: tuple[UnderlyingInputs, ...]
    """By rising name."""
    slots: tuple[SlotInputs, ...]
    """Slots 1 .. M-1: slot 0 is cash and needs no oracle."""

    def __post_init__(self) -> None:
        names = [underlying.name for underlying in self.underlyings]
        _demand("underlyings come by rising name, each once", names == sorted(set(names)), names)
        _demand("times have 40 bits", 0 <= self.time < 1 << Width.TIME, self.time)
        _demand("epochs have 40 bits", 0 <= self.epoch < 1 << Width.TIME, self.epoch)
        _demand("levels have 8 bits", 0 <= self.regime < 1 << 8, self.regime)
        for slot in self.slots:
            if not slot.live or slot.terms is None:
                continue
            _demand("what is live has its underlying", slot.terms.underlying in names, slot)
            surface = self.by_name[slot.terms.underlying].surface
            reaches = bool(surface) and surface[-1].expiry >= slot.expiry
            _demand("a surface reaches as far as its options", reaches or not slot.terms.payoff.option, slot)

    @cached_property
    def by_name(self) -> dict[str, UnderlyingInputs]:
        return {underlying.name: underlying for underlying in self.underlyings}

    @property
    def any_halted(self) -> bool:
        return any(slot.status == Status.HALTED for slot in self.slots)
