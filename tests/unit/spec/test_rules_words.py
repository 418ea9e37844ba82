"""Words and what is published: widths, plaintexts, reading, binding."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.spec_builders import DOMAIN, Trader, World, element, refused

from rollup.spec.data import Published, decrypt, evaluate, seal
from rollup.spec.errors import OutOfRange
from rollup.spec.funds import Decoy
from rollup.spec.hashes import R
from rollup.spec.recovery import Seen, follow, read_words
from rollup.spec.shared import WORDS, StepKind, Width
from rollup.spec.words import pack, pack_indices, unpack, unpack_indices


@pytest.mark.parametrize("layout", WORDS)
def test_pack_the_largest_parts_gives_the_largest_word(layout: str) -> None:
    bits = WORDS[layout]
    word = pack(layout, **{name: (1 << width) - 1 for name, width in bits.items()})
    assert word == (1 << sum(bits.values())) - 1 < 1 << Width.HEADER
    for name, width in bits.items():
        for value in (1 << width, -1):
            with pytest.raises(OutOfRange) as caught:
                pack(layout, **{name: value})
            assert (caught.value.value, caught.value.bits) == (value, width)


@pytest.mark.parametrize("layout", WORDS)
@given(data=st.data())
def test_unpack_what_was_packed_gives_the_parts(layout: str, data: st.DataObject) -> None:
    widths = WORDS[layout]
    parts = {
        name: data.draw(st.integers(0, (1 << bits) - 1) | st.just((1 << bits) - 1)) for name, bits in widths.items()
    }
    assert unpack(layout, pack(layout, **parts)) == parts


@pytest.mark.parametrize("layout", WORDS)
def test_unpack_bits_beyond_the_layout_is_out_of_range(layout: str) -> None:
    with pytest.raises(OutOfRange):
        unpack(layout, 1 << sum(WORDS[layout].values()))
    with pytest.raises(OutOfRange):
        unpack(layout, -1)


def test_pack_a_part_that_the_layout_does_not_have_is_an_error() -> None:
    with pytest.raises(KeyError):
        pack("place", speed=1)


@given(indices=st.lists(st.integers(0, (1 << 24) - 1), min_size=1, max_size=33))
def test_unpack_indices_gives_what_was_packed(indices: list[int]) -> None:
    words = pack_indices(indices)
    assert unpack_indices(words, len(indices)) == indices
    assert all(word < 1 << Width.PLAINTEXT for word in words)


def test_encrypt_a_plaintext_of_241_bits_is_refused() -> None:
    sealed = seal(1, DOMAIN, 2, 1, 3, 1)
    with refused("DAT-1"):
        sealed.encrypt([1 << 240])
    with refused("DAT-1"):
        sealed.encrypt([-1])
    largest = (1 << 240) - 1
    assert decrypt(sealed.encrypt([largest])[0], sealed.keystream[0]) == largest


def test_decrypt_to_a_plaintext_of_241_bits_is_refused() -> None:
    """DAT-2 at its edge, with the right key: nobody may be told something that no step could have published."""
    key = seal(1, DOMAIN, 2, 1, 3, 1).keystream[0]
    assert decrypt(((1 << 240) - 1 + key) % R, key) == (1 << 240) - 1
    for plaintext in (1 << 240, R - 1):
        with refused("DAT-2"):
            decrypt((plaintext + key) % R, key)


def test_decrypt_with_a_false_key_is_refused() -> None:
    """One false key in 2^13 would decrypt to something; these thousand do not."""
    word = seal(element("view"), DOMAIN, 2, 1, 3, 1).encrypt([5])[0]
    for attempt in range(1_000):
        with refused("DAT-2"):
            decrypt(word, element("false", attempt))


@pytest.mark.parametrize("kind", StepKind)
def test_read_one_word_too_few_or_too_many_is_refused(world: World, kind: StepKind) -> None:
    applied = {StepKind.TRADE: world.trade, StepKind.FUNDS: world.funds, StepKind.LIQUIDATE: world.liquidate}[kind]()
    assert read_words(kind, applied.words, world.profile)
    with refused("DAT-3"):
        read_words(kind, applied.words[:-1], world.profile)
    with refused("DAT-3"):
        read_words(kind, (*applied.words, 0), world.profile)


def test_read_indices_with_something_beside_them_is_refused(world: World) -> None:
    words = list(world.trade(narrow=[world.buy(2, 1, 1, 1_000)]).words)
    for extra in (1 << 240, 5 << 72):
        with refused("DAT-3"):
            read_words(StepKind.TRADE, [words[0] + extra, *words[1:]], world.profile)


def seen_of(world: World, index: int) -> Seen:
    applied = world.history[-1]
    kind = StepKind(applied.published.kind)
    return next(seen for seen in read_words(kind, applied.words, world.profile) if seen.index == index)


def test_follow_with_a_touch_missing_is_refused(world: World) -> None:
    before = world.account(2)
    world.funds(Decoy(2))
    world.funds(Decoy(2))
    applied = world.history[-1]
    with refused("DAT-2"):
        follow(before, seen_of(world, 2), world.table.marks, DOMAIN, applied.step.frame.salt, profile=world.profile)


def test_follow_to_another_leaf_is_refused(world: World) -> None:
    before = world.account(2)
    applied = world.funds(Decoy(2))
    seen = replace(seen_of(world, 2), leaf=5)
    with refused("REC-1"):
        follow(before, seen, world.table.marks, DOMAIN, applied.step.frame.salt, profile=world.profile)


def test_follow_a_first_touch_without_the_owners_keys_is_refused(world: World) -> None:
    world.join("erin", 100, index=9)
    with refused("REC-2"):
        follow(
            None, seen_of(world, 9), world.table.marks, DOMAIN, world.history[-1].step.frame.salt, profile=world.profile
        )


def test_follow_a_rotation_to_unknown_keys_is_refused(world: World) -> None:
    before = world.account(2)
    applied = world.funds(world.rotate(2))
    arguments = (before, seen_of(world, 2), world.table.marks, DOMAIN, applied.step.frame.salt)
    with refused("REC-3"):
        follow(*arguments, keyring={}, profile=world.profile)
    assert follow(*arguments, keyring=Trader("alice").keyring, profile=world.profile) == world.account(2)


@pytest.mark.parametrize(
    "parts",
    [
        {"slot": 16, "quantity": 1},
        {"slot": 1, "quantity": 1, "place": 4},
        {"slot": 1, "quantity": (1 << 40) - 1, "place": 0},
        {"slot": 1, "quantity": 1, "mode": 9},
    ],
    ids=str,
)
def test_follow_a_forged_word_is_refused_and_never_crashes(world: World, parts: dict[str, int]) -> None:
    """A history file can be forged: whoever changes a ciphertext by d changes the plaintext by d."""
    world.trade(narrow=[world.buy(2, 1, 9, 1_000, place=0, nonce=1, quantity=100)])
    before = world.account(2)
    leg = world.buy(2, 1, 1, 1_000, place=0, nonce=1, quantity=100)
    applied = world.trade(narrow=[leg])
    seen = seen_of(world, 2)
    forged = (pack("leg", **{"nonce": 1, **parts}) - leg.word() + seen.ciphertexts[0]) % R
    with refused("REC-1"):
        seen = replace(seen, ciphertexts=(forged,))
        follow(before, seen, world.table.marks, DOMAIN, applied.step.frame.salt, profile=world.profile)


def test_challenge_depends_on_every_part_that_l1_knows(world: World) -> None:
    published = world.funds().published
    others = [
        replace(published, domain=published.domain + 1),
        replace(published, batch=published.batch + 1),
        replace(published, number=published.number + 1),
        replace(published, kind=StepKind.TRADE),
        replace(published, words=(*published.words[:-1], published.words[-1] ^ 1)),
    ]
    assert len({one.challenge for one in (published, *others)}) == 6


@given(words=st.lists(st.integers(0, R - 1), max_size=6), at=st.integers(0, R - 1))
def test_evaluate_is_the_sum_of_words_times_powers(words: list[int], at: int) -> None:
    assert evaluate(words, at) == sum(word * pow(at, i, R) for i, word in enumerate(words)) % R


def test_word_plus_r_has_the_value_of_the_word_so_l1_must_refuse_it() -> None:
    """Trap 10, the half that the law can show."""
    published = Published(DOMAIN, 0, 0, StepKind.FUNDS, (1, 2, 3))
    at = published.challenge
    assert evaluate((1, 2 + R, 3), at) == published.evaluation
