"""
The door: signed orders in, events out.

Behind it runs a machine that believes its log. So what the log must not contain is stopped here: an order whose trading
key did not sign its words, or signed them in a form that another client would not recognise. Keys come with
registrations and rotations, from the ledger that saw them on L1.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, fields

from prover.reference.babyjubjub import SUBGROUP_ORDER
from rollup.exchange.codes import MEANINGS, REMEDIES, Code
from rollup.exchange.commands import Command, Force, Place, Register, Rotate, SelfTrade, Trigger, encode
from rollup.exchange.commands import decode as command_of
from rollup.exchange.events import Event, Refused, Repeated, decode
from rollup.exchange.machine import Machine, load
from rollup.exchange.settings import Settings
from rollup.exchange.wire import Malformed, frames
from rollup.spec.errors import OutOfRange, Refusal
from rollup.spec.hashes import check_key, verifies
from rollup.spec.orders import Order
from rollup.spec.types import FieldElement, Index, Point, Signature

__all__ = ["Exchange", "Handling", "OutOfStep", "explain", "placed"]

Listener = Callable[[Command, bytes, list[Event]], None]
"""Is told of every command that was carried out, its witness, and what followed."""


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


KEY = 64
"""Bytes of a trading key, which the witness of a registration or rotation begins with."""

PLAIN = Handling()
"""A limit order that stands until its signed expiry."""


class OutOfStep(Refusal):
    """A command broke off, or was carried out and not written down: nothing more is; start again from the journal."""


def _tell_nobody(command: Command, witness: bytes, events: list[Event]) -> None:
    """For exchanges without a ledger."""


class Exchange:
    """A machine, and the keys of those who may speak to it."""

    def __init__(
        self,
        domain: FieldElement,
        settings: Settings,
        backend: str | None = None,
        write: Callable[[bytes, bytes], None] | None = None,
        tell: Listener = _tell_nobody,
    ) -> None:
        """
        `write` keeps a command and its witness before anybody is told that it was carried out; without it they are kept
        in `log`, as long as the process lives. `tell` is told then, and once more of each when a journal is restored.
        """
        self.log: list[bytes] = []
        self._write = write or (lambda command, _: self.log.append(command))
        self.domain, self.settings, self._tell, self._broken = domain, settings, tell, False
        self.machine: Machine = load(settings, backend)
        self.keys: dict[Index, Point] = {}
        self.length = 0
        """Commands that were carried out."""

    def apply(self, command: Command, witness: bytes = b"") -> list[Event]:
        """
        Carry out a command of the ledger's, who answers for it; orders come by `submit`.

        Nothing said, as after a registration, means that it was done. What changes nothing is nowhere kept.
        """
        if isinstance(command, Place):
            return [Refused(command.account, Code.BAD_SIGNATURE)]
        return self._apply(command, witness)

    def _apply(self, command: Command, witness: bytes) -> list[Event]:
        if self._broken:
            raise OutOfStep("the journal is behind; start again from it")
        record = encode(command)
        self._broken = True
        try:
            stream = self.machine.apply(record)
        except Malformed:
            self._broken = False
            raise
        events = [decode(event) for event in frames(stream)]
        if any(isinstance(event, Refused | Repeated) for event in events):
            self._broken = False
            return events
        self._write(record, witness)
        self._carried_out(command, witness, events)
        self._broken = False
        return events

    def restore(self, lines: Iterable[tuple[bytes, bytes]]) -> None:
        """Carry out what was kept, in its order, on a new exchange."""
        for record, witness in lines:
            events = [decode(event) for event in frames(self.machine.apply(record))]
            if any(isinstance(event, Refused) for event in events):
                raise OutOfStep(f"command {self.length + 1} of the journal was carried out once, and is refused now")
            self._carried_out(command_of(record), witness, events)

    def _carried_out(self, command: Command, witness: bytes, events: list[Event]) -> None:
        """Remember keys, which the machine knows nothing of; whoever listens keeps the rest."""
        self.length += 1
        if isinstance(command, Register | Rotate) and witness:
            self.keys[command.account] = Point(*_numbers(witness[:KEY]))
        self._tell(command, witness, events)

    def register(self, account: Index, trading_key: Point) -> list[Event]:
        """An account whose registration a batch consumes, and who trades for it; 0 and 1 are the house's own."""
        check_key(trading_key)
        return self.apply(Register(account), _bytes(*trading_key))

    def rotate(self, account: Index, trading_key: Point, witness: bytes = b"") -> list[Event]:
        """Another key trades for an account from now on; what the old one signed ends."""
        check_key(trading_key)
        return self.apply(Rotate(account), witness or _bytes(*trading_key))

    def submit(self, order: Order, signature: Signature, handling: Handling = PLAIN) -> list[Event]:
        """Take a signed order, or refuse it with a code."""
        code = self._unsigned(order, signature)
        if code is not None:
            return [Refused(order.account, code)]
        try:
            return self._apply(placed(order, handling), _bytes(*signature.r8, signature.s))
        except Malformed:
            return [Refused(order.account, Code.MALFORMED)]

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
    parts = (order, handling)
    return Place(**{one.name: getattr(part, one.name) for part in parts for one in fields(part)})


def explain(code: Code) -> str:
    """A code for people: what it means and what to do next."""
    return f"{code.name} ({code.value}): {MEANINGS[code]}; {REMEDIES[code]}"


def _bytes(*numbers: int) -> bytes:
    """Numbers of 32 bytes each."""
    return b"".join(number.to_bytes(32, "little") for number in numbers)


def _numbers(data: bytes) -> list[int]:
    return [int.from_bytes(data[at : at + 32], "little") for at in range(0, len(data), 32)]
