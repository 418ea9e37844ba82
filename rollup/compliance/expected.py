"""
What a bundle is held against: known from elsewhere than the bundle, by whoever checks it.

A bundle shows that books are in order; that they are the books which somebody means, it cannot show, since everything
in it was written by one hand. So system, key, roots and times come from here, and what is missing here stays unchecked.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from rollup.compliance.bundle import Place
from rollup.compliance.errors import BadExpectation
from rollup.spec.hashes import R
from rollup.spec.types import FieldElement, Time

__all__ = ["Expected", "hash_in", "read_expected", "root_in"]

RECORD_FORMAT: Final = 1
"""Of deployment records; `rollup.chain.record` writes them."""

HASH: Final = re.compile(r"0x[0-9a-fA-F]{64}")
ROOT: Final = re.compile(r"0x[0-9a-fA-F]{1,64}")
ADDRESS: Final = re.compile(r"0x[0-9a-fA-F]{40}")
LOCAL_CHAINS: Final = frozenset({31337, 1337})
"""Where development keys belong; as in `rollup.chain.plan`."""


@dataclass(frozen=True, slots=True)
class Expected:
    """What is known; None where nothing is."""

    place: Place | None = None
    profile: str | None = None
    key: bytes | None = None
    """Name of the verification key: its keccak."""
    development: bool = False
    """The record says of this key that whoever reads the project can forge with it."""
    state_root: FieldElement | None = None
    risk_root: FieldElement | None = None
    at: Time | None = None
    max_age: Time | None = None

    @property
    def forgeable(self) -> bool:
        """A development key off local chains."""
        return self.development and self.place is not None and self.place.chain not in LOCAL_CHAINS


def read_expected(path: Path) -> Expected:
    """System, profile, key and maximal age in a deployment record."""
    try:
        document = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError) as error:
        raise BadExpectation(f"{path} cannot be read as a deployment record: {error}") from error
    try:
        if document["format"] != RECORD_FORMAT:
            raise ValueError(f"its format is not {RECORD_FORMAT}")
        key: Mapping[str, Any] = document["keys"]["solvency"]
        clearing = str(document["parts"]["clearing"]["address"])
        if not ADDRESS.fullmatch(clearing):
            raise ValueError("parts.clearing.address is no address")
        return Expected(
            place=Place(int(document["chain"]), int(clearing, 16)),
            profile=str(document["profile"]),
            key=hash_in(str(key["name"])),
            development=bool(key["development"]),
            max_age=int(document["settings"]["attestation_age"]),
        )
    except (KeyError, TypeError, ValueError, BadExpectation) as error:
        raise BadExpectation(f"{path} is no deployment record: {type(error).__name__} {error}") from error


def hash_in(text: str) -> bytes:
    """A hash of 32 bytes, as people paste it."""
    if not HASH.fullmatch(text):
        raise BadExpectation("a hash is 0x and 64 hexadecimal digits")
    return bytes.fromhex(text[2:])


def root_in(text: str) -> FieldElement:
    """A root, as people paste it: leading zeros may be missing, as blocks' explorers like it."""
    if not ROOT.fullmatch(text) or int(text, 16) >= R:
        raise BadExpectation("a root is 0x and at most 64 hexadecimal digits, below the order of the scalar field")
    return int(text, 16)
