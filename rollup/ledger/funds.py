"""
From operations to funds steps: in their order, pairs side by side, no step with more than it has room for.

What an operation proves (a deposit's number, an owner's signature) the exchange never knew; it comes with the log. Here
is only how operations are packed, and what they do to vector and places, for whoever must know before the law is asked.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from rollup.spec.account import Account
from rollup.spec.funds import (
    Cancel,
    Decoy,
    Deposit,
    FeeCredit,
    Forced,
    Funding,
    FundsStep,
    NoteOut,
    Rotate,
    TransferIn,
    TransferOut,
    Withdraw,
)
from rollup.spec.margin import sweep
from rollup.spec.orders import cancelled
from rollup.spec.shared import Profile
from rollup.spec.table import CASH_SLOT, Marks
from rollup.spec.types import Cash, FieldElement, Index

__all__ = ["after_operation", "funds_steps"]


def funds_steps(
    groups: Sequence[tuple[Funding, ...]],
    profile: Profile,
    decoy: Callable[[], Index],
    random: Callable[[], FieldElement],
    room: int | None = None,
) -> list[FundsStep]:
    """Steps of whole groups, `room` operations at most; the halves of a transfer are a group, at an even position."""
    room = profile.operations if room is None else room
    steps: list[list[Funding]] = []
    for group in groups:
        padding = [Decoy(decoy())] if steps and _is_pair(group) and len(steps[-1]) % 2 else []
        if not steps or not _fits((*steps[-1], *padding, *group), profile, room):
            steps.append([])
            padding = []
        steps[-1] += [*padding, *group]
    return [
        FundsStep((*step, *(Decoy(decoy()) for _ in range(profile.operations - len(step)))), random()) for step in steps
    ]


def after_operation(account: Account, operation: Funding, paid: Cash, marks: Marks) -> Account:
    """What an operation leaves of an account; `paid` is what a forced one was answered with."""
    swept = sweep(account.vector, marks)
    match operation:
        case Deposit() | TransferIn() | FeeCredit():
            change = operation.amount
        case Withdraw() | NoteOut() | TransferOut():
            change = -operation.amount
        case Forced():
            change = -paid
        case Rotate() | Cancel() | Decoy():
            change = 0
    places = account.places
    if isinstance(operation, Cancel):
        burnt = cancelled(places[operation.place], operation.authority.nonce)
        places = (*places[: operation.place], burnt, *places[operation.place + 1 :])
    return replace(account, vector=(swept[CASH_SLOT] + change, *swept[1:]), places=places)


def _is_pair(group: tuple[Funding, ...]) -> bool:
    return any(isinstance(one, TransferOut) for one in group)


def _fits(operations: Sequence[Funding], profile: Profile, room: int) -> bool:
    """Whether one step has room for all of them."""
    keys = sum(isinstance(one, Rotate) or (isinstance(one, Deposit) and one.owner is not None) for one in operations)
    notes = sum(isinstance(one, NoteOut) for one in operations)
    forced = sum(isinstance(one, Forced) for one in operations)
    rooms = (room, profile.new_keys, profile.new_notes, profile.forced_payments)
    return all(count <= room for count, room in zip((len(operations), keys, notes, forced), rooms, strict=True))
