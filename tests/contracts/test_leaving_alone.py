"""A trader's way out of a real chain: its history read and kept, its account recovered, its money claimed."""

from __future__ import annotations

import gzip
import hashlib
import json
import tracemalloc
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

pytest.importorskip("zkclear_native", reason="the native extension is not built: install Rust, make setup")

from support.deployed import account, undone
from support.proving import key_of
from support.real_history import ALICE, ASKED, BOB, NOTE, SECOND_NOTE, WITHDRAWN, History, running_history
from support.spec_values import DOMAIN, FUND_TRADER, NOW, REVENUE_TRADER, Trader

from prover.published import BadArtifact, publish
from rollup.chain.abi import address, selector, topic
from rollup.chain.artifacts import artifacts
from rollup.chain.bindings.deposits import DepositQueued
from rollup.chain.bindings.verifiers import ProofKind
from rollup.chain.chronicle import SPAN
from rollup.chain.errors import ChainError
from rollup.chain.history import LARGEST, BadHistory, WrongHistory, continue_history, read_history
from rollup.chain.history import History as L1History
from rollup.chain.replica import ForeignWords, replica_of, replica_of_history, submit_selector
from rollup.client.claims import (
    BadClaim,
    ProvenClaim,
    claim_key,
    pay_claim,
    pay_note,
    prices_are_final,
    prove_escape,
    prove_note,
    pull,
)
from rollup.client.errors import NotNow
from rollup.client.leaving import Requested, State, withdrawals
from rollup.client.notes import AssociationSet, BadAssociation, NoteState, notes_of, unspent
from rollup.client.recover import (
    KeysFitNothing,
    Recovered,
    RecoveryFailed,
    TouchKind,
    recover,
    registrations,
)
from rollup.spec.account import Account
from rollup.spec.data import encode


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
    """Published, as an operator would."""
    directory = tmp_path_factory.mktemp("circuits")
    publish([key_of(name, "tiny") for name in ("withdraw", "escape")], directory)
    return directory


def read(lived: History) -> L1History:
    return read_history(lived.clearing.system, lived.clearing.record)


def recovered(lived: History, name: str) -> Recovered:
    return recover(read(lived), Trader(name).owner, Trader(name).keyring)


# -- histories


def test_history_of_a_chain_leads_to_the_accepted_root(lived: History) -> None:
    history = read(lived)
    replica = replica_of_history(history)
    assert replica.state.root == history.latest_root == lived.clearing.system.clearing.latest_root()
    genesis = {index: Account.opened(who.owner, replica.profile).leaf for index, who in enumerate(GENESIS)}
    assert history.genesis == genesis
    assert replica_of(lived.clearing.system, replica.profile, genesis).state == replica.state
    assert history.domain == DOMAIN == lived.clearing.system.clearing.system_domain()
    assert [batch.number for batch in history.batches] == [1, 2, 3]
    assert [deposit.index for deposit in history.deposits.values()] == [ALICE, BOB]
    assert history.frozen_at is history.window is None


GENESIS = (FUND_TRADER, REVENUE_TRADER)


@pytest.mark.parametrize("name", ["history.json", "history.json.gz"])
def test_history_written_and_read_is_the_same(lived: History, tmp_path: Path, name: str) -> None:
    history, path = read(lived), tmp_path / name
    history.write(path)
    again = L1History.read(path)
    assert again == history
    first = path.read_bytes()
    again.write(path)
    assert path.read_bytes() == first
    assert (first[:2] == b"\x1f\x8b") == name.endswith(".gz")


def test_history_read_in_portions_is_the_same(lived: History) -> None:
    system, record, told = lived.clearing.system, lived.clearing.record, []
    whole = read_history(system, record, None, lambda done, total: told.append((done, total)))
    assert told[-1] == (whole.until.number - record.first_block + 1,) * 2
    for end in (record.first_block + 1, whole.batches[1].block, whole.until.number):
        part = read_history(system, record, last_block=end)
        assert part.until.number == end
        assert continue_history(part, system) == whole
    assert continue_history(whole, system) is whole


