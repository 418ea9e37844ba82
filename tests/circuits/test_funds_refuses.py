"""
The funds circuit refuses what the law refuses, each rule broken alone: whose account it is, and who said so.

The law without the rule draws up the step, so every root, hash and word fits, and the circuit says no at the very line
that stands for the rule. The same step one notch inside is in test_funds_agrees.py. Numbers, amounts and margin are in
test_funds_refuses_amounts.py.

FND-1, and DAT-3 after it, are the shape of the circuit: it has no room for another number of operations or words. STP-1
alike. STP-2, and what FND-12 and FND-14 say of field elements: a witness has no others. DAT-1 cannot be broken: a text
has 136 bits, or 160.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any, cast

import pytest
from support.funds_worlds import AT, RICH, fees_owed, funds, refuse, refuse_step, trimmed
from support.partial_law import WIDTHS, law_without
from support.spec_builders import RECIPIENT, Trader, World
from support.step_witness import changed

from prover.types import Point
from rollup.spec.account import FUND, REVENUE, Account, Owner, keys_hash
from rollup.spec.funds import Decoy, Deposit, FeeCredit, Forced, Funding, Rotate
from rollup.spec.hashes import R
from rollup.spec.shared import Operation
from rollup.witness.funds import funds_inputs

pytest.importorskip("zkclear_native", reason="the native extension is not built: install Rust, make setup")

SMALL_ORDER = Point(0, R - 1)


# -- FND-2: transfers


def test_transfer_to_another_account_or_amount_FND_2_is_refused(world: World) -> None:
    out, into = world.transfer(2, 3, 400)
    refuse(world, "credited account", "FND-2", operations=((out, replace(into, index=4)),))
    refuse(world, "credited amount", "FND-2", operations=((out, replace(into, amount=401)),))
    refuse(world, "commitment", "FND-2", operations=((out, replace(into, debited=4)),))


def test_transfer_halves_alone_swapped_or_at_odd_places_FND_2_are_refused(world: World) -> None:
    out, into = world.transfer(2, 3, 400)
    refuse(world, "receiving half", "FND-2", operations=(out, Deposit(3, 1, 400)))
    refuse(world, "credited account", "FND-2", operations=(out, Decoy(2)))
    refuse(world, "receiving half first", "FND-2", operations=(into,))
    refuse(world, "receiving half first", "FND-2", operations=((into, out),))
    refuse(world, "receiving half", "FND-2", operations=(Decoy(2), into))
    refuse(world, "paying half last", "FND-2", operations=(Decoy(2), out))
    refuse(world, "paying half last", "FND-2", operations=(Decoy(2), out, into, Decoy(2)))


# -- FND-3 and FND-8: the fund and the revenue account


def test_touch_the_fund_by_anything_but_deposit_and_fee_credit_FND_3_is_refused(world: World) -> None:
    """Trap 22."""
    world.seat(FUND, {0: 5_000})
    operations: list[Funding | tuple[Funding, ...]] = [
        world.withdraw(FUND, 1),
        world.note(FUND, 1),
        world.transfer(FUND, 2, 1),
        world.rotate(FUND),
        world.cancel(FUND, 0, 1),
        Forced(FUND, 1, 1),
        Decoy(FUND),
    ]
    for operation in operations:
        refuse(world, "fund", "FND-3", operations=(operation,))


def test_transfer_to_the_fund_FND_3_is_refused(world: World) -> None:
    refuse(world, "fund", "FND-3", operations=(world.transfer(2, FUND, 1),))


@pytest.mark.parametrize("index", [2, 3, 63])
def test_credit_fees_to_a_trader_FND_8_is_refused(world: World, index: int) -> None:
    world.seat(63, {0: 0})
    refuse(fees_owed(world), "fee account", "FND-8", operations=(FeeCredit(index, 1),))


# -- FND-4: addresses


@pytest.mark.parametrize("address", [1 << 160, 1 << 239, R - 1])
def test_pay_or_register_no_address_FND_4_is_refused(world: World, address: int) -> None:
    refuse(world, "address", "FND-4", operations=(world.withdraw(2, 1, recipient=address),))
    owner = replace(world.traders[2].owner, l1_owner=address)
    kept = {**vars(world)}
    with law_without("FND-4", WIDTHS):
        applied = world.funds(Deposit(9, 1, 100, owner))
    vars(world).update(kept)
    refuse_step(applied, "address")


# -- FND-5, STA-2: registered once, and then only


def test_register_an_account_that_exists_FND_5_is_refused(world: World) -> None:
    for index in (FUND, REVENUE, 2):
        refuse(world, "leaf", "FND-5", operations=(Deposit(index, 1, 100, world.traders[3].owner),))
    deposit = Deposit(9, 1, 100, world.traders[3].owner)
    refuse(world, "leaf", "FND-5", operations=(deposit, deposit))


def test_deposit_to_an_account_that_nobody_registered_STA_2_is_refused(world: World) -> None:
    """Without its registration, a registering deposit would need a leaf that is 0 and opens."""
    inputs = funds_inputs(world.funds(Deposit(9, 1, 100, world.traders[3].owner)))
    funds().refuses(changed(inputs, (("registering", 0), 0), (("plainAux", 0), 0)), *AT["leaf"])


@pytest.mark.parametrize(
    ("part", "at"),
    [
        ({"vector": (10**6, *[0] * 15)}, "new vector"),
        ({"vector": (*[0] * 15, 1)}, "new vector"),
        ({"places": (0, 0, 0, 1)}, "new place"),
        ({"owner_nonce": 1}, "new owner nonce"),
        ({"nonce": 1}, "new nonce"),
    ],
    ids=["cash", "lots", "place", "number", "touches"],
)
def test_register_with_something_in_the_account_FND_5_is_refused(
    world: World, part: dict[str, Any], at: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened = Account.opened
    monkeypatch.setattr(Account, "opened", lambda owner, profile: replace(opened(owner, profile), **part))
    refuse_step(world.funds(Deposit(9, 1, 100, world.traders[3].owner)), at)


@pytest.mark.parametrize("operation", [Decoy(2), Forced(2, 1, 5), FeeCredit(1, 0)], ids=["decoy", "forced", "fee"])
def test_register_by_anything_but_a_deposit_is_refused(world: World, operation: Funding) -> None:
    inputs = changed(funds_inputs(world.funds(operation)), (("registering", 0), 1))
    funds().refuses(inputs, *AT["registering"])


def test_trap_04_registration_that_shows_another_address_is_refused(world: World) -> None:
    """The word says somebody else's address; or the account has it while its hash does not."""
    owner = world.traders[3].owner
    applied = world.funds(Deposit(9, 1, 100, owner))
    inputs = funds_inputs(applied)
    funds().refuses(changed(inputs, (("l1Owner", 0), owner.l1_owner ^ 1)), *AT["owner of new keys"])
    words = list(applied.words)
    words[4] ^= 1
    forged = replace(applied, published=replace(applied.published, words=tuple(words)))
    refuse_step(forged, "commitment")


