"""
A history as a file: one JSON document that anybody can hand on, and that is believed only where it is whole.

Bytes and large numbers stand in hexadecimal. A digest over everything else shows a file that was cut short or changed
by accident; who changes it on purpose can make a new digest, and is found out by the roots that L1 accepted.
"""

from __future__ import annotations

import gzip
import hashlib
import json
import sys
import zlib
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from itertools import pairwise
from pathlib import Path
from typing import Any, Final

from eth_abi.exceptions import DecodingError

from prover.files import write_atomically
from rollup.chain.bindings.clearing import BatchAccepted
from rollup.chain.chronicle import PARTS, ForeignDeposit, KeptLog, Mark
from rollup.chain.errors import BadRecord, ChainError
from rollup.chain.history import LARGEST, BadHistory, History
from rollup.chain.record import Record

__all__ = ["read", "write"]

FORMAT: Final = 1
"""Raised when the form of the file changes."""

KIND: Final = "zkclear history"

GZIP: Final = b"\x1f\x8b"
"""Packed files begin with it."""

DEPTH: Final = 1_000
"""Frames, those of the caller among them."""

PIECE: Final = 1 << 20
"""Bytes that are unpacked at once."""

TOLD: Final = 200
"""Characters of a reason that are told: a stranger's values may be long."""

UNREADABLE: Final = (
    LookupError,
    TypeError,
    ValueError,
    AttributeError,
    ArithmeticError,
    StopIteration,
    DecodingError,
)
"""What values that no history has may lead to."""

KEYS: Final = frozenset(
    {"kind", "format", "record", "until", "parameters", "times", "logs", "calldata", "digest"},
)


def write(history: History, path: Path) -> None:
    """Whole or not at all; packed when the name ends in .gz, always the same bytes for the same history."""
    document = {
        "kind": KIND,
        "format": FORMAT,
        "record": history.record.document(),
        "until": {
            "number": history.until.number,
            "hash": _hex(history.until.hash),
            "time": history.until.time,
        },
        "parameters": [hex(one) for one in history.parameters],
        "times": {str(block): time for block, time in history.times.items()},
        "logs": [
            {
                "part": log.part,
                "block": log.block,
                "place": log.place,
                "transaction": _hex(log.transaction),
                "topics": [_hex(topic) for topic in log.topics],
                "data": _hex(log.data),
            }
            for log in history.logs
        ],
        "calldata": {_hex(transaction): _hex(data) for transaction, data in history.calldata.items()},
    }
    text = (json.dumps({**document, "digest": _digest(document)}, indent=1) + "\n").encode()
    try:
        write_atomically(path, gzip.compress(text, mtime=0) if path.suffix == ".gz" else text)
    except OSError as error:
        raise ChainError(f"{path} cannot be written ({error.strerror}); make room, or name another file") from error


def read(path: Path, largest: int = LARGEST) -> History:
    """The history in a file; `BadHistory` says what is wrong with it."""
    document = _document(path, largest)
    where = str(path)
    if document.get("kind") != KIND:
        raise BadHistory(where, "is no file of L1 history")
    if document.get("format") != FORMAT:
        raise BadHistory(where, f"has format {document.get('format')!r}, this program reads {FORMAT}")
    if set(document) != KEYS:
        named = ", ".join(sorted(set(document) ^ KEYS))
        raise BadHistory(where, f"has not the entries of such a file ({named})")
    rest = {name: value for name, value in document.items() if name != "digest"}
    if document["digest"] != _digest(rest):
        raise BadHistory(where, "was changed or damaged: its digest is not that of its content")
    history = _history(document, where)
    _check(history, where)
    return history


@contextmanager
def _field(where: str, name: str) -> Iterator[None]:
    """Whatever its values lead to, a field that no history has is told by name."""
    try:
        yield
    except BadRecord as error:
        raise BadHistory(where, f"holds a deployment record that {error.reason}") from error
    except ForeignDeposit as error:
        raise BadHistory(where, f"has {name} of what became of deposit {error.number}, which none queued") from error
    except UNREADABLE as error:
        said = f"{type(error).__name__}: {error}"
        raise BadHistory(where, f"holds what no history says in its field {name} ({said[:TOLD]})") from error


