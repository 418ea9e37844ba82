"""
The scalar field: integers modulo the prime r, the order of the BN254 curve's two groups.

Everything that a proof speaks about is an element of this field: leaves, hashes, messages, balances. We hold an element
as a plain integer from 0 to r - 1, and refuse any other integer at the door. Reducing it silently would give two names
to one value, and most forgeries of signed or hashed data begin with a second name.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from prover.errors import NotAFieldElement, WrongLength

__all__ = [
    "BYTES",
    "HALF",
    "NON_RESIDUE",
    "TWO_ADICITY",
    "R",
    "element",
    "elements",
    "from_bytes",
    "inverse",
    "square_root",
    "to_bytes",
]

R: Final = 21888242871839275222246405745257275088548364400416034343698204186575808495617
"""The prime r, 254 bits. It belongs to BN254, the one pairing-friendly curve that the EVM has precompiles for."""

HALF: Final = (R - 1) // 2
"""The largest element that counts as positive where a sign is asked for: x and -x lie on different sides of it."""

TWO_ADICITY: Final = 28
"""How often 2 divides r - 1. Roots of unity, and so evaluation domains, exist for every power of two up to 2^28."""

NON_RESIDUE: Final = 5
"""The smallest element that is no square; it generates the whole multiplicative group as well."""

BYTES: Final = 32
"""Bytes of an element in files and signatures, least significant first as everywhere in circom's world."""


def element(value: int) -> int:
    """The value itself, if it is a field element."""
    if not 0 <= value < R:
        raise NotAFieldElement(value)
    return value


def elements(values: Iterable[int]) -> list[int]:
    """All the values, if each is a field element."""
    return [element(value) for value in values]


def inverse(value: int) -> int:
    """The element that gives 1 when multiplied by `value`, which must not be 0."""
    return pow(value, -1, R)


def square_root(value: int) -> int | None:
    """
    The smaller of the two square roots, or None where there is none (Tonelli and Shanks).

    Write r - 1 = odd · 2^28. Then value^((odd + 1)/2) is a root up to a factor whose order is a power of two, and that
    factor is found bit by bit in the subgroup of that order.
    """
    if value == 0:
        return 0
    if pow(value, HALF, R) != 1:
        return None
    odd = (R - 1) >> TWO_ADICITY
    root = pow(value, (odd + 1) // 2, R)
    error = pow(value, odd, R)  # root² = value · error, throughout
    generator, height = pow(NON_RESIDUE, odd, R), TWO_ADICITY
    while error != 1:
        order, power = 0, error  # the order of the error is 2^order
        while power != 1:
            power, order = power * power % R, order + 1
        correction = pow(generator, 1 << (height - order - 1), R)
        generator, height = correction * correction % R, order
        root, error = root * correction % R, error * generator % R
    return min(root, R - root)


def to_bytes(value: int) -> bytes:
    """An element as 32 bytes, little endian."""
    return element(value).to_bytes(BYTES, "little")


def from_bytes(data: bytes) -> int:
    """The element that 32 bytes hold, little endian."""
    if len(data) != BYTES:
        raise WrongLength("bytes of a field element", str(BYTES), len(data))
    return element(int.from_bytes(data, "little"))
