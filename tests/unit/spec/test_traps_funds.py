"""Traps of PROTOCOL section 15 about money in and out, keys, privacy and recovery."""

from __future__ import annotations

from dataclasses import replace

import pytest
from support.spec_builders import DOMAIN, RECIPIENT, Trader, World, close, element, refused
from support.spec_chain import rebuilt

from prover.reference.babyjubjub import SUBGROUP_ORDER
from prover.types import Point, Signature
from rollup.spec.data import Published, evaluate
from rollup.spec.errors import Rejected
from rollup.spec.funds import Decoy, Deposit, FeeCredit, Forced
from rollup.spec.hashes import R, tagged, verifies
from rollup.spec.margin import escape_value
from rollup.spec.notes import note, note_secrets, nullifier_hash, precommitment
from rollup.spec.orders import FULL
from rollup.spec.recovery import follow, read_words
from rollup.spec.shared import Operation, StepKind, Tag
from rollup.spec.step import apply
from rollup.spec.words import unpack


def test_trap_03_signature_reused_for_another_kind_account_recipient_or_precommit_is_refused(world: World) -> None:
    withdrawal, note_out = world.withdraw(2, 50), world.note(2, 50)
    other = world.transfer(2, 3, 50)
    stolen = [
        replace(withdrawal, index=3),
        replace(withdrawal, recipient=RECIPIENT + 1),
        replace(withdrawal, amount=51),
        replace(withdrawal, authority=replace(withdrawal.authority, nonce=77)),
        replace(withdrawal, authority=replace(withdrawal.authority, expiry=withdrawal.authority.expiry + 1)),
        replace(withdrawal, authority=note_out.authority),
        replace(note_out, authority=withdrawal.authority),
        replace(note_out, precommit=note_out.precommit ^ 1),
        replace(note_out, precommit=RECIPIENT, authority=withdrawal.authority),
    ]
    for operation in stolen:
        with refused("FND-12", world):
            world.funds(operation)
    with refused("FND-12", world):
        world.funds((replace(other[0], credited=4), replace(other[1], index=4)))


def test_trap_03_signature_of_an_old_number_is_refused(world: World) -> None:
    operation = world.withdraw(2, 50)
    world.funds(operation)
    with refused("FND-9", world):
        world.funds(operation)


def test_trap_04_registration_shows_the_l1_owner_that_the_hash_commits_to() -> None:
    """L1 compares it with the sender of the deposit: somebody else's ownerHash brings somebody else's address."""
    world = World()
    applied_index = world.join("alice", 500, index=2)
    _, header, owner_hash, _leaf, text = world.history[-1].words[:5]
    assert unpack("header", header)["index"] == applied_index
    assert owner_hash == Trader("alice").owner.hash
    assert text == Trader("alice").owner.l1_owner
    assert replace(Trader("alice").owner, l1_owner=1).hash != owner_hash


def test_trap_05_withdraw_and_escape_are_built_from_l1_data_and_keys_alone(world: World) -> None:
    """Must work. After several notes: the tree, the note's place, its secrets, the account, its path and value."""
    genesis = dict(world.state.accounts)
    world.funds(world.note(2, 100), world.note(3, 200))
    world.funds(world.note(2, 300))
    world.trade(narrow=[world.buy(2, 1, 5, 1_000), world.sell(3, 1, 5, 1_000)])
    world.funds(world.note(2, 400), world.withdraw(2, 7))
    chain = rebuilt(world.history, genesis, world.profile)
    alice = Trader("alice")
    found = {}
    for number in range(1, world.account(2).owner_nonce + 1):
        nullifier, secret = note_secrets(alice.note_key, DOMAIN, 2, number)
        for amount in (100, 200, 300, 400):
            leaf = note(amount, 2, precommitment(nullifier, secret))
            if leaf in chain.note_values:
                found[chain.note_values.index(leaf)] = (amount, nullifier)
    assert {place: amount for place, (amount, _) in found.items()} == {0: 100, 2: 300, 3: 400}
    for place in found:
        assert chain.notes.proof(place) == world.state.notes.proof(place)
    assert len({nullifier_hash(nullifier, place) for place, (_, nullifier) in found.items()}) == 3
    recovered = world.recovered(2)
    assert recovered == world.account(2)
    assert chain.accounts.proof(2).leaf == recovered.leaf
    assert chain.state_root == world.state.root
    assert escape_value(recovered.vector, world.table.marks) == 10_000_000 - 807


