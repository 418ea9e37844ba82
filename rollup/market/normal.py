"""
The normal distribution: what part of all outcomes lies below so many standard deviations.

Around each multiple of 1/16 the distribution function is a Taylor polynomial whose coefficients are Hermite polynomials
times the density; they are computed at import, from the series that define density and function, with guard bits.
Beyond eight deviations the answer is 0 or 1: what is cut off is 6·10^-16.
"""

from __future__ import annotations

from functools import lru_cache
from math import isqrt
from typing import Final

from rollup.market.errors import OutOfDomain
from rollup.market.fixed import FRACTION, GUARD, HALF, ONE, exp

__all__ = ["LIMIT", "cdf", "density", "quantile"]

LIMIT: Final = 8 * ONE
"""Beyond this many deviations the tail counts as nothing."""

STEP_BITS: Final = 4
"""Polynomials stand at multiples of 2^-4, so that their argument is at most 1/32."""

DEGREE: Final = 8
"""Of each polynomial: the next term is below 2^-57."""

_WIDE: Final = FRACTION + GUARD


def _pi() -> int:
    """π with guard bits, by Machin: 16·arctan(1/5) - 4·arctan(1/239)."""

    def arctan_inverse(divisor: int) -> int:
        power, total, k = (1 << _WIDE) // divisor, 0, 1
        while power:
            total += power // k if k % 4 == 1 else -(power // k)
            power //= divisor * divisor
            k += 2
        return total

    return 16 * arctan_inverse(5) - 4 * arctan_inverse(239)


_ROOT_TWO_PI: Final = isqrt(2 * _pi() << _WIDE)
_INVERSE_ROOT_TWO_PI: Final = (1 << 2 * _WIDE) // _ROOT_TWO_PI >> GUARD


def _polynomial(node: int) -> tuple[int, ...]:
    """Coefficients of the distribution function around node/16, constant term first."""
    exponent, scale = node * node, 2 << 2 * STEP_BITS
    term = growth = 1 << _WIDE
    k = 0
    while term:  # e^(x²/2), whose terms are all positive
        k += 1
        term = term * exponent // (scale * k)
        growth += term
    phi = (1 << 3 * _WIDE) // (growth * _ROOT_TWO_PI)
    odd = total = (node << _WIDE) >> STEP_BITS
    k = 1
    while odd:  # Φ(x) = 1/2 + φ(x)·Σ x^(2k+1)/(2k+1)!!
        k += 2
        odd = odd * exponent // (k << 2 * STEP_BITS)
        total += odd
    coefficients = [(1 << _WIDE - 1) + (phi * total >> _WIDE)]
    hermite, before = 1 << _WIDE, 0
    factorial = 1
    for order in range(DEGREE):  # He_{k+1} = x·He_k - k·He_{k-1}
        factorial *= order + 1
        sign = -1 if order % 2 else 1
        coefficients.append(sign * (phi * hermite >> _WIDE) // factorial)
        hermite, before = (hermite * node >> STEP_BITS) - order * before, hermite
    return tuple(value + (1 << GUARD - 1) >> GUARD for value in coefficients)


_TABLE: Final = tuple(_polynomial(node) for node in range((LIMIT >> FRACTION - STEP_BITS) + 1))
_SHIFT: Final = FRACTION - STEP_BITS
_ROUND: Final = 1 << _SHIFT - 1


def cdf(x: int) -> int:
    """Φ(x): the error is below 2^-50 everywhere, and symmetric, Φ(-x) = 1 - Φ(x) to the last bit."""
    size = -x if x < 0 else x
    if size >= LIMIT:
        return 0 if x < 0 else ONE
    node = size + _ROUND >> _SHIFT
    t = size - (node << _SHIFT)
    c0, c1, c2, c3, c4, c5, c6, c7, c8 = _TABLE[node]
    tail = c4 + (t * (c5 + (t * (c6 + (t * (c7 + (t * c8 >> 56)) >> 56)) >> 56)) >> 56)
    value = c0 + (t * (c1 + (t * (c2 + (t * (c3 + (t * tail >> 56)) >> 56)) >> 56)) >> 56)
    return ONE - value if x < 0 else value


def density(x: int) -> int:
    """φ(x) = e^(-x²/2)/√(2π): the error is below 2^-50."""
    if abs(x) >= 2 * LIMIT:
        return 0
    return exp(-(x * x >> FRACTION + 1)) * _INVERSE_ROOT_TWO_PI >> FRACTION


@lru_cache(maxsize=256)
def quantile(probability: int) -> int:
    """The x of Φ(x) = p for 0 < p < 1, by bisection: for the few deltas at which a surface has nodes."""
    if not 0 < probability < ONE:
        raise OutOfDomain("a probability lies between 0 and 1", probability)
    if probability < HALF:
        return -quantile(ONE - probability)
    low, high = 0, LIMIT
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if cdf(middle) <= probability else (low, middle)
    return low
