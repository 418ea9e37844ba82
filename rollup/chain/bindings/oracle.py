"""
The part `oracle`.

Generated from the contracts by `make generate`; change those, not this file.
"""

# ruff: noqa: E501 - signatures are as long as the contracts have them
from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Final, Self

from rollup.chain.abi import Address, Block, Transaction, address, topic
from rollup.chain.bindings.structs import Signers
from rollup.chain.part import Part


@dataclass(frozen=True, slots=True)
class Table:
    """A risk table as it is posted: marks in clear, the rest by root, and the inputs that it follows from."""

    epoch: int
    time: int
    risk_root: int
    any_active: bool
    """Whether some slot has status 1; a solvency gate that is shut refuses such a table to trade steps."""
    marks: tuple[int, ...]
    """Packed words of all slots, cash first."""
    stress_root: int
    inputs: bytes

    @classmethod
    def of(cls, values: Sequence[Any]) -> Self:
        """From what was decoded."""
        return cls(values[0], values[1], values[2], values[3], tuple(values[4]), values[5], values[6])


@dataclass(frozen=True, slots=True)
class Signature:
    """Of a committee member, in the short form of EIP-2098."""

    r: bytes
    vs: bytes

    @classmethod
    def of(cls, values: Sequence[Any]) -> Self:
        """From what was decoded."""
        return cls(values[0], values[1])


@dataclass(frozen=True, slots=True)
class SignedTable:
    """A table and signatures of members, by ascending address."""

    table: Table
    signatures: tuple[Signature, ...]

    @classmethod
    def of(cls, values: Sequence[Any]) -> Self:
        """From what was decoded."""
        return cls(Table.of(values[0]), tuple(Signature.of(one) for one in values[1]))


@dataclass(frozen=True, slots=True)
class Posted:
    """What is kept of a posted table."""

    risk_root: int
    time: int
    statuses: int
    """Which of the recorded lists of statuses it has."""
    any_active: bool

    @classmethod
    def of(cls, values: Sequence[Any]) -> Self:
        """From what was decoded."""
        return cls(values[0], values[1], values[2], values[3])


@dataclass(frozen=True, slots=True)
class CommitteeChanged:
    """`CommitteeChanged` of the contracts."""

    signature: ClassVar[str] = "CommitteeChanged(address[],uint256)"
    indexed: ClassVar[tuple[bool, ...]] = (False, False)

    members: tuple[Address, ...]
    threshold: int

    @classmethod
    def of(cls, values: Sequence[Any]) -> Self:
        """From what was decoded."""
        return cls(tuple(address(one) for one in values[0]), values[1])


@dataclass(frozen=True, slots=True)
class InstrumentListed:
    """`InstrumentListed` of the contracts."""

    signature: ClassVar[str] = "InstrumentListed(uint256,uint256,bytes32)"
    indexed: ClassVar[tuple[bool, ...]] = (True, True, False)

    slot: int
    listing: int
    terms: bytes

    @classmethod
    def of(cls, values: Sequence[Any]) -> Self:
        """From what was decoded."""
        return cls(values[0], values[1], values[2])


@dataclass(frozen=True, slots=True)
class SlotShownEmpty:
    """`SlotShownEmpty` of the contracts."""

    signature: ClassVar[str] = "SlotShownEmpty(uint256,uint256)"
    indexed: ClassVar[tuple[bool, ...]] = (True, True)

    slot: int
    listing: int

    @classmethod
    def of(cls, values: Sequence[Any]) -> Self:
        """From what was decoded."""
        return cls(values[0], values[1])


@dataclass(frozen=True, slots=True)
class TablePosted:
    """All of a table, so that whoever leaves needs nothing but events."""

    signature: ClassVar[str] = "TablePosted(uint256,uint256,uint256,bool,uint256[],uint256,bytes)"
    indexed: ClassVar[tuple[bool, ...]] = (True, True, False, False, False, False, False)

    epoch: int
    risk_root: int
    time: int
    any_active: bool
    marks: tuple[int, ...]
    stress_root: int
    inputs: bytes

    @classmethod
    def of(cls, values: Sequence[Any]) -> Self:
        """From what was decoded."""
        return cls(values[0], values[1], values[2], values[3], tuple(values[4]), values[5], values[6])


