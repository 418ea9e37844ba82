"""
An oracle committee whose keys are at hand: what a local chain and a story need of it.

Members sign what the contract asks for: the digests are its own.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Self

from eth_account import Account as Signer

from rollup.chain import encoding
from rollup.chain.abi import Sender, address
from rollup.chain.bindings.oracle import Oracle
from rollup.chain.bindings.structs import Signers
from rollup.spec.settlement import PostedTable, SignedTable

__all__ = ["Committee"]


@dataclass(frozen=True, slots=True)
class Committee:
    """Members in ascending order of their addresses, as the contract wants their signatures."""

    members: tuple[Any, ...]
    """Of eth_account."""
    threshold: int

    @classmethod
    def of(cls, secrets: Sequence[bytes], threshold: int) -> Self:
        """From private keys."""
        members = [Signer.from_key(secret) for secret in secrets]
        return cls(tuple(sorted(members, key=lambda one: int(one.address, 16))), threshold)

    @property
    def signers(self) -> Signers:
        """As the contract knows them."""
        return Signers(tuple(address(one.address) for one in self.members), self.threshold)

    def sign(self, digest: bytes, count: int | None = None) -> tuple[bytes, ...]:
        """By the first `count` members, or by all: r, s and v in 65 bytes each."""
        made = [one.unsafe_sign_hash(digest) for one in self.members[:count]]
        return tuple(one.r.to_bytes(32, "big") + one.s.to_bytes(32, "big") + bytes([one.v]) for one in made)

    def table(self, oracle: Oracle, posted: PostedTable, count: int | None = None) -> SignedTable:
        """A table, signed."""
        return SignedTable(posted, self.sign(oracle.digest_of_table(encoding.table_of(posted)), count))

    def list_instrument(self, oracle: Oracle, slot: int, listing: int, terms: bytes, sender: Sender) -> int:
        """Terms come to L1; anyone may bring them there. The gas that it took."""
        signed = self.sign(oracle.digest_of_listing(slot, listing, terms))
        signatures = [encoding.signature_of(one) for one in signed]
        return int(oracle.list_instrument(slot, listing, terms, signatures).send(sender)["gasUsed"])
