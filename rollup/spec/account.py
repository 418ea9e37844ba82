"""
An account: a leaf of the account tree and what it commits to.

The leaf hides everything behind a blinding that changes with every touch. Who owns it is a hash of keys: an owner key
that moves money, a trading key that signs orders and cancels and nothing else, a view key that the sequencer knows
too, a note key that it never learns, and the L1 address that can force its way out.
"""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass, replace
from functools import cached_property

from rollup.spec.hashes import field, hash_list, shifted, tagged, tagged_many
from rollup.spec.shared import Profile, Tag
from rollup.spec.types import FieldElement, Point, Vector

__all__ = ["CHUNK", "FUND", "REVENUE", "Account", "Owner", "keys_hash", "owner_key_hash"]

FUND = 0
"""Index of the guarantee fund: it takes over what fails and pays for what is missing."""

REVENUE = 1
"""Index of the operator's revenue, where fees go."""

CHUNK = 8
"""Quantities that are hashed together in a vector of 64, so that a narrow touch re-hashes one or two chunks."""


def owner_key_hash(owner_key: Point) -> FieldElement:
    """The owner's key with its shifted point, in a hash of its own, so that a trade opens no more than it uses."""
    return tagged(Tag.KEY, *owner_key, *shifted(owner_key))


def keys_hash(owner_key: Point, trading_key: Point) -> FieldElement:
    """What a rotation signs and publishes: both keys, each with the multiple that the circuit's ladder needs."""
    return tagged(Tag.KEYS, owner_key_hash(owner_key), *trading_key, *shifted(trading_key))


@dataclass(frozen=True)
class Owner:
    """The keys and the address behind an account, as the sequencer knows them."""

    owner_key: Point
    trading_key: Point
    view_key: FieldElement = dataclasses.field(repr=False)
    note_commitment: FieldElement
    """H[NOTEKEY](noteKey): the sequencer sees no more of it."""
    l1_owner: int
    """160-bit address that may force a payment and receives an escape."""

    @cached_property
    def keys_hash(self) -> FieldElement:
        return keys_hash(self.owner_key, self.trading_key)

    @cached_property
    def hash(self) -> FieldElement:
        """`ownerHash`: the keys stand in it directly, which saves every touch a hash."""
        trading = (*self.trading_key, *shifted(self.trading_key))
        owner = owner_key_hash(self.owner_key)
        return tagged(Tag.OWNER, owner, *trading, self.view_commitment, self.note_commitment, self.l1_owner)

    @cached_property
    def view_commitment(self) -> FieldElement:
        """H[VIEW](viewKey): what an auditor is shown of the view key, which opens everything."""
        return tagged(Tag.VIEW, self.view_key)

    def rotated(self, owner_key: Point, trading_key: Point) -> Owner:
        """The same owner under new keys; nothing else of an owner ever changes."""
        return replace(self, owner_key=owner_key, trading_key=trading_key)


@dataclass(frozen=True)
class Account:
    """Everything that a leaf commits to."""

    owner: Owner
    vector: Vector
    places: tuple[int, ...]
    """Order places, packed: filled(40) + 2^40·nonce(40)."""
    owner_nonce: int = 0
    """Largest number that an owner's operation carried."""
    nonce: int = 0
    """Touches so far."""
    blind: FieldElement = 0

    @classmethod
    def opened(cls, owner: Owner, profile: Profile) -> Account:
        """An account before its first touch: nothing in it."""
        return cls(owner, (0,) * profile.slots, (0,) * profile.places)

    @cached_property
    def vector_hash(self) -> FieldElement:
        """Short vectors are hashed in one list, long ones in chunks of eight."""
        elements = [field(quantity) for quantity in self.vector]
        if len(elements) <= 2 * CHUNK:
            return hash_list(Tag.VECTOR, elements)
        chunks = [elements[start : start + CHUNK] for start in range(0, len(elements), CHUNK)]
        return tagged(Tag.VECTOR, *tagged_many(Tag.CHUNK, chunks))

    @cached_property
    def orders_hash(self) -> FieldElement:
        return tagged(Tag.ORDERS, *self.places)

    @cached_property
    def leaf(self) -> FieldElement:
        """`accountLeaf`."""
        return tagged(
            Tag.ACCOUNT, self.owner.hash, self.vector_hash, self.orders_hash, self.owner_nonce, self.nonce, self.blind
        )
