"""
What the parts of one system have logged on L1, with the calldata of its batches: read once, in order, from a node.

Logs are kept as the chain has them and decoded by the bindings when somebody asks, so nothing that a later reader
may want is lost. Old logs and transactions are enough: no node is asked for old state.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, Final

from hexbytes import HexBytes
from web3.exceptions import TransactionNotFound, Web3RPCError
from web3.types import LogReceipt

from rollup.chain import bindings
from rollup.chain.abi import Address, address, topic
from rollup.chain.bindings import System
from rollup.chain.bindings.attestations import Frozen
from rollup.chain.bindings.clearing import BatchAccepted
from rollup.chain.bindings.deposits import DepositConsumed, DepositQueued, DepositRefunded, DepositRejected, Status
from rollup.chain.bindings.governance import ChangeExecuted
from rollup.chain.bindings.oracle import TablePosted
from rollup.chain.errors import ChainError
from rollup.chain.part import Logged, Part
from rollup.spec.types import Cash, FieldElement, Index, Time

__all__ = [
    "PARTS",
    "AcceptedBatch",
    "ChainMoved",
    "Chronicle",
    "ForeignDeposit",
    "KeptLog",
    "Mark",
    "OnProgress",
    "QueuedDeposit",
    "has_block",
    "joined",
    "read_chronicle",
]

OnProgress = Callable[[int, int], None]
"""Told of blocks: how many of how many are read."""

SPAN: Final = 2_000
"""Blocks that one request for logs covers at most; many nodes refuse more. A span that is refused is halved."""

ACCEPTED: Final = topic(BatchAccepted.signature)
"""Of the one log whose transaction is read, too."""

PARTS: Final[Mapping[str, type[Part]]] = {
    "vault": bindings.Vault,
    "deposits": bindings.Deposits,
    "forced": bindings.Forced,
    "oracle": bindings.Oracle,
    "clearing": bindings.Clearing,
    "attestations": bindings.Attestations,
    "governance": bindings.Governance,
    "verifiers": bindings.Verifiers,
    "exit": bindings.Exit,
}
"""Bindings by part: they know how to read its logs."""


class ChainMoved(ChainError):
    """The chain was reorganised while it was read."""


class ForeignDeposit(ChainError):
    """Logs tell what became of a deposit, and not that it was queued."""

    def __init__(self, number: int) -> None:
        self.number = number
        super().__init__(
            f"the logs tell what became of deposit {number}, and not that it was queued: old logs are missing; ask a "
            "node that keeps all logs"
        )


@dataclass(frozen=True, slots=True)
class Mark:
    """A block by which a chain is known again."""

    number: int
    hash: bytes
    time: Time


@dataclass(frozen=True, slots=True)
class KeptLog:
    """A log as the chain has it."""

    part: str
    block: int
    place: int
    """Among the logs of its block."""
    transaction: bytes
    topics: tuple[bytes, ...]
    data: bytes


@dataclass(frozen=True, slots=True)
class AcceptedBatch:
    """A batch that L1 accepted, and the calldata that carried it there."""

    number: int
    block: int
    time: Time
    transaction: bytes
    calldata: bytes
    state_after: FieldElement
    epoch: int


@dataclass(frozen=True, slots=True)
class QueuedDeposit:
    """A deposit and what became of it."""

    number: int
    depositor: Address
    index: Index
    """Of a registration 0 until a batch consumed it."""
    amount: Cash
    owner_hash: FieldElement
    """0 in a top-up."""
    time: Time
    status: Status = Status.QUEUED


@dataclass(frozen=True, kw_only=True)
class Chronicle:
    """What the parts of one system have logged, in order, and what their batches carried."""

    until: Mark
    """Read up to and with this block."""
    logs: tuple[KeptLog, ...]
    times: Mapping[int, Time]
    """Of every block with a log."""
    calldata: Mapping[bytes, bytes]
    """By transaction, of every accepted batch."""
    parameters: tuple[FieldElement, ...]
    """Hashes of all parameters that were ever in force, the first ones first."""

    @cached_property
    def events(self) -> tuple[tuple[str, Logged], ...]:
        """Every log that is one of our events, with its part."""
        read = []
        for log in self.logs:
            event = PARTS[log.part].decoded(log.topics, log.data)
            if event is not None:
                read.append((log.part, Logged(event, log.block, log.transaction, log.place)))
        return tuple(read)

    def of(self, kind: type[Any]) -> Iterator[Logged]:
        """The events of one kind, in order."""
        return (logged for _, logged in self.events if isinstance(logged.event, kind))

    def time_of(self, logged: Logged) -> Time:
        """When an event's block was made."""
        return self.times[logged.block]

    @cached_property
    def batches(self) -> tuple[AcceptedBatch, ...]:
        """In order."""
        return tuple(
            AcceptedBatch(
                logged.event.number,
                logged.block,
                self.time_of(logged),
                logged.transaction,
                self.calldata[logged.transaction],
                logged.event.state_after,
                logged.event.epoch,
            )
            for logged in self.of(BatchAccepted)
        )

    @property
    def tables(self) -> list[TablePosted]:
        """As they were posted."""
        return [logged.event for logged in self.of(TablePosted)]

    @property
    def deposits(self) -> dict[int, QueuedDeposit]:
        """By number; `ForeignDeposit` where the logs tell of one that was never queued."""
        found: dict[int, QueuedDeposit] = {}
        for _, logged in self.events:
            match logged.event:
                case DepositQueued(number, depositor, index, amount, owner_hash):
                    found[number] = QueuedDeposit(number, depositor, index, amount, owner_hash, self.time_of(logged))
                case DepositConsumed(number, index, _):
                    found[number] = replace(_queued(found, number), index=index, status=Status.CONSUMED)
                case DepositRejected(number):
                    found[number] = replace(_queued(found, number), status=Status.REJECTED)
                case DepositRefunded(number, _, _):
                    found[number] = replace(_queued(found, number), status=Status.REFUNDED)
        return found

    @property
    def frozen_at(self) -> Time | None:
        """When the system froze; None while it runs."""
        return next((self.time_of(logged) for logged in self.of(Frozen)), None)


