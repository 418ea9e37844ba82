"""
The liquidate step: what the clearing house does without its members' signatures, and under the tightest rules.

Lane 0 is the guarantee fund; each further lane is one account in one mode. A liquidation only reduces, near the mark,
no further than needed, and never lowers what the account would be closed out for. A takeover moves a failed account to
the fund whole; deleveraging lets the fund's winners give back when the fund itself has failed; a forced close pays out
an owner who asked on L1 and moves the rest to the fund.

What the fund is given in a step is added first and never tested: a bankrupt fund must still take over. What it does of
its own comes after, and is tested from there.
"""

from __future__ import annotations

from dataclasses import dataclass

from rollup.spec.account import FUND
from rollup.spec.errors import Rejected
from rollup.spec.margin import check_close_rule, holds_halted, owed_on_close, sweep, values_of, violates, weighted
from rollup.spec.shared import Header, Mode, Side, Status, Width
from rollup.spec.state import Workspace
from rollup.spec.table import CASH_SLOT, MILLION, RiskTable
from rollup.spec.trade import check_reduces
from rollup.spec.types import Cash, FieldElement, Index, Quantity, Values, Vector
from rollup.spec.words import fits, pack, pack_indices

__all__ = [
    "FundLane",
    "LiquidateStep",
    "LiquidationLane",
    "Reduction",
    "apply_liquidate",
    "liquidated",
    "reduced",
]


@dataclass(frozen=True, slots=True)
class Reduction:
    """Lots of one slot given up, the cash for them, and a penalty to the fund."""

    slot: int
    side: Side
    quantity: Quantity
    cash: Cash
    penalty: Cash = 0

    @property
    def sign(self) -> int:
        return 1 if self.side == Side.BUY else -1

    def word(self, mode: Mode) -> int:
        return pack(
            "leg",
            slot=self.slot,
            side=self.side,
            quantity=self.quantity,
            cash=self.cash,
            fee=self.penalty,
            mode=mode,
        )


@dataclass(frozen=True, slots=True)
class LiquidationLane:
    """One account in one mode; `request` and nothing else comes from L1, in a CLOSE."""

    account: Index
    mode: Mode = Mode.NONE
    legs: tuple[Reduction, ...] = ()
    request: int = 0


@dataclass(frozen=True, slots=True)
class FundLane:
    """The fund's own reductions."""

    legs: tuple[Reduction, ...] = ()


@dataclass(frozen=True, slots=True)
class LiquidateStep:
    """The fund's lane, as many others as the profile has, and the next randomness of the custody commitment."""

    fund: FundLane
    lanes: tuple[LiquidationLane, ...]
    custody_random: FieldElement


@dataclass(frozen=True, slots=True)
class _Effect:
    """What a lane does: to its account, to the fund, and in public."""

    vector: Vector
    given: Vector
    """What the fund receives before any of its own legs."""
    plaintexts: tuple[int, ...]
    header: int = 0
    paid: Cash = 0
    suspense: tuple[Reduction, ...] = ()
    """Legs whose other side is ordinary orders in a trade step."""
    deleveraged: tuple[Reduction, ...] = ()
    """Legs whose other side is the fund itself."""


def apply_liquidate(work: Workspace, step: LiquidateStep, table: RiskTable) -> list[FieldElement]:
    """Apply every lane; returns the words after the custody commitment, which the caller puts first."""
    if len(step.lanes) != work.state.profile.liquidations:
        raise Rejected("LIQ-1", "has another number of lanes than its profile", len(step.lanes))
    if sum(lane.mode == Mode.CLOSE for lane in step.lanes) > 1:
        raise Rejected("LIQ-2", "closes more than one account", [lane.account for lane in step.lanes])
    fund = work.open(FUND)
    swept = sweep(fund.vector, table.marks)
    effects, given = _plan(work, step, swept, table, table.parameters.exit)
    closing = any(lane.mode == Mode.CLOSE for lane in step.lanes)
    if closing and violates(values_of(given, table), table.parameters.maintenance):
        # LIQ-12: what the account brings would leave the fund under-margined, so it leaves the whole stress behind.
        effects, given = _plan(work, step, swept, table, MILLION)
    vector = _fund_vector(work, step, effects, given, table)
    words = pack_indices([lane.account for lane in step.lanes])
    room = work.state.profile.legs
    words += work.close(FUND, fund, _leg_words(step.fund.legs, Mode.NONE, room), vector=vector).words()
    for leg in step.fund.legs:
        _owe(work, leg, table)
    for lane, effect in zip(step.lanes, effects, strict=True):
        work.pay_out(effect.paid)
        for leg in effect.suspense:
            _owe(work, leg, table)
        account = work.open(lane.account)
        words += [effect.header, *work.close(lane.account, account, effect.plaintexts, vector=effect.vector).words()]
    return words


