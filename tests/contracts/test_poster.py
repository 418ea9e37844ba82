"""
The poster on a real chain with a real batch: settled once, whatever becomes of the poster, the node and the chain.

Children are forked and kill themselves with signal 9 between two effects; what is left over is a file of notes and
whatever the node got.
"""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import count
from pathlib import Path

import pytest
import requests
from eth_account import Account as Signer
from web3 import HTTPProvider, Web3

pytest.importorskip("zkclear_native", reason="the native extension is not built: install Rust, make setup")

from support.deployed import account, order, undone
from support.real_history import History, running_history
from support.spec_values import NOW

from rollup.chain import envelope as envelopes
from rollup.chain.abi import Account, Sender
from rollup.chain.bindings import System
from rollup.chain.bindings.clearing import BatchAccepted
from rollup.chain.envelope import Envelope, Fee, calldata_floor, fee_now, seal, transmit
from rollup.chain.errors import (
    ForeignBatch,
    NotesUnusable,
    NotSettledYet,
    NotTheNextBatch,
    Reverted,
    TooMuchGas,
)
from rollup.chain.notes_db import NotesFile
from rollup.chain.poster import Poster, Terms
from rollup.spec.hashes import keccak
from rollup.spec.settlement import Batch

OPERATOR = 1
"""Number of the operator's account at the node."""

OPERATOR_KEY = "0x59c6995e998f97a5a0044966f0945389dc9e86dae88c7a8412f4603b6b78690d"
"""Anvil's second account; everybody knows it."""

DOMAIN = 7
"""Of the notes; any number that stays."""

PATIENT = Terms(turns=100)
"""Enough for whatever is to succeed, and no more: what is broken fails instead of waiting."""


@pytest.fixture(scope="module")
def history() -> Iterator[History]:
    with running_history() as history:
        yield history


@pytest.fixture(autouse=True)
def _as_before(history: History) -> Iterator[None]:
    chain = history.clearing.chain
    with undone(chain):
        order(chain, "anvil_setNextBlockBaseFeePerGas", hex(10**9))  # which nothing undoes
        order(chain, "evm_mine")
        yield
        order(chain, "evm_setAutomine", True)
    order(chain, "anvil_dropAllTransactions")


@pytest.fixture
def notes(tmp_path: Path) -> Iterator[NotesFile]:
    with NotesFile(tmp_path / "notes", DOMAIN) as notes:
        yield notes


def mine(chain: Web3) -> Callable[[], None]:
    return lambda: order(chain, "evm_mine")


def poster(
    history: History, notes: NotesFile, terms: Terms = PATIENT, *, sender: Sender | None = None, **hooks: object
) -> Poster:
    system = history.clearing.system
    return Poster(system, sender or history.clearing.operator, notes, terms, **hooks)  # type: ignore[arg-type]


def acceptances(history: History) -> list[BatchAccepted]:
    """Of the batch that waits."""
    events = (one.event for one in history.clearing.system.clearing.events() if isinstance(one.event, BatchAccepted))
    return [event for event in events if event.number == history.waiting.number]


def nonce(history: History, block: str = "latest") -> int:
    return history.clearing.chain.eth.get_transaction_count(history.clearing.operator.address, block)


def altered(batch: Batch, **changes: object) -> Batch:
    """Its last step is another one."""
    return replace(batch, steps=(*batch.steps[:-1], replace(batch.steps[-1], **changes)))  # type: ignore[arg-type]


# -- an ordinary day


