"""The operator's verbs on a real node's directory, and what a node says about files and chains that are not right."""

from __future__ import annotations

import io
import json
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, redirect_stderr, redirect_stdout
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from support.deployed import undone
from support.node_houses import USDC, TinyHouse, running_house, shut

from prover import crypto
from rollup.chain.abi import address
from rollup.cli import main
from rollup.client import operations, requests
from rollup.client.errors import ForeignChain
from rollup.client.orders import SignedOrder
from rollup.exchange.commands import Limits, Seal
from rollup.exchange.exchange import Handling
from rollup.ledger.errors import BrokenJournal, BrokenStore, JournalInUse, OtherJournal
from rollup.node import offline
from rollup.node.errors import ForgottenHistory, NodeError
from rollup.node.node import Heads
from rollup.spec.errors import Refusal
from rollup.spec.funds import Authority, Withdraw, operation_message
from rollup.spec.orders import Order
from rollup.spec.shared import Operation, Side

pytestmark = pytest.mark.skipif(not crypto.available("native"), reason="proofs are made natively")


COMMAND = [sys.executable, "-c", "from rollup.cli import main; main()"]


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TinyHouse]:
    with running_house(tmp_path_factory.mktemp("house")) as made:
        yield made


@pytest.fixture
def directory(house: TinyHouse, tmp_path: Path) -> Path:
    """A copy of the node's directory, to be changed."""
    return house.copy(tmp_path / "node")


def run_apart(*arguments: object) -> subprocess.CompletedProcess[str]:
    """A command in a process of its own: files that a node has open are not opened and closed in its process."""
    result = subprocess.run([*COMMAND, *map(str, arguments)], capture_output=True, text=True, check=False)
    assert "Traceback" not in result.stderr, result.stderr
    return result


def run(*arguments: object) -> subprocess.CompletedProcess[str]:
    """A command in this process, which is faster."""
    out, err, code = io.StringIO(), io.StringIO(), 0
    with pytest.MonkeyPatch.context() as patch, redirect_stdout(out), redirect_stderr(err):
        patch.setattr(sys, "argv", ["zkclear", *map(str, arguments)])
        try:
            main()
        except SystemExit as error:
            code = error.code if isinstance(error.code, int) else 0
    return subprocess.CompletedProcess(arguments, code, out.getvalue(), err.getvalue())


def document(*arguments: object, code: int = 0, by: Any = run) -> Any:
    result = by(*arguments, "--json")
    assert result.returncode == code, result.stderr
    return json.loads(result.stdout)


def refusal(*arguments: object, by: Any = run) -> str:
    """The one message of a command that fails."""
    result = by(*arguments)
    assert result.returncode == 1, result.stdout
    assert result.stdout == ""
    assert result.stderr.startswith("error ")
    return result.stderr


# -- status and batches


def test_status_ofANodeThatDoesNotRun_tellsItsHeads(house: TinyHouse, directory: Path) -> None:
    seen = document("status", "--data", directory)
    assert (seen["running"], seen["sequenced"], seen["proven"], seen["settled"]) == (False, 1, 1, 1)
    assert seen["lines"] == seen["sealed_line"] > 0
    assert seen["last_proof"]["circuit"] == "funds"
    assert seen["last_settled"]["settled"]["gas"] > 100_000
    assert seen["l1_asked"] == "not asked"
    assert "node          not running" in run("status", "--data", directory).stdout


def test_status_ofARunningNode_withL1_tellsWhatWaits(house: TinyHouse, directory: Path) -> None:
    rpc = house.local.chain.rpc
    with undone(house.local.chain.web3), house.node(directory) as node:
        house.register(node, 5, 1_000 * USDC)
        seen = document("status", "--data", directory, "--rpc", rpc, by=run_apart)
        assert (seen["running"], seen["lines"], seen["sequenced"]) == (True, None, 1)
        assert seen["l1"] == {"batches": 1, "deposits": 1, "payments": 0, "closes": 0, "overdue": False}
        assert "not known while the node runs" in run_apart("status", "--data", directory).stdout
    assert document("status", "--data", directory)["lines"] == seen["sealed_line"] + 1


def test_status_behindL1_saysSo(house: TinyHouse) -> None:
    told = run("status", "--data", house.before, "--rpc", house.local.chain.rpc)
    assert told.returncode == 0
    assert "restore a newer backup" in " ".join(told.stdout.split())


