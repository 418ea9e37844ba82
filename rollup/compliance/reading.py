"""
Reading a bundle: exactly the members of one, each of its type and in its range, or `BadBundle` with the member's path.

Two readers of one file must never believe different things, so nothing is passed over and nothing guessed: no unknown
member, none twice, no fraction, no number of r or more, no second way to write a number. Points are checked to have
coordinates of the right field, and no more. What a stranger wrote does not come into a message, but for its place.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, NoReturn, TypeVar

from prover.reference.bn254 import G1Point, G2Point, Q
from rollup.compliance.bundle import (
    FORMAT,
    KIND,
    STATEMENT,
    Bundle,
    Custody,
    KeyPoints,
    Place,
    Posted,
    ProofPoints,
    ProvenPart,
    Result,
    TableOpening,
)
from rollup.compliance.errors import BadBundle
from rollup.spec.hashes import R
from rollup.spec.shared import PROFILES
from rollup.spec.solvency import ScanStatement

__all__ = ["MAX_BYTES", "from_document", "read"]

Point = TypeVar("Point", G1Point, G2Point)

MAX_BYTES: Final = 1 << 25
"""32 MiB: some fifteen thousand proofs, a working day of checking. Whatever is larger is not read."""

WORD: Final = re.compile(r"0x[0-9a-f]{64}")
ADDRESS: Final = re.compile(r"0x[0-9a-fA-F]{40}")
DECIMAL: Final = re.compile(r"0|[1-9][0-9]{0,77}")
NAME: Final = re.compile(r"[A-Za-z0-9_]{1,40}")
"""Of a member that is told by name although no bundle has it."""


def read(path: Path) -> Bundle:
    """The bundle in a file; BadBundle when it holds none."""
    source = str(path)
    try:
        with path.open("rb") as file:
            data = file.read(MAX_BYTES + 1)
    except OSError as error:
        raise BadBundle(source, "", f"cannot be read: {error.strerror or error}") from error
    if len(data) > MAX_BYTES:
        raise BadBundle(source, "", f"is larger than {MAX_BYTES >> 20} MiB, which no bundle is")
    try:
        document = json.loads(
            data.decode("utf-8"), object_pairs_hook=_distinct, parse_float=_no_number, parse_constant=_no_number
        )
    except (ValueError, RecursionError) as error:
        raise BadBundle(source, "", f"is no bundle: {error or 'nested too deep'}") from error
    return from_document(document, source)


def from_document(document: object, source: str = "bundle") -> Bundle:
    """The bundle in parsed JSON: exactly the members of one, each of its type and in its range."""
    whole = _Member(source, "", document)
    # First of all what it is: of any other file the rest would be told as a list of riddles.
    if not isinstance(document, Mapping) or document.get("kind") != KIND:
        whole.refuse(f"is no {KIND}: `zkclear attest solvency` writes one")
    if type(document.get("format")) is not int or document["format"] != FORMAT:
        whole.refuse(f"has another format, this program reads {FORMAT}")
    found = whole.members("kind", "format", "system", "state", "table", "result", "key", "parts", "posted")
    system = found["system"].members("chain", "clearing", "protocol", "profile")
    state = found["state"].members("root", "batch")
    table = found["table"].members("root", "time", "parameters", "marks", "stress")
    custody, result = _result(found["result"])
    return Bundle(
        place=Place(
            system["chain"].integer(64), int(system["clearing"].text(ADDRESS), 16), system["protocol"].integer(32)
        ),
        profile=system["profile"].one_of(tuple(PROFILES)),
        state_root=state["root"].word(R),
        batch=state["batch"].integer(64),
        table=TableOpening(
            table["root"].word(R),
            table["time"].integer(40),
            table["parameters"].word(R),
            table["marks"].word(R),
            table["stress"].word(R),
        ),
        result=result,
        key=_key(found["key"]),
        parts=tuple(map(_part, found["parts"].items())),
        custody=custody,
        posted=_posted(found["posted"]),
    )


@dataclass(frozen=True, slots=True)
class _Member:
    """A value of the document, and where it stands."""

    source: str
    path: str
    value: Any

    def refuse(self, reason: str) -> NoReturn:
        raise BadBundle(self.source, self.path, reason)

    def members(self, *names: str) -> dict[str, _Member]:
        """An object with exactly these members."""
        if not isinstance(self.value, Mapping):
            self.refuse("is no object")
        head = f"{self.path}." if self.path else ""
        for name in self.value:
            if name not in names:
                _Member(self.source, f"{head}{_told(name)}", None).refuse("is no member of a bundle")
        for name in names:
            if name not in self.value:
                _Member(self.source, f"{head}{name}", None).refuse("is missing")
        return {name: _Member(self.source, f"{head}{name}", self.value[name]) for name in names}

    def items(self, length: int | None = None) -> list[_Member]:
        """A list, of this length if one is given, else of one or more."""
        if not isinstance(self.value, list):
            self.refuse("is no list")
        if length is not None and len(self.value) != length:
            self.refuse(f"has {len(self.value)} items, not {length}")
        if not self.value:
            self.refuse("is empty")
        return [_Member(self.source, f"{self.path}[{place}]", value) for place, value in enumerate(self.value)]

    def text(self, form: re.Pattern[str]) -> str:
        if not isinstance(self.value, str) or not form.fullmatch(self.value):
            self.refuse(f"is not of the form {form.pattern}")
        return self.value

    def one_of(self, known: Sequence[object]) -> str:
        if not isinstance(self.value, str) or self.value not in known:
            self.refuse(f"is none of: {', '.join(map(str, known))}")
        return self.value

    def integer(self, bits: int) -> int:
        """A whole number; true and false are none."""
        if type(self.value) is not int:
            self.refuse("is no whole number")
        if not 0 <= self.value < 1 << bits:
            self.refuse(f"does not fit {bits} bits")
        return self.value

    def flag(self) -> bool:
        if type(self.value) is not bool:
            self.refuse("is neither true nor false")
        return self.value

    def word(self, bound: int) -> int:
        """A number of 32 bytes in hexadecimal, below a bound."""
        return self._below(bound, int(self.text(WORD), 16))

    def decimal(self, bound: int) -> int:
        """A number as snarkjs writes it, below a bound."""
        return self._below(bound, int(self.text(DECIMAL)))

    def _below(self, bound: int, value: int) -> int:
        if value >= bound:
            named = {R: "r, the order of the scalar field", Q: "q, the order of the coordinates' field"}
            self.refuse(f"is not below {named.get(bound, bound)}")
        return value


def _result(member: _Member) -> tuple[Custody | None, Result]:
    found = member.members("accounts", "failed", "balanced", "fund_solvent", "empty_slots", "custody_commit", "custody")
    result = Result(
        accounts=found["accounts"].integer(64),
        failed=found["failed"].integer(64),
        balanced=found["balanced"].flag(),
        fund_solvent=found["fund_solvent"].flag(),
        empty_slots=found["empty_slots"].word(R),
        custody_commit=found["custody_commit"].word(R),
    )
    if found["custody"].value is None:
        return None, result
    opening = found["custody"].members("amount", "random")
    return Custody(opening["amount"].decimal(1 << 64), opening["random"].word(R)), result


def _part(member: _Member) -> ProvenPart:
    found = member.members("statement", "proof")
    statement = found["statement"].members(*STATEMENT)
    proof = _snarkjs(found["proof"], "pi_a", "pi_b", "pi_c")
    return ProvenPart(
        ScanStatement(**{name: statement[name].word(R) for name in STATEMENT}),
        ProofPoints(_g1(proof["pi_a"]), _g2(proof["pi_b"]), _g1(proof["pi_c"])),
    )


def _posted(member: _Member) -> Posted | None:
    if member.value is None:
        return None
    found = member.members("transaction", "block")
    return Posted(found["transaction"].text(WORD), found["block"].integer(64))


def _key(member: _Member) -> KeyPoints:
    found = _snarkjs(member, "nPublic", "vk_alpha_1", "vk_beta_2", "vk_gamma_2", "vk_delta_2", "IC")
    if found["nPublic"].integer(32) != len(STATEMENT):
        found["nPublic"].refuse(f"is not {len(STATEMENT)}, so the key is not one of solvency")
    ic = tuple(map(_g1, found["IC"].items(len(STATEMENT) + 1)))
    beta, gamma, delta = (_g2(found[name]) for name in ("vk_beta_2", "vk_gamma_2", "vk_delta_2"))
    return KeyPoints(_g1(found["vk_alpha_1"]), beta, gamma, delta, ic)


def _snarkjs(member: _Member, *names: str) -> dict[str, _Member]:
    """The members of a key or a proof, which name their scheme and their curve."""
    found = member.members("protocol", "curve", *names)
    found["protocol"].one_of(("groth16",))
    found["curve"].one_of(("bn128",))
    return found


def _g1(member: _Member) -> G1Point:
    """A point [x, y, "1"]; the point at infinity has no place in a bundle."""
    x, y, one = member.items(3)
    one.one_of(("1",))
    return _finite(member, G1Point(x.decimal(Q), y.decimal(Q)))


def _g2(member: _Member) -> G2Point:
    """A point [[x0, x1], [y0, y1], ["1", "0"]]."""
    x, y, one = member.items(3)
    for half, expected in zip(one.items(2), ("1", "0"), strict=True):
        half.one_of((expected,))
    first, second = ((half.decimal(Q) for half in coordinate.items(2)) for coordinate in (x, y))
    return _finite(member, G2Point((next(first), next(first)), (next(second), next(second))))


def _finite(member: _Member, point: Point) -> Point:
    """Our own notation for infinity is all zeros, which in a file are coordinates of nothing."""
    if point.is_infinity:
        member.refuse("is no point")
    return point


def _distinct(pairs: Sequence[tuple[str, Any]]) -> dict[str, Any]:
    """An object whose members are named once: of two readers, each could believe another one."""
    found: dict[str, Any] = {}
    for name, value in pairs:
        if name in found:
            raise ValueError(f"{_told(name)} is there twice")
        found[name] = value
    return found


def _no_number(text: str) -> NoReturn:
    raise ValueError(f"{text[:40]} is no whole number")


def _told(name: str) -> str:
    return name if NAME.fullmatch(name) else "a member with a strange name"
