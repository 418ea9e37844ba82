"""The watcher on a real chain: it misses nothing, doubles nothing, and says when the node or the chain is to blame."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise
from typing import Any

import pytest
import requests
from web3 import HTTPProvider, Web3

pytest.importorskip("zkclear_native", reason="the native extension is not built: install Rust, make setup")

from support.deployed import account, deploy_tiny, order, system_of, undone
from support.real_chain import EPOCH
from support.real_history import ALICE, ASKED, BOB, History, running_history
from support.spec_values import NOW, Trader

from rollup.chain import watcher as watching
from rollup.chain.abi import NodeAccount
from rollup.chain.bindings import System
from rollup.chain.bindings.deposits import Status
from rollup.chain.bindings.forced import Queue
from rollup.chain.cursor import FAR, NEAR, Counts, Seen
from rollup.chain.errors import BadRecord, LostLogs, Reorganised
from rollup.chain.local import Token
from rollup.chain.watcher import Observed, Watcher


@pytest.fixture(scope="module")
def history() -> Iterator[History]:
    with running_history() as history:
        yield history


@pytest.fixture(autouse=True)
def _as_before(history: History) -> Iterator[None]:
    with undone(history.clearing.chain):
        yield


def watcher(history: History, confirmations: int = 0, system: System | None = None) -> Watcher:
    clearing = history.clearing
    return Watcher(system or clearing.system, clearing.record.first_block, confirmations)


def everything(history: History) -> Observed:
    watching = watcher(history)
    return watching.poll(watching.beginning())


def top_up(history: History, index: int, amount: int) -> NodeAccount:
    """Somebody puts money into an account; the node keeps the key."""
    clearing, somebody = history.clearing, account(history.clearing.chain, 7)
    token = Token(clearing.chain, clearing.record.token)
    token.mint(somebody.address, amount, somebody)
    token.approve(clearing.record.parts.vault, amount, somebody)
    clearing.system.deposits.top_up(index, amount).send(somebody)
    return somebody


# -- what is seen


def test_poll_from_the_beginning_sees_the_whole_history(history: History) -> None:
    observed = everything(history)
    alice, bob = (history.clearing.owner(name).address for name in ("alice", "bob"))
    seen = [(one.number, one.depositor, one.index, one.amount, one.owner_hash) for one in observed.deposits]
    hashes = [Trader(name).owner.hash for name in ("alice", "bob")]
    assert seen == [(0, alice, 0, 50_000, hashes[0]), (1, bob, 0, 60_000, hashes[1])]
    assert [one.status for one in observed.deposits] == [Status.CONSUMED] * 2
    assert [one.time for one in observed.deposits] == [
        history.clearing.system.deposits.deposit(number).time for number in (0, 1)
    ]
    assert [(one.number, one.index, one.amount) for one in observed.consumed] == [(0, ALICE, 50_000), (1, BOB, 60_000)]
    requests_ = [(one.queue, one.number, one.index, one.requester, one.asked) for one in observed.requests]
    assert requests_ == [(Queue.PAY, 0, ALICE, alice, ASKED), (Queue.CLOSE, 0, BOB, bob, 0)]
    assert all(NOW <= one.time <= NOW + 600 for one in observed.requests)
    assert [(one.queue, one.number, one.late) for one in observed.served] == [
        (Queue.PAY, 0, False),
        (Queue.CLOSE, 0, False),
    ]
    assert [(one.number, one.root) for one in observed.batches] == [
        (batch.number, batch.steps[-1].state_after) for batch in history.accepted
    ]
    chain = history.clearing.chain
    for one in observed.batches:
        assert chain.eth.get_transaction_receipt(one.transaction)["blockNumber"] == one.block  # type: ignore[arg-type]
    assert [one.epoch for one in observed.tables] == [EPOCH]
    assert (observed.refunds, observed.freeze, observed.behind) == ((), None, 0)
    assert observed.seen.block == chain.eth.block_number
    assert observed.seen.counts == Counts(2, 0, 2, 1, 1, 1, 1, 3, EPOCH, False)


def test_poll_block_by_block_sees_the_same_in_the_same_order(history: History) -> None:
    """The cursor goes through its document each time, as through a restart."""
    latest, logs = history.clearing.chain.eth.block_number, []
    seen = watcher(history).beginning()
    deployed = max(one.block for one in history.clearing.record.created.values())
    for block in range(seen.block + 1, latest + 1):
        observed = watcher(history, latest - block).poll(Seen.of(json.loads(json.dumps(seen.document()))))
        assert observed.seen.block == block or block < deployed
        seen = observed.seen
        logs += observed.logs
    whole = everything(history)
    assert tuple(logs) == whole.logs
    assert replace(seen, before=()) == replace(whole.seen, before=())


def test_poll_again_sees_nothing_twice(history: History) -> None:
    seen = everything(history).seen
    assert watcher(history).poll(seen) == Observed(seen)
    top_up(history, 0, 1_000)
    observed = watcher(history).poll(seen)
    assert [(one.number, one.index, one.amount) for one in observed.deposits] == [(2, 0, 1_000)]
    assert observed.deposits[0].status is Status.QUEUED
    assert watcher(history).poll(observed.seen).logs == ()


def test_poll_leaves_out_what_is_not_deep_enough(history: History) -> None:
    seen = everything(history).seen
    top_up(history, 0, 1_000)
    assert watcher(history, 2).poll(seen).deposits == ()
    order(history.clearing.chain, "evm_mine")
    order(history.clearing.chain, "evm_mine")
    assert len(watcher(history, 2).poll(seen).deposits) == 1


def test_poll_sees_refunds_and_a_freeze(history: History) -> None:
    clearing, seen = history.clearing, everything(history).seen
    somebody = top_up(history, ALICE, 1_000)
    first = watcher(history).poll(seen)
    clearing.wait_until(clearing.chain.eth.get_block("latest")["timestamp"] + clearing.record.settings.deposit_window)
    clearing.system.deposits.refund(2).send(somebody)
    clearing.system.attestations.freeze().send(somebody)
    observed = watcher(history).poll(first.seen)
    assert [(one.number, one.depositor, one.amount) for one in observed.refunds] == [(2, somebody.address, 1_000)]
    assert observed.freeze is not None
    assert observed.freeze.latest_root == history.accepted[-1].steps[-1].state_after
    assert (first.seen.counts.unrefunded, observed.seen.counts.unrefunded) == (1_000, 0)
    assert observed.seen.counts.frozen
    assert [one.status for one in watcher(history).poll(seen).deposits] == [Status.REFUNDED]


def test_poll_sees_what_a_batch_passes_over(history: History) -> None:
    """L1 takes the list of rejected deposits from the operator, so the batch that waits may have one."""
    seen = everything(history).seen
    somebody = top_up(history, ALICE, 1_000)
    history.clearing.submit(replace(history.waiting, rejected=(2,)))
    observed = watcher(history).poll(seen)
    assert [one.number for one in observed.rejected] == [2]
    assert [one.status for one in observed.deposits] == [Status.REJECTED]
    assert (seen.counts.next_deposit, observed.seen.counts.next_deposit) == (2, 3)
    assert observed.seen.counts.unrefunded == 1_000
    provider = Unreliable(rpc(history), drops=topic_of(history, "deposits", "DepositRejected"))
    with pytest.raises(LostLogs, match="what became of deposit 2: nothing, the contracts of rejected"):
        through(history, provider).poll(seen)
    history.clearing.system.deposits.refund(2).send(somebody)
    assert watcher(history).poll(observed.seen).seen.counts.unrefunded == 0
    assert watcher(history).poll(seen).seen.counts == watcher(history).poll(observed.seen).seen.counts


def test_poll_beside_a_second_system_on_the_chain_sees_its_own(history: History) -> None:
    chain, whole = history.clearing.chain, everything(history)
    other = deploy_tiny(chain)
    somebody, amount = account(chain, 4), 20_000_000
    token = Token(chain, other.token)
    token.mint(somebody.address, amount, somebody)
    token.approve(other.parts.vault, amount, somebody)
    system_of(chain, other).deposits.register(5, amount).send(somebody)
    assert watcher(history).poll(whole.seen).logs == ()
    assert everything(history).logs == whole.logs
    second = watcher(history, system=system_of(chain, other))
    observed = second.poll(second.beginning())
    assert [(one.number, one.amount) for one in observed.deposits] == [(0, amount)]
    assert (observed.batches, observed.requests) == ((), ())


# -- chains that change


def test_poll_after_a_reorganisation_says_where_to_go_on(history: History) -> None:
    chain, begun = history.clearing.chain, everything(history).seen
    top_up(history, 0, 1_000)
    first = watcher(history).poll(begun).seen
    for _ in range(3):
        order(chain, "evm_mine")
    second = watcher(history).poll(first).seen
    order(chain, "anvil_reorg", chain.eth.block_number - begun.block, [])
    with pytest.raises(Reorganised) as caught:
        watcher(history).poll(second)
    assert (caught.value.block, caught.value.common) == (second.block, begun.block)
    back = second.back_at(begun.block)
    assert back is not None
    assert (back.block, back.hash, back.counts) == (begun.block, begun.hash, begun.counts)
    assert watcher(history).poll(back).deposits == ()
    assert watcher(history).poll(back).seen.counts == begun.counts


def test_poll_of_a_node_that_lags_waits(history: History) -> None:
    """A shorter chain that is the same so far is no reason to undo anything; once it has grown otherwise, it is."""
    chain, begun = history.clearing.chain, everything(history).seen
    with undone(chain):
        for _ in range(2):
            order(chain, "evm_mine")
        ahead = watcher(history).poll(begun).seen
    observed = watcher(history).poll(ahead)
    assert (observed.seen, observed.behind) == (ahead, 2)
    history.clearing.wait_until(chain.eth.get_block("latest")["timestamp"] + 1_000)
    order(chain, "evm_mine")
    with pytest.raises(Reorganised, match=f"changed after block {begun.block}"):
        watcher(history).poll(ahead)


def test_poll_when_no_remembered_block_is_left_says_so(history: History) -> None:
    """The cursor of another chain."""
    strange = Seen(5, b"\x01" * 32, Counts()).then(6, b"\x02" * 32, Counts())
    with pytest.raises(Reorganised, match="before every block that is remembered") as caught:
        watcher(history).poll(strange)
    assert caught.value.common is None


def test_poll_where_no_system_stands_is_refused(history: History) -> None:
    nowhere = replace(history.clearing.record.parts, oracle=account(history.clearing.chain, 9).address)
    lost = watcher(history, system=System.at(history.clearing.chain, nowhere))
    with pytest.raises(BadRecord, match="has no code on this chain"):
        lost.poll(lost.beginning())


# -- nodes that lie or refuse


class Unreliable(HTTPProvider):
    """The same node behind a proxy that drops logs of an event, or refuses long ranges."""

    def __init__(self, rpc: str, *, drops: bytes = b"", widest: int = 10**9) -> None:
        super().__init__(rpc, session=requests.Session())
        self.drops, self.widest, self.asked = "0x" + drops.hex(), widest, 0

    def make_request(self, method: Any, params: Any) -> Any:
        if method != "eth_getLogs":
            return super().make_request(method, params)
        self.asked += 1
        if int(params[0]["toBlock"], 16) - int(params[0]["fromBlock"], 16) >= self.widest:
            return {"jsonrpc": "2.0", "id": 0, "error": {"code": -32005, "message": "block range is too wide"}}
        answer = super().make_request(method, params)
        answer["result"] = [log for log in answer["result"] if log["topics"][0] != self.drops]
        return answer


def through(history: History, provider: Unreliable) -> Watcher:
    return watcher(history, system=System.at(Web3(provider), history.clearing.record.parts))


def topic_of(history: History, part: str, event: str) -> bytes:
    kinds = getattr(history.clearing.system, part).EVENTS.items()
    return next(topic for topic, kind in kinds if kind.__name__ == event)


def rpc(history: History) -> str:
    return str(history.clearing.chain.provider.endpoint_uri)  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("part", "event"),
    [
        ("deposits", "DepositQueued"),
        ("deposits", "DepositConsumed"),
        ("forced", "ForcedRequested"),
        ("forced", "ForcedServed"),
        ("clearing", "BatchAccepted"),
        ("oracle", "TablePosted"),
    ],
)
def test_poll_of_a_node_that_drops_logs_is_an_error(part: str, event: str, history: History) -> None:
    lying = through(history, Unreliable(rpc(history), drops=topic_of(history, part, event)))
    with pytest.raises(LostLogs, match="the node drops logs"):
        lying.poll(lying.beginning())


def test_poll_of_a_node_that_refuses_wide_ranges_asks_for_narrower_ones(history: History) -> None:
    provider = Unreliable(rpc(history), widest=3)
    narrow = through(history, provider)
    assert narrow.poll(narrow.beginning()).logs == everything(history).logs
    assert provider.asked > 5


def test_poll_in_many_spans_sees_the_same(history: History, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = everything(history)
    monkeypatch.setattr(watching, "SPAN", 2)
    assert everything(history).logs == whole.logs


# -- cursors


def test_cursor_remembers_near_blocks_all_and_far_ones_ever_more_rarely() -> None:
    seen = Seen(0, b"", Counts())
    for block in range(1, 3_000):
        seen = seen.then(block, block.to_bytes(2, "big"), Counts(deposits=block))
    distances = [seen.block - one.block for one in seen.before]
    assert distances[:NEAR] == list(range(1, NEAR + 1))
    assert distances == sorted(set(distances))
    assert len(distances) <= NEAR + FAR.bit_length()
    for near, far in pairwise(distances):
        assert far <= 4 * near
    assert all(one.counts.deposits == one.block for one in seen.before)
    assert seen.back_at(2_990) == next(one for one in seen.remembered if one.block <= 2_990)
    assert seen.back_at(-1) is None


def test_cursor_that_says_nothing_is_refused() -> None:
    for document in ({}, {"blocks": []}, {"blocks": [{"block": 1}]}, {"blocks": 3}):
        with pytest.raises(BadRecord, match="begin again from L1"):
            Seen.of(document)  # type: ignore[arg-type]