@pytest.mark.parametrize("signs", ["node", "key", "nobody beforehand"])
def test_post_batch_that_waits_is_settled_and_its_cost_told(
    signs: str, history: History, notes: NotesFile, monkeypatch: pytest.MonkeyPatch
) -> None:
    if signs == "nobody beforehand":
        monkeypatch.setattr(envelopes, "_signed", lambda *_: b"")
    sender = Account(Signer.from_key(OPERATOR_KEY)) if signs == "key" else history.clearing.operator
    settled = poster(history, notes, sender=sender).post(history.waiting)
    chain = history.clearing.chain
    receipt = chain.eth.get_transaction_receipt(settled.transaction)  # type: ignore[arg-type]
    data = bytes(chain.eth.get_transaction(settled.transaction)["input"])  # type: ignore[arg-type]
    assert (settled.number, settled.root) == (history.waiting.number, history.waiting.steps[-1].state_after)
    assert (settled.block, settled.gas_used) == (receipt["blockNumber"], receipt["gasUsed"])
    assert (settled.calldata_bytes, settled.floor_gas) == (len(data), calldata_floor(data))
    assert settled.gas_used >= settled.floor_gas
    assert history.clearing.system.clearing.latest_root() == settled.root
    kept = notes.intent(settled.number)
    assert kept is not None
    assert kept.hash == settled.transaction
    assert bool(kept.raw) == (signs != "nobody beforehand")


def test_post_settled_batch_again_sends_nothing(history: History, notes: NotesFile, tmp_path: Path) -> None:
    settled = poster(history, notes).post(history.waiting)
    used = nonce(history)
    assert poster(history, notes).post(history.waiting) == settled
    with NotesFile(tmp_path / "lost", DOMAIN) as none:
        assert poster(history, none).post(history.waiting) == settled
        assert poster(history, none).post(history.accepted[1]).number == 2
    assert nonce(history) == used


def test_floor_of_calldata_is_what_the_chain_charges(history: History) -> None:
    chain = history.clearing.chain
    for data in (b"", bytes(3_000), bytes([7]) * 3_000, bytes(range(256)) * 9):
        someone = {"from": account(chain, 0).address, "to": account(chain, 2).address, "data": "0x" + data.hex()}
        assert chain.eth.estimate_gas(someone) == calldata_floor(data)  # type: ignore[arg-type]


# -- what is refused


def test_post_refused_batch_costs_nothing_and_names_the_rule(history: History, notes: NotesFile) -> None:
    words = (*history.waiting.words[:-1], history.waiting.words[-1] + 1)
    used = nonce(history)
    with pytest.raises(Reverted) as caught:
        poster(history, notes).post(replace(history.waiting, words=words))
    assert caught.value.rule == "L1-6"
    assert (nonce(history), notes.intent(history.waiting.number)) == (used, None)


def test_post_when_l1_has_another_batch_is_an_error(history: History, notes: NotesFile) -> None:
    ours = altered(history.waiting, state_after=history.waiting.steps[-1].state_after + 1)
    poster(history, notes).post(history.waiting)
    with pytest.raises(ForeignBatch, match="somebody else posts with the operator's key") as caught:
        poster(history, notes).post(ours)
    assert (caught.value.number, caught.value.found) == (ours.number, history.waiting.steps[-1].state_after)


def test_post_upon_another_history_or_before_its_turn_is_an_error(history: History, notes: NotesFile) -> None:
    batch = history.waiting
    with pytest.raises(ForeignBatch) as caught:
        poster(history, notes).post(replace(batch, state_before=batch.state_before + 1))
    assert caught.value.number == batch.number - 1
    with pytest.raises(NotTheNextBatch, match="post batch 4 first"):
        poster(history, notes).post(replace(batch, number=batch.number + 2))
    assert notes.intent(batch.number) is None


def test_post_batch_that_no_block_takes_is_refused_with_what_to_do(history: History, notes: NotesFile) -> None:
    chain = history.clearing.chain
    usual = chain.eth.get_block("latest")["gasLimit"]
    for terms in (Terms(most_gas=40_000), Terms(most_gas=500_000)):
        with pytest.raises(TooMuchGas, match="seal smaller batches") as caught:
            poster(history, notes, terms).post(history.waiting)
        assert caught.value.gas is not None
        assert caught.value.gas > terms.most_gas
    order(chain, "evm_setBlockGasLimit", hex(500_000))
    order(chain, "evm_mine")
    try:
        with pytest.raises(TooMuchGas, match="seal smaller batches"):
            poster(history, notes).post(history.waiting)
    finally:
        order(chain, "evm_setBlockGasLimit", hex(usual))
    assert notes.intent(history.waiting.number) is None


