"""What becomes of orders: taken back, replaced, sent twice, forgotten, triggered, delisted."""

from __future__ import annotations

from itertools import pairwise

import pytest
from support.exchange_desk import ALICE, BOB, CAROL, ONE, Desk
from support.spec_values import Instrument

from rollup.exchange import commands as c
from rollup.exchange import events as e
from rollup.exchange.codes import Code
from rollup.exchange.commands import Force, Trigger
from rollup.spec.shared import Status


@pytest.fixture
def desk() -> Desk:
    return Desk()


# -- taken back


def test_cancel_takes_just_this_order_back(desk: Desk) -> None:
    desk.buy(ALICE, 1, 990)
    desk.buy(ALICE, 1, 991)
    desk.cancel(ALICE, 0, 0)
    assert desk.ended() == [(ALICE, Code.CANCELLED)]
    assert desk.bids() == [(ALICE, 991, 1)]
    desk.refuses(Code.UNKNOWN_ORDER, desk.cancel, ALICE, 0, 0)
    desk.refuses(Code.UNKNOWN_ORDER, desk.cancel, ALICE, 1, 1)


def test_cancel_all_takes_a_slot_or_everything_back() -> None:
    desk = Desk(Instrument(1_000, (-100, 100)), Instrument(500, (-50, 50)))
    desk.buy(ALICE, 1, 990)
    desk.buy(ALICE, 1, 490, slot=2)
    desk.sell(ALICE, 1, 1_010)
    desk.buy(BOB, 1, 990)
    desk.send(c.CancelAll(ALICE, 2))
    assert desk.ended() == [(ALICE, Code.CANCELLED)]
    assert not desk.bids(2)
    desk.send(c.CancelAll(ALICE))
    assert [one.order for one in desk.all(e.Ended)] == [1, 3]
    assert desk.bids() == [(BOB, 990, 1)]


def test_replace_ends_the_old_order_and_loses_its_turn(desk: Desk) -> None:
    desk.buy(ALICE, 5, 990, place=2)
    desk.buy(BOB, 5, 990)
    desk.buy(ALICE, 4, 990, place=2)
    assert [type(one) for one in desk.said] == [e.Ended, e.Accepted, e.Rested]
    assert desk.ended() == [(ALICE, Code.REPLACED)]
    assert desk.bids() == [(BOB, 990, 5), (ALICE, 990, 4)]


def test_replace_refused_leaves_the_old_order_where_it_stood(desk: Desk) -> None:
    desk.buy(ALICE, 5, 990, place=2)
    desk.buy(BOB, 5, 990)
    desk.refuses(Code.TOO_LARGE, desk.buy, ALICE, 501, 990, place=2)
    desk.refuses(Code.STALE_NONCE, desk.buy, ALICE, 4, 990, place=2, nonce=0)
    desk.refuses(Code.PRICE_BAND, desk.buy, ALICE, 4, 1_151, place=2)
    assert desk.bids() == [(ALICE, 990, 5), (BOB, 990, 5)]


def test_replace_needs_margin_only_for_the_new_order() -> None:
    desk = Desk(wealth={ALICE: 1_010, BOB: 100_000}, taker_fee=0, maker_fee=0)
    desk.buy(ALICE, 10, 1_000, place=0)
    desk.refuses(Code.MARGIN, desk.buy, ALICE, 10, 999, place=1)
    desk.buy(ALICE, 10, 999, place=0)
    assert desk.bids() == [(ALICE, 999, 10)]


def test_replace_counts_only_the_new_order_towards_the_position_limit(desk: Desk) -> None:
    desk.send(c.Limits(ONE, 1, 100, 5_000, 500))
    desk.buy(ALICE, 60, 990, place=0)
    desk.refuses(Code.POSITION_LIMIT, desk.buy, ALICE, 41, 990, place=1)
    desk.buy(ALICE, 40, 990, place=1)
    desk.buy(ALICE, 60, 991, place=0)
    assert desk.bids() == [(ALICE, 991, 60), (ALICE, 990, 40)]


def test_burn_makes_a_place_forget_everything_up_to_its_nonce(desk: Desk) -> None:
    desk.buy(ALICE, 5, 990, place=1, nonce=7)
    desk.send(c.Burn(ALICE, 1, 9))
    assert [type(one) for one in desk.said] == [e.Ended, e.Burnt]
    desk.refuses(Code.STALE_NONCE, desk.buy, ALICE, 5, 990, place=1, nonce=9)
    desk.buy(ALICE, 5, 990, place=1, nonce=10)
    desk.refuses(Code.STALE_NONCE, desk.send, c.Burn(ALICE, 1, 8))
    desk.send(c.Burn(ALICE, 1, 9))
    assert desk.bids() == [(ALICE, 990, 5)], "a burn below an order leaves it"


def test_rotate_ends_all_orders_and_keeps_positions(desk: Desk) -> None:
    desk.cross(ALICE, BOB, 5, 1_000)
    desk.buy(ALICE, 1, 990)
    desk.sell(ALICE, 1, 1_010)
    desk.send(c.Rotate(ALICE))
    assert desk.ended() == [(ALICE, Code.KEYS_ROTATED)] * 2
    assert desk.held(ALICE) == 5


