"""
Signing for the traders of a world: orders under fresh places and nonces, operations under the next number.

What is signed may be wrong on purpose: whatever a test names in `others` goes into the order as it is.
"""

from __future__ import annotations

from collections import defaultdict

from support.spec_values import DOMAIN, Trader, order

from prover.types import Signature
from rollup.spec.account import Account, keys_hash
from rollup.spec.funds import Authority, Cancel, NoteOut, Rotate, TransferIn, TransferOut, Withdraw, operation_message
from rollup.spec.notes import note_secrets, precommitment
from rollup.spec.orders import Leg, Order
from rollup.spec.shared import Operation, Profile, Side
from rollup.spec.state import State
from rollup.spec.table import RiskTable
from rollup.spec.words import unpack

HOUR = 3_600
"""How long orders and operations of the tests are good for, unless they say otherwise."""

RECIPIENT = 0xCAFE
"""An L1 address that withdrawals of the tests go to."""


class Signing:
    """The half of a world that holds keys; the other half is the state that they sign for."""

    profile: Profile
    state: State
    table: RiskTable
    traders: dict[int, Trader]

    def __init__(self) -> None:
        self._orders: dict[tuple[int, int], int] = defaultdict(int)
        self._turn: dict[int, int] = defaultdict(int)
        self._operations: dict[int, int] = defaultdict(int)

    def account(self, index: int) -> Account:
        return self.state.accounts[index]

    def place(self, index: int, place: int) -> dict[str, int]:
        """An order place of an account, unpacked."""
        return unpack("place", self.account(index).places[place])

    # -- orders

    def leg(self, index: int, slot: int, side: Side, lots: int, cash: int, fee: int = 0, **others: int | bool) -> Leg:
        """A fill of a fresh order that allows exactly it; `others` are parts of the order."""
        settings: dict[str, int | bool] = {
            "quantity": lots,
            "limit": (cash if side is Side.SELL else cash + lots - 1) // max(lots, 1),
            "expiry": self.table.time + HOUR,
            "listing": self.table.marks[slot].listing if 0 <= slot < self.profile.slots else 1,
        }
        if "place" not in others:
            settings["place"] = self._turn[index] % self.profile.places
            self._turn[index] += 1
        place = int(others.get("place", settings.get("place", 0)))
        if "nonce" not in others:
            stored = self.place(index, place)["nonce"] if 0 <= place < self.profile.places else 0
            self._orders[index, place] = settings["nonce"] = max(stored, self._orders[index, place]) + 1
        signed = order(index, slot, side, **{**settings, **others})  # type: ignore[arg-type]
        return Leg(signed, self.sign(signed), lots, cash, fee)

    def sign(self, signed: Order) -> Signature:
        """With the trading key of the account that the order names; unsignable orders get a signature of nothing."""
        try:
            return self.traders[signed.account].sign_order(signed.message(DOMAIN))
        except ValueError:
            return Trader("nobody").sign_order(0)

    def buy(self, index: int, slot: int, lots: int, price: int, fee: int = 0, **others: int | bool) -> Leg:
        return self.leg(index, slot, Side.BUY, lots, lots * price, fee, **others)

    def sell(self, index: int, slot: int, lots: int, price: int, fee: int = 0, **others: int | bool) -> Leg:
        return self.leg(index, slot, Side.SELL, lots, lots * price, fee, **others)

    # -- operations

    def authority(
        self, kind: Operation, index: int, amount: int, target: int, nonce: int | None = None, expiry: int | None = None
    ) -> Authority:
        """The right key's word for an operation, under the next number, for an hour."""
        expiry = self.table.time + HOUR if expiry is None else expiry
        if nonce is None:
            stored = self.state.accounts[index].owner_nonce if index in self.state.accounts else 0
            nonce = self._operations[index] = max(stored, self._operations[index]) + 1
        trader = self.traders[index]
        try:
            message = operation_message(DOMAIN, kind, index, amount, nonce, expiry, target)
        except ValueError:
            message = 0
        sign = trader.sign_order if kind is Operation.CANCEL else trader.sign_as_owner
        return Authority(nonce, expiry, sign(message))

    def withdraw(self, index: int, amount: int, recipient: int = RECIPIENT, **others: int) -> Withdraw:
        signed = self.authority(Operation.WITHDRAW, index, amount, recipient, **others)
        return Withdraw(index, amount, recipient, signed)

    def note(self, index: int, amount: int, **others: int) -> NoteOut:
        """A note whose secrets follow from the trader's note key, as its wallet makes them."""
        nonce = others.get("nonce", max(self.account(index).owner_nonce, self._operations[index]) + 1)
        precommit = precommitment(*note_secrets(self.traders[index].note_key, DOMAIN, index, nonce))
        return NoteOut(index, amount, precommit, self.authority(Operation.NOTE, index, amount, precommit, **others))

    def transfer(self, debited: int, credited: int, amount: int, **others: int) -> tuple[TransferOut, TransferIn]:
        signed = self.authority(Operation.TRANSFER_OUT, debited, amount, credited, **others)
        return TransferOut(debited, amount, credited, signed), TransferIn(credited, amount, debited)

    def rotate(self, index: int, **others: int) -> Rotate:
        """To the next keys that its wallet derives."""
        owner = self.traders[index].rotated().owner
        target = keys_hash(owner.owner_key, owner.trading_key)
        signed = self.authority(Operation.ROTATE, index, 0, target, **others)
        return Rotate(index, owner.owner_key, owner.trading_key, signed)

    def cancel(self, index: int, place: int, nonce: int, expiry: int | None = None) -> Cancel:
        return Cancel(index, place, self.authority(Operation.CANCEL, index, place, 0, nonce, expiry))
