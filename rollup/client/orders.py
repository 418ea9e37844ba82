"""
Orders as a trader makes them: built from decimal strings, numbered by the wallet, signed by the trading key.

What is signed is proven, and what is said of handling is the exchange's promise; a signed order carries both.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from rollup.client.amounts import Instrument, lots_of
from rollup.client.errors import BadOrder
from rollup.client.keys import Keys
from rollup.client.wallet import Wallet
from rollup.exchange.exchange import Handling
from rollup.spec.hashes import verifies
from rollup.spec.orders import Order
from rollup.spec.shared import Profile, Side, Width
from rollup.spec.types import FieldElement, Point, Signature, Time
from rollup.spec.words import fits

__all__ = ["LIFETIME", "MAX_FEE_PPM", "SignedOrder", "build_order", "sign_order"]

LIFETIME: Final = 86_400
"""Seconds that an order stands unless its trader says otherwise: a day."""

MAX_FEE_PPM: Final = 500
"""What the exchange's defaults take of a taker."""


@dataclass(frozen=True, slots=True)
class SignedOrder:
    """An order, its signature, and how it is to be handled."""

    order: Order
    signature: Signature
    handling: Handling

    def verified(self, domain: FieldElement, trading_key: Point) -> bool:
        """Whether this key signed it for this system."""
        return verifies(trading_key, self.order.message(domain), self.signature)


def build_order(
    wallet: Wallet,
    profile: Profile,
    instrument: Instrument,
    side: Side,
    quantity: str,
    price: str,
    now: Time,
    *,
    lifetime: int = LIFETIME,
    max_fee_ppm: int = MAX_FEE_PPM,
    place: int | None = None,
    reduce_only: bool = False,
) -> Order:
    """
    An order of the wallet's account, `price` in USDC for one unit of the underlying, `quantity` in whole lots.

    Its place and nonce are taken from the wallet last, when everything else is sound.
    """
    lots, limit, expiry = lots_of(quantity), instrument.limit_of(price), now + lifetime
    if not 1 <= instrument.slot < profile.slots:
        raise BadOrder(f"there is no slot {instrument.slot}; instruments stand in 1 to {profile.slots - 1}")
    if not fits(instrument.listing, Width.LISTING) or instrument.listing == 0:
        raise BadOrder(f"there is no listing {instrument.listing}; they count from 1")
    if lifetime <= 0 or not fits(expiry, Width.TIME):
        raise BadOrder("an order expires in the future, within 40 bits of seconds")
    if not fits(max_fee_ppm, 16):
        raise BadOrder(f"the highest fee fits 16 bits of ppm, this is {max_fee_ppm}")
    account = wallet.index
    chosen, nonce = wallet.take_place(profile.places, now, place)
    return Order(
        account=account,
        slot=instrument.slot,
        listing=instrument.listing,
        side=side,
        limit=limit,
        quantity=lots,
        max_fee_ppm=max_fee_ppm,
        place=chosen,
        nonce=nonce,
        expiry=expiry,
        reduce_only=reduce_only,
    )


def sign_order(keys: Keys, domain: FieldElement, order: Order, handling: Handling | None = None) -> SignedOrder:
    """Sign an order for one system; only words are signed, so any other order needs another signature."""
    return SignedOrder(order, keys.sign_as_trader(order.message(domain)), handling or Handling())
