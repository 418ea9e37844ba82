"""
Fixed-point arithmetic: real numbers as integers that count 2^-56, so that everybody computes the same bits.

Exponential, logarithm and square root are all that Black-Scholes needs beside the normal distribution. Each reduces its
argument to a short interval around an entry of a table and adds a few terms of a series there. The tables are not magic
numbers: they are computed once, at import, from the series that define the functions, with 64 more bits than are kept.
Error bounds stand beside each function and are tested against a reference of fifty digits.

Every rounding is towards minus infinity (a shift, or a division by something positive), as in any two's-complement
twin.
"""

from __future__ import annotations

from math import isqrt
from typing import Final

from rollup.market.errors import OutOfDomain

__all__ = ["FRACTION", "HALF", "LN2", "ONE", "YEAR", "divide", "exp", "from_ppm", "ln", "multiply", "sqrt", "years"]

FRACTION: Final = 56
"""Bits behind the point: 1.4e-17, far finer than the 1e-9 of spot promised, and two limbs of Python's integers."""

ONE: Final = 1 << FRACTION
"""The number 1."""

HALF: Final = ONE >> 1
"""The number 1/2."""

YEAR: Final = 31_536_000
"""Seconds of a year of 365 days, the unit of rates and volatilities; leap days are ignored by definition."""

PPM: Final = 1_000_000
"""Parts per million, in which rates and volatilities are posted."""

GUARD: Final = 64
"""More bits behind the point while tables are made."""

EXP_BITS, LN_BITS = 7, 7
"""Tables step by 2^-7: six terms of the exponential and three of the logarithm then reach the last bit."""

EXP_LIMIT: Final = 64 * ONE
"""Arguments of the exponential stay below 64: e^64 is beyond every price."""


def _series_exp(numerator: int, denominator: int) -> int:
    """e^(n/d) for 0 ≤ n/d < 1 with guard bits: Σ x^k / k!."""
    term = total = 1 << FRACTION + GUARD
    k = 0
    while term:
        k += 1
        term = term * numerator // (denominator * k)
        total += term
    return total


def _series_ln(numerator: int, denominator: int) -> int:
    """ln(n/d) for n/d in [1, 2] with guard bits: 2·artanh((n-d)/(n+d))."""
    z_numerator, z_denominator = numerator - denominator, numerator + denominator
    power = (z_numerator << FRACTION + GUARD) // z_denominator
    total, k = 0, 1
    while power:
        total += power // k
        power = power * z_numerator * z_numerator // (z_denominator * z_denominator)
        k += 2
    return 2 * total


def _rounded(guarded: int) -> int:
    return (guarded + (1 << GUARD - 1)) >> GUARD


LN2: Final = _rounded(_series_ln(2, 1))
"""ln 2."""

_EXP_TABLE: Final = tuple(
    _rounded(_series_exp(entry, 1 << EXP_BITS)) for entry in range((LN2 >> FRACTION - EXP_BITS) + 1)
)
_LN_TABLE: Final = tuple(
    _rounded(_series_ln((2 << LN_BITS) + 2 * entry + 1, 2 << LN_BITS)) for entry in range(1 << LN_BITS)
)
_C2, _C3, _C4, _C5, _C6 = (ONE // divisor for divisor in (2, 6, 24, 120, 720))
_THIRD, _FIFTH = ONE // 3, ONE // 5


def multiply(a: int, b: int) -> int:
    """a·b."""
    return a * b >> FRACTION


def divide(a: int, b: int) -> int:
    """a/b for b > 0."""
    return (a << FRACTION) // b


def from_ppm(value: int) -> int:
    """Parts per million as a fixed-point number."""
    return (value << FRACTION) // PPM


def years(seconds: int) -> int:
    """Seconds as a fixed-point number of years."""
    return (seconds << FRACTION) // YEAR


def sqrt(x: int) -> int:
    """√x for x ≥ 0, rounded down: the error is below 2^-56."""
    return isqrt(x << FRACTION)


def exp(x: int) -> int:
    """e^x for x < 64: the error is below 2^-50 of the result, or below 2^-54 where that is more."""
    if x >= EXP_LIMIT:
        raise OutOfDomain("the exponential takes arguments below 64", x)
    power, rest = divmod(x, LN2)
    if power < -FRACTION - 1:
        return 0
    entry = rest >> FRACTION - EXP_BITS
    t = rest & (1 << FRACTION - EXP_BITS) - 1
    tail = _C2 + (t * (_C3 + (t * (_C4 + (t * (_C5 + (t * _C6 >> 56)) >> 56)) >> 56)) >> 56)
    value = _EXP_TABLE[entry] * (ONE + t + (t * (t * tail >> 56) >> 56)) >> FRACTION
    return value << power if power >= 0 else value >> -power


def ln(x: int) -> int:
    """ln x for x > 0: the error is below 2^-50, beside what the rounding of x itself did."""
    if x <= 0:
        raise OutOfDomain("the logarithm takes positive arguments", x)
    power = x.bit_length() - FRACTION - 1
    mantissa = x >> power if power >= 0 else x << -power
    entry = mantissa - ONE >> FRACTION - LN_BITS
    centre = ONE + (2 * entry + 1 << FRACTION - LN_BITS - 1)
    z = (mantissa - centre << FRACTION) // (mantissa + centre)
    square = z * z >> FRACTION
    series = z + (z * (square * (_THIRD + (square * _FIFTH >> 56)) >> 56) >> 56)
    return power * LN2 + _LN_TABLE[entry] + 2 * series
