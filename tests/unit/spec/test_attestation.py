"""What a trader shows of its own account: every rule of ATT broken alone, and who cannot answer in its place."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from support.attestation_builders import (
    CHALLENGE,
    ISSUER,
    VERIFIER,
    answer,
    asking_for_credential,
    credential,
    signed,
)
from support.spec_builders import BOARD, DOMAIN, NOW, Trader, World, refused, secret, table_of

from prover.types import Point
from rollup.spec.account import FUND
from rollup.spec.attestation import Question, gross_exposure, note_commitment, pseudonym
from rollup.spec.funds import operation_message
from rollup.spec.margin import sweep
from rollup.spec.shared import PUBLIC_INPUTS, Operation

CAROL = 4
"""Worth 10,020,000 and more with a position in every kind of slot."""


def ask(**parts: object) -> Question:
    return Question(VERIFIER, CHALLENGE, **parts)  # type: ignore[arg-type]


def test_statement_has_the_public_inputs_of_the_manifest_in_order(world: World) -> None:
    statement = answer(world, CAROL, ask(equity=5)).check()
    assert tuple(statement.public_inputs) == PUBLIC_INPUTS["account"]
    assert statement.public_inputs["asked"] == 0b00001
    assert statement.pseudonym == pseudonym(world.traders[CAROL].note_key, VERIFIER)


def test_answer_to_nothing_shows_who_holds_an_account(world: World) -> None:
    statement = answer(world, CAROL, ask()).check()
    silent = ("asked", "equity", "leverage", "exposure", "headroom", "issuer", "denied", "now")
    assert not any(statement.public_inputs[name] for name in silent)


def test_pseudonyms_differ_by_verifier_and_are_one_for_each(world: World) -> None:
    names = [answer(world, CAROL, Question(verifier, 1)).check().pseudonym for verifier in (1, 2, 1)]
    assert names[0] == names[2] != names[1]
    assert note_commitment(world.traders[CAROL].note_key) == world.account(CAROL).owner.note_commitment


@pytest.mark.parametrize("index", [FUND, 9, 511])
def test_answer_for_the_fund_or_for_nobody_is_refused(world: World, index: int) -> None:
    world.traders.setdefault(index, Trader("nobody"))
    with pytest.raises(ValueError, match="ATT-1"):
        answer(world, index, ask()).check()


def test_answer_under_the_name_of_another_note_key_is_refused(world: World) -> None:
    """Sequencer and auditor know the books; the note key they do not."""
    with refused("ATT-2", world):
        answer(world, CAROL, ask(), note_key=world.traders[2].note_key).check()


def test_answer_signed_by_another_key_is_refused(world: World) -> None:
    honest = answer(world, CAROL, ask())
    with refused("ATT-3"):
        signed(honest, Trader("sequencer")).check()
    trader = world.traders[CAROL]
    with refused("ATT-3"):
        replace(honest, signature=trader.sign_order(honest.statement.message)).check()


@pytest.mark.parametrize("other", [ask(equity=1), Question(VERIFIER, 2), Question(2, CHALLENGE), ask(headroom=0)])
def test_signature_for_another_question_is_refused(world: World, other: Question) -> None:
    honest = answer(world, CAROL, ask())
    with refused("ATT-3"):
        replace(honest, question=other).check()


def test_signature_for_another_root_or_table_is_refused(world: World) -> None:
    honest = answer(world, CAROL, ask())
    later = table_of(*BOARD, time=NOW + 1)
    with refused("ATT-3"):
        replace(honest, table=later).check()
    world.funds()
    with refused("ATT-3"):
        replace(honest, state=world.state).check()


def test_signature_of_an_operation_is_no_attestation_and_moves_nothing(world: World) -> None:
    """Trap 3 between the two: tags keep the messages apart."""
    honest = answer(world, CAROL, ask())
    operation = operation_message(DOMAIN, Operation.WITHDRAW, CAROL, 1, 1, NOW, 5)
    assert operation != honest.statement.message
    with refused("ATT-3"):
        replace(honest, signature=world.traders[CAROL].sign_as_owner(operation)).check()


@pytest.mark.parametrize(
    "question",
    [
        ask(equity=-1),
        ask(equity=2**64),
        ask(leverage=2**40),
        ask(exposure=2**64),
        ask(headroom=2**64),
        ask(headroom=-1),
        asking_for_credential(denied=(1,) * 9),
        asking_for_credential(denied=(2**16,)),
        asking_for_credential(now=2**40),
        Question(-1, 0),
        Question(0, 2**254),
    ],
)
def test_question_that_does_not_fit_is_refused(question: Question) -> None:
    with refused("ATT-4"):
        question.check()


@pytest.mark.parametrize(
    ("question", "rule"),
    [
        (lambda equity, gross, worst: ask(equity=equity), "ATT-5"),
        (lambda equity, gross, worst: ask(exposure=gross), "ATT-7"),
        (lambda equity, gross, worst: ask(headroom=worst), "ATT-8"),
    ],
)
def test_threshold_when_met_exactly_holds_and_beyond_is_refused(
    world: World, question: Callable[[int, int, int], Question], rule: str
) -> None:
    equity, worst = world.equity(CAROL), min(world.values(CAROL))
    gross = gross_exposure(world.account(CAROL).vector, world.table)
    answer(world, CAROL, question(equity, gross, worst)).check()
    with refused(rule):
        answer(world, CAROL, question(equity + 1, gross - 1, worst + 1)).check()


def test_leverage_is_compared_in_whole_numbers(world: World) -> None:
    """Dave: 100 lots at 1,000 on an equity of 4,000, which is 25 to one."""
    answer(world, 5, ask(leverage=25_000_000)).check()
    with refused("ATT-6"):
        answer(world, 5, ask(leverage=24_999_999)).check()


def test_leverage_of_an_account_in_debt_is_refused_even_without_positions(world: World) -> None:
    world.seat(6, {0: -1}, "debtor")
    with refused("ATT-6"):
        answer(world, 6, ask(leverage=0)).check()
    world.seat(7, {0: 0}, "nobody's")
    answer(world, 7, ask(leverage=0)).check()


def test_exposure_is_the_same_before_and_after_a_sweep(world: World) -> None:
    vector = world.account(CAROL).vector
    swept = sweep(vector, world.table.marks)
    assert swept != vector
    assert gross_exposure(swept, world.table) == gross_exposure(vector, world.table) == 10 * (1_000 + 500 + 200)


# ---------------------------------------------------------------- credentials


def test_credential_that_fits_is_accepted(world: World) -> None:
    question = asking_for_credential(denied=(840, 112), accredited=True)
    answer(world, CAROL, question, credential(world.traders[CAROL])).check()


def test_question_about_a_credential_without_an_issuer_is_refused(world: World) -> None:
    for parts in ({"accredited": True}, {"denied": (840,)}, {"now": NOW}):
        with refused("ATT-9"):
            answer(world, CAROL, ask(**parts)).check()


def test_issuer_whose_key_is_none_is_refused(world: World) -> None:
    """Trap 30 at the verifier's end: a key of small order signs for anybody."""
    for key in (Point(0, 1), Point(1, 1)):
        question = asking_for_credential(issuer=key)
        with refused("ATT-9"):
            question.check()


