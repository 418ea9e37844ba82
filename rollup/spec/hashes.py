"""
Tagged hashes: every use of Poseidon carries its own initial capacity, so no hash of one kind is one of another.

This file and `prover.crypto` behind it are all that the specification takes from outside.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

from prover import crypto
from prover.errors import InvalidInput
from prover.reference.babyjubjub import SUBGROUP_ORDER
from prover.reference.field import R
from prover.types import Point, Proof, Signature, Tree
from rollup.spec.shared import Tag

__all__ = [
    "SHIFT",
    "R",
    "check_key",
    "field",
    "hash_list",
    "hash_list_start",
    "keccak",
    "keccak_to_field",
    "new_tree",
    "root_of",
    "shifted",
    "signed",
    "stream",
    "tagged",
    "tagged_many",
    "verifies",
]

_crypto = crypto.load()

IDENTITY = Point(0, 1)
"""The neutral point of Baby Jubjub."""

SHIFT = 129
"""2^127 for the upper half of a 254-bit hash, and 4 for half the cofactor."""


def tagged(tag: Tag, *inputs: int) -> int:
    """H[tag](inputs…)."""
    return _crypto.poseidon(inputs, tag)


def tagged_many(tag: Tag, rows: Sequence[Sequence[int]]) -> list[int]:
    """H[tag] of each row; rows are of one length."""
    return _crypto.poseidon_many(rows, tag)


def hash_list(tag: Tag, elements: Sequence[int]) -> int:
    """HashList[tag](elements…)."""
    return _crypto.hash_list(elements, tag)


def hash_list_start(tag: Tag, elements: Sequence[int], blocks: int) -> int:
    """What the first blocks of HashList[tag](elements…) hash to, at least one; who opens the rest needs no others."""
    capacity = tag + (len(elements) << 32)
    state = _crypto.poseidon(elements[:16], capacity)
    for start in range(16, 1 + 15 * blocks, 15):
        state = _crypto.poseidon([state, *elements[start : start + 15]], capacity)
    return state


def stream(key: int, words: int) -> tuple[int, list[int]]:
    """The blinding and `words` words of keystream under one touch's key."""
    blinding, *keystream = _crypto.stream(key, words, Tag.STREAM)
    return blinding, keystream


def keccak(data: bytes) -> bytes:
    """keccak256."""
    return _crypto.keccak256(data)


def keccak_to_field(data: bytes) -> int:
    """keccak256 as a field element."""
    return int.from_bytes(keccak(data), "big") % R


def verifies(key: Point, message: int, signature: Signature) -> bool:
    """
    Whether a signature is valid; a malformed one is not (decision 5).

    The scalar counts modulo l: no constraint sees it. R8 = identity is refused: the circuit has no form for it.
    """
    if signature.r8 == IDENTITY:
        return False
    try:
        return _crypto.verify(key, message, Signature(signature.r8, signature.s % SUBGROUP_ORDER))
    except InvalidInput:
        return False


@lru_cache(maxsize=1 << 12)
def shifted(key: Point) -> Point:
    """2^129 times a key: the one point that the circuit's ladder takes ready-made."""
    return _crypto.multiply(key, 1 << SHIFT)


def check_key(key: Point) -> None:
    """Refuse a key that is no point of the curve, or one of small order, which verifies anything."""
    _crypto.check_key(key)


def new_tree(depth: int) -> Tree:
    """An empty tree; nodes of all trees share one tag."""
    return _crypto.tree(depth, Tag.NODE)


def root_of(path: Proof) -> int:
    """The root that a leaf and its path lead to."""
    return _crypto.root_of(path, Tag.NODE)


def field(value: int) -> int:
    """A signed integer as a field element: negative as r - |x|."""
    return value % R


def signed(element: int) -> int:
    """The signed integer behind a field element; values of the protocol are far from r/2."""
    return element if element <= R // 2 else element - R
