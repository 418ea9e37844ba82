"""
European calls and puts, settled in cash, priced by Black-Scholes on the forward.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from rollup.market.fixed import FRACTION
from rollup.market.payoffs.base import FINE, register
from rollup.market.pricer import moneyness, undiscounted

if TYPE_CHECKING:
    from rollup.market.views import View

__all__ = ["CALL", "PUT", "Vanilla"]


@dataclass(frozen=True, slots=True)
class Vanilla:
    """The right to buy (call) or to sell (put) at the strike."""

    name: str
    call: bool
    dated: bool = True
    option: bool = True

    def settle(self, price: int, strike: int) -> int:
        return max(0, price - strike if self.call else strike - price)

    def value(self, view: View, strike: int) -> int:
        ratio, log_ratio = moneyness(view.forward, strike << FINE)
        fraction = undiscounted(ratio, log_ratio, view.deviation(log_ratio), self.call)
        return view.forward * (fraction * view.discount >> FRACTION) >> FRACTION


CALL = register(Vanilla("call", call=True))
PUT = register(Vanilla("put", call=False))
