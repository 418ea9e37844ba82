"""Authority: whatever the law asks of an operation beside margin is asked before it enters the journal."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from support.spec_values import DOMAIN, LATER, NOW, Trader

from prover.reference.babyjubjub import SUBGROUP_ORDER as L
from rollup.exchange.commands import Burn, Debit, encode
from rollup.exchange.commands import Rotate as RotateCommand
from rollup.ledger.authority import Signed, check_operation, check_owner
from rollup.ledger.errors import NotAuthorised
from rollup.ledger.witnesses import operation_of, witness_of
from rollup.spec.account import FUND, Owner, keys_hash
from rollup.spec.funds import Authority, Cancel, NoteOut, Rotate, TransferOut, Withdraw, operation_message
from rollup.spec.hashes import R
from rollup.spec.shared import Operation
from rollup.spec.types import Point, Signature

ALICE, NEXT, MALLORY = Trader("alice"), Trader("alice", 1), Trader("mallory")
INDEX, OTHER, LAST = 3, 4, 10
"""Alice's account, somebody else's, and the number of her last operation."""

KINDS = ("withdraw", "note", "transfer", "rotate", "cancel")

SMALL_ORDER, OFF_CURVE = Point(0, R - 1), Point(1, 1)


def signed(
    kind: str,
    *,
    by: Trader = ALICE,
    index: int = INDEX,
    amount: int = 500,
    target: int | None = None,
    nonce: int = LAST + 1,
    expiry: int = LATER,
    domain: int = DOMAIN,
    keys: tuple[Point, Point] | None = None,
    wrong_key: bool = False,
) -> Signed:
    """An operation as its owner signs it; the parts that are named are wrong on purpose, and signed like that."""
    owner_key, trading_key = keys or (NEXT.owner.owner_key, NEXT.owner.trading_key)
    usual = {
        "withdraw": 0xCAFE,
        "note": 77,
        "transfer": OTHER,
        "rotate": keys_hash(owner_key, trading_key),
        "cancel": 0,
    }
    target = usual[kind] if target is None else target
    operation = Operation[{"transfer": "TRANSFER_OUT"}.get(kind, kind.upper())]
    amount = {"rotate": 0, "cancel": 2}.get(kind, amount)
    message = operation_message(domain, operation, index, amount, nonce, expiry, target)
    sign = by.sign_order if (kind == "cancel") != wrong_key else by.sign_as_owner
    authority = Authority(nonce, expiry, sign(message))
    match kind:
        case "withdraw":
            return Withdraw(index, amount, target, authority)
        case "note":
            return NoteOut(index, amount, target, authority)
        case "transfer":
            return TransferOut(index, amount, target, authority)
        case "rotate":
            return Rotate(index, owner_key, trading_key, authority)
        case _:
            return Cancel(index, amount, authority)


def check(
    operation: Signed,
    *,
    owner: Owner | None = ALICE.owner,
    now: int = NOW,
    domain: int = DOMAIN,
    places: int = 256,
) -> None:
    check_operation(operation, domain, owner, LAST, now, lambda index: index in (1, INDEX, OTHER), places)


@pytest.mark.parametrize("kind", KINDS)
def test_check_anOperationThatIsSound_takesIt(kind: str) -> None:
    check(signed(kind))
    check(signed(kind, expiry=NOW))
    if kind != "rotate":
        check(signed(kind, expiry=(1 << 40) - 1, nonce=(1 << 40) - 1))


BROKEN: dict[str, tuple[tuple[str, ...], Callable[[str], Signed], str]] = {
    "expired": (KINDS, lambda kind: signed(kind, expiry=NOW - 1), "expired"),
    "signed by another": (KINDS, lambda kind: signed(kind, by=MALLORY), "signature"),
    "signed by the other key": (KINDS, lambda kind: signed(kind, wrong_key=True), "signature"),
    "signed for another system": (KINDS, lambda kind: signed(kind, domain=DOMAIN + 1), "signature"),
    "of the fund": (KINDS, lambda kind: signed(kind, index=FUND), "no account 0"),
    "moved to another account": (KINDS, lambda kind: replace(signed(kind, index=OTHER), index=INDEX), "signature"),
    "of a number that was used": (KINDS[:-1], lambda kind: signed(kind, nonce=LAST), "not above"),
    "of an older number": (KINDS[:-1], lambda kind: signed(kind, nonce=1), "not above"),
    "to address zero": (("withdraw",), lambda kind: signed(kind, target=0), "no address"),
    "to no address": (("withdraw",), lambda kind: signed(kind, target=1 << 160), "no address"),
    "to no field element": (("note",), lambda _: replace(signed("note"), precommit=R), "no field element"),
    "to a negative element": (("note",), lambda _: replace(signed("note"), precommit=-1), "no field element"),
    "to the fund": (("transfer",), lambda kind: signed(kind, target=FUND), "no account 0"),
    "to itself": (("transfer",), lambda kind: signed(kind, target=INDEX), "no account 3"),
    "to nobody": (("transfer",), lambda kind: signed(kind, target=7), "no account 7"),
    "of a larger amount": (KINDS[:3], lambda kind: replace(signed(kind), amount=501), "signature"),
    "of an amount too large": (KINDS[:3], lambda kind: replace(signed(kind), amount=1 << 64), "64 bits"),
    "of a negative amount": (KINDS[:3], lambda kind: replace(signed(kind), amount=-1), "64 bits"),
    "of another place": (("cancel",), lambda _: replace(signed("cancel"), place=3), "signature"),
    "to an owner key of small order": (
        ("rotate",),
        lambda kind: signed(kind, keys=(SMALL_ORDER, NEXT.owner.trading_key)),
        "owner key",
    ),
    "to a trading key off the curve": (
        ("rotate",),
        lambda kind: replace(signed(kind), trading_key=OFF_CURVE),
        "trading key",
    ),
    "to keys that were not signed": (
        ("rotate",),
        lambda _: replace(signed("rotate"), trading_key=MALLORY.owner.trading_key),
        "signature",
    ),
}

CASES = [
    pytest.param(kind, make, says, id=f"{kind} {name}")
    for name, (kinds, make, says) in BROKEN.items()
    for kind in kinds
]


@pytest.mark.parametrize(("kind", "make", "says"), CASES)
def test_check_anOperationWithOneRuleBroken_isRefusedInWords(
    kind: str, make: Callable[[str], Signed], says: str
) -> None:
    with pytest.raises(NotAuthorised, match=says):
        check(make(kind))


@pytest.mark.parametrize("kind", KINDS)
def test_check_anOperationOfNobody_isRefused(kind: str) -> None:
    with pytest.raises(NotAuthorised, match="no account 3"):
        check(signed(kind), owner=None)


@pytest.mark.parametrize(
    "kind",
    KINDS,
)
def test_check_numbersBeyondTheirWidth_isNotAuthorised(kind: str) -> None:
    operation = signed(kind)
    for authority in (
        replace(operation.authority, nonce=1 << 40),
        replace(operation.authority, nonce=1 << 64),
        replace(operation.authority, expiry=1 << 40),
    ):
        with pytest.raises(NotAuthorised):
            check(replace(operation, authority=authority))


PLACES = 8

OUT_OF_RANGE: dict[str, tuple[tuple[str, ...], Callable[[Signed], Signed], str]] = {
    "a place that no byte holds": (("cancel",), lambda it: replace(it, place=300), "no order place 300.* has 8"),
    "a place beyond the profile's": (("cancel",), lambda it: replace(it, place=PLACES), "no order place 8"),
    "a negative place": (("cancel",), lambda it: replace(it, place=-1), "no order place -1"),
    "a nonce of 41 bits": (KINDS, lambda it: authorised(it, nonce=1 << 40), "does not fit 40 bits"),
    "a nonce beyond all words": (KINDS, lambda it: authorised(it, nonce=1 << 300), "does not fit 40 bits"),
    "a negative nonce": (KINDS, lambda it: authorised(it, nonce=-1), "does not fit 40 bits"),
    "an expiry of 41 bits": (KINDS, lambda it: authorised(it, expiry=1 << 40), "expired"),
    "a scalar of 257 bits": (KINDS, lambda it: rescaled(it, L << 10), "scalar out of range"),
    "a scalar with a second name": (KINDS, lambda it: rescaled(it, L), "scalar out of range"),
    "a negative scalar": (KINDS, lambda it: rescaled(it, -L), "scalar out of range"),
    "a point beyond all words": (
        KINDS,
        lambda it: authorised(it, signature=Signature(Point(1 << 256, -1), 1)),
        "signature",
    ),
}


def authorised(operation: Signed, **changes: object) -> Signed:
    return replace(operation, authority=replace(operation.authority, **changes))  # type: ignore[arg-type]


def rescaled(operation: Signed, more: int) -> Signed:
    """The same signature to the curve, with another number for its scalar."""
    signature = operation.authority.signature
    return authorised(operation, signature=signature._replace(s=signature.s + more))


@pytest.mark.parametrize(
    ("kind", "change", "says"),
    [
        pytest.param(kind, change, says, id=f"{kind} with {name}")
        for name, (kinds, change, says) in OUT_OF_RANGE.items()
        for kind in kinds
    ],
)
def test_check_anOperationThatNoLineHolds_isNotAuthorised(
    kind: str, change: Callable[[Signed], Signed], says: str
) -> None:
    with pytest.raises(NotAuthorised, match=says):
        check(change(signed(kind)), places=PLACES)


@pytest.mark.parametrize("kind", KINDS)
def test_check_whatPasses_fitsTheJournal(kind: str) -> None:
    """Also with the largest numbers that are let through."""
    greatest = (1 << 40) - 1
    amount = (1 << 64) - 1
    operation = signed(kind, amount=amount, nonce=greatest, expiry=greatest)
    check(operation, places=PLACES)
    command = {
        "transfer": lambda: Debit(INDEX, amount),
        "rotate": lambda: RotateCommand(INDEX),
        "cancel": lambda: Burn(INDEX, 2, greatest),
    }.get(kind, lambda: Debit(INDEX, amount))()
    assert operation_of(command, witness_of(operation)) == operation
    assert encode(command)


def test_check_aCancelAtTheLastPlace_takesIt() -> None:
    check(signed("cancel"), places=3)
    with pytest.raises(NotAuthorised, match="no order place 2: an account has 2, from 0 on"):
        check(signed("cancel"), places=2)


# -- owners


def test_check_anOwner_whoseKeysAreSound_takesIt() -> None:
    check_owner(ALICE.owner)


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"owner_key": SMALL_ORDER}, "owner key"),
        ({"owner_key": OFF_CURVE}, "owner key"),
        ({"trading_key": SMALL_ORDER}, "trading key"),
        ({"trading_key": Point(R, 1)}, "trading key"),
        ({"view_key": R}, "field element"),
        ({"view_key": -1}, "field element"),
        ({"note_commitment": R}, "field element"),
        ({"l1_owner": 0}, "no address"),
        ({"l1_owner": 1 << 160}, "no address"),
        ({"l1_owner": -1}, "no address"),
    ],
    ids=str,
)
def test_check_anOwner_withOnePartWrong_isRefusedInWords(wrong: dict[str, object], says: str) -> None:
    with pytest.raises(NotAuthorised, match=says):
        check_owner(replace(ALICE.owner, **wrong))  # type: ignore[arg-type]
