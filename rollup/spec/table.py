"""
The risk table: what every slot is worth, now and under stress, at one oracle epoch.

`W_{j,s} = P_{j,s} - F_j` is the value of one lot of slot j in scenario s less the funding it has accrued, in 10^-6
USDC; scenario 0 is the mark. An account's equity in scenario s is the dot product of its quantities with W_s. The table
is committed as `riskRoot`; marks are opened slot by slot, stressed values all at once.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TypeAlias

from rollup.spec.errors import TableBound
from rollup.spec.hashes import field, hash_list, tagged
from rollup.spec.shared import Status, Tag, Width
from rollup.spec.types import FieldElement
from rollup.spec.words import pack, unpack

__all__ = [
    "CASH_MARK",
    "CASH_SLOT",
    "MILLION",
    "Mark",
    "Marks",
    "Parameters",
    "RiskTable",
    "lot_risk_hash",
    "mark_elements",
    "marks_root",
]

MILLION = 1_000_000
"""One, in parts per million: the unit of κ, bands and caps."""

CASH_SLOT = 0
"""The slot of USDC: it is worth one in every scenario, has no funding, and is never traded."""

PRICE_BOUND = 1 << 40
"""The table builder keeps prices below this; a lot worth more is listed in smaller lots."""

VALUE_BOUND = 1 << Width.VALUE
"""|W| and |F| stay below this: circuits assume it, and every committee member checks it."""


@dataclass(frozen=True)
class Parameters:
    """What governance sets and a circuit reads, in ppm, and a hash of everything else that it sets."""

    maintenance: int
    """κ_mm: the part of the stress that maintenance margin covers."""
    exit: int
    """κ_ex: the part of the stress that a forced CLOSE leaves behind; between the other two."""
    close_out: int
    """κ_co: the part at which the fund takes an account over."""
    liquidation_band: int
    """How far from the mark a liquidation may trade, of lotRisk; at most κ_co/4."""
    fund_band: int
    """The same for the fund's own legs."""
    fee_cap: int
    """No fee may be higher, of the cash of its leg."""
    penalty_cap: int
    """No penalty may be higher, of lotRisk of the lots reduced; less than three quarters of κ_co."""
    market_hash: int = 0
    """Hash of shocks, regime thresholds, breaker limits and oracle rules."""

    def __post_init__(self) -> None:
        """The relations that section 5 and 8 demand; a table with others is never signed."""
        bounds = {
            "κ_ex < κ_mm ≤ 1": self.exit < self.maintenance <= MILLION,
            "0 < κ_co ≤ κ_ex": 0 < self.close_out <= self.exit,
            "liquidation band ≤ κ_co/4": 0 <= 4 * self.liquidation_band <= self.close_out,
            "fund band ≤ κ_co/4": 0 <= 4 * self.fund_band <= self.close_out,
            "penalty cap + κ_co/4 < κ_co": 0 <= 4 * self.penalty_cap < 3 * self.close_out,
            "fee cap < 2^16": 0 <= self.fee_cap < 1 << 16,
        }
        for rule, holds in bounds.items():
            if not holds:
                raise TableBound(rule, self)

    @property
    def elements(self) -> tuple[int, ...]:
        """What `paramsHash` opens to, in its order."""
        return (
            self.maintenance,
            self.exit,
            self.close_out,
            self.liquidation_band,
            self.fund_band,
            self.fee_cap,
            self.penalty_cap,
            self.market_hash,
        )

    @cached_property
    def hash(self) -> int:
        """`paramsHash`, the public input that L1 compares with governance's."""
        return tagged(Tag.PARAMS, *self.elements)


@dataclass(frozen=True, slots=True)
class Mark:
    """One slot at the mark."""

    status: Status = Status.EMPTY
    listing: int = 0
    """Which instrument the slot holds now; raised at each recycling and signed in every order."""
    funding: int = 0
    """F: cumulative funding per lot."""
    value: int = 0
    """W_0 = P_0 - F."""
    risk_long: int = 0
    """The most that one lot long loses in any scenario, at least 0."""
    risk_short: int = 0
    """The same for one lot short."""

    @property
    def price(self) -> int:
        """P_0, what one lot costs at the mark."""
        return self.value + self.funding

    def word(self) -> int:
        """The mark as L1 sees it."""
        return pack(
            "mark",
            status=self.status,
            listing=self.listing,
            funding=self.funding + VALUE_BOUND,
            value=self.value + VALUE_BOUND,
            risk_long=self.risk_long,
            risk_short=self.risk_short,
        )

    @classmethod
    def of_word(cls, word: int) -> Mark:
        """The mark that L1 posted as `word`."""
        parts = unpack("mark", word)
        return cls(
            Status(parts["status"]),
            parts["listing"],
            parts["funding"] - VALUE_BOUND,
            parts["value"] - VALUE_BOUND,
            parts["risk_long"],
            parts["risk_short"],
        )


