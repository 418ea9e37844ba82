"""
Attestations of solvency, the gate that they hold open, and the freeze.

An attestation names a root that ended a batch, and is as old as the block that accepted that root, whenever it comes:
one that is made anew for an old root proves nothing about today. Three clocks run from deployment on, each set back by
one kind of event only, and by no other call: batches, attested roots, forced requests served. When one runs out, anyone
may freeze the system, for good.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from rollup.spec.hashes import R
from rollup.spec.settlement import forced
from rollup.spec.settlement.calls import Call, ProofKind
from rollup.spec.settlement.records import BatchEnd
from rollup.spec.settlement.rules import require
from rollup.spec.settlement.storage import Storage
from rollup.spec.settlement.vault import not_frozen
from rollup.spec.shared import Status
from rollup.spec.solvency import NO_TOTALS, ScanStatement
from rollup.spec.table import Mark
from rollup.spec.types import FieldElement, Time

__all__ = ["Attestation", "attest", "freeze", "gate_is_open", "overdue", "scan"]


@dataclass(frozen=True, slots=True)
class Attestation:
    """What a solvency scan says, and what its proofs hand on."""

    state_root: FieldElement
    risk_root: FieldElement
    accounts: int
    failed: int
    """Accounts other than the fund that are not shown to be within close-out."""
    balanced: bool
    """Σ equity = custody."""
    fund_solvent: bool
    empty_slots: int
    """Bit j is set when slot j is settled and held by nobody."""
    custody_commit: FieldElement
    totals: tuple[FieldElement, ...] = ()
    """The hash that every proof but the last leaves for the next."""

    @property
    def valid(self) -> bool:
        """Fund not in debt, nobody beyond close-out, Σ equity = custody."""
        return self.balanced and self.fund_solvent and self.failed == 0

    def statements(self, domain: FieldElement, *, resumed: bool = False) -> list[ScanStatement]:
        """What each proof says: the first takes up nothing, or what is resumed; the last opens what was counted."""
        names = (domain, self.state_root, self.risk_root)
        counts = (self.accounts, self.failed, int(self.balanced), int(self.fund_solvent))
        chain = self.totals if resumed else (NO_TOTALS, *self.totals)
        linked = [ScanStatement(*names, before, after) for before, after in pairwise(chain)]
        opened = (*counts, self.empty_slots, self.custody_commit)
        return [*linked, ScanStatement(*names, chain[-1], NO_TOTALS, *opened)]


def scan(
    storage: Storage,
    call: Call,
    state_root: FieldElement,
    risk_root: FieldElement,
    totals: tuple[FieldElement, ...],
    proofs: Sequence[object],
) -> None:
    """
    Anyone files a beginning of a scan that is too long for one transaction, or goes on with one.

    `totals` are the hashes that its proofs hand on; where there is one more of them than proofs, the first is where a
    scan filed before had come to.
    """
    not_frozen(storage)
    _end_of(storage, state_root, risk_root)
    require(all(0 <= value < R for value in totals), "L1-4", "has totals that are no field elements", totals)
    resumed = len(totals) == len(proofs) + 1
    require(len(proofs) > 0 and (resumed or len(totals) == len(proofs)), "L1-6", "is no chain of proofs", len(proofs))
    chain = totals if resumed else (NO_TOTALS, *totals)
    names = (storage.deployment.domain, state_root, risk_root)
    _check_resumed(storage, state_root, risk_root, chain[0])
    _check_proofs(storage, [ScanStatement(*names, before, after) for before, after in pairwise(chain)], proofs)
    storage.scanned.add((storage.verifiers[ProofKind.SOLVENCY], state_root, risk_root, chain[-1]))


def attest(storage: Storage, call: Call, attestation: Attestation, proofs: Sequence[object]) -> None:
    """Anyone files a scan of a batch-end root at that batch's last table: all of it, or the end of one begun."""
    not_frozen(storage)
    end = _end_of(storage, attestation.state_root, attestation.risk_root)
    require(attestation.valid, "L1-82", "shows books that are not in order", attestation)
    resumed = len(proofs) == len(attestation.totals) > 0
    statements = attestation.statements(storage.deployment.domain, resumed=resumed)
    # ecMul takes its scalars modulo r: a proof for x is one for x + r, and `empty_slots` is read bit by bit.
    small = all(0 <= value < R for statement in statements for value in statement.inputs)
    require(small, "L1-4", "has an input that is no field element", attestation)
    require(len(proofs) == len(statements), "L1-6", "has more or fewer proofs than its chain", len(proofs))
    _check_resumed(storage, attestation.state_root, attestation.risk_root, statements[0].totals_before)
    _check_proofs(storage, statements, proofs)
    storage.attested_time = max(storage.attested_time, end.time)
    for slot, word in enumerate(storage.tables[storage.epochs[end.risk_root]].marks):
        mark = Mark.of_word(word)
        if attestation.empty_slots >> slot & 1 and mark.status == Status.SETTLED:
            storage.shown_empty.add((slot, mark.listing))


def _end_of(storage: Storage, state_root: FieldElement, risk_root: FieldElement) -> BatchEnd:
    end = storage.roots.get(state_root)
    require(end is not None, "L1-80", "attests a root that ended no batch", state_root)
    assert end is not None
    same = risk_root == end.risk_root and end.batch > 0  # Genesis has no table, and counts as attested.
    require(same, "L1-81", "uses another table than the batch's last", risk_root)
    return end


def _check_resumed(storage: Storage, state_root: FieldElement, risk_root: FieldElement, totals: FieldElement) -> None:
    """A chain begins with nothing, or where one under the same key and for the same root and table had come to."""
    place = (storage.verifiers[ProofKind.SOLVENCY], state_root, risk_root, totals)
    require(totals == NO_TOTALS or place in storage.scanned, "L1-83", "goes on from where no scan had come to", totals)


def _check_proofs(storage: Storage, statements: Sequence[ScanStatement], proofs: Sequence[object]) -> None:
    key, verifies = storage.verifiers[ProofKind.SOLVENCY], storage.deployment.precompiles.verifies
    for number, (statement, proof) in enumerate(zip(statements, proofs, strict=True)):
        require(verifies(key, statement.inputs, proof), "L1-6", "is not shown by its proofs", number)


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
