"""
A view: what is assumed of one underlying towards one expiry, at the mark or in one scenario.

During the settlement window part of the expiry price is fixed already. A view then blends it in: the forward becomes
fixed·price + (1 - fixed)·forward, only the rest is uncertain, and so every payoff's stress shrinks with the part that
is fixed, down to nothing when the window closes (MKT-SETTLE-2).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from rollup.market.fixed import FRACTION, PPM, exp, sqrt, years
from rollup.market.inputs import Inputs
from rollup.market.payoffs.base import FINE
from rollup.market.surface import Smile, smile_of

__all__ = ["Base", "View", "base_in", "base_of", "view_at"]


@dataclass(frozen=True, slots=True)
class View:
    """One underlying towards one expiry."""

    forward: int
    """Of the expiry price, in 2^-FINE of 10^-6 USDC."""
    discount: int
    """Value now of 1 paid at expiry, fixed-point."""
    smile: Smile
    volatility: int
    """Volatilities are multiplied by this, ppm."""
    unfixed: int
    """The part of the expiry price that is still open, ppm."""

    def deviation(self, log_ratio: int) -> int:
        """w = σ·√T at ln(K/F), of what is still open."""
        root = sqrt(self.smile.variance(log_ratio))
        return root * self.volatility * self.unfixed // (PPM * PPM)


@dataclass(frozen=True, slots=True)
class Base:
    """What all scenarios of one underlying and expiry share."""

    spot: int
    growth: int
    """Forward of one unit of spot, fixed-point."""
    discount: int
    smile: Smile
    fixed: int
    """The part of the expiry price that is fixed, ppm."""
    price: int
    """What it is fixed at, 10^-6 USDC."""


def base_of(spot: int, seconds: int, carry: int, rate: int, smile: Smile, fixed: int, price: int) -> Base:
    """The common part: carry and rate in ppm a year over so many seconds (none once expired)."""
    time = years(max(0, seconds))
    return Base(spot, exp(carry * time // PPM), exp(-rate * time // PPM), smile, fixed, price)


def base_in(
    inputs: Inputs, deltas: Sequence[int], underlying: str, expiry: int, *, dated: bool, option: bool, now: int
) -> Base:
    """The common part of an epoch's inputs, as it is at `now`, if nothing else changes; `expiry` is 0 for none."""
    of = inputs.by_name[underlying]
    fixing = of.fixing(expiry)
    return base_of(
        spot=of.spot,
        seconds=expiry - now if dated else 0,
        carry=of.carry.at(expiry),
        rate=inputs.rates.at(expiry),
        smile=smile_of(of.surface, deltas, now, expiry if option else now),
        fixed=fixing.fixed if fixing else 0,
        price=fixing.price if fixing else of.spot,
    )


def view_at(base: Base, spot_move: int, basis_move: int, volatility: int) -> View:
    """A scenario's view: spot and basis moved by so many ppm, volatilities multiplied by `volatility` ppm."""
    spot = base.spot * (PPM + spot_move) * (PPM + basis_move)
    moved = spot * base.growth // (PPM * PPM) >> FRACTION - FINE
    forward = (base.fixed * (base.price << FINE) + (PPM - base.fixed) * moved) // PPM
    return View(forward, base.discount, base.smile, volatility, PPM - base.fixed)
