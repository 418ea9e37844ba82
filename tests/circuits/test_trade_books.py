"""
The trade circuit keeps the law's books: whoever books otherwise, consistently and with every hash to fit, is refused.

No rule has an ID here. Each test replaces a piece of the law's arithmetic, draws up the step by it and shows where the
circuit says no; the same step by the law itself is accepted first.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from support.spec_builders import BOARD, World, table_of
from support.spec_values import element
from support.step_witness import alone, changed
from support.trade_worlds import AT, accept, board, trade

from prover.reference.field import R
from prover.witness import Inputs
from rollup.spec import data, margin, orders
from rollup.spec import trade as law
from rollup.spec.hashes import hash_list, tagged
from rollup.spec.orders import Leg
from rollup.spec.shared import Status, Tag
from rollup.spec.state import State, Suspense, Touch, Workspace
from rollup.spec.step import Applied
from rollup.spec.table import RiskTable, mark_elements
from rollup.spec.trade import Lane
from rollup.spec.types import Vector
from rollup.witness.trade import trade_inputs

pytest.importorskip("zkclear_native", reason="the native extension is not built: install Rust, make setup")


def step(world: World) -> Applied:
    """Two legs with funding and fees, a sweep, a decoy."""
    leg = world.buy(2, 6, 5, 990, fee=3, listing=7)
    wide = [world.sell(4, 1, 3, 1_000, fee=2), world.buy(4, 6, 2, 990, listing=7)]
    return world.trade(narrow=[leg, Lane(3)], wide=[wide])


def refuse(at: str, inputs: Inputs) -> None:
    trade().refuses(inputs, *AT[at])


def test_step_by_the_law_has_a_witness() -> None:
    accept(step(board()))


# -- the arithmetic of a touch


def booked(change: Callable[[list[int], Leg, RiskTable], None]) -> Callable[[Vector, Leg, RiskTable], Vector]:
    """`fill`, and then a change of the vector."""
    honest = law.fill

    def fill(vector: Vector, leg: Leg, table: RiskTable) -> Vector:
        after = list(honest(vector, leg, table))
        change(after, leg, table)
        return tuple(after)

    return fill


def no_funding(after: list[int], leg: Leg, table: RiskTable) -> None:
    after[0] -= leg.sign * leg.quantity * table.marks[leg.order.slot].funding


def no_fee(after: list[int], leg: Leg, table: RiskTable) -> None:
    after[0] += leg.fee


def a_gift(after: list[int], leg: Leg, table: RiskTable) -> None:
    after[0] += 1


def another_lot(after: list[int], leg: Leg, table: RiskTable) -> None:
    after[leg.order.slot] += leg.sign


def another_slot(after: list[int], leg: Leg, table: RiskTable) -> None:
    after[leg.order.slot] -= leg.sign * leg.quantity
    after[5] += leg.sign * leg.quantity


def opposite_side(after: list[int], leg: Leg, table: RiskTable) -> None:
    after[leg.order.slot] -= 2 * leg.sign * leg.quantity


@pytest.mark.parametrize("change", [no_funding, no_fee, a_gift, another_lot, another_slot, opposite_side])
@pytest.mark.parametrize("wide", [False, True], ids=["narrow", "wide"])
def test_leg_booked_otherwise_is_refused(
    change: Callable[[list[int], Leg, RiskTable], None], wide: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In the leaf, whose hash shows it; what the clearing house owes stays as the law has it."""
    world = board()
    leg = world.buy(2, 6, 5, 990, fee=3, listing=7)
    monkeypatch.setattr(law, "fill", booked(change))
    refuse("roots", trade_inputs(world.trade(**({"wide": [[leg]]} if wide else {"narrow": [leg]}))))


