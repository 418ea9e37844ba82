"""The crash run: 40 % down in ten epochs, with breakers and without, side by side."""

from __future__ import annotations

import pytest
from support.crash import Crash

from rollup.spec.account import FUND
from rollup.spec.solvency import scan

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def runs() -> dict[bool, Crash]:
    """Both runs on the same accounts; `pytest -s` shows them."""
    both = {breakers: Crash(breakers).run() for breakers in (True, False)}
    for run in both.values():
        print("\n" + run.report())  # noqa: T201
    return both


@pytest.mark.parametrize("breakers", [True, False])
def test_crash_ends_with_books_balanced_and_the_shortfall_in_the_fund(runs: dict[bool, Crash], breakers: bool) -> None:
    run = runs[breakers]
    result = scan(run.world.state, run.world.table)
    assert result.balanced
    assert result.failed == 0
    in_debt = [index for index in run.world.state.accounts if run.world.equity(index) < 0]
    assert set(in_debt) <= {FUND}
    assert sum(epoch.taken_over for epoch in run.epochs) > 0
    assert not any(run.world.totals()[1:])


def test_crash_with_breakers_liquidates_and_keeps_the_fund_solvent(runs: dict[bool, Crash]) -> None:
    run = runs[True]
    assert sum(epoch.liquidated for epoch in run.epochs) > 1_000
    assert min(epoch.fund for epoch in run.epochs) >= 0
    assert scan(run.world.state, run.world.table).valid


def test_crash_without_breakers_empties_the_fund_and_deleverages(runs: dict[bool, Crash]) -> None:
    on, off = runs[True], runs[False]
    assert sum(epoch.liquidated for epoch in off.epochs[:10]) == 0
    assert off.epochs[-1].fund < 0 <= on.epochs[-1].fund
    assert sum(epoch.deleveraged for epoch in off.epochs) > sum(epoch.deleveraged for epoch in on.epochs)
    assert not scan(off.world.state, off.world.table).valid
