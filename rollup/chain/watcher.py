"""
The watcher: what an operator must learn from L1, in order and without loss.

It reads the logs of one system's parts from where a cursor stands to a block that is deep enough, and compares what the
logs tell with what the contracts count at that block. A node that drops logs, or answers of two chains at once, so
leads to an error and never to a deposit that nobody knows of. It keeps nothing: the caller writes what was observed and
the new cursor down together, and begins again from there.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Any, Final, TypeVar

from web3.exceptions import BlockNotFound, Web3RPCError

from rollup.chain.abi import Address
from rollup.chain.bindings import System
from rollup.chain.bindings.attestations import Frozen
from rollup.chain.bindings.clearing import BatchAccepted
from rollup.chain.bindings.deposits import DepositConsumed, DepositQueued, DepositRefunded, DepositRejected, Status
from rollup.chain.bindings.forced import ForcedRequested, ForcedServed, Queue
from rollup.chain.bindings.oracle import TablePosted
from rollup.chain.cursor import Counts, Seen
from rollup.chain.errors import BadRecord, LostLogs, Reorganised
from rollup.chain.part import Logged
from rollup.spec.types import Cash, FieldElement, Index, Time

__all__ = ["AcceptedBatch", "NewDeposit", "NewRequest", "Observed", "Watcher"]

T = TypeVar("T")

SPAN: Final = 2_000
"""Blocks that one request for logs covers at most; where a node refuses, it is halved."""

LOOKS: Final = 3
"""At what does not add up, before it is an error: a node that mines or changes chains meanwhile may do so."""


@dataclass(frozen=True, slots=True)
class NewDeposit:
    """A deposit that was queued."""

    number: int
    depositor: Address
    index: Index
    """Of a registration 0, until a batch consumes it."""
    amount: Cash
    owner_hash: FieldElement
    """0 in a top-up."""
    time: Time
    status: Status
    """At the end of what was read."""


@dataclass(frozen=True, slots=True)
class NewRequest:
    """A forced request that was made."""

    queue: Queue
    number: int
    index: Index
    requester: Address
    asked: Cash
    """0 in a CLOSE."""
    fee: int
    time: Time


@dataclass(frozen=True, slots=True)
class AcceptedBatch:
    """A batch that L1 accepted, whoever posted it."""

    number: int
    root: FieldElement
    epoch: int
    """Of its last step."""
    block: int
    transaction: bytes


@dataclass(frozen=True, slots=True)
class Observed:
    """What happened between two cursors, each list in the order of the chain."""

    seen: Seen
    """The new cursor: to be kept together with what was made of the rest."""
    logs: tuple[Logged, ...] = ()
    """All of it in one order."""
    deposits: tuple[NewDeposit, ...] = ()
    requests: tuple[NewRequest, ...] = ()
    batches: tuple[AcceptedBatch, ...] = ()
    behind: int = 0
    """Blocks that the cursor has and the node has not: it lags, or gave them up for a chain that is still shorter."""

    @property
    def consumed(self) -> tuple[DepositConsumed, ...]:
        return self._of(DepositConsumed)

    @property
    def rejected(self) -> tuple[DepositRejected, ...]:
        return self._of(DepositRejected)

    @property
    def refunds(self) -> tuple[DepositRefunded, ...]:
        return self._of(DepositRefunded)

    @property
    def served(self) -> tuple[ForcedServed, ...]:
        return self._of(ForcedServed)

    @property
    def tables(self) -> tuple[TablePosted, ...]:
        return self._of(TablePosted)

    @property
    def freeze(self) -> Frozen | None:
        """It happens once."""
        return next(iter(self._of(Frozen)), None)

    def _of(self, kind: type[T]) -> tuple[T, ...]:
        return tuple(logged.event for logged in self.logs if isinstance(logged.event, kind))


class Watcher:
    """Reads one system's parts, which have no logs before `first_block`, as far as blocks are deep enough."""

    def __init__(self, system: System, first_block: int, confirmations: int = 0) -> None:
        """Beyond some 100 confirmations most nodes have no state left to compare with: take one that keeps it."""
        self.system, self.first_block, self.confirmations = system, first_block, confirmations
        self.chain = system.clearing.chain
        self.parts = (system.deposits, system.forced, system.oracle, system.clearing, system.attestations)
        self._span = SPAN

    def beginning(self) -> Seen:
        """The cursor before anything happened."""
        block = max(self.first_block - 1, 0)
        return Seen(block, self._hash(block) or b"", Counts())

    def poll(self, after: Seen) -> Observed:
        """
        What happened since; nothing when no further block is deep enough.

        Raises `Reorganised` when the cursor's block is gone, with the last block that is still common: what was made
        of later ones is to be undone, and `after.back_at(common)` to be gone on from.
        """
        for _ in range(LOOKS - 1):
            try:
                observed = self._poll(after)
            except LostLogs:
                continue
            if observed is not None:
                return observed
        observed = self._poll(after)
        if observed is None:
            raise Reorganised(after.block + 1, after.block)
        return observed

    def _poll(self, after: Seen) -> Observed | None:
        """None when the chain changed meanwhile."""
        latest = self.chain.eth.block_number
        behind = self._check_chain(after, latest)
        last = latest - self.confirmations
        if last <= after.block or not self._is_deployed(after, last):
            return Observed(after, behind=behind)
        hash_ = self._hash(last)
        if hash_ is None:
            return None
        logs = tuple(self._logs(after.block + 1, last))
        counts = after.counts
        for logged in logs:
            counts = _counted(counts, logged.event, last)
        self._check_counts(counts, last)
        events = [logged.event for logged in logs]
        counts = replace(counts, next_deposit=self._head(counts.next_deposit, events, last))
        observed = Observed(
            after.then(last, hash_, counts),
            logs,
            tuple(self._deposit(event, last) for event in events if isinstance(event, DepositQueued)),
            tuple(self._request(event, last) for event in events if isinstance(event, ForcedRequested)),
            tuple(_batch(logged) for logged in logs if isinstance(logged.event, BatchAccepted)),
        )
        self._check_root(observed, last)
        return observed if self._hash(last) == hash_ else None

    # -- the chain

    def _check_chain(self, after: Seen, latest: int) -> int:
        """That it is the one that was read; returns how many blocks of it the node has not yet."""
        reached = [seen for seen in after.remembered if seen.block <= latest]
        common = next((seen for seen in reached if self._hash(seen.block) == seen.hash), None)
        if reached and common is not reached[0]:
            raise Reorganised(reached[0].block, None if common is None else common.block)
        return max(after.block - latest, 0)

    def _is_deployed(self, after: Seen, last: int) -> bool:
        """Whether all parts are there at a block; asked until something has happened."""
        if after.counts != Counts():
            return True
        for part in (*self.parts, self.system.vault):
            if not self.chain.eth.get_code(part.address, last):
                if self.chain.eth.get_code(part.address):
                    return False
                raise BadRecord(part.address, "has no code on this chain: the deployment record is of another one")
        return True

    def _hash(self, block: int) -> bytes | None:
        try:
            return bytes(self.chain.eth.get_block(block)["hash"])
        except BlockNotFound:
            return None

    def _logs(self, first: int, last: int) -> Iterator[Logged]:
        """Those of the parts, in order, span by span."""
        places = {part.address: part for part in self.parts}
        while first <= last:
            end = min(first + self._span - 1, last)
            try:
                found = self.chain.eth.get_logs({"address": list(places), "fromBlock": first, "toBlock": end})
            except Web3RPCError:
                if self._span == 1:
                    raise
                self._span //= 2  # Too many blocks for this node, or too many logs in them.
                continue
            for log in sorted(found, key=lambda log: (log["blockNumber"], log["logIndex"])):
                logged = places[log["address"]].read(log)
                if logged is not None:
                    yield logged
            first = end + 1

    # -- what the contracts say

    def _check_counts(self, counts: Counts, last: int) -> None:
        """Nothing is missing among the logs up to a block."""
        system = self.system
        pay, close = (system.forced.lengths(queue, block=last) for queue in (Queue.PAY, Queue.CLOSE))
        pairs: Iterable[tuple[str, object, object]] = (
            ("deposits", counts.deposits, system.deposits.deposit_count(block=last)),
            ("deposited money that waits", counts.unrefunded, system.vault.unrefunded(block=last)),
            ("PAY requests and answers", (counts.pay, counts.pay_served), pay),
            ("CLOSE requests and answers", (counts.close, counts.close_served), close),
            ("batches", counts.batches, system.clearing.batches(block=last)),
            ("the newest table", counts.epoch, system.oracle.newest_epoch(block=last)),
            ("a freeze", counts.frozen, system.attestations.frozen_at(block=last) != 0),
        )
        for what, logged, counted in pairs:
            _same(what, logged, counted, last)

    def _head(self, before: int, events: Iterable[Any], last: int) -> int:
        """Head of the deposit queue; it passes over deposits without a log when they were refunded before."""
        head = self.system.deposits.next_deposit(block=last)
        told = {event.number for event in events if isinstance(event, (DepositConsumed, DepositRejected))}
        for number in sorted(set(range(before, head)) ^ told):
            status = self.system.deposits.deposit(number, block=last).status if number < head else Status.QUEUED
            if status is not Status.REFUNDED:
                name = f"what became of deposit {number}:"
                _same(name, "nothing" if number < head else "an end", status.name.lower(), last)
        return head

    def _check_root(self, observed: Observed, last: int) -> None:
        if observed.batches:
            _same("a root", observed.batches[-1].root, self.system.clearing.latest_root(block=last), last)

    def _deposit(self, event: DepositQueued, last: int) -> NewDeposit:
        """With what the log does not say; a registration that was consumed meanwhile is told as it was queued."""
        kept = self.system.deposits.deposit(event.number, block=last)
        said = (event.depositor, event.amount, event.owner_hash)
        _same(f"deposit {event.number}", said, (kept.depositor, kept.amount, kept.owner_hash), last)
        return NewDeposit(
            event.number,
            event.depositor,
            event.index,
            event.amount,
            event.owner_hash,
            kept.time,
            kept.status,
        )

    def _request(self, event: ForcedRequested, last: int) -> NewRequest:
        kept = self.system.forced.request(event.queue, event.number, block=last)
        said = (event.index, event.requester, event.asked, event.fee)
        name = f"{event.queue.name} request {event.number}"
        _same(name, said, (kept.index, kept.requester, kept.asked, kept.fee), last)
        return NewRequest(event.queue, event.number, *said, kept.time)


