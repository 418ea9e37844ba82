"""
Recovery: an account as it stands, and everything that ever happened to it, from L1 and its owner's keys alone.

Each touch is decrypted, repeated as the law does it, and compared with the leaf that L1 has. So the list that comes
out is not what somebody says of the account: it is what the account committed to, touch by touch, or there is none.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

from prover.types import Proof
from rollup.chain.bindings.deposits import Status
from rollup.chain.chronicle import QueuedDeposit
from rollup.chain.history import History
from rollup.chain.replica import FoundNote, Replica, Touched, replica_of_history
from rollup.client.errors import ClientError
from rollup.spec.account import FUND, REVENUE, Account, Owner
from rollup.spec.data import decrypt, seal
from rollup.spec.errors import Rejected
from rollup.spec.margin import sweep
from rollup.spec.recovery import Keyring
from rollup.spec.shared import Header, Mode, Operation, Side, StepKind
from rollup.spec.table import CASH_SLOT, Marks
from rollup.spec.types import Cash, FieldElement, Index, Quantity, Time, Vector
from rollup.spec.words import unpack

__all__ = [
    "KeysFitNothing",
    "Recovered",
    "RecoveryFailed",
    "Registration",
    "TouchKind",
    "TouchSummary",
    "TradedLeg",
    "recover",
    "registrations",
    "told",
]


class RecoveryFailed(ClientError):
    """An account that does not follow from the keys and the history at hand; `rule` is what broke."""

    def __init__(self, rule: str, reason: str) -> None:
        self.rule = rule
        super().__init__(f"{rule}: {reason}")


class KeysFitNothing(ClientError):
    """No registration on L1 is of these keys."""

    def __init__(self, block: int) -> None:
        super().__init__(
            f"no deposit up to block {block} registered these keys: they are of another account, deployment or key "
            "number, or the history ends before the registration; take the right wallet, or read L1 again"
        )


class TouchKind(StrEnum):
    """What happened to an account, in a word that people read."""

    REGISTRATION = "registration"
    DEPOSIT = "deposit"
    TRADE = "trade"
    WITHDRAWAL = "withdrawal"
    NOTE = "note"
    FORCED_PAYMENT = "forced payment"
    TRANSFER_OUT = "transfer out"
    TRANSFER_IN = "transfer in"
    ROTATION = "rotation"
    CANCEL = "cancel"
    FEE_CREDIT = "fee credit"
    LIQUIDATION = "liquidation"
    TAKEOVER = "takeover"
    DELEVERAGE = "deleverage"
    FORCED_CLOSE = "forced close"
    DECOY = "decoy"


OPERATIONS: Final[Mapping[Operation, TouchKind]] = {
    Operation.DEPOSIT: TouchKind.DEPOSIT,
    Operation.WITHDRAW: TouchKind.WITHDRAWAL,
    Operation.NOTE: TouchKind.NOTE,
    Operation.FORCED: TouchKind.FORCED_PAYMENT,
    Operation.TRANSFER_OUT: TouchKind.TRANSFER_OUT,
    Operation.TRANSFER_IN: TouchKind.TRANSFER_IN,
    Operation.ROTATE: TouchKind.ROTATION,
    Operation.CANCEL: TouchKind.CANCEL,
    Operation.FEE_CREDIT: TouchKind.FEE_CREDIT,
    Operation.DECOY: TouchKind.DECOY,
}

MODES: Final[Mapping[Mode, TouchKind]] = {
    Mode.NONE: TouchKind.DECOY,
    Mode.LIQUIDATE: TouchKind.LIQUIDATION,
    Mode.TAKEOVER: TouchKind.TAKEOVER,
    Mode.DELEVERAGE: TouchKind.DELEVERAGE,
    Mode.CLOSE: TouchKind.FORCED_CLOSE,
}

MEANINGS: Final[Mapping[str, str]] = {
    "REC-1": "it does not lead to the leaf on L1: the keys are of another account, or the history is not L1's",
    "REC-2": "it does not begin with the account's registration",
    "REC-3": "it rotates to keys that the wallet has not derived; allow more generations and try again",
    "DAT-2": "its words do not open under this view key: the keys are of another account, or the history is not L1's",
}
"""What a refusal of the law means to a trader."""


@dataclass(frozen=True, slots=True)
class TradedLeg:
    """One fill of an order, or one reduction of a position."""

    slot: int
    side: Side
    quantity: Quantity
    cash: Cash
    """What all lots cost together."""
    fee: Cash
    """Of a reduction the penalty."""
    place: int
    nonce: int


@dataclass(frozen=True, slots=True)
class TouchSummary:
    """One touch, for people."""

    batch: int
    time: Time
    """Of the block that accepted the batch."""
    epoch: int
    kind: TouchKind
    cash: Cash
    """The balance afterwards."""
    positions: Mapping[int, Quantity]
    """Lots by slot afterwards; those that are 0 are left out."""
    equity: Cash
    """Afterwards, at the marks of the touch's own table."""
    amount: Cash = 0
    """Of a deposit, withdrawal, note, transfer, payment or credit."""
    legs: tuple[TradedLeg, ...] = ()
    settlement: Cash = 0
    """Cash that settled positions turned into before anything else."""
    peer: Index | None = None
    """The other account of a transfer."""
    recipient: int | None = None
    """L1 address that a withdrawal is credited to."""
    request: int | None = None
    """Number of the deposit or of the forced request on L1."""
    owner_nonce: int | None = None
    """Number of the owner's signed operation."""
    place: int | None = None
    """Order place of a cancel."""


