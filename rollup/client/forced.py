"""
Forced requests: what an account's L1 owner demands on L1, past an operator that does not serve it.

PAY asks for an amount and gets as much of it as is free; CLOSE asks for everything, positions and all. A request costs
a fee that doubles as others wait, and is answered in order; one that waits past its deadline lets anybody freeze the
system, after which everyone leaves by proof.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from web3.types import TxReceipt

from rollup.chain.abi import Sender, Transaction
from rollup.chain.bindings import System
from rollup.chain.bindings.forced import ForcedRequested, ForcedServed, Queue
from rollup.client.errors import BadOperation, NotNow
from rollup.client.system import OnBlocks, logged, now, unheard
from rollup.spec.settlement.settings import Settings
from rollup.spec.shared import Width
from rollup.spec.types import Cash, Index

__all__ = ["Answer", "RequestState", "Requested", "force_close", "force_pay", "last_request", "request_state"]


class Answer(StrEnum):
    """What became of a request."""

    WAITING = "waiting"
    OVERDUE = "overdue"
    """Anybody may freeze the system now."""
    SERVED = "served"
    """Paid into the requester's credit at the vault; perhaps less than asked, or nothing."""


@dataclass(frozen=True, slots=True)
class Requested:
    """A request that was just sent."""

    queue: Queue
    number: int
    fee: int
    """In wei."""
    gas: int


@dataclass(frozen=True, slots=True)
class RequestState:
    """A request at one moment."""

    queue: Queue
    number: int
    index: Index
    asked: Cash
    answer: Answer
    ahead: int = 0
    """Requests of its queue that are answered before it."""
    overdue_in: int | None = None
    """Seconds until its deadline, while it waits."""
    paid: Cash | None = None
    late: bool | None = None
    """Whether the fee comes back."""


def force_pay(system: System, sender: Sender, index: Index, asked: Cash) -> Requested:
    """Demand a payment to the account's L1 owner, who sends this."""
    if not 0 < asked < 1 << Width.AMOUNT:
        raise BadOperation(f"an amount is more than nothing and fits {Width.AMOUNT} bits, this is {asked}")
    fee = _fee(system, sender, index)
    return _request(system, sender, system.forced.request_pay(index, asked, value=fee))


def force_close(system: System, sender: Sender, index: Index) -> Requested:
    """Demand that the account be closed and paid; the positions go to the fund, at a price."""
    fee = _fee(system, sender, index)
    return _request(system, sender, system.forced.request_close(index, value=fee))


def request_state(system: System, queue: Queue, number: int, settings: Settings, first_block: int = 0) -> RequestState:
    """Where a request stands at the latest block."""
    count, served = system.forced.lengths(queue)
    if not 0 <= number < count:
        raise BadOperation(f"there is no request {number} in queue {queue.name}; it ever had {count}")
    found = system.forced.request(queue, number)
    if number >= served:
        left = found.time + settings.forced_deadline - now(system)
        answer = Answer.WAITING if left >= 0 else Answer.OVERDUE
        return RequestState(queue, number, found.index, found.asked, answer, number - served, max(0, left))
    for event in logged(system.forced, first_block):
        if isinstance(event, ForcedServed) and (event.queue, event.number) == (queue, number):
            return RequestState(
                queue, number, found.index, found.asked, Answer.SERVED, paid=event.paid, late=event.late
            )
    return RequestState(queue, number, found.index, found.asked, Answer.SERVED)


def last_request(
    system: System, index: Index, first_block: int = 0, on_blocks: OnBlocks = unheard
) -> tuple[Queue, int] | None:
    """The newest request of an account, which has one open at most."""
    made = [
        (event.queue, event.number)
        for event in logged(system.forced, first_block, on_blocks)
        if isinstance(event, ForcedRequested) and event.index == index
    ]
    return made[-1] if made else None


def _fee(system: System, sender: Sender, index: Index) -> int:
    """What the request costs now, if L1 takes one from this sender."""
    owner = system.deposits.l1_owner(index)
    if owner != sender.address:
        raise BadOperation(f"account {index} belongs to {owner} on L1, and only its owner may demand; send from there")
    if system.forced.requesting(index):
        raise NotNow(f"account {index} has a request open already; wait until it is served or overdue")
    return system.forced.fee_of_next()


def _request(system: System, sender: Sender, call: Transaction[int]) -> Requested:
    receipt: TxReceipt = call.send(sender)
    events = (found.event for log in receipt["logs"] if (found := system.forced.read(log)))
    made = next(event for event in events if isinstance(event, ForcedRequested))
    return Requested(made.queue, made.number, made.fee, int(receipt["gasUsed"]))
