"""Worlds, steps and places of refusal that the tests of the trade circuit share."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from support.partial_law import WIDTHS, law_without
from support.spec_builders import Instrument, World, refused, table_of
from support.step_witness import StepCircuit, reduced, step_circuit
from support.step_worlds import RICH, board

from prover.witness import Witness
from rollup.spec.errors import Refusal
from rollup.spec.orders import Leg
from rollup.spec.step import Applied
from rollup.spec.trade import Lane
from rollup.witness.trade import trade_inputs

__all__ = ["AT", "RICH", "RULES", "Act", "accept", "agrees", "board", "refuse", "rich_step", "trade", "twins"]

Act = Callable[[World], Applied]
"""A step that a test takes in a world."""

RULES = (
    "TRD-3", "TRD-4", "TRD-5", "TRD-7", "TRD-8", "TRD-9", "TRD-10", "TRD-11", "TRD-12", "TRD-13", "TRD-14", "TRD-15",
    "TRD-17", "ORD-1", "ORD-2", "ORD-3", "MGN-1", "MGN-2", "MGN-3", "MGN-4", "MGN-5", "MGN-6", "STA-3",
)  # fmt: skip
"""Rules of a trade step without which its books can still be drawn up."""

AT = {
    "district": ("Trade", "root[i] === lane[i].rootBefore"),
    "roots": ("Trade", "root[i] === lane[i].rootBefore", "stateAfter === closed"),
    "state before": ("Trade", "stateBefore === opened"),
    "state after": ("Trade", "stateAfter === closed"),
    "suspense before": ("Trade", "suspenseBefore === owedHashBefore"),
    "suspense after": ("Trade", "suspenseAfter === owedHashAfter"),
    "table": ("Trade", "riskRoot === table.root"),
    "parameters": ("Trade", "paramsHash === table.parametersHash"),
    "commitment": ("Trade", "dataCommit === commitment"),
    "evaluation": ("Trade", "y === evaluation"),
    "open slot": ("Trade", "table.closed[j]"),
    "fund": ("Lane", "Nonzero()(account)"),
    "sweep": ("Lane", "settled[j] * vector[j] === 0"),
    "used first": ("Lane", "used[i] * (1 - used[i - 1]) === 0"),
    "places": ("Lane", "placeCount[r] * (placeCount[r] - 1) === 0"),
    "initial": ("Lane", "NoneNegative"),
    "close rule": ("Lane", "CloseRule"),
    "leaf": ("Update8", "named === old[level]"),
    "index": ("Update8", "Bits(3 * depth)(index)"),
    "touches": ("Touch", "Nonzero()(next"),
    "slot": ("Leg", "OneHot(M - 1, 1)(used, slot)"),
    "place": ("Leg", "OneHot(R, 0)(used, place)"),
    "expiry": ("Leg", "Range(BITS_TIME())(expiry - time)"),
    "limit": ("Leg", "Range(BITS_PRICE())(limit)"),
    "max fee": ("Leg", "Range(16)(maxFee)"),
    "signature": ("Leg", "SignatureOf()"),
    "nonce": ("Fill", "Range(BITS_NONCE())(nonce)"),
    "quantity": ("Fill", "Range(BITS_QUANTITY())(quantity)"),
    "reach": ("Fill", "Bits(72)(distance)"),
    "left of order": ("Fill", "Range(BITS_QUANTITY())(quantity - filled - lots)"),
    "lots": ("Leg", "Range(BITS_QUANTITY())(lots - used)"),
    "no lots": ("Leg", "(1 - used) * lots === 0"),
    "cash": ("Leg", "Range(BITS_CASH())(cash)"),
    "no cash": ("Leg", "(1 - used) * cash === 0"),
    "price": ("Leg", "Range(BITS_CASH())(better)"),
    "fee width": ("Leg", "Range(BITS_FEE())(fee)"),
    "no fee": ("Leg", "(1 - used) * fee === 0"),
    "fee": ("Leg", "most - fee * MILLION()"),
    "reduce": ("Leg", "Range(BITS_TRADED())(left)"),
    "equity": ("CloseRule", "signal debt"),
    "worst": ("CloseRule", "signal negative"),
    "maintenance": ("CloseRule", "signal stripped"),
    "close-out": ("CloseRule", "Range(bits + BITS_PPM())(checked)"),
    "spread": ("CloseRule", "Range(bits)(above[s])"),
}
"""Where the circuit says no: a template and a part of its line. A wrong leaf shows in the next lane or at the end."""


def trade() -> StepCircuit:
    """The trade circuit of the tiny profile."""
    return step_circuit("trade")


def twins(first: Instrument, second: Instrument | None = None) -> World:
    """A world of one or two instruments."""
    return World(table_of(first, second))


def accept(applied: Applied, **others: Any) -> Witness:
    """What the law accepted has a witness with the law's public inputs; `others` replace inputs that do not matter."""
    return trade().check(applied, {**trade_inputs(applied), **others})


def refuse(world: World, at: str, *rules: str, **lanes: Any) -> Applied:
    """
    The law without these rules takes a trade step that the circuit refuses at this place; the step.

    The whole law refuses it by the first of them. The world stays as it was.
    """
    if rules:
        with refused(rules[0], world):
            world.trade(**lanes)
    kept = {**vars(world), "history": [*world.history]}
    with law_without(*rules):
        applied = world.trade(**lanes)
    vars(world).update(kept)
    trade().refuses(reduced(trade_inputs(applied)), *AT[at])
    return applied


def agrees(world: World, **lanes: Any) -> bool:
    """Law and circuit say the same of a trade step; whether they accept, in which case the world has taken it."""
    try:
        applied = world.trade(**lanes)
    except Refusal:
        kept = {**vars(world), "history": [*world.history]}
        with law_without(*RULES, WIDTHS):
            broken = world.trade(**lanes)
        vars(world).update(kept)
        assert not trade().satisfied(reduced(trade_inputs(broken))), "the circuit accepts what the law refuses"
        return False
    accept(applied)
    return True


def rich_step(world: World | None = None) -> Applied:
    """
    Something of everything: what is owed before, a sweep, two legs of a wide lane, one of them reducing, fees, a decoy.

    One of its narrow lanes is a decoy, so one leg of the four is not used.
    """
    world = world or board()
    leg: Leg = world.buy(3, 6, 4, 990, fee=3, listing=7, quantity=9, limit=995)
    world.trade(narrow=[leg])
    wide = [world.sell(4, 2, 3, 500, fee=1, limit=490, quantity=5), world.buy(4, 1, 7, 1_000, place=2)]
    return world.trade(narrow=[world.sell(3, 6, 2, 1_000, reduce_only=True), Lane(2)], wide=[wide])
