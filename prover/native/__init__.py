"""
The native implementation behind the door: the extension's plain tuples, given the names of `prover.types`.

Importing this module fails with ImportError where the extension is not built.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Self

import zkclear_native as extension

from prover.types import Point, Proof, Signature

__all__ = ["Native", "NativeTree"]


class NativeTree:
    """The extension's tree; see `prover.types.Tree`."""

    __slots__ = ("_tree",)

    def __init__(self, tree: extension.Tree) -> None:
        self._tree = tree

    @property
    def depth(self) -> int:
        return self._tree.depth

    @property
    def tag(self) -> int:
        return self._tree.tag

    @property
    def root(self) -> int:
        return self._tree.root

    def leaf(self, index: int) -> int:
        return self._tree.leaf(index)

    def node(self, height: int, index: int) -> int:
        return self._tree.node(height, index)

    def update(self, changes: Mapping[int, int]) -> None:
        self._tree.update(changes)

    def proof(self, index: int) -> Proof:
        return Proof(*self._tree.proof(index))

    def proofs(self, indices: Sequence[int]) -> list[Proof]:
        return [Proof(*proof) for proof in self._tree.proofs(indices)]

    def snapshot(self) -> Self:
        return type(self)(self._tree.snapshot())


class Native:
    """The verbs of `prover.types.Crypto`, fast."""

    name = "native"

    poseidon = staticmethod(extension.poseidon)
    poseidon_ex = staticmethod(extension.poseidon_ex)
    poseidon_many = staticmethod(extension.poseidon_many)
    hash_list = staticmethod(extension.hash_list)
    stream = staticmethod(extension.stream)
    check_key = staticmethod(extension.check_key)
    verify = staticmethod(extension.verify)
    verify_many = staticmethod(extension.verify_many)
    pack_point = staticmethod(extension.pack_point)
    keccak256 = staticmethod(extension.keccak256)
    recover = staticmethod(extension.recover)
    root_of = staticmethod(extension.root_of)

    def add(self, left: Point, right: Point) -> Point:
        return Point(*extension.add(left, right))

    def multiply(self, point: Point, scalar: int) -> Point:
        return Point(*extension.multiply(point, scalar))

    def public_key(self, secret: bytes) -> Point:
        return Point(*extension.public_key(secret))

    def sign(self, secret: bytes, message: int) -> Signature:
        r8, s = extension.sign(secret, message)
        return Signature(Point(*r8), s)

    def unpack_point(self, packed: bytes) -> Point:
        return Point(*extension.unpack_point(packed))

    def tree(self, depth: int, tag: int, leaves: Mapping[int, int] | None = None) -> NativeTree:
        tree = NativeTree(extension.Tree(depth, tag))
        if leaves:
            tree.update(leaves)
        return tree
