"""
The funds step: money enters, leaves and moves inside; keys rotate; orders are cancelled; fees are credited.

Each operation touches one account. Those that move its owner's money carry the owner's signature and leave the account
initial-margined, with no exception. A transfer is two adjacent operations, one on each account. What an operation was
is public only where L1 has to act on it; all others look alike.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import ClassVar, TypeAlias

from prover.errors import InvalidInput
from rollup.spec.account import FUND, REVENUE, Account, Owner, keys_hash
from rollup.spec.errors import Rejected
from rollup.spec.hashes import R, check_key, tagged, verifies
from rollup.spec.margin import check_initial, free_collateral, sweep, values_of
from rollup.spec.notes import note
from rollup.spec.orders import cancelled
from rollup.spec.shared import Header, Operation, Profile, Tag, Width
from rollup.spec.state import Workspace
from rollup.spec.table import CASH_SLOT, RiskTable
from rollup.spec.types import Cash, FieldElement, Index, Point, Signature, Time, Vector
from rollup.spec.words import fits, pack

__all__ = [
    "Authority",
    "Cancel",
    "Decoy",
    "Deposit",
    "FeeCredit",
    "Forced",
    "Funding",
    "FundsStep",
    "NoteOut",
    "Rotate",
    "TransferIn",
    "TransferOut",
    "Withdraw",
    "apply_funds",
    "operation_message",
]


@dataclass(frozen=True, slots=True)
class Authority:
    """An owner's or trading key's word for one operation: number, expiry, signature."""

    nonce: int
    expiry: Time
    signature: Signature


@dataclass(frozen=True, slots=True)
class Deposit:
    """Collateral from the L1 queue; with an owner it registers the account."""

    kind: ClassVar = Operation.DEPOSIT
    index: Index
    id: int
    amount: Cash
    owner: Owner | None = None


@dataclass(frozen=True, slots=True)
class Withdraw:
    """Collateral to an L1 address, signed by the owner."""

    kind: ClassVar = Operation.WITHDRAW
    index: Index
    amount: Cash
    recipient: int
    authority: Authority


@dataclass(frozen=True, slots=True)
class NoteOut:
    """Collateral into a private voucher, signed by the owner."""

    kind: ClassVar = Operation.NOTE
    index: Index
    amount: Cash
    precommit: FieldElement
    authority: Authority


@dataclass(frozen=True, slots=True)
class Forced:
    """What the L1 owner asked for by the queue: as much of it as is free."""

    kind: ClassVar = Operation.FORCED
    index: Index
    request: int
    asked: Cash


@dataclass(frozen=True, slots=True)
class TransferOut:
    """The paying half of a transfer; the signature names the credited account."""

    kind: ClassVar = Operation.TRANSFER_OUT
    index: Index
    amount: Cash
    credited: Index
    authority: Authority


@dataclass(frozen=True, slots=True)
class TransferIn:
    """The receiving half; it directly follows the other."""

    kind: ClassVar = Operation.TRANSFER_IN
    index: Index
    amount: Cash
    debited: Index


@dataclass(frozen=True, slots=True)
class Rotate:
    """New owner and trading keys, opened here so that nobody can make an account that others cannot touch."""

    kind: ClassVar = Operation.ROTATE
    index: Index
    owner_key: Point
    trading_key: Point
    authority: Authority


@dataclass(frozen=True, slots=True)
class Cancel:
    """Everything at one order place up to a nonce is dead; signed by the trading key, whose number is that nonce."""

    kind: ClassVar = Operation.CANCEL
    index: Index
    place: int
    authority: Authority


@dataclass(frozen=True, slots=True)
class FeeCredit:
    """Fees out of suspense, to the fund or the operator's revenue only."""

    kind: ClassVar = Operation.FEE_CREDIT
    index: Index
    amount: Cash


@dataclass(frozen=True, slots=True)
class Decoy:
    """A fresh blinding and nothing else."""

    kind: ClassVar = Operation.DECOY
    index: Index


Funding: TypeAlias = (
    Deposit | Withdraw | NoteOut | Forced | TransferOut | TransferIn | Rotate | Cancel | FeeCredit | Decoy
)


@dataclass(frozen=True, slots=True)
class FundsStep:
    """As many operations as the profile has, and the next randomness of the custody commitment."""

    operations: tuple[Funding, ...]
    custody_random: FieldElement


