"""Netting by examples: each is traded on the twin, netted, and every step applied by the law."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest
from support.ledger_runs import LedgerRun
from support.spec_builders import refused
from support.spec_values import NOW, PERPETUAL, TINY, Instrument, Trader, element, table_of

from rollup.exchange.codes import Code
from rollup.exchange.commands import Close, Credit, Debit, Fees, Limits, Place, Register, Table, Tick
from rollup.exchange.events import Event, Filled, Refused
from rollup.exchange.settings import settings_of
from rollup.ledger.errors import NoSuchOrder, NoTable, StillOwed
from rollup.ledger.funds import funds_steps
from rollup.ledger.liquidations import Drafts
from rollup.ledger.netting import Entry, Planned, net
from rollup.ledger.touches import district_of
from rollup.spec.account import FUND, REVENUE
from rollup.spec.funds import Decoy, Deposit, FeeCredit, Forced, FundsStep, TransferIn, TransferOut
from rollup.spec.liquidate import LiquidateStep, Reduction, liquidated
from rollup.spec.orders import Leg
from rollup.spec.shared import Mode, Profile, Side, Status
from rollup.spec.step import Applied
from rollup.spec.trade import TradeStep

BUY, SELL = Side.BUY, Side.SELL

FUTURE = Instrument(500, (-50, 50), listing=2)


class Floor(LedgerRun):
    """A market of a perpetual at 1,000 and a future at 500, everybody with 100,000 unless said otherwise."""

    def __init__(self, *traders: int, cash: int = 100_000, fund: int = 0, profile: Profile = TINY) -> None:
        super().__init__(settings_of(profile, taker_fee=500, maker_fee=200), profile)
        self.epoch, self.time = 0, NOW
        self.listed = [PERPETUAL, FUTURE]
        for slot in (1, 2):
            self.carry_out(Limits(slot, 1, 10_000, 100_000, 1_000))
        self.table()
        if fund:
            self.carry_out(Credit(FUND, fund))
        for account in traders:
            self.join(account, cash)
        self.end_batch()

    def join(self, account: int, cash: int) -> None:
        self.carry_out(Register(account))
        self.carry_out(Credit(account, cash))

    def table(self, *instruments: Instrument) -> list[Event]:
        """The next epoch."""
        for place, instrument in enumerate(instruments):
            self.listed[place] = instrument
        self.epoch, self.time = self.epoch + 1, self.time + 60
        return self.carry_out(Table(self.epoch, table_of(*self.listed, profile=self.profile, time=self.time)))

    def order(
        self, account: int, side: Side, lots: int, price: int, *, slot: int = 1, place: int = 0, **others: int | bool
    ) -> list[Event]:
        """An order that must be taken; under the place's next nonce."""
        nonce = self.twin.world.members[account].next_nonce[place]
        listing = self.listed[slot - 1].listing
        words = (account, slot, listing, side, price, lots, 1_000, place, nonce, self.time + 3_600)
        said = self.carry_out(Place(*words, **others))  # type: ignore[arg-type]
        assert not any(isinstance(event, Refused) for event in said), said
        return said

    def net(self) -> list[Applied]:
        """The batch so far, applied; twin and law must agree."""
        steps = self.end_batch()
        assert self.differences() == {}
        return steps


def lanes_of(steps: Sequence[Applied]) -> list[tuple[str, int, tuple[int, ...]]]:
    """Lanes with business: which kind, whose, and how many lots of each leg."""
    found = []
    for applied in steps:
        if isinstance(applied.step.body, TradeStep):
            for kind, lanes in (("narrow", applied.step.body.narrow), ("wide", applied.step.body.wide)):
                found += [(kind, one.account, tuple(leg.quantity for leg in one.legs)) for one in lanes if one.legs]
    return found


def legs_of(steps: Sequence[Applied], account: int) -> list[Leg]:
    bodies = [applied.step.body for applied in steps]
    return [
        leg
        for body in bodies
        if isinstance(body, TradeStep)
        for lane in (*body.narrow, *body.wide)
        for leg in lane.legs
        if lane.account == account
    ]


