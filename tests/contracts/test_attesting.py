"""Attesting on a real chain: the bundle is written, the gate opens, and whoever was interrupted goes on."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

pytest.importorskip("zkclear_native", reason="the native extension is not built: install Rust, make setup")

from support.deployed import account, undone
from support.real_chain import RealClearing, running_clearing
from support.solvency_bundles import tiny_prover
from support.spec_builders import World
from web3.types import TxReceipt

from prover.backends import Proved
from prover.witness import Witness
from rollup.chain.abi import Transaction
from rollup.chain.bindings.attestations import SolvencyAttested, SolvencyScanned
from rollup.chain.errors import Reverted
from rollup.cli.attesting import attest_solvency
from rollup.compliance import posting
from rollup.compliance.bundle import Bundle, KeyPoints
from rollup.compliance.errors import BooksNotInOrder, NotAttestable, UnwrittenBundle
from rollup.compliance.expected import read_expected
from rollup.compliance.posting import check_attestable, place_of, post
from rollup.compliance.reading import read
from rollup.compliance.solvency import Prover, Scan, key_points, prove_scan
from rollup.compliance.verify import exit_code, verify
from rollup.verdicts import Verdict

ACCOUNTS = 24
"""Registered in as many deposits: with genesis they are more than one proof of three groups holds."""


@pytest.fixture(scope="module")
def clearing() -> Iterator[RealClearing]:
    """A system whose books are as long as two proofs, settled in one batch."""
    with running_clearing() as clearing:
        for number in range(ACCOUNTS):
            clearing.register(f"trader {number}", 1_000)
            clearing.world.join(f"trader {number}", 1_000, index=2 + number, deposit=number)
        clearing.submit(clearing.batch(tables=[clearing.signed_table()]))
        yield clearing


@pytest.fixture(autouse=True)
def _as_before(clearing: RealClearing) -> Iterator[None]:
    with undone(clearing.chain):
        yield


class Counting:
    """The native backend; with a limit it is interrupted there, as by Ctrl-C."""

    name = "counting"

    def __init__(self, limit: int | None = None) -> None:
        self.made, self.limit = 0, limit

    def prove(self, key: object, witness: Witness) -> Proved:
        if self.made == self.limit:
            raise KeyboardInterrupt
        self.made += 1
        return tiny_prover().backend.prove(tiny_prover().key, witness)


def counting(limit: int | None = None) -> tuple[Counting, Prover]:
    backend = Counting(limit)
    return backend, replace(tiny_prover(), backend=backend)


def attest(clearing: RealClearing, where: Path, prover: Prover | None = None, at_once: int = 100) -> Bundle:
    world = clearing.world
    return attest_solvency(
        world.state,
        world.table,
        clearing.system,
        account(clearing.chain, 5),
        where / "scans",
        where / "solvency.json",
        prover=prover or tiny_prover(),
        at_once=at_once,
    )


def shut(clearing: RealClearing) -> None:
    """Until deployment, which counts as attested, is too old, and the batch, some blocks younger, is not yet."""
    system = clearing.system
    clearing.wait_until(system.attestations.attested_time() + clearing.record.settings.attestation_age + 60)
    assert not system.attestations.gate_is_open()


def logged(clearing: RealClearing) -> list[type]:
    return [type(one.event) for one in clearing.system.attestations.events()]


# -- posted


def test_attest_opens_the_gate_and_writes_a_bundle_that_passes(clearing: RealClearing, tmp_path: Path) -> None:
    shut(clearing)
    made = attest(clearing, tmp_path)
    assert clearing.system.attestations.gate_is_open()
    assert read(tmp_path / "solvency.json") == made
    assert len(made.parts) == 2
    assert (made.batch, made.result.accounts) == (1, ACCOUNTS + 2)

    assert made.posted is not None
    receipt = clearing.chain.eth.get_transaction_receipt(made.posted.transaction)  # type: ignore[arg-type]
    assert (receipt["status"], receipt["blockNumber"]) == (1, made.posted.block)

    clearing.record.write(tmp_path / "deployment.json")
    end = clearing.system.clearing.batch_end(clearing.system.clearing.latest_root())
    found = verify(
        made,
        replace(
            read_expected(tmp_path / "deployment.json"),
            state_root=clearing.system.clearing.latest_root(),
            risk_root=clearing.system.oracle.posted_table(end.epoch).risk_root,
        ),
    )
    assert exit_code(found) == 0
    passed = {claim.subject for claim in found if claim.verdict is Verdict.PASS}
    assert passed >= {"system", "verification key", "proofs", "chain of parts", "state root", "books balance"}


def test_attest_when_interrupted_after_a_part_gives_the_same_and_proves_only_the_rest(
    clearing: RealClearing, tmp_path: Path
) -> None:
    with pytest.raises(KeyboardInterrupt):
        attest(clearing, tmp_path, counting(1)[1])
    assert not (tmp_path / "solvency.json").exists()
    (kept,) = (tmp_path / "scans").rglob("part-*.json")
    first = json.loads(kept.read_text())
    backend, prover = counting()
    made = attest(clearing, tmp_path, prover)
    assert backend.made == 1
    assert list(map(str, made.parts[0].statement.inputs)) == first["public"]
    assert str(made.parts[0].proof.a.x) == first["proof"]["pi_a"][0]
    assert logged(clearing) == [SolvencyAttested]


def test_attest_again_finds_what_is_posted_and_posts_nothing(clearing: RealClearing, tmp_path: Path) -> None:
    made = attest(clearing, tmp_path)
    before = clearing.chain.eth.get_transaction_count(account(clearing.chain, 5).address)
    backend, prover = counting()
    assert attest(clearing, tmp_path, prover) == made
    assert backend.made == 0
    assert clearing.chain.eth.get_transaction_count(account(clearing.chain, 5).address) == before


def test_attest_without_a_sender_posts_nothing(clearing: RealClearing, tmp_path: Path) -> None:
    world = clearing.world
    made = attest_solvency(
        world.state, world.table, clearing.system, None, tmp_path, tmp_path / "out.json", prover=tiny_prover()
    )
    assert made.posted is None
    assert logged(clearing) == []


# -- in several transactions


@pytest.fixture(scope="module")
def long_scan(clearing: RealClearing, tmp_path_factory: pytest.TempPathFactory) -> Scan:
    world, drawn = clearing.world, iter(range(1_000, 2_000))
    where = tmp_path_factory.mktemp("scan")
    return prove_scan(world.state, world.table, tiny_prover(), where, lambda: next(drawn))


def test_post_when_long_files_scans_before_the_attestation(clearing: RealClearing, long_scan: Scan) -> None:
    seen: list[int] = []
    post(clearing.system, long_scan, account(clearing.chain, 5), at_once=1, advance=lambda: seen.append(1))
    assert logged(clearing) == [SolvencyScanned, SolvencyAttested]
    assert len(seen) == 2


def test_post_when_interrupted_after_a_scan_goes_on_from_it(
    clearing: RealClearing, long_scan: Scan, monkeypatch: pytest.MonkeyPatch
) -> None:
    system, sender = clearing.system, account(clearing.chain, 5)
    send = Transaction.send

    def cut(self: Transaction[None], who: object) -> TxReceipt:
        if self.name.endswith(".attest"):
            raise KeyboardInterrupt
        return send(self, who)  # type: ignore[arg-type]

    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr(Transaction, "send", cut)
        post(system, long_scan, sender, at_once=1)
    assert logged(clearing) == [SolvencyScanned]
    before = clearing.chain.eth.get_transaction_count(sender.address)
    posted = post(system, long_scan, sender, at_once=1)
    assert clearing.chain.eth.get_transaction_count(sender.address) == before + 1
    assert logged(clearing) == [SolvencyScanned, SolvencyAttested]
    assert post(system, long_scan, sender, at_once=1) == posted


@pytest.mark.parametrize("at_once", range(1, 6))
@pytest.mark.parametrize("done", range(5))
def test_transactions_of_a_scan_chain_up_whatever_its_length(
    at_once: int, done: int, clearing: RealClearing, long_scan: Scan, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Five proofs, of which L1 has taken some: what is sent takes up where it had come to, and misses nothing."""
    five = Five(long_scan)
    sent: list[tuple[str, tuple[int, ...], int]] = []
    for name in ("scan", "attest"):
        monkeypatch.setattr(type(clearing.system.attestations), name, recording(name, sent))
    monkeypatch.setattr(posting, "_scanned", lambda system, proven: done)
    monkeypatch.setattr(posting, "_found", lambda *_: None)
    post(clearing.system, five, account(clearing.chain, 5), at_once=at_once)  # type: ignore[arg-type]
    at = done if at_once < 5 else 0
    for name, totals, proofs in sent:
        resumed = at > 0
        assert totals[: int(resumed)] == ((at,) if resumed else ())
        at += proofs
        assert len(totals) == proofs - int(name == "attest") + int(resumed)
        assert proofs <= at_once
        assert totals == tuple(range(max(at - proofs, 1), at + int(name == "scan")))
    assert at == 5
    assert [name for name, _, _ in sent].count("attest") == 1