def test_post_batch_that_fails_in_its_block_names_the_rule(history: History, notes: NotesFile) -> None:
    """It was fine when it was tried; mined too late, its table is too old."""
    chain = history.clearing.chain
    order(chain, "evm_setAutomine", False)
    posting = poster(history, notes)
    assert posting.advance(history.waiting) is None
    order(chain, "evm_setNextBlockTimestamp", NOW + history.clearing.record.settings.max_age + 1)
    order(chain, "evm_mine")
    with pytest.raises(Reverted) as caught:
        posting.advance(history.waiting)
    assert caught.value.rule == "L1-59"
    assert acceptances(history) == []


# -- nodes that do not mine it


def test_post_when_it_is_not_mined_raises_the_fee_under_the_same_nonce(history: History, notes: NotesFile) -> None:
    chain, used = history.clearing.chain, nonce(history)
    order(chain, "evm_setAutomine", False)

    def dear() -> None:
        order(chain, "anvil_setNextBlockBaseFeePerGas", hex(20 * 10**9))
        order(chain, "evm_mine")

    posting = poster(history, notes, Terms(raise_after=3, turns=100), pause=dear)
    posting.advance(history.waiting)
    first = notes.intent(history.waiting.number)
    settled = posting.post(history.waiting)
    last = notes.intent(history.waiting.number)
    assert first is not None
    assert last is not None
    assert first.fee.most < 20 * 10**9 <= last.fee.most
    assert (first.nonce, last.nonce, nonce(history)) == (used, used, used + 1)
    assert settled.transaction == last.hash != first.hash
    assert len(acceptances(history)) == 1


def test_post_of_what_waits_in_the_node_for_blocks_on_end_raises_the_fee(history: History, notes: NotesFile) -> None:
    """The blocks meanwhile are too small for it."""
    chain, used, number = history.clearing.chain, nonce(history), history.waiting.number
    usual = chain.eth.get_block("latest")["gasLimit"]
    order(chain, "evm_setAutomine", False)
    posting = poster(history, notes, Terms(raise_after=3))
    posting.advance(history.waiting)
    first = notes.intent(number)
    order(chain, "evm_setBlockGasLimit", hex(100_000))
    try:
        for blocks in range(1, 4):
            order(chain, "evm_mine")
            assert notes.intent(number) == first
            if blocks < 3:
                posting.advance(history.waiting)
    finally:
        order(chain, "evm_setBlockGasLimit", hex(usual))
    assert first is not None
    assert chain.eth.get_transaction(first.hash)["blockNumber"] is None  # type: ignore[arg-type]
    posting.advance(history.waiting)
    second = notes.intent(number)
    assert second is not None
    assert (second.nonce, second.data_hash) == (first.nonce, first.data_hash)
    assert second.fee.most * 8 > first.fee.most * 9
    assert second.fee.tip * 8 > first.fee.tip * 9
    order(chain, "evm_mine")
    settled = posting.settled(history.waiting)
    assert settled is not None
    assert settled.transaction == second.hash
    assert nonce(history) == nonce(history, "pending") == used + 1


def test_post_never_pays_more_than_its_terms_allow(history: History, notes: NotesFile) -> None:
    chain = history.clearing.chain
    most = chain.eth.gas_price + 10**8
    order(chain, "evm_setAutomine", False)

    def dear() -> None:
        order(chain, "anvil_setNextBlockBaseFeePerGas", hex(20 * 10**9))
        order(chain, "evm_mine")

    posting = poster(history, notes, Terms(raise_after=1, most_fee=most, turns=6), pause=dear)
    with pytest.raises(NotSettledYet, match=f"its terms allow {most}"):
        posting.post(history.waiting)
    kept = notes.intent(history.waiting.number)
    assert kept is not None
    assert kept.fee.most == most
    assert acceptances(history) == []


def test_post_when_gas_costs_more_than_its_terms_allow_sends_nothing(history: History, notes: NotesFile) -> None:
    with pytest.raises(NotSettledYet, match="its terms allow 1000"):
        poster(history, notes, Terms(most_fee=1_000, turns=2), pause=lambda: None).post(history.waiting)
    assert notes.intent(history.waiting.number) is None
    assert nonce(history, "pending") == nonce(history)


