"""
The trade step: signed orders, filled against the clearing house.

No buyer is paired with a seller. Each leg changes one account, the suspense takes the other side, and a batch ends only
where the suspense is zero; so accounts are independent, and a step proves them in lanes. A narrow lane serves the
common case cheaply: one leg, nothing to sweep, initial margin afterwards. A wide lane serves everything else.
"""

from __future__ import annotations

from dataclasses import dataclass

from rollup.spec.account import FUND, Account
from rollup.spec.errors import Rejected
from rollup.spec.hashes import verifies
from rollup.spec.margin import check_close_rule, check_initial, holds_settled, sweep, values_of
from rollup.spec.orders import Leg, filled
from rollup.spec.shared import Side, Status, Width
from rollup.spec.state import Workspace
from rollup.spec.table import CASH_SLOT, MILLION, RiskTable
from rollup.spec.types import FieldElement, Index, Vector
from rollup.spec.words import fits, pack_indices

__all__ = ["Lane", "TradeStep", "apply_trade", "check_leg", "fill", "touch_account"]


@dataclass(frozen=True, slots=True)
class Lane:
    """One account's share of a step; without legs it is a decoy, which only gets a fresh blinding."""

    account: Index
    legs: tuple[Leg, ...] = ()


@dataclass(frozen=True, slots=True)
class TradeStep:
    """Lanes of one district, narrow ones first."""

    narrow: tuple[Lane, ...]
    wide: tuple[Lane, ...]


def apply_trade(work: Workspace, step: TradeStep, table: RiskTable) -> list[FieldElement]:
    """Apply every lane in order; returns the published words."""
    profile = work.state.profile
    if (len(step.narrow), len(step.wide)) != (profile.narrow, profile.wide):
        raise Rejected("TRD-1", "has another number of lanes than its profile", (len(step.narrow), len(step.wide)))
    lanes = [(lane, False) for lane in step.narrow] + [(lane, True) for lane in step.wide]
    if len({lane.account >> 3 * profile.district_height for lane, _ in lanes}) != 1:
        raise Rejected("TRD-2", "has accounts of several districts", [lane.account for lane, _ in lanes])
    words = pack_indices([lane.account for lane, _ in lanes])
    for lane, wide in lanes:
        words += _apply_lane(work, lane, table, wide)
    return words


def touch_account(
    account: Account, index: Index, legs: tuple[Leg, ...], table: RiskTable, wide: bool
) -> tuple[Vector, tuple[int, ...]]:
    """
    What legs do to an account: its next vector and order places, every rule but the signatures checked.

    An engine calls this for each fill that it considers; nothing in it hashes.
    """
    if index == FUND:
        raise Rejected("TRD-3", "puts the fund into a trade step", index)
    if not wide and holds_settled(account.vector, table.marks):
        raise Rejected("TRD-4", "needs a wide lane: something waits to be swept", index)
    vector = sweep(account.vector, table.marks)
    before = vector
    places = list(account.places)
    if len({leg.order.place for leg in legs}) != len(legs):
        raise Rejected("TRD-5", "fills one order place twice in a touch", [leg.order.place for leg in legs])
    for leg in legs:
        check_leg(leg, index, table)
        if not 0 <= leg.order.place < len(places):
            raise Rejected("TRD-6", "names an order place that accounts do not have", leg.order.place)
        places[leg.order.place] = filled(places[leg.order.place], leg)
        vector = fill(vector, leg, table)
    if legs and wide:
        check_close_rule(values_of(before, table), values_of(vector, table), table.parameters, Width.TRADED)
    elif legs:
        check_initial(values_of(vector, table), Width.TRADED)
    return vector, tuple(places)


def check_leg(leg: Leg, index: Index, table: RiskTable) -> None:
    """What a leg must satisfy whatever its account holds; TRD-7 to TRD-12."""
    order = leg.order
    if order.account != index:
        raise Rejected("TRD-7", "fills an order of another account", order.account)
    if not fits(order.expiry - table.time, Width.TIME):
        raise Rejected("TRD-8", "fills an order that has expired, or does in 2^40 s or more", order.expiry)
    if not 1 <= order.slot < len(table.marks):
        raise Rejected("TRD-9", "trades a slot that is not an instrument", order.slot)
    mark = table.marks[order.slot]
    if order.listing != mark.listing:
        raise Rejected("TRD-10", f"trades a slot that now holds listing {mark.listing}", order.listing)
    if mark.status not in (Status.ACTIVE, Status.REDUCE_ONLY):
        raise Rejected("TRD-11", "trades a slot that is not open", mark.status)
    for name, value, bits in (("quantity", leg.quantity, Width.QUANTITY), ("cash", leg.cash, Width.CASH)):
        if not fits(value, bits):
            raise Rejected("TRD-12", f"has a {name} that does not fit {bits} bits", value)
    if not fits(leg.fee, Width.FEE):
        raise Rejected("TRD-12", f"has a fee that does not fit {Width.FEE} bits", leg.fee)
    worst = leg.quantity * order.limit
    if (leg.cash > worst) if order.side == Side.BUY else (leg.cash < worst):
        raise Rejected("TRD-13", "fills outside the order's limit", leg.cash)
    if leg.fee * MILLION > min(order.max_fee_ppm, table.parameters.fee_cap) * leg.cash:
        raise Rejected("TRD-14", "takes more than the signed or the capped fee", leg.fee)


def fill(vector: Vector, leg: Leg, table: RiskTable) -> Vector:
    """The vector after a leg: lots at their slot, cash with funding taken out, the fee."""
    slot, mark = leg.order.slot, table.marks[leg.order.slot]
    if leg.order.reduce_only or mark.status == Status.REDUCE_ONLY:
        check_reduces(vector[slot], leg.sign, leg.quantity, "TRD-15", Width.TRADED)
    after = list(vector)
    after[slot] += leg.sign * leg.quantity
    after[CASH_SLOT] -= leg.sign * (leg.cash - leg.quantity * mark.funding) + leg.fee
    return tuple(after)


def check_reduces(held: int, sign: int, quantity: int, rule: str, bits: int = Width.LOTS) -> None:
    """Opposite sign, and no more than what is held; what stays is one range check."""
    stays = -sign * held - quantity
    if stays < 0:
        raise Rejected(rule, f"does not reduce the {held} lots held", sign * quantity)
    if not fits(stays, bits):
        raise Rejected("MGN-6", f"leaves a position that does not fit {bits} bits", stays)


def _apply_lane(work: Workspace, lane: Lane, table: RiskTable, wide: bool) -> list[FieldElement]:
    room = work.state.profile.legs if wide else 1
    if len(lane.legs) > room:
        raise Rejected("TRD-16", f"has more legs than the {room} of its lane", len(lane.legs))
    before = work.open(lane.account)
    vector, places = touch_account(before, lane.account, lane.legs, table, wide)
    for leg in lane.legs:
        if not verifies(before.owner.trading_key, leg.order.message(work.state.domain), leg.signature):
            raise Rejected("TRD-17", "carries a signature that is not the trading key's", leg.order.words)
        slot, mark = leg.order.slot, table.marks[leg.order.slot]
        work.owe(slot, leg.sign * leg.quantity)
        work.owe(CASH_SLOT, -leg.sign * (leg.cash - leg.quantity * mark.funding))
        work.fees += leg.fee
    plaintexts = [leg.word() for leg in lane.legs] + [0] * (room - len(lane.legs))
    return work.close(lane.account, before, plaintexts, vector=vector, places=places).words()
