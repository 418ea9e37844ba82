"""
A wallet file: JSON that is read strictly, written whole or not at all, for its owner's eyes, by one program at a time.

What never changes stands in it as it was made; `Progress` is the rest.
"""

from __future__ import annotations

import fcntl
import json
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from prover.files import write_atomically
from rollup.chain.abi import Address, address
from rollup.client.errors import NotAWallet, NotWritten, NoWallet
from rollup.spec.types import Index

__all__ = [
    "FORMAT",
    "KIND",
    "Progress",
    "address_in",
    "count_in",
    "locked",
    "progress_in",
    "read_document",
    "shown",
    "write_document",
]

FORMAT: Final = 1
"""Raised when the form of the file changes."""

KIND: Final = "zkclear wallet"

OWNER_ONLY: Final = 0o600


@dataclass(frozen=True, slots=True)
class Progress:
    """What changes in a wallet while it is used."""

    generation: int = 0
    """Of the keys that sign now."""
    highest: int = 0
    """Of the keys that were ever named to anybody; between the two, a rotation is under way."""
    index: Index | None = None
    """Of the account, once it is known."""
    l1_owner: Address | None = None
    """Who registered the account on L1."""
    owner_nonce: int = 0
    """Last number of an owner's operation."""
    places: Mapping[int, int] = field(default_factory=dict)
    """Last nonce of an order, by order place."""


def read_document(path: Path) -> Mapping[str, Any]:
    try:
        document = json.loads(path.read_text())
    except FileNotFoundError:
        raise NoWallet(path) from None
    except (OSError, ValueError) as error:
        raise NotAWallet(path, f"it cannot be read ({type(error).__name__})") from error
    if not isinstance(document, dict):
        raise NotAWallet(path, "it holds no JSON object")
    return document


def progress_in(document: Mapping[str, Any]) -> Progress:
    index, l1_owner = document["index"], document["l1_owner"]
    return Progress(
        generation=count_in(document["generation"]),
        highest=count_in(document["highest_generation"]),
        index=None if index is None else count_in(index),
        l1_owner=None if l1_owner is None else address_in(l1_owner),
        owner_nonce=count_in(document["owner_nonce"]),
        places={int(place): count_in(nonce) for place, nonce in document["places"].items()},
    )


def write_document(path: Path, document: Mapping[str, Any]) -> None:
    """Put a wallet at a path; NotWritten leaves the old one."""
    try:
        write_atomically(path, (json.dumps(document, indent=2) + "\n").encode(), OWNER_ONLY)
    except OSError as error:
        raise NotWritten(path, error.strerror or type(error).__name__) from error


def shown(progress: Progress) -> dict[str, Any]:
    return {
        "generation": progress.generation,
        "highest_generation": progress.highest,
        "index": progress.index,
        "l1_owner": progress.l1_owner,
        "owner_nonce": progress.owner_nonce,
        "places": {str(place): nonce for place, nonce in sorted(progress.places.items())},
    }


def count_in(found: Any) -> int:
    if type(found) is not int or found < 0:
        raise ValueError
    return found


def address_in(found: Any) -> Address:
    if not isinstance(found, str):
        raise ValueError
    return address(found)


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """One program at a time; the directory is locked because the file itself is replaced."""
    try:
        directory = os.open(path.parent, os.O_RDONLY)
    except OSError as error:
        raise NotWritten(path, error.strerror or type(error).__name__) from error
    try:
        fcntl.flock(directory, fcntl.LOCK_EX)
        yield
    finally:
        os.close(directory)
