"""
The floor of the settled day: makers who move their quotes, members who come across the spread, and what else they do.

Makers quote both sides of their instruments and move their quotes with the price, by cancel-replace; members come
across the spread, and now and then one of them rests an order inside it. A few pay in, take out, or burn an order
place, and a few accounts are new. Orders are signed and pass the exchange's door, so that its log can be netted and
proven.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field, replace
from functools import cache
from typing import Any, Final

from eth_account import Account as Signer

from prover import crypto
from prover.errors import InvalidInput
from rollup.chain import abi
from rollup.chain.development import development_owner, development_secret
from rollup.chain.local import CHAIN_ID, FRESH_CLEARING
from rollup.chain.plan import domain_of
from rollup.exchange.commands import (
    Burn,
    CancelAll,
    Command,
    Credit,
    Debit,
    Fees,
    Force,
    Limits,
    Register,
    Seal,
    Table,
)
from rollup.exchange.events import Event, Filled, Refused
from rollup.exchange.exchange import Exchange, Handling, placed
from rollup.exchange.settings import settings_of
from rollup.ledger.netting import Entry, Key, SignedOrder
from rollup.market.defaults import DAY, USDC, default_terms
from rollup.market.inputs import Inputs
from rollup.market.simulator import Randomness
from rollup.spec.account import FUND, REVENUE, Account, Owner
from rollup.spec.funds import Authority, Cancel, Deposit, Funding, Withdraw, operation_message
from rollup.spec.hashes import new_tree
from rollup.spec.orders import Order
from rollup.spec.shared import Operation, Profile, Side
from rollup.spec.state import State
from rollup.spec.table import CASH_SLOT, MILLION, RiskTable
from rollup.spec.types import Cash, Index

__all__ = ["DOMAIN", "WALLET", "Floor", "owner_of"]

MAKERS: Final = 3
NEWCOMERS: Final = 8
"""Accounts that register in the course of the day; L1 counts them from the first index that it has not given away."""

JOINING: Final = 3
"""Hours from one of them to the next."""

FIRST: Final = REVENUE + 1

COLLATERAL: Final = 100_000 * USDC
"""Of a member; a maker has a thousand times as much. What margin refuses is counted."""

MAKER_PART: Final = 1_000

MOVE: Final = 500_000
"""Chance that a price moves before an order, and the makers' quotes with it, ppm."""

RESTING: Final = 100_000
"""Part of the members' orders that rest inside the spread instead of coming across it, ppm."""

MONEY: Final = 20_000
"""Operations on money and order places among members' orders, ppm."""

HOT: Final = 4
"""Half of all orders come to so many instruments."""

FEE_PPM: Final = 1_000
"""The highest fee that orders sign for."""

DOMAIN: Final = domain_of(CHAIN_ID, FRESH_CLEARING)

WALLET: Final = abi.Account(Signer.from_key(development_secret("settled day: everybody's L1 owner")))


@cache
def owner_of(index: Index) -> Owner:
    """Keys of an account that everybody can compute."""
    return development_owner(_name(index), WALLET.address)


def _name(index: Index) -> str:
    return f"settled day: account {index}"


