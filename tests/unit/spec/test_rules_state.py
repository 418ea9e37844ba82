"""STA and STP: indices, touches, custody, notes, frames."""

from __future__ import annotations

from dataclasses import replace

import pytest
from support.spec_builders import DOMAIN, FUND_TRADER, PERPETUAL, REVENUE_TRADER, TINY, World, close, refused, table_of

from rollup.spec.account import Owner
from rollup.spec.errors import OutOfRange
from rollup.spec.funds import Decoy, Deposit, Forced, FundsStep
from rollup.spec.hashes import R
from rollup.spec.liquidate import FundLane, LiquidateStep, LiquidationLane
from rollup.spec.shared import PROFILES, PUBLIC_INPUTS
from rollup.spec.state import State, Suspense
from rollup.spec.step import Frame, Step, apply
from rollup.spec.trade import Lane


@pytest.mark.parametrize("index", [8**3, -1])
def test_touch_a_leaf_outside_the_tree_is_refused(world: World, index: int) -> None:
    with refused("STA-1", world):
        world.funds(Decoy(index))


def test_pack_an_index_that_does_not_fit_is_out_of_range(world: World) -> None:
    for index in (-8, 1 << 24):
        with pytest.raises(OutOfRange) as caught:
            world.trade(narrow=[Lane(index)], wide=[Lane(index)])
        assert caught.value.value == index


def test_touch_an_account_that_was_never_registered_is_refused(world: World) -> None:
    with refused("STA-2", world):
        world.trade(narrow=[Lane(9)])
    with refused("STA-2", world):
        world.funds(Deposit(9, 1, 100))
    with refused("STA-2", world):
        world.liquidate(close(9))
    with refused("STA-2", world):
        world.funds(world.transfer(2, 9, 100))
    with refused("STA-2", world):
        world.funds(Forced(9, 1, 100))


def test_touch_beyond_the_last_nonce_is_refused(world: World) -> None:
    world.seat(2, {0: 100}, nonce=(1 << 40) - 2)
    world.funds(Decoy(2))
    with refused("STA-3", world):
        world.funds(Decoy(2))


def test_deposit_beyond_custodys_width_is_refused_and_to_its_edge_allowed(world: World) -> None:
    room = (1 << 64) - 1 - world.state.custody
    with refused("STA-4", world):
        world.funds(Deposit(2, 1, room + 1))
    world.funds(Deposit(2, 1, room))
    assert world.state.custody == (1 << 64) - 1


def test_withdraw_beyond_custody_is_refused(world: World) -> None:
    street = world.account(world.street).vector
    world.seat(world.street, (street[0] - world.state.custody + 10, *street[1:]))
    with refused("STA-4", world):
        world.funds(world.withdraw(2, 11))


def test_note_into_a_full_tree_is_refused_while_other_exits_work(world: World) -> None:
    full = 8**TINY.note_depth
    world.state = replace(world.state, note_count=full - 1)
    world.funds(world.note(2, 1))
    with refused("STA-5", world):
        world.funds(world.note(2, 1))
    world.funds(world.withdraw(2, 1), Forced(2, 1, 1))
    world.liquidate(close(2))


@pytest.mark.parametrize("name", ["small", "standard"])
def test_apply_at_a_table_of_another_profile_is_refused(world: World, name: str) -> None:
    with refused("STP-1", world):
        world.apply(FundsStep((Decoy(2),) * 4, 1), table_of(PERPETUAL, profile=PROFILES[name]))


@pytest.mark.parametrize("random", [-1, R])
def test_apply_with_randomness_that_is_no_field_element_is_refused(world: World, random: int) -> None:
    body = FundsStep((Decoy(2),) * 4, 1)
    for step in (
        Step(Frame(0, 0, random), body),
        Step(Frame(0, 0, 1, random), body),
        Step(Frame(0, 0, 1), replace(body, custody_random=random)),
        Step(Frame(0, 0, 1), LiquidateStep(FundLane(), (LiquidationLane(2),) * 2, random)),
    ):
        with refused("STP-2", world):
            apply(step, world.state, world.suspense, world.table)


def test_serve_a_forced_request_while_something_is_owed_is_refused(world: World) -> None:
    world.trade(narrow=[world.buy(2, 1, 1, 1_000)])
    with refused("STP-3", world):
        world.funds(Forced(2, 1, 100))
    with refused("STP-3", world):
        world.liquidate(close(2))
    world.funds(Decoy(2))
    world.liquidate(LiquidationLane(2))
    world.trade(narrow=[world.sell(3, 1, 1, 1_000)])
    world.funds(Forced(2, 1, 100))
    world.liquidate(close(2))


def test_serve_a_forced_request_from_a_blinded_zero_is_refused(world: World) -> None:
    """L1 and circuit compare hashes with the zero hash, which has no blinding."""
    world.suspense = replace(world.suspense, blind=1)
    with refused("STP-3", world):
        world.funds(Forced(2, 1, 100))


def test_apply_lists_public_inputs_in_the_verifiers_order(world: World) -> None:
    applied = world.trade(narrow=[world.buy(2, 1, 1, 1_000)])
    assert tuple(applied.public_inputs) == PUBLIC_INPUTS["step"]
    assert applied.public_inputs["state_before"] != applied.public_inputs["state_after"]
    assert all(0 <= value < R for value in applied.public_inputs.values())


def test_apply_twice_gives_the_same_roots_words_and_suspense(world: World) -> None:
    applied = world.trade(narrow=[world.buy(2, 1, 1, 1_000, fee=1)])
    again = apply(applied.step, applied.before, applied.suspense_before, applied.table)
    assert again.public_inputs == applied.public_inputs
    assert again.words == applied.words


def test_apply_under_another_salt_changes_every_word_but_the_indices(world: World) -> None:
    first = world.trade(narrow=[world.buy(2, 1, 1, 1_000)])
    frame = replace(first.step.frame, salt=first.step.frame.salt + 1)
    second = apply(replace(first.step, frame=frame), first.before, first.suspense_before, first.table)
    assert first.words[0] == second.words[0]
    assert not set(first.words[1:]) & set(second.words[1:])


def test_genesis_is_the_same_for_everybody_and_holds_two_accounts() -> None:
    states = [State.genesis(TINY, DOMAIN, FUND_TRADER.owner, REVENUE_TRADER.owner) for _ in range(2)]
    assert states[0].root == states[1].root
    assert set(states[0].accounts) == {0, 1}
    assert State.genesis(TINY, DOMAIN, REVENUE_TRADER.owner, FUND_TRADER.owner).root != states[0].root


def test_suspense_hash_hides_an_open_leg_behind_its_blinding() -> None:
    open_leg = Suspense((-1_000, 1, *(0,) * 14))
    assert open_leg.hash != replace(open_leg, blind=1).hash
    assert Suspense.settled(TINY).hash == Suspense((0,) * 16).hash


def test_show_an_owner_tells_no_view_key_and_stays_the_same_value() -> None:
    """The view key opens everything; it counts in the value, by its place as before, and only its name is not shown."""
    owner = FUND_TRADER.owner
    assert "view_key" not in repr(owner)
    assert str(owner.view_key) not in repr(World(table_of(PERPETUAL)).state.accounts) + repr(owner)
    keys = (owner.owner_key, owner.trading_key)
    again = Owner(*keys, owner.view_key, owner.note_commitment, owner.l1_owner)
    other = Owner(*keys, owner.view_key + 1, owner.note_commitment, owner.l1_owner)
    assert (again, hash(again), again.hash) == (owner, hash(owner), owner.hash)
    assert other != owner
