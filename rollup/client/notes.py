"""
Notes of one's own: found again in one's history, opened with the note key, and looked up among what L1 has paid.

A note's secrets follow from the note key and the number of the operation that made it, so a wallet stores nothing of
them. That a note was claimed shows only by its nullifier hash, which nobody without the note key can connect to it.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Final

from prover.files import write_atomically
from prover.types import Proof, Tree
from rollup.chain.bindings.exit import NoteClaimed, NotePaid, NoteWithdrawn
from rollup.chain.bindings.governance import AssociationPublished
from rollup.chain.history import History
from rollup.client.errors import ClientError
from rollup.client.recover import Recovered, RecoveryFailed
from rollup.spec.claims import association_tree
from rollup.spec.notes import note, note_secrets, nullifier_hash, precommitment
from rollup.spec.shared import Profile
from rollup.spec.types import Cash, FieldElement, Index

__all__ = ["AssociationSet", "BadAssociation", "NoteState", "OwnNote", "notes_of", "unspent"]

KIND: Final = "zkclear association set"

FORMAT: Final = 1
"""Raised when the form of the file changes."""


class BadAssociation(ClientError):
    """An association set that cannot be read, is not known to L1, or does not have the account in it."""


class NoteState(StrEnum):
    """How far a note has come on its way out."""

    CLAIMABLE = "claimable"
    FILED = "filed"
    """Claimed after a freeze: it is paid once the window has closed."""
    CLAIMED = "claimed"


@dataclass(frozen=True, slots=True)
class OwnNote:
    """A note that its owner can open."""

    place: int
    """In the note tree."""
    amount: Cash
    owner_nonce: int
    """Number of the operation that made it."""
    nullifier: FieldElement = field(repr=False)
    secret: FieldElement = field(repr=False)
    state: NoteState = NoteState.CLAIMABLE
    claim: int | None = None
    """Number of the claim that was filed after a freeze."""

    @property
    def nullifier_hash(self) -> FieldElement:
        """What a claim publishes."""
        return nullifier_hash(self.nullifier, self.place)


def notes_of(recovered: Recovered, note_key: FieldElement) -> list[OwnNote]:
    """Every note that the account made, in order, with what L1 knows of it."""
    history, index = recovered.history, recovered.index
    withdrawn = {logged.event.nullifier_hash for logged in history.of(NoteWithdrawn)}
    filed = {logged.event.nullifier_hash: logged.event.number for logged in history.of(NoteClaimed)}
    paid = {logged.event.number for logged in history.of(NotePaid)}
    found = []
    for one in recovered.notes:
        nullifier, secret = note_secrets(note_key, history.domain, index, one.owner_nonce)
        leaf = note(one.amount, index, precommitment(nullifier, secret))
        if leaf != recovered.replica.notes.leaf(one.place):
            raise RecoveryFailed(
                "CLM-1",
                f"the note of operation {one.owner_nonce} was made with another note key; take the right wallet",
            )
        published = nullifier_hash(nullifier, one.place)
        number = filed.get(published)
        state = NoteState.CLAIMABLE
        if published in withdrawn or (number is not None and number in paid):
            state = NoteState.CLAIMED
        elif number is not None:
            state = NoteState.FILED
        found.append(OwnNote(one.place, one.amount, one.owner_nonce, nullifier, secret, state, number))
    return found


def unspent(recovered: Recovered, note_key: FieldElement) -> list[OwnNote]:
    """Those that can be claimed."""
    return [one for one in notes_of(recovered, note_key) if one.state is NoteState.CLAIMABLE]


@dataclass(frozen=True, slots=True)
class AssociationSet:
    """The accounts that a provider vouches for, as it publishes them in a file; its root stands on L1."""

    labels: tuple[Index, ...]

    def tree(self, profile: Profile) -> Tree:
        """Each account at its own index."""
        return association_tree(profile, self.labels)

    def root(self, profile: Profile) -> FieldElement:
        """What the provider publishes on L1."""
        return self.tree(profile).root

    def path(self, index: Index, history: History) -> Proof:
        """Of an account of the set, once the set is known to L1."""
        if index not in self.labels:
            raise BadAssociation(
                f"account {index} is not in this association set; take another set, or claim in the public form, which "
                "needs nobody and shows the account"
            )
        tree = self.tree(history.record.profile)
        known = {logged.event.root for logged in history.of(AssociationPublished)}
        if tree.root not in known:
            raise BadAssociation(
                f"the root of this association set, {tree.root:#x}, is not on L1 up to block {history.until.number}; "
                "ask its provider for the set that it last published, or claim in the public form"
            )
        return tree.proof(index)

    def write(self, path: Path) -> None:
        """Whole or not at all."""
        document = {"kind": KIND, "format": FORMAT, "labels": list(self.labels)}
        write_atomically(path, (json.dumps(document) + "\n").encode())

    @classmethod
    def of(cls, labels: Iterable[Index]) -> AssociationSet:
        """In ascending order, each account once."""
        return cls(tuple(sorted(set(labels))))

    @classmethod
    def read(cls, path: Path) -> AssociationSet:
        """The set in a file."""
        try:
            document = json.loads(path.read_text())
            if (
                document["kind"] != KIND
                or document["format"] != FORMAT
                or set(document) != {"kind", "format", "labels"}
            ):
                raise ValueError(f"it is none in format {FORMAT}")
            labels = document["labels"]
            if any(not isinstance(one, int) or isinstance(one, bool) or one < 0 for one in labels):
                raise ValueError("its labels are no account indices")
            if len(set(labels)) != len(labels):
                raise ValueError("it names an account twice")
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise BadAssociation(
                f"{path}: no association set can be read ({error}); get it from its provider"
            ) from error
        return cls.of(labels)
