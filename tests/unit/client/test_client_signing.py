"""Signed orders and operations under the law: taken as they are, and refused with any part changed."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import fields, replace
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.client_traders import PASSPHRASE, SYSTEM, keys_for, trader_in
from support.spec_builders import DOMAIN, NOW, World, refused
from support.spec_builders import Trader as Named

from prover.types import Point, Signature
from rollup.client import operations
from rollup.client.amounts import Instrument
from rollup.client.errors import BadNumber, BadOperation, BadOrder, NoAccount
from rollup.client.operations import denominations, receiving
from rollup.client.requests import verified
from rollup.client.trader import Trader
from rollup.exchange.codes import Code
from rollup.exchange.events import Refused
from rollup.exchange.exchange import Exchange
from rollup.exchange.settings import settings_of
from rollup.spec.account import FUND
from rollup.spec.errors import OutOfRange, Refusal
from rollup.spec.funds import Deposit, NoteOut
from rollup.spec.notes import note_secrets, precommitment
from rollup.spec.orders import FULL, Leg, Order
from rollup.spec.shared import PROFILES, Side

ALICE, BOB = 2, 3
OWNER = 0xA11CE
PERPETUAL = Instrument(1, 1)
"""Of the tests' table: at 1,000 millionths a lot, a lot being a unit."""

USDC = 10**6


@contextmanager
def _world() -> Iterator[tuple[World, Trader]]:
    with TemporaryDirectory() as directory:
        yield _joined(Path(directory))


@pytest.fixture
def stage(tmp_path: Path) -> tuple[World, Trader]:
    return _joined(tmp_path)


def _joined(directory: Path) -> tuple[World, Trader]:
    """A world in which alice registered with the client's keys and bob with the tests' own."""
    world, alice = World(), trader_in(directory, index=ALICE)
    world.funds(Deposit(ALICE, 0, 5_000 * USDC, alice.keys.owner(OWNER)))
    world.traders[ALICE] = Named("alice")
    world.join("bob", 5_000 * USDC, BOB, 1)
    return world, alice


def test_domain_of_a_trader_is_the_systems(stage: tuple[World, Trader]) -> None:
    assert stage[1].domain == DOMAIN


# -- orders


def test_fill_a_signed_order_is_lawful(stage: tuple[World, Trader]) -> None:
    world, alice = stage
    signed = alice.order(PERPETUAL, Side.BUY, "40", "0.001", max_fee_ppm=1_000)
    world.trade(narrow=[Leg(signed.order, signed.signature, 40, 40_000, 40), world.sell(BOB, 1, 40, 1_000)])
    assert world.held(ALICE, 1) == 40


def test_submit_a_signed_order_passes_the_exchanges_door(stage: tuple[World, Trader]) -> None:
    _, alice = stage
    signed = alice.order(PERPETUAL, Side.BUY, "40", "0.001")
    exchange = Exchange(DOMAIN, settings_of(PROFILES["tiny"]), "reference")
    exchange.register(ALICE, alice.keys.trading_key)

    def answer(order: Order) -> Code:
        (event,) = exchange.submit(order, signed.signature, signed.handling)
        assert isinstance(event, Refused)
        return event.code

    assert answer(replace(signed.order, quantity=41)) is Code.BAD_SIGNATURE
    assert answer(signed.order) is not Code.BAD_SIGNATURE, "nothing is listed there, which the machine behind it says"


@given(st.data())
def test_fill_a_signed_order_with_a_changed_part_is_refused(data: st.DataObject) -> None:
    with _world() as (world, alice):
        signed = alice.order(PERPETUAL, Side.BUY, "40", "0.002")
        assert signed.verified(DOMAIN, alice.keys.trading_key)
        name = data.draw(st.sampled_from([each.name for each in fields(signed.order)]))
        value = getattr(signed.order, name)
        if name == "reduce_only":
            changed: Any = not value
        elif name == "side":
            changed = Side(1 - value)
        else:
            changed = data.draw(st.integers(0, 2**40 - 1).filter(lambda other: other != value))
        other = replace(signed.order, **{name: changed})
        with suppress(OutOfRange):
            assert not replace(signed, order=other).verified(DOMAIN, alice.keys.trading_key)
        with pytest.raises(Refusal):
            world.trade(narrow=[Leg(other, signed.signature, 1, 1_000)])


