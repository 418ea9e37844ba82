"""
Notes: vouchers that leave an account by signature and are claimed on L1 by a proof that does not say from where.

The secret numbers of a note follow from the note key, which never leaves the trader, and the number of the operation
that made it; so any wallet that has the key finds its notes again from chain data.
"""

from __future__ import annotations

from rollup.spec.hashes import tagged
from rollup.spec.shared import Tag
from rollup.spec.types import Cash, FieldElement, Index

__all__ = ["CASH_ASSET", "note", "note_secrets", "nullifier_hash", "precommitment"]

CASH_ASSET = 0
"""The one collateral of version 1."""


def note_secrets(
    note_key: FieldElement, domain: FieldElement, index: Index, owner_nonce: int
) -> tuple[FieldElement, FieldElement]:
    """Nullifier and secret of the note that operation `owner_nonce` of account `index` makes."""
    nullifier, secret = (tagged(Tag.PREKEY, note_key, domain, index, owner_nonce, which) for which in (0, 1))
    return nullifier, secret


def precommitment(nullifier: FieldElement, secret: FieldElement) -> FieldElement:
    """What the owner signs: it binds the note to secrets that the sequencer does not know."""
    return tagged(Tag.PRE, nullifier, secret)


def note(amount: Cash, label: Index, precommit: FieldElement) -> FieldElement:
    """A leaf of the note tree; the label is the account it came from, set by the circuit."""
    return tagged(Tag.NOTE, amount, CASH_ASSET, label, precommit)


def nullifier_hash(nullifier: FieldElement, note_index: int) -> FieldElement:
    """What a claim publishes, so that a note is claimed once."""
    return tagged(Tag.NULL, nullifier, note_index)
