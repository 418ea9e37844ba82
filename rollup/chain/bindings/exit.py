"""
The part `exit`.

Generated from the contracts by `make generate`; change those, not this file.
"""

# ruff: noqa: E501 - signatures are as long as the contracts have them
from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Final, Self

from rollup.chain.abi import Address, Block, Transaction, address, topic
from rollup.chain.bindings.structs import Proof
from rollup.chain.part import Part


@dataclass(frozen=True, slots=True)
class Escape:
    """One account's claim; the public inputs of its proof."""

    state_root: int
    risk_root: int
    index: int
    l1_owner: int
    claim: int
    """Its equity at the escape prices, at least 0."""

    @classmethod
    def of(cls, values: Sequence[Any]) -> Self:
        """From what was decoded."""
        return cls(values[0], values[1], values[2], values[3], values[4])


@dataclass(frozen=True, slots=True)
class EscapeClaim:
    """The equity of one account, claimed for its L1 owner."""

    owner: Address
    filed: bool
    paid: bool
    claim: int

    @classmethod
    def of(cls, values: Sequence[Any]) -> Self:
        """From what was decoded."""
        return cls(address(values[0]), values[1], values[2], values[3])


@dataclass(frozen=True, slots=True)
class NoteClaim:
    """A note claimed after a freeze and before the window closed."""

    recipient: Address
    paid: bool
    relayer: Address
    amount: int
    fee: int

    @classmethod
    def of(cls, values: Sequence[Any]) -> Self:
        """From what was decoded."""
        return cls(address(values[0]), values[1], address(values[2]), values[3], values[4])


@dataclass(frozen=True, slots=True)
class Pool:
    """What the closed window has for each rank; fixed once, or what was paid would be counted again."""

    closed: bool
    notes_due: int
    notes_have: int
    claims_due: int
    claims_have: int
    notes_paid: int
    claims_paid: int
    left: int
    """For latecomers."""

    @classmethod
    def of(cls, values: Sequence[Any]) -> Self:
        """From what was decoded."""
        return cls(values[0], values[1], values[2], values[3], values[4], values[5], values[6], values[7])


@dataclass(frozen=True, slots=True)
class Withdrawal:
    """A claim to one note: the public inputs of its proof, and what its context hashes."""

    state_root: int
    nullifier_hash: int
    amount: int
    association_root: int
    """0 in the public form."""
    label: int
    """The note's account in the public form, else 0."""
    context: int
    recipient: Address
    relayer: Address
    fee: int
    """Part of the amount that goes to the relayer."""

    @classmethod
    def of(cls, values: Sequence[Any]) -> Self:
        """From what was decoded."""
        return cls(
            values[0],
            values[1],
            values[2],
            values[3],
            values[4],
            values[5],
            address(values[6]),
            address(values[7]),
            values[8],
        )


@dataclass(frozen=True, slots=True)
class ClaimPaid:
    """`ClaimPaid` of the contracts."""

    signature: ClassVar[str] = "ClaimPaid(uint256,address,uint256)"
    indexed: ClassVar[tuple[bool, ...]] = (True, True, False)

    index: int
    owner: Address
    amount: int

    @classmethod
    def of(cls, values: Sequence[Any]) -> Self:
        """From what was decoded."""
        return cls(values[0], address(values[1]), values[2])


@dataclass(frozen=True, slots=True)
class EscapeClaimed:
    """`EscapeClaimed` of the contracts."""

    signature: ClassVar[str] = "EscapeClaimed(uint256,address,uint256)"
    indexed: ClassVar[tuple[bool, ...]] = (True, True, False)

    index: int
    owner: Address
    claim: int

    @classmethod
    def of(cls, values: Sequence[Any]) -> Self:
        """From what was decoded."""
        return cls(values[0], address(values[1]), values[2])


@dataclass(frozen=True, slots=True)
class NoteClaimed:
    """`NoteClaimed` of the contracts."""

    signature: ClassVar[str] = "NoteClaimed(uint256,uint256,address,uint256)"
    indexed: ClassVar[tuple[bool, ...]] = (True, True, True, False)

    number: int
    nullifier_hash: int
    recipient: Address
    amount: int

    @classmethod
    def of(cls, values: Sequence[Any]) -> Self:
        """From what was decoded."""
        return cls(values[0], values[1], address(values[2]), values[3])


@dataclass(frozen=True, slots=True)
class NotePaid:
    """`NotePaid` of the contracts."""

    signature: ClassVar[str] = "NotePaid(uint256,uint256)"
    indexed: ClassVar[tuple[bool, ...]] = (True, False)

    number: int
    amount: int

    @classmethod
    def of(cls, values: Sequence[Any]) -> Self:
        """From what was decoded."""
        return cls(values[0], values[1])