def test_post_newer_version_of_a_sent_batch_takes_its_place(history: History, notes: NotesFile) -> None:
    """Both have one account nonce, so only one can be mined."""
    chain, operator = history.clearing.chain, history.clearing.operator
    order(chain, "evm_setAutomine", False)
    place, older, used = history.clearing.system.clearing.address, b"an older version", nonce(history)
    sealed = seal(
        chain,
        operator,
        place,
        older,
        Envelope(used, 90_000, fee_now(chain, 10**12), keccak(older), chain.eth.block_number),
    )
    notes.keep(history.waiting.number, sealed)
    transmit(chain, operator, place, older, sealed)
    settled = poster(history, notes, pause=mine(chain)).post(history.waiting)
    assert settled.transaction != sealed.hash
    assert nonce(history) == used + 1


def test_post_while_another_transaction_of_the_account_waits_sends_nothing(history: History, notes: NotesFile) -> None:
    """Notes that were lost with a disk: what waits may be this very batch."""
    chain, operator, used = history.clearing.chain, history.clearing.operator, nonce(history)
    order(chain, "evm_setAutomine", False)
    chain.eth.send_transaction(
        {"from": operator.address, "to": account(chain, 3).address, "value": Web3.to_wei(1, "wei")}
    )
    with pytest.raises(NotSettledYet, match=f"wait in the node from nonce {used}"):
        poster(history, notes, Terms(turns=3), pause=lambda: None).post(history.waiting)
    assert nonce(history, "pending") == used + 1
    poster(history, notes, pause=mine(chain)).post(history.waiting)
    assert nonce(history) == used + 2
    assert len(acceptances(history)) == 1


def test_post_what_the_node_keeps_refusing_is_an_error_at_last(history: History, notes: NotesFile) -> None:
    chain = history.clearing.chain
    order(chain, "anvil_setBalance", history.clearing.operator.address, hex(0))
    with pytest.raises(Reverted, match=r"(?i)insufficient funds"):
        poster(history, notes, pause=lambda: None).post(history.waiting)
    assert acceptances(history) == []


# -- reorganisations


def test_post_after_a_reorganisation_sends_the_same_bytes(history: History, notes: NotesFile) -> None:
    chain = history.clearing.chain
    order(chain, "evm_mine")
    settled = poster(history, notes).post(history.waiting)
    order(chain, "anvil_reorg", 2, [])
    assert history.clearing.system.clearing.batches() == history.waiting.number - 1
    again = poster(history, notes).post(history.waiting)
    assert again.transaction == settled.transaction
    assert len(acceptances(history)) == 1


def test_post_that_waits_for_confirmations_survives_a_reorganisation_meanwhile(
    history: History, notes: NotesFile
) -> None:
    chain, undone_once = history.clearing.chain, count()

    def pause() -> None:
        order(chain, "evm_mine")
        if history.clearing.system.clearing.batches() == history.waiting.number and next(undone_once) == 0:
            order(chain, "anvil_reorg", 2, [])

    settled = poster(history, notes, Terms(confirmations=3, turns=100), pause=pause).post(history.waiting)
    assert next(undone_once) > 1
    assert chain.eth.block_number - settled.block >= 3
    assert len(acceptances(history)) == 1


# -- kills


def posted_by_child(history: History, path: Path, kill_at: int, *, mines: bool) -> bool:
    """A poster in a process of its own, killed at its n-th step; whether it came to its end before."""
    child = os.fork()
    if child:
        _, status = os.waitpid(child, 0)
        if os.WIFSIGNALED(status):
            assert os.WTERMSIG(status) == signal.SIGKILL
            return False
        assert os.WEXITSTATUS(status) == 0, "the child failed"
        return True
    status = 1
    try:
        taken = count(1)
        rpc = history.clearing.chain.provider.endpoint_uri  # type: ignore[attr-defined]
        chain = Web3(HTTPProvider(rpc, session=requests.Session()))  # the parent's connection is the parent's

        def step(name: str) -> None:
            if next(taken) == kill_at:
                os.kill(os.getpid(), signal.SIGKILL)

        with NotesFile(path, DOMAIN) as notes:
            system = System.at(chain, history.clearing.record.parts)
            pause = mine(chain) if mines else lambda: None
            Poster(system, history.clearing.operator, notes, PATIENT, pause=pause, step=step).post(history.waiting)
        status = 0
    finally:
        os._exit(status)


