"""
Speed of the law where an engine or a committee waits for it, and the pricer's error over its domain.

A full risk table of the standard profile: 63 live instruments, most of them options, at the mark and in 16 scenarios.
One touch: a fill in a wide lane, every rule but the signature checked, as an engine asks for each fill.
"""

from __future__ import annotations

import json
import statistics
import time
from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from itertools import product
from typing import Any

from prover.places import checkout
from rollup.market.defaults import EXPIRIES, USDC, default_governance, default_inputs
from rollup.market.fixed import ONE, exp, from_ppm, multiply, years
from rollup.market.inputs import Inputs, SlotInputs
from rollup.market.instruments import Terms
from rollup.market.pricer import greeks
from rollup.market.table import build_table
from rollup.spec.account import Account, Owner
from rollup.spec.orders import Leg, Order
from rollup.spec.shared import PROFILES, Side, Status
from rollup.spec.table import RiskTable
from rollup.spec.trade import touch_account
from rollup.spec.types import Point, Signature

__all__ = ["full_inputs", "run_all"]

STANDARD = PROFILES["standard"]
ROUNDS = 15
INDEX = 5


def run_all() -> dict[str, Any]:
    """`table_ms`, `apply_touch_us`, `pricer_max_error`, and what they were measured on."""
    governance = default_governance()
    inputs = full_inputs()
    risk = build_table(inputs, governance, STANDARD)
    return {
        "table_ms": round(_median(lambda: build_table(inputs, governance, STANDARD)) * 1e3, 2),
        "apply_touch_us": round(_median(_touch(risk), calls=200) * 1e6, 1),
        "pricer_max_error": float(pricer_error()),
        "profile": STANDARD.name,
        "instruments": sum(slot.terms is not None for slot in inputs.slots),
        "scenarios": STANDARD.scenarios,
    }


def full_inputs() -> Inputs:
    """
    The default market with every slot of the standard profile filled: calls and puts at rising strikes.

    They stand closer together than listing allows; here only the time counts.
    """
    inputs = default_inputs(STANDARD)
    spot = inputs.by_name["BTC"].spot
    strikes = (spot * (40 + step) // 100 // USDC * USDC for step in range(100))
    more = (
        SlotInputs(Status.ACTIVE, 1, Terms("BTC", kind, strike, expiry, 10**6, tick=100))
        for strike, expiry, kind in product(strikes, EXPIRIES, ("call", "put"))
    )
    return replace(inputs, slots=tuple(slot if slot.terms else next(more) for slot in inputs.slots))


def _touch(risk: RiskTable) -> Callable[[], object]:
    """One fill of a perpetual by an account that holds a few positions."""
    nobody = Owner(Point(0, 1), Point(0, 1), 0, 0, 0)
    vector = (10_000 * USDC, 0, 30, -5, 10, *(0,) * (STANDARD.slots - 5))
    account = Account(nobody, vector, (0,) * STANDARD.places)
    mark = risk.marks[1]
    order = Order(INDEX, 1, mark.listing, Side.BUY, mark.price + 1_000, 10, 5_000, 0, 1, risk.time + 60)
    leg = Leg(order, Signature(Point(0, 1), 0), 5, 5 * mark.price, 0)
    return lambda: touch_account(account, INDEX, (leg,), risk, wide=True)


def pricer_error() -> Decimal:
    """The largest error of a value, as a part of the forward, over the recorded cases of the domain."""
    domain = json.loads((checkout() / "tests" / "vectors" / "pricer_domain.json").read_text())
    return max(_error(*case) for case in domain["recorded"])


def _error(
    forward: int, strike: int, volatility: int, seconds: int, rate: int, call: bool, value: str, _: str
) -> Decimal:
    left = years(max(0, seconds))
    growth = from_ppm(rate)
    discount = exp(-multiply(growth, left))
    got = greeks(forward, strike, from_ppm(volatility), left, growth, discount, call)
    return abs(Decimal(got.value) / ONE - Decimal(value))


def _median(operation: Callable[[], object], calls: int = 1) -> float:
    """Median seconds of a call over some rounds."""

    def once() -> float:
        started = time.perf_counter()
        for _ in range(calls):
            operation()
        return (time.perf_counter() - started) / calls

    return statistics.median(once() for _ in range(ROUNDS))
