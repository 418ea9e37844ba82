"""The solvency scan: nobody is shown safe, balanced or empty who is not; each rule, broken alone, has no witness."""

from __future__ import annotations

from dataclasses import replace

import pytest
from support.attestation_builders import parts_of
from support.solvency_witness import (
    FAILING,
    FILE,
    PUBLIC,
    RICH,
    TINY,
    pretending,
    scanned_account,
)
from support.spec_builders import BOARD, Instrument, World, table_of
from support.step_witness import StepCircuit, alone, changed, dishonest, element_at

from prover.reference.field import R
from rollup.spec.account import FUND
from rollup.spec.solvency import ScanPart
from rollup.witness.solvency import solvency_inputs

pytest.importorskip("zkclear_native", reason="the native extension is not built: install Rust, make setup")


# ---------------------------------------------------------------- SOL-6: who is not safe


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
