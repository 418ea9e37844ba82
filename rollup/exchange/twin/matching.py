"""
Matching: price first, then time; every fill checked as the circuit will check it.

An order that comes meets the best of the other side, at that one's price. Both legs are held to margin, to what they
may reduce, to open interest and to the room in the batch; a standing order that fails ends and the next is tried, an
order that comes and fails ends itself.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from rollup.exchange.codes import Code, Phase
from rollup.exchange.commands import Force, SelfTrade
from rollup.exchange.events import Filled, Rested
from rollup.exchange.twin.engine import Ground
from rollup.exchange.twin.margin import after_fill, covered, fee_rate, fee_room, values
from rollup.exchange.twin.state import Member, Open
from rollup.spec.shared import Side, Status, Width
from rollup.spec.table import CASH_SLOT, MILLION

__all__ = ["CASH_BOUND", "LOOK", "Matching", "reducible"]

CASH_BOUND = 1 << 59
"""One order's fills together cost less than this, so that its leg and the fee on it fit their widths."""


LOOK = 1_024
"""Standing orders that are looked at before a promise is made: nobody makes an exchange read its whole book."""


def reducible(member: Member, slot: int, sign: int) -> int:
    """Lots that an order of this sign could take off a position."""
    return max(0, -sign * member.vector[slot])


@dataclass(slots=True)
class _Share:
    """One side of a match, judged."""

    order: Open
    member: Member
    fee: int