# -- the trader's own numbers


def test_place_again_under_the_same_number_changes_nothing(desk: Desk) -> None:
    order = desk.words(ALICE, c.Side.BUY, 5, 990, client=77)
    desk.send(order)
    before = desk.twin.state_hash()
    assert desk.send(order) == [e.Repeated(1, ALICE, 77)]
    desk.cancel(ALICE, 0, 0)
    assert desk.send(order) == [e.Repeated(1, ALICE, 77)], "even after it ended"
    assert before != desk.twin.state_hash()


def test_place_something_else_under_a_used_number_is_refused(desk: Desk) -> None:
    desk.buy(ALICE, 5, 990, client=77)
    desk.refuses(Code.CLIENT_REUSED, desk.buy, ALICE, 6, 990, client=77)
    desk.buy(BOB, 6, 990, client=77)
    assert desk.one(e.Accepted).client == 77


def test_place_refused_leaves_its_number_free(desk: Desk) -> None:
    desk.refuses(Code.NO_QUANTITY, desk.buy, ALICE, 0, 990, client=77)
    desk.buy(ALICE, 6, 990, client=77)
    assert desk.bids()


def test_place_remembers_the_newest_numbers_only(desk: Desk) -> None:
    first = desk.words(ALICE, c.Side.BUY, 1, 990, client=1)
    desk.send(first)
    for client in range(2, 2 + 64):
        desk.buy(ALICE, 1, 990, place=0, client=client)
    desk.refuses(Code.STALE_NONCE, desk.send, first)


# -- the dead-man switch


def test_fall_silent_takes_all_orders_back(desk: Desk) -> None:
    desk.buy(ALICE, 1, 990)
    desk.buy(BOB, 1, 990)
    desk.send(c.Heartbeat(ALICE, 30))
    desk.wait(29)
    assert not desk.said
    desk.wait(1)
    assert desk.ended() == [(ALICE, Code.SILENCE)]
    desk.buy(ALICE, 1, 990)
    desk.wait(1_000)
    assert len(desk.bids()) == 2, "it fires once"


def test_beat_again_puts_the_switch_off_and_nothing_disarms_it(desk: Desk) -> None:
    desk.buy(ALICE, 1, 990)
    desk.send(c.Heartbeat(ALICE, 30))
    desk.wait(20)
    desk.send(c.Heartbeat(ALICE, 30))
    desk.wait(20)
    desk.send(c.Heartbeat(ALICE, 0))
    desk.wait(1_000)
    assert desk.bids()


# -- triggers


@pytest.mark.parametrize(
    ("side", "trigger", "price", "before", "after"),
    [
        ("sell", Trigger.STOP, 950, 951, 950),
        ("buy", Trigger.STOP, 1_050, 1_049, 1_050),
        ("sell", Trigger.TAKE_PROFIT, 1_050, 1_049, 1_050),
        ("buy", Trigger.TAKE_PROFIT, 950, 951, 950),
    ],
)
def test_reach_the_trigger_price_lets_the_order_in(
    desk: Desk, side: str, trigger: Trigger, price: int, before: int, after: int
) -> None:
    place = desk.buy if side == "buy" else desk.sell
    place(ALICE, 5, 1_000, trigger=trigger, trigger_price=price)
    assert [type(one) for one in desk.said] == [e.Accepted]
    desk.table(before)
    assert not desk.all(e.Triggered)
    desk.table(after)
    assert desk.one(e.Triggered).order == 1
    assert len(desk.bids() + desk.asks()) == 1


def test_trigger_a_market_stop_trades_within_the_band(desk: Desk) -> None:
    desk.cross(ALICE, BOB, 5, 1_000)
    desk.sell(ALICE, 5, 1, force=Force.MARKET, reduce_only=True, trigger=Trigger.STOP, trigger_price=950)
    desk.buy(CAROL, 5, 900)
    desk.table(940)
    assert desk.held(ALICE) == 0
    assert desk.fills()[0] == (CAROL, 5, 900)


def test_trigger_waits_while_the_slot_is_halted(desk: Desk) -> None:
    desk.buy(ALICE, 5, 1_000, trigger=Trigger.STOP, trigger_price=1_050)
    desk.table(1_060, status=Status.HALTED)
    assert not desk.all(e.Triggered)
    desk.table(status=Status.ACTIVE)
    desk.wait(60)
    desk.table(1_060)
    assert desk.all(e.Triggered)


def test_trigger_an_order_that_may_not_stand_ends_it() -> None:
    desk = Desk(wealth={ALICE: 600, BOB: 100_000})
    desk.buy(ALICE, 50, 1_000, trigger=Trigger.STOP, trigger_price=1_050)
    desk.table(1_060)
    assert desk.ended() == [(ALICE, Code.MARGIN)]