Marks: TypeAlias = tuple[Mark, ...]
"""The marks of all slots: all that a sweep and an escape need of a table, and what L1 posts in clear."""


def lot_risk_hash(marks: Marks) -> FieldElement:
    """Lot risks of every slot, which only a liquidation opens. Cash, the same in all tables, is in no list."""
    return hash_list(Tag.LOTRISK, [risk for mark in marks[1:] for risk in (mark.risk_long, mark.risk_short)])


def marks_root(marks: Marks) -> FieldElement:
    """The list of `mark_elements`."""
    return hash_list(Tag.MARKS, mark_elements(marks))


def mark_elements(marks: Marks) -> list[FieldElement]:
    """
    Status, listing and F of every slot but cash, the hash of lot risks, then W_0 of every slot.

    Values come last, so that an escape opens the end of the list only.
    """
    read = [part for mark in marks[1:] for part in (mark.status.value, mark.listing, field(mark.funding))]
    return [*read, lot_risk_hash(marks), *(field(mark.value) for mark in marks[1:])]


CASH_MARK = Mark(Status.ACTIVE, 0, 0, 1, 0, 0)
"""What slot 0 always holds."""


@dataclass(frozen=True)
class RiskTable:
    """Marks of all slots and their values in every stress scenario, at one time under one set of parameters."""

    parameters: Parameters
    marks: Marks
    stress: tuple[tuple[int, ...], ...]
    """W_1 .. W_S, each with a value for every slot."""
    time: int
    """Epoch of the table, in seconds."""

    def __post_init__(self) -> None:
        """Bounds that the table builder and every committee member check, and circuits assume."""
        if self.marks[CASH_SLOT] != CASH_MARK or any(row[CASH_SLOT] != 1 for row in self.stress):
            raise TableBound("slot 0 is cash", self.marks[CASH_SLOT])
        if any(len(row) != len(self.marks) for row in self.stress):
            raise TableBound("every scenario has a value for every slot", len(self.marks))
        if not 0 <= self.time < 1 << Width.TIME:
            raise TableBound("time has 40 bits", self.time)
        for slot, mark in enumerate(self.marks):
            values = [row[slot] for row in self.stress]
            if any(abs(value) >= VALUE_BOUND for value in (mark.funding, mark.value, *values)):
                raise TableBound("|W|, |F| < 2^47", (slot, mark))
            if not 0 <= mark.price < PRICE_BOUND:
                raise TableBound("0 ≤ P < 2^40", (slot, mark))
            if mark.status in (Status.EMPTY, Status.SETTLED) and any(value != mark.value for value in values):
                raise TableBound("an empty or settled slot has one value in every scenario", (slot, mark))
            if mark.risk_long != max(0, *(mark.value - value for value in values)):
                raise TableBound("lotRisk of a long lot", (slot, mark))
            if mark.risk_short != max(0, *(value - mark.value for value in values)):
                raise TableBound("lotRisk of a short lot", (slot, mark))

    def values(self, scenario: int) -> tuple[int, ...]:
        """W_s of every slot; scenario 0 is the mark."""
        return self.rows[scenario]

    @cached_property
    def rows(self) -> tuple[tuple[int, ...], ...]:
        """W_0 .. W_S."""
        return (tuple(mark.value for mark in self.marks), *self.stress)

    @property
    def any_active(self) -> bool:
        """Whether some slot beside cash has status 1; without a fresh attestation no such table may be used."""
        return any(mark.status == Status.ACTIVE for mark in self.marks[1:])

    @cached_property
    def lot_risk_hash(self) -> int:
        return lot_risk_hash(self.marks)

    @cached_property
    def marks_root(self) -> int:
        return marks_root(self.marks)

    @cached_property
    def stress_root(self) -> int:
        return hash_list(Tag.STRESS, [field(value) for row in self.stress for value in row[1:]])

    @cached_property
    def root(self) -> int:
        """`riskRoot`."""
        return tagged(Tag.RISK, self.parameters.hash, self.marks_root, self.stress_root, self.time)
