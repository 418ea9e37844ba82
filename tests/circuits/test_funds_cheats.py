"""
What a prover could try in a funds step beside breaking rules: other inputs, public or private, other hints; one proof.
"""

from __future__ import annotations

import random

import pytest
from support.funds_worlds import AT, funds, rich_step
from support.proving import key_of, proved_step
from support.spec_builders import Trader, World
from support.step_witness import Place, alone, changed, dishonest, element_at, elements

from prover.backends import Proved, verify_together
from prover.reference.field import R
from rollup.spec.funds import Decoy, Deposit
from rollup.spec.shared import PUBLIC_INPUTS
from rollup.witness.common import camel
from rollup.witness.funds import funds_inputs

pytest.importorskip("zkclear_native", reason="the native extension is not built: install Rust, make setup")

NAMES = PUBLIC_INPUTS["step"]


PUBLIC = {
    "domain": "signature",
    "stateBefore": "state before",
    "stateAfter": "state after",
    "suspenseBefore": "suspense before",
    "suspenseAfter": "suspense after",
    "riskRoot": "table",
    "paramsHash": "parameters",
    "time": "table",
    "salt": "thread",
    "dataCommit": "commitment",
    "z": "evaluation",
    "y": "evaluation",
}
"""Where each public input is held to what it stands for."""


@pytest.mark.parametrize("name", PUBLIC)
def test_any_other_public_input_is_refused(world: World, name: str) -> None:
    assert [*PUBLIC] == [camel(name) for name in NAMES]
    inputs = funds_inputs(rich_step(world))
    for delta in (1, R - 1):
        value = element_at(inputs, (name,)) + delta
        assert not funds().satisfied(changed(inputs, ((name,), value)))
    funds().refuses(changed(inputs, ((name,), element_at(inputs, (name,)) + 1)), *AT[PUBLIC[name]])


FREE = {
    ("expiry", 0), ("expiry", 3), ("s", 0), ("s", 3), ("blind", 0), ("target", 3),
    ("r8", 0, 0), ("r8", 0, 1), ("r8", 3, 0), ("r8", 3, 1),
    *((name, 0, axis) for name in ("ownerKey", "ownerShifted", "tradingKey", "tradingShifted") for axis in (0, 1)),
    *((name, 1, axis) for name in ("newOwnerKey", "newTradingKey") for axis in (0, 1)),
    *((name, 0) for name in ("status", "listing", "funding", "value")), *(("stress", s, 0) for s in range(4)),
}  # fmt: skip
"""
What the rich step leaves open: nobody signs a registration or a credit, the second position brings no keys, and what
cash is worth is not read.
"""


def test_any_other_private_input_of_a_rich_step_is_refused(world: World) -> None:
    """Each element by itself, but those that nothing depends on; sampled, each signal at least once."""
    inputs = funds_inputs(rich_step(world))
    by_signal: dict[str, list[Place]] = {}
    for place in elements(inputs):
        by_signal.setdefault(str(place[0]), []).append(place)
    draw = random.Random(1)
    for places in by_signal.values():
        for place in draw.sample(places, min(2, len(places))):
            changes = changed(inputs, (place, element_at(inputs, place) + 1))
            assert place in FREE or not funds().satisfied(changes), place


@pytest.mark.parametrize(
    ("signal", "value", "at"),
    [
        ("kind", 0, "kind"),
        ("kind", 11, "kind"),
        ("amount", 1, "no amount"),
        ("number", 1, "no number"),
        ("request", 1, "no queue"),
        ("plainAux", 1, "no aux"),
        ("registering", 1, "registering"),
    ],
)
def test_decoy_that_says_anything_is_refused(world: World, signal: str, value: int, at: str) -> None:
    """A published word is never the prover's to choose."""
    inputs = funds_inputs(world.funds(Decoy(2), Decoy(3)))
    funds().refuses(changed(inputs, ((signal, 1), value)), *AT[at])


def test_deposit_withdrawal_note_or_registration_that_publishes_another_aux_is_refused(world: World) -> None:
    for operation, at in (
        (Deposit(2, 1, 5), "no aux"),
        (world.withdraw(2, 5), "signed aux"),
        (world.rotate(3), "signed aux"),
        (Deposit(9, 1, 5, Trader("x").owner), "registered aux"),
        (world.note(2, 5), "note"),
    ):
        inputs = funds_inputs(world.funds(operation))
        funds().refuses(changed(inputs, (("plainAux", 0), element_at(inputs, ("plainAux", 0)) + 1)), *AT[at])


def test_cancel_with_a_target_is_refused(world: World) -> None:
    inputs = funds_inputs(world.funds(world.cancel(2, 1, 5)))
    funds().refuses(changed(inputs, (("target", 0), 1)), *AT["no target"])


def test_note_appended_elsewhere_or_over_another_is_refused(world: World) -> None:
    world.funds(world.note(2, 5))
    inputs = funds_inputs(world.funds(world.note(2, 6)))
    first = element_at(inputs, ("noteChild", 0, 0, 0))
    funds().refuses(changed(inputs, (("noteResting", 0), first)), *AT["resting"])
    funds().refuses(changed(inputs, (("noteCount",), 0)), *AT["leaf"])
    funds().refuses(changed(inputs, (("noteCount",), 2)), *AT["notes"])
    funds().refuses(changed(inputs, (("noteChild", 1, 2, 5), 1)), *AT["notes"])


def test_hint_that_calls_a_payment_nothing_is_refused() -> None:
    """Without it nobody would look at the margin of what is paid."""
    honest = alone("lib/forced.circom", "Paying")
    hint = "forced == 1 && amount != 0 ? 1 : 0"
    for forced, amount, out in ((0, 0, 0), (0, 7, 0), (1, 0, 0), (1, 7, 1)):
        inputs = {"forced": forced, "amount": amount}
        assert honest.outputs(inputs) == {"out": out}
        for instead in ("0", "1", "2"):
            cheating = dishonest("lib/forced.circom", "Paying", hint=hint, instead=instead)
            allowed = {out} if forced == 0 or amount else {0, 1}
            assert cheating.satisfied(inputs) == (int(instead) in allowed)


@pytest.mark.parametrize("choice", range(7))
def test_hint_that_chooses_another_bound_of_a_payment_is_refused(choice: int) -> None:
    """Of request, custody, and five scenarios only the one that was met will do."""
    cheating = dishonest("lib/forced.circom", "ExactPayment", 5, hint="least", instead=str(choice))
    for met in range(7):
        left = [3] * 7
        left[met] = 0
        inputs = {"asked": 9 + left[0], "paid": 9, "custodyAfter": left[1], "valueAfter": left[2:]}
        assert cheating.satisfied(inputs) == (choice == met)
    none = dishonest("lib/forced.circom", "ExactPayment", 5, hint="least", instead=str(choice + 7))
    assert not none.satisfied({"asked": 9, "paid": 9, "custodyAfter": 0, "valueAfter": [0] * 5})


# -- a proof


def test_prove_rich_step_verifies_and_no_other_public_inputs_do(world: World) -> None:
    applied = rich_step(world)
    key, proved = key_of("funds", "tiny"), proved_step(applied)
    assert list(proved.public) == list(applied.public_inputs.values())
    assert verify_together([(key, proved)])
    for place, name in enumerate(NAMES):
        public = list(proved.public)
        public[place] = (public[place] + 1) % R
        assert not verify_together([(key, Proved(proved.proof, tuple(public)))]), name
