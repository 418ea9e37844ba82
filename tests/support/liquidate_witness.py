"""Worlds, steps and places of refusal that the tests of the liquidate circuit share."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from support.partial_law import law_without
from support.spec_builders import (
    PARAMETERS,
    PERPETUAL,
    Instrument,
    World,
    close,
    deleverage,
    liquidation,
    refused,
    table_of,
)
from support.step_witness import StepCircuit, reduced, step_circuit
from support.step_worlds import board

from prover.witness import Witness
from rollup.spec.account import FUND
from rollup.spec.liquidate import LiquidationLane, Reduction
from rollup.spec.shared import Side
from rollup.spec.step import Applied
from rollup.witness.liquidate import liquidate_inputs

__all__ = [
    "AT",
    "BUY",
    "SELL",
    "accept",
    "board",
    "circuit",
    "coarse",
    "coarse_and",
    "failing_fund",
    "refuse",
    "rich_steps",
    "twins",
    "vaulted",
]

BUY, SELL = Side.BUY, Side.SELL
KAPPAS = PARAMETERS

AT = {
    "table": ("Liquidate", "riskRoot === table.root"),
    "parameters": ("Liquidate", "paramsHash === table.parametersHash"),
    "state before": ("Liquidate", "stateBefore === opened"),
    "state after": ("Liquidate", "stateAfter === written"),
    "suspense before": ("Liquidate", "suspenseBefore === owedHashBefore"),
    "suspense after": ("Liquidate", "suspenseAfter === owedHashAfter"),
    "commitment": ("Liquidate", "dataCommit === commitment"),
    "evaluation": ("Liquidate", "y === evaluation"),
    "one close": ("Liquidate", "closing * (closing - 1) === 0"),
    "owed lots": ("Liquidate", "closing * owedBefore[j] === 0"),
    "owed fees": ("Liquidate", "closing * feesBefore === 0"),
    "owed blind": ("Liquidate", "closing * owedBlind === 0"),
    "request": ("Liquidate", "Range(BITS_AMOUNT())(request)"),
    "open slot": ("Liquidate", "table.closed[j]"),
    "fund index": ("Liquidate", "Nonzero()(index[i - 1])"),
    "root": ("Liquidate", "root[i] === rewrite[i].rootBefore"),
    "index": ("Update8", "Bits(3 * depth)(index)"),
    "leaf": ("Update8", "named === old[level]"),
    "touches": ("Touch", "Nonzero()(next"),
    "mode": ("LiquidationLane", "OneHot(5, 0)(1, mode)"),
    "legs": ("LiquidationLane", "used[0] === liquidates + deleverages"),
    "mark": ("LiquidationLane", "deleverages * legsOf.worse === 0"),
    "no fine": ("LiquidationLane", "deleverages * legsOf.fined === 0"),
    "used first": ("Reductions", "used[i] * (1 - used[i - 1]) === 0"),
    "used": ("Reductions", "used[i] * (used[i] - 1) === 0"),
    "side": ("Reductions", "side[i] * (side[i] - 1) === 0"),
    "lots": ("Reductions", "Range(BITS_QUANTITY())(lots[i])"),
    "no lots": ("Reductions", "inverse[i] * lots[i] === used[i]"),
    "cash": ("Reductions", "Range(BITS_CASH())(cash[i])"),
    "penalty": ("Reductions", "Range(BITS_FEE())(penalty[i])"),
    "unused": ("Reductions", "(1 - used[i]) * (lots[i] + cash[i] + penalty[i]) === 0"),
    "slot": ("Reductions", "OneHot(M - 1, 1)(used[i], slot[i])"),
    "twice": ("Reductions", "count[j] * (count[j] - 1) === 0"),
    "reduce": ("Reductions", "Range(BITS_LOTS())(opposite[i] - lots[i])"),
    "band": ("Reductions", "room[i] - MILLION() * loss[i]"),
    "cap": ("Reductions", "cap[i] - MILLION() * penalty[i]"),
    "spread": ("ModeMargin", "Range(BITS_STUCK())(above[s])"),
    "equity": ("ModeMargin", "signal indebted"),
    "worst": ("ModeMargin", "Range(BITS_STUCK())(bottomAfter - bottomBefore)"),
    "violated": ("ModeMargin", "maintained - compared - isLiquidate - isTakeover"),
    "close-out": ("ModeMargin", "Range(BITS_STUCK() + BITS_PPM())(kept)"),
    "stop": ("ModeMargin", "Range(BITS_STUCK())(checked)"),
    "owed": ("ExitValues", "Range(BITS_CASH())(first)"),
    "solvent": ("ExitValues", "Range(BITS_STUCK())(2 * whole - least)"),
    "fund judged": ("Fund", "Range(BITS_STUCK() + BITS_PPM())(shown - violated)"),
    "fund failing": ("Fund", "Range(BITS_STUCK() + BITS_PPM())(failed)"),
    "fund sides": ("Fund", "(deleverageCount[j] - deleverageDirection[j])"),
    "fund alone": ("Fund", "deleverages * used[0] === 0"),
    "fund reduces": ("Fund", "Range(BITS_LOTS())(stays[j])"),
    "fund close rule": ("Fund", "CloseRule"),
    "fund equity": ("CloseRule", "signal debt"),
    "fund worst": ("CloseRule", "signal negative"),
    "fund maintenance": ("CloseRule", "signal stripped"),
    "fund close-out": ("CloseRule", "Range(bits + BITS_PPM())(checked)"),
}
"""Where the circuit says no: a template and a part of the line in it."""


def circuit() -> StepCircuit:
    """The liquidate circuit of the tiny profile."""
    return step_circuit("liquidate")


def twins(first: Instrument = PERPETUAL, second: Instrument | None = PERPETUAL) -> World:
    """A world of two instruments, alike unless said otherwise."""
    return World(table_of(first, second))


def failing_fund(world: World, cash: int = 101_000, lots: int = -100) -> World:
    """The fund short 100 lots: worst cash - 110,000, below maintenance."""
    world.seat(FUND, {0: cash, 1: lots})
    return world


def vaulted(world: World) -> World:
    """Some custody, where accounts were seated that none could back."""
    world.state = replace(world.state, custody=10**15)
    return world


def accept(applied: Applied) -> Witness:
    """What the law accepted has a witness, with the law's public inputs."""
    return circuit().check(applied, liquidate_inputs(applied))


