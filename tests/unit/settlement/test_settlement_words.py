"""Words of a batch: how many, whose, what binds them to proofs, and the headers among them."""

from __future__ import annotations

from dataclasses import replace

import pytest
from support.settlement_builders import Clearing, point, shown
from support.settlement_tokens import KEYS
from support.spec_values import DOMAIN

from rollup.spec.settlement import ProofKind
from rollup.spec.settlement.headers import word_count
from rollup.spec.shared import PROFILES, PUBLIC_INPUTS, Header, StepKind
from rollup.spec.words import pack

TRADE, FUNDS, LIQUIDATE = StepKind


@pytest.mark.parametrize("kind", StepKind)
def test_word_counts_are_fixed_by_the_kind(kind: StepKind) -> None:
    chain = Clearing()
    words = chain.words(kind, ())
    assert len(words) == {TRADE: 8, FUNDS: 17, LIQUIDATE: 13}[kind]
    for wrong in (words[:-1], (*words, 0)):
        with chain.refuses("L1-64"):
            chain.batch(chain.step(kind, words=wrong))
    for short in ((), words[:-1]):
        with chain.refuses("L1-64"):
            chain.batch(chain.step(kind), chain.step(kind, words=short))
    assert all(word_count(profile, kind) > 7 for profile in PROFILES.values())


def test_words_belong_to_steps_by_their_kinds_alone() -> None:
    """The list is one: a step proven with a word less and the next with a word more have not their own words."""
    chain = Clearing()
    one, two = chain.words(TRADE, ()), chain.words(TRADE, ())
    shifted = [chain.step(TRADE, words=one[:-1]), chain.step(TRADE, words=(one[-1], *two))]
    assert chain.batch_of(*shifted).words == (*one, *two)
    with chain.refuses("L1-6"):
        chain.batch(*shifted)
    with chain.refuses("L1-6"):
        chain.submit(replace(chain.batch_of(chain.step(TRADE, words=one), chain.step(TRADE)), words=(*two, *one)))
    chain.batch(chain.step(TRADE, words=one), chain.step(TRADE, words=two))


def test_words_are_bound_by_challenge_and_evaluation() -> None:
    chain = Clearing()
    batch = chain.batch_of()
    (step,) = batch.steps
    altered = (*batch.words[:-1], batch.words[-1] ^ 1)
    with chain.refuses("L1-6"):
        chain.submit(replace(batch, words=altered))
    claimed = dict(zip(PUBLIC_INPUTS["step"], step.proof.inputs, strict=True))
    assert claimed | point(1, 0, FUNDS, batch.words, step.data_commit) == claimed
    for moved in (point(1, 0, FUNDS, altered, step.data_commit), {"z": 5}, {"y": 5}):
        forged = replace(step, proof=shown(KEYS[ProofKind.FUNDS], claimed | moved))
        with chain.refuses("L1-6"):
            chain.submit(replace(batch, steps=(forged,)))
    chain.submit(batch)
    assert claimed["domain"] == DOMAIN


def test_headers_are_of_known_kinds_and_nothing_else() -> None:
    chain = Clearing()
    fine = pack("header", kind=Header.INTERNAL, index=1)
    for header in (0, fine + (1 << 28), fine + (1 << 164), fine + (1 << 251), pack("header", kind=Header.CLOSE)):
        with chain.refuses("L1-68"):
            chain.batch(chain.step(headers=[(header, 5, 6)]))
    with chain.refuses("L1-68"):
        chain.batch(chain.step(LIQUIDATE, headers=[(pack("header", kind=Header.FORCED),)]))
    for kind in (FUNDS, LIQUIDATE):
        with chain.refuses("L1-67"):
            chain.batch(chain.step(kind, headers=[(1 << 252, 5, 6)]))
    chain.batch(chain.step(headers=[(pack("header", kind=Header.NOTE, index=1), 5, 6)]))
