"""What a fall brings: orders into the book, then the fund, then those who stand against it."""

from __future__ import annotations

from dataclasses import replace

import pytest
from support.exchange_desk import ALICE, BOB, CAROL, Desk
from support.spec_values import PERPETUAL, Instrument, table_of

from rollup.exchange import commands as c
from rollup.exchange import events as e
from rollup.exchange.codes import Code
from rollup.exchange.twin import matching
from rollup.spec.account import FUND
from rollup.spec.liquidate import Reduction, liquidated
from rollup.spec.margin import values_of, violates
from rollup.spec.shared import Side, Status

FALLING = {ALICE: 2_100, BOB: 100_000, CAROL: 100_000}
"""Alice's 20 lots need 2,000 to begin with; she is liquidated below 1,000 and taken over below 500."""


def fallen(fund: int = 0, **settings: int) -> Desk:
    """Alice holds 20 lots at a thousand, 2,090 stand behind them, Bob is short."""
    desk = Desk(wealth=FALLING, fund=fund, **settings)
    desk.cross(ALICE, BOB, 20, 1_000)
    assert desk.cash(ALICE) == 2_090 - 20_000
    return desk


# -- orders into the book


def test_liquidate_gives_the_book_just_enough_for_initial_margin() -> None:
    """A lot at 937 gives up 3 and a penalty of 2.5 and frees 100; 1,110 are missing."""
    desk = fallen()
    desk.buy(CAROL, 20, 937)
    desk.table(940)
    assert desk.one(e.Reduced) == e.Reduced(2, ALICE, 1, Side.SELL, 12, 12 * 937, 30)
    assert desk.fills() == [(CAROL, 12, 937)]
    assert desk.held(ALICE) == 8
    assert desk.worst(ALICE) == 24
    assert desk.cash(FUND) == 30
    assert not desk.all(e.MarginCalled), "it is above initial margin again"


def test_liquidate_stops_in_time_by_the_law() -> None:
    """One lot more than the exchange gave is one more than the law lets it give."""
    desk = fallen(penalty=0)
    desk.buy(CAROL, 20, 940)
    before = tuple(desk.member(ALICE).vector)
    desk.table(940)
    lots, table = desk.one(e.Reduced).quantity, desk.twin.world.table
    assert lots == 12
    assert table is not None
    after = liquidated(before, (Reduction(1, Side.SELL, lots, lots * 940),), table)
    assert min(values_of(after, table)) == desk.worst(ALICE) >= 0
    with pytest.raises(Exception, match="LIQ-9"):
        liquidated(before, (Reduction(1, Side.SELL, 14, 14 * 940),), table)


def test_liquidate_into_a_thin_book_takes_what_there_is() -> None:
    desk = fallen()
    desk.buy(CAROL, 3, 940)
    desk.buy(BOB, 2, 938)
    desk.table(940)
    assert desk.fills() == [(CAROL, 3, 940), (BOB, 2, 938)]
    assert desk.one(e.Reduced).cash == 3 * 940 + 2 * 938
    assert desk.all(e.MarginCalled)


def test_liquidate_reaches_no_further_than_the_band() -> None:
    """6.25 % of the lot's risk: down to 934."""
    desk = fallen()
    desk.buy(CAROL, 20, 933)
    desk.table(940)
    assert not desk.all(e.Reduced)
    desk.buy(CAROL, 20, 934)
    desk.table(940)
    assert desk.one(e.Reduced) == e.Reduced(2, ALICE, 1, Side.SELL, 13, 13 * 934, 32), "one more, for the penalty"


def test_liquidate_takes_better_bids_than_the_mark() -> None:
    desk = fallen()
    desk.buy(CAROL, 20, 990)
    desk.table(940)
    reduced = desk.one(e.Reduced)
    assert reduced.cash == 990 * reduced.quantity
    assert reduced.quantity == 8


def test_liquidate_above_maintenance_does_not() -> None:
    desk = fallen()
    desk.buy(CAROL, 20, 940)
    desk.table(946)
    assert not desk.all(e.Reduced)
    assert desk.all(e.MarginCalled)


