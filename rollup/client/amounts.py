"""
Amounts as people write them, and the whole numbers that are signed: exact in both directions, or refused.

USDC has six decimals. Prices are written in USDC for one unit of the underlying, as markets quote them, and signed in
10^-6 USDC for one lot, which is a part of a unit; a price that no whole number of ticks gives is an error that names
its neighbours.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from rollup.chain.abi import address
from rollup.client.errors import BadNumber
from rollup.market.instruments import LOT_UNIT, Terms
from rollup.spec.shared import Width
from rollup.spec.types import Cash, Index, Quantity
from rollup.spec.words import fits

__all__ = ["Instrument", "address_of", "cash_of", "index_of", "lot_of", "lots_of", "text_of_cash"]

USDC: Final = 10**6

CASH: Final = re.compile(r"(?P<whole>[0-9]{1,20})(?:\.(?P<part>[0-9]{1,6}))?")

FRACTION: Final = re.compile(r"(?P<whole>[0-9]{1,20})(?:\.(?P<part>[0-9]{1,18}))?")

ADDRESS: Final = re.compile(r"0x[0-9a-fA-F]{40}")


@dataclass(frozen=True, slots=True)
class Instrument:
    """What a slot holds, as far as an order needs it."""

    slot: int
    listing: int
    lot: int = LOT_UNIT
    """In 10^-9 of a unit of the underlying."""
    tick: int = 1
    """In 10^-6 USDC a lot."""

    @classmethod
    def of(cls, slot: int, listing: int, terms: Terms) -> Instrument:
        """From the terms that were listed."""
        return cls(slot, listing, terms.lot, terms.tick)

    def limit_of(self, text: str) -> Cash:
        """The limit of one lot for a price of one unit, `"60012.5"`; it must be a whole number of ticks."""
        match = FRACTION.fullmatch(text)
        if match is None:
            raise BadNumber("price", text, 'is no decimal number of USDC such as "60012.5"')
        scaled, digits = _scaled(match)
        # 10^-6 USDC of a lot, times 10^digits·10^9.
        exact, unit = scaled * USDC * self.lot, int(10**digits) * LOT_UNIT
        below = exact // unit // self.tick * self.tick
        if exact != below * unit:
            near = [self.price_of(limit) for limit in (below, below + self.tick) if limit]
            raise BadNumber(
                "price", text, f"is no whole number of ticks of this instrument; nearest: {', '.join(near)}"
            )
        if not 0 < below < 1 << Width.PRICE:
            raise BadNumber("price", text, "makes a lot worth nothing, or more than fits 40 bits")
        return below

    def price_of(self, limit: Cash) -> str:
        """The price of one unit for a limit of one lot; shortened, where it has no end, to 18 places."""
        whole, rest = divmod(limit * LOT_UNIT * 10**18, self.lot * USDC)
        text = f"{whole // 10**18}.{whole % 10**18:018}".rstrip("0").rstrip(".")
        return f"{text}…" if rest else text


def cash_of(text: str, what: str = "amount") -> Cash:
    """USDC as people write it, `"12.5"`, in 10^-6; positive, and of 64 bits."""
    match = CASH.fullmatch(text)
    if match is None:
        raise BadNumber(what, text, 'is no amount of USDC: write digits, with up to six decimals, such as "1250.5"')
    scaled, digits = _scaled(match)
    amount = scaled * int(10 ** (6 - digits))
    if not 0 < amount < 1 << Width.AMOUNT:
        raise BadNumber(what, text, "must be more than nothing, and fit 64 bits in millionths")
    return amount


def text_of_cash(amount: Cash) -> str:
    """10^-6 USDC as people read it: `1250.5`."""
    sign, size = ("-" if amount < 0 else ""), abs(amount)
    return f"{sign}{size // USDC}.{size % USDC:06}".rstrip("0").rstrip(".")


def lot_of(text: str) -> int:
    """The size of a lot in units of the underlying, `"0.001"`, in 10^-9."""
    match = FRACTION.fullmatch(text)
    scaled, digits = _scaled(match) if match else (0, 0)
    lot, rest = divmod(scaled * LOT_UNIT, int(10**digits))
    if rest or not 0 < lot < 1 << 60:
        raise BadNumber("lot", text, 'is no part of a unit in up to nine decimals, such as "0.001"')
    return lot


def lots_of(text: str) -> Quantity:
    """Whole lots."""
    if not re.fullmatch(r"[0-9]{1,13}", text) or not 0 < int(text) < 1 << Width.QUANTITY:
        raise BadNumber("quantity", text, "is no number of whole lots from 1 to 2^40 - 1")
    return int(text)


def address_of(text: str) -> int:
    """An L1 address; mixed capitals must have the checksum of EIP-55, which catches slips."""
    digits = text[2:]
    if not ADDRESS.fullmatch(text):
        raise BadNumber("address", text, "is none: 0x and 40 hexadecimal digits")
    if digits not in (digits.lower(), digits.upper()) and address(int(text, 16)) != text:
        raise BadNumber("address", text, "has a wrong checksum in its capitals; look for a slip")
    if int(text, 16) == 0:
        raise BadNumber("address", text, "is nobody's")
    return int(text, 16)


def index_of(text: str) -> Index:
    """An account's index."""
    if not re.fullmatch(r"[0-9]{1,8}", text) or not fits(int(text), Width.ACCOUNT):
        raise BadNumber("account", text, "is no account index")
    return int(text)


def _scaled(match: re.Match[str]) -> tuple[int, int]:
    """All digits as one number, and how many of them are decimals."""
    part = match["part"] or ""
    return int(match["whole"] + part), len(part)
