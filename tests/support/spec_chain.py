"""
Somebody who has nothing but what L1 has: words, kinds, salts and tables.

`Chain` rebuilds both trees and the state root from them; who also has keys then proves a withdrawal or an escape.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from support.spec_values import DOMAIN

from prover.types import Tree
from rollup.spec.account import Account
from rollup.spec.hashes import new_tree, tagged
from rollup.spec.recovery import read_words
from rollup.spec.shared import Header, Profile, StepKind, Tag
from rollup.spec.step import Applied, kind_of
from rollup.spec.words import unpack


@dataclass
class Chain:
    """Both trees, as they follow from words."""

    profile: Profile
    accounts: Tree
    notes: Tree
    note_count: int = 0
    custody_commitment: int = 0
    note_values: list[int] = field(default_factory=list)

    @classmethod
    def from_genesis(cls, profile: Profile, genesis: Mapping[int, Account]) -> Chain:
        """The genesis leaves are published."""
        accounts = new_tree(profile.account_depth)
        accounts.update({index: account.leaf for index, account in genesis.items()})
        return cls(profile, accounts, new_tree(profile.note_depth), custody_commitment=tagged(Tag.CUSTODY, 0, 0))

    def read(self, applied: Applied) -> None:
        """One step's words, as L1 has them."""
        kind, words = kind_of(applied.step.body), applied.words
        if kind is not StepKind.TRADE:
            self.custody_commitment = words[0]
        for seen in read_words(kind, words, self.profile):
            self.accounts.update({seen.index: seen.leaf})
            if kind is StepKind.FUNDS and unpack("header", seen.header)["kind"] == Header.NOTE:
                self.notes.update({self.note_count: seen.aux})
                self.note_values.append(seen.aux)
                self.note_count += 1

    @property
    def state_root(self) -> int:
        return tagged(Tag.STATE, self.accounts.root, self.notes.root, self.note_count, self.custody_commitment)


def rebuilt(history: list[Applied], genesis: Mapping[int, Account], profile: Profile) -> Chain:
    """The chain after a history; it must lead to the state root of every step on the way."""
    chain = Chain.from_genesis(profile, genesis)
    for applied in history:
        chain.read(applied)
        assert chain.state_root == applied.public_inputs["state_after"]
        assert applied.public_inputs["domain"] == DOMAIN
    return chain
