"""
Books of random hedged accounts, and the law's margin tests over all of them at once, in integers.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from rollup.market.defaults import EXPIRIES, default_governance, default_inputs
from rollup.market.inputs import Fixing, Inputs
from rollup.market.simulator import Randomness
from rollup.market.table import build_table
from rollup.spec.shared import PROFILES, Status
from rollup.spec.table import RiskTable

Array = np.ndarray[Any, np.dtype[np.int64]]

GOVERNANCE = default_governance()
PARAMETERS = GOVERNANCE.parameters
MILLION = 10**6
WEEK = EXPIRIES[0]
INPUTS = {name: default_inputs(profile, GOVERNANCE) for name, profile in PROFILES.items()}


def table_of(inputs: Inputs, profile: str) -> RiskTable:
    return build_table(inputs, GOVERNANCE, PROFILES[profile])


def rows(table: RiskTable) -> Array:
    """W_0 .. W_S, a row each."""
    return np.array(table.rows, dtype=np.int64)


def values(books: Array, table: Array) -> Array:
    """val_s of every book, a column for each scenario, the mark first."""
    return books @ table.T


def needed(books: Array, table: Array, kappa: int) -> Array:
    """The cash with which each book just passes the test of κ, ppm, rounded up; books hold none themselves."""
    value = values(books, table)
    worst = ((MILLION - kappa) * value[:, :1] + kappa * value).min(axis=1)
    return -(worst // MILLION)


def hedged_books(profile: str, count: int, seed: int, expiring: bool = False) -> Array:
    """One to three random legs, hedged by up to three more as well as whole lots allow, over all scenarios."""
    randomness = Randomness(seed)
    inputs = INPUTS[profile]
    table = rows(table_of(inputs, profile))
    moves = (table[1:] - table[0]).astype(float)
    listed = [slot for slot, of in enumerate(inputs.slots, start=1) if of.live]
    week = [slot for slot in listed if inputs.slots[slot - 1].expiry == WEEK]
    rest = [slot for slot in listed if slot not in week]
    books = np.zeros((count, len(inputs.slots) + 1), dtype=np.int64)
    for book in books:
        for _ in range(1 + randomness.below(3)):
            choice = week if expiring else listed
            size = 1 + randomness.below(50)
            book[choice[randomness.below(len(choice))]] += size if randomness.below(2) else -size
        hedges = sorted({rest[randomness.below(len(rest))] for _ in range(1 + randomness.below(3))})
        best, *_ = np.linalg.lstsq(moves[:, hedges], -(moves @ book), rcond=None)
        book[hedges] += np.rint(np.clip(best, -500, 500)).astype(np.int64)
    return books


def halted(inputs: Inputs, slot: int) -> Inputs:
    """The same market with one slot halted."""
    slots = list(inputs.slots)
    slots[slot - 1] = replace(slots[slot - 1], status=Status.HALTED)
    return replace(inputs, slots=tuple(slots))


def through_the_window(profile: str, seconds: int = 60) -> list[Array]:
    """Tables from before the first expiry's settlement window until it is settled, while no price moves."""
    inputs, rules = INPUTS[profile], GOVERNANCE.market.settlement
    tables, fixed, time = [], 0, WEEK - rules.window - seconds
    while fixed < MILLION:
        time += seconds
        passed = min(MILLION, (time - (WEEK - rules.window)) * MILLION // rules.window)
        fixed = min(passed, fixed + rules.step)
        tables.append(rows(table_of(_fixed(inputs, time, fixed), profile)))
    return tables


def _fixed(inputs: Inputs, time: int, fixed: int) -> Inputs:
    underlyings = tuple(
        replace(of, fixings=(Fixing(WEEK, fixed, of.spot),)) if fixed else of for of in inputs.underlyings
    )
    slots = []
    for slot in inputs.slots:
        if fixed == MILLION and slot.live and slot.expiry == WEEK and slot.terms is not None:
            spot = inputs.by_name[slot.terms.underlying].spot
            slot = replace(slot, status=Status.SETTLED, payoff=slot.terms.settle(spot))
        slots.append(slot)
    return replace(inputs, time=time, underlyings=underlyings, slots=tuple(slots))
