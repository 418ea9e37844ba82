"""
Claims by traders: what somebody proves alone, from chain data and keys, to be paid on L1.

A *withdrawal* shows that a note stands in a state and publishes its nullifier hash, without saying which note it is. An
association set says who vouches for the note's account; without one the account itself is shown. An *escape* shows what
an account is worth at given prices. A claim holds everything that its prover knows; L1 sees its public inputs only.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Self

from prover.types import Proof, Tree
from rollup.spec.account import FUND, Account
from rollup.spec.errors import Rejected
from rollup.spec.hashes import new_tree, root_of, tagged
from rollup.spec.margin import escape_value
from rollup.spec.notes import note, nullifier_hash, precommitment
from rollup.spec.shared import Profile, Tag, Width
from rollup.spec.state import State
from rollup.spec.table import Marks, RiskTable, marks_root
from rollup.spec.types import Cash, FieldElement, Index, Time

__all__ = ["EscapeClaim", "OpenedState", "OpenedTable", "WithdrawClaim", "association_leaf", "association_tree"]


@dataclass(frozen=True, slots=True)
class OpenedState:
    """What a state root opens to; all of it follows from chain data."""

    accounts_root: FieldElement
    notes_root: FieldElement
    note_count: int
    custody_commitment: FieldElement
    """Published by every funds and liquidate step; what it hides, a claim need not know."""

    @classmethod
    def of(cls, state: State) -> Self:
        return cls(state.tree.root, state.notes.root, state.note_count, state.custody_commitment)

    @property
    def root(self) -> FieldElement:
        """`stateRoot`."""
        return tagged(Tag.STATE, self.accounts_root, self.notes_root, self.note_count, self.custody_commitment)


@dataclass(frozen=True, slots=True)
class OpenedTable:
    """What a risk root opens to, as far as L1 has it: marks in clear, the rest by root."""

    parameters_hash: FieldElement
    marks: Marks
    stress_root: FieldElement
    time: Time

    @classmethod
    def of(cls, table: RiskTable) -> Self:
        return cls(table.parameters.hash, table.marks, table.stress_root, table.time)

    @property
    def root(self) -> FieldElement:
        """`riskRoot`."""
        return tagged(Tag.RISK, self.parameters_hash, marks_root(self.marks), self.stress_root, self.time)


def association_leaf(label: Index) -> FieldElement:
    """An account in an association set."""
    return tagged(Tag.ASSOC, label)


def association_tree(profile: Profile, labels: Iterable[Index]) -> Tree:
    """
    The set of accounts that a provider vouches for, as deep as the account tree.

    Each stands at its own index here. A provider may order them otherwise: a claim does not say where its account is.
    """
    tree = new_tree(profile.account_depth)
    tree.update({label: association_leaf(label) for label in labels})
    return tree


@dataclass(frozen=True, slots=True)
class WithdrawClaim:
    """A claim to one note."""

    domain: FieldElement
    state: OpenedState
    amount: Cash
    label: Index
    """The account that the note came from."""
    nullifier: FieldElement
    secret: FieldElement
    path: Proof
    """Of the note, in the note tree."""
    association: Proof | None
    """Of the account, in an association set; None in the public form."""
    context: FieldElement
    """Recipient, relayer and fee, hashed."""

    @property
    def note(self) -> FieldElement:
        return note(self.amount, self.label, precommitment(self.nullifier, self.secret))

    def check(self, profile: Profile) -> None:
        """CLM-1, CLM-3, CLM-4: the rules that leave a choice."""
        if self.amount >> Width.AMOUNT:
            raise Rejected("CLM-3", "claims an amount that does not fit 64 bits", self.amount)
        if not _stands(self.note, self.path, profile.note_depth, self.state.notes_root):
            raise Rejected("CLM-1", "claims a note that does not stand there in this state", self.path.index)
        if self.association is None:
            return
        set_root = root_of(self.association)
        if not _stands(association_leaf(self.label), self.association, profile.account_depth, set_root):
            raise Rejected("CLM-4", "claims for an account that is not in the association set", self.label)

    def public_inputs(self, profile: Profile) -> dict[str, FieldElement]:
        """
        What L1 sees, by name and in its order, once the claim breaks no rule.

        CLM-2, CLM-5 and CLM-6 are here: a note has one nullifier hash, the public form alone shows the account, and
        domain and context are as they are.
        """
        self.check(profile)
        return {
            "domain": self.domain,
            "state_root": self.state.root,
            "nullifier_hash": nullifier_hash(self.nullifier, self.path.index),
            "amount": self.amount,
            "association_root": 0 if self.association is None else root_of(self.association),
            "label": self.label if self.association is None else 0,
            "context": self.context,
        }


@dataclass(frozen=True, slots=True)
class EscapeClaim:
    """A claim to what an account is worth."""

    domain: FieldElement
    state: OpenedState
    account: Account
    path: Proof
    """Of the account, in the account tree."""
    table: OpenedTable

    @property
    def equity(self) -> Cash:
        """At the mark; what is settled counts at its final value, so it needs no sweep."""
        marks = self.table.marks
        return sum(quantity * mark.value for quantity, mark in zip(self.account.vector, marks, strict=True))

    def check(self, profile: Profile) -> None:
        """CLM-7, CLM-8, CLM-11: the rules that leave a choice."""
        if self.path.index == FUND:
            raise Rejected("CLM-8", "claims for the guarantee fund", self.path.index)
        if not _stands(self.account.leaf, self.path, profile.account_depth, self.state.accounts_root):
            raise Rejected("CLM-7", "claims for an account that does not stand there in this state", self.path.index)
        if abs(self.equity) >> Width.STUCK:
            raise Rejected("CLM-11", "is worth what does not fit 160 bits", self.equity)

    def public_inputs(self, profile: Profile) -> dict[str, FieldElement]:
        """
        What L1 sees, by name and in its order, once the claim breaks no rule.

        CLM-6, CLM-9, CLM-10 and CLM-11 are here: the domain is as it is, the L1 owner is the leaf's, the marks are
        those of the risk root, and the claim is the equity exactly, or 0.
        """
        self.check(profile)
        return {
            "domain": self.domain,
            "state_root": self.state.root,
            "risk_root": self.table.root,
            "index": self.path.index,
            "l1_owner": self.account.owner.l1_owner,
            "claim": escape_value(self.account.vector, self.table.marks),
        }


def _stands(leaf: FieldElement, path: Proof, depth: int, root: FieldElement) -> bool:
    """Whether a path is of this leaf, in a tree of this depth with this root."""
    return path.leaf == leaf and len(path.siblings) == depth and root_of(path) == root