@dataclass(frozen=True, slots=True)
class Registration:
    """A deposit that opened an account for these keys, or is to."""

    deposit: QueuedDeposit
    owner: Owner

    @property
    def index(self) -> Index | None:
        """None until a batch has consumed the deposit."""
        return self.deposit.index if self.deposit.status is Status.CONSUMED else None


@dataclass(frozen=True)
class Recovered:
    """An account, and all that its owner needs to leave; it holds no note key and no secret key."""

    history: History = field(repr=False)
    replica: Replica = field(repr=False)
    index: Index
    account: Account = field(repr=False)
    path: Proof = field(repr=False)
    """Of the account's leaf, to the accounts root after the last batch."""
    touches: tuple[TouchSummary, ...] = field(repr=False)
    notes: tuple[FoundNote, ...] = field(repr=False)
    """Every note that the account ever made; `rollup.client.notes` says which are unspent."""


def registrations(history: History, owners: Callable[[int], Iterable[Owner]]) -> list[Registration]:
    """
    The deposits that registered somebody's keys, in order.

    `owners` says what the owner of an account would be under an L1 address: one for each generation of keys that may
    have registered, usually the first alone.
    """
    known: dict[str, dict[FieldElement, Owner]] = {}
    found = []
    for deposit in history.deposits.values():
        if deposit.owner_hash == 0:
            continue
        if deposit.depositor not in known:
            known[deposit.depositor] = {owner.hash: owner for owner in owners(int(deposit.depositor, 16))}
        owner = known[deposit.depositor].get(deposit.owner_hash)
        if owner is not None:
            found.append(Registration(deposit, owner))
    return found


def recover(history: History, owner: Owner, keyring: Keyring | None = None, index: Index | None = None) -> Recovered:
    """
    The account of an owner, as it registered, and its whole history.

    Without an index, the registration on L1 says it. `keyring` is needed where keys were rotated.
    """
    if index is None:
        index = _index_of(history, owner)
    if index == FUND:
        raise RecoveryFailed(
            "REC-1",
            "account 0 is the guarantee fund: what it takes over and is paid stands in the words of other accounts, so "
            "nobody rebuilds it alone",
        )
    replica = replica_of_history(history)
    if not replica.touches_of(index) and index != REVENUE:
        raise RecoveryFailed(
            "REC-2",
            f"account {index} was in no batch up to block {history.until.number}; if its deposit is still queued, "
            "wait for a batch or have it refunded",
        )
    times = {batch.number: batch.time for batch in history.batches}
    account, touches = told(replica, index, owner, history.domain, times, keyring)
    path = replica.accounts.proof(index)
    if path.leaf != account.leaf:
        raise RecoveryFailed("REC-1", f"account {index} is not of these keys")
    notes = tuple(replica.notes_of(index, owner.view_key, history.domain))
    return Recovered(history, replica, index, account, path, touches, notes)


def told(
    replica: Replica,
    index: Index,
    owner: Owner,
    domain: FieldElement,
    times: Mapping[int, Time],
    keyring: Keyring | None = None,
) -> tuple[Account, tuple[TouchSummary, ...]]:
    """An account and its touches as people read them; `times` are those of the batches."""
    account, seen = Account.opened(owner, replica.profile), replica.touches_of(index)
    following, touches = replica.followed(index, owner, domain, keyring), []
    for number, touched in enumerate(seen, start=1):
        after = _next(following, touched, f"touch {number} of {len(seen)}")
        marks = replica.table(touched.epoch).marks
        touches.append(_summary(touched, account, after, marks, domain, times[touched.batch]))
        account = after
    return account, tuple(touches)


