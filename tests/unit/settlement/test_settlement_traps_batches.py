"""The traps of PROTOCOL.md, section 15, about what moves: queues, tables, batches; numbers are the list's."""

from __future__ import annotations

from dataclasses import replace

import pytest
from support.settlement_builders import Clearing, point
from support.settlement_tokens import ALICE, BOB, MALLORY, Tokens
from support.spec_values import DOMAIN, PERPETUAL, element

from rollup.spec.data import encode, evaluate
from rollup.spec.hashes import R, keccak, keccak_to_field
from rollup.spec.settlement import DAY, MINUTE, Payment, Settings
from rollup.spec.shared import PUBLIC_INPUTS, Status, StepKind

TRADE, FUNDS, LIQUIDATE = StepKind


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
    chain.batch(chain.step(headers=[chain.deposit(again, (number,))]), rejected=(number,))
    assert chain.contract.refund(chain.call(), number) == Payment(MALLORY, 5_000)


def test_trap_10_every_proof_counts_for_itself() -> None:
    """Two proofs, each good for the other's step, are no good together."""
    chain = Clearing()
    batch = chain.batch_of(chain.step(), chain.step())
    first, second = batch.steps
    swapped = (replace(first, proof=second.proof), replace(second, proof=first.proof))
    with chain.refuses("L1-6"):
        chain.submit(replace(batch, steps=swapped))
    chain.submit(batch)


@pytest.mark.parametrize("name", ["state_after", "suspense_after", "salt", "data_commit"])
def test_trap_10_public_input_plus_r_is_refused(name: str) -> None:
    """Of those that are sent; the rest are L1's own, and below the field because of where they come from."""
    chain = Clearing()
    batch = chain.batch_of()
    (step,) = batch.steps
    forged = replace(step, **{name: getattr(step, name) + R})
    with chain.refuses("L1-4"):
        chain.submit(replace(batch, steps=(forged,)))


def test_trap_10_root_of_batch_or_table_plus_r_is_refused() -> None:
    chain = Clearing()
    with chain.refuses("L1-53"):
        chain.batch(state_before=chain.storage.latest_root + R)
    table = chain.table()
    with chain.refuses("L1-4"):
        chain.post(replace(table, risk_root=table.risk_root + R))


class Recorder(Tokens):
    """Keeps what L1 asks the verifier."""

    def __init__(self) -> None:
        self.asked: list[tuple[int, ...]] = []

    def verifies(self, key: int, inputs: tuple[int, ...], proof: object) -> bool:
        self.asked.append(inputs)
        return super().verifies(key, inputs, proof)


def test_trap_10_the_verifier_is_asked_about_field_elements_only() -> None:
    recorder = Recorder()
    chain = Clearing(precompiles=recorder)
    chain.batch(chain.step(suspense_after=R - 1, state_after=R - 1), chain.step(TRADE), chain.step(LIQUIDATE))
    assert [len(inputs) for inputs in recorder.asked] == [len(PUBLIC_INPUTS["step"])] * 3
    assert all(0 <= value < R for inputs in recorder.asked for value in inputs)


def test_trap_10_word_plus_r_is_refused() -> None:
    """It has the same polynomial value as the word, so nothing else would notice."""
    chain = Clearing()
    batch = chain.batch_of()
    for place in (0, len(batch.words) - 1):
        words = list(batch.words)
        words[place] += R
        with chain.refuses("L1-4"):
            chain.submit(replace(batch, words=tuple(words)))


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


def test_trap_31_challenge_binds_the_commitment_to_the_words() -> None:
    """Were it drawn from the words alone, the prover could fit other words to it afterwards."""
    chain = Clearing()
    words = chain.words(FUNDS, ())
    without = keccak_to_field(encode([DOMAIN, 1, 0, FUNDS]) + keccak(encode(words)))
    with chain.refuses("L1-6"):
        chain.batch(chain.step(words=words, claims={"z": without, "y": evaluate(words, without)}))
    first = point(1, 0, FUNDS, words, element("commitment", words))
    with chain.refuses("L1-6"):  # Another commitment is another challenge.
        chain.batch(chain.step(words=words, data_commit=5, claims=first))
    chain.batch(chain.step(words=words, claims=first))


@pytest.mark.parametrize("place", ["batch", "number", "kind"])
def test_trap_31_challenge_binds_the_place_of_the_step(place: str) -> None:
    chain = Clearing()
    said = {"batch": 1, "number": 0, "kind": int(FUNDS)} | {place: 3}
    words = chain.words(FUNDS, ())
    moved = point(said["batch"], said["number"], said["kind"], words, 5)
    with chain.refuses("L1-6"):
        chain.batch(chain.step(words=words, data_commit=5, claims=moved))


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
