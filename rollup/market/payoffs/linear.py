"""
Linear instruments: the perpetual, held for as long as one likes, and the dated future, settled in cash at expiry.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from rollup.market.payoffs.base import register

if TYPE_CHECKING:
    from rollup.market.views import View

__all__ = ["FUTURE", "PERPETUAL", "Future", "Perpetual"]


@dataclass(frozen=True, slots=True)
class Perpetual:
    """Worth the spot, which is its forward at no distance; funding, and nothing else, ties its traded price to it."""

    name: str = "perpetual"
    dated: bool = False
    option: bool = False

    def settle(self, price: int, strike: int) -> int:
        """A perpetual is settled when governance closes it, at the price of that hour."""
        return price

    def value(self, view: View, strike: int) -> int:
        return view.forward


@dataclass(frozen=True, slots=True)
class Future:
    """Pays the expiry price; worth the forward until then, for gains and losses reach the account as they arise."""

    name: str = "future"
    dated: bool = True
    option: bool = False

    def settle(self, price: int, strike: int) -> int:
        return price

    def value(self, view: View, strike: int) -> int:
        return view.forward


PERPETUAL = register(Perpetual())
FUTURE = register(Future())
