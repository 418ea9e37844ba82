"""
Packing at random: accounts of every margin, filled as an exchange would, and operations of every kind.

However legs are cut into lanes, and wherever decoys stand, the law takes every step and comes to what it would come to
fill by fill, and operation by operation.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from functools import cache
from itertools import pairwise
from random import Random

import pytest
from support.spec_builders import World
from support.spec_values import BOARD, FAST, table_of

from rollup.ledger.funds import funds_steps, mixed
from rollup.ledger.planner import Planner
from rollup.ledger.touches import Touch, touches_of
from rollup.spec.account import REVENUE, Account
from rollup.spec.errors import Rejected
from rollup.spec.funds import Decoy, Deposit, Funding, FundsStep, TransferIn, TransferOut
from rollup.spec.margin import sweep, values_of
from rollup.spec.orders import Leg
from rollup.spec.shared import PROFILES, Side
from rollup.spec.trade import TradeStep, touch_account

pytestmark = pytest.mark.skipif(not FAST, reason="hundreds of steps are hashed: the native extension is needed")

PROFILE = replace(PROFILES["tiny"], narrow=4, wide=2, legs=3, operations=8)
"""Enough lanes that accounts share them, few enough that they wait for them."""

SEEDS = range(16)
TRADED = (1, 2, 6)
"""Slots of the board that orders may be filled in: the second only to reduce."""


# -- trades


class Pit:
    """Accounts that were filled one fill at a time, each checked as the exchange checks it."""

    def __init__(self, seed: int) -> None:
        self.random = Random(seed)
        self.world = World(table_of(*BOARD, profile=PROFILE), PROFILE)
        self.touches: dict[int, list[Touch]] = {}
        self.expected: dict[int, Account] = {}
        for index in range(2, 9):
            self.seat(index)
        for index in range(2, 8):  # the last one does nothing
            self.trade(index)

    def seat(self, index: int) -> None:
        """On margin that is ample, exact, or too little for what it holds."""
        lots = {slot: self.random.randint(-8, 8) for slot in TRADED}
        if self.random.random() < 0.3:
            lots[4] = 3  # settled: it waits to be swept
        vector = (0, *(lots.get(slot, 0) for slot in range(1, PROFILE.slots)))
        values = values_of(vector, self.world.table)
        spare = self.random.choice([100_000, 1_000, 0, (min(values) - values[0]) // 2])
        self.world.seat(index, (spare - min(values), *vector[1:]))

    def trade(self, index: int) -> None:
        """Up to twenty fills, some of orders that were filled before others and go on after them."""
        table, account = self.world.table, self.world.account(index)
        live: dict[int, Leg] = {}
        fills: list[Leg] = []
        for _ in range(self.random.randint(1, 40)):
            place = self.random.randrange(PROFILE.places)
            if place not in live or self.random.random() < 0.5:
                live[place] = self.order(index, place)
            signed, lots = live[place].order, self.random.randint(1, 4)
            fill = Leg(signed, live[place].signature, lots, lots * signed.limit, lots * signed.limit // 5_000)
            try:
                vector, places = touch_account(account, index, (fill,), table, wide=True)
            except Rejected:
                continue  # the exchange would not have matched it
            account = replace(account, vector=vector, places=places)
            fills.append(fill)
        if fills:
            self.touches[index] = touches_of(index, self.world.account(index), fills, table, PROFILE.legs)
            self.expected[index] = account

    def order(self, index: int, place: int) -> Leg:
        slot, side = self.random.choice(TRADED), self.random.choice(list(Side))
        price = self.world.table.marks[slot].price if slot != 6 else 990
        limit = price + self.random.randint(-5, 5)
        reduce_only = self.random.random() < 0.2
        return self.world.leg(index, slot, side, 12, 12 * limit, place=place, reduce_only=reduce_only, limit=limit)

    def steps(self, share: int) -> list[TradeStep]:
        """Applied by the law."""
        world = self.world
        planner = Planner(world.state.accounts, world.table, PROFILE, (8, 3, 5), lambda: 1, share)
        planner.trades(self.touches)
        for plan in planner.planned:
            world.apply(plan.body)
        return [plan.body for plan in planner.planned if isinstance(plan.body, TradeStep)]


@cache
def packed(seed: int, share: int) -> tuple[Pit, list[TradeStep]]:
    pit = Pit(seed)
    return pit, pit.steps(share)


@pytest.mark.parametrize("share", [0, 400_000])
@pytest.mark.parametrize("seed", SEEDS)
def test_pack_random_fills_comes_to_what_they_come_to_one_by_one(seed: int, share: int) -> None:
    pit, _ = packed(seed, share)
    marks = pit.world.table.marks
    for index, account in pit.expected.items():
        after = pit.world.account(index)
        assert (after.vector, after.places) == (sweep(account.vector, marks), account.places)


@pytest.mark.parametrize("seed", SEEDS)
def test_pack_random_fills_with_a_share_for_decoys_keeps_it(seed: int) -> None:
    _, steps = packed(seed, 400_000)
    idle = [sum(not lane.legs for lane in (*step.narrow, *step.wide)) for step in steps]
    assert min(idle) >= 0.4 * (PROFILE.narrow + PROFILE.wide)


def test_pack_random_fills_meets_every_way_to_stand_in_a_lane() -> None:
    ways: Counter[str] = Counter()
    for seed in SEEDS:
        pit, steps = packed(seed, 0)
        for touches in pit.touches.values():
            ways["needs a wide lane"] += sum(not touch.narrow for touch in touches)
            ways["needs it for several legs"] += sum(not one.narrow and len(one.legs) > 1 for one in touches)
            ways["is narrow after one that is not"] += any(
                not one.narrow and then.narrow for one, then in pairwise(touches)
            )
        for step in steps:
            narrow = {lane.account for lane in step.narrow if lane.legs}
            ways["shares a step with its narrow lanes"] += any(lane.account in narrow for lane in step.wide)
            ways["is full"] += any(len(lane.legs) == PROFILE.legs for lane in step.wide)
        ways["ends below initial margin"] += sum(min(pit.world.values(index)) < 0 for index in pit.expected)
    assert len(ways) == 6
    assert all(ways.values()), ways


# -- funds


def operations_at_random(world: World, random: Random) -> list[tuple[Funding, ...]]:
    groups: list[tuple[Funding, ...]] = []
    for number in range(random.randint(1, 12)):
        index, other = random.sample(range(2, 7), 2)
        match random.randrange(6):
            case 0:
                groups.append((Deposit(index, number, random.randrange(100)),))
            case 1:
                groups.append((world.withdraw(index, random.randrange(100)),))
            case 2:
                groups.append(world.transfer(index, other, random.randrange(100)))
            case 3:
                groups.append((world.cancel(index, random.randrange(PROFILE.places), nonce=number + 1),))
            case 4:
                groups.append((world.note(index, random.randrange(100)),))
            case _:
                groups.append((Decoy(index),))
    newcomer = world.traders.setdefault(7, replace(world.traders[2], name="newcomer"))
    at = random.randrange(len(groups) + 1)
    return [*groups[:at], (Deposit(7, 99, 50, newcomer.owner),), (Decoy(7),), *groups[at:]]


@pytest.mark.parametrize("seed", SEEDS)
def test_mix_random_operations_comes_to_what_they_come_to_unmixed(seed: int) -> None:
    ends = []
    for mixes in (False, True):
        world, steps = funded(seed)
        mixtures = [mixed(step, Random(seed).randrange(1 << 250)) for step in steps] if mixes else steps
        assert [_lines(step) for step in mixtures] == [_lines(step) for step in steps]
        for step in mixtures:
            world.apply(step)
        accounts = [
            (index, sweep(one.vector, world.table.marks), one.places, one.owner, one.owner_nonce)
            for index, one in sorted(world.state.accounts.items())
        ]
        ends.append((accounts, world.state.custody, world.state.notes.root))
    assert ends[0] == ends[1]


def funded(seed: int) -> tuple[World, list[FundsStep]]:
    """A world, and steps that wait to be applied to it."""
    random, world = Random(seed), World(table_of(*BOARD, profile=PROFILE), PROFILE)
    for index in range(2, 7):
        world.seat(index, {0: 10_000, 4: random.randrange(2)})
    groups = operations_at_random(world, random)
    return world, funds_steps(groups, PROFILE, lambda: random.choice([REVENUE, *range(2, 7)]), lambda: 1)


def _lines(step: FundsStep) -> dict[int, list[Funding]]:
    """Each account's operations in their order, transfers at even places."""
    assert len(step.operations) == PROFILE.operations
    for at, one in enumerate(step.operations):
        if isinstance(one, TransferOut):
            assert at % 2 == 0
            assert isinstance(step.operations[at + 1], TransferIn)
    business = {one.index for one in step.operations if not isinstance(one, Decoy)}
    return {index: [one for one in step.operations if one.index == index] for index in business}
