"""
The native core against its readable twin where random histories seldom come: one situation each.

That the twin is in the situation is part of each test, or two machines would agree on nothing.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

import pytest
from support.exchange_histories import PROFILE
from support.spec_values import NOW, Instrument, table_of

from rollup.exchange.codes import Code
from rollup.exchange.commands import Command, Credit, Force, Limits, Place, Register, Table, encode
from rollup.exchange.settings import settings_of
from rollup.exchange.twin.state import CLIENTS
from rollup.spec.shared import Side, Status

pytest.importorskip("zkclear_native", reason="the native extension is not built: install Rust, make setup")

from support.exchange_pair import Pair


def test_read_a_table_with_any_bit_flipped_is_refused_or_taken_by_both() -> None:
    statuses = (Status.ACTIVE, Status.REDUCE_ONLY, Status.SETTLED, Status.HALTED)
    instruments = (Instrument(1_000, (-50, 60, 0, 1)).in_status(status) for status in statuses)
    record = encode(Table(1, table_of(*instruments, profile=PROFILE)))
    kinds: Counter[str] = Counter()
    for bit in range(8 * len(record)):
        changed = bytearray(record)
        changed[bit // 8] ^= 1 << bit % 8
        pair = Pair(settings_of(PROFILE))
        pair.play([bytes(changed)])
        kinds += pair.kinds
    assert 0 < kinds["TableTaken"] < 8 * len(record) // 2


def test_send_again_one_of_many_own_numbers_is_known_while_it_is_among_the_newest() -> None:
    pair = Pair(settings_of(PROFILE))
    table = table_of(Instrument(1_000, (-50, 50)), profile=PROFILE)
    commands: list[Command] = [Limits(1, 1, 1_000, 1_000, 1_000), Table(1, table), Register(2), Credit(2, 10_000)]
    orders = [Place(2, 1, 1, Side.BUY, 990, 1, 1_000, 0, n, NOW, client=n) for n in range(1, CLIENTS + 3)]
    pair.play(map(encode, (*commands, *orders, orders[0], orders[2])))
    assert (pair.codes[Code.STALE_NONCE], pair.kinds["Repeated"]) == (1, 1)


def staged(wealth: int, *moves: int, price: int = 1_000, accounts: tuple[int, ...] = (2, 3, 4)) -> Pair:
    """A pair on one instrument and the highest limits, without fees, and rich accounts."""
    pair = Pair(replace(settings_of(PROFILE), maker_fee=0, taker_fee=0))
    commands: list[Command] = [Limits(1, 1, (1 << 36) - 1, (1 << 48) - 1, (1 << 32) - 1)]
    commands.append(Table(1, table_of(Instrument(price, moves), profile=PROFILE)))
    for account in accounts:
        commands += [Register(account), Credit(account, wealth)]
    pair.play(map(encode, commands))
    return pair


def order(account: int, side: Side, limit: int, quantity: int, place: int = 0, nonce: int = 1) -> Place:
    return Place(account, 1, 1, side, limit, quantity, 1_000, place, nonce, NOW + 1_000)


@pytest.mark.parametrize(("quantity", "legs"), [(10, 3), (11, 0)])
def test_fill_or_kill_against_orders_that_reduce_one_position_twice_counts_it_once(quantity: int, legs: int) -> None:
    pair = staged(10_000, -50, 50)
    reducing = replace(order(2, Side.SELL, 1_000, 8, 1), reduce_only=True)
    wants = replace(order(4, Side.BUY, 1_000, quantity), force=Force.FOK)
    commands = (order(3, Side.SELL, 1_000, 10), order(2, Side.BUY, 1_000, 10), reducing, replace(reducing, place=2))
    pair.play(map(encode, (*commands, wants)), every=1)
    assert pair.kinds["Filled"] == 2 + (legs + 1 if legs else 0)
    assert pair.codes[Code.CANNOT_FILL] == (not legs)


def test_fill_or_kill_for_more_cash_than_a_leg_may_move_is_refused_by_the_best_price() -> None:
    price = 1 << 39
    pair = staged(1 << 58, -price // 20, price // 20, price=price)
    bids = (order(account, Side.BUY, price * 102 // 100, 1 << 19) for account in (2, 3))
    wants = replace(order(4, Side.SELL, price * 99 // 100, 1 << 20), force=Force.FOK)
    pair.play(map(encode, (*bids, wants)), every=1)
    assert (pair.kinds["Rested"], pair.codes[Code.CANNOT_FILL]) == (2, 1)


def test_reserve_for_giants_stays_in_range_and_counts_a_replaced_order_no_more() -> None:
    price, quantity = 1 << 39, (1 << 20) - 1
    pair = staged(3 << 60, -price // 2, price * 3 // 2, price=price, accounts=(2,))
    first = order(2, Side.BUY, price, quantity)
    pair.play(map(encode, (first, replace(first, place=1), replace(first, nonce=2))), every=1)
    assert (pair.codes[Code.MARGIN_RANGE], pair.codes[Code.REPLACED]) == (1, 1)


def test_cover_giants_whose_changes_together_pass_64_bits_ends_them() -> None:
    price, quantity = 1 << 39, (1 << 20) - 1
    pair = staged(1 << 60, -price // 20, price // 20, price=price, accounts=(2,))
    orders = (order(2, Side.BUY, price, quantity, place) for place in (0, 1))
    table = table_of(Instrument(price, (-price // 20, 6 << 40)), profile=PROFILE, time=NOW + 1)
    pair.play(map(encode, (*orders, Table(2, table))), every=1)
    assert pair.codes[Code.MARGIN_SHORT] == 2


@pytest.mark.parametrize(("bid", "given"), [(994, False), (1_000, True)])
def test_liquidate_a_hedge_below_the_mark_only_where_the_close_out_value_stays(bid: int, given: bool) -> None:
    """Its worst scenario would gain by the sale, by less than its equity loses: the law refuses, and so do both."""
    pair = Pair(replace(settings_of(PROFILE), penalty=0, maker_fee=0, taker_fee=0))

    def table(epoch: int, *moves: tuple[int, ...]) -> Table:
        instruments = (Instrument(1_000, each) for each in moves)
        return Table(epoch, table_of(*instruments, profile=PROFILE, time=NOW + epoch))

    def at(slot: int, account: int, side: Side, limit: int) -> Place:
        return replace(order(account, side, limit, 10, slot), slot=slot)

    commands: list[Command] = [Limits(slot, 1, 1_000, 1_000, 1_000) for slot in (1, 2)]
    commands += [table(1, (-50, 50), (-50, 50))]
    for account, wealth in ((2, 1_500), (3, 1_000_000), (4, 1_000_000)):
        commands += [Register(account), Credit(account, wealth)]
    for slot in (1, 2):
        commands += [at(slot, 3, Side.SELL, 1_000), at(slot, 2, Side.BUY, 1_000)]
    commands += [at(1, 4, Side.BUY, bid), table(2, (-100, -9), (100, -400))]
    pair.play(map(encode, commands), every=1)
    assert pair.kinds["Filled"] == 4 + given
    assert pair.kinds["Reduced"] == given
