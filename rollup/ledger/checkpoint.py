"""
Checkpoints: a state as bytes, so that a start need not plan again what was settled long ago.

A checkpoint is believed when its trees lead to the root that its batch ended in. It holds what the journal holds too,
view keys among it, and belongs into the same hands.
"""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any, Final

from rollup.exchange import commands
from rollup.ledger.witnesses import owner_of, owner_words
from rollup.spec.account import Account
from rollup.spec.hashes import new_tree
from rollup.spec.shared import PROFILES
from rollup.spec.state import State
from rollup.spec.table import RiskTable

__all__ = ["decode", "decode_table", "encode", "encode_table"]

WORD: Final = 32


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


def encode_table(table: RiskTable) -> bytes:
    """A table as the journal has it, behind the hash of the market's rules, which the journal keeps beside it."""
    return table.parameters.market_hash.to_bytes(WORD, "little") + commands.encode(commands.Table(0, table))


def decode_table(data: bytes) -> RiskTable:
    """The table, as the committee signed it."""
    command = commands.decode(data[WORD:])
    assert isinstance(command, commands.Table), "a table was kept here"
    market = int.from_bytes(data[:WORD], "little")
    return replace(command.table, parameters=replace(command.table.parameters, market_hash=market))


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
