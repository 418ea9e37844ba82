"""
Packed words: several small numbers in one field element, lowest bits first.

A part that does not fit its width is an error, so that packing is injective: two different orders never have the same
words. The layouts come from circuits/manifest.toml.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from rollup.spec.errors import OutOfRange
from rollup.spec.shared import WORDS

__all__ = ["INDICES_PER_WORD", "fits", "pack", "pack_indices", "unpack", "unpack_indices"]

INDICES_PER_WORD = 10
"""Account indices of 24 bits that share one published word: 240 bits, below every bound on words."""

INDEX_BITS = 24


def fits(value: int, bits: int) -> bool:
    """Whether `value` is a number of at most `bits` bits."""
    return 0 <= value < 1 << bits


def pack(layout: str, **parts: int) -> int:
    """The word of a layout; parts that are not named are 0."""
    word, shift = 0, 0
    for name, bits in WORDS[layout].items():
        value = parts.pop(name, 0)
        if not fits(value, bits):
            raise OutOfRange(f"{layout}.{name}", value, bits)
        word |= value << shift
        shift += bits
    if parts:
        raise KeyError(f"{layout} has no {', '.join(parts)}")
    return word


def unpack(layout: str, word: int) -> dict[str, int]:
    """The parts of a word; bits beyond the layout are an error."""
    parts, rest = {}, word
    for name, bits in WORDS[layout].items():
        parts[name] = rest & (1 << bits) - 1
        rest >>= bits
    if rest:
        raise OutOfRange(layout, word, sum(WORDS[layout].values()))
    return parts


def pack_indices(indices: Sequence[int]) -> list[int]:
    """Account indices, ten a word, the first lowest."""
    for index in indices:
        if not fits(index, INDEX_BITS):
            raise OutOfRange("account", index, INDEX_BITS)
    return [
        sum(index << INDEX_BITS * place for place, index in enumerate(indices[start : start + INDICES_PER_WORD]))
        for start in range(0, len(indices), INDICES_PER_WORD)
    ]


def unpack_indices(words: Iterable[int], count: int) -> list[int]:
    """The `count` account indices of packed words."""
    mask = (1 << INDEX_BITS) - 1
    flat = [word >> INDEX_BITS * place & mask for word in words for place in range(INDICES_PER_WORD)]
    return flat[:count]
