"""
Parts of solvency scans for the circuit's tests, and lies about them.

`small_world` has accounts in several groups; `pretending` and `without` draw up the totals that would follow from a
lie, so that hashes and opened values fit and the circuit can refuse only at the rule.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from support.attestation_builders import parts_of
from support.claims_witness import public_wires
from support.spec_builders import BOARD, World, table_of
from support.step_witness import StepCircuit, changed

from prover.circuits import circuit
from rollup.spec.account import FUND
from rollup.spec.hashes import field, new_tree
from rollup.spec.shared import PROFILES
from rollup.spec.solvency import ScanPart, check_chain, scan
from rollup.witness.common import Inputs, children
from rollup.witness.solvency import solvency_inputs

__all__ = [
    "FAILING",
    "FILE",
    "PUBLIC",
    "RICH",
    "TINY",
    "UNREAD",
    "check",
    "emptied",
    "places",
    "pretending",
    "scanned_account",
    "small_world",
    "without",
]

TINY = PROFILES["tiny"]
PUBLIC = circuit("solvency", "tiny").public
FILE = "lib/scan.circom"
RICH = 10**7
FAILING = {0: -98_000, 1: 100}
"""Equity 2,000, worst -8,000: close-out value -500."""

UNREAD = {(name, 0) for name in ("status", "listing", "funding", "value", "squaresBefore")}
"""Cash is what it is, and is never settled."""


def small_world(**parts: Any) -> World:
    """Accounts in the first, third and fourth group, one with a position of every kind, the street in group 7."""
    world = World(table_of(*BOARD), **parts)
    world.seat(FUND, {0: 500})
    world.seat(2, {0: RICH, 1: 10, 2: -10, 3: 10, 4: 10})
    world.seat(5, {0: -96_000, 1: 100})
    world.seat(17, {0: 0})
    world.seat(24, {0: RICH, 6: 7})
    return world


def check(solvency: StepCircuit, world: World) -> None:
    """Every part has a witness with the law's public inputs, and the end says what the whole scan says."""
    found = parts_of(world)
    for part in found:
        made = solvency.witness(solvency_inputs(part))
        assert public_wires(made, len(PUBLIC)) == list(part.statement.inputs)
    opened, whole = check_chain([part.statement for part in found]), scan(world.state, world.table)
    assert (opened.accounts, opened.failed, opened.valid) == (whole.accounts, whole.failed, whole.valid)


def without(part: ScanPart, index: int) -> ScanPart:
    """The part as it would be if an account were not there; the state is the true one."""
    gone = part.state.accounts[index]
    counted = part.before.plus(index, gone, part.table)
    return replace(
        part,
        after=replace(
            part.after,
            equity=part.after.equity - (counted.equity - part.before.equity),
            accounts=part.after.accounts - 1,
            squares=tuple(
                total - (more - less)
                for total, more, less in zip(part.after.squares, counted.squares, part.before.squares, strict=True)
            ),
        ),
    )


def emptied(inputs: Inputs, lane: int) -> dict[str, Any]:
    return changed(inputs, (("occupied", lane), 0), *((("vector", lane, slot), 0) for slot in range(TINY.slots)))


def pretending(part: ScanPart, **totals: Any) -> ScanPart:
    return replace(part, after=replace(part.after, **totals))


def scanned_account(part: ScanPart, lane: int) -> Mapping[str, Any]:
    inputs, vector = solvency_inputs(part), part.state.accounts[lane].vector
    rows = [[field(value) for value in row] for row in part.table.rows]
    names = ("occupied", "safe", "ownerHash", "ordersHash", "vector", "ownerNonce", "nonce", "blind")
    nothing = replace(part.state.accounts[lane], vector=(0,) * len(vector)).vector_hash
    return {
        "used": 1,
        "closeOut": part.table.parameters.close_out,
        "row": rows,
        "emptyVector": nothing,
        **{name: inputs[name][lane] for name in names},  # type: ignore[index]
    }


def places(depth: int, groups: int, leaves: dict[int, int], first: int, ends: bool) -> dict[str, Any]:
    """Inputs of GroupsInTree for as many groups from `first` on as there are."""
    tree, nowhere = new_tree(depth), new_tree(depth).proof(0)
    tree.update(leaves)
    counted = min(groups, 8 ** (depth - 1) - first)
    over = range(first // 8, first // 8 + 1 + (groups + 6) // 8)
    paths = [children(tree.proof(64 * parent) if 8 * parent < first + counted else nowhere) for parent in over]
    nodes = [tree.node(1, first + group) if group < counted else 5 for group in range(groups)]
    return {
        "position": first,
        "ends": int(ends),
        "counted": [int(group < counted) for group in range(groups)],
        "node": nodes,
        "groupNode": [path[1] for path in paths],
        "child": [path[2:] for path in paths],
        "root": tree.root,
    }
