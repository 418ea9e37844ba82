"""
The funds circuit refuses what the law refuses, each rule broken alone: numbers, amounts, margin, the state's bounds.

As in test_funds_refuses.py, the law without the rule draws up the step, and the circuit says no at the rule's line.
"""

from __future__ import annotations

from dataclasses import replace

import pytest
from support.funds_worlds import AT, RICH, fees_owed, funds, refuse, refuse_step
from support.partial_law import WIDTHS, law_without
from support.spec_builders import NOW, Instrument, World, element, table_of
from support.step_witness import changed

from rollup.spec import funds as law
from rollup.spec.account import FUND, REVENUE
from rollup.spec.funds import Cancel, Decoy, Deposit, FeeCredit, Forced, Funding
from rollup.spec.hashes import R, new_tree, tagged
from rollup.spec.orders import NONCE_REACH
from rollup.spec.shared import Operation, Tag
from rollup.spec.state import State, Suspense
from rollup.witness.funds import funds_inputs

pytest.importorskip("zkclear_native", reason="the native extension is not built: install Rust, make setup")

LAST = (1 << 40) - 1


@pytest.fixture
def negative_custody(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever breaks STA-4 hashes a custody below zero as the circuit would: r less so much."""
    commitment = property(lambda state: tagged(Tag.CUSTODY, state.custody % R, state.custody_random))
    monkeypatch.setattr(State, "custody_commitment", commitment)


# -- FND-6: forced payments


@pytest.mark.parametrize(
    ("asked", "paid", "at"),
    [
        (4_000, 0, "exact"),
        (4_000, 3_999, "exact"),
        (9_000, 3_999, "exact"),
        (9_000, 4_001, "margin"),
        (3_000, 3_001, "paid"),
        (0, 1, "paid"),
        (3_000, 0, "exact"),
    ],
)
def test_force_pays_anything_but_what_is_asked_and_free_FND_6_is_refused(
    world: World, asked: int, paid: int, at: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Trap 1. Account 9 has 4,000 free."""
    world.seat(9, {0: -86_000, 1: 100})
    monkeypatch.setattr(law, "min", lambda *_: paid, raising=False)
    refuse_step(world.funds(Forced(9, 77, asked)), at)


@pytest.mark.usefixtures("negative_custody")
@pytest.mark.parametrize(("paid", "at"), [(59, "exact"), (0, "exact"), (61, "custody")])
def test_force_pays_anything_but_what_is_there_FND_6_is_refused(
    world: World, paid: int, at: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.state = replace(world.state, custody=60)
    monkeypatch.setattr(law, "min", lambda *_: paid, raising=False)
    with law_without("STA-4"):
        refuse_step(world.funds(Forced(2, 1, 100)), at)


@pytest.mark.parametrize("balance", [-120_000, -90_001])
def test_force_pays_an_account_with_nothing_free_FND_6_is_refused(
    world: World, balance: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.seat(9, {0: balance, 1: 100})
    monkeypatch.setattr(law, "min", lambda *_: 1, raising=False)
    refuse_step(world.funds(Forced(9, 1, 100)), "margin")


# -- FND-7, ORD-5: cancels


def test_cancel_a_place_that_accounts_do_not_have_FND_7_is_refused(world: World) -> None:
    """Trap 32. The law's own list has no such place, so the signature is for it and the inputs name it."""
    inputs = funds_inputs(world.funds(world.cancel(2, 3, 1)))
    for place in (4, 255):
        signed = world.authority(Operation.CANCEL, 2, place, 0, nonce=1)
        forged = changed(inputs, (("amount", 0), place), (("s", 0), signed.signature.s))
        forged["r8"][0] = [*signed.signature.r8]
        funds().refuses(forged, *AT["place"])


@pytest.mark.parametrize("nonce", [11, 12 + NONCE_REACH, LAST])
def test_cancel_below_its_place_or_too_far_ahead_ORD_5_is_refused(world: World, nonce: int) -> None:
    """Trap 46."""
    world.funds(world.cancel(2, 3, 12))
    refuse(world, "distance", "ORD-5", operations=(world.cancel(2, 3, nonce),))


# -- FND-9 to FND-11: numbers and expiries


@pytest.mark.parametrize("nonce", [0, 4, 5])
def test_sign_with_a_number_that_was_used_FND_9_is_refused(world: World, nonce: int) -> None:
    """Trap 3."""
    world.funds(world.withdraw(2, 1, nonce=5))
    for operation in (world.withdraw(2, 1, nonce=nonce), world.note(2, 1, nonce=nonce), world.rotate(2, nonce=nonce)):
        refuse(world, "distance", "FND-9", operations=(operation,))
    refuse(world, "distance", "FND-9", operations=(world.transfer(2, 3, 1, nonce=nonce),))


def spilling(world: World, kind: Operation, nonce: int, expiry: int) -> Funding:
    """A signature over parts that spill over their widths."""
    with law_without(WIDTHS):
        signed = world.authority(kind, 2, 0 if kind is Operation.CANCEL else 1, 0, nonce, expiry)
    if kind is Operation.CANCEL:
        return Cancel(2, 0, signed)
    return replace(world.withdraw(2, 1, recipient=0), authority=signed)


@pytest.mark.parametrize("kind", [Operation.WITHDRAW, Operation.CANCEL])
@pytest.mark.parametrize(("nonce", "expiry", "at"), [(LAST + 1, NOW, "number"), (1, LAST + 1, "expiry")])
def test_sign_with_a_number_or_expiry_too_wide_FND_10_is_refused(
    world: World, kind: Operation, nonce: int, expiry: int, at: str
) -> None:
    rules = ("FND-9", "FND-10", "ORD-5", WIDTHS)
    operation = spilling(world, kind, nonce, expiry)
    with law_without(*rules):
        refuse_step(world.funds(operation), at)


@pytest.mark.parametrize(("number", "at"), [(1 << 64, "queue"), (-1, "distance"), (1 << 72, "distance")])
def test_name_a_queue_number_too_wide_FND_10_is_refused(world: World, number: int, at: str) -> None:
    for operation in (Deposit(2, number, 1), Forced(2, number, 1)):
        kept = {**vars(world)}
        with law_without("FND-10", WIDTHS):
            applied = world.funds(operation)
        vars(world).update(kept)
        refuse_step(applied, at)


def test_sign_after_expiry_FND_11_is_refused(world: World) -> None:
    for operation in (
        world.withdraw(2, 1, expiry=NOW - 1),
        world.note(2, 1, expiry=NOW - 1),
        world.transfer(2, 3, 1, expiry=NOW - 1),
        world.rotate(2, expiry=NOW - 1),
        world.cancel(2, 0, 2, expiry=NOW - 1),
    ):
        refuse(world, "expired", "FND-11", operations=(operation,))


# -- FND-13: amounts


@pytest.mark.usefixtures("negative_custody")
@pytest.mark.parametrize("amount", [R - 1, 1 << 64])
def test_move_an_amount_beyond_64_bits_FND_13_is_refused(world: World, amount: int) -> None:
    with law_without(WIDTHS):
        operations: list[Funding | tuple[Funding, ...]] = [
            world.withdraw(2, amount),
            world.note(2, amount),
            world.transfer(2, 3, amount),
            Deposit(2, 1, amount),
            FeeCredit(REVENUE, amount),
        ]
    world.seat(2, {0: 1 << 70})
    world.state = replace(world.state, custody=1 << 63)
    for operation in operations:
        kept = {**vars(world)}
        with law_without("FND-13", "STA-4", "FND-15", "MGN-1", "MGN-6", WIDTHS):
            applied = world.funds(operation)
        vars(world).update(kept)
        refuse_step(applied, "amount")


@pytest.mark.parametrize("asked", [R - 1, 1 << 64])
def test_force_with_an_amount_beyond_64_bits_FND_13_is_refused(world: World, asked: int) -> None:
    refuse(world, "asked", "FND-13", operations=(Forced(2, 1, asked),))


# -- FND-15: fees


def test_credit_more_fees_than_were_taken_FND_15_is_refused(world: World) -> None:
    fees_owed(world)
    refuse(world, "fees", "FND-15", operations=(FeeCredit(REVENUE, 101),))
    refuse(world, "fees", "FND-15", operations=(FeeCredit(REVENUE, 60), FeeCredit(FUND, 41)))


# -- MGN-1, MGN-6: margin after a debit


@pytest.mark.parametrize("scenario", range(5))
def test_debit_beyond_margin_in_any_scenario_MGN_1_is_refused(scenario: int) -> None:
    """Traps 2 and 26. In scenario 0, the mark, it is a straddle: whatever moves, it gains."""
    moves = tuple(50 if scenario == 0 else -50 if s == scenario else 0 for s in range(1, 5))
    world = World(table_of(Instrument(1_000, moves)))
    world.seat(2, {0: RICH})
    world.seat(9, {0: -91_000, 1: 100})
    assert min(world.values(9)) == world.values(9)[scenario] < max(world.values(9))
    free = min(world.values(9))
    for operation in (world.withdraw(9, free + 1), world.note(9, free + 1), world.transfer(9, 2, free + 1)):
        refuse(world, "margin", "MGN-1", operations=(operation,))


def test_debit_that_leaves_a_value_beyond_160_bits_MGN_6_is_refused(world: World) -> None:
    world.seat(9, {0: (1 << 160) + 5})
    world.state = replace(world.state, custody=100)
    refuse(world, "margin", "MGN-6", operations=(world.withdraw(9, 5),))


# -- STA: leaf, touches, custody, notes


def test_name_a_leaf_outside_the_tree_STA_1_is_refused(world: World) -> None:
    inputs = funds_inputs(world.funds(Decoy(2)))
    for index in (512, 512 + 2, 1 << 24, R - 1):
        funds().refuses(changed(inputs, (("index", 0), index)), *AT["index"])


def test_touch_beyond_the_last_nonce_STA_3_is_refused(world: World) -> None:
    """Trap 32."""
    world.seat(9, {0: 5}, nonce=LAST)
    refuse(world, "touches", "STA-3", operations=(Decoy(9),))


@pytest.mark.usefixtures("negative_custody")
def test_leave_a_custody_below_0_or_beyond_64_bits_STA_4_is_refused(world: World) -> None:
    """After every change: what is paid back later in the step does not count."""
    refuse(world, "custody", "STA-4", operations=(Deposit(2, 1, (1 << 64) - 1),))
    refuse(world, "custody", "STA-4", operations=(Deposit(2, 1, (1 << 64) - 1), world.withdraw(2, 1 << 63)))
    world.state = replace(world.state, custody=60)
    refuse(world, "custody", "STA-4", operations=(world.withdraw(2, 61),))
    refuse(world, "custody", "STA-4", operations=(world.note(2, 61), Deposit(2, 1, 10)))


def test_append_a_note_to_a_full_tree_STA_5_is_refused(world: World) -> None:
    full = new_tree(3)
    full.update({place: element("note", place) for place in range(511)})
    world.state = replace(world.state, notes=full, note_count=511)
    applied = world.funds(world.note(2, 1))
    funds().check(applied, funds_inputs(applied))
    assert world.state.note_count == 512
    inputs = funds_inputs(applied)
    funds().refuses(changed(inputs, (("noteCount",), 512)), *AT["index"])
    funds().refuses(changed(inputs, (("noteCount",), 510)), *AT["leaf"])


# -- STP-3: forced requests at clean boundaries


@pytest.mark.parametrize("operations", [(Forced(2, 1, 5),), (Decoy(2), Decoy(2), Decoy(2), Forced(2, 1, 5))])
def test_force_while_something_is_owed_STP_3_is_refused(world: World, operations: tuple[Funding, ...]) -> None:
    clean = world.suspense
    fees_owed(world)
    refuse(world, "open vector", "STP-3", operations=operations)
    world.suspense = replace(clean, fees=1)
    refuse(world, "open fees", "STP-3", operations=operations)
    world.suspense = Suspense(clean.vector, 0, 77)
    refuse(world, "open blinding", "STP-3", operations=operations)
