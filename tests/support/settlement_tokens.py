"""
Who is who in tests of the contract's model, and tokens that stand for proofs and signatures.

A token says what a real proof or signature would: `Proof(key, inputs)` is good for that key and those inputs only,
`Signature(signer, digest)` for that digest.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from eth_account import Account
from support.spec_values import CHAIN_ID, CLEARING, NOW, PARAMETERS, TINY, element

from rollup.spec.hashes import R
from rollup.spec.settlement import Deployment, PostedTable, ProofKind, Settings, Signers
from rollup.spec.table import RiskTable

ALICE, BOB, CAROL, MALLORY, RELAYER = 0xA11CE, 0xB0B, 0xCA401, 0x3A1, 0x4E1A
OPERATOR, GUARDIAN, PROVIDER, REVENUE_OWNER, ANYONE = 0x09E4, 0x6A4D, 0x9409, 0x4E0E, 0xA11
MEMBERS = (0x60A, 0x60B, 0x60C)
_COMMITTEE = {int(Account.from_key(bytes([seed] * 32)).address, 16): bytes([seed] * 32) for seed in (1, 2, 3)}
COMMITTEE = tuple(sorted(_COMMITTEE))
COMMITTEE_KEYS = tuple(_COMMITTEE[address] for address in COMMITTEE)
"""Private keys of the committee, in its order: with them the same members sign for a real chain."""
KEYS = {kind: 0xE0 + kind for kind in ProofKind}
GENESIS_ROOT = element("genesis")


@dataclass(frozen=True)
class Proof:
    """Good for one key and one list of public inputs."""

    key: int
    inputs: tuple[int, ...]


@dataclass(frozen=True)
class Signature:
    """Good for one digest."""

    signer: int
    digest: bytes


class Tokens:
    """Precompiles that believe tokens, and only those."""

    def verifies(self, key: int, inputs: tuple[int, ...], proof: object) -> bool:
        """As the chain's precompiles do: scalars count modulo r."""
        return (
            isinstance(proof, Proof) and proof.key == key and [x % R for x in proof.inputs] == [x % R for x in inputs]
        )

    def recover(self, digest: bytes, signature: object) -> int:
        return signature.signer if isinstance(signature, Signature) and signature.digest == digest else 0xBAD


def deployment(settings: Settings | None = None, **changes: Any) -> Deployment:
    """The system of the tests, 2 of 3 in governance and committee; its domain is `DOMAIN`."""
    parts: dict[str, Any] = {
        "chain_id": CHAIN_ID,
        "contract": CLEARING,
        "version": 1,
        "profile": TINY,
        "settings": settings or Settings(minimum_deposit=100),
        "time": NOW,
        "genesis_root": GENESIS_ROOT,
        "revenue_owner": REVENUE_OWNER,
        "operator": OPERATOR,
        "guardian": GUARDIAN,
        "governance": Signers(MEMBERS, 2),
        "committee": Signers(COMMITTEE, 2),
        "parameters_hash": PARAMETERS.hash,
        "verifiers": KEYS,
        "precompiles": Tokens(),
    }
    return Deployment(**(parts | changes))


def posted_table(table: RiskTable, epoch: int) -> PostedTable:
    """A risk table as it is posted."""
    marks = tuple(mark.word() for mark in table.marks)
    return PostedTable(epoch, table.time, table.root, table.any_active, marks, table.stress_root, b"inputs")
