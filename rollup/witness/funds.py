"""
A funds step as the circuit takes it: from the specification's trace to the inputs of circuits/steps/funds.circom.

Whatever the specification accepted has a witness. Positions that operations share are filled in the order of those
operations; what is left over gets any keys, and leaf 0 of the note tree put back as it is.
"""

from __future__ import annotations

from collections.abc import Sequence

from prover.reference.babyjubjub import BASE8, SUBGROUP_ORDER
from rollup.spec.account import Account, Owner, keys_hash
from rollup.spec.funds import (
    Cancel,
    Deposit,
    Forced,
    Funding,
    FundsStep,
    NoteOut,
    Rotate,
    TransferOut,
    Withdraw,
)
from rollup.spec.hashes import shifted
from rollup.spec.margin import sweep
from rollup.spec.shared import Operation
from rollup.spec.state import State, Touch
from rollup.spec.step import Applied
from rollup.spec.table import CASH_SLOT
from rollup.spec.types import FieldElement, Point, Vector
from rollup.witness.common import (
    Inputs,
    account_inputs,
    by_lane,
    children,
    public_inputs,
    risk_inputs,
    suspense_inputs,
)

__all__ = ["funds_inputs"]


def funds_inputs(applied: Applied) -> Inputs:
    """Inputs of the funds circuit for a funds step."""
    body = applied.step.body
    assert isinstance(body, FundsStep)
    before = applied.before
    return {
        **public_inputs(applied),
        **suspense_inputs(applied.suspense_before, applied.suspense),
        **risk_inputs(applied.table),
        "notesRoot": before.notes.root,
        "noteCount": before.note_count,
        "custody": before.custody,
        "custodyRandom": before.custody_random,
        "custodyRandomAfter": body.custody_random,
        **by_lane(
            [
                _operation(applied, place, operation, touch)
                for place, (operation, touch) in enumerate(zip(body.operations, applied.touches, strict=True))
            ]
        ),
        **_new_keys(body.operations, before.profile.new_keys),
        **_new_notes(applied, body.operations),
    }


def _operation(applied: Applied, place: int, operation: Funding, touch: Touch) -> Inputs:
    aux = applied.words[2 + 4 * place]
    registered = operation.owner if isinstance(operation, Deposit) else None
    account = Account.opened(registered, applied.before.profile) if registered is not None else touch.before
    assert account is not None  # only a registration meets an empty leaf
    internal = operation.kind >= Operation.TRANSFER_OUT
    return {
        **_account(account),
        "index": touch.index,
        "child": children(touch.path),
        "kind": operation.kind.value,
        "registering": int(registered is not None),
        "amount": _amount(operation, sweep(account.vector, applied.table.marks), touch.after.vector),
        "target": _target(operation),
        "request": _request(operation),
        "plainAux": touch.plaintexts[-1] if internal else aux,
        "ownerHashAfter": touch.after.owner.hash,
        **_signature(operation, applied.table.time),
    }


def _account(account: Account) -> Inputs:
    """What a leaf opens to, the owner key among it."""
    opened = account_inputs(account)
    del opened["ownerKeyHash"]
    key = account.owner.owner_key
    return {**opened, "ownerKey": [*key], "ownerShifted": [*shifted(key)]}


def _amount(operation: Funding, swept: Vector, after: Vector) -> int:
    """What is moved; a cancel names its place there."""
    match operation:
        case Forced():
            return swept[CASH_SLOT] - after[CASH_SLOT]
        case Cancel():
            return operation.place
        case _:
            return getattr(operation, "amount", 0)


def _request(operation: Funding) -> int:
    """Place in a queue of L1."""
    match operation:
        case Deposit():
            return operation.id
        case Forced():
            return operation.request
        case _:
            return 0


def _target(operation: Funding) -> FieldElement:
    """What is signed beside the numbers. A registration signs nothing, but its keys are opened like a rotation's."""
    match operation:
        case Withdraw():
            return operation.recipient
        case NoteOut():
            return operation.precommit
        case TransferOut():
            return operation.credited
        case Rotate() | Deposit(owner=Owner()):
            return keys_hash(*_brought(operation))
        case _:
            return 0


def _signature(operation: Funding, time: int) -> Inputs:
    authority = getattr(operation, "authority", None)
    if authority is None:
        return {"number": 0, "expiry": time, "r8": [0, 0], "s": 0}
    return {
        "number": authority.nonce,
        "expiry": authority.expiry,
        "r8": [*authority.signature.r8],
        "s": authority.signature.s % SUBGROUP_ORDER,
    }


def _brought(operation: Funding) -> tuple[Point, Point]:
    """The owner and trading key that an operation brings."""
    keys = operation.owner if isinstance(operation, Deposit) else operation
    assert isinstance(keys, Owner | Rotate)
    return keys.owner_key, keys.trading_key


def _new_keys(operations: Sequence[Funding], room: int) -> Inputs:
    brought = [
        _brought(one)
        for one in operations
        if isinstance(one, Rotate) or (isinstance(one, Deposit) and one.owner is not None)
    ]
    brought += [(BASE8, BASE8)] * (room - len(brought))
    return {
        "newOwnerKey": [[*owner_key] for owner_key, _ in brought],
        "newTradingKey": [[*trading_key] for _, trading_key in brought],
    }


def _new_notes(applied: Applied, operations: Sequence[Funding]) -> Inputs:
    """The path of every note in the tree that the ones before it left."""
    before: State = applied.before
    tree, count = before.notes.snapshot(), before.note_count
    resting: list[FieldElement] = []
    paths = []
    for place, operation in enumerate(operations):
        if isinstance(operation, NoteOut):
            resting.append(0)
            paths.append(children(tree.proof(count)))
            tree.update({count: applied.words[2 + 4 * place]})
            count += 1
    for _ in range(before.profile.new_notes - len(paths)):
        path = tree.proof(0)
        resting.append(path.leaf)
        paths.append(children(path))
    return {"noteResting": [*resting], "noteChild": [*paths]}
