"""The traps of PROTOCOL.md, section 15, about what moves: queues, tables, batches; numbers are the list's."""

from __future__ import annotations

from dataclasses import fields, replace

import pytest
from support.settlement_builders import Clearing
from support.settlement_tokens import ALICE, BOB, COMMITTEE, MALLORY, Proof
from support.spec_values import DOMAIN, NOW, PERPETUAL, Instrument, element

from rollup.spec.data import encode, evaluate
from rollup.spec.hashes import R, keccak, keccak_to_field
from rollup.spec.settlement import DAY, MINUTE, Deployment, Payment, Settings, table_digest
from rollup.spec.shared import PUBLIC_INPUTS, Status, StepKind

TRADE, FUNDS, LIQUIDATE = StepKind
SETTLED = Instrument(1_200, status=Status.SETTLED)


def test_trap_1_forced_request_is_served_with_nothing_but_never_left_out() -> None:
    """The amount is the circuit's; the queue's part is that the next request is answered, and with its own words."""
    chain = Clearing(Settings(minimum_deposit=100, liveness_deadline=30 * DAY, insolvency_deadline=30 * DAY))
    chain.member(ALICE), chain.member(BOB)
    chain.contract.request_pay(chain.call(ALICE, 10**16), 2, 700)
    chain.contract.request_pay(chain.call(BOB, 10**16), 3, 700)
    with chain.refuses("L1-75"):
        chain.batch(chain.step(headers=[chain.forced(1, 3, 700, 700)]))
    with chain.refuses("L1-76"):
        chain.batch(chain.step(headers=[chain.forced(0, 2, 0, 0)]))
    chain.batch(chain.step(headers=[chain.forced(0, 2, 0, 700)]))  # An account under water.
    chain.wait(7 * DAY + 1)
    chain.contract.freeze(chain.call())


def test_trap_4_registering_anothers_owner_hash_is_only_rejected() -> None:
    chain = Clearing()
    hers = element("owner", ALICE)
    number = chain.register(MALLORY, owner_hash=hers)
    with chain.refuses("L1-73"):  # The circuit opens Alice's address inside the hash.
        chain.batch(chain.step(headers=[chain.deposit(number, text=ALICE)]))
    again = chain.register(ALICE, owner_hash=hers)
    chain.batch(chain.step(headers=[chain.deposit(again)]), rejected=(number,))
    assert chain.contract.refund(chain.call(), number) == Payment(MALLORY, 5_000)


def test_trap_6_an_old_order_never_meets_a_recycled_slot() -> None:
    """The same listing number never comes back, so the number in a signed order is dead with its instrument."""
    chain = Clearing()
    settled = chain.post(chain.table(SETTLED))
    chain.batch(chain.step(table=settled))
    chain.attest(empty=[1])
    chain.wait()
    chain.post(chain.table(Instrument(0, status=Status.EMPTY, listing=1)))
    chain.wait()
    with chain.refuses("L1-38"):
        chain.post(chain.table(PERPETUAL))


def test_trap_10_every_proof_counts_for_itself() -> None:
    """Two proofs, each good for the other's step, are no good together."""
    chain = Clearing()
    batch = chain.batch_of(chain.step(), chain.step())
    first, second = batch.steps
    swapped = (replace(first, proof=second.proof), replace(second, proof=first.proof))
    with chain.refuses("L1-6"):
        chain.submit(replace(batch, steps=swapped))
    chain.submit(batch)


@pytest.mark.parametrize("name", PUBLIC_INPUTS["step"])
def test_trap_10_public_input_plus_r_is_refused(name: str) -> None:
    chain = Clearing()
    batch = chain.batch_of()
    (step,) = batch.steps
    forged = replace(step, inputs={**step.inputs, name: step.inputs[name] + R})
    with chain.refuses("L1-4"):
        chain.submit(replace(batch, steps=(forged,)))


def test_trap_10_word_plus_r_is_refused() -> None:
    """It has the same polynomial value as the word, so nothing else would notice."""
    chain = Clearing()
    batch = chain.batch_of()
    (step,) = batch.steps
    forged = replace(step, words=(step.words[0] + R, *step.words[1:]))
    with chain.refuses("L1-4"):
        chain.submit(replace(batch, steps=(forged,)))


def test_trap_11_refund_in_front_of_a_batch_is_too_early_until_the_batch_is_too_late() -> None:
    chain = Clearing(Settings(minimum_deposit=100, deposit_window=DAY))
    number = chain.register(ALICE)
    chain.wait(DAY - 1)
    batch = chain.batch_of(chain.step(headers=[chain.deposit(number)]))
    with chain.refuses("L1-17"):
        chain.contract.refund(chain.call(ALICE), number)
    chain.wait(1)
    with chain.refuses("L1-71"):
        chain.submit(batch)
    chain.contract.refund(chain.call(ALICE), number)
    with chain.refuses("L1-71"):
        chain.submit(batch)
    chain.batch(rejected=(number,))
    with chain.refuses("L1-18"):
        chain.contract.refund(chain.call(ALICE), number)


