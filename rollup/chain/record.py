"""
The deployment record: one JSON file that says what was deployed where, for whoever verifies or uses it.

Nothing in it is believed: `verify` computes what must be on chain from it and from the sources at hand, and looks.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any, Final

from prover.files import write_atomically
from rollup.chain.abi import Address, address
from rollup.chain.artifacts import PARTS
from rollup.chain.bindings.structs import Parts, Signers
from rollup.chain.bindings.verifiers import ProofKind
from rollup.chain.errors import BadRecord
from rollup.chain.plan import Genesis, Roles, domain_of
from rollup.spec.errors import Refusal
from rollup.spec.settlement.settings import Settings
from rollup.spec.shared import PROFILES, Profile
from rollup.spec.table import Parameters
from rollup.spec.types import FieldElement

__all__ = ["Created", "KeyRecord", "Record", "read_genesis", "read_parameters", "read_roles", "read_settings"]

FORMAT: Final = 1
"""Raised when the form of the file changes."""

CHAIN_BITS: Final = 256
"""Of a chain's number, as contracts see it."""


@dataclass(frozen=True, slots=True)
class Created:
    """A contract, and the transaction that made it."""

    address: Address
    transaction: str
    block: int
    arguments: str
    """Of the constructor, encoded, in hexadecimal."""


@dataclass(frozen=True, slots=True)
class KeyRecord:
    """A verifier key by name."""

    kind: ProofKind
    name: str
    development: bool
    constraints: str
    """SHA-256 of the circuit's .r1cs file."""


@dataclass(frozen=True)
class Record:
    """What was deployed."""

    chain: int
    sources: str
    """Hash of the sources and settings that the code was compiled from."""
    deployer: Address
    profile: Profile
    settings: Settings
    roles: Roles
    genesis: Genesis
    genesis_root: FieldElement
    parameters: Parameters
    keys: tuple[KeyRecord, ...]
    token: Address
    token_is_ours: bool
    """Play money that was deployed together with the parts."""
    created: Mapping[str, Created]
    """By part."""

    @property
    def parts(self) -> Parts:
        return Parts(**{part: self.created[part].address for part in PARTS})

    @property
    def domain(self) -> FieldElement:
        """In every signed message of the system, and a public input of every proof."""
        return domain_of(self.chain, self.parts.clearing)

    @property
    def first_block(self) -> int:
        """From here on the parts have logs."""
        return min(one.block for one in self.created.values())

    def document(self) -> dict[str, Any]:
        """As JSON; numbers that other languages would round stand in strings."""
        return {
            "format": FORMAT,
            "chain": self.chain,
            "sources": self.sources,
            "deployer": self.deployer,
            "profile": self.profile.name,
            "settings": {name: str(value) for name, value in asdict(self.settings).items()},
            "roles": asdict(self.roles),
            "genesis": {
                "fund": hex(self.genesis.fund),
                "revenue": hex(self.genesis.revenue),
                "root": hex(self.genesis_root),
            },
            "parameters": {**asdict(self.parameters), "market_hash": hex(self.parameters.market_hash)},
            "parameters_hash": hex(self.parameters.hash),
            "keys": {
                key.kind.name.lower(): {
                    "name": key.name,
                    "development": key.development,
                    "constraints": key.constraints,
                }
                for key in self.keys
            },
            "token": {"address": self.token, "ours": self.token_is_ours},
            "parts": {part: asdict(self.created[part]) for part in PARTS},
        }

    def write(self, path: Path) -> None:
        """Whole or not at all."""
        write_atomically(path, (json.dumps(self.document(), indent=2) + "\n").encode())

    @classmethod
    def read(cls, path: Path) -> Record:
        """The record in a file."""
        try:
            return cls.from_document(json.loads(path.read_text()), str(path))
        except (OSError, UnicodeDecodeError, json.JSONDecodeError) as error:
            raise BadRecord(
                str(path), f"cannot be read ({error}); `zkclear chain deploy --out FILE` writes one"
            ) from error

    @classmethod
    def from_document(cls, document: Mapping[str, Any], where: str = "record") -> Record:
        """The record in parsed JSON; refuses what contradicts itself."""
        try:
            if document["format"] != FORMAT:
                raise BadRecord(where, f"has format {document['format']!r}, this program reads {FORMAT}")
            keys = document["keys"]
            record = cls(
                chain=_chain(document["chain"]),
                sources=str(document["sources"]),
                deployer=address(document["deployer"]),
                profile=PROFILES[document["profile"]],
                settings=read_settings(document["settings"]),
                roles=read_roles(document["roles"]),
                genesis=read_genesis(document["genesis"]),
                genesis_root=int(document["genesis"]["root"], 16),
                parameters=read_parameters(document["parameters"]),
                keys=tuple(KeyRecord(kind, **keys[kind.name.lower()]) for kind in ProofKind if kind),
                token=address(document["token"]["address"]),
                token_is_ours=bool(document["token"]["ours"]),
                created={part: _created(document["parts"][part]) for part in PARTS},
            )
            if int(document["parameters_hash"], 16) != record.parameters.hash:
                raise BadRecord(where, "names a hash of parameters that is not that of its parameters")
        except (KeyError, TypeError, ValueError) as error:
            if isinstance(error, Refusal):
                raise BadRecord(where, f"says what no system may be: {error}") from error
            raise BadRecord(where, f"is no deployment record: {type(error).__name__} {error}") from error
        return record


def read_settings(document: Mapping[str, Any]) -> Settings:
    """Settings by name; what is not named is as everywhere."""
    return Settings(**{name: int(value) for name, value in document.items()})


def read_roles(document: Mapping[str, Any]) -> Roles:
    """Who may do what, by role."""
    return Roles(
        operator=address(document["operator"]),
        guardian=address(document["guardian"]),
        governance=_signers(document["governance"]),
        committee=_signers(document["committee"]),
        revenue_owner=address(document["revenue_owner"]),
        providers=tuple(address(one) for one in document.get("providers", ())),
    )


def read_genesis(document: Mapping[str, Any]) -> Genesis:
    """Owner hashes of the two first accounts."""
    return Genesis(int(document["fund"], 16), int(document["revenue"], 16))


def read_parameters(document: Mapping[str, Any]) -> Parameters:
    """κs, bands and caps in ppm, and the hash of the market's rules."""
    known = {field.name for field in fields(Parameters)}
    if unknown := set(document) - known:
        raise KeyError(", ".join(sorted(unknown)))
    numbers = {name: int(value) for name, value in document.items() if name != "market_hash"}
    return Parameters(**numbers, market_hash=int(str(document.get("market_hash", "0")), 0))


def _chain(value: Any) -> int:
    chain = int(value)
    if not 0 < chain < 1 << CHAIN_BITS:
        raise ValueError(f"chain is {chain}, no chain has that number")
    return chain


def _signers(document: Mapping[str, Any]) -> Signers:
    return Signers(tuple(address(member) for member in document["members"]), int(document["threshold"]))


def _created(document: Mapping[str, Any]) -> Created:
    return Created(**{**document, "address": address(document["address"])})