def test_sign_an_order_for_another_system_is_worth_nothing_here(stage: tuple[World, Trader]) -> None:
    _, alice = stage
    signed = alice.order(PERPETUAL, Side.BUY, "40", "0.001")
    assert not signed.verified(DOMAIN + 1, alice.keys.trading_key)
    assert not signed.verified(DOMAIN, alice.keys.owner_key)


def test_build_order_that_is_unsound_uses_up_no_nonce(stage: tuple[World, Trader]) -> None:
    _, alice = stage
    before = alice.wallet.progress
    for instrument, quantity, price, others, error in (
        (PERPETUAL, "0", "1", {}, BadNumber),
        (PERPETUAL, "1", "0.0000001", {}, BadNumber),
        (Instrument(0, 1), "1", "1", {}, BadOrder),
        (Instrument(16, 1), "1", "1", {}, BadOrder),
        (Instrument(1, 0), "1", "1", {}, BadOrder),
        (PERPETUAL, "1", "1", {"max_fee_ppm": 1 << 16}, BadOrder),
        (PERPETUAL, "1", "1", {"place": 4}, BadOrder),
    ):
        with pytest.raises(error):
            alice.order(instrument, Side.SELL, quantity, price, **others)
    with pytest.raises(BadOrder, match="future"):
        replace(alice, lifetime=0).order(PERPETUAL, Side.BUY, "1", "1")
    assert alice.wallet.progress == before


def test_build_order_without_an_account_says_what_to_do(tmp_path: Path) -> None:
    from support.client_traders import wallet_in

    wallet = wallet_in(tmp_path)
    trader = Trader(wallet, wallet.keys(PASSPHRASE), PROFILES["tiny"], lambda: NOW)
    for asked in (lambda: trader.order(PERPETUAL, Side.BUY, "1", "1"), lambda: trader.withdraw("1", 5), trader.rotate):
        with pytest.raises(NoAccount, match="register"):
            asked()
    assert wallet.progress.owner_nonce == 0


# -- operations


def test_apply_signed_operations_does_what_they_say(stage: tuple[World, Trader]) -> None:
    world, alice = stage
    world.funds(alice.withdraw("100.5", 0xCAFE))
    out = alice.transfer("7", BOB)
    world.funds((out, receiving(out)))
    for note in alice.notes("12"):
        world.funds(note)
    assert world.held(ALICE, 0) == (5_000 - 7 - 12) * USDC - 100_500_000
    assert world.held(BOB, 0) == 5_007 * USDC
    assert world.state.note_count == 2
    assert world.account(ALICE).owner_nonce == alice.wallet.progress.owner_nonce == NOW + 3


def test_make_a_note_binds_it_to_secrets_of_the_note_key(stage: tuple[World, Trader]) -> None:
    _, alice = stage
    (note,) = alice.notes("0.000007", exact=True)
    expected = precommitment(*note_secrets(alice.keys.note_key, DOMAIN, ALICE, note.authority.nonce))
    assert (note.amount, note.precommit) == (7, expected)


def test_rotate_hands_the_account_to_the_next_generation(stage: tuple[World, Trader]) -> None:
    world, alice = stage
    world.funds(alice.rotate())
    after = world.account(ALICE).owner
    assert (after.owner_key, after.trading_key) == (keys_for("alice", 1).owner_key, keys_for("alice", 1).trading_key)
    with refused("FND-12", world):
        world.funds(alice.withdraw("1", 0xCAFE))
    alice.wallet.learn(generation=1)
    renewed = replace(alice, keys=alice.wallet.keys(PASSPHRASE))
    world.funds(renewed.withdraw("1", 0xCAFE))


