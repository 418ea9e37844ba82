"""Real steps with real proofs on a real chain: what the law allows is accepted, what is changed refused."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest
from web3 import Web3

pytest.importorskip("zkclear_native", reason="the native extension is not built: install Rust, make setup")

from support.deployed import account, failures, order, undone
from support.real_chain import EPOCH
from support.real_history import ALICE, ASKED, BOB, NOTE, SECOND_NOTE, WITHDRAWN, History, running_history
from support.spec_builders import RECIPIENT
from support.spec_values import NOW, TINY

from rollup.chain import encoding
from rollup.chain.abi import address
from rollup.chain.bindings.clearing import BatchAccepted
from rollup.chain.bindings.forced import Queue
from rollup.chain.errors import Reverted
from rollup.spec.hashes import R, keccak
from rollup.spec.settlement import Batch
from rollup.spec.settlement.headers import word_count
from rollup.spec.shared import StepKind


@pytest.fixture(scope="module")
def history() -> Iterator[History]:
    with running_history() as history:
        yield history


@pytest.fixture(autouse=True)
def _as_before(history: History) -> Iterator[None]:
    with undone(history.clearing.chain):
        yield


# -- what the law allows


def test_deployed_system_passes_every_claim_after_three_batches(history: History) -> None:
    assert failures(history.clearing.chain, history.clearing.record) == {}


def test_history_has_steps_of_every_kind(history: History) -> None:
    kinds = {step.kind for batch in history.accepted for step in batch.steps}
    assert kinds == set(StepKind)


def test_accepted_batches_did_on_l1_what_they_say(history: History) -> None:
    clearing = history.clearing
    system, last = clearing.system, history.accepted[-1]
    assert system.clearing.batches() == 3
    assert system.clearing.latest_root() == last.steps[-1].state_after == history.attested.state.root
    assert system.clearing.used_epoch() == EPOCH
    logged = [one.event for one in system.clearing.events() if isinstance(one.event, BatchAccepted)]
    assert [event.number for event in logged] == [1, 2, 3]
    assert [event.steps for event in logged] == [len(batch.steps) for batch in history.accepted]

    alice, bob = clearing.owner("alice").address, clearing.owner("bob").address
    assert system.deposits.next_deposit() == 2
    assert (system.deposits.l1_owner(ALICE), system.deposits.l1_owner(BOB)) == (alice, bob)
    assert system.vault.credits(alice) == ASKED
    assert system.vault.credits(address(RECIPIENT)) == WITHDRAWN
    assert system.vault.credits(bob) > 50_000
    assert [system.forced.lengths(queue) for queue in Queue] == [(1, 1), (1, 1)]
    held = clearing.balance(clearing.record.parts.vault)
    assert held == 110_000
    assert system.vault.spare() == history.attested.state.custody + NOTE + SECOND_NOTE


def test_waiting_batch_is_accepted_as_it_is(history: History) -> None:
    history.clearing.submit(history.waiting)
    assert history.clearing.system.clearing.latest_root() == history.waiting.steps[-1].state_after


# -- what was changed


def with_step(place: int, **changes: object) -> Callable[[Batch], Batch]:
    def change(batch: Batch) -> Batch:
        steps = list(batch.steps)
        steps[place] = replace(steps[place], **changes)  # type: ignore[arg-type]
        return replace(batch, steps=tuple(steps))

    return change


def more(place: int, name: str, by: int = 1) -> Callable[[Batch], Batch]:
    """A number of a step is another one."""
    return lambda batch: with_step(place, **{name: getattr(batch.steps[place], name) + by})(batch)


def other_proof(batch: Batch) -> Batch:
    first, second, *rest = batch.steps
    return replace(batch, steps=(replace(first, proof=second.proof), replace(second, proof=first.proof), *rest))


def other_order(batch: Batch) -> Batch:
    """The steps with their words the other way round."""
    rest, own = batch.words, []
    for step in batch.steps:
        count = word_count(TINY, StepKind(step.kind))
        own.append(rest[:count])
        rest = rest[count:]
    words = tuple(word for words in reversed(own) for word in words)
    return replace(batch, steps=tuple(reversed(batch.steps)), words=words)


def word(place: int, by: int = 1) -> Callable[[Batch], Batch]:
    """A word of the first trade step: ciphertexts, which nothing but the proof looks at."""

    def change(batch: Batch) -> Batch:
        words = list(batch.words)
        words[place] += by
        return replace(batch, words=tuple(words))

    return change


TAMPERED: dict[str, tuple[str, Callable[[Batch], Batch]]] = {
    "a ciphertext": ("L1-6", word(-1)),
    "a leaf": ("L1-6", word(3)),
    "a word plus r": ("L1-4", word(-1, R)),
    "a word missing": ("L1-64", lambda batch: replace(batch, words=batch.words[:-1])),
    "a word too many": ("L1-64", lambda batch: replace(batch, words=(*batch.words, 0))),
    "the state at the end": ("L1-6", more(-1, "state_after")),
    "a state between": ("L1-6", more(0, "state_after")),
    "the suspense at the end": ("L1-55", more(-1, "suspense_after")),
    "a suspense between": ("L1-6", more(0, "suspense_after")),
    "a salt": ("L1-6", more(0, "salt")),
    "a commitment": ("L1-6", more(0, "data_commit")),
    "a commitment plus r": ("L1-4", more(0, "data_commit", R)),
    "the table": ("L1-56", more(0, "epoch")),
    "a kind": ("L1-64", with_step(-1, kind=StepKind.FUNDS)),
    "no kind": ("L1-79", with_step(0, kind=9)),
    "proofs of each other": ("L1-6", other_proof),
    "the order": ("L1-6", other_order),
    "the number": ("L1-51", lambda batch: replace(batch, number=batch.number + 1)),
    "the root before": ("L1-53", lambda batch: replace(batch, state_before=batch.state_before + 1)),
    "the first step left out": ("L1-64", lambda batch: replace(batch, steps=batch.steps[1:])),
    "no steps": ("L1-52", lambda batch: replace(batch, steps=())),
    "a rejection": ("L1-74", lambda batch: replace(batch, rejected=(0,))),
}


@pytest.mark.parametrize("what", TAMPERED)
def test_tampered_batch_is_refused(what: str, history: History) -> None:
    rule, change = TAMPERED[what]
    changed = change(history.waiting)
    assert changed != history.waiting
    with pytest.raises(Reverted) as caught:
        encoding.submission(history.clearing.system, changed).call(history.clearing.operator)
    assert caught.value.rule == rule, str(caught.value)


def test_batch_of_somebody_else_is_refused(history: History) -> None:
    with pytest.raises(Reverted) as caught:
        encoding.submission(history.clearing.system, history.waiting).call(account(history.clearing.chain, 5))
    assert caught.value.rule == "L1-50"


def test_batch_again_is_refused(history: History) -> None:
    with pytest.raises(Reverted) as caught:
        history.clearing.submit(history.accepted[-1])
    assert caught.value.rule == "L1-51"


def test_batch_under_other_parameters_is_refused(history: History) -> None:
    """L1-6: L1 fills the hash of governance's parameters in itself, and the proof is of others."""
    clearing = history.clearing
    where = address(clearing.record.parts.governance)
    slot = _slot_of(clearing.chain, where, clearing.system.governance.parameters_at(NOW))
    order(clearing.chain, "anvil_setStorageAt", where, hex(slot), "0x" + (7).to_bytes(32, "big").hex())
    assert clearing.system.governance.parameters_at(NOW) == 7
    with pytest.raises(Reverted) as caught:
        clearing.submit(history.waiting)
    assert caught.value.rule == "L1-6"


def test_batch_at_an_old_table_is_refused(history: History) -> None:
    history.clearing.wait_until(NOW + history.clearing.record.settings.max_age + 1)
    with pytest.raises(Reverted) as caught:
        history.clearing.submit(history.waiting)
    assert caught.value.rule == "L1-59"


def _slot_of(chain: Web3, where: str, value: int) -> int:
    """The storage slot of a contract that holds a value: of an array's element, whose place is a hash."""
    for base in range(64):
        for offset in range(4):
            slot = int.from_bytes(keccak(base.to_bytes(32, "big")), "big") + offset
            if int.from_bytes(chain.eth.get_storage_at(address(where), slot), "big") == value:
                return slot
    raise AssertionError("the value is nowhere")
