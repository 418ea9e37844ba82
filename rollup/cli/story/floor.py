"""The chapter of the demo in which an exchange trades: signed orders, margin before every fill, and a crash."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from rollup.cli.story.chapter import Chapter
from rollup.cli.story.market import COLLATERAL, PERPETUAL, PROFILE, USDC, dollars, tables
from rollup.cli.story.people import BUYER, DOMAIN, NAMES, PEOPLE, SAVER, SELLER, TRADERS
from rollup.exchange.codes import Code
from rollup.exchange.commands import Command, Credit, Fees, Force, Limits, Register, Table
from rollup.exchange.events import (
    Deleveraged,
    Event,
    Filled,
    Reduced,
    Refused,
    Repeated,
    Rested,
    TakenOver,
    Unloaded,
)
from rollup.exchange.exchange import Exchange, Handling, explain, placed
from rollup.exchange.settings import settings_of
from rollup.exchange.twin import Twin
from rollup.ledger.netting import Entry, Key, Planned, SignedOrder, net
from rollup.spec.account import FUND, REVENUE, Account
from rollup.spec.funds import Deposit, Funding
from rollup.spec.margin import values_of, violates
from rollup.spec.orders import Order
from rollup.spec.shared import Side
from rollup.spec.table import CASH_SLOT, RiskTable
from rollup.spec.types import Index, Signature

__all__ = ["BOUGHT", "FEE_PPM", "LOTS", "Floor", "an_exchange"]

FEE_PPM = 1_000
"""A thousandth, from either side."""

BOUGHT = ((BUYER, 12), (BUYER, 6), (SAVER, 2))
"""Who takes how many of the seller's lots, one order each."""

LOTS = sum(lots for _, lots in BOUGHT)

TOO_MANY = 25
"""More lots than the buyer's collateral margins."""


@dataclass
class Floor:
    """The exchange, and its log with everything that a ledger keeps beside it."""

    exchange: Exchange = field(
        default_factory=lambda: Exchange(DOMAIN, settings_of(PROFILE, taker_fee=FEE_PPM, maker_fee=FEE_PPM))
    )
    tables: tuple[RiskTable, RiskTable] = field(default_factory=tables)
    """Before the crash, and after it."""
    entries: list[Entry] = field(default_factory=list)
    orders: dict[Key, SignedOrder] = field(default_factory=dict)

    def tell(self, command: Command, *operations: Funding) -> list[Event]:
        """A command of the ledger's, and what proves it."""
        said = self.exchange.apply(command)
        self.entries.append(Entry(command, tuple(said), operations))
        return said

    def register(self, number: int, index: Index) -> None:
        """A trader whose deposit L1 has queued under a number."""
        owner = PEOPLE[index].owner
        said = self.exchange.register(index, owner.trading_key)
        self.entries.append(Entry(Register(index), tuple(said)))
        self.tell(Credit(index, COLLATERAL), Deposit(index, number, COLLATERAL, owner))

    def submit(self, order: Order, signature: Signature, **handling: int) -> list[Event]:
        """An order at the door."""
        asked = Handling(**handling)  # type: ignore[arg-type]
        said = self.exchange.submit(order, signature, asked)
        if not _refused(said):
            self.entries.append(Entry(placed(order, asked), tuple(said)))
            self.orders[order.account, order.place, order.nonce] = SignedOrder(order, signature)
        return said

    def planned(self, accounts: Mapping[Index, Account]) -> list[Planned]:
        """The steps that prove the whole log, from the accounts of genesis on."""
        numbers = iter(range(1, 1 << 20))
        pool = (SAVER, SELLER, BUYER, REVENUE)
        return net(self.entries, accounts, None, PROFILE, self.orders, decoys=pool, random=lambda: next(numbers))

    def holdings(self) -> tuple[bytes, dict[Index, tuple[int, ...]]]:
        """What the readable twin comes to when it replays the log: its state hash, and everybody's vector."""
        twin = Twin(self.exchange.settings)
        for record in self.exchange.log:
            twin.apply(record)
        return twin.state_hash(), {index: tuple(one.vector) for index, one in twin.world.members.items()}


