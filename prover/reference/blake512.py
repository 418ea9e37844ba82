"""
BLAKE-512, the finalist of the SHA-3 competition (not its successor BLAKE2).

circomlib's clients expand a 32-byte secret to 64 bytes with it, so a wallet that wants the same keys must too. It
appears in no circuit and in no contract.

The message is cut into blocks of 16 words. Each block is mixed into a chain of eight words by 16 rounds over a square
of 4 × 4 words; a round applies one small function G to the four columns and then to the four diagonals. A counter of
the message's bits enters every block, so that equal blocks act differently.
"""

from __future__ import annotations

from math import isqrt
from typing import Final

__all__ = ["blake512"]

WORD_BITS: Final = 64
"""Bits of a word."""

MASK: Final = (1 << WORD_BITS) - 1
"""Keeps a sum to one word."""

BLOCK_BYTES: Final = 128
"""Bytes of a block: 16 words."""

LENGTH_BYTES: Final = 16
"""Bytes at the end of the last block that hold the length of the message in bits."""

ROUNDS: Final = 16
"""Rounds of a block. The first version of BLAKE had 14; the tweaked finalist, which everybody uses, has 16."""

PERMUTATIONS: Final = (
    (0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15),
    (14, 10, 4, 8, 9, 15, 13, 6, 1, 12, 0, 2, 11, 7, 5, 3),
    (11, 8, 12, 0, 5, 2, 15, 13, 10, 14, 3, 6, 7, 1, 9, 4),
    (7, 9, 3, 1, 13, 12, 11, 14, 2, 6, 5, 10, 4, 0, 15, 8),
    (9, 0, 5, 7, 2, 4, 10, 15, 14, 1, 11, 12, 6, 8, 3, 13),
    (2, 12, 6, 10, 0, 11, 8, 3, 4, 13, 7, 5, 15, 14, 1, 9),
    (12, 5, 1, 15, 14, 13, 4, 10, 0, 7, 6, 3, 9, 2, 8, 11),
    (13, 11, 7, 14, 12, 1, 3, 9, 5, 0, 15, 4, 8, 6, 2, 10),
    (6, 15, 14, 9, 11, 3, 0, 8, 12, 2, 13, 7, 1, 4, 10, 5),
    (10, 2, 8, 4, 7, 6, 1, 5, 15, 11, 9, 14, 3, 12, 13, 0),
)
"""The order in which round i takes the words of the block; round 10 begins again with the first line."""

LANES: Final = (
    (0, 4, 8, 12),
    (1, 5, 9, 13),
    (2, 6, 10, 14),
    (3, 7, 11, 15),
    (0, 5, 10, 15),
    (1, 6, 11, 12),
    (2, 7, 8, 13),
    (3, 4, 9, 14),
)
"""The words that the eight G of a round work on: four columns, then four diagonals."""


def _words_of_pi(count: int) -> tuple[int, ...]:
    """The first words after the binary point of π, by Machin's formula π = 16·arctan(1/5) - 4·arctan(1/239)."""
    bits = count * WORD_BITS
    guard = WORD_BITS  # more bits than the rounding errors of the sum can reach

    def arctan_of_inverse(denominator: int) -> int:
        term = (1 << (bits + guard)) // denominator
        total, odd = term, 1
        while term:
            term //= -denominator * denominator
            odd += 2
            total += term // odd
        return total

    pi = (16 * arctan_of_inverse(5) - 4 * arctan_of_inverse(239)) >> guard
    return tuple(pi >> (bits - WORD_BITS * (i + 1)) & MASK for i in range(count))


CONSTANTS: Final = _words_of_pi(16)
"""Words without a hidden purpose: the fraction of π."""

INITIAL_CHAIN: Final = tuple(isqrt(prime << (2 * WORD_BITS)) & MASK for prime in (2, 3, 5, 7, 11, 13, 17, 19))
"""The chain before the first block: fractions of the square roots of the first primes, as in SHA-512."""


def blake512(data: bytes) -> bytes:
    """The 64-byte digest of `data`."""
    chain = INITIAL_CHAIN
    padded = _pad(data)
    for start in range(0, len(padded), BLOCK_BYTES):
        # The counter says how many bits of the message have been taken in; a block of padding only has counter 0.
        bits = 8 * min(len(data), start + BLOCK_BYTES) if start < len(data) else 0
        chain = _compress(chain, padded[start : start + BLOCK_BYTES], bits)
    return b"".join(word.to_bytes(8, "big") for word in chain)


def _pad(data: bytes) -> bytes:
    """A bit 1, zeros, a bit 1, and the length in bits, up to a whole number of blocks."""
    zeros = -(len(data) + 1 + LENGTH_BYTES) % BLOCK_BYTES
    padding = bytearray(1 + zeros)
    padding[0] |= 0x80
    padding[-1] |= 0x01
    return data + bytes(padding) + (8 * len(data)).to_bytes(LENGTH_BYTES, "big")


def _compress(chain: tuple[int, ...], block: bytes, counter: int) -> tuple[int, ...]:
    """The chain after one more block."""
    message = [int.from_bytes(block[start : start + 8], "big") for start in range(0, BLOCK_BYTES, 8)]
    low, high = counter & MASK, counter >> WORD_BITS
    square = [*chain, *CONSTANTS[:8]]  # the salt of the standard is zero here
    for place, part in zip(range(12, 16), (low, low, high, high), strict=True):
        square[place] ^= part
    for number in range(ROUNDS):
        order = PERMUTATIONS[number % len(PERMUTATIONS)]
        for lane, (first, second) in zip(LANES, zip(order[::2], order[1::2], strict=True), strict=True):
            _mix(square, lane, message[first] ^ CONSTANTS[second], message[second] ^ CONSTANTS[first])
    return tuple(old ^ square[place] ^ square[place + 8] for place, old in enumerate(chain))


def _mix(square: list[int], lane: tuple[int, int, int, int], first: int, second: int) -> None:
    """The function G: two rounds of add, exclusive-or and rotate on four words."""
    a, b, c, d = (square[place] for place in lane)
    for word, turn_d, turn_b in ((first, 32, 25), (second, 16, 11)):
        a = (a + b + word) & MASK
        d = _rotate_right(d ^ a, turn_d)
        c = (c + d) & MASK
        b = _rotate_right(b ^ c, turn_b)
    for place, value in zip(lane, (a, b, c, d), strict=True):
        square[place] = value


def _rotate_right(word: int, bits: int) -> int:
    return (word >> bits | word << (WORD_BITS - bits)) & MASK
