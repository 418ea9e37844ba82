"""
The solvency scan: each rule about who is counted, broken alone, has no witness.

Most refusals hand the circuit a part of a scan whose totals follow from the lie, so that hashes and opened values fit
and only the constraint that stands for the rule is left to refuse.
"""

from __future__ import annotations

from dataclasses import replace

import pytest
from support.attestation_builders import parts_of
from support.solvency_witness import (
    FILE,
    PUBLIC,
    RICH,
    emptied,
    without,
)
from support.spec_builders import BOARD, World, table_of
from support.step_witness import StepCircuit, alone, changed, dishonest, element_at

from prover.reference.field import R
from rollup.spec.account import FUND
from rollup.spec.hashes import field
from rollup.spec.solvency import ScanPart
from rollup.witness.solvency import solvency_inputs

pytest.importorskip("zkclear_native", reason="the native extension is not built: install Rust, make setup")


# ---------------------------------------------------------------- SOL-3: one proof takes up what another left


@pytest.mark.parametrize("name", ["equity", "accounts", "failed", "fund_solvent"])
def test_scan_that_takes_up_other_totals_has_no_witness(
    solvency: StepCircuit, parts: list[ScanPart], name: str
) -> None:
    """SOL-3. What follows from the other totals is right; what was handed on is not."""
    honest = parts[1]
    other = 1 - int(honest.before.fund_solvent) if name == "fund_solvent" else getattr(honest.before, name) + 1
    lie = replace(honest, before=replace(honest.before, **{name: other}), after=replace(honest.after, **{name: other}))
    inputs = changed(solvency_inputs(lie), (("totalsBefore",), honest.statement.totals_before))
    solvency.refuses(inputs, "Solvency", "(1 - begins) * (totalsBefore - hashBefore) === 0")


def test_scan_that_begins_with_something_counted_has_no_witness(solvency: StepCircuit, parts: list[ScanPart]) -> None:
    """SOL-3."""
    for name, value in (("equity", 7), ("accounts", 1), ("failed", R - 1), ("fund_solvent", 1)):
        lie = replace(
            parts[0],
            before=replace(parts[0].before, **{name: value}),
            after=replace(parts[0].after, **{name: getattr(parts[0].after, name) + value}),
        )
        solvency.refuses(solvency_inputs(lie), "Solvency", "begins * before[i] === 0")


def test_scan_that_begins_behind_the_first_accounts_has_no_witness(
    solvency: StepCircuit, parts: list[ScanPart]
) -> None:
    """SOL-3, trap 9: whom the operator spares stands among those it skips."""
    second = solvency_inputs(parts[1])
    solvency.refuses(changed(second, (("totalsBefore",), 0)), "Solvency", "begins * before[i] === 0")


def test_trap_15_totals_of_another_state_table_or_domain_are_not_taken_up(
    solvency: StepCircuit, parts: list[ScanPart]
) -> None:
    """SOL-3: the hash says of what they are totals."""
    honest = parts[1]
    right = [honest.state.domain, honest.state.root, honest.table.root]
    for place in range(3):
        names = [right[i] + 1 if i == place else right[i] for i in range(3)]
        for name, totals, blind in (
            ("totalsBefore", honest.before, honest.blind_before),
            ("totalsAfter", honest.after, honest.blind_after),
        ):
            forged = totals.hash(*names, blind)
            solvency.refuses(changed(solvency_inputs(honest), ((name,), forged)), "Solvency", "totals")


# ---------------------------------------------------------------- SOL-4: every account, where it stands, once


def test_scan_that_leaves_an_account_out_has_no_witness(solvency: StepCircuit, parts: list[ScanPart]) -> None:
    """SOL-4."""
    inputs = emptied(solvency_inputs(without(parts[0], 5)), 5)
    solvency.refuses(inputs, "GroupsInTree", "wrong[g] === 0")


def test_scan_that_counts_an_empty_leaf_as_something_has_no_witness(
    solvency: StepCircuit, parts: list[ScanPart]
) -> None:
    """SOL-4: not as equity, and not as lots whose squares take away those of others modulo r."""
    part = parts[0]
    richer = replace(part, after=replace(part.after, equity=part.after.equity + 9))
    inputs = changed(solvency_inputs(richer), (("vector", 3, 0), 9))
    solvency.refuses(inputs, "ScannedAccount", "(1 - occupied) * (vectorHash - emptyVector) === 0")
    counted = replace(part, after=replace(part.after, accounts=part.after.accounts + 1))
    inputs = changed(solvency_inputs(counted), (("occupied", 3), 1))
    solvency.refuses(inputs, "GroupsInTree", "wrong[g] === 0")


