"""
What the contract keeps records of: deposits, requests, tables, roots, claims.

Records are frozen; what happens to one replaces it.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, auto
from typing import TypeAlias

from rollup.spec.settlement.calls import Address, Epoch, Wei
from rollup.spec.types import Cash, FieldElement, Index, Time

__all__ = [
    "BatchEnd",
    "Deposit",
    "DepositStatus",
    "EscapeClaim",
    "ForcedRequest",
    "Listing",
    "NoteClaim",
    "Pool",
    "PostedTable",
    "Queue",
]

Listing: TypeAlias = tuple[int, int]
"""A slot and its listing number."""


class DepositStatus(Enum):
    QUEUED = auto()
    CONSUMED = auto()
    """Inside an account."""
    REJECTED = auto()
    """Passed over by a batch, and not fetched yet."""
    REFUNDED = auto()


class Queue(Enum):
    """The two queues of forced requests."""

    PAY = auto()
    CLOSE = auto()


@dataclass(frozen=True, slots=True)
class Deposit:
    """Collateral waiting to enter an account; its place in the list is its id."""

    index: Index
    """Of a registration 0 until a batch consumes it."""
    depositor: Address
    """For a registration also the account's L1 owner to be."""
    amount: Cash
    owner_hash: FieldElement
    """0 in a top-up."""
    time: Time
    status: DepositStatus = DepositStatus.QUEUED


@dataclass(frozen=True, slots=True)
class ForcedRequest:
    """What an L1 owner demands; its place in its queue is its id."""

    index: Index
    requester: Address
    asked: Cash
    """0 in a CLOSE: everything."""
    time: Time
    fee: Wei


@dataclass(frozen=True, slots=True)
class PostedTable:
    """A risk table as L1 sees it: the marks in clear, the rest by root, and the inputs that it follows from."""

    epoch: Epoch
    time: Time
    risk_root: FieldElement
    any_active: bool
    """Whether some slot has status 1; a solvency gate that is shut refuses such a table to trade steps."""
    marks: tuple[int, ...]
    """Packed words of all slots, cash first."""
    stress_root: FieldElement
    inputs: bytes = b""


@dataclass(frozen=True, slots=True)
class BatchEnd:
    """What is known of a root that ended a batch."""

    batch: int
    time: Time
    """Of the block that accepted it: from here an attestation ages, whenever it comes."""
    risk_root: FieldElement
    """Of the batch's last step; 0 for genesis."""


@dataclass(frozen=True, slots=True)
class NoteClaim:
    """A note claimed after a freeze and before the window closed, not paid yet."""

    recipient: Address
    relayer: Address
    amount: Cash
    fee: Cash
    paid: bool = False


@dataclass(frozen=True, slots=True)
class EscapeClaim:
    """The equity of one account, claimed for its L1 owner."""

    owner: Address
    claim: Cash
    paid: bool = False


@dataclass(frozen=True, slots=True)
class Pool:
    """What the closed window has for each rank; fixed once, or what was paid would be counted again."""

    notes_due: Cash
    notes_have: Cash
    claims_due: Cash
    claims_have: Cash
    notes_paid: Cash = 0
    claims_paid: Cash = 0
    left: Cash = 0
    """For latecomers."""

    def for_note(self, amount: Cash) -> Cash:
        """What a note is worth; all of it, unless even notes are not covered."""
        return amount * self.notes_have // self.notes_due if self.notes_due else amount

    def for_claim(self, claim: Cash) -> Cash:
        """claim · min(1, pool/Σclaims), floored."""
        return claim * self.claims_have // self.claims_due if self.claims_due else claim
