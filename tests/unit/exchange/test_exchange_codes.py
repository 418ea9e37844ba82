"""Each code by the shortest way to it, and orders at every edge of every field."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from support.exchange_desk import ALICE, BOB, DAY, ONE, Desk
from support.spec_values import NOW, Instrument, table_of

from rollup.exchange import commands as c
from rollup.exchange import events as e
from rollup.exchange.codes import MEANINGS, REMEDIES, Code
from rollup.exchange.commands import Force, SelfTrade, Trigger
from rollup.exchange.wire import Malformed
from rollup.spec.account import FUND, REVENUE
from rollup.spec.shared import Side, Status

Scene = Callable[[Desk], object]

TOP = (1 << 40) - 1
"""The highest limit."""


def order(**others: Any) -> Scene:
    """Alice buys one lot at the mark, but for what `others` says."""

    def scene(desk: Desk) -> None:
        side = others.get("side", Side.BUY)
        rest = {name: value for name, value in others.items() if name not in ("side", "lots", "limit", "account")}
        words = desk.words(
            others.get("account", ALICE), side, others.get("lots", 1), others.get("limit", 1_000), **rest
        )
        desk.send(words)

    return scene


def send(command: c.Command) -> Scene:
    return lambda desk: desk.send(command)


def nothing(desk: Desk) -> None:
    pass


def stale(desk: Desk) -> None:
    desk.wait(desk.settings.table_age + 1)


def halted(desk: Desk) -> None:
    desk.table(status=Status.HALTED)


def used(desk: Desk) -> None:
    desk.buy(ALICE, 1, 990, place=0, nonce=5, client=9)


def facing(desk: Desk) -> None:
    desk.sell(BOB, 1, 1_000)


def empty(desk: Desk) -> None:
    desk.debit(ALICE, 99_900)


REFUSALS: list[tuple[Code, Scene, Scene]] = [
    (Code.MALFORMED, nothing, order(limit=1 << 40)),
    (Code.MALFORMED, nothing, order(lots=1 << 40)),
    (Code.MALFORMED, nothing, order(nonce=1 << 40)),
    (Code.MALFORMED, nothing, order(expiry=1 << 40)),
    (Code.MALFORMED, nothing, order(force=Force.GTD, good_till=1 << 40)),
    (Code.MALFORMED, nothing, order(trigger=Trigger.STOP, trigger_price=1 << 40)),
    (Code.MALFORMED, nothing, order(force=Force.GTD)),
    (Code.MALFORMED, nothing, order(force=Force.IOC, good_till=NOW + 9)),
    (Code.MALFORMED, nothing, order(trigger=Trigger.STOP)),
    (Code.MALFORMED, nothing, order(trigger_price=1_000)),
    *[(Code.MALFORMED, nothing, order(force=one, post_only=True)) for one in (Force.IOC, Force.FOK, Force.MARKET)],
    (Code.MALFORMED, nothing, send(c.Limits(ONE, 0, 1, 1, 1))),
    (Code.MALFORMED, nothing, send(c.Limits(ONE, 1 << 40, 1, 1, 1))),
    (Code.MALFORMED, nothing, send(c.Limits(ONE, 1, 1 << 36, 1, 1))),
    (Code.MALFORMED, nothing, send(c.Limits(ONE, 1, 1, 1 << 48, 1))),
    (Code.MALFORMED, nothing, send(c.Limits(ONE, 1, 1, 1, 1 << 32))),
    (Code.MALFORMED, nothing, send(c.Limits(ONE, 1, 1, 1, 1, 1 << 59))),
    (Code.MALFORMED, nothing, send(c.Tick(1 << 40))),
    (Code.UNKNOWN_ACCOUNT, nothing, order(account=99)),
    (Code.UNKNOWN_ACCOUNT, nothing, order(account=(1 << 32) - 1)),
    (Code.UNKNOWN_ACCOUNT, nothing, send(c.Cancel(99, 0, 0))),
    (Code.UNKNOWN_ACCOUNT, nothing, send(c.CancelAll(99))),
    (Code.UNKNOWN_ACCOUNT, nothing, send(c.Heartbeat(99, 9))),
    (Code.UNKNOWN_ACCOUNT, nothing, send(c.Credit(99, 9))),
    (Code.UNKNOWN_ACCOUNT, nothing, send(c.Debit(99, 9))),
    (Code.UNKNOWN_ACCOUNT, nothing, send(c.Rotate(99))),
    (Code.UNKNOWN_ACCOUNT, nothing, send(c.Close(99))),
    (Code.UNKNOWN_ACCOUNT, nothing, send(c.Burn(99, 0, 0))),
    (Code.NOT_A_TRADER, nothing, order(account=FUND)),
    (Code.NOT_A_TRADER, nothing, send(c.Debit(FUND, 1))),
    (Code.NOT_A_TRADER, nothing, send(c.Close(FUND))),
    (Code.NOT_A_TRADER, nothing, send(c.Rotate(FUND))),
    (Code.NOT_A_TRADER, nothing, send(c.Burn(FUND, 0, 0))),
    (Code.NOT_A_TRADER, nothing, send(c.Fees(ALICE, 1))),
    (Code.ALREADY_REGISTERED, nothing, send(c.Register(ALICE))),
    (Code.ALREADY_REGISTERED, nothing, send(c.Register(REVENUE))),
    (Code.ALREADY_REGISTERED, nothing, send(c.Register(8**3))),
    (Code.UNKNOWN_SLOT, nothing, order(slot=0)),
    (Code.UNKNOWN_SLOT, nothing, order(slot=16)),
    (Code.UNKNOWN_SLOT, nothing, order(slot=255)),
    (Code.UNKNOWN_SLOT, nothing, order(slot=2, listing=0)),
    (Code.UNKNOWN_SLOT, nothing, send(c.Limits(0, 1, 1, 1, 1))),
    (Code.UNKNOWN_SLOT, nothing, send(c.Limits(16, 1, 1, 1, 1))),
    (Code.UNKNOWN_SLOT, lambda desk: desk.table(status=Status.SETTLED), order()),
    (Code.OTHER_LISTING, nothing, order(listing=0)),
    (Code.OTHER_LISTING, nothing, order(listing=2)),
    (Code.NO_SUCH_PLACE, nothing, order(place=4, nonce=0)),
    (Code.NO_SUCH_PLACE, nothing, order(place=255, nonce=0)),
    (Code.NO_SUCH_PLACE, nothing, send(c.Burn(ALICE, 4, 0))),
    (Code.UNKNOWN_ORDER, nothing, send(c.Cancel(ALICE, 0, 0))),
    (Code.UNKNOWN_ORDER, used, send(c.Cancel(ALICE, 0, 4))),
    (Code.UNKNOWN_ORDER, used, send(c.Cancel(BOB, 0, 5))),
    (Code.UNKNOWN_ORDER, used, send(c.Cancel(ALICE, 255, 5))),
    (Code.NO_TABLE, nothing, send(c.Table(1, table_of(time=NOW + 60)))),
    (Code.NO_TABLE, nothing, send(c.Table(2, table_of(time=NOW)))),
    (Code.OFF_TICK, nothing, order(limit=0)),
    (Code.OFF_TICK, send(c.Limits(ONE, 3, 100, 100, 100)), order(limit=1_000)),
    (Code.NO_QUANTITY, nothing, order(lots=0)),
    (Code.NO_QUANTITY, nothing, send(c.Credit(ALICE, 0))),
    (Code.NO_QUANTITY, nothing, send(c.Debit(ALICE, 0))),
    (Code.NO_QUANTITY, nothing, send(c.Debit(ALICE, 0, forced=True))),
    (Code.TOO_LARGE, nothing, order(lots=501)),
    (Code.TOO_LARGE, send(c.Limits(ONE, 1, 1 << 35, 1, (1 << 32) - 1)), order(lots=1 << 30, limit=1 << 29)),
    (Code.TOO_LARGE, nothing, send(c.Credit(ALICE, (1 << 63) - 300_000))),
    (Code.EXPIRED, nothing, order(expiry=NOW - 1)),
    (Code.EXPIRED, nothing, order(expiry=0)),
    (Code.EXPIRED, nothing, order(force=Force.GTD, good_till=NOW - 1)),
    (Code.STALE_NONCE, used, order(place=0, nonce=5)),
    (Code.STALE_NONCE, used, order(place=0, nonce=0)),
    (Code.STALE_NONCE, send(c.Burn(ALICE, 0, 7)), send(c.Burn(ALICE, 0, 6))),
    (Code.NONCE_TOO_FAR, nothing, order(place=0, nonce=1 << 32)),
    (Code.NONCE_TOO_FAR, nothing, order(place=0, nonce=(1 << 40) - 1)),
    (Code.NONCE_TOO_FAR, nothing, send(c.Burn(ALICE, 0, 1 << 32))),
    (Code.NONCE_TOO_FAR, nothing, send(c.Burn(ALICE, 0, (1 << 64) - 1))),
    (Code.FEE_CAP_TOO_LOW, nothing, order(max_fee_ppm=499)),
    (Code.FEE_CAP_TOO_LOW, nothing, order(max_fee_ppm=0)),
    (Code.PRICE_BAND, nothing, order(limit=1_151)),
    (Code.PRICE_BAND, nothing, order(limit=849, side=Side.SELL)),
    (Code.CLIENT_REUSED, used, order(client=9)),
    (Code.NOTHING_TO_REDUCE, nothing, order(reduce_only=True)),
    (Code.NOTHING_TO_REDUCE, lambda desk: desk.table(status=Status.REDUCE_ONLY), order()),
    (Code.WOULD_TRADE, facing, order(post_only=True)),
    (Code.CANNOT_FILL, nothing, order(force=Force.FOK)),
    (Code.CANNOT_FILL, facing, order(force=Force.FOK, lots=2)),
    *[(Code.MARKET_HALTED, halted, order(force=one)) for one in (Force.IOC, Force.FOK, Force.MARKET)],
    (Code.STALE_TABLE, stale, order()),
    (Code.STALE_TABLE, stale, send(c.Debit(ALICE, 1))),
    (Code.STALE_TABLE, stale, send(c.Debit(ALICE, 1, forced=True))),
    (Code.STALE_TABLE, lambda desk: desk.wait(desk.settings.liquidation_age + 1), send(c.Close(ALICE))),
    (Code.POSITION_LIMIT, send(c.Limits(ONE, 1, 100, 5_000, 500)), order(lots=101)),
    (Code.MARGIN, empty, order(lots=10)),
    (Code.MARGIN, lambda desk: (empty(desk), facing(desk)), order(lots=1, force=Force.FOK)),
    (Code.MARGIN_RANGE, lambda desk: desk.credit(ALICE, 1 << 62), order()),
    (Code.INSUFFICIENT, nothing, send(c.Debit(ALICE, 100_001))),
    (Code.INSUFFICIENT, nothing, send(c.Debit(ALICE, (1 << 64) - 1))),
    (Code.INSUFFICIENT, used, send(c.Debit(ALICE, 100_000))),
    (Code.INSUFFICIENT, nothing, send(c.Fees(FUND, 1))),
    (Code.INSUFFICIENT, nothing, send(c.Fees(REVENUE, 0))),
    (Code.TOO_SMALL, send(c.Limits(ONE, 1, 100, 100, 100, 5_000)), order(lots=4)),
    (Code.TOO_SMALL, send(c.Limits(ONE, 1, 100, 100, 100, 5_001)), order(lots=5, limit=1_001)),
    (Code.TOO_SMALL, send(c.Limits(ONE, 1, 100, 100, 100, 5_000)), order(lots=1, limit=4_999, force=Force.MARKET)),
    (Code.TOO_SMALL, send(c.Limits(ONE, 1, 100, 100, 100, 5_000)), order(lots=1, limit=TOP, force=Force.MARKET)),
    (Code.WRONG_TIME, nothing, send(c.Tick(NOW - 1))),
    (Code.WRONG_TIME, nothing, send(c.Tick(0))),
]
"""The code, what happened before, and what is refused for it."""


@pytest.mark.parametrize(
    ("code", "before", "what"), REFUSALS, ids=[f"{at}-{row[0].name}" for at, row in enumerate(REFUSALS)]
)
def test_refuse_with_just_this_code(code: Code, before: Scene, what: Scene) -> None:
    desk = Desk()
    before(desk)
    desk.refuses(code, what, desk)


@pytest.mark.parametrize("command", [c.Debit(ALICE, 1), c.Debit(ALICE, 1, forced=True), c.Close(ALICE)])
def test_refuse_before_the_first_table(command: c.Command) -> None:
    desk = Desk(opened=False)
    desk.send(c.Register(ALICE))
    desk.credit(ALICE, 100)
    desk.refuses(Code.NO_TABLE, desk.send, command)
    desk.refuses(Code.NO_TABLE, desk.buy, ALICE, 1, 1_000)


def test_refuse_a_table_of_another_size() -> None:
    desk = Desk()
    smaller = replace(desk.profile, slots=8)
    desk.refuses(Code.NO_TABLE, desk.send, c.Table(9, table_of(profile=smaller, time=NOW + 9)))


@pytest.fixture
def worthwhile() -> Desk:
    """A slot whose orders are worth five thousand at least."""
    return Desk(limits={"least": 5_000})


def test_place_orders_just_large_enough_are_taken(worthwhile: Desk) -> None:
    worthwhile.sell(BOB, 5, 1_000)
    assert worthwhile.all(e.Accepted)
    worthwhile.buy(ALICE, 5, TOP, force=Force.MARKET)
    assert worthwhile.held(ALICE) == 5


def test_place_a_market_order_large_enough_at_any_limit_is_taken(worthwhile: Desk) -> None:
    """A seller who takes any price says so with a limit of 1: its lots are worth no less for it."""
    worthwhile.buy(BOB, 9, 1_000)
    worthwhile.sell(ALICE, 9, 1, force=Force.MARKET)
    assert worthwhile.held(ALICE) == -9


def test_place_a_reduction_of_all_that_is_left_is_never_too_small(worthwhile: Desk) -> None:
    worthwhile.sell(BOB, 9, 1_000)
    worthwhile.buy(ALICE, 9, 1_000)
    worthwhile.sell(ALICE, 7, 1_000)
    worthwhile.buy(BOB, 9, 1_000)
    assert worthwhile.held(ALICE) == 2
    worthwhile.refuses(Code.TOO_SMALL, worthwhile.sell, ALICE, 2, 1_000)
    worthwhile.refuses(Code.TOO_SMALL, worthwhile.sell, ALICE, 1, 1_000, reduce_only=True)
    worthwhile.sell(ALICE, 2, 1_000, reduce_only=True)
    assert worthwhile.held(ALICE) == 0
    worthwhile.refuses(Code.TOO_SMALL, worthwhile.sell, BOB, 1, 1_000)


def test_trigger_a_small_reduction_ends_it_where_much_is_held_by_then(worthwhile: Desk) -> None:
    worthwhile.sell(ALICE, 1, 980, reduce_only=True, trigger=Trigger.STOP, trigger_price=990, place=3)
    assert worthwhile.all(e.Accepted)
    worthwhile.sell(BOB, 9, 1_000)
    worthwhile.buy(ALICE, 9, 1_000)
    worthwhile.table(990)
    assert worthwhile.ended() == [(ALICE, Code.TOO_SMALL)]


def test_measure_orders_of_what_is_worth_nothing_by_their_tick() -> None:
    """An option far from the money: a mark of 0 would let no order in, or any."""
    desk = Desk(Instrument(0, (50,)), limits={"least": 100, "tick": 5})
    desk.refuses(Code.TOO_SMALL, desk.buy, ALICE, 19, 20)
    desk.buy(ALICE, 20, 20)
    assert desk.all(e.Accepted)


SUCCESSORS: list[tuple[str, Status, dict[str, Any]]] = [
    ("settled at another price", Status.SETTLED, {"price": 1_100}),
    ("settled with other funding", Status.SETTLED, {"funding": 1}),
    ("settled and active again", Status.SETTLED, {"status": Status.ACTIVE}),
    ("settled and halted", Status.SETTLED, {"status": Status.HALTED}),
    ("settled and listed anew at once", Status.SETTLED, {"status": Status.ACTIVE, "listing": 2}),
    ("empty while it was active", Status.ACTIVE, {"status": Status.EMPTY, "price": 0, "moves": ()}),
    ("empty while it was halted", Status.HALTED, {"status": Status.EMPTY, "price": 0, "moves": ()}),
    ("another listing while it is active", Status.ACTIVE, {"listing": 2}),
    ("an older listing", Status.REDUCE_ONLY, {"listing": 0}),
    ("listed in the same listing", Status.EMPTY, {"status": Status.ACTIVE, "price": 1_000}),
    ("listed two listings on", Status.EMPTY, {"status": Status.ACTIVE, "listing": 3}),
    ("listed as halted", Status.EMPTY, {"status": Status.HALTED, "listing": 2}),
]
"""What a slot was, and what no table may say of it then."""


@pytest.mark.parametrize(("before", "changes"), [row[1:] for row in SUCCESSORS], ids=[row[0] for row in SUCCESSORS])
def test_refuse_a_table_that_may_not_follow(before: Status, changes: dict[str, Any]) -> None:
    desk = Desk()
    desk.cross(ALICE, BOB, 10, 1_000)
    if before == Status.EMPTY:
        desk.table(status=Status.SETTLED)
        desk.table(0, status=Status.EMPTY, moves=())
    elif before != Status.ACTIVE:
        desk.table(status=before)
    sound, epoch = desk.instruments[0], desk.epoch
    desk.refuses(Code.NO_TABLE, desk.table, **changes)
    desk.instruments[0], desk.epoch = sound, epoch
    desk.table()
    assert desk.all(e.TableTaken), "what may follow does"


@pytest.mark.parametrize("later", [0, -1])
def test_refuse_a_table_that_is_no_later(later: int) -> None:
    desk = Desk()
    desk.refuses(Code.NO_TABLE, desk.table, later=later)


# -- why orders end


def ends_cancelled(desk: Desk) -> None:
    used(desk)
    desk.cancel(ALICE, 0, 5)


def ends_replaced(desk: Desk) -> None:
    used(desk)
    desk.buy(ALICE, 1, 991, place=0)


def ends_not_filled(desk: Desk) -> None:
    desk.buy(ALICE, 1, 991, force=Force.IOC)


def ends_self_trade(desk: Desk) -> None:
    desk.sell(ALICE, 1, 991)
    desk.buy(ALICE, 1, 991)


def ends_margin_short(desk: Desk) -> None:
    """Its orders were covered at the old price."""
    desk.debit(ALICE, 99_000)
    desk.buy(ALICE, 9, 1_000)
    desk.table(980)


def ends_not_reducing(desk: Desk) -> None:
    desk.cross(ALICE, BOB, 1, 1_000)
    desk.buy(BOB, 2, 1_000)
    desk.sell(ALICE, 2, 1_000, reduce_only=True)


def ends_liquidated(desk: Desk) -> None:
    desk.debit(ALICE, 99_000)
    desk.cross(ALICE, BOB, 8, 1_000)
    desk.sell(ALICE, 1, 1_000)
    desk.table(900)


def ends_silence(desk: Desk) -> None:
    used(desk)
    desk.send(c.Heartbeat(ALICE, 1))
    desk.wait(1)


def ends_delisted(desk: Desk) -> None:
    used(desk)
    desk.table(status=Status.SETTLED)


def ends_rotated(desk: Desk) -> None:
    used(desk)
    desk.send(c.Rotate(ALICE))


def ends_open_interest(desk: Desk) -> None:
    desk.send(c.Limits(ONE, 1, 100, 10, 100))
    desk.sell(BOB, 11, 1_000)
    desk.buy(ALICE, 11, 1_000)


def ends_closed(desk: Desk) -> None:
    used(desk)
    desk.send(c.Close(ALICE))


def ends_expired(desk: Desk) -> None:
    used(desk)
    desk.wait(DAY + 1)


ENDS: list[tuple[Code, Scene]] = [
    (Code.CANCELLED, ends_cancelled),
    (Code.REPLACED, ends_replaced),
    (Code.NOT_FILLED_AT_ONCE, ends_not_filled),
    (Code.SELF_TRADE, ends_self_trade),
    (Code.MARGIN_SHORT, ends_margin_short),
    (Code.NOT_REDUCING, ends_not_reducing),
    (Code.LIQUIDATED, ends_liquidated),
    (Code.SILENCE, ends_silence),
    (Code.DELISTED, ends_delisted),
    (Code.KEYS_ROTATED, ends_rotated),
    (Code.OPEN_INTEREST, ends_open_interest),
    (Code.CLOSED_BY_FORCE, ends_closed),
    (Code.EXPIRED, ends_expired),
]


@pytest.mark.parametrize(("code", "scene"), ENDS, ids=[row[0].name for row in ENDS])
def test_end_an_order_for_just_this_reason(code: Code, scene: Scene) -> None:
    desk = Desk()
    scene(desk)
    assert desk.ended() == [(ALICE, code)]


def test_end_an_order_when_the_batch_is_full() -> None:
    desk = Desk(batch_legs=3)
    desk.cross(ALICE, BOB, 1, 1_000)
    desk.sell(BOB, 1, 1_000)
    desk.buy(ALICE, 1, 1_000)
    assert desk.ended() == [(ALICE, Code.BATCH_FULL)]
    assert desk.asks(), "who stood there stands"
    desk.send(c.Seal())
    assert desk.one(e.Sealed).legs == 2
    desk.buy(ALICE, 1, 1_000)
    assert desk.held(ALICE) == 2


def test_name_every_code_in_some_test() -> None:
    """What only the door finds is tested there; the rest are all in this file."""
    here = {row[0] for row in REFUSALS} | {row[0] for row in ENDS} | {Code.BATCH_FULL}
    assert set(Code) - here == {Code.BAD_SIGNATURE}
    assert MEANINGS.keys() == REMEDIES.keys() == set(Code)


# -- edges

EDGES: list[dict[str, Any]] = [
    {"limit": 1},
    {"limit": 1_150},
    {"limit": (1 << 40) - 1, "side": Side.SELL},
    {"limit": 850, "side": Side.SELL},
    {"lots": 500},
    {"max_fee_ppm": 500},
    {"max_fee_ppm": (1 << 16) - 1},
    {"place": 3},
    {"nonce": 0},
    {"nonce": (1 << 32) - 1},
    {"expiry": NOW},
    {"expiry": (1 << 40) - 1},
    {"client": (1 << 64) - 1},
    {"force": Force.GTD, "good_till": NOW},
    {"force": Force.GTD, "good_till": (1 << 40) - 1},
    {"trigger": Trigger.STOP, "trigger_price": 1},
    {"trigger": Trigger.TAKE_PROFIT, "trigger_price": (1 << 40) - 1},
    {"post_only": True},
    {"self_trade": SelfTrade.CANCEL_BOTH},
]
"""The last value that is still good, of each field that has one."""


@pytest.mark.parametrize("edge", EDGES, ids=lambda edge: " ".join(f"{name}={value}" for name, value in edge.items()))
def test_place_at_the_edge_of_a_field_is_taken(edge: dict[str, Any]) -> None:
    desk = Desk(wealth={ALICE: 1 << 60})
    order(**edge)(desk)
    assert desk.all(e.Accepted), desk.said


def test_place_with_the_most_money_an_order_may_move_fills() -> None:
    """2^59 less a little, at the widest limits that may be set: the legs fit the law's words."""
    price = 1 << 29
    risk = price // 10
    desk = Desk(
        Instrument(price, (-risk, risk)),
        wealth={ALICE: 1 << 60, BOB: 1 << 60},
        limits={"order": (1 << 32) - 1, "position": (1 << 36) - 1, "interest": (1 << 48) - 1},
    )
    lots = ((1 << 59) - 1) // price
    desk.refuses(Code.TOO_LARGE, desk.sell, BOB, lots + 1, price)
    desk.sell(BOB, lots, price)
    desk.buy(ALICE, lots, price)
    assert desk.held(ALICE) == lots


