"""
Witnesses: what a line of the journal carries beside its command, for the law and for L1.

The exchange knows how much moved; the law asks who signed it, which deposit it was, which request. A line keeps both,
so that a batch is proven from the journal and from nothing else. A witness is a row of 32-byte numbers whose meaning
follows from its command, and of a credit or debit from its first word; those of registrations and rotations begin with
the trading key, which the door of the exchange reads too.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from rollup.exchange.commands import Burn, Command, Credit, Debit, Rotate, Table
from rollup.ledger.errors import UnreadableLine
from rollup.spec.account import Owner
from rollup.spec.funds import (
    Authority,
    Cancel,
    Deposit,
    Forced,
    Funding,
    NoteOut,
    TransferIn,
    TransferOut,
    Withdraw,
)
from rollup.spec.funds import Rotate as Rotation
from rollup.spec.settlement import PostedTable, SignedTable
from rollup.spec.shared import Operation as Kind
from rollup.spec.table import RiskTable
from rollup.spec.types import Point, Signature

__all__ = [
    "SealWitness",
    "numbers_of",
    "operation_of",
    "owner_of",
    "owner_words",
    "request_of",
    "signature_in",
    "signed_table_of",
    "table_witness",
    "witness_of",
    "words_of",
]

WORD: Final = 32
HEAD: Final = WORD + 4
"""Bytes of a table's witness before the inputs: the hash of the market's rules, and how many bytes follow."""

SIGNATURE: Final = 65
"""Bytes of a committee member's signature: r, s, v."""


def words_of(*numbers: int) -> bytes:
    """Numbers of 32 bytes each, the lowest byte first."""
    return b"".join(number.to_bytes(WORD, "little") for number in numbers)


def numbers_of(data: bytes) -> list[int]:
    """What `words_of` made; refuses what is no row of words."""
    if len(data) % WORD:
        raise UnreadableLine("a witness is no row of 32-byte words")
    return [int.from_bytes(data[at : at + WORD], "little") for at in range(0, len(data), WORD)]


def owner_words(owner: Owner) -> tuple[int, ...]:
    """An owner's keys, the trading key first."""
    keys = (*owner.trading_key, *owner.owner_key)
    return (*keys, owner.view_key, owner.note_commitment, owner.l1_owner)


def owner_of(numbers: Sequence[int]) -> Owner:
    """The owner whose words these are."""
    x, y, owner_x, owner_y, view_key, note_commitment, l1_owner = numbers
    return Owner(Point(owner_x, owner_y), Point(x, y), view_key, note_commitment, l1_owner)


def signature_in(witness: bytes) -> Signature:
    """Of an order."""
    match numbers_of(witness):
        case [x, y, scalar]:
            return Signature(Point(x, y), scalar)
    raise UnreadableLine("an order's signature is three numbers")


def request_of(witness: bytes) -> int:
    """The number that L1 gave a forced close."""
    match numbers_of(witness):
        case [number]:
            return number
    raise UnreadableLine("a forced close comes with the number of its request")


# -- operations


def witness_of(operation: Funding) -> bytes:
    """What the line of an operation carries, beside the account and the amount that stand in its command."""
    match operation:
        case Deposit(owner=owner):
            return words_of(Kind.DEPOSIT, operation.id, *(owner_words(owner) if owner else ()))
        case Withdraw():
            return words_of(Kind.WITHDRAW, operation.recipient, *_authority_words(operation.authority))
        case NoteOut():
            return words_of(Kind.NOTE, operation.precommit, *_authority_words(operation.authority))
        case Forced():
            return words_of(Kind.FORCED, operation.request)
        case TransferOut():
            return words_of(Kind.TRANSFER_OUT, operation.credited, *_authority_words(operation.authority))
        case TransferIn():
            return words_of(Kind.TRANSFER_IN, operation.debited)
        case Rotation():
            keys = (*operation.trading_key, *operation.owner_key)
            return words_of(*keys, *_authority_words(operation.authority))
        case Cancel():
            return words_of(*_authority_words(operation.authority))
        case _:
            raise UnreadableLine(f"a {type(operation).__name__} is no line of its own")