def test_cancel_kills_what_the_wallet_last_signed_at_a_place(stage: tuple[World, Trader]) -> None:
    world, alice = stage
    signed = alice.order(PERPETUAL, Side.BUY, "40", "0.001", place=3)
    world.funds(alice.cancel(3))
    assert world.place(ALICE, 3) == {"filled": FULL, "nonce": signed.order.nonce}
    with refused("ORD-3", world):
        world.trade(narrow=[Leg(signed.order, signed.signature, 1, 1_000), world.sell(BOB, 1, 1, 1_000)])
    again = alice.order(PERPETUAL, Side.BUY, "40", "0.001", place=3)
    world.trade(narrow=[Leg(again.order, again.signature, 1, 1_000), world.sell(BOB, 1, 1, 1_000)])


def test_cancel_where_nothing_was_signed_asks_for_a_nonce(stage: tuple[World, Trader]) -> None:
    _, alice = stage
    with pytest.raises(BadOperation, match="name the nonce"):
        alice.cancel(0)
    assert alice.cancel(0, 77).authority.nonce == 77
    with pytest.raises(BadOrder, match="0 to 3"):
        alice.cancel(4)


KINDS = ("withdraw", "note", "transfer", "rotate", "cancel")
AMOUNTS = st.integers(1, 2**64 - 1)
NONCES = st.integers(1, 2**40 - 1)
INDICES = st.integers(1, 2**24 - 1)


def signed_operation(kind: str, draw: Any) -> Any:
    """Any operation of this kind that the client signs."""
    keys, index, nonce, expiry = keys_for("alice"), draw(INDICES), draw(NONCES), draw(st.integers(0, 2**40 - 1))
    rest = (nonce, expiry)
    match kind:
        case "withdraw":
            return operations.withdraw(keys, DOMAIN, index, draw(AMOUNTS), draw(st.integers(1, 2**160 - 1)), *rest)
        case "note":
            return operations.note(keys, DOMAIN, index, draw(AMOUNTS), *rest)
        case "transfer":
            credited = draw(INDICES.filter(lambda other: other != index))
            return operations.transfer(keys, DOMAIN, index, credited, draw(AMOUNTS), *rest)
        case "rotate":
            return operations.rotate(keys, DOMAIN, index, keys_for("alice", draw(st.integers(1, 3))), *rest)
        case _:
            return operations.cancel(keys, DOMAIN, index, draw(st.integers(0, 255)), *rest)


def changed_part(value: Any, draw: Any) -> Any:
    """Something else in its place, of the same kind."""
    if isinstance(value, Point):
        return keys_for("mallory").owner_key
    if isinstance(value, Signature):
        return Signature(value.r8, value.s ^ 1)
    return draw(st.integers(0, 2**24 - 1).filter(lambda other: other != value))


@pytest.mark.parametrize("kind", KINDS)
@given(data=st.data())
def test_verify_a_signed_operation_holds_until_a_part_is_changed(kind: str, data: st.DataObject) -> None:
    owner, signed = keys_for("alice").owner(OWNER), signed_operation(kind, data.draw)
    assert verified(signed, DOMAIN, owner)
    assert not verified(signed, DOMAIN + 1, owner)
    assert not verified(signed, DOMAIN, keys_for("mallory").owner(OWNER))
    own = [each.name for each in fields(signed) if each.name != "authority"]
    name = data.draw(st.sampled_from([*own, "nonce", "expiry", "signature"]))
    if name in own:
        changed = replace(signed, **{name: changed_part(getattr(signed, name), data.draw)})
    else:
        part = changed_part(getattr(signed.authority, name), data.draw)
        changed = replace(signed, authority=replace(signed.authority, **{name: part}))
    assert not verified(changed, DOMAIN, owner)