def _plan(
    work: Workspace, step: LiquidateStep, swept: Vector, table: RiskTable, kappa: int
) -> tuple[list[_Effect], Vector]:
    """The effects of all lanes in order, a CLOSE at `kappa`, and the fund after everything that it is given."""
    vectors: dict[Index, Vector] = {}
    effects = []
    given = swept
    for lane in step.lanes:
        if lane.account == FUND:
            raise Rejected("LIQ-3", "puts the fund into an ordinary lane", lane.account)
        if lane.request and lane.mode != Mode.CLOSE:
            raise Rejected("LIQ-3", "names an L1 request without closing", lane.request)
        account = work.open(lane.account)
        vector = sweep(vectors.get(lane.account, account.vector), table.marks)
        effect = _effect(work, lane, vector, table, kappa)
        vectors[lane.account] = effect.vector
        given = _sum(given, effect.given)
        effects.append(effect)
    return effects, given


def _effect(work: Workspace, lane: LiquidationLane, vector: Vector, table: RiskTable, kappa: int) -> _Effect:
    room = work.state.profile.legs
    if len(lane.legs) > room:
        raise Rejected("LIQ-4", f"has more legs than the {room} of its lane", len(lane.legs))
    if lane.legs and lane.mode not in (Mode.LIQUIDATE, Mode.DELEVERAGE):
        raise Rejected("LIQ-4", "has legs in a mode without any", lane.mode)
    nothing = (0,) * len(vector)
    match lane.mode:
        case Mode.NONE:
            return _Effect(vector, nothing, _leg_words((), lane.mode, room))
        case Mode.LIQUIDATE:
            after = liquidated(vector, lane.legs, table)
            penalty = sum(leg.penalty for leg in lane.legs)
            words = _leg_words(lane.legs, lane.mode, room)
            return _Effect(after, (penalty, *nothing[1:]), words, suspense=lane.legs)
        case Mode.TAKEOVER:
            values = values_of(vector, table)
            _check_width(values)
            if not violates(values, table.parameters.close_out):
                raise Rejected("LIQ-10", "takes over an account that is not beyond close-out", lane.account)
            return _Effect(nothing, vector, _leg_words((), lane.mode, room))
        case Mode.DELEVERAGE:
            after = _deleveraged(vector, lane.legs, table)
            words = _leg_words(lane.legs, lane.mode, room)
            return _Effect(after, nothing, words, deleveraged=lane.legs)
        case Mode.CLOSE:
            return _closed(work, lane, vector, table, kappa)


def liquidated(vector: Vector, legs: tuple[Reduction, ...], table: RiskTable) -> Vector:
    """
    What a liquidation leaves of an account, LIQ-5 to LIQ-9.

    It is only for accounts below maintenance; it improves the worst scenario, takes no equity that is not there,
    keeps the close-out value, and stops before a share of it that need not go.
    """
    before = values_of(vector, table)
    parameters = table.parameters
    if not violates(before, parameters.maintenance):
        raise Rejected("LIQ-5", "liquidates an account that keeps maintenance margin", min(before))
    if not legs:
        raise Rejected("LIQ-5", "liquidates nothing", legs)
    after_vector = reduced(vector, legs, table, parameters.liquidation_band)
    for leg in legs:
        if MILLION * leg.penalty > parameters.penalty_cap * leg.quantity * _risk(leg, table):
            raise Rejected("LIQ-7", "takes a penalty above the cap", leg.penalty)
    penalty = sum(leg.penalty for leg in legs)
    after_vector = (after_vector[CASH_SLOT] - penalty, *after_vector[1:])
    after = values_of(after_vector, table)
    _check_width(after, before)
    if min(after) < min(before):
        raise Rejected("LIQ-8", "a scenario ends below the worst before", min(after))
    if after[0] < min(0, before[0]):
        raise Rejected("LIQ-8", "equity falls below zero and below what it was", after[0])
    if weighted(after, parameters.close_out) < weighted(before, parameters.close_out):
        raise Rejected("LIQ-8", "the close-out value falls", weighted(after, parameters.close_out))
    if any(leg.quantity > 1 for leg in legs) and not _stops_in_time(after, legs, table):
        raise Rejected("LIQ-9", "goes on when a share of every leg could stay", min(after))
    return after_vector