@dataclass(frozen=True, slots=True)
class NoteWithdrawn:
    """`NoteWithdrawn` of the contracts."""

    signature: ClassVar[str] = "NoteWithdrawn(uint256,address,uint256,address,uint256)"
    indexed: ClassVar[tuple[bool, ...]] = (True, True, False, False, False)

    nullifier_hash: int
    recipient: Address
    amount: int
    relayer: Address
    fee: int

    @classmethod
    def of(cls, values: Sequence[Any]) -> Self:
        """From what was decoded."""
        return cls(values[0], address(values[1]), values[2], address(values[3]), values[4])


@dataclass(frozen=True, slots=True)
class WindowClosed:
    """`WindowClosed` of the contracts."""

    signature: ClassVar[str] = "WindowClosed(uint256,uint256,uint256,uint256,uint256)"
    indexed: ClassVar[tuple[bool, ...]] = (False, False, False, False, False)

    notes_due: int
    notes_have: int
    claims_due: int
    claims_have: int
    left: int

    @classmethod
    def of(cls, values: Sequence[Any]) -> Self:
        """From what was decoded."""
        return cls(values[0], values[1], values[2], values[3], values[4])


class Exit(Part):
    """The deployed part `exit`."""

    CONSTRUCTOR: Final = "((address,address,address,address,address,address,address,address,address),(uint64,uint64,uint64,uint64,uint64,uint64,uint64,uint64,uint64,uint64,uint64,uint64,uint64,uint64,uint64,uint64,uint128,uint64,uint64,uint64))"
    EVENTS: ClassVar[Mapping[bytes, type[Any]]] = {
        topic(each.signature): each
        for each in (
            ClaimPaid,
            EscapeClaimed,
            NoteClaimed,
            NotePaid,
            NoteWithdrawn,
            WindowClosed,
        )
    }

    def claimed(self, *, block: Block = "latest") -> tuple[int, int]:
        """Sums of all notes and of all account claims filed in the window."""
        found = self._view("claimed()", (), "(uint256,uint256)", block)
        return (found[0], found[1])

    def close_window(self) -> Transaction[None]:
        """Fix what each rank gets, once the window is over; later calls change nothing."""
        return self._change("closeWindow()", (), "()", lambda found: None)

    def escape(self, claim: Escape, proof: Proof) -> Transaction[None]:
        """File the claim of an account for its L1 owner; anyone may send it."""
        return self._change(
            "escape((uint256,uint256,uint256,uint256,uint256),(uint256,uint256,uint256,uint256,uint256,uint256,uint256,uint256))",
            (claim, proof),
            "()",
            lambda found: None,
        )

    def escape_claim(self, index: int, *, block: Block = "latest") -> EscapeClaim:
        """`escapeClaim` of the contract."""
        found = self._view("escapeClaim(uint256)", (index,), "((address,bool,bool,uint256))", block)
        return EscapeClaim.of(found[0])

    def escape_prices(self, *, block: Block = "latest") -> int:
        """The epoch of the table that escape claims are valued at, final once claims are open; 0 when there is none."""
        found = self._view("escapePrices()", (), "(uint256)", block)
        return int(found[0])

    def is_spent(self, nullifier_hash: int, *, block: Block = "latest") -> bool:
        """`isSpent` of the contract."""
        found = self._view("isSpent(uint256)", (nullifier_hash,), "(bool)", block)
        return bool(found[0])

    def note_claim(self, number: int, *, block: Block = "latest") -> NoteClaim:
        """`noteClaim` of the contract."""
        found = self._view("noteClaim(uint256)", (number,), "((address,bool,address,uint256,uint256))", block)
        return NoteClaim.of(found[0])

    def note_claim_count(self, *, block: Block = "latest") -> int:
        """`noteClaimCount` of the contract."""
        found = self._view("noteClaimCount()", (), "(uint256)", block)
        return int(found[0])

    def pay_claim(self, index: int) -> Transaction[None]:
        """Pay an account's share to its L1 owner; anyone may call."""
        return self._change("payClaim(uint256)", (index,), "()", lambda found: None)

    def pay_note(self, number: int) -> Transaction[None]:
        """Pay a note that was claimed after the freeze to its recipient and relayer; anyone may call."""
        return self._change("payNote(uint256)", (number,), "()", lambda found: None)

    def pool(self, *, block: Block = "latest") -> Pool:
        """`pool` of the contract."""
        found = self._view("pool()", (), "((bool,uint256,uint256,uint256,uint256,uint256,uint256,uint256))", block)
        return Pool.of(found[0])

    def window(self, *, block: Block = "latest") -> tuple[int, int]:
        """When claims open and when the window closes; both 0 while the system runs."""
        found = self._view("window()", (), "(uint256,uint256)", block)
        return (found[0], found[1])

    def withdraw(self, claim: Withdrawal, proof: Proof) -> Transaction[None]:
        """Claim a note, once; works during a pause and after a freeze. Anyone may send the claim."""
        return self._change(
            "withdraw((uint256,uint256,uint256,uint256,uint256,uint256,address,address,uint256),(uint256,uint256,uint256,uint256,uint256,uint256,uint256,uint256))",
            (claim, proof),
            "()",
            lambda found: None,
        )
