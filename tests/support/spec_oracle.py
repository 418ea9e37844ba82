"""
The rules of margin once more, written from PROTOCOL.md with fractions and without a line of the law's own.

The law compares integers scaled by a million and chooses s* and u itself; here they are what the text says they are.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from rollup.spec.account import FUND
from rollup.spec.funds import NoteOut, TransferOut, Withdraw
from rollup.spec.liquidate import LiquidateStep
from rollup.spec.shared import Mode, Status
from rollup.spec.state import Touch
from rollup.spec.step import Applied
from rollup.spec.table import RiskTable
from rollup.spec.trade import TradeStep

Values = Sequence[int]


def swept(vector: Sequence[int], table: RiskTable) -> list[int]:
    """Settled quantities as cash."""
    settled = [mark.status == Status.SETTLED for mark in table.marks]
    cash = sum(lots * mark.value for lots, mark, gone in zip(vector, table.marks, settled, strict=True) if gone)
    return [vector[0] + cash, *(0 if gone else lots for lots, gone in zip(vector[1:], settled[1:], strict=True))]


def values(vector: Sequence[int], table: RiskTable) -> list[int]:
    """val_0 … val_S as price times lots, less funding."""
    mark = sum(lots * (one.price - one.funding) for lots, one in zip(vector, table.marks, strict=True))
    return [mark, *(sum(lots * value for lots, value in zip(vector, row, strict=True)) for row in table.stress)]


def at_kappa(val: Values, kappa: int) -> Fraction:
    """The least over s of (1-κ)·val_0 + κ·val_s."""
    part = Fraction(kappa, 10**6)
    return min((1 - part) * val[0] + part * one for one in val)


def initial(val: Values) -> bool:
    return all(one >= 0 for one in val)


def close_rule(before: Values, after: Values, table: RiskTable, *, excused: bool = True) -> bool:
    """Clauses (i) to (iv), for the best choice of s* and u."""
    maintenance, close_out = table.parameters.maintenance, table.parameters.close_out
    return (
        after[0] >= min(0, before[0])
        and min(after) >= min(0, *before)
        and at_kappa(after, maintenance) >= min(Fraction(0), at_kappa(before, maintenance))
        and ((excused and initial(after)) or at_kappa(after, close_out) >= at_kappa(before, close_out))
    )


def close_rule_by_search(before: Values, after: Values, table: RiskTable, floors: range) -> bool:
    """The same as a circuit has it: some scenario s* and some whole number u."""
    maintenance, close_out = table.parameters.maintenance, table.parameters.close_out

    def mixed(kappa: int, low: int, mark: int) -> int:
        return kappa * low + (10**6 - kappa) * mark

    return any(
        after[0] >= min(0, before[0])
        and all(one >= u for one in after)
        and u >= min(0, worst)
        and mixed(maintenance, u, after[0]) >= min(0, mixed(maintenance, worst, before[0]))
        and (u >= 0 or mixed(close_out, u, after[0]) >= mixed(close_out, worst, before[0]))
        for worst in before
        for u in floors
    )


def judge(applied: Applied) -> None:
    """Assert of every touch of a step that it ended as its kind must."""
    body, table = applied.step.body, applied.table
    match body:
        case TradeStep():
            lanes = [(lane, False) for lane in body.narrow] + [(lane, True) for lane in body.wide]
            for touch, (lane, wide) in zip(applied.touches, lanes, strict=True):
                before, after = _around(touch, table)
                assert touch.index != FUND
                if not lane.legs:
                    assert before == after
                elif wide:
                    assert close_rule(before, after, table)
                else:
                    assert initial(after)
                for leg in lane.legs:
                    gap = leg.cash - leg.quantity * leg.order.limit
                    assert gap <= 0 if leg.sign > 0 else gap >= 0
                    assert Fraction(leg.fee, leg.cash or 1) <= Fraction(leg.order.max_fee_ppm, 10**6)
        case LiquidateStep():
            _judge_liquidation(applied, body)
        case _:
            for touch, operation in zip(applied.touches, body.operations, strict=True):
                if isinstance(operation, Withdraw | NoteOut | TransferOut):
                    assert initial(_around(touch, table)[1])
                if touch.index == FUND:
                    assert touch.after.vector[0] >= swept(touch.before.vector, table)[0]  # type: ignore[union-attr]


def stops_in_time(touch: Touch, after: Values, table: RiskTable) -> bool:
    """Some scenario loses, or is lost if a part of the whole reduction is undone: one lot of its longest leg."""
    assert touch.before is not None
    gone = [0, *map(int.__sub__, swept(touch.before.vector, table)[1:], touch.after.vector[1:])]
    longest = max(map(abs, gone))
    at_mark, *stressed = values(gone, table)
    undone = [Fraction(0), *(Fraction(one - at_mark, longest) for one in stressed)]
    return longest == 1 or any(one <= 0 or one + part <= 0 for one, part in zip(after, undone, strict=True))


def _around(touch: Touch, table: RiskTable) -> tuple[list[int], list[int]]:
    start = [0] * len(table.marks) if touch.before is None else swept(touch.before.vector, table)
    return values(start, table), values(touch.after.vector, table)


def _judge_liquidation(applied: Applied, body: LiquidateStep) -> None:
    table, parameters = applied.table, applied.table.parameters
    for touch, lane in zip(applied.touches[1:], body.lanes, strict=True):
        before, after = _around(touch, table)
        match lane.mode:
            case Mode.NONE:
                assert before == after
            case Mode.LIQUIDATE:
                assert at_kappa(before, parameters.maintenance) < 0
                assert min(after) >= min(before)
                assert after[0] >= min(0, before[0])
                assert at_kappa(after, parameters.close_out) >= at_kappa(before, parameters.close_out)
                assert stops_in_time(touch, after, table)
            case Mode.TAKEOVER:
                assert at_kappa(before, parameters.close_out) < 0
                assert not any(touch.after.vector)
            case Mode.DELEVERAGE:
                assert not body.fund.legs
                assert after[0] == before[0]
                assert close_rule(before, after, table, excused=False)
            case Mode.CLOSE:
                assert not any(touch.after.vector[1:])
                least, most = (int(max(Fraction(0), at_kappa(before, k))) for k in (10**6, parameters.exit))
                paid = applied.before.custody - applied.state.custody
                assert paid + touch.after.vector[0] in (least, most)
                assert touch.after.vector[0] == 0 or applied.state.custody == 0
