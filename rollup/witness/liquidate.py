"""
A liquidate step as the circuit takes it: from the specification to the inputs of circuits/steps/liquidate.circom.

The circuit computes for itself what the modes move; it needs the accounts as each touch found them, and the legs.
"""

from __future__ import annotations

from collections.abc import Sequence

from rollup.spec.liquidate import LiquidateStep, LiquidationLane, Reduction
from rollup.spec.shared import Mode
from rollup.spec.state import State, Touch
from rollup.spec.step import Applied
from rollup.spec.table import RiskTable
from rollup.witness.common import (
    Inputs,
    account_inputs,
    by_lane,
    children,
    public_inputs,
    risk_inputs,
    state_inputs,
    suspense_inputs,
)

__all__ = ["liquidate_inputs"]


def liquidate_inputs(applied: Applied) -> Inputs:
    """Inputs of the liquidate circuit for a liquidate step."""
    body = applied.step.body
    assert isinstance(body, LiquidateStep)
    room = applied.before.profile.legs
    return {
        **public_inputs(applied),
        **suspense_inputs(applied.suspense_before, applied.suspense),
        **_table(applied.table),
        **_state(applied.before),
        "custodyRandomAfter": body.custody_random,
        **by_lane([_touched(touch) for touch in applied.touches]),
        **by_lane([_legs(lane.legs, room) for lane in (body.fund, *body.lanes)]),
        **by_lane([_lane(lane, room) for lane in body.lanes]),
        "request": sum(lane.request for lane in body.lanes if lane.mode == Mode.CLOSE),
    }


def _table(table: RiskTable) -> Inputs:
    """What `riskRoot` opens to, the lot risks too."""
    opened = risk_inputs(table)
    del opened["lotRiskHash"]
    opened["riskLong"] = [mark.risk_long for mark in table.marks]
    opened["riskShort"] = [mark.risk_short for mark in table.marks]
    return opened


def _state(state: State) -> Inputs:
    """What `stateRoot` opens to beside the account tree, and the custody with its blinding."""
    opened = state_inputs(state)
    del opened["custodyCommit"]
    return {**opened, "custody": state.custody, "custodyRandom": state.custody_random}


def _touched(touch: Touch) -> Inputs:
    assert touch.before is not None  # only a deposit meets an empty leaf
    opened = account_inputs(touch.before)
    del opened["place"]  # nothing here reads order places
    return {**opened, "ordersHash": touch.before.orders_hash, "child": children(touch.path)}


def _legs(legs: Sequence[Reduction], room: int) -> Inputs:
    """Used ones first; the others are 0 throughout."""
    rows = [(1, leg.slot, leg.side.value, leg.quantity, leg.cash) for leg in legs]
    rows += [(0, 0, 0, 0, 0)] * (room - len(rows))
    names = ("used", "slot", "side", "lots", "cash")
    return {name: list(column) for name, column in zip(names, zip(*rows, strict=True), strict=True)}


def _lane(lane: LiquidationLane, room: int) -> Inputs:
    penalties = [leg.penalty for leg in lane.legs]
    return {
        "index": lane.account,
        "mode": int(lane.mode),
        "penalty": penalties + [0] * (room - len(penalties)),
    }