@dataclass(frozen=True, slots=True)
class _Effect:
    """What an operation does to its account and shows of itself."""

    vector: Vector
    header: int
    aux: FieldElement
    text: int
    places: tuple[int, ...] | None = None
    owner: Owner | None = None
    owner_nonce: int | None = None
    bare_text: bool = False


def apply_funds(work: Workspace, step: FundsStep, table: RiskTable) -> list[FieldElement]:
    """Apply every operation in order; returns the words after the custody commitment, which the caller puts first."""
    if len(step.operations) != work.state.profile.operations:
        raise Rejected("FND-1", "has another number of operations than its profile", len(step.operations))
    _check_positions(step.operations, work.state.profile)
    _check_transfers(step.operations)
    words: list[FieldElement] = []
    for operation in step.operations:
        words += _apply(work, operation, table)
    # Nothing in this step adds to the fees, so that looking once at the end is looking after every credit. Fees lent
    # to the revenue and withdrawn would empty custody just before a forced request is served.
    if not fits(work.fees, Width.CASH):
        raise Rejected("FND-15", "credits more fees than this batch has taken", work.fees)
    return words


def operation_message(
    domain: FieldElement, kind: Operation, index: Index, amount: Cash, nonce: int, expiry: Time, target: FieldElement
) -> FieldElement:
    """What an owner signs, or the trading key for a cancel: every kind has its own number."""
    packed = pack("operation", kind=kind, account=index, nonce=nonce, expiry=expiry, amount=amount)
    return tagged(Tag.OPERATION, domain, packed, target)


def _check_positions(operations: tuple[Funding, ...], profile: Profile) -> None:
    """FND-16: new keys, notes and forced payments need room that few operations share: no step has more than that."""
    for what, count, room in (
        ("registrations and rotations", sum(_brings_keys(one) for one in operations), profile.new_keys),
        ("notes", sum(isinstance(one, NoteOut) for one in operations), profile.new_notes),
        ("forced payments", sum(isinstance(one, Forced) for one in operations), profile.forced_payments),
    ):
        if count > room:
            raise Rejected("FND-16", f"has more {what} than a step has room for", count)


def _brings_keys(operation: Funding) -> bool:
    return isinstance(operation, Rotate) or (isinstance(operation, Deposit) and operation.owner is not None)


def _check_transfers(operations: tuple[Funding, ...]) -> None:
    """FND-2: paying and receiving halves stand at places 2i and 2i+1, and agree in accounts and amount."""
    for place in range(0, len(operations), 2):
        match operations[place : place + 2]:
            case (TransferOut() as out, TransferIn() as into):
                if (out.index, out.credited, out.amount) != (into.debited, into.index, into.amount):
                    raise Rejected("FND-2", "credits another account or amount than was signed", place)
            case pair if any(isinstance(half, TransferOut | TransferIn) for half in pair):
                raise Rejected("FND-2", "has half a transfer", place)


def _apply(work: Workspace, operation: Funding, table: RiskTable) -> list[FieldElement]:
    if operation.index == FUND and not isinstance(operation, Deposit | FeeCredit):
        raise Rejected("FND-3", "touches the fund with an operation other than deposit and fee credit", operation.kind)
    before = _registered(work, operation) if isinstance(operation, Deposit) else work.open(operation.index)
    swept = sweep(before.vector, table.marks)
    effect = _effect(work, operation, before, swept, table)
    internal = operation.kind >= Operation.TRANSFER_OUT
    touch = work.close(
        operation.index,
        before,
        [0 if effect.bare_text else effect.text],
        vector=effect.vector,
        places=effect.places,
        owner=effect.owner,
        owner_nonce=effect.owner_nonce,
        bare=[effect.aux if internal else 0],
    )
    text, aux = touch.ciphertexts
    return [
        effect.header,
        aux if internal else effect.aux,
        touch.after.leaf,
        effect.text if effect.bare_text else text,
    ]


