"""
A trader at work: a wallet, its open keys, a clock, and everything that they sign together.

Each request takes its number from the wallet first, which is on disk before the signature exists. What comes back is
a signed request, for a file or for whoever operates.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from rollup.chain.plan import domain_of
from rollup.client import operations
from rollup.client.amounts import Instrument, cash_of
from rollup.client.errors import BadOperation, BadOrder
from rollup.client.keys import Keys
from rollup.client.operations import denominations
from rollup.client.orders import LIFETIME, MAX_FEE_PPM, SignedOrder, build_order, sign_order
from rollup.client.wallet import Wallet
from rollup.exchange.exchange import Handling
from rollup.spec.funds import Cancel, NoteOut, Rotate, TransferOut, Withdraw
from rollup.spec.shared import Profile, Side
from rollup.spec.types import FieldElement, Index, Time

__all__ = ["Trader"]


@dataclass(frozen=True)
class Trader:
    """Amounts are decimal strings in USDC, as people write them."""

    wallet: Wallet
    keys: Keys
    profile: Profile
    clock: Callable[[], Time]
    """Seconds since 1970, of the system's time."""
    lifetime: int = LIFETIME
    """Seconds until what is signed expires."""

    @property
    def domain(self) -> FieldElement:
        """Of the wallet's system."""
        return domain_of(self.wallet.chain, self.wallet.clearing)

    def order(
        self,
        instrument: Instrument,
        side: Side,
        quantity: str,
        price: str,
        *,
        handling: Handling | None = None,
        max_fee_ppm: int = MAX_FEE_PPM,
        place: int | None = None,
        reduce_only: bool = False,
    ) -> SignedOrder:
        """Buy or sell whole lots, `price` in USDC for one unit of the underlying."""
        built = build_order(
            self.wallet,
            self.profile,
            instrument,
            side,
            quantity,
            price,
            self.clock(),
            lifetime=self.lifetime,
            max_fee_ppm=max_fee_ppm,
            place=place,
            reduce_only=reduce_only,
        )
        return sign_order(self.keys, self.domain, built, handling)

    def withdraw(self, amount: str, recipient: int) -> Withdraw:
        """To an L1 address, in the open."""
        index, cash = self.wallet.index, cash_of(amount)
        return operations.withdraw(self.keys, self.domain, index, cash, recipient, *self._number())

    def notes(self, amount: str, *, exact: bool = False) -> list[NoteOut]:
        """Private vouchers in standard denominations; `exact` makes a single one of any size, which stands out."""
        index, cash = self.wallet.index, cash_of(amount)
        sizes = [cash] if exact else denominations(cash)
        return [operations.note(self.keys, self.domain, index, size, *self._number()) for size in sizes]

    def transfer(self, amount: str, credited: Index) -> TransferOut:
        """To another account inside."""
        index, cash = self.wallet.index, cash_of(amount)
        return operations.transfer(self.keys, self.domain, index, credited, cash, *self._number())

    def rotate(self) -> Rotate:
        """To the next generation of keys; the present ones sign until the rotation is in a batch."""
        index, following = self.wallet.index, self.keys.rotated(self.wallet.take_generation())
        return operations.rotate(self.keys, self.domain, index, following, *self._number())

    def cancel(self, place: int, nonce: int | None = None) -> Cancel:
        """What stands at an order place: up to the last nonce that the wallet used there, or another one."""
        if not 0 <= place < self.profile.places:
            raise BadOrder(f"there is no order place {place}; accounts have 0 to {self.profile.places - 1}")
        last = self.wallet.progress.places.get(place, 0) if nonce is None else nonce
        if last == 0:
            raise BadOperation(f"the wallet knows of no order at place {place}; name the nonce to cancel up to")
        expiry = self.clock() + self.lifetime
        return operations.cancel(self.keys, self.domain, self.wallet.index, place, last, expiry)

    def _number(self) -> tuple[int, Time]:
        """A number that was never used, and the expiry."""
        now = self.clock()
        return self.wallet.take_owner_nonce(now), now + self.lifetime
