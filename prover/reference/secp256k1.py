"""
Recovery: which Ethereum account signed a digest.

An ECDSA signature (r, s) together with one bit determines the signer's public key, and the last 20 bytes of that key's
hash are its address. For every signature (r, s) there is a second one, (r, n - s), that anybody can compute; as the
chain's own libraries do, we take only the one with the lower s, so that a signature has one form.
"""

from __future__ import annotations

from typing import Final

from prover.errors import UnrecoverableSignature, WrongLength
from prover.reference.curves import secp256k1
from prover.reference.keccak import DIGEST_BYTES, keccak256

__all__ = ["ADDRESS_BYTES", "SIGNATURE_BYTES", "N", "recover"]

N: Final = 0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEBAAEDCE6AF48A03BBFD25E8CD0364141
"""The prime order of secp256k1."""

SIGNATURE_BYTES: Final = 65
"""Bytes of a signature: r and s in 32 bytes each, most significant first, then v."""

ADDRESS_BYTES: Final = 20
"""Bytes of an address."""

EVEN_Y, ODD_Y = 27, 28
"""Values of v: whether the point with x = r has an even or an odd y. Points with x = r + n practically never occur."""


def recover(digest: bytes, signature: bytes) -> bytes:
    """The 20-byte address that signed a 32-byte digest."""
    if len(digest) != DIGEST_BYTES:
        raise WrongLength("bytes of a digest", str(DIGEST_BYTES), len(digest))
    if len(signature) != SIGNATURE_BYTES:
        raise WrongLength("bytes of a signature", str(SIGNATURE_BYTES), len(signature))
    r, s = int.from_bytes(signature[:32], "big"), int.from_bytes(signature[32:64], "big")
    v = signature[64]
    if v not in (EVEN_Y, ODD_Y):
        raise UnrecoverableSignature(signature, f"v must be {EVEN_Y} or {ODD_Y}, was {v}")
    if not 1 <= r < N:
        raise UnrecoverableSignature(signature, "r must be at least 1 and below the curve's order")
    if not 1 <= s < N:
        raise UnrecoverableSignature(signature, "s must be at least 1 and below the curve's order")
    if s > N // 2:
        raise UnrecoverableSignature(signature, "s must be in the lower half")
    try:
        x, y = secp256k1.ecdsa_raw_recover(digest, (v, r, s))
    except ValueError as error:
        raise UnrecoverableSignature(signature, "no point of the curve has x = r") from error
    if (x, y) == (0, 0):  # py_ecc's point at infinity
        raise UnrecoverableSignature(signature, "the public key would be the point at infinity")
    return keccak256(x.to_bytes(32, "big") + y.to_bytes(32, "big"))[-ADDRESS_BYTES:]