def reduced(vector: Vector, legs: tuple[Reduction, ...], table: RiskTable, band: int) -> Vector:
    """LIQ-6: legs only reduce, each another open slot, at a price within the band around the mark."""
    if len({leg.slot for leg in legs}) != len(legs):
        raise Rejected("LIQ-6", "reduces one slot twice", [leg.slot for leg in legs])
    for leg in legs:
        _check_shape(leg, table)
    # One band for all legs, from the safest of them: else riskless pairs are stripped through their risky halves.
    smallest = min((_risk(leg, table) for leg in legs), default=0)
    after = list(vector)
    for leg in legs:
        mark = table.marks[leg.slot]
        check_reduces(after[leg.slot], leg.sign, leg.quantity, "LIQ-6")
        worse = leg.sign * (leg.cash - leg.quantity * mark.price)
        if MILLION * worse > band * leg.quantity * smallest:
            raise Rejected("LIQ-6", "trades further from the mark than the band", leg.cash)
        after[leg.slot] += leg.sign * leg.quantity
        after[CASH_SLOT] -= leg.sign * (leg.cash - leg.quantity * mark.funding)
    return tuple(after)


def _deleveraged(vector: Vector, legs: tuple[Reduction, ...], table: RiskTable) -> Vector:
    """LIQ-11: reductions at the mark exactly, under the close rule without its exception."""
    if not legs or any(leg.penalty for leg in legs):
        raise Rejected("LIQ-11", "deleverages nothing, or at a penalty", legs)
    if any(leg.cash != leg.quantity * table.marks[leg.slot].price for leg in legs if 0 < leg.slot < len(vector)):
        raise Rejected("LIQ-11", "deleverages away from the mark", [leg.cash for leg in legs])
    after = reduced(vector, legs, table, 0)
    before_values, after_values = values_of(vector, table), values_of(after, table)
    check_close_rule(before_values, after_values, table.parameters, Width.STUCK, excused=False)
    return after


def _closed(work: Workspace, lane: LiquidationLane, vector: Vector, table: RiskTable, kappa: int) -> _Effect:
    """LIQ-12: what is owed is paid as far as custody reaches, or stays; everything else goes to the fund."""
    if holds_halted(vector, table.marks):
        kappa = MILLION
    values = values_of(vector, table)
    _check_width(values)
    owed = owed_on_close(values, kappa)
    paid = min(owed, work.custody)
    if not fits(lane.request, 64):
        raise Rejected("LIQ-3", "has a queue number of more than 64 bits", lane.request)
    header = pack("header", kind=Header.CLOSE, index=lane.account, amount=paid, request=lane.request)
    first = pack("leg", cash=owed, mode=Mode.CLOSE)
    nothing = (0,) * len(vector)
    return _Effect(
        (owed - paid, *nothing[1:]),
        (vector[CASH_SLOT] - owed, *vector[1:]),
        (first, *nothing[1 : work.state.profile.legs]),
        header=header,
        paid=paid,
    )


