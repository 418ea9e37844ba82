"""
What tests of the law are built from: traders with deterministic keys, risk tables, signed orders and operations.

Nothing here is random or knows a state; `spec_builders.World` puts these pieces together.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache

from prover import crypto
from prover.types import Point, Signature
from rollup.spec.account import FUND, REVENUE, Owner, keys_hash
from rollup.spec.data import encode
from rollup.spec.hashes import R, keccak_to_field, tagged
from rollup.spec.orders import Order
from rollup.spec.shared import PROFILES, Profile, Side, Status, Tag
from rollup.spec.table import CASH_MARK, Mark, Parameters, RiskTable

FAST = crypto.load().name == "native"
"""Whether hashing costs microseconds; with the readable reference long runs are skipped or shortened."""

CHAIN_ID, CLEARING = 31_337, 0x1E5E3B9677D9EF71F582835891EFE6FA8398571B
"""A local chain, and the address of Clearing there when `settlement_twin` deploys the tests' system for real."""

DOMAIN = keccak_to_field(encode([CHAIN_ID, CLEARING, 1]))
"""Which chain and contract the tests play on."""

NOW = 1_800_000_000
"""Time of a test's first table."""

LATER = NOW + 3_600
"""When orders and operations of the tests expire, unless they say otherwise."""

TINY = PROFILES["tiny"]

PARAMETERS = Parameters(
    maintenance=500_000,
    exit=400_000,
    close_out=250_000,
    liquidation_band=62_500,
    fund_band=62_500,
    fee_cap=1_000,
    penalty_cap=100_000,
)
"""κ_mm 50 %, κ_ex 40 %, κ_co 25 %; bands as wide as they may be."""


def element(*parts: object) -> int:
    """A field element that looks random and follows from its parts."""
    return int.from_bytes(hashlib.sha512(repr(parts).encode()).digest(), "big") % R


def secret(*parts: object) -> bytes:
    """32 bytes that keys are made of."""
    return hashlib.sha256(repr(parts).encode()).digest()


@dataclass(frozen=True)
class Trader:
    """Everything that a trader knows of itself; `generation` counts its rotations."""

    name: str
    generation: int = 0

    @property
    def owner_secret(self) -> bytes:
        return secret(self.name, "owner", self.generation)

    @property
    def trading_secret(self) -> bytes:
        return secret(self.name, "trading", self.generation)

    @property
    def note_key(self) -> int:
        return element(self.name, "note")

    @property
    def owner(self) -> Owner:
        return _owner(self)

    @property
    def keyring(self) -> dict[int, tuple[Point, Point]]:
        """Every pair of keys that its wallet can derive, as recovery wants them."""
        owners = [Trader(self.name, generation).owner for generation in range(self.generation + 4)]
        return {keys_hash(owner.owner_key, owner.trading_key): (owner.owner_key, owner.trading_key) for owner in owners}

    def rotated(self) -> Trader:
        return replace(self, generation=self.generation + 1)

    def sign_order(self, message: int) -> Signature:
        return crypto.load().sign(self.trading_secret, message)

    def sign_as_owner(self, message: int) -> Signature:
        return crypto.load().sign(self.owner_secret, message)


@cache
def _owner(trader: Trader) -> Owner:
    maths = crypto.load()
    return Owner(
        maths.public_key(trader.owner_secret),
        maths.public_key(trader.trading_secret),
        element(trader.name, "view"),
        tagged(Tag.NOTEKEY, trader.note_key),
        int.from_bytes(secret(trader.name, "l1")[:20], "big"),
    )


FUND_TRADER = Trader("fund")
REVENUE_TRADER = Trader("revenue")
GENESIS = {FUND: FUND_TRADER, REVENUE: REVENUE_TRADER}


