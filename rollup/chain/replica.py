"""
What L1 has of the accounts: both trees, rebuilt from the calldata of accepted batches and from nothing else.

Whoever has this and keys can follow an account, and can leave. Each batch is read from the transaction that carried it,
and what follows from its words must be the root that L1 accepted, batch by batch.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Final

from web3 import Web3

from prover.types import Tree
from rollup.chain.abi import address
from rollup.chain.bindings import System
from rollup.chain.bindings.clearing import Clearing, Header
from rollup.chain.chronicle import Chronicle, read_chronicle
from rollup.chain.encoding import EPOCH_AT
from rollup.chain.errors import ChainError
from rollup.chain.history import History
from rollup.chain.tables import opened_tables
from rollup.spec.account import FUND, REVENUE, Account, Owner
from rollup.spec.claims import OpenedState, OpenedTable
from rollup.spec.data import decrypt, seal
from rollup.spec.errors import Rejected
from rollup.spec.hashes import new_tree, tagged
from rollup.spec.recovery import Keyring, Seen, follow, read_words
from rollup.spec.settlement.headers import word_count
from rollup.spec.shared import Header as HeaderKind
from rollup.spec.shared import Profile, StepKind, Tag
from rollup.spec.types import FieldElement, Index
from rollup.spec.words import unpack

__all__ = [
    "ForeignWords",
    "FoundNote",
    "Replica",
    "Submission",
    "Touched",
    "read_submission",
    "replica_of",
    "replica_of_history",
    "submit_selector",
]

SELECTOR: Final = 4
"""Bytes of calldata before the arguments."""

WORD: Final = 32
HEADER_AT, STEPS_AT, WORDS_AT = 0, WORD, 2 * WORD
"""Where the offsets of a header and of the two lists stand among the arguments."""

STEP_WORDS: Final = 13
"""Of a step: head, two roots, salt, commitment, and eight of its proof."""


class ForeignWords(ChainError):
    """Calldata that do not lead to what L1 accepted, or that are no batch at all."""


@dataclass(frozen=True, slots=True)
class PostedWords:
    """What a reader needs of a step beside its words; the order is that of the contract's struct."""

    head: int
    state_after: FieldElement
    suspense_after: FieldElement
    salt: FieldElement


@dataclass(frozen=True, slots=True)
class Submission:
    """A batch as it stands in a transaction."""

    number: int
    state_before: FieldElement
    steps: tuple[PostedWords, ...]
    words: tuple[FieldElement, ...]


@dataclass(frozen=True, slots=True)
class Touched:
    """A touch of an account as anyone sees it, with what its owner needs beside keys."""

    seen: Seen
    salt: FieldElement
    epoch: int
    batch: int = 0
    """Number of the batch that it stands in."""


@dataclass(frozen=True, slots=True)
class FoundNote:
    """A note as its maker finds it again."""

    place: int
    amount: int
    owner_nonce: int
    """Number of the operation that made it: its secrets follow."""


@dataclass
class Replica:
    """Both trees and the custody commitment, as they follow from words."""

    profile: Profile
    accounts: Tree
    notes: Tree
    note_count: int = 0
    custody_commitment: FieldElement = field(default_factory=lambda: tagged(Tag.CUSTODY, 0, 0))
    touches: list[Touched] = field(default_factory=list)
    tables: dict[int, OpenedTable] = field(default_factory=dict)
    """Those that open what was posted, by epoch. One that does not is left out: it must stop nobody else's recovery."""

    @classmethod
    def of(cls, profile: Profile, genesis: Mapping[Index, FieldElement]) -> Replica:
        """Before the first batch; the leaves that a system begins with are published."""
        accounts = new_tree(profile.account_depth)
        accounts.update(dict(genesis))
        return cls(profile, accounts, new_tree(profile.note_depth))

    @property
    def state(self) -> OpenedState:
        return OpenedState(self.accounts.root, self.notes.root, self.note_count, self.custody_commitment)

    def read(self, batch: Submission) -> None:
        """One batch, step by step; its words must lead to the roots that its steps claim."""
        rest = list(batch.words)
        for step in batch.steps:
            kind = StepKind(step.head & ((1 << EPOCH_AT) - 1))
            count = word_count(self.profile, kind)
            own, rest = rest[:count], rest[count:]
            self._step(kind, own, step.salt, step.head >> EPOCH_AT, batch.number)
            if self.state.root != step.state_after:
                raise ForeignWords(f"words lead to state {self.state.root:#x}, their step claims {step.state_after:#x}")

    def _step(self, kind: StepKind, words: Sequence[FieldElement], salt: FieldElement, epoch: int, batch: int) -> None:
        if kind is not StepKind.TRADE:
            self.custody_commitment = words[0]
        for seen in read_words(kind, words, self.profile):
            self.touches.append(Touched(seen, salt, epoch, batch))
            self.accounts.update({seen.index: seen.leaf})
            if kind is StepKind.FUNDS and unpack("header", seen.header)["kind"] == HeaderKind.NOTE:
                self.notes.update({self.note_count: seen.aux})
                self.note_count += 1

    def table(self, epoch: int) -> OpenedTable:
        """The table of an epoch, for whoever cannot do without this one."""
        if epoch not in self.tables:
            raise ForeignWords(f"table {epoch} is not posted, or opens its root under no parameters that were in force")
        return self.tables[epoch]

    def touches_of(self, index: Index) -> list[Touched]:
        """In order."""
        return [touched for touched in self.touches if touched.seen.index == index]

    def account(self, index: Index, owner: Owner, domain: FieldElement, keyring: Keyring | None = None) -> Account:
        """An account as its owner follows it, touch by touch: each must lead to the leaf on L1, or REC-1."""
        states = [account for _, account in self.followed(index, owner, domain, keyring)]
        if not states:
            raise Rejected("REC-2", "was never touched", index)
        return states[-1]

    def followed(
        self, index: Index, owner: Owner, domain: FieldElement, keyring: Keyring | None = None
    ) -> Iterator[tuple[Touched, Account]]:
        """Every touch of an account with the account after it; the first touch of a trader's account registers it."""
        account = Account.opened(owner, self.profile) if index in (FUND, REVENUE) else None
        for one in self.touches_of(index):
            marks = self.table(one.epoch).marks
            account = follow(
                account, one.seen, marks, domain, one.salt, owner=owner, keyring=keyring, profile=self.profile
            )
            yield one, account

    def notes_of(self, index: Index, view_key: FieldElement, domain: FieldElement) -> list[FoundNote]:
        """In order; amount and number stand encrypted in the touch that made each."""
        found, place, nonce = [], 0, 0
        for one in self.touches:
            is_note = one.seen.kind is StepKind.FUNDS and unpack("header", one.seen.header)["kind"] == HeaderKind.NOTE
            if one.seen.index == index:
                nonce += 1
                if is_note:
                    sealed = seal(view_key, domain, index, nonce, one.salt, 2)
                    text = unpack("operation_text", decrypt(one.seen.ciphertexts[0], sealed.keystream[0]))
                    found.append(FoundNote(place, text["amount"], text["nonce"]))
            place += is_note
        return found


