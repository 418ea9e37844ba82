"""
The escape: everybody's share of a frozen system, whether they ran or walked.

A day after the freeze claims open, at prices that no one who files chooses. For the length of a window anyone files the
equity of an account for its L1 owner, and notes are claimed beside them. Then the window closes, once: what the vault
holds, less what it owes already, covers the notes first and the accounts by equal ratio, and each is paid when somebody
asks. Latecomers share what nobody claimed in time.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from rollup.spec.account import FUND
from rollup.spec.hashes import R
from rollup.spec.settlement.calls import ADDRESS_BITS, Address, Call, Payment, ProofKind
from rollup.spec.settlement.records import EscapeClaim, NoteClaim, Pool, PostedTable
from rollup.spec.settlement.rules import require
from rollup.spec.settlement.storage import Storage
from rollup.spec.settlement.vault import pay
from rollup.spec.types import Cash, FieldElement, Index, Time
from rollup.spec.words import fits

__all__ = [
    "Escape",
    "close_window",
    "escape",
    "escape_prices",
    "pay_claim",
    "pay_note",
    "pay_split",
    "take_late",
    "window_closes_at",
]


@dataclass(frozen=True, slots=True)
class Escape:
    """One account's claim; the public inputs of its proof."""

    state_root: FieldElement
    risk_root: FieldElement
    index: Index
    l1_owner: Address
    claim: Cash
    """Its equity at the escape prices, at least 0: equal, for less would be somebody else's mischief."""

    def inputs(self, domain: FieldElement) -> tuple[FieldElement, ...]:
        """As a verifier takes them."""
        return (domain, self.state_root, self.risk_root, self.index, self.l1_owner, self.claim)


def window_opens_at(storage: Storage) -> Time:
    """When claims open; L1-2 while the system runs."""
    require(storage.frozen_at is not None, "L1-2", "comes before a freeze", storage.frozen_at is not None)
    assert storage.frozen_at is not None
    return storage.frozen_at + storage.settings.claim_delay


def window_closes_at(storage: Storage) -> Time:
    """From when on claims are late."""
    return window_opens_at(storage) + storage.settings.claim_window


def escape_prices(storage: Storage) -> PostedTable | None:
    """
    The table that claims are valued at, final once claims are open.

    The first one well after the last batch, so that nobody who could still trade knew it; else the last batch's.
    """
    epoch = storage.escape_epoch if storage.escape_epoch is not None else storage.used_epoch
    return None if epoch is None else storage.tables[epoch]


def escape(storage: Storage, call: Call, claim: Escape, proof: object) -> tuple[Payment, ...]:
    """File the claim of an account for its L1 owner; what is paid now, which is nothing before the window closes."""
    opens, closes = window_opens_at(storage), window_closes_at(storage)
    require(call.time >= opens, "L1-120", "comes before claims open", opens)
    inputs = claim.inputs(storage.deployment.domain)
    for value in inputs:
        require(0 <= value < R, "L1-4", "has a public input that is no field element", value)
    require(claim.state_root == storage.latest_root, "L1-121", "claims from an older root", claim.state_root)
    prices = escape_prices(storage)
    priced = prices is not None and claim.risk_root == prices.risk_root
    require(priced, "L1-122", "is valued at other prices", claim.risk_root)
    require(claim.index != FUND, "L1-123", "claims for the guarantee fund", claim.index)
    require(claim.index not in storage.claims, "L1-124", "claims for an account again", claim.index)
    owner = claim.l1_owner
    require(fits(owner, ADDRESS_BITS), "L1-69", "pays to something that is no address", owner)
    verifies = storage.deployment.precompiles.verifies
    require(verifies(storage.verifiers[ProofKind.ESCAPE], inputs, proof), "L1-6", "is not shown by its proof", claim)
    if call.time < closes:
        storage.claims[claim.index] = EscapeClaim(owner, claim.claim)
        storage.claimed += claim.claim
        return ()
    served_from = closes + storage.settings.late_account_delay
    require(call.time >= served_from, "L1-126", "comes while only late notes are served", served_from)
    storage.claims[claim.index] = EscapeClaim(owner, claim.claim, paid=True)
    paid = take_late(storage, call, close_window(storage, call).for_claim(claim.claim))
    return (pay(storage, owner, paid),)


def close_window(storage: Storage, call: Call) -> Pool:
    """
    Fix what each rank gets, on the first call after the window; later calls change nothing.

    Credits and deposits that are fetched before or after lower vault and debt alike, so it does not matter when that
    call comes.
    """
    closes = window_closes_at(storage)
    require(call.time >= closes, "L1-125", "comes before the window has closed", closes)
    if storage.pool is None:
        notes_have = min(storage.notes_claimed, max(0, storage.spare))
        pool = max(0, storage.spare - storage.notes_claimed)
        claims_have = min(storage.claimed, pool)
        storage.pool = Pool(storage.notes_claimed, notes_have, storage.claimed, claims_have, left=pool - claims_have)
    return storage.pool


def pay_claim(storage: Storage, call: Call, index: Index) -> Payment:
    """Pay an account's share to its L1 owner; anyone may call."""
    pool = close_window(storage, call)
    found = storage.claims.get(index)
    require(found is not None, "L1-128", "asks for a claim that was not filed", index)
    assert found is not None
    require(not found.paid, "L1-129", "asks for a claim again", index)
    amount = pool.for_claim(found.claim)
    storage.claims[index] = replace(found, paid=True)
    storage.pool = replace(pool, claims_paid=pool.claims_paid + amount)
    return pay(storage, found.owner, amount)


def pay_note(storage: Storage, call: Call, number: int) -> tuple[Payment, ...]:
    """Pay a note that was claimed after the freeze to its recipient and relayer; anyone may call."""
    pool = close_window(storage, call)
    known = 0 <= number < len(storage.note_claims)
    require(known, "L1-128", "asks for a claim that was not filed", number)
    found: NoteClaim = storage.note_claims[number]
    require(not found.paid, "L1-129", "asks for a claim again", number)
    amount = pool.for_note(found.amount)
    storage.note_claims[number] = replace(found, paid=True)
    storage.pool = replace(pool, notes_paid=pool.notes_paid + amount)
    return pay_split(storage, found, amount)


def pay_split(storage: Storage, note: NoteClaim, amount: Cash) -> tuple[Payment, ...]:
    """Pay what a note is worth to recipient and relayer; the fee shrinks with the rest."""
    fee = note.fee * amount // note.amount if note.amount else 0
    payments = [pay(storage, note.recipient, amount - fee)]
    if fee:
        payments.append(pay(storage, note.relayer, fee))
    return tuple(payments)


def take_late(storage: Storage, call: Call, share: Cash) -> Cash:
    """What is left for a latecomer, at most its share at the ratio of its rank; in order of arrival."""
    pool = close_window(storage, call)
    require(pool.left > 0, "L1-127", "comes when nothing is left", pool.left)
    amount = min(share, pool.left)
    storage.pool = replace(pool, left=pool.left - amount)
    return amount
