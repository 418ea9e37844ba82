"""
The part `forced`.

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


class Queue(IntEnum):
    """PAY asks for an amount, CLOSE for everything."""

    PAY = 0
    CLOSE = 1


@dataclass(frozen=True, slots=True)
class Request:
    """A demand; its place in its queue is its id."""

    requester: Address
    index: int
    time: int
    asked: int
    """0 in a CLOSE."""
    fee: int

    @classmethod
    def of(cls, values: Sequence[Any]) -> Self:
        """From what was decoded."""
        return cls(address(values[0]), values[1], values[2], values[3], values[4])


@dataclass(frozen=True, slots=True)
class FeePulled:
    """`FeePulled` of the contracts."""

    signature: ClassVar[str] = "FeePulled(address,uint256)"
    indexed: ClassVar[tuple[bool, ...]] = (True, False)

    owner: Address
    amount: int

    @classmethod
    def of(cls, values: Sequence[Any]) -> Self:
        """From what was decoded."""
        return cls(address(values[0]), values[1])


@dataclass(frozen=True, slots=True)
class ForcedRequested:
    """`ForcedRequested` of the contracts."""

    signature: ClassVar[str] = "ForcedRequested(uint8,uint256,uint256,address,uint256,uint256)"
    indexed: ClassVar[tuple[bool, ...]] = (True, True, True, False, False, False)

    queue: Queue
    number: int
    index: int
    requester: Address
    asked: int
    fee: int

    @classmethod
    def of(cls, values: Sequence[Any]) -> Self:
        """From what was decoded."""
        return cls(Queue(values[0]), values[1], values[2], address(values[3]), values[4], values[5])


@dataclass(frozen=True, slots=True)
class ForcedServed:
    """`ForcedServed` of the contracts."""

    signature: ClassVar[str] = "ForcedServed(uint8,uint256,uint256,bool)"
    indexed: ClassVar[tuple[bool, ...]] = (True, True, False, False)

    queue: Queue
    number: int
    paid: int
    late: bool

    @classmethod
    def of(cls, values: Sequence[Any]) -> Self:
        """From what was decoded."""
        return cls(Queue(values[0]), values[1], values[2], values[3])


class Forced(Part):
    """The deployed part `forced`."""

    CONSTRUCTOR: Final = "((address,address,address,address,address,address,address,address,address),(uint64,uint64,uint64,uint64,uint64,uint64,uint64,uint64,uint64,uint64,uint64,uint64,uint64,uint64,uint64,uint64,uint128,uint64,uint64,uint64))"
    EVENTS: ClassVar[Mapping[bytes, type[Any]]] = {
        topic(each.signature): each
        for each in (
            FeePulled,
            ForcedRequested,
            ForcedServed,
        )
    }

    def fee_of_next(self, *, block: Block = "latest") -> int:
        """What the next request costs, in wei."""
        found = self._view("feeOfNext()", (), "(uint256)", block)
        return int(found[0])

    def fees(self, *, block: Block = "latest") -> tuple[int, int]:
        """Wei that belong to open or late requests, and wei that are nobody's for ever."""
        found = self._view("fees()", (), "(uint256,uint256)", block)
        return (found[0], found[1])

    def fees_returned(self, owner: Address, *, block: Block = "latest") -> int:
        """Wei that an owner can fetch."""
        found = self._view("feesReturned(address)", (owner,), "(uint256)", block)
        return int(found[0])

    def is_overdue(self, *, block: Block = "latest") -> bool:
        """Whether the oldest request of either queue waits past its deadline."""
        found = self._view("isOverdue()", (), "(bool)", block)
        return bool(found[0])

    def lengths(self, queue: Queue, *, block: Block = "latest") -> tuple[int, int]:
        """How many requests a queue ever had, and how many of them were answered."""
        found = self._view("lengths(uint8)", (queue,), "(uint256,uint256)", block)
        return (found[0], found[1])

    def open(self, *, block: Block = "latest") -> int:
        """Open requests of both queues."""
        found = self._view("open()", (), "(uint256)", block)
        return int(found[0])

    def pull_fee(self) -> Transaction[int]:
        """Fetch fees of requests that were served late."""
        return self._change("pullFee()", (), "(uint256)", lambda found: found[0])

    def request(self, queue: Queue, number: int, *, block: Block = "latest") -> Request:
        """`request` of the contract."""
        found = self._view("request(uint8,uint256)", (queue, number), "((address,uint32,uint64,uint64,uint128))", block)
        return Request.of(found[0])

    def request_close(self, index: int, *, value: int) -> Transaction[int]:
        """Demand that an account be closed out and paid, positions and all."""
        return self._change("requestClose(uint256)", (index,), "(uint256)", lambda found: found[0], value)

    def request_pay(self, index: int, asked: int, *, value: int) -> Transaction[int]:
        """Demand a payment to the account's L1 owner, who calls."""
        return self._change("requestPay(uint256,uint256)", (index, asked), "(uint256)", lambda found: found[0], value)

    def requesting(self, index: int, *, block: Block = "latest") -> bool:
        """Whether an account has a request open."""
        found = self._view("requesting(uint256)", (index,), "(bool)", block)
        return bool(found[0])

    def serve(self, queue: Queue, number: int, index: int, paid: int, asked: int) -> Transaction[None]:
        """
        Answer the head of a queue and credit its requester; only for clearing. `asked`: What the step says was asked;
        not read for a CLOSE.
        """
        return self._change(
            "serve(uint8,uint256,uint256,uint256,uint256)",
            (queue, number, index, paid, asked),
            "()",
            lambda found: None,
        )
