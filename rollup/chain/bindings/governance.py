"""
The part `governance`.

Generated from the contracts by `make generate`; change those, not this file.
"""

# ruff: noqa: E501 - signatures are as long as the contracts have them
from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import IntEnum
from typing import Any, ClassVar, Final, Self

from rollup.chain.abi import Address, Block, Transaction, address, topic
from rollup.chain.bindings.structs import Signers
from rollup.chain.part import Part


class ChangeKind(IntEnum):
    """What may change. The data of each is abi.encode of what stands behind it."""

    PARAMETERS = 0
    """uint256 parametersHash"""
    COMMITTEE = 1
    """Signers"""
    VERIFIER = 2
    """uint8 proofKind, bytes32 key"""
    OPERATOR = 3
    """address"""
    GUARDIAN = 4
    """address"""
    GOVERNANCE = 5
    """Signers"""
    PROVIDER = 6
    """address, bool allowed"""


@dataclass(frozen=True, slots=True)
class Change:
    """`Change` of the contracts."""

    kind: ChangeKind
    data: bytes

    @classmethod
    def of(cls, values: Sequence[Any]) -> Self:
        """From what was decoded."""
        return cls(ChangeKind(values[0]), values[1])


@dataclass(frozen=True, slots=True)
class Proposal:
    """A change on its way."""

    change: Change
    approvals: tuple[Address, ...]
    objections: tuple[Address, ...]
    queued_at: int
    """When the last approval that it needed came; 0 before."""
    closed: bool
    """Executed or cancelled."""

    @classmethod
    def of(cls, values: Sequence[Any]) -> Self:
        """From what was decoded."""
        return cls(
            Change.of(values[0]),
            tuple(address(one) for one in values[1]),
            tuple(address(one) for one in values[2]),
            values[3],
            values[4],
        )


@dataclass(frozen=True, slots=True)
class AssociationPublished:
    """`AssociationPublished` of the contracts."""

    signature: ClassVar[str] = "AssociationPublished(uint256,address)"
    indexed: ClassVar[tuple[bool, ...]] = (True, True)

    root: int
    provider: Address

    @classmethod
    def of(cls, values: Sequence[Any]) -> Self:
        """From what was decoded."""
        return cls(values[0], address(values[1]))


@dataclass(frozen=True, slots=True)
class ChangeApproved:
    """`ChangeApproved` of the contracts."""

    signature: ClassVar[str] = "ChangeApproved(uint256,address)"
    indexed: ClassVar[tuple[bool, ...]] = (True, True)

    number: int
    by: Address

    @classmethod
    def of(cls, values: Sequence[Any]) -> Self:
        """From what was decoded."""
        return cls(values[0], address(values[1]))


@dataclass(frozen=True, slots=True)
class ChangeCancelled:
    """`ChangeCancelled` of the contracts."""

    signature: ClassVar[str] = "ChangeCancelled(uint256)"
    indexed: ClassVar[tuple[bool, ...]] = (True,)

    number: int

    @classmethod
    def of(cls, values: Sequence[Any]) -> Self:
        """From what was decoded."""
        return cls(values[0])


@dataclass(frozen=True, slots=True)
class ChangeExecuted:
    """`ChangeExecuted` of the contracts."""

    signature: ClassVar[str] = "ChangeExecuted(uint256)"
    indexed: ClassVar[tuple[bool, ...]] = (True,)

    number: int

    @classmethod
    def of(cls, values: Sequence[Any]) -> Self:
        """From what was decoded."""
        return cls(values[0])


@dataclass(frozen=True, slots=True)
class ChangeOpposed:
    """`ChangeOpposed` of the contracts."""

    signature: ClassVar[str] = "ChangeOpposed(uint256,address)"
    indexed: ClassVar[tuple[bool, ...]] = (True, True)

    number: int
    by: Address

    @classmethod
    def of(cls, values: Sequence[Any]) -> Self:
        """From what was decoded."""
        return cls(values[0], address(values[1]))


@dataclass(frozen=True, slots=True)
class ChangeProposed:
    """`ChangeProposed` of the contracts."""

    signature: ClassVar[str] = "ChangeProposed(uint256,address,uint8,bytes)"
    indexed: ClassVar[tuple[bool, ...]] = (True, True, False, False)

    number: int
    by: Address
    kind: ChangeKind
    data: bytes

    @classmethod
    def of(cls, values: Sequence[Any]) -> Self:
        """From what was decoded."""
        return cls(values[0], address(values[1]), ChangeKind(values[2]), values[3])


@dataclass(frozen=True, slots=True)
class ChangeQueued:
    """`ChangeQueued` of the contracts."""

    signature: ClassVar[str] = "ChangeQueued(uint256,uint256)"
    indexed: ClassVar[tuple[bool, ...]] = (True, False)

    number: int
    due: int

    @classmethod
    def of(cls, values: Sequence[Any]) -> Self:
        """From what was decoded."""
        return cls(values[0], values[1])


