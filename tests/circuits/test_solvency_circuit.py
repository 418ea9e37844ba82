"""
The solvency scan: what the law counts has a witness, proof by proof, and each rule, broken alone, has none.

Most refusals hand the circuit a part of a scan whose totals follow from the lie, so that hashes and opened values fit
and only the constraint that stands for the rule is left to refuse.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support.attestation_builders import parts_of, without_account
from support.claims_witness import proven, public_wires, refused_inputs
from support.spec_builders import BOARD, Instrument, World, element, table_of
from support.step_witness import StepCircuit, alone, changed, dishonest, element_at, elements, step_circuit

from prover.circuits import circuit
from prover.reference.field import R
from rollup.spec.account import FUND
from rollup.spec.hashes import field, new_tree
from rollup.spec.shared import PROFILES, Status
from rollup.spec.solvency import ScanPart, check_chain, scan
from rollup.witness.common import Inputs, children
from rollup.witness.solvency import solvency_inputs

pytest.importorskip("zkclear_native", reason="the native extension is not built: install Rust, make setup")

TINY = PROFILES["tiny"]
PUBLIC = circuit("solvency", "tiny").public
FILE = "attest/solvency.circom"
RICH = 10**7
FAILING = {0: -98_000, 1: 100}
"""Equity 2,000, worst -8,000: close-out value -500."""

UNREAD = {(name, 0) for name in ("status", "listing", "funding", "value", "squaresBefore")}
"""Cash is what it is, and is never settled."""


@pytest.fixture(scope="module")
def solvency() -> StepCircuit:
    return step_circuit("solvency")


def small_world(**parts: Any) -> World:
    """Accounts in the first, third and fourth group, one with a position of every kind, the street in group 7."""
    world = World(table_of(*BOARD), **parts)
    world.seat(FUND, {0: 500})
    world.seat(2, {0: RICH, 1: 10, 2: -10, 3: 10, 4: 10})
    world.seat(5, {0: -96_000, 1: 100})
    world.seat(17, {0: 0})
    world.seat(24, {0: RICH, 6: 7})
    return world


@pytest.fixture(scope="module")
def parts() -> list[ScanPart]:
    """Groups 0 to 2, 3 to 5, 6 to 8: the last goes over into the next parent."""
    found = parts_of(small_world())
    assert [part.before.position for part in found] == [0, 3, 6]
    return found


def check(solvency: StepCircuit, world: World) -> None:
    """Every part has a witness with the law's public inputs, and the end says what the whole scan says."""
    found = parts_of(world)
    for part in found:
        made = solvency.witness(solvency_inputs(part))
        assert public_wires(made, len(PUBLIC)) == list(part.statement.inputs)
    opened, whole = check_chain([part.statement for part in found]), scan(world.state, world.table)
    assert (opened.accounts, opened.failed, opened.valid) == (whole.accounts, whole.failed, whole.valid)


# ---------------------------------------------------------------- what must work


def test_scan_of_several_proofs_has_witnesses(solvency: StepCircuit) -> None:
    world = small_world()
    world.seat(6, FAILING)
    check(solvency, world)


def test_scan_of_genesis_has_a_witness(solvency: StepCircuit) -> None:
    check(solvency, World(table_of(*BOARD)))


def test_scan_after_a_life_has_witnesses(solvency: StepCircuit) -> None:
    world = World(table_of(*BOARD))
    world.join("alice", 10**6, index=2)
    world.join("bob", 10**6, index=9)
    world.cross(2, 9, 1, 5, 1_000, fee=5)
    world.credit_fees()
    world.funds(world.note(2, 100), world.withdraw(9, 7))
    check(solvency, world)
    assert scan(world.state, world.table).valid


def test_scan_to_the_last_leaf_of_the_tree_has_a_witness(solvency: StepCircuit) -> None:
    """64 groups in proofs of three: the last counts one, and its window hangs over the tree's end."""
    world = World(table_of(*BOARD))
    world.seat(511, FAILING)
    found = parts_of(world)
    for part in (found[-1], found[20], found[-2]):
        solvency.witness(solvency_inputs(part))
    assert found[-1].counted == 1
    assert found[-1].statement.failed == 1


def test_scan_over_a_rejected_index_has_a_witness(solvency: StepCircuit) -> None:
    """A hole counts as nothing; its group does."""
    world = small_world()
    without_account(world, 17)
    check(solvency, world)


