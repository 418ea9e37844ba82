"""Margin before a trade and at it: the worst of all open orders, the fee that a reduction can bear, and warnings."""

from __future__ import annotations

from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.exchange_desk import ALICE, BOB, CAROL, Desk
from support.spec_values import NOW, TINY, Instrument, table_of

from rollup.exchange import commands as c
from rollup.exchange import events as e
from rollup.exchange.codes import Code
from rollup.exchange.commands import Force
from rollup.exchange.settings import settings_of
from rollup.exchange.twin.margin import after_fill, fee_rate, fee_room, reserves
from rollup.exchange.twin.state import Member, Open, World
from rollup.spec.errors import Rejected
from rollup.spec.margin import check_close_rule, values_of
from rollup.spec.shared import Side, Width

instruments = st.builds(
    Instrument,
    st.integers(100, 2_000),
    st.tuples(*[st.integers(-90, 300)] * 4),
    funding=st.integers(-30, 30),
)

orders = st.lists(
    st.tuples(
        st.integers(1, 2), st.sampled_from(list(Side)), st.integers(1, 3_000), st.integers(1, 40), st.integers(0, 1_000)
    ),
    max_size=6,
)


@given(
    first=instruments,
    second=instruments,
    cash=st.integers(-5_000, 60_000),
    held=st.tuples(st.integers(-30, 30), st.integers(-30, 30)),
    asked=orders,
    fees=st.tuples(st.integers(0, 1_000), st.integers(0, 1_000)),
)
def test_reserve_for_open_orders_is_the_worst_of_all_sets_of_fills(
    first: Instrument,
    second: Instrument,
    cash: int,
    held: tuple[int, int],
    asked: list[tuple[int, Side, int, int, int]],
    fees: tuple[int, int],
) -> None:
    """Exact: enough if and only if no set of whole fills at limits breaks initial margin; then none of parts does."""
    table = table_of(first, second, profile=TINY)
    settings = settings_of(TINY, taker_fee=fees[0], maker_fee=fees[1])
    world, member = World.new(settings), Member.new(ALICE, settings)
    world.table = table
    member.vector[:3] = [cash, *held]
    standing = []
    for number, (slot, side, limit, lots, cap) in enumerate(asked):
        words = c.Place(ALICE, slot, 1, side, limit, lots, cap, number, 0, NOW)
        standing.append(Open(number + 1, words, limit, lots))
        member.orders[number] = standing[-1]

    def worst(parts: tuple[int, ...]) -> int:
        """After a fill of so many lots of each order, at its limit, at the highest fee."""
        vector = list(member.vector)
        for one, lots in zip(standing, parts, strict=True):
            mark = table.marks[one.words.slot]
            cost = lots * one.limit
            vector[one.words.slot] += one.sign * lots
            vector[0] -= one.sign * (cost - lots * mark.funding)
            vector[0] -= -(-fee_rate(world, one, maker=None) * cost // 10**6)
        return min(values_of(tuple(vector), table))

    every_set = product(*[(0, one.remaining) for one in standing])
    enough = min(worst(parts) for parts in every_set) >= 0
    assert reserves(world, member)[0] == enough
    if enough:
        halves = tuple(one.remaining // 2 for one in standing)
        assert worst(halves) >= 0
    if standing:
        # The last one as if it came now, and as if it replaced itself.
        *_, last = standing
        assert reserves(world, member, last, last.words.place)[0] == enough
        del member.orders[last.words.place]
        assert reserves(world, member, last)[0] == enough


@given(
    first=instruments,
    second=instruments,
    cash=st.integers(-30_000, 30_000),
    held=st.tuples(st.integers(-60, 60), st.integers(-60, 60)),
    lots=st.integers(1, 60),
    side=st.sampled_from(list(Side)),
    away=st.integers(-150, 150),
)
def test_fee_room_is_the_highest_fee_that_the_law_takes(
    first: Instrument,
    second: Instrument,
    cash: int,
    held: tuple[int, int],
    lots: int,
    side: Side,
    away: int,
) -> None:
    table = table_of(first, second, profile=TINY)
    before = values_of((cash, *held, *(0,) * (TINY.slots - 3)), table)
    price = max(1, first.price + away)
    after = after_fill(before, table, 1, 1 if side == Side.BUY else -1, lots, lots * price)
    room = fee_room(before, after, table)

    def takes(fee: int) -> bool:
        try:
            check_close_rule(before, tuple(value - fee for value in after), table.parameters, Width.TRADED)
        except Rejected:
            return False
        return True

    if room is None:
        assert not takes(0)
        return
    assert takes(room)
    assert takes(room // 2)
    # A fee that takes more than there is may pass again only where the law excuses a solvent end; there is none above.
    assert not takes(room + 1)


@pytest.fixture
def under() -> Desk:
    """Alice holds 20 lots and is below initial margin; a lot that she sells frees 25.5 of close-out margin."""
    desk = Desk(
        Instrument(1_000, (-102, 102, -50, 50)), wealth={ALICE: 2_100, BOB: 100_000, CAROL: 100_000}, taker_fee=1_000
    )
    desk.cross(ALICE, BOB, 20, 1_000)
    desk.table(980)
    assert desk.one(e.MarginCalled) == e.MarginCalled(ALICE)
    assert not desk.all(e.Reduced)
    return desk


@pytest.mark.parametrize(("lots", "fee"), [(1, 0), (2, 1), (3, 1), (4, 2)])
def test_reduce_below_initial_margin_pays_what_fee_there_is_room_for(under: Desk, lots: int, fee: int) -> None:
    """At 955 a lot gives up 25: half a micro-dollar is left for the fee, which would be nearly a whole one."""
    under.buy(CAROL, 20, 955)
    under.sell(ALICE, lots, 955, force=Force.IOC)
    assert [one.fee for one in under.all(e.Filled) if one.account == ALICE] == [fee]
    assert under.worst(ALICE) < 0


def test_reduce_to_initial_margin_pays_the_whole_fee(under: Desk) -> None:
    under.buy(CAROL, 20, 955)
    under.sell(ALICE, 10, 955, force=Force.IOC)
    assert [one.fee for one in under.all(e.Filled) if one.account == ALICE] == [9]
    assert under.worst(ALICE) >= 0


def test_trade_below_initial_margin_only_to_ease_it(under: Desk) -> None:
    under.refuses(Code.MARGIN, under.sell, ALICE, 4, 954)
    under.refuses(Code.MARGIN, under.buy, ALICE, 1, 980)
    under.refuses(Code.MARGIN, under.sell, ALICE, 4, 955, force=Force.FOK)
    under.sell(ALICE, 4, 955)
    assert under.asks()


def test_fill_an_order_that_eases_no_more_ends_it(under: Desk) -> None:
    """Each of two orders would ease what is there, and the second not after the first."""
    under.sell(ALICE, 20, 970, place=0)
    under.sell(ALICE, 20, 971, place=1)
    under.buy(CAROL, 40, 971)
    assert under.ended() == [(ALICE, Code.MARGIN_SHORT)]
    assert under.held(ALICE) == 0
    assert under.bids() == [(CAROL, 971, 20)]


def test_place_fok_does_not_count_on_orders_that_margin_may_end(under: Desk) -> None:
    """The second of them ends when the first has filled."""
    under.sell(ALICE, 20, 970, place=0)
    under.sell(ALICE, 20, 971, place=1)
    under.refuses(Code.CANNOT_FILL, under.buy, CAROL, 40, 971, force=Force.FOK)
    under.sell(BOB, 40, 971)
    under.buy(CAROL, 40, 971, force=Force.FOK)
    assert under.held(CAROL) == 40


def test_place_needs_margin_for_the_worse_side_only() -> None:
    """Bids and asks do not fill in one scenario both at a loss."""
    desk = Desk(wealth={ALICE: 1_100, BOB: 100_000}, taker_fee=0, maker_fee=0)
    desk.buy(ALICE, 11, 1_000, place=0)
    desk.sell(ALICE, 11, 1_001, place=1)
    desk.refuses(Code.MARGIN, desk.buy, ALICE, 1, 999, place=2)
    desk.refuses(Code.MARGIN, desk.sell, ALICE, 1, 1_001, place=2)


def test_place_to_close_a_position_needs_no_margin_of_its_own() -> None:
    desk = Desk(wealth={ALICE: 1_010, BOB: 100_000}, taker_fee=0, maker_fee=0)
    desk.cross(ALICE, BOB, 10, 1_000)
    desk.refuses(Code.MARGIN, desk.buy, ALICE, 1, 1_000)
    desk.sell(ALICE, 10, 1_000)
    assert desk.asks()


def test_place_a_hedge_counts_in_one_portfolio() -> None:
    """A future that moves with the perpetual: what one loses the other gains."""
    desk = Desk(
        Instrument(1_000, (-100, 100)),
        Instrument(1_000, (-100, 100)),
        wealth={ALICE: 1_010, BOB: 100_000},
        taker_fee=0,
        maker_fee=0,
    )
    desk.cross(ALICE, BOB, 10, 1_000)
    desk.refuses(Code.MARGIN, desk.buy, ALICE, 10, 1_000, slot=2)
    desk.sell(BOB, 1, 1_001, slot=2)
    desk.sell(ALICE, 10, 1_000, slot=2)
    assert desk.asks(2)


def test_place_at_a_bad_price_counts_the_loss_to_the_mark() -> None:
    desk = Desk(wealth={ALICE: 1_490, BOB: 100_000}, taker_fee=0, maker_fee=0)
    desk.refuses(Code.MARGIN, desk.buy, ALICE, 10, 1_050)
    desk.buy(ALICE, 10, 1_049)
    assert desk.bids()


def test_place_counts_the_higher_fee() -> None:
    desk = Desk(wealth={ALICE: 1_000, BOB: 100_000}, taker_fee=500, maker_fee=200)
    desk.refuses(Code.MARGIN, desk.buy, ALICE, 10, 1_000)
    desk.credit(ALICE, 4)
    desk.refuses(Code.MARGIN, desk.buy, ALICE, 10, 1_000)
    desk.credit(ALICE, 1)
    desk.buy(ALICE, 10, 1_000)
    assert desk.bids()


def test_withdraw_leaves_margin_for_open_orders() -> None:
    desk = Desk(wealth={ALICE: 2_000, BOB: 100_000}, taker_fee=0, maker_fee=0)
    desk.buy(ALICE, 10, 1_000)
    desk.refuses(Code.INSUFFICIENT, desk.debit, ALICE, 1_001)
    desk.debit(ALICE, 1_000)
    assert desk.one(e.Moved) == e.Moved(ALICE, -1_000)


def test_force_a_payment_out_ends_orders_that_stood_on_it() -> None:
    desk = Desk(wealth={ALICE: 2_000, BOB: 100_000}, taker_fee=0, maker_fee=0)
    desk.buy(ALICE, 10, 1_000, place=0)
    desk.buy(ALICE, 5, 1_000, place=1)
    desk.debit(ALICE, 1_000, forced=True)
    assert desk.one(e.Moved) == e.Moved(ALICE, -1_000)
    assert desk.ended() == [(ALICE, Code.MARGIN_SHORT)]
    assert desk.bids() == [(ALICE, 1_000, 10)], "the newest goes first"


def test_force_a_payment_out_pays_what_is_free_in_the_worst_case() -> None:
    desk = Desk(wealth={ALICE: 2_100, BOB: 100_000})
    desk.cross(ALICE, BOB, 20, 1_000)
    desk.debit(ALICE, 1_000, forced=True)
    assert desk.one(e.Moved) == e.Moved(ALICE, -90)
    assert desk.worst(ALICE) == 0


def test_force_a_payment_out_of_nothing_pays_nothing() -> None:
    desk = Desk(wealth={ALICE: 0, BOB: 100_000})
    desk.debit(ALICE, 1_000, forced=True)
    assert desk.one(e.Moved) == e.Moved(ALICE, 0)


# -- warnings


def test_call_margin_between_initial_and_maintenance_and_restore_it() -> None:
    desk = Desk(wealth={ALICE: 2_100, BOB: 100_000})
    desk.cross(ALICE, BOB, 20, 1_000)
    desk.table(997)
    assert not desk.all(e.MarginCalled)
    desk.table(990)
    assert desk.one(e.MarginCalled) == e.MarginCalled(ALICE)
    desk.table(989)
    assert not desk.all(e.MarginCalled), "once is enough"
    assert not desk.all(e.Reduced)
    desk.credit(ALICE, 50)
    assert not desk.all(e.MarginRestored)
    desk.credit(ALICE, 100)
    assert desk.one(e.MarginRestored) == e.MarginRestored(ALICE)


def test_restore_margin_by_the_market() -> None:
    desk = Desk(wealth={ALICE: 2_100, BOB: 100_000})
    desk.cross(ALICE, BOB, 20, 1_000)
    desk.table(990)
    desk.table(1_000)
    assert desk.one(e.MarginRestored) == e.MarginRestored(ALICE)


def test_table_ends_the_newest_orders_that_are_covered_no_more() -> None:
    desk = Desk(wealth={ALICE: 3_010, BOB: 100_000}, taker_fee=0, maker_fee=0)
    desk.buy(ALICE, 10, 1_000, place=0)
    desk.buy(ALICE, 10, 1_000, place=1)
    desk.buy(ALICE, 10, 1_000, place=2)
    desk.table(995)
    assert [one.order for one in desk.all(e.Ended)] == [3]
    assert desk.ended() == [(ALICE, Code.MARGIN_SHORT)]


@pytest.mark.parametrize("force", [Force.GTC, Force.FOK])
def test_place_outside_the_range_of_the_proof_is_refused(force: Force) -> None:
    desk = Desk(wealth={ALICE: 1 << 61, BOB: 1 << 61})
    desk.sell(BOB, 1, 1_000)
    desk.credit(ALICE, 1 << 61)
    desk.refuses(Code.MARGIN_RANGE, desk.buy, ALICE, 1, 1_000, force=force)
