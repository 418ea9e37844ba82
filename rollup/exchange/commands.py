"""
Commands: everything that ever changes the exchange, in the order of its log.

The exchange has no clock, no randomness and no other input: time comes as a `Tick` or with a `Table`, money as `Credit`
and `Debit` from the ledger, orders from traders whose signatures were checked at the door. Whoever replays the log has
the same books, the same accounts and the same events, to the bit.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import IntEnum
from typing import Final, TypeAlias

from rollup.exchange.wire import FLAG, I64, U8, U16, U32, U64, Field, Malformed, Records
from rollup.spec.shared import Side, Status
from rollup.spec.table import Mark, Parameters, RiskTable

__all__ = [
    "Burn",
    "Cancel",
    "CancelAll",
    "Close",
    "Command",
    "Credit",
    "Debit",
    "Fees",
    "Force",
    "Heartbeat",
    "Limits",
    "Place",
    "Register",
    "Rotate",
    "Seal",
    "SelfTrade",
    "Table",
    "Tick",
    "Trigger",
    "decode",
    "encode",
]

commands: Final = Records()

TABLE: Final = 2
"""Number of the one command whose length varies."""


class Force(IntEnum):
    """How long an order stands."""

    GTC = 0
    """Good till cancelled, or till its signed expiry."""
    GTD = 1
    """Good till a time before its signed expiry."""
    IOC = 2
    """Immediate: what does not fill at once is cancelled."""
    FOK = 3
    """All of it at once, or none."""
    MARKET = 4
    """Immediate, at its limit or at the band around the mark, whichever is nearer."""


class SelfTrade(IntEnum):
    """What gives way when an account's order meets its own."""

    CANCEL_NEWEST = 0
    CANCEL_OLDEST = 1
    CANCEL_BOTH = 2


class Trigger(IntEnum):
    """What an order waits for, on the mark of its slot."""

    NONE = 0
    STOP = 1
    """A buy waits for a rise to its trigger price, a sell for a fall."""
    TAKE_PROFIT = 2
    """The other way round."""


@commands.kind(1, slot=U8, tick=U64, position=U64, interest=U64, order=U64, least=U64)
@dataclass(frozen=True, slots=True)
class Limits:
    """What governance lets a slot's instrument be traded at, from now on."""

    slot: int
    tick: int
    """Limits of orders are multiples of it."""
    position: int
    """Most lots that an account may hold on a side, open orders included."""
    interest: int
    """Most lots that all accounts together may hold on a side."""
    order: int
    """Most lots of one order."""
    least: int = 0
    """Least that an order is worth at the mark, unless it closes a position: each leg costs a proof."""


@dataclass(frozen=True, slots=True)
class Table:
    """The next risk table, signed by the committee; number 2, of varying length."""

    epoch: int
    table: RiskTable


@commands.kind(3, time=U64)
@dataclass(frozen=True, slots=True)
class Tick:
    """Time passes."""

    time: int


@commands.kind(4, account=U32)
@dataclass(frozen=True, slots=True)
class Register:
    """An account whose registration a batch consumes."""

    account: int


@commands.kind(5, account=U32, amount=U64)
@dataclass(frozen=True, slots=True)
class Credit:
    """Collateral comes into an account."""

    account: int
    amount: int


@commands.kind(6, account=U32, amount=U64, forced=FLAG)
@dataclass(frozen=True, slots=True)
class Debit:
    """Collateral leaves an account: all of the amount or nothing; `forced` by L1, as much as is free."""

    account: int
    amount: int
    forced: bool = False


@commands.kind(7, account=U32)
@dataclass(frozen=True, slots=True)
class Rotate:
    """An account's keys change: what the old ones signed can be proven no more."""

    account: int


@commands.kind(
    8,
    account=U32,
    slot=U8,
    listing=U32,
    side=(U8, Side),
    limit=U64,
    quantity=U64,
    max_fee_ppm=U16,
    place=U8,
    nonce=U64,
    expiry=U64,
    reduce_only=FLAG,
    client=U64,
    force=(U8, Force),
    good_till=U64,
    post_only=FLAG,
    self_trade=(U8, SelfTrade),
    trigger=(U8, Trigger),
    trigger_price=U64,
)
@dataclass(frozen=True, slots=True)
class Place:
    """
    A signed order: the words that its owner signed, and how it is to be handled.

    At a place that holds an open order, a greater nonce replaces it.
    """

    account: int
    slot: int
    listing: int
    side: Side
    limit: int
    quantity: int
    max_fee_ppm: int
    place: int
    nonce: int
    expiry: int
    reduce_only: bool = False
    client: int = 0
    """The trader's own number for it, 0 for none; sent again with the same content it changes nothing."""
    force: Force = Force.GTC
    good_till: int = 0
    post_only: bool = False
    self_trade: SelfTrade = SelfTrade.CANCEL_NEWEST
    trigger: Trigger = Trigger.NONE
    trigger_price: int = 0


