"""
Signed requests as files: what a trader hands to whoever operates, in one canonical JSON form.

A file names the system it was signed for and the kind of request, and has exactly that kind's fields. Small numbers
are numbers; amounts, which may have 64 bits, are decimal strings in 10^-6 USDC; field elements and addresses are
hexadecimal. A reader refuses whatever else it meets, by the field's name: a misread request is a wrong one. No secret
is in a request; who sees it learns what is asked, and nobody else can ask for anything else with it. Only an
introduction, which nobody signs, is confidential: it has the view key, which opens an account to its reader.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import IntEnum
from pathlib import Path
from typing import Any, Final, TypeAlias

from prover.files import write_atomically
from prover.reference.babyjubjub import SUBGROUP_ORDER
from rollup.chain.abi import address
from rollup.client import operations
from rollup.client.errors import BadRequest
from rollup.client.operations import Operation
from rollup.client.orders import SignedOrder
from rollup.exchange.commands import Force, SelfTrade, Trigger
from rollup.exchange.exchange import Handling
from rollup.spec.account import Owner
from rollup.spec.funds import Authority, Cancel, NoteOut, Rotate, TransferOut, Withdraw
from rollup.spec.hashes import R
from rollup.spec.orders import Order
from rollup.spec.shared import Side, Width
from rollup.spec.types import FieldElement, Index, Point, Signature

__all__ = ["Introduction", "Request", "account_of", "decode", "encode", "kind_of", "read", "verified", "write"]

FORMAT: Final = 1
"""Raised when the form of the files changes."""

LARGEST: Final = 1 << 16
"""Bytes; no request is nearly as large."""


@dataclass(frozen=True, slots=True)
class Introduction:
    """The keys behind an owner hash, for the operator alone: L1 shows the hash only, and a deposit waits for them."""

    owner: Owner


Request: TypeAlias = SignedOrder | Operation | Introduction
"""What a trader hands over."""


@dataclass(frozen=True, slots=True)
class _Form:
    """How one field is written, and read strictly."""

    write: Callable[[Any], Any]
    read: Callable[[Any], Any]
    """Raises ValueError with what the field must be."""


def _number(bits: int) -> _Form:
    def read(found: Any) -> int:
        if type(found) is not int or not 0 <= found < 1 << bits:
            raise ValueError(f"must be a whole number of at most {bits} bits")
        return found

    return _Form(int, read)


def _decimal(bits: int) -> _Form:
    """A number that other languages would round."""

    def read(found: Any) -> int:
        plain = isinstance(found, str) and found.isascii() and found.isdecimal() and len(found) <= 20
        if not plain or str(int(found)) != found or int(found) >= 1 << bits:
            raise ValueError(f"must be a whole number of at most {bits} bits, as a string")
        return int(found)

    return _Form(str, read)


def _hexadecimal(bound: int, what: str) -> _Form:
    def read(found: Any) -> int:
        try:
            value = int(found, 16) if isinstance(found, str) and len(found) <= 66 else -1
        except ValueError:
            value = -1
        if not 0 <= value < bound or hex(value) != found:
            raise ValueError(f"must be {what}, in hexadecimal as 0x…")
        return value

    return _Form(hex, read)


def _choice(kind: type[IntEnum]) -> _Form:
    names = {member.name.lower(): member for member in kind}

    def read(found: Any) -> IntEnum:
        if not isinstance(found, str) or found not in names:
            raise ValueError(f"must be one of {', '.join(names)}")
        return names[found]

    return _Form(lambda member: member.name.lower(), read)


def _read_flag(found: Any) -> bool:
    if not isinstance(found, bool):
        raise ValueError("must be true or false")
    return found


def _read_address(found: Any) -> int:
    if not isinstance(found, str) or not re.fullmatch("0x[0-9a-fA-F]{40}", found):
        raise ValueError("must be an address: 0x and 40 hexadecimal digits")
    if address(int(found, 16)) != found:
        raise ValueError("must be an address with the checksum of its capitals")
    return int(found, 16)


def _read_point(found: Any) -> Point:
    if not isinstance(found, list) or len(found) != 2:
        raise ValueError("must be a point: two field elements")
    return Point(*map(ELEMENT.read, found))


def _read_signature(found: Any) -> Signature:
    if not isinstance(found, dict) or set(found) != {"r8", "s"}:
        raise ValueError("must be a signature: r8 and s")
    return Signature(_read_point(found["r8"]), SCALAR.read(found["s"]))


ELEMENT: Final = _hexadecimal(R, "a field element below r")
SCALAR: Final = _hexadecimal(SUBGROUP_ORDER, "a canonical scalar, below the order of the subgroup")
FLAG: Final = _Form(bool, _read_flag)
ADDRESS: Final = _Form(address, _read_address)
POINT: Final = _Form(lambda point: [hex(part) for part in point], _read_point)
SIGNATURE: Final = _Form(lambda one: {"r8": POINT.write(one.r8), "s": hex(one.s)}, _read_signature)
AMOUNT: Final = _decimal(Width.AMOUNT)
ACCOUNT: Final = _number(Width.ACCOUNT)

Fields: TypeAlias = Mapping[str, _Form]

ORDER: Final[Fields] = {
    "account": ACCOUNT,
    "slot": _number(Width.SLOT),
    "listing": _number(Width.LISTING),
    "side": _choice(Side),
    "limit": _number(Width.PRICE),
    "quantity": _number(Width.QUANTITY),
    "max_fee_ppm": _number(16),
    "place": _number(Width.PLACE),
    "nonce": _number(Width.NONCE),
    "expiry": _number(Width.TIME),
    "reduce_only": FLAG,
}
HANDLING: Final[Fields] = {
    "client": _decimal(64),
    "force": _choice(Force),
    "good_till": _number(Width.TIME),
    "post_only": FLAG,
    "self_trade": _choice(SelfTrade),
    "trigger": _choice(Trigger),
    "trigger_price": _number(Width.PRICE),
}
AUTHORITY: Final[Fields] = {"nonce": _number(Width.NONCE), "expiry": _number(Width.TIME), "signature": SIGNATURE}
OPERATIONS: Final[Mapping[str, tuple[type[Any], Fields]]] = {
    "withdraw": (Withdraw, {"index": ACCOUNT, "amount": AMOUNT, "recipient": ADDRESS}),
    "note": (NoteOut, {"index": ACCOUNT, "amount": AMOUNT, "precommit": ELEMENT}),
    "transfer": (TransferOut, {"index": ACCOUNT, "amount": AMOUNT, "credited": ACCOUNT}),
    "rotate": (Rotate, {"index": ACCOUNT, "owner_key": POINT, "trading_key": POINT}),
    "cancel": (Cancel, {"index": ACCOUNT, "place": _number(Width.PLACE)}),
}
OWNER: Final[Fields] = {
    "owner_key": POINT,
    "trading_key": POINT,
    "view_key": ELEMENT,
    "note_commitment": ELEMENT,
    "l1_owner": ADDRESS,
}
HEAD: Final[Fields] = {"format": _number(8), "domain": ELEMENT}


def kind_of(request: Request) -> str:
    """Its name in files."""
    if isinstance(request, SignedOrder):
        return "order"
    if isinstance(request, Introduction):
        return "introduction"
    return next(name for name, (kind, _) in OPERATIONS.items() if isinstance(request, kind))


def account_of(request: Request) -> Index | None:
    """Whose it is; None before there is an account."""
    if isinstance(request, Introduction):
        return None
    return request.order.account if isinstance(request, SignedOrder) else request.index


def verified(request: Request, domain: FieldElement, owner: Owner) -> bool:
    """Whether the right key of an owner signed it for this system."""
    if isinstance(request, SignedOrder):
        return request.verified(domain, owner.trading_key)
    if isinstance(request, Introduction):
        return request.owner == owner
    return operations.verified(request, domain, owner)


def encode(request: Request, domain: FieldElement) -> bytes:
    """The one form of a request."""
    document: dict[str, Any] = {"format": FORMAT, "domain": hex(domain), "kind": kind_of(request)}
    if isinstance(request, SignedOrder):
        document["order"] = _written(ORDER, request.order)
        document["signature"] = SIGNATURE.write(request.signature)
        document["handling"] = _written(HANDLING, request.handling)
    elif isinstance(request, Introduction):
        document |= _written(OWNER, request.owner)
    else:
        document |= _written(OPERATIONS[kind_of(request)][1], request) | _written(AUTHORITY, request.authority)
    return (json.dumps(document, indent=2) + "\n").encode()


def decode(data: bytes, domain: FieldElement, where: str = "request") -> Request:
    """The request in a file's bytes, which must be for this system; BadRequest names the field that is wrong."""
    document = _parsed(data, where)
    kind = document.pop("kind", None)
    head = _taken(document, HEAD, where)
    if head["format"] != FORMAT:
        raise BadRequest(where, "format", f"is {head['format']}, this program reads {FORMAT}")
    if head["domain"] != domain:
        raise BadRequest(where, "domain", "is another system's")
    if kind == "order":
        parts = {name: _object(document, name, where) for name in ("order", "handling")}
        signature = _taken(document, {"signature": SIGNATURE}, where)["signature"]
        _ended(document, where)
        order = Order(**_whole(parts["order"], ORDER, where, "order."))
        return SignedOrder(order, signature, Handling(**_whole(parts["handling"], HANDLING, where, "handling.")))
    if kind == "introduction":
        return Introduction(Owner(**_whole(document, OWNER, where, "")))
    if not isinstance(kind, str) or kind not in OPERATIONS:
        raise BadRequest(where, "kind", f"must be one of order, introduction, {', '.join(OPERATIONS)}")
    made, own = OPERATIONS[kind]
    values, authority = _taken(document, own, where), Authority(**_taken(document, AUTHORITY, where))
    _ended(document, where)
    operation: Operation = made(**values, authority=authority)
    return operation


