"""
The attestation of an account: each rule, broken alone, has no witness.

Where the law itself refuses, it is not asked: the owner signs the lie, so that message, name and root fit and only the
constraint that stands for the rule is left to refuse.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from support.account_witness import CAROL, DAVE, FILE, PUBLIC, TINY, ask, check, refuses, resigned
from support.attestation_builders import (
    VERIFIER,
    answer,
    asking_for_credential,
    credential,
    signed,
)
from support.spec_builders import BOARD, DOMAIN, NOW, Trader, World, table_of
from support.step_witness import StepCircuit, alone, changed, dishonest, element_at, law_without

from prover.reference.babyjubjub import SUBGROUP_ORDER
from prover.reference.field import R
from rollup.spec.account import FUND
from rollup.spec.attestation import (
    pseudonym,
)
from rollup.spec.funds import operation_message
from rollup.spec.hashes import field, shifted
from rollup.spec.shared import Operation, Status
from rollup.witness.account import attestation_inputs

pytest.importorskip("zkclear_native", reason="the native extension is not built: install Rust, make setup")


# ---------------------------------------------------------------- ATT-1: an account, never the fund


def test_trap_22_attestation_of_the_fund_has_no_witness(attests: StepCircuit) -> None:
    """ATT-1."""
    world = World(table_of(*BOARD))
    world.seat(FUND, {0: 5})
    with law_without("ATT-1"):
        fund = answer(world, FUND, ask(equity=5))
        fund.check()
        attests.refuses(attestation_inputs(fund), "AccountAttestation", "Nonzero()(index)")


@pytest.mark.parametrize("index", [5, CAROL + 512, R - 508, 511])
def test_attestation_at_another_index_has_no_witness(attests: StepCircuit, carols: World, index: int) -> None:
    """ATT-1: neither another place nor another reading of the same bits."""
    inputs = changed(attestation_inputs(answer(carols, CAROL, ask())), (("index",), index))
    trace = attests.refusal(inputs)
    assert trace is not None
    assert {"RootAt8", "Bits"} & {name for name, _ in trace}


def test_attestation_of_an_account_that_is_not_in_the_state_has_no_witness(attests: StepCircuit, carols: World) -> None:
    """ATT-1: richer than it is, or as it was."""
    honest = answer(carols, CAROL, ask(equity=2 * 10**7))
    for name, place, value in (
        ("vector", 0, 3 * 10**7),
        ("nonce", None, 4),
        ("blind", None, 0),
        ("ownerNonce", None, 9),
    ):
        at = (name,) if place is None else (name, place)
        attests.refuses(changed(attestation_inputs(honest), (at, value)), "RootAt8", "picked[level] === node[level]")


def test_attestation_at_another_root_or_table_has_no_witness(attests: StepCircuit, carols: World) -> None:
    """ATT-1, trap 15: the owner may sign for them, the account does not stand there."""
    honest = answer(carols, CAROL, ask())
    for name, text in (("stateRoot", "stateRoot === state"), ("riskRoot", "riskRoot === table.root")):
        attests.refuses(resigned(carols, honest, (name, 5)), "AccountAttestation", text)


# ---------------------------------------------------------------- ATT-2, ATT-3: from its owner alone


def test_attestation_under_another_name_has_no_witness(attests: StepCircuit, carols: World) -> None:
    """ATT-2: neither sequencer nor auditor knows the note key, and the owner has one name only."""
    honest, key = answer(carols, CAROL, ask()), carols.traders[DAVE].note_key
    other = resigned(carols, honest, ("pseudonym", pseudonym(key, VERIFIER)))
    attests.refuses(other, "AccountAttestation", "pseudonym === name")
    forged = answer(carols, CAROL, ask(), note_key=key)
    refuses(attests, forged, "ATT-2", "RootAt8", "picked[level] === node[level]")


def test_attestation_that_the_owner_key_did_not_sign_has_no_witness(attests: StepCircuit, carols: World) -> None:
    """ATT-3: not the trading key, not a stranger, not the owner of another account."""
    honest, trader = answer(carols, CAROL, ask()), carols.traders[CAROL]
    message = honest.statement.message
    for signature in (
        trader.sign_order(message),
        Trader("sequencer").sign_as_owner(message),
        carols.traders[DAVE].sign_as_owner(message),
        trader.sign_as_owner(message + 1),
    ):
        refuses(attests, replace(honest, signature=signature), "ATT-3", "SignatureOf", "enabled * (expected")
    stranger = Trader("sequencer")
    inputs = changed(
        attestation_inputs(signed(honest, stranger)),
        *((("ownerKey", i), stranger.owner.owner_key[i]) for i in range(2)),
        *((("ownerShifted", i), shifted(stranger.owner.owner_key)[i]) for i in range(2)),
    )
    attests.refuses(inputs, "RootAt8", "picked[level] === node[level]")


@pytest.mark.parametrize("name", PUBLIC)
def test_signature_for_another_statement_has_no_witness(attests: StepCircuit, carols: World, name: str) -> None:
    """ATT-3: every public input stands in what was signed; the challenge, so that none is shown twice."""
    question = asking_for_credential(equity=1, leverage=10**6, exposure=10**6, headroom=1)
    honest = answer(carols, CAROL, question, credential(carols.traders[CAROL]))
    inputs = attestation_inputs(honest)
    assert attests.satisfied(inputs)
    lie = changed(inputs, ((name,), element_at(inputs, (name,)) + 1))
    assert not attests.satisfied(lie)
    if name in ("domain", "challenge", "equity", "leverage", "exposure", "headroom", "denied"):
        attests.refuses(lie, "SignatureOf", "enabled * (expected")
        again = resigned(carols, honest, (name, element_at(inputs, (name,)) + 1))
        assert attests.satisfied(again), "the rule was not what stood in the way"


def test_trap_03_signature_of_an_operation_is_no_attestation(attests: StepCircuit, carols: World) -> None:
    """ATT-3: the tags keep them apart."""
    operation = operation_message(DOMAIN, Operation.WITHDRAW, CAROL, 1, 1, NOW, 5)
    signature = carols.traders[CAROL].sign_as_owner(operation)
    honest = answer(carols, CAROL, ask())
    refuses(attests, replace(honest, signature=signature), "ATT-3", "SignatureOf", "enabled * (expected")


def test_trap_30_scalar_plus_l_gives_the_same_attestation(attests: StepCircuit, carols: World) -> None:
    """Must work: alike in law and circuit."""
    honest = answer(carols, CAROL, ask())
    again = replace(honest, signature=honest.signature._replace(s=honest.signature.s + SUBGROUP_ORDER))
    check(attests, again)
    raw = changed(attestation_inputs(honest), (("s",), honest.signature.s + SUBGROUP_ORDER))
    assert attests.satisfied(raw)


# ---------------------------------------------------------------- ATT-4: what is not asked is 0, thresholds fit


@pytest.mark.parametrize(("bit", "name"), list(enumerate(("equity", "leverage", "exposure", "headroom"))))
def test_threshold_that_is_not_asked_but_stands_there_has_no_witness(
    attests: StepCircuit, carols: World, bit: int, name: str
) -> None:
    """ATT-4: nobody reads a promise that nobody made."""
    honest = answer(carols, CAROL, ask())
    attests.refuses(resigned(carols, honest, (name, 1)), "AccountAttestation", f"(1 - asks[{bit}]) * {name} === 0")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("equity", R - 1),
        ("equity", 2**64),
        ("leverage", 2**40),
        ("leverage", R - 1),
        ("exposure", 2**64),
        ("exposure", R // 2),
        ("headroom", 2**64),
        ("headroom", R - 1),
    ],
)
def test_threshold_that_does_not_fit_has_no_witness(attests: StepCircuit, carols: World, name: str, value: int) -> None:
    """ATT-4: r - 1 would hold for everybody, and be read as much."""
    honest = answer(carols, carols.street, ask(**{name: 0 if name in ("equity", "headroom") else 2**40 - 1}))
    lie = resigned(carols, honest, (name, value))
    trace = attests.refusal(lie)
    assert trace is not None
    attests.refuses(lie, "AccountAttestation", f"({name});")


@pytest.mark.parametrize("asked", [32, 33, R - 1])
def test_question_of_more_than_five_parts_has_no_witness(attests: StepCircuit, carols: World, asked: int) -> None:
    """ATT-4."""
    attests.refuses(resigned(carols, answer(carols, CAROL, ask()), ("asked", asked)), "AccountAttestation", "Bits(5)")


# ---------------------------------------------------------------- ATT-6, ATT-7: exposure


def exposure_inputs(*held: int) -> dict[str, Any]:
    vector = [0, *held, *[0] * (TINY.slots - 1 - len(held))]
    table = table_of(*BOARD)
    return {
        "vector": [field(quantity) for quantity in vector],
        "settled": [int(mark.status is Status.SETTLED) for mark in table.marks],
        "price": [mark.price for mark in table.marks],
    }


def test_exposure_counts_both_sides_and_leaves_settled_slots_out(attests: StepCircuit, carols: World) -> None:
    """ATT-7: a short weighs as much as a long; slot 4 is settled."""
    exposure = alone(FILE, "GrossExposure", TINY.slots)
    assert exposure.outputs(exposure_inputs(3, -2, 0, 9)) == {"out": 3 * 1_000 + 2 * 500}
    assert exposure.outputs(exposure_inputs(-3, 2, 0, -9)) == {"out": 3 * 1_000 + 2 * 500}
    for lots in (2**104, -(2**104)):
        exposure.refuses(exposure_inputs(lots), "GrossExposure", "Range(BITS_LOTS())(magnitude[j])")


@pytest.mark.parametrize("instead", ["vector[j] > 0 ? 1 : 0", "1", "0", "2", "(1 - 1 / vector[j]) / 2"])
def test_exposure_of_a_short_that_counts_as_less_has_no_witness(instead: str) -> None:
    """ATT-7: the sign is a hint; a wrong one makes a magnitude below zero, and half a sign is none."""
    lying = dishonest(FILE, "GrossExposure", TINY.slots, hint="vector[j] < 0 ? 1 : 0", instead=instead)
    inputs = exposure_inputs(*([5, -5] * 7), 5)
    trace = lying.refusal(inputs)
    assert trace is not None
    assert trace[-1][0] == "GrossExposure"
