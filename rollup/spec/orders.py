"""
Orders, and the places that make each of them fillable once.

An order is a signed limit instruction. It names one of its account's places and a nonce there; the place remembers how
much of that nonce is filled. A greater nonce starts from nothing and so cancels what was there; an equal one continues;
a smaller one is dead. That is the whole defence against replay, and it needs no memory of orders.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from rollup.spec.errors import Rejected
from rollup.spec.hashes import tagged
from rollup.spec.shared import Side, Tag, Width
from rollup.spec.types import Cash, FieldElement, Index, Quantity, Signature, Time
from rollup.spec.words import pack, unpack

__all__ = ["FULL", "NONCE_REACH", "Leg", "Order", "cancelled", "filled"]

FULL = (1 << Width.QUANTITY) - 1
"""What a cancelled place counts as filled: no quantity is larger."""

NONCE_REACH = 1 << 32
"""
How far a nonce may run ahead of its place; without the bound a stolen trading key burns the place for ever.

An order's reach is measured from the place with its fill, in one subtraction: base - stored < 2^72.
"""


@dataclass(frozen=True)
class Order:
    """A limit instruction, as its owner signs it."""

    account: Index
    slot: int
    listing: int
    """Which instrument the slot must hold: an old order never meets a recycled slot."""
    side: Side
    limit: Cash
    """Price of a lot that a buyer pays at most and a seller gets at least."""
    quantity: Quantity
    max_fee_ppm: int
    place: int
    nonce: int
    expiry: Time
    reduce_only: bool = False

    @cached_property
    def words(self) -> tuple[int, int]:
        """w1 and w2; OutOfRange when a part does not fit its width."""
        first = pack(
            "order1",
            account=self.account,
            slot=self.slot,
            listing=self.listing,
            side=self.side,
            reduce_only=int(self.reduce_only),
            place=self.place,
            nonce=self.nonce,
            expiry=self.expiry,
        )
        return first, pack("order2", limit=self.limit, max_fee_ppm=self.max_fee_ppm, quantity=self.quantity)

    def message(self, domain: FieldElement) -> FieldElement:
        """What the trading key signs."""
        return tagged(Tag.ORDER, domain, *self.words)


@dataclass(frozen=True)
class Leg:
    """What one order did in one touch, against the clearing house."""

    order: Order
    signature: Signature
    quantity: Quantity
    cash: Cash
    """Total price of all lots of the leg."""
    fee: Cash = 0

    @property
    def sign(self) -> int:
        """+1 for a buyer, -1 for a seller."""
        return 1 if self.order.side == Side.BUY else -1

    def word(self) -> int:
        """The leg as its owner reads it from L1."""
        return pack(
            "leg",
            slot=self.order.slot,
            side=self.order.side,
            quantity=self.quantity,
            cash=self.cash,
            fee=self.fee,
            place=self.order.place,
            nonce=self.order.nonce,
        )


def filled(stored: int, leg: Leg) -> int:
    """The place after a fill; ORD-1 to ORD-4."""
    order = leg.order
    start = order.nonce << Width.QUANTITY
    base = stored - start if order.nonce == unpack("place", stored)["nonce"] else 0
    if order.nonce >> Width.NONCE or not 0 <= start + base - stored < NONCE_REACH << Width.QUANTITY:
        raise Rejected("ORD-1", "carries a nonce below its place, or 2^32 or more ahead of it", order.nonce)
    if leg.quantity < 1:
        raise Rejected("ORD-2", "fills nothing", leg.quantity)
    if base + leg.quantity > order.quantity:
        raise Rejected("ORD-3", "fills more than the order's quantity", base + leg.quantity)
    return pack("place", filled=base + leg.quantity, nonce=order.nonce)


def cancelled(stored: int, nonce: int) -> int:
    """The place after a cancel: nothing at this nonce or below it fills any more; ORD-5."""
    last = unpack("place", stored)["nonce"]
    if not last <= nonce < min(last + NONCE_REACH, 1 << Width.NONCE):
        raise Rejected("ORD-5", f"carries a nonce that is not at least {last} and below {last} + 2^32", nonce)
    return pack("place", filled=FULL, nonce=nonce)
