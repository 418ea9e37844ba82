"""One proof of a solvency scan as the circuit takes it: the inputs of circuits/attest/solvency.circom."""

from __future__ import annotations

from rollup.spec.account import Account
from rollup.spec.hashes import field, new_tree
from rollup.spec.shared import PUBLIC_INPUTS
from rollup.spec.solvency import GROUP, ScanPart, is_safe
from rollup.spec.table import RiskTable
from rollup.witness.common import Inputs, by_lane, camel, children, fields, risk_inputs

__all__ = ["solvency_inputs"]


def solvency_inputs(part: ScanPart) -> Inputs:
    """Inputs of the solvency circuit for one part of a scan."""
    state, before, groups = part.state, part.before, part.state.profile.groups
    public = zip(PUBLIC_INPUTS["solvency"], part.statement.inputs, strict=True)
    start, counted = GROUP * before.position, GROUP * part.counted
    accounts = [state.accounts.get(start + i) if i < counted else None for i in range(GROUP * groups)]
    return {
        **{camel(name): value for name, value in public},
        "position": before.position,
        "equityBefore": field(before.equity),
        "accountsBefore": before.accounts,
        "failedBefore": before.failed,
        "fundSolventBefore": int(before.fund_solvent),
        "squaresBefore": [*before.squares],
        "blindBefore": part.blind_before,
        "blindAfter": part.blind_after,
        "notesRoot": state.notes.root,
        "noteCount": state.note_count,
        "custody": state.custody,
        "custodyRandom": state.custody_random,
        **risk_inputs(part.table),
        "time": part.table.time,
        "counted": [int(group < part.counted) for group in range(groups)],
        "fundSafe": int(part.begins and part.after.fund_solvent),
        **by_lane([_account(account, part.table) for account in accounts]),
        **_places(part),
    }


def _account(account: Account | None, table: RiskTable) -> Inputs:
    """What a leaf opens to; an empty one holds nothing, and nothing is safe."""
    if account is None:
        names = ("occupied", "ownerHash", "ordersHash", "ownerNonce", "nonce", "blind")
        empty: Inputs = dict.fromkeys(names, 0)
        return {**empty, "safe": 1, "vector": [0] * len(table.marks)}
    return {
        "occupied": 1,
        "safe": int(is_safe(account, table)),
        "ownerHash": account.owner.hash,
        "ordersHash": account.orders_hash,
        "vector": fields(account.vector),
        "ownerNonce": account.owner_nonce,
        "nonce": account.nonce,
        "blind": account.blind,
    }


def _places(part: ScanPart) -> Inputs:
    """The nodes over the groups, and their paths; those of an empty tree for a node over none of them."""
    profile = part.state.profile
    first, last = part.before.position // GROUP, (part.after.position - 1) // GROUP
    parents = 1 + (profile.groups + 6) // GROUP
    nowhere = new_tree(profile.account_depth).proof(0)
    paths = [
        children(part.state.tree.proof(GROUP * GROUP * parent) if parent <= last else nowhere)
        for parent in range(first, first + parents)
    ]
    return {"groupNode": [path[1] for path in paths], "child": [path[2:] for path in paths]}
