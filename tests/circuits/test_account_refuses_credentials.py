"""Credentials in the attestation of an account: each rule, broken alone, has no witness."""

from __future__ import annotations

from dataclasses import replace

import pytest
from support.account_witness import CAROL, DAVE, ask, check, refuses, resigned
from support.attestation_builders import (
    answer,
    asking_for_credential,
    credential,
)
from support.spec_builders import NOW, World, secret
from support.step_witness import StepCircuit, changed, element_at

from prover import crypto
from prover.reference.field import R
from rollup.spec.hashes import shifted
from rollup.witness.account import attestation_inputs

pytest.importorskip("zkclear_native", reason="the native extension is not built: install Rust, make setup")


# ---------------------------------------------------------------- ATT-9 to ATT-12: credentials


def test_credential_that_the_issuer_did_not_sign_for_this_trader_has_no_witness(
    attests: StepCircuit, carols: World
) -> None:
    """ATT-9: another signer, another trader, other parts, none at all."""
    trader, question = carols.traders[CAROL], asking_for_credential()
    right = credential(trader)
    for wrong in (
        credential(trader, issuer=secret("forger")),
        credential(carols.traders[DAVE]),
        replace(right, jurisdiction=276),
        replace(right, accredited=False),
        replace(right, expiry=NOW + 2),
    ):
        forged = answer(carols, CAROL, question, wrong)
        refuses(attests, forged, "ATT-9", "SignatureOf", "enabled * (expected")
    missing = answer(carols, CAROL, question)
    refuses(attests, missing, "ATT-9", "Credential", "asked * (issuer - keyHash) === 0")


def test_credential_of_another_issuer_than_the_one_named_has_no_witness(attests: StepCircuit, carols: World) -> None:
    """ATT-9: the key is what the verifier's hash opens to, with the multiple that belongs to it."""
    honest = answer(carols, CAROL, asking_for_credential(), credential(carols.traders[CAROL]))
    forger = crypto.load().public_key(secret("forger"))
    inputs = changed(
        attestation_inputs(honest),
        *((("issuerKey", i), forger[i]) for i in range(2)),
        *((("issuerShifted", i), shifted(forger)[i]) for i in range(2)),
    )
    attests.refuses(inputs, "Credential", "asked * (issuer - keyHash) === 0")
    other = changed(attestation_inputs(honest), *((("issuerShifted", i), shifted(forger)[i]) for i in range(2)))
    attests.refuses(other, "Credential", "asked * (issuer - keyHash) === 0")


def test_question_about_a_credential_without_an_issuer_has_no_witness(attests: StepCircuit, carols: World) -> None:
    """ATT-9: nobody reads that a list was applied where nobody vouched."""
    honest = answer(carols, CAROL, ask())
    for lie, text in (
        (("denied", 840), "without * denied === 0"),
        (("now", NOW), "without * now === 0"),
        (("asked", 16), "without * mustBeAccredited === 0"),
    ):
        attests.refuses(resigned(carols, honest, lie), "Credential", text)


@pytest.mark.parametrize("place", range(8))
def test_credential_of_a_denied_jurisdiction_has_no_witness(attests: StepCircuit, carols: World, place: int) -> None:
    """ATT-10: at every place of the list."""
    denied = tuple(756 if at == place else 100 + at for at in range(8))
    forged = answer(carols, CAROL, asking_for_credential(denied=denied), credential(carols.traders[CAROL]))
    refuses(attests, forged, "ATT-10", "Credential", "Nonzero()(distinct)")


@pytest.mark.parametrize("denied", [(), (1, 2, 3, 4, 5, 6, 7, 8)])
def test_credential_of_no_jurisdiction_has_no_witness(
    attests: StepCircuit, carols: World, denied: tuple[int, ...]
) -> None:
    """ATT-10: 0 fills the list, and is nobody's home even where the list is full."""
    nowhere = credential(carols.traders[CAROL], jurisdiction=0)
    forged = answer(carols, CAROL, asking_for_credential(denied=denied), nowhere)
    refuses(attests, forged, "ATT-10", "Credential", "Nonzero()(distinct)")


def test_list_of_more_than_eight_jurisdictions_has_no_witness(attests: StepCircuit, carols: World) -> None:
    """ATT-4: a ninth code would not be compared."""
    honest = answer(carols, CAROL, asking_for_credential(), credential(carols.traders[CAROL]))
    lie = resigned(carols, honest, ("denied", 756 << 128))
    attests.refuses(lie, "Credential", "Bits(DENIED() * BITS_JURISDICTION())(denied)")


def test_credential_of_somebody_who_is_not_accredited_has_no_witness_where_asked(
    attests: StepCircuit, carols: World
) -> None:
    """ATT-11."""
    plain = credential(carols.traders[CAROL], accredited=False)
    check(attests, answer(carols, CAROL, asking_for_credential(), plain))
    forged = answer(carols, CAROL, asking_for_credential(accredited=True), plain)
    refuses(attests, forged, "ATT-11", "Credential", "mustBeAccredited * (1 - accredited) === 0")


def test_credential_that_has_expired_has_no_witness(attests: StepCircuit, carols: World) -> None:
    """ATT-12: good until its last second; a time beyond 40 bits is none (ATT-4)."""
    shown = credential(carols.traders[CAROL], expiry=NOW)
    honest = answer(carols, CAROL, asking_for_credential(), shown)
    check(attests, honest)
    late = answer(carols, CAROL, asking_for_credential(now=NOW + 1), shown)
    refuses(attests, late, "ATT-12", "Credential", "Range(BITS_TIME())(left)")
    for now in (R - 1, 2**40):
        attests.refuses(resigned(carols, honest, ("now", now)), "Credential", "Range(BITS_TIME())(now)")


def test_credential_whose_parts_spill_into_one_another_has_no_witness(attests: StepCircuit, carols: World) -> None:
    """ATT-9: the same word read another way: 2^16 + 756 without accreditation, an expiry one lower with two of them."""
    trader = carols.traders[CAROL]
    honest = answer(carols, CAROL, asking_for_credential(), credential(trader))
    inputs = attestation_inputs(honest)
    attests.refuses(
        changed(inputs, (("jurisdiction",), 756 + 2**16), (("accredited",), 0)), "Credential", "(jurisdiction)"
    )
    attests.refuses(
        changed(inputs, (("expiry",), NOW), (("accredited",), 3)), "Credential", "accredited * (accredited - 1) === 0"
    )
    wrapped = element_at(inputs, ("expiry",)) - 756 * pow(2**17, -1, R)
    lie = changed(inputs, (("expiry",), wrapped), (("jurisdiction",), 2 * 756))
    attests.refuses(lie, "Credential", "Range(BITS_TIME())(expiry)")