def test_trap_12_older_epoch_after_newer() -> None:
    chain = Clearing()
    old = chain.post()
    chain.wait()
    new = chain.post()
    with chain.refuses("L1-57"):
        chain.batch(chain.step(table=new), chain.step(table=old))
    chain.batch(chain.step(table=old), chain.step(table=new))
    with chain.refuses("L1-57"):
        chain.batch(chain.step(table=old))
    with chain.refuses("L1-34"):
        chain.post(chain.table(epoch=3, time=NOW + 1))


def test_trap_12_unposted_epoch() -> None:
    chain = Clearing()
    unposted = chain.table(PERPETUAL.moved(1))
    chain.post()
    with chain.refuses("L1-56"):
        chain.batch(chain.step(table=unposted))


@pytest.mark.parametrize("place", [{"chain_id": 1}, {"contract": 0xC1EA5}, {"version": 2}])
def test_trap_12_table_of_another_deployment(place: dict[str, int]) -> None:
    chain = Clearing()
    here = chain.contract.deployment
    there = replace(here, **place)
    table = chain.table()
    signatures = chain.sign(table_digest(there, table), COMMITTEE)
    with chain.refuses("L1-31"):
        chain.contract.post_table(chain.call(), replace(chain.signed(table), signatures=signatures))
    parts = {field.name: getattr(here, field.name) for field in fields(Deployment)}
    assert Deployment(**parts).domain != Deployment(**parts | place).domain


def test_trap_19_settled_value_never_changes_between_tables() -> None:
    chain = Clearing()
    chain.post(chain.table(SETTLED))
    chain.wait()
    for other in (SETTLED.moved(1), replace(SETTLED, funding=1, price=SETTLED.price + 1)):
        with chain.refuses("L1-39"):
            chain.post(chain.table(other))
    chain.post(chain.table(SETTLED))


def test_trap_31_challenge_binds_the_commitment_to_the_words() -> None:
    """Were it drawn from the words alone, the prover could fit other words to it afterwards."""
    chain = Clearing()
    words = chain.words(FUNDS, ())
    without = keccak_to_field(encode([DOMAIN, 1, 0, FUNDS]) + keccak(encode(words)))
    with chain.refuses("L1-65"):
        chain.batch(chain.step(words=words, z=without, y=evaluate(words, without)))
    with chain.refuses("L1-65"):  # Another commitment is another challenge.
        honest = chain.batch_of(chain.step(words=words))
        (step,) = honest.steps
        inputs = {**step.inputs, "data_commit": 5}
        proof = Proof(chain.storage.verifiers[2], tuple(inputs.values()))
        chain.submit(replace(honest, steps=(replace(step, inputs=inputs, proof=proof),)))


@pytest.mark.parametrize("place", ["batch", "number", "kind"])
def test_trap_31_challenge_binds_the_place_of_the_step(place: str) -> None:
    chain = Clearing()
    said = {"batch": 1, "number": 0, "kind": int(FUNDS)} | {place: 3}
    words = chain.words(FUNDS, ())
    head = encode([DOMAIN, said["batch"], said["number"], said["kind"], 5])
    moved = keccak_to_field(head + keccak(encode(words)))
    with chain.refuses("L1-65"):
        chain.batch(chain.step(words=words, data_commit=5, z=moved, y=evaluate(words, moved)))


def test_trap_39_epoch_changes_only_while_nothing_is_owed() -> None:
    chain = Clearing()
    first = chain.post()
    chain.wait()
    second = chain.post(chain.table(PERPETUAL.moved(10)))
    open_ = element("owed")
    with chain.refuses("L1-58"):
        chain.batch(chain.step(TRADE, table=first, suspense_after=open_), chain.step(TRADE, table=second))
    chain.batch(
        chain.step(TRADE, table=first, suspense_after=open_),
        chain.step(TRADE, table=first),
        chain.step(TRADE, table=second),
    )


def test_trap_44_and_48_close_and_takeover_use_no_stale_mark() -> None:
    """The chain's part: who knows the next prices cannot choose the last ones for a liquidate step."""
    chain = Clearing()
    stale = chain.post()
    chain.wait(10 * MINUTE + 1)
    halted = chain.post(chain.table(PERPETUAL.in_status(Status.HALTED)))
    with chain.refuses("L1-59"):
        chain.batch(chain.step(LIQUIDATE, table=stale))
    chain.batch(chain.step(FUNDS, table=stale), chain.step(LIQUIDATE, table=halted))
    with chain.refuses("L1-57"):
        chain.batch(chain.step(FUNDS, table=stale))
