"""
The scenarios: joint moves of everything, under each of which an account is valued in full.

Sixteen say most: extreme moves up and down, each with volatility up and down; two steps in between on either side;
volatility alone; underlyings that part. Eight keep the extremes, the parting and volatility up; four, for tests alone,
one extreme a side. Forwards move against their spot too (the basis), so no expiry hedges another for nothing, and where
underlyings part their bases do, so the basis of one does not hedge another's. The
first scenario is the marks with every live option dearer by the minimum charge, and no other carries it: what it costs
a seller it would lend to a buyer (MKT-SCEN-1).

Between two scenario spots a butterfly would lose unseen; `spot_gap` is how far apart these are, and so strikes must be.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from rollup.market.errors import BadInputs
from rollup.market.fixed import PPM
from rollup.market.parameters import MarketParameters

__all__ = ["SHAPES", "Scenario", "Shape", "scenarios", "spot_gap"]

PARTS: Final = 6
"""Moves are counted in sixths of the extreme one, so that thirds and halves are whole."""


@dataclass(frozen=True, slots=True)
class Shape:
    """A scenario before anybody has said how far an extreme is."""

    spot: int = 0
    """All underlyings together, in sixths of their extreme."""
    volatility: int = 0
    """Up (1), down (-1) or unchanged."""
    parting: int = 0
    """Underlyings of group 0 go up (1) or down (-1) and others the other way; 0 for all together."""
    basis: int = 0
    """Forwards against their spots: up (1) or down (-1); where underlyings part, so in group 0, and others opposite."""
    charge: bool = False
    """Live options are dearer by the minimum charge."""


_CHARGE: Final = Shape(charge=True)
_EXTREMES: Final = (Shape(6, 1, 0, 1), Shape(-6, 1, 0, -1), Shape(6, -1, 0, -1), Shape(-6, -1, 0, 1))
_PARTINGS: Final = (Shape(0, -1, 1, 1), Shape(0, -1, -1, -1))
_QUIET: Final = (Shape(0, -1, 0, 1), Shape(0, -1, 0, -1))
_BETWEEN: Final = (
    *(Shape(spot, volatility) for spot in (2, -2) for volatility in (1, -1)),
    Shape(4, 1),
    Shape(-4, 1),
)

SHAPES: Final = {
    4: (_CHARGE, *_EXTREMES[:2], Shape(0, -1, 1, -1)),
    8: (_CHARGE, *_EXTREMES, *_PARTINGS, Shape(0, 1)),
    16: (_CHARGE, *_EXTREMES, *_PARTINGS, Shape(0, 1), *_QUIET, *_BETWEEN),
}
"""Scenarios by their number, S of the profile."""


@dataclass(frozen=True, slots=True)
class Scenario:
    """A joint move of everything, in numbers."""

    spots: dict[str, int]
    """Move of each underlying's spot, ppm."""
    bases: dict[str, int]
    """Move of each underlying's forwards against its spot, ppm."""
    volatility: int
    """Volatilities are multiplied by this, ppm."""
    charge: int
    """Options are dearer by this part of spot, ppm."""


def scenarios(market: MarketParameters, count: int, regime: int) -> tuple[Scenario, ...]:
    """The S scenarios at a level of volatility: all shocks are wider by its factor (MKT-SCEN-2)."""
    if not 0 <= regime < len(market.regimes.factors):
        raise BadInputs("the level of volatility is one that the rules have", regime)
    factor = market.regimes.factors[regime]
    return tuple(_scenario(market, shape, factor) for shape in _shapes(count))


def spot_gap(market: MarketParameters, count: int, underlying: str, regime: int = -1) -> int:
    """The widest distance between neighbouring scenario spots, ppm of spot; by default at the wildest level."""
    factor = market.regimes.factors[regime]
    moves = {0, *(_scenario(market, shape, factor).spots[underlying] for shape in _shapes(count))}
    ordered = sorted(moves)
    return max(high - low for low, high in pairwise(ordered))


def _shapes(count: int) -> tuple[Shape, ...]:
    if count not in SHAPES:
        raise BadInputs(f"there are sets of {', '.join(map(str, SHAPES))} scenarios", count)
    return SHAPES[count]


def _scenario(market: MarketParameters, shape: Shape, factor: int) -> Scenario:
    shocks = market.shocks
    spots, bases = {}, {}
    for shock in shocks.spots:
        way = shape.parting if shock.group == 0 else -shape.parting
        against = -1 if shape.parting and shock.group else 1  # MKT-SCEN-3
        bases[shock.underlying] = against * (shape.basis * shocks.basis * factor // PPM)
        spots[shock.underlying] = (
            (shape.spot * shock.extreme + way * PARTS * shock.decorrelated) * factor // (PARTS * PPM)
        )
    turn = {1: shocks.volatility_up - PPM, 0: 0, -1: shocks.volatility_down - PPM}[shape.volatility]
    return Scenario(
        spots=spots,
        bases=bases,
        volatility=PPM + turn * factor // PPM,
        charge=shocks.minimum_charge if shape.charge else 0,
    )