def test_credential_that_is_missing_or_signed_by_another_is_refused(world: World) -> None:
    with refused("ATT-9"):
        answer(world, CAROL, asking_for_credential()).check()
    forged = credential(world.traders[CAROL], issuer=secret("forger"))
    with refused("ATT-9"):
        answer(world, CAROL, asking_for_credential(), forged).check()


def test_credential_of_another_trader_is_refused(world: World) -> None:
    with refused("ATT-9"):
        answer(world, CAROL, asking_for_credential(), credential(world.traders[2])).check()


@pytest.mark.parametrize("part", [{"jurisdiction": 276}, {"accredited": False}, {"expiry": NOW + 2}])
def test_credential_when_any_part_is_changed_is_refused(world: World, part: dict[str, int]) -> None:
    shown = credential(world.traders[CAROL])
    with refused("ATT-9"):
        answer(world, CAROL, asking_for_credential(), replace(shown, **part)).check()  # type: ignore[arg-type]


@pytest.mark.parametrize("place", range(8))
def test_jurisdiction_that_is_denied_is_refused_at_every_place_of_the_list(world: World, place: int) -> None:
    denied = tuple(756 if at == place else 100 + at for at in range(8))
    with refused("ATT-10"):
        answer(world, CAROL, asking_for_credential(denied=denied), credential(world.traders[CAROL])).check()


@pytest.mark.parametrize("denied", [(), (1, 2, 3, 4, 5, 6, 7, 8)])
def test_credential_without_a_jurisdiction_is_refused(world: World, denied: tuple[int, ...]) -> None:
    nowhere = credential(world.traders[CAROL], jurisdiction=0)
    with pytest.raises(ValueError, match="ATT-10"):
        answer(world, CAROL, asking_for_credential(denied=denied), nowhere).check()


def test_credential_of_somebody_who_is_not_accredited_is_refused_where_asked(world: World) -> None:
    plain = credential(world.traders[CAROL], accredited=False)
    answer(world, CAROL, asking_for_credential(), plain).check()
    with refused("ATT-11"):
        answer(world, CAROL, asking_for_credential(accredited=True), plain).check()


def test_credential_is_good_until_the_second_in_which_it_expires(world: World) -> None:
    shown = credential(world.traders[CAROL], expiry=NOW)
    answer(world, CAROL, asking_for_credential(now=NOW), shown).check()
    with refused("ATT-12"):
        answer(world, CAROL, asking_for_credential(now=NOW + 1), shown).check()


def test_issuer_knows_a_trader_by_a_name_that_the_trader_can_prove(world: World) -> None:
    """An answer to the issuer itself carries the name that it then signs."""
    hashed = asking_for_credential().issuer_hash
    name = answer(world, CAROL, Question(hashed, CHALLENGE)).check().pseudonym
    answer(world, CAROL, asking_for_credential(), credential(world.traders[CAROL], subject=name)).check()
    assert asking_for_credential().issuer == ISSUER
