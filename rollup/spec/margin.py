"""
Margin: what an account must be worth, now and in every stress scenario.

val_s is the dot product of an account's quantities with the table's scenario s; val_0 is its equity. *Initial* margin
asks val_s ≥ 0 in every scenario. *Maintenance* and *close-out* ask it of a smaller stress: (1-κ)·val_0 + κ·val_s ≥ 0.
An account that trades may also end worse than initial, if the close rule holds: not riskier than it began, not pushed
into debt, not stripped of what it needs to be closed out.

Comparisons are in integers, κ in ppm. A value that is checked must also fit the width of its step: the circuit's range
check is at once the test of the sign.
"""

from __future__ import annotations

from operator import mul

from rollup.spec.errors import Rejected
from rollup.spec.shared import Status, Width
from rollup.spec.table import CASH_SLOT, MILLION, Marks, Parameters, RiskTable
from rollup.spec.types import Values, Vector

__all__ = [
    "check_close_rule",
    "check_initial",
    "escape_value",
    "free_collateral",
    "holds_halted",
    "holds_settled",
    "owed_on_close",
    "sweep",
    "values_of",
    "violates",
    "weighted",
]

PPM_BITS = Width.PPM
"""Bits that a multiplication by a ppm adds to a checked value."""


def values_of(vector: Vector, table: RiskTable) -> Values:
    """val_s for every scenario, the mark first."""
    return tuple(sum(map(mul, vector, row)) for row in table.rows)


def sweep(vector: Vector, marks: Marks) -> Vector:
    """Turn positions in settled slots into cash at their final value; every touch begins so."""
    swept = list(vector)
    for slot, mark in enumerate(marks):
        if mark.status == Status.SETTLED and swept[slot]:
            swept[CASH_SLOT] += swept[slot] * mark.value
            swept[slot] = 0
    return tuple(swept)


def holds_settled(vector: Vector, marks: Marks) -> bool:
    """Whether something waits to be swept."""
    return any(quantity and mark.status == Status.SETTLED for quantity, mark in zip(vector, marks, strict=True))


def holds_halted(vector: Vector, marks: Marks) -> bool:
    """Whether the account holds anything whose price is not to be trusted now."""
    return any(quantity and mark.status == Status.HALTED for quantity, mark in zip(vector, marks, strict=True))


def weighted(values: Values, kappa: int) -> int:
    """10^6 times the least over s of (1-κ)·val_0 + κ·val_s."""
    return (MILLION - kappa) * values[0] + kappa * min(values)


def violates(values: Values, kappa: int) -> bool:
    """Whether margin at κ is violated: maintenance with κ_mm, close-out with κ_co."""
    return weighted(values, kappa) < 0


def check_initial(values: Values, bits: int) -> None:
    """MGN-1: val_s ≥ 0 in every scenario."""
    worst = min(values)
    if worst < 0:
        raise Rejected("MGN-1", "ends below initial margin", worst)
    if max(values) >> bits:
        raise Rejected("MGN-6", f"holds a value that does not fit {bits} bits", max(values))


def check_close_rule(before: Values, after: Values, parameters: Parameters, bits: int, *, excused: bool = True) -> None:
    """
    MGN-2 to MGN-5: the clauses (i) to (iv) of the close rule.

    The circuit lets the prover choose a scenario s* and a floor u under all values after; the best choices, and so the
    ones that decide, are the worst scenario before and the worst value after. Without `excused`, clause (iv) also
    binds an account that ends initial-margined.
    """
    worst_before, floor = min(before), min(after)
    maintenance, close_out = parameters.maintenance, parameters.close_out
    _at_least(after[0], before[0], bits, "MGN-2", "equity falls below zero and below what it was")
    if any((value - floor) >> bits for value in after):
        raise Rejected("MGN-6", f"scenarios lie further apart than {bits} bits", max(after) - floor)
    _at_least(floor, worst_before, bits, "MGN-3", "a scenario ends below zero and below the worst before")
    _at_least(
        maintenance * floor + (MILLION - maintenance) * after[0],
        maintenance * worst_before + (MILLION - maintenance) * before[0],
        bits + PPM_BITS,
        "MGN-4",
        "the maintenance value falls below zero and below what it was",
    )
    if excused and 0 <= floor < 1 << bits:
        return
    kept = (close_out * floor + (MILLION - close_out) * after[0]) - (
        close_out * worst_before + (MILLION - close_out) * before[0]
    )
    if kept < 0:
        raise Rejected("MGN-5", "the close-out value falls", kept)
    if kept >> bits + PPM_BITS:
        raise Rejected("MGN-6", f"gains a close-out value that does not fit {bits + PPM_BITS} bits", kept)


def free_collateral(values: Values) -> int:
    """What can leave without breaking initial margin: the least value over all scenarios, at least 0."""
    return max(0, min(values))


def owed_on_close(values: Values, kappa: int) -> int:
    """What a forced CLOSE owes: equity less κ of the stress, floored to the micro-dollar, at least 0."""
    return max(0, weighted(values, kappa)) // MILLION


def escape_value(vector: Vector, marks: Marks) -> int:
    """What an account claims from a frozen system: its equity at the mark, at least 0."""
    return max(0, sum(quantity * mark.value for quantity, mark in zip(vector, marks, strict=True)))


def _at_least(value: int, bound: int, bits: int, rule: str, reason: str) -> None:
    """value ≥ min(0, bound), as one range check: the prover picks value ≥ 0 or value ≥ bound."""
    if value < min(0, bound):
        raise Rejected(rule, reason, value)
    if not any(0 <= candidate < 1 << bits for candidate in (value, value - bound)):
        raise Rejected("MGN-6", f"holds a value that does not fit {bits} bits", value)
