"""
The oracle committee: M of N members who each recompute a table from its inputs before they sign it.

What is signed is an EIP-712 document that names chain, contract, epoch, time, riskRoot, whether any slot is active,
and the keccak of what is posted with it. A member refuses inputs whose prices are not near its own, a table that its
inputs do not give, and one that may not follow the last. Signatures count in strictly ascending order of their
signers' addresses, so that none counts twice (MKT-SIGN-1 to -3).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from eth_keys.datatypes import PrivateKey

from prover import crypto
from prover.errors import UnrecoverableSignature, WrongLength
from prover.reference import eip712
from rollup.market.encoding import inputs_hash
from rollup.market.errors import NotSigned
from rollup.market.fixed import PPM
from rollup.market.governance import Governance
from rollup.market.inputs import Inputs
from rollup.market.instruments import Terms
from rollup.market.table import build_table, check_successor
from rollup.spec.shared import Profile
from rollup.spec.table import RiskTable

__all__ = ["Committee", "Deployment", "Member", "data_hash", "disputes", "listing_digest", "table_digest"]

Members = tuple[dict[str, str], ...]
"""A struct type, as EIP-712 documents declare it."""

TABLE_TYPE: Members = (
    {"name": "epoch", "type": "uint256"},
    {"name": "time", "type": "uint256"},
    {"name": "riskRoot", "type": "uint256"},
    {"name": "anyActive", "type": "bool"},
    {"name": "data", "type": "bytes32"},
)
"""Members of the signed struct `RiskTable`, in the contract's order."""

LISTING_TYPE: Members = (
    {"name": "slot", "type": "uint256"},
    {"name": "listing", "type": "uint256"},
    {"name": "terms", "type": "bytes32"},
)
"""Members of the signed struct `Listing`."""


@dataclass(frozen=True, slots=True)
class Deployment:
    """Where a table is for: a signature given to one deployment is worth nothing in another."""

    chain: int
    contract: bytes
    """20 bytes."""
    version: int = 1
    """Of the protocol."""


def data_hash(table: RiskTable, inputs: Inputs) -> bytes:
    """keccak256 over 32-byte words: the mark of every slot, stressRoot, keccak of the inputs' bytes."""
    words = [*(mark.word() for mark in table.marks), table.stress_root]
    return crypto.load().keccak256(b"".join(word.to_bytes(32, "big") for word in words) + inputs_hash(inputs))


def table_digest(deployment: Deployment, epoch: int, table: RiskTable, data: bytes) -> bytes:
    """The 32 bytes that members sign."""
    message = {
        "epoch": epoch,
        "time": table.time,
        "riskRoot": table.root,
        "anyActive": table.any_active,
        "data": data,
    }
    return _digest(deployment, "RiskTable", TABLE_TYPE, message)


def listing_digest(deployment: Deployment, slot: int, listing: int, terms: Terms) -> bytes:
    """The 32 bytes that members sign to put an instrument's terms on L1, for ever."""
    message = {"slot": slot, "listing": listing, "terms": terms.hash}
    return _digest(deployment, "Listing", LISTING_TYPE, message)


def _digest(deployment: Deployment, name: str, members: Members, message: Mapping[str, object]) -> bytes:
    domain = {
        "name": "zkclear",
        "version": str(deployment.version),
        "chainId": deployment.chain,
        "verifyingContract": deployment.contract,
    }
    return eip712.digest({"types": {name: members}, "primaryType": name, "domain": domain, "message": message})


def disputes(inputs: Inputs, own: Mapping[str, int], tolerance: int) -> frozenset[str]:
    """Underlyings whose spot is farther than the tolerance, ppm, from a member's own, or unknown to it."""
    return frozenset(
        of.name
        for of in inputs.underlyings
        if of.name not in own or abs(of.spot - own[of.name]) * PPM > tolerance * own[of.name]
    )


@dataclass(frozen=True)
class Member:
    """One who signs tables."""

    key: PrivateKey = field(repr=False)
    deployment: Deployment
    governance: Governance
    profile: Profile

    @property
    def address(self) -> bytes:
        return self.key.public_key.to_canonical_address()

    def sign(self, inputs: Inputs, table: RiskTable, before: RiskTable | None, own: Mapping[str, int]) -> bytes:
        """65 bytes r, s, v over a table that this member rebuilt; `own` are the spots it saw itself, by name."""
        if disputed := disputes(inputs, own, self.governance.market.oracle.tolerance):
            raise NotSigned("MKT-SIGN-3: the inputs' prices are near the member's own", sorted(disputed))
        rebuilt = build_table(inputs, self.governance, self.profile)
        if rebuilt != table:
            raise NotSigned("MKT-SIGN-1: the table is what its inputs give", table.time)
        if before is not None:
            check_successor(before, table)
        digest = table_digest(self.deployment, inputs.epoch, table, data_hash(table, inputs))
        return self._sign(digest)

    def sign_listing(self, slot: int, listing: int, terms: Terms) -> bytes:
        """65 bytes over the terms of a slot's next listing."""
        return self._sign(listing_digest(self.deployment, slot, listing, terms))

    def _sign(self, digest: bytes) -> bytes:
        signature = self.key.sign_msg_hash(digest).to_bytes()
        return signature[:64] + bytes([signature[64] + 27])


@dataclass(frozen=True)
class Committee:
    """N members, M of whom make a table official."""

    members: frozenset[bytes]
    threshold: int

    def __post_init__(self) -> None:
        if not 0 < self.threshold <= len(self.members) or any(len(member) != 20 for member in self.members):
            raise NotSigned("the threshold is between 1 and the number of members", self)

    def verify(self, digest: bytes, signatures: Sequence[bytes]) -> tuple[bytes, ...]:
        """The signers, strictly ascending and at least M; anything else is refused: MKT-SIGN-2."""
        signers: list[bytes] = []
        for signature in signatures:
            try:
                signer = crypto.load().recover(digest, signature)
            except (UnrecoverableSignature, WrongLength) as error:
                raise NotSigned(f"every signature is one: {error}", signature) from error
            if signer not in self.members:
                raise NotSigned("every signer is a member", signer)
            if signers and signer <= signers[-1]:
                raise NotSigned("signers come strictly ascending", signer)
            signers.append(signer)
        if len(signers) < self.threshold:
            raise NotSigned(f"at least {self.threshold} members sign", len(signers))
        return tuple(signers)
