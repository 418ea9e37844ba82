"""
The funds circuit accepts what the law accepts: every kind of operation, at the edges, and random steps in a row.

Public inputs are the specification's, so that roots, hashes and every published word agree.
"""

from __future__ import annotations

import random
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support.funds_worlds import RICH, accept, board, fees_owed
from support.spec_builders import BOARD, NOW, Instrument, Trader, World, element, table_of

from prover.reference.babyjubjub import SUBGROUP_ORDER
from rollup.spec.account import FUND, REVENUE
from rollup.spec.errors import Refusal
from rollup.spec.funds import Decoy, Deposit, FeeCredit, Forced, Funding
from rollup.spec.orders import FULL, NONCE_REACH
from rollup.spec.shared import Operation, Status
from rollup.spec.state import Suspense
from rollup.spec.step import Applied, apply
from rollup.spec.words import unpack

pytest.importorskip("zkclear_native", reason="the native extension is not built: install Rust, make setup")

LAST = (1 << 40) - 1


# -- what must work


def test_decoys_in_every_operation_are_accepted(world: World) -> None:
    accept(world.funds(Decoy(2), Decoy(3), Decoy(4), Decoy(5)))


def test_trap_33_one_account_in_every_operation_is_accepted(world: World) -> None:
    accept(world.funds(world.withdraw(2, 5), world.cancel(2, 0, 3), *world.transfer(2, 2, 7)))
    assert world.recovered(2) == world.account(2)


@pytest.mark.parametrize("amount", [0, 1, (1 << 63) - 1])
def test_deposit_of_any_amount_is_accepted(world: World, amount: int) -> None:
    accept(world.funds(Deposit(2, 7, amount), Deposit(FUND, (1 << 64) - 1, 5), Deposit(REVENUE, 0, 3), Decoy(2)))


def test_trap_43_first_deposit_ever_alone_in_its_district_is_accepted() -> None:
    world = World()
    for index in (64, 511, 2):
        world.traders[index] = Trader(f"trader {index}")
        accept(world.funds(Deposit(index, 1, 100, world.traders[index].owner), Deposit(index, 2, 5)))
    assert world.held(511, 0) == 105


def test_two_registrations_and_use_in_one_step_are_accepted(world: World) -> None:
    """The second one is under the very keys of the first: nothing forbids it."""
    owner = Trader("erin").owner
    accept(world.funds(Deposit(9, 1, 1_000, owner), Deposit(10, 2, 500, owner), Deposit(9, 3, 1), Decoy(10)))


def test_trap_02_debits_of_all_that_is_free_are_accepted(world: World) -> None:
    for index in (2, 4):
        free = min(world.values(index))
        accept(world.funds(world.withdraw(index, free - 7), world.note(index, 7), world.note(index, 0)))
        assert min(world.values(index)) == 0
    accept(world.funds(world.transfer(3, 2, RICH), world.transfer(2, 3, RICH)))


@pytest.mark.parametrize("recipient", [0, (1 << 160) - 1])
def test_withdraw_to_any_address_under_the_last_number_is_accepted(world: World, recipient: int) -> None:
    accept(world.funds(world.withdraw(2, 1, recipient=recipient, nonce=LAST, expiry=NOW)))
    accept(world.funds(world.withdraw(3, 1, recipient=recipient, expiry=LAST)))


def test_notes_at_both_ends_of_the_tree_are_accepted(world: World) -> None:
    """What is appended last finds the tree as the first one left it; a full tree stops nothing else."""
    accept(world.funds(world.note(2, 5), Decoy(2), Decoy(2), world.note(3, 6)))
    notes = world.state.notes.snapshot()
    notes.update({place: element(place) for place in range(510)})
    world.state = replace(world.state, notes=notes, note_count=510)
    accept(world.funds(world.note(2, 5), world.note(2, 5)))
    assert world.state.note_count == 512
    accept(world.funds(world.withdraw(2, 5), Forced(2, 1, 5), *world.transfer(2, 3, 5)))


