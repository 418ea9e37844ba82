"""
Building a risk table: from one epoch's inputs to what every slot is worth, now and in every scenario.

W_{j,s} = P_{j,s} - F_j. A live slot is valued anew in each scenario; a settled one is worth its payoff in all of them,
for ever; an empty one nothing. While anything is halted, W_s - W_0 of every slot is multiplied by one factor: widening
one slot would break hedges, widening all of them by less than κ_mm/κ_co moves nobody from maintenance past close-out
(MKT-HALT-1). The result is a pure function of its arguments, in integers: members of the committee recompute it.
"""

from __future__ import annotations

from rollup.market.errors import BadInputs, NotASuccessor
from rollup.market.fixed import PPM
from rollup.market.governance import Governance
from rollup.market.inputs import Inputs, SlotInputs
from rollup.market.instruments import LOT_UNIT, Terms
from rollup.market.parameters import MarketParameters
from rollup.market.scenarios import Scenario, scenarios
from rollup.market.status import check_move
from rollup.market.views import View, base_in, view_at
from rollup.spec.shared import Profile, Status
from rollup.spec.table import CASH_MARK, Mark, RiskTable

__all__ = ["build_table", "check_successor"]


def build_table(inputs: Inputs, governance: Governance, profile: Profile) -> RiskTable:
    """The risk table of one epoch; refuses what no member of the committee may sign."""
    if len(inputs.slots) != profile.slots - 1:
        raise BadInputs(f"inputs have {profile.slots - 1} slots beside cash", len(inputs.slots))
    market = governance.market
    valuer = _Valuer(inputs, market, scenarios(market, profile.scenarios, inputs.regime))
    widening = market.breakers.halted_factor if inputs.any_halted else PPM
    columns = [(CASH_MARK, [1] * profile.scenarios)]
    columns += [_column(slot, valuer, widening) for slot in inputs.slots]
    return RiskTable(
        parameters=governance.parameters,
        marks=tuple(mark for mark, _ in columns),
        stress=tuple(zip(*(values for _, values in columns), strict=True)),
        time=inputs.time,
    )


def check_successor(before: RiskTable, after: RiskTable) -> None:
    """Refuse a table that may not follow: MKT-NEXT-1 time rises, statuses move as they may, what is settled stays."""
    if after.time <= before.time:
        raise NotASuccessor("time rises from table to table", (before.time, after.time))
    if (len(before.marks), len(before.stress)) != (len(after.marks), len(after.stress)):
        raise NotASuccessor("tables of one deployment have one size", len(after.marks))
    for slot, (old, new) in enumerate(zip(before.marks, after.marks, strict=True)):
        check_move(slot, old.status, new.status)
        listed = old.status == Status.EMPTY and new.status != Status.EMPTY
        if new.listing != old.listing + listed:
            raise NotASuccessor("a listing is raised by one when a slot is filled, and only then", (slot, old, new))
        if old.status is new.status == Status.SETTLED and old != new:
            raise NotASuccessor("a settled slot is copied unchanged", (slot, old, new))


class _Valuer:
    """Values lots; remembers what slots of one underlying and expiry share."""

    def __init__(self, inputs: Inputs, market: MarketParameters, moves: tuple[Scenario, ...]) -> None:
        self.inputs, self.market, self.moves = inputs, market, moves
        self.views: dict[tuple[str, int, bool, bool], tuple[View, ...]] = {}

    def values(self, terms: Terms, expiry: int) -> tuple[int, list[int]]:
        """A lot's price at the mark and in every scenario; expiry is 0 for what is never settled."""
        mark, *stressed = (terms.of_lot(terms.payoff.value(view, terms.strike)) for view in self._views(terms, expiry))
        if terms.payoff.option:
            fixing = self.inputs.by_name[terms.underlying].fixing(expiry)
            open_part = PPM - fixing.fixed if fixing else PPM
            whole = self.inputs.by_name[terms.underlying].spot * terms.lot * open_part
            stressed = [
                value + whole * move.charge // (LOT_UNIT * PPM * PPM)
                for value, move in zip(stressed, self.moves, strict=True)
            ]
        return mark, stressed

    def _views(self, terms: Terms, expiry: int) -> tuple[View, ...]:
        """What a payoff sees, at the mark and in every scenario; a basis is what only dated instruments have."""
        name, dated, option = terms.underlying, terms.payoff.dated, terms.payoff.option
        key = (name, expiry, dated, option)
        if key not in self.views:
            deltas, now = self.market.oracle.deltas, self.inputs.time
            base = base_in(self.inputs, deltas, name, expiry, dated=dated, option=option, now=now)
            self.market.shock(name)
            self.views[key] = (
                view_at(base, 0, 0, PPM),
                *(view_at(base, move.spots[name], move.bases[name] * dated, move.volatility) for move in self.moves),
            )
        return self.views[key]


def _column(slot: SlotInputs, valuer: _Valuer, widening: int) -> tuple[Mark, list[int]]:
    """One slot's mark and its stressed values."""
    count = len(valuer.moves)
    if slot.terms is None or slot.status in (Status.EMPTY, Status.SETTLED):
        value = slot.payoff - slot.funding
        return Mark(slot.status, slot.listing, slot.funding, value), [value] * count
    price, stressed = valuer.values(slot.terms, slot.expiry)
    moves = [(value - price) * widening // PPM for value in stressed]
    mark = Mark(
        status=slot.status,
        listing=slot.listing,
        funding=slot.funding,
        value=price - slot.funding,
        risk_long=max(0, -min(moves)),
        risk_short=max(0, *moves),
    )
    return mark, [mark.value + move for move in moves]