@pytest.mark.parametrize("name", ["ownerHash", "ordersHash", "ownerNonce", "nonce", "blind"])
def test_scan_of_an_account_that_is_not_the_leafs_has_no_witness(
    solvency: StepCircuit, parts: list[ScanPart], name: str
) -> None:
    """SOL-4."""
    inputs = solvency_inputs(parts[0])
    lie = changed(inputs, ((name, 2), element_at(inputs, (name, 2)) + 1))
    solvency.refuses(lie, "GroupsInTree", "wrong[g] === 0")


def test_scan_of_other_lots_than_the_leafs_has_no_witness(solvency: StepCircuit, parts: list[ScanPart]) -> None:
    """SOL-4: cash that the vault does not hold, booked on an account."""
    lie = replace(parts[0], after=replace(parts[0].after, equity=parts[0].after.equity + 5))
    inputs = changed(solvency_inputs(lie), (("vector", 2, 0), RICH + 5))
    solvency.refuses(inputs, "GroupsInTree", "wrong[g] === 0")


def test_scan_that_counts_a_group_twice_or_swaps_two_has_no_witness(
    solvency: StepCircuit, parts: list[ScanPart]
) -> None:
    """SOL-4: place after place."""
    inputs = solvency_inputs(parts[0])
    lanes = ("occupied", "safe", "ownerHash", "ordersHash", "vector", "ownerNonce", "nonce", "blind")
    swapped = {**inputs, **{name: [*inputs[name][16:24], *inputs[name][8:16], *inputs[name][:8]] for name in lanes}}  # type: ignore[index]
    solvency.refuses(swapped, "GroupsInTree", "wrong[g] === 0")
    twice = parts[0]
    for index in (FUND, 1, 2, 5):
        twice = replace(twice, after=twice.after.plus(index, twice.state.accounts[index], twice.table))
    doubled = solvency_inputs(twice)
    doubled = {**doubled, **{name: [*doubled[name][:8], *doubled[name][:8], *doubled[name][16:]] for name in lanes}}  # type: ignore[index]
    solvency.refuses(doubled, "GroupsInTree", "wrong[g] === 0")


@pytest.mark.parametrize(
    ("shift", "template", "text"),
    [
        (1, "GroupsInTree", "wrong[g] === 0"),
        (3, "GroupsInTree", "wrong[g] === 0"),
        (8, "ScannedPath", "named === on[level]"),
        (56, "ScannedPath", "named === on[level]"),
    ],
)
def test_scan_that_says_to_stand_elsewhere_has_no_witness(
    solvency: StepCircuit, parts: list[ScanPart], shift: int, template: str, text: str
) -> None:
    """SOL-4: the first three groups, counted as if they stood further on: whoever stands there would never be seen."""
    part = parts[0]
    moved = replace(
        part,
        before=replace(part.before, position=shift),
        after=replace(part.after, position=part.after.position + shift, fund_solvent=False),
    )
    there = (
        "groupNode",
        "child",
        "occupied",
        "safe",
        "ownerHash",
        "ordersHash",
        "vector",
        "ownerNonce",
        "nonce",
        "blind",
    )
    true = solvency_inputs(part)
    inputs = {**solvency_inputs(moved), **{name: true[name] for name in there}}
    solvency.refuses(inputs, template, text)
    shown = [([5] * (shift % 8) + true["groupNode"][0])[:8], true["groupNode"][1]]  # type: ignore[index]
    solvency.refuses({**inputs, "groupNode": shown}, "ScannedPath", "named === on[level]")


def test_scan_under_two_roots_has_no_witness(solvency: StepCircuit, parts: list[ScanPart]) -> None:
    """SOL-4: the last part lies under two nodes; the second may not be of another tree."""
    inputs = solvency_inputs(parts[2])
    lie = changed(inputs, (("child", 1, 0, 0), element_at(inputs, ("child", 1, 0, 0)) + 1))
    solvency.refuses(lie, "GroupsInTree", "astray[t] === 0")
    lie = changed(inputs, (("child", 0, 0, 7), element_at(inputs, ("child", 0, 0, 7)) + 1))
    assert not solvency.satisfied(lie)
    both = changed(lie, (("child", 1, 0, 7), element_at(lie, ("child", 0, 0, 7))))
    assert not solvency.satisfied(both)


