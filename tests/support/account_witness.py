"""
Answers of traders for the tests of the account circuit, true and untrue.

`resigned` changes what is said in public and lets the owner sign it all the same, so that the circuit can refuse only
at the rule.
"""

from __future__ import annotations

from typing import Any

import pytest
from support.attestation_builders import (
    CHALLENGE,
    VERIFIER,
)
from support.claims_witness import public_wires
from support.spec_builders import BOARD, World, element, table_of
from support.step_witness import StepCircuit, changed

from prover.circuits import circuit
from prover.reference.field import R
from rollup.spec.attestation import (
    AccountAttestation,
    Question,
)
from rollup.spec.errors import Refusal
from rollup.spec.hashes import tagged
from rollup.spec.shared import PROFILES, Tag
from rollup.witness.account import attestation_inputs

__all__ = [
    "CAROL",
    "DAVE",
    "FILE",
    "PUBLIC",
    "TINY",
    "UNREAD",
    "ask",
    "carols_world",
    "check",
    "refuses",
    "resigned",
]

TINY = PROFILES["tiny"]
PUBLIC = circuit("account", "tiny").public
FILE = "attest/account.circom"
CAROL, DAVE = 4, 70
UNREAD = {(name, 0) for name in ("status", "listing", "funding", "value")}
"""Cash is what it is."""


def carols_world() -> World:
    """Carol with a position in every kind of slot; Dave: 100 lots at 1,000 on an equity of 4,000, worst -6,000."""
    world = World(table_of(*BOARD))
    world.seat(
        CAROL, {0: 10**7, 1: 10, 2: -10, 3: 10, 4: 10, 6: -3}, "carol", nonce=3, owner_nonce=2, blind=element("b")
    )
    world.seat(DAVE, {0: -96_000, 1: 100}, "dave")
    return world


def ask(**parts: Any) -> Question:
    return Question(VERIFIER, CHALLENGE, **parts)


def check(attests: StepCircuit, attestation: AccountAttestation) -> None:
    """What the law accepts has a witness with the law's public inputs."""
    statement = attestation.check()
    made = attests.witness(attestation_inputs(attestation))
    assert public_wires(made, len(PUBLIC)) == list(statement.public_inputs.values())


def refuses(attests: StepCircuit, attestation: AccountAttestation, rule: str, template: str, text: str) -> None:
    """The law refuses by this rule, and the circuit at this line."""
    with pytest.raises(Refusal, match=rule):
        attestation.check()
    attests.refuses(attestation_inputs(attestation), template, text)


def resigned(world: World, attestation: AccountAttestation, *lies: tuple[str, int]) -> dict[str, Any]:
    """The inputs with other public ones, which the owner has signed all the same."""
    public = {**attestation.statement.public_inputs}
    inputs = attestation_inputs(attestation)
    names = dict(zip(PUBLIC, public, strict=True))
    for name, value in lies:
        public[names[name]] = value % R
    signature = world.traders[attestation.index].sign_as_owner(tagged(Tag.ATTEST, *public.values()))
    said = [((name,), public[names[name]]) for name in PUBLIC]
    hand = [(("r8", 0), signature.r8.x), (("r8", 1), signature.r8.y), (("s",), signature.s)]
    return changed(inputs, *said, *hand)