def test_status_whereNoNodeAnswers_tellsTheRest(directory: Path) -> None:
    seen = document("status", "--data", directory, "--rpc", "http://127.0.0.1:9")
    assert seen["l1"] is None
    assert "no node answers" in seen["l1_asked"]


def test_status_onAChainThatIsNotOurs_isRefused(house: TinyHouse, directory: Path, tmp_path: Path) -> None:
    parts, rpc = house.local.record.parts, house.local.chain.rpc
    places = {"nothing": ("0x" + "11" * 20, "no contract"), "vault": (parts.vault, "are not this system's")}
    for name, (where, says) in places.items():
        record = json.loads((directory / "deployment.json").read_text())
        record["parts"]["clearing"]["address"] = address(where)
        (tmp_path / name).write_text(json.dumps(record))
        said = refusal("status", "--data", directory, "--rpc", rpc, "--record", tmp_path / name)
        assert says in said
        assert "--rpc" in said
    record = json.loads((directory / "deployment.json").read_text()) | {"chain": 1}
    (tmp_path / "other").write_text(json.dumps(record))
    said = refusal("status", "--data", directory, "--rpc", rpc, "--record", tmp_path / "other")
    assert "of chain 31337, the system of chain 1;" in said


def test_batches_tellsWhatBecameOfThem(directory: Path) -> None:
    (batch,) = document("batches", "--data", directory)["batches"]
    assert batch["number"] == 1
    assert batch["steps"] == {"funds": batch["proofs"]}
    assert batch["settled"]["transaction"].startswith("0x")
    assert "block" in run("batches", "--data", directory, "--last", "1").stdout


def test_commands_whereNoNodeIs_sayWhatToDo(tmp_path: Path) -> None:
    assert "--data" in refusal("status", "--data", tmp_path)
    assert "--data" in refusal("backup", "--data", tmp_path, "--to", tmp_path / "backup")
    assert "zkclear chain deploy" in refusal("submit", tmp_path / "x", "--data", tmp_path)


# -- backup and restore


def test_restore_afterKillAndLoss_opensWithTheSameHeadsAndGoesOn(
    house: TinyHouse, directory: Path, tmp_path: Path
) -> None:
    with undone(house.local.chain.web3):
        node = house.open(directory)
        house.register(node, 5, 1_000 * USDC)
        assert node.watch().deposits == 1
        made = document("backup", "--data", directory, "--to", tmp_path / "backup", by=run_apart)
        before, root = node.heads, node.ledger.state.root
        assert made["lines"] == before.lines
        assert not made["with_secret"]
        shut(node)
        shutil.rmtree(directory)
        told = run("restore", tmp_path / "backup", "--data", directory)
        assert told.returncode == 0, told.stderr
        assert "makes a new one" in told.stdout
        assert "Next: start the node" in told.stdout
        with house.node(directory) as again:
            assert (again.heads, again.ledger.state.root) == (before, root)
            house.pass_epoch(again)
            assert [batch.number for batch, _ in again.settle()] == [2]
            assert again.ledger.state.root == house.local.system.clearing.latest_root()


def test_restore_withSecretAndRecord_putsThemBack(house: TinyHouse, directory: Path, tmp_path: Path) -> None:
    told = run("backup", "--data", directory, "--to", tmp_path / "backup", "--with-secret")
    assert "holds the operator's secret" in told.stdout
    run("restore", tmp_path / "backup", "--data", tmp_path / "again")
    for name in ("secret", "deployment.json"):
        assert (tmp_path / "again" / name).read_bytes() == (directory / name).read_bytes()
    assert str((directory / "secret").read_bytes().hex()) not in told.stdout + told.stderr
    assert "has a journal.db already" in refusal("restore", tmp_path / "backup", "--data", directory)


def test_start_fromABackupThatIsOlderThanL1_isRefused(house: TinyHouse, tmp_path: Path) -> None:
    document("backup", "--data", house.before, "--to", tmp_path / "old")
    document("restore", tmp_path / "old", "--data", tmp_path / "node")
    with pytest.raises(ForgottenHistory, match="Restore the newest backup"):
        house.open(tmp_path / "node")
    with pytest.raises(ForgottenHistory):
        house.open(tmp_path / "node")  # and the journal was let go of


def test_restore_olderThanTheStore_isRefused(house: TinyHouse, directory: Path, tmp_path: Path) -> None:
    document("backup", "--data", house.before, "--to", tmp_path / "old")
    (directory / "journal.db").unlink()
    assert "newer journal" in refusal("restore", tmp_path / "old", "--data", directory)


# -- submit