@pytest.mark.parametrize("position", [64, 72, R - 3, (R + 1) // 2])
def test_scan_beyond_the_tree_has_no_witness(solvency: StepCircuit, parts: list[ScanPart], position: int) -> None:
    """SOL-4: a position is its bits."""
    part = replace(
        parts[1],
        before=replace(parts[1].before, position=position),
        after=replace(parts[1].after, position=(position + 3) % R),
    )
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("rollup.witness.solvency._places", lambda _: {})
        inputs = {**solvency_inputs(part)}
    honest = solvency_inputs(parts[1])
    inputs |= {name: honest[name] for name in honest if name not in PUBLIC and "Before" not in name}
    solvency.refuses({**inputs, "position": position}, "Bits", "sum === in")


def test_scan_of_groups_that_are_not_counted_has_no_witness(solvency: StepCircuit, parts: list[ScanPart]) -> None:
    """SOL-4: accounts of a group that nobody checks add nothing, and counted groups are the first ones."""
    part = replace(parts[1], after=replace(parts[1].after, position=5))
    inputs = changed(solvency_inputs(part), (("occupied", 16), 1))
    solvency.refuses(inputs, "ScannedAccount", "occupied * (1 - used) === 0")
    whole = solvency_inputs(parts[1])
    for pattern in ((1, 0, 1), (0, 1, 1), (0, 0, 0), (2, 1, 0)):
        lie = changed(whole, *((("counted", group), value) for group, value in enumerate(pattern)))
        solvency.refuses(lie, "Solvency", "counted[")


def test_scan_of_an_account_that_is_there_in_part_has_no_witness(solvency: StepCircuit, parts: list[ScanPart]) -> None:
    """SOL-4: neither a half nor two accounts."""
    for value in (2, (R + 1) // 2, R - 1):
        lie = changed(solvency_inputs(parts[0]), (("occupied", 5), value))
        solvency.refuses(lie, "ScannedAccount", "occupied * (occupied - 1) === 0")


@pytest.mark.parametrize(("number", "said"), [(1, 0), (8, 0), (0, 1), (-7, 1), (255, 0), (5, 2)])
def test_used_parent_when_the_prover_says_otherwise_has_no_witness(number: int, said: int) -> None:
    """SOL-4: whose path is not checked is decided by the groups counted, not by the prover."""
    honest = alone(FILE, "IsPositive", 8)
    assert honest.outputs({"in": field(number)}) == {"out": int(number > 0)}
    lying = dishonest(FILE, "IsPositive", 8, hint="in > 0 ? 1 : 0", instead=str(said))
    assert not lying.satisfied({"in": field(number)})


# ---------------------------------------------------------------- SOL-5: nothing behind the end


@pytest.mark.parametrize("behind", [24, 63, 64, 71, 127, 448, 511])
def test_scan_that_ends_before_the_last_account_has_no_witness(solvency: StepCircuit, behind: int) -> None:
    """SOL-5, trap 9: in the same parent, in the next one, or far to the right."""
    world = World(table_of(*BOARD))
    world.seat(behind, {0: 5})
    part = replace(parts_of(world)[0], ends=True)
    template, text = ("GroupsInTree", "behind * (groupNode") if behind < 64 else ("ScannedPath", "right[level][k] *")
    solvency.refuses(solvency_inputs(part), template, text)


def test_scan_that_ends_in_its_window_before_the_last_account_has_no_witness(solvency: StepCircuit) -> None:
    """SOL-5: groups that are not counted are behind the end too, in this parent or the next."""
    world = World(table_of(*BOARD))
    world.seat(64, {0: 5})
    last = parts_of(world)[-1]
    assert (last.before.position, last.counted) == (6, 3)
    early = replace(
        last,
        after=replace(last.before, position=8),
        ends=True,
    )
    solvency.refuses(solvency_inputs(early), "ScannedPath", "right[level][k] *")
    world.seat(56, {0: 5})
    early = replace(parts_of(world)[-1], ends=True)
    early = replace(early, after=replace(early.before, position=7))
    solvency.refuses(solvency_inputs(early), "GroupsInTree", "behind * (groupNode")
