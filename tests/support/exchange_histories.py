"""
Random histories of a small, crowded market: everything that may stand in the exchange's log, from a seed.

    for record in history(7, 300).records:
        twin.apply(record)

A history knows only its own market: prices, statuses, listings, its clock, and what it sent before; never what an
exchange made of it. Few accounts trade few slots, so that orders meet, replace and outlive each other. Each has a
temper, which says what it does more often than others: crash, halt, run out of room, or press against edges.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache, cached_property
from itertools import islice
from random import Random

from support.spec_values import NOW, PARAMETERS, TINY, Instrument, table_of

from rollup.exchange.commands import (
    Burn,
    Cancel,
    CancelAll,
    Close,
    Command,
    Credit,
    Debit,
    Fees,
    Force,
    Heartbeat,
    Limits,
    Place,
    Register,
    Rotate,
    Seal,
    SelfTrade,
    Table,
    Tick,
    Trigger,
    encode,
)
from rollup.exchange.settings import Settings
from rollup.market.defaults import default_governance, default_inputs
from rollup.market.oracle import advance, genesis
from rollup.market.simulator import CRASH, Path, Simulator
from rollup.market.table import build_table
from rollup.spec.account import FUND, REVENUE
from rollup.spec.shared import PROFILES, Profile, Side, Status
from rollup.spec.table import RiskTable

__all__ = ["CALM", "PROFILE", "TEMPERS", "History", "Temper", "histories", "history", "market_history"]

PROFILE = replace(TINY, slots=6, scenarios=4, places=6)
"""Five instruments are enough to hedge, to settle and to list anew, and keep the twin quick."""

TOP = {bits: (1 << bits) - 1 for bits in (8, 16, 32, 40, 64)}
"""The largest number of so many bits."""


@dataclass(frozen=True, slots=True)
class Temper:
    """What a history does more often than others; chances are percent."""

    name: str
    accounts: int = 6
    """Traders; the fund and the revenue come on top."""
    wealth: int = 60_000
    """What a trader begins with, about."""
    fund: int = 100_000
    lots: int = 20
    """Most lots of an ordinary order."""
    drift: int = 0
    """What prices move by in an epoch on average, ppm."""
    swing: int = 20_000
    """How far from that, ppm."""
    tables: int = 5
    """Chance of a new table."""
    restless: int = 3
    """Chance of each slot to change its status in a new table."""
    edges: int = 2
    """Chance of an order with one field at an edge."""
    money: int = 6
    """Chance that a command is about money."""
    limits: tuple[int, int, int] = (10_000, 100_000, 1_000)
    """Lots: of one account, of all, of one order."""
    batch_legs: int = 1 << 20
    auction: int = 60
    fees: tuple[int, int] = (500, 200)
    penalty: int = 25_000
    shared: bool = True
    """Whether slots move together."""
    slots: int = 0
    """How many slots most orders are for; 0 for all alike."""
    scale: int = 1
    """What all prices are multiplied by."""
    reduces: int = 7
    """Chance of an order that may only reduce."""
    gaps: int = 1
    """Chance that time passes by so much that the table gets too old, in percent of all ticks."""


CALM = Temper("calm")

GIANT = ((1 << 36) - 1, (1 << 48) - 1, (1 << 32) - 1)
"""The highest limits that may be set."""

TEMPERS = (
    CALM,
    Temper("crowd", accounts=3, lots=8, tables=2, restless=1, wealth=25_000, reduces=40),
    Temper("crash", 8, 20_000, 15_000, 120, -50_000, 40_000, tables=6, restless=1, money=2, slots=2),
    Temper("slide", 8, 30_000, 40_000, 150, -20_000, 25_000, tables=7, restless=1, money=2, slots=2),
    Temper("rally", 9, 20_000, 0, 90, 55_000, 45_000, tables=6, restless=0, money=1, slots=3),
    Temper("chaos", 7, 20_000, 5_000, 90, swing=160_000, tables=6, restless=2, shared=False, money=2, slots=3),
    Temper("halts", tables=6, restless=25, wealth=150_000, auction=40, money=2, slots=2, reduces=20),
    Temper("tight", limits=(24, 22, 40), batch_legs=13, lots=14, wealth=200_000, restless=4, slots=2),
    Temper("poor", wealth=6_000, lots=40, swing=35_000, tables=8, fees=(1_000, 1_000)),
    Temper("edges", edges=45, money=20, restless=5),
    Temper("stale", gaps=25, wealth=90_000, restless=12),
    Temper(
        "giants", wealth=1 << 57, fund=1 << 56, lots=4_000_000, limits=GIANT, edges=10, scale=20_000_000, swing=9_000
    ),
    Temper("free", fees=(0, 0), penalty=0, wealth=15_000, lots=40, drift=-30_000, swing=60_000, tables=7, slots=2),
)
"""Every seed has one of them in turn."""

MARKET = Temper("market", 9, 18_000, 20_000, 120, tables=3, money=1, scale=60_000, slots=2)
"""Sixty dollars are a thousandth of a bitcoin, and the lot of its perpetual."""

LISTED = (
    (1_000, (-100_000, 100_000, -50_000, 50_000)),
    (990, (-100_000, 100_000, -60_000, 40_000)),
    (40, (-900_000, 3_000_000, -600_000, 900_000)),
    (60, (2_500_000, -950_000, 800_000, -700_000)),
    (25_000, (-150_000, 150_000, 60_000, -60_000)),
)
"""Price and moves in ppm: a perpetual, a future that nearly hedges it, a call, a put, and something else and dear."""


@dataclass(frozen=True)
class History:
    """A seed's settings and log."""

    seed: int
    temper: Temper
    settings: Settings
    commands: tuple[Command, ...]

    @cached_property
    def records(self) -> tuple[bytes, ...]:
        return tuple(encode(command) for command in self.commands)

    def __repr__(self) -> str:
        return f"history({self.seed}, {len(self.commands)}) of temper {self.temper.name}"