def test_history_of_a_node_that_refuses_long_spans_is_read_in_short_ones(
    lived: History, monkeypatch: pytest.MonkeyPatch
) -> None:
    from web3.exceptions import Web3RPCError

    whole, eth = read(lived), lived.clearing.chain.eth
    asked, honest = [], eth.get_logs

    def strict(wanted: dict[str, int]) -> object:
        asked.append(wanted["toBlock"] - wanted["fromBlock"] + 1)
        if asked[-1] > 7:
            raise Web3RPCError("query returned more than 10000 results")
        return honest(wanted)

    monkeypatch.setattr(eth, "get_logs", strict)
    assert read(lived) == whole
    assert asked[0] <= SPAN and max(asked[-3:]) <= 7


def test_history_of_a_chain_that_went_another_way_is_read_again(lived: History) -> None:
    """The block that it ends with is no longer there: what it says after some block may never have happened."""
    chain = lived.clearing.chain
    with undone(chain):
        pull(lived.clearing.system, account(chain, 5).address)
        lived.clearing.system.deposits.top_up(ALICE, 500)
        lived.clearing.register("carol", 5_000)
        gone = read(lived)
        assert len(gone.deposits) == 3
    lived.clearing.wait_until(NOW + 5_000)
    for _ in range(10):
        lived.clearing.wait_until(int(chain.eth.get_block("latest")["timestamp"]) + 1)
    now = continue_history(gone, lived.clearing.system)
    assert now == read(lived)
    assert len(now.deposits) == 2


def test_history_of_another_system_is_refused(lived: History) -> None:
    history, system = read(lived), lived.clearing.system
    other = replace(history.record, chain=1)
    with pytest.raises(WrongHistory, match="chain 1, this node is of chain 31337"):
        continue_history(replace(history, record=other), system)
    created = {**history.record.created, "clearing": history.record.created["vault"]}
    with pytest.raises(WrongHistory, match="is of the system with its clearing at"):
        continue_history(replace(history, record=replace(history.record, created=created)), system)


def test_history_from_too_late_a_block_is_refused(lived: History) -> None:
    late = read(lived).batches[1].block
    with pytest.raises(ChainError, match=r"logs of batches \[2, 3\].*not of every one from 1"):
        read_history(lived.clearing.system, lived.clearing.record, late)


