"""
Liquidation: what the clearing house does when a table leaves accounts below margin.

First orders into the book (`reductions`). What is still beyond close-out goes to the fund whole. The fund then gives to
the book what it can, and while it fails itself, those who stand against it give back lots at the mark, the most
leveraged first, and no more than cures it: that ranking is public. Each move is one that the law's liquidate step
takes.
"""

from __future__ import annotations

from rollup.exchange.codes import Code
from rollup.exchange.events import Deleveraged, TakenOver
from rollup.exchange.twin.margin import after_fill, values
from rollup.exchange.twin.reductions import Reductions
from rollup.exchange.twin.state import Member
from rollup.spec.account import FUND
from rollup.spec.errors import Rejected
from rollup.spec.liquidate import Reduction, reduced
from rollup.spec.margin import check_close_rule, values_of, violates, weighted
from rollup.spec.shared import Side, Width
from rollup.spec.table import CASH_SLOT, MILLION
from rollup.spec.types import Vector

__all__ = ["Liquidation"]


class Liquidation(Reductions):
    """The clearing house acts on its own."""

    def liquidate(self) -> None:
        """Everything that a new table calls for, in the order of this file's first paragraph."""
        world, parameters = self.world, self.table.parameters
        if self.stale(world.settings.liquidation_age):
            return
        members = [world.members[account] for account in sorted(world.members) if account != FUND]
        failing = [
            (weighted(row, parameters.maintenance), member.account)
            for member in members
            if violates(row := values(member, self.table), parameters.maintenance)
        ]
        for _, account in sorted(failing):
            self.reduce(world.members[account])
        for member in members:
            if violates(values(member, self.table), parameters.close_out):
                self.take_over(member)
        self.unload()
        self.deleverage(members)

    def take_over(self, member: Member) -> None:
        """TAKEOVER."""
        self.hand_over(member)
        self.say(TakenOver(member.account))

    def hand_over(self, member: Member) -> None:
        """Everything goes to the fund."""
        fund = self.world.members[FUND]
        for slot, lots in enumerate(member.vector):
            if slot == CASH_SLOT:
                fund.vector[CASH_SLOT] += lots
                member.vector[CASH_SLOT] = 0
            elif lots:
                self.world.move(member, slot, -lots)
                self.world.move(fund, slot, lots)

    def unload(self) -> None:
        """The fund gives to the book what it takes within the fund's band, if that leaves the fund no worse."""
        fund = self.world.members[FUND]
        for slot in self.riskiest(fund):
            supply = self.supply(fund, slot, self.table.parameters.fund_band)
            lots = supply.lots
            side = Side.SELL if fund.vector[slot] > 0 else Side.BUY
            while lots:
                leg = Reduction(slot, side, lots, supply.cash(lots))
                after = self.allowed(tuple(fund.vector), (leg,), self.table.parameters.fund_band)
                if after is not None:
                    self.give(fund, slot, lots, supply, after, None)
                    break
                lots //= 2

    def allowed(self, vector: Vector, legs: tuple[Reduction, ...], band: int) -> Vector | None:
        """A vector after reductions under the close rule without its exception; None where it forbids them."""
        try:
            after = reduced(vector, legs, self.table, band)
            before, then = values_of(vector, self.table), values_of(after, self.table)
            check_close_rule(before, then, self.table.parameters, Width.STUCK, excused=False)
        except Rejected:
            return None
        return after

    def deleverage(self, members: list[Member]) -> None:
        """While the fund violates maintenance margin, those who stand against it give back, in the public order."""
        fund, progress = self.world.members[FUND], True
        while progress and self.fund_fails():
            progress = False
            for slot in self.riskiest(fund):
                for member in self.ranked(slot, members):
                    if not self.fund_fails():
                        return
                    progress = self.give_back(fund, member, slot) or progress

    def least_cure(self, fund: Member, slot: int, most: int) -> int:
        """The least lots given back after which the fund keeps maintenance margin, or all there are where none do."""
        mark, kappa = self.table.marks[slot], self.table.parameters.maintenance
        sign = -1 if fund.vector[slot] > 0 else 1
        before = values(fund, self.table)
        after = after_fill(before, self.table, slot, sign, 1, mark.price)
        low, high = 1, most
        for now, then in zip(before, after, strict=True):
            # Margin is the least of one line for each scenario: each leaves the lots on one side of a point.
            at = (MILLION - kappa) * before[0] + kappa * now
            step = (MILLION - kappa) * (after[0] - before[0]) + kappa * (then - now)
            if step > 0:
                low = max(low, -(at // step))
            elif step < 0:
                high = min(high, at // -step)
            elif at < 0:
                return most
        return low if low <= high else most

    def fund_fails(self) -> bool:
        fund = self.world.members[FUND]
        return violates(values(fund, self.table), self.table.parameters.maintenance)

    def ranked(self, slot: int, members: list[Member]) -> list[Member]:
        """Who stands against the fund in a slot, in the order in which they are deleveraged."""
        held = self.world.members[FUND].vector[slot]
        against = [member for member in members if member.vector[slot] * held < 0]
        return sorted(against, key=lambda member: (-self.leverage(member), member.account))

    def leverage(self, member: Member) -> int:
        """What the worst scenario takes, of what there is, in ppm; the whole scale where there is nothing."""
        row = values(member, self.table)
        return (row[0] - min(row)) * MILLION // row[0] if row[0] > 0 else MILLION**2

    def give_back(self, fund: Member, member: Member, slot: int) -> bool:
        """Deleverage one account in one slot by as much as the law takes; whether it took any."""
        mark, side = self.table.marks[slot], Side.SELL if member.vector[slot] > 0 else Side.BUY
        lots = self.least_cure(fund, slot, min(abs(fund.vector[slot]), abs(member.vector[slot])))
        while lots:
            leg = Reduction(slot, side, lots, lots * mark.price)
            mirror = Reduction(slot, Side(1 - side), lots, lots * mark.price)
            pair = [self.allowed(tuple(one.vector), (each,), 0) for one, each in ((member, leg), (fund, mirror))]
            if pair[0] is not None and pair[1] is not None:
                self.world.move(member, slot, leg.sign * lots)
                self.world.move(fund, slot, mirror.sign * lots)
                member.vector[:], fund.vector[:] = pair[0], pair[1]
                self.say(Deleveraged(member.account, slot, side, lots, lots * mark.price))
                self.cover(member, Code.MARGIN_SHORT)
                self.prune(member, slot)
                return True
            lots //= 2
        return False