def test_liquidate_gives_the_riskiest_position_first() -> None:
    desk = Desk(
        PERPETUAL,
        Instrument(500, (-80, 80), listing=1),
        wealth={ALICE: 3_700, BOB: 100_000, CAROL: 100_000},
        taker_fee=0,
        maker_fee=0,
    )
    desk.cross(ALICE, BOB, 20, 1_000)
    desk.cross(ALICE, BOB, 20, 500, slot=2)
    desk.buy(CAROL, 20, 895)
    desk.buy(CAROL, 20, 499, slot=2)
    desk.table(900)
    assert [one.slot for one in desk.all(e.Reduced)][:1] == [1]


def test_liquidate_everybody_who_fails_and_the_worst_first() -> None:
    """Carol has a little less: she gets the better price."""
    dave = 5
    desk = Desk(wealth={ALICE: 2_100, BOB: 100_000, CAROL: 2_090, dave: 100_000})
    desk.cross(ALICE, BOB, 20, 1_000)
    desk.cross(CAROL, BOB, 20, 1_000)
    desk.buy(dave, 12, 940)
    desk.buy(dave, 40, 939)
    desk.table(940)
    assert [one.account for one in desk.all(e.Reduced)] == [CAROL, ALICE]
    prices = [one.cash // one.quantity for one in desk.all(e.Reduced)]
    assert prices == [940, 939]
    assert min(desk.worst(ALICE), desk.worst(CAROL)) >= 0


def test_liquidate_leaves_orders_of_those_who_cannot_stand_for_them_alone() -> None:
    """Carol's bid is not covered at the new mark: it ends, and Bob's is taken."""
    desk = fallen()
    desk.send(c.Debit(CAROL, 97_990))
    desk.buy(CAROL, 20, 940)
    desk.buy(BOB, 20, 939)
    desk.table(939, moves=(-102, 100, -50, 50))
    assert (CAROL, Code.MARGIN_SHORT) in desk.ended()
    assert {account for account, _, _ in desk.fills()} == {BOB}


def test_liquidate_under_a_table_too_old_for_it_does_not() -> None:
    desk = fallen()
    desk.wait(700)
    late = table_of(replace(PERPETUAL, price=900), time=desk.now - desk.settings.liquidation_age - 1)
    desk.send(c.Table(desk.epoch + 1, late))
    assert not desk.all(e.TakenOver)
    assert desk.all(e.MarginCalled)
    desk.epoch += 1
    desk.table(900)
    assert desk.all(e.TakenOver)


def test_liquidate_while_halted_does_not_reach_the_book() -> None:
    desk = fallen()
    desk.buy(CAROL, 20, 940)
    desk.table(940, status=Status.HALTED)
    assert not desk.all(e.Reduced)


def test_liquidate_finds_no_batch_too_full() -> None:
    """Who fills a batch keeps nobody from being liquidated; traders wait for the next."""
    desk = fallen(batch_legs=4)
    for price in (940, 939, 938):
        desk.buy(CAROL, 3, price)
    desk.cross(CAROL, BOB, 1, 1_000)
    desk.table(940)
    assert [one.quantity for one in desk.all(e.Filled)] == [3, 3, 3]
    assert desk.one(e.Reduced).quantity == 9
    desk.sell(BOB, 1, 945)
    desk.buy(CAROL, 1, 945)
    assert desk.ended() == [(CAROL, Code.BATCH_FULL)]
    assert desk.send(c.Seal()) == [e.Sealed(7)]


def test_liquidate_takes_of_a_long_book_what_it_looked_at(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(matching, "LOOK", 2)
    desk = fallen()
    for price in (940, 939, 938):
        desk.buy(CAROL, 3, price)
    desk.table(940)
    assert desk.fills() == [(CAROL, 3, 940), (CAROL, 3, 939)]
    assert desk.one(e.Reduced).quantity == 6


def test_liquidate_into_reductions_counts_what_one_account_may_reduce_once() -> None:
    desk = fallen()
    desk.cross(BOB, CAROL, 5, 1_000)
    desk.buy(CAROL, 5, 940, reduce_only=True)
    desk.buy(CAROL, 5, 940, reduce_only=True)
    desk.table(940)
    assert desk.fills() == [(CAROL, 5, 940)]
    assert desk.ended() == [(CAROL, Code.NOT_REDUCING)]
    assert [type(one) for one in desk.said[1:4]] == [e.Filled, e.Reduced, e.Ended], "a match stands in one piece"


def test_liquidate_in_an_auction_waits_for_its_end() -> None:
    desk = fallen()
    desk.table(status=Status.HALTED)
    desk.buy(CAROL, 20, 940)
    desk.table(940, status=Status.ACTIVE)
    assert not desk.all(e.Reduced)
    desk.wait(60)
    desk.table(940)
    assert desk.all(e.Reduced)


# -- the fund


def test_take_over_an_account_beyond_close_out() -> None:
    desk = fallen(fund=10_000)
    desk.table(915)
    assert desk.one(e.TakenOver) == e.TakenOver(ALICE)
    assert (desk.held(ALICE), desk.cash(ALICE)) == (0, 0)
    assert (desk.held(FUND), desk.cash(FUND)) == (20, 10_000 + 2_090 - 20_000)
    assert not desk.all(e.Deleveraged)


def test_take_over_only_what_the_book_did_not_save() -> None:
    """A lot that is given away at 912 frees more close-out margin than it costs."""
    desk = fallen(fund=10_000)
    desk.buy(CAROL, 20, 915)
    desk.table(915)
    assert desk.one(e.Reduced).account == ALICE
    assert not desk.all(e.TakenOver)


def test_take_over_an_account_in_debt_leaves_the_debt_with_the_fund() -> None:
    desk = fallen(fund=10_000)
    desk.table(850)
    assert desk.all(e.TakenOver)
    assert desk.cash(FUND) + 20 * 850 == 10_000 + 2_090 - 20 * 150


def test_unload_the_fund_into_the_book() -> None:
    desk = fallen(fund=10_000)
    desk.table(915)
    desk.buy(CAROL, 5, 912)
    desk.table(915)
    assert desk.one(e.Unloaded) == e.Unloaded(2, 1, Side.SELL, 5, 5 * 912)
    assert desk.held(FUND) == 15


def test_unload_no_further_than_the_funds_band() -> None:
    desk = fallen(fund=10_000)
    desk.table(915)
    desk.buy(CAROL, 5, 908)
    desk.table(915)
    assert not desk.all(e.Unloaded)


# -- those who stand against it


def test_deleverage_the_most_leveraged_first_and_no_more_than_the_fund_needs() -> None:
    desk = Desk(wealth={ALICE: 2_100, BOB: 100_000, CAROL: 2_000}, fund=100)
    desk.cross(ALICE, BOB, 10, 1_000)
    desk.cross(ALICE, CAROL, 10, 1_000)
    desk.table(916)
    assert desk.all(e.TakenOver)
    assert desk.all(e.Deleveraged) == [e.Deleveraged(CAROL, 1, Side.BUY, 10, 9_160)]
    assert desk.held(FUND) == 10
    assert not violates(values_of(tuple(desk.member(FUND).vector), desk.twin.world.table), 500_000)  # type: ignore[arg-type]


def test_deleverage_goes_on_to_the_next_while_the_fund_fails() -> None:
    desk = Desk(wealth={ALICE: 2_100, BOB: 100_000, CAROL: 2_000})
    desk.cross(ALICE, BOB, 10, 1_000)
    desk.cross(ALICE, CAROL, 10, 1_000)
    desk.table(915)
    assert [(one.account, one.quantity) for one in desk.all(e.Deleveraged)] == [(CAROL, 10), (BOB, 3)]
    assert (desk.held(FUND), desk.held(BOB), desk.held(CAROL)) == (7, -7, 0), "390 stand for seven lots"


def test_deleverage_pays_the_mark_and_takes_no_fee() -> None:
    desk = fallen()
    cash = desk.cash(BOB)
    desk.table(915)
    assert desk.one(e.Deleveraged).cash == 13 * 915
    assert desk.cash(BOB) == cash - 13 * 915


def test_deleverage_takes_the_least_that_cures_the_fund() -> None:
    """One lot less, and the fund would still be below maintenance margin."""
    desk = Desk(wealth={ALICE: 10_500, BOB: 900_000, CAROL: 900_000}, fund=4_530)
    desk.cross(ALICE, BOB, 100, 1_000)
    desk.cross(CAROL, BOB, 400, 1_000)
    desk.table(900)
    given, table = desk.one(e.Deleveraged), desk.twin.world.table
    assert table is not None
    assert 0 < given.quantity < 100
    vector = desk.member(FUND).vector
    kappa = table.parameters.maintenance
    assert not violates(values_of(tuple(vector), table), kappa)
    assert violates(values_of((vector[0] - 900, vector[1] + 1, *vector[2:]), table), kappa)


def test_deleverage_waits_while_the_slot_is_in_its_auction() -> None:
    desk = fallen()
    desk.table(status=Status.HALTED)
    desk.table(915, status=Status.ACTIVE)
    assert desk.all(e.TakenOver)
    assert not desk.all(e.Deleveraged)
    desk.wait(60)
    desk.table()
    assert desk.one(e.Deleveraged).account == BOB


def test_deleverage_ends_reductions_that_have_nothing_left() -> None:
    desk = Desk(wealth={ALICE: 2_100, BOB: 100_000, CAROL: 2_000}, fund=100)
    desk.cross(ALICE, BOB, 10, 1_000)
    desk.cross(ALICE, CAROL, 10, 1_000)
    desk.buy(CAROL, 10, 900, reduce_only=True)
    desk.table(916)
    assert desk.one(e.Deleveraged) == e.Deleveraged(CAROL, 1, Side.BUY, 10, 9_160)
    assert desk.ended() == [(CAROL, Code.NOT_REDUCING)]


def test_deleverage_leaves_alone_who_stands_with_the_fund() -> None:
    desk = Desk(wealth={ALICE: 2_100, BOB: 100_000, CAROL: 100_000})
    desk.cross(ALICE, BOB, 20, 1_000)
    desk.cross(CAROL, BOB, 20, 1_000)
    desk.table(915)
    assert [one.account for one in desk.all(e.Deleveraged)] == [BOB]
    assert desk.held(CAROL) == 20


def test_deleverage_ends_orders_that_the_position_had_covered() -> None:
    """Buying 50 was 20 short closed and 30 long; with 13 of the short given back it would be 43 long."""
    desk = Desk(wealth={ALICE: 2_100, BOB: 2_010}, taker_fee=0, maker_fee=0)
    desk.cross(ALICE, BOB, 20, 1_000)
    desk.buy(BOB, 50, 905)
    desk.table(914)
    assert desk.one(e.Deleveraged).account == BOB
    assert desk.ended() == [(BOB, Code.MARGIN_SHORT)]


# -- closing by force


@pytest.mark.parametrize(("fund", "owed"), [(10_000, 4_190), (200, 4_190), (199, 2_990), (0, 2_990)])
def test_close_pays_what_is_free_and_gives_the_rest_to_the_fund(fund: int, owed: int) -> None:
    """4,990 less 40 % of the stress; less all of it where the fund would be left below maintenance."""
    desk = Desk(wealth={ALICE: 5_000, BOB: 100_000}, fund=fund)
    desk.cross(ALICE, BOB, 20, 1_000)
    desk.buy(ALICE, 1, 900)
    desk.send(c.Close(ALICE))
    assert desk.ended() == [(ALICE, Code.CLOSED_BY_FORCE)]
    assert desk.one(e.Closed) == e.Closed(ALICE, owed, owed)
    assert (desk.held(ALICE), desk.cash(ALICE)) == (0, 0)
    assert desk.held(FUND) == 20


def test_close_with_a_halted_position_leaves_the_whole_stress_behind() -> None:
    desk = Desk(wealth={ALICE: 5_000, BOB: 100_000}, fund=10_000)
    desk.cross(ALICE, BOB, 20, 1_000)
    desk.table(status=Status.HALTED)
    desk.send(c.Close(ALICE))
    assert desk.one(e.Closed).owed == 2_990


def test_close_an_account_without_positions_pays_everything() -> None:
    desk = Desk()
    desk.send(c.Close(ALICE))
    assert desk.one(e.Closed) == e.Closed(ALICE, 100_000, 100_000)


def test_close_beyond_what_custody_holds_leaves_the_rest_in_the_account() -> None:
    """Winnings that the loser has not brought yet: they are debts of an account whose collateral was never there."""
    desk = Desk(wealth={ALICE: 5_000, BOB: 5_000}, taker_fee=0, maker_fee=0)
    desk.cross(ALICE, BOB, 20, 1_000)
    desk.table(1_600)
    assert desk.one(e.TakenOver).account == BOB
    assert desk.one(e.Deleveraged).account == ALICE
    desk.send(c.Close(ALICE))
    assert desk.one(e.Closed) == e.Closed(ALICE, 17_000, 10_000)
    assert desk.cash(ALICE) == 7_000
    assert desk.twin.world.custody == 0