@pytest.mark.parametrize("by", [1, -1, R])
def test_swept_at_another_value_is_refused(by: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Trap 19: a settled slot is worth what its table says, and what it says cannot differ between lanes."""
    honest = margin.sweep

    def sweep(vector: Vector, marks: Any) -> Vector:
        after = list(honest(vector, marks))
        after[0] += by if by != R else -2 * (after[0] - vector[0])
        return tuple(after)

    monkeypatch.setattr(law, "sweep", sweep)
    refuse("roots", trade_inputs(board().trade(wide=[Lane(4)])))


def test_settled_position_left_unswept_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """Trap 35."""
    monkeypatch.setattr(law, "sweep", lambda vector, marks: vector)
    refuse("roots", trade_inputs(board().trade(wide=[Lane(4)])))


@pytest.mark.parametrize("keep", [lambda stored, after: stored, lambda stored, after: after - 1], ids=["kept", "less"])
def test_place_that_does_not_remember_the_fill_is_refused(
    keep: Callable[[int, int], int], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Trap 32: the order could be filled again."""
    honest = orders.filled
    monkeypatch.setattr(law, "filled", lambda stored, leg: keep(stored, honest(stored, leg)))
    refuse("roots", trade_inputs(step(board())))


# -- what is owed


def test_suspense_that_does_not_take_the_other_side_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """Lots out of nothing: the batch would end although nobody sold them."""
    monkeypatch.setattr(Workspace, "owe", lambda self, slot, change: None)
    refuse("suspense after", trade_inputs(step(board())))


@pytest.mark.parametrize("slot", [0, 1, 6, 9])
def test_suspense_off_by_one_is_refused(slot: int) -> None:
    applied = step(board())
    owed = list(applied.suspense.vector)
    owed[slot] += 1
    refuse("suspense after", trade_inputs(with_suspense(applied, vector=tuple(owed))))


@pytest.mark.parametrize("by", [1, -1, -5])
def test_fees_other_than_those_taken_are_refused(by: int) -> None:
    applied = step(board())
    refuse("suspense after", trade_inputs(with_suspense(applied, fees=applied.suspense.fees + by)))


def test_fees_moved_to_what_traders_are_owed_are_refused() -> None:
    """They have an entry of their own, so that the operator takes no more than what was signed."""
    applied = step(board())
    owed = (applied.suspense.vector[0] + applied.suspense.fees, *applied.suspense.vector[1:])
    refuse("suspense after", trade_inputs(with_suspense(applied, vector=owed, fees=0)))


def test_suspense_forgotten_between_steps_is_refused() -> None:
    """What is owed before the step is what its public hash says."""
    world = board()
    world.trade(narrow=[world.buy(2, 1, 9, 1_000, fee=5)])
    applied = step(world)
    forgotten = replace(applied, suspense_before=Suspense.settled(world.profile))
    inputs = {**trade_inputs(forgotten), "suspenseBefore": applied.suspense_before.hash}
    refuse("suspense before", inputs)


def with_suspense(applied: Applied, **parts: Any) -> Applied:
    return replace(applied, suspense=replace(applied.suspense, **parts))


# -- the leaf, and what its owner reads


@pytest.mark.parametrize("part", ["key", "domain", "index", "nonce", "salt"])
def test_keystream_of_another_touch_is_refused(part: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Trap 24: blinding and keystream follow from viewKey, domain, index, nonce and salt, so that none repeats."""

    def seal(view_key: int, domain: int, index: int, nonce: int, salt: int, words: int) -> data.Seal:
        other = {"key": view_key, "domain": domain, "index": index, "nonce": nonce, "salt": salt}
        other[part] = (other[part] + 1) % R
        return data.seal(other["key"], other["domain"], other["index"], other["nonce"], other["salt"], words)

    monkeypatch.setattr("rollup.spec.state.seal", seal)
    refuse("roots", trade_inputs(board().trade(narrow=[Lane(2), Lane(3)])))


def closing(**parts: Any) -> Callable[..., Touch]:
    """`Workspace.close` with other parts of the leaf."""
    honest = Workspace.close

    def close(self: Workspace, index: int, before: Any, plaintexts: Any, **kept: Any) -> Touch:
        made = {name: value(before) if callable(value) else value for name, value in parts.items()}
        return honest(self, index, before, plaintexts, **{**kept, **made})

    return close


@pytest.mark.parametrize(
    "parts",
    [
        {"owner_nonce": lambda before: before.owner_nonce + 1},
        {"owner": lambda before: replace(before.owner, l1_owner=before.owner.l1_owner + 1)},
        {"owner": lambda before: replace(before.owner, trading_key=before.owner.owner_key)},
        {"owner": lambda before: replace(before.owner, view_key=before.owner.view_key + 1)},
        {"places": (9, 0, 0, 0)},
        {"vector": lambda before: (before.vector[0] + 1, *before.vector[1:])},
    ],
    ids=["owner nonce", "l1 owner", "trading key", "view key", "places", "vector"],
)
def test_leaf_that_changes_what_no_leg_changed_is_refused(
    parts: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A decoy gets a fresh blinding and nothing else."""
    monkeypatch.setattr(Workspace, "close", closing(**parts))
    refuse("roots", trade_inputs(board().trade(narrow=[Lane(2), Lane(3)], wide=[Lane(5)])))


def test_touch_that_keeps_its_nonce_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    honest = Workspace.close

    def close(self: Workspace, index: int, before: Any, plaintexts: Any, **kept: Any) -> Touch:
        return honest(self, index, replace(before, nonce=before.nonce - 1), plaintexts, **kept)

    world = board()
    world.trade(narrow=[Lane(2), Lane(3)], wide=[Lane(1)])
    monkeypatch.setattr(Workspace, "close", close)
    refuse("roots", trade_inputs(world.trade(narrow=[Lane(2), Lane(3)], wide=[Lane(1)])))


def test_leaf_of_somebody_else_changed_is_refused() -> None:
    """The state after is the state before with the touched leaves replaced: no other one, no note, no custody."""
    applied = step(board())
    state = applied.state
    tree = state.tree.snapshot()
    tree.update({9: 12345})
    others: list[State] = [replace(state, tree=tree), replace(state, note_count=1), replace(state, custody=5)]
    for other in others:
        refuse("state after", trade_inputs(replace(applied, state=other)))


@pytest.mark.parametrize("part", ["slot", "side", "quantity", "cash", "fee", "place", "nonce"])
def test_word_that_tells_its_owner_something_else_is_refused(part: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Correct encryption is a constraint: an owner with L1's data alone must be able to follow."""
    honest = Leg.word
    offset = {"slot": 0, "side": 8, "quantity": 9, "cash": 49, "fee": 129, "place": 185, "nonce": 193}[part]
    monkeypatch.setattr(Leg, "word", lambda self: honest(self) ^ (1 << offset))
    refuse("commitment", trade_inputs(step(board())))


def test_word_of_an_unused_leg_is_nothing_and_no_other_is_accepted() -> None:
    """Unused ones encrypt 0, so that nobody counts legs, and nothing but 0, so that nothing is smuggled out."""
    applied = board().trade(narrow=[Lane(2)])
    for position in range(1, len(applied.words)):
        words = list(applied.words)
        words[position] = (words[position] + 1) % R
        refuse("commitment", trade_inputs(with_words(applied, words)))


def test_indices_of_others_are_refused() -> None:
    applied = step(board())
    words = [applied.words[0] + 1, *applied.words[1:]]
    refuse("commitment", trade_inputs(with_words(applied, words)))


def test_words_chosen_after_the_challenge_are_refused() -> None:
    """Trap 31: other words that evaluate to the same y at the same z have another commitment."""
    applied = step(board())
    z, words = applied.published.challenge, list(applied.words)
    forged = [(words[0] + z) % R, (words[1] - 1) % R, *words[2:]]
    assert data.evaluate(forged, z) == applied.published.evaluation
    inputs = trade_inputs(applied)
    other = trade_inputs(with_words(applied, forged))
    refuse("commitment", {**inputs, "dataCommit": other["dataCommit"]})
    refuse("evaluation", {**inputs, "y": other["y"]})
    alone_words = alone("lib/words.circom", "Published", 3)
    made = [alone_words.outputs({"word": word, "z": z}) for word in (words[:3], forged[:3])]
    assert made[0]["y"] == made[1]["y"] and made[0]["dataCommit"] != made[1]["dataCommit"]


def with_words(applied: Applied, words: list[int]) -> Applied:
    return replace(applied, published=replace(applied.published, words=tuple(words)))


# -- the table


def test_table_other_than_the_posted_one_is_refused() -> None:
    """Trap 12: prices, statuses and times of another epoch under this one's root, and the other way round."""
    applied = step(board())
    other = table_of(BOARD[0].moved(1), *BOARD[1:], time=applied.table.time)
    inputs = trade_inputs(applied)
    refuse("table", {**inputs, "riskRoot": other.root})
    opened = trade_inputs(replace(applied, table=other))
    refuse("table", {**opened, "riskRoot": applied.table.root})
    later = table_of(*BOARD, time=applied.table.time + 1)
    refuse("table", {**inputs, "riskRoot": later.root})


def test_parameters_other_than_governances_are_refused() -> None:
    """The table's own parameters are opened, and their hash is public: L1 compares it with governance's."""
    inputs = trade_inputs(step(board()))
    refuse("parameters", {**inputs, "paramsHash": element("others")})
    for place in range(8):
        assert not trade().satisfied(changed(inputs, (("parameter", place), 1)))


@pytest.mark.parametrize("status", [5, 6, 7, 8, R - 1])
def test_status_that_no_table_has_opens_nothing(status: int) -> None:
    """A root over a status that is none, as a committee might sign it, opens no slot and has no witness at all."""
    applied = step(board())
    inputs = trade_inputs(applied)
    elements = mark_elements(applied.table.marks)
    assert elements[24] == Status.EMPTY == inputs["status"][9]  # type: ignore[index]
    for value, works in ((Status.ACTIVE, True), (status, False)):
        elements[24] = value
        roots = [applied.table.parameters.hash, hash_list(Tag.MARKS, elements), applied.table.stress_root]
        forged = changed(inputs, (("status", 9), value))
        forged["riskRoot"] = tagged(Tag.RISK, *roots, applied.table.time)
        assert trade().satisfied(forged) is works