def replica_of(system: System, profile: Profile, genesis: Mapping[Index, FieldElement]) -> Replica:
    """Everything that L1 has by now."""
    return _replayed(Replica.of(profile, genesis), read_chronicle(system))


def replica_of_history(history: History) -> Replica:
    """Everything that a history has."""
    replica = Replica.of(history.record.profile, history.genesis)
    if replica.state.root != history.record.genesis_root:
        raise ForeignWords(
            "the deployment record names a genesis root that does not follow from the owner hashes beside it; "
            "get the record again from whoever deployed the system"
        )
    return _replayed(replica, history)


def _replayed(replica: Replica, found: Chronicle) -> Replica:
    """Batch by batch, each of which must lead to the root that L1 accepted."""
    replica.tables.update(opened_tables(found))
    for batch in found.batches:
        transaction = f"batch {batch.number} in transaction 0x{batch.transaction.hex()}"
        if batch.calldata[:SELECTOR] != submit_selector():
            raise ForeignWords(
                f"{transaction}: its calldata are no call of submitBatch, so another contract passed the batch on and "
                "its words do not stand there; ask a node that traces transactions for the inner call"
            )
        try:
            replica.read(read_submission(batch.calldata))
        except ForeignWords as error:
            raise ForeignWords(f"{transaction}: {error}") from error
        if replica.state.root != batch.state_after:
            raise ForeignWords(f"{transaction} is, by its calldata, another than the accepted one")
    return replica


def read_submission(data: bytes) -> Submission:
    """
    The batch in a transaction's calldata, read as the contract reads it.

    A decoder that is stricter than Solidity would refuse calldata that L1 has accepted, and an operator could hide a
    batch from everybody's tools by an odd layout. So this follows offsets and lengths wherever they lead, and looks at
    nothing that is not needed: neither at tables, whose marks stand in events, nor at rejected deposits.
    """
    if data[:SELECTOR] != submit_selector():
        raise ForeignWords(f"calldata that begin with 0x{data[:SELECTOR].hex()} carry no batch")
    arguments = data[SELECTOR:]
    header = _word(arguments, HEADER_AT)
    number, state_before = _word(arguments, header), _word(arguments, header + WORD)
    steps = tuple(PostedWords(*step[:4]) for step in _list_at(arguments, _word(arguments, STEPS_AT), STEP_WORDS))
    words = tuple(word for (word,) in _list_at(arguments, _word(arguments, WORDS_AT), 1))
    return Submission(number, state_before, steps, words)


def _list_at(arguments: bytes, start: int, width: int) -> list[tuple[int, ...]]:
    """A list of records of so many words each."""
    length, first = _word(arguments, start), start + WORD
    if first + length * width * WORD > len(arguments):
        raise ForeignWords("calldata end before their lists do")
    words = [_word(arguments, first + place * WORD) for place in range(length * width)]
    return [tuple(words[at : at + width]) for at in range(0, len(words), width)]


def _word(arguments: bytes, at: int) -> int:
    if at + WORD > len(arguments):
        raise ForeignWords("calldata end before their lists do")
    return int.from_bytes(arguments[at : at + WORD], "big")


@cache
def submit_selector() -> bytes:
    """What calldata of a batch begin with: as the bindings call the contract, without any compiler."""
    nowhere = Clearing(Web3(), address(0))
    return nowhere.submit_batch(Header(0, 0, ()), (), (), ()).data[:SELECTOR]
