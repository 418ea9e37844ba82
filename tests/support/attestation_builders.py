"""
Attestations for tests: traders who answer questions, issuers who sign credentials, and scans of a world.

    world = World(table_of(*BOARD))
    answer(world, 2, Question(VERIFIER, CHALLENGE, equity=1_000)).check()
    parts_of(world)                                   # the proofs of a solvency scan
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from support.spec_builders import NOW, Trader, World, element, secret

from prover import crypto
from prover.types import Point, Signature
from rollup.spec.account import Account
from rollup.spec.attestation import AccountAttestation, Credential, Question, credential_message, pseudonym
from rollup.spec.hashes import new_tree
from rollup.spec.solvency import ScanPart, scan_length, scan_parts

__all__ = [
    "CHALLENGE",
    "ISSUER",
    "UNSIGNED",
    "VERIFIER",
    "answer",
    "asking_for_credential",
    "credential",
    "parts_of",
    "signed",
    "without_account",
]

VERIFIER = 0xE1
"""Who asks, unless a test says otherwise."""

CHALLENGE = 0xC4A
"""What it drew."""

ISSUER_SECRET = secret("issuer")
ISSUER = crypto.load().public_key(ISSUER_SECRET)
"""Who knows where traders are at home."""

UNSIGNED = Signature(Point(0, 0), 0)
"""Before the owner has signed."""


def credential(
    trader: Trader,
    jurisdiction: int = 756,
    accredited: bool = True,
    expiry: int = NOW + 1,
    issuer: bytes = ISSUER_SECRET,
    subject: int | None = None,
) -> Credential:
    """A trader's credential; `subject` may be somebody else's name at the issuer."""
    name = pseudonym(trader.note_key, Question(0, 0, issuer=ISSUER).issuer_hash) if subject is None else subject
    message = credential_message(name, jurisdiction, accredited, expiry)
    return Credential(jurisdiction, accredited, expiry, crypto.load().sign(issuer, message))


def asking_for_credential(**parts: object) -> Question:
    """A question that wants a credential of the issuer, good now."""
    return Question(VERIFIER, CHALLENGE, **{"issuer": ISSUER, "now": NOW, **parts})  # type: ignore[arg-type]


def signed(attestation: AccountAttestation, trader: Trader) -> AccountAttestation:
    """With the owner's signature over what it says now."""
    return replace(attestation, signature=trader.sign_as_owner(attestation.statement.message))


def answer(
    world: World, index: int, question: Question, shown: Credential | None = None, note_key: int | None = None
) -> AccountAttestation:
    """What the trader behind an account answers, true or not."""
    trader = world.traders[index]
    key = trader.note_key if note_key is None else note_key
    made = AccountAttestation(world.state, world.table, index, key, question, UNSIGNED, shown)
    return signed(made, trader)


def parts_of(world: World, blinds: Sequence[int] | None = None) -> list[ScanPart]:
    """The proofs of a scan of the world as it is."""
    count = scan_length(world.state)
    return scan_parts(world.state, world.table, blinds or [element("boundary", number) for number in range(count)])


def without_account(world: World, index: int) -> Account:
    """Take an account out of the tree by hand, as if its index had been rejected; returns what was there."""
    accounts = dict(world.state.accounts)
    gone = accounts.pop(index)
    tree = new_tree(world.profile.account_depth)
    tree.update({place: account.leaf for place, account in accounts.items()})
    world.state = replace(world.state, accounts=accounts, tree=tree)
    return gone
