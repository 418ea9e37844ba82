"""
What anybody who watches the exchange must find: books, orders and money that follow from what it says, and rules.

`run` plays a history on the twin under some observers. `Books` rebuilds all books and orders from events alone and
holds them to price, time and signed limits; `Money` adds everything up; `Safety` values all accounts on its own and
sees that nothing the exchange does leaves anybody below initial margin who was not, or worse than before.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Protocol

from support.exchange_histories import History
from support.exchange_law import Mirror

from rollup.exchange import commands as c
from rollup.exchange import events as e
from rollup.exchange.codes import Phase
from rollup.exchange.settings import Settings
from rollup.exchange.twin import Twin
from rollup.exchange.twin.auction import ROUNDS
from rollup.exchange.twin.state import World
from rollup.exchange.wire import frames
from rollup.spec.account import FUND
from rollup.spec.shared import Side, Status
from rollup.spec.table import RiskTable

__all__ = ["Books", "Law", "Money", "Observer", "Safety", "run"]


class Observer(Protocol):
    """Sees the world before a command, and what was said and the world after it."""

    def before(self, command: c.Command, world: World) -> None: ...

    def after(self, command: c.Command, said: Sequence[e.Event], world: World) -> None: ...


def run(history: History, *observers: Observer) -> Twin:
    """A history on the twin; what an observer finds is told with the command after which it found it."""
    twin = Twin(history.settings)
    for at, (command, record) in enumerate(zip(history.commands, history.records, strict=True)):
        for observer in observers:
            observer.before(command, twin.world)
        stream = twin.apply(record)
        said = [e.decode(frame) for frame in frames(stream)]
        assert said == twin.said
        try:
            for observer in observers:
                observer.after(command, said, twin.world)
        except Exception as error:
            error.add_note(f"{history!r}, command {at}: {command if not isinstance(command, c.Table) else 'a table'}")
            raise
    return twin


class Law:
    """The mirror on the specification, as an observer."""

    def __init__(self, settings: Settings) -> None:
        self.mirror = Mirror(settings)

    def before(self, command: c.Command, world: World) -> None:
        pass

    def after(self, command: c.Command, said: Sequence[e.Event], world: World) -> None:
        self.mirror.follow(command, said)
        self.mirror.compare(world)


class Books:
    """Books and orders, rebuilt from events."""

    def __init__(self) -> None:
        self.words: dict[int, c.Place] = {}
        """All orders that were ever taken, by number."""
        self.open: dict[int, int] = {}
        """Lots that are left of those that have not ended."""
        self.given = 0
        """Numbers given to orders that came, and to those that were triggered: their turns at a price."""
        self.turns: dict[int, int] = {}
        self.resting: dict[int, tuple[int, int]] = {}
        """Sort key of those that stand in a book: price from the best on, then turn."""
        self.waiting: set[int] = set()
        self.phases: dict[int, Phase] = {}
        self.ticks: dict[int, int] = {}
        self.counts: Counter[str] = Counter()
        self.uncrossing: dict[int, int] = {}
        """Prices of the auctions that are being cleared, by slot."""
        self.promised: dict[int, int] = {}
        """Lots of an auction that have not changed hands yet; none where an order ended meanwhile."""
        self.legs: set[tuple[int, int, int]] = set()
        """Of the batch at hand."""

    def before(self, command: c.Command, world: World) -> None:
        pass

    def after(self, command: c.Command, said: Sequence[e.Event], world: World) -> None:
        self.uncrossing.clear()
        self.promised.clear()
        self.rounds: Counter[int] = Counter()
        assert not isinstance(command, c.Seal) or len(said) == 1, "what is cut is cut: nothing happens in it any more"
        self.now, self.settings = world.now, world.settings
        self.age = world.now - world.table.time if world.table else 0
        if isinstance(command, c.Limits) and not said:
            self.ticks[command.slot] = command.tick
        at = 0
        while at < len(said):
            event = said[at]
            if isinstance(event, e.Filled):
                match = [one for one in said[at:] if getattr(one, "match", 0) == event.match]
                assert match == list(said[at : at + len(match)]), "the legs of a match stand together"
                self._match(match)
                at += len(match)
            else:
                self._event(command, event)
                at += 1
        for slot in list(self.uncrossing):
            self._check_promise(slot)
        self._compare(world)
        self._check_reductions(world)

    # -- what is said

    def _event(self, command: c.Command, event: e.Event) -> None:
        match event:
            case e.Accepted():
                assert isinstance(command, c.Place)
                self.given += 1
                assert event.order == self.given
                self.turns[event.order] = self.given
                self.words[event.order], self.open[event.order] = command, command.quantity
                if command.trigger:
                    self.waiting.add(event.order)
            case e.Repeated():
                assert isinstance(command, c.Place)
                assert self.words[event.order] == command
                assert command.client == event.client != 0
            case e.Rested():
                self._rest(event)
            case e.Triggered():
                self.waiting.remove(event.order)
                self.given += 1
                self.turns[event.order] = self.given
            case e.Ended():
                assert self.open.pop(event.order) == event.remaining > 0
                # Fill-or-kill is refused or filled; only while it waits for its trigger can it end otherwise.
                assert self.words[event.order].force != c.Force.FOK or event.order in self.waiting
                self.resting.pop(event.order, None)
                self.waiting.discard(event.order)
                self.promised.pop(self.words[event.order].slot, None)
            case e.Phased():
                assert self.phases.get(event.slot, Phase.CLOSED) != event.phase
                self.phases[event.slot] = event.phase
                self._check_promise(event.slot)
                self.uncrossing.pop(event.slot, None)
            case e.Uncrossed():
                assert self.phases[event.slot] == Phase.AUCTION
                assert len(self.legs) + 2 <= self.settings.batch_legs, "a price without room for what it promises"
                self._check_promise(event.slot)
                self.rounds[event.slot] += 1
                assert self.rounds[event.slot] <= ROUNDS
                self.uncrossing[event.slot] = event.price
                self.promised[event.slot] = event.quantity
                assert event.quantity > 0
            case e.TakenOver() | e.Deleveraged() | e.Closed():
                assert self.age <= self.settings.liquidation_age
            case e.Sealed():
                assert event.legs == len(self.legs)
                self.legs.clear()
            case e.Reduced() | e.Unloaded():
                raise AssertionError("a reduction without the orders that took it")
        self.counts[type(event).__name__] += 1

    def _rest(self, event: e.Rested) -> None:
        """At a price within its signed limit, on the tick, and only once."""
        words, sign = self.words[event.order], self._sign(event.order)
        assert (event.slot, event.side) == (words.slot, words.side)
        assert sign * event.limit <= sign * words.limit
        assert event.limit > 0
        assert event.limit % self.ticks[event.slot] == 0
        assert event.remaining == self.open[event.order]
        assert event.order not in self.resting
        assert event.order not in self.waiting
        assert words.force in (c.Force.GTC, c.Force.GTD)
        self.resting[event.order] = (-sign * event.limit, self.turns[event.order])

    def _check_promise(self, slot: int) -> None:
        """What an auction said would cross has crossed, but for orders that ended, and for room in the batch."""
        if self.promised.pop(slot, 0):
            assert len(self.legs) + 2 > self.settings.batch_legs, "an auction promised more than it traded"

    # -- matches

    def _match(self, match: list[e.Event]) -> None:
        """One match: two orders, or a reduction and the orders that took it."""
        legs = [one for one in match if isinstance(one, e.Filled)]
        self.counts["Filled"] += len(legs)
        lots = {Side.BUY: 0, Side.SELL: 0}
        cash = {Side.BUY: 0, Side.SELL: 0}
        for one in match:
            assert isinstance(one, e.Filled | e.Reduced | e.Unloaded)
            lots[one.side] += one.quantity
            cash[one.side] += one.cash
        assert lots[Side.BUY] == lots[Side.SELL] > 0
        assert cash[Side.BUY] == cash[Side.SELL] >= 0
        if isinstance(match[-1], e.Filled):
            maker, taker = legs
            assert (maker.maker, taker.maker) == (True, False)
            assert maker.price == taker.price
            assert maker.account != taker.account
            self._check_turn(maker, taker)
        else:
            keys = [self.resting[one.order] for one in legs]
            assert keys == sorted(keys), "reductions take the better price first, and the older order"
            assert all(one.maker and one.price == abs(self.resting[one.order][0]) for one in legs)
            assert self.age <= self.settings.liquidation_age
            self.counts[type(match[-1]).__name__] += 1
        for leg in legs:
            self._fill(leg)
        if isinstance(match[-1], e.Filled):
            # Liquidation alone goes on in a batch that is full.
            assert len(self.legs) <= self.settings.batch_legs
            if legs[0].slot in self.promised:
                self.promised[legs[0].slot] -= legs[0].quantity

    def _check_turn(self, maker: e.Filled, taker: e.Filled) -> None:
        """Price, then time: nobody stands before the order that was filled."""
        assert self.resting[maker.order] == self._best(maker.slot, maker.side)
        if maker.slot in self.uncrossing:
            assert self.phases[maker.slot] == Phase.AUCTION
            assert self.resting[taker.order] == self._best(taker.slot, taker.side)
            assert maker.price == self.uncrossing[maker.slot]
            assert self.turns[maker.order] < self.turns[taker.order]
            return
        assert self.phases[maker.slot] == Phase.CONTINUOUS
        assert taker.order not in self.resting
        assert maker.price == abs(self.resting[maker.order][0])
        assert not self.words[taker.order].post_only, "a post-only order came and took"

    def _best(self, slot: int, side: Side) -> tuple[int, int]:
        """Of the orders that stand on a side of a slot's book."""
        return min(
            key
            for order, key in self.resting.items()
            if (self.words[order].slot, self.words[order].side) == (slot, side)
        )

    def _fill(self, leg: e.Filled) -> None:
        """Within the signed limit and no more than is left."""
        words, sign = self.words[leg.order], self._sign(leg.order)
        assert (leg.account, leg.place, leg.nonce) == (words.account, words.place, words.nonce)
        assert (leg.slot, leg.side) == (words.slot, words.side)
        assert sign * leg.price <= sign * words.limit
        assert leg.order not in self.waiting
        rate = self.settings.maker_fee if leg.maker else self.settings.taker_fee
        assert leg.fee * 1_000_000 <= min(rate, words.max_fee_ppm) * leg.cash
        assert self.now <= min(words.expiry, words.good_till or words.expiry)
        assert self.age <= self.settings.table_age
        self.legs.add((leg.account, leg.place, leg.nonce))
        self.open[leg.order] -= leg.quantity
        assert self.open[leg.order] == leg.remaining >= 0
        if not leg.remaining:
            del self.open[leg.order]
            self.resting.pop(leg.order, None)

    # -- what stands

    def _compare(self, world: World) -> None:
        """The exchange's orders and books are these, each order stands once, and no open book is crossed."""
        orders = {one.number: one for member in world.members.values() for one in member.orders.values()}
        assert {number: one.remaining for number, one in orders.items()} == self.open
        assert {number for number, one in orders.items() if one.waiting} == self.waiting
        assert self.open.keys() - self.waiting == self.resting.keys()
        for slot, book in enumerate(world.books):
            assert book.phase == self.phases.get(slot, Phase.CLOSED)
            for side in Side:
                keys = [(price, turn) for price, turn, _ in book.side(side)]
                assert keys == sorted(
                    key
                    for number, key in self.resting.items()
                    if (self.words[number].slot, self.words[number].side) == (slot, side)
                )
            if book.phase == Phase.CONTINUOUS and book.bids and book.asks:
                assert -book.bids[0][0] < book.asks[0][0], f"slot {slot} is crossed or locked"
            if book.phase == Phase.CLOSED:
                assert not book.bids
                assert not book.asks

    def _check_reductions(self, world: World) -> None:
        """No order stands that may only reduce where there is nothing to: others would count on it."""
        for number in self.resting:
            words = self.words[number]
            assert world.table is not None
            if words.reduce_only or world.table.marks[words.slot].status == Status.REDUCE_ONLY:
                held = world.members[words.account].vector[words.slot]
                assert -self._sign(number) * held > 0, f"order {number} may only reduce, and there is nothing to"

    def _sign(self, order: int) -> int:
        return 1 if self.words[order].side == Side.BUY else -1


