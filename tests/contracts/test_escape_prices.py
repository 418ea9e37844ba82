"""The prices of an escape: what a history says that L1 demands is what L1 demands, whatever was posted when."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

pytest.importorskip("zkclear_native", reason="the native extension is not built: install Rust, make setup")

from support.deployed import account, undone
from support.proving import key_of
from support.real_history import ALICE, BOB, History, running_history
from support.settlement_tokens import posted_table
from support.spec_values import NOW, Instrument, Trader, table_of

from prover.published import publish
from rollup.chain import encoding
from rollup.chain.bindings.verifiers import ProofKind
from rollup.chain.errors import Reverted
from rollup.chain.history import History as L1History
from rollup.chain.history import read_history
from rollup.client.claims import claim_key, prove_escape
from rollup.client.recover import TouchKind, recover
from rollup.spec.settlement import HOUR, SignedTable


@pytest.fixture(scope="module")
def lived() -> Iterator[History]:
    with running_history() as lived:
        yield lived


@pytest.fixture(autouse=True)
def _as_before(lived: History) -> Iterator[None]:
    with undone(lived.clearing.chain):
        yield


@pytest.fixture(scope="module")
def circuits(tmp_path_factory: pytest.TempPathFactory) -> Path:
    directory = tmp_path_factory.mktemp("circuits")
    publish([key_of("escape", "tiny")], directory)
    return directory


def read(lived: History) -> L1History:
    return read_history(lived.clearing.system, lived.clearing.record)


def post(lived: History, epoch: int, time: int, price: int) -> None:
    """A table of the committee, brought to L1 by anybody."""
    clearing = lived.clearing
    posted = posted_table(table_of(Instrument(price, (-100, 100, -50, 50)), time=time), epoch)
    signatures = clearing.signed(clearing.system.oracle.digest_of_table(encoding.table_of(posted)))
    signed = encoding.signed_table_of(SignedTable(posted, signatures))
    clearing.system.oracle.post_table(signed).send(account(clearing.chain, 5))


def test_escape_is_valued_at_the_first_table_well_after_the_last_batch(lived: History, circuits: Path) -> None:
    clearing, system = lived.clearing, lived.clearing.system
    anyone, last = account(clearing.chain, 5), system.clearing.batch_time()
    frozen = last + clearing.record.settings.liveness_deadline + 60

    def agree(epoch: int) -> None:
        assert read(lived).escape_epoch == system.exit.escape_prices() == epoch

    agree(1)
    clearing.wait_until(frozen)
    post(lived, 2, last + HOUR - 1, 900)
    agree(1)
    post(lived, 3, last + 3 * HOUR, 800)
    agree(3)
    system.attestations.freeze().send(anyone)
    agree(3)
    early = recover(read(lived), Trader("alice").owner)
    stale = prove_escape(early, claim_key(circuits, ProofKind.ESCAPE, early.history))
    post(lived, 7, last + 4 * HOUR, 700)
    agree(3)
    post(lived, 5, last + HOUR, 1_100)
    agree(5)

    clearing.wait_until(system.exit.window()[0])
    with pytest.raises(Reverted, match="L1-122"):
        stale.transaction(system).call(anyone)
    alice = recover(read(lived), Trader("alice").owner)
    made = prove_escape(alice, claim_key(circuits, ProofKind.ESCAPE, alice.history))
    made.transaction(system).send(anyone)
    worth = alice.account.vector[0] + alice.account.vector[1] * 1_100
    assert system.exit.escape_claim(ALICE).claim == worth > 0


def test_next_batch_is_told_with_its_transfer_from_both_sides(lived: History) -> None:
    clearing, system = lived.clearing, lived.clearing.system
    before = recover(read(lived), Trader("bob").owner)
    clearing.submit(lived.waiting)
    history = read(lived)
    assert history.escape_epoch == system.exit.escape_prices() == 1
    assert len(history.batches) == len(lived.accepted) + 1
    alice, bob = recover(history, Trader("alice").owner), recover(history, Trader("bob").owner)
    fresh = [one for one in alice.touches if one.batch == len(history.batches)]
    assert [(one.kind, one.amount, one.peer) for one in fresh[:2]] == [
        (TouchKind.TRANSFER_OUT, 100, BOB),
        (TouchKind.WITHDRAWAL, 50, None),
    ]
    (received, *_) = bob.touches[len(before.touches) :]
    assert (received.kind, received.amount, received.peer) == (TouchKind.TRANSFER_IN, 100, ALICE)
    assert all(one.time >= NOW for one in alice.touches)
