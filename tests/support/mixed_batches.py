"""
Random batches of everything that a clearing house does, for proving: ten steps or so at one epoch.

Forced requests first, a forced close; then in random order trades over a perpetual, a future and options, money in and
out, a liquidation whose lots the street takes, a takeover; settled positions are swept wherever they are touched, and
decoys fill what is left.
"""

from __future__ import annotations

import random
from collections.abc import Callable

from support.spec_builders import Instrument, World, close, liquidation, table_of, takeover

from rollup.spec.account import FUND
from rollup.spec.errors import Rejected
from rollup.spec.funds import Deposit, Forced
from rollup.spec.orders import Leg
from rollup.spec.shared import Profile, Side, Status
from rollup.spec.step import Applied

__all__ = ["mixed_batch"]

PERPETUAL, FUTURE, CALL, PUT, EXPIRED, CLOSING, HALTED = range(1, 8)
BOARD = (
    Instrument(1_000, (-100, 100, -50, 50), funding=-7),
    Instrument(1_020, (-105, 105, -50, 50), listing=9),
    Instrument(60, (-45, 70, -10, 15), listing=3),
    Instrument(55, (65, -40, 12, -8)),
    Instrument(37, status=Status.SETTLED, listing=2),
    Instrument(500, (-50, 50), Status.REDUCE_ONLY),
    Instrument(200, (-40, 40), Status.HALTED),
)
OPEN = (PERPETUAL, FUTURE, CALL, PUT)
MEMBERS = (2, 3, 4, 5)
WEAK, FAILED, LEAVING, SAVER, NEWCOMER = 6, 7, 8, 9, 20


