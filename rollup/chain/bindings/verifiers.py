"""
The part `verifiers`.

Generated from the contracts by `make generate`; change those, not this file.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import IntEnum
from typing import Any, ClassVar, Final, Self

from rollup.chain.abi import Address, Block, Transaction, address, topic
from rollup.chain.part import Part


class ProofKind(IntEnum):
    """What a key is for; the first three are the kinds of steps."""

    NONE = 0
    TRADE = 1
    FUNDS = 2
    LIQUIDATE = 3
    SOLVENCY = 4
    WITHDRAW = 5
    ESCAPE = 6


@dataclass(frozen=True, slots=True)
class KeyPublished:
    """`KeyPublished` of the contracts."""

    signature: ClassVar[str] = "KeyPublished(bytes32,uint256,address)"
    indexed: ClassVar[tuple[bool, ...]] = (True, False, False)

    key: bytes
    inputs: int
    data: Address

    @classmethod
    def of(cls, values: Sequence[Any]) -> Self:
        """From what was decoded."""
        return cls(values[0], values[1], address(values[2]))


@dataclass(frozen=True, slots=True)
class VerifierChanged:
    """`VerifierChanged` of the contracts."""

    signature: ClassVar[str] = "VerifierChanged(uint8,bytes32)"
    indexed: ClassVar[tuple[bool, ...]] = (True, True)

    kind: ProofKind
    key: bytes

    @classmethod
    def of(cls, values: Sequence[Any]) -> Self:
        """From what was decoded."""
        return cls(ProofKind(values[0]), values[1])


class Verifiers(Part):
    """The deployed part `verifiers`."""

    CONSTRUCTOR: Final = "((address,address,address,address,address,address,address,address,address),bytes[6])"
    EVENTS: ClassVar[Mapping[bytes, type[Any]]] = {
        topic(each.signature): each
        for each in (
            KeyPublished,
            VerifierChanged,
        )
    }

    def check_change(self, kind: ProofKind, key: bytes, *, block: Block = "latest") -> None:
        """Reverts unless a key may serve a kind: published, with that kind's public inputs, and not a way out."""
        self._view("checkChange(uint8,bytes32)", (kind, key), "()", block)

    def key_data(self, kind: ProofKind, *, block: Block = "latest") -> Address:
        """Where the bytes of that key are: the code of this address, after one byte."""
        found = self._view("keyData(uint8)", (kind,), "(address)", block)
        return address(found[0])

    def publish(self, key: bytes) -> Transaction[bytes]:
        """
        Publish a key: α, β, γ, δ and the points of its public inputs, as 32-byte words the way the precompiles take
        them. Its name is its keccak.
        """
        return self._change("publish(bytes)", (key,), "(bytes32)", lambda found: found[0])

    def published(self, key: bytes, *, block: Block = "latest") -> Address:
        """Where a published key is; nobody when it is not."""
        found = self._view("published(bytes32)", (key,), "(address)", block)
        return address(found[0])

    def set_verifier(self, kind: ProofKind, key: bytes) -> Transaction[None]:
        """Check a kind of proof by another key from now on; only for governance."""
        return self._change("setVerifier(uint8,bytes32)", (kind, key), "()", lambda found: None)

    def verifier(self, kind: ProofKind, *, block: Block = "latest") -> bytes:
        """Name of the key that a kind is checked by."""
        found = self._view("verifier(uint8)", (kind,), "(bytes32)", block)
        return bytes(found[0])
