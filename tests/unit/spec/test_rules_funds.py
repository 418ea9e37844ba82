"""FND: every rule of the funds step, broken alone."""

from __future__ import annotations

from dataclasses import replace

import pytest
from support.spec_builders import NOW, RECIPIENT, World, element, refused

from prover.types import Point
from rollup.spec.account import FUND, REVENUE
from rollup.spec.errors import OutOfRange
from rollup.spec.funds import Decoy, Deposit, FeeCredit, Forced, Rotate, TransferIn, TransferOut
from rollup.spec.hashes import R
from rollup.spec.orders import FULL
from rollup.spec.shared import Operation
from rollup.spec.words import unpack

SMALL_ORDER = Point(0, R - 1)
"""Of order two: a key that verifies anything."""


def test_apply_funds_with_an_operation_too_few_or_many_is_refused(world: World) -> None:
    for count in (3, 5):
        with refused("FND-1", world):
            world.funds(*[Decoy(2)] * count, fill=False)


def test_transfer_moves_cash_and_nothing_else(world: World) -> None:
    world.funds(world.transfer(2, 3, 400))
    assert (world.held(2, 0), world.held(3, 0)) == (10_000_000 - 400, 10_000_000 + 400)
    assert world.account(2).owner_nonce == 1


def test_transfer_to_oneself_changes_nothing_but_numbers(world: World) -> None:
    before = world.account(2)
    world.funds(world.transfer(2, 2, 400))
    after = world.account(2)
    assert after.vector == before.vector
    assert (after.nonce, after.owner_nonce) == (2, 1)


def test_transfer_credits_another_account_than_signed_is_refused(world: World) -> None:
    out, into = world.transfer(2, 3, 400)
    with refused("FND-2", world):
        world.funds((out, replace(into, index=4)))


def test_transfer_credits_another_amount_than_signed_is_refused(world: World) -> None:
    out, into = world.transfer(2, 3, 400)
    with refused("FND-2", world):
        world.funds((out, replace(into, amount=401)))


def test_transfer_from_another_account_than_debited_is_refused(world: World) -> None:
    out, into = world.transfer(2, 3, 400)
    with refused("FND-2", world):
        world.funds((out, replace(into, debited=4)))


@pytest.mark.parametrize("half", [0, 1], ids=["paying", "receiving"])
def test_transfer_without_its_other_half_is_refused(world: World, half: int) -> None:
    with refused("FND-2", world):
        world.funds(world.transfer(2, 3, 400)[half])


def test_transfer_halves_at_odd_places_or_swapped_are_refused(world: World) -> None:
    out, into = world.transfer(2, 3, 400)
    with refused("FND-2", world):
        world.funds(Decoy(2), *(out,), *(into,), Decoy(2), fill=False)
    with refused("FND-2", world):
        world.funds((into, out))


def test_touch_fund_with_an_owners_operation_is_refused(world: World) -> None:
    world.seat(FUND, {0: 5_000})
    key = world.traders[2].owner.owner_key
    for operation in (
        world.withdraw(FUND, 1),
        world.note(FUND, 1),
        world.transfer(FUND, 2, 1),
        world.rotate(FUND),
        world.cancel(FUND, 0, 1),
        Forced(FUND, 1, 1),
        Decoy(FUND),
        (TransferOut(2, 1, FUND, world.withdraw(2, 1).authority), TransferIn(FUND, 1, 2)),
        Rotate(FUND, key, key, world.withdraw(FUND, 1).authority),
    ):
        with refused("FND-3", world):
            world.funds(operation)


def test_deposit_and_credit_to_the_fund_are_allowed(world: World) -> None:
    world.trade(narrow=[world.buy(2, 1, 100, 1_000, fee=100)])
    world.funds(Deposit(FUND, 9, 700), FeeCredit(FUND, 100))
    assert world.held(FUND, 0) == 800


@pytest.mark.parametrize("recipient", [1 << 160, R - 1])
def test_withdraw_to_no_address_is_refused(world: World, recipient: int) -> None:
    with refused("FND-4", world):
        world.funds(world.withdraw(2, 1, recipient=recipient))


def test_register_with_an_l1_owner_that_is_no_address_is_refused(world: World) -> None:
    owner = replace(world.traders[2].owner, l1_owner=1 << 160)
    with refused("FND-4", world):
        world.funds(Deposit(9, 1, 100, owner))


def test_register_an_account_that_exists_is_refused(world: World) -> None:
    for index in (FUND, REVENUE, 2):
        with refused("FND-5", world):
            world.funds(Deposit(index, 1, 100, world.traders[3].owner))


