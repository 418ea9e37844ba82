"""
The part `clearing`.

Generated from the contracts by `make generate`; change those, not this file.
"""

# ruff: noqa: E501 - signatures are as long as the contracts have them
from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Final, Self

from rollup.chain.abi import Block, Transaction, topic
from rollup.chain.bindings.oracle import SignedTable
from rollup.chain.bindings.structs import Proof
from rollup.chain.part import Part


@dataclass(frozen=True, slots=True)
class BatchEnd:
    """What is known of a root that ended a batch."""

    number: int
    time: int
    """Of the block that accepted it: from here an attestation ages, whenever it comes. 0 for no batch's root."""
    epoch: int
    """Of the batch's last step."""

    @classmethod
    def of(cls, values: Sequence[Any]) -> Self:
        """From what was decoded."""
        return cls(values[0], values[1], values[2])


@dataclass(frozen=True, slots=True)
class Header:
    """`Header` of the contracts."""

    number: int
    """Counts from 1; genesis is batch 0."""
    state_before: int
    """The root that the operator built on: the latest, or this transaction came too late."""
    rejected: tuple[int, ...]
    """Deposits to pass over, ascending: those that cannot be consumed, expired and refunded ones among them."""

    @classmethod
    def of(cls, values: Sequence[Any]) -> Self:
        """From what was decoded."""
        return cls(values[0], values[1], tuple(values[2]))


@dataclass(frozen=True, slots=True)
class Step:
    """`Step` of the contracts."""

    head: int
    """kind(8) | epoch(64), lowest bits first."""
    state_after: int
    suspense_after: int
    salt: int
    data_commit: int
    """Poseidon commitment to the step's words; the prover fixed them before it could know the challenge."""
    proof: Proof

    @classmethod
    def of(cls, values: Sequence[Any]) -> Self:
        """From what was decoded."""
        return cls(values[0], values[1], values[2], values[3], values[4], Proof.of(values[5]))


@dataclass(frozen=True, slots=True)
class BatchAccepted:
    """`BatchAccepted` of the contracts."""

    signature: ClassVar[str] = "BatchAccepted(uint256,uint256,uint256,uint256,uint256)"
    indexed: ClassVar[tuple[bool, ...]] = (True, True, False, False, False)

    number: int
    state_after: int
    epoch: int
    steps: int
    state_before: int

    @classmethod
    def of(cls, values: Sequence[Any]) -> Self:
        """From what was decoded."""
        return cls(values[0], values[1], values[2], values[3], values[4])


class Clearing(Part):
    """The deployed part `clearing`."""

    CONSTRUCTOR: Final = "((address,address,address,address,address,address,address,address,address),(uint64,uint64,uint64,uint64,uint64,uint64,uint64,uint64,uint64,uint64,uint64,uint64,uint64,uint64,uint64,uint64,uint128,uint64,uint64,uint64),(uint8,uint8,uint8,uint8,uint8,uint8,uint8),uint256,uint256)"
    EVENTS: ClassVar[Mapping[bytes, type[Any]]] = {topic(each.signature): each for each in (BatchAccepted,)}

    def batch_end(self, root: int, *, block: Block = "latest") -> BatchEnd:
        """`batchEnd` of the contract."""
        found = self._view("batchEnd(uint256)", (root,), "((uint64,uint64,uint64))", block)
        return BatchEnd.of(found[0])

    def batch_time(self, *, block: Block = "latest") -> int:
        """Time of the block that accepted the last batch, or of deployment."""
        found = self._view("batchTime()", (), "(uint256)", block)
        return int(found[0])

    def batches(self, *, block: Block = "latest") -> int:
        """`batches` of the contract."""
        found = self._view("batches()", (), "(uint256)", block)
        return int(found[0])

    def latest_root(self, *, block: Block = "latest") -> int:
        """`latestRoot` of the contract."""
        found = self._view("latestRoot()", (), "(uint256)", block)
        return int(found[0])

    def settled_suspense(self, *, block: Block = "latest") -> int:
        """`settledSuspense` of the contract."""
        found = self._view("settledSuspense()", (), "(uint256)", block)
        return int(found[0])

    def submit_batch(
        self, header: Header, steps: Sequence[Step], words: Sequence[int], tables: Sequence[SignedTable]
    ) -> Transaction[None]:
        """
        Move the state root along a chain of proven steps, and do what their headers say. `words`: Of all steps, in
        order; how many each has follows from its kind.
        """
        return self._change(
            "submitBatch((uint256,uint256,uint256[]),(uint256,uint256,uint256,uint256,uint256,(uint256,uint256,uint256,uint256,uint256,uint256,uint256,uint256))[],uint256[],((uint64,uint64,uint256,bool,uint256[],uint256,bytes),(bytes32,bytes32)[])[])",
            (header, steps, words, tables),
            "()",
            lambda found: None,
        )

    def system_domain(self, *, block: Block = "latest") -> int:
        """The first public input of every proof for this system."""
        found = self._view("systemDomain()", (), "(uint256)", block)
        return int(found[0])

    def used_epoch(self, *, block: Block = "latest") -> int:
        """The newest epoch that a step has used; 0 when none has."""
        found = self._view("usedEpoch()", (), "(uint256)", block)
        return int(found[0])
