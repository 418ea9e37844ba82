"""
The door: signed orders in, events out.

Behind it runs a machine that believes its log. So what the log must not contain is stopped here: an order whose trading
key did not sign its words, or signed them in a form that another client would not recognise. Keys come with
registrations and rotations, from the ledger that saw them on L1.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from prover.reference.babyjubjub import SUBGROUP_ORDER
from rollup.exchange.codes import MEANINGS, REMEDIES, Code
from rollup.exchange.commands import Command, Force, Place, Register, Rotate, SelfTrade, Trigger, encode
from rollup.exchange.events import Accepted, Event, Refused, decode
from rollup.exchange.machine import Machine, load
from rollup.exchange.settings import Settings
from rollup.exchange.wire import Malformed, frames
from rollup.spec.errors import OutOfRange
from rollup.spec.hashes import verifies
from rollup.spec.orders import Order
from rollup.spec.types import FieldElement, Index, Point, Signature

__all__ = ["Exchange", "Handling", "Key", "explain", "placed"]

Key = tuple[Index, int, int]
"""What names an order for ever: account, place, nonce."""


@dataclass(frozen=True, slots=True)
class Handling:
    """How an order is to be handled: what its owner asks of the exchange, and does not sign for the proof."""

    client: int = 0
    force: Force = Force.GTC
    good_till: int = 0
    post_only: bool = False
    self_trade: SelfTrade = SelfTrade.CANCEL_NEWEST
    trigger: Trigger = Trigger.NONE
    trigger_price: int = 0


PLAIN = Handling()
"""A limit order that stands until its signed expiry."""


class Exchange:
    """A machine, and the keys of those who may speak to it."""

    def __init__(self, domain: FieldElement, settings: Settings, backend: str | None = None) -> None:
        self.domain, self.settings = domain, settings
        self.machine: Machine = load(settings, backend)
        self.keys: dict[Index, Point] = {}
        self.signatures: dict[Key, Signature] = {}
        """Of orders taken; the ledger takes out what it has proven."""
        self.log: list[bytes] = []
        """Every command that was carried out or refused by the machine."""

    def apply(self, command: Command) -> list[Event]:
        """Carry out a command of the ledger's; orders come by `submit`."""
        record = encode(command)
        stream = self.machine.apply(record)
        self.log.append(record)
        return [decode(event) for event in frames(stream)]

    def register(self, account: Index, trading_key: Point) -> list[Event]:
        """An account whose registration a batch consumes, and who trades for it."""
        events = self.apply(Register(account))
        if not _refused(events):
            self.keys[account] = trading_key
        return events

    def rotate(self, account: Index, trading_key: Point) -> list[Event]:
        """Another key trades for an account from now on; what the old one signed ends."""
        events = self.apply(Rotate(account))
        if not _refused(events):
            self.keys[account] = trading_key
        return events

    def submit(self, order: Order, signature: Signature, handling: Handling = PLAIN) -> list[Event]:
        """Take a signed order, or refuse it with a code."""
        code = self._unsigned(order, signature)
        if code is not None:
            return [Refused(order.account, code)]
        try:
            events = self.apply(placed(order, handling))
        except Malformed:
            return [Refused(order.account, Code.MALFORMED)]
        if any(isinstance(event, Accepted) for event in events):
            self.signatures[order.account, order.place, order.nonce] = signature
        return events

    def state_hash(self) -> bytes:
        """keccak256 of everything that the machine remembers."""
        return self.machine.state_hash()

    def _unsigned(self, order: Order, signature: Signature) -> Code | None:
        """What is wrong with an order's signature: a second form of a good one counts as bad."""
        key = self.keys.get(order.account)
        if key is None:
            return Code.UNKNOWN_ACCOUNT
        try:
            message = order.message(self.domain)
        except OutOfRange:
            return Code.MALFORMED
        canonical = 0 <= signature.s < SUBGROUP_ORDER
        return None if canonical and verifies(key, message, signature) else Code.BAD_SIGNATURE


def placed(order: Order, handling: Handling = PLAIN) -> Place:
    """The command that an order becomes."""
    return Place(
        account=order.account,
        slot=order.slot,
        listing=order.listing,
        side=order.side,
        limit=order.limit,
        quantity=order.quantity,
        max_fee_ppm=order.max_fee_ppm,
        place=order.place,
        nonce=order.nonce,
        expiry=order.expiry,
        reduce_only=order.reduce_only,
        client=handling.client,
        force=handling.force,
        good_till=handling.good_till,
        post_only=handling.post_only,
        self_trade=handling.self_trade,
        trigger=handling.trigger,
        trigger_price=handling.trigger_price,
    )


def explain(code: Code) -> str:
    """A code for people: what it means and what to do next."""
    return f"{code.name} ({code.value}): {MEANINGS[code]}; {REMEDIES[code]}"


def _refused(events: Sequence[Any]) -> bool:
    return any(isinstance(event, Refused) for event in events)