def test_file_of_history_that_is_damaged_is_refused_with_its_reason(lived: History, tmp_path: Path) -> None:
    path = tmp_path / "history.json"
    read(lived).write(path)
    good = path.read_text()
    document = json.loads(good)

    def sealed(**changes: object) -> str:
        return forged(document, **changes)

    logs = document["logs"]
    first = next(iter(document["calldata"]))
    damaged = {
        "is cut short or no JSON": good[: len(good) // 2],
        "is no file of L1 history": "[]",
        "was changed or damaged": good.replace(document["until"]["hash"], "0x" + "00" * 32, 1),
        "has format 9, this program reads 1": sealed(format=9),
        "has not the entries of such a file": sealed(more=1),
        "has logs out of order": sealed(logs=[*logs[1:], logs[0]]),
        "does not have every batch in order": sealed(
            logs=[log for log in logs if first not in (log["transaction"],)],
            times={str(log["block"]): 1 for log in logs if log["transaction"] != first},
        ),
        "does not have the calldata of just those": sealed(calldata={}),
        "does not have the time of just those blocks": sealed(times={}),
        "names no parameters": sealed(parameters=[]),
        "holds what no history says": sealed(logs=[{**logs[0], "part": "cellar"}, *logs[1:]]),
        "holds a deployment record that": sealed(record={**document["record"], "format": 7}),
    }
    for reason, text in damaged.items():
        path.write_text(text)
        with pytest.raises(BadHistory, match=reason):
            L1History.read(path)
    packed = tmp_path / "history.json.gz"
    packed.write_bytes(gzip.compress(good.encode())[:-100])
    with pytest.raises(BadHistory, match="cannot be read"):
        L1History.read(packed)
    with pytest.raises(BadHistory, match="cannot be read"):
        L1History.read(tmp_path / "nothing.json")


def forged(document: dict[str, Any], **changes: object) -> str:
    """A file of history that was changed on purpose, with a digest that fits."""
    rest = {name: value for name, value in {**document, **changes}.items() if name != "digest"}
    canonical = json.dumps(rest, sort_keys=True, separators=(",", ":"), ensure_ascii=True)
    return json.dumps({**rest, "digest": hashlib.sha256(canonical.encode()).hexdigest()})


def test_file_of_history_with_a_forged_field_is_refused_by_that_field(lived: History, tmp_path: Path) -> None:
    path = tmp_path / "history.json"
    read(lived).write(path)
    document = json.loads(path.read_text())
    logs, record, until = document["logs"], document["record"], document["until"]
    queued = next(log for log in logs if log["topics"][0] == "0x" + topic(DepositQueued.signature).hex())
    others = [log for log in logs if log is not queued]
    settings = {**record["settings"], "claim_delay": None}
    changes: dict[str, dict[str, object]] = {
        "logs of what became of deposit 0, which none queued": {
            "logs": others,
            "times": {str(log["block"]): document["times"][str(log["block"])] for log in others},
        },
        "its field logs": {"logs": [{**log, "topics": log["topics"][:1]} for log in logs]},
        r"field logs .*no part is called 'cellar'": {"logs": [{**logs[0], "part": "cellar"}, *logs[1:]]},
        "its field until": {"until": {**until, "number": -1}},
        "its field times": {"times": {"one": 1}},
        "its field parameters": {"parameters": [1]},
        "its field calldata": {"calldata": {"0x12": "0x"}},
        "chain is -1, no chain has that number": {"record": {**record, "chain": -1}},
        "chain is 0, no chain": {"record": {**record, "chain": 0}},
        "chain is 1157.*, no chain": {"record": {**record, "chain": 1 << 256}},
        "holds a deployment record that is no": {"record": {**record, "settings": settings}},
        "holds a deployment record that is no deployment record: TypeError": {"record": [1]},
        "its field record": {"record": {**record, "genesis": {**record["genesis"], "fund": "0x" + "ff" * 32}}},
    }
    for reason, change in changes.items():
        path.write_text(forged(document, **change))
        with pytest.raises(BadHistory, match=reason):
            L1History.read(path)


def test_file_of_history_that_is_too_large_is_refused_before_it_is_read(lived: History, tmp_path: Path) -> None:
    """A packed file of a few bytes may unpack to more than any memory."""
    plain, packed, bomb = tmp_path / "history.json", tmp_path / "history.json.gz", tmp_path / "bomb.json.gz"
    history = read(lived)
    for path in (plain, packed):
        history.write(path)
        size = plain.stat().st_size
        assert L1History.read(path, size) == history
        with pytest.raises(BadHistory, match=f"more than {size - 1:,} bytes, the most that is read"):
            L1History.read(path, size - 1)
    piece, limit = b" " * (1 << 20), 8 << 20
    with gzip.open(bomb, "wb") as file:
        for _ in range(256):
            file.write(piece)
    tracemalloc.start()
    with pytest.raises(BadHistory, match="unpacks to more than 8,388,608 bytes"):
        L1History.read(bomb, limit)
    held = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert held < 4 * limit, "the rest of it was never unpacked"
    assert LARGEST == 2_000_000_000
    plain.write_text("[" * 100_000)
    with pytest.raises(BadHistory, match="is cut short or no JSON"):
        L1History.read(plain)


def test_files_that_cannot_be_written_are_named(lived: History, circuits: Path, tmp_path: Path) -> None:
    bob = recovered(lived, "bob")
    with pytest.raises(ChainError, match=r"none/history\.json cannot be written"):
        bob.history.write(tmp_path / "none" / "history.json")
    key = claim_key(circuits, ProofKind.WITHDRAW, bob.history)
    claim = prove_note(bob, unspent(bob, Trader("bob").note_key)[0], key)
    with pytest.raises(BadClaim, match=r"none/claim\.json cannot be written"):
        claim.write(tmp_path / "none" / "claim.json")


def test_history_with_other_words_is_refused_by_the_roots(lived: History) -> None:
    """A file may be changed on purpose; the roots of the accepted batches show it."""
    history = read(lived)
    one = history.batches[1].transaction
    data = history.calldata[one]
    words = 4 + int.from_bytes(data[4 + 64 : 4 + 96], "big")
    place = words + 32 * 8 + 31
    changed = data[:place] + bytes([data[place] ^ 1]) + data[place + 1 :]
    wrapped = b"\xde\xad\xbe\xef" + data
    for calldata, reason in ((changed, "words lead to state"), (wrapped, "another contract passed the batch on")):
        with pytest.raises(ForeignWords, match=f"batch 2 in transaction 0x{one.hex()}.*{reason}"):
            replica_of_history(replace(history, calldata={**history.calldata, one: calldata}))
    exchanged = dict(zip(history.calldata, reversed(history.calldata.values()), strict=True))
    with pytest.raises(ForeignWords):
        replica_of_history(replace(history, calldata=exchanged))
    record = replace(history.record, genesis_root=7)
    with pytest.raises(ForeignWords, match="genesis root"):
        replica_of_history(replace(history, record=record))


def test_selector_of_the_bindings_is_the_compiled_one() -> None:
    (entry,) = (each for each in artifacts().contracts["clearing"].abi if each.get("name") == "submitBatch")

    def kind(parameter: dict[str, object]) -> str:
        told = str(parameter["type"])
        if not told.startswith("tuple"):
            return told
        return "(" + ",".join(map(kind, parameter["components"])) + ")" + told.removeprefix("tuple")  # type: ignore[call-overload]

    assert submit_selector() == selector("submitBatch(" + ",".join(kind(one) for one in entry["inputs"]) + ")")


# -- accounts


def test_recovered_account_is_the_law_s_with_every_touch_told(lived: History) -> None:
    state = lived.attested.state
    alice, bob = recovered(lived, "alice"), recovered(lived, "bob")
    assert (alice.index, bob.index) == (ALICE, BOB)
    assert (alice.account, bob.account) == (state.accounts[ALICE], state.accounts[BOB])
    assert alice.path.leaf == alice.account.leaf
    told = [(one.batch, one.kind, one.amount) for one in alice.touches if one.kind is not TouchKind.DECOY]
    assert told == [
        (1, TouchKind.REGISTRATION, 50_000),
        (2, TouchKind.FORCED_PAYMENT, ASKED),
        (2, TouchKind.WITHDRAWAL, WITHDRAWN),
        (2, TouchKind.TRADE, 0),
    ]
    (sold,) = (one for one in alice.touches if one.legs)
    (leg,) = sold.legs
    assert (leg.slot, leg.side.name, leg.quantity, leg.cash, leg.fee) == (1, "SELL", 5, 5_000, 3)
    assert sold.positions == {1: -5}
    assert alice.touches[-1].cash == alice.account.vector[0]
    assert [one.kind for one in bob.touches if one.kind is not TouchKind.DECOY] == [
        TouchKind.REGISTRATION,
        TouchKind.TRADE,
        TouchKind.NOTE,
        TouchKind.NOTE,
        TouchKind.FORCED_CLOSE,
    ]
    closed = bob.touches[-1] if bob.touches[-1].kind is TouchKind.FORCED_CLOSE else bob.touches[-2]
    assert (closed.positions, closed.cash) == ({}, 0)
    assert closed.amount > 50_000


def test_balance_of_every_touch_follows_from_the_one_before(lived: History) -> None:
    out = (TouchKind.WITHDRAWAL, TouchKind.NOTE, TouchKind.FORCED_PAYMENT, TouchKind.TRANSFER_OUT)
    for name in ("alice", "bob"):
        before = 0
        for one in recovered(lived, name).touches:
            if one.kind is TouchKind.FORCED_CLOSE:
                break
            moved = sum((1 if leg.side.name == "SELL" else -1) * leg.cash - leg.fee for leg in one.legs)
            moved += -one.amount if one.kind in out else one.amount
            assert one.cash == before + one.settlement + moved, one
            before = one.cash


def test_genesis_account_is_recovered_by_its_index(lived: History) -> None:
    revenue = recover(read(lived), REVENUE_TRADER.owner, index=1)
    assert revenue.account == lived.attested.state.accounts[1]
    with pytest.raises(RecoveryFailed, match="DAT-2: touch 1 of"):
        recover(read(lived), Trader("alice").owner, index=1)
    with pytest.raises(RecoveryFailed, match="guarantee fund"):
        recover(read(lived), FUND_TRADER.owner, index=0)


def test_keys_of_nobody_are_refused(lived: History) -> None:
    history = read(lived)
    with pytest.raises(KeysFitNothing, match="no deposit up to block"):
        recover(history, Trader("mallory").owner)
    with pytest.raises(RecoveryFailed, match=r"REC-2.*account 9 was in no batch"):
        recover(history, Trader("alice").owner, index=9)
    with pytest.raises(RecoveryFailed, match=r"REC-1: touch 1 of \d+, in batch 1: it does not lead to the leaf on L1"):
        recover(history, Trader("bob").owner, index=ALICE)
    blind = replace(Trader("alice").owner, view_key=7)
    with pytest.raises(RecoveryFailed, match=r"REC-1|DAT-2"):
        recover(history, blind, index=ALICE)


def test_registration_is_found_by_keys_alone(lived: History) -> None:
    """A wallet restored from its seed does not know which L1 address registered."""
    history, alice = read(lived), Trader("alice").owner
    (found,) = registrations(history, lambda l1: [replace(alice, l1_owner=l1)])
    assert (found.index, found.owner) == (ALICE, alice)
    lived.clearing.register("carol", 5_000)
    waiting = read(lived)
    with pytest.raises(RecoveryFailed, match="deposit 2, is queued"):
        recover(waiting, Trader("carol").owner)


# -- money


def test_withdrawal_is_told_from_request_to_pull(lived: History) -> None:
    alice = recovered(lived, "alice")
    done = alice.account.owner_nonce
    asked = [Requested(done + 1, 5, address(7)), Requested(done, 5, address(7))]
    told = withdrawals(alice, requested=asked)
    assert [(one.state, one.amount) for one in told] == [
        (State.CREDITED, WITHDRAWN),
        (State.CREDITED, ASKED),
        (State.REQUESTED, 5),
    ]
    to = lived.clearing.owner("alice")
    for one in {told[0].recipient, told[1].recipient}:
        who = lived.clearing.somebody(str(one))
        pull(lived.clearing.system, who.address).send(who)
    after = withdrawals(recovered(lived, "alice"))
    assert [one.state for one in after] == [State.PULLED, State.PULLED]
    assert lived.clearing.balance(to.address) >= ASKED


def test_notes_are_found_claimed_and_known_to_be_spent(lived: History, circuits: Path, tmp_path: Path) -> None:
    system, key = lived.clearing.system, Trader("bob").note_key
    bob = recovered(lived, "bob")
    first, second = notes_of(bob, key)
    assert [(one.amount, one.state) for one in (first, second)] == [
        (NOTE, NoteState.CLAIMABLE),
        (SECOND_NOTE, NoteState.CLAIMABLE),
    ]
    assert str(first.nullifier) not in repr(first) and str(first.secret) not in repr(first)
    proving = claim_key(circuits, ProofKind.WITHDRAW, bob.history, system)
    public = prove_note(bob, first, proving)
    public.write(tmp_path / "claim.json")
    again = ProvenClaim.read(tmp_path / "claim.json")
    assert again == public
    again.transaction(system).send(account(lived.clearing.chain, 5))
    assert lived.clearing.balance(lived.clearing.owner("bob").address) == NOTE

    vouched, fresh, relayer = AssociationSet.of({BOB, ALICE}), address(0xFACE), account(lived.clearing.chain, 7)
    vouched.write(tmp_path / "set.json")
    assert AssociationSet.read(tmp_path / "set.json") == vouched
    private = {"recipient": fresh, "association": vouched, "relayer": relayer.address, "fee": 20}
    with pytest.raises(BadAssociation, match="is not on L1"):
        prove_note(recovered(lived, "bob"), second, proving, **private)  # type: ignore[arg-type]
    root = vouched.root(bob.replica.profile)
    system.governance.publish_association(root).send(account(lived.clearing.chain, 0))
    bob = recovered(lived, "bob")
    (left,) = unspent(bob, key)
    claim = prove_note(bob, left, proving, **private)  # type: ignore[arg-type]
    assert claim.document()["said"]["label"] == "0x0"
    claim.transaction(system).send(relayer)
    assert (lived.clearing.balance(fresh), lived.clearing.balance(relayer.address)) == (SECOND_NOTE - 20, 20)

    bob = recovered(lived, "bob")
    assert unspent(bob, key) == []
    assert [one.state for one in withdrawals(bob, notes_of(bob, key))[-2:]] == [State.PAID, State.PAID]
    with pytest.raises(BadClaim, match="L1 pays a note once"):
        prove_note(bob, notes_of(bob, key)[0], proving)
    with pytest.raises(RecoveryFailed, match="CLM-1"):
        notes_of(bob, key + 1)


def test_claims_that_l1_would_refuse_are_refused_before_they_are_proven(lived: History, circuits: Path) -> None:
    bob = recovered(lived, "bob")
    note = notes_of(bob, Trader("bob").note_key)[0]
    key = claim_key(circuits, ProofKind.WITHDRAW, bob.history)
    vouched, fresh = AssociationSet.of({BOB}), address(0xFACE)
    refused = {
        "public form pays": {"recipient": fresh},
        "and no fee": {"fee": 1},
        "an address that you name": {"association": vouched},
        "not between 0 and": {"association": vouched, "recipient": fresh, "fee": NOTE + 1, "relayer": fresh},
        "goes to a relayer": {"association": vouched, "recipient": fresh, "fee": 1},
    }
    for reason, wanted in refused.items():
        with pytest.raises(BadClaim, match=reason):
            prove_note(bob, note, key, **wanted)  # type: ignore[arg-type]
    with pytest.raises(BadAssociation, match=f"account {BOB} is not in"):
        prove_note(bob, note, key, recipient=fresh, association=AssociationSet.of({ALICE}))
    with pytest.raises(NotNow, match="was not frozen by block"):
        prove_escape(bob, claim_key(circuits, ProofKind.ESCAPE, bob.history))


def test_frozen_system_is_left_from_a_file_of_history(lived: History, circuits: Path, tmp_path: Path) -> None:
    """The whole way: frozen, open, filed, payable, paid; proven from the file and sent by anybody."""
    clearing, system, chain = lived.clearing, lived.clearing.system, lived.clearing.chain
    settings, anyone = clearing.record.settings, account(chain, 5)
    clearing.wait_until(NOW + settings.liveness_deadline + 600)
    system.attestations.freeze().send(anyone)
    opens, closes = system.exit.window()
    file = tmp_path / "history.json.gz"
    read(lived).write(file)
    history = L1History.read(file)
    assert history.window == (opens, closes)
    assert history.escape_epoch == system.exit.escape_prices() > 0
    assert not prices_are_final(history)

    alice = recover(history, Trader("alice").owner, Trader("alice").keyring)
    (waiting,) = (one for one in withdrawals(alice) if one.id == f"escape-{ALICE}")
    assert (waiting.state, waiting.not_before) == (State.FROZEN, opens)
    claim = prove_escape(alice, claim_key(circuits, ProofKind.ESCAPE, history))
    claim.write(tmp_path / "claim.json")
    assert waiting.amount == int(claim.document()["said"]["claim"], 16)
    clearing.wait_until(opens)
    ProvenClaim.read(tmp_path / "claim.json").transaction(system).send(anyone)
    bob = recover(read(lived), Trader("bob").owner)
    assert prices_are_final(bob.history)
    note = unspent(bob, Trader("bob").note_key)[0]
    prove_note(bob, note, claim_key(circuits, ProofKind.WITHDRAW, bob.history)).transaction(system).send(anyone)

    def states(name: str) -> list[State]:
        who = recovered(lived, name)
        return [one.state for one in withdrawals(who, notes_of(who, Trader(name).note_key))][-3:]

    assert states("alice")[-1] is State.FILED
    assert states("bob") == [State.FILED, State.CLAIMABLE, State.OPEN]
    clearing.wait_until(closes)
    assert states("alice")[-1] is State.PAYABLE
    assert states("bob") == [State.PAYABLE, State.LATE, State.LATE]
    owner = clearing.owner("alice").address
    before = clearing.balance(owner)
    pay_claim(system, ALICE).send(anyone)
    filed = notes_of(recovered(lived, "bob"), Trader("bob").note_key)[0]
    assert filed.claim == 0
    pay_note(system, filed.claim).send(anyone)
    assert clearing.balance(owner) - before == waiting.amount > 40_000
    assert states("alice")[-1] is State.PAID
    assert states("bob")[0] is State.PAID


# -- keys


def test_key_of_another_system_is_refused(lived: History, circuits: Path) -> None:
    history, system = read(lived), lived.clearing.system
    assert claim_key(circuits, ProofKind.ESCAPE, history) == claim_key(circuits, ProofKind.ESCAPE, history, system)
    other = SimpleNamespace(verifiers=SimpleNamespace(verifier=lambda kind: encode([7])))
    with pytest.raises(BadArtifact, match="is a key of another system"):
        claim_key(circuits, ProofKind.ESCAPE, history, other)  # type: ignore[arg-type]
    for changes, reason in (({"constraints": "00" * 32}, "the circuit of"), ({"name": "0x" + "00" * 32}, "the key of")):
        keys = tuple(replace(one, **changes) for one in history.record.keys)
        with pytest.raises(BadArtifact, match=f"is not {reason} the deployment record"):
            claim_key(circuits, ProofKind.ESCAPE, replace(history, record=replace(history.record, keys=keys)))


def test_claim_for_another_system_is_not_sent(lived: History, circuits: Path, tmp_path: Path) -> None:
    bob = recovered(lived, "bob")
    key = claim_key(circuits, ProofKind.WITHDRAW, bob.history)
    claim = prove_note(bob, unspent(bob, Trader("bob").note_key)[0], key)
    with pytest.raises(BadClaim, match=r"for clearing .* on chain 1, not for"):
        replace(claim, chain=1).transaction(lived.clearing.system)
    path = tmp_path / "claim.json"
    for text in ("{", "[]", '{"kind": "zkclear claim", "format": 1}', json.dumps({**claim.document(), "said": {}})):
        path.write_text(text)
        with pytest.raises(BadClaim, match="no claim can be read"):
            ProvenClaim.read(path)
