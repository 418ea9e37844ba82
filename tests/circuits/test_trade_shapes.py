"""The trade circuit in a shape of its own: vectors hashed in chunks, one narrow lane, wide ones of three legs."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import pytest
from support.partial_law import WIDTHS, law_without
from support.spec_builders import PERPETUAL, TINY, Instrument, World, table_of
from support.step_witness import StepCircuit, reduced
from support.trade_worlds import RICH, RULES

from prover.circuits import Circuit, circuit, compiled
from rollup.spec.errors import Refusal
from rollup.spec.shared import Status
from rollup.spec.step import Applied
from rollup.spec.trade import Lane
from rollup.witness.trade import trade_inputs

pytest.importorskip("zkclear_native", reason="the native extension is not built: install Rust, make setup")

pytestmark = pytest.mark.soak  # compiling it takes as long as everything else here

SHAPE = replace(TINY, district_height=1, places=3, slots=40, scenarios=2, narrow=1, wide=2, legs=3)
BOARD = [PERPETUAL, *[None] * 7, Instrument(500, (-50, 50), listing=4), *[None] * 5]
BOARD += [Instrument(300, status=Status.SETTLED), *[None] * 7, Instrument(990, (-100, 100), funding=-20)]


@cache
def shaped() -> StepCircuit:
    """Depth 3, districts of eight accounts, 3 places, 40 slots, 2 scenarios, 1 narrow lane, 2 wide ones of 3 legs."""
    parameters = (3, 1, 3, 40, 2, 1, 2, 3)
    public = circuit("trade", "tiny").public
    return StepCircuit(compiled(Circuit("test_trade", "shape", "steps/trade.circom", "Trade", parameters, public)))


@pytest.fixture
def world() -> World:
    moves = [replace(one, moves=one.moves[:2]) if one else None for one in BOARD]
    world = World(table_of(*moves, profile=SHAPE), SHAPE)
    world.seat(2, {0: RICH, 1: 40}, "alice")
    world.seat(3, {0: RICH, 23: -4}, "bob")
    world.seat(4, {0: RICH, 15: 9}, "carol")
    world.seat(30, {0: RICH}, "dora")
    return world


def accept(applied: Applied) -> None:
    shaped().check(applied, trade_inputs(applied))


def test_steps_of_another_shape_have_witnesses(world: World) -> None:
    """Every chunk of a vector in turn, all legs of a wide lane, a sweep, another district."""
    for slot in (1, 9, 23):
        accept(world.trade(narrow=[world.buy(2, slot, 3, world.table.marks[slot].price)]))
    legs = [world.sell(2, 1, 9, 1_000), world.buy(2, 9, 5, 500, fee=2), world.buy(2, 23, 1, 990)]
    accept(world.trade(wide=[legs, [world.buy(3, 23, 4, 990, reduce_only=True)]]))
    accept(world.trade(wide=[[world.buy(4, 1, 1, 1_000), world.sell(4, 9, 1, 500)], Lane(4)], narrow=[Lane(3)]))
    accept(world.trade(narrow=[world.sell(30, 1, 1, 1_000)]))
    accept(world.trade())


def test_broken_steps_of_another_shape_are_refused(world: World) -> None:
    """The last place, leg, slot and lane have no more rights than the first."""
    legs = [world.buy(2, 1, 1, 1_000, place=place) for place in (0, 1)]
    broken = [
        {"wide": [[*legs, world.buy(2, 1, 1, 1_000, place=1, nonce=9)]]},
        {"wide": [[*legs, world.buy(2, 15, 1, 300, place=2)]]},
        {"wide": [[*legs, world.buy(2, 23, 1, 990, fee=1, place=2, max_fee_ppm=1)]]},
        {"wide": [Lane(3), Lane(0)]},
        {"wide": [Lane(3), Lane(2, (world.buy(2, 9, 10**6, 500),))]},
        {"narrow": [Lane(4)]},
        {"narrow": [world.sell(3, 23, 10**6, 990)]},
    ]
    for lanes in broken:
        with pytest.raises(Refusal):
            world.trade(**lanes)  # type: ignore[arg-type]
        kept = {**vars(world), "history": [*world.history]}
        with law_without(*RULES, WIDTHS):
            applied = world.trade(**lanes)  # type: ignore[arg-type]
        vars(world).update(kept)
        assert not shaped().satisfied(reduced(trade_inputs(applied)))