def refuse(
    world: World, at: str, rules: Sequence[str], *lanes: LiquidationLane, fund: Sequence[Reduction] = ()
) -> None:
    """
    The law without these rules takes a step that the circuit refuses at this place.

    The whole law refuses it by the first of them. The world stays as it was.
    """
    if rules:
        with refused(rules[0], world):
            world.liquidate(*lanes, fund=fund)
    kept = {**vars(world), "history": [*world.history]}
    with law_without(*rules):
        applied = world.liquidate(*lanes, fund=fund)
    vars(world).update(kept)
    circuit().refuses(reduced(liquidate_inputs(applied)), *AT[at])


def rich_steps() -> dict[str, Applied]:
    """
    Steps with something of everything: all modes, a sweep, penalties, suspense, a CLOSE, own legs of the fund.

    In the first the fund has legs, and every lane; beside a DELEVERAGE it has none.
    """

    def liquidated_once(sixth: int) -> World:
        world = failing_fund(board(), cash=99_000)
        world.seat(6, {0: sixth, 1: 100})
        world.liquidate(liquidation(5, (1, SELL, 10, 9_950, 70)))
        return world

    again = liquidation(5, (1, SELL, 2, 2_000, 7))
    first = liquidated_once(-96_000).liquidate(
        liquidation(6, (1, SELL, 30, 30_000)), again, fund=[Reduction(1, BUY, 5, 4_990)]
    )
    second = liquidated_once(-90_000).liquidate(deleverage(6, (1, SELL, 30, 30_000)), again)
    world = board()
    world.seat(FUND, {0: 50_000, 1: -20})
    third = world.liquidate(LiquidationLane(2), close(4, 9), fund=[Reduction(1, BUY, 3, 3_000)])
    return {"legs": first, "deleverage": second, "close": third}


COARSE = (Instrument(1_000_000, (-10_000, 10_000)), Instrument(1_000, (-10, 10)))
"""Two instruments; one lot of the first risks as much as a thousand of the second."""


def coarse() -> World:
    """Account 5: equity 4,000, one lot of slot 1 and 1,000 of slot 2, worst -16,000; both risk 10,000 in all."""
    world = twins(*COARSE)
    world.seat(5, {0: 4_000 - 1_000_000 - 1_000_000, 1: 1, 2: 1_000})
    return world


def coarse_and(lots: int) -> LiquidationLane:
    """The one lot of slot 1, and so many of slot 2, all at the mark."""
    return liquidation(5, (1, SELL, 1, 1_000_000), (2, SELL, lots, lots * 1_000))
