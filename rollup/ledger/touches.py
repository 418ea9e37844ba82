"""
From fills to trade steps: fills of one order become one leg, legs of one account a touch, touches lanes of steps.

An account's fills may be merged because its margin may be looked at where one likes: the close rule is transitive, so
what every single fill kept, all of them together keep. Where merging them changes more than margin (two nonces at one
place, a reduce-only order that was filled between two others), the fills are cut in two at a moment, and each half is
merged for itself; a fill alone is a touch that the exchange has checked already.

A narrow lane takes one leg, if the account keeps initial margin after it. Wherever that holds a touch is one leg, and
what lane it stands in is left to whoever makes steps: legs that narrow lanes would take one after the other a wide lane
takes together, as far as they are at different places, since an account that ends with initial margin passes the close
rule whatever it began with. Only where a leg alone would not do is a touch wide from the start.
"""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import islice, takewhile

from rollup.spec.account import Account
from rollup.spec.errors import Rejected
from rollup.spec.orders import Leg, Order
from rollup.spec.shared import Profile
from rollup.spec.table import RiskTable
from rollup.spec.trade import Lane, TradeStep, touch_account
from rollup.spec.types import Index, Signature

__all__ = ["SignedOrder", "Touch", "district_of", "touches_of", "trade_steps"]


@dataclass(frozen=True, slots=True)
class SignedOrder:
    """An order and the signature that its owner gave with it; the exchange checked it at the door."""

    order: Order
    signature: Signature

    def leg(self, quantity: int, cash: int, fee: int) -> Leg:
        return Leg(self.order, self.signature, quantity, cash, fee)


@dataclass(frozen=True, slots=True)
class Touch:
    """Legs of one account that stand in one lane."""

    legs: tuple[Leg, ...]
    narrow: bool
    """Whether a narrow lane takes it; a wide one takes several such, one after the other."""
    after: Account


def district_of(index: Index, profile: Profile) -> int:
    """The subtree that one trade step works in."""
    return index >> 3 * profile.district_height


def touches_of(index: Index, account: Account, fills: Sequence[Leg], table: RiskTable, room: int) -> list[Touch]:
    """Touches of at most `room` legs that do to an account what its fills did, place by place in their order."""
    try:
        return _merged_touches(index, account, fills, table, room)
    except Rejected:
        if len(fills) == 1:
            raise
    middle = len(fills) // 2
    first = touches_of(index, account, fills[:middle], table, room)
    return [*first, *touches_of(index, first[-1].after, fills[middle:], table, room)]


def _merged_touches(index: Index, account: Account, fills: Sequence[Leg], table: RiskTable, room: int) -> list[Touch]:
    touches: list[Touch] = []
    waiting = _spread(_merged(fills))
    while waiting:
        touches.append(_touch(index, account, waiting, table, room))
        account = touches[-1].after
        waiting = waiting[len(touches[-1].legs) :]
    return touches


def _merged(fills: Sequence[Leg]) -> list[Leg]:
    """One leg an order, in the order of first fills."""
    legs: dict[tuple[int, int], Leg] = {}
    for fill in fills:
        key = (fill.order.place, fill.order.nonce)
        leg = legs.get(key)
        sums = (leg.quantity, leg.cash, leg.fee) if leg else (0, 0, 0)
        legs[key] = Leg(fill.order, fill.signature, sums[0] + fill.quantity, sums[1] + fill.cash, sums[2] + fill.fee)
    return list(legs.values())


def _spread(legs: Sequence[Leg]) -> list[Leg]:
    """The first leg of every place, then the second ones, and so on: a lane takes one of each place only."""
    turns: Counter[int] = Counter()
    turned: list[tuple[int, Leg]] = []
    for leg in legs:
        turned.append((turns[leg.order.place], leg))
        turns[leg.order.place] += 1
    return [leg for _, leg in sorted(turned, key=lambda pair: pair[0])]


