"""
Governance: the κs that circuits read and the market parameters that they do not, fitting each other.

Some numbers are harmless alone and dangerous together: a halt, a wilder regime or a step of fixing that widens stress
by more than κ_mm/κ_co would push accounts past close-out by a rule rather than by the market. Such pairs are refused
here, before any table is built from them.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

from rollup.market.fixed import PPM
from rollup.market.parameters import MarketParameters, demand
from rollup.spec.table import Parameters

__all__ = ["Governance"]


@dataclass(frozen=True)
class Governance:
    """What circuits read and what they do not, fitting each other."""

    parameters: Parameters
    market: MarketParameters

    def __post_init__(self) -> None:
        parameters, market = self.parameters, self.market
        maintenance, close_out = parameters.maintenance, parameters.close_out
        levels = market.regimes.factors
        basis, step = market.shocks.basis, market.settlement.step
        widest = max(spot.extreme for spot in market.shocks.spots)
        demand(
            {
                "market_hash is the hash of the market parameters": parameters.market_hash == market.hash,
                # MKT-HALT-1: who was above maintenance is above close-out after a halt, whatever it holds.
                "halted factor < κ_mm/κ_co": market.breakers.halted_factor * close_out < maintenance * PPM,
                # MKT-HALT-2: an option paid for in full, and nothing else, stays above maintenance in a halt.
                "halted factor ≤ 1/κ_mm": market.breakers.halted_factor * maintenance <= PPM * PPM,
                # MKT-REGIME-1: the same for one level of volatility, for linear books.
                "a level widens by less than κ_mm/κ_co": all(
                    after * close_out < before * maintenance for before, after in pairwise(levels)
                ),
                # MKT-SETTLE-3: one step of fixing may not take a hedged pair from maintenance past close-out.
                "step·(extreme + basis) ≤ basis·(κ_mm/κ_co - 1)": step * (widest + basis) * close_out
                <= basis * (maintenance - close_out) * PPM,
            },
            (parameters, market),
        )
