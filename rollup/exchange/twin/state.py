"""
What the exchange remembers: members with their vectors and order places, open orders, and a book for each slot.

Nothing here is derived twice: margin is computed from the vector and the open orders whenever it is asked for. The
native core keeps shortcuts; this is what they must agree with.
"""

from __future__ import annotations

from bisect import insort
from dataclasses import dataclass, field

from rollup.exchange.codes import Phase
from rollup.exchange.commands import Limits, Place
from rollup.exchange.settings import Settings
from rollup.spec.shared import Side, Width
from rollup.spec.table import RiskTable

__all__ = ["CLIENTS", "Book", "Member", "Open", "World"]

CLIENTS = 64
"""Own order numbers that are remembered for each account, the newest ones."""


@dataclass(slots=True)
class Open:
    """An order that stands, or waits for its trigger."""

    number: int
    words: Place
    limit: int
    """The signed limit; nearer to the mark for a market order."""
    remaining: int
    cash: int = 0
    """What its fills came to so far."""
    waiting: bool = False
    """Not in the book: the mark has not reached its trigger price."""
    rank: int = 0
    """Its turn at its price: its number, or where it waited, the next number of when it was triggered."""

    @property
    def sign(self) -> int:
        """+1 for a buyer, -1 for a seller."""
        return 1 if self.words.side == Side.BUY else -1

    @property
    def ends(self) -> int:
        """The last second in which it stands."""
        return min(self.words.expiry, self.words.good_till or self.words.expiry)

    def triggered_by(self, mark: int) -> bool:
        """Whether the mark has reached the trigger price."""
        rises = (self.words.trigger == 1) == (self.words.side == Side.BUY)
        return mark >= self.words.trigger_price if rises else mark <= self.words.trigger_price


@dataclass(slots=True)
class Member:
    """One account as the exchange sees it: after every fill so far, proven or not."""

    account: int
    vector: list[int]
    places: list[int]
    """As the next batch will leave them: filled(40) + 2^40·nonce(40)."""
    next_nonce: list[int]
    """Least nonce that a new order may carry, by place."""
    orders: dict[int, Open] = field(default_factory=dict)
    """By place."""
    called: bool = False
    """Below initial margin."""
    deadline: int = 0
    """When the dead-man switch fires; 0 when it is not armed."""
    clients: list[tuple[int, int, int]] = field(default_factory=list)
    """The newest own order numbers: (client, order number, fingerprint)."""

    @classmethod
    def new(cls, account: int, settings: Settings) -> Member:
        return cls(account, [0] * settings.slots, [0] * settings.places, [0] * settings.places)

    def numbered(self) -> list[Open]:
        """Its orders, the oldest first."""
        return sorted(self.orders.values(), key=lambda order: order.number)


@dataclass(slots=True)
class Book:
    """Orders of one slot by price and then by rank: the first of either side is the best."""

    bids: list[tuple[int, int, Open]] = field(default_factory=list)
    """(-limit, rank, order)."""
    asks: list[tuple[int, int, Open]] = field(default_factory=list)
    """(limit, rank, order)."""
    phase: Phase = Phase.CLOSED
    until: int = 0
    """When a call auction clears."""
    limits: Limits | None = None
    interest: int = 0
    """Lots held long by all accounts together."""

    def side(self, side: Side) -> list[tuple[int, int, Open]]:
        return self.bids if side == Side.BUY else self.asks

    def add(self, order: Open) -> None:
        insort(self.side(order.words.side), (-order.sign * order.limit, order.rank, order))

    def remove(self, order: Open) -> None:
        self.side(order.words.side).remove((-order.sign * order.limit, order.rank, order))

    def crosses(self, side: Side, limit: int, price: int) -> bool:
        """Whether a limit on `side` takes `price`."""
        return price <= limit if side == Side.BUY else price >= limit


@dataclass(slots=True)
class World:
    """Everything."""

    settings: Settings
    now: int = 0
    epoch: int = 0
    table: RiskTable | None = None
    members: dict[int, Member] = field(default_factory=dict)
    books: list[Book] = field(default_factory=list)
    """By slot; that of cash stays empty."""
    legs: set[tuple[int, int, int]] = field(default_factory=set)
    """Distinct legs of the batch at hand: (account, place, nonce)."""
    fees: int = 0
    """Collected and not credited yet."""
    custody: int = 0
    """Collateral inside accounts."""
    orders: int = 0
    """Numbers given so far."""
    matches: int = 0

    @classmethod
    def new(cls, settings: Settings) -> World:
        return cls(settings, books=[Book() for _ in range(settings.slots)])

    def move(self, member: Member, slot: int, lots: int) -> None:
        """Change a position, and the open interest with it."""
        held = member.vector[slot]
        member.vector[slot] = held + lots
        self.books[slot].interest += max(0, held + lots) - max(0, held)

    def stored_nonce(self, member: Member, place: int) -> int:
        return member.places[place] >> Width.QUANTITY