class Stopped(Exception):
    """In the place of a kill, where one moment is enough."""


@pytest.mark.parametrize("mines", [True, False])
def test_post_stopped_before_it_learns_the_hash_sends_nothing_again(
    mines: bool, history: History, notes: NotesFile, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A node that signs only what it sends: the notes have an account nonce and no transaction."""
    monkeypatch.setattr(envelopes, "_signed", lambda *_: b"")
    chain, used = history.clearing.chain, nonce(history)
    order(chain, "evm_setAutomine", mines)

    def stop(name: str) -> None:
        if name == "sent":
            raise Stopped

    with pytest.raises(Stopped):
        poster(history, notes, step=stop).post(history.waiting)
    kept = notes.intent(history.waiting.number)
    assert kept is not None
    assert kept.hash == b""
    settled = poster(history, notes, pause=mine(chain)).post(history.waiting)
    assert settled.root == history.clearing.system.clearing.latest_root()
    assert nonce(history) == nonce(history, "pending") == used + 1


@pytest.mark.parametrize("mining", ["at once", "later"])
def test_post_killed_between_any_two_effects_settles_the_batch_once(
    mining: str, history: History, tmp_path: Path
) -> None:
    chain, used, kills = history.clearing.chain, nonce(history), 0
    for kill_at in count(1):
        with undone(chain):
            order(chain, "evm_setAutomine", mining == "at once")
            path = tmp_path / f"{mining} {kill_at}"
            finished = posted_by_child(history, path, kill_at, mines=mining == "later")
            if not finished:
                kills += 1
                # Killed at the same step again, and then left alone.
                posted_by_child(history, path, kill_at, mines=mining == "later")
                assert posted_by_child(history, path, 0, mines=mining == "later")
            assert [event.state_after for event in acceptances(history)] == [history.waiting.steps[-1].state_after]
            assert history.clearing.system.clearing.latest_root() == history.waiting.steps[-1].state_after
            assert nonce(history) == nonce(history, "pending") == used + 1
            order(chain, "evm_setAutomine", True)
        if finished:
            break
    assert kills >= 6


# -- notes


NOTE = Envelope(3, 21_000, Fee(7, 1), b"data", 9, b"raw", b"hash")


def test_notes_of_a_batch_are_there_after_opening_again(tmp_path: Path) -> None:
    with NotesFile(tmp_path / "notes", DOMAIN) as notes:
        assert notes.intent(1) is None
        notes.keep(1, NOTE)
        notes.keep(2, replace(NOTE, raw=b"", hash=b""))
        notes.keep(1, replace(NOTE, nonce=4))
    with NotesFile(tmp_path / "notes", DOMAIN) as notes:
        assert notes.intent(1) == replace(NOTE, nonce=4)
        assert notes.intent(2) == replace(NOTE, raw=b"", hash=b"")


def test_notes_that_are_no_good_say_what_to_do(tmp_path: Path) -> None:
    path = tmp_path / "notes"
    with NotesFile(path, DOMAIN), pytest.raises(NotesUnusable, match="another poster is at work"):
        NotesFile(path, DOMAIN)
    with pytest.raises(NotesUnusable, match="of another system"):
        NotesFile(path, DOMAIN + 1)
    with pytest.raises(NotesUnusable, match="name a directory"):
        NotesFile(tmp_path / "nowhere" / "notes", DOMAIN)
    path.write_bytes(b"no database at all, but long enough to be one" * 100)
    with pytest.raises(NotesUnusable, match="is damaged"):
        NotesFile(path, DOMAIN)
