"""
Checkpoints: a state as bytes, so that a start need not plan again what was settled long ago.

A checkpoint is believed when its trees lead to the root that its batch ended in. It holds what the journal holds too,
view keys among it, and belongs into the same hands.
"""

from __future__ import annotations

import json
from typing import Any

from rollup.ledger.witnesses import owner_of, owner_words
from rollup.spec.account import Account
from rollup.spec.hashes import new_tree
from rollup.spec.shared import PROFILES
from rollup.spec.state import State

__all__ = ["decode", "encode"]


def encode(state: State) -> bytes:
    """Everything that the state is made of."""
    document = {
        "profile": state.profile.name,
        "domain": hex(state.domain),
        "accounts": {str(index): _account_document(account) for index, account in sorted(state.accounts.items())},
        "notes": [hex(state.notes.leaf(place)) for place in range(state.note_count)],
        "custody": str(state.custody),
        "random": hex(state.custody_random),
    }
    return json.dumps(document, separators=(",", ":")).encode()


def decode(data: bytes) -> State:
    """The state; ValueError or KeyError where the bytes are none."""
    document = json.loads(data)
    profile = PROFILES[document["profile"]]
    accounts = {int(index): _account_of(one) for index, one in document["accounts"].items()}
    tree, notes = new_tree(profile.account_depth), new_tree(profile.note_depth)
    tree.update({index: account.leaf for index, account in accounts.items()})
    notes.update({place: int(leaf, 16) for place, leaf in enumerate(document["notes"])})
    return State(
        profile,
        int(document["domain"], 16),
        accounts,
        tree,
        notes,
        len(document["notes"]),
        int(document["custody"]),
        int(document["random"], 16),
    )


def _account_document(account: Account) -> dict[str, Any]:
    return {
        "owner": [hex(word) for word in owner_words(account.owner)],
        "vector": [str(quantity) for quantity in account.vector],
        "places": [hex(place) for place in account.places],
        "numbers": [account.owner_nonce, account.nonce],
        "blind": hex(account.blind),
    }


def _account_of(document: dict[str, Any]) -> Account:
    owner_nonce, nonce = document["numbers"]
    return Account(
        owner_of([int(word, 16) for word in document["owner"]]),
        tuple(int(quantity) for quantity in document["vector"]),
        tuple(int(place, 16) for place in document["places"]),
        owner_nonce,
        nonce,
        int(document["blind"], 16),
    )