class _Batch:
    """One batch in the making."""

    def __init__(self, seed: int, profile: Profile) -> None:
        self.random = random.Random(seed)
        self.world = World(table_of(*BOARD, profile=profile), profile)
        self.deposits = 0
        roll = self.random.randint
        for index in MEMBERS:
            positions = {slot: roll(-20, 20) for slot in (*OPEN, EXPIRED)}
            self.seat(index, roll(60_000, 90_000), positions | {CLOSING: roll(0, 5)})
        self.seat(WEAK, roll(3_600, 4_400), {PERPETUAL: 100, EXPIRED: roll(-3, 3)})
        self.seat(FAILED, roll(-500, 900), {PERPETUAL: 100, PUT: roll(0, 5)})
        self.seat(LEAVING, roll(20_000, 40_000), {FUTURE: roll(-40, 40), HALTED: roll(0, 1) * 10})
        self.seat(SAVER, roll(0, 9_000), {CALL: roll(-10, 10), EXPIRED: 2})
        self.world.seat(FUND, {0: roll(0, 50_000)})

    def seat(self, index: int, equity: int, positions: dict[int, int]) -> None:
        """An account that is worth `equity` at the mark."""
        marks = self.world.table.marks
        cash = equity - sum(lots * marks[slot].value for slot, lots in positions.items())
        self.world.seat(index, {0: cash, **positions})

    def run(self) -> list[Applied]:
        self.forced()
        self.world.liquidate(close(LEAVING, request=self.random.randint(0, 99)))
        acts: list[Callable[[], None]] = [self.trades, self.trades, self.money, self.housekeeping, self.failures]
        self.random.shuffle(acts)
        for act in acts:
            act()
        self.world.end_batch()
        return self.world.history

    def forced(self) -> None:
        index, asked = self.random.choice([(SAVER, 10**9), (WEAK, 10**9), (self.random.choice(MEMBERS), 1_000), (2, 0)])
        self.world.funds(Forced(index, 7, asked), self.deposit(self.random.choice(MEMBERS)))

    def deposit(self, index: int) -> Deposit:
        self.deposits += 1
        return Deposit(index, self.deposits, self.random.randint(0, 9_999))

    def legs(self, index: int, count: int) -> list[Leg]:
        """Fills of one account at or near the mark, sometimes of a reduce-only order."""
        made = []
        for slot in self.random.sample(OPEN, count):
            held = self.world.held(index, slot)
            reducing = abs(held) > 1 and self.random.random() < 0.4
            side = (Side.SELL if held > 0 else Side.BUY) if reducing else self.random.choice(list(Side))
            lots = self.random.randint(1, abs(held)) if reducing else self.random.randint(1, 15)
            price = self.world.table.marks[slot].price + self.random.randint(-3, 3)
            fee = lots * price * self.random.randint(0, 1_000) // 10**6
            made.append(self.world.leg(index, slot, side, lots, lots * price, fee, reduce_only=reducing))
        return made

    def trades(self) -> None:
        """Takers with one leg, a maker with several; the street stands against all of them."""
        makers = self.random.sample(MEMBERS, self.world.profile.wide)
        takers = [index for index in MEMBERS if index not in makers][: self.world.profile.narrow]
        takers = [index for index in takers if not self.world.held(index, EXPIRED)]
        wide = [self.legs(index, self.random.randint(1, min(4, self.world.profile.legs))) for index in makers]
        narrow = [leg for index in takers for leg in self.legs(index, 1)]
        self.world.trade(narrow=narrow, wide=wide)
        self.answer()

    def answer(self) -> None:
        """The street takes whatever is open, in as many steps as it needs."""
        open_slots = [slot for slot in OPEN if self.world.suspense.vector[slot]]
        while open_slots:
            chosen, open_slots = open_slots[: self.world.profile.legs], open_slots[self.world.profile.legs :]
            legs: list[Leg] = []
            for slot in chosen:
                owed, mark = self.world.suspense.vector[slot], self.world.table.marks[slot]
                side = Side.BUY if owed > 0 else Side.SELL
                paid = abs(owed) * mark.price
                if not open_slots and slot == chosen[-1]:
                    paid = self._rest(legs, slot)
                legs.append(self.world.leg(self.world.street, slot, side, abs(owed), paid))
            self.world.trade(wide=[legs])
        assert not any(self.world.suspense.vector), self.world.suspense

    def _rest(self, legs: list[Leg], slot: int) -> int:
        """The cash that closes the suspense: what is owed, less what the legs before this one change."""
        marks = self.world.table.marks
        owed = self.world.suspense.vector
        cash = owed[0] + sum(leg.sign * (leg.cash - leg.quantity * marks[leg.order.slot].funding) for leg in legs)
        lots = owed[slot]
        sign = 1 if lots > 0 else -1
        return int(-sign * cash + abs(lots) * marks[slot].funding)

    def money(self) -> None:
        """Everything that moves an owner's money, in as many steps as the profile needs."""
        pay, get, other = self.random.sample(MEMBERS, 3)
        amount = self.random.randint(0, 900)
        self.world.funds(self.world.transfer(pay, get, amount), self.world.note(other, self.random.randint(1, 500)))
        self.world.funds(self.world.withdraw(get, self.random.randint(0, 700)), self.deposit(FUND))

    def housekeeping(self) -> None:
        """A newcomer, a rotation, a cancel, the fees so far."""
        index = self.random.choice(MEMBERS)
        nonce = self.world.place(index, 1)["nonce"] + self.random.choice([0, 1, 2**32 - 1])
        self.world.funds(self.world.cancel(index, 1, nonce), self.world.rotate(index))
        if NEWCOMER not in self.world.state.accounts:
            self.world.join("newcomer", self.random.randint(0, 5_000), index=NEWCOMER, deposit=77)
        self.world.credit_fees()

    def failures(self) -> None:
        """The weak account is liquidated, as far as it needs, and the failed one taken over."""
        mark = self.world.table.marks[PERPETUAL]
        for lots in range(1, 100):
            try:
                lane = liquidation(WEAK, (PERPETUAL, Side.SELL, lots, lots * (mark.price - 1), lots))
                self.world.liquidate(lane, takeover(FAILED))
                break
            except Rejected as refusal:
                assert refusal.rule in ("LIQ-8", "LIQ-9"), refusal
        else:
            raise AssertionError("no liquidation was found")
        self.answer()


def mixed_batch(seed: int, profile: Profile) -> list[Applied]:
    """The steps of one random batch, every one accepted by the law."""
    return _Batch(seed, profile).run()
