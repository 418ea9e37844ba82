"""
The keystream that hides words on the chain (PROTOCOL section 9).

A permuted state that starts from a secret key looks random. Its first element becomes the blinding of a leaf and the
next ones are added to the words of a message; whoever knows the key computes the same state and subtracts. The last
element is never used. A permutation can be run backwards, and with all t elements known the key would follow.
"""

from __future__ import annotations

from typing import Final

from prover.errors import WrongLength
from prover.reference.poseidon import MAX_INPUTS, poseidon_ex

__all__ = ["MAX_WORDS", "stream"]

MAX_WORDS: Final = MAX_INPUTS - 1
"""Most words of one permutation: its widest state has 17 elements, less the blinding and the hidden one."""


def stream(key: int, words: int, tag: int) -> list[int]:
    """The blinding, then `words` elements of keystream: a state of words + 2 elements without its last one."""
    if not 1 <= words <= MAX_WORDS:
        raise WrongLength("words of a stream", f"1 to {MAX_WORDS}", words)
    return poseidon_ex([key, *[0] * words], words + 1, tag)
