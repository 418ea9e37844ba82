"""
The native core against its readable twin: after every command the same bytes, and time and again the same state.

Histories of every temper, some with bits flipped, with broken bytes between, on profiles of other sizes. The default
run plays some thousand; those marked soak play some fifteen thousand.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import replace
from random import Random

import pytest
from support.exchange_histories import CALM, PROFILE, TEMPERS, History, Temper, history

from rollup.exchange import events as e
from rollup.exchange.codes import Code
from rollup.exchange.commands import TABLE, Force, Place, Table, decode, encode
from rollup.exchange.settings import Settings, settings_of
from rollup.exchange.wire import LENGTH, framed
from rollup.spec.shared import PROFILES, Profile

pytest.importorskip("zkclear_native", reason="the native extension is not built: install Rust, make setup")

from support.exchange_pair import Pair, played

from rollup.exchange.native import Native

FIRST = {
    "histories": 60_000,
    "flipped": 70_000,
    "settings": 80_000,
    "questions": 90_000,
    "sizes": 100_000,
    "bent": 110_000,
}
"""Each test has seeds of its own: together they see more."""

AT_THE_DOOR = {Code.BAD_SIGNATURE}
"""What is stopped before it comes to a machine."""

SIZES = (
    replace(PROFILE, slots=4, places=1, account_depth=2),
    replace(PROFILES["standard"], account_depth=3),
    replace(PROFILE, slots=140, scenarios=40, places=40),
)
"""Little, what is deployed, and more slots and places than words have bits."""

each_temper = pytest.mark.parametrize("temper", TEMPERS, ids=lambda temper: temper.name)


def play_histories(temper: Temper, numbers: range) -> None:
    for number in numbers:
        played(history(FIRST["histories"] + number, 250, temper))


def play_flipped(temper: Temper, numbers: range) -> None:
    for number in numbers:
        one = history(FIRST["flipped"] + number, 200, temper)
        played(one, flipped(one))


def play_settings(numbers: range) -> None:
    for number in numbers:
        one = history(FIRST["settings"] + number, 150)
        played(one, settings=shaken(one.settings, Random(number)))


def play_bent(temper: Temper, numbers: range) -> None:
    for number in numbers:
        one = history(FIRST["bent"] + number, 250, temper)
        played(one, bent(one))


def flipped(one: History) -> Iterable[bytes]:
    """A history with broken records between its own, some of which have bits flipped."""
    random = Random(one.seed)
    for record in one.records:
        if random.random() < 0.1:
            cut = record[: random.randrange(len(record))]
            yield random.choice((b"", cut, record + b"\0", bytes([random.randrange(256)]) + record[1:]))
        if random.random() < 0.3:
            changed = bytearray(record)
            for _ in range(random.choice((1, 1, 2))):
                changed[random.randrange(len(changed))] ^= 1 << random.randrange(8)
            yield bytes(changed)
        if random.random() < 0.9 or record[0] == TABLE:
            yield record


def bent(one: History) -> Iterable[bytes]:
    """A history whose orders often only reduce, often want all at once, and often replace each other."""
    random = Random(one.seed)
    for command in one.commands:
        if isinstance(command, Place) and random.random() < 0.8:
            force = random.choice((command.force, Force.FOK, Force.GTC))
            command = replace(
                command,
                place=command.place % random.choice((2, 8)),
                reduce_only=random.random() < 0.5,
                force=force,
                good_till=command.good_till if force == Force.GTD else 0,
                post_only=command.post_only and force in (Force.GTC, Force.GTD),
                max_fee_ppm=max(command.max_fee_ppm, 1_000),
            )
        yield encode(command)


def shaken(settings: Settings, random: Random) -> Settings:
    """Settings with some of them at an edge."""
    edges = {
        "accounts": (0, 1, 4, (1 << 32) - 1),
        "taker_fee": (0, 1, 999, (1 << 16) - 1),
        "maker_fee": (0, 1, 1_000, 3_000),
        "penalty": (0, 1, 100_000, (1 << 32) - 1),
        "band": (0, 1, 1_000_000, (1 << 32) - 1),
        "table_age": (0, 60, (1 << 32) - 1),
        "liquidation_age": (0, 60, (1 << 32) - 1),
        "auction": (0, 1, (1 << 32) - 1),
        "batch_legs": (0, 1, 2, 7, (1 << 32) - 1),
    }
    chosen = random.sample(sorted(edges), random.choice((1, 2, 3)))
    return replace(settings, **{name: random.choice(edges[name]) for name in chosen})


@each_temper
def test_apply_histories_gives_the_same_bytes_and_states(temper: Temper) -> None:
    play_histories(temper, range(25))


@each_temper
def test_apply_flipped_and_broken_records_gives_the_same_bytes_and_states(temper: Temper) -> None:
    play_flipped(temper, range(10))


@each_temper
def test_apply_bent_histories_gives_the_same_bytes_and_states(temper: Temper) -> None:
    play_bent(temper, range(20))


def test_apply_under_settings_at_their_edges_gives_the_same_bytes_and_states() -> None:
    play_settings(range(150))


@pytest.mark.parametrize("profile", SIZES, ids=lambda profile: f"{profile.slots} slots")
def test_apply_on_profiles_of_other_sizes_gives_the_same_bytes_and_states(profile: Profile) -> None:
    for number, temper in enumerate(TEMPERS):
        played(history(FIRST["sizes"] + number, 200, temper, profile))


def test_compare_after_every_command_finds_the_same_state() -> None:
    for temper in TEMPERS:
        one = history(FIRST["histories"], 120, temper)
        Pair(one.settings).play(one.records, every=1)


def test_play_histories_meets_every_event_and_every_code() -> None:
    """What the other tests compare is everything that can be said."""
    kinds: Counter[str] = Counter()
    codes: Counter[Code] = Counter()
    for number in range(8 * len(TEMPERS)):
        pair = played(history(number, 350))
        kinds += pair.kinds
        codes += pair.codes
    assert set(kinds) == set(e.events.names.values())
    assert set(Code) - set(codes) == AT_THE_DOOR


@each_temper
def test_ask_after_histories_gets_the_same_answers(temper: Temper) -> None:
    for number in range(4):
        one = history(FIRST["questions"] + number, 150, temper)
        pair = Pair(one.settings)
        twin, native = pair.twin, pair.native
        for at, record in enumerate(one.records):
            pair.apply(record)
            if at % 5:
                continue
            assert native.totals() == twin.totals()
            for account in (*range(12), 1 << 31):
                assert native.vector(account) == twin.vector(account)
                assert native.places(account) == twin.places(account)
                assert native.open_orders(account) == twin.open_orders(account)
            for slot in range(1, one.settings.slots):
                assert native.phase(slot) == twin.phase(slot)
                assert native.interest(slot) == twin.interest(slot)
                assert native.ranking(slot) == twin.ranking(slot)
                for levels in (0, 1, 100):
                    assert native.depth(slot, levels) == twin.depth(slot, levels)
        pair.compare()


@pytest.mark.parametrize("slot", [0, PROFILE.slots, 255])
def test_ask_for_a_slot_that_is_none_raises(slot: int) -> None:
    pair = Pair(settings_of(PROFILE))
    for machine in (pair.twin, pair.native):
        for ask in (machine.phase, machine.interest, machine.ranking, lambda at, of=machine: of.depth(at, 1)):
            with pytest.raises(IndexError):
                ask(slot)


def test_measure_a_stream_carries_it_out() -> None:
    """The clock beside the core runs the same commands; a stream that breaks off is refused before any of them."""
    one = history(3, 200, CALM)
    measured, plain = Native(one.settings), Native(one.settings)
    stream = b"".join(map(framed, one.records))
    for broken in (stream[:-1], stream + b"\0" * (LENGTH - 1)):
        with pytest.raises(ValueError, match="a stream ends within"):
            measured.measure(broken)
    total, each = measured.measure(stream)
    assert (total, len(each)) == (sum(each), len(one.records))
    for record in one.records:
        plain.apply(record)
    assert measured.state_hash() == plain.state_hash()


def test_measure_margin_changes_nothing_and_names_what_is_missing() -> None:
    one = history(5, 200, CALM)
    native = Native(one.settings)
    with pytest.raises(ValueError, match="no such account, or no table in force"):
        native.measure_margin(2, 1)
    for record in one.records:
        native.apply(record)
    before = native.state_hash()
    assert native.measure_margin(2, 10) > 0
    assert native.state_hash() == before
    with pytest.raises(ValueError, match="no such account"):
        native.measure_margin(1 << 31, 1)


def test_read_a_history_has_tables_of_every_status() -> None:
    """The market that both machines are shown has all that a slot can be."""
    commands = [decode(record) for temper in TEMPERS for record in history(1, 400, temper).records]
    statuses = {mark.status for command in commands if isinstance(command, Table) for mark in command.table.marks}
    assert len(statuses) == 5


@pytest.mark.soak
@each_temper
def test_apply_many_histories_gives_the_same_bytes_and_states(temper: Temper) -> None:
    play_histories(temper, range(25, 525))


@pytest.mark.soak
@each_temper
def test_apply_many_flipped_and_broken_records_gives_the_same_bytes_and_states(temper: Temper) -> None:
    play_flipped(temper, range(10, 260))


@pytest.mark.soak
@each_temper
def test_apply_many_bent_histories_gives_the_same_bytes_and_states(temper: Temper) -> None:
    play_bent(temper, range(20, 320))


@pytest.mark.soak
def test_apply_under_many_settings_at_their_edges_gives_the_same_bytes_and_states() -> None:
    play_settings(range(150, 2_000))
