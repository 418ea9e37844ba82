"""
A bundle: an attestation of solvency as one file, with everything that is needed to check it without asking anybody.

It says which books it speaks of (system, state root, risk table), what it claims of them, and brings the proofs, what
each of them states, and the key to check them by. Whoever wrote it may be anybody, so nothing here is known to be true:
`reading` makes sure of the form alone, and `verify` judges.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, fields
from functools import cached_property
from typing import Any, Final

from prover.reference.bn254 import G1Point, G2Point
from rollup.spec.data import encode
from rollup.spec.hashes import keccak, keccak_to_field, tagged
from rollup.spec.shared import Tag
from rollup.spec.solvency import ScanStatement
from rollup.spec.types import Cash, FieldElement, Time

__all__ = [
    "FORMAT",
    "KIND",
    "PROTOCOL",
    "STATEMENT",
    "Bundle",
    "Custody",
    "KeyPoints",
    "Place",
    "Posted",
    "ProofPoints",
    "ProvenPart",
    "Result",
    "TableOpening",
    "word",
]

KIND: Final = "zkclear solvency bundle"
FORMAT: Final = 1
"""Raised when the form of the file changes."""

PROTOCOL: Final = 1
"""Version of the protocol; in every domain."""


@dataclass(frozen=True, slots=True)
class Place:
    """The system that is spoken of."""

    chain: int
    clearing: int
    """L1 address of the part that accepts batches."""
    version: int = PROTOCOL

    @property
    def domain(self) -> FieldElement:
        """What every proof of this system is bound to."""
        return keccak_to_field(encode([self.chain, self.clearing, self.version]))


@dataclass(frozen=True, slots=True)
class TableOpening:
    """The risk table by its root, opened as far as to show its time; all of it is public on L1."""

    root: FieldElement
    time: Time
    parameters: FieldElement
    marks: FieldElement
    stress: FieldElement

    @property
    def hashed(self) -> FieldElement:
        """The root that the opening leads to."""
        return tagged(Tag.RISK, self.parameters, self.marks, self.stress, self.time)


@dataclass(frozen=True, slots=True)
class Result:
    """What is claimed of the books."""

    accounts: int
    failed: int
    """Accounts other than the fund that are not shown to be within close-out."""
    balanced: bool
    """Σ equity = custody."""
    fund_solvent: bool
    empty_slots: int
    """Bit j is set when slot j is settled and nobody holds it."""
    custody_commit: FieldElement


@dataclass(frozen=True, slots=True)
class Custody:
    """The opening of the custody commitment: only in a bundle whose operator chose to show the amount."""

    amount: Cash
    random: FieldElement

    @property
    def commitment(self) -> FieldElement:
        return tagged(Tag.CUSTODY, self.amount, self.random)


@dataclass(frozen=True, slots=True)
class KeyPoints:
    """A verification key as it was written down: nothing is known of its points."""

    alpha: G1Point
    beta: G2Point
    gamma: G2Point
    delta: G2Point
    ic: tuple[G1Point, ...]

    @property
    def name(self) -> bytes:
        """Under which the registry on L1 knows it: the keccak of its words as the precompiles take them."""
        words: list[int] = [*self.alpha]
        for second in (self.beta, self.gamma, self.delta):
            words += [*reversed(second.x), *reversed(second.y)]
        return keccak(encode([*words, *(word for point in self.ic for word in point)]))


@dataclass(frozen=True, slots=True)
class ProofPoints:
    """A proof as it was written down."""

    a: G1Point
    b: G2Point
    c: G1Point


@dataclass(frozen=True, slots=True)
class ProvenPart:
    """One proof of the scan, and what it states."""

    statement: ScanStatement
    proof: ProofPoints


@dataclass(frozen=True, slots=True)
class Posted:
    """The transaction that filed the attestation on L1."""

    transaction: str
    block: int


@dataclass(frozen=True)
class Bundle:
    """An attestation of solvency with all that it rests on."""

    place: Place
    profile: str
    state_root: FieldElement
    batch: int
    """The batch that ended with this root, as whoever wrote the bundle says."""
    table: TableOpening
    result: Result
    key: KeyPoints
    parts: tuple[ProvenPart, ...]
    custody: Custody | None = None
    posted: Posted | None = None

    @cached_property
    def document(self) -> dict[str, Any]:
        """As JSON; keys and proofs as snarkjs has them."""
        table, result = self.table, self.result
        return {
            "kind": KIND,
            "format": FORMAT,
            "system": {
                "chain": self.place.chain,
                "clearing": f"{self.place.clearing:#042x}",
                "protocol": self.place.version,
                "profile": self.profile,
            },
            "state": {"root": word(self.state_root), "batch": self.batch},
            "table": {
                "root": word(table.root),
                "time": table.time,
                "parameters": word(table.parameters),
                "marks": word(table.marks),
                "stress": word(table.stress),
            },
            "result": {
                "accounts": result.accounts,
                "failed": result.failed,
                "balanced": result.balanced,
                "fund_solvent": result.fund_solvent,
                "empty_slots": word(result.empty_slots),
                "custody_commit": word(result.custody_commit),
                "custody": self.custody and {"amount": str(self.custody.amount), "random": word(self.custody.random)},
            },
            "key": _key_document(self.key),
            "parts": [
                {
                    "statement": {name: word(getattr(part.statement, name)) for name in STATEMENT},
                    "proof": _proof_document(part.proof),
                }
                for part in self.parts
            ],
            "posted": self.posted and {"transaction": self.posted.transaction, "block": self.posted.block},
        }

    def encoded(self) -> bytes:
        """The file."""
        return (json.dumps(self.document, indent=1) + "\n").encode()


STATEMENT: Final = tuple(field.name for field in fields(ScanStatement))
"""What every statement names."""


def word(value: int) -> str:
    """A number in the form in which bundles have it: 32 bytes in hexadecimal."""
    return f"{value:#066x}"


def _key_document(key: KeyPoints) -> dict[str, Any]:
    return {
        "protocol": "groth16",
        "curve": "bn128",
        "nPublic": len(key.ic) - 1,
        "vk_alpha_1": _written(key.alpha),
        "vk_beta_2": _written(key.beta),
        "vk_gamma_2": _written(key.gamma),
        "vk_delta_2": _written(key.delta),
        "IC": [_written(point) for point in key.ic],
    }


def _proof_document(proof: ProofPoints) -> dict[str, Any]:
    return {
        "protocol": "groth16",
        "curve": "bn128",
        "pi_a": _written(proof.a),
        "pi_b": _written(proof.b),
        "pi_c": _written(proof.c),
    }


def _written(point: G1Point | G2Point) -> list[Any]:
    if isinstance(point, G1Point):
        return [str(point.x), str(point.y), "1"]
    return [[str(half) for half in point.x], [str(half) for half in point.y], ["1", "0"]]
