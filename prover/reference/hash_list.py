"""
HashList: one hash of a list of any length (PROTOCOL section 3).

One permutation takes 16 elements. A longer list is chained: the next block holds the hash so far and 15 more elements,
and the last block is filled up with zeros. The number of elements stands in the capacity of every block, beside the
tag, so that a list and the same list with a zero appended, or a list and the hash of its beginning, never meet.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from prover.errors import ScalarOutOfRange, WrongLength
from prover.reference.field import elements as field_elements
from prover.reference.poseidon import MAX_INPUTS, poseidon

__all__ = ["TAG_BITS", "hash_list"]

TAG_BITS: Final = 32
"""Bits of the tag; the number of elements stands above them."""


def hash_list(elements: Sequence[int], tag: int) -> int:
    """HashList[tag](elements). An empty list has no hash: no structure of the protocol contains one."""
    if not elements:
        raise WrongLength("elements of HashList", "at least 1", 0)
    if not 0 <= tag < 1 << TAG_BITS:
        raise ScalarOutOfRange(tag, 1 << TAG_BITS)
    capacity = tag + (len(elements) << TAG_BITS)
    remaining = field_elements(elements)
    block, remaining = remaining[:MAX_INPUTS], remaining[MAX_INPUTS:]
    digest = _hash_block(block, capacity)
    while remaining:
        block, remaining = remaining[: MAX_INPUTS - 1], remaining[MAX_INPUTS - 1 :]
        digest = _hash_block([digest, *block], capacity)
    return digest


def _hash_block(block: list[int], capacity: int) -> int:
    return poseidon(block + [0] * (MAX_INPUTS - len(block)), capacity)