@dataclass
class Floor:
    """The exchange with everybody on it."""

    profile: Profile
    accounts: int
    seed: int
    backend: str | None
    entries: list[Entry] = field(default_factory=list)
    orders: dict[Key, SignedOrder] = field(default_factory=dict)
    said: Counter[str] = field(default_factory=Counter)

    def __post_init__(self) -> None:
        self.here, self.randomness = crypto.load(), Randomness(self.seed)
        self.exchange = Exchange(DOMAIN, settings_of(self.profile), self.backend)
        self.nonces: Counter[tuple[Index, int]] = Counter()
        self.turn: Counter[Index] = Counter()
        self.owner_nonces: Counter[Index] = Counter()
        self.deposits, self.newcomers = 0, iter(range(FIRST, FIRST + NEWCOMERS))
        first = FIRST + NEWCOMERS
        self.makers = range(first, first + MAKERS)
        self.members = range(first + MAKERS, FIRST + self.accounts)
        if len(self.members) < 1 or FIRST + self.accounts > 8**self.profile.account_depth:
            most = 8**self.profile.account_depth - FIRST
            raise InvalidInput(f"the day has {NEWCOMERS + MAKERS + 1} to {most} accounts, not {self.accounts}")
        terms = default_terms()
        self.ticks = {slot: one.tick for slot, one in enumerate(terms, start=1)}
        """By slot, of what is listed."""
        self.quoted = {
            maker: [1 + (number + MAKERS * place) % len(terms) for place in range(self.profile.places // 2)]
            for number, maker in enumerate(self.makers)
        }
        """What each maker quotes: two order places an instrument, for bid and ask."""
        self.drift: dict[int, int] = {}
        self.opening = self._open()

    def _open(self) -> State:
        """The morning: everybody has paid in."""
        for slot, tick in self.ticks.items():
            self.exchange.apply(Limits(slot, tick, 1 << 30, 1 << 40, 1 << 24))
        accounts = {index: Account.opened(owner_of(index), self.profile) for index in (FUND, REVENUE)}
        for index in (*self.makers, *self.members):
            cash = COLLATERAL * (MAKER_PART if index in self.makers else 1)
            opened = Account.opened(owner_of(index), self.profile)
            accounts[index] = replace(opened, vector=(cash, *opened.vector[CASH_SLOT + 1 :]))
            self.exchange.register(index, owner_of(index).trading_key)
            self.exchange.apply(Credit(index, cash))
        tree, notes = new_tree(self.profile.account_depth), new_tree(self.profile.note_depth)
        tree.update({index: account.leaf for index, account in accounts.items()})
        custody = sum(account.vector[CASH_SLOT] for account in accounts.values())
        return State(self.profile, DOMAIN, accounts, tree, notes, custody=custody)

    # -- an hour

    def live(self, hour: int, inputs: Inputs, table: RiskTable, matches: int) -> None:
        """From one table to the next; fees are credited and the batch cut before that."""
        self.table = table
        self.tell(Table(inputs.epoch, table))
        self.drift = dict.fromkeys(sorted({slot for slots in self.quoted.values() for slot in slots}), 0)
        for slot in self.drift:
            self.quote(slot)
        if hour % JOINING == 1:
            self.join()
        rested: dict[Index, None] = {}
        while self.said["matches"] < matches:
            if self.randomness.below(MILLION) < MONEY:
                self.move_money()
                continue
            slot = self._slot()
            if self.randomness.below(MILLION) < MOVE:
                self.drift[slot] += 1 if self.randomness.below(2) else -1
                self.quote(slot)
            account, side = self._member(), Side(self.randomness.below(2))
            if self.randomness.below(MILLION) < RESTING:
                self.order(account, slot, side, away=0, lots=1 + self.randomness.below(5), post_only=True)
                rested[account] = None
            else:
                self.order(account, slot, side, away=-8, lots=1 + self.randomness.below(5), force=Force.IOC)
        for account in rested:
            self.tell(CancelAll(account))
        fees = self.exchange.machine.totals()["fees"]
        if fees:
            self.tell(Fees(REVENUE, fees))
        self.tell(Seal())

    def _member(self) -> Index:
        return self.members[self.randomness.below(len(self.members))]

    def _slot(self) -> int:
        slots = list(self.drift)
        return slots[self.randomness.below(HOT if self.randomness.below(2) else len(slots))]

    # -- what people do

    def quote(self, slot: int) -> None:
        """Its makers move their quotes; each stands a little further away than the one before."""
        for away, maker in enumerate((one for one, slots in self.quoted.items() if slot in slots), start=1):
            for side in Side:
                place = 2 * self.quoted[maker].index(slot) + side
                lots = 10 + self.randomness.below(20)
                self.order(maker, slot, side, away, lots, place=place, post_only=True)

    def order(
        self, account: Index, slot: int, side: Side, away: int, lots: int, *, place: int | None = None, **handling: Any
    ) -> None:
        """An order so many ticks away from the walking price; negative ones reach across it."""
        if place is None:
            place = self.turn[account] % self.profile.places
            self.turn[account] += 1
        mark, tick = self.table.marks[slot], self.ticks[slot]
        ticks = mark.price // tick + self.drift[slot] + (-away if side is Side.BUY else away)
        self.nonces[account, place] += 1
        nonce, expiry = self.nonces[account, place], self.table.time + DAY
        limit = max(1, ticks) * tick
        order = Order(account, slot, mark.listing, side, limit, lots, FEE_PPM, place, nonce, expiry)
        signature = self.here.sign(development_secret(f"{_name(account)} trading"), order.message(DOMAIN))
        asked = Handling(**handling)
        said = self.exchange.submit(order, signature, asked)
        self.orders[account, place, nonce] = SignedOrder(order, signature)
        self._log(placed(order, asked), said, ())

    def join(self) -> None:
        """A new account; what it pays in stands in the queue of L1."""
        index = next(self.newcomers)
        self._log(Register(index), self.exchange.register(index, owner_of(index).trading_key), ())
        self.tell(Credit(index, COLLATERAL), Deposit(index, self._deposit(), COLLATERAL, owner_of(index)))
        self.said["registrations"] += 1

    def move_money(self) -> None:
        """Two of five pay in, two take out, one burns an order place."""
        account, what = self._member(), self.randomness.below(5)
        amount = USDC * (100 + self.randomness.below(900))
        if what < 2:
            self.tell(Credit(account, amount), Deposit(account, self._deposit(), amount))
            self.said["deposits"] += 1
        elif what < 4:
            recipient = int(WALLET.address, 16)
            self.owner_nonces[account] += 1
            authority = self._authority(Operation.WITHDRAW, account, amount, self.owner_nonces[account], recipient)
            self.tell(Debit(account, amount), Withdraw(account, amount, recipient, authority))
            self.said["withdrawals"] += 1
        else:
            place = self.randomness.below(self.profile.places)
            self.nonces[account, place] += 1
            nonce = self.nonces[account, place]
            authority = self._authority(Operation.CANCEL, account, place, nonce, 0)
            self.tell(Burn(account, place, nonce), Cancel(account, place, authority))
            self.said["cancels"] += 1

    def _deposit(self) -> int:
        self.deposits += 1
        return self.deposits - 1

    def _authority(self, kind: Operation, account: Index, amount: Cash, nonce: int, target: int) -> Authority:
        """The owner's word, or the trading key's for a cancel."""
        expiry = self.table.time + DAY
        message = operation_message(DOMAIN, kind, account, amount, nonce, expiry, target)
        which = "trading" if kind is Operation.CANCEL else "owner"
        return Authority(nonce, expiry, self.here.sign(development_secret(f"{_name(account)} {which}"), message))

    # -- the log

    def tell(self, command: Command, *operations: Funding) -> None:
        """A command of the ledger's, and what proves it."""
        self._log(command, self.exchange.apply(command), operations)

    def _log(self, command: Command, said: list[Event], operations: tuple[Funding, ...]) -> None:
        if any(isinstance(event, Refused) for event in said):
            self.said["refused"] += 1
            return
        self.entries.append(Entry(command, tuple(said), operations))
        fills = [event for event in said if isinstance(event, Filled) and event.maker]
        self.said["matches"] += len(fills)
        self.said["matches with makers"] += sum(event.account in self.makers for event in fills)