def _effect(work: Workspace, operation: Funding, before: Account, swept: Vector, table: RiskTable) -> _Effect:
    match operation:
        case Deposit():
            return _deposit(work, operation, swept)
        case Withdraw():
            vector = _debit(work, operation, operation.recipient, before, swept, table)
            if not fits(operation.recipient, 160):
                raise Rejected("FND-4", "pays to something that is no address", operation.recipient)
            work.pay_out(operation.amount)
            return _signed(operation, vector, operation.recipient, amount=operation.amount)
        case NoteOut():
            vector = _debit(work, operation, operation.precommit, before, swept, table)
            work.pay_out(operation.amount)
            voucher = note(operation.amount, operation.index, operation.precommit)
            work.append_note(voucher)
            return _signed(operation, vector, voucher)
        case Forced():
            return _forced(work, operation, swept, table)
        case TransferOut():
            if operation.credited == FUND:
                raise Rejected("FND-3", "transfers to the fund", operation.credited)
            vector = _debit(work, operation, operation.credited, before, swept, table)
            return _signed(operation, vector, 0, peer=operation.credited)
        case TransferIn():
            vector = _credited(swept, operation.amount)
            text = pack("operation_text", kind=operation.kind, amount=operation.amount, peer=operation.debited)
            return _Effect(vector, _header(operation), 0, text)
        case Rotate():
            return _rotate(work, operation, before, swept, table)
        case Cancel():
            return _cancel(work, operation, before, swept, table)
        case FeeCredit():
            return _credit_fees(work, operation, swept)
        case Decoy():
            return _Effect(swept, _header(operation), 0, pack("operation_text", kind=operation.kind))


def _registered(work: Workspace, deposit: Deposit) -> Account:
    """The account that a deposit tops up, or the new one that it registers."""
    present = work.find(deposit.index)
    if deposit.owner is None:
        return work.open(deposit.index)
    if present is not None:
        raise Rejected("FND-5", "registers an account that exists", deposit.index)
    for key in (deposit.owner.owner_key, deposit.owner.trading_key):
        _check_key(key)
    for secret in (deposit.owner.view_key, deposit.owner.note_commitment):
        if not 0 <= secret < R:
            raise Rejected("FND-14", "brings a view key or note commitment that is no field element", secret)
    if not fits(deposit.owner.l1_owner, 160):
        raise Rejected("FND-4", "has an L1 owner that is no address", deposit.owner.l1_owner)
    return Account.opened(deposit.owner, work.state.profile)


def _deposit(work: Workspace, deposit: Deposit, swept: Vector) -> _Effect:
    _check_amount(deposit.amount)
    work.pay_in(deposit.amount)
    header = _header(deposit, amount=deposit.amount, request=deposit.id)
    vector = _credited(swept, deposit.amount)
    if deposit.owner is not None:
        return _Effect(vector, header, deposit.owner.hash, deposit.owner.l1_owner, bare_text=True)
    return _Effect(vector, header, 0, pack("operation_text", kind=deposit.kind, amount=deposit.amount))


def _forced(work: Workspace, forced: Forced, swept: Vector, table: RiskTable) -> _Effect:
    """FND-6: exactly what is asked, free and there; 0 only when nothing is free, so that it can always be proven."""
    _check_amount(forced.asked)
    paid = min(forced.asked, free_collateral(values_of(swept, table)), work.custody)
    work.pay_out(paid)
    header = _header(forced, amount=paid, request=forced.request)
    text = pack("operation_text", kind=forced.kind, amount=paid)
    return _Effect(_credited(swept, -paid), header, forced.asked, text)


def _rotate(work: Workspace, rotate: Rotate, before: Account, swept: Vector, table: RiskTable) -> _Effect:
    for key in (rotate.owner_key, rotate.trading_key):
        _check_key(key)
    target = keys_hash(rotate.owner_key, rotate.trading_key)
    _check_owner(work, rotate, 0, target, before, table)
    owner = before.owner.rotated(rotate.owner_key, rotate.trading_key)
    effect = _signed(rotate, swept, target)
    return replace(effect, owner=owner)


def _cancel(work: Workspace, cancel: Cancel, before: Account, swept: Vector, table: RiskTable) -> _Effect:
    """FND-7: signed by the trading key; its number belongs to the place, so a thief cannot lock the owner out."""
    if not 0 <= cancel.place < len(before.places):
        raise Rejected("FND-7", "cancels an order place that accounts do not have", cancel.place)
    _check_signature(work, cancel, cancel.place, 0, before.owner.trading_key, table)
    places = list(before.places)
    places[cancel.place] = cancelled(places[cancel.place], cancel.authority.nonce)
    text = pack("operation_text", kind=cancel.kind, amount=cancel.place, nonce=cancel.authority.nonce)
    return _Effect(swept, _header(cancel), 0, text, places=tuple(places))


