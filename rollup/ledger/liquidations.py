"""
From liquidation events to liquidate steps: what the clearing house did without signatures, lane by lane.

Events are taken in their order, and joined as far as the law judges them together as the exchange judged them apart:
reductions of one account in one lane, deleverages of one account too, the fund's own reductions in its lane. What the
fund is given in a step comes before its own reductions there, and they stand beside no deleverage (LIQ-13); so a step
ends where the order would otherwise change.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from rollup.spec.errors import Rejected
from rollup.spec.liquidate import FundLane, LiquidateStep, LiquidationLane, Reduction, liquidated, reduced
from rollup.spec.margin import check_close_rule, values_of
from rollup.spec.shared import Mode, Profile, Width
from rollup.spec.table import RiskTable
from rollup.spec.types import FieldElement, Index, Vector

__all__ = ["Draft", "Drafts"]


@dataclass(slots=True)
class _Lane:
    """A lane under construction, and its account before it."""

    account: Index
    mode: Mode
    before: Vector
    legs: tuple[Reduction, ...] = ()
    request: int = 0


@dataclass(slots=True)
class Draft:
    """A step under construction."""

    lanes: list[_Lane] = field(default_factory=list)
    fund_legs: tuple[Reduction, ...] = ()
    fund_before: Vector = ()
    """The fund before its own reductions."""

    @property
    def deleverages(self) -> bool:
        return any(lane.mode == Mode.DELEVERAGE for lane in self.lanes)

    @property
    def through_suspense(self) -> list[Reduction]:
        """Reductions whose other side is ordinary orders."""
        given = [leg for lane in self.lanes if lane.mode == Mode.LIQUIDATE for leg in lane.legs]
        return [*self.fund_legs, *given]

    def step(self, profile: Profile, decoy: Callable[[], Index], custody_random: FieldElement) -> LiquidateStep:
        """The step, its free lanes decoys."""
        lanes = [LiquidationLane(one.account, one.mode, one.legs, one.request) for one in self.lanes]
        lanes += [LiquidationLane(decoy()) for _ in range(profile.liquidations - len(lanes))]
        in_order = sorted(lanes, key=lambda lane: lane.account)  # where a lane stands says nothing
        return LiquidateStep(FundLane(self.fund_legs), tuple(in_order), custody_random)


class Drafts:
    """Liquidate steps that wait to be planned, in their order."""

    def __init__(self, profile: Profile, room: int | None = None) -> None:
        """`room` is the lanes of a step that business may have."""
        self.profile, self.room = profile, profile.liquidations if room is None else room
        self.waiting: list[Draft] = []

    def reduce(self, account: Index, before: Vector, leg: Reduction, table: RiskTable) -> None:
        """LIQUIDATE: one more reduction, in the account's lane if the law takes them together."""
        draft = self._given()
        last = draft.lanes[-1] if draft.lanes else None
        if last and (last.account, last.mode) == (account, Mode.LIQUIDATE) and len(last.legs) < self.profile.legs:
            try:
                liquidated(last.before, (*last.legs, leg), table)
            except Rejected:
                pass
            else:
                last.legs = (*last.legs, leg)
                return
        self._lane(draft, _Lane(account, Mode.LIQUIDATE, before, (leg,)))

    def take_over(self, account: Index, before: Vector) -> None:
        """TAKEOVER."""
        self._lane(self._given(), _Lane(account, Mode.TAKEOVER, before))

    def unload(self, fund: Vector, leg: Reduction, table: RiskTable) -> None:
        """A reduction of the fund's own, which comes after all that the step gives it."""
        draft = self._last()
        if draft.deleverages or len(draft.fund_legs) == self.profile.legs:
            draft = self._new()
        if draft.fund_legs and not _fund_may(draft.fund_before, (*draft.fund_legs, leg), table):
            draft = self._new()
        if not draft.fund_legs:
            draft.fund_before = fund
        draft.fund_legs = (*draft.fund_legs, leg)

    def deleverage(self, account: Index, before: Vector, leg: Reduction) -> None:
        """DELEVERAGE: at the mark, so that reductions of several slots are judged together as one by one."""
        draft = self._given()
        last = draft.lanes[-1] if draft.lanes else None
        joins = last and (last.account, last.mode) == (account, Mode.DELEVERAGE) and len(last.legs) < self.profile.legs
        if last and joins and leg.slot not in {one.slot for one in last.legs}:
            last.legs = (*last.legs, leg)
            return
        self._lane(draft, _Lane(account, Mode.DELEVERAGE, before, (leg,)))

    def close(self, account: Index, before: Vector, request: int) -> None:
        """CLOSE, in a step of its own."""
        self._new().lanes.append(_Lane(account, Mode.CLOSE, before, request=request))

    def _given(self) -> Draft:
        """A step in which the fund has done nothing of its own yet."""
        draft = self._last()
        return self._new() if draft.fund_legs else draft

    def _lane(self, draft: Draft, lane: _Lane) -> None:
        full = len(draft.lanes) == self.room
        # What is given after a deleverage would count as given before it.
        mixed = draft.deleverages and lane.mode != Mode.DELEVERAGE
        (self._new() if full or mixed else draft).lanes.append(lane)

    def _last(self) -> Draft:
        return self.waiting[-1] if self.waiting else self._new()

    def _new(self) -> Draft:
        self.waiting.append(Draft())
        return self.waiting[-1]


def _fund_may(before: Vector, legs: tuple[Reduction, ...], table: RiskTable) -> bool:
    """Whether the law takes the fund's reductions together (LIQ-13)."""
    try:
        after = reduced(before, legs, table, table.parameters.fund_band)
        values = values_of(before, table), values_of(after, table)
        check_close_rule(*values, table.parameters, Width.STUCK, excused=False)
    except Rejected:
        return False
    return True
