"""
The liquidate circuit accepts what the law accepts: every mode, every edge, every trap that must work.

What it refuses, rule by rule, is in test_liquidate_refuses.py; random steps on both sides of the law are in
test_liquidate_differential.py.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from support.liquidate_witness import (
    BUY,
    SELL,
    accept,
    board,
    circuit,
    coarse,
    coarse_and,
    failing_fund,
    rich_steps,
    twins,
    vaulted,
)
from support.proving import key_of, proved_step
from support.spec_builders import PERPETUAL, Instrument, World, close, deleverage, liquidation, table_of, takeover

from prover.circuits import circuit as circuit_of
from prover.reference import groth16
from prover.reference.field import R
from rollup.spec.account import FUND, REVENUE
from rollup.spec.liquidate import LiquidationLane, Reduction
from rollup.spec.margin import violates
from rollup.spec.shared import Mode, Status
from rollup.spec.step import Applied
from rollup.witness.liquidate import liquidate_inputs

pytest.importorskip("zkclear_native", reason="the native extension is not built: install Rust, make setup")

CHARGED = Instrument(0, (0, 0, 0, 5))
"""A worthless option with a minimum charge."""

EDGES = Instrument(1_000, (-40, 120))
"""A lot loses 40 long and 120 short."""

ODD = Instrument(1_000, (-101, 101))
"""A stress that no κ divides evenly."""

Steps = Callable[[], Applied]


def on(world: World, *lanes: LiquidationLane, fund: tuple[Reduction, ...] = (), **seats: dict[int, int]) -> Applied:
    """A step in a world where some accounts (`a6`, say) hold other things."""
    for name, holdings in seats.items():
        world.seat(int(name[1:]), holdings)
    return world.liquidate(*lanes, fund=fund)


def after_a_trade() -> Applied:
    """What is owed before the step stays owed, fees and all."""
    world = board()
    world.trade(narrow=[world.buy(3, 1, 4, 1_000, fee=3)])
    return world.liquidate(liquidation(5, (1, SELL, 4, 4_000)))


def custody_of(amount: int) -> World:
    """Account 6 is owed 500 and custody holds that much."""
    world = board()
    world.seat(6, {0: 500})
    street = world.account(world.street).vector
    world.seat(world.street, (street[0] - world.state.custody + amount, *street[1:]))
    assert world.state.custody == amount
    return world


def hedged(*lanes: LiquidationLane) -> Applied:
    """Trap 51: a fund short the twins' spread against an account long it."""
    world = twins(PERPETUAL, Instrument(1_000, (-80, 80, -40, 40)))
    return on(world, *lanes, a0={0: 900, 1: -100, 2: 100}, a5={0: 1_500, 1: 100, 2: -100})


def longest_and_lowest() -> Applied:
    """The largest quantity, and values that are as low as they go: the stop test's widest number."""
    world = twins(Instrument(0), None)
    world.seat(5, {0: -(1 << 159) + 1, 1: (1 << 40) - 1})
    vaulted(world)
    return world.liquidate(liquidation(5, (1, SELL, (1 << 40) - 1, 0)))


def swept_fund() -> Applied:
    """The fund holds something settled, and an account beyond close-out brings more."""
    world = board()
    return on(world, takeover(6), LiquidationLane(4), a0={0: 5, 4: 7}, a6={0: -100_000, 1: 100, 3: 2, 4: 5})


def step_of(name: str, kind: str) -> Callable[[], Applied]:
    return lambda: rich_steps()[kind]


SIXTH = {0: -80_000, 1: 100}
"""Equity 20,000, worst 10,000."""

