"""Batches: the chain of roots, tables, words, proofs."""

from __future__ import annotations

from dataclasses import replace

import pytest
from support.settlement_builders import Clearing
from support.settlement_tokens import ALICE, GENESIS_ROOT, GUARDIAN, KEYS, MALLORY
from support.spec_values import NOW, PERPETUAL, element

from rollup.spec.errors import Rejected
from rollup.spec.hashes import R
from rollup.spec.settlement import DAY, HOUR, MINUTE, Batch, PostedStep, ProofKind, SetParameters, Settings, SetVerifier
from rollup.spec.settlement.headers import word_count
from rollup.spec.shared import PROFILES, Header, Status, StepKind
from rollup.spec.words import pack

TRADE, FUNDS, LIQUIDATE = StepKind


def test_batches_chain_roots_from_genesis() -> None:
    chain = Clearing()
    batch = chain.batch(chain.step(), chain.step(TRADE), chain.step(LIQUIDATE))
    last = batch.steps[-1].inputs["state_after"]
    assert (chain.storage.latest_root, chain.storage.batches) == (last, 1)
    assert set(chain.storage.roots) == {GENESIS_ROOT, last}
    assert chain.batch().steps[0].inputs["state_before"] == last


def test_batch_comes_from_the_operator_and_is_the_next() -> None:
    chain = Clearing()
    batch = chain.batch_of()
    with chain.refuses("L1-50"):
        chain.submit(batch, MALLORY)
    for number in (0, 2):
        with chain.refuses("L1-51"):
            chain.submit(replace(batch, number=number))
    with chain.refuses("L1-52"):
        chain.submit(replace(batch, steps=()))
    chain.submit(batch)
    with chain.refuses("L1-51"):
        chain.submit(batch)


def test_steps_take_up_root_and_suspense() -> None:
    chain = Clearing()
    open_, other = element("open"), element("other")
    with chain.refuses("L1-53"):
        chain.batch(chain.step(state_before=5))
    with chain.refuses("L1-53"):
        chain.batch(chain.step(), chain.step(state_before=GENESIS_ROOT))
    with chain.refuses("L1-54"):
        chain.batch(chain.step(suspense_before=open_))
    with chain.refuses("L1-54"):
        chain.batch(chain.step(suspense_after=open_), chain.step(suspense_before=other))
    with chain.refuses("L1-55"):
        chain.batch(chain.step(suspense_after=open_))
    with chain.refuses("L1-7"):
        chain.batch(chain.step(domain=5))
    chain.batch(chain.step(suspense_after=open_), chain.step())


def test_table_is_posted_and_its_time_and_parameters_are_claimed() -> None:
    chain = Clearing()
    with chain.refuses("L1-56"):
        chain.batch(chain.step(risk_root=5))
    with chain.refuses("L1-60"):
        chain.batch(chain.step(time=NOW - 1))
    with chain.refuses("L1-61"):
        chain.batch(chain.step(params_hash=5))
    chain.batch()


def test_freshness_depends_on_the_kind_of_step() -> None:
    chain = Clearing()
    old = chain.post()
    chain.wait(10 * MINUTE)
    chain.batch(chain.step(LIQUIDATE, table=old))
    chain.wait(1)
    with chain.refuses("L1-59"):
        chain.batch(chain.step(LIQUIDATE, table=old))
    chain.wait(50 * MINUTE - 1)
    chain.batch(chain.step(TRADE, table=old), chain.step(table=old))
    chain.wait(1)
    for kind in (TRADE, FUNDS):
        with chain.refuses("L1-59"):
            chain.batch(chain.step(kind, table=old))


def test_parameters_are_those_in_force_at_the_tables_time() -> None:
    chain = Clearing()
    number = chain.decide(SetParameters(77))
    chain.wait(45 * DAY)
    before = chain.post()
    chain.wait(1)
    chain.contract.execute(chain.call(), number)
    after = chain.post()
    old, new = chain.storage.parameters[0][1], 77
    with chain.refuses("L1-61"):
        chain.batch(chain.step(table=before, params_hash=new))
    with chain.refuses("L1-61"):
        chain.batch(chain.step(table=after, params_hash=old))
    chain.batch(chain.step(table=before, params_hash=old), chain.step(table=after, params_hash=new))