def test_register_twice_in_one_step_is_refused(world: World) -> None:
    deposit = Deposit(9, 1, 100, world.traders[3].owner)
    with refused("FND-5", world):
        world.funds(deposit, deposit)


def test_register_and_top_up_in_one_step_is_allowed(world: World) -> None:
    world.funds(Deposit(9, 1, 100, world.traders[3].owner), Deposit(9, 2, 50))
    assert world.held(9, 0) == 150
    assert world.account(9).nonce == 2


@pytest.mark.parametrize("asked", [0, 1, 3_999, 4_000, 4_001, 2**64 - 1])
def test_force_pays_exactly_what_is_asked_free_and_there(world: World, asked: int) -> None:
    """FND-6. Account 9: 100 lots long, worst scenario 4,000."""
    world.seat(9, {0: -86_000, 1: 100})
    custody = world.state.custody
    applied = world.funds(Forced(9, 77, asked))
    paid = min(asked, 4_000)
    header = unpack("header", applied.words[1])
    assert (header["amount"], header["request"], header["index"]) == (paid, 77, 9)
    assert applied.words[2] == asked
    assert world.state.custody == custody - paid
    assert min(world.values(9)) == 4_000 - paid


def test_force_pays_no_more_than_custody(world: World) -> None:
    """Others are in debt, so less is inside than this account is worth."""
    street = world.street
    world.seat(street, {**dict(enumerate(world.account(street).vector)), 0: 0})
    world.seat(street, {**dict(enumerate(world.account(street).vector)), 0: 60 - world.state.custody})
    assert world.state.custody == 60
    applied = world.funds(Forced(2, 1, 100))
    assert unpack("header", applied.words[1])["amount"] == 60
    assert world.state.custody == 0


def test_cancel_a_place_that_accounts_do_not_have_is_refused(world: World) -> None:
    for place in (4, -1):
        with refused("FND-7", world):
            world.funds(world.cancel(2, place, 1))


def test_cancel_fills_the_place_and_leaves_owner_nonce_alone(world: World) -> None:
    world.funds(world.cancel(2, 3, 12))
    assert world.place(2, 3) == {"filled": FULL, "nonce": 12}
    assert world.account(2).owner_nonce == 0


def test_cancel_below_the_stored_nonce_is_refused(world: World) -> None:
    world.funds(world.cancel(2, 3, 12))
    world.funds(world.cancel(2, 3, 12))
    with refused("ORD-5", world):
        world.funds(world.cancel(2, 3, 11))


def test_credit_fees_to_a_trader_is_refused(world: World) -> None:
    with refused("FND-8", world):
        world.funds(FeeCredit(2, 0))


@pytest.mark.parametrize("nonce", [0, 4, 5])
def test_sign_with_a_number_that_was_used_is_refused(world: World, nonce: int) -> None:
    world.funds(world.withdraw(2, 1, nonce=5))
    with refused("FND-9", world):
        world.funds(world.withdraw(2, 1, nonce=nonce))


def test_sign_with_the_largest_number_is_allowed_and_none_after_it(world: World) -> None:
    last = (1 << 40) - 1
    with refused("FND-9", world):
        world.funds(world.withdraw(2, 1, nonce=last + 1))
    world.funds(world.withdraw(2, 1, nonce=last))
    with refused("FND-9", world):
        world.funds(world.withdraw(2, 1, nonce=last))


def test_sign_with_a_number_or_expiry_too_wide_is_refused(world: World) -> None:
    with refused("FND-10", world):
        world.funds(world.withdraw(2, 1, expiry=1 << 40))
    with refused("FND-10", world):
        world.funds(world.cancel(2, 0, 1, expiry=1 << 40))
    with refused("FND-10", world):
        world.funds(world.cancel(2, 0, 1 << 40))


def test_name_a_queue_number_too_wide_is_refused(world: World) -> None:
    for operation in (Deposit(2, 1 << 64, 1), Forced(2, 1 << 64, 1), Deposit(2, -1, 1)):
        with refused("FND-10", world):
            world.funds(operation)


def test_sign_until_the_second_of_expiry_is_allowed_and_one_later_refused(world: World) -> None:
    world.funds(world.withdraw(2, 1, expiry=NOW), world.cancel(2, 0, 1, expiry=NOW))
    for operation in (
        world.withdraw(2, 1, expiry=NOW - 1),
        world.note(2, 1, expiry=NOW - 1),
        world.transfer(2, 3, 1, expiry=NOW - 1),
        world.rotate(2, expiry=NOW - 1),
        world.cancel(2, 0, 2, expiry=NOW - 1),
    ):
        with refused("FND-11", world):
            world.funds(operation)


