"""
The liquidate circuit refuses other books than the law's: what a CLOSE owes and pays, who gets the rest. LIQ-12, STA-4.

Here the law leaves no choice and raises nothing. So a part of it is replaced by another that draws up the step with
everything that follows from it, and the circuit, which computes for itself, comes to other accounts. That no hint
brings it to these is in test_liquidate_hints.py.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from support.liquidate_witness import AT, SELL, board, circuit, failing_fund, twins, vaulted
from support.partial_law import WIDTHS, law_without
from support.spec_builders import Instrument, World, close, deleverage, liquidation, takeover
from support.step_witness import reduced

from prover.reference.field import R
from rollup.spec import liquidate as law
from rollup.spec.account import FUND
from rollup.spec.errors import OutOfRange
from rollup.spec.liquidate import LiquidationLane, Reduction
from rollup.spec.shared import Mode
from rollup.spec.state import Workspace
from rollup.spec.table import MILLION
from rollup.witness.liquidate import liquidate_inputs

pytest.importorskip("zkclear_native", reason="the native extension is not built: install Rust, make setup")

Patch = Callable[[pytest.MonkeyPatch], None]
Effect = Any
"""The law's own record of what a lane does."""


@pytest.fixture
def world() -> World:
    """Account 6: equity 20,000, worst 10,000; a fund that can carry what κ_ex leaves."""
    made = board()
    made.seat(FUND, {0: 50_000})
    made.seat(6, {0: -80_000, 1: 100})
    return made


def refuse_other(world: World, patched: Patch, *lanes: LiquidationLane, rules: tuple[str, ...] = ()) -> None:
    """Another law draws up the step; the circuit comes to other leaves, of an account or of the fund before it."""
    with pytest.MonkeyPatch.context() as patch, law_without(*rules):
        patched(patch)
        applied = world.liquidate(*lanes)
    circuit().refuses(reduced(liquidate_inputs(applied)), "Liquidate", AT["root"][1], AT["state after"][1])


def another(name: str, instead: Callable[..., Any]) -> Patch:
    """One function of the law replaced; what replaces it gets the honest one first."""

    def patched(patch: pytest.MonkeyPatch) -> None:
        honest = getattr(law, name, None)
        patch.setattr(law, name, lambda *its, **named: instead(honest, *its, **named), raising=False)

    return patched


# -- how much


@pytest.mark.parametrize("by", [-1, 1, -16_000, 4_000])
def test_close_that_owes_another_amount_LIQ_12_is_refused(world: World, by: int) -> None:
    """Trap 36."""
    refuse_other(world, another("owed_on_close", lambda honest, *its: honest(*its) + by), close(6))


