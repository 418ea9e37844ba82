"""
Questions: what the exchange knows, told without changing anything; the native core answers the same.
"""

from __future__ import annotations

from itertools import groupby, islice

from rollup.exchange.twin.liquidation import Liquidation
from rollup.exchange.twin.state import Book, Open
from rollup.spec.account import FUND

__all__ = ["Level", "OpenOrder", "Queries"]

Level = tuple[int, int, int]
"""A price, the lots that stand there, and in how many orders."""

OpenOrder = tuple[int, int, int, int, int, int, int, bool]
"""Number, slot, side, limit, remaining, place, nonce, and whether it waits for its trigger."""


class Queries(Liquidation):
    """Who asks: the door, operators, tests."""

    def vector(self, account: int) -> list[int] | None:
        """Collateral, then the lots of every slot."""
        member = self.world.members.get(account)
        return list(member.vector) if member else None

    def places(self, account: int) -> list[int] | None:
        """The words of an account's order places."""
        member = self.world.members.get(account)
        return list(member.places) if member else None

    def open_orders(self, account: int) -> list[OpenOrder]:
        """An account's orders, the oldest first."""
        member = self.world.members.get(account)
        return [_told(order) for order in member.numbered()] if member else []

    def depth(self, slot: int, levels: int) -> tuple[list[Level], list[Level]]:
        """The best prices of either side of a book, bids first."""
        book = self._book(slot)
        return _levels(book.bids, levels), _levels(book.asks, levels)

    def phase(self, slot: int) -> int:
        """How a slot trades."""
        return self._book(slot).phase

    def interest(self, slot: int) -> int:
        """Lots held long in a slot by all accounts together."""
        return self._book(slot).interest

    def ranking(self, slot: int) -> list[int]:
        """Accounts in the order in which they are deleveraged in a slot, while a table is in force."""
        self._book(slot)
        if self.world.table is None:
            return []
        members = [member for member in self.world.members.values() if member.account != FUND]
        return [member.account for member in self.ranked(slot, members)]

    def totals(self) -> dict[str, int]:
        """Counters of the whole exchange; `orders` are numbers given so far, `legs` those of the batch at hand."""
        world = self.world
        return {
            "now": world.now,
            "epoch": world.epoch,
            "fees": world.fees,
            "custody": world.custody,
            "orders": world.orders,
            "matches": world.matches,
            "legs": len(world.legs),
            "members": len(world.members),
        }

    def _book(self, slot: int) -> Book:
        if not 0 < slot < len(self.world.books):
            raise IndexError(slot)
        return self.world.books[slot]


def _told(order: Open) -> OpenOrder:
    words = order.words
    return (
        order.number,
        words.slot,
        words.side,
        order.limit,
        order.remaining,
        words.place,
        words.nonce,
        order.waiting,
    )


def _levels(side: list[tuple[int, int, Open]], most: int) -> list[Level]:
    found = []
    for _, group in islice(groupby(side, key=lambda entry: entry[0]), most):
        orders = [order for _, _, order in group]
        found.append((orders[0].limit, sum(order.remaining for order in orders), len(orders)))
    return found
