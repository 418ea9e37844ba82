"""
Rules over random histories: whatever traders send and whatever the market does, these hold after every command.

The default run plays some two thousand histories; those marked soak play more than thirty thousand.
"""

from __future__ import annotations

from random import Random

import pytest
from support.exchange_histories import TEMPERS, History, Temper, history, market_history
from support.exchange_watch import Books, Law, Money, Observer, Safety, run

from rollup.exchange import commands as c
from rollup.exchange import events as e
from rollup.exchange.commands import decode, encode
from rollup.exchange.twin import Twin
from rollup.exchange.wire import Malformed

LENGTH = 250
"""Commands of a history."""

FIRST = {"law": 0, "books": 10_000, "money": 20_000, "refusals": 30_000, "replay": 40_000, "bytes": 50_000}
"""Each test has seeds of its own: together they see more."""

each_temper = pytest.mark.parametrize("temper", TEMPERS, ids=lambda temper: temper.name)


def some(what: str, count: int, temper: Temper, length: int = LENGTH) -> list[History]:
    return [history(FIRST[what] + number, length, temper) for number in range(count)]


def check_law(count: int, temper: Temper, first: int = 0) -> None:
    for one in some("law", count, temper)[first:]:
        run(one, Law(one.settings))


def check_books(count: int, temper: Temper, first: int = 0) -> None:
    for one in some("books", count, temper)[first:]:
        run(one, Books())


def check_money(count: int, temper: Temper, first: int = 0) -> None:
    for one in some("money", count, temper)[first:]:
        observers: list[Observer] = [Money(), Safety()]
        run(one, *observers)


@each_temper
def test_replay_events_on_the_law_is_accepted_and_gives_the_same_accounts(temper: Temper) -> None:
    check_law(36, temper)


@each_temper
def test_match_orders_keeps_price_time_limits_and_books(temper: Temper) -> None:
    check_books(36, temper)


@each_temper
def test_carry_out_commands_conserves_money_and_breaks_nobodys_margin(temper: Temper) -> None:
    check_money(36, temper)


@each_temper
def test_refuse_commands_leaves_no_trace(temper: Temper) -> None:
    """A log without what was refused leads to the same state; and the same log to the same bytes."""
    for one in some("refusals", 25, temper):
        whole, without = Twin(one.settings), Twin(one.settings)
        for at, record in enumerate(one.records):
            said = whole.apply(record)
            if not any(isinstance(event, e.Refused) for event in whole.said):
                assert without.apply(record) == said, (one, at)
            if at % 50 == 0:
                assert without.state_hash() == whole.state_hash(), (one, at)
        assert without.state_hash() == whole.state_hash(), one


@each_temper
def test_refuse_a_command_leaves_the_state_hash(temper: Temper) -> None:
    for one in some("refusals", 3, temper):
        twin = Twin(one.settings)
        before = twin.state_hash()
        for at, record in enumerate(one.records):
            twin.apply(record)
            after = twin.state_hash()
            if twin.said and isinstance(twin.said[0], e.Refused | e.Repeated):
                assert len(twin.said) == 1
                assert after == before, (one, at)
            before = after


@each_temper
def test_replay_the_log_reproduces_events_and_state(temper: Temper) -> None:
    """On a second machine, from records that were decoded and encoded again."""
    for one in some("replay", 10, temper):
        first, second = Twin(one.settings), Twin(one.settings)
        for record, command in zip(one.records, one.commands, strict=True):
            again = decode(record)
            assert isinstance(command, c.Table) or again == command
            assert encode(again) == record
            assert first.apply(record) == second.apply(encode(again))
        assert first.state_hash() == second.state_hash()


@each_temper
def test_apply_broken_bytes_changes_nothing(temper: Temper) -> None:
    """Cut short, drawn out, or of a kind that is none: nothing but Malformed, and the state as it was."""
    for one in some("bytes", 2, temper, 120):
        random, twin = Random(one.seed), Twin(one.settings)
        for record in one.records:
            before = twin.state_hash()
            cut = record[: random.randrange(len(record))]
            for broken in (b"", cut, record + b"\0", bytes([random.randrange(16, 256)]) + record[1:]):
                with pytest.raises(Malformed):
                    twin.apply(broken)
            assert twin.state_hash() == before
            twin.apply(record)


@each_temper
def test_apply_flipped_bits_never_breaks_the_machine(temper: Temper) -> None:
    """A record with some bytes changed is refused as bytes, refused with a code, or carried out under every rule."""
    for one in some("bytes", 4, temper):
        random = Random(one.seed)
        twin, law = Twin(one.settings), Law(one.settings)
        for record in one.records:
            if random.random() < 0.3 and record[0] != 2:
                changed = bytearray(record)
                changed[random.randrange(1, len(record)) if len(record) > 1 else 0] ^= 1 << random.randrange(8)
                record = bytes(changed)
            try:
                twin.apply(record)
            except Malformed:
                continue
            law.after(decode(record), twin.said, twin.world)
            twin.state_hash()


@pytest.mark.soak
@each_temper
def test_replay_many_events_on_the_law_is_accepted(temper: Temper) -> None:
    check_law(900, temper, first=36)


@pytest.mark.soak
@each_temper
def test_match_many_orders_keeps_price_time_limits_and_books(temper: Temper) -> None:
    check_books(900, temper, first=36)


@pytest.mark.soak
@each_temper
def test_carry_out_many_commands_conserves_money_and_breaks_nobodys_margin(temper: Temper) -> None:
    check_money(900, temper, first=36)


def test_trade_the_default_market_keeps_every_rule() -> None:
    """On the risk tables that a committee would sign, through a crash: all observers at once."""
    for seed in range(40):
        one = market_history(seed, 600)
        run(one, Law(one.settings), Books(), Money(), Safety())


def test_write_histories_reaches_every_event_and_most_codes() -> None:
    """The histories are worth something: together they meet all that can be said, and nearly all that is refused."""
    kinds: set[str] = set()
    codes: set[str] = set()
    for seed in range(4 * len(TEMPERS)):
        one = history(seed, 400)
        twin = Twin(one.settings)
        for record in one.records:
            twin.apply(record)
            kinds |= {type(event).__name__ for event in twin.said}
            codes |= {event.code.name for event in twin.said if isinstance(event, e.Refused | e.Ended)}
    assert kinds == set(e.events.names.values())
    assert len(codes) >= 35, sorted(codes)
    assert codes >= {"NO_TABLE", "TOO_SMALL", "NOT_REDUCING", "BATCH_FULL"}