class Oracle(Part):
    """The deployed part `oracle`."""

    CONSTRUCTOR: Final = "((address,address,address,address,address,address,address,address,address),(uint64,uint64,uint64,uint64,uint64,uint64,uint64,uint64,uint64,uint64,uint64,uint64,uint64,uint64,uint64,uint64,uint128,uint64,uint64,uint64),uint8,(address[],uint256))"
    EVENTS: ClassVar[Mapping[bytes, type[Any]]] = {
        topic(each.signature): each
        for each in (
            CommitteeChanged,
            InstrumentListed,
            SlotShownEmpty,
            TablePosted,
        )
    }

    def committee(self, *, block: Block = "latest") -> Signers:
        """`committee` of the contract."""
        found = self._view("committee()", (), "((address[],uint256))", block)
        return Signers.of(found[0])

    def digest_of_listing(self, slot: int, listing: int, hash_: bytes, *, block: Block = "latest") -> bytes:
        """What members sign to list an instrument."""
        found = self._view("digestOfListing(uint256,uint256,bytes32)", (slot, listing, hash_), "(bytes32)", block)
        return bytes(found[0])

    def digest_of_table(self, posted: Table, *, block: Block = "latest") -> bytes:
        """What members sign for a table."""
        found = self._view(
            "digestOfTable((uint64,uint64,uint256,bool,uint256[],uint256,bytes))", (posted,), "(bytes32)", block
        )
        return bytes(found[0])

    def epoch_of(self, risk_root: int, *, block: Block = "latest") -> int:
        """The epoch with a risk root; 0 when none has it."""
        found = self._view("epochOf(uint256)", (risk_root,), "(uint256)", block)
        return int(found[0])

    def escape_epoch(self, *, block: Block = "latest") -> int:
        """The table with the smallest time late enough after the last batch; 0 when there is none yet."""
        found = self._view("escapeEpoch()", (), "(uint256)", block)
        return int(found[0])

    def list_instrument(
        self, slot: int, listing: int, hash_: bytes, signatures: Sequence[Signature]
    ) -> Transaction[None]:
        """Hash the terms of a slot's next listing, signed by the committee; they never change."""
        return self._change(
            "listInstrument(uint256,uint256,bytes32,(bytes32,bytes32)[])",
            (slot, listing, hash_, signatures),
            "()",
            lambda found: None,
        )

    def newest_epoch(self, *, block: Block = "latest") -> int:
        """The newest epoch that was posted before any freeze; 0 when there is none."""
        found = self._view("newestEpoch()", (), "(uint256)", block)
        return int(found[0])

    def newest_listing(self, slot: int, *, block: Block = "latest") -> int:
        """`newestListing` of the contract."""
        found = self._view("newestListing(uint256)", (slot,), "(uint256)", block)
        return int(found[0])

    def post_if_new(self, signed: SignedTable) -> Transaction[None]:
        """
        Post a table of a batch, unless it is posted already: else whoever posts it first kills the batch. Only for
        clearing.
        """
        return self._change(
            "postIfNew(((uint64,uint64,uint256,bool,uint256[],uint256,bytes),(bytes32,bytes32)[]))",
            (signed,),
            "()",
            lambda found: None,
        )

    def post_table(self, signed: SignedTable) -> Transaction[None]:
        """Make a signed table usable: by steps before a freeze, for escape prices also after it."""
        return self._change(
            "postTable(((uint64,uint64,uint256,bool,uint256[],uint256,bytes),(bytes32,bytes32)[]))",
            (signed,),
            "()",
            lambda found: None,
        )

    def posted_table(self, epoch: int, *, block: Block = "latest") -> Posted:
        """`postedTable` of the contract."""
        found = self._view("postedTable(uint256)", (epoch,), "((uint256,uint64,uint64,bool))", block)
        return Posted.of(found[0])

    def record_empty(self, epoch: int, empty: int) -> Transaction[None]:
        """
        Settled slots that a scan at a table's marks has shown to be held by nobody; only for attestations. `empty`: Bit
        j stands for slot j.
        """
        return self._change("recordEmpty(uint256,uint256)", (epoch, empty), "()", lambda found: None)

    def set_committee(self, signers: Signers) -> Transaction[None]:
        """Replace the committee; only for governance."""
        return self._change("setCommittee((address[],uint256))", (signers,), "()", lambda found: None)

    def settled_mark(self, slot: int, listing: int, *, block: Block = "latest") -> int:
        """The mark that a settled listing has in every table; 0 when it is not settled."""
        found = self._view("settledMark(uint256,uint256)", (slot, listing), "(uint256)", block)
        return int(found[0])

    def shown_empty(self, slot: int, listing: int, *, block: Block = "latest") -> bool:
        """`shownEmpty` of the contract."""
        found = self._view("shownEmpty(uint256,uint256)", (slot, listing), "(bool)", block)
        return bool(found[0])

    def terms(self, slot: int, listing: int, *, block: Block = "latest") -> bytes:
        """Hash of the terms of a listing; 0 when it is not listed."""
        found = self._view("terms(uint256,uint256)", (slot, listing), "(bytes32)", block)
        return bytes(found[0])
