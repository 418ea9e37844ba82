"""What each kind of order does, one small scene each."""

from __future__ import annotations

import pytest
from support.exchange_desk import ALICE, BOB, CAROL, ONE, Desk
from support.spec_values import Instrument

from rollup.exchange import commands as c
from rollup.exchange import events as e
from rollup.exchange.codes import Code
from rollup.exchange.commands import Force, SelfTrade, Trigger
from rollup.exchange.twin import matching
from rollup.exchange.twin.margin import covered
from rollup.exchange.twin.state import Member, World
from rollup.spec.shared import Status


@pytest.fixture
def desk() -> Desk:
    return Desk()


# -- price and time


def test_match_takes_the_better_price_first_then_the_older_order(desk: Desk) -> None:
    desk.sell(BOB, 5, 1_010)
    desk.sell(CAROL, 5, 1_005)
    desk.sell(BOB, 5, 1_005)
    desk.buy(ALICE, 12, 1_010)
    makers = [one for one in desk.fills() if one[0] != ALICE]
    assert makers == [(CAROL, -5, 1_005), (BOB, -5, 1_005), (BOB, -2, 1_010)]
    assert desk.asks() == [(BOB, 1_010, 3)]


def test_match_trades_at_the_standing_orders_price(desk: Desk) -> None:
    desk.buy(BOB, 3, 1_020)
    desk.sell(ALICE, 3, 990)
    assert {one.price for one in desk.all(e.Filled)} == {1_020}


