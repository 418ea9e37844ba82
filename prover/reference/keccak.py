"""
Keccak-256, Ethereum's hash function.

A sponge: a state of 5 × 5 words of 64 bits takes in the message block by block, is permuted after each, and the digest
is read off its front. The permutation repeats 24 rounds of five steps, theta, rho, pi, chi and iota, named as in the
Keccak reference. Ethereum chose the function before SHA-3 was standardised, and SHA3-256 differs from it by one byte of
padding: 0x06 where this has 0x01.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from typing import Final

__all__ = ["DIGEST_BYTES", "keccak256"]

WORD_BITS: Final = 64
"""Bits of a word of the state."""

MASK: Final = (1 << WORD_BITS) - 1
"""Keeps a word to 64 bits."""

ROUNDS: Final = 24
"""Rounds of the permutation."""

RATE_BYTES: Final = 136
"""Bytes of the message taken in at once: the state's 200 less twice the digest's 32, which no input touches."""

DIGEST_BYTES: Final = 32
"""Bytes of the digest."""

State = list[list[int]]
"""Words by column x and row y: state[x][y]."""


def _rotation_offsets() -> tuple[tuple[int, ...], ...]:
    """How far rho turns each word: triangular numbers along the walk (x, y) → (y, 2x + 3y) from (1, 0)."""
    offsets = [[0] * 5 for _ in range(5)]
    x, y = 1, 0
    for step in range(24):
        offsets[x][y] = (step + 1) * (step + 2) // 2 % WORD_BITS
        x, y = y, (2 * x + 3 * y) % 5
    return tuple(map(tuple, offsets))


def _register() -> Iterator[int]:
    """The bits of a shift register with polynomial x^8 + x^6 + x^5 + x^4 + 1."""
    state = 1
    while True:
        yield state & 1
        state <<= 1
        if state >> 8:
            state ^= 0b101110001


def _round_constants() -> tuple[int, ...]:
    """What iota adds: seven bits of the register for each round, at the places 2^j - 1."""
    bits = _register()
    return tuple(sum(bit << ((1 << j) - 1) for j, bit in enumerate(islice(bits, 7))) for _ in range(ROUNDS))


ROTATION_OFFSETS: Final = _rotation_offsets()
"""Bits by which rho turns the word at [x][y]."""

ROUND_CONSTANTS: Final = _round_constants()
"""Words that make the rounds differ, so that symmetric states do not stay symmetric."""


def keccak256(data: bytes) -> bytes:
    """The 32-byte digest of `data`."""
    padding = bytearray(RATE_BYTES - len(data) % RATE_BYTES)
    padding[0] |= 0x01
    padding[-1] |= 0x80
    padded = data + bytes(padding)
    state: State = [[0] * 5 for _ in range(5)]
    for start in range(0, len(padded), RATE_BYTES):
        for place in range(RATE_BYTES // 8):
            word = padded[start + 8 * place : start + 8 * place + 8]
            state[place % 5][place // 5] ^= int.from_bytes(word, "little")
        state = _permute(state)
    return b"".join(state[x][0].to_bytes(8, "little") for x in range(DIGEST_BYTES // 8))


def _permute(state: State) -> State:
    for constant in ROUND_CONSTANTS:
        # theta: every word takes in the parity of the two columns beside it
        parity = [column[0] ^ column[1] ^ column[2] ^ column[3] ^ column[4] for column in state]
        effect = [parity[x - 1] ^ _rotate_left(parity[(x + 1) % 5], 1) for x in range(5)]
        # rho and pi: words are turned and change places
        moved: State = [[0] * 5 for _ in range(5)]
        for x in range(5):
            for y in range(5):
                moved[y][(2 * x + 3 * y) % 5] = _rotate_left(state[x][y] ^ effect[x], ROTATION_OFFSETS[x][y])
        # chi: the only step that is not linear
        state = [
            [moved[x][y] ^ (~moved[(x + 1) % 5][y] & moved[(x + 2) % 5][y]) for y in range(5)]  #
            for x in range(5)
        ]
        # iota
        state[0][0] ^= constant
    return state


def _rotate_left(word: int, bits: int) -> int:
    return (word << bits | word >> (WORD_BITS - bits)) & MASK