class Five:
    """A scan of five parts as far as posting looks at it; the totals after part n are n."""

    def __init__(self, real: Scan) -> None:
        self.attestation = replace(real.attestation, totals=(1, 2, 3, 4))
        self.proofs = (real.proofs[0],) * 5


class Sent:
    def send(self, sender: object) -> dict[str, object]:
        return {"transactionHash": bytes(32), "blockNumber": 1}


def recording(name: str, sent: list[tuple[str, tuple[int, ...], int]]) -> object:
    def record(self: object, *arguments: object) -> Sent:
        totals = arguments[0].totals if name == "attest" else arguments[2]  # type: ignore[attr-defined]
        sent.append((name, tuple(totals), len(arguments[-1])))  # type: ignore[call-overload, arg-type]
        return Sent()

    return record


# -- refused before anything is proven


def key() -> KeyPoints:
    return key_points(tiny_prover().key.verification_key)


def test_attest_when_l1_would_refuse_says_so_before_any_proof(clearing: RealClearing, tmp_path: Path) -> None:
    system, world = clearing.system, clearing.world
    assert check_attestable(system, world.state, world.table, key()) == 1
    refusals = {
        "another system": (replace(world.state, domain=5), world.table, key()),
        "no batch that L1 accepted": (replace(world.state, custody_random=5), world.table, key()),
        "genesis": (World(world.table).state, world.table, key()),
        "table of epoch 1": (world.state, replace(world.table, time=world.table.time + 1), key()),
        "registry": (world.state, world.table, replace(key(), gamma=key().delta)),
    }
    for said, (state, table, points) in refusals.items():
        with pytest.raises(NotAttestable, match=said):
            check_attestable(system, state, table, points)
    backend, prover = counting()
    clearing.world.state, honest = replace(world.state, custody_random=5), world.state
    try:
        with pytest.raises(NotAttestable, match="no batch"):
            attest(clearing, tmp_path, prover)
    finally:
        clearing.world.state = honest
    assert backend.made == 0


