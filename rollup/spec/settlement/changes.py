"""What governance may change, and a change on its way."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

from rollup.spec.settlement.calls import Address, Digest, ProofKind
from rollup.spec.settlement.settings import Signers
from rollup.spec.types import FieldElement, Time

__all__ = [
    "Change",
    "Proposal",
    "SetCommittee",
    "SetGovernance",
    "SetGuardian",
    "SetOperator",
    "SetParameters",
    "SetProvider",
    "SetVerifier",
]


@dataclass(frozen=True, slots=True)
class SetParameters:
    """κ, bands, caps, shocks, limits: steps whose table is from then on must carry this hash."""

    parameters_hash: FieldElement


@dataclass(frozen=True, slots=True)
class SetCommittee:
    """Who signs risk tables and listings."""

    committee: Signers


@dataclass(frozen=True, slots=True)
class SetVerifier:
    """The key of one circuit; not of withdraw and escape."""

    kind: ProofKind
    key: Digest


@dataclass(frozen=True, slots=True)
class SetOperator:
    """Who submits batches."""

    operator: Address


@dataclass(frozen=True, slots=True)
class SetGuardian:
    """Who may pause."""

    guardian: Address


@dataclass(frozen=True, slots=True)
class SetGovernance:
    """Who proposes and approves."""

    governance: Signers


@dataclass(frozen=True, slots=True)
class SetProvider:
    """Who may publish association roots; roots already published stay."""

    provider: Address
    allowed: bool


Change: TypeAlias = SetParameters | SetCommittee | SetVerifier | SetOperator | SetGuardian | SetGovernance | SetProvider


@dataclass(frozen=True, slots=True)
class Proposal:
    """A change and who is for it or against it."""

    change: Change
    approvals: frozenset[Address]
    objections: frozenset[Address] = frozenset()
    queued_at: Time | None = None
    """When the last approval that it needed came."""
    closed: bool = False
    """Executed or cancelled."""