def operation_of(command: Command, witness: bytes) -> Funding | None:
    """The operation that a line proves; None where its command asks for none."""
    if not isinstance(command, Credit | Debit | Rotate | Burn):
        return None
    try:
        numbers = numbers_of(witness)
        match command:
            case Rotate():
                x, y, owner_x, owner_y, *rest = numbers
                return Rotation(command.account, Point(owner_x, owner_y), Point(x, y), _authority(rest))
            case Burn():
                return Cancel(command.account, command.place, _authority(numbers))
            case Credit() | Debit():
                return _movement(command, *numbers)
    except (TypeError, ValueError) as error:
        raise UnreadableLine(f"the witness of a {type(command).__name__} says something else") from error


def _movement(command: Credit | Debit, kind: int, *rest: int) -> Funding:
    """What a credit or debit was."""
    index, amount = command.account, command.amount
    match command, kind:
        case Credit(), Kind.DEPOSIT:
            return Deposit(index, rest[0], amount, owner_of(rest[1:]) if len(rest) > 1 else None)
        case Credit(), Kind.TRANSFER_IN:
            (debited,) = rest
            return TransferIn(index, amount, debited)
        case Debit(forced=True), Kind.FORCED:
            (request,) = rest
            return Forced(index, request, amount)
        case Debit(forced=False), Kind.WITHDRAW:
            return Withdraw(index, amount, rest[0], _authority(rest[1:]))
        case Debit(forced=False), Kind.NOTE:
            return NoteOut(index, amount, rest[0], _authority(rest[1:]))
        case Debit(forced=False), Kind.TRANSFER_OUT:
            return TransferOut(index, amount, rest[0], _authority(rest[1:]))
    raise ValueError(kind)


def _authority_words(authority: Authority) -> tuple[int, ...]:
    return (authority.nonce, authority.expiry, *authority.signature.r8, authority.signature.s)


def _authority(numbers: Sequence[int]) -> Authority:
    nonce, expiry, x, y, scalar = numbers
    return Authority(nonce, expiry, Signature(Point(x, y), scalar))


# -- tables


def table_witness(table: RiskTable, signed: SignedTable) -> bytes:
    """What a table's line carries: the hash of the market's rules, inputs, and the committee's signatures."""
    market = table.parameters.market_hash.to_bytes(WORD, "little")
    signatures = b"".join(_signature_bytes(one) for one in signed.signatures)
    return market + len(signed.table.inputs).to_bytes(4, "little") + signed.table.inputs + signatures


def signed_table_of(command: Table, witness: bytes) -> tuple[RiskTable, SignedTable]:
    """The table as the committee signed it: in the machine's log its parameters lack the hash of the market's rules."""
    market, size = int.from_bytes(witness[:WORD], "little"), int.from_bytes(witness[WORD:HEAD], "little")
    inputs, rest = witness[HEAD : HEAD + size], witness[HEAD + size :]
    if len(witness) < HEAD or len(inputs) != size or len(rest) % SIGNATURE:
        raise UnreadableLine("the witness of a table is cut short")
    signatures = tuple(rest[at : at + SIGNATURE] for at in range(0, len(rest), SIGNATURE))
    table = replace(command.table, parameters=replace(command.table.parameters, market_hash=market))
    marks = tuple(mark.word() for mark in table.marks)
    posted = PostedTable(
        command.epoch, table.time, table.root, table.any_active, marks, table.stress_root, bytes(inputs)
    )
    return table, SignedTable(posted, signatures)


def _signature_bytes(signature: object) -> bytes:
    assert isinstance(signature, bytes), type(signature).__name__
    assert len(signature) == SIGNATURE, len(signature)
    return signature


# -- seals


@dataclass(frozen=True, slots=True)
class SealWitness:
    """What batches follow from beside the lines before: logged before anything of them is shown."""

    attempt: int
    seed: bytes = field(repr=False)
    """From the operator's secret and all that the batches say: their randomness."""
    share: int
    """Part of every step's lanes that was kept for decoys, in ppm."""
    most_gas: int
    """Of one batch, about."""
    content: bytes
    """Hash of what was planned: whoever plans otherwise must not use the seed."""
    decoys: tuple[int, ...]

    def encode(self) -> bytes:
        hashes = [int.from_bytes(one, "little") for one in (self.seed, self.content)]
        return words_of(self.attempt, *hashes, self.share, self.most_gas, *self.decoys)

    @classmethod
    def decode(cls, witness: bytes) -> SealWitness:
        match numbers_of(witness):
            case [attempt, seed, content, share, most_gas, *decoys]:
                hashes = (seed.to_bytes(WORD, "little"), content.to_bytes(WORD, "little"))
                return cls(attempt, hashes[0], share, most_gas, hashes[1], tuple(decoys))
        raise UnreadableLine("the witness of a seal is cut short")