@pytest.mark.parametrize("asked", [0, 1, 3_999, 4_000, 4_001, 2**64 - 1])
def test_force_pays_what_is_asked_free_and_there_is_accepted(world: World, asked: int) -> None:
    """Trap 1. The second request finds the account without anything free."""
    world.seat(9, {0: -86_000, 1: 100})
    applied = world.funds(Decoy(2), Forced(9, (1 << 64) - 1, asked))
    assert unpack("header", applied.words[5])["amount"] == min(asked, 4_000)
    accept(applied)
    accept(world.funds(Forced(9, 0, asked)))


@pytest.mark.parametrize("balance", [-(10**12), -110_000, -100_000, -90_000])
def test_trap_01_forced_request_of_an_account_in_debt_is_accepted(world: World, balance: int) -> None:
    world.seat(9, {0: balance, 1: 100})
    applied = world.funds(Forced(9, 1, 100))
    assert unpack("header", applied.words[1])["amount"] == 0
    accept(applied)


@pytest.mark.parametrize("custody", [0, 1, 60])
def test_force_pays_no_more_than_custody_is_accepted(world: World, custody: int) -> None:
    world.state = replace(world.state, custody=custody)
    accept(world.funds(Forced(2, 1, 100)))
    assert world.state.custody == 0


def test_sweep_before_a_debit_is_accepted(world: World) -> None:
    """Account 4 holds ten lots that settled at 300; they count as cash."""
    assert world.table.marks[4].status is Status.SETTLED
    accept(world.funds(Decoy(4), world.withdraw(4, 3_000)))
    assert world.held(4, 4) == 0


def test_trap_40_rotations_and_cancels_are_accepted(world: World) -> None:
    accept(world.funds(world.rotate(2), world.cancel(3, 3, LAST >> 8), world.rotate(3)))
    accept(world.funds(world.withdraw(2, 5), world.cancel(2, 0, 3), world.cancel(3, 3, LAST >> 8), world.note(3, 5)))
    assert world.recovered(2) == world.account(2)


def test_trap_23_and_46_cancels_with_the_largest_nonces_then_rotation_are_accepted(world: World) -> None:
    world.funds(*[world.cancel(2, place, NONCE_REACH - 1) for place in range(4)])
    accept(world.history[-1])
    world.funds(*[world.cancel(2, place, 2 * NONCE_REACH - 2) for place in range(4)])
    accept(world.history[-1])
    accept(world.funds(world.withdraw(2, 10), world.note(2, 10), *world.transfer(2, 3, 10)))
    accept(world.funds(world.rotate(2)))
    assert world.place(2, 0) == {"filled": FULL, "nonce": 2 * NONCE_REACH - 2}


def test_cancel_of_a_partly_filled_order_at_its_own_nonce_is_accepted(world: World) -> None:
    world.trade(narrow=[world.buy(2, 1, 5, 1_000, place=1, nonce=4, quantity=9)])
    accept(world.funds(world.cancel(2, 1, 4), world.cancel(2, 1, 4)))


def test_fee_credits_of_all_that_was_taken_are_accepted(world: World) -> None:
    """Something stays owed, so that the suspense is blinded on both sides."""
    accept(fees_owed(world).funds(FeeCredit(REVENUE, 60), FeeCredit(FUND, 40), FeeCredit(FUND, 0)))
    assert world.suspense.fees == 0
    assert any(world.suspense.vector)


def test_touch_under_the_last_nonce_is_accepted(world: World) -> None:
    world.seat(9, {0: 5}, nonce=LAST - 1)
    accept(world.funds(Decoy(9)))


def test_trap_24_accounts_of_one_view_key_share_no_keystream(world: World) -> None:
    twin = replace(world.traders[3].owner, view_key=world.traders[2].owner.view_key)
    world.seat(3, world.account(3).vector, owner=twin)
    applied = world.funds(Decoy(2), Decoy(3), Decoy(2), Decoy(3))
    accept(applied)
    frame = replace(applied.step.frame, salt=element("another attempt"))
    again = apply(replace(applied.step, frame=frame), applied.before, applied.suspense_before, applied.table)
    accept(again)
    shown = [word for one in (applied, again) for word in one.words]
    headers = {word for one in (applied, again) for word in one.words[1::4]}
    assert len(set(shown)) == len(shown) - 8 + len(headers) - 1  # custody's random is the step's, here the same
    assert applied.words[0] == again.words[0]


