"""Batches: the chain of roots, tables, words, proofs."""

from __future__ import annotations

from dataclasses import replace

import pytest
from support.settlement_builders import Clearing
from support.settlement_tokens import ALICE, GENESIS_ROOT, GUARDIAN, KEYS, MALLORY
from support.spec_values import NOW, PARAMETERS, PERPETUAL, element

from rollup.spec.errors import Rejected
from rollup.spec.hashes import R
from rollup.spec.settlement import DAY, HOUR, MINUTE, ProofKind, SetParameters, Settings, SetVerifier
from rollup.spec.shared import PUBLIC_INPUTS, Status, StepKind

TRADE, FUNDS, LIQUIDATE = StepKind


def test_batches_chain_roots_from_genesis() -> None:
    chain = Clearing()
    batch = chain.batch(chain.step(), chain.step(TRADE), chain.step(LIQUIDATE))
    last = batch.steps[-1].state_after
    assert (chain.storage.latest_root, chain.storage.batches) == (last, 1)
    assert set(chain.storage.roots) == {GENESIS_ROOT, last}
    assert chain.batch().state_before == last


def test_batch_comes_from_the_operator_and_is_the_next() -> None:
    chain = Clearing()
    batch = chain.batch_of()
    with chain.refuses("L1-50"):
        chain.submit(batch, MALLORY)
    with chain.refuses("L1-50"):
        chain.submit(batch, MALLORY, direct=False)
    for number in (0, 2):
        with chain.refuses("L1-51"):
            chain.submit(replace(batch, number=number))
    with chain.refuses("L1-52"):
        chain.submit(replace(batch, steps=()))
    with chain.refuses("L1-52"):
        chain.submit(replace(batch, steps=(), words=()))
    chain.submit(batch)
    with chain.refuses("L1-51"):
        chain.submit(batch)


def test_batch_is_refused_inside_another_contracts_transaction() -> None:
    """From an operator with code, or called by one, words may be anywhere: nobody could leave with what is hidden."""
    chain = Clearing()
    batch = chain.batch_of()
    with chain.refuses("L1-78"):
        chain.submit(batch, direct=False)
    chain.submit(batch)


def test_steps_take_up_root_and_suspense() -> None:
    chain = Clearing()
    open_, other = element("open"), element("other")
    for root in (5, GENESIS_ROOT + R):
        with chain.refuses("L1-53"):
            chain.batch(state_before=root)
    with chain.refuses("L1-6"):
        chain.batch(chain.step(claims={"state_before": 5}))
    with chain.refuses("L1-6"):
        chain.batch(chain.step(), chain.step(claims={"state_before": GENESIS_ROOT}))
    with chain.refuses("L1-6"):
        chain.batch(chain.step(claims={"suspense_before": open_}))
    with chain.refuses("L1-6"):
        chain.batch(chain.step(suspense_after=open_), chain.step(claims={"suspense_before": other}))
    with chain.refuses("L1-55"):
        chain.batch(chain.step(suspense_after=open_))
    with chain.refuses("L1-6"):
        chain.batch(chain.step(claims={"domain": 5}))
    chain.batch(chain.step(suspense_after=open_), chain.step())
    with chain.refuses("L1-53"):
        chain.batch(state_before=GENESIS_ROOT)


@pytest.mark.parametrize("place", [0, 1])
@pytest.mark.parametrize("name", PUBLIC_INPUTS["step"])
def test_step_proven_for_another_public_input_is_refused(name: str, place: int) -> None:
    """Each of the twelve alone, in the first step and the last."""
    chain = Clearing()
    steps = [chain.step(), chain.step()]
    steps[place] = chain.step(claims={name: 5})
    with chain.refuses("L1-6"):
        chain.batch(*steps)


@pytest.mark.parametrize("name", ["state_after", "suspense_after", "salt", "data_commit"])
def test_step_posted_with_another_part_than_proven_is_refused(name: str) -> None:
    chain = Clearing()
    batch = chain.batch_of(chain.step(suspense_after=element("open")), chain.step())
    first, second = batch.steps
    with chain.refuses("L1-6"):
        chain.submit(replace(batch, steps=(replace(first, **{name: 5}), second)))
    chain.submit(batch)


def test_step_is_of_one_of_three_kinds() -> None:
    chain = Clearing()
    batch = chain.batch_of()
    (step,) = batch.steps
    for kind in (0, 4, 5, 6, 1 << 255):
        with chain.refuses("L1-79"):
            chain.submit(replace(batch, steps=(replace(step, kind=kind),)))
    with chain.refuses("L1-64"):  # Another kind has other words.
        chain.submit(replace(batch, steps=(replace(step, kind=int(TRADE)),)))
    chain.submit(replace(batch, steps=(replace(step, kind=int(FUNDS)),)))


def test_table_is_posted_and_its_time_and_parameters_are_proven() -> None:
    chain = Clearing()
    with chain.refuses("L1-56"):
        chain.batch(chain.step(epoch=5))
    with chain.refuses("L1-6"):
        chain.batch(chain.step(claims={"risk_root": 5}))
    with chain.refuses("L1-6"):
        chain.batch(chain.step(claims={"time": NOW - 1}))
    with chain.refuses("L1-6"):
        chain.batch(chain.step(claims={"params_hash": 5}))
    chain.batch()


def test_step_proven_for_another_posted_table_is_refused() -> None:
    chain = Clearing()
    first = chain.post()
    chain.wait()
    second = chain.post()
    with chain.refuses("L1-6"):
        chain.batch(chain.step(table=second, epoch=first.epoch))
    with chain.refuses("L1-6"):
        chain.batch(chain.step(table=first, epoch=second.epoch))


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
    old, new = {"params_hash": PARAMETERS.hash}, {"params_hash": 77}
    with chain.refuses("L1-6"):
        chain.batch(chain.step(table=before, claims=new))
    with chain.refuses("L1-6"):
        chain.batch(chain.step(table=after, claims=old))
    chain.batch(chain.step(table=before, claims=old), chain.step(table=after, claims=new))


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
        {"claim_window": 0},
        {"liveness_deadline": 0},
        {"deposit_window": 0},
        {"forced_deadline": 0},
        {"attestation_age": 0},
        {"max_age": 0, "liquidate_max_age": 0},
        {"liquidate_max_age": 0},
        {"forced_per_block": 0},
        {"forced_fee": 0},
        {"forced_doubling": 0},
        {"vault_ceiling": (1 << 63) + 1},
    ):
        with pytest.raises(Rejected, match="L1-5:"):
            Settings(**wrong)
    Settings(liquidate_max_age=HOUR, attestation_age=3 * DAY)


def test_numbers_stay_below_the_field() -> None:
    chain = Clearing()
    batch = chain.batch_of()
    (step,) = batch.steps
    for parts in ({"salt": step.salt + R}, {"state_after": R}, {"suspense_after": (1 << 256) - 1}, {"data_commit": -1}):
        with chain.refuses("L1-4"):
            chain.submit(replace(batch, steps=(replace(step, **parts),)))
