"""
A crash, played on the law alone: hundreds of accounts, prices 40 % down in ten epochs, and a scripted liquidator.

With breakers the table follows the price every epoch and its stress triples; without them it stays where it was for a
few epochs and then catches up. A maker buys what is liquidated, never above the true price and only so many lots an
epoch; what it does not take goes to the fund, and from a failing fund to those who stand against it.
"""

from __future__ import annotations

import random
from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from support.spec_builders import PARAMETERS, Instrument, World, deleverage, liquidation, table_of, takeover

from rollup.spec.account import FUND
from rollup.spec.errors import Rejected
from rollup.spec.liquidate import LiquidationLane, Reduction, liquidated
from rollup.spec.margin import values_of, violates
from rollup.spec.shared import Mode, Profile, Side
from rollup.spec.solvency import scan
from rollup.spec.table import RiskTable

PROFILE = Profile(
    "crash",
    account_depth=3,
    district_height=3,
    note_depth=2,
    places=4,
    slots=16,
    scenarios=4,
    narrow=2,
    wide=2,
    legs=4,
    operations=4,
    new_keys=4,
    new_notes=4,
    forced_payments=4,
    liquidations=8,
    groups=1,
)

START = 50_000_000
"""Price of a lot before the crash: 50 USDC."""

EPOCHS = 10
CALM = 10
"""Stress of the first table, in per cent of the price."""


@dataclass
class Epoch:
    """What happened in one epoch."""

    price: int
    mark: int
    stress: int
    liquidated: int = 0
    taken_over: int = 0
    deleveraged: int = 0
    unloaded: int = 0
    fund: int = 0
    fund_lots: int = 0
    beyond: int = 0

    def row(self) -> str:
        return (
            f"{self.price / 1e6:8.2f} {self.mark / 1e6:8.2f} {self.stress:5d}% "
            f"{self.liquidated:8d} {self.taken_over:6d} "
            f"{self.unloaded:8d} {self.deleveraged:8d} {self.fund / 1e6:12,.0f} {self.fund_lots:9d} {self.beyond:6d}"
        )


HEADER = "   price     mark stress   liq.lots  taken  fund-off delev.lots  fund-equity fund-lots beyond"


