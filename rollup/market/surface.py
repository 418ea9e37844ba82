"""
The volatility surface: what the market thinks the uncertainty is, by expiry and by how far out of the money.

The oracle posts a handful of integers per expiry: volatilities at fixed deltas (0.9, 0.75, …, of a call on the
forward). A delta node stands at a log-moneyness ln(K/F) that follows from its own volatility; between nodes total
variance σ²·T is linear in log-moneyness, beyond the last ones flat, and between expiries linear in time at one
log-moneyness. The surface so moves with the forward. All of it is integers, so that everybody interpolates to the same
bits.

A surface that would allow a riskless profit (variance falling with time, calls not falling and convex in the strike) is
refused before any table is built from it; the one before stays in force.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Final

from rollup.market.errors import BadSurface
from rollup.market.fixed import FRACTION, ONE, divide, exp, from_ppm, multiply, sqrt, years
from rollup.market.normal import quantile
from rollup.market.pricer import undiscounted
from rollup.spec.shared import Width

__all__ = ["Slice", "Smile", "Surface", "check_surface", "flat", "smile_of"]

VOLATILITY_BOUNDS: Final = (10_000, 10_000_000)
"""Least and greatest volatility of a node, ppm a year: 1 % to 1,000 %. Outside is a fault, not a market."""

CHECK_TOLERANCE: Final = ONE >> 30
"""1e-9 of the forward: violations of static no-arbitrage smaller than what prices are exact to do not count."""


SLICES: Final = 64
"""Most slices of a surface."""

LEAST_DISTANCE: Final = ONE >> 20
"""Nodes of a slice lie at least this apart, counted in √T of log-moneyness, however near its expiry is."""


@dataclass(frozen=True, slots=True)
class Slice:
    """Volatilities of one expiry, in ppm a year, at the deltas that the rules fix."""

    expiry: int
    volatilities: tuple[int, ...]

    def __post_init__(self) -> None:
        low, high = VOLATILITY_BOUNDS
        if not all(low <= volatility <= high for volatility in self.volatilities):
            raise BadSurface(f"volatilities are {low} to {high} ppm", self)
        if not 0 < self.expiry < 1 << Width.TIME:
            raise BadSurface("times have 40 bits", self)


Surface = tuple[Slice, ...]
"""Slices by rising expiry."""


@dataclass(frozen=True, slots=True)
class Smile:
    """Total variance towards one expiry, piecewise linear in log-moneyness, flat outside."""

    places: tuple[int, ...]
    variances: tuple[int, ...]
    _slopes: tuple[int, ...] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        pairs = list(zip(self.places, self.variances, strict=True))
        if not pairs or any(a >= b for a, b in zip(self.places, self.places[1:], strict=False)):
            raise BadSurface("nodes lie at rising log-moneyness", self.places)
        slopes = (divide(w - v, y - x) for (x, v), (y, w) in pairwise(pairs))
        object.__setattr__(self, "_slopes", tuple(slopes))

    def variance(self, log_ratio: int) -> int:
        """σ²·T at ln(K/F), fixed-point, never negative."""
        places = self.places
        if log_ratio <= places[0]:
            return self.variances[0]
        if log_ratio >= places[-1]:
            return self.variances[-1]
        node = bisect_right(places, log_ratio) - 1
        return max(0, self.variances[node] + ((log_ratio - places[node]) * self._slopes[node] >> FRACTION))


CERTAIN: Final = Smile((0,), (0,))
"""No uncertainty left: what an expired or undated instrument sees."""


def smile_of(surface: Surface, deltas: Sequence[int], now: int, expiry: int) -> Smile:
    """The smile towards `expiry`: interpolated between the slices around it, at flat volatility before and after."""
    if expiry <= now:
        return CERTAIN
    live = [slice_ for slice_ in surface if slice_.expiry > now]
    if not live:
        raise BadSurface("some slice is still to come", now)
    later = next((slice_ for slice_ in live if slice_.expiry >= expiry), None)
    earlier = next((slice_ for slice_ in reversed(live) if slice_.expiry <= expiry), None)
    if earlier is None or later is None or earlier is later:
        only = later or earlier
        assert only is not None
        return _of_slice(only, deltas, now, expiry)
    first, second = (_of_slice(slice_, deltas, now, slice_.expiry) for slice_ in (earlier, later))
    span, done = later.expiry - earlier.expiry, expiry - earlier.expiry
    places = tuple(sorted({*first.places, *second.places}))
    blend = tuple((first.variance(x) * (span - done) + second.variance(x) * done) // span for x in places)
    return Smile(places, blend)


def _of_slice(slice_: Slice, deltas: Sequence[int], now: int, expiry: int) -> Smile:
    """Nodes of one slice; total variance is taken to `expiry`, log-moneyness from the slice's own."""
    if len(deltas) != len(slice_.volatilities):
        raise BadSurface(f"a slice has {len(deltas)} nodes", slice_)
    root = sqrt(years(slice_.expiry - now))
    places, variances = [], []
    for delta, volatility in zip(deltas, slice_.volatilities, strict=True):
        sigma = from_ppm(volatility)
        deviation = multiply(sigma, root)
        places.append((multiply(deviation, deviation) >> 1) - multiply(quantile(from_ppm(delta)), deviation))
        variances.append(multiply(multiply(sigma, sigma), years(expiry - now)))
    return Smile(tuple(places), tuple(variances))


