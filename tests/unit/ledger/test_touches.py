"""Touches and the lanes that they stand in, by hand: who goes first, what shares a lane, and what never does."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

import pytest
from support.spec_values import PERPETUAL, TINY, Trader, book, order, table_of

from rollup.ledger.planner import Planner
from rollup.ledger.touches import Touch, touches_of, trade_steps
from rollup.spec.account import Account
from rollup.spec.orders import Leg
from rollup.spec.shared import PROFILES, Side
from rollup.spec.table import MILLION
from rollup.spec.trade import Lane, TradeStep

TABLE = table_of(PERPETUAL)
PROFILE = replace(TINY, narrow=3, wide=1, legs=3)
UNSIGNED = Trader("nobody").sign_order(0)
MAKER, DECOY = 2, 9


def holder(cash: int = 1_000_000, lots: int = 0) -> Account:
    return replace(Account.opened(Trader("holder").owner, TINY), vector=book(TINY, {0: cash, 1: lots}))


def sale(place: int, nonce: int = 1, lots: int = 1, index: int = MAKER) -> Leg:
    signed = order(index, 1, Side.SELL, 100, 1_000, place=place, nonce=nonce)
    return Leg(signed, UNSIGNED, lots, lots * 1_000)


def ids_of(legs: Sequence[Leg]) -> list[tuple[int, int]]:
    return [(leg.order.place, leg.order.nonce) for leg in legs]


def lanes_of(
    waiting: dict[int, list[Touch]], rooms: tuple[int, int]
) -> Iterator[tuple[list[tuple[int, int]], list[tuple[int, int]]]]:
    """Step by step the business of narrow and of wide lanes: whose, and how many legs."""
    for step, _ in trade_steps(waiting, PROFILE, lambda *_: DECOY, rooms):
        kinds = ([(lane.account, len(lane.legs)) for lane in kind if lane.legs] for kind in (step.narrow, step.wide))
        yield next(kinds), next(kinds)


def waiting_of(**legs: int) -> dict[int, list[Touch]]:
    """Accounts with so many legs each, at different places: `a` is account 2, `b` is 3, …"""
    return {
        index: touches_of(index, holder(), [sale(place, index=index) for place in range(count)], TABLE, PROFILE.legs)
        for index, count in ((ord(name) - ord("a") + 2, count) for name, count in legs.items())
    }


# -- touches


def test_touch_when_every_leg_keeps_initial_margin_has_one_leg() -> None:
    touches = touches_of(MAKER, holder(), [sale(0), sale(1, lots=2), sale(0)], TABLE, PROFILE.legs)
    assert [(ids_of(touch.legs), touch.narrow) for touch in touches] == [([(0, 1)], True), ([(1, 1)], True)]
    assert [touch.after.vector[:2] for touch in touches] == [(1_002_000, -2), (1_004_000, -4)]


def test_touch_when_places_are_used_again_takes_every_place_once_before_any_twice() -> None:
    fills = [sale(0, 1), sale(0, 2), sale(0, 3), sale(1, 5), sale(1, 6)]
    touches = touches_of(MAKER, holder(), fills, TABLE, PROFILE.legs)
    assert [ids_of(touch.legs)[0] for touch in touches] == [(0, 1), (1, 5), (0, 2), (1, 6), (0, 3)]


def test_touch_when_a_leg_alone_would_not_do_takes_others_with_it() -> None:
    """Nine lots long on 100 of equity, 900 needed: still under-margined after one or two are sold, not after nine."""
    poor = holder(cash=-8_900, lots=9)
    touches = touches_of(MAKER, poor, [sale(0), sale(1), sale(2), sale(3)], TABLE, PROFILE.legs)
    assert [(len(touch.legs), touch.narrow) for touch in touches] == [(3, False), (1, False)]
    (*_, last) = touches_of(MAKER, poor, [sale(0), sale(1), sale(2, lots=6), sale(3)], TABLE, PROFILE.legs)
    assert (len(last.legs), last.narrow) == (1, True)


# -- lanes


def test_lanes_when_narrow_ones_are_scarce_go_to_whoever_has_fewest_legs() -> None:
    assert list(lanes_of(waiting_of(a=4, b=1, c=2), (3, 1))) == [
        ([(3, 1), (4, 1), (4, 1)], [(2, 3)]),
        ([(2, 1)], []),
    ]


def test_lanes_when_nobody_else_waits_are_all_one_accounts() -> None:
    assert list(lanes_of(waiting_of(a=4), (2, 1))) == [([(2, 1), (2, 1)], [(2, 2)])]


def test_wide_lane_goes_to_whoever_fills_it_best() -> None:
    waiting = waiting_of(b=2)
    again = [sale(0, nonce) for nonce in range(1, 5)]
    waiting[MAKER] = touches_of(MAKER, holder(), again, TABLE, PROFILE.legs)
    assert list(lanes_of(waiting, (0, 1))) == [([], [(3, 2)]), *[([], [(MAKER, 1)])] * 4]


def test_wide_lane_goes_first_to_what_needs_one_and_joins_nothing_to_it() -> None:
    poor = touches_of(3, holder(cash=-8_900, lots=9), [sale(0, index=3), sale(1, lots=8, index=3)], TABLE, 1)
    assert [touch.narrow for touch in poor] == [False, True]
    waiting = {**waiting_of(a=4), 3: poor}
    assert list(lanes_of(waiting, (1, 1))) == [([(2, 1)], [(3, 1)]), ([(3, 1)], [(2, 3)])]


@pytest.mark.parametrize("rooms", [(0, 1), (1, 1), (3, 1), (3, 0)])
def test_lanes_of_any_room_carry_every_leg_once_and_each_place_in_its_order(rooms: tuple[int, int]) -> None:
    fills = {
        index: [sale(place, nonce, index=index) for nonce in (1, 2, 3) for place in range(index - 1)]
        for index in (2, 3, 4)
    }
    waiting = {index: touches_of(index, holder(), legs, TABLE, PROFILE.legs) for index, legs in fills.items()}
    carried: dict[int, list[Leg]] = {index: [] for index in fills}
    for step, done in trade_steps(waiting, PROFILE, lambda *_: DECOY, rooms):
        lanes = [lane for lane in (*step.narrow, *step.wide) if lane.legs]
        assert sorted(ids_of(lane.legs) for lane in lanes) == sorted(ids_of(touch.legs) for _, touch in done)
        for index, touch in done:
            carried[index] += touch.legs
    for index, legs in fills.items():
        assert sorted(ids_of(carried[index])) == sorted(ids_of(legs))
        for place in range(index - 1):
            assert [leg.order.nonce for leg in carried[index] if leg.order.place == place] == [1, 2, 3]


# -- decoys' share


@pytest.mark.parametrize("name", PROFILES)
@pytest.mark.parametrize("share", [0, 1, 100_000, 250_000, 333_333, 500_000, 900_000, MILLION])
def test_rooms_keep_the_share_of_all_lanes_for_decoys_as_far_as_business_has_a_lane_of_each_sort(
    name: str, share: int
) -> None:
    profile = PROFILES[name]
    planner = Planner({}, None, profile, (), lambda: 0, share)
    lanes = profile.narrow + profile.wide
    narrow, wide = planner.rooms(profile.narrow, profile.wide)
    kept = lanes - narrow - wide
    assert 1 <= narrow <= profile.narrow
    assert 1 <= wide <= profile.wide
    assert kept * MILLION >= lanes * share or (narrow, wide) == (1, 1)
    assert kept * MILLION < lanes * share + MILLION, "no lane more than the share asks for"
    assert wide == profile.wide or narrow == 1, "narrow ones first"


@pytest.mark.parametrize(
    ("name", "rooms"), [("tiny", (1, 1)), ("small", (12, 2)), ("standard", (5, 1))], ids=["tiny", "small", "standard"]
)
def test_rooms_of_a_quarter_are_what_is_left_of_a_profile(name: str, rooms: tuple[int, int]) -> None:
    profile = PROFILES[name]
    assert Planner({}, None, profile, (), lambda: 0, 250_000).rooms(profile.narrow, profile.wide) == rooms


def test_trades_of_a_share_keep_it_in_every_step() -> None:
    accounts = {index: holder() for index in range(2, 10)}
    planner = Planner(accounts, TABLE, TINY, tuple(accounts), lambda: 0, 250_000)
    planner.trades({index: touches_of(index, holder(), [sale(0, index=index)], TABLE, TINY.legs) for index in accounts})
    steps = [plan.body for plan in planner.planned if isinstance(plan.body, TradeStep)]
    assert [len(_idle(step)) for step in steps] == [1] * 4


def _idle(step: TradeStep) -> list[Lane]:
    return [lane for lane in (*step.narrow, *step.wide) if not lane.legs]