def test_trap_18_rotation_to_unknown_or_unsigned_keys_is_refused(world: World) -> None:
    rotation = world.rotate(2)
    mallory = Trader("mallory").owner
    with refused("FND-12", world):
        world.funds(replace(rotation, owner_key=mallory.owner_key))
    with refused("FND-12", world):
        world.funds(replace(rotation, trading_key=mallory.trading_key))
    with refused("FND-14", world):
        world.funds(replace(rotation, owner_key=Point(3, 4)))


def test_trap_24_no_keystream_repeats_over_accounts_nonces_salts_and_attempts(world: World) -> None:
    twin = replace(world.traders[3].owner, view_key=world.traders[2].owner.view_key)
    world.seat(3, world.account(3).vector, owner=twin)
    first = world.funds(Decoy(2), Decoy(3), Decoy(2), Decoy(3))
    frame = replace(first.step.frame, salt=element("another attempt"))
    second = apply(replace(first.step, frame=frame), first.before, first.suspense_before, first.table)
    third = world.funds(Decoy(2), Decoy(3), Decoy(2), Decoy(3))
    seen = [
        (word - plain) % R
        for applied in (first, second, third)
        for touch in applied.touches
        for word, plain in zip(touch.ciphertexts, touch.plaintexts, strict=True)
    ]
    blinds = [touch.after.blind for applied in (first, second, third) for touch in applied.touches]
    assert len(seen) == 24
    assert len({*seen, *blinds}) == 36


def test_trap_25_disclosure_with_a_false_key_is_refused(world: World) -> None:
    """The auditor replays and compares with the leaf on L1; a rare false key that decrypts still misses the leaf."""
    before = world.account(2)
    applied = world.trade(narrow=[world.buy(2, 1, 5, 1_000)])
    seen = read_words(StepKind.TRADE, applied.words, world.profile)[0]
    for attempt in range(50):
        false = replace(before, owner=replace(before.owner, view_key=element("false", attempt)))
        with pytest.raises(Rejected) as caught:
            follow(false, seen, world.table.marks, DOMAIN, applied.step.frame.salt, profile=world.profile)
        assert caught.value.rule in ("DAT-2", "REC-1")


def test_trap_28_custody_and_suspense_do_not_follow_from_their_hashes(world: World) -> None:
    """Every funds and liquidate step redraws: equal custody, other commitment; guesses without the random miss."""
    first, second, third = world.funds(), world.funds(), world.liquidate()
    commitments = {applied.words[0] for applied in (first, second, third)}
    assert len(commitments) == 3
    assert {applied.state.custody for applied in (first, second, third)} == {world.state.custody}
    assert tagged(Tag.CUSTODY, world.state.custody, 0) not in commitments
    applied = world.trade(narrow=[world.buy(2, 1, 1, 1_000)])
    assert replace(applied.suspense, blind=0).hash != applied.public_inputs["suspense_after"]


def test_publish_internal_operations_looking_all_alike(world: World) -> None:
    """Header shows kind and index only, aux and text are encrypted: transfer, rotation, cancel, credit or decoy."""
    world.trade(narrow=[world.buy(2, 1, 100, 1_000, fee=100)])
    steps = [
        world.funds(world.transfer(2, 3, 50), world.rotate(2), world.cancel(3, 0, 1)),
        world.funds(FeeCredit(1, 100), Decoy(2)),
    ]
    for applied in steps:
        for touch, start in zip(applied.touches, range(1, 17, 4), strict=True):
            header, aux, leaf, text = applied.words[start : start + 4]
            assert unpack("header", header) == {"kind": 5, "index": touch.index, "asset": 0, "amount": 0, "request": 0}
            assert (text, aux) == touch.ciphertexts
            assert leaf == touch.after.leaf
            assert not {aux, text} & {0, *touch.plaintexts}


