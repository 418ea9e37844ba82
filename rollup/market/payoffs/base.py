"""
What every payoff answers, and the register of those there are.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Protocol

from rollup.market.errors import BadTerms

if TYPE_CHECKING:
    from rollup.market.views import View

__all__ = ["FINE", "NAME_BYTES", "Payoff", "find", "names", "register"]

FINE: Final = 24
"""Values of one unit of an underlying carry this many bits below 10^-6 USDC, so that large lots of cheap things, and
1e-9 of their spot, are not lost to rounding."""

NAME_BYTES: Final = 12
"""Longest name of a payoff or an underlying, in ASCII."""


class Payoff(Protocol):
    """One kind of instrument."""

    @property
    def name(self) -> str:
        """As in the terms: lower-case ASCII, never reused for another meaning."""
        ...

    @property
    def dated(self) -> bool:
        """Whether it has an expiry; what has none is never settled by time."""
        ...

    @property
    def option(self) -> bool:
        """Whether it has a strike, and so a minimum charge for whoever is short."""
        ...

    def settle(self, price: int, strike: int) -> int:
        """What one unit pays for an expiry price; both, and the answer, in 10^-6 USDC. At least 0."""
        ...

    def value(self, view: View, strike: int) -> int:
        """What one unit is worth under a view, in 2^-FINE of 10^-6 USDC. At least 0."""
        ...


_REGISTER: dict[str, Payoff] = {}


def register(payoff: Payoff) -> Payoff:
    """Add a payoff; a name that is taken, or could not stand in terms, is refused."""
    if payoff.name in _REGISTER:
        raise BadTerms("every payoff has a name of its own", payoff.name)
    if not (payoff.name.isascii() and payoff.name.isidentifier() and len(payoff.name) <= NAME_BYTES):
        raise BadTerms(f"a payoff's name is an ASCII identifier of at most {NAME_BYTES} characters", payoff.name)
    _REGISTER[payoff.name] = payoff
    return payoff


def find(name: str) -> Payoff:
    """The payoff of that name."""
    if name not in _REGISTER:
        raise BadTerms(f"the payoff is one of {', '.join(names())}", name)
    return _REGISTER[name]


def names() -> tuple[str, ...]:
    """All there are, in alphabetical order."""
    return tuple(sorted(_REGISTER))