def _touch(index: Index, account: Account, waiting: Sequence[Leg], table: RiskTable, room: int) -> Touch:
    """The next leg, if the law takes it in a narrow lane; else as many as fit a wide one."""
    legs = tuple(waiting[:1])
    try:
        vector, places = touch_account(account, index, legs, table, wide=False)
        return Touch(legs, True, replace(account, vector=vector, places=places))
    except Rejected:
        pass  # it ends below initial margin, or sweeps: a wide lane judges it
    legs = tuple(waiting[: _apart([leg.order.place for leg in waiting[:room]])])
    vector, places = touch_account(account, index, legs, table, wide=True)
    return Touch(legs, False, replace(account, vector=vector, places=places))


def _apart(places: Sequence[int]) -> int:
    """How many of them, from the first on, are all different."""
    return next((at for at, place in enumerate(places) if place in places[:at]), len(places))


Queue = deque[Touch]
"""Touches of an account that wait for a lane, the next one first."""


def trade_steps(
    waiting: Mapping[Index, Sequence[Touch]],
    profile: Profile,
    decoy: Callable[[int, bool, Sequence[Index]], Index],
    rooms: tuple[int, int],
) -> Iterator[tuple[TradeStep, list[tuple[Index, Touch]]]]:
    """
    Steps with a lane for every touch, district by district, each with what it does to whom.

    `decoy` names an account for a lane without business: of this district, for a narrow lane or not, and who else has
    a lane in the step. `rooms` are the narrow and the wide lanes that business may have. Lanes of a kind stand in the
    order of their accounts: where one stands does not say whether it is a decoy.
    """
    districts = dict.fromkeys(district_of(index, profile) for index in waiting)
    for district in districts:
        queues = {index: deque(queue) for index, queue in waiting.items() if district_of(index, profile) == district}
        while any(queues.values()):
            narrow = _narrow_lanes(queues, rooms[0])
            wide = _wide_lanes(queues, rooms[1], profile.legs)
            here = [index for index, _ in (*narrow, *wide)]
            lanes = (
                [Lane(index, touch.legs) for index, touch in narrow],
                [Lane(index, touch.legs) for index, touch in wide],
            )
            lanes[0].extend(Lane(decoy(district, True, here)) for _ in range(profile.narrow - len(narrow)))
            lanes[1].extend(Lane(decoy(district, False, here)) for _ in range(profile.wide - len(wide)))
            in_order = [tuple(sorted(kind, key=lambda lane: lane.account)) for kind in lanes]
            yield TradeStep(*in_order), [*narrow, *wide]


def _narrow_lanes(queues: dict[Index, Queue], room: int) -> list[tuple[Index, Touch]]:
    """
    The narrow lanes of one step, which are applied before the wide ones.

    Whoever has few legs goes first, so that those with many keep them for wide lanes. They lose nothing by waiting: at
    the end all lanes of a step may be one account's.
    """
    lanes: list[tuple[Index, Touch]] = []
    for index in sorted(queues, key=lambda index: (len(queues[index]), index)):
        queue = queues[index]
        while queue and queue[0].narrow and len(lanes) < room:
            lanes.append((index, queue.popleft()))
    return lanes


def _wide_lanes(queues: dict[Index, Queue], room: int, legs: int) -> list[tuple[Index, Touch]]:
    """The wide lanes: touches that need one, then whoever fills one best."""
    lanes: list[tuple[Index, Touch]] = []
    while len(lanes) < room:
        loads = {index: _load(queue, legs) for index, queue in queues.items() if queue}
        if not loads:
            break
        index = max(loads, key=lambda index: (not queues[index][0].narrow, loads[index], len(queues[index]), -index))
        lanes.append((index, _joined([queues[index].popleft() for _ in range(loads[index])])))
    return lanes


def _load(queue: Queue, legs: int) -> int:
    """How many touches one wide lane takes from a queue: a wide one, or narrow ones at different places."""
    if not queue[0].narrow:
        return 1
    next_ones = takewhile(lambda touch: touch.narrow, islice(queue, legs))
    return _apart([touch.legs[0].order.place for touch in next_ones])


def _joined(touches: Sequence[Touch]) -> Touch:
    return Touch(tuple(leg for touch in touches for leg in touch.legs), False, touches[-1].after)
