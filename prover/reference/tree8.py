"""
The 8-ary Merkle tree of accounts and of notes.

A tree commits to many leaves with one field element, its root, so that a short proof shows what one leaf is. A node is
H[tag](its eight children). A leaf that was never set is 0, and an empty node is the hash of eight empty children, so a
tree for millions of leaves costs no more than the leaves it holds. The path to leaf i is read off i in base 8: at
height k the digit (i >> 3k) & 7 says which child of its parent the node is.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from typing import Final, Self

from prover.errors import IndexOutOfRange, WrongLength
from prover.reference.field import element
from prover.reference.poseidon import poseidon
from prover.types import ARITY, Proof

__all__ = ["BITS", "EMPTY_LEAF", "MAX_DEPTH", "Tree8", "root_of"]

EMPTY_LEAF: Final = 0
"""A leaf that was never set."""

BITS: Final = 3
"""Bits of an index that one level uses up: 2^3 children."""

MAX_DEPTH: Final = 21
"""Most levels: an index then has 63 bits and fits a signed word everywhere."""


class Tree8:
    """A tree of fixed depth. Only nodes that differ from an empty one are stored, by height and index."""

    def __init__(self, depth: int, tag: int, leaves: Mapping[int, int] | None = None) -> None:
        _check_depth(depth)
        self._depth, self._tag = depth, element(tag)
        self._nodes: list[dict[int, int]] = [{} for _ in range(depth + 1)]
        self.update(leaves or {})

    @property
    def depth(self) -> int:
        """Levels of hashing between a leaf and the root."""
        return self._depth

    @property
    def tag(self) -> int:
        """The capacity of every hash in this tree."""
        return self._tag

    @property
    def root(self) -> int:
        """The commitment to all leaves."""
        return self.node(self._depth, 0)

    def leaf(self, index: int) -> int:
        """The leaf at an index, 0 if it was never set."""
        return self.node(0, index)

    def node(self, height: int, index: int) -> int:
        """The node `height` levels above the leaves (0: a leaf, `depth`: the root)."""
        if not 0 <= height <= self._depth:
            raise IndexOutOfRange(height, self._depth + 1)
        _check_index(index, self._depth - height)
        return self._node(height, index)

    def update(self, changes: Mapping[int, int]) -> None:
        """Set many leaves at once, hashing each touched node once; all of them or, on an error, none."""
        for index, leaf in changes.items():
            _check_index(index, self._depth)
            element(leaf)
        # From here on nothing can fail.
        for index, leaf in changes.items():
            self._set(0, index, leaf)
        touched: Iterable[int] = changes
        for height in range(1, self._depth + 1):
            touched = {index >> BITS for index in touched}
            for index in touched:
                children = [self._node(height - 1, child) for child in _children(index)]
                self._set(height, index, poseidon(children, self._tag))

    def proof(self, index: int) -> Proof:
        """The leaf at an index with its path."""
        _check_index(index, self._depth)
        siblings, position = [], index
        for height in range(self._depth):
            parent = position >> BITS
            siblings.append(tuple(self._node(height, child) for child in _children(parent) if child != position))
            position = parent
        return Proof(index, self._node(0, index), tuple(siblings))

    def proofs(self, indices: Sequence[int]) -> list[Proof]:
        """The proofs of many leaves, in the order asked for."""
        return [self.proof(index) for index in indices]

    def snapshot(self) -> Self:
        """A tree of its own with the same content; neither sees what later happens to the other."""
        twin = type(self)(self._depth, self._tag)
        twin._nodes = [dict(level) for level in self._nodes]
        return twin

    def _node(self, height: int, index: int) -> int:
        stored = self._nodes[height].get(index)
        return _empty_node(height, self._tag) if stored is None else stored

    def _set(self, height: int, index: int, value: int) -> None:
        if value == _empty_node(height, self._tag):
            self._nodes[height].pop(index, None)
        else:
            self._nodes[height][index] = value


def root_of(proof: Proof, tag: int) -> int:
    """The root that a proof leads to. Whoever compares it with a known root knows the leaf."""
    depth = len(proof.siblings)
    _check_depth(depth)
    for siblings in proof.siblings:
        if len(siblings) != ARITY - 1:
            raise WrongLength("siblings in a level of a proof", str(ARITY - 1), len(siblings))
    _check_index(proof.index, depth)
    node, position = element(proof.leaf), proof.index
    for siblings in proof.siblings:
        digit = position % ARITY
        node = poseidon([*siblings[:digit], node, *siblings[digit:]], tag)
        position >>= BITS
    return node


def _children(index: int) -> range:
    """The indices, one level down, of a node's children."""
    return range(index << BITS, (index + 1) << BITS)


@cache
def _empty_node(height: int, tag: int) -> int:
    """The root of a tree of this height without a leaf."""
    return EMPTY_LEAF if height == 0 else poseidon([_empty_node(height - 1, tag)] * ARITY, tag)


def _check_depth(depth: int) -> None:
    if not 1 <= depth <= MAX_DEPTH:
        raise WrongLength("levels of a tree", f"1 to {MAX_DEPTH}", depth)


def _check_index(index: int, levels: int) -> None:
    if not 0 <= index < 1 << BITS * levels:
        raise IndexOutOfRange(index, 1 << BITS * levels)