def _fund_vector(
    work: Workspace, step: LiquidateStep, effects: list[_Effect], given: Vector, table: RiskTable
) -> Vector:
    """LIQ-13: what the fund does, from what it was given: deleveraged or of its own, and never ending riskier."""
    if len(step.fund.legs) > work.state.profile.legs:
        raise Rejected("LIQ-4", "has more legs than the fund's lane", len(step.fund.legs))
    deleveraged = [leg for effect in effects for leg in effect.deleveraged]
    before = values_of(given, table)
    _check_width(before)
    if deleveraged and not violates(before, table.parameters.maintenance):
        raise Rejected("LIQ-11", "deleverages while the fund keeps maintenance margin", min(before))
    if any(leg.penalty for leg in step.fund.legs):
        raise Rejected("LIQ-13", "the fund pays itself a penalty", step.fund.legs)
    if deleveraged and step.fund.legs:
        # Judged together, what winners give back would pay for riskless pairs off the mark.
        raise Rejected("LIQ-13", "the fund reduces of its own beside a DELEVERAGE", step.fund.legs)
    vector = list(given)
    for leg in deleveraged:
        mark = table.marks[leg.slot]
        check_reduces(vector[leg.slot], -leg.sign, leg.quantity, "LIQ-11")
        vector[leg.slot] -= leg.sign * leg.quantity
        vector[CASH_SLOT] += leg.sign * (leg.cash - leg.quantity * mark.funding)
    after = reduced(tuple(vector), step.fund.legs, table, table.parameters.fund_band)
    if deleveraged or step.fund.legs:
        check_close_rule(before, values_of(after, table), table.parameters, Width.STUCK, excused=False)
    return after


def _check_shape(leg: Reduction, table: RiskTable) -> None:
    if not 1 <= leg.slot < len(table.marks):
        raise Rejected("LIQ-6", "trades a slot that is not an instrument", leg.slot)
    if table.marks[leg.slot].status not in (Status.ACTIVE, Status.REDUCE_ONLY):
        raise Rejected("LIQ-6", "trades a slot that is not open", table.marks[leg.slot].status)
    if leg.quantity < 1:
        raise Rejected("LIQ-6", "reduces by nothing", leg.quantity)
    widths = ((leg.quantity, Width.QUANTITY), (leg.cash, Width.CASH), (leg.penalty, Width.FEE))
    if not all(fits(value, bits) for value, bits in widths):
        raise Rejected("LIQ-6", "has a quantity, cash or penalty too wide for its word", leg)


def _check_width(*values: Values) -> None:
    """Section 4's bounds keep every reachable value inside; so the circuit need not ask, and all differences fit."""
    widest = max(abs(value) for row in values for value in row)
    if widest >> Width.STUCK - 1:
        raise Rejected("MGN-6", f"holds a value that does not fit {Width.STUCK} bits and a sign", widest)


def _risk(leg: Reduction, table: RiskTable) -> Cash:
    """lotRisk of the side that a leg reduces: selling gives up longs, buying shorts."""
    mark = table.marks[leg.slot]
    return mark.risk_long if leg.side == Side.SELL else mark.risk_short


def _stops_in_time(after: Values, legs: tuple[Reduction, ...], table: RiskTable) -> bool:
    """
    Whether undoing a share of the whole reduction at the mark would break initial margin in some scenario.

    The share is one lot of the longest leg, and as much of each other one: so a coarse leg excuses no lots of others.
    """
    most = max(leg.quantity for leg in legs)
    for value, row in zip(after, table.rows, strict=True):
        gained = sum(leg.sign * leg.quantity * (row[leg.slot] - table.marks[leg.slot].value) for leg in legs)
        if most * value <= max(0, gained):
            return True
    return False


def _owe(work: Workspace, leg: Reduction, table: RiskTable) -> None:
    work.owe(leg.slot, leg.sign * leg.quantity)
    work.owe(CASH_SLOT, -leg.sign * (leg.cash - leg.quantity * table.marks[leg.slot].funding))


def _leg_words(legs: tuple[Reduction, ...], mode: Mode, room: int) -> tuple[int, ...]:
    """The words of a lane; the mode stands in the first, whether it has a leg or not."""
    words = [leg.word(mode if place == 0 else Mode.NONE) for place, leg in enumerate(legs)]
    if not words and mode != Mode.NONE:
        words = [pack("leg", mode=mode)]
    return (*words, *(0,) * (room - len(words)))


def _sum(left: Vector, right: Vector) -> Vector:
    return tuple(one + other for one, other in zip(left, right, strict=True))
