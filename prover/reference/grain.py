"""
The Grain generator, from which Poseidon's constants come.

A hash function's constants must leave its authors no room for a trapdoor. Poseidon's authors therefore fix a
procedure: seed a linear feedback shift register of 80 bits with the parameters of the instance, discard its first 160
bits, and read all round constants and the matrix from what follows. Anybody who repeats it gets the same numbers, so
this repository holds no table of them.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from typing import Final

from prover.reference.field import R

__all__ = ["ELEMENT_BITS", "Grain"]

ELEMENT_BITS: Final = 254
"""Bits drawn for one field element: the length of r."""

STATE_BITS: Final = 80
"""Bits of the register."""

TAPS: Final = (62, 51, 38, 23, 13, 0)
"""Places whose sum modulo 2 is the next bit, counted from the oldest bit in the register."""

DISCARDED_BITS: Final = 160
"""Bits thrown away at the start, two full registers, so that every bit of the seed has spread."""

BITS_AT_ONCE: Final = STATE_BITS - TAPS[0]
"""Bits that depend on no bit of their own group, so that one pass of word operations makes them all: 18."""


class Grain:
    """A stream of field elements, fixed by the parameters of one Poseidon instance."""

    def __init__(self, width: int, full_rounds: int, partial_rounds: int) -> None:
        prime_field, power_map = 1, 0
        seed = "".join(
            (
                f"{prime_field:02b}",
                f"{power_map:04b}",
                f"{ELEMENT_BITS:012b}",
                f"{width:012b}",
                f"{full_rounds:010b}",
                f"{partial_rounds:010b}",
                "1" * 30,
            )
        )
        # The first bit of the seed is the oldest in the register, and sits in the lowest place of the integer.
        self._bits = _shrink(islice(_register(int(seed[::-1], 2)), DISCARDED_BITS, None))

    def number(self) -> int:
        """The next 254 bits as an integer, highest bit first. It may exceed r."""
        return int("".join(map(str, islice(self._bits, ELEMENT_BITS))), 2)

    def below_order(self) -> int:
        """The next number below r; larger ones are dropped, so that every element is equally likely."""
        while (number := self.number()) >= R:
            pass
        return number


def _register(state: int) -> Iterator[int]:
    """The bits that follow the seed."""
    mask = (1 << BITS_AT_ONCE) - 1
    while True:
        fresh = 0
        for tap in TAPS:
            fresh ^= state >> tap
        fresh &= mask
        state = state >> BITS_AT_ONCE | fresh << (STATE_BITS - BITS_AT_ONCE)
        for place in range(BITS_AT_ONCE):
            yield fresh >> place & 1


def _shrink(bits: Iterator[int]) -> Iterator[int]:
    """Self-shrinking: of every two bits, the first decides whether the second is used."""
    for decides, bit in zip(bits, bits, strict=True):  # one iterator twice: consecutive pairs
        if decides:
            yield bit