def modes_of(steps: Sequence[Applied]) -> list[list[Mode]]:
    """Modes of each liquidate step, decoys last: lanes stand in the order of their accounts, whatever their modes."""
    bodies = [applied.step.body for applied in steps]
    lanes = [[lane.mode for lane in body.lanes] for body in bodies if isinstance(body, LiquidateStep)]
    return [sorted(modes, key=lambda mode: mode or max(Mode) + 1) for modes in lanes]


# -- fills into legs


def test_net_when_an_order_is_filled_in_parts_makes_one_leg_of_them() -> None:
    floor = Floor(2, 3, 4)
    floor.order(2, SELL, 20, 1_000)
    for taker, lots in ((3, 5), (4, 7), (3, 8)):
        floor.order(taker, BUY, lots, 1_001)
    (leg,) = legs_of(floor.net(), 2)
    fees = 5_000 // 5_000 + 7_000 // 5_000 + 8_000 // 5_000
    assert (leg.quantity, leg.cash, leg.fee) == (20, 20_000, fees)


def test_net_when_one_leg_keeps_initial_margin_takes_narrow_lanes() -> None:
    floor = Floor(2, 3)
    floor.order(2, SELL, 4, 1_000)
    floor.order(3, BUY, 4, 1_000)
    assert lanes_of(floor.net()) == [("narrow", 2, (4,)), ("narrow", 3, (4,))]


def test_net_when_others_need_the_narrow_lanes_puts_an_accounts_two_orders_into_a_wide_one() -> None:
    floor = Floor(2, 3, 4)
    floor.order(2, SELL, 4, 1_000, place=0)
    floor.order(2, SELL, 6, 1_001, place=1)
    floor.order(3, BUY, 9, 1_001)
    floor.order(4, BUY, 1, 1_001)
    assert lanes_of(floor.net()) == [("narrow", 3, (9,)), ("narrow", 4, (1,)), ("wide", 2, (4, 6))]


def test_net_when_narrow_lanes_are_idle_gives_them_to_legs_that_a_wide_lane_has_no_room_for() -> None:
    """An account's narrow lanes come before its wide one; it took a second step while a narrow lane stood idle once."""
    floor = Floor(2, 3)
    for place, lots in enumerate((1, 2, 3)):
        floor.order(2, SELL, lots, 1_000 + place, place=place)
    floor.order(3, BUY, 6, 1_002)
    steps = floor.net()
    assert lanes_of(steps) == [("narrow", 2, (1,)), ("narrow", 3, (6,)), ("wide", 2, (2, 3))]
    assert [isinstance(one.step.body, TradeStep) for one in steps] == [True, False]


def test_net_when_an_account_has_no_initial_margin_keeps_legs_together_that_only_together_are_taken() -> None:
    floor = Floor(2, 3, cash=1_000)
    floor.join(4, 100_000)
    floor.order(4, SELL, 9, 1_000)
    floor.order(2, BUY, 9, 1_000)
    floor.table(Instrument(960, (-100, 100, -50, 50)))
    floor.order(4, BUY, 2, 960, place=1)
    floor.order(2, SELL, 1, 960, place=1)
    floor.order(2, SELL, 1, 960, place=2)
    assert ("wide", 2, (1, 1)) in lanes_of(floor.net())


def test_net_when_a_place_is_used_again_keeps_the_order_of_its_nonces() -> None:
    floor = Floor(2, 3)
    for _ in range(3):
        floor.order(2, SELL, 2, 1_000)
        floor.order(3, BUY, 2, 1_000)
    steps = floor.net()
    assert [leg.order.nonce for leg in legs_of(steps, 2)] == [0, 1, 2]
    assert [leg.order.nonce for leg in legs_of(steps, 3)] == [0, 1, 2]


def test_net_when_a_reduce_only_order_needs_what_came_between_its_fills_cuts_them_there() -> None:
    floor = Floor(2, 3)
    floor.order(3, SELL, 6, 1_000)
    floor.order(2, BUY, 6, 1_000)
    floor.net()
    floor.order(2, SELL, 9, 1_000, place=1, reduce_only=True)
    floor.order(3, BUY, 5, 1_000, place=1)
    floor.order(3, SELL, 6, 999, place=2)
    floor.order(2, BUY, 6, 999, place=2)
    floor.order(3, BUY, 4, 1_000, place=3)
    steps = floor.net()
    assert [leg.quantity for leg in legs_of(steps, 2)] == [5, 6, 4], "all nine at once are more than six held"
    assert [leg.quantity for leg in legs_of(steps, 3)] == [5, 6, 4]


