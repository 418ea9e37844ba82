"""
The forced queues: what an L1 owner demands, and a hostile operator cannot refuse.

PAY asks for an amount, CLOSE for everything. Each queue is served strictly in order, and a request that waits past its
deadline lets anyone freeze the system. The fee doubles as requests pile up, so that nobody floods the queues to force a
freeze; it is burnt when served in time, for an operator who earned it would flood its own queue, and given back when
the operator was late.
"""

from __future__ import annotations

from rollup.spec.settlement.calls import Call, Wei
from rollup.spec.settlement.records import ForcedRequest, Queue
from rollup.spec.settlement.rules import require
from rollup.spec.settlement.storage import Storage
from rollup.spec.settlement.vault import credit, not_frozen
from rollup.spec.shared import Width
from rollup.spec.types import Cash, Index, Time
from rollup.spec.words import fits

__all__ = ["fee_of_next", "is_overdue", "request_close", "request_pay", "serve"]


def request_pay(storage: Storage, call: Call, index: Index, asked: Cash) -> int:
    """Demand a payment to the account's L1 owner; returns the request's id."""
    require(asked > 0 and fits(asked, Width.AMOUNT), "L1-24", "asks for nothing, or for more than 64 bits", asked)
    return _request(storage, call, Queue.PAY, index, asked)


def request_close(storage: Storage, call: Call, index: Index) -> int:
    """Demand that an account be closed out and paid, positions and all; returns the request's id."""
    return _request(storage, call, Queue.CLOSE, index, 0)


def fee_of_next(storage: Storage) -> Wei:
    """What the next request costs."""
    doublings = len(storage.requesting) // storage.settings.forced_doubling
    return storage.settings.forced_fee << doublings


def is_overdue(storage: Storage, now: Time) -> bool:
    """Whether the oldest request of either queue waits past its deadline."""
    return any(
        len(requests) > storage.heads[queue] and _late(storage, requests[storage.heads[queue]], now)
        for queue, requests in storage.queues.items()
    )


def serve(
    storage: Storage, call: Call, queue: Queue, number: int, index: Index, paid: Cash, asked: Cash | None = None
) -> None:
    """A FORCED or CLOSE header of a step answers the head of its queue and credits the owner."""
    requests = storage.queues[queue]
    in_order = number == storage.heads[queue] and number < len(requests)
    require(in_order, "L1-75", "answers a request that is not the next", (number, storage.heads[queue]))
    request = requests[number]
    matches = index == request.index and asked in (None, request.asked)
    require(matches, "L1-76", "differs from the queue in index or amount", (index, asked))
    storage.heads[queue] += 1
    storage.requesting.remove(request.index)
    credit(storage, request.requester, paid)
    if _late(storage, request, call.time):
        storage.fees_returned[request.requester] = storage.fees_returned.get(request.requester, 0) + request.fee
    else:
        storage.fees_held -= request.fee
        storage.fees_burnt += request.fee


def _request(storage: Storage, call: Call, queue: Queue, index: Index, asked: Cash) -> int:
    not_frozen(storage)
    owner = storage.l1_owners.get(index)
    require(owner is not None and owner == call.sender, "L1-20", "is not the account's L1 owner", call.sender)
    require(index not in storage.requesting, "L1-21", "has a request open", index)
    block, count = storage.requests_in_block
    count = count + 1 if block == call.block else 1
    require(count <= storage.settings.forced_per_block, "L1-23", "finds the block full of requests", call.block)
    fee = fee_of_next(storage)
    require(call.value >= fee, "L1-22", "brings too small a fee", call.value)
    storage.requests_in_block = (call.block, count)
    storage.requesting.add(index)
    storage.fees_held += fee  # What the caller sent above the fee goes straight back.
    storage.queues[queue].append(ForcedRequest(index, call.sender, asked, call.time, fee))
    return len(storage.queues[queue]) - 1


def _late(storage: Storage, request: ForcedRequest, now: Time) -> bool:
    return now - request.time > storage.settings.forced_deadline