@pytest.mark.parametrize(("holdings", "solvent"), [(FAILING, 1), ({0: 0}, 1), ({0: -1}, 0), ({0: -100_001, 1: 100}, 0)])
def test_scan_of_a_fund_beyond_close_out_or_in_debt_has_a_witness(
    solvency: StepCircuit, holdings: dict[int, int], solvent: int
) -> None:
    """SOL-6: it may be beyond close-out, and shows whether it is in debt."""
    world = World(table_of(*BOARD))
    world.seat(FUND, holdings)
    world.seat(8, {0: RICH})
    (part, *_) = parts_of(world)
    solvency.witness(solvency_inputs(part))
    assert part.after.fund_solvent == bool(solvent)
    assert part.after.failed == 0


@pytest.mark.parametrize("sign", [1, -1])
def test_scan_of_the_largest_books_has_a_witness(solvency: StepCircuit, sign: int) -> None:
    """160 bits: what would be stuck in a trade step is counted all the same."""
    wide = tuple(Instrument(2**40 - 1, (2**46 - 2**40, 2 - 2**46)) for _ in range(TINY.slots - 1))
    world = World(table_of(*wide))
    world.seat(2, [sign * 2**151, *[sign * (2**103 - 1)] * (TINY.slots - 1)])
    world.state = replace(world.state, custody=1)
    for part in parts_of(world):
        solvency.witness(solvency_inputs(part))


lots = st.integers(-200, 200) | st.sampled_from([0, 0, 0, 2**40, -(2**103)])
instruments = st.builds(
    lambda price, moves, status, funding: Instrument(
        price, () if status is Status.SETTLED else tuple(moves), status, funding=funding
    ),
    price=st.integers(0, 2_000),
    moves=st.lists(st.integers(-300, 300), max_size=TINY.scenarios),
    status=st.sampled_from([Status.ACTIVE, Status.REDUCE_ONLY, Status.SETTLED, Status.HALTED]),
    funding=st.integers(-50, 50),
)


@settings(max_examples=12)
@given(
    board=st.lists(instruments, min_size=3, max_size=6),
    books=st.dictionaries(
        st.integers(0, 40),
        st.tuples(st.integers(-50_000, 200_000), st.lists(lots, min_size=6, max_size=6)),
        min_size=1,
        max_size=6,
    ),
    off=st.sampled_from([0, 0, 1]),
)
def test_scan_of_random_books_that_the_law_counts_has_witnesses(
    board: list[Instrument], books: dict[int, tuple[int, list[int]]], off: int
) -> None:
    world = World(table_of(*board))
    for index, (cash, held) in books.items():
        world.seat(index, [cash, *held[: len(board)], *[0] * (TINY.slots - 1 - len(held[: len(board)]))])
    world.state = replace(world.state, custody=max(0, scan(world.state, world.table).equity) + off)
    check(step_circuit("solvency"), world)


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


# ---------------------------------------------------------------- SOL-4, SOL-5: the places, in other profiles


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


