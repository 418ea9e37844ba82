"""
The part `deposits`.

Generated from the contracts by `make generate`; change those, not this file.
"""

# ruff: noqa: E501 - signatures are as long as the contracts have them
from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import IntEnum
from typing import Any, ClassVar, Final, Self

from rollup.chain.abi import Address, Block, Transaction, address, topic
from rollup.chain.part import Part


class Status(IntEnum):
    """What became of a deposit."""

    NONE = 0
    QUEUED = 1
    CONSUMED = 2
    """Inside an account."""
    REJECTED = 3
    """Passed over by a batch, and not fetched yet."""
    REFUNDED = 4


@dataclass(frozen=True, slots=True)
class Deposit:
    """Collateral waiting to enter an account; its place in the queue is its id."""

    depositor: Address
    """For a registration also the account's L1 owner to be."""
    amount: int
    time: int
    index: int
    """Of a registration 0 until a batch consumes it."""
    status: Status
    owner_hash: int
    """0 in a top-up."""

    @classmethod
    def of(cls, values: Sequence[Any]) -> Self:
        """From what was decoded."""
        return cls(address(values[0]), values[1], values[2], values[3], Status(values[4]), values[5])


@dataclass(frozen=True, slots=True)
class DepositConsumed:
    """A deposit went into the account at `index`; a registration has its index from here."""

    signature: ClassVar[str] = "DepositConsumed(uint256,uint256,uint256)"
    indexed: ClassVar[tuple[bool, ...]] = (True, True, False)

    number: int
    index: int
    amount: int

    @classmethod
    def of(cls, values: Sequence[Any]) -> Self:
        """From what was decoded."""
        return cls(values[0], values[1], values[2])


@dataclass(frozen=True, slots=True)
class DepositQueued:
    """A deposit waits; `index` is 0 for a registration, which `ownerHash` tells from a top-up of the fund."""

    signature: ClassVar[str] = "DepositQueued(uint256,address,uint256,uint256,uint256)"
    indexed: ClassVar[tuple[bool, ...]] = (True, True, True, False, False)

    number: int
    depositor: Address
    index: int
    amount: int
    owner_hash: int

    @classmethod
    def of(cls, values: Sequence[Any]) -> Self:
        """From what was decoded."""
        return cls(values[0], address(values[1]), values[2], values[3], values[4])


@dataclass(frozen=True, slots=True)
class DepositRefunded:
    """`DepositRefunded` of the contracts."""

    signature: ClassVar[str] = "DepositRefunded(uint256,address,uint256)"
    indexed: ClassVar[tuple[bool, ...]] = (True, True, False)

    number: int
    depositor: Address
    amount: int

    @classmethod
    def of(cls, values: Sequence[Any]) -> Self:
        """From what was decoded."""
        return cls(values[0], address(values[1]), values[2])


@dataclass(frozen=True, slots=True)
class DepositRejected:
    """`DepositRejected` of the contracts."""

    signature: ClassVar[str] = "DepositRejected(uint256)"
    indexed: ClassVar[tuple[bool, ...]] = (True,)

    number: int

    @classmethod
    def of(cls, values: Sequence[Any]) -> Self:
        """From what was decoded."""
        return cls(values[0])


class Deposits(Part):
    """The deployed part `deposits`."""

    CONSTRUCTOR: Final = "((address,address,address,address,address,address,address,address,address),(uint64,uint64,uint64,uint64,uint64,uint64,uint64,uint64,uint64,uint64,uint64,uint64,uint64,uint64,uint64,uint64,uint128,uint64,uint64,uint64),uint8,address)"
    EVENTS: ClassVar[Mapping[bytes, type[Any]]] = {
        topic(each.signature): each
        for each in (
            DepositConsumed,
            DepositQueued,
            DepositRefunded,
            DepositRejected,
        )
    }

    def consume(self, number: int, index: int, amount: int, owner_hash: int, shown_owner: int) -> Transaction[None]:
        """
        Take the head of the queue into an account; only for clearing. A registration's index is the next one.
        `shown_owner`: The L1 owner that the account's owner hash opens to, in clear.
        """
        return self._change(
            "consume(uint256,uint256,uint256,uint256,uint256)",
            (number, index, amount, owner_hash, shown_owner),
            "()",
            lambda found: None,
        )

    def deposit(self, number: int, *, block: Block = "latest") -> Deposit:
        """`deposit` of the contract."""
        found = self._view("deposit(uint256)", (number,), "((address,uint64,uint64,uint32,uint8,uint256))", block)
        return Deposit.of(found[0])

    def deposit_count(self, *, block: Block = "latest") -> int:
        """How many deposits there ever were."""
        found = self._view("depositCount()", (), "(uint256)", block)
        return int(found[0])

    def l1_owner(self, index: int, *, block: Block = "latest") -> Address:
        """Who owns an account on L1; nobody until its registration was consumed."""
        found = self._view("l1Owner(uint256)", (index,), "(address)", block)
        return address(found[0])

    def next_deposit(self, *, block: Block = "latest") -> int:
        """The head: what comes before was consumed or rejected."""
        found = self._view("nextDeposit()", (), "(uint256)", block)
        return int(found[0])

    def next_index(self, *, block: Block = "latest") -> int:
        """The index that the next registration to be consumed gets; every one below belongs to somebody."""
        found = self._view("nextIndex()", (), "(uint256)", block)
        return int(found[0])

    def refund(self, number: int) -> Transaction[None]:
        """Give a deposit back to its sender: once rejected, after its window, or after a freeze."""
        return self._change("refund(uint256)", (number,), "()", lambda found: None)

    def register(self, owner_hash: int, amount: int) -> Transaction[int]:
        """
        Queue the first deposit of a new account, which the caller will own on L1. The account gets its index when a
        batch consumes the deposit, so what is rejected or refunded uses none up. `owner_hash`: Commits to the account's
        keys and to the caller's address.
        """
        return self._change("register(uint256,uint256)", (owner_hash, amount), "(uint256)", lambda found: found[0])

    def reject_at_head(self, number: int) -> Transaction[bool]:
        """
        Pass over the head of the queue, unless `number` is another deposit; only for clearing. Returns `done`: Whether
        it was the head.
        """
        return self._change("rejectAtHead(uint256)", (number,), "(bool)", lambda found: found[0])

    def top_up(self, index: int, amount: int) -> Transaction[int]:
        """Queue a deposit into an account that exists, or into the fund; anyone may, also during a pause."""
        return self._change("topUp(uint256,uint256)", (index, amount), "(uint256)", lambda found: found[0])
