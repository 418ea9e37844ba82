"""Halts, what gathers in them, and the one price at which it clears."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.exchange_desk import ALICE, BOB, CAROL, Desk

from rollup.exchange import commands as c
from rollup.exchange import events as e
from rollup.exchange.codes import Code, Phase
from rollup.exchange.commands import Force, Trigger
from rollup.exchange.twin.auction import ROUNDS, clearing_price
from rollup.spec.shared import Status


@pytest.mark.parametrize(
    ("bids", "asks", "mark", "price", "lots"),
    [
        ([], [], 1_000, 0, 0),
        ([(999, 5)], [(1_001, 5)], 1_000, 0, 0),
        ([(1_000, 5)], [(1_000, 3)], 1_000, 1_000, 3),
        ([(1_010, 5)], [(990, 5)], 1_009, 1_010, 5),
        ([(1_010, 5)], [(990, 5)], 991, 990, 5),
        ([(1_010, 5)], [(990, 5)], 1_000, 990, 5),
        ([(1_010, 9)], [(990, 5), (1_000, 4)], 990, 1_000, 9),
        ([(1_010, 5), (1_005, 5)], [(990, 10), (1_000, 5)], 1_000, 990, 10),
        ([(1_010, 4), (1_000, 4)], [(995, 4)], 1_000, 1_010, 4),
        ([(1_010, 1)] * 10, [(990, 1)] * 10, 1_000, 990, 10),
    ],
    ids=[
        "empty",
        "apart",
        "locked",
        "crossed high mark",
        "crossed low mark",
        "crossed tie",
        "most lots",
        "no mark",
        "least over",
        "flood",
    ],
)
def test_clear_a_book_at_one_price(
    bids: list[tuple[int, int]], asks: list[tuple[int, int]], mark: int, price: int, lots: int
) -> None:
    assert clearing_price(bids, asks, mark) == (price, lots)


sides = st.lists(st.tuples(st.integers(1, 30), st.integers(1, 9)), max_size=6)


@given(bids=sides, asks=sides, mark=st.integers(1, 30))
def test_clear_any_book_at_the_best_of_all_prices(
    bids: list[tuple[int, int]], asks: list[tuple[int, int]], mark: int
) -> None:
    """No price at all, be it anybody's limit or not, crosses more lots; the rest of the rule decides among limits."""
    price, lots = clearing_price(bids, asks, mark)

    def crossing(at: int) -> tuple[int, int]:
        bought = sum(lots for limit, lots in bids if limit >= at)
        sold = sum(lots for limit, lots in asks if limit <= at)
        return min(bought, sold), -abs(bought - sold)

    assert lots == max(crossing(at)[0] for at in range(1, 32))
    if lots:
        limits = {limit for limit, _ in (*bids, *asks)}
        assert price in limits
        ranks = {at: (*crossing(at), -abs(at - mark), -at) for at in limits}
        assert ranks[price] == max(ranks.values())


# -- halts


@pytest.fixture
def halted() -> Desk:
    desk = Desk()
    desk.table(status=Status.HALTED)
    return desk


def reopen(desk: Desk) -> list[e.Event]:
    """Out of the halt and to the end of the auction."""
    desk.table(status=Status.ACTIVE)
    assert desk.one(e.Phased).phase == Phase.AUCTION
    desk.wait(desk.settings.auction - 1)
    assert not desk.said
    return desk.wait(1)


def test_halt_gathers_orders_and_matches_none(halted: Desk) -> None:
    halted.buy(ALICE, 5, 1_010)
    halted.sell(BOB, 5, 990)
    assert halted.bids() == [(ALICE, 1_010, 5)]
    assert halted.asks() == [(BOB, 990, 5)]
    assert halted.phase() == Phase.HALTED
    halted.cancel(ALICE, 0, 0)
    assert not halted.bids()


def test_reopen_clears_at_one_price_in_price_time_order(halted: Desk) -> None:
    halted.buy(ALICE, 5, 1_000)
    halted.buy(CAROL, 5, 1_010)
    halted.sell(BOB, 7, 995)
    reopen(halted)
    assert halted.one(e.Uncrossed) == e.Uncrossed(1, 1_000, 7)
    assert {price for _, _, price in halted.fills()} == {1_000}
    assert [(account, lots) for account, lots, _ in halted.fills() if account != BOB] == [(CAROL, 5), (ALICE, 2)]
    assert halted.said[-1] == e.Phased(1, Phase.CONTINUOUS)
    assert halted.bids() == [(ALICE, 1_000, 3)]


def test_reopen_without_crossing_orders_says_so_only(halted: Desk) -> None:
    halted.buy(ALICE, 5, 990)
    assert reopen(halted) == [e.Phased(1, Phase.CONTINUOUS)]


def test_reopen_charges_the_older_order_as_maker(halted: Desk) -> None:
    halted.buy(ALICE, 100, 1_000)
    halted.sell(BOB, 100, 1_000)
    reopen(halted)
    assert {one.account: one.fee for one in halted.all(e.Filled)} == {ALICE: 20, BOB: 50}