def test_match_charges_taker_and_maker_their_rates(desk: Desk) -> None:
    desk.sell(BOB, 100, 1_000)
    desk.buy(ALICE, 100, 1_000)
    fees = {one.account: one.fee for one in desk.all(e.Filled)}
    assert fees == {BOB: 100_000 * 200 // 10**6, ALICE: 100_000 * 500 // 10**6}
    assert desk.twin.world.fees == 20 + 50


def test_match_leaves_the_rest_in_the_book(desk: Desk) -> None:
    desk.sell(BOB, 5, 1_000)
    desk.buy(ALICE, 8, 1_000)
    assert desk.bids() == [(ALICE, 1_000, 3)]
    assert not desk.asks()


def test_fill_pays_price_less_funding() -> None:
    desk = Desk(Instrument(1_000, (-100, 100, -50, 50), funding=-20), taker_fee=0, maker_fee=0)
    desk.cross(ALICE, BOB, 10, 1_000)
    assert desk.cash(ALICE) == 100_000 - 10 * 1_020
    assert desk.cash(BOB) == 100_000 + 10 * 1_020


# -- how long an order stands


def test_place_gtc_stands_through_its_last_second_and_ends_after_it(desk: Desk) -> None:
    desk.buy(ALICE, 1, 1_000, expiry=desk.now + 100)
    desk.wait(100)
    assert desk.bids()
    desk.wait(1)
    assert desk.ended() == [(ALICE, Code.EXPIRED)]


def test_place_gtd_ends_before_its_signed_expiry(desk: Desk) -> None:
    desk.buy(ALICE, 1, 1_000, force=Force.GTD, good_till=desk.now + 10)
    desk.wait(10)
    assert desk.bids()
    desk.wait(1)
    assert desk.ended() == [(ALICE, Code.EXPIRED)]


def test_place_gtd_beyond_its_expiry_ends_at_its_expiry(desk: Desk) -> None:
    desk.buy(ALICE, 1, 1_000, force=Force.GTD, good_till=desk.now + 1_000, expiry=desk.now + 10)
    desk.wait(11)
    assert desk.ended() == [(ALICE, Code.EXPIRED)]


def test_place_ioc_takes_what_there_is_and_ends(desk: Desk) -> None:
    desk.sell(BOB, 5, 1_000)
    desk.buy(ALICE, 8, 1_000, force=Force.IOC)
    assert desk.held(ALICE) == 5
    assert desk.one(e.Ended) == e.Ended(2, ALICE, 0, 0, Code.NOT_FILLED_AT_ONCE, 3)
    assert not desk.bids()


def test_place_ioc_that_fills_ends_without_a_word(desk: Desk) -> None:
    desk.sell(BOB, 5, 1_000)
    desk.buy(ALICE, 5, 1_000, force=Force.IOC)
    assert [type(one) for one in desk.said] == [e.Accepted, e.Filled, e.Filled]


def test_place_fok_takes_all_or_is_refused(desk: Desk) -> None:
    desk.sell(BOB, 5, 1_000)
    desk.refuses(Code.CANNOT_FILL, desk.buy, ALICE, 6, 1_000, force=Force.FOK)
    desk.buy(ALICE, 5, 1_000, force=Force.FOK)
    assert desk.held(ALICE) == 5


def test_place_fok_sweeps_several_levels(desk: Desk) -> None:
    for price in (1_000, 1_001, 1_002):
        desk.sell(BOB, 2, price)
    desk.refuses(Code.CANNOT_FILL, desk.buy, ALICE, 6, 1_001, force=Force.FOK)
    desk.buy(ALICE, 6, 1_002, force=Force.FOK)
    assert desk.held(ALICE) == 6


def test_place_fok_counts_no_orders_of_its_own_account(desk: Desk) -> None:
    desk.sell(ALICE, 5, 1_000)
    desk.sell(BOB, 5, 1_001)
    mode = SelfTrade.CANCEL_OLDEST
    desk.refuses(Code.CANNOT_FILL, desk.buy, ALICE, 6, 1_001, force=Force.FOK, self_trade=mode)
    desk.refuses(Code.CANNOT_FILL, desk.buy, ALICE, 5, 1_001, force=Force.FOK)
    desk.buy(ALICE, 5, 1_001, force=Force.FOK, self_trade=mode)
    assert desk.held(ALICE) == 5


def test_place_fok_reducing_more_than_is_held_is_refused(desk: Desk) -> None:
    desk.cross(ALICE, BOB, 5, 1_000)
    desk.buy(BOB, 9, 1_000)
    desk.refuses(Code.CANNOT_FILL, desk.sell, ALICE, 6, 1_000, force=Force.FOK, reduce_only=True)
    desk.sell(ALICE, 5, 1_000, force=Force.FOK, reduce_only=True)
    assert desk.held(ALICE) == 0


def test_place_fok_counts_what_one_account_may_still_reduce_once(desk: Desk) -> None:
    desk.cross(BOB, ALICE, 5, 1_000)
    desk.sell(BOB, 5, 1_000, reduce_only=True)
    desk.sell(BOB, 5, 1_000, reduce_only=True)
    desk.refuses(Code.CANNOT_FILL, desk.buy, CAROL, 6, 1_000, force=Force.FOK)
    desk.buy(CAROL, 5, 1_000, force=Force.FOK)
    assert desk.held(CAROL) == 5


def test_place_fok_beyond_open_interest_is_refused(desk: Desk) -> None:
    desk.send(c.Limits(ONE, 1, 100, 10, 100))
    desk.sell(BOB, 11, 1_000)
    desk.refuses(Code.CANNOT_FILL, desk.buy, ALICE, 11, 1_000, force=Force.FOK)
    desk.buy(ALICE, 10, 1_000, force=Force.FOK)
    assert desk.held(ALICE) == 10


def test_place_fok_beyond_the_room_in_the_batch_is_refused() -> None:
    desk = Desk(batch_legs=2)
    desk.sell(BOB, 1, 1_000)
    desk.sell(CAROL, 1, 1_000)
    desk.refuses(Code.CANNOT_FILL, desk.buy, ALICE, 2, 1_000, force=Force.FOK)
    desk.buy(ALICE, 1, 1_000, force=Force.FOK)
    assert desk.held(ALICE) == 1


@pytest.fixture
def looked_at(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Accounts whose orders were looked at for a promise, where no more than three orders may be."""
    looked: list[int] = []

    def counting(world: World, member: Member) -> bool:
        looked.append(member.account)
        return covered(world, member)

    assert matching.LOOK == 1_024
    monkeypatch.setattr(matching, "covered", counting)
    monkeypatch.setattr(matching, "LOOK", 3)
    return looked


def test_place_fok_looks_at_so_many_orders_and_no_more(desk: Desk, looked_at: list[int]) -> None:
    for step in range(4):
        desk.sell(BOB, 1, 1_000 + step)
        desk.sell(CAROL, 1, 1_000 + step)
    desk.refuses(Code.CANNOT_FILL, desk.buy, ALICE, 4, 1_010, force=Force.FOK)
    assert len(looked_at) == 3
    desk.buy(ALICE, 3, 1_010, force=Force.FOK)
    assert desk.held(ALICE) == 3


def test_place_fok_looks_past_no_more_orders_that_do_not_count(desk: Desk, looked_at: list[int]) -> None:
    """What cannot fill is looked at too: a book of it costs no more than any other."""
    for step in range(3):
        desk.sell(ALICE, 1, 1_000 + step)
    desk.sell(BOB, 1, 1_003)
    mode = SelfTrade.CANCEL_OLDEST
    desk.refuses(Code.CANNOT_FILL, desk.buy, ALICE, 1, 1_010, force=Force.FOK, self_trade=mode)
    assert not looked_at


# -- market orders


def test_place_market_takes_up_to_its_own_limit(desk: Desk) -> None:
    desk.sell(BOB, 5, 1_000)
    desk.sell(BOB, 5, 1_100)
    desk.buy(ALICE, 8, 1_050, force=Force.MARKET)
    assert desk.held(ALICE) == 5
    assert desk.ended() == [(ALICE, Code.NOT_FILLED_AT_ONCE)]


@pytest.mark.parametrize(("side", "edge"), [("buy", 1_150), ("sell", 850)])
def test_place_market_is_bounded_by_the_band(desk: Desk, side: str, edge: int) -> None:
    """The band is 5 % of the mark and the risk of a lot: 150 here."""
    other, take = (desk.sell, desk.buy) if side == "buy" else (desk.buy, desk.sell)
    desk.table(1_000 + (100 if side == "buy" else -100))
    other(BOB, 5, edge)
    other(BOB, 5, edge + (1 if side == "buy" else -1))
    desk.table(1_000)
    take(ALICE, 10, 5_000 if side == "buy" else 1, force=Force.MARKET)
    assert {one[2] for one in desk.fills()} == {edge}
    assert abs(desk.held(ALICE)) == 5


def test_place_market_is_drawn_to_a_tick_within_the_band() -> None:
    desk = Desk(Instrument(1_003, (-100, 100)), limits={"tick": 7})
    desk.sell(BOB, 1, 1_148)
    desk.buy(ALICE, 1, 7_000, force=Force.MARKET)
    assert desk.held(ALICE) == 1
    desk.buy(BOB, 1, 854)
    desk.sell(ALICE, 1, 7, force=Force.MARKET)
    assert desk.held(ALICE) == 0


# -- post-only and reduce-only


def test_place_post_only_rests_or_is_refused(desk: Desk) -> None:
    desk.sell(BOB, 5, 1_000)
    desk.refuses(Code.WOULD_TRADE, desk.buy, ALICE, 1, 1_000, post_only=True)
    desk.buy(ALICE, 1, 999, post_only=True)
    assert desk.bids() == [(ALICE, 999, 1)]


def test_place_post_only_over_the_order_that_it_replaces_rests(desk: Desk) -> None:
    """What it would have traded with is gone when it comes."""
    desk.sell(ALICE, 5, 1_000, place=0)
    desk.buy(ALICE, 5, 1_010, place=0, post_only=True)
    assert desk.ended() == [(ALICE, Code.REPLACED)]
    assert desk.bids() == [(ALICE, 1_010, 5)]
    desk.sell(BOB, 5, 1_020)
    desk.sell(ALICE, 5, 1_015, place=1)
    desk.refuses(Code.WOULD_TRADE, desk.buy, ALICE, 5, 1_020, place=1, post_only=True)


def test_place_reduce_only_takes_no_more_than_is_held(desk: Desk) -> None:
    desk.cross(ALICE, BOB, 5, 1_000)
    desk.buy(BOB, 9, 1_000)
    desk.sell(ALICE, 8, 1_000, reduce_only=True)
    assert desk.held(ALICE) == 0
    assert desk.ended() == [(ALICE, Code.NOT_REDUCING)]


def test_place_reduce_only_on_the_side_that_is_held_is_refused(desk: Desk) -> None:
    desk.cross(ALICE, BOB, 5, 1_000)
    desk.refuses(Code.NOTHING_TO_REDUCE, desk.buy, ALICE, 1, 1_000, reduce_only=True)
    desk.refuses(Code.NOTHING_TO_REDUCE, desk.sell, CAROL, 1, 1_000, reduce_only=True)


def test_rest_reduce_only_ends_when_nothing_is_left_to_reduce(desk: Desk) -> None:
    desk.cross(ALICE, BOB, 5, 1_000)
    desk.sell(ALICE, 5, 1_010, reduce_only=True)
    desk.sell(ALICE, 5, 1_005)
    desk.buy(CAROL, 6, 1_010)
    assert desk.held(ALICE) == 0
    assert desk.ended() == [(ALICE, Code.NOT_REDUCING)]
    assert desk.bids() == [(CAROL, 1_010, 1)]


def test_reduce_only_orders_end_when_their_position_goes_another_way(desk: Desk) -> None:
    """Nobody sees them, and nobody's post-only order is refused for them."""
    desk.cross(ALICE, BOB, 1, 1_000)
    desk.sell(ALICE, 300, 1_010, reduce_only=True)
    desk.sell(ALICE, 1, 1_000)
    desk.buy(BOB, 1, 1_000, force=Force.FOK)
    assert desk.ended() == [(ALICE, Code.NOT_REDUCING)]
    assert desk.twin.depth(ONE, 5) == ([], [])
    desk.buy(CAROL, 5, 1_010, post_only=True)
    assert desk.bids() == [(CAROL, 1_010, 5)]


def test_reduce_only_orders_of_a_taker_end_with_its_position(desk: Desk) -> None:
    desk.cross(ALICE, BOB, 5, 1_000)
    desk.sell(ALICE, 5, 1_010, reduce_only=True)
    desk.buy(BOB, 9, 1_000)
    desk.sell(ALICE, 9, 1_000)
    assert desk.held(ALICE) == -4
    assert desk.ended() == [(ALICE, Code.NOT_REDUCING)]


@pytest.mark.parametrize("force", [Force.GTC, Force.GTD])
def test_place_reduce_only_over_what_is_held_rests_for_nothing(desk: Desk, force: Force) -> None:
    """It takes all that its account has and finds the book empty behind it."""
    desk.cross(ALICE, BOB, 5, 1_000)
    desk.buy(BOB, 5, 1_000)
    good_till = desk.now + 9 if force == Force.GTD else 0
    desk.sell(ALICE, 8, 1_000, reduce_only=True, force=force, good_till=good_till)
    assert desk.held(ALICE) == 0
    assert desk.ended() == [(ALICE, Code.NOT_REDUCING)]
    assert not desk.asks()


def test_reduce_only_orders_that_still_reduce_stand_on(desk: Desk) -> None:
    desk.cross(ALICE, BOB, 5, 1_000)
    desk.sell(ALICE, 5, 1_010, reduce_only=True)
    desk.sell(ALICE, 5, 1_020, reduce_only=True, trigger=Trigger.TAKE_PROFIT, trigger_price=1_020)
    desk.sell(ALICE, 4, 1_000)
    desk.buy(CAROL, 4, 1_000)
    assert not desk.ended()
    desk.sell(ALICE, 1, 1_000)
    desk.buy(CAROL, 1, 1_000)
    assert [one.order for one in desk.all(e.Ended)] == [3], "what waits goes on waiting"


def test_narrow_a_slot_ends_orders_that_would_open(desk: Desk) -> None:
    desk.cross(ALICE, BOB, 5, 1_000)
    desk.buy(CAROL, 5, 990)
    desk.buy(BOB, 5, 991)
    desk.buy(ALICE, 5, 992)
    desk.sell(ALICE, 9, 1_010)
    desk.table(status=Status.REDUCE_ONLY)
    assert sorted(desk.ended()) == [(ALICE, Code.NOT_REDUCING), (CAROL, Code.NOT_REDUCING)]
    assert (desk.bids(), desk.asks()) == ([(BOB, 991, 5)], [(ALICE, 1_010, 9)])


def test_place_in_a_reduce_only_slot_only_reduces(desk: Desk) -> None:
    desk.cross(ALICE, BOB, 5, 1_000)
    desk.table(status=Status.REDUCE_ONLY)
    desk.refuses(Code.NOTHING_TO_REDUCE, desk.buy, ALICE, 1, 1_000)
    desk.buy(BOB, 9, 1_000)
    desk.sell(ALICE, 9, 1_000)
    assert desk.held(ALICE) == desk.held(BOB) == 0


# -- an account meets itself


def test_meet_itself_cancel_newest_ends_the_newcomer(desk: Desk) -> None:
    desk.sell(ALICE, 5, 1_000)
    desk.sell(BOB, 5, 1_000)
    desk.buy(ALICE, 8, 1_000, self_trade=SelfTrade.CANCEL_NEWEST)
    assert desk.ended() == [(ALICE, Code.SELF_TRADE)]
    assert desk.asks() == [(ALICE, 1_000, 5), (BOB, 1_000, 5)]


def test_meet_itself_cancel_oldest_goes_on_with_the_next(desk: Desk) -> None:
    desk.sell(ALICE, 5, 1_000)
    desk.sell(BOB, 5, 1_000)
    desk.buy(ALICE, 8, 1_000, self_trade=SelfTrade.CANCEL_OLDEST)
    assert desk.held(ALICE) == 5
    assert desk.bids() == [(ALICE, 1_000, 3)]
    assert not desk.asks()


def test_meet_itself_cancel_both_ends_both(desk: Desk) -> None:
    desk.sell(ALICE, 5, 1_000)
    desk.sell(BOB, 5, 1_000)
    desk.buy(ALICE, 8, 1_000, self_trade=SelfTrade.CANCEL_BOTH)
    assert desk.ended() == [(ALICE, Code.SELF_TRADE)] * 2
    assert desk.asks() == [(BOB, 1_000, 5)]


def test_meet_itself_after_a_better_price_keeps_the_fills(desk: Desk) -> None:
    desk.sell(BOB, 3, 999)
    desk.sell(ALICE, 5, 1_000)
    desk.buy(ALICE, 8, 1_000)
    assert desk.held(ALICE) == 3
    assert desk.one(e.Ended).remaining == 5
