"""
The law's objects as the contracts take them: structs of the bindings, and back where a reader needs it.

Proofs are snarkjs documents, as every backend makes them; a committee's signatures are 65 bytes, r, s and v.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from prover.errors import UnrecoverableSignature
from prover.reference.groth16 import Groth16Proof
from rollup.chain import bindings
from rollup.chain.abi import Transaction, address, encoded
from rollup.chain.bindings import attestations, clearing, exit, governance, oracle, structs  # noqa: A004 - a part
from rollup.chain.bindings.governance import ChangeKind
from rollup.spec.settlement import (
    Attestation,
    Batch,
    Change,
    Escape,
    PostedStep,
    PostedTable,
    SetCommittee,
    SetGovernance,
    SetGuardian,
    SetOperator,
    SetParameters,
    SetProvider,
    SetVerifier,
    SignedTable,
    Signers,
    Withdrawal,
)

__all__ = [
    "EPOCH_AT",
    "attestation_of",
    "change_of",
    "escape_of",
    "header_of",
    "proof_of",
    "signature_of",
    "signed_table_of",
    "signers_of",
    "step_of",
    "submission",
    "table_of",
    "withdrawal_of",
]

EPOCH_AT: Final = 8
"""Bits of the kind in a step's head; the epoch stands above them."""

HIGH: Final = 1 << 255
"""Where EIP-2098 keeps the parity of y: s of a signature that counts is below half of the order."""


def submission(system: bindings.System, batch: Batch) -> Transaction[None]:
    """The transaction that submits a batch."""
    steps = [step_of(step) for step in batch.steps]
    tables = [signed_table_of(signed) for signed in batch.tables]
    return system.clearing.submit_batch(header_of(batch), steps, batch.words, tables)


def header_of(batch: Batch) -> clearing.Header:
    return clearing.Header(batch.number, batch.state_before, batch.rejected)


def step_of(step: PostedStep) -> clearing.Step:
    head = step.kind | step.epoch << EPOCH_AT
    proof = proof_of(step.proof)
    return clearing.Step(head, step.state_after, step.suspense_after, step.salt, step.data_commit, proof)


def proof_of(proof: object) -> structs.Proof:
    """A proof's eight words, from snarkjs's document or from points; the imaginary half of B comes first."""
    points = Groth16Proof.from_document(proof) if isinstance(proof, Mapping) else proof
    assert isinstance(points, Groth16Proof), f"{type(proof).__name__} is no proof"
    x, y = points.b.x, points.b.y
    return structs.Proof(points.a.x, points.a.y, x[1], x[0], y[1], y[0], points.c.x, points.c.y)


def table_of(table: PostedTable) -> oracle.Table:
    return oracle.Table(
        table.epoch, table.time, table.risk_root, table.any_active, table.marks, table.stress_root, table.inputs
    )


def signed_table_of(signed: SignedTable) -> oracle.SignedTable:
    return oracle.SignedTable(table_of(signed.table), tuple(map(signature_of, signed.signatures)))


def signature_of(signature: object) -> oracle.Signature:
    """The short form of EIP-2098: the parity of y stands in the highest bit of s."""
    assert isinstance(signature, bytes), f"{type(signature).__name__} is no signature"
    if len(signature) != 65 or signature[64] not in (27, 28):
        raise UnrecoverableSignature(signature, "it is not r, s and v in 65 bytes")
    s = int.from_bytes(signature[32:64], "big")
    if s >= HIGH:
        raise UnrecoverableSignature(signature, "s is high")
    return oracle.Signature(signature[:32], (s | (signature[64] - 27) * HIGH).to_bytes(32, "big"))


def attestation_of(attestation: Attestation) -> attestations.Attestation:
    return attestations.Attestation(
        state_root=attestation.state_root,
        risk_root=attestation.risk_root,
        accounts=attestation.accounts,
        failed=attestation.failed,
        balanced=attestation.balanced,
        fund_solvent=attestation.fund_solvent,
        empty_slots=attestation.empty_slots,
        custody_commit=attestation.custody_commit,
        totals=attestation.totals,
    )


def withdrawal_of(claim: Withdrawal) -> exit.Withdrawal:
    return exit.Withdrawal(
        state_root=claim.state_root,
        nullifier_hash=claim.nullifier_hash,
        amount=claim.amount,
        association_root=claim.association_root,
        label=claim.label,
        context=claim.context,
        recipient=address(claim.recipient),
        relayer=address(claim.relayer),
        fee=claim.fee,
    )


def escape_of(claim: Escape) -> exit.Escape:
    return exit.Escape(claim.state_root, claim.risk_root, claim.index, claim.l1_owner, claim.claim)


def signers_of(signers: Signers) -> structs.Signers:
    return structs.Signers(tuple(address(member) for member in signers.members), signers.threshold)


def change_of(change: Change) -> governance.Change:
    """A change with its data as the contract decodes them."""
    match change:
        case SetParameters(parameters_hash):
            return _change(ChangeKind.PARAMETERS, "(uint256)", [parameters_hash])
        case SetCommittee(committee):
            return _change(ChangeKind.COMMITTEE, "((address[],uint256))", [signers_of(committee)])
        case SetVerifier(kind, key):
            return _change(ChangeKind.VERIFIER, "(uint8,bytes32)", [kind, key.to_bytes(32, "big")])
        case SetOperator(operator):
            return _change(ChangeKind.OPERATOR, "(address)", [address(operator)])
        case SetGuardian(guardian):
            return _change(ChangeKind.GUARDIAN, "(address)", [address(guardian)])
        case SetGovernance(members):
            return _change(ChangeKind.GOVERNANCE, "((address[],uint256))", [signers_of(members)])
        case SetProvider(provider, allowed):
            return _change(ChangeKind.PROVIDER, "(address,bool)", [address(provider), allowed])


def _change(kind: ChangeKind, types: str, values: Sequence[Any]) -> governance.Change:
    return governance.Change(kind, encoded(types, values))
