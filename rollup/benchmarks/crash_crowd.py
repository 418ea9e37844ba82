"""
The crowd of the crash: who is there, what each wants to hold, and how each behaves when the price falls.

Books are the usual ones: perpetuals and futures either way, basis, straddles, protective puts, covered calls, short
options, each at a leverage of its own. Most of the crowd sits still. Some are *prudent* and halve what is called for
margin; some *trust* the mark and offer to trade at it; some are *informed* and know what is true: they sell at a mark
that is too high, and take out what a false mark says is theirs. All of it follows from a seed.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import Final, TypeVar

from rollup.market.defaults import USDC, default_terms
from rollup.market.fixed import PPM
from rollup.market.simulator import Randomness
from rollup.spec.account import REVENUE
from rollup.spec.margin import values_of
from rollup.spec.table import RiskTable

__all__ = ["PERPETUALS", "SLOTS", "Crowd", "Habit", "Maker", "Trader", "crowd_of"]

T = TypeVar("T")

SLOTS: Final = range(1, len(default_terms()) + 1)
"""Slots of the default market that hold something."""

PERPETUALS: Final = (1, 2)
"""Of bitcoin and of ether."""

SHARED: Final = 4
"""Makers that share the slots out between them: eight order places quote four slots on both sides."""

BOOKS: Final[dict[str, tuple[int, tuple[dict[int, int], ...]]]] = {
    "long perpetual": (30, ({1: 1}, {2: 1})),
    "long future": (10, ({3: 1}, {4: 1})),
    "short perpetual": (12, ({1: -1}, {2: -1})),
    "basis": (8, ({1: 1, 3: -1}, {2: 1, 4: -1})),
    "long straddle": (6, ({5: 1, 6: 1}, {11: 1, 12: 1})),
    "short straddle": (6, ({5: -1, 6: -1}, {11: -1, 12: -1})),
    "protective put": (8, ({6: 1, 1: 1}, {12: 1, 2: 1})),
    "covered call": (8, ({3: 1, 10: -1}, {2: 1, 11: -1})),
    "short puts": (8, ({6: -1, 9: -1}, {12: -1, 13: -1})),
    "short strangle": (4, ({9: -1, 10: -1}, {11: -1, 13: -1})),
}
"""Books by name: how many of a hundred traders hold one, and its legs in lots by slot, on bitcoin and on ether."""


class Habit(Enum):
    """What a trader does once the price falls."""

    PASSIVE = "passive"
    PRUDENT = "prudent"
    TRUSTING = "trusting"
    INFORMED = "informed"


HABITS: Final = ((Habit.PRUDENT, 200_000), (Habit.TRUSTING, 150_000), (Habit.INFORMED, 100_000))
"""Part of the crowd, ppm; the rest is passive."""


@dataclass(frozen=True, slots=True)
class Maker:
    """Quotes a share of the slots around the true price, at a distance of its own."""

    account: int
    slots: tuple[int, ...]
    level: int
    """1 for the nearest."""
    deposit: int


@dataclass(frozen=True, slots=True)
class Trader:
    """Somebody with a book."""

    account: int
    book: str
    habit: Habit
    deposit: int
    """10^-6 USDC."""
    legs: tuple[tuple[int, int], ...]
    """(slot, lots) as wanted, the safer leg first."""


@dataclass(frozen=True, slots=True)
class Crowd:
    """Everybody but the fund and the operator."""

    makers: tuple[Maker, ...]
    traders: tuple[Trader, ...]
    fund: int
    """What the fund is given, 10^-6 USDC."""

    @property
    def everyone(self) -> list[Maker | Trader]:
        return [*self.makers, *self.traders]


FUND_SHARE: Final = 100_000
"""The fund, of what traders without makers pay in, ppm: with makers, under two percent of all collateral."""

MAKER_SHARE: Final = 5_000_000
"""What makers together pay in, of what traders do, ppm."""


def crowd_of(accounts: int, seed: int, table: RiskTable) -> Crowd:
    """So many accounts from a seed, their books sized by the table's margin."""
    if accounts < 6 * SHARED:
        raise ValueError(f"a crowd has {6 * SHARED} accounts or more")
    randomness = Randomness(seed)
    sets = max(2, accounts // (25 * SHARED))
    first = REVENUE + 1
    traders = tuple(_trader(account, randomness, table) for account in range(first + sets * SHARED, first + accounts))
    paid_in = sum(trader.deposit for trader in traders)
    makers = tuple(
        Maker(
            account=first + number,
            slots=tuple(SLOTS)[number % SHARED :: SHARED],
            level=1 + number // SHARED,
            deposit=paid_in * MAKER_SHARE // PPM // (sets * SHARED),
        )
        for number in range(sets * SHARED)
    )
    return Crowd(makers, traders, paid_in * FUND_SHARE // PPM)


def _trader(account: int, randomness: Randomness, table: RiskTable) -> Trader:
    book = _drawn(randomness, [(name, weight) for name, (weight, _) in BOOKS.items()])
    legs = BOOKS[book][1][randomness.below(2)]
    parts = [*HABITS, (Habit.PASSIVE, PPM - sum(part for _, part in HABITS))]
    habit = _drawn(randomness, parts)
    deposit = USDC * 1_000 * (1 << randomness.below(6)) * (750 + randomness.below(500)) // 1_000
    used = 250_000 + randomness.below(700_000)
    lots = max(1, deposit * used // PPM // _unit(legs, table))
    return Trader(account, book, habit, deposit, tuple((slot, lots * one) for slot, one in legs.items()))


def _unit(legs: dict[int, int], table: RiskTable) -> int:
    """
    What one unit of a book is counted as: its margin, or a third of what its legs would ask for alone.

    Legs are entered one after the other, so a hedge cannot be as large as its own margin would allow.
    """
    vector = tuple(legs.get(slot, 0) for slot in range(len(table.marks)))
    values = values_of(vector, table)
    apart = sum(
        abs(lots) * max(table.marks[slot].risk_long, table.marks[slot].risk_short) for slot, lots in legs.items()
    )
    return max(values[0] - min(values), apart // 3)


def _drawn(randomness: Randomness, weighted: list[tuple[T, int]]) -> T:
    """One of several, as often as its weight says."""
    drawn = randomness.below(sum(weight for _, weight in weighted))
    for one, weight in weighted:
        drawn -= weight
        if drawn < 0:
            return one
    raise AssertionError("weights add up")