def test_trap_30_keys_of_small_order_are_refused_and_scalars_plus_l_change_nothing(world: World) -> None:
    for key in (Point(0, 1), Point(0, R - 1)):
        assert not verifies(key, 1, Signature(Point(0, 1), 0))
        with refused("FND-14", world):
            world.funds(Deposit(9, 1, 1, replace(Trader("x").owner, trading_key=key)))
    leg = world.buy(2, 1, 1, 1_000)
    message = leg.order.message(DOMAIN)
    key = world.traders[2].owner.trading_key
    padded = leg.signature._replace(s=leg.signature.s + SUBGROUP_ORDER)
    assert verifies(key, message, padded)  # one signature: no constraint sees the scalar, and places stop replay
    shows_the_secret = Signature(Point(0, 1), leg.signature.s)
    assert not verifies(key, message, shows_the_secret)
    assert verifies(world.traders[2].owner.trading_key, message, leg.signature)
    assert not verifies(world.traders[2].owner.trading_key, message + R, leg.signature)


def test_trap_31_words_chosen_after_a_challenge_need_another_commitment(world: World) -> None:
    """Without dataCommit in z the prover solves one linear equation; with it, the new words draw a new z."""
    published = world.funds().published
    at, words = published.challenge, list(published.words)
    words[4] = (words[4] + 1) % R
    words[3] = (words[3] - at) % R
    assert evaluate(words, at) == published.evaluation
    forged = Published(DOMAIN, published.batch, published.number, published.kind, tuple(words))
    assert forged.commitment != published.commitment
    assert forged.challenge != at
    assert evaluate(words, forged.challenge) != published.evaluation


@pytest.mark.parametrize("halted", [False, True])
def test_trap_36_close_pays_exactly_the_smaller_of_owed_and_custody_past_suspense(world: World, halted: bool) -> None:
    index = 4 if halted else 2
    worst, custody = min(world.values(index)), world.state.custody
    applied = world.liquidate(close(index))
    (header,) = [
        unpack("header", header)
        for seen in read_words(StepKind.LIQUIDATE, applied.words, world.profile)
        if (header := seen.header)
    ]
    assert header["amount"] == custody - world.state.custody == worst
    assert applied.suspense.is_zero


def test_trap_40_rotation_and_cancel_are_recovered_from_l1(world: World) -> None:
    """Must work."""
    world.trade(narrow=[world.buy(2, 1, 5, 1_000, place=1, nonce=4, quantity=9)])
    world.funds(world.cancel(2, 1, 5), world.rotate(2))
    world.funds(world.withdraw(2, 5), world.cancel(2, 0, 3))
    recovered = world.recovered(2)
    assert recovered == world.account(2)
    assert recovered.owner == Trader("alice", 1).owner
    assert unpack("place", recovered.places[1]) == {"filled": FULL, "nonce": 5}


def test_recover_account_after_every_kind_of_operation(world: World) -> None:
    world.join("erin", 1_000, index=9)
    world.funds(Deposit(9, 3, 500), Forced(9, 4, 100), world.withdraw(9, 50), world.note(9, 60))
    world.funds(world.transfer(9, 2, 10), world.transfer(2, 9, 20))
    world.funds(world.cancel(9, 0, 8), world.rotate(9), Decoy(9))
    world.trade(
        narrow=[world.buy(2, 1, 2, 1_000), world.sell(9, 1, 1, 1_000)], wide=[[world.sell(9, 1, 1, 1_000, fee=1)]]
    )
    world.credit_fees()
    world.liquidate(close(9))
    for index in (1, 2, 9):
        assert world.recovered(index) == world.account(index)
    kinds = {operation.kind for applied in world.history for operation in getattr(applied.step.body, "operations", ())}
    assert kinds == set(Operation)