ACCEPTED: dict[str, Steps] = {
    "decoys": lambda: on(board()),
    "one account in every lane": lambda: on(board(), LiquidationLane(3), LiquidationLane(3)),
    "a sweep in a decoy": lambda: on(board(), LiquidationLane(4)),
    "an account of another district": lambda: on(board(), takeover(70), a70={0: -100_000, 1: 100}),
    "the last account of the tree": lambda: on(board(), LiquidationLane(511), a511={0: 5}),
    "after a trade": after_a_trade,
    "legs of all kinds": step_of("legs", "legs"),
    "a deleverage and a liquidation": step_of("deleverage", "deleverage"),
    "a close and own legs": step_of("close", "close"),
    # LIQUIDATE
    "at the band": lambda: on(board(), liquidation(5, (1, SELL, 40, 40_000 - 250))),
    "one micro below maintenance": lambda: on(board(), liquidation(6, (1, SELL, 1, 1_000)), a6={0: -95_001, 1: 100}),
    "at the penalty cap": lambda: on(board(), liquidation(5, (1, SELL, 10, 10_000, 100))),
    "at the first lot that need not go": lambda: on(board(), liquidation(5, (1, SELL, 61, 61_000))),
    "trap 7, at the mark": lambda: on(board(), liquidation(5, (1, SELL, 40, 40_000))),
    "trap 20, the edge": lambda: on(board(), liquidation(5, (1, SELL, 60, 60_000 - 375))),
    "a gift for one lot": lambda: on(board(), liquidation(6, (1, SELL, 1, 1_200)), a6={0: -960, 1: 1}),
    "equity to zero": lambda: on(board(), liquidation(6, (1, SELL, 1, 997)), a6={0: -997, 1: 1}),
    "an account in debt": lambda: on(board(), liquidation(6, (1, SELL, 50, 50_000)), a6={0: -101_000, 1: 100}),
    "reduce-only and funding": lambda: on(
        board(), liquidation(6, (2, SELL, 3, 1_500), (6, SELL, 2, 1_975, 4)), a6={0: -53_000, 2: 100, 6: 4}
    ),
    "twice in a step": lambda: on(
        board(), liquidation(5, (1, SELL, 10, 10_000)), liquidation(5, (1, SELL, 50, 50_000))
    ),
    "the safest leg's band": lambda: on(
        twins(second=Instrument(500, (-10, 10))),
        liquidation(5, (1, SELL, 8, 8_000 - 5), (2, SELL, 2, 1_000)),
        a5={0: -102_000, 1: 100, 2: 10},
    ),
    "the same close-out value": lambda: on(
        twins(), liquidation(5, (1, SELL, 16, 15_900, 50), (2, BUY, 8, 8_050)), a5={0: -96_000, 1: 380, 2: -280}
    ),
    "pairs at the mark": lambda: on(
        twins(), liquidation(5, (1, SELL, 10, 10_000), (2, BUY, 10, 10_000)), a5={0: -96_000, 1: 380, 2: -280}
    ),
    "trap 37, the last lot of a short": lambda: on(
        twins(CHARGED, None), liquidation(2, (1, BUY, 1, 0)), a2={0: 2, 1: -1}
    ),
    "trap 52, one pair": lambda: on(
        twins(second=Instrument(1_000, (-90, 90, -45, 45))),
        liquidation(5, (1, SELL, 1, 1_000), (2, BUY, 1, 1_000)),
        a5={0: 199, 1: 40, 2: -40},
    ),
    "a coarse leg alone": lambda: coarse().liquidate(liquidation(5, (1, SELL, 1, 1_000_000))),
    "a coarse leg and no more than its part": lambda: coarse().liquidate(coarse_and(602)),
    "a coarse leg and too few": lambda: coarse().liquidate(coarse_and(599)),
    "the longest leg last": lambda: coarse().liquidate(liquidation(5, (2, SELL, 2, 2_000), (1, SELL, 1, 1_000_000))),
    "a scenario at its lowest, and all lots of a word": longest_and_lowest,
    "longs at their band": lambda: on(
        twins(EDGES, None), liquidation(5, (1, SELL, 10, 9_975, 40)), a5={0: -9_900, 1: 10}
    ),
    "shorts at their band": lambda: on(
        twins(EDGES, None), liquidation(5, (1, BUY, 10, 10_075, 120)), a5={0: 10_300, 1: -10}
    ),
    # TAKEOVER
    "one micro beyond close-out": lambda: on(board(), takeover(6), a6={0: -97_501, 1: 100}),
    "trap 42, by a bankrupt fund": lambda: on(board(), takeover(6), a0={0: -50_000}, a6={0: -120_000, 1: 100}),
    "a takeover and a decoy of the same": lambda: on(
        board(), takeover(6), LiquidationLane(6), a6={0: -99_000, 1: 100, 3: 4}
    ),
    "a settled position taken over": swept_fund,
    # DELEVERAGE
    "deleverage across lanes": lambda: on(
        failing_fund(board()), deleverage(5, (1, SELL, 60, 60_000)), deleverage(6, (1, SELL, 40, 40_000)), a6=SIXTH
    ),
    "deleverage what a takeover brings": lambda: on(
        board(), takeover(6), deleverage(7, (1, BUY, 50, 50_000)), a6={0: -99_500, 1: 100}, a7={0: 80_000, 1: -60}
    ),
    "trap 51, both legs": lambda: hedged(deleverage(5, (1, SELL, 50, 50_000), (2, BUY, 50, 50_000))),
    # CLOSE
    "trap 13, every kind of position": lambda: on(board(), close(4)),
    "the exit value": lambda: on(board(), close(6, request=9), a0={0: 50_000}, a6=SIXTH),
    "trap 48, onto an empty fund": lambda: on(board(), close(6), a6=SIXTH),
    "a halted position": lambda: on(board(), close(4), a0={0: 50_000}),
    "an account in debt, closed": lambda: on(board(), close(6), a6={0: -110_000, 1: 100}),
    "an account of nothing": lambda: on(board(), close(6), a6={}),
    "positive equity, worst below zero": lambda: on(board(), close(5), a0={0: 50_000}),
    "the largest request": lambda: on(board(), close(2, request=(1 << 64) - 1)),
    "a remainder": lambda: on(twins(ODD), close(2), a0={0: 50_000}, a2={0: -2_000, 1: 3}),
    "beyond custody": lambda: on(custody_of(200), close(6)),
    "all of custody": lambda: on(custody_of(500), close(6)),
    "no custody": lambda: on(custody_of(0), close(6)),
    "a close in the last lane": lambda: on(board(), LiquidationLane(REVENUE), close(6, 3), a0={0: 50_000}, a6=SIXTH),
    "a close and a decoy of the same": lambda: on(board(), close(6), LiquidationLane(6), a6=SIXTH),
    "decision 3, a takeover after the close": lambda: on(
        board(), close(6), takeover(7), a0={0: 10_000}, a6=SIXTH, a7={0: -110_000, 1: 100}
    ),
    "the fund's legs after a close": lambda: on(
        board(), close(6), a0={0: 50_000}, a6=SIXTH, fund=(Reduction(1, SELL, 50, 49_700),)
    ),
    # the fund
    "the fund at its band": lambda: on(
        failing_fund(board(), cash=120_000), fund=(Reduction(1, BUY, 40, 40_250),)
    ),
    "the fund long": lambda: on(board(), fund=(Reduction(1, SELL, 7, 7_000),), a0={0: 9_000, 1: 7}),
    "a fund in debt reduces": lambda: on(board(), fund=(Reduction(1, SELL, 7, 7_000),), a0={0: -9_000, 1: 7}),
}  # fmt: skip