class Matching(Ground):
    """Orders meet."""

    def match(self, taker: Open) -> None:
        """Let an order take what crosses it; then it rests, or what is left of it ends."""
        book = self.world.books[taker.words.slot]
        while taker.remaining:
            facing = book.side(Side(1 - taker.words.side))
            if not facing or not book.crosses(taker.words.side, taker.limit, facing[0][2].limit):
                break
            maker = facing[0][2]
            if maker.words.account == taker.words.account:
                if taker.words.self_trade != SelfTrade.CANCEL_NEWEST:
                    self.end(maker, Code.SELF_TRADE)
                if taker.words.self_trade != SelfTrade.CANCEL_OLDEST:
                    self.end(taker, Code.SELF_TRADE)
                    return
                continue
            failed = self.trade(taker, maker, maker.limit)
            if failed is not None:
                order, code = failed
                self.end(order, code)
                if order is taker:
                    return
        if not taker.remaining:
            return
        if self.narrow(taker) and not reducible(self.world.members[taker.words.account], taker.words.slot, taker.sign):
            self.end(taker, Code.NOT_REDUCING)
        elif taker.words.force in (Force.GTC, Force.GTD):
            self.rest(taker)
        else:
            self.end(taker, Code.NOT_FILLED_AT_ONCE)

    def rest(self, order: Open) -> None:
        """Into the book."""
        words = order.words
        self.world.members[words.account].orders[words.place] = order
        self.world.books[words.slot].add(order)
        self.say(Rested(order.number, words.slot, words.side, order.limit, order.remaining))

    def trade(self, taker: Open, maker: Open, price: int) -> tuple[Open, Code] | None:
        """One match of two orders at a price; or which of them fails, and why, and nothing has changed."""
        slot = taker.words.slot
        lots = min(taker.remaining, maker.remaining)
        for order in (maker, taker):
            if self.narrow(order):
                lots = min(lots, reducible(self.world.members[order.words.account], slot, order.sign))
                if lots == 0:
                    return order, Code.NOT_REDUCING
        for order in (maker, taker):
            if order.cash + lots * price >= CASH_BOUND:
                return order, Code.TOO_LARGE
        new = {self.leg(order) for order in (maker, taker)} - self.world.legs
        if len(self.world.legs) + len(new) > self.world.settings.batch_legs:
            return taker, Code.BATCH_FULL
        held = {order.sign: self.world.members[order.words.account].vector[slot] for order in (maker, taker)}
        opened = max(0, held[1] + lots) - max(0, held[1]) + max(0, held[-1] - lots) - max(0, held[-1])
        limits = self.world.books[slot].limits
        if opened > 0 and (limits is None or self.world.books[slot].interest + opened > limits.interest):
            return taker, Code.OPEN_INTEREST
        shares = []
        for order, is_maker in ((maker, True), (taker, False)):
            share = self.judge(order, lots, price, maker=is_maker)
            if share is None:
                return order, Code.MARGIN_SHORT
            shares.append(share)
        self.world.matches += 1
        for share, is_maker in zip(shares, (True, False), strict=True):
            self.fill(share, lots, price, maker=is_maker)
        for share in shares:
            self.prune(share.member, slot)
        return None

    def narrow(self, order: Open) -> bool:
        """Whether an order may only reduce."""
        return order.words.reduce_only or self.table.marks[order.words.slot].status == Status.REDUCE_ONLY

    def prune(self, member: Member, slot: int) -> None:
        """End standing orders of a slot that may only reduce where nothing is left to: they would fill no more."""
        for order in member.numbered():
            stands = order.words.slot == slot and not order.waiting
            if stands and self.narrow(order) and reducible(member, slot, order.sign) == 0:
                self.end(order, Code.NOT_REDUCING)

    def judge(self, order: Open, lots: int, price: int, *, maker: bool) -> _Share | None:
        """The fee that one side pays, no more than margin leaves room for; None where margin forbids the fill."""
        member = self.world.members[order.words.account]
        before = values(member, self.table)
        after = after_fill(before, self.table, order.words.slot, order.sign, lots, lots * price)
        room = fee_room(before, after, self.table)
        if room is None:
            return None
        fee = fee_rate(self.world, order, maker=maker) * lots * price // MILLION
        return _Share(order, member, min(fee, room))

    def fill(self, share: _Share, lots: int, price: int, *, maker: bool) -> None:
        """Book one side of a match."""
        order, member, words = share.order, share.member, share.order.words
        mark = self.table.marks[words.slot]
        self.world.move(member, words.slot, order.sign * lots)
        member.vector[CASH_SLOT] -= order.sign * lots * (price - mark.funding) + share.fee
        self.world.fees += share.fee
        self.world.legs.add(self.leg(order))
        stored = member.places[words.place]
        base = stored if stored >> Width.QUANTITY == words.nonce else words.nonce << Width.QUANTITY
        member.places[words.place] = base + lots
        order.remaining -= lots
        order.cash += lots * price
        if order.remaining == 0 and member.orders.get(words.place) is order:
            del member.orders[words.place]
            self.world.books[words.slot].remove(order)
        said = (words.slot, words.side, lots, price, share.fee, maker, order.remaining)
        self.say(Filled(self.world.matches, order.number, words.account, words.place, words.nonce, *said))

    def leg(self, order: Open) -> tuple[int, int, int]:
        """What a batch needs a lane for."""
        return order.words.account, order.words.place, order.words.nonce

    def sure(self, slot: int, side: Side, limit: int, account: int) -> Iterator[tuple[Open, int, int]]:
        """
        Standing orders on the other side of `side`, the best first, whose fill at their limits cannot fail.

        Each with the lots that are sure, and the number of orders looked at so far: no more legs than these are needed
        to reach it.
        """
        book = self.world.books[slot]
        if book.phase != Phase.CONTINUOUS:
            return
        reduced: dict[int, int] = {}
        for looked_at, (_, _, order) in enumerate(book.side(Side(1 - side)), start=1):
            if not book.crosses(side, limit, order.limit) or looked_at > LOOK:
                return
            words, lots = order.words, order.remaining
            member = self.world.members[words.account]
            if words.account == account or order.cash + lots * order.limit >= CASH_BOUND:
                continue
            if self.narrow(order):
                # What the same account's orders ahead of this one reduce is gone when it is reached.
                lots = min(lots, reducible(member, slot, order.sign) - reduced.get(words.account, 0))
            if lots > 0 and covered(self.world, member):
                reduced[words.account] = reduced.get(words.account, 0) + lots
                yield order, lots, looked_at