@pytest.mark.parametrize(("depth", "groups"), [(3, 1), (3, 3), (4, 10), (7, 7)])
def test_groups_anywhere_in_the_tree_lead_to_its_root_and_end_only_before_nothing(depth: int, groups: int) -> None:
    """SOL-4, SOL-5: with one, two or three parents; from the first group to the last, which may hang over the end."""
    circuit = alone(FILE, "GroupsInTree", depth, groups)
    last = 8 ** (depth - 1) - 1
    for first in sorted({0, 1, 5, 6, 7, 8, 9, 60, last - groups, last - 7, last - 1, last}):
        if not 0 <= first <= last:
            continue
        end = min(first + groups, last + 1)
        filled = {8 * group + group % 8: 7 + group for group in {0, first, end - 1, max(0, first - 1)}}
        inputs = places(depth, groups, filled, first, True)
        root = inputs.pop("root")
        assert circuit.outputs(inputs) == {"root": root}
        moved = changed(inputs, (("node", 0), inputs["node"][0] + 1))
        circuit.refuses(moved, "GroupsInTree", "wrong[g] === 0")
        for behind in {end, end + 1, end // 8 * 8 + 8, (end // 64 + 1) * 64, last} - set(range(end)):
            if behind > last:
                continue
            inputs = places(depth, groups, {**filled, 8 * behind + 3: 9}, first, True)
            inputs.pop("root")
            trace = circuit.refusal(inputs)
            assert trace is not None, (first, behind)
            assert circuit.satisfied({**inputs, "ends": 0})
            assert {name for name, _ in trace} <= {"GroupsInTree", "ScannedPath"}


# ---------------------------------------------------------------- SOL-6: who is not safe


def pretending(part: ScanPart, **totals: Any) -> ScanPart:
    return replace(part, after=replace(part.after, **totals))


def test_trap_09_friend_beyond_close_out_is_not_shown_safe(solvency: StepCircuit) -> None:
    """SOL-6, SOL-2: an operator that spares its friends cannot attest."""
    world = World(table_of(*BOARD))
    world.seat(6, FAILING)
    part = parts_of(world)[0]
    assert part.after.failed == 1
    solvency.witness(solvency_inputs(part))
    lie = changed(solvency_inputs(pretending(part, failed=0)), (("safe", 6), 1))
    solvency.refuses(lie, "ScannedAccount", "Range(BITS_STUCK() + BITS_PPM())(shown)")
    uncounted = solvency_inputs(pretending(part, failed=0))
    solvency.refuses(uncounted, "Solvency", "(1 - ends) * (totalsAfter - hashAfter) === 0")
    for value in (2, R - 1):
        half = changed(solvency_inputs(pretending(part, failed=(1 - value) % R)), (("safe", 6), value))
        solvency.refuses(half, "ScannedAccount", "safe * (safe - 1) === 0")


@pytest.mark.parametrize(("equity", "safe"), [(2_500, 1), (2_499, 0)])
def test_account_at_the_edge_of_close_out(solvency: StepCircuit, equity: int, safe: int) -> None:
    """SOL-6: 100 lots that lose 100 each; at κ_co 25 % the edge is an equity of 2,500."""
    world = World(table_of(*BOARD))
    world.seat(6, {0: equity - 100_000, 1: 100})
    part = parts_of(world)[0]
    assert part.after.failed == 1 - safe
    pretended = changed(solvency_inputs(pretending(part, failed=0)), (("safe", 6), 1))
    assert solvency.satisfied(pretended) == bool(safe)


def test_trap_26_straddle_in_debt_at_the_mark_is_not_shown_safe(solvency: StepCircuit) -> None:
    """SOL-6: every stress makes it dearer, so that only the mark itself can say no."""
    world = World(table_of(Instrument(100, (50, 50, 60, 60))))
    world.seat(6, {0: -1_001, 1: 10})
    part = parts_of(world)[0]
    lie = changed(solvency_inputs(pretending(part, failed=0)), (("safe", 6), 1))
    solvency.refuses(lie, "ScannedAccount", "Range(BITS_STUCK() + BITS_PPM())(shown)")


def test_account_that_is_called_unsafe_though_it_is_safe_costs_the_prover(solvency: StepCircuit) -> None:
    """SOL-6: the one lie that there is, and it is the prover's own loss."""
    world = World(table_of(*BOARD))
    part = pretending(parts_of(world)[0], failed=1)
    assert solvency.satisfied(changed(solvency_inputs(part), (("safe", 1), 0)))
    assert not part.statement.valid


def test_fund_in_debt_is_not_shown_solvent(solvency: StepCircuit) -> None:
    """SOL-6."""
    world = World(table_of(*BOARD))
    world.seat(2, {0: 5})
    world.seat(FUND, {0: -1})
    part = pretending(parts_of(world)[0], fund_solvent=True)
    solvency.refuses(solvency_inputs(part), "Solvency", "Range(BITS_STUCK())(fundEquity)")


def test_fund_solvency_is_said_of_account_0_only(solvency: StepCircuit) -> None:
    """SOL-6: not of the first account of a later proof, which is none of the fund and is counted like all others."""
    world = World(table_of(*BOARD))
    world.seat(24, FAILING)
    world.seat(FUND, {0: -1})
    second = parts_of(world)[1]
    later = pretending(second, fund_solvent=True)
    inputs = changed(solvency_inputs(later), (("fundSafe",), 1))
    solvency.refuses(inputs, "Solvency", "(1 - ends) * (totalsAfter - hashAfter) === 0")
    assert (second.before.failed, second.after.failed) == (0, 1)
    solvency.refuses(solvency_inputs(pretending(second, failed=0)), "Solvency", "totalsAfter - hashAfter")


@pytest.mark.parametrize("instead", ["value[0]", "lowest + 1", "0", "lowest + (1 << 253)"])
def test_floor_that_is_not_under_every_value_has_no_witness(instead: str) -> None:
    """SOL-6: the floor is a hint, and any that is too high is out of range."""
    world = World(table_of(*BOARD))
    world.seat(6, FAILING)
    inputs = scanned_account(parts_of(world)[0], 6)
    assert alone(FILE, "ScannedAccount", TINY.slots, TINY.scenarios).satisfied(inputs)
    lying = dishonest(FILE, "ScannedAccount", TINY.slots, TINY.scenarios, hint="lowest", instead=instead)
    lying.refuses(inputs, "ScannedAccount", "Range(BITS_STUCK())(value[s] - floor)")


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


# ---------------------------------------------------------------- SOL-1, SOL-7: what the end opens


@pytest.mark.parametrize("name", PUBLIC[5:])
def test_opened_value_before_the_end_or_other_than_counted_has_no_witness(
    solvency: StepCircuit, parts: list[ScanPart], name: str
) -> None:
    """SOL-7: nothing is opened in between, and at the end exactly what was counted."""
    for part in parts:
        inputs = solvency_inputs(part)
        value = element_at(inputs, (name,))
        assert part.ends or value == 0
        for wrong in {0, 1, value + 1, R - 1} - {value}:
            solvency.refuses(changed(inputs, ((name,), wrong)), "Solvency", f"{name} === ends *")


def test_books_that_do_not_balance_are_not_shown_balanced(solvency: StepCircuit) -> None:
    """SOL-1: by one unit either way."""
    world = World(table_of(*BOARD))
    world.seat(2, {0: 5})
    for custody in (4, 6):
        world.state = replace(world.state, custody=custody)
        (part,) = parts_of(world)
        inputs = solvency_inputs(part)
        assert element_at(inputs, ("balanced",)) == 0
        assert solvency.satisfied(inputs)
        solvency.refuses(changed(inputs, (("balanced",), 1)), "Solvency", "balanced === ends * equal")
        forged = changed(inputs, (("balanced",), 1), (("custody",), 5))
        solvency.refuses(forged, "Solvency", "stateRoot === state")


def test_settled_slot_that_somebody_holds_is_not_shown_empty(solvency: StepCircuit) -> None:
    """SOL-7: not though long and short cancel, nor a slot that is not settled though nobody holds it."""
    world = World(table_of(*BOARD))
    world.seat(2, {0: RICH, 4: 10})
    world.seat(3, {0: RICH, 4: -10})
    world.seat(world.street, {0: 0})
    last = parts_of(world)[-1]
    inputs = solvency_inputs(last)
    assert element_at(inputs, ("emptySlots",)) == 0
    for slot in (4, 7):
        solvency.refuses(changed(inputs, (("emptySlots",), 1 << slot)), "Solvency", "emptySlots === ends * shown")
    squares = replace(last, after=replace(last.after, squares=(0,) * TINY.slots))
    solvency.refuses(solvency_inputs(squares), "Solvency", "emptySlots === ends * shown")


def test_scan_at_another_table_than_its_risk_root_has_no_witness(solvency: StepCircuit, parts: list[ScanPart]) -> None:
    """SOL-3: marks at which a friend is safe."""
    kind = replace(parts[0], table=table_of(BOARD[0].moved(50), *BOARD[1:]))
    inputs = changed(solvency_inputs(kind), (("riskRoot",), parts[0].table.root))
    solvency.refuses(inputs, "Solvency", "riskRoot === table.root")


# ---------------------------------------------------------------- every input


def test_scan_when_any_input_is_changed_has_no_witness(solvency: StepCircuit, parts: list[ScanPart]) -> None:
    """Of one account, its group and everything that is there once; what is not there has free parts."""
    part = parts[1]
    inputs = solvency_inputs(part)
    assert solvency.satisfied(inputs)
    lanes = {"occupied", "safe", "ownerHash", "ordersHash", "vector", "ownerNonce", "nonce", "blind"}
    free = {("fundSafe",), *UNREAD}
    for number, place in enumerate(elements(inputs)):
        if (place[0] in lanes and place[1] != 0) or place in free or (place[0] == "stress" and place[-1] == 0):
            continue
        if place[0] in ("groupNode", "child") and place[1] > 0:
            continue  # no counted group lies under that one
        if place[0] in ("stress", "groupNode", "child", "listing", "funding") and number % 5:
            continue
        value = element_at(inputs, place)
        if place[0] == "safe":
            assert not solvency.satisfied(changed(inputs, (place, 0)))
            continue
        assert not solvency.satisfied(changed(inputs, (place, value + 1))), place


# ---------------------------------------------------------------- proof


def test_prove_the_end_of_a_scan_and_change_any_public_input_is_refused(
    solvency: StepCircuit, parts: list[ScanPart]
) -> None:
    key, proved = proven(solvency, solvency_inputs(parts[-1]))
    assert proved.public == parts[-1].statement.inputs
    assert tuple(refused_inputs(key, proved, PUBLIC)) == PUBLIC


def test_blindings_hide_what_lies_between(parts: list[ScanPart]) -> None:
    """Trap 28: one scan twice has no hash in common."""
    again = parts_of(small_world(), [element("again", number) for number in range(3)])
    assert {part.statement.totals_after for part in parts} & {part.statement.totals_after for part in again} == {0}
