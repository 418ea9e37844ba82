"""
What every view of the contracts must answer, by the model's storage.

`views` leaves out nothing that the model remembers: a record that the contract keeps and the model does not, or another
value in it, is a difference.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from support.twin_system import View, contract_address
from support.twin_tokens import key_name

from rollup.chain.artifacts import TOKEN
from rollup.chain.encoding import change_of
from rollup.spec.settlement import (
    Change,
    ProofKind,
    Queue,
    SetVerifier,
    Signers,
    attestations,
    batches,
    claims,
    forced,
)
from rollup.spec.settlement.storage import Storage

__all__ = ["clocks", "fee", "prices", "views"]

QUEUES = (Queue.PAY, Queue.CLOSE)
CLOCKS = ("batch", "attestation", "forced request")
LIMIT = (1 << 128) - 1


def views(storage: Storage, people: set[int], now: int) -> Iterator[View]:
    """Everything; `people` are addresses that may hold something, `now` is the newest block's time."""
    for concern in (_vault, _deposits, _forced, _governance):
        yield from concern(storage, people)
    for own in (_oracle, _clearing, _verifiers, _exit):
        yield from own(storage)
    yield from clocks(storage, now)


def clocks(storage: Storage, now: int) -> Iterator[View]:
    """What depends on the time of asking."""
    late = attestations.overdue(storage, now)
    yield View("attestations", "gateIsOpen", (), attestations.gate_is_open(storage, now))
    yield View("attestations", "overdue", (), tuple(clock in late for clock in CLOCKS))
    yield View("forced", "isOverdue", (), forced.is_overdue(storage, now))


def prices(storage: Storage) -> View:
    """At which table escape claims are valued."""
    found = claims.escape_prices(storage)
    return View("exit", "escapePrices", (), found.epoch if found else 0)


def fee(storage: Storage) -> View:
    """Of the next forced request; the contract says at most what a request can record."""
    return View("forced", "feeOfNext", (), min(forced.fee_of_next(storage), LIMIT))


def _change(change: Change) -> tuple[int, bytes | int]:
    """A change as the contract keeps it."""
    if isinstance(change, SetVerifier):
        change = replace(change, key=key_name(change.kind, change.key))
    said = change_of(change)
    return int(said.kind), int.from_bytes(said.data, "big") if len(said.data) == 32 else said.data


def _vault(storage: Storage, people: set[int]) -> Iterator[View]:
    yield View(TOKEN, "balanceOf", (f"0x{contract_address('vault'):040x}",), storage.vault)
    yield View("vault", "creditsTotal", (), storage.credits_total)
    yield View("vault", "unrefunded", (), storage.unrefunded)
    yield View("vault", "spare", (), storage.spare)
    for person in people | storage.credits.keys():
        yield View("vault", "credits", (f"0x{person:040x}",), storage.credits.get(person, 0))


def _deposits(storage: Storage, people: set[int]) -> Iterator[View]:
    yield View("deposits", "depositCount", (), len(storage.deposits))
    yield View("deposits", "nextDeposit", (), storage.next_deposit)
    yield View("deposits", "nextIndex", (), storage.next_index)
    for number, one in enumerate(storage.deposits):
        said = (one.depositor, one.amount, one.time, one.index, one.status.value, one.owner_hash)
        yield View("deposits", "deposit", (number,), said)
    yield View("deposits", "deposit", (len(storage.deposits),), (0,) * 6)
    for index in {*range(storage.next_index + 1), *storage.l1_owners}:
        yield View("deposits", "l1Owner", (index,), storage.l1_owners.get(index, 0))


def _forced(storage: Storage, people: set[int]) -> Iterator[View]:
    yield View("forced", "open", (), len(storage.requesting))
    yield View("forced", "fees", (), (storage.fees_held, storage.fees_burnt))
    yield fee(storage)
    for index in range(storage.next_index + 1):
        yield View("forced", "requesting", (index,), index in storage.requesting)
    for place, queue in enumerate(QUEUES):
        requests = storage.queues[queue]
        yield View("forced", "lengths", (place,), (len(requests), storage.heads[queue]))
        for number, one in enumerate(requests):
            said = (one.requester, one.index, one.time, one.asked, one.fee)
            yield View("forced", "request", (place, number), said)
    for person in people | storage.fees_returned.keys():
        yield View("forced", "feesReturned", (f"0x{person:040x}",), storage.fees_returned.get(person, 0))