def test_attest_when_books_are_not_in_order_says_which_before_any_proof(clearing: RealClearing, tmp_path: Path) -> None:
    world, (backend, prover) = clearing.world, counting()
    short = replace(world.state, custody=world.state.custody - 1)
    with pytest.raises(BooksNotInOrder, match="custody"):
        attest_solvency(
            short,
            world.table,
            None,
            None,
            tmp_path,
            tmp_path / "out",
            place=place_of(clearing.system),
            batch=1,
            prover=prover,
        )
    assert backend.made == 0


def test_attest_when_there_is_no_place_for_the_bundle_says_so_before_any_proof(
    clearing: RealClearing, tmp_path: Path
) -> None:
    backend, prover = counting()
    with pytest.raises(NotAttestable, match="no directory"):
        attest(clearing, tmp_path / "nowhere", prover)
    assert backend.made == 0


def test_attest_when_the_bundle_cannot_be_written_posts_nothing(clearing: RealClearing, tmp_path: Path) -> None:
    (tmp_path / "solvency.json").mkdir()
    with pytest.raises(UnwrittenBundle, match="what is proven is kept"):
        attest(clearing, tmp_path)
    assert logged(clearing) == []


def test_attest_when_frozen_says_so(clearing: RealClearing, tmp_path: Path) -> None:
    clearing.wait_until(clearing.chain.eth.get_block("latest")["timestamp"] + 4 * 86_400)
    clearing.system.attestations.freeze().send(account(clearing.chain, 5))
    with pytest.raises(NotAttestable, match="frozen"):
        attest(clearing, tmp_path)


def test_proof_of_another_part_is_refused_by_the_contract(clearing: RealClearing, long_scan: Scan) -> None:
    swapped = replace(long_scan, proofs=tuple(reversed(long_scan.proofs)))
    with pytest.raises(Reverted) as caught:
        post(clearing.system, swapped, account(clearing.chain, 5))
    assert caught.value.rule == "L1-6"
