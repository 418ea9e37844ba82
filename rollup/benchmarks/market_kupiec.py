"""
Kupiec's test: whether losses broke through a margin as often as it promised, no more and no less.

If breaches come independently with probability p, their number in n periods is binomial. The test compares how likely
the number x that was seen is under p and under x/n, the share that explains it best; twice the logarithm of that ratio
follows χ² with one degree of freedom when p is true (P. Kupiec, 1995, "proportion of failures"). Too few breaches fail
it as well as too many: such a margin is safe, but it is not the quantile that was promised. Whether breaches come in
clusters the test does not ask; their number by quarter of the year shows that.

Statistics, not money: floats are in their place here.
"""

from __future__ import annotations

import math
from typing import Final

from rollup.market.errors import BadParameters

__all__ = ["PROMISE", "SIGNIFICANCE", "kupiec", "verdict"]

PROMISE: Final = 0.01
"""A margin at 99 % is broken in one period of a hundred."""

SIGNIFICANCE: Final = 0.05
"""The test rejects what it would see less often than this, were the promise true."""


def kupiec(periods: int, breaches: int, promise: float = PROMISE) -> tuple[float, float]:
    """The likelihood ratio, and the p-value: how often chance alone gives at least as great a one."""
    if not 0 <= breaches <= periods or periods == 0 or not 0 < promise < 1:
        raise BadParameters("0 ≤ breaches ≤ periods, 0 < promise < 1", (periods, breaches, promise))
    likeliest = _log_likelihood(periods, breaches, breaches / periods)
    ratio = max(0.0, 2 * (likeliest - _log_likelihood(periods, breaches, promise)))
    return ratio, math.erfc(math.sqrt(ratio / 2))


def verdict(periods: int, breaches: int, promise: float = PROMISE) -> str:
    """What the test says, in words."""
    if kupiec(periods, breaches, promise)[1] >= SIGNIFICANCE:
        return "accepted"
    return "rejected: conservative" if breaches < periods * promise else "rejected: too thin"


def _log_likelihood(periods: int, breaches: int, chance: float) -> float:
    """Of so many breaches in a given order; 0·ln 0 is 0."""
    kept = periods - breaches
    return (breaches * math.log(chance) if breaches else 0.0) + (kept * math.log1p(-chance) if kept else 0.0)