def _oracle(storage: Storage) -> Iterator[View]:
    yield View("oracle", "newestEpoch", (), storage.newest_epoch or 0)
    yield View("oracle", "escapeEpoch", (), storage.escape_epoch or 0)
    yield View("oracle", "committee", (), _group(storage.committee))
    for epoch, table in storage.tables.items():
        yield View("oracle", "postedTable", (epoch,), (table.risk_root, table.time, None, table.any_active))
        yield View("oracle", "epochOf", (table.risk_root,), epoch)
    for slot in range(storage.deployment.profile.slots):
        newest = storage.newest_listing.get(slot, 0)
        yield View("oracle", "newestListing", (slot,), newest)
        for listing in range(newest + 2):
            place = (slot, listing)
            yield View("oracle", "terms", place, storage.terms.get(place, 0))
            yield View("oracle", "settledMark", place, storage.settled.get(place, 0))
            yield View("oracle", "shownEmpty", place, place in storage.shown_empty)


def _clearing(storage: Storage) -> Iterator[View]:
    yield View("clearing", "batches", (), storage.batches)
    yield View("clearing", "batchTime", (), storage.batch_time)
    yield View("clearing", "usedEpoch", (), storage.used_epoch or 0)
    yield View("clearing", "latestRoot", (), storage.latest_root)
    yield View("clearing", "systemDomain", (), storage.deployment.domain)
    for root, end in storage.roots.items():
        said = (end.batch, end.time, storage.epochs[end.risk_root] if end.batch else 0)
        yield View("clearing", "batchEnd", (root,), said)
    for key, *place in storage.scanned:
        same = key == storage.verifiers[ProofKind.SOLVENCY]
        yield View("attestations", "isScanned", tuple(place), same)
    yield View("attestations", "attestedTime", (), storage.attested_time)
    yield View("attestations", "frozenAt", (), storage.frozen_at or 0)


def _governance(storage: Storage, people: set[int]) -> Iterator[View]:
    yield View("governance", "operator", (), storage.operator)
    yield View("governance", "guardian", (), storage.guardian)
    yield View("governance", "members", (), _group(storage.governance))
    yield View("governance", "pausedUntil", (), storage.paused_until)
    yield View("governance", "proposalCount", (), len(storage.proposals))
    for number, one in enumerate(storage.proposals):
        votes = (frozenset(one.approvals), frozenset(one.objections))
        said = (_change(one.change), *votes, one.queued_at or 0, one.closed)
        yield View("governance", "proposal", (number,), said)
    for person in people | storage.providers:
        yield View("governance", "isProvider", (f"0x{person:040x}",), person in storage.providers)
    for root in storage.associations:
        yield View("governance", "isAssociation", (root,), True)
    for since, _ in storage.parameters:
        for time in (since, since + 1, max(0, since - 1)):
            yield View("governance", "parametersAt", (time,), batches.parameters_at(storage, time))


def _verifiers(storage: Storage) -> Iterator[View]:
    for kind in ProofKind:
        yield View("verifiers", "verifier", (kind,), key_name(kind, storage.verifiers[kind]))


def _exit(storage: Storage) -> Iterator[View]:
    yield prices(storage)
    yield View("exit", "claimed", (), (storage.notes_claimed, storage.claimed))
    settings, frozen_at = storage.settings, storage.frozen_at
    opens = frozen_at + settings.claim_delay if frozen_at is not None else 0
    yield View("exit", "window", (), (opens, opens + settings.claim_window if opens else 0))
    pool = storage.pool
    if pool is None:
        yield View("exit", "pool", (), (False, *(0,) * 7))
    else:
        due = (pool.notes_due, pool.notes_have, pool.claims_due, pool.claims_have)
        yield View("exit", "pool", (), (True, *due, pool.notes_paid, pool.claims_paid, pool.left))
    for spent in storage.nullifiers:
        yield View("exit", "isSpent", (spent,), True)
    yield View("exit", "noteClaimCount", (), len(storage.note_claims))
    for number, note in enumerate(storage.note_claims):
        said = (note.recipient, note.paid, note.relayer, note.amount, note.fee)
        yield View("exit", "noteClaim", (number,), said)
    for index in {*range(storage.next_index + 1), *storage.claims}:
        claim = storage.claims.get(index)
        filed = (claim.owner, True, claim.paid, claim.claim) if claim else (0, False, False, 0)
        yield View("exit", "escapeClaim", (index,), filed)


def _group(signers: Signers) -> tuple[Any, int]:
    return signers.members, signers.threshold
