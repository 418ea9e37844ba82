"""
Law and circuit say the same of random trade steps, good ones and bad ones.

A step that the law refuses is drawn up without its rules, hashes and words and all, and the circuit must refuse it too.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import HealthCheck, event, given, settings
from hypothesis import strategies as st
from support.spec_builders import PERPETUAL, Instrument, World, table_of
from support.trade_worlds import RICH, agrees

from rollup.spec.account import REVENUE
from rollup.spec.errors import Refusal
from rollup.spec.orders import FULL, NONCE_REACH, Leg
from rollup.spec.shared import Side, Status
from rollup.spec.trade import Lane
from rollup.spec.words import pack

pytest.importorskip("zkclear_native", reason="the native extension is not built: install Rust, make setup")

BOARD = (
    PERPETUAL,
    Instrument(500, (-50, 50, 20, -70), Status.REDUCE_ONLY, listing=3),
    Instrument(200, (-40, 40), Status.HALTED),
    Instrument(300, status=Status.SETTLED, funding=-40),
    Instrument(0, (0, 0, 0, 5)),
    Instrument(990, (-100, 100, -50, 60), listing=7, funding=-20),
)
MEMBERS = (2, 3, 4, 5)
OPEN = (1, 6, 2, 5)

edges = st.sampled_from([0, 1, -1, 100, -100, 10_000, -10_000])
holdings = st.fixed_dictionaries(
    {0: st.integers(-60_000, 60_000), 1: st.integers(-60, 60), 2: st.integers(-20, 20), 6: st.integers(-60, 60)},
    optional={3: st.integers(-5, 5), 4: st.sampled_from([0, 0, 0, 2, -3]), 5: st.integers(-50, 50)},
)
stored = st.builds(
    lambda filled, nonce: pack("place", filled=filled, nonce=nonce),
    st.sampled_from([0, 1, 30, FULL]),
    st.sampled_from([0, 1, 7, (1 << 40) - 1]),
)


@st.composite
def worlds(draw: st.DrawFn) -> World:
    """Some accounts near the edge of their margin, with order places that were used before."""
    world = World(table_of(*BOARD))
    for index in MEMBERS:
        places = tuple(draw(stored) for _ in range(world.profile.places))
        world.seat(index, draw(holdings), places=places)
    for index in draw(st.lists(st.sampled_from(MEMBERS), max_size=2)):
        held = world.account(index).vector
        world.seat(index, {**dict(enumerate(held)), 0: held[0] - min(world.values(index)) + draw(st.integers(0, 300))})
    return world


@st.composite
def legs(draw: st.DrawFn, world: World, index: int, turn: int = 0) -> Leg:
    """Mostly sound: near the mark, at a place's next nonce, within its order; now and then something is off."""
    slot, side, lots = draw(st.sampled_from((*OPEN, *OPEN, *OPEN, 3, 4, 7))), draw(st.sampled_from(Side)), draw(counts)
    mark = world.table.marks[slot]
    place = (draw(st.sampled_from([0, 0, 0, 1])) + turn) % 4  # most often another one for each leg
    ahead = draw(st.sampled_from([1, 1, 1, 0, 0, 2, -1, NONCE_REACH - 1, NONCE_REACH]))
    nonce = world.place(index, place)["nonce"] + ahead
    cash = max(0, lots * mark.price + draw(st.sampled_from([0, 0, 0, 1, -1, 50, -50, 2_000, -2_000])))
    leg = world.leg(
        index, slot, side, lots, cash,
        draw(st.sampled_from([0, 0, 0, 1, cash // 2_000, cash // 1_000, cash // 1_000 + 1])), place=place,
        nonce=min(max(nonce, 0), (1 << 40) - 1), reduce_only=draw(st.sampled_from([False, False, True])),
        quantity=lots + draw(st.sampled_from([0, 0, 30, 31])),
        expiry=world.table.time + draw(st.sampled_from([0, 60, 3_600, 3_600, 7_200, -1])),
        max_fee_ppm=draw(st.sampled_from([1_000, 1_000, 500, 2_000])),
    )  # fmt: skip
    return replace(leg, cash=max(0, leg.cash + draw(st.sampled_from([0] * 9 + [1, -1]))))


counts = st.sampled_from([1, 2, 3, 5, 8, 20, 60])


@st.composite
def steps(draw: st.DrawFn, world: World) -> dict[str, Any]:
    """Up to two narrow lanes and a wide one, now and then of the same account."""
    narrow, index = [], draw(st.sampled_from(MEMBERS))
    decoy = draw(st.sampled_from([REVENUE, REVENUE, REVENUE, 3]))
    for _ in range(draw(st.integers(0, 2))):
        narrow.append(Lane(index, (draw(legs(world, index)),)) if draw(st.booleans()) else Lane(decoy))
        index = draw(st.sampled_from(MEMBERS))
    wide = [Lane(index, tuple(draw(legs(world, index, turn)) for turn in range(draw(st.integers(0, 2)))))]
    return {"narrow": narrow, "wide": wide}


def run(data: st.DataObject, steps_each: int) -> None:
    world = data.draw(worlds())
    for _ in range(steps_each):
        lanes = data.draw(steps(world))
        event(f"law: {'accepts' if agrees(world, **lanes) else 'refuses'}")


@given(st.data())
@settings(max_examples=20, suppress_health_check=list(HealthCheck))
def test_random_step_is_judged_alike(data: st.DataObject) -> None:
    run(data, steps_each=3)


@given(st.data())
@settings(max_examples=20, suppress_health_check=list(HealthCheck))
def test_random_leg_of_a_rich_account_is_judged_alike(data: st.DataObject) -> None:
    """One leg, margin no obstacle: most are accepted, and the others for a reason of their own."""
    world = World(table_of(*BOARD))
    world.seat(2, {0: RICH, 1: 30, 2: -30}, places=tuple(data.draw(stored) for _ in range(4)))
    leg = data.draw(legs(world, 2))
    wide = data.draw(st.booleans())
    verdict = agrees(world, **({"wide": [[leg]]} if wide else {"narrow": [leg]}))
    event(f"law: {'accepts' if verdict else 'refuses'}")


@pytest.mark.soak
@given(st.data())
@settings(max_examples=400, suppress_health_check=list(HealthCheck))
def test_random_steps_are_judged_alike_for_long(data: st.DataObject) -> None:
    run(data, steps_each=5)


def test_random_steps_are_of_both_kinds() -> None:
    """The generator would prove nothing if the law accepted everything, or nothing."""
    verdicts: list[bool] = []

    @given(st.data())
    @settings(max_examples=60, database=None, derandomize=True, suppress_health_check=list(HealthCheck))
    def look(data: st.DataObject) -> None:
        world = data.draw(worlds())
        try:
            world.trade(**data.draw(steps(world)))
        except Refusal:
            verdicts.append(False)
        else:
            verdicts.append(True)

    look()
    assert verdicts.count(True) > 8 and verdicts.count(False) > 8, (verdicts.count(True), verdicts.count(False))
