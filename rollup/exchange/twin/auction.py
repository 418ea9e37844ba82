"""
The call auction: after a halt, one price clears what has gathered.

It is the price at which most lots change hands; among equals the one that leaves least over, then the nearest to the
mark, then the lowest. Orders trade there in price-time order, each fill checked as any other.
"""

from __future__ import annotations

from rollup.exchange.codes import Code, Phase
from rollup.exchange.events import Phased, Uncrossed
from rollup.exchange.twin.admission import Admission
from rollup.exchange.twin.state import Book

__all__ = ["Auction", "clearing_price"]


def clearing_price(book: Book, mark: int) -> tuple[int, int]:
    """The price that clears a crossed book, and how many lots cross there; (0, 0) for one that is not crossed."""
    limits = {order.limit for _, _, order in (*book.bids, *book.asks)}
    best = (0, 0, 0, 0)
    for price in limits:
        bought = sum(order.remaining for _, _, order in book.bids if order.limit >= price)
        sold = sum(order.remaining for _, _, order in book.asks if order.limit <= price)
        rank = (min(bought, sold), -abs(bought - sold), -abs(price - mark), -price)
        if rank[0] and (best[0] == 0 or rank > best):
            best = rank
    return -best[3], best[0]


class Auction(Admission):
    """Halted slots reopen."""

    def reopen(self, slot: int) -> None:
        """Clear a slot's book if its auction is due, and let it trade on; it waits for a fresh table, and for room."""
        book = self.world.books[slot]
        if book.phase != Phase.AUCTION or self.world.now < book.until or self.stale(self.world.settings.table_age):
            return
        while True:
            price, lots = clearing_price(book, self.table.marks[slot].price)
            if not lots:
                break
            self.say(Uncrossed(slot, price, lots))
            if not self.uncross(book, price):
                return
        book.phase = Phase.CONTINUOUS
        self.say(Phased(slot, Phase.CONTINUOUS))

    def uncross(self, book: Book, price: int) -> bool:
        """Trade what crosses at one price; whether the batch had room for all of it."""
        while book.bids and book.asks:
            buyer, seller = book.bids[0][2], book.asks[0][2]
            if buyer.limit < price or seller.limit > price:
                break
            older, newer = (buyer, seller) if buyer.number < seller.number else (seller, buyer)
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
