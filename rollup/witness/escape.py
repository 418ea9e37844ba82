"""A claim of an account as the circuit takes it: the inputs of circuits/claims/escape.circom."""

from __future__ import annotations

from rollup.spec.account import Account
from rollup.spec.claims import EscapeClaim
from rollup.spec.hashes import hash_list_start
from rollup.spec.shared import Profile, Tag
from rollup.spec.table import Marks, mark_elements
from rollup.witness.common import Inputs, camel, children, fields, owner_inputs

__all__ = ["escape_inputs", "opened_values"]


def escape_inputs(claim: EscapeClaim, profile: Profile) -> Inputs:
    """Inputs of the escape circuit; whatever the specification accepts has a witness."""
    return {
        **_account(claim.account),
        **{camel(name): value for name, value in claim.public_inputs(profile).items()},
        "notesRoot": claim.state.notes_root,
        "noteCount": claim.state.note_count,
        "custodyCommit": claim.state.custody_commitment,
        "child": children(claim.path),
        "paramsHash": claim.table.parameters_hash,
        **opened_values(claim.table.marks),
        "stressRoot": claim.table.stress_root,
        "time": claim.table.time,
    }


def _account(account: Account) -> Inputs:
    """The leaf, opened as far as an escape must: order places and the view key only by their hashes."""
    owner = owner_inputs(account.owner)
    del owner["viewKey"]
    return {
        **owner,
        "viewCommitment": account.owner.view_commitment,
        "vector": fields(account.vector),
        "ordersHash": account.orders_hash,
        "ownerNonce": account.owner_nonce,
        "nonce": account.nonce,
        "blind": account.blind,
    }


def opened_values(marks: Marks) -> Inputs:
    """The values, and the list that they end only as far as the block in which they begin."""
    elements = mark_elements(marks)
    first = len(elements) - (len(marks) - 1)
    block = (first - 1) // 15
    beside = elements[15 * block + 1 : first]
    opened: Inputs = {
        "marksBefore": hash_list_start(Tag.MARKS, elements, block),
        "value": fields(mark.value for mark in marks),
    }
    # with 16 slots values begin a block, and there is no such signal
    return opened | ({"marksBeside": beside} if beside else {})
