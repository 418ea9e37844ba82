"""The few shapes that cross the door between the two implementations of the mathematics."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple, Protocol, Self

__all__ = ["ARITY", "Crypto", "Point", "Proof", "Signature", "Tree"]

ARITY = 8
"""Children of a tree node: 8 costs the fewest constraints a bit of index."""


class Point(NamedTuple):
    """A point of Baby Jubjub in circomlib's twisted Edwards form, 168700·x² + y² = 1 + 168696·x²·y²."""

    x: int
    y: int


class Signature(NamedTuple):
    """An EdDSA-Poseidon signature as circomlib verifies it: S·B8 = R8 + H(R8, A, m)·8A."""

    r8: Point
    s: int


class Proof(NamedTuple):
    """A leaf and its path: per level, from the leaf upwards, the seven other children in their order."""

    index: int  # type: ignore[assignment]  # hides the method of tuples, which nobody needs here
    leaf: int
    siblings: tuple[tuple[int, ...], ...]


class Tree(Protocol):
    """An 8-ary Poseidon tree of fixed depth. A leaf that was never set is 0."""

    @property
    def depth(self) -> int: ...
    @property
    def tag(self) -> int: ...
    @property
    def root(self) -> int: ...
    def leaf(self, index: int) -> int: ...
    def node(self, height: int, index: int) -> int:
        """The node `height` levels above the leaves (0: a leaf, `depth`: the root)."""
        ...

    def update(self, changes: Mapping[int, int]) -> None:
        """Set many leaves at once, hashing each touched node once; all of them or, on an error, none."""
        ...

    def proof(self, index: int) -> Proof: ...
    def proofs(self, indices: Sequence[int]) -> list[Proof]: ...
    def snapshot(self) -> Self:
        """A tree of its own with the same content; neither sees what later happens to the other."""
        ...


class Crypto(Protocol):
    """The verbs that both implementations offer. Field elements are integers 0 .. r-1."""

    name: str

    # Poseidon with circomlib's constants. `tag` is the initial capacity: it separates domains for free.
    def poseidon(self, inputs: Sequence[int], tag: int = 0) -> int: ...
    def poseidon_ex(self, inputs: Sequence[int], outputs: int, tag: int = 0) -> list[int]: ...
    def poseidon_many(self, rows: Sequence[Sequence[int]], tag: int = 0) -> list[int]: ...
    def hash_list(self, elements: Sequence[int], tag: int) -> int: ...
    def stream(self, key: int, words: int, tag: int) -> list[int]:
        """`words` + 1 field elements: first the blinding, then the keystream."""
        ...

    # Baby Jubjub and EdDSA-Poseidon. A secret is 32 bytes, expanded as circomlib's clients do.
    def check_key(self, point: Point) -> None: ...
    def add(self, left: Point, right: Point) -> Point: ...
    def multiply(self, point: Point, scalar: int) -> Point: ...
    def public_key(self, secret: bytes) -> Point: ...
    def sign(self, secret: bytes, message: int) -> Signature: ...
    def verify(self, key: Point, message: int, signature: Signature) -> bool: ...
    def verify_many(self, items: Sequence[tuple[Point, int, Signature]]) -> list[bool]: ...

    # Points and signatures as circomlib packs them: 32 and 64 bytes.
    def pack_point(self, point: Point) -> bytes: ...
    def unpack_point(self, packed: bytes) -> Point: ...

    def tree(self, depth: int, tag: int, leaves: Mapping[int, int] | None = None) -> Tree: ...
    def root_of(self, proof: Proof, tag: int) -> int:
        """The root that a proof leads to."""
        ...

    # Ethereum's hash and signatures.
    def keccak256(self, data: bytes) -> bytes: ...
    def recover(self, digest: bytes, signature: bytes) -> bytes:
        """The 20-byte address that signed; high s is refused, v is 27 or 28."""
        ...