# -- FND-12: signatures


def test_trap_03_signature_for_anything_else_FND_12_is_refused(world: World) -> None:
    """Another kind, account, recipient, precommit, amount, number, expiry, credited account, key or domain."""
    world.seat(7, {0: RICH}, owner=world.traders[2].owner)
    withdrawal, note = world.withdraw(2, 50), world.note(2, 50)
    out, into = world.transfer(2, 3, 50)
    number = withdrawal.authority.nonce
    trading = world.authority(Operation.CANCEL, 2, 50, RECIPIENT, nonce=number)
    owners = world.authority(Operation.ROTATE, 2, 0, 0, nonce=number)
    stolen: list[Funding | tuple[Funding, ...]] = [
        replace(withdrawal, index=7),
        replace(withdrawal, recipient=RECIPIENT + 1),
        replace(withdrawal, amount=51),
        replace(withdrawal, authority=replace(withdrawal.authority, nonce=77)),
        replace(withdrawal, authority=replace(withdrawal.authority, expiry=withdrawal.authority.expiry + 1)),
        replace(withdrawal, authority=note.authority),
        replace(withdrawal, authority=trading),
        replace(note, precommit=note.precommit ^ 1),
        replace(note, precommit=RECIPIENT, authority=withdrawal.authority),
        (replace(out, credited=7), replace(into, index=7)),
        (replace(out, authority=withdrawal.authority, credited=3), into),
        replace(world.cancel(2, 1, 1), authority=owners),
        replace(world.cancel(2, 1, 1), place=2),
        replace(world.rotate(2), authority=owners),
    ]
    for operation in stolen:
        refuse(world, "signature", "FND-12", operations=(operation,))


