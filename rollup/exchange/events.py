"""
Events: everything that the exchange says, in the order in which it happened.

The ledger makes legs and steps of them, the API order states and book deltas, operators their logs. A leg of an order
is a `Filled`; legs of one match carry one number, and in each match what is bought and what is sold is equal, in lots
and in cash. What the clearing house does without signatures has events of its own.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, TypeAlias

from rollup.exchange.codes import Code, Phase
from rollup.exchange.wire import FLAG, I64, I128, U8, U16, U32, U64, Records
from rollup.spec.shared import Side

__all__ = [
    "Accepted",
    "Burnt",
    "Closed",
    "Deleveraged",
    "Ended",
    "Event",
    "Filled",
    "MarginCalled",
    "MarginRestored",
    "Moved",
    "Phased",
    "Reduced",
    "Refused",
    "Repeated",
    "Rested",
    "Sealed",
    "Settled",
    "TableTaken",
    "TakenOver",
    "Triggered",
    "Uncrossed",
    "Unloaded",
    "decode",
    "encode",
]

events: Final = Records()


@events.kind(1, account=U32, code=(U16, Code))
@dataclass(frozen=True, slots=True)
class Refused:
    """A command was not carried out; nothing has changed."""

    account: int
    """0 where the command names none."""
    code: Code


@events.kind(2, order=U64, account=U32, place=U8, nonce=U64, client=U64)
@dataclass(frozen=True, slots=True)
class Accepted:
    """An order was taken, under this number."""

    order: int
    account: int
    place: int
    nonce: int
    client: int


@events.kind(3, order=U64, account=U32, client=U64)
@dataclass(frozen=True, slots=True)
class Repeated:
    """An order that was taken before, under this number, came again; nothing has changed."""

    order: int
    account: int
    client: int


@events.kind(4, order=U64, slot=U8, side=(U8, Side), limit=U64, remaining=U64)
@dataclass(frozen=True, slots=True)
class Rested:
    """What is left of an order stands in the book."""

    order: int
    slot: int
    side: Side
    limit: int
    remaining: int


@events.kind(
    5,
    match=U64,
    order=U64,
    account=U32,
    place=U8,
    nonce=U64,
    slot=U8,
    side=(U8, Side),
    quantity=U64,
    price=U64,
    fee=U64,
    maker=FLAG,
    remaining=U64,
)
@dataclass(frozen=True, slots=True)
class Filled:
    """A leg: what one order did in one match; its cash is quantity times price."""

    match: int
    order: int
    account: int
    place: int
    nonce: int
    slot: int
    side: Side
    quantity: int
    price: int
    fee: int
    maker: bool
    remaining: int

    @property
    def cash(self) -> int:
        return self.quantity * self.price


@events.kind(6, order=U64, account=U32, place=U8, nonce=U64, code=(U16, Code), remaining=U64)
@dataclass(frozen=True, slots=True)
class Ended:
    """An order stands no more, with lots unfilled; one that is filled ends without it."""

    order: int
    account: int
    place: int
    nonce: int
    code: Code
    remaining: int


@events.kind(7, order=U64)
@dataclass(frozen=True, slots=True)
class Triggered:
    """The mark reached what an order waited for."""

    order: int


@events.kind(8, account=U32, amount=I128)
@dataclass(frozen=True, slots=True)
class Moved:
    """Collateral came into an account, or negative, left it."""

    account: int
    amount: int


@events.kind(9, account=U32)
@dataclass(frozen=True, slots=True)
class MarginCalled:
    """An account fell below initial margin; at maintenance margin it will be liquidated."""

    account: int


@events.kind(10, account=U32)
@dataclass(frozen=True, slots=True)
class MarginRestored:
    """It is above initial margin again."""

    account: int


@events.kind(11, match=U64, account=U32, slot=U8, side=(U8, Side), quantity=U64, cash=I128, penalty=U64)
@dataclass(frozen=True, slots=True)
class Reduced:
    """A liquidated account gave lots to the book; LIQUIDATE."""

    match: int
    account: int
    slot: int
    side: Side
    quantity: int
    cash: int
    penalty: int


@events.kind(12, account=U32)
@dataclass(frozen=True, slots=True)
class TakenOver:
    """The fund has everything that an account had; TAKEOVER."""

    account: int


@events.kind(13, match=U64, slot=U8, side=(U8, Side), quantity=U64, cash=I128)
@dataclass(frozen=True, slots=True)
class Unloaded:
    """The fund gave lots to the book."""

    match: int
    slot: int
    side: Side
    quantity: int
    cash: int


@events.kind(14, account=U32, slot=U8, side=(U8, Side), quantity=U64, cash=I128)
@dataclass(frozen=True, slots=True)
class Deleveraged:
    """An account that stood against the fund gave lots back, at the mark; `side` is the account's. DELEVERAGE."""

    account: int
    slot: int
    side: Side
    quantity: int
    cash: int


@events.kind(15, account=U32, slot=U8, quantity=I64, cash=I128)
@dataclass(frozen=True, slots=True)
class Settled:
    """A position in a settled slot became cash."""

    account: int
    slot: int
    quantity: int
    cash: int


@events.kind(16, slot=U8, phase=(U8, Phase))
@dataclass(frozen=True, slots=True)
class Phased:
    """How a slot trades from now on."""

    slot: int
    phase: Phase


@events.kind(17, slot=U8, price=U64, quantity=U64)
@dataclass(frozen=True, slots=True)
class Uncrossed:
    """A call auction found its price; so many lots cross there."""

    slot: int
    price: int
    quantity: int


@events.kind(18, account=U32, owed=I128, paid=I128)
@dataclass(frozen=True, slots=True)
class Closed:
    """An account was closed by force; what is owed and not paid stays in it. CLOSE."""

    account: int
    owed: int
    paid: int


@events.kind(19, epoch=U64, time=U64)
@dataclass(frozen=True, slots=True)
class TableTaken:
    """From here on accounts are margined with this table."""

    epoch: int
    time: int


@events.kind(20, legs=U32)
@dataclass(frozen=True, slots=True)
class Sealed:
    """A batch was cut, with so many distinct legs."""

    legs: int


@events.kind(21, account=U32, place=U8, nonce=U64)
@dataclass(frozen=True, slots=True)
class Burnt:
    """A place takes nothing up to this nonce any more."""

    account: int
    place: int
    nonce: int


Event: TypeAlias = (
    Refused
    | Accepted
    | Repeated
    | Rested
    | Filled
    | Ended
    | Triggered
    | Moved
    | MarginCalled
    | MarginRestored
    | Reduced
    | TakenOver
    | Unloaded
    | Deleveraged
    | Settled
    | Phased
    | Uncrossed
    | Closed
    | TableTaken
    | Sealed
    | Burnt
)

encode = events.encode


def decode(data: bytes) -> Event:
    """An event of the log."""
    event: Event = events.decode(data)
    return event
