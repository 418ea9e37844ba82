"""
Instruments: the terms of what is traded.

Terms are few, and all that ever distinguishes one instrument from another: underlying, payoff, strike, expiry, lot,
tick. They are hashed on L1 when the instrument is listed, and never change; a slot's listing number says which terms
it holds now. A lot is the multiplier: so many 10^-9 of one unit of the underlying, chosen such that a lot's price fits
40 bits.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Final

from prover import crypto
from rollup.market.errors import BadTerms
from rollup.market.payoffs import FINE, NAME_BYTES, Payoff, find
from rollup.spec.shared import Width

__all__ = ["LOT_UNIT", "PRICE_LIMIT", "Terms"]

LOT_UNIT: Final = 10**9
"""Lots are counted in 10^-9 of a unit of the underlying."""

PRICE_LIMIT: Final = 1 << 50
"""Spots and strikes stay below this, in 10^-6 USDC a unit: a milliard dollars."""

LOT_LIMIT: Final = 1 << 60
"""Greatest lot: a milliard units."""


@dataclass(frozen=True, slots=True)
class Terms:
    """One instrument, for ever."""

    underlying: str
    kind: str
    """The payoff's name."""
    strike: int
    """In 10^-6 USDC a unit; 0 for what has none."""
    expiry: int
    """In seconds; 0 for what has none."""
    lot: int
    """In 10^-9 of a unit."""
    tick: int
    """Limits of orders are multiples of this, in 10^-6 USDC a lot."""

    def __post_init__(self) -> None:
        payoff = find(self.kind)
        name = self.underlying
        if not (name.isascii() and name.isalnum() and name == name.upper() and len(name) <= NAME_BYTES):
            raise BadTerms(f"an underlying is named by at most {NAME_BYTES} capitals and digits", name)
        if not (0 < self.strike < PRICE_LIMIT if payoff.option else self.strike == 0):
            raise BadTerms("options have a strike below 2^50, others have none", self)
        if not (0 < self.expiry < 1 << Width.TIME if payoff.dated else self.expiry == 0):
            raise BadTerms("dated instruments have an expiry of 40 bits, others have none", self)
        if not 0 < self.lot < LOT_LIMIT:
            raise BadTerms("a lot is positive and below 2^60", self)
        if not 0 < self.tick < 1 << Width.PRICE:
            raise BadTerms("a tick is positive and fits a price", self)

    @property
    def payoff(self) -> Payoff:
        return find(self.kind)

    @property
    def hash(self) -> bytes:
        """keccak256 over abi.encode(bytes32, bytes32, uint256 ×4) of the terms in order: what L1 keeps. MKT-LIST-1."""
        return _terms_hash(self)

    def on_tick(self, price: int) -> bool:
        """Whether an order may name this limit."""
        return 0 < price < 1 << Width.PRICE and price % self.tick == 0

    def settle(self, price: int) -> int:
        """What one lot pays for an expiry price, 10^-6 USDC."""
        return self.of_lot(self.payoff.settle(price, self.strike) << FINE)

    def of_lot(self, fine: int) -> int:
        """A unit's value in 2^-FINE of 10^-6 USDC as a lot's in 10^-6 USDC, to the nearest."""
        scaled = fine * self.lot
        return (2 * scaled + (LOT_UNIT << FINE)) // (2 * LOT_UNIT << FINE)


@cache
def _terms_hash(terms: Terms) -> bytes:
    texts = b"".join(text.encode().ljust(32, b"\0") for text in (terms.underlying, terms.kind))
    numbers = b"".join(number.to_bytes(32, "big") for number in (terms.strike, terms.expiry, terms.lot, terms.tick))
    return crypto.load().keccak256(texts + numbers)