def test_trap_03_signature_for_another_domain_FND_12_is_refused(world: World) -> None:
    operation = world.withdraw(2, 50)
    world.state = replace(world.state, domain=world.state.domain + 1)
    refuse(world, "signature", "FND-12", operations=(operation,))


# -- FND-14: keys


@pytest.mark.parametrize("key", [SMALL_ORDER, Point(0, 1)], ids=["order two", "identity"])
@pytest.mark.parametrize("name", ["owner_key", "trading_key"])
def test_bring_a_key_of_small_order_FND_14_is_refused(world: World, key: Point, name: str) -> None:
    """Trap 30. Registered, or rotated to under its owner's signature."""
    at, bad = name.replace("_", " "), cast(Any, {name: key})
    with law_without("FND-14"):
        applied = world.funds(Deposit(9, 1, 100, replace(world.traders[2].owner, **bad)))
    refuse_step(applied, at)
    keys = {"owner_key": Trader("x").owner.owner_key, "trading_key": Trader("x").owner.trading_key} | bad
    signed = world.authority(Operation.ROTATE, 2, 0, keys_hash(**keys))
    refuse(world, at, "FND-14", operations=(Rotate(2, authority=signed, **keys),))


@pytest.mark.parametrize("key", [(1, 1), (3, 4), (0, 0)])
def test_bring_a_key_off_the_curve_FND_14_is_refused(world: World, key: tuple[int, int]) -> None:
    """It has no multiples, so not even the law without the rule knows what to do with it."""
    inputs = funds_inputs(world.funds(Deposit(9, 1, 100, world.traders[3].owner), world.rotate(2)))
    for position in (0, 1):
        for name, at in (("newOwnerKey", "owner key"), ("newTradingKey", "trading key")):
            places = [((name, position, axis), value) for axis, value in enumerate(key)]
            funds().refuses(changed(inputs, *places), *AT[at])


def test_trap_18_rotation_to_other_keys_than_signed_is_refused(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """The account is given to somebody else, while what is signed and published are the owner's new keys."""
    mallory, rotated = Trader("mallory").owner, Owner.rotated
    operation = world.rotate(2)
    monkeypatch.setattr(Owner, "rotated", lambda self, *_: rotated(self, mallory.owner_key, mallory.trading_key))
    inputs = trimmed(world.funds(operation))
    funds().refuses(inputs, *AT["owner of new keys"])
    inputs["newOwnerKey"][0], inputs["newTradingKey"][0] = [*mallory.owner_key], [*mallory.trading_key]
    funds().refuses(inputs, *AT["target of new keys"])


@pytest.mark.parametrize(
    ("part", "at"),
    [("view_key", "thread"), ("note_commitment", "owner of new keys"), ("l1_owner", "owner of new keys")],
)
def test_trap_18_rotation_that_changes_more_than_keys_is_refused(
    world: World, part: str, at: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Under another view key the blinding is another, too, so that the next operation already finds another root."""
    rotated, other = Owner.rotated, cast(Any, {part: 5})
    monkeypatch.setattr(Owner, "rotated", lambda self, *keys: replace(rotated(self, *keys), **other))
    refuse_step(world.funds(world.rotate(2)), at)


def test_operation_without_new_keys_that_changes_the_owner_is_refused(world: World) -> None:
    mallory = Trader("mallory").owner
    inputs = changed(funds_inputs(world.funds(Decoy(2))), (("ownerHashAfter", 0), mallory.hash))
    funds().refuses(inputs, *AT["same owner"])


# -- FND-16: room


def test_bring_more_than_a_step_has_room_for_FND_16_is_refused(world: World) -> None:
    owner = world.traders[3].owner
    keys = (Deposit(9, 1, 100, owner), world.rotate(2), Deposit(10, 2, 100, owner))
    refuse(world, "room for keys", "FND-16", operations=keys)
    refuse(world, "room for notes", "FND-16", operations=tuple(world.note(index, 1) for index in (2, 3, 4)))
    refuse(world, "room for payments", "FND-16", operations=(Forced(2, 1, 1), Forced(3, 2, 1)))