def _credit_fees(work: Workspace, credit: FeeCredit, swept: Vector) -> _Effect:
    if credit.index not in (FUND, REVENUE):
        raise Rejected("FND-8", "credits fees to an account other than the fund and the revenue", credit.index)
    _check_amount(credit.amount)
    work.fees -= credit.amount
    text = pack("operation_text", kind=credit.kind, amount=credit.amount)
    return _Effect(_credited(swept, credit.amount), _header(credit), 0, text)


def _debit(
    work: Workspace,
    operation: Withdraw | NoteOut | TransferOut,
    target: FieldElement,
    before: Account,
    swept: Vector,
    table: RiskTable,
) -> Vector:
    """An owner's debit: signed, and initial-margined afterwards in every scenario, with no alternative."""
    _check_amount(operation.amount)
    _check_owner(work, operation, operation.amount, target, before, table)
    vector = _credited(swept, -operation.amount)
    check_initial(values_of(vector, table), Width.STUCK)
    return vector


def _check_owner(
    work: Workspace,
    operation: Withdraw | NoteOut | TransferOut | Rotate,
    amount: Cash,
    target: FieldElement,
    before: Account,
    table: RiskTable,
) -> None:
    """FND-9: the owner's key, and a number that was never used."""
    nonce = operation.authority.nonce
    if not before.owner_nonce < nonce < 1 << Width.NONCE:
        raise Rejected("FND-9", f"carries a number that is not above {before.owner_nonce}", nonce)
    _check_signature(work, operation, amount, target, before.owner.owner_key, table)


def _check_signature(
    work: Workspace,
    operation: Withdraw | NoteOut | TransferOut | Rotate | Cancel,
    amount: int,
    target: FieldElement,
    key: Point,
    table: RiskTable,
) -> None:
    authority = operation.authority
    if not fits(authority.expiry, Width.TIME) or not fits(authority.nonce, Width.NONCE):
        raise Rejected("FND-10", "has an expiry or number of more than 40 bits", authority.expiry)
    if authority.expiry < table.time:
        raise Rejected("FND-11", "has expired", authority.expiry)
    if not 0 <= target < R:
        raise Rejected("FND-12", "has a target that is no field element", target)
    kind, index = operation.kind, operation.index
    message = operation_message(work.state.domain, kind, index, amount, authority.nonce, authority.expiry, target)
    if not verifies(key, message, authority.signature):
        reason = "carries a signature that does not fit account, kind, number, amount and target"
        raise Rejected("FND-12", reason, authority.signature)


def _signed(
    operation: Withdraw | NoteOut | TransferOut | Rotate,
    vector: Vector,
    aux: FieldElement,
    *,
    amount: Cash = 0,
    peer: Index = 0,
) -> _Effect:
    """What every operation of an owner publishes: the amount in clear only where L1 pays it."""
    moved = 0 if isinstance(operation, Rotate) else operation.amount
    nonce = operation.authority.nonce
    text = pack("operation_text", kind=operation.kind, amount=moved, nonce=nonce, peer=peer)
    return _Effect(vector, _header(operation, amount=amount), aux, text, owner_nonce=nonce)


def _header(operation: Funding, *, amount: Cash = 0, request: int = 0) -> int:
    kind = Header(operation.kind) if operation.kind < Operation.TRANSFER_OUT else Header.INTERNAL
    if not fits(request, 64):
        raise Rejected("FND-10", "has a queue number of more than 64 bits", request)
    return pack("header", kind=kind, index=operation.index, amount=amount, request=request)


def _credited(vector: Vector, amount: Cash) -> Vector:
    return (vector[CASH_SLOT] + amount, *vector[1:])


def _check_amount(amount: Cash) -> None:
    if not fits(amount, Width.AMOUNT):
        raise Rejected("FND-13", "has an amount that does not fit 64 bits", amount)


def _check_key(key: Point) -> None:
    try:
        check_key(key)
    except InvalidInput as error:
        raise Rejected("FND-14", "brings a key that is off the curve or of small order", key) from error
