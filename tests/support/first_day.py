"""
A day of a clearing house, as a script: 30 accounts, 500 orders, a crash, an expiry, every kind of movement of money.

Each act of it may be done twice and counts once, as it is with whoever sends again what was not answered: an order has
its trader's number, an operation the owner's, a table its epoch, a deposit its owner hash. So a worker that is killed
goes on with the act that it was at.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from eth_account import Account as Signer

from rollup.chain import abi
from rollup.chain.bindings.forced import Queue
from rollup.chain.record import Record
from rollup.client import operations
from rollup.client.keys import Keys, keys_of
from rollup.exchange.commands import Limits
from rollup.exchange.events import Event, Refused
from rollup.exchange.exchange import Handling
from rollup.exchange.settings import Settings
from rollup.market.defaults import START, default_governance
from rollup.market.story import FALL, story_inputs, story_simulator
from rollup.node.house import settings_for
from rollup.node.local import LocalHouse
from rollup.node.node import Node
from rollup.node.oracle import Oracle
from rollup.spec.account import FUND
from rollup.spec.orders import Order
from rollup.spec.settlement import MINUTE
from rollup.spec.shared import Side
from rollup.spec.table import RiskTable
from rollup.spec.types import Index

__all__ = ["ACCOUNTS", "MAKER", "Act", "Day", "day_oracle", "day_settings"]

USDC = 10**6
MAKER = 2
ACCOUNTS = tuple(range(MAKER, MAKER + 30))
LIVE = range(1, 9)
"""Slots of the story's market."""

MINUTES = (1, 10, 20, 33, 38, 43, 50, 125, 130)
"""When tables come; prices fall from 30 to 42, and two instruments expire after two hours."""

ORDERS = 500
BRAVE = {3: 4, 4: 3}
"""Who buys on how much leverage before the fall: one ends beyond close-out, one below maintenance."""

COLLATERAL = {MAKER: 200_000 * USDC, 3: 1_200 * USDC, 4: 2_000 * USDC}
LEAVING, PAID, ROTATING, GIVING = 5, 6, 7, 8
"""Who is closed by force, who is paid by force, whose keys change, who transfers and makes notes."""


def day_settings(record: Record) -> Settings:
    return settings_for(record, taker_fee=500, maker_fee=200, penalty=25_000, batch_legs=400)


def day_oracle(house: LocalHouse) -> Oracle:
    start = story_inputs(house.record.profile, default_governance(), START)
    return house.oracle(story_simulator(start, 9, FALL))


@dataclass(frozen=True)
class Act:
    """One thing that is done; twice is once."""

    name: str
    do: Callable[[], None]


