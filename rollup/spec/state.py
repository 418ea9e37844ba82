"""
The state: every account, every note, and the collateral inside.

L1 knows it by one root. A state is never changed: a step works on a `Workspace`, which becomes the next state when
every rule held and is dropped when one did not.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from prover.types import Proof, Tree
from rollup.spec.account import FUND, REVENUE, Account, Owner
from rollup.spec.data import seal
from rollup.spec.errors import Rejected
from rollup.spec.hashes import field as to_field
from rollup.spec.hashes import hash_list, new_tree, tagged
from rollup.spec.shared import Profile, Tag, Width
from rollup.spec.types import Cash, FieldElement, Index, Vector

__all__ = ["State", "Suspense", "Touch", "Workspace"]


@dataclass(frozen=True)
class Suspense:
    """What the clearing house owes between two steps of a batch: minus every traded change of a vector, and fees."""

    vector: Vector
    fees: Cash = 0
    blind: FieldElement = 0
    """Random at inner boundaries, 0 at both ends of a batch: unblinded, one open leg could be guessed."""

    @classmethod
    def settled(cls, profile: Profile) -> Suspense:
        """Nothing owed: how every batch begins and ends."""
        return cls((0,) * profile.slots)

    @property
    def is_zero(self) -> bool:
        return not any(self.vector) and self.fees == 0

    @cached_property
    def hash(self) -> FieldElement:
        owed = hash_list(Tag.SUSPENSE, [to_field(value) for value in self.vector])
        return tagged(Tag.SUSPENSE, owed, to_field(self.fees), self.blind)


@dataclass(frozen=True)
class State:
    """Everything that a state root commits to."""

    profile: Profile
    domain: FieldElement
    """Chain, contract and version: in every signed message and every proof."""
    accounts: Mapping[Index, Account]
    tree: Tree
    notes: Tree
    note_count: int = 0
    custody: Cash = 0
    """Collateral inside accounts."""
    custody_random: FieldElement = 0

    @classmethod
    def genesis(cls, profile: Profile, domain: FieldElement, fund: Owner, revenue: Owner) -> State:
        """Accounts 0 and 1, empty; everything else follows from steps."""
        accounts = {FUND: Account.opened(fund, profile), REVENUE: Account.opened(revenue, profile)}
        tree = new_tree(profile.account_depth)
        tree.update({index: account.leaf for index, account in accounts.items()})
        return cls(profile, domain, accounts, tree, new_tree(profile.note_depth))

    @cached_property
    def custody_commitment(self) -> FieldElement:
        return tagged(Tag.CUSTODY, self.custody, self.custody_random)

    @cached_property
    def root(self) -> FieldElement:
        """`stateRoot`."""
        return tagged(Tag.STATE, self.tree.root, self.notes.root, self.note_count, self.custody_commitment)


@dataclass(frozen=True, slots=True)
class Touch:
    """One opening and closing of one account, for witnesses: what was there, where it was, and what is there now."""

    index: Index
    before: Account | None
    """None when the leaf was empty."""
    path: Proof
    """The leaf before, in the tree as the touches before this one left it."""
    after: Account
    plaintexts: tuple[int, ...]
    ciphertexts: tuple[FieldElement, ...]

    def words(self) -> list[FieldElement]:
        """What the touch publishes when nothing comes between leaf and ciphertexts."""
        return [self.after.leaf, *self.ciphertexts]


@dataclass
class Workspace:
    """A state under change by one step."""

    state: State
    salt: FieldElement
    suspense: list[int]
    fees: Cash
    tree: Tree
    notes: Tree
    note_count: int
    custody: Cash
    changed: dict[Index, Account] = field(default_factory=dict)
    touches: list[Touch] = field(default_factory=list)

    @classmethod
    def on(cls, state: State, suspense: Suspense, salt: FieldElement) -> Workspace:
        return cls(
            state,
            salt,
            list(suspense.vector),
            suspense.fees,
            state.tree.snapshot(),
            state.notes.snapshot(),
            state.note_count,
            state.custody,
        )

    def find(self, index: Index) -> Account | None:
        """The account at an index as it stands now, or None where the leaf is empty."""
        if not 0 <= index < 8**self.state.profile.account_depth:
            raise Rejected("STA-1", "names a leaf outside the tree", index)
        return self.changed.get(index) or self.state.accounts.get(index)

    def open(self, index: Index) -> Account:
        """The account at an index; STA-2 where there is none."""
        account = self.find(index)
        if account is None:
            raise Rejected("STA-2", "touches an account that was never registered", index)
        return account

    def close(
        self,
        index: Index,
        before: Account,
        plaintexts: Sequence[int],
        *,
        vector: Vector,
        places: tuple[int, ...] | None = None,
        owner: Owner | None = None,
        owner_nonce: int | None = None,
        bare: Sequence[int] = (),
    ) -> Touch:
        """
        Write an account back under its next nonce and a fresh blinding, and encrypt what its owner must know.

        `bare` adds plaintexts that are whole field elements, encrypted after the others.
        """
        nonce = before.nonce + 1
        if nonce >> Width.NONCE:
            raise Rejected("STA-3", "has no touches left", nonce)
        holder = owner or before.owner
        words = len(plaintexts) + len(bare)
        sealed = seal(holder.view_key, self.state.domain, index, nonce, self.salt, words)
        after = Account(
            holder,
            vector,
            before.places if places is None else places,
            before.owner_nonce if owner_nonce is None else owner_nonce,
            nonce,
            sealed.blind,
        )
        touch = Touch(
            index,
            self.find(index),
            self.tree.proof(index),
            after,
            (*plaintexts, *bare),
            tuple(sealed.encrypt(plaintexts, bare)),
        )
        self.tree.update({index: after.leaf})
        self.changed[index] = after
        self.touches.append(touch)
        return touch

    def pay_out(self, amount: Cash) -> None:
        """Collateral leaves the accounts."""
        self.pay_in(-amount)

    def pay_in(self, amount: Cash) -> None:
        """Collateral enters the accounts; STA-4 when what is inside does not fit."""
        self.custody += amount
        if not 0 <= self.custody < 1 << Width.CUSTODY:
            raise Rejected("STA-4", "leaves a custody that is negative or does not fit 64 bits", self.custody)

    def owe(self, slot: int, change: int) -> None:
        """The clearing house takes the other side of a traded change."""
        self.suspense[slot] -= change

    def append_note(self, note: FieldElement) -> None:
        """The next note; STA-5 when the tree is full."""
        if self.note_count >= 8**self.state.profile.note_depth:
            raise Rejected("STA-5", "finds the note tree full", self.note_count)
        self.notes.update({self.note_count: note})
        self.note_count += 1

    def finish(self, suspense_blind: FieldElement, custody_random: FieldElement | None) -> tuple[State, Suspense]:
        """The next state and what is still owed."""
        state = State(
            self.state.profile,
            self.state.domain,
            {**self.state.accounts, **self.changed},
            self.tree,
            self.notes,
            self.note_count,
            self.custody,
            self.state.custody_random if custody_random is None else custody_random,
        )
        return state, Suspense(tuple(self.suspense), self.fees, suspense_blind)
