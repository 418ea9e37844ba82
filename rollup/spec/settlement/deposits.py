"""
The deposit queue: collateral on its way into accounts.

A registration names its sender, who is to be the account's L1 owner, and gets the next index when a batch consumes it:
one that is rejected or refunded uses no leaf up. A top-up goes to an account that exists. Batches take deposits
strictly in order and pass over those that they list as rejected. A deposit belongs to the queue while it is younger
than its window and to its sender from then on, so no refund can pull a deposit away in front of a batch that consumes
it.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from rollup.spec.account import FUND
from rollup.spec.hashes import R
from rollup.spec.settlement.calls import Address, Call, Payment
from rollup.spec.settlement.records import Deposit, DepositStatus
from rollup.spec.settlement.rules import require
from rollup.spec.settlement.storage import Storage
from rollup.spec.settlement.vault import not_frozen, pay
from rollup.spec.types import Cash, FieldElement, Index, Time

__all__ = ["consume", "refund", "register", "reject_at_head", "top_up"]

NO_INDEX: Final[Index] = 0
"""Of a registration that no batch has consumed."""


def register(storage: Storage, call: Call, owner_hash: FieldElement, amount: Cash) -> int:
    """Queue the first deposit of a new account; returns its id. Its index is given when a batch consumes it."""
    not_frozen(storage)
    require(call.time >= storage.paused_until, "L1-10", "registers during a pause", storage.paused_until)
    require(owner_hash < R, "L1-4", "has an owner hash that is no field element", owner_hash)
    require(owner_hash != 0, "L1-14", "registers nobody: 0 marks a top-up", owner_hash)
    used = storage.next_index
    require(used < storage.deployment.account_limit, "L1-13", "finds every leaf given away", used)
    return _queue(storage, call, NO_INDEX, amount, owner_hash)


def top_up(storage: Storage, call: Call, index: Index, amount: Cash) -> int:
    """Queue a deposit into an account that exists, or into the fund; anyone may, also during a pause."""
    not_frozen(storage)
    known = index == FUND or index in storage.l1_owners
    require(known, "L1-15", "tops up an index whose registration was not consumed", index)
    return _queue(storage, call, index, amount, 0)


def refund(storage: Storage, call: Call, deposit: int) -> Payment:
    """Give a deposit back to its sender: once rejected, after its window, or after a freeze."""
    require(0 <= deposit < len(storage.deposits), "L1-16", "names a deposit that does not exist", deposit)
    found = storage.deposits[deposit]
    open_still = found.status in (DepositStatus.QUEUED, DepositStatus.REJECTED)
    require(open_still, "L1-18", "wants back what is consumed or refunded", found.status)
    free = found.status is DepositStatus.REJECTED or _expired(storage, found, call.time)
    require(free or storage.frozen_at is not None, "L1-17", "wants back what a batch may still consume", found.time)
    _mark(storage, deposit, DepositStatus.REFUNDED)
    storage.unrefunded -= found.amount
    return pay(storage, found.depositor, found.amount)


def reject_at_head(storage: Storage, rejected: list[int]) -> None:
    """Pass over the deposits at the head of the queue that a batch lists; takes them off the list."""
    while rejected and rejected[0] == storage.next_deposit and rejected[0] < len(storage.deposits):
        number = rejected.pop(0)
        if storage.deposits[number].status is DepositStatus.QUEUED:
            _mark(storage, number, DepositStatus.REJECTED)
        storage.next_deposit += 1


def consume(
    storage: Storage,
    call: Call,
    number: int,
    index: Index,
    amount: Cash,
    owner_hash: FieldElement,
    shown_owner: Address | FieldElement,
) -> None:
    """
    A DEPOSIT header of a step takes the head of the queue; a registration's must name the next index.

    `shown_owner` is the word where a registering deposit opens the L1 owner inside its owner hash: whoever registers
    another's owner hash shows another's address there.
    """
    in_order = number == storage.next_deposit and number < len(storage.deposits)
    require(in_order, "L1-70", "consumes a deposit that is not the next", (number, storage.next_deposit))
    found = storage.deposits[number]
    require(not _expired(storage, found, call.time), "L1-71", "consumes a deposit after its window", found.time)
    registers = found.owner_hash != 0
    due = storage.next_index if registers else found.index
    said, queued = (index, amount, owner_hash), (due, found.amount, found.owner_hash)
    # More registrations may wait than leaves are left.
    same = said == queued and index < storage.deployment.account_limit
    require(same, "L1-72", "differs from the queue in amount or owner, or from the index due", (said, queued))
    if registers:
        require(shown_owner == found.depositor, "L1-73", "registers another's owner hash", shown_owner)
        storage.l1_owners[index] = found.depositor
        storage.next_index += 1
    storage.deposits[number] = replace(found, index=index, status=DepositStatus.CONSUMED)
    storage.unrefunded -= found.amount
    storage.next_deposit += 1


def _queue(storage: Storage, call: Call, index: Index, amount: Cash, owner_hash: FieldElement) -> int:
    settings = storage.settings
    require(amount >= settings.minimum_deposit, "L1-11", "is below the least deposit", amount)
    require(storage.vault + amount <= settings.vault_ceiling, "L1-12", "does not fit into the vault", amount)
    storage.vault += amount
    storage.unrefunded += amount
    storage.deposits.append(Deposit(index, call.sender, amount, owner_hash, call.time))
    return len(storage.deposits) - 1


def _expired(storage: Storage, deposit: Deposit, now: Time) -> bool:
    return now - deposit.time >= storage.settings.deposit_window


def _mark(storage: Storage, number: int, status: DepositStatus) -> None:
    storage.deposits[number] = replace(storage.deposits[number], status=status)