def test_net_when_an_account_has_no_initial_margin_reduces_in_a_wide_lane() -> None:
    floor = Floor(2, 3, cash=1_000)
    floor.join(4, 100_000)
    floor.order(4, SELL, 9, 1_000)
    floor.order(2, BUY, 9, 1_000)
    floor.table(Instrument(960, (-100, 100, -50, 50)))
    floor.order(4, BUY, 2, 960, place=1)
    floor.order(2, SELL, 2, 960, place=1)
    assert ("wide", 2, (2,)) in lanes_of(floor.net())


def test_net_when_something_is_to_be_swept_takes_a_wide_lane() -> None:
    floor = Floor(2, 3)
    floor.order(2, SELL, 3, 500, slot=2)
    floor.order(3, BUY, 3, 500, slot=2)
    floor.table(PERPETUAL, Instrument(510, status=Status.SETTLED, listing=2))
    floor.net()
    floor.order(2, SELL, 4, 1_000)
    floor.order(3, BUY, 4, 1_000)
    steps = floor.net()
    assert sorted(lanes_of(steps)) == [("wide", 2, (4,)), ("wide", 3, (4,))]
    first = steps[0].step.body
    assert isinstance(first, TradeStep)
    assert {lane.account for lane in first.narrow} == {REVENUE}, "everybody else would have to be swept"


def test_net_when_a_whole_district_waits_to_be_swept_sweeps_one_account_first() -> None:
    floor = Floor(70, 71)
    floor.order(70, SELL, 3, 500, slot=2)
    floor.order(71, BUY, 3, 500, slot=2)
    floor.table(PERPETUAL, Instrument(510, status=Status.SETTLED, listing=2))
    floor.net()
    floor.order(70, SELL, 4, 1_000)
    floor.order(71, BUY, 4, 1_000)
    steps = floor.net()
    assert isinstance(steps[0].step.body, FundsStep)
    assert {one.kind.name for one in steps[0].step.body.operations} == {"DECOY"}
    assert lanes_of(steps) == [("wide", 70, (4,)), ("wide", 71, (4,))]


def test_net_when_buyer_and_seller_live_apart_gives_each_district_its_step_and_suspense_the_rest() -> None:
    floor = Floor(2, 70)
    floor.order(2, SELL, 4, 1_000)
    floor.order(70, BUY, 4, 1_000)
    steps = floor.net()
    trades = [one for one in steps if isinstance(one.step.body, TradeStep)]
    assert len(trades) == 2
    for applied in trades:
        body = applied.step.body
        assert isinstance(body, TradeStep)
        assert len({district_of(lane.account, TINY) for lane in (*body.narrow, *body.wide)}) == 1
    assert trades[0].suspense.vector[1] != 0
    assert steps[-1].suspense.is_zero


# -- what is done without signatures


def crashed_floor(*, fund: int, bids: Sequence[tuple[int, int]] = ()) -> tuple[Floor, list[Applied]]:
    """Account 2 is long of account 3 on thin margin; the price falls by 7 %, and account 4 bids."""
    floor = Floor(3, 4, fund=fund)
    floor.join(2, 1_050)
    floor.order(3, SELL, 10, 1_000)
    floor.order(2, BUY, 10, 1_000)
    for place, (lots, price) in enumerate(bids):
        floor.order(4, BUY, lots, price, place=place)
    floor.table(Instrument(930, (-93, 93, -46, 46)))
    return floor, floor.net()