@commands.kind(9, account=U32, place=U8, nonce=U64)
@dataclass(frozen=True, slots=True)
class Cancel:
    """Take one open order back."""

    account: int
    place: int
    nonce: int


@commands.kind(10, account=U32, slot=U8)
@dataclass(frozen=True, slots=True)
class CancelAll:
    """Take all of an account's open orders back; those of one slot, or with 0 of all."""

    account: int
    slot: int = 0


@commands.kind(11, account=U32, seconds=U32)
@dataclass(frozen=True, slots=True)
class Heartbeat:
    """The dead-man switch: without another one in time, all open orders are taken back; 0 disarms."""

    account: int
    seconds: int


@commands.kind(12)
@dataclass(frozen=True, slots=True)
class Seal:
    """The ledger cut a batch: there is room for legs again."""


@commands.kind(13, account=U32, amount=U64)
@dataclass(frozen=True, slots=True)
class Fees:
    """Collected fees go to the fund or to the operator's revenue."""

    account: int
    amount: int


@commands.kind(14, account=U32)
@dataclass(frozen=True, slots=True)
class Close:
    """The L1 owner forces its account closed: what is free is paid, everything else goes to the fund."""

    account: int


@commands.kind(15, account=U32, place=U8, nonce=U64)
@dataclass(frozen=True, slots=True)
class Burn:
    """A cancel that the state itself remembers: nothing at this nonce or below fills any more, whoever operates."""

    account: int
    place: int
    nonce: int


Command: TypeAlias = (
    Limits
    | Table
    | Tick
    | Register
    | Credit
    | Debit
    | Rotate
    | Place
    | Cancel
    | CancelAll
    | Heartbeat
    | Seal
    | Fees
    | Close
    | Burn
)


@dataclass(frozen=True, slots=True)
class _Layout:
    """A table's fields in order."""

    head: tuple[Field, ...] = (U64, U64, U8, U8)
    parameters: tuple[Field, ...] = field(default=(U32,) * 7)
    mark: tuple[Field, ...] = (U8, U32, I64, I64, U64, U64)


LAYOUT: Final = _Layout()


def encode(command: Command) -> bytes:
    """A command as it stands in the log."""
    if not isinstance(command, Table):
        return commands.encode(command)
    table = command.table
    head = (command.epoch, table.time, len(table.marks), len(table.stress))
    numbers = list(zip(LAYOUT.head, head, strict=True))
    numbers += zip(LAYOUT.parameters, table.parameters.elements[:7], strict=True)
    for mark in table.marks:
        parts = (mark.status, mark.listing, mark.funding, mark.value, mark.risk_long, mark.risk_short)
        numbers += zip(LAYOUT.mark, parts, strict=True)
    numbers += [(I64, value) for row in table.stress for value in row]
    return bytes([TABLE]) + b"".join(width.write(number) for width, number in numbers)


def decode(data: bytes) -> Command:
    """
    A command of the log.

    Of a table's parameters only what margins is in it: their market hash is 0, and so its root is not the committee's.
    """
    if data[:1] != bytes([TABLE]):
        command: Command = commands.decode(data)
        return command
    at = 1

    def read(width: Field) -> int:
        nonlocal at
        at += width.size
        return width.read(data, at - width.size)

    epoch, time, slots, scenarios = (read(width) for width in LAYOUT.head)
    if slots < 1 or scenarios < 1:
        raise Malformed("a table of nothing")
    parameters = [read(width) for width in LAYOUT.parameters]
    marks = [[read(width) for width in LAYOUT.mark] for _ in range(slots)]
    stress = tuple(tuple(read(I64) for _ in range(slots)) for _ in range(scenarios))
    if at != len(data):
        raise Malformed("a record goes on too long")
    try:
        table = RiskTable(
            Parameters(*parameters), tuple(Mark(Status(first), *rest) for first, *rest in marks), stress, time
        )
    except ValueError as error:
        raise Malformed(f"a table that no committee may sign: {error}") from None
    return Table(epoch, table)
