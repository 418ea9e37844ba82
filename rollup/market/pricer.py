"""
Black-Scholes in its forward form (Black 1976), in integers: what a European option is worth, and how that changes.

Under this model an option depends on the forward F, the strike K and one number for uncertainty: the deviation w =
σ·√T, the standard deviation of ln(price at expiry). Everything is expressed as a fraction of the forward, so one
accuracy holds for every underlying. The cheaper of call and put is computed and the other follows by parity (call -
put = 1 - K/F): deep in the money nothing is lost to cancellation. Below a tiny deviation an option is its intrinsic
value.

The error of a value is at most 1e-9 of the forward (MKT-PRICE-1) over the domain of tests/vectors/pricer_domain.json;
measured, it is below 2e-13. Errors of d1 and d2 cancel (F·φ(d1) = K·φ(d2)), which is why d2 is d1 - w exactly and
nothing grows as w → 0.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from rollup.market.errors import OutOfDomain
from rollup.market.fixed import FRACTION, ONE, divide, ln, multiply, sqrt
from rollup.market.normal import cdf, density

__all__ = ["TINY_DEVIATION", "Greeks", "greeks", "moneyness", "undiscounted"]

TINY_DEVIATION: Final = ONE >> 34
"""6e-11: an option with less uncertainty is worth its intrinsic value, to 0.4 times this of the forward."""


@dataclass(frozen=True, slots=True)
class Greeks:
    """Value and sensitivities of one option, fixed-point; multiply by the forward (or divide, for gamma) for money."""

    value: int
    """Discounted, as a fraction of the forward."""
    delta: int
    """Change of value for a change of the forward, money for money."""
    gamma: int
    """Change of delta for a relative change of the forward: γ·F."""
    vega: int
    """Change of value, in forwards, for a volatility higher by 1.00 a year."""
    theta: int
    """Change of value, in forwards, as a year passes with the forward unchanged."""


def moneyness(forward: int, strike: int) -> tuple[int, int]:
    """K/F and ln(K/F) of two prices in one unit."""
    if forward <= 0 or strike <= 0:
        raise OutOfDomain("forward and strike are positive", (forward, strike))
    ratio = divide(strike, forward)
    return ratio, ln(ratio) if ratio > ONE >> 20 else -ln(divide(forward, strike))


def undiscounted(ratio: int, log_ratio: int, deviation: int, call: bool) -> int:
    """Value at expiry's money as a fraction of the forward, of K/F, its logarithm, and w."""
    if deviation <= TINY_DEVIATION:
        return max(0, ONE - ratio if call else ratio - ONE)
    upper = (deviation >> 1) - (log_ratio << FRACTION) // deviation
    lower = upper - deviation
    if ratio >= ONE:
        cheaper = max(0, cdf(upper) - (ratio * cdf(lower) >> FRACTION))
        return cheaper if call else cheaper + ratio - ONE
    cheaper = max(0, (ratio * cdf(-lower) >> FRACTION) - cdf(-upper))
    return cheaper + ONE - ratio if call else cheaper


def greeks(forward: int, strike: int, volatility: int, time: int, rate: int, discount: int, call: bool) -> Greeks:
    """Value and sensitivities; volatility, time in years, rate and discount are fixed-point, prices in any one unit."""
    ratio, log_ratio = moneyness(forward, strike)
    root = sqrt(max(0, time))
    deviation = multiply(volatility, root)
    value = multiply(discount, undiscounted(ratio, log_ratio, deviation, call))
    growth = multiply(rate, value)
    if deviation <= TINY_DEVIATION:
        exercised = ratio < ONE if call else ratio > ONE
        delta = (discount if call else -discount) if exercised else 0
        return Greeks(value, delta, 0, 0, growth)
    upper = (deviation >> 1) - divide(log_ratio, deviation)
    bell = multiply(discount, density(upper))
    delta = multiply(discount, cdf(upper) - (0 if call else ONE))
    return Greeks(
        value=value,
        delta=delta,
        gamma=divide(bell, deviation),
        vega=multiply(bell, root),
        theta=growth - divide(multiply(bell, volatility), 2 * root),
    )
