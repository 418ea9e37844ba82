"""
The call auction: after a halt, one price clears what has gathered.

It is the price at which most lots change hands; among equals the one that leaves least over, then the nearest to the
mark, then the lowest. Only what can trade counts: no order that its account cannot stand for, an order that may only
reduce for what there is to reduce, and of two orders of one account that cross the older. Orders trade there in
price-time order, each fill checked as any other.
"""

from __future__ import annotations

from rollup.exchange.codes import Code, Phase
from rollup.exchange.events import Phased, Uncrossed
from rollup.exchange.twin.admission import Admission
from rollup.exchange.twin.matching import reducible
from rollup.exchange.twin.state import Book
from rollup.spec.shared import Side

__all__ = ["Auction", "clearing_price"]

ROUNDS = 4
"""Prices that are looked for at a time: after the first only what failed a check is left to cross."""


Lots = list[tuple[int, int]]
"""Limits of one side and the lots that count at each, the best first."""


def clearing_price(bids: Lots, asks: Lots, mark: int) -> tuple[int, int]:
    """The price that clears a crossed book, and how many lots cross there; (0, 0) for one that is not crossed."""
    best = (0, 0, 0, 0)
    for price in {limit for limit, _ in (*bids, *asks)}:
        bought = sum(lots for limit, lots in bids if limit >= price)
        sold = sum(lots for limit, lots in asks if limit <= price)
        rank = (min(bought, sold), -abs(bought - sold), -abs(price - mark), -price)
        if rank[0] and (best[0] == 0 or rank > best):
            best = rank
    return -best[3], best[0]


class Auction(Admission):
    """Halted slots reopen."""

    def reopen(self, slot: int) -> None:
        """Clear a slot's book if its auction is due, and let it trade on; it waits for a fresh table, and for room."""
        book, settings = self.world.books[slot], self.world.settings
        if book.phase != Phase.AUCTION or self.world.now < book.until or self.stale(settings.table_age):
            return
        self.part(book)
        for _ in range(ROUNDS):
            bids, asks = (self.counted(book, side) for side in Side)
            price, lots = clearing_price(bids, asks, self.table.marks[slot].price)
            if not lots:
                book.phase = Phase.CONTINUOUS
                self.say(Phased(slot, Phase.CONTINUOUS))
                return
            if len(self.world.legs) + 2 > settings.batch_legs:
                return
            self.say(Uncrossed(slot, price, lots))
            if not self.uncross(book, price):
                return

    def part(self, book: Book) -> None:
        """
        End what would move the price and never trade.

        Orders of accounts that cannot stand for them, and the newer of two of one account that cross.
        """
        gathered = {order.words.account for _, _, order in (*book.bids, *book.asks)}
        for account in sorted(gathered):
            self.cover(self.world.members[account], Code.MARGIN_SHORT)
        asking = {order.words.account for _, _, order in book.asks}
        for account in sorted(asking & {order.words.account for _, _, order in book.bids}):
            while True:
                best = [
                    next((one for _, _, one in book.side(side) if one.words.account == account), None) for side in Side
                ]
                buyer, seller = best
                if buyer is None or seller is None or buyer.limit < seller.limit:
                    break
                self.end(max(buyer, seller, key=lambda one: one.rank), Code.SELF_TRADE)

    def counted(self, book: Book, side: Side) -> Lots:
        """What counts on one side: of orders that may only reduce no more than their account has to reduce."""
        counted, reduced = [], dict[int, int]()
        for _, _, order in book.side(side):
            account, lots = order.words.account, order.remaining
            if self.narrow(order):
                room = reducible(self.world.members[account], order.words.slot, order.sign) - reduced.get(account, 0)
                lots = min(lots, room)
                reduced[account] = reduced.get(account, 0) + lots
            if lots:
                counted.append((order.limit, lots))
        return counted

    def uncross(self, book: Book, price: int) -> bool:
        """Trade what crosses at one price; whether the batch had room for all of it."""
        while book.bids and book.asks:
            buyer, seller = book.bids[0][2], book.asks[0][2]
            if buyer.limit < price or seller.limit > price:
                break
            older, newer = (buyer, seller) if buyer.rank < seller.rank else (seller, buyer)
            if buyer.words.account == seller.words.account:
                self.end(newer, Code.SELF_TRADE)
                continue
            failed = self.trade(newer, older, price)
            if failed is None:
                continue
            order, code = failed
            if code == Code.BATCH_FULL:
                return False
            self.end(order, code)
        return True