def history(seed: int, length: int, temper: Temper | None = None, profile: Profile = PROFILE) -> History:
    """The history of a seed: so many commands, of one temper."""
    temper = temper or TEMPERS[seed % len(TEMPERS)]
    author = _Author(Random(f"{seed} {temper.name}"), temper, profile)
    commands = tuple(command for command, _ in zip(author.write(), range(length), strict=False))
    return History(seed, temper, author.settings, commands)


def market_history(seed: int, length: int) -> History:
    """The same on risk tables as a committee builds them: the default market, on its way through a crash."""
    author = _Broker(Random(seed), MARKET, PROFILES["tiny"])
    commands = tuple(command for command, _ in zip(author.write(), range(length), strict=False))
    return History(seed, MARKET, author.settings, commands)


def histories(first: int, count: int, length: int) -> Iterator[History]:
    """One history after the other."""
    return (history(seed, length) for seed in range(first, first + count))


class _Author:
    """Writes one history."""

    def __init__(self, random: Random, temper: Temper, profile: Profile) -> None:
        self.random, self.temper, self.profile = random, temper, profile
        taker, maker = temper.fees
        self.settings = Settings(
            profile.slots,
            profile.scenarios,
            profile.places,
            8**profile.account_depth,
            taker_fee=taker,
            maker_fee=maker,
            penalty=temper.penalty,
            batch_legs=temper.batch_legs,
            auction=temper.auction,
            table_age=900,
            liquidation_age=300,
        )
        self.now, self.epoch = NOW, 0
        self.traders = list(range(2, 2 + temper.accounts))
        self.slots = [
            self._instrument(self._price(slot), LISTED[slot % len(LISTED)][1], listing=1 + slot % 2)
            for slot in range(profile.slots - 1)
        ]
        self.ticks = [random.choice((1, 1, 1, 5)) for _ in self.slots]
        self.next_nonce: dict[tuple[int, int], int] = {}
        self.sent: list[Place] = []

    # -- the log

    def write(self) -> Iterator[Command]:
        """A beginning, and then anything, for ever."""
        yield from self._beginning()
        while True:
            yield from self._next()

    def _beginning(self) -> Iterator[Command]:
        """Limits, accounts, money and a table; at times in an order that asks for trouble."""
        first = [self._limits(slot) for slot in range(1, self.profile.slots)]
        first += [Register(account) for account in self.traders]
        first.append(Table(self.epoch, self._table()))
        if self.random.random() < 0.1:
            self.random.shuffle(first)
        yield from first
        if self.temper.fund:
            yield Credit(FUND, self._about(self.temper.fund))
        for account in self.traders:
            yield Credit(account, self._about(self.temper.wealth))

    def _next(self) -> Iterator[Command]:
        dice = self.random.randrange(100)
        if dice < self.temper.tables:
            yield from self._epoch()
        elif dice < self.temper.tables + self.temper.money:
            yield self._money()
        elif dice < self.temper.tables + self.temper.money + 18:
            yield self._handling()
        else:
            yield self._place()

    # -- the market

    def _price(self, slot: int) -> int:
        return LISTED[slot % len(LISTED)][0] * self.temper.scale

    def _instrument(self, price: int, moves: tuple[int, ...], listing: int) -> Instrument:
        changes = tuple(price * move // 1_000_000 for move in moves)
        return Instrument(price, changes, listing=listing, funding=self.random.randrange(-20, 20))

    def _table(self) -> RiskTable:
        return table_of(*self.slots, profile=self.profile, parameters=PARAMETERS, time=self.now)

    def _epoch(self) -> Iterator[Command]:
        """A new table: prices move, funding accrues, statuses change, slots settle and are listed anew."""
        if self.random.random() < 0.04:
            yield Table(max(0, self.epoch - self.random.randrange(2)), self._table())
        self.now += self.random.choice((1, 10, 30, 60, 60, 120))
        self.epoch += self.random.choice((1, 1, 1, 2))
        before = [one.listing for one in self.slots]
        if self.random.random() < 0.08:
            yield Table(self.epoch, self._no_successor())
        self._move_market()
        listed = [slot for slot, one in enumerate(self.slots, start=1) if one.listing != before[slot - 1]]
        table = self._table()
        if self.random.random() < 0.05:
            # A table that arrives late, or after time has passed already.
            self.now += self.random.choice((1, 200, 400))
            yield Tick(self.now)
        yield Table(self.epoch, table)
        for slot in listed:
            if self.random.random() < 0.9:
                yield self._limits(slot)

    def _move_market(self) -> None:
        """An epoch passes for every slot."""
        common = self._move()
        for slot, instrument in enumerate(self.slots):
            self.slots[slot] = self._moved(slot, instrument, common if self.temper.shared else self._move())

    def _no_successor(self) -> RiskTable:
        """A table that may not follow the one in force, for one slot that it carries on as it must not."""
        at = self.random.randrange(len(self.slots))
        one = self.slots[at]
        wrong = [replace(one, listing=one.listing + 1)]
        if one.status == Status.SETTLED:
            wrong += [replace(one, price=one.price + 1), replace(one, funding=one.funding + 1)]
        if one.status in (Status.SETTLED, Status.EMPTY):
            wrong += [one.in_status(status) for status in (Status.ACTIVE, Status.REDUCE_ONLY, Status.HALTED)]
        else:
            wrong.append(Instrument(0, (), Status.EMPTY, one.listing))
        slots = [*self.slots[:at], self.random.choice(wrong), *self.slots[at + 1 :]]
        return table_of(*slots, profile=self.profile, parameters=PARAMETERS, time=self.now)

    def _move(self) -> int:
        return self.temper.drift + int(self.random.uniform(-1, 1) * self.temper.swing)

    def _moved(self, slot: int, instrument: Instrument, change: int) -> Instrument:
        """The instrument an epoch later."""
        if instrument.status == Status.SETTLED:
            return Instrument(0, (), Status.EMPTY, instrument.listing) if self.random.random() < 0.3 else instrument
        if instrument.status == Status.EMPTY:
            if self.random.random() < 0.5:
                return instrument
            price, moves = self.random.choice(LISTED)
            return self._instrument(price * self.temper.scale, moves, instrument.listing + 1)
        base, moves = LISTED[slot % len(LISTED)]
        if instrument.status != Status.HALTED or self.random.random() < 0.3:
            # Options move more than what they are on, and puts the other way.
            lever = {40: 6, 60: -6}.get(base, 1)
            price = max(1, instrument.price + instrument.price * max(-950_000, min(lever * change, 2_000_000)) // 10**6)
            price = min(price, 1 << 39)
            changes = tuple(price * move // 1_000_000 for move in moves)
            funding = instrument.funding + self.random.choice((0, 0, 1, -1, 3))
            instrument = replace(instrument, price=price, moves=changes, funding=funding)
        if self.random.randrange(100) < self.temper.restless:
            status = self.random.choice(
                (Status.ACTIVE, Status.ACTIVE, Status.REDUCE_ONLY, Status.HALTED, Status.HALTED, Status.SETTLED)
            )
            if status == Status.SETTLED and self.random.random() < 0.5:
                status = Status.REDUCE_ONLY
            instrument = instrument.in_status(status)
        elif instrument.status != Status.ACTIVE and self.random.random() < 0.4:
            instrument = instrument.in_status(Status.ACTIVE)
        return instrument

    def _limits(self, slot: int) -> Limits:
        position, interest, order = self.temper.limits
        least = self.random.choice((0, 0, 0, 0, 0, 0, 1, 3)) * self.slots[slot - 1].price
        return Limits(slot, self.ticks[slot - 1], position, interest, order, least)

    # -- orders

    def _place(self) -> Place:
        """An order near the market, of whoever's turn it is."""
        random = self.random
        if self.sent and random.random() < 0.03:
            # The same once more: a client that did not hear an answer.
            return random.choice(self.sent[-20:])
        account, place = random.choice(self.traders), random.randrange(self.profile.places)
        slot = self._slot()
        instrument, tick = self.slots[slot - 1], self.ticks[slot - 1]
        side = random.choice((Side.BUY, Side.SELL))
        away = int(random.gauss(0, 1) * max(2 * tick, instrument.price * random.choice((4, 10, 40)) // 1_000))
        limit = max(tick, (instrument.price + away) // tick * tick)
        force = random.choices(list(Force), (60, 8, 12, 8, 12))[0]
        trigger = random.choices(list(Trigger), (90, 6, 4))[0]
        nonce = self.next_nonce.get((account, place), 0) + random.choices((0, 1, 7, -1), (90, 4, 3, 3))[0]
        order = Place(
            account,
            slot,
            instrument.listing,
            side,
            limit,
            random.randrange(1, self._lots(instrument) + 1),
            random.choice((1_000, 1_000, 2_000, TOP[16])),
            place,
            max(0, nonce),
            self.now + random.choice((0, 60, 600, 3_600, 3_600, 86_400, 86_400)),
            reduce_only=random.randrange(100) < self.temper.reduces,
            client=random.choice((0, 0, random.randrange(1, 60))),
            force=force,
            good_till=self.now + random.choice((0, 60, 600)) if force == Force.GTD else 0,
            post_only=force in (Force.GTC, Force.GTD) and random.random() < 0.15,
            self_trade=random.choice(list(SelfTrade)),
            trigger=trigger,
            trigger_price=max(1, instrument.price + away // 2) if trigger else 0,
        )
        if random.randrange(100) < self.temper.edges:
            order = self._pushed(order)
        else:
            self.next_nonce[account, place] = order.nonce + 1
        self.sent.append(order)
        return order

    def _slot(self) -> int:
        """Any; one that is halted rather than not, so that auctions have something to clear."""
        halted = [slot for slot, one in enumerate(self.slots, start=1) if one.status == Status.HALTED]
        if halted and self.random.random() < 0.5:
            return self.random.choice(halted)
        few = self.temper.slots if self.random.random() < 0.8 else 0
        return self.random.randrange(1, 1 + (few or self.profile.slots - 1))

    def _lots(self, instrument: Instrument) -> int:
        """Most lots of an ordinary order: fewer of what is dear, more of what is cheap."""
        return max(1, self.temper.lots * 1_000 // max(instrument.price // self.temper.scale, 100))

    def _pushed(self, order: Place) -> Place:
        """The order with one field, or two, at an edge."""
        random, mark = self.random, self.slots[order.slot - 1].price
        edges: dict[str, tuple[int, ...]] = {
            "account": (FUND, REVENUE, 63, 511, 512, TOP[32]),
            "slot": (0, self.profile.slots - 1, self.profile.slots, TOP[8]),
            "listing": (0, order.listing + 1, TOP[32]),
            "limit": (0, 1, order.limit + 1, mark * 2, mark // 2, mark * 115 // 100, TOP[40], 1 << 40, TOP[64]),
            "quantity": (0, 1, 999, 1_000, 1_001, 10_001, 1 << 36, TOP[40], 1 << 40, TOP[64]),
            "max_fee_ppm": (0, 499, 500, 501, TOP[16]),
            "place": (self.profile.places - 1, self.profile.places, TOP[8]),
            "nonce": (0, (1 << 32) - 1, 1 << 32, TOP[40], 1 << 40, TOP[64]),
            "expiry": (0, self.now - 1, self.now, TOP[40], 1 << 40, TOP[64]),
            "client": (1, TOP[64]),
            "good_till": (0, 1, self.now, TOP[40], 1 << 40, TOP[64]),
            "trigger_price": (0, 1, mark, TOP[40], 1 << 40, TOP[64]),
        }
        for name in random.sample(sorted(edges), random.choice((1, 1, 1, 2))):
            order = replace(order, **{name: random.choice(edges[name])})
        if random.random() < 0.2:
            order = replace(order, force=random.choice(list(Force)), post_only=random.random() < 0.5)
        return order

    # -- everything else

    def _account(self) -> int:
        """Mostly a trader."""
        others = (FUND, REVENUE, 63, 512, TOP[32])
        return self.random.choice(self.traders if self.random.random() < 0.9 else others)

    def _money(self) -> Command:
        random, account = self.random, self._account()
        amount = self._amount()
        return random.choices(
            (
                lambda: Credit(account, amount if amount < 1 << 62 or random.random() < 0.2 else amount >> 40),
                lambda: Debit(account, amount),
                lambda: Debit(account, amount, forced=True),
                lambda: Fees(random.choice((FUND, REVENUE, account)), random.choice((0, 1, 5, 20, amount))),
                lambda: Close(account),
                lambda: Register(random.choice((account, 8, 9, 10, 512, TOP[32]))),
            ),
            (40, 30, 12, 15, 4, 5),
        )[0]()

    def _handling(self) -> Command:
        """Cancels, heartbeats, time and the like."""
        random, account = self.random, self._account()
        known = random.choice(self.sent[-30:]) if self.sent else None
        place = known.place if known else random.choice((0, 1, 2, TOP[8]))
        nonce = known.nonce if known else 0
        owner = known.account if known else account
        return random.choices(
            (
                lambda: Cancel(owner, place, nonce),
                lambda: CancelAll(account, random.choice((0, 0, 1, 2, TOP[8]))),
                lambda: Heartbeat(account, random.choice((0, 1, 60, 300, TOP[32]))),
                self._tick,
                Seal,
                lambda: self._burn(owner, place, nonce),
                lambda: Rotate(account),
                self._limits_again,
            ),
            (36, 4, 6, 30, 10, 6, 2, 3),
        )[0]()

    def _burn(self, account: int, place: int, nonce: int) -> Burn:
        """At the last nonce or beside it, so that the place goes on."""
        at = min(max(0, nonce + self.random.choice((0, 0, 1, -1))), TOP[64])
        self.next_nonce[account, place] = max(self.next_nonce.get((account, place), 0), min(at, 1 << 31) + 1)
        return Burn(account, place, self.random.choices((at, 1 << 32, TOP[64]), (96, 2, 2))[0])

    def _tick(self) -> Tick:
        if self.random.random() < 0.05:
            return Tick(self.now - 1)
        gap = self.random.randrange(100) < self.temper.gaps
        self.now += self.random.choice((301, 1_000)) if gap else self.random.choice((0, 1, 5, 30, 61))
        return Tick(self.now)

    def _limits_again(self) -> Limits:
        slot = self.random.randrange(1, self.profile.slots)
        if self.random.random() < 0.3:
            wrong = (0, 1 << 40, TOP[64])
            return Limits(self.random.choice((0, slot, TOP[8])), self.random.choice(wrong), 1, 1, TOP[64])
        if self.random.random() < 0.1:
            return replace(self._limits(slot), least=self.random.choice((1 << 59, TOP[64])))
        if self.random.random() < 0.2:
            self.ticks[slot - 1] = self.random.choice((1, 2, 5))
        return self._limits(slot)

    def _amount(self) -> int:
        wealth = self.temper.wealth
        return self.random.choice((0, 1, wealth // 10, wealth // 3, wealth, wealth * 2, TOP[64], 1 << 62))

    def _about(self, amount: int) -> int:
        return max(1, int(amount * self.random.uniform(0.4, 1.6)))


@cache
def market_tables() -> tuple[RiskTable, ...]:
    """Tables of the default market: some quiet epochs, 40 % down in ten, and what comes then."""
    profile, governance = PROFILES["tiny"], default_governance()
    inputs = default_inputs(profile, governance)
    paths = {"BTC": Path(600_000, 700_000), "ETH": Path(750_000, 700_000)}
    state, simulator = genesis(inputs), Simulator(1, inputs, paths, (CRASH,))
    tables = [build_table(inputs, governance, profile)]
    for seen in islice(simulator.observations(), 23):
        state = advance(state, seen, governance)
        tables.append(build_table(state.inputs, governance, profile))
    return tuple(tables)


class _Broker(_Author):
    """Writes histories of the default market."""

    def __init__(self, random: Random, temper: Temper, profile: Profile) -> None:
        super().__init__(random, temper, profile)
        self.at = random.randrange(4)
        self.ticks = [1] * (profile.slots - 1)
        self._look()

    def _table(self) -> RiskTable:
        return replace(market_tables()[self.at], time=self.now)

    def _no_successor(self) -> RiskTable:
        table = self._table()
        at = self.random.randrange(1, len(table.marks))
        mark = replace(table.marks[at], listing=table.marks[at].listing + 1)
        return replace(table, marks=(*table.marks[:at], mark, *table.marks[at + 1 :]))

    def _move_market(self) -> None:
        self.at = min(self.at + 1, len(market_tables()) - 1)
        self._look()

    def _look(self) -> None:
        marks = market_tables()[self.at].marks[1:]
        self.slots = [Instrument(mark.price, (), mark.status, mark.listing, mark.funding) for mark in marks]

    def _about(self, amount: int) -> int:
        return super()._about(amount * self.temper.scale)

    def _amount(self) -> int:
        return min(super()._amount() * self.temper.scale, TOP[64])