def _batch(logged: Logged) -> AcceptedBatch:
    event = logged.event
    return AcceptedBatch(event.number, event.state_after, event.epoch, logged.block, logged.transaction)


def _counted(counts: Counts, event: Any, last: int) -> Counts:
    """Counts with one event more, which must be the next of its kind."""
    match event:
        case DepositQueued():
            _same("deposit", event.number, counts.deposits, last)
            return replace(counts, deposits=counts.deposits + 1, unrefunded=counts.unrefunded + event.amount)
        case DepositConsumed() | DepositRefunded():
            return replace(counts, unrefunded=counts.unrefunded - event.amount)
        case ForcedRequested() | ForcedServed():
            name = event.queue.name.lower() + ("_served" if isinstance(event, ForcedServed) else "")
            due = getattr(counts, name)
            _same(f"{event.queue.name} request", event.number, due, last)
            return replace(counts, **{name: due + 1})
        case BatchAccepted():
            _same("batch", event.number, counts.batches + 1, last)
            return replace(counts, batches=event.number)
        case TablePosted() if not counts.frozen:
            return replace(counts, epoch=event.epoch)
        case Frozen():
            return replace(counts, frozen=True)
    return counts


def _same(what: str, logged: object, counted: object, last: int) -> None:
    if logged != counted:
        raise LostLogs(what, logged, counted, last)
