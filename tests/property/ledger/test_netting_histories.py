"""Random histories of the exchange, netted: the law takes every step and comes to what the twin holds."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from functools import cache

import pytest
from support.exchange_histories import PROFILE, TEMPERS, history
from support.ledger_runs import LedgerRun
from support.spec_values import FAST

from rollup.exchange.events import Filled
from rollup.spec.funds import Forced, FundsStep
from rollup.spec.liquidate import LiquidateStep
from rollup.spec.shared import PROFILES, Mode
from rollup.spec.state import Suspense
from rollup.spec.step import kind_of
from rollup.spec.trade import TradeStep

pytestmark = pytest.mark.skipif(not FAST, reason="hundreds of steps are hashed: the native extension is needed")

SMALL = replace(PROFILES["small"], slots=PROFILE.slots, scenarios=PROFILE.scenarios, places=PROFILE.places, narrow=3)
"""
Wider lanes than tiny's, and more of them, over the same market.

Of narrow ones few: legs share a wide lane only where these are taken.
"""

SHORT, LONG = range(1_000, 1_000 + len(TEMPERS)), range(2_000, 2_000 + len(TEMPERS))
"""Seeds: one of every temper under tiny, and one under small."""


@cache
def told(seed: int) -> tuple[LedgerRun, int]:
    """A history traded, netted and applied, and the number of its fills."""
    profile, length = (PROFILE, 300) if seed in SHORT else (SMALL, 700)
    story = history(seed, length, profile=profile)
    run = LedgerRun(story.settings, profile)
    fills = 0
    for command in story.commands:
        fills += sum(isinstance(event, Filled) for event in run.carry_out(command))
    run.end_batch()
    return run, fills


@pytest.mark.parametrize("seed", [*SHORT, *LONG])
def test_net_over_a_random_history_comes_to_the_exchanges_vectors_and_places(seed: int) -> None:
    run, _ = told(seed)
    assert run.differences() == {}
    assert run.applied


@pytest.mark.parametrize("seed", [*SHORT, *LONG])
def test_net_over_a_random_history_merges_fills_and_loses_none(seed: int) -> None:
    run, fills = told(seed)
    steps = [plan.body for plan in run.planned if isinstance(plan.body, TradeStep)]
    legs = [leg for step in steps for lane in (*step.narrow, *step.wide) for leg in lane.legs]
    assert len(legs) <= fills
    assert (len(legs) > 0) == (fills > 0)


@pytest.mark.parametrize("seed", [*SHORT, *LONG])
def test_net_over_a_random_history_settles_before_every_new_table_and_whatever_l1_forces(seed: int) -> None:
    run, _ = told(seed)
    settled = Suspense.settled(run.profile)
    before = None
    for applied in run.applied:
        forced = isinstance(applied.step.body, FundsStep) and any(
            isinstance(one, Forced) for one in applied.step.body.operations
        )
        closes = isinstance(applied.step.body, LiquidateStep) and any(
            lane.mode == Mode.CLOSE for lane in applied.step.body.lanes
        )
        if forced or closes or applied.step.frame.number == 0 or applied.table is not before:
            assert applied.suspense_before == settled
        before = applied.table


def test_net_over_all_histories_meets_every_kind_of_step_and_mode() -> None:
    runs = [told(seed)[0] for seed in (*SHORT, *LONG)]
    bodies = [plan.body for run in runs for plan in run.planned]
    assert len({kind_of(body) for body in bodies}) == 3
    liquidate = [body for body in bodies if isinstance(body, LiquidateStep)]
    modes = Counter(lane.mode for body in liquidate for lane in body.lanes)
    assert set(modes) == set(Mode)
    assert any(body.fund.legs for body in liquidate)
    lanes = [lane for body in bodies if isinstance(body, TradeStep) for lane in (*body.narrow, *body.wide)]
    assert {len(lane.legs) for lane in lanes} >= {0, 1, 2, 3, 4}
