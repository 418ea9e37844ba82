"""A node on a disk that fills up: it says so, and with room again it goes on with everything that it ever answered."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from support.deployed import undone
from support.node_houses import USDC, TinyHouse, running_house, shut

from prover import crypto
from rollup.cli.operating import show_status
from rollup.exchange.commands import Tick
from rollup.exchange.exchange import OutOfStep
from rollup.ledger.errors import BrokenStore, DiskFull
from rollup.ledger.store import Store
from rollup.node import backup, offline
from rollup.node.keeping import NotWritten
from rollup.spec.errors import Refusal

pytestmark = pytest.mark.skipif(not crypto.available("native"), reason="proofs are made natively")


class Disk:
    """A small one, which can be filled and emptied."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def fill(self) -> None:
        with (self.path / "ballast").open("wb", buffering=0) as file:
            try:
                while True:
                    file.write(bytes(4_096))
            except OSError:
                return

    def make_room(self) -> None:
        (self.path / "ballast").unlink()


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Disk]:
    """One megabyte."""
    path = tmp_path / "disk"
    path.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", str(path)]
    try:
        done = subprocess.run(mount, capture_output=True, check=False)
    except OSError:
        pytest.skip("there is no mount here")
    if done.returncode:
        pytest.skip("a small disk cannot be mounted here")
    try:
        yield Disk(path)
    finally:
        subprocess.run(["umount", "--lazy", str(path)], check=True)


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TinyHouse]:
    with running_house(tmp_path_factory.mktemp("house")) as made:
        yield made


def test_answer_onAFullDisk_isNone_andWithRoomNothingIsLost(house: TinyHouse, disk: Disk) -> None:
    node = house.open(house.copy(disk.path / "node"))
    answered, disk_full = 0, False
    disk.fill()
    for second in range(1, 500):
        try:
            node.exchange.apply(Tick(house.local.now + second))
            answered = second
        except DiskFull as error:
            assert "make room on its disk, then start again" in str(error)
            disk_full = True
            break
    assert disk_full
    lines = node.sequencer.journal.length
    with pytest.raises(OutOfStep, match="start again"):
        node.exchange.apply(Tick(house.local.now + 1_000))
    shut(node)
    disk.make_room()
    with house.node(disk.path / "node") as again:
        assert again.heads.lines == lines
        again.exchange.apply(Tick(house.local.now + answered + 1))
        assert again.heads.lines == lines + 1


def test_seal_onAFullDisk_isNone_andWithRoomTheBatchSettles(house: TinyHouse, disk: Disk) -> None:
    with undone(house.local.chain.web3):
        node = house.open(house.copy(disk.path / "node"))
        house.register(node, 5, 1_000 * USDC)
        assert node.watch().deposits == 1
        house.pass_epoch(node)
        lines = node.heads.lines
        disk.fill()
        with pytest.raises(DiskFull, match="make room"):
            for _ in range(500):
                node.sweep((2,))  # until the log's last page is used up
        shut(node)
        disk.make_room()
        with house.node(disk.path / "node") as again:
            assert again.heads.lines >= lines
            assert [batch.number for batch, _ in again.settle()] == [2]
            assert again.ledger.state.root == house.local.system.clearing.latest_root()


def test_verbs_onAFullDisk_sayWhatToDo_andStatusStillTells(
    house: TinyHouse, disk: Disk, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    directory = house.copy(disk.path / "node")
    disk.fill()
    with pytest.raises(NotWritten, match="make room"):
        backup.back_up(directory / "journal.db", disk.path / "backup", 5, "1.0")
    with pytest.raises(NotWritten, match="make room"), offline.opened(directory, house.local.record):
        pass
    show_status(directory, None, None, True)
    assert '"settled": 1' in capsys.readouterr().out
    backup.back_up(directory / "journal.db", tmp_path / "backup", 5, "1.0")  # onto another disk


def test_start_onAFullDisk_doesNotSayToRemoveTheStore(house: TinyHouse, disk: Disk) -> None:
    directory = house.copy(disk.path / "node")
    (directory / "posts.db").unlink()
    disk.fill()
    with pytest.raises(Refusal) as error:
        Store(directory / "store.db")
    assert not isinstance(error.value, BrokenStore), error.value


def test_prove_onAFullDisk_isRefusedInWords(house: TinyHouse, disk: Disk) -> None:
    with undone(house.local.chain.web3), house.node(house.copy(disk.path / "node")) as node:
        house.register(node, 5, 1_000 * USDC)
        assert node.watch().deposits == 1
        house.pass_epoch(node)
        node.seal()
        disk.fill()
        with pytest.raises(Refusal):
            for _ in range(100):
                batch = node.prove()
                assert batch is not None, "the disk took all of it"
