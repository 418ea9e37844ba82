"""
From fills to trade steps: fills of one order become one leg, legs of one account a touch, touches lanes of steps.

An account's fills may be merged because its margin may be looked at where one likes: the close rule is transitive, so
what every single fill kept, all of them together keep. Where merging them changes more than margin (two nonces at one
place, a reduce-only order that was filled between two others), the fills are cut in two at a moment, and each half is
merged for itself; a fill alone is a touch that the exchange has checked already.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

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
    """One account's legs in one lane, and whether a narrow one takes them."""

    legs: tuple[Leg, ...]
    narrow: bool
    after: Account


def district_of(index: Index, profile: Profile) -> int:
    """The subtree that one trade step works in."""
    return index >> 3 * profile.district_height


def touches_of(index: Index, account: Account, fills: Sequence[Leg], table: RiskTable, room: int) -> list[Touch]:
    """Touches of at most `room` legs that do to an account what its fills did, in their order."""
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
    for legs in _grouped(_merged(fills), room):
        touches.append(_touch(index, account, legs, table))
        account = touches[-1].after
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


def _grouped(legs: Sequence[Leg], room: int) -> list[tuple[Leg, ...]]:
    """As many legs together as fit a lane, each at another place."""
    groups: list[list[Leg]] = []
    for leg in legs:
        fits = groups and len(groups[-1]) < room and all(leg.order.place != one.order.place for one in groups[-1])
        if fits:
            groups[-1].append(leg)
        else:
            groups.append([leg])
    return [tuple(group) for group in groups]


def _touch(index: Index, account: Account, legs: tuple[Leg, ...], table: RiskTable) -> Touch:
    """A narrow touch where the law takes one, else a wide one."""
    if len(legs) == 1:
        try:
            vector, places = touch_account(account, index, legs, table, wide=False)
            return Touch(legs, True, replace(account, vector=vector, places=places))
        except Rejected:
            pass  # it ends below initial margin, or sweeps: a wide lane judges it
    vector, places = touch_account(account, index, legs, table, wide=True)
    return Touch(legs, False, replace(account, vector=vector, places=places))


Queues = dict[Index, list[Touch]]
"""Touches of each account that wait for a lane, the next one first."""


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
        queues = {index: list(queue) for index, queue in waiting.items() if district_of(index, profile) == district}
        while any(queues.values()):
            narrow, wide = _next_lanes(queues, *rooms)
            here = [index for index, _ in (*narrow, *wide)]
            lanes = (
                [Lane(index, touch.legs) for index, touch in narrow],
                [Lane(index, touch.legs) for index, touch in wide],
            )
            lanes[0].extend(Lane(decoy(district, True, here)) for _ in range(profile.narrow - len(narrow)))
            lanes[1].extend(Lane(decoy(district, False, here)) for _ in range(profile.wide - len(wide)))
            in_order = [tuple(sorted(kind, key=lambda lane: lane.account)) for kind in lanes]
            yield TradeStep(*in_order), [*narrow, *wide]


def _next_lanes(
    queues: Queues, narrow_room: int, wide_room: int
) -> tuple[list[tuple[Index, Touch]], list[tuple[Index, Touch]]]:
    """
    The lanes of one step, taken from the queues; the longest go first, since they need most steps.

    Narrow lanes are applied before wide ones, so they are filled first. A wide lane takes what a narrow one would, if
    no touch is waiting that needs it.
    """
    order = sorted(queues, key=lambda index: (-len(queues[index]), index))

    def take(room: int, kinds: tuple[bool, ...]) -> list[tuple[Index, Touch]]:
        taken: list[tuple[Index, Touch]] = []
        for index in order:
            queue = queues[index]
            while queue and len(taken) < room and queue[0].narrow in kinds:
                taken.append((index, queue.pop(0)))
        return taken

    narrow = take(narrow_room, (True,))
    wide = take(wide_room, (False,))
    return narrow, [*wide, *take(wide_room - len(wide), (True, False))]
