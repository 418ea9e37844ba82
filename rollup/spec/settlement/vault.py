"""
The vault: one balance of tokens, and everybody who has a claim on it.

Withdrawals are credited by batches and fetched by their recipients, so that one recipient that cannot be paid holds up
nobody. Whatever a batch or claim says, the vault never promises more than it holds: `VaultOverdrawn` turns a shortfall
into a stop, a freeze and a pro-rata exit, where otherwise the first to run would be paid in full.
"""

from __future__ import annotations

from dataclasses import dataclass

from rollup.spec.settlement.calls import Address, Call, Payment, Wei
from rollup.spec.settlement.rules import require
from rollup.spec.settlement.storage import Storage
from rollup.spec.types import Cash

__all__ = [
    "BalanceSheet",
    "balance_sheet",
    "credit",
    "donate",
    "not_frozen",
    "pay",
    "pull",
    "pull_fee",
    "push",
]


@dataclass(frozen=True, slots=True)
class BalanceSheet:
    """What the vault holds against what it owes; `inside` is collateral in accounts and notes not claimed."""

    vault: Cash
    credits: Cash
    deposits: Cash
    notes: Cash
    """Reserved for notes claimed after a freeze."""
    claims: Cash
    """Reserved for escape claims, once the window has closed."""
    inside: Cash

    @property
    def sound(self) -> bool:
        """Vault ≥ what is owed."""
        owed = self.credits + self.deposits + self.notes + self.claims
        return min(self.credits, self.deposits, self.notes, self.claims, self.inside) >= 0 and owed <= self.vault


def balance_sheet(storage: Storage) -> BalanceSheet:
    """The vault's two sides, at any time."""
    pool = storage.pool
    if pool is None:
        notes, claims = min(storage.notes_claimed, max(0, storage.spare)), 0
    else:
        notes, claims = pool.notes_have - pool.notes_paid, pool.claims_have - pool.claims_paid
    inside = storage.spare - notes - claims
    return BalanceSheet(storage.vault, storage.credits_total, storage.unrefunded, notes, claims, inside)


def not_frozen(storage: Storage) -> None:
    """L1-1: what only a running system does."""
    require(storage.frozen_at is None, "L1-1", "comes after the freeze", storage.frozen_at)


def credit(storage: Storage, to: Address, amount: Cash) -> None:
    """Owe an address tokens until it fetches them."""
    storage.credits[to] = storage.credits.get(to, 0) + amount
    storage.credits_total += amount


def pay(storage: Storage, to: Address, amount: Cash) -> Payment:
    """Tokens leave."""
    storage.vault -= amount
    return Payment(to, amount)


def pull(storage: Storage, call: Call, to: Address) -> Payment:
    """The caller fetches what batches credited it with, to an address of its choice; at any time."""
    return _fetch(storage, call.sender, to)


def push(storage: Storage, call: Call, owner: Address) -> Payment:
    """Anyone has an owner paid what it is credited with, for one that cannot call: an exchange's deposit address."""
    return _fetch(storage, owner, owner)


def pull_fee(storage: Storage, call: Call) -> Wei:
    """The caller fetches fees of forced requests that were served late."""
    amount = storage.fees_returned.pop(call.sender, 0)
    require(amount > 0, "L1-19", "has nothing to fetch", call.sender)
    storage.fees_held -= amount
    return amount


def donate(storage: Storage, call: Call, amount: Cash) -> None:
    """Somebody sends tokens to the contract outside every function: nobody's, until an escape shares them out."""
    storage.vault += amount


def _fetch(storage: Storage, owner: Address, to: Address) -> Payment:
    amount = storage.credits.get(owner, 0)
    require(amount > 0, "L1-19", "has nothing to fetch", owner)
    require(to != 0, "L1-3", "pays to nobody", to)
    del storage.credits[owner]
    storage.credits_total -= amount
    return pay(storage, to, amount)