def _document(path: Path, largest: int) -> dict[str, Any]:
    try:
        text = _text(path, largest)
        with _shallow():
            document = json.loads(text)
    except (OSError, EOFError, zlib.error) as error:
        raise BadHistory(str(path), f"cannot be read ({error})") from error
    except (ValueError, RecursionError) as error:
        raise BadHistory(str(path), f"is cut short or no JSON ({error})") from error
    if not isinstance(document, dict):
        raise BadHistory(str(path), "is no file of L1 history")
    return document


@contextmanager
def _shallow() -> Iterator[None]:
    """As deep as Python goes by itself: libraries raise its limit so far that deep documents would end the process."""
    limit = sys.getrecursionlimit()
    sys.setrecursionlimit(min(limit, DEPTH))
    try:
        yield
    finally:
        sys.setrecursionlimit(limit)


def _text(path: Path, largest: int) -> bytes:
    """What the file says, unpacked as it is read: no more of it is held than may be."""
    text = bytearray()
    with path.open("rb") as plain:
        packed = plain.peek(len(GZIP))[: len(GZIP)] == GZIP
        source = gzip.GzipFile(fileobj=plain) if packed else plain
        while piece := source.read(PIECE):
            text += piece
            if len(text) > largest:
                held = "unpacks to" if packed else "has"
                raise BadHistory(str(path), f"{held} more than {largest:,} bytes, the most that is read of a history")
    return bytes(text)


def _history(document: Mapping[str, Any], where: str) -> History:
    found: dict[str, Any] = {}
    for name, read_one in FIELDS.items():
        with _field(where, name):
            found[name] = read_one(document[name])
    with _field(where, "record"):
        return History(record=Record.from_document(document["record"], where), **found)


def _until(document: Mapping[str, Any]) -> Mark:
    return Mark(_number(document["number"]), _bytes(document["hash"], 32), _number(document["time"]))


def _log(document: Mapping[str, Any]) -> KeptLog:
    if document["part"] not in PARTS:
        raise ValueError(f"no part is called {document['part']!r}")
    return KeptLog(
        document["part"],
        _number(document["block"]),
        _number(document["place"]),
        _bytes(document["transaction"], 32),
        tuple(_bytes(topic, 32) for topic in document["topics"]),
        _bytes(document["data"]),
    )


def _check(history: History, where: str) -> None:
    """That it contradicts itself nowhere."""
    places = [(log.block, log.place) for log in history.logs]
    if any(one >= other for one, other in pairwise(places)):
        raise BadHistory(where, "has logs out of order")
    if places and places[-1][0] > history.until.number:
        raise BadHistory(where, "has logs of blocks after the one that it ends with")
    if {log.block for log in history.logs} != set(history.times):
        raise BadHistory(where, "does not have the time of just those blocks that it has logs of")
    with _field(where, "record"):
        _ = history.domain, history.genesis
    with _field(where, "logs"):
        accepted = list(history.of(BatchAccepted))
        _ = history.deposits
    if [one.event.number for one in accepted] != list(range(1, len(accepted) + 1)):
        raise BadHistory(where, "does not have every batch in order")
    if {one.transaction for one in accepted} != set(history.calldata):
        raise BadHistory(where, "does not have the calldata of just those batches that were accepted")
    if not history.parameters:
        raise BadHistory(where, "names no parameters that tables open under")


def _digest(document: Mapping[str, Any]) -> str:
    canonical = json.dumps(document, sort_keys=True, separators=(",", ":"), ensure_ascii=True)
    return hashlib.sha256(canonical.encode()).hexdigest()


def _hex(data: bytes) -> str:
    return "0x" + data.hex()


def _bytes(text: str, length: int | None = None) -> bytes:
    if not text.startswith("0x"):
        raise ValueError(f"{text[:20]!r} does not begin with 0x")
    data = bytes.fromhex(text[2:])
    if length is not None and len(data) != length:
        raise ValueError(f"{text[:20]}… has {len(data)} bytes instead of {length}")
    return data


def _number(value: object) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or value < 0:
        raise ValueError(f"{value!r} is no count")
    return value


FIELDS: Final[Mapping[str, Callable[[Any], Any]]] = {
    "until": _until,
    "parameters": lambda hashes: tuple(int(one, 16) for one in hashes),
    "times": lambda times: {int(block): _number(time) for block, time in times.items()},
    "logs": lambda logs: tuple(_log(one) for one in logs),
    "calldata": lambda calldata: {_bytes(key, 32): _bytes(data) for key, data in calldata.items()},
}
"""How each field is read."""