def test_reopen_ends_the_newer_order_of_one_account(halted: Desk) -> None:
    halted.buy(ALICE, 5, 1_000)
    halted.sell(ALICE, 5, 1_000)
    halted.sell(BOB, 2, 1_000)
    reopen(halted)
    assert halted.ended() == [(ALICE, Code.SELF_TRADE)]
    assert halted.held(ALICE) == 2


def test_reopen_with_an_order_that_may_not_fill_goes_on_without_it() -> None:
    """A reduction whose position went away, at the front of the queue."""
    desk = Desk()
    desk.cross(ALICE, BOB, 5, 1_000)
    desk.sell(ALICE, 5, 1_000)
    desk.table(status=Status.HALTED)
    desk.sell(ALICE, 5, 995, reduce_only=True)
    desk.sell(ALICE, 5, 990, reduce_only=True)
    desk.buy(CAROL, 12, 1_000)
    reopen(desk)
    assert desk.held(ALICE) == -5
    assert desk.ended() == [(ALICE, Code.NOT_REDUCING)]
    assert desk.bids() == [(CAROL, 1_000, 2)]


def test_halt_during_the_auction_starts_it_over(halted: Desk) -> None:
    halted.buy(ALICE, 5, 1_000)
    halted.sell(BOB, 5, 1_000)
    halted.table(status=Status.ACTIVE)
    halted.wait(30)
    halted.table(status=Status.HALTED, later=1)
    assert halted.phase() == Phase.HALTED
    halted.wait(100)
    assert not halted.fills()
    reopen(halted)
    assert halted.held(ALICE) == 5


def test_auction_that_is_on_is_not_drawn_out_by_tables(halted: Desk) -> None:
    halted.table(status=Status.ACTIVE)
    halted.table(later=30)
    assert halted.phase() == Phase.AUCTION
    halted.table(later=30)
    assert halted.phase() == Phase.CONTINUOUS


def test_auction_of_a_slot_that_reopens_reduce_only_only_reduces() -> None:
    desk = Desk()
    desk.cross(ALICE, BOB, 5, 1_000)
    desk.table(status=Status.HALTED)
    desk.sell(ALICE, 9, 1_000)
    desk.buy(BOB, 9, 1_000)
    desk.table(status=Status.REDUCE_ONLY)
    desk.wait(60)
    assert desk.held(ALICE) == desk.held(BOB) == 0


def test_auction_with_a_stale_table_waits_for_a_fresh_one(halted: Desk) -> None:
    """L1 takes no trade step under a table that old."""
    halted.buy(ALICE, 5, 1_000)
    halted.sell(BOB, 5, 1_000)
    halted.table(status=Status.ACTIVE)
    halted.wait(halted.settings.table_age + 1)
    assert halted.phase() == Phase.AUCTION
    assert not halted.fills()
    halted.send(c.Seal())
    assert not halted.fills()
    halted.table()
    assert halted.held(ALICE) == 5


def test_auction_with_no_room_in_the_batch_goes_on_after_the_next() -> None:
    desk = Desk(batch_legs=4)
    desk.table(status=Status.HALTED)
    for place in range(3):
        desk.buy(ALICE, 1, 1_000, place=place)
        desk.sell(BOB, 1, 1_000, place=place)
    desk.table(status=Status.ACTIVE)
    desk.wait(60)
    assert desk.held(ALICE) == 2
    assert desk.phase() == Phase.AUCTION
    assert [one.quantity for one in desk.all(e.Uncrossed)] == [3]
    desk.wait(1)
    assert not desk.said, "no price is told that there is no room for"
    assert desk.send(c.Seal()) == [e.Sealed(4)], "what is cut is cut: nothing happens in it any more"
    assert desk.held(ALICE) == 2
    desk.wait(1)
    assert desk.held(ALICE) == 3
    assert desk.phase() == Phase.CONTINUOUS


def test_auction_takes_limit_orders_only_and_no_triggers(halted: Desk) -> None:
    halted.table(status=Status.ACTIVE)
    for force in (Force.IOC, Force.FOK, Force.MARKET):
        halted.refuses(Code.MARKET_HALTED, halted.buy, ALICE, 1, 1_000, force=force)
    halted.buy(ALICE, 1, 1_000, trigger=Trigger.STOP, trigger_price=900)
    halted.table(1_000, later=1)
    assert not halted.all(e.Triggered)


def test_reopen_a_flood_clears_all_of_it() -> None:
    """Every trader at all places, crossed as far as it goes."""
    desk = Desk(wealth=dict.fromkeys(range(2, 40), 1_000_000))
    desk.table(status=Status.HALTED)
    for account in range(2, 40):
        for place in range(4):
            take = desk.buy if account % 2 else desk.sell
            take(account, 1 + place, 1_000 + (10 * place if account % 2 else -10 * place), place=place)
    reopen(desk)
    assert sum(lots for _, lots, _ in desk.fills() if lots > 0) == 19 * 10
    assert not desk.bids()
    assert not desk.asks()


# -- only what can trade moves the price

VICTIM, OTHER, AGENT = CAROL, 5, 6