def read_chronicle(
    system: System,
    first: int = 0,
    last: int | None = None,
    on_progress: OnProgress = lambda *_: None,
    *,
    batches: int = 0,
) -> Chronicle:
    """What the parts logged from a block on; before it there were so many batches."""
    eth = system.clearing.chain.eth
    end = eth.get_block("latest" if last is None else last)
    until = Mark(int(end["number"]), bytes(end["hash"]), int(end["timestamp"]))
    logs: list[KeptLog] = []
    times: dict[int, Time] = {}
    calldata: dict[bytes, bytes] = {}
    for some, read_to in _in_spans(system, first, until.number):
        logs += some
        times |= {block: int(eth.get_block(block)["timestamp"]) for block in dict.fromkeys(log.block for log in some)}
        calldata |= {log.transaction: _calldata(system, log) for log in some if log.topics[:1] == (ACCEPTED,)}
        on_progress(read_to - first + 1, until.number - first + 1)
    found = Chronicle(until=until, logs=tuple(logs), times=times, calldata=calldata, parameters=())
    accepted = list(found.of(BatchAccepted))
    expected = list(range(batches + 1, batches + 1 + len(accepted)))
    if [logged.event.number for logged in accepted] != expected:
        raise ChainError(
            f"the node has logs of batches {[logged.event.number for logged in accepted]} from block {first} on, not "
            f"of every one from {batches + 1}: it has dropped old logs, or the deployment record names too late a "
            "block; ask a node that keeps all logs"
        )
    if not has_block(system, until):
        raise ChainMoved(f"the chain was reorganised below block {until.number} while it was read; read it again")
    return replace(found, parameters=_parameters(system, found))


def joined(found: Chronicle, more: Chronicle) -> Chronicle:
    """One after the other."""
    return Chronicle(
        until=more.until,
        logs=(*found.logs, *more.logs),
        times={**found.times, **more.times},
        calldata={**found.calldata, **more.calldata},
        parameters=tuple(dict.fromkeys((*found.parameters, *more.parameters))),
    )


def _queued(found: Mapping[int, QueuedDeposit], number: int) -> QueuedDeposit:
    if number not in found:
        raise ForeignDeposit(number)
    return found[number]


def _in_spans(system: System, first: int, last: int) -> Iterator[tuple[list[KeptLog], int]]:
    """Logs of all parts, span by span, and the block that each span ends with."""
    eth, start, span = system.clearing.chain.eth, first, SPAN
    names = {getattr(system, part).address: part for part in PARTS}
    while start <= last:
        end = min(start + span - 1, last)
        try:
            found = eth.get_logs({"address": list(names), "fromBlock": start, "toBlock": end})
        except Web3RPCError:  # too many blocks or too many logs for this node
            if span == 1:
                raise
            span //= 2
            continue
        ordered = sorted(found, key=lambda log: (log["blockNumber"], log["logIndex"]))
        yield [_kept(names[address(log["address"])], log) for log in ordered], end
        start = end + 1


def _kept(part: str, log: LogReceipt) -> KeptLog:
    topics = tuple(bytes(topic) for topic in log["topics"])
    return KeptLog(part, log["blockNumber"], log["logIndex"], bytes(log["transactionHash"]), topics, bytes(log["data"]))


def _calldata(system: System, accepted: KeptLog) -> bytes:
    """What carried a batch to L1: the transaction's own calldata, as L1-78 has it."""
    try:
        return bytes(system.clearing.chain.eth.get_transaction(HexBytes(accepted.transaction))["input"])
    except TransactionNotFound as error:
        raise ChainError(
            f"the node has the log of transaction 0x{accepted.transaction.hex()}, and not the transaction, whose "
            "calldata carry a batch; ask a node that keeps all transactions"
        ) from error


def _parameters(system: System, found: Chronicle) -> tuple[FieldElement, ...]:
    """
    Hashes of all parameters that were in force, the first ones first.

    A table made just before a change may be posted with a time just after it, so its time alone does not say which.
    """
    times = [0, *(found.time_of(logged) for logged in found.of(ChangeExecuted))]
    return tuple(dict.fromkeys(system.governance.parameters_at(time) for time in times))


def has_block(system: System, mark: Mark) -> bool:
    """Whether the chain has this very block."""
    eth = system.clearing.chain.eth
    return eth.block_number >= mark.number and bytes(eth.get_block(mark.number)["hash"]) == mark.hash
