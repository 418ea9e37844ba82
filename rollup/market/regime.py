"""
The volatility regime: how wild the market has been of late, in a few levels, so that shocks widen with it.

Each underlying's variance is estimated by an exponentially weighted moving average of squared logarithmic returns,
whose weights follow the time between prices and not their number. The market's level follows the wildest underlying,
by one level a table, with hysteresis, and stands still while anything is halted: a halt widens by itself, and the two
together would exceed what accounts above maintenance survive (MKT-REGIME-2).
"""

from __future__ import annotations

from collections.abc import Iterable

from rollup.market.fixed import FRACTION, ONE, PPM, YEAR, divide, exp, ln, multiply, sqrt
from rollup.market.parameters import RegimeRules

__all__ = ["next_level", "next_variance", "volatility"]


def next_variance(variance: int, before: int, after: int, seconds: int, rules: RegimeRules) -> int:
    """The estimate, variance a year in fixed-point, after a price moved from one to another in so many seconds."""
    if seconds <= 0:
        return variance
    ratio = divide(after, before)
    move = ln(ratio) if ratio else 0
    sample = multiply(move, move) * YEAR // seconds
    weight = ONE - exp(-(seconds << FRACTION) // rules.memory)
    return variance + multiply(weight, sample - variance)


def volatility(variance: int) -> int:
    """A variance as volatility, ppm a year."""
    return sqrt(variance) * PPM >> FRACTION


def next_level(level: int, volatilities: Iterable[int], halted: bool, rules: RegimeRules) -> int:
    """The level of the next table."""
    if halted:
        return level
    wildest = max(volatilities, default=0)
    if level < len(rules.thresholds) and wildest > rules.thresholds[level]:
        return level + 1
    if level > 0 and wildest * PPM < rules.thresholds[level - 1] * rules.hysteresis:
        return level - 1
    return level