def an_exchange(chapter: Chapter) -> Floor:
    """Three traders trade, two orders are refused, prices fall, and the clearing house acts on its own."""
    floor = Floor()
    calm, crashed = floor.tables
    mark = calm.marks[PERPETUAL]
    floor.tell(Limits(PERPETUAL, tick=1_000, position=10_000, interest=100_000, order=1_000))
    for number, index in enumerate(TRADERS):
        floor.register(number, index)
    floor.tell(Table(1, calm))
    chapter.note(f"one instrument, {len(TRADERS)} traders with {COLLATERAL // USDC} USDC each; the {_machine(floor)}")
    offer = _order(calm, SELLER, Side.SELL, LOTS)
    said = floor.submit(offer, PEOPLE[SELLER].sign_order(offer), client=1)
    chapter.claim(f"the seller's {LOTS} perpetuals rest in the book", any(isinstance(one, Rested) for one in said))
    _refusals(chapter, floor, calm)
    _fills(chapter, floor, calm)
    said = floor.tell(Fees(REVENUE, 2 * LOTS * mark.price * FEE_PPM // 1_000_000))
    chapter.claim("fees go to the operator's revenue: no more than were taken", not _refused(said))
    _crash(chapter, floor, floor.tell(Table(2, crashed)), crashed)
    state, vectors = floor.holdings()
    books = [sum(column) for column in zip(*vectors.values(), strict=True)]
    chapter.claim(
        f"{len(TRADERS) * COLLATERAL // USDC} USDC are in all accounts together, and as many lots long as short",
        books == [len(TRADERS) * COLLATERAL, *(0,) * (PROFILE.slots - 1)],
    )
    told = f"the readable twin replays the log of {len(floor.exchange.log)} commands to the same state, bit by bit"
    chapter.claim(told, state == floor.exchange.state_hash())
    return floor


def _machine(floor: Floor) -> str:
    twin = isinstance(floor.exchange.machine, Twin)
    return "readable twin runs it, the native core is not built" if twin else "native core runs it"


def _order(calm: RiskTable, index: Index, side: Side, lots: int, *, place: int = 0, nonce: int = 1) -> Order:
    """Perpetuals at the mark, for an hour."""
    mark = calm.marks[PERPETUAL]
    return Order(index, PERPETUAL, mark.listing, side, mark.price, lots, 2 * FEE_PPM, place, nonce, calm.time + 3_600)


def _refusals(chapter: Chapter, floor: Floor, calm: RiskTable) -> None:
    """Two orders that change nothing: a forged one, and one that its account could not stand for."""
    before = floor.exchange.state_hash()
    order = _order(calm, BUYER, Side.BUY, BOUGHT[0][1])
    forged = floor.submit(order, PEOPLE[SELLER].sign_order(order))
    greedy = _order(calm, BUYER, Side.BUY, TOO_MANY)
    refused = floor.submit(greedy, PEOPLE[BUYER].sign_order(greedy))
    what = f"{TOO_MANY} lots are more than {COLLATERAL // USDC} USDC margin: refused before they trade"
    for told, said, code in (
        ("an order that another key signed is refused", forged, Code.BAD_SIGNATURE),
        (what, refused, Code.MARGIN),
    ):
        chapter.claim(f"{told} ({code.name})", said == [Refused(BUYER, code)])
        chapter.note(explain(code))
    chapter.claim("and neither has changed anything", floor.exchange.state_hash() == before)


def _fills(chapter: Chapter, floor: Floor, calm: RiskTable) -> None:
    """Three orders take what rests; one of them comes twice and fills once."""
    said: list[Event] = []
    for place, (index, lots) in enumerate(BOUGHT):
        order = _order(calm, index, Side.BUY, lots, place=place)
        force = Force.IOC if place == 0 else Force.GTC
        said += floor.submit(order, PEOPLE[index].sign_order(order), client=7 + place, force=force)
    fills = [event for event in said if isinstance(event, Filled)]
    taken = [(one.account, one.quantity) for one in fills if not one.maker]
    cash = [sum(one.cash for one in fills if one.side is side) for side in Side]
    prices = {one.price for one in fills}
    chapter.claim(
        f"{', '.join(f'the {NAMES[index]} takes {lots}' for index, lots in BOUGHT)}: {LOTS} lots changed hands at "
        f"{dollars(min(prices))}, {dollars(cash[0])} in all",
        taken == list(BOUGHT) and prices == {calm.marks[PERPETUAL].price} and cash[0] == cash[1],
    )
    chapter.figure("fills", len(fills))
    before = floor.exchange.state_hash()
    again = _order(calm, SAVER, Side.BUY, BOUGHT[-1][1], place=len(BOUGHT) - 1)
    repeated = floor.submit(again, PEOPLE[SAVER].sign_order(again), client=7 + len(BOUGHT) - 1)
    chapter.claim(
        "the saver's order comes again, under its own number: it is known, and fills no second time",
        [type(one) for one in repeated] == [Repeated] and floor.exchange.state_hash() == before,
    )


def _crash(chapter: Chapter, floor: Floor, said: list[Event], crashed: RiskTable) -> None:
    """What the exchange did of its own when the next table came."""
    acts = [one for one in said if isinstance(one, Reduced | TakenOver | Unloaded | Deleveraged)]
    lots = sum(lots for index, lots in BOUGHT if index == BUYER)
    chapter.claim(
        "prices fall by 24 %: the buyer is beyond close-out and nobody bids, so the fund takes it over",
        [one for one in acts if isinstance(one, TakenOver)] == [TakenOver(BUYER)],
    )
    back = [one for one in acts if isinstance(one, Deleveraged)]
    fund, mark = floor.holdings()[1][FUND], crashed.marks[PERPETUAL]
    kept, more = fund[PERPETUAL], (fund[CASH_SLOT] - mark.value, fund[PERPETUAL] + 1, *fund[PERPETUAL + 1 :])
    maintained = [not violates(values_of(one, crashed), crashed.parameters.maintenance) for one in (fund, more)]
    given = lots - kept
    chapter.claim(
        f"the fund has only what the buyer brought, which margins {kept} of its lots: the seller, who stands against "
        f"it, gives {given} back at the mark, which takes nothing from it, and not one more than it must",
        back == [Deleveraged(SELLER, PERPETUAL, Side.BUY, given, given * mark.price)]
        and len(acts) == 2
        and maintained == [True, False],
    )
    chapter.figure("lots deleveraged", sum(one.quantity for one in back))


def _refused(said: list[Event]) -> bool:
    return any(isinstance(event, Refused) for event in said)