def test_fill_beyond_the_money_an_order_may_move_ends_the_order() -> None:
    """A seller gets more than it asked for, and so more than fits."""
    price = 1 << 29
    desk = Desk(
        Instrument(price, (-price // 10, price // 10)),
        wealth={ALICE: 1 << 60, BOB: 1 << 60},
        limits={"order": (1 << 32) - 1, "position": (1 << 36) - 1, "interest": (1 << 48) - 1},
    )
    lots = ((1 << 59) - 1) // price
    for place in range(2):
        desk.buy(ALICE, lots // 2, price + 50_000_000, place=place)
    desk.sell(BOB, lots, price)
    assert desk.held(ALICE) == lots // 2
    assert desk.ended() == [(BOB, Code.TOO_LARGE)]
    assert len(desk.bids()) == 1


def test_place_at_all_its_places_and_one_more() -> None:
    desk = Desk()
    for place in range(desk.profile.places):
        desk.buy(ALICE, 1, 990 + place, place=place)
    assert len(desk.bids()) == desk.profile.places
    desk.refuses(Code.NO_SUCH_PLACE, desk.buy, ALICE, 1, 980, place=desk.profile.places, nonce=0)
    desk.buy(ALICE, 1, 980, place=0)
    assert len(desk.bids()) == desk.profile.places


@pytest.mark.parametrize(
    ("name", "other"),
    [
        ("side", Side.SELL),
        ("force", Force.IOC),
        ("self_trade", SelfTrade.CANCEL_BOTH),
        ("trigger", Trigger.STOP),
        ("reduce_only", True),
        ("post_only", True),
    ],
)
def test_apply_a_choice_that_is_none_is_no_record(name: str, other: object) -> None:
    """Fields with few meanings: any other number is no record at all."""
    desk = Desk()
    words = desk.words(ALICE, Side.BUY, 1, 1_000)
    sound, changed = c.encode(words), c.encode(replace(words, **{name: other}))
    at = next(at for at, (one, two) in enumerate(zip(sound, changed, strict=True)) if one != two)
    before = desk.twin.state_hash()
    with pytest.raises(Malformed):
        desk.twin.apply(sound[:at] + bytes([99]) + sound[at + 1 :])
    assert desk.twin.state_hash() == before