def test_trap_28_custody_is_redrawn_where_nothing_moves(world: World) -> None:
    first, second = world.funds(), world.funds()
    accept(first), accept(second)
    assert first.state.custody == second.state.custody
    assert first.words[0] != second.words[0]


def test_trap_30_signature_with_another_representative_of_its_scalar_is_accepted(world: World) -> None:
    operation = world.withdraw(2, 5)
    padded = operation.authority.signature._replace(s=operation.authority.signature.s + SUBGROUP_ORDER)
    accept(world.funds(replace(operation, authority=replace(operation.authority, signature=padded))))


def test_values_near_160_bits_are_accepted(world: World) -> None:
    world.seat(9, {0: (1 << 160) - 1})
    world.seat(10, {0: 5 - (1 << 159)})
    world.state = replace(world.state, custody=100)
    accept(world.funds(world.withdraw(9, 0), Forced(10, 1, 5)))


def test_table_with_funding_and_negative_values_is_accepted() -> None:
    instrument = Instrument(0, (0, 5, 0, 7), funding=(1 << 46) - 1)
    world = World(table_of(instrument, replace(BOARD[3], funding=10**9)))
    world.seat(2, {0: 10**16, 1: -3, 2: 9})
    world.seat(3, {0: 10**16, 1: 90, 2: -9})
    accept(world.funds(world.withdraw(2, 5), Decoy(3), world.note(3, 7)))


# -- random steps


def some_operation(world: World, draw: random.Random) -> Funding | tuple[Funding, ...]:
    """Some operation that may or may not be allowed now."""
    members = [index for index in world.state.accounts if index != FUND]
    index, other = draw.choice(members), draw.choice(members)
    amount = draw.choice([0, 1, draw.randrange(50_000), max(0, min(world.values(index)))])
    match draw.randrange(10):
        case 0:
            fresh = max(members) + draw.randrange(1, 40)
            world.traders.setdefault(fresh, Trader(f"member {fresh}"))
            return Deposit(fresh, draw.randrange(99), amount, world.traders[fresh].owner)
        case 1:
            return Deposit(draw.choice([FUND, index]), draw.randrange(99), amount)
        case 2:
            return world.withdraw(index, amount, recipient=draw.getrandbits(160))
        case 3:
            return world.note(index, amount)
        case 4:
            return Forced(index, draw.randrange(99), draw.choice([amount, amount + 1, 10**12]))
        case 5:
            return world.transfer(index, other, amount)
        case 6:
            return world.rotate(index)
        case 7:
            place = draw.randrange(4)
            return world.cancel(index, place, world.place(index, place)["nonce"] + draw.choice([0, 1, 10**9]))
        case 8:
            return FeeCredit(draw.choice([FUND, REVENUE]), draw.choice([0, world.suspense.fees // 2]))
        case _:
            return Decoy(index)


def some_step(world: World, draw: random.Random) -> Applied | None:
    """As many of some operations as the law takes in one step."""
    operations = [some_operation(world, draw) for _ in range(4)]
    while operations:
        try:
            return world.funds(*operations)
        except Refusal:
            operations.pop(draw.randrange(len(operations)))
    return None


@settings(max_examples=8, deadline=None)
@given(seed=st.integers(0, 2**32))
def test_random_steps_one_after_another_agree(seed: int) -> None:
    draw, world = random.Random(seed), board()
    for _ in range(4):
        if draw.random() < 0.3 and min(world.values(2)) > 10_000:
            world.trade(narrow=[world.buy(2, 1, draw.randrange(1, 5), 1_000, fee=draw.randrange(2))])
        elif draw.random() < 0.5:
            world.suspense = Suspense.settled(world.profile)
        applied = some_step(world, draw)
        if applied is not None:
            accept(applied)


def test_random_steps_when_drawn_are_of_all_kinds() -> None:
    """Else the agreement above says little."""
    seen = set()
    for seed in range(12):
        draw, world = random.Random(seed), board()
        fees_owed(world)
        for turn in range(4):
            if turn == 1:
                world.suspense = Suspense.settled(world.profile)
            applied = some_step(world, draw)
            seen |= {operation.kind for operation in getattr(applied and applied.step.body, "operations", ())}
    assert seen == set(Operation)
