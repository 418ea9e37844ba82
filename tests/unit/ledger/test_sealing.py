"""Cutting what was sealed into batches that a transaction has room for."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st
from support.spec_values import TINY, Trader

from rollup.ledger.planner import Planned
from rollup.ledger.sealing import STEP_GAS, content_of, cut
from rollup.market.defaults import default_governance, default_inputs
from rollup.market.table import build_table
from rollup.spec.funds import Decoy, Deposit, FundsStep

TABLE = build_table(default_inputs(TINY, default_governance()), default_governance(), TINY)
STEP = FundsStep((Decoy(2), Decoy(3), Decoy(2), Decoy(1)), 0)


def plan_of(settled: list[bool]) -> list[Planned]:
    """A step each; the last one always leaves nothing owed."""
    return [Planned(STEP, TABLE, one) for one in (*settled, True)]


@given(settled=st.lists(st.booleans(), max_size=40), most=st.integers(1, 12))
def test_cut_keepsEveryStepInItsOrder_andCutsWhereNothingIsOwed(settled: list[bool], most: int) -> None:
    plan = plan_of(settled)
    parts = cut(plan, most * STEP_GAS)
    assert [id(one) for part in parts for one in part] == [id(one) for one in plan]
    assert all(part and part[-1].settled for part in parts)
    for part in parts:
        # A longer one could not have been cut: only its last step leaves nothing owed.
        assert len(part) <= most or not any(one.settled for one in part[:-1])


def test_contentOf_anythingThatAStepSays_isInIt() -> None:
    base = plan_of([False])
    owner = Trader("alice").owner
    deposit = FundsStep((Deposit(2, 0, 500, owner), *STEP.operations[1:]), 0)
    others = [
        plan_of([True]),
        base[:1],
        [replace(base[0], table=replace(TABLE, time=TABLE.time + 1)), base[1]],
        [replace(base[0], body=replace(STEP, operations=STEP.operations[::-1])), base[1]],
        [replace(base[0], body=deposit), base[1]],
        [
            replace(
                base[0],
                body=replace(deposit, operations=(replace(deposit.operations[0], amount=501), *STEP.operations[1:])),
            ),
            base[1],
        ],
    ]
    hashes = [content_of(one) for one in (base, *others)]
    assert len(set(hashes)) == len(hashes)
    assert content_of(plan_of([False])) == hashes[0]