def order_of(house: TinyHouse, account: int, price: int, *, nonce: int = 1, by: int = 0) -> SignedOrder:
    order = Order(account, 1, 1, Side.BUY, price, 1, 2_000, 0, nonce, house.local.now + 3_600)
    signer = house.keys(by or account)
    return SignedOrder(order, signer.sign_as_trader(order.message(house.local.record.domain)), Handling())


def withdrawal_of(house: TinyHouse, account: int, amount: int) -> Withdraw:
    domain, expiry, target = house.local.record.domain, house.local.now + 3_600, 0xCAFE
    message = operation_message(domain, Operation.WITHDRAW, account, amount, 1, expiry, target)
    signature = house.keys(account).sign_as_owner(message)
    request = Withdraw(account, amount, target, Authority(1, expiry, signature))
    assert operations.verified(request, domain, house.keys(account).owner(1))
    return request


def written(house: TinyHouse, folder: Path, *signed: requests.Request) -> list[Path]:
    """Requests as their traders hand them over."""
    files = [folder / f"{number}.json" for number in range(len(signed))]
    for file, request in zip(files, signed, strict=True):
        requests.write(request, house.local.record.domain, file)
    return files


def test_submit_takesWhatIsSound_andExplainsTheRest(house: TinyHouse, directory: Path, tmp_path: Path) -> None:
    with house.node(directory) as node:
        node.exchange.apply(Limits(1, tick=1, position=10**6, interest=10**6, order=10**5))
        assert node.ledger.table is not None
        price = node.ledger.table.marks[1].price
    files = written(
        house,
        tmp_path,
        order_of(house, 2, price),
        order_of(house, 3, price, by=2),
        withdrawal_of(house, 2, 5 * USDC),
        withdrawal_of(house, 2, 5 * USDC),
    )
    answers = document("submit", *files, "--data", directory, code=1)["answers"]
    assert [answer["taken"] for answer in answers] == [True, False, True, False]
    assert "Rested" in answers[0]["said"]
    assert answers[1]["said"].startswith("BAD_SIGNATURE (9)")
    assert "not above 1" in answers[3]["said"]
    with house.node(directory) as node:
        assert node.ledger.owner_nonce(2) == 1
        assert node.ledger.has_business
        with undone(house.local.chain.web3):
            house.pass_epoch(node)
            assert node.seal() is not None


def test_submit_whereOneFileIsNoRequest_takesNone(house: TinyHouse, directory: Path, tmp_path: Path) -> None:
    before = document("status", "--data", directory)["lines"]
    (file,) = written(house, tmp_path, withdrawal_of(house, 2, 5 * USDC))
    (tmp_path / "bad").write_text("{}")
    assert "format" in refusal("submit", file, tmp_path / "bad", "--data", directory)
    (tmp_path / "other").write_bytes(requests.encode(withdrawal_of(house, 2, 5 * USDC), 7))
    assert "another system's" in refusal("submit", file, tmp_path / "other", "--data", directory)
    assert document("status", "--data", directory)["lines"] == before


def test_submit_whileTheNodeRuns_isRefused(house: TinyHouse, directory: Path, tmp_path: Path) -> None:
    (file,) = written(house, tmp_path, withdrawal_of(house, 2, 5 * USDC))
    with house.node(directory):
        assert "open in another process; end that one first" in refusal(
            "submit", file, "--data", directory, by=run_apart
        )


# -- files that are not right


def flip(path: Path) -> None:
    """One bit of the last page that is used."""
    data = bytearray(path.read_bytes())
    place = max(at for at in range(len(data)) if data[at])
    data[place] ^= 1
    path.write_bytes(data)


def cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def delete(path: Path) -> None:
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("DROP TRIGGER lines_remain")
        connection.execute("DELETE FROM lines WHERE number = 3")
        connection.commit()


@pytest.mark.parametrize("harm", [flip, cut, delete])
def test_start_withABrokenJournal_isRefused(house: TinyHouse, directory: Path, tmp_path: Path, harm: Any) -> None:
    harm(directory / "journal.db")
    with pytest.raises(BrokenJournal, match="restore it from a backup"):
        house.open(directory)
    (file,) = written(house, tmp_path, withdrawal_of(house, 2, 5 * USDC))
    assert "restore it from a backup" in refusal("submit", file, "--data", directory)
    assert "restore it from a backup" in refusal("backup", "--data", directory, "--to", tmp_path / "backup")
    assert not (tmp_path / "backup").exists()


