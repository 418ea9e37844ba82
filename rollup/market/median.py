"""
One price from many sources: the median of fresh prints, if enough of them agree.

A source's latest print counts while it is fresh. The median moves nothing when one source is wild, and nothing when
one stops; when fewer than a quorum lie near it there is no price at all, and the one before stays in force until it is
stale (MKT-ORACLE-1). Silence and quarrel are told apart, for breakers treat them differently in what they report.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum

from rollup.market.errors import BadInputs
from rollup.market.fixed import PPM
from rollup.market.instruments import PRICE_LIMIT
from rollup.market.parameters import OracleRules

__all__ = ["Print", "Verdict", "aggregate", "median"]


@dataclass(frozen=True, slots=True)
class Print:
    """One source's price of one underlying."""

    source: str
    underlying: str
    price: int
    """10^-6 USDC a unit."""
    time: int
    """When the source saw it, in seconds."""


class Verdict(Enum):
    """What sources said together."""

    AGREED = "agreed"
    SILENT = "silent"
    """Too few fresh prints."""
    DIVIDED = "divided"
    """Enough prints, but too few near their median."""


def median(values: Iterable[int]) -> int:
    """The middle value; of an even number, the mean of the middle two, rounded down."""
    ordered = sorted(values)
    if not ordered:
        raise BadInputs("a median is of something", ordered)
    middle = len(ordered) // 2
    return ordered[middle] if len(ordered) % 2 else (ordered[middle - 1] + ordered[middle]) // 2


def aggregate(prints: Iterable[Print], now: int, rules: OracleRules) -> tuple[Verdict, int]:
    """The verdict on one underlying's prints, and the price if they agreed (else 0)."""
    latest: dict[str, Print] = {}
    for seen in prints:
        sane = 0 < seen.price < PRICE_LIMIT and now - rules.max_age <= seen.time <= now
        if sane and (seen.source not in latest or latest[seen.source].time <= seen.time):
            latest[seen.source] = seen
    prices = [seen.price for seen in latest.values()]
    if len(prices) < rules.quorum:
        return Verdict.SILENT, 0
    middle = median(prices)
    near = sum(abs(price - middle) * PPM <= rules.tolerance * middle for price in prices)
    return (Verdict.AGREED, middle) if near >= rules.quorum else (Verdict.DIVIDED, 0)
