"""
Attesting solvency: the scan over all accounts of a settled state, proven part by part.

Each part adds some groups of accounts to totals that stay hidden between two proofs, so a scan is as long as the books
are, and whoever proves it can be interrupted: parts that are proven are kept, with the blindings that link them. Books
that are not in order cannot be attested, and that is said before any proof is made. Where the state comes from and
where it is posted is others' business (`posting`).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Final

from prover.backends import Backend, Proved, backend, verify_together
from prover.circuits import circuit, compiled
from prover.errors import InvalidInput
from prover.reference.groth16 import VerificationKey
from prover.setup.dev import ProvingKey, dev_key
from prover.witness import Calculator
from rollup.compliance.bundle import (
    Bundle,
    Custody,
    KeyPoints,
    Place,
    Posted,
    ProofPoints,
    ProvenPart,
    Result,
    TableOpening,
)
from rollup.compliance.errors import BooksNotInOrder, NotAttestable
from rollup.compliance.kept import Kept
from rollup.spec.account import FUND
from rollup.spec.settlement import Attestation
from rollup.spec.shared import Profile
from rollup.spec.solvency import ScanPart, check_chain, is_safe, scan, scan_length, scan_parts
from rollup.spec.state import State
from rollup.spec.table import RiskTable
from rollup.spec.types import FieldElement
from rollup.witness.solvency import solvency_inputs

__all__ = [
    "CIRCUIT",
    "Prover",
    "Scan",
    "attestation_of",
    "bundle_of",
    "check_books",
    "key_points",
    "prove_scan",
    "prover_of",
]

CIRCUIT: Final = "solvency"

TOLD: Final = 5
"""How many accounts beyond close-out are told by index."""


@dataclass(frozen=True)
class Prover:
    """What turns a part of a scan into a proof: a key, its circuit's witness program, and a backend."""

    key: ProvingKey
    calculator: Calculator
    backend: Backend

    def prove(self, part: ScanPart) -> Proved:
        return self.backend.prove(self.key, self.calculator.witness(solvency_inputs(part)))

    def holds(self, part: ScanPart, proved: Proved) -> bool:
        """Whether something that was kept is a proof of this part."""
        if proved.public != part.statement.inputs:
            return False
        try:
            return bool(proved.points) and verify_together([(self.key, proved)])
        except InvalidInput:
            return False


def prover_of(profile: Profile, keys: Path | None = None, using: Backend | None = None) -> Prover:
    """The prover of a profile: with the key that `zkclear ceremony export` wrote into a directory, or development's."""
    ready = compiled(circuit(CIRCUIT, profile.name))
    if keys is None:
        key = dev_key(ready)
    else:
        base = f"{CIRCUIT}-{profile.name}"
        key = ProvingKey(ready, keys / f"{base}.zkey", keys / f"{base}.vkey.json")
        for path in (key.zkey, key.verification):
            if not path.is_file():
                raise NotAttestable(f"{path} is missing; write it with `zkclear ceremony export … --to {keys}`")
    return Prover(key, Calculator(ready), using or backend())


@dataclass(frozen=True)
class Scan:
    """A whole scan, proven."""

    parts: tuple[ScanPart, ...]
    proofs: tuple[Proved, ...]
    key: VerificationKey
    kept: int = 0
    """Parts that had been proven before."""

    @property
    def state(self) -> State:
        return self.parts[0].state

    @property
    def table(self) -> RiskTable:
        return self.parts[0].table

    @cached_property
    def attestation(self) -> Attestation:
        """What L1 is told."""
        return attestation_of(self.parts)


def check_books(state: State, table: RiskTable) -> None:
    """Refuse books of which nothing valid can be attested, with everything that is wrong with them."""
    found, faults = scan(state, table), []
    if found.fund_equity < 0:
        faults.append("the guarantee fund is in debt: give it money on L1, and settle the batch that takes it in")
    if found.failed:
        indices = [
            index for index in sorted(state.accounts) if index != FUND and not is_safe(state.accounts[index], table)
        ]
        told = ", ".join(map(str, indices[:TOLD])) + (" and others" if len(indices) > TOLD else "")
        faults.append(f"{found.failed} accounts are beyond close-out ({told}): liquidate them or take them over")
    if not found.balanced:
        faults.append(
            f"the equity of all accounts is not the custody, by {found.equity - found.custody} millionths of USDC: the "
            "table is not the last of the state's batch, or the ledger is wrong"
        )
    if faults:
        raise BooksNotInOrder(faults)


def prove_scan(
    state: State,
    table: RiskTable,
    prover: Prover,
    directory: Path,
    randomness: Callable[[], FieldElement],
    advance: Callable[[], None] = lambda: None,
    tell: Callable[[str], None] = lambda _: None,
) -> Scan:
    """
    The proofs of a scan, from where an earlier run stopped.

    What is proven is kept below `directory`. `randomness` draws a field element; `advance` is called once a part,
    `tell` when something that was kept is of no use.
    """
    check_books(state, table)
    kept = Kept.of(directory, state.root, table.root)
    parts = scan_parts(state, table, kept.blindings(scan_length(state) - 1, randomness, tell))
    proofs, reused = [], 0
    for number, part in enumerate(parts, 1):
        found = kept.part(number)
        if found is not None and prover.holds(part, found):
            reused += 1
        else:
            if found is not None:
                tell(f"part {number} of {len(parts)} was kept and is no proof of it: it is proven again")
            found = prover.prove(part)
            kept.keep(number, found)
        proofs.append(found)
        advance()
    return Scan(tuple(parts), tuple(proofs), prover.key.verification_key, reused)


def attestation_of(parts: tuple[ScanPart, ...]) -> Attestation:
    """What a whole scan says, as L1 takes it."""
    statements = [part.statement for part in parts]
    last = check_chain(statements)
    return Attestation(
        state_root=last.state_root,
        risk_root=last.risk_root,
        accounts=last.accounts,
        failed=last.failed,
        balanced=bool(last.balanced),
        fund_solvent=bool(last.fund_solvent),
        empty_slots=last.empty_slots,
        custody_commit=last.custody_commit,
        totals=tuple(statement.totals_after for statement in statements[:-1]),
    )


def bundle_of(
    proven: Scan, place: Place, batch: int, posted: Posted | None = None, *, open_custody: bool = False
) -> Bundle:
    """A scan as a file for whoever wants to check it; the amount in custody stays hidden unless it is to be shown."""
    state, table, made = proven.state, proven.table, proven.attestation
    if place.domain != state.domain:
        raise NotAttestable(
            f"the state is not one of chain {place.chain}, clearing {place.clearing:#042x}: name its own system"
        )
    return Bundle(
        place=place,
        profile=state.profile.name,
        state_root=state.root,
        batch=batch,
        table=TableOpening(table.root, table.time, table.parameters.hash, table.marks_root, table.stress_root),
        result=Result(
            made.accounts, made.failed, made.balanced, made.fund_solvent, made.empty_slots, made.custody_commit
        ),
        key=key_points(proven.key),
        parts=tuple(
            ProvenPart(part.statement, _points(proved))
            for part, proved in zip(proven.parts, proven.proofs, strict=True)
        ),
        custody=Custody(state.custody, state.custody_random) if open_custody else None,
        posted=posted,
    )


def key_points(key: VerificationKey) -> KeyPoints:
    return KeyPoints(key.alpha, key.beta, key.gamma, key.delta, key.ic)


def _points(proved: Proved) -> ProofPoints:
    points = proved.points
    return ProofPoints(points.a, points.b, points.c)
