"""
EdDSA with Poseidon: the signature that circuits check.

A secret of 32 bytes is expanded to a scalar s and to 32 bytes that only the nonce is made of. The key is A = (s/8)·B8;
s is a multiple of 8, so the division is exact. To sign m, a nonce k is derived from secret and message, never drawn,
for a nonce used twice gives the secret away. The signature is R8 = k·B8 and S = k + h·s, with h = Poseidon(R8, A, m),
and it holds when

    S·B8 = R8 + 8·h·A

Keys and signatures are byte for byte those of circomlib's clients (`signPoseidon`, `verifyPoseidon`, `prv2pub`). This
code takes a time that depends on the secret; it is there to be read and to be compared with.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from prover.errors import ScalarOutOfRange, WrongLength
from prover.reference.babyjubjub import (
    BASE8,
    COFACTOR,
    SUBGROUP_ORDER,
    add,
    check_key,
    check_point,
    multiply,
    pack_point,
    unpack_point,
)
from prover.reference.blake512 import blake512
from prover.reference.field import element, to_bytes
from prover.reference.poseidon import poseidon
from prover.types import Point, Signature

__all__ = ["pack_signature", "public_key", "sign", "unpack_signature", "verify", "verify_many"]

SECRET_BYTES: Final = 32
"""Bytes of a secret."""

PACKED_BYTES: Final = 64
"""Bytes of a packed signature: the packed point R8, then S in little endian."""


def public_key(secret: bytes) -> Point:
    """The key that belongs to a secret."""
    scalar, _ = _expand(secret)
    return multiply(BASE8, scalar // COFACTOR)


def sign(secret: bytes, message: int) -> Signature:
    """The signature of a message. The same secret and message always give the same one."""
    scalar, prefix = _expand(secret)
    key = multiply(BASE8, scalar // COFACTOR)
    nonce = int.from_bytes(blake512(prefix + to_bytes(message)), "little") % SUBGROUP_ORDER
    r8 = multiply(BASE8, nonce)
    return Signature(r8, (nonce + _challenge(r8, key, message) * scalar) % SUBGROUP_ORDER)


def verify(key: Point, message: int, signature: Signature) -> bool:
    """
    Whether the signature is the key's for this message.

    False means that well-formed input does not fit together. What can be no key, point, scalar or message at all raises
    its own error, the key first.
    """
    check_key(key)
    check_point(signature.r8)
    _check_scalar(signature.s)
    challenge = _challenge(signature.r8, key, element(message))
    # The factor 8 acts on the point, not on the scalar: a key may have a part of small order, which only this removes.
    return multiply(BASE8, signature.s) == add(signature.r8, multiply(multiply(key, COFACTOR), challenge))


def verify_many(items: Sequence[tuple[Point, int, Signature]]) -> list[bool]:
    """The answer of `verify` for every (key, message, signature)."""
    return [verify(key, message, signature) for key, message, signature in items]


def pack_signature(signature: Signature) -> bytes:
    """A signature as 64 bytes."""
    _check_scalar(signature.s)
    return pack_point(signature.r8) + to_bytes(signature.s)


def unpack_signature(packed: bytes) -> Signature:
    """The signature that 64 bytes hold."""
    if len(packed) != PACKED_BYTES:
        raise WrongLength("bytes of a packed signature", str(PACKED_BYTES), len(packed))
    r8, s = unpack_point(packed[:32]), int.from_bytes(packed[32:], "little")
    _check_scalar(s)
    return Signature(r8, s)


def _expand(secret: bytes) -> tuple[int, bytes]:
    """The scalar of a secret, and the bytes its nonces are made of."""
    if len(secret) != SECRET_BYTES:
        raise WrongLength("bytes of a secret", str(SECRET_BYTES), len(secret))
    expanded = bytearray(blake512(secret))
    expanded[0] &= 0xF8  # a multiple of 8: no part of small order gets into what is multiplied by it
    expanded[31] = expanded[31] & 0x7F | 0x40  # bit 254 is the highest in every scalar
    return int.from_bytes(expanded[:32], "little"), bytes(expanded[32:])


def _challenge(r8: Point, key: Point, message: int) -> int:
    return poseidon([*r8, *key, message])


def _check_scalar(scalar: int) -> None:
    """S and S + l would verify alike: only the smaller is a signature, or everybody could change one into another."""
    if not 0 <= scalar < SUBGROUP_ORDER:
        raise ScalarOutOfRange(scalar, SUBGROUP_ORDER)