@dataclass
class Day:
    """The script over one node, or what is left of it."""

    house: LocalHouse
    node: Node
    oracle: Oracle
    seed: int = 5
    table: RiskTable | None = None
    orders: dict[Index, int] = field(default_factory=dict)
    numbers: dict[Index, int] = field(default_factory=dict)
    said: list[Event] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.chance = random.Random(self.seed)
        self.generations = dict.fromkeys(ACCOUNTS, 0)

    # -- people

    def keys(self, index: Index, generation: int | None = None) -> Keys:
        return keys_of(bytes([index]) * 32, self.generations[index] if generation is None else generation)

    def wallet(self, index: Index) -> abi.Account:
        return abi.Account(Signer.from_key(bytes([index, 200]) * 16))

    # -- the script

    def acts(self) -> Iterator[Act]:
        """Everything in order. What an act does is drawn here, so that it is the same in every life."""
        yield Act("limits", self._limits)
        for index in ACCOUNTS:
            yield Act(f"deposit of {index}", self._register(index))
        yield Act("watch", self._watch)
        share = ORDERS // (len(MINUTES) - 1)
        for number, minute in enumerate(MINUTES):
            yield Act(f"table of minute {minute}", self._take_table(START + minute * MINUTE))
            if number == 1:
                for index, leverage in BRAVE.items():
                    yield Act(f"{index} buys on leverage", self._lever(index, leverage))
            yield from self._money(number)
            for _ in range(share):
                yield Act("order", self._order())
            yield Act("settle", self._settle)
        yield Act("the end", lambda: None)

    def _money(self, number: int) -> Iterator[Act]:
        """Movements of money, spread over the day."""
        match number:
            case 1:
                yield Act("transfer", self._operation(GIVING, "transfer", 150 * USDC))
                yield Act("note", self._operation(GIVING, "note", 50 * USDC))
                yield Act("withdrawal", self._operation(9, "withdraw", 100 * USDC))
            case 2:
                yield Act("top-up", self._top_up(10, 500 * USDC))
                yield Act("rotation", self._operation(ROTATING, "rotate", 0))
                yield Act("burnt place", self._operation(11, "cancel", 0))
                yield Act("watch", self._watch)
            case 4:
                yield Act("forced payment asked", self._force(PAID, 80 * USDC))
                yield Act("watch", self._watch)
            case 6:
                yield Act("forced close asked", self._force(LEAVING, None))
                yield Act("watch", self._watch)
                yield Act("top-up of the fund", self._top_up(FUND, 25 * USDC))
                yield Act("watch", self._watch)
            case 7:
                yield Act("sweep", self._sweep)

    # -- acts

    def _limits(self) -> None:
        for slot in LIVE:
            self.node.exchange.apply(Limits(slot, tick=1, position=10**6, interest=10**7, order=10**5))

    def _register(self, index: Index) -> Callable[[], None]:
        amount = COLLATERAL.get(index, self.chance.randrange(2_000, 6_000) * USDC)

        def do() -> None:
            wallet, owner = self.wallet(index), self.keys(index, 0).owner(int(self.wallet(index).address, 16))
            self.node.intake.introduce(owner)
            deposits = self.house.system.deposits
            queued = {deposits.deposit(number).owner_hash for number in range(deposits.deposit_count())}
            if owner.hash not in queued:
                self._pay(wallet, amount)
                deposits.register(owner.hash, amount).send(wallet)

        return do

    def _top_up(self, index: Index, amount: int) -> Callable[[], None]:
        def do() -> None:
            deposits, wallet = self.house.system.deposits, self.wallet(MAKER)
            queued = [deposits.deposit(number) for number in range(deposits.deposit_count())]
            if not any((one.index, one.amount, one.owner_hash) == (index, amount, 0) for one in queued):
                self._pay(wallet, amount)
                deposits.top_up(index, amount).send(wallet)

        return do

    def _pay(self, wallet: abi.Account, amount: int) -> None:
        self.house.chain.fund(wallet.address)
        self.house.token.mint(wallet.address, amount, self.house.anybody)
        self.house.token.approve(self.house.record.parts.vault, amount, wallet)

    def _force(self, index: Index, asked: int | None) -> Callable[[], None]:
        def do() -> None:
            forced, wallet = self.house.system.forced, self.wallet(index)
            queues = forced.lengths(Queue.CLOSE if asked is None else Queue.PAY)
            if queues[0]:
                return
            self.house.chain.fund(wallet.address)
            fee = forced.fee_of_next()
            request = (
                forced.request_close(index, value=fee) if asked is None else forced.request_pay(index, asked, value=fee)
            )
            request.send(wallet)

        return do

    def _watch(self) -> None:
        self.node.watch()

    def _take_table(self, when: int) -> Callable[[], None]:
        def do() -> None:
            self.house.move_to(when)
            done = self.node.exchange.machine.totals()["epoch"]
            if done and self.oracle.epoch < done:
                self.oracle.at(done)
            self.oracle.observe(when)
            if self.oracle.epoch > done:
                signed = self.oracle.next(when)
                self.node.take_table(signed.inputs.epoch, signed.table, signed.signed)
            self.table = self.node.ledger.table

        return do

    def _order(self) -> Callable[[], None]:
        index = MAKER if self.chance.random() < 0.4 else self.chance.choice(ACCOUNTS[3:])
        slot, side = self.chance.choice(LIVE), self.chance.choice(list(Side))
        lots = self.chance.randrange(5, 60) if index == MAKER else self.chance.randrange(1, 12)
        edge = self.chance.randrange(-8_000, 2_000) if index == MAKER else self.chance.randrange(0, 9_000)
        return self._place(index, slot, side, lots, edge)

    def _lever(self, index: Index, leverage: int) -> Callable[[], None]:
        """Perpetuals for so many times the collateral, from the maker, who is asked first."""
        lots = leverage * COLLATERAL[index] // (60 * USDC)
        sell, buy = self._place(MAKER, 1, Side.SELL, lots, 0), self._place(index, 1, Side.BUY, lots, 5_000)

        def do() -> None:
            sell()
            buy()

        return do

    def _place(self, index: Index, slot: int, side: Side, lots: int, edge: int) -> Callable[[], None]:
        """`edge` is how far a limit reaches into the other side, in ppm of the mark."""
        number = self.orders.get(index, 0)
        self.orders[index] = number + 1
        places = self.house.record.profile.places
        generation = self.generations[index]

        def do() -> None:
            assert self.node.ledger.table is not None
            table = self.node.ledger.table
            mark = table.marks[slot]
            limit = mark.price + (1 if side is Side.BUY else -1) * mark.price * edge // 10**6
            order = Order(
                index,
                slot,
                mark.listing,
                side,
                max(1, limit),
                lots,
                1_000,
                number % places,
                number // places + 1,
                table.time + 3_600,
            )
            signature = self.keys(index, generation).sign_as_trader(order.message(self.house.record.domain))
            self.said += self.node.submit(order, signature, Handling(client=number + 1))

        return do

    def _operation(self, index: Index, kind: str, amount: int) -> Callable[[], None]:
        number = self.numbers.get(index, 0) + 1
        self.numbers[index] = number
        generation = self.generations[index]
        if kind == "rotate":
            self.generations[index] = generation + 1

        def do() -> None:
            assert self.node.ledger.table is not None
            ledger, domain, keys = self.node.ledger, self.house.record.domain, self.keys(index, generation)
            expiry = self.node.ledger.table.time + 3_600
            if kind == "cancel":
                place = self.house.record.profile.places - 1
                self.said += self.node.intake.operate(
                    operations.cancel(keys, domain, index, place, (1 << 20) + number, expiry)
                )
                return
            if ledger.owner_nonce(index) >= number:
                return
            make = {
                "withdraw": lambda: operations.withdraw(
                    keys, domain, index, amount, int(self.wallet(index).address, 16), number, expiry
                ),
                "note": lambda: operations.note(keys, domain, index, amount, number, expiry),
                "transfer": lambda: operations.transfer(keys, domain, index, MAKER, amount, number, expiry),
                "rotate": lambda: operations.rotate(
                    keys, domain, index, self.keys(index, generation + 1), number, expiry
                ),
            }
            said = self.node.intake.operate(make[kind]())
            assert not any(isinstance(event, Refused) for event in said), (kind, said)

        return do

    def _sweep(self) -> None:
        """Whoever still holds what is settled; the fund is swept by what is credited to it."""
        state = self.node.ledger.state
        assert self.node.ledger.table is not None
        settled = [slot for slot, mark in enumerate(self.node.ledger.table.marks) if mark.status == 3]
        holders = [index for index, one in state.accounts.items() if any(one.vector[slot] for slot in settled)]
        self.node.sweep(tuple(index for index in holders if index != FUND))

    def _settle(self) -> None:
        self.node.settle()