def test_trigger_takes_part_in_cancels_and_expiry(desk: Desk) -> None:
    for nonce in range(2):
        desk.buy(ALICE, 1, 990, place=0, nonce=nonce, trigger=Trigger.STOP, trigger_price=1_050)
    assert desk.ended() == [(ALICE, Code.REPLACED)]
    desk.cancel(ALICE, 0, 1)
    assert desk.ended() == [(ALICE, Code.CANCELLED)]
    desk.buy(ALICE, 1, 990, trigger=Trigger.STOP, trigger_price=1_050, expiry=desk.now + 5)
    desk.wait(6)
    assert desk.ended() == [(ALICE, Code.EXPIRED)]


def test_trigger_orders_in_the_order_of_their_numbers(desk: Desk) -> None:
    desk.sell(CAROL, 3, 1_050)
    desk.buy(BOB, 2, 1_100, trigger=Trigger.STOP, trigger_price=1_060)
    desk.buy(ALICE, 2, 1_100, trigger=Trigger.STOP, trigger_price=1_020)
    desk.table(1_060)
    takers = [one.account for one in desk.all(e.Filled) if not one.maker]
    assert takers == [BOB, ALICE]
    numbers = [one.order for one in desk.all(e.Triggered)]
    assert all(one < other for one, other in pairwise(numbers))


def test_trigger_an_order_puts_it_behind_those_that_stood_before(desk: Desk) -> None:
    """It reserved nothing while it waited, so its place in the line is of when it was triggered."""
    desk.buy(ALICE, 5, 1_000, trigger=Trigger.STOP, trigger_price=1_001)
    desk.buy(BOB, 5, 1_000)
    desk.table(1_001)
    assert desk.bids() == [(BOB, 1_000, 5), (ALICE, 1_000, 5)]
    desk.sell(CAROL, 5, 1_000, force=Force.IOC)
    assert [account for account, lots, _ in desk.fills() if lots > 0] == [BOB]
    desk.buy(BOB, 1, 1_000)
    assert desk.one(e.Accepted).order == 5, "the turn that the trigger took is no order's number"
    assert desk.bids() == [(ALICE, 1_000, 5), (BOB, 1_000, 1)]


def test_trigger_an_order_that_ends_takes_no_turn() -> None:
    desk = Desk(wealth={ALICE: 600, BOB: 100_000})
    desk.buy(ALICE, 50, 1_000, trigger=Trigger.STOP, trigger_price=1_050)
    desk.table(1_060)
    assert desk.ended() == [(ALICE, Code.MARGIN)]
    desk.buy(BOB, 1, 1_000)
    assert desk.one(e.Accepted).order == 2


def test_trigger_an_older_order_makes_it_the_newer_one_of_an_auction(desk: Desk) -> None:
    desk.buy(ALICE, 100, 1_000, trigger=Trigger.STOP, trigger_price=1_001)
    desk.buy(BOB, 100, 1_000)
    desk.table(1_001)
    desk.table(status=Status.HALTED)
    desk.sell(CAROL, 150, 990)
    desk.table(status=Status.ACTIVE)
    desk.wait(60)
    assert [(account, lots) for account, lots, _ in desk.fills() if lots > 0] == [(BOB, 100), (ALICE, 50)]


def test_trigger_an_order_off_a_tick_that_changed_ends_it(desk: Desk) -> None:
    """It was taken under another tick; what rests now is on the tick of now."""
    desk.buy(ALICE, 5, 1_001, trigger=Trigger.STOP, trigger_price=1_050)
    desk.buy(BOB, 5, 1_005, trigger=Trigger.STOP, trigger_price=1_050)
    desk.send(c.Limits(ONE, 5, 100, 100, 100))
    desk.table(1_050)
    assert desk.ended() == [(ALICE, Code.OFF_TICK)]
    assert desk.bids() == [(BOB, 1_005, 5)]


# -- listings


def test_settle_turns_positions_into_cash_and_ends_orders(desk: Desk) -> None:
    desk.cross(ALICE, BOB, 5, 1_000)
    desk.buy(CAROL, 1, 990)
    cash = desk.cash(ALICE)
    desk.table(1_100, status=Status.SETTLED)
    assert desk.ended() == [(CAROL, Code.DELISTED)]
    assert {(one.account, one.quantity, one.cash) for one in desk.all(e.Settled)} == {
        (ALICE, 5, 5_500),
        (BOB, -5, -5_500),
    }
    assert (desk.held(ALICE), desk.cash(ALICE)) == (0, cash + 5_500)
    desk.refuses(Code.UNKNOWN_SLOT, desk.buy, ALICE, 1, 1_000)


def test_list_anew_wants_the_new_number_and_new_limits(desk: Desk) -> None:
    desk.table(status=Status.SETTLED)
    desk.table(0, status=Status.EMPTY, moves=())
    desk.table(1_000, status=Status.ACTIVE, listing=2, moves=(-100, 100))
    desk.refuses(Code.OTHER_LISTING, desk.buy, ALICE, 1, 1_000, listing=1)
    desk.refuses(Code.UNKNOWN_SLOT, desk.buy, ALICE, 1, 1_000)
    desk.send(c.Limits(ONE, 1, 100, 100, 100))
    desk.buy(ALICE, 1, 1_000)
    assert desk.bids() == [(ALICE, 1_000, 1)]