@pytest.mark.parametrize("name", ACCEPTED)
def test_step_when_the_law_accepts_it_has_a_witness(name: str) -> None:
    accept(ACCEPTED[name]())


@pytest.mark.parametrize("short", [-1, 0, 1], ids=["sound", "at the edge", "one micro below"])
def test_close_when_the_fund_is_near_maintenance_pays_what_the_law_says_LIQ_12(short: int) -> None:
    """A fund of 1,000 and what 100 lots bring at κ_ex, 4,000, against half of their stress."""
    world = board()
    world.seat(FUND, {0: 1_000 - short})
    world.seat(6, SIXTH)
    custody = world.state.custody
    accept(world.liquidate(close(6)))
    assert custody - world.state.custody == (10_000 if short == 1 else 16_000)
    assert violates(world.values(FUND), world.table.parameters.maintenance) is False


def test_close_when_nothing_is_owed_but_blinded_is_refused_only_so() -> None:
    """The zero hash is what counts: the same vector under another blinding is not settled."""
    world = board()
    world.suspense = replace(world.suspense, blind=7)
    accept(world.liquidate(LiquidationLane(2)))


def test_request_when_nothing_is_closed_is_not_read() -> None:
    applied = on(board(), LiquidationLane(2))
    inputs = liquidate_inputs(applied)
    circuit().check(applied, {**inputs, "request": 99})


def test_slot_of_an_unused_leg_is_not_read() -> None:
    applied = rich_steps()["legs"]
    inputs = liquidate_inputs(applied)
    slots = [[row[0], 77] for row in inputs["slot"]]  # type: ignore[union-attr,index]
    circuit().check(applied, {**inputs, "slot": slots})


def test_modes_when_all_are_listed_are_all_accepted_somewhere() -> None:
    seen = {lane.mode for make in ACCEPTED.values() for lane in make().step.body.lanes}  # type: ignore[union-attr]
    assert seen == set(Mode)


def test_step_when_statuses_differ_sweeps_and_refuses_alike() -> None:
    """Sweeps of accounts and fund at a table where everything is settled."""
    settled = Instrument(300, status=Status.SETTLED)
    world = World(table_of(settled, settled))
    world.seat(FUND, {0: 10, 1: -3})
    world.seat(2, {0: -700, 1: 2, 2: -5})
    accept(world.liquidate(takeover(2), LiquidationLane(2)))


def test_proof_of_a_step_verifies_and_with_any_other_public_input_does_not() -> None:
    applied = rich_steps()["close"]
    made, key = proved_step(applied), key_of("liquidate", "tiny").verification_key
    assert list(made.public) == list(applied.public_inputs.values())
    assert groth16.verify(key, made.public, made.points)
    for place, name in enumerate(circuit_of("liquidate", "tiny").public):
        other = [*made.public]
        other[place] = (other[place] + 1) % R
        assert not groth16.verify(key, other, made.points), name