@pytest.fixture
def gathered() -> Desk:
    """One who sells fifty for whatever the auction brings, one at 995; ALICE would pay 1,001, BOB holds one lot."""
    desk = Desk(wealth=dict.fromkeys((ALICE, BOB, VICTIM, OTHER, AGENT), 400_000))
    desk.cross(BOB, AGENT, 1, 1_000)
    desk.table(status=Status.HALTED)
    desk.sell(VICTIM, 50, 905)
    desk.sell(OTHER, 50, 995)
    return desk


def test_reopen_with_honest_orders_clears_near_the_mark(gathered: Desk) -> None:
    gathered.buy(ALICE, 100, 1_001)
    reopen(gathered)
    assert gathered.one(e.Uncrossed) == e.Uncrossed(1, 1_001, 100)


def test_reopen_counts_of_a_reduction_only_what_there_is_to_reduce(gathered: Desk) -> None:
    """Five hundred asked for at 910 by one who has one lot: it is one lot that counts."""
    gathered.buy(ALICE, 101, 1_001)
    gathered.sell(BOB, 500, 910, reduce_only=True)
    reopen(gathered)
    assert gathered.one(e.Uncrossed) == e.Uncrossed(1, 1_001, 101)
    assert {price for _, _, price in gathered.fills()} == {1_001}


def test_reopen_counts_what_several_reductions_reduce_once(gathered: Desk) -> None:
    gathered.buy(ALICE, 101, 1_001)
    for limit in (910, 911, 912):
        gathered.sell(BOB, 50, limit, reduce_only=True)
    reopen(gathered)
    assert gathered.one(e.Uncrossed) == e.Uncrossed(1, 1_001, 101)
    assert gathered.ended() == [(BOB, Code.NOT_REDUCING)] * 3, "one with a lot filled, and two that nothing is left to"


def test_reopen_counts_nothing_of_an_order_that_only_meets_its_own_account(gathered: Desk) -> None:
    """ALICE asks for five hundred at 910 under a bid of its own: the newer order ends before a price is sought."""
    gathered.buy(ALICE, 100, 1_001)
    gathered.sell(ALICE, 500, 910)
    reopen(gathered)
    assert gathered.ended() == [(ALICE, Code.SELF_TRADE)]
    assert isinstance(gathered.said[0], e.Ended)
    assert gathered.one(e.Uncrossed) == e.Uncrossed(1, 1_001, 100)


def test_reopen_keeps_orders_of_one_account_that_do_not_cross(gathered: Desk) -> None:
    gathered.buy(ALICE, 100, 1_001)
    gathered.sell(ALICE, 5, 1_002)
    reopen(gathered)
    assert not gathered.ended()
    assert gathered.asks() == [(ALICE, 1_002, 5)]


def test_reopen_counts_nothing_of_orders_that_their_account_cannot_stand_for() -> None:
    """Below initial margin each order that eases may come; all together they would count what one of them trades."""
    desk = Desk(wealth={ALICE: 1_050, **dict.fromkeys((BOB, VICTIM, OTHER), 1_000_000)}, maker_fee=0, taker_fee=0)
    desk.cross(ALICE, BOB, 10, 1_000)
    desk.table(990)
    desk.table(status=Status.HALTED)
    desk.table(status=Status.ACTIVE)
    desk.sell(VICTIM, 50, 905)
    desk.sell(OTHER, 50, 995)
    desk.buy(BOB, 85, 1_001)
    for place in range(4):
        desk.sell(ALICE, 10, 910 + place, place=place)
        assert desk.all(e.Accepted)
    desk.wait(60)
    assert [(one.price, one.quantity) for one in desk.all(e.Uncrossed)] == [(995, 85)]
    assert {price for _, _, price in desk.fills()} == {995}
    assert desk.ended() == [(ALICE, Code.MARGIN_SHORT)] * 4


def test_reopen_looks_for_a_few_prices_at_a_time() -> None:
    """Open interest is at its limit: offers that would raise it fail one after the other, each at its own price."""
    desk = Desk(wealth=dict.fromkeys((ALICE, BOB, VICTIM, OTHER, AGENT), 400_000), limits={"interest": 10})
    desk.cross(BOB, AGENT, 10, 1_000)
    desk.table(status=Status.HALTED)
    desk.buy(ALICE, 1, 1_000)
    for step in range(3):
        desk.sell(VICTIM, 1, 950 + 2 * step)
        desk.sell(OTHER, 1, 951 + 2 * step)
    desk.table(status=Status.ACTIVE)
    desk.wait(60)
    assert desk.ended() == [(VICTIM, Code.OPEN_INTEREST), (OTHER, Code.OPEN_INTEREST)] * (ROUNDS // 2)
    assert len(desk.all(e.Uncrossed)) <= ROUNDS
    assert desk.phase() == Phase.AUCTION
    desk.wait(1)
    assert desk.ended() == [(VICTIM, Code.OPEN_INTEREST), (OTHER, Code.OPEN_INTEREST)]
    assert desk.phase() == Phase.CONTINUOUS
    assert desk.bids() == [(ALICE, 1_000, 1)]
