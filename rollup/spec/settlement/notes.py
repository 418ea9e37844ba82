"""
Note claims: a private voucher becomes tokens, by a proof that does not say from where.

The private form shows that the note's account is in a set that a provider vouches for; the public form shows the
account itself, needs nobody, and pays only that account's L1 owner. Both work during a pause and after a freeze. A
running system pays at once. After a freeze claims are collected until the window closes and rank before accounts.
"""

from __future__ import annotations

from dataclasses import dataclass

from rollup.spec.data import encode
from rollup.spec.hashes import R, keccak_to_field
from rollup.spec.settlement import claims
from rollup.spec.settlement.calls import Address, Call, Payment, ProofKind
from rollup.spec.settlement.records import NoteClaim
from rollup.spec.settlement.rules import require
from rollup.spec.settlement.storage import Storage
from rollup.spec.types import Cash, FieldElement, Index

__all__ = ["Withdrawal", "context_of", "withdraw"]


@dataclass(frozen=True, slots=True)
class Withdrawal:
    """A claim to one note; the public inputs of its proof, and what its context hashes."""

    state_root: FieldElement
    nullifier_hash: FieldElement
    amount: Cash
    association_root: FieldElement
    """0 in the public form."""
    label: Index
    """The note's account in the public form, else 0."""
    context: FieldElement
    recipient: Address
    relayer: Address
    fee: Cash
    """Part of the amount that goes to the relayer."""

    def inputs(self, domain: FieldElement) -> tuple[FieldElement, ...]:
        """As a verifier takes them."""
        return (
            domain,
            self.state_root,
            self.nullifier_hash,
            self.amount,
            self.association_root,
            self.label,
            self.context,
        )


def context_of(recipient: Address, relayer: Address, fee: Cash) -> FieldElement:
    """What a proof binds to: nobody who sees a claim can turn it to another recipient or fee."""
    return keccak_to_field(encode([recipient, relayer, fee]))


def withdraw(storage: Storage, call: Call, claim: Withdrawal, proof: object) -> tuple[Payment, ...]:
    """Claim a note, once; what is paid now, which is nothing between a freeze and the close of the window."""
    inputs = claim.inputs(storage.deployment.domain)
    for value in inputs:
        require(0 <= value < R, "L1-4", "has a public input that is no field element", value)
    require(claim.state_root in storage.roots, "L1-80", "claims from a root that ended no batch", claim.state_root)
    unspent = claim.nullifier_hash not in storage.nullifiers
    require(unspent, "L1-110", "claims a note again", claim.nullifier_hash)
    bound = claim.context == context_of(claim.recipient, claim.relayer, claim.fee)
    require(bound, "L1-111", "is proven for another recipient, relayer or fee", claim.context)
    require(claim.recipient != 0, "L1-3", "pays to nobody", claim.recipient)
    require(claim.fee <= claim.amount, "L1-112", "takes a fee above the amount", claim.fee)
    require(claim.fee == 0 or claim.relayer != 0, "L1-3", "pays a fee to nobody", claim.relayer)
    _check_form(storage, claim)
    verifies = storage.deployment.precompiles.verifies
    shown = verifies(storage.verifiers[ProofKind.WITHDRAW], inputs, proof)
    require(shown, "L1-6", "is not shown by its proof", claim)
    storage.nullifiers.add(claim.nullifier_hash)
    note = NoteClaim(claim.recipient, claim.relayer, claim.amount, claim.fee)
    if storage.frozen_at is None:
        require(claim.amount <= storage.spare, "L1-77", "claims more than the vault can spare", claim.amount)
        return claims.pay_split(storage, note, claim.amount)
    if call.time < claims.window_closes_at(storage):
        storage.note_claims.append(note)
        storage.notes_claimed += claim.amount
        return ()
    paid = claims.take_late(storage, call, claims.close_window(storage, call).for_note(claim.amount))
    return claims.pay_split(storage, note, paid)


def _check_form(storage: Storage, claim: Withdrawal) -> None:
    if claim.association_root != 0:
        known = claim.association_root in storage.associations
        require(known, "L1-113", "names an association root that is not published", claim.association_root)
        require(claim.label == 0, "L1-114", "shows its account though a provider vouches for it", claim.label)
        return
    owner = storage.l1_owners.get(claim.label)
    owned = owner is not None and owner == claim.recipient
    require(owned, "L1-115", "pays the public form to somebody else than the account's L1 owner", claim.recipient)
    require(claim.fee == 0, "L1-116", "pays part of the public form to somebody else than the owner", claim.fee)
