"""The solvency scan: what the law counts has a witness, proof by proof, anywhere in the tree; and a proof of one."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support.attestation_builders import parts_of, without_account
from support.claims_witness import proven, refused_inputs
from support.solvency_witness import (
    FAILING,
    FILE,
    PUBLIC,
    RICH,
    TINY,
    UNREAD,
    check,
    places,
    small_world,
)
from support.spec_builders import BOARD, Instrument, World, element, table_of
from support.step_witness import StepCircuit, alone, changed, element_at, elements, step_circuit

from rollup.spec.account import FUND
from rollup.spec.shared import Status
from rollup.spec.solvency import ScanPart, scan
from rollup.witness.solvency import solvency_inputs

pytest.importorskip("zkclear_native", reason="the native extension is not built: install Rust, make setup")


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


# ---------------------------------------------------------------- SOL-4, SOL-5: the places, in other profiles


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