def test_net_when_an_account_is_reduced_into_the_book_carries_its_lots_to_the_bidders() -> None:
    _, steps = crashed_floor(fund=0, bids=[(3, 930), (7, 929)])
    (lane,) = [
        lane
        for one in steps
        if isinstance(one.step.body, LiquidateStep)
        for lane in one.step.body.lanes
        if lane.mode == Mode.LIQUIDATE
    ]
    bought = legs_of([one for one in steps if one.table.marks[1].price == 930], 4)
    assert lane.account == 2
    assert sum(leg.quantity for leg in lane.legs) == sum(leg.quantity for leg in bought) > 0
    assert sum(leg.cash for leg in lane.legs) == sum(leg.cash for leg in bought)
    open_in = [one.suspense.vector[1] for one in steps if one.table.marks[1].price == 930]
    assert any(open_in), "what bidders bought is owed until the liquidation"
    assert open_in[-1] == 0


def test_net_when_the_fund_fails_deleverages_after_the_takeover_in_one_step() -> None:
    floor = Floor(3, fund=0)
    floor.join(2, 1_050)
    floor.order(3, SELL, 10, 1_000)
    floor.order(2, BUY, 10, 1_000)
    floor.table(Instrument(910, (-91, 91, -45, 45)))
    steps = floor.net()
    assert modes_of(steps) == [[Mode.TAKEOVER, Mode.DELEVERAGE]]
    held = {account: floor.state.accounts[account].vector[1] for account in (FUND, 3)}
    assert held == {FUND: 3, 3: -3}, "its 150 stand for three lots at maintenance margin"


def test_net_when_the_fund_sells_to_the_book_puts_it_into_the_funds_lane() -> None:
    floor = Floor(3, 4, fund=50_000)
    floor.join(2, 1_050)
    floor.order(3, SELL, 10, 1_000)
    floor.order(2, BUY, 10, 1_000)
    floor.table(Instrument(899, (-91, 91, -45, 45)))
    floor.order(4, BUY, 6, 899)
    floor.table(Instrument(900, (-91, 91, -45, 45)))
    steps = floor.net()
    assert modes_of(steps) == [[Mode.TAKEOVER, Mode.NONE], [Mode.NONE, Mode.NONE]]
    bodies = [one.step.body for one in steps if isinstance(one.step.body, LiquidateStep)]
    assert [[(leg.side, leg.quantity) for leg in one.fund.legs] for one in bodies] == [[], [(SELL, 6)]]
    assert floor.state.accounts[FUND].vector[1] == 4


def test_draft_when_the_fund_is_given_more_after_a_reduction_of_its_own_begins_another_step() -> None:
    drafts, fund, table = Drafts(TINY), (10_000, 5, *(0,) * 14), table_of(PERPETUAL)
    drafts.take_over(2, fund)
    drafts.unload(fund, Reduction(1, SELL, 2, 2_000), table)
    drafts.take_over(3, fund)
    drafts.deleverage(4, fund, Reduction(1, SELL, 1, 1_000))
    drafts.unload(fund, Reduction(1, SELL, 1, 1_000), table)
    drafts.take_over(5, fund)
    made = [([lane.mode for lane in one.lanes], len(one.fund_legs)) for one in drafts.waiting]
    takeover, deleverage = Mode.TAKEOVER, Mode.DELEVERAGE
    assert made == [([takeover], 1), ([takeover, deleverage], 0), ([], 1), ([takeover], 0)]


def test_draft_when_the_fund_is_given_more_after_a_deleverage_begins_another_step() -> None:
    drafts, fund = Drafts(TINY), (10_000, 5, *(0,) * 14)
    drafts.deleverage(4, fund, Reduction(1, SELL, 1, 1_000))
    drafts.take_over(3, fund)
    assert [[lane.mode for lane in one.lanes] for one in drafts.waiting] == [[Mode.DELEVERAGE], [Mode.TAKEOVER]]


def test_draft_when_reductions_of_one_account_may_be_judged_together_shares_their_lane() -> None:
    table = table_of(PERPETUAL, replace(FUTURE, price=1_000, moves=(-100, 100, -50, 50)))
    before = (-9_600, 5, 5, *(0,) * 13)
    legs = [Reduction(slot, SELL, 1, 1_000) for slot in (1, 2)]
    drafts = Drafts(TINY)
    for leg in legs:
        drafts.reduce(2, before, leg, table)
        before = liquidated(before, (leg,), table)
    drafts.reduce(3, before, legs[0], table)
    assert [[(lane.account, len(lane.legs)) for lane in one.lanes] for one in drafts.waiting] == [[(2, 2), (3, 1)]]


