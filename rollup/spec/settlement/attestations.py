"""
Attestations of solvency, the gate that they hold open, and the freeze.

An attestation names a root that ended a batch, and is as old as the block that accepted that root, whenever it comes:
one that is made anew for an old root proves nothing about today. Three clocks run from deployment on, each set back by
one kind of event only, and by no other call: batches, attested roots, forced requests served. When one runs out, anyone
may freeze the system, for good.
"""

from __future__ import annotations

from dataclasses import dataclass

from rollup.spec.hashes import R
from rollup.spec.settlement import forced
from rollup.spec.settlement.calls import Call, ProofKind
from rollup.spec.settlement.rules import require
from rollup.spec.settlement.storage import Storage
from rollup.spec.settlement.vault import not_frozen
from rollup.spec.shared import Status
from rollup.spec.table import Mark
from rollup.spec.types import FieldElement, Time

__all__ = ["Attestation", "attest", "freeze", "gate_is_open", "overdue"]


@dataclass(frozen=True, slots=True)
class Attestation:
    """What the last proof of a solvency scan opens."""

    state_root: FieldElement
    risk_root: FieldElement
    valid: bool
    """Fund not in debt, nobody beyond close-out, Σ equity = custody."""
    empty_slots: int
    """Bit j is set when slot j is settled and held by nobody."""

    def inputs(self, domain: FieldElement) -> tuple[FieldElement, ...]:
        """As a verifier takes them."""
        return (domain, self.state_root, self.risk_root, int(self.valid), self.empty_slots)


def attest(storage: Storage, call: Call, attestation: Attestation, proof: object) -> None:
    """Anyone files a scan of a batch-end root at that batch's last table."""
    not_frozen(storage)
    end = storage.roots.get(attestation.state_root)
    require(end is not None, "L1-80", "attests a root that ended no batch", attestation.state_root)
    assert end is not None
    same = attestation.risk_root == end.risk_root and end.batch > 0  # Genesis has no table, and counts as attested.
    require(same, "L1-81", "uses another table than the batch's last", attestation.risk_root)
    require(attestation.valid, "L1-82", "shows books that are not in order", attestation)
    inputs = attestation.inputs(storage.deployment.domain)
    # ecMul takes its scalars modulo r: a proof for x is one for x + r, and `empty_slots` is read bit by bit.
    require(all(0 <= value < R for value in inputs), "L1-4", "has an input that is no field element", attestation)
    require(attestation.empty_slots < 1 << 256, "L1-4", "names slots that no table has", attestation.empty_slots)
    valid = storage.deployment.precompiles.verifies(storage.verifiers[ProofKind.SOLVENCY], inputs, proof)
    require(valid, "L1-6", "is not shown by its proof", attestation)
    storage.attested_time = max(storage.attested_time, end.time)
    for slot, word in enumerate(storage.tables[storage.epochs[end.risk_root]].marks):
        mark = Mark.of_word(word)
        if attestation.empty_slots >> slot & 1 and mark.status == Status.SETTLED:
            storage.shown_empty.add((slot, mark.listing))


def gate_is_open(storage: Storage, now: Time) -> bool:
    """Whether the newest attested root was accepted recently enough."""
    return now - storage.attested_time <= storage.settings.attestation_age


def overdue(storage: Storage, now: Time) -> tuple[str, ...]:
    """Which clocks have run out."""
    settings = storage.settings
    clocks = {
        "batch": now - storage.batch_time > settings.liveness_deadline,
        "attestation": now - storage.attested_time > settings.insolvency_deadline,
        "forced request": forced.is_overdue(storage, now),
    }
    return tuple(name for name, late in clocks.items() if late)


def freeze(storage: Storage, call: Call) -> None:
    """Anyone stops the system when a clock has run out: no batch, no deposit and no change of rules ever after."""
    not_frozen(storage)
    require(bool(overdue(storage, call.time)), "L1-85", "freezes while nothing is overdue", call.time)
    storage.frozen_at = call.time
