"""
Who plays in the demo: the fund, the operator's revenue, three traders, each with keys that everybody can compute.

Their signatures name the system that will be deployed: the first one of a fresh local chain, whose place is known.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any, Final

from eth_account import Account as Signer

from prover import crypto
from rollup.chain import abi
from rollup.chain.local import CHAIN_ID, FRESH_CLEARING
from rollup.chain.plan import domain_of
from rollup.spec.account import FUND, REVENUE, Owner
from rollup.spec.funds import Authority, NoteOut, Withdraw, operation_message
from rollup.spec.hashes import tagged
from rollup.spec.notes import note_secrets, precommitment
from rollup.spec.orders import Order
from rollup.spec.shared import Operation, Tag
from rollup.spec.types import Cash, Index, Signature, Time

__all__ = ["BUYER", "DOMAIN", "NAMES", "PEOPLE", "SAVER", "SELLER", "TRADERS", "Person"]

BUYER, SELLER, SAVER = 2, 3, 4
"""Accounts of the three traders; the third one buys little and keeps most of its collateral."""

TRADERS: Final = (BUYER, SELLER, SAVER)

NAMES: Final = {FUND: "fund", REVENUE: "revenue", BUYER: "buyer", SELLER: "seller", SAVER: "saver"}

DOMAIN: Final = domain_of(CHAIN_ID, FRESH_CLEARING)
"""In every signature of the story; the chapter that deploys checks that it is the deployed system's."""


@dataclass(frozen=True, slots=True)
class Person:
    """Everything that one of them knows of itself."""

    index: Index

    @property
    def owner(self) -> Owner:
        return _owner(self)

    @property
    def wallet(self) -> abi.Account:
        """On L1, where its collateral comes from and goes to."""
        return abi.Account(_l1_key(self.index))

    @property
    def note_key(self) -> int:
        return 2_000 + self.index

    def secret(self, which: int) -> bytes:
        """1 moves money, 2 signs orders, 3 is the key on L1."""
        return bytes([self.index, which]) * 16

    def sign_order(self, order: Order) -> Signature:
        return crypto.load().sign(self.secret(2), order.message(DOMAIN))

    def withdraw(self, amount: Cash, recipient: int, nonce: int, expiry: Time) -> Withdraw:
        """Collateral to an L1 address."""
        authority = self._authority(Operation.WITHDRAW, amount, nonce, expiry, recipient)
        return Withdraw(self.index, amount, recipient, authority)

    def note(self, amount: Cash, nonce: int, expiry: Time) -> NoteOut:
        """Collateral into a voucher whose secrets follow from the note key."""
        precommit = precommitment(*note_secrets(self.note_key, DOMAIN, self.index, nonce))
        return NoteOut(self.index, amount, precommit, self._authority(Operation.NOTE, amount, nonce, expiry, precommit))

    def _authority(self, kind: Operation, amount: Cash, nonce: int, expiry: Time, target: int) -> Authority:
        message = operation_message(DOMAIN, kind, self.index, amount, nonce, expiry, target)
        return Authority(nonce, expiry, crypto.load().sign(self.secret(1), message))


@cache
def _l1_key(index: Index) -> Any:
    return Signer.from_key(Person(index).secret(3))


@cache
def _owner(person: Person) -> Owner:
    here = crypto.load()
    keys = [here.public_key(person.secret(which)) for which in (1, 2)]
    note_commitment = tagged(Tag.NOTEKEY, person.note_key)
    return Owner(keys[0], keys[1], 1_000 + person.index, note_commitment, int(person.wallet.address, 16))


PEOPLE: Final = {index: Person(index) for index in NAMES}
