"""
Remarks: lines of the journal that no command of the exchange is, and that the ledger must remember all the same.

A trader introduces the keys behind an owner hash before L1 queues it; a deposit may be passed over; accounts may be
opened for nothing but to sweep what is settled in them. A line with an empty command is a remark.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, TypeAlias

from rollup.ledger.errors import UnreadableLine
from rollup.ledger.witnesses import numbers_of, owner_of, owner_words, words_of
from rollup.spec.account import Owner
from rollup.spec.types import Index, Point

__all__ = ["Introduced", "Keyed", "Rejected", "Remark", "Swept", "decode", "encode"]

INTRODUCED, REJECTED, SWEPT, KEYED = range(1, 5)

OWNER_WORDS: Final = 7


@dataclass(frozen=True, slots=True)
class Introduced:
    """The keys behind an owner hash: L1 shows the hash only."""

    owner: Owner


@dataclass(frozen=True, slots=True)
class Rejected:
    """A deposit that the next batch passes over; it is refunded on L1."""

    number: int


@dataclass(frozen=True, slots=True)
class Swept:
    """Accounts that are opened so that what is settled in them becomes cash."""

    accounts: tuple[Index, ...]


@dataclass(frozen=True, slots=True)
class Keyed:
    """Another key trades for an account that was registered and never got its deposit: somebody else gets the index."""

    account: Index
    trading_key: Point


Remark: TypeAlias = Introduced | Rejected | Swept | Keyed


def encode(remark: Remark) -> bytes:
    """A remark as it stands in the journal."""
    match remark:
        case Introduced():
            return words_of(INTRODUCED, *owner_words(remark.owner))
        case Rejected():
            return words_of(REJECTED, remark.number)
        case Swept():
            return words_of(SWEPT, *remark.accounts)
        case Keyed():
            return words_of(KEYED, remark.account, *remark.trading_key)


def decode(data: bytes) -> Remark:
    """The remark of a line."""
    match numbers_of(data):
        case [kind, *words] if kind == INTRODUCED and len(words) == OWNER_WORDS:
            return Introduced(owner_of(words))
        case [kind, number] if kind == REJECTED:
            return Rejected(number)
        case [kind, *accounts] if kind == SWEPT:
            return Swept(tuple(accounts))
        case [kind, account, x, y] if kind == KEYED:
            return Keyed(account, Point(x, y))
    raise UnreadableLine("a remark of no known kind")