@pytest.mark.parametrize("kind", StepKind)
def test_word_counts_are_fixed_by_the_kind(kind: StepKind) -> None:
    chain = Clearing()
    words = chain.words(kind, ())
    assert len(words) == {TRADE: 8, FUNDS: 17, LIQUIDATE: 13}[kind]
    for wrong in (words[:-1], (*words, 0)):
        with chain.refuses("L1-64"):
            chain.batch(chain.step(kind, words=wrong))
    assert all(word_count(profile, kind) > 7 for profile in PROFILES.values())


def test_words_are_bound_by_challenge_and_evaluation() -> None:
    chain = Clearing()
    batch = chain.batch_of()
    (step,) = batch.steps
    altered = replace(step, words=(*step.words[:-1], step.words[-1] ^ 1))
    with chain.refuses("L1-65"):
        chain.submit(replace(batch, steps=(altered,)))
    with chain.refuses("L1-66"):
        chain.batch(chain.step(y=5))


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


def test_proof_of_another_kind_or_key_is_refused() -> None:
    chain = Clearing()
    with chain.refuses("L1-6"):
        chain.batch(chain.step(FUNDS, key=KEYS[ProofKind.LIQUIDATE]))
    chain.enact(SetVerifier(ProofKind.FUNDS, 0xF00))
    with chain.refuses("L1-6"):
        chain.batch(chain.step(FUNDS, key=KEYS[ProofKind.FUNDS]))
    chain.batch(chain.step(FUNDS, key=0xF00), chain.step(LIQUIDATE))


def test_pause_stops_trade_steps_and_registrations_only() -> None:
    chain = Clearing()
    index = chain.member(ALICE)
    chain.contract.pause(chain.call(GUARDIAN), HOUR)
    with chain.refuses("L1-62"):
        chain.batch(chain.step(TRADE))
    with chain.refuses("L1-10"):
        chain.register(MALLORY)
    chain.contract.top_up(chain.call(ALICE), index, 500)
    chain.batch(chain.step(headers=[chain.deposit(1)]), chain.step(LIQUIDATE))
    chain.wait(HOUR)
    chain.batch(chain.step(TRADE))


def test_gate_shuts_trade_steps_at_active_tables_without_a_young_attestation() -> None:
    chain = Clearing()
    reducing = PERPETUAL.in_status(Status.REDUCE_ONLY)
    chain.wait(DAY)
    assert chain.contract.gate_is_open(chain.now)
    chain.batch(chain.step(TRADE))
    chain.wait(1)
    assert not chain.contract.gate_is_open(chain.now)
    with chain.refuses("L1-63"):
        chain.batch(chain.step(TRADE))
    chain.batch(chain.step(FUNDS), chain.step(LIQUIDATE))
    chain.wait(1)
    quiet = chain.post(chain.table(reducing))
    chain.batch(chain.step(TRADE, table=quiet))
    chain.attest()
    chain.wait(1)
    chain.batch(chain.step(TRADE, table=chain.post()))


def test_settings_that_break_a_promise_are_refused() -> None:
    for wrong in (
        {"timelock": 37 * DAY},
        {"exit_window": 7 * DAY},
        {"claim_delay": HOUR},
        {"liquidate_max_age": 2 * HOUR},
        {"attestation_age": 4 * DAY},
        {"pause_interval": 7 * DAY},
        {"minimum_deposit": 0},
    ):
        with pytest.raises(Rejected, match="L1-5:"):
            Settings(**wrong)
    Settings(liquidate_max_age=HOUR, attestation_age=3 * DAY)


def test_numbers_stay_below_the_field() -> None:
    chain = Clearing()
    batch = chain.batch_of()
    (step,) = batch.steps
    for inputs in ({"salt": step.inputs["salt"] + R}, {"state_after": R}, {"y": -1}):
        forged: PostedStep = replace(step, inputs={**step.inputs, **inputs})
        with chain.refuses("L1-4"):
            chain.submit(Batch(1, (forged,), tables=batch.tables))