@pytest.mark.parametrize("account", [FUND, 2])
def test_net_when_money_comes_before_a_takeover_credits_it_before(account: int) -> None:
    floor = Floor(3, fund=0)
    floor.join(2, 1_050)
    floor.order(3, SELL, 10, 1_000)
    floor.order(2, BUY, 10, 1_000)
    floor.table(Instrument(910, (-91, 91, -45, 45)))
    table = floor.entries.pop()
    money = Entry(Credit(account, 1), (), (Deposit(account, 99, 1),))
    entries = [*floor.entries, replace(table, events=()), money, Entry(Tick(floor.time), table.events)]
    kinds = [type(one.body) for one in netted(floor, entries) if one.table.marks[1].price == 910]
    assert kinds == [FundsStep, LiquidateStep]


def test_net_when_an_account_is_closed_by_force_does_it_alone_and_with_its_request() -> None:
    floor = Floor(2, 3, fund=50_000)
    floor.order(2, SELL, 4, 1_000)
    floor.order(3, BUY, 4, 1_000)
    floor.carry_out(Close(2))
    steps = floor.net()
    (close,) = [one for one in steps if isinstance(one.step.body, LiquidateStep)]
    assert modes_of(steps) == [[Mode.CLOSE, Mode.NONE]]
    assert isinstance(close.step.body, LiquidateStep)
    assert max(lane.request for lane in close.step.body.lanes) > 0
    assert close.suspense_before.is_zero


# -- money


def test_net_when_l1_forces_a_payment_settles_before() -> None:
    floor = Floor(2, 3)
    floor.order(2, SELL, 4, 1_000)
    floor.order(3, BUY, 4, 1_000)
    floor.carry_out(Debit(2, 1 << 40, forced=True))
    floor.order(3, SELL, 1, 1_000, place=1)
    floor.carry_out(Debit(3, 1_000))
    steps = floor.net()
    assert [type(one.step.body) for one in steps] == [TradeStep, FundsStep, FundsStep, FundsStep]
    (forced,) = [
        one
        for one in steps
        if isinstance(one.step.body, FundsStep) and any(isinstance(each, Forced) for each in one.step.body.operations)
    ]
    assert forced.suspense_before.is_zero


def test_net_when_money_comes_between_two_trades_keeps_their_order() -> None:
    floor = Floor(2, 3, cash=1_100)
    floor.order(2, SELL, 10, 1_000)
    floor.order(3, BUY, 10, 1_000)
    for account in (2, 3):
        floor.carry_out(Credit(account, 1_000))
    floor.order(2, SELL, 9, 1_000)
    floor.order(3, BUY, 9, 1_000)
    kinds = [type(one.step.body) for one in floor.net()]
    assert kinds == [TradeStep, FundsStep, TradeStep, FundsStep]


def test_net_when_fees_are_credited_credits_exactly_what_legs_paid() -> None:
    floor = Floor(2, 3)
    floor.order(2, SELL, 40, 1_000)
    floor.order(3, BUY, 40, 1_000)
    steps = floor.net()
    paid = sum(leg.fee for index in (2, 3) for leg in legs_of(steps, index))
    done = [one for step in steps if isinstance(step.step.body, FundsStep) for one in step.step.body.operations]
    assert [one.amount for one in done if isinstance(one, FeeCredit)] == [paid] == [8 + 20]


def test_pack_funds_when_a_transfer_follows_one_operation_starts_it_at_an_even_place() -> None:
    signing = Floor()
    signing.traders[5] = Trader("payer")
    out, into = signing.transfer(5, 6, 10, nonce=1, expiry=NOW)
    (step,) = funds_steps([(Deposit(2, 1, 10),), (out, into)], TINY, lambda: 9, lambda: 1)
    assert [type(one) for one in step.operations] == [Deposit, Decoy, TransferOut, TransferIn]


