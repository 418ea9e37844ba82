"""
Every call of the model as a transaction of the contracts, in the words of `rollup.chain`.

Tokens become real proofs and signatures on the way. A value that no calldata carries makes no transaction.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from support.settlement_tokens import Proof, Signature
from support.twin_system import SYSTEM, contract_address, mint
from support.twin_tokens import key_name, real_proof, real_signature

from rollup.chain import encoding
from rollup.chain.abi import Transaction, address
from rollup.spec.settlement import (
    Attestation,
    Batch,
    Call,
    Change,
    Deployment,
    Escape,
    PostedStep,
    ProofKind,
    SetVerifier,
    SignedTable,
    Withdrawal,
    listing_digest,
    table_digest,
)
from rollup.spec.shared import StepKind

__all__ = [
    "approve",
    "attest",
    "close_window",
    "donate",
    "escape",
    "execute",
    "freeze",
    "list_instrument",
    "oppose",
    "pause",
    "pay_claim",
    "pay_note",
    "post_table",
    "propose",
    "publish_association",
    "pull",
    "pull_fee",
    "push",
    "refund",
    "register",
    "request_close",
    "request_pay",
    "scan",
    "submit_batch",
    "top_up",
    "unlike_the_model",
    "unpause",
    "withdraw",
]


def register(call: Call, owner_hash: int, amount: int) -> Transaction[Any]:
    return SYSTEM.deposits.register(owner_hash, amount)


def top_up(call: Call, index: int, amount: int) -> Transaction[Any]:
    return SYSTEM.deposits.top_up(index, amount)


def refund(call: Call, number: int) -> Transaction[Any]:
    return SYSTEM.deposits.refund(number)


def pull(call: Call, to: int) -> Transaction[Any]:
    return SYSTEM.vault.pull(address(to))


def push(call: Call, owner: int) -> Transaction[Any]:
    return SYSTEM.vault.push(address(owner))


def pull_fee(call: Call) -> Transaction[Any]:
    return SYSTEM.forced.pull_fee()


def donate(call: Call, amount: int) -> Transaction[Any]:
    """Tokens come from nowhere, and by nobody's call of ours."""
    return mint(contract_address("vault"), amount)


def request_pay(call: Call, index: int, asked: int) -> Transaction[Any]:
    return SYSTEM.forced.request_pay(index, asked, value=call.value)


def request_close(call: Call, index: int) -> Transaction[Any]:
    return SYSTEM.forced.request_close(index, value=call.value)


def list_instrument(
    call: Call, slot: int, listing: int, terms: int, signatures: Sequence[Signature]
) -> Transaction[Any]:
    signed = [encoding.signature_of(real_signature(one)) for one in signatures]
    return SYSTEM.oracle.list_instrument(slot, listing, terms.to_bytes(32, "big"), signed)


def post_table(call: Call, signed: SignedTable) -> Transaction[Any]:
    return SYSTEM.oracle.post_table(encoding.signed_table_of(_really_signed(signed)))


def submit_batch(call: Call, batch: Batch) -> Transaction[Any]:
    steps = tuple(_really_proven(step) for step in batch.steps)
    tables = tuple(_really_signed(signed) for signed in batch.tables)
    return encoding.submission(SYSTEM, replace(batch, steps=steps, tables=tables))


def scan(
    call: Call, state_root: int, risk_root: int, totals: Sequence[int], proofs: Sequence[Proof]
) -> Transaction[Any]:
    shown = [encoding.proof_of(real_proof(ProofKind.SOLVENCY, proof)) for proof in proofs]
    return SYSTEM.attestations.scan(state_root, risk_root, list(totals), shown)


def attest(call: Call, said: Attestation, proofs: Sequence[Proof]) -> Transaction[Any]:
    shown = [encoding.proof_of(real_proof(ProofKind.SOLVENCY, proof)) for proof in proofs]
    return SYSTEM.attestations.attest(encoding.attestation_of(said), shown)


def freeze(call: Call) -> Transaction[Any]:
    return SYSTEM.attestations.freeze()


def propose(call: Call, change: Change) -> Transaction[Any]:
    if isinstance(change, SetVerifier):
        change = replace(change, key=key_name(change.kind, change.key))
    return SYSTEM.governance.propose(encoding.change_of(change))


def approve(call: Call, number: int) -> Transaction[Any]:
    return SYSTEM.governance.approve(number)


def oppose(call: Call, number: int) -> Transaction[Any]:
    return SYSTEM.governance.oppose(number)


def execute(call: Call, number: int) -> Transaction[Any]:
    return SYSTEM.governance.execute(number)


def pause(call: Call, duration: int) -> Transaction[Any]:
    return SYSTEM.governance.pause(duration)


def unpause(call: Call) -> Transaction[Any]:
    return SYSTEM.governance.unpause()


def publish_association(call: Call, root: int) -> Transaction[Any]:
    return SYSTEM.governance.publish_association(root)


def withdraw(call: Call, claim: Withdrawal, proof: Proof) -> Transaction[Any]:
    shown = encoding.proof_of(real_proof(ProofKind.WITHDRAW, proof))
    return SYSTEM.exit.withdraw(encoding.withdrawal_of(claim), shown)


def escape(call: Call, claim: Escape, proof: Proof) -> Transaction[Any]:
    shown = encoding.proof_of(real_proof(ProofKind.ESCAPE, proof))
    return SYSTEM.exit.escape(encoding.escape_of(claim), shown)


def close_window(call: Call) -> Transaction[Any]:
    return SYSTEM.exit.close_window()


def pay_claim(call: Call, index: int) -> Transaction[Any]:
    return SYSTEM.exit.pay_claim(index)


def pay_note(call: Call, number: int) -> Transaction[Any]:
    return SYSTEM.exit.pay_note(number)


def unlike_the_model(deployment: Deployment, *arguments: Any) -> frozenset[str]:
    """
    Rules that may stand for each other in a call.

    A signature of another digest is that of an address that nobody chose: out of order, or of no member.
    """
    return frozenset({"L1-31", "L1-32"}) if _is_for_another_digest(deployment, *arguments) else frozenset()


def _is_for_another_digest(deployment: Deployment, *arguments: Any) -> bool:
    """Whether one of a call's signatures is of something else than the call needs."""
    signed: list[tuple[bytes, Sequence[Any]]] = []
    match arguments:
        case (SignedTable() as one,):
            signed = [(table_digest(deployment, one.table), one.signatures)]
        case (Batch() as batch,):
            signed = [(table_digest(deployment, one.table), one.signatures) for one in batch.tables]
        case (int() as slot, int() as listing, int() as terms, (*signatures,)):
            signed = [(listing_digest(deployment, slot, listing, terms), signatures)]
    return any(isinstance(one, Signature) and one.digest != digest for digest, all_ in signed for one in all_)


def _really_signed(signed: SignedTable) -> SignedTable:
    return replace(signed, signatures=tuple(real_signature(one) for one in signed.signatures))


def _really_proven(step: PostedStep) -> PostedStep:
    kind = ProofKind(step.kind) if step.kind in set(StepKind) else ProofKind.FUNDS
    assert isinstance(step.proof, Proof)
    return replace(step, proof=real_proof(kind, step.proof))