def test_close_that_owes_a_remainder_rounded_up_LIQ_12_is_refused() -> None:
    world = twins(Instrument(1_000, (-101, 101)))
    world.seat(FUND, {0: 50_000})
    world.seat(2, {0: -2_000, 1: 3})
    up = another("owed_on_close", lambda _, values, kappa: -(-law.weighted(values, kappa) // MILLION))
    refuse_other(world, up, close(2))


def test_close_of_an_account_in_debt_that_owes_less_than_nothing_LIQ_12_is_refused(world: World) -> None:
    """The fund takes the debt over; the account is left with nothing, not with it."""
    world.seat(6, {0: -110_000, 1: 100})
    less = another("owed_on_close", lambda _, values, kappa: law.weighted(values, kappa) // MILLION)
    refuse_other(world, less, close(6), rules=(WIDTHS,))


@pytest.mark.parametrize("paid", [0, 15_999, 16_001])
def test_close_paid_anything_but_the_smaller_of_owed_and_custody_LIQ_12_is_refused(world: World, paid: int) -> None:
    """Trap 36. The CLOSE is all that asks `liquidate.py` for a smallest value here."""
    refuse_other(world, another("min", lambda *_, **named: paid), close(6))


def test_close_paid_beyond_custody_LIQ_12_STA_4_is_refused(world: World) -> None:
    street = world.account(world.street).vector
    world.seat(world.street, (street[0] - world.state.custody + 9_000, *street[1:]))

    def beyond(patch: pytest.MonkeyPatch) -> None:
        another("min", lambda _, owed=0, *custody, **named: owed)(patch)
        patch.setattr(Workspace, "pay_out", lambda work, paid: setattr(work, "custody", (work.custody - paid) % R))

    refuse_other(world, beyond, close(6), rules=("STA-4",))


def test_close_that_owes_more_than_its_word_LIQ_12_is_refused() -> None:
    """80 bits; section 4's bounds keep every account far below."""
    world = board()
    world.seat(6, {0: 1 << 80})
    vaulted(world)
    with pytest.raises(OutOfRange, match=r"leg\.cash"):
        world.liquidate(close(6))
    with law_without(WIDTHS):
        applied = world.liquidate(close(6))
    circuit().refuses(reduced(liquidate_inputs(applied)), *AT["owed"])


@pytest.mark.parametrize("answer", [True, False])
def test_close_by_the_wrong_kappa_of_halted_positions_LIQ_12_is_refused(world: World, answer: bool) -> None:
    """Trap 44: halted ones are left out, or found where there are none."""
    refuse_other(world, another("holds_halted", lambda *_: answer), close(6) if answer else close(4))


@pytest.mark.parametrize("answer", [True, False])
def test_close_by_the_wrong_judgement_of_the_fund_LIQ_12_is_refused(world: World, answer: bool) -> None:
    """Trap 48: the whole stress left behind to a fund that could carry it, or κ_ex to one that cannot."""
    if not answer:
        world.seat(FUND, {})
    refuse_other(world, another("violates", lambda *_: answer), close(6))


def test_close_judged_before_everything_is_given_LIQ_12_is_refused(world: World) -> None:
    """Decision 3: a takeover after the CLOSE counts. Without it this fund would do."""
    world.seat(FUND, {0: 10_000})
    world.seat(7, {0: -110_000, 1: 100})
    exit_margin = world.table.parameters.maintenance
    early = another("violates", lambda honest, values, kappa: kappa != exit_margin and honest(values, kappa))
    refuse_other(world, early, close(6), takeover(7))


# -- who gets what


@pytest.mark.parametrize("to", ["suspense", "nobody", "the account"])
def test_close_whose_positions_go_elsewhere_LIQ_12_is_refused(world: World, to: str) -> None:
    """Trap 36."""

    def closed(honest: Callable[..., Effect], *its: Any) -> Effect:
        effect = honest(*its)
        nothing = (0,) * len(effect.given)
        if to == "the account":
            both = tuple(map(sum, zip(effect.vector, effect.given, strict=True)))
            return replace(effect, given=nothing, vector=both)
        lots = effect.given[1]
        owed = (Reduction(1, SELL, lots, lots * 1_000),) if to == "suspense" else ()
        return replace(effect, given=nothing, suspense=owed)

    refuse_other(world, another("_closed", closed), close(6))


def test_takeover_that_leaves_something_behind_LIQ_10_is_refused(world: World) -> None:
    """The whole vector moves."""
    world.seat(6, {0: -101_000, 1: 100, 2: 1})

    def partly(honest: Callable[..., Effect], work: Any, lane: LiquidationLane, *its: Any) -> Effect:
        effect = honest(work, lane, *its)
        if lane.mode is not Mode.TAKEOVER:
            return effect
        given = effect.given
        return replace(effect, vector=(0, 0, *given[2:]), given=(*given[:2], *(0,) * (len(given) - 2)))

    refuse_other(world, another("_effect", partly), takeover(6))


def test_penalty_that_goes_to_nobody_LIQ_7_is_refused(world: World) -> None:
    def nowhere(honest: Callable[..., Effect], *its: Any) -> Effect:
        effect = honest(*its)
        return replace(effect, given=(0,) * len(effect.given))

    refuse_other(world, another("_effect", nowhere), liquidation(5, (1, SELL, 10, 10_000, 50)))


def test_deleverage_through_suspense_LIQ_11_is_refused(world: World) -> None:
    """It goes from hand to hand."""

    def owed(honest: Callable[..., Effect], *its: Any) -> Effect:
        effect = honest(*its)
        return replace(effect, deleveraged=(), suspense=effect.deleveraged)

    refuse_other(failing_fund(world), another("_effect", owed), deleverage(5, (1, SELL, 10, 10_000)))


@pytest.mark.parametrize("index", [4, FUND])
def test_settled_position_left_as_it_is_is_refused(world: World, index: int) -> None:
    """Every touch sweeps, a decoy's and the fund's too."""
    if index == FUND:
        world.seat(FUND, {0: 10, 4: 3})
    unswept = another("sweep", lambda honest, vector, marks: vector)
    refuse_other(world, unswept, LiquidationLane(4 if index == 4 else 2))