@pytest.mark.parametrize("kind", KINDS)
def test_apply_an_operation_with_a_changed_part_is_refused_by_the_law(kind: str, stage: tuple[World, Trader]) -> None:
    world, alice = stage
    made = {
        "withdraw": lambda: alice.withdraw("1", 0xCAFE),
        "note": lambda: alice.notes("1")[0],
        "transfer": lambda: alice.transfer("1", BOB),
        "rotate": alice.rotate,
        "cancel": lambda: alice.cancel(0, 7),
    }[kind]()
    numbers = count(1)
    for each in fields(made):
        value = getattr(made, each.name)
        if each.name == "authority":
            options = [
                replace(value, nonce=value.nonce + next(numbers)),
                replace(value, expiry=value.expiry + next(numbers)),
                replace(value, signature=Signature(value.signature.r8, value.signature.s ^ 1)),
            ]
        elif isinstance(value, Point):
            options = [keys_for("mallory").owner_key]
        else:
            options = [value + 1]
        for option in options:
            changed = replace(made, **{each.name: option})
            with pytest.raises(Refusal):
                world.funds((changed, receiving(changed)) if kind == "transfer" else changed)
    world.funds((made, receiving(made)) if kind == "transfer" else made)


@given(st.integers(1, 10**9))
def test_split_an_amount_gives_standard_notes_that_add_up(whole: int) -> None:
    sizes = denominations(whole * USDC)
    assert sum(sizes) == whole * USDC
    assert sizes == sorted(sizes, reverse=True)
    for size in sizes:
        digits = str(size // USDC).rstrip("0")
        assert size % USDC == 0
        assert digits in ("1", "2", "5")
    assert len(sizes) <= 3 * len(str(whole))


def test_split_a_known_amount_gives_the_fewest_notes() -> None:
    assert [size // USDC for size in denominations(1_254 * USDC)] == [1_000, 200, 50, 2, 2]


def test_split_an_amount_with_small_change_names_what_would_do(stage: tuple[World, Trader]) -> None:
    _, alice = stage
    with pytest.raises(BadOperation, match="take 12 USDC"):
        alice.notes("12.37")
    with pytest.raises(BadOperation, match="1, 2 and 5"):
        denominations(999_999)


def test_sign_an_operation_that_no_law_takes_is_refused(stage: tuple[World, Trader]) -> None:
    _, alice = stage
    keys, rest = alice.keys, (5, NOW)
    for sign in (
        lambda: operations.withdraw(keys, DOMAIN, FUND, 1, 5, *rest),
        lambda: operations.withdraw(keys, DOMAIN, ALICE, 0, 5, *rest),
        lambda: operations.withdraw(keys, DOMAIN, ALICE, 1 << 64, 5, *rest),
        lambda: operations.withdraw(keys, DOMAIN, ALICE, 1, 0, *rest),
        lambda: operations.withdraw(keys, DOMAIN, ALICE, 1, 1 << 160, *rest),
        lambda: operations.note(keys, DOMAIN, ALICE, -1, *rest),
        lambda: operations.note(keys, DOMAIN, ALICE, 1, 0, NOW),
        lambda: operations.note(keys, DOMAIN, ALICE, 1, 1, 1 << 40),
        lambda: operations.transfer(keys, DOMAIN, ALICE, ALICE, 1, *rest),
        lambda: operations.transfer(keys, DOMAIN, ALICE, FUND, 1, *rest),
        lambda: operations.rotate(keys, DOMAIN, ALICE, keys, *rest),
        lambda: operations.rotate(keys, DOMAIN, ALICE, keys_for("bob"), *rest),
        lambda: operations.cancel(keys, DOMAIN, ALICE, 256, *rest),
    ):
        with pytest.raises(BadOperation):
            sign()


def test_show_a_trader_tells_nothing_secret(stage: tuple[World, Trader]) -> None:
    _, alice = stage
    shown = repr(alice)
    for hidden in (alice.keys.root, alice.keys.owner_secret, alice.keys.trading_secret):
        assert hidden.hex() not in shown
        assert repr(hidden) not in shown
    assert str(alice.keys.note_key) not in shown
    assert str(SYSTEM[0]) in shown


def test_sign_twice_never_repeats_a_number(stage: tuple[World, Trader]) -> None:
    _, alice = stage
    made: list[Any] = [alice.withdraw("1", 5), alice.transfer("1", BOB), alice.rotate(), *alice.notes("13")]
    numbers = [each.authority.nonce for each in made]
    assert numbers == sorted(set(numbers))
    assert any(isinstance(each, NoteOut) for each in made)