def check_surface(surface: Surface, deltas: Sequence[int], now: int) -> None:
    """
    Refuse slices out of order, static arbitrage at the nodes (MKT-SURFACE-1), and nodes that would meet later: what is
    accepted now can be built from until it expires, even if no other surface ever comes (MKT-SURFACE-2).
    """
    if len(surface) > SLICES:
        raise BadSurface(f"a surface has at most {SLICES} slices", len(surface))
    for slice_ in surface:
        _check_nodes(slice_, deltas)
    expiries = [slice_.expiry for slice_ in surface]
    if not surface or any(a >= b for a, b in pairwise(expiries)):
        raise BadSurface("slices come by rising expiry, at least one", expiries)
    smiles = [_of_slice(slice_, deltas, now, slice_.expiry) for slice_ in surface if slice_.expiry > now]
    for smile in smiles:
        _check_convex(smile)
    for first, second in pairwise(smiles):
        for place in (*first.places, *second.places):
            if second.variance(place) < first.variance(place):
                raise BadSurface("total variance does not fall as expiry recedes", place)


def _check_nodes(slice_: Slice, deltas: Sequence[int]) -> None:
    """Node i lies at a·√T + b·T, a = -σ·quantile(delta): what is in order now and as T → 0 is so in between."""
    if len(deltas) != len(slice_.volatilities):
        raise BadSurface(f"a slice has {len(deltas)} nodes", slice_)
    pairs = zip(deltas, slice_.volatilities, strict=True)
    limits = [-multiply(quantile(from_ppm(delta)), from_ppm(volatility)) for delta, volatility in pairs]
    if any(after - before < LEAST_DISTANCE for before, after in pairwise(limits)):
        raise BadSurface("nodes stay in order as expiry comes near", slice_)


def _check_convex(smile: Smile) -> None:
    """Calls at the nodes' strikes fall by less than the strike rises, ever more slowly."""
    strikes = [0, *(exp(place) for place in smile.places)]
    calls = [ONE]
    for place, strike, variance in zip(smile.places, strikes[1:], smile.variances, strict=True):
        calls.append(undiscounted(strike, place, sqrt(variance), call=True))
    slope_before = -ONE - CHECK_TOLERANCE
    for low, high, dear, cheap in zip(strikes, strikes[1:], calls, calls[1:], strict=False):
        slope = divide(cheap - dear, high - low)
        if not slope_before - CHECK_TOLERANCE <= slope <= CHECK_TOLERANCE:
            raise BadSurface("calls fall and are convex in the strike", (low, high, dear, cheap))
        slope_before = slope


def flat(expiries: Sequence[int], volatility: int, nodes: int) -> Surface:
    """A surface of one volatility, ppm: for tests and simulations."""
    return tuple(Slice(expiry, (volatility,) * nodes) for expiry in expiries)
