"""
The liquidate circuit refuses what the law refuses: each rule of LIQ, STA and STP broken alone.

The law without the rule draws up the step, so every root, hash and word fits, and the circuit says no at the very line
that stands for the rule. The same step one notch inside is in test_liquidate_circuit.py. Legs, LIQUIDATE and TAKEOVER
are in test_liquidate_refuses_legs.py, the fund and margin in test_liquidate_refuses_fund.py, what a CLOSE pays and who
gets what in test_liquidate_refuses_books.py.

LIQ-1 and LIQ-4's number of legs are the shape of the circuit, and STP-1 alike. STP-2: a public input or witness is a
field element. DAT-1 cannot be broken: a leg's word has 237 bits. STA-5 is not of this step.
"""

from __future__ import annotations

from dataclasses import replace

import pytest
from support.liquidate_witness import AT, SELL, board, circuit, failing_fund, refuse, rich_steps
from support.partial_law import WIDTHS
from support.spec_builders import Trader, World, close, liquidation
from support.step_witness import changed, element_at

from rollup.spec.account import FUND, Account
from rollup.spec.liquidate import LiquidationLane, Reduction
from rollup.spec.shared import Mode
from rollup.spec.state import Suspense
from rollup.witness.liquidate import liquidate_inputs

pytest.importorskip("zkclear_native", reason="the native extension is not built: install Rust, make setup")

LAST = (1 << 40) - 1
"""The largest nonce, and the largest quantity."""


def refuse_changed(name: str, at: str, *changes: tuple[tuple[str | int, ...], int]) -> None:
    """Inputs that no account or step could follow from: a rich step's, changed."""
    circuit().refuses(changed(liquidate_inputs(rich_steps()[name]), *changes), *AT[at])


# -- which accounts, which modes


@pytest.mark.parametrize("mode", [Mode.NONE, Mode.LIQUIDATE, Mode.TAKEOVER])
def test_lane_of_the_fund_LIQ_3_is_refused(world: World, mode: Mode) -> None:
    """Trap 22."""
    world.seat(FUND, {0: -99_000, 1: 100})
    legs = (Reduction(1, SELL, 1, 1_000),) if mode is Mode.LIQUIDATE else ()
    refuse(world, "fund index", ["LIQ-3"], LiquidationLane(FUND, mode, legs))


def test_request_of_more_than_64_bits_LIQ_3_is_refused(world: World) -> None:
    refuse(world, "request", ["LIQ-3", WIDTHS], close(2, request=1 << 64))


def test_two_closes_LIQ_2_are_refused(world: World) -> None:
    refuse(world, "one close", ["LIQ-2"], close(2, 1), close(3, 2))


@pytest.mark.parametrize("mode", [5, 6, -1])
def test_mode_that_is_none_is_refused(mode: int) -> None:
    refuse_changed("close", "mode", (("mode", 0), mode))


@pytest.mark.parametrize("mode", [Mode.NONE, Mode.TAKEOVER, Mode.CLOSE])
def test_legs_in_a_mode_without_any_LIQ_4_are_refused(world: World, mode: Mode) -> None:
    world.seat(6, {0: -99_000, 1: 100})
    refuse(world, "legs", ["LIQ-4"], LiquidationLane(6, mode, (Reduction(1, SELL, 1, 1_000),)))


@pytest.mark.parametrize(("mode", "rule"), [(Mode.LIQUIDATE, "LIQ-5"), (Mode.DELEVERAGE, "LIQ-11")])
def test_mode_of_legs_without_one_LIQ_5_LIQ_11_is_refused(world: World, mode: Mode, rule: str) -> None:
    failing_fund(world)
    refuse(world, "legs", [rule, "LIQ-9"], LiquidationLane(5, mode))


@pytest.mark.parametrize("index", [512, 1 << 24, -1])
@pytest.mark.parametrize("lane", [0, 1])
def test_account_outside_the_tree_STA_1_is_refused(lane: int, index: int) -> None:
    refuse_changed("close", "index", (("index", lane), index))