def write(request: Request, domain: FieldElement, path: Path) -> None:
    """Whole or not at all."""
    write_atomically(path, encode(request, domain), mode=0o600 if isinstance(request, Introduction) else 0o644)


def read(path: Path, domain: FieldElement) -> Request:
    """The request in a file."""
    try:
        with path.open("rb") as file:
            data = file.read(LARGEST + 1)
    except OSError as error:
        raise BadRequest(str(path), "the file", f"cannot be read ({error.strerror})") from error
    return decode(data, domain, str(path))


def _written(forms: Fields, value: Any) -> dict[str, Any]:
    return {name: form.write(getattr(value, name)) for name, form in forms.items()}


def _parsed(data: bytes, where: str) -> dict[str, Any]:
    def once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        found = dict(pairs)
        if len(found) != len(pairs):
            raise ValueError("names a field twice")
        return found

    try:
        if len(data) > LARGEST:
            raise ValueError("is too long")
        document = json.loads(data, object_pairs_hook=once)
    except (ValueError, RecursionError) as error:
        raise BadRequest(where, "the file", f"is no request in JSON ({error})") from error
    if not isinstance(document, dict):
        raise BadRequest(where, "the file", "holds no JSON object")
    return document


def _taken(document: dict[str, Any], forms: Fields, where: str, prefix: str = "") -> dict[str, Any]:
    """These fields, out of a document that keeps the rest."""
    found = {}
    for name, form in forms.items():
        if name not in document:
            raise BadRequest(where, prefix + name, "is missing")
        try:
            found[name] = form.read(document.pop(name))
        except ValueError as error:
            raise BadRequest(where, prefix + name, str(error)) from error
    return found


def _object(document: dict[str, Any], name: str, where: str) -> dict[str, Any]:
    found = document.pop(name, None)
    if not isinstance(found, dict):
        raise BadRequest(where, name, "is missing" if found is None else "must be an object")
    return found


def _whole(document: dict[str, Any], forms: Fields, where: str, prefix: str) -> dict[str, Any]:
    found = _taken(document, forms, where, prefix)
    _ended(document, where, prefix)
    return found


def _ended(document: Mapping[str, Any], where: str, prefix: str = "") -> None:
    for name in document:
        raise BadRequest(where, prefix + name, "is unknown")