@dataclass(frozen=True, slots=True)
class Paused:
    """`Paused` of the contracts."""

    signature: ClassVar[str] = "Paused(uint256)"
    indexed: ClassVar[tuple[bool, ...]] = (False,)

    until: int

    @classmethod
    def of(cls, values: Sequence[Any]) -> Self:
        """From what was decoded."""
        return cls(values[0])


@dataclass(frozen=True, slots=True)
class Unpaused:
    """`Unpaused` of the contracts."""

    signature: ClassVar[str] = "Unpaused()"
    indexed: ClassVar[tuple[bool, ...]] = ()

    @classmethod
    def of(cls, values: Sequence[Any]) -> Self:
        """From what was decoded."""
        return cls()


class Governance(Part):
    """The deployed part `governance`."""

    CONSTRUCTOR: Final = "((address,address,address,address,address,address,address,address,address),(uint64,uint64,uint64,uint64,uint64,uint64,uint64,uint64,uint64,uint64,uint64,uint64,uint64,uint64,uint64,uint64,uint128,uint64,uint64,uint64),(address[],uint256),address,address,uint256,address[])"
    EVENTS: ClassVar[Mapping[bytes, type[Any]]] = {
        topic(each.signature): each
        for each in (
            AssociationPublished,
            ChangeApproved,
            ChangeCancelled,
            ChangeExecuted,
            ChangeOpposed,
            ChangeProposed,
            ChangeQueued,
            Paused,
            Unpaused,
        )
    }

    def approve(self, number: int) -> Transaction[None]:
        """`approve` of the contract."""
        return self._change("approve(uint256)", (number,), "()", lambda found: None)

    def execute(self, number: int) -> Transaction[None]:
        """Carry out a change whose timelock is over; anyone may."""
        return self._change("execute(uint256)", (number,), "()", lambda found: None)

    def guardian(self, *, block: Block = "latest") -> Address:
        """`guardian` of the contract."""
        found = self._view("guardian()", (), "(address)", block)
        return address(found[0])

    def is_association(self, root: int, *, block: Block = "latest") -> bool:
        """`isAssociation` of the contract."""
        found = self._view("isAssociation(uint256)", (root,), "(bool)", block)
        return bool(found[0])

    def is_provider(self, account: Address, *, block: Block = "latest") -> bool:
        """`isProvider` of the contract."""
        found = self._view("isProvider(address)", (account,), "(bool)", block)
        return bool(found[0])

    def members(self, *, block: Block = "latest") -> Signers:
        """`members` of the contract."""
        found = self._view("members()", (), "((address[],uint256))", block)
        return Signers.of(found[0])

    def operator(self, *, block: Block = "latest") -> Address:
        """`operator` of the contract."""
        found = self._view("operator()", (), "(address)", block)
        return address(found[0])

    def oppose(self, number: int) -> Transaction[None]:
        """Object; as many objections as it takes approvals cancel a change, queued or not."""
        return self._change("oppose(uint256)", (number,), "()", lambda found: None)

    def parameters_at(self, time: int, *, block: Block = "latest") -> int:
        """The paramsHash that was in force at a time."""
        found = self._view("parametersAt(uint256)", (time,), "(uint256)", block)
        return int(found[0])

    def pause(self, duration: int) -> Transaction[None]:
        """Stop registrations and trade steps for a while; guardian only."""
        return self._change("pause(uint256)", (duration,), "()", lambda found: None)

    def paused_until(self, *, block: Block = "latest") -> int:
        """`pausedUntil` of the contract."""
        found = self._view("pausedUntil()", (), "(uint256)", block)
        return int(found[0])

    def proposal(self, number: int, *, block: Block = "latest") -> Proposal:
        """`proposal` of the contract."""
        found = self._view("proposal(uint256)", (number,), "(((uint8,bytes),address[],address[],uint64,bool))", block)
        return Proposal.of(found[0])

    def proposal_count(self, *, block: Block = "latest") -> int:
        """`proposalCount` of the contract."""
        found = self._view("proposalCount()", (), "(uint256)", block)
        return int(found[0])

    def propose(self, change: Change) -> Transaction[int]:
        """Propose a change and approve it; members only."""
        return self._change("propose((uint8,bytes))", (change,), "(uint256)", lambda found: found[0])

    def publish_association(self, root: int) -> Transaction[None]:
        """Vouch for a set of accounts; what is published once stays."""
        return self._change("publishAssociation(uint256)", (root,), "()", lambda found: None)

    def unpause(self) -> Transaction[None]:
        """End a pause early; the next one comes no sooner for it."""
        return self._change("unpause()", (), "()", lambda found: None)
