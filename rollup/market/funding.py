"""
Funding: what holders of a perpetual pay each other to keep its traded price near the spot.

The premium of the traded price over spot is sampled every epoch, each sample capped; the rate of a period is the mean
of its samples and the interest, capped again. Longs pay shorts through the index F, cumulative per lot: W = P - F
falls as F rises, so nobody needs to be touched. F accrues in 10^-12 USDC so that small rates of short epochs are not
rounded away, and its bound of 2^47 is one that no account can push: the rate is capped (MKT-FUND-1).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from rollup.market.errors import BadInputs
from rollup.market.fixed import PPM
from rollup.market.inputs import FUNDING_BOUND
from rollup.market.instruments import LOT_UNIT
from rollup.market.median import median
from rollup.market.parameters import FundingRules

__all__ = ["FundingState", "accrue", "premium_of"]

SCALE: Final = 10**6
"""Parts of 10^-6 USDC in which F accrues."""


@dataclass(frozen=True, slots=True)
class FundingState:
    """One perpetual's funding."""

    index: int = 0
    """F in 10^-12 USDC a lot."""
    premium: int = 0
    """Mean of capped samples over about a period, in 10^-6 ppm (exact enough to average)."""

    @property
    def funding(self) -> int:
        """F in 10^-6 USDC a lot, as the table has it."""
        return self.index // SCALE


def premium_of(samples: list[int], rules: FundingRules) -> int:
    """One epoch's premium, ppm: the median of its samples, capped; 0 without any."""
    if not samples:
        return 0
    return max(-rules.sample_cap, min(rules.sample_cap, median(samples)))


def accrue(before: FundingState, premium: int, spot: int, lot: int, seconds: int, rules: FundingRules) -> FundingState:
    """Funding after so many seconds at a premium, ppm, of one lot at this spot."""
    if seconds < 0:
        raise BadInputs("time does not run backwards", seconds)
    share = min(seconds, rules.period)
    capped = max(-rules.sample_cap, min(rules.sample_cap, premium))
    mean = before.premium + (capped * SCALE - before.premium) * share // rules.period
    rate = max(-rules.rate_cap * SCALE, min(rules.rate_cap * SCALE, mean + rules.interest * SCALE))
    paid = spot * lot * rate * share // (rules.period * PPM * LOT_UNIT)
    index = before.index + paid
    if abs(index) >= FUNDING_BOUND * SCALE:
        raise BadInputs("|F| < 2^47: the perpetual must be settled and listed anew", index)
    return FundingState(index, mean)
