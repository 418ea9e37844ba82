"""
Governance: M of N members, behind a timelock that is longer than it takes to leave.

Nothing that they decide comes at once. A change executes a timelock after the last approval that it needed, and not at
all after a freeze. The one instant power is the guardian's pause: short, rare, and only over what brings people in,
registrations and trade steps. Keys by which people leave are not governance's at all.
"""

from __future__ import annotations

from dataclasses import replace

from rollup.spec.hashes import R
from rollup.spec.settlement.calls import Call, ProofKind
from rollup.spec.settlement.changes import (
    Change,
    Proposal,
    SetCommittee,
    SetGovernance,
    SetGuardian,
    SetOperator,
    SetParameters,
    SetProvider,
    SetVerifier,
)
from rollup.spec.settlement.rules import require
from rollup.spec.settlement.settings import CHANGE_GRACE, Signers
from rollup.spec.settlement.storage import Storage
from rollup.spec.settlement.vault import not_frozen
from rollup.spec.types import FieldElement, Time

__all__ = ["approve", "execute", "oppose", "pause", "propose", "publish_association", "unpause"]

EXIT_KEYS = frozenset({ProofKind.WITHDRAW, ProofKind.ESCAPE})
"""Verifiers that stay as deployed."""


def propose(storage: Storage, call: Call, change: Change) -> int:
    """A member proposes a change, and so approves it; returns its id."""
    _member(storage, call)
    _check_change(change)
    storage.proposals.append(Proposal(change, frozenset()))
    approve(storage, call, len(storage.proposals) - 1)
    return len(storage.proposals) - 1


def approve(storage: Storage, call: Call, number: int) -> None:
    """A member approves; the approval that is enough starts the timelock."""
    _member(storage, call)
    proposal = _open(storage, number)
    require(call.sender not in proposal.approvals, "L1-92", "approves twice", call.sender)
    approvals = proposal.approvals | {call.sender}
    queued_at = proposal.queued_at
    if queued_at is None and _enough(storage.governance, approvals):
        queued_at = call.time
    storage.proposals[number] = replace(proposal, approvals=approvals, queued_at=queued_at)


def oppose(storage: Storage, call: Call, number: int) -> None:
    """A member objects; as many objections as it takes approvals cancel a change, queued or not."""
    _member(storage, call)
    proposal = _open(storage, number)
    require(call.sender not in proposal.objections, "L1-92", "objects twice", call.sender)
    objections = proposal.objections | {call.sender}
    closed = _enough(storage.governance, objections)
    storage.proposals[number] = replace(proposal, objections=objections, closed=closed)


def execute(storage: Storage, call: Call, number: int) -> None:
    """Anyone carries out a change whose timelock is over."""
    not_frozen(storage)
    proposal = _open(storage, number)
    require(proposal.queued_at is not None, "L1-93", "executes what is not approved", number)
    assert proposal.queued_at is not None
    due = proposal.queued_at + storage.settings.timelock
    require(call.time >= due, "L1-94", "executes before the timelock is over", due)
    require(call.time < due + CHANGE_GRACE, "L1-104", "executes a change that was let lie", due + CHANGE_GRACE)
    storage.proposals[number] = replace(proposal, closed=True)
    _apply(storage, call.time, proposal.change)


def pause(storage: Storage, call: Call, duration: Time) -> None:
    """The guardian stops registrations and trade steps for a while."""
    not_frozen(storage)
    require(call.sender == storage.guardian, "L1-98", "is not the guardian", call.sender)
    short = 0 < duration <= storage.settings.pause_limit
    require(short, "L1-99", "pauses for longer than a pause lasts, or not at all", duration)
    interval = storage.settings.pause_interval
    rested = storage.paused_at is None or call.time >= storage.paused_at + interval
    require(rested, "L1-100", "pauses again too soon", storage.paused_at)
    storage.paused_at, storage.paused_until = call.time, call.time + duration


def unpause(storage: Storage, call: Call) -> None:
    """The guardian ends a pause early; the next one comes no sooner for it."""
    require(call.sender == storage.guardian, "L1-98", "is not the guardian", call.sender)
    storage.paused_until = min(storage.paused_until, call.time)


def publish_association(storage: Storage, call: Call, root: FieldElement) -> None:
    """A provider vouches for a set of accounts; what is published once stays, so that no claim is pulled away."""
    require(call.sender in storage.providers, "L1-101", "is no provider of association sets", call.sender)
    require(0 < root < R, "L1-4", "has an association root that is 0 or no field element", root)
    storage.associations.add(root)


def _member(storage: Storage, call: Call) -> None:
    not_frozen(storage)
    require(call.sender in storage.governance.members, "L1-90", "is no member of governance", call.sender)


def _open(storage: Storage, number: int) -> Proposal:
    require(0 <= number < len(storage.proposals), "L1-91", "names a change that was not proposed", number)
    proposal = storage.proposals[number]
    require(not proposal.closed, "L1-95", "comes after the change was executed or cancelled", number)
    return proposal


def _enough(governance: Signers, voters: frozenset[int]) -> bool:
    """Votes of those who are members now."""
    return len(voters & set(governance.members)) >= governance.threshold


def _check_change(change: Change) -> None:
    match change:
        case SetVerifier(kind, key):
            require(kind not in EXIT_KEYS, "L1-96", "replaces a key by which people leave", kind)
            require(0 < key < 1 << 256, "L1-103", "names no published key", key)
        case SetParameters(parameters_hash):
            require(0 < parameters_hash < R, "L1-4", "has a hash that is no field element", parameters_hash)
        case SetCommittee(signers) | SetGovernance(signers):
            require(signers.sound, "L1-97", "has signers that do not ascend, or a threshold out of reach", signers)
        case SetOperator(address) | SetGuardian(address) | SetProvider(address, _):
            require(address != 0, "L1-3", "gives a role to nobody", address)


def _apply(storage: Storage, now: Time, change: Change) -> None:
    match change:
        case SetVerifier(kind, key):
            storage.verifiers[kind] = key
        case SetParameters(parameters_hash):
            storage.parameters.append((now, parameters_hash))
        case SetCommittee(signers):
            storage.committee = signers
        case SetGovernance(signers):
            storage.governance = signers
        case SetOperator(address):
            storage.operator = address
        case SetGuardian(address):
            storage.guardian = address
        case SetProvider(address, allowed):
            (storage.providers.add if allowed else storage.providers.discard)(address)
