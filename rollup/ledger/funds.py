"""
From operations to funds steps: in their order, pairs side by side, decoys among them, no step with more than it has
room for.

What an operation proves (a deposit's number, an owner's signature) the exchange never knew; it comes with the log. Here
is only how operations are packed, and what they do to vector and places, for whoever must know before the law is asked.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import cache

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

__all__ = ["after_operation", "funds_steps", "mixed"]


def funds_steps(
    groups: Sequence[tuple[Funding, ...]],
    profile: Profile,
    decoy: Callable[[], Index],
    random: Callable[[], FieldElement],
    room: int | None = None,
) -> list[FundsStep]:
    """
    Steps of whole groups, `room` operations at most, and decoys after them.

    The halves of a transfer are a group, at an even position.
    """
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


def mixed(step: FundsStep, number: int) -> FundsStep:
    """
    A step with its decoys anywhere among the other operations: where one stands says nothing.

    The others keep their order, and transfers their even positions; a random number picks one of all orders that do. A
    decoy of an account that has business here stays in line with it, for the account may not be there before.
    """
    busy = {one.index for one in step.operations if not isinstance(one, Decoy)}
    decoys = [one for one in step.operations if isinstance(one, Decoy) and one.index not in busy]
    line: list[tuple[Funding, ...]] = []
    for one in step.operations:
        if isinstance(one, TransferIn) and line:
            line[-1] += (one,)
        elif one not in decoys:
            line.append((one,))

    @cache
    def orders(put: int, used: int) -> int:
        """How many ways to go on there are, with so many of the line and so many decoys in their places."""
        return with_decoy(put, used) + with_line(put, used) if put < len(line) else 1

    def with_decoy(put: int, used: int) -> int:
        return orders(put, used + 1) if used < len(decoys) else 0

    def with_line(put: int, used: int) -> int:
        place = sum(map(len, line[:put])) + used
        return 0 if _is_pair(line[put]) and place % 2 else orders(put + 1, used)

    made: list[Funding] = []
    put = used = 0
    number %= orders(put, used)
    while put < len(line):
        if number < with_decoy(put, used):
            made.append(decoys[used])
            used += 1
        else:
            number -= with_decoy(put, used)
            made += line[put]
            put += 1
    return replace(step, operations=(*made, *decoys[used:]))


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