def test_withdraw_under_the_trading_key_is_refused(world: World) -> None:
    operation = world.withdraw(2, 1)
    cancelling = world.authority(Operation.CANCEL, 2, 1, RECIPIENT, nonce=operation.authority.nonce)
    with refused("FND-12", world):
        world.funds(replace(operation, authority=cancelling))


def test_cancel_under_the_owner_key_is_refused(world: World) -> None:
    operation = world.cancel(2, 1, 1)
    with refused("FND-12", world):
        world.funds(replace(operation, authority=world.authority(Operation.ROTATE, 2, 1, 0, nonce=1)))


def test_note_to_a_precommit_that_is_no_field_element_is_refused(world: World) -> None:
    operation = world.note(2, 1)
    for precommit in (operation.precommit + R, R, -1):
        with refused("FND-12", world):
            world.funds(replace(operation, precommit=precommit))


@pytest.mark.parametrize("amount", [-1, 1 << 64])
def test_move_an_amount_beyond_64_bits_is_refused(world: World, amount: int) -> None:
    for operation in (
        world.withdraw(2, amount),
        world.note(2, amount),
        world.transfer(2, 3, amount),
        Deposit(2, 1, amount),
        Forced(2, 1, amount),
        FeeCredit(REVENUE, amount),
    ):
        with refused("FND-13", world):
            world.funds(operation)


@pytest.mark.parametrize("key", [SMALL_ORDER, Point(0, 1), Point(1, 1), Point(R, 1)])
def test_bring_a_key_that_verifies_anything_is_refused(world: World, key: Point) -> None:
    owner = world.traders[2].owner
    for registered in (replace(owner, owner_key=key), replace(owner, trading_key=key)):
        with refused("FND-14", world):
            world.funds(Deposit(9, 1, 100, registered))
    rotation = world.rotate(2)
    for rotated in (replace(rotation, owner_key=key), replace(rotation, trading_key=key)):
        with refused("FND-14", world):
            world.funds(rotated)


def test_register_secrets_that_are_no_field_elements_is_refused(world: World) -> None:
    owner = world.traders[2].owner
    for registered in (replace(owner, view_key=R), replace(owner, note_commitment=-1)):
        with refused("FND-14", world):
            world.funds(Deposit(9, 1, 100, registered))


def test_credit_more_fees_than_were_taken_is_refused(world: World) -> None:
    world.trade(narrow=[world.buy(2, 1, 100, 1_000, fee=100)])
    with refused("FND-15", world):
        world.funds(FeeCredit(REVENUE, 101))
    with refused("FND-15", world):
        world.funds(FeeCredit(REVENUE, 60), FeeCredit(FUND, 41))
    world.funds(FeeCredit(REVENUE, 60), FeeCredit(FUND, 40))
    assert (world.held(REVENUE, 0), world.held(FUND, 0)) == (60, 40)


def test_bring_more_keys_notes_or_forced_requests_than_a_step_has_room_for_is_refused(world: World) -> None:
    owner = world.traders[3].owner
    keys = [Deposit(9, 1, 100, owner), Deposit(10, 2, 100, owner), world.rotate(2)]
    notes = [world.note(3, 1), world.note(3, 1), world.note(2, 1)]
    forced = [Forced(2, 1, 1), Forced(3, 2, 1)]
    for operations, room in ((notes, 2), (forced, 1), (keys, 2)):
        with refused("FND-16", world) as caught:
            world.funds(*operations)
        assert caught.value.value == room + 1
        world.funds(*operations[:room])
    world.funds(Deposit(9, 3, 1), Deposit(9, 4, 1), Deposit(9, 5, 1))


def test_rotate_keeps_everything_but_the_keys(world: World) -> None:
    before = world.account(2)
    world.funds(world.rotate(2))
    after = world.account(2)
    assert after.owner == before.owner.rotated(after.owner.owner_key, after.owner.trading_key)
    assert after.owner.owner_key != before.owner.owner_key
    assert after.vector == before.vector
    world.trade(narrow=[world.buy(2, 1, 1, 1_000)])


def test_name_an_index_beyond_its_width_is_out_of_the_tree(world: World) -> None:
    for operation in (Decoy(1 << 24), Deposit(1 << 24, 1, 1, world.traders[2].owner)):
        with refused("STA-1", world):
            world.funds(operation)


def test_message_with_a_kind_beyond_its_width_is_out_of_range(world: World) -> None:
    from rollup.spec.funds import operation_message

    with pytest.raises(OutOfRange):
        operation_message(world.state.domain, Operation.NOTE, 1 << 24, 1, 1, 1, element("x"))