def test_account_that_was_never_registered_STA_2_is_refused(world: World) -> None:
    """The law finds an account; the tree, which is what the root says, has an empty leaf there."""
    ghost = Account(Trader("ghost").owner, (10, *(0,) * 15), (0,) * 4)
    world.state = replace(world.state, accounts={**world.state.accounts, 9: ghost})
    refuse(world, "leaf", [], LiquidationLane(9))
    refuse(world, "leaf", [], close(9))


def test_touch_of_an_account_with_no_touches_left_STA_3_is_refused(world: World) -> None:
    world.seat(6, {0: 5}, nonce=LAST)
    refuse(world, "touches", ["STA-3"], LiquidationLane(6))
    world = board()
    world.seat(FUND, {0: 5}, nonce=LAST)
    refuse(world, "touches", ["STA-3"], LiquidationLane(2))


def test_lane_opened_as_it_was_before_the_lane_before_it_is_refused(world: World) -> None:
    """100 lots once, not 100 in each lane: the second opens what the first left."""
    applied = world.liquidate(liquidation(5, (1, SELL, 10, 10_000)), liquidation(5, (1, SELL, 50, 50_000)))
    inputs = liquidate_inputs(applied)
    for names in (["vector"], ["vector", "nonce", "blind"], ["vector", "nonce", "blind", "child"]):
        stale = {name: [inputs[name][0], inputs[name][1], inputs[name][1]] for name in names}  # type: ignore[index]
        circuit().refuses({**inputs, **stale}, "Liquidate" if "child" in names else "Update8", "===")


# -- unused legs, flags


@pytest.mark.parametrize("name", ["cash", "penalty"])
def test_unused_leg_that_moves_something_is_refused(name: str) -> None:
    place = (name, 1, 1) if name == "cash" else (name, 0, 1)
    refuse_changed("legs", "unused", (place, 1))


def test_unused_leg_with_lots_is_refused() -> None:
    refuse_changed("legs", "no lots", (("lots", 1, 1), 1))


def test_used_leg_behind_an_unused_one_is_refused() -> None:
    inputs = liquidate_inputs(rich_steps()["legs"])
    swaps = [
        ((name, 0, place), element_at(inputs, (name, 0, 1 - place)))
        for name in ("used", "slot", "side", "lots", "cash")
        for place in (0, 1)
    ]
    circuit().refuses(changed(inputs, *swaps), *AT["used first"])


@pytest.mark.parametrize("name", ["used", "side"])
@pytest.mark.parametrize("value", [2, -1])
def test_flag_that_is_neither_0_nor_1_is_refused(name: str, value: int) -> None:
    inputs = liquidate_inputs(rich_steps()["legs"])
    for place in ((name, 0, 0), (name, 0, 1), (name, 1, 1)):
        circuit().refuses(changed(inputs, (place, value)), "Reductions", f"{name}[")


# -- where forced requests are served


@pytest.mark.parametrize(
    ("at", "owed"),
    [
        ("owed lots", Suspense((0, 5, *(0,) * 14), 0, 3)),
        ("owed lots", Suspense((5, *(0,) * 15), 0, 3)),
        ("owed lots", Suspense((*(0,) * 15, -1), 0, 0)),
        ("owed fees", Suspense((0,) * 16, 1, 3)),
        ("owed blind", Suspense((0,) * 16, 0, 3)),
    ],
    ids=["lots", "cash", "last slot", "fees", "blinding"],
)
def test_close_while_something_is_owed_STP_3_is_refused(world: World, at: str, owed: Suspense) -> None:
    world.suspense = owed
    refuse(world, at, ["STP-3"], close(2))


# -- what binds the proof


PUBLIC = {
    "domain": "root",
    "stateBefore": "state before",
    "stateAfter": "state after",
    "suspenseBefore": "suspense before",
    "suspenseAfter": "suspense after",
    "riskRoot": "table",
    "paramsHash": "parameters",
    "time": "table",
    "salt": "root",
    "dataCommit": "commitment",
    "z": "evaluation",
    "y": "evaluation",
}


@pytest.mark.parametrize("step", ["legs", "close"])
@pytest.mark.parametrize("name", PUBLIC)
def test_public_input_that_is_another_is_refused(name: str, step: str) -> None:
    inputs = liquidate_inputs(rich_steps()[step])
    circuit().refuses(changed(inputs, ((name,), int(inputs[name]) + 1)), *AT[PUBLIC[name]])  # type: ignore[arg-type]