class Money:
    """Sums over all members: nothing comes from nowhere, and nothing is lost."""

    def before(self, command: c.Command, world: World) -> None:
        self.interest = [book.interest for book in world.books]
        self.custody, self.fees = world.custody, world.fees

    def after(self, command: c.Command, said: Sequence[e.Event], world: World) -> None:
        columns = list(zip(*(member.vector for member in world.members.values()), strict=True))
        assert not any(sum(column) for column in columns[1:]), "somebody holds what nobody owes"
        assert sum(columns[0]) + world.fees == world.custody, "cash and fees are not what custody holds"
        moved = sum(one.amount for one in said if isinstance(one, e.Moved))
        moved -= sum(one.paid for one in said if isinstance(one, e.Closed))
        assert world.custody == self.custody + moved
        taken = sum(one.fee for one in said if isinstance(one, e.Filled))
        given = command.amount if isinstance(command, c.Fees) and not said else 0
        assert world.fees == self.fees + taken - given >= 0
        for slot, book in enumerate(world.books[1:], start=1):
            assert book.interest == sum(max(0, lots) for lots in columns[slot])
            if book.interest > self.interest[slot]:
                assert book.limits is not None
                assert book.interest <= book.limits.interest
        self._check_positions(said, world)

    def _check_positions(self, said: Sequence[e.Event], world: World) -> None:
        """No fill takes an account past its limit, unless deleveraging moved it under its open orders."""
        if any(isinstance(one, e.Deleveraged) for one in said):
            return
        for one in said:
            if isinstance(one, e.Filled):
                limits, held = world.books[one.slot].limits, world.members[one.account].vector[one.slot]
                assert limits is None or abs(held) <= limits.position


