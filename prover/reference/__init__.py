"""
The mathematics, written to be read.

Every verb of `prover.types.Crypto` in plain Python, with the constants derived rather than listed. The native
implementation must give the same answers and the same errors; when it is not installed, this one does its work. Beside
the verbs there is what is too slow to matter for speed and too important to hide: EIP-712, the pairing, Groth16
verification, and the identity between polynomials that a proof shows.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from prover.reference import babyjubjub, eddsa, hash_list, poseidon, stream, tree8
from prover.reference.keccak import keccak256
from prover.types import Point, Proof, Signature, Tree

__all__ = ["Reference"]


class Reference:
    """The readable implementation of `prover.types.Crypto`."""

    name = "reference"

    def poseidon(self, inputs: Sequence[int], tag: int = 0) -> int:
        return poseidon.poseidon(inputs, tag)

    def poseidon_ex(self, inputs: Sequence[int], outputs: int, tag: int = 0) -> list[int]:
        return poseidon.poseidon_ex(inputs, outputs, tag)

    def poseidon_many(self, rows: Sequence[Sequence[int]], tag: int = 0) -> list[int]:
        return poseidon.poseidon_many(rows, tag)

    def hash_list(self, elements: Sequence[int], tag: int) -> int:
        return hash_list.hash_list(elements, tag)

    def stream(self, key: int, words: int, tag: int) -> list[int]:
        return stream.stream(key, words, tag)

    def check_key(self, point: Point) -> None:
        babyjubjub.check_key(point)

    def add(self, left: Point, right: Point) -> Point:
        return babyjubjub.add(left, right)

    def multiply(self, point: Point, scalar: int) -> Point:
        return babyjubjub.multiply(point, scalar)

    def public_key(self, secret: bytes) -> Point:
        return eddsa.public_key(secret)

    def sign(self, secret: bytes, message: int) -> Signature:
        return eddsa.sign(secret, message)

    def verify(self, key: Point, message: int, signature: Signature) -> bool:
        return eddsa.verify(key, message, signature)

    def verify_many(self, items: Sequence[tuple[Point, int, Signature]]) -> list[bool]:
        return eddsa.verify_many(items)

    def pack_point(self, point: Point) -> bytes:
        return babyjubjub.pack_point(point)

    def unpack_point(self, packed: bytes) -> Point:
        return babyjubjub.unpack_point(packed)

    def tree(self, depth: int, tag: int, leaves: Mapping[int, int] | None = None) -> Tree:
        return tree8.Tree8(depth, tag, leaves)

    def root_of(self, proof: Proof, tag: int) -> int:
        return tree8.root_of(proof, tag)

    def keccak256(self, data: bytes) -> bytes:
        return keccak256(data)

    def recover(self, digest: bytes, signature: bytes) -> bytes:
        from prover.reference.secp256k1 import recover  # py_ecc only when it is needed

        return recover(digest, signature)
