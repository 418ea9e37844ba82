"""
A desk at the exchange: three traders, one perpetual at a thousand, and one line for each thing that one may do.

    desk = Desk()
    desk.sell(BOB, 5, 1_000)                        # rests
    desk.buy(ALICE, 8, 1_000, force=Force.IOC)      # takes five, three end
    assert desk.held(ALICE) == 5
    desk.refuses(Code.OFF_TICK, desk.buy, ALICE, 1, 1_001)

Everything that the desk sends is watched: books by price and time, money conserved, the law asked about every fill.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any, TypeVar

from support.exchange_watch import Books, Law, Money, Safety
from support.spec_values import NOW, PARAMETERS, PERPETUAL, TINY, Instrument, table_of

from rollup.exchange import commands as c
from rollup.exchange import events as e
from rollup.exchange.codes import Code, Phase
from rollup.exchange.settings import Settings, settings_of
from rollup.exchange.twin import Twin
from rollup.exchange.twin.state import Book, Member
from rollup.spec.account import FUND
from rollup.spec.margin import values_of
from rollup.spec.shared import Profile, Side, Status
from rollup.spec.table import Parameters

__all__ = ["ALICE", "BOB", "CAROL", "DAY", "LIMITS", "ONE", "WEALTH", "Desk"]

ALICE, BOB, CAROL = 2, 3, 4

ONE = 1
"""The slot of most tests."""

WEALTH = 100_000
"""What each trader begins with."""

DAY = 86_400

LIMITS = {"tick": 1, "position": 1_000, "interest": 5_000, "order": 500}

E = TypeVar("E", bound=e.Event)


class Desk:
    """An exchange with a few traders at it; `said` is what the last command brought."""

    def __init__(
        self,
        *instruments: Instrument,
        wealth: dict[int, int] | None = None,
        fund: int = 0,
        limits: dict[str, int] | None = None,
        parameters: Parameters = PARAMETERS,
        profile: Profile = TINY,
        opened: bool = True,
        **settings: int,
    ) -> None:
        self.settings: Settings = settings_of(profile, **settings)
        self.profile, self.parameters = profile, parameters
        self.twin = Twin(self.settings)
        self.observers = (Law(self.settings), Books(), Money(), Safety())
        self.instruments = list(instruments or (PERPETUAL,))
        self.epoch, self.now = 0, NOW
        self.said: list[e.Event] = []
        self.heard: list[e.Event] = []
        """Everything that was ever said."""
        if opened:
            self._open({ALICE: WEALTH, BOB: WEALTH, CAROL: WEALTH} if wealth is None else wealth, fund, limits or {})

    def _open(self, wealth: dict[int, int], fund: int, limits: dict[str, int]) -> None:
        for slot in range(1, 1 + len(self.instruments)):
            self.send(c.Limits(slot, **{**LIMITS, **limits}))
        self.table(later=0)
        for account, amount in wealth.items():
            self.send(c.Register(account))
            if amount:
                self.credit(account, amount)
        if fund:
            self.credit(FUND, fund)

    # -- commands

    def send(self, command: c.Command) -> list[e.Event]:
        """One command; what it brought, watched."""
        for observer in self.observers:
            observer.before(command, self.twin.world)
        self.twin.apply(c.encode(command))
        self.said = self.twin.said
        self.heard += self.said
        for observer in self.observers:
            observer.after(command, self.said, self.twin.world)
        return self.said

    def words(self, account: int, side: Side, lots: int, limit: int, **others: Any) -> c.Place:
        """An order at the account's first free place under its next nonce, unless `others` says something else."""
        member = self.twin.world.members.get(account)
        place = others.pop("place", None)
        if place is None:
            places = range(self.profile.places)
            place = next((one for one in places if member and one not in member.orders), 0)
        if "nonce" not in others:
            others["nonce"] = member.next_nonce[place] if member and place < self.profile.places else 0
        slot = others.pop("slot", ONE)
        listing = self.instruments[slot - 1].listing if 1 <= slot <= len(self.instruments) else 1
        settings = {"listing": listing, "max_fee_ppm": 1_000, "expiry": self.now + DAY, "place": place, **others}
        return c.Place(account=account, slot=slot, side=side, limit=limit, quantity=lots, **settings)

    def buy(self, account: int, lots: int, limit: int, **others: Any) -> list[e.Event]:
        return self.send(self.words(account, Side.BUY, lots, limit, **others))

    def sell(self, account: int, lots: int, limit: int, **others: Any) -> list[e.Event]:
        return self.send(self.words(account, Side.SELL, lots, limit, **others))

    def cross(self, buyer: int, seller: int, lots: int, price: int, slot: int = ONE) -> None:
        """A trade between two accounts on an empty level."""
        self.sell(seller, lots, price, slot=slot)
        self.buy(buyer, lots, price, slot=slot, force=c.Force.FOK)
        assert self.all(e.Filled), self.said

    def credit(self, account: int, amount: int) -> list[e.Event]:
        return self.send(c.Credit(account, amount))

    def debit(self, account: int, amount: int, *, forced: bool = False) -> list[e.Event]:
        return self.send(c.Debit(account, amount, forced))

    def cancel(self, account: int, place: int, nonce: int) -> list[e.Event]:
        return self.send(c.Cancel(account, place, nonce))

    def wait(self, seconds: int) -> list[e.Event]:
        """Time passes, and nothing else."""
        self.now += seconds
        return self.send(c.Tick(self.now))

    def table(
        self,
        price: int | None = None,
        *,
        status: Status | None = None,
        slot: int = ONE,
        later: int = 60,
        **changes: Any,
    ) -> list[e.Event]:
        """The next table: one slot's price, status or whatever else changed."""
        instrument = self.instruments[slot - 1]
        if price is not None:
            instrument = replace(instrument, price=price)
        if status is not None:
            instrument = instrument.in_status(status)
        self.instruments[slot - 1] = replace(instrument, **changes)
        self.now += later
        table = table_of(*self.instruments, profile=self.profile, parameters=self.parameters, time=self.now)
        self.epoch += 1
        return self.send(c.Table(self.epoch, table))

    def refuses(self, code: Code, how: Callable[..., object], *arguments: Any, **others: Any) -> None:
        """Just this code, and not a bit of the state changed."""
        before = self.twin.state_hash()
        how(*arguments, **others)
        assert [type(one) for one in self.said] == [e.Refused], self.said
        assert self.said[0].code == code, self.said  # type: ignore[union-attr]
        assert self.twin.state_hash() == before

    # -- what there is

    def member(self, account: int) -> Member:
        return self.twin.world.members[account]

    def book(self, slot: int = ONE) -> Book:
        return self.twin.world.books[slot]

    def phase(self, slot: int = ONE) -> Phase:
        return self.book(slot).phase

    def held(self, account: int, slot: int = ONE) -> int:
        return self.member(account).vector[slot]

    def cash(self, account: int) -> int:
        return self.member(account).vector[0]

    def worst(self, account: int) -> int:
        """Of all scenarios; initial margin asks for 0 at least."""
        table = self.twin.world.table
        assert table is not None
        return min(values_of(tuple(self.member(account).vector), table))

    def bids(self, slot: int = ONE) -> list[tuple[int, int, int]]:
        """(account, limit, lots), the best first."""
        return [(one.words.account, one.limit, one.remaining) for _, _, one in self.book(slot).bids]

    def asks(self, slot: int = ONE) -> list[tuple[int, int, int]]:
        return [(one.words.account, one.limit, one.remaining) for _, _, one in self.book(slot).asks]

    def all(self, kind: type[E]) -> list[E]:
        """Events of one kind that the last command brought."""
        return [one for one in self.said if isinstance(one, kind)]

    def one(self, kind: type[E]) -> E:
        """The only one of its kind."""
        (event,) = self.all(kind)
        return event

    def ended(self) -> list[tuple[int, Code]]:
        """(account, why) of orders that the last command ended."""
        return [(one.account, one.code) for one in self.all(e.Ended)]

    def fills(self) -> list[tuple[int, int, int]]:
        """(account, signed lots, price) of every leg of the last command."""
        return [
            (one.account, one.quantity if one.side == Side.BUY else -one.quantity, one.price)
            for one in self.all(e.Filled)
        ]