def test_start_withABrokenStore_saysToRemoveIt_andMakesItsProofsAgain(house: TinyHouse, directory: Path) -> None:
    with undone(house.local.chain.web3):
        with house.node(directory) as node:
            house.register(node, 5, 1_000 * USDC)
            assert node.watch().deposits == 1
            house.pass_epoch(node)
            node.seal()
            node.prove()
            heads = node.heads
            assert heads == Heads(heads.lines, 2, 2, 1)
        cut(directory / "store.db")
        with pytest.raises(BrokenStore, match="remove it"):
            house.open(directory)
        assert "remove it" in refusal("status", "--data", directory)
        (directory / "store.db").unlink()
        with house.node(directory) as node:
            assert node.heads == replace(heads, proven=1)
            assert [batch.number for batch, _ in node.settle()] == [2]


def test_start_onAnotherSystemsJournal_isRefused(house: TinyHouse, directory: Path, tmp_path: Path) -> None:
    created = house.local.record.created
    moved = replace(created["clearing"], address=address("0x" + "11" * 20))
    other = replace(house.local.record, created={**created, "clearing": moved})
    other.write(tmp_path / "other.json")
    (file,) = written(house, tmp_path, withdrawal_of(house, 2, 5 * USDC))
    requests.write(withdrawal_of(house, 2, 5 * USDC), other.domain, file)
    said = refusal("submit", file, "--data", directory, "--record", tmp_path / "other.json")
    assert "belongs to another exchange" in said
    with closing(sqlite3.connect(directory / "journal.db")) as connection:
        connection.execute("UPDATE head SET genesis = zeroblob(76)")
        connection.commit()
    with pytest.raises(OtherJournal, match="belongs to another exchange"):
        house.open(directory)


def test_start_whileAnotherNodeRuns_isRefused(house: TinyHouse, directory: Path) -> None:
    with house.node(directory):
        (directory / "posts.db").rename(directory / "posts.away")
        with pytest.raises(JournalInUse, match="end that one first"):
            house.open(directory)
        (directory / "posts.away").rename(directory / "posts.db")


def test_start_withoutASecret_makesOne_andGoesOn(house: TinyHouse, directory: Path) -> None:
    with house.node(directory) as node:
        before = node.heads
    (directory / "secret").unlink()
    with house.node(directory) as node:
        assert node.heads == before
    assert len((directory / "secret").read_bytes()) == 32


@pytest.mark.parametrize("size", [0, 5, 33])
def test_start_withASecretOfAnotherLength_isRefused(house: TinyHouse, directory: Path, size: int) -> None:
    (directory / "secret").write_bytes(b"\x01" * size)
    with pytest.raises((NodeError, Refusal), match="secret"):
        shut(house.open(directory))


def test_start_whereNoDirectoryCanBe_isRefusedInWords(house: TinyHouse, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises((NodeError, Refusal)):
        house.open(tmp_path / "file" / "node")


def test_start_onAChainThatIsNotOurs_isRefusedInWords(house: TinyHouse, tmp_path: Path) -> None:
    created = house.local.record.created
    moved = replace(created["clearing"], address=address("0x" + "11" * 20))
    other = replace(house.local, record=replace(house.local.record, created={**created, "clearing": moved}))
    with pytest.raises(ForeignChain, match="no contract at"):
        other.node(tmp_path / "node", house.workshop)


def test_start_onABatchThatIsNotOnL1_isRefused(house: TinyHouse, tmp_path: Path) -> None:
    """A twin of the node sealed another batch 1 than the one that is settled."""
    twin = house.copy(tmp_path / "twin", house.before)
    with offline.opened(twin, house.local.record) as intake:
        witness = intake.ledger.prepare(b"another secret", (2, 3, 2, 3))
        intake.exchange.apply(Seal(), witness.encode())
    with pytest.raises((NodeError, Refusal)):
        shut(house.open(twin))


def test_seal_whenNothingButARejectionAndATableCame_settles(house: TinyHouse, directory: Path) -> None:
    """Somebody who never introduced itself paid in; the next start must read whatever was sealed."""
    with undone(house.local.chain.web3):
        with house.node(directory) as node:
            house.pay_in(5, house.keys(5).owner(int(house.wallet(5).address, 16)).hash, 1_000 * USDC)
            house.local.move_to(house.local.chain.now + 600)
            assert node.watch().rejected == 1
            house.pass_epoch(node)
            assert [batch.number for batch, _ in node.settle()] == [2]
        with house.node(directory) as node:
            assert node.heads.settled == 2