def test_pack_funds_when_registrations_exceed_their_room_begins_another_step() -> None:
    owner = Trader("somebody").owner
    groups = [(Deposit(index, index, 10, owner),) for index in range(2, 5)]
    steps = funds_steps(groups, TINY, lambda: REVENUE, lambda: 1)
    brought = [[one.index for one in step.operations if isinstance(one, Deposit)] for step in steps]
    assert brought == [[2, 3], [4]]


# -- decoys


def test_net_when_lanes_are_free_takes_decoys_in_turn() -> None:
    floor = Floor(2, 3, 4, 5)
    floor.order(2, SELL, 4, 1_000)
    floor.order(3, BUY, 4, 1_000)
    floor.credit_fees()
    wide = [netted(floor, floor.entries, pool)[0].body for pool in ([FUND, 400, 5, 4], [FUND, 400, 4, 5])]
    assert [one.wide[0].account for one in wide if isinstance(one, TradeStep)] == [5, 4]


# -- logs that cannot be proven


def traded() -> Floor:
    """A batch with one match, its fees not credited yet."""
    floor = Floor(2, 3)
    floor.order(2, SELL, 4, 1_000)
    floor.order(3, BUY, 4, 1_000)
    return floor


def netted(floor: Floor, entries: Sequence[Entry], decoys: Sequence[int] = ()) -> list[Planned]:
    """What a log comes to, without applying it."""
    accounts, table = floor.state.accounts, floor.first_table
    return net(entries, accounts, table, TINY, floor.orders, decoys=decoys, random=lambda: element("custody"))


@pytest.mark.parametrize("end", ["table", "batch"])
def test_net_when_fees_are_open_at_a_boundary_refuses(end: str) -> None:
    floor = traded()
    fees = floor.twin.world.fees
    table = Table(9, table_of(*floor.listed, time=floor.time + 60))
    entries = [*floor.entries, *([Entry(table, ())] if end == "table" else [])]
    with pytest.raises(StillOwed) as refusal:
        netted(floor, entries)
    assert refusal.value.fees == fees > 0
    assert not any(refusal.value.owed)
    assert end in refusal.value.before


def test_net_when_a_fill_is_missing_refuses_since_its_lots_are_owed() -> None:
    floor = traded()
    floor.credit_fees()
    last = floor.entries[-2]
    half = replace(last, events=tuple(one for one in last.events if not (isinstance(one, Filled) and one.maker)))
    with pytest.raises(StillOwed) as refusal:
        netted(floor, [*floor.entries[:-2], half, floor.entries[-1]])
    assert refusal.value.owed[1] == -4


def test_net_when_fees_are_more_than_were_taken_refuses() -> None:
    floor = traded()
    floor.credit_fees()
    more = replace(floor.entries[-1], command=Fees(REVENUE, 100))
    with pytest.raises(StillOwed):
        netted(floor, [*floor.entries[:-1], more])


def test_net_when_an_order_is_unknown_refuses_and_names_it() -> None:
    floor = traded()
    floor.orders.pop((2, 0, 0))
    with pytest.raises(NoSuchOrder) as refusal:
        netted(floor, floor.entries)
    assert (refusal.value.account, refusal.value.place, refusal.value.nonce) == (2, 0, 0)


def test_net_when_there_is_no_table_refuses() -> None:
    entry = Entry(Credit(REVENUE, 5), (), (Deposit(REVENUE, 0, 5),))
    floor = Floor()
    with pytest.raises(NoTable):
        net([entry], floor.state.accounts, None, TINY, {}, random=lambda: 1)


def test_net_when_a_fill_exceeds_its_order_passes_on_the_laws_refusal() -> None:
    floor = traded()
    last = floor.entries[-1]
    events = tuple(replace(one, quantity=5) if isinstance(one, Filled) else one for one in last.events)
    with refused("ORD-3"):
        netted(floor, [*floor.entries[:-1], replace(last, events=events)])


def test_net_when_commands_were_refused_plans_nothing() -> None:
    floor = Floor(2)
    entries = [Entry(Credit(9, 5), (Refused(9, Code.UNKNOWN_ACCOUNT),), (Deposit(9, 0, 5),))]
    assert netted(floor, entries) == []