class Safety:
    """Margin, valued with nothing but sums."""

    def before(self, command: c.Command, world: World) -> None:
        self.vectors = {index: list(member.vector) for index, member in world.members.items()}

    def after(self, command: c.Command, said: Sequence[e.Event], world: World) -> None:
        table = world.table
        if table is None:
            return
        for index, vector in self.vectors.items():
            if index == FUND and isinstance(command, c.Table | c.Close):
                # It takes over whatever fails, and may be left at maintenance margin; the law's mirror sees to that.
                continue
            if vector == world.members[index].vector:
                continue
            before = min(_values(vector, table))
            after = min(_values(world.members[index].vector, table))
            assert after >= min(0, before), f"account {index} went from {before} to {after}"
        if isinstance(command, c.Table) and not isinstance(said[0], e.Refused):
            self._check_calls(world, table)

    def _check_calls(self, world: World, table: RiskTable) -> None:
        """After a table everybody below initial margin is called, and only they; what is settled is cash."""
        for member in world.members.values():
            assert member.called == (min(_values(member.vector, table)) < 0)
            for slot, mark in enumerate(table.marks[1:], start=1):
                assert mark.status not in (Status.SETTLED, Status.EMPTY) or not member.vector[slot]


def _values(vector: Sequence[int], table: RiskTable) -> list[int]:
    rows = [[mark.value for mark in table.marks], *table.stress]
    return [sum(lots * value for lots, value in zip(vector, row, strict=True)) for row in rows]
