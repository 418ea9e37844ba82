"""
The part `attestations`.

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
class Attestation:
    """What a solvency scan says, and what its proofs hand on."""

    state_root: int
    risk_root: int
    accounts: int
    failed: int
    """Accounts other than the fund that are not shown to be within close-out."""
    balanced: bool
    """Σ equity = custody."""
    fund_solvent: bool
    empty_slots: int
    """Bit j is set when slot j is settled and held by nobody."""
    custody_commit: int
    totals: tuple[int, ...]
    """The hash that every proof but the last leaves for the next."""

    @classmethod
    def of(cls, values: Sequence[Any]) -> Self:
        """From what was decoded."""
        return cls(
            values[0], values[1], values[2], values[3], values[4], values[5], values[6], values[7], tuple(values[8])
        )


@dataclass(frozen=True, slots=True)
class Frozen:
    """`Frozen` of the contracts."""

    signature: ClassVar[str] = "Frozen(address,uint256)"
    indexed: ClassVar[tuple[bool, ...]] = (True, False)

    by: Address
    latest_root: int

    @classmethod
    def of(cls, values: Sequence[Any]) -> Self:
        """From what was decoded."""
        return cls(address(values[0]), values[1])


@dataclass(frozen=True, slots=True)
class SolvencyAttested:
    """`SolvencyAttested` of the contracts."""

    signature: ClassVar[str] = "SolvencyAttested(uint256,uint256,uint256,uint256)"
    indexed: ClassVar[tuple[bool, ...]] = (True, False, False, False)

    state_root: int
    accepted: int
    accounts: int
    custody_commit: int

    @classmethod
    def of(cls, values: Sequence[Any]) -> Self:
        """From what was decoded."""
        return cls(values[0], values[1], values[2], values[3])


@dataclass(frozen=True, slots=True)
class SolvencyScanned:
    """A scan that is too long for one transaction has come this far."""

    signature: ClassVar[str] = "SolvencyScanned(uint256,uint256)"
    indexed: ClassVar[tuple[bool, ...]] = (True, True)

    state_root: int
    totals: int

    @classmethod
    def of(cls, values: Sequence[Any]) -> Self:
        """From what was decoded."""
        return cls(values[0], values[1])


class Attestations(Part):
    """The deployed part `attestations`."""

    CONSTRUCTOR: Final = "((address,address,address,address,address,address,address,address,address),(uint64,uint64,uint64,uint64,uint64,uint64,uint64,uint64,uint64,uint64,uint64,uint64,uint64,uint64,uint64,uint64,uint128,uint64,uint64,uint64))"
    EVENTS: ClassVar[Mapping[bytes, type[Any]]] = {
        topic(each.signature): each
        for each in (
            Frozen,
            SolvencyAttested,
            SolvencyScanned,
        )
    }

    def attest(self, attestation: Attestation, proofs: Sequence[Proof]) -> Transaction[None]:
        """
        File a scan of a batch-end root at that batch's last table; anyone may. With as many proofs as totals it is the
        end of one, and goes on from the first of them.
        """
        return self._change(
            "attest((uint256,uint256,uint256,uint256,bool,bool,uint256,uint256,uint256[]),(uint256,uint256,uint256,uint256,uint256,uint256,uint256,uint256)[])",
            (attestation, proofs),
            "()",
            lambda found: None,
        )

    def attested_time(self, *, block: Block = "latest") -> int:
        """When the newest attested root was accepted."""
        found = self._view("attestedTime()", (), "(uint256)", block)
        return int(found[0])

    def freeze(self) -> Transaction[None]:
        """Stop the system for good because a clock has run out; anyone may."""
        return self._change("freeze()", (), "()", lambda found: None)

    def frozen_at(self, *, block: Block = "latest") -> int:
        """When the system froze; 0 while it runs."""
        found = self._view("frozenAt()", (), "(uint256)", block)
        return int(found[0])

    def gate_is_open(self, *, block: Block = "latest") -> bool:
        """Whether trade steps may use tables with active slots."""
        found = self._view("gateIsOpen()", (), "(bool)", block)
        return bool(found[0])

    def is_scanned(self, state_root: int, risk_root: int, totals: int, *, block: Block = "latest") -> bool:
        """Whether a scan may go on from these totals, under the key of this day."""
        found = self._view("isScanned(uint256,uint256,uint256)", (state_root, risk_root, totals), "(bool)", block)
        return bool(found[0])

    def overdue(self, *, block: Block = "latest") -> tuple[bool, bool, bool]:
        """Which clocks have run out."""
        found = self._view("overdue()", (), "(bool,bool,bool)", block)
        return (found[0], found[1], found[2])

    def scan(
        self, state_root: int, risk_root: int, totals: Sequence[int], proofs: Sequence[Proof]
    ) -> Transaction[None]:
        """
        File the beginning of a scan that is too long for one transaction, or go on with one; anyone may. `totals`: The
        hashes that the proofs hand on. Where there is one more of them than proofs, the first is where a scan filed
        before had come to.
        """
        return self._change(
            "scan(uint256,uint256,uint256[],(uint256,uint256,uint256,uint256,uint256,uint256,uint256,uint256)[])",
            (state_root, risk_root, totals, proofs),
            "()",
            lambda found: None,
        )
