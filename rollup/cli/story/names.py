"""Names and amounts as the story tells them."""

from __future__ import annotations

from rollup.market.instruments import Terms
from rollup.spec.types import Cash, Time

__all__ = ["dollars", "name_of"]

USDC = 10**6
MINUTE, DAY = 60, 86_400


def dollars(amount: Cash) -> str:
    """An amount to the micro-dollar."""
    sign = "-" if amount < 0 else ""
    return f"{sign}{abs(amount) // USDC:,}.{abs(amount) % USDC:06} USDC"


def name_of(terms: Terms, start: Time) -> str:
    """What an instrument is called: underlying, kind, strike, and when it expires after the story begins."""
    strike = f" {terms.strike // USDC:,}" if terms.strike else ""
    left = terms.expiry - start
    expiry = "" if not terms.expiry else f", {left // DAY} d" if left >= DAY else f", {left // MINUTE} min"
    return f"{terms.underlying} {terms.kind}{strike}{expiry}"