def _index_of(history: History, owner: Owner) -> Index:
    mine = registrations(history, lambda address: [owner] if address == owner.l1_owner else [])
    if not mine:
        raise KeysFitNothing(history.until.number)
    for one in mine:
        if one.index is not None:
            return one.index
    raise RecoveryFailed(
        "REC-2",
        f"the registration of these keys, deposit {mine[-1].deposit.number}, is {mine[-1].deposit.status.name.lower()}"
        " and in no batch: there is no account yet; wait for a batch, or have the deposit refunded after its window",
    )


def _next(following: Iterator[tuple[Touched, Account]], touched: Touched, which: str) -> Account:
    """The account after the next touch, or what its refusal means."""
    try:
        _, after = next(following)
    except Rejected as error:
        meaning = MEANINGS.get(error.rule, "it breaks a rule of the law")
        raise RecoveryFailed(error.rule, f"{which}, in batch {touched.batch}: {meaning}") from error
    return after


def _summary(
    touched: Touched, before: Account, after: Account, marks: Marks, domain: FieldElement, time: Time
) -> TouchSummary:
    """What a touch did; it is known by now that it did."""
    seen, cash = touched.seen, sweep(before.vector, marks)[CASH_SLOT]
    common = {
        "batch": touched.batch,
        "time": time,
        "epoch": touched.epoch,
        "cash": after.vector[CASH_SLOT],
        "positions": _positions(after.vector),
        "equity": sum(quantity * mark.value for quantity, mark in zip(after.vector, marks, strict=True)),
        "settlement": cash - before.vector[CASH_SLOT],
    }
    words = 2 if seen.kind is StepKind.FUNDS else len(seen.ciphertexts)
    sealed = seal(before.owner.view_key, domain, seen.index, after.nonce, touched.salt, words)
    if seen.kind is StepKind.FUNDS:
        registering = before.nonce == 0 and seen.index not in (FUND, REVENUE)
        return TouchSummary(**common, **_operation(touched, sealed.keystream, registering))  # type: ignore[arg-type]
    plain = [decrypt(word, key) for word, key in zip(seen.ciphertexts, sealed.keystream, strict=True)]
    legs = [unpack("leg", word) for word in plain if word]
    traded = tuple(_leg(leg) for leg in legs if leg["quantity"])
    if seen.kind is StepKind.TRADE:
        kind, amount, request = (TouchKind.TRADE if traded else TouchKind.DECOY), 0, None
    else:
        mode = Mode(legs[0]["mode"]) if legs else Mode.NONE
        kind = TouchKind.LIQUIDATION if mode is Mode.NONE and traded else MODES[mode]
        header = unpack("header", seen.header)
        closed = mode is Mode.CLOSE
        amount, request = (header["amount"], header["request"]) if closed else (0, None)
    return TouchSummary(**common, kind=kind, legs=traded, amount=amount, request=request)  # type: ignore[arg-type]


def _operation(touched: Touched, keystream: tuple[FieldElement, ...], registering: bool) -> dict[str, object]:
    """What a touch of a funds step did."""
    header = unpack("header", touched.seen.header)
    if registering:
        return {"kind": TouchKind.REGISTRATION, "amount": header["amount"], "request": header["request"]}
    text = unpack("operation_text", decrypt(touched.seen.ciphertexts[0], keystream[0]))
    kind, told = Operation(text["kind"]), header["kind"]
    said: dict[str, object] = {"kind": OPERATIONS[kind]}
    if kind is Operation.CANCEL:
        return said | {"place": text["amount"]}
    if kind in (Operation.TRANSFER_OUT, Operation.TRANSFER_IN):
        said["peer"] = text["peer"]
    if told == Header.WITHDRAW:
        said["recipient"] = touched.seen.aux
    if told in (Header.DEPOSIT, Header.FORCED):
        said["request"] = header["request"]
    if kind in (Operation.WITHDRAW, Operation.NOTE, Operation.TRANSFER_OUT, Operation.ROTATE):
        said["owner_nonce"] = text["nonce"]
    return said | {"amount": text["amount"]}


def _leg(leg: Mapping[str, int]) -> TradedLeg:
    return TradedLeg(
        leg["slot"], Side(leg["side"]), leg["quantity"], leg["cash"], leg["fee"], leg["place"], leg["nonce"]
    )


def _positions(vector: Vector) -> dict[int, Quantity]:
    return {slot: quantity for slot, quantity in enumerate(vector) if quantity and slot != CASH_SLOT}
