"""
What all steps take alike: public inputs, the opened risk table, what is owed, an opened account and its path.

Names are those of the circuits' signals. Signed numbers become field elements here and nowhere else.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TypeAlias

from prover.types import ARITY, Proof
from rollup.spec.account import Account, Owner, owner_key_hash
from rollup.spec.hashes import field, shifted, tagged
from rollup.spec.shared import Tag
from rollup.spec.state import State, Suspense
from rollup.spec.step import Applied
from rollup.spec.table import Marks, RiskTable, lot_risk_hash
from rollup.spec.types import FieldElement

__all__ = [
    "Inputs",
    "Value",
    "account_inputs",
    "by_lane",
    "camel",
    "children",
    "fields",
    "mark_inputs",
    "owner_inputs",
    "public_inputs",
    "risk_inputs",
    "state_inputs",
    "suspense_inputs",
]

Value: TypeAlias = "int | Sequence[Value]"
"""A signal's value: a field element, or nested lists of them."""

Inputs: TypeAlias = dict[str, Value]
"""A circuit's inputs by signal name."""


def camel(name: str) -> str:
    """The circuits' spelling of a name: state_before is stateBefore."""
    head, *rest = name.split("_")
    return head + "".join(part.capitalize() for part in rest)


def fields(values: Iterable[int]) -> list[FieldElement]:
    """Signed integers as field elements."""
    return [field(value) for value in values]


def public_inputs(applied: Applied) -> Inputs:
    """The twelve public inputs of a step, as the specification states them."""
    return {camel(name): value for name, value in applied.public_inputs.items()}


def risk_inputs(table: RiskTable) -> Inputs:
    """What `riskRoot` opens to, as far as trade and funds steps read it."""
    return {
        "parameter": [*table.parameters.elements],
        **mark_inputs(table.marks),
        "stress": [fields(row) for row in table.stress],
    }


def mark_inputs(marks: Marks) -> Inputs:
    """What `marksRoot` opens to."""
    return {
        "status": [mark.status.value for mark in marks],
        "listing": [mark.listing for mark in marks],
        "funding": fields(mark.funding for mark in marks),
        "value": fields(mark.value for mark in marks),
        "lotRiskHash": lot_risk_hash(marks),
    }


def suspense_inputs(before: Suspense, after: Suspense) -> Inputs:
    """What is owed before the step, and the blinding of what is owed after it."""
    return {
        "owedBefore": fields(before.vector),
        "feesBefore": field(before.fees),
        "owedBlind": before.blind,
        "owedBlindAfter": after.blind,
    }


def state_inputs(state: State) -> Inputs:
    """What `stateRoot` opens to beside the account tree, for a step that changes neither notes nor custody."""
    return {
        "notesRoot": state.notes.root,
        "noteCount": state.note_count,
        "custodyCommit": state.custody_commitment,
    }


def owner_inputs(owner: Owner) -> Inputs:
    """What `ownerHash` opens to."""
    return {
        "ownerKeyHash": owner_key_hash(owner.owner_key),
        "tradingKey": [*owner.trading_key],
        "tradingShifted": [*shifted(owner.trading_key)],
        "viewKey": owner.view_key,
        "noteCommitment": owner.note_commitment,
        "l1Owner": owner.l1_owner,
    }


def account_inputs(account: Account) -> Inputs:
    """What a leaf opens to."""
    return owner_inputs(account.owner) | {
        "vector": fields(account.vector),
        "place": [*account.places],
        "ownerNonce": account.owner_nonce,
        "nonce": account.nonce,
        "blind": account.blind,
    }


def children(path: Proof) -> list[list[FieldElement]]:
    """All eight children of each node on a path, from the leaf upwards."""
    node, levels = path.leaf, []
    for level, siblings in enumerate(path.siblings):
        digit = path.index >> 3 * level & ARITY - 1
        level_children = [*siblings[:digit], node, *siblings[digit:]]
        levels.append(level_children)
        node = tagged(Tag.NODE, *level_children)
    return levels


def by_lane(lanes: Sequence[Mapping[str, Value]]) -> Inputs:
    """One array over all lanes for each signal."""
    return {name: [lane[name] for lane in lanes] for name in lanes[0]}
