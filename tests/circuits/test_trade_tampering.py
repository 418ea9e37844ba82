"""
One number changed in the inputs of a rich step: refused, or a number that no rule reads.

The list of those that do not matter is exact and gives a reason for each; a new one fails the test as does a stale one.
"""

from __future__ import annotations

import random
from functools import cache

import pytest
from support.spec_builders import NOW
from support.step_witness import Place, changed, element_at, elements
from support.trade_worlds import rich_step, trade

from prover.reference.field import R
from prover.witness import Inputs
from rollup.witness.trade import trade_inputs

pytest.importorskip("zkclear_native", reason="the native extension is not built: install Rust, make setup")

UNUSED = 1
"""The leg of the rich step that is not used: its second narrow lane is a decoy."""

CASH = "cash is what it is: the circuit has slot 0 of every table as constants"
IDLE = "a leg that is not used: its word is 0 and nothing of it reaches the account"

DOES_NOT_MATTER: dict[Place, str] = {
    **{(name, 0): CASH for name in ("status", "listing", "funding", "value")},
    **{("stress", scenario, 0): CASH for scenario in range(4)},
    **{
        (name, UNUSED): IDLE
        for name in (
            "slot", "orderPlace", "side", "reduceOnly", "orderNonce", "expiry", "limit", "maxFee", "quantity", "s",
        )
    },
    **{("r8", UNUSED, coordinate): IDLE for coordinate in range(2)},
}  # fmt: skip
"""Inputs that may be one more, and why nobody minds."""

BEYOND = {
    "side": 2, "reduceOnly": 2, "orderNonce": 1 << 40, "expiry": NOW + (1 << 40), "limit": 1 << 40, "maxFee": 1 << 16,
    "quantity": 1 << 40,
}  # fmt: skip
"""Even of an unused leg these are held to their widths."""


@cache
def rich_inputs() -> Inputs:
    return trade_inputs(rich_step())


def survives(place: Place, value: int) -> bool:
    return trade().satisfied(changed(rich_inputs(), (place, value)))


PLACES = list(elements(rich_inputs()))
LAST_OF: dict[str, Place] = {str(place[0]): place for place in PLACES if place not in DOES_NOT_MATTER}
"""The last element of every input that matters."""


@pytest.mark.parametrize("name", LAST_OF)
def test_input_one_more_is_refused(name: str) -> None:
    """One element of every input; all of them in the soak."""
    place = LAST_OF[name]
    assert not survives(place, element_at(rich_inputs(), place) + 1), place


@pytest.mark.soak
@pytest.mark.parametrize("by", [1, -1, 1 << 64, random.Random(11).randrange(R)], ids=["+1", "-1", "+2^64", "random"])
def test_every_input_changed_is_refused_unless_it_does_not_matter(by: int) -> None:
    inputs = rich_inputs()
    loose = {place for place in PLACES if survives(place, element_at(inputs, place) + by)}
    assert loose <= DOES_NOT_MATTER.keys(), loose - DOES_NOT_MATTER.keys()
    if by == 1:
        assert loose == DOES_NOT_MATTER.keys(), DOES_NOT_MATTER.keys() - loose


@pytest.mark.soak
def test_every_input_set_to_zero_is_refused_unless_it_does_not_matter() -> None:
    inputs = rich_inputs()
    places = [place for place in PLACES if element_at(inputs, place)]
    loose = {place for place in places if survives(place, 0)}
    assert loose <= DOES_NOT_MATTER.keys(), loose - DOES_NOT_MATTER.keys()


def test_input_that_does_not_matter_may_be_anything() -> None:
    """All of them at once, and the public inputs are what they were."""
    changes = [(place, element_at(rich_inputs(), place) + 1) for place in DOES_NOT_MATTER]
    inputs = changed(rich_inputs(), *changes)
    made = trade().witness(inputs)
    assert [made[wire] for wire in range(1, 13)] == [inputs[name] for name in trade().compiled.circuit.public]


@pytest.mark.parametrize("name", BEYOND)
def test_unused_leg_beyond_a_width_is_refused(name: str) -> None:
    assert not survives((name, UNUSED), BEYOND[name])


def test_two_lanes_exchanged_are_refused() -> None:
    """What the lanes open is bound to their order: words and roots follow it."""
    inputs = rich_inputs()
    names = [name for name, value in inputs.items() if isinstance(value, list) and len(value) == 3]
    exchanged = {name: [inputs[name][1], inputs[name][0], inputs[name][2]] for name in names}
    assert not trade().satisfied({**inputs, **exchanged})
