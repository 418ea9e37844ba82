"""
Random liquidate steps: the circuit accepts exactly those that the law accepts.

Where the law refuses, the law without any of its rules draws up the step all the same; then the circuit must refuse.
"""

from __future__ import annotations

import pytest
from hypothesis import event, given, settings
from hypothesis import strategies as st
from support.liquidate_witness import BUY, SELL, accept, circuit
from support.spec_builders import PARAMETERS, Instrument, World, table_of
from support.step_witness import law_without, reduced

from rollup.spec.account import FUND
from rollup.spec.errors import Rejected
from rollup.spec.liquidate import LiquidationLane, Reduction
from rollup.spec.margin import violates
from rollup.spec.shared import Mode, Status
from rollup.spec.table import RiskTable
from rollup.witness.liquidate import liquidate_inputs

pytest.importorskip("zkclear_native", reason="the native extension is not built: install Rust, make setup")

RULES = (*(f"LIQ-{number}" for number in (2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 13)), *(f"MGN-{n}" for n in range(2, 7)))
ACCOUNTS = (5, 6)
LIVE = (*[Status.ACTIVE] * 6, Status.REDUCE_ONLY, Status.HALTED)

statuses = st.sampled_from(LIVE)


@st.composite
def boards(draw: st.DrawFn) -> RiskTable:
    """Twins, a future that hedges them in part, something that settled."""
    risk = draw(st.sampled_from([20, 100]))
    moves = (-risk, risk, -risk // 2, risk // 2)
    other = tuple(move * draw(st.integers(70, 110)) // 100 for move in moves)
    return table_of(
        Instrument(1_000, moves, draw(statuses)),
        Instrument(1_000, moves, draw(statuses)),
        Instrument(990, other, draw(statuses), funding=draw(st.integers(-30, 30))),
        Instrument(300, status=Status.SETTLED),
    )


@st.composite
def books(draw: st.DrawFn, table: RiskTable) -> dict[int, int]:
    """Lots, long and short, and cash for an equity about as large as a part of their stress."""
    lots = {slot: draw(st.sampled_from([0, 0, 1, -1, 20, -20, 50, -50, 51, -90])) for slot in (1, 2, 3)}
    lots[4] = draw(st.sampled_from([0, 0, 0, 2, -3]))
    worth = sum(count * table.marks[slot].value for slot, count in lots.items())
    worst = min(
        sum(count * (row[slot] - table.marks[slot].value) for slot, count in lots.items()) for row in table.rows
    )
    equity = -worst * draw(st.sampled_from([-20, 0, 10, 24, 25, 26, 40, 49, 50, 51, 60, 120])) // 100
    return {0: equity - worth + draw(st.integers(-2, 2)), **lots}


@st.composite
def reductions(
    draw: st.DrawFn, table: RiskTable, held: dict[int, int], at_mark: bool, fined: bool
) -> tuple[Reduction, ...]:
    """Legs that mostly reduce, mostly within the band; a few too many, too dear, the wrong way or in another slot."""
    legs = []
    trading = (Status.ACTIVE, Status.REDUCE_ONLY)
    open_slots = [slot for slot in (1, 2, 3) if held[slot] and table.marks[slot].status in trading]
    held_slots = open_slots or [slot for slot in (1, 2, 3) if held[slot]] or [1]
    for slot in draw(st.lists(st.sampled_from(held_slots), min_size=1, max_size=2, unique=draw(st.integers(0, 9)) > 0)):
        mark = table.marks[slot]
        side = SELL if (held[slot] > 0) == (draw(st.integers(0, 29)) > 0) else BUY
        lots = draw(st.one_of(st.integers(1, 8), st.integers(1, abs(held[slot]) + 1)))
        lots = min(lots, abs(held[slot]) + (draw(st.integers(0, 29)) == 0)) or 1
        risk = mark.risk_long if side is SELL else mark.risk_short
        effort = 0 if at_mark else draw(st.sampled_from([0, 0, 0, 30, 100, 101]))
        worse = lots * risk * PARAMETERS.liquidation_band * effort // 100 // 10**6
        fine = lots * risk * PARAMETERS.penalty_cap * draw(st.sampled_from([0, 50, 100])) // 100 // 10**6
        cash = lots * mark.price + (-worse if side is SELL else worse) + draw(st.sampled_from([0] * 29 + [1, -1]))
        legs.append(Reduction(slot, side, lots, cash, fine if fined else 0))
    return tuple(legs)


@st.composite
def modes(draw: st.DrawFn, world: World, index: int) -> Mode:
    """Any mode; mostly one that the account or the fund is ripe for."""
    if draw(st.integers(0, 7)) == 0:
        return draw(st.sampled_from([*Mode]))
    ripe = [Mode.CLOSE, Mode.NONE, Mode.NONE]
    if violates(world.values(index), PARAMETERS.maintenance):
        ripe += [Mode.LIQUIDATE] * 3
    if violates(world.values(index), PARAMETERS.close_out):
        ripe += [Mode.TAKEOVER] * 2
    if violates(world.values(FUND), PARAMETERS.maintenance):
        ripe += [Mode.DELEVERAGE] * 4
    return draw(st.sampled_from(ripe))


@st.composite
def cases(draw: st.DrawFn) -> tuple[World, tuple[LiquidationLane, ...], tuple[Reduction, ...]]:
    """A world of two accounts and a fund, a lane for each or two for one, and what the fund does of its own."""
    table = draw(boards())
    world = World(table)
    holdings = {index: draw(books(table)) for index in (FUND, *ACCOUNTS)}
    if draw(st.booleans()):  # against the fund
        holdings[5] = {**holdings[5], **{slot: -holdings[FUND][slot] for slot in (1, 2)}}
    for index, held in holdings.items():
        world.seat(index, held)
    lanes = []
    for place in range(2):
        index = 5 if draw(st.integers(0, 4)) == 0 else ACCOUNTS[place]
        mode = draw(modes(world, index))
        legs: tuple[Reduction, ...] = ()
        if mode in (Mode.LIQUIDATE, Mode.DELEVERAGE):
            legs = draw(reductions(table, holdings[index], mode is Mode.DELEVERAGE, mode is Mode.LIQUIDATE))
        lanes.append(LiquidationLane(index, mode, legs, request=7 if mode is Mode.CLOSE else 0))
    own = draw(reductions(table, holdings[FUND], False, False)) if draw(st.integers(0, 3)) == 0 else ()
    return world, tuple(lanes), own


@settings(max_examples=120)
@given(case=cases())
def test_random_step_is_accepted_by_the_circuit_just_where_the_law_accepts_it(
    case: tuple[World, tuple[LiquidationLane, ...], tuple[Reduction, ...]],
) -> None:
    world, lanes, own = case
    try:
        accept(world.liquidate(*lanes, fund=own))
    except Rejected as refused:
        event(refused.rule)
        with law_without(*RULES):
            applied = world.liquidate(*lanes, fund=own)
        assert not circuit().satisfied(reduced(liquidate_inputs(applied))), refused
    else:
        event("accepted " + " ".join(sorted(lane.mode.name for lane in lanes)) + (" and own legs" if own else ""))