@dataclass(frozen=True)
class Instrument:
    """
    One slot of a table.

    `moves` are changes of its price in scenario 1, 2, …; scenarios beyond them leave the price alone.
    """

    price: int
    moves: tuple[int, ...] = ()
    status: Status = Status.ACTIVE
    listing: int = 1
    funding: int = 0

    def values(self, scenarios: int) -> tuple[int, ...]:
        """W_1 … W_S."""
        moves = (*self.moves, *(0,) * (scenarios - len(self.moves)))
        return tuple(self.price - self.funding + move for move in moves)

    def mark(self, scenarios: int) -> Mark:
        value, stressed = self.price - self.funding, self.values(scenarios)
        return Mark(
            self.status,
            self.listing,
            self.funding,
            value,
            max(0, *(value - other for other in stressed)),
            max(0, *(other - value for other in stressed)),
        )

    def moved(self, by: int) -> Instrument:
        return replace(self, price=self.price + by)

    def in_status(self, status: Status) -> Instrument:
        """The same under another status; what is settled has one value in every scenario."""
        return replace(self, status=status, moves=() if status is Status.SETTLED else self.moves)


PERPETUAL = Instrument(1_000, (-100, 100, -50, 50))
"""Ten per cent either way: the contract of most examples."""


def table_of(
    *instruments: Instrument | None,
    profile: Profile = TINY,
    parameters: Parameters = PARAMETERS,
    time: int = NOW,
) -> RiskTable:
    """A table with these instruments in slots 1, 2, …; None leaves a slot empty."""
    present = [instrument or Instrument(0, status=Status.EMPTY, listing=0) for instrument in instruments]
    empty = Instrument(0, status=Status.EMPTY, listing=0)
    slots = [*present, *[empty] * (profile.slots - 1 - len(present))]
    marks = (CASH_MARK, *(slot.mark(profile.scenarios) for slot in slots))
    columns = [slot.values(profile.scenarios) for slot in slots]
    stress = tuple((1, *(column[s] for column in columns)) for s in range(profile.scenarios))
    return RiskTable(parameters, marks, stress, time)


def widened(table: RiskTable, numerator: int, denominator: int = 1) -> RiskTable:
    """The table with W_s - W_0 of every slot multiplied by one factor, as while anything is halted."""
    rows = tuple(
        tuple(
            mark.value + (value - mark.value) * numerator // denominator
            for mark, value in zip(table.marks, row, strict=True)
        )
        for row in table.stress
    )
    marks = tuple(
        replace(
            mark,
            risk_long=max(0, *(mark.value - row[slot] for row in rows)),
            risk_short=max(0, *(row[slot] - mark.value for row in rows)),
        )
        for slot, mark in enumerate(table.marks)
    )
    return RiskTable(table.parameters, marks, rows, table.time)


BOARD = (
    PERPETUAL,
    Instrument(500, (-50, 50), Status.REDUCE_ONLY),
    Instrument(200, (-40, 40), Status.HALTED),
    Instrument(300, status=Status.SETTLED),
    Instrument(0, (0, 0, 0, 5)),
    Instrument(990, (-100, 100, -50, 50), listing=7, funding=-20),
)
"""Slot 1 a perpetual, 2 reduce-only, 3 halted, 4 settled, 5 a worthless option, 6 a future that hedges slot 1."""


def order(account: int, slot: int, side: Side, quantity: int, limit: int, **others: int | bool) -> Order:
    """An order at place 0 under nonce 1, unless `others` says something else."""
    settings: dict[str, int | bool] = {"listing": 1, "max_fee_ppm": 1_000, "place": 0, "nonce": 1, "expiry": LATER}
    settings |= others
    return Order(account=account, slot=slot, side=side, limit=limit, quantity=quantity, **settings)  # type: ignore[arg-type]


def book(profile: Profile, holdings: dict[int, int] | Sequence[int]) -> tuple[int, ...]:
    """A vector from `{slot: quantity}`, slot 0 being cash."""
    if not isinstance(holdings, dict):
        return tuple(holdings)
    return tuple(holdings.get(slot, 0) for slot in range(profile.slots))
