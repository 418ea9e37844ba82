"""
A trade step as the circuit takes it: from the specification's trace to the inputs of circuits/steps/trade.circom.

Whatever the specification accepted has a witness; a leg that is not used gets values that satisfy its range checks.
"""

from __future__ import annotations

from prover.reference.babyjubjub import SUBGROUP_ORDER
from rollup.spec.orders import Leg
from rollup.spec.state import Touch
from rollup.spec.step import Applied
from rollup.spec.trade import TradeStep
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

__all__ = ["trade_inputs"]


def trade_inputs(applied: Applied) -> Inputs:
    """Inputs of the trade circuit for a trade step."""
    body = applied.step.body
    assert isinstance(body, TradeStep)
    profile = applied.before.profile
    height = profile.district_height
    rooms = [1] * profile.narrow + [profile.legs] * profile.wide
    lanes = [_lane(touch, height) for touch in applied.touches]
    legs: list[Inputs] = []
    for lane, room in zip((*body.narrow, *body.wide), rooms, strict=True):
        legs += [_leg(leg) for leg in lane.legs]
        legs += [_no_leg(applied.table.time)] * (room - len(lane.legs))
    district = applied.touches[0].index >> 3 * height
    return {
        **public_inputs(applied),
        **suspense_inputs(applied.suspense_before, applied.suspense),
        **risk_inputs(applied.table),
        **state_inputs(applied.before),
        "district": district,
        "districtChild": children(applied.touches[0].path)[height:],
        **by_lane(lanes),
        **by_lane(legs),
    }


def _lane(touch: Touch, height: int) -> Inputs:
    assert touch.before is not None  # only a deposit meets an empty leaf
    return {
        "local": touch.index & (1 << 3 * height) - 1,
        "child": children(touch.path)[:height],
        **account_inputs(touch.before),
    }


def _leg(leg: Leg) -> Inputs:
    order = leg.order
    return {
        "used": 1,
        "slot": order.slot,
        "side": order.side.value,
        "reduceOnly": int(order.reduce_only),
        "orderPlace": order.place,
        "orderNonce": order.nonce,
        "expiry": order.expiry,
        "limit": order.limit,
        "maxFee": order.max_fee_ppm,
        "quantity": order.quantity,
        "lots": leg.quantity,
        "cash": leg.cash,
        "fee": leg.fee,
        "r8": [*leg.signature.r8],
        "s": leg.signature.s % SUBGROUP_ORDER,
    }


def _no_leg(time: int) -> Inputs:
    empty: Inputs = dict.fromkeys(
        (
            "used", "slot", "side", "reduceOnly", "orderPlace", "orderNonce", "limit",
            "maxFee", "quantity", "lots", "cash", "fee", "s",
        ),
        0,
    )  # fmt: skip
    return {**empty, "expiry": time, "r8": [0, 0]}