@dataclass
class Crash:
    """One run; `epochs` tells it."""

    breakers: bool
    members: int = 240
    seed: int = 1
    depth: int = 1_500
    """Lots that the maker takes an epoch."""
    fund: int = 12_000_000_000
    world: World = field(init=False)
    epochs: list[Epoch] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.world = World(self.table(START, CALM), PROFILE)
        self.world.seat(FUND, {0: self.fund})
        chance = random.Random(self.seed)
        for index in range(2, 2 + self.members):
            lots = chance.randint(20, 200) * (1 if chance.random() < 0.7 else -1)
            hedge = -lots * chance.choice([0, 0, 0, 0, 50, 95]) // 100
            stress = abs(lots + hedge) * START * CALM // 100 + abs(hedge) * START // 100
            equity = stress * chance.choice([110, 130, 160, 200, 300, 500]) // 100
            self.world.seat(index, {0: equity - (lots + hedge) * START, 1: lots, 2: hedge})

    def table(self, mark: int, stress: int) -> RiskTable:
        """A perpetual and a future on one underlying; the future moves a little less."""
        move = mark * stress // 100
        perpetual = Instrument(mark, (-move, move, -move // 2, move // 2))
        future = replace(perpetual, moves=tuple(part * 97 // 100 for part in perpetual.moves), listing=2)
        return table_of(perpetual, future, profile=PROFILE, time=1_800_000_000 + 3_600 * len(self.epochs))

    def run(self) -> Crash:
        """Ten epochs down, and three at the bottom."""
        for number in range(1, EPOCHS + 4):
            price = START - START * 4 * min(number, EPOCHS) // 100
            behind = number if self.breakers else (0 if number <= EPOCHS else number)
            mark = START - START * 4 * min(behind, EPOCHS) // 100
            stress = min(3 * CALM, CALM + 4 * behind) if self.breakers else CALM if number <= EPOCHS else 3 * CALM
            self.epochs.append(Epoch(price, mark, stress))
            self.world.end_batch(self.table(mark, stress))
            self.liquidate()
            self.take_over()
            self.unload()
            self.deleverage()
            result = scan(self.world.state, self.world.table)
            assert self.world.suspense.is_zero
            assert result.balanced
            epoch = self.epochs[-1]
            epoch.fund, epoch.beyond = self.world.equity(FUND), result.failed
            epoch.fund_lots = sum(self.world.account(FUND).vector[1:])
        return self

    # -- the liquidator

    def failing(self, kappa: int) -> list[int]:
        """Members below margin at κ, the worst first."""
        values = {index: self.world.values(index) for index in range(2, 2 + self.members)}
        return sorted((index for index in values if violates(values[index], kappa)), key=lambda i: min(values[i]))

    def liquidate(self) -> None:
        """As few lots as restore initial margin, as far as the maker goes."""
        lanes: list[LiquidationLane] = []
        left = self.depth
        for index in self.failing(PARAMETERS.maintenance):
            leg = self.reduction(index, left)
            if leg is not None:
                lanes.append(liquidation(index, leg))
                left -= leg[2]
        for step in chunks(lanes, PROFILE.liquidations):
            self.with_maker(step)
        self.epochs[-1].liquidated = self.depth - left

    def reduction(self, index: int, most: int) -> tuple[int, Side, int, int, int] | None:
        """The smallest reduction that the law accepts and that ends initial-margined, or the largest it accepts."""
        vector, marks = self.world.account(index).vector, self.world.table.marks
        slot = 1 if abs(vector[1]) >= abs(vector[2]) else 2
        mark, held = marks[slot], vector[slot]
        side, sign, risk = (Side.SELL, 1, mark.risk_long) if held > 0 else (Side.BUY, -1, mark.risk_short)
        best = None
        low, high = 1, min(most, abs(held))
        while low <= high:
            lots = (low + high) // 2
            worse = PARAMETERS.liquidation_band * lots * risk // 10**6
            cash = lots * mark.price - sign * worse
            if side is Side.SELL and cash > lots * self.epochs[-1].price:
                return None
            leg = (slot, side, lots, cash, PARAMETERS.penalty_cap * lots * risk // 10**6 // 2)
            try:
                after = liquidated(vector, (Reduction(*leg),), self.world.table)
            except Rejected as rejected:
                low, high = (low, lots - 1) if rejected.rule == "LIQ-9" else (lots + 1, high)
                continue
            best = leg
            low, high = (low, lots - 1) if min(values_of(after, self.world.table)) >= 0 else (lots + 1, high)
        return best

    def with_maker(self, lanes: list[LiquidationLane], fund: Iterable[Reduction] = ()) -> None:
        """The lanes' legs, and the maker's orders against their sum."""
        legs = [leg for lane in lanes for leg in lane.legs] + list(fund)
        self.world.liquidate(*lanes, fund=list(fund))
        sums: dict[tuple[int, Side], list[int]] = {}
        for leg in legs:
            total = sums.setdefault((leg.slot, leg.side), [0, 0])
            total[0] += leg.quantity
            total[1] += leg.cash
        street = self.world.street
        orders = [self.world.leg(street, slot, Side(1 - side), *total) for (slot, side), total in sums.items()]
        self.world.trade(wide=[orders])

    def take_over(self) -> None:
        failed = self.failing(PARAMETERS.close_out)
        for step in chunks([takeover(index) for index in failed], PROFILE.liquidations):
            self.world.liquidate(*step)
        self.epochs[-1].taken_over = len(failed)

    def unload(self) -> None:
        """The fund sells what the maker still takes, at its band's edge."""
        left = self.depth - self.epochs[-1].liquidated
        for slot in (1, 2):
            held, mark = self.world.held(FUND, slot), self.world.table.marks[slot]
            lots = min(left, abs(held))
            if not lots:
                continue
            side, sign, risk = (Side.SELL, 1, mark.risk_long) if held > 0 else (Side.BUY, -1, mark.risk_short)
            cash = lots * mark.price - sign * (PARAMETERS.fund_band * lots * risk // 10**6)
            if side is Side.SELL and cash > lots * self.epochs[-1].price:
                continue
            try:
                self.with_maker([], [Reduction(slot, side, lots, cash)])
            except Rejected:
                continue
            left -= lots
            self.epochs[-1].unloaded += lots

    def deleverage(self) -> None:
        """While the fund fails: those who stand against it, the largest first."""
        refused: set[tuple[int, int]] = set()
        while violates(self.world.values(FUND), PARAMETERS.maintenance):
            against = [
                (index, slot)
                for index in (*range(2, 2 + self.members), self.world.street)
                for slot in (1, 2)
                if self.world.held(index, slot) * self.world.held(FUND, slot) < 0 and (index, slot) not in refused
            ]
            if not against:
                return
            index, slot = max(against, key=lambda pair: abs(self.world.held(*pair)))
            owed = self.world.held(FUND, slot)
            lots = min(abs(owed), abs(self.world.held(index, slot)))
            while lots and not self.gives_back(index, slot, Side.BUY if owed > 0 else Side.SELL, lots):
                lots //= 2
            refused |= set() if lots else {(index, slot)}

    def gives_back(self, index: int, slot: int, side: Side, lots: int) -> bool:
        """Whether the law takes this account as a candidate for so many lots: no hedged one, and the fund improves."""
        leg = (slot, side, lots, lots * self.world.table.marks[slot].price)
        try:
            self.world.liquidate(deleverage(index, leg))
        except Rejected:
            return False
        self.epochs[-1].deleveraged += lots
        return True

    def report(self) -> str:
        """The run as a table."""
        title = "breakers on: tables follow" if self.breakers else "breakers off: tables follow late"
        return "\n".join([title, HEADER, *(epoch.row() for epoch in self.epochs)])


def chunks(lanes: list[LiquidationLane], size: int) -> list[list[LiquidationLane]]:
    assert all(lane.mode is not Mode.CLOSE for lane in lanes)
    return [lanes[start : start + size] for start in range(0, len(lanes), size)]
