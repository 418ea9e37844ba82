"""
Reductions: positions of an account that fails go into the book.

The riskiest position first, within the band around the mark, against orders whose fill cannot fail, and as few lots as
initial margin asks for; each is one leg that the law's LIQUIDATE takes. The fund gives its own lots the same way.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from rollup.exchange.codes import Phase
from rollup.exchange.events import Reduced, Unloaded
from rollup.exchange.twin.auction import Auction
from rollup.exchange.twin.margin import after_fill, values
from rollup.exchange.twin.matching import CASH_BOUND
from rollup.exchange.twin.state import Member, Open
from rollup.spec.account import FUND
from rollup.spec.errors import Rejected
from rollup.spec.liquidate import Reduction, liquidated
from rollup.spec.margin import violates
from rollup.spec.shared import Side
from rollup.spec.table import CASH_SLOT, MILLION

__all__ = ["Reductions"]


@dataclass(frozen=True, slots=True)
class _Supply:
    """What the book takes of one slot within a band: orders in turn, and what is paid in all for the first lots."""

    orders: tuple[tuple[Open, int], ...]

    @property
    def lots(self) -> int:
        return sum(lots for _, lots in self.orders)

    def cash(self, lots: int) -> int:
        total = 0
        for order, most in self.orders:
            total += min(lots, most) * order.limit
            lots -= min(lots, most)
        return total


class Reductions(Auction):
    """Positions go into the book."""

    def reduce(self, member: Member) -> None:
        """Reduce one position after the other until maintenance margin holds or nothing more can be done."""
        for _ in range(self.world.settings.slots):
            if not violates(values(member, self.table), self.table.parameters.maintenance):
                return
            if not any(self.reduce_slot(member, slot) for slot in self.riskiest(member)):
                return

    def riskiest(self, member: Member) -> list[int]:
        """Slots that a member holds and that trade, the one with most lotRisk first; an auction is waited for."""
        held = [
            (-abs(lots) * self.lot_risk(slot, lots), slot)
            for slot, lots in enumerate(member.vector)
            if slot != CASH_SLOT and lots and self.world.books[slot].phase == Phase.CONTINUOUS
        ]
        return [slot for _, slot in sorted(held)]

    def lot_risk(self, slot: int, lots: int) -> int:
        """lotRisk of the side that is held."""
        mark = self.table.marks[slot]
        return mark.risk_long if lots > 0 else mark.risk_short

    def reduce_slot(self, member: Member, slot: int) -> bool:
        """Give lots of one slot to the book; whether the law took it."""
        held = member.vector[slot]
        supply = self.supply(member, slot, self.table.parameters.liquidation_band)
        if not supply.lots:
            return False
        lots = self.enough(member, slot, supply)
        side = Side.SELL if held > 0 else Side.BUY
        rate = min(self.world.settings.penalty, self.table.parameters.penalty_cap)
        tried = [lots, *([lots - 1] if lots > 1 else [])]
        while tried[-1] > 1:
            tried.append(tried[-1] // 2)
        for some in tried:
            for penalty in (rate * some * self.lot_risk(slot, held) // MILLION, 0):
                leg = Reduction(slot, side, some, supply.cash(some), penalty)
                try:
                    after = liquidated(tuple(member.vector), (leg,), self.table)
                except Rejected:
                    continue
                self.give(member, slot, some, supply, after, penalty)
                return True
        return False

    def supply(self, member: Member, slot: int, band: int) -> _Supply:
        """What the book takes of a position within a band of lotRisk around the mark; no batch is too full for it."""
        held, mark = member.vector[slot], self.table.marks[slot]
        sign = -1 if held > 0 else 1
        away = band * self.lot_risk(slot, held) // MILLION
        limit = mark.price + sign * away
        most = min(abs(held), (CASH_BOUND - 1) // (limit + mark.risk_long + mark.risk_short + 1))
        found: list[tuple[Open, int]] = []
        cash = 0
        for order, offered, _ in self.sure(slot, Side.BUY if sign > 0 else Side.SELL, limit, member.account):
            lots = min(most, offered, (CASH_BOUND - 1 - cash) // order.limit)
            if not lots:
                break
            found.append((order, lots))
            most, cash = most - lots, cash + lots * order.limit
        return _Supply(tuple(found))

    def enough(self, member: Member, slot: int, supply: _Supply) -> int:
        """The least number of lots after which initial margin holds, or all that the book takes."""
        before, held = values(member, self.table), member.vector[slot]
        sign = -1 if held > 0 else 1
        rate = min(self.world.settings.penalty, self.table.parameters.penalty_cap)
        risk = self.lot_risk(slot, held)

        def heals(lots: int) -> bool:
            after = after_fill(before, self.table, slot, sign, lots, supply.cash(lots))
            return min(after) - rate * lots * risk // MILLION >= 0

        low, high = 1, supply.lots
        if not heals(high):
            return high
        while low < high:
            middle = (low + high) // 2
            low, high = (low, middle) if heals(middle) else (middle + 1, high)
        return low

    def give(
        self, member: Member, slot: int, lots: int, supply: _Supply, after: Sequence[int], penalty: int | None
    ) -> None:
        """Carry out what the law took: the other side are standing orders, each at its limit."""
        held, cash = member.vector[slot], supply.cash(lots)
        sign, side = (-1, Side.SELL) if held > 0 else (1, Side.BUY)
        self.world.matches += 1
        left, givers = lots, list[Member]()
        for order, most in supply.orders:
            some = min(left, most)
            if not some:
                break
            share = self.judge(order, some, order.limit, maker=True)
            assert share is not None, "a sure order fills"
            self.fill(share, some, order.limit, maker=True)
            givers.append(share.member)
            left -= some
        self.world.move(member, slot, sign * lots)
        member.vector[CASH_SLOT] = after[CASH_SLOT]
        assert tuple(member.vector) == tuple(after)
        if penalty is None:
            self.say(Unloaded(self.world.matches, slot, side, lots, cash))
        else:
            self.world.members[FUND].vector[CASH_SLOT] += penalty
            self.say(Reduced(self.world.matches, member.account, slot, side, lots, cash, penalty))
        for giver in givers:
            self.prune(giver, slot)
