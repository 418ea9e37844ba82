"""Backups: every line that was acknowledged is in them, and nothing is restored that is not sound to the last byte."""

from __future__ import annotations

import resource
import sqlite3
import stat
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from rollup.ledger.errors import BrokenJournal
from rollup.ledger.journal import Journal, Line
from rollup.node import backup
from rollup.node.backup import Extras
from rollup.node.keeping import (
    BackupExists,
    BrokenBackup,
    DirectoryTaken,
    NewerStore,
    NoJournal,
    NotWritten,
)
from rollup.spec.hashes import keccak

GENESIS = b"system and settings"
LINES = [Line(bytes([number % 7]) * (number % 5), bytes([number % 251]) * 40) for number in range(700)]
EXTRAS = Extras(b"\x5e" * 32, {"format": 1, "name": "a – b"})


@pytest.fixture
def node(tmp_path: Path) -> Path:
    """A directory with a journal."""
    directory = tmp_path / "node"
    directory.mkdir()
    with Journal(directory / "journal.db", GENESIS) as journal:
        journal.append(LINES)
    return directory


@pytest.fixture
def file(node: Path, tmp_path: Path) -> Path:
    """A backup of it, with everything."""
    backup.back_up(node / "journal.db", tmp_path / "backup", 5, "1.0", EXTRAS)
    return tmp_path / "backup"


def left(directory: Path) -> list[str]:
    """What stands in a directory."""
    return sorted(one.name for one in directory.iterdir()) if directory.exists() else []


# -- there and back


def test_restore_aBackup_givesTheSameJournal(node: Path, file: Path, tmp_path: Path) -> None:
    head = backup.restore(file, tmp_path / "again")
    assert (head.lines, head.time, head.program, head.genesis_hash) == (700, 5, "1.0", keccak(GENESIS))
    with Journal(tmp_path / "again" / "journal.db", GENESIS) as journal, Journal(node / "journal.db", GENESIS) as old:
        assert list(journal.lines()) == LINES
        assert journal.chain == old.chain == head.chain
        journal.append([Line(b"goes on")])
    assert (tmp_path / "again" / "secret").read_bytes() == EXTRAS.secret


def test_restore_anEmptyJournal_givesAnEmptyJournal(tmp_path: Path) -> None:
    Journal(tmp_path / "journal.db", GENESIS).close()
    backup.back_up(tmp_path / "journal.db", tmp_path / "backup", 5, "1.0")
    assert backup.restore(tmp_path / "backup", tmp_path / "again").lines == 0
    with Journal(tmp_path / "again" / "journal.db", GENESIS) as journal:
        assert journal.length == 0


def test_write_ofAnOpenJournal_isTheSameFile(node: Path, file: Path, tmp_path: Path) -> None:
    with Journal(node / "journal.db", GENESIS) as journal:
        backup.write(journal, GENESIS, tmp_path / "other", 5, "1.0", EXTRAS)
    assert (tmp_path / "other").read_bytes() == file.read_bytes()


def test_backup_isForItsOwnerOnly_andHasTheSecretOnlyWhenAsked(node: Path, file: Path, tmp_path: Path) -> None:
    backup.back_up(node / "journal.db", tmp_path / "plain", 5, "1.0")
    for one in (file, tmp_path / "plain"):
        assert stat.S_IMODE(one.stat().st_mode) == 0o600
    assert backup.read_head(tmp_path / "plain").extras == Extras()
    assert backup.read_head(file).extras == EXTRAS
    assert "5e5e" not in repr(backup.read_head(file)), "a secret is in no message"
    backup.restore(file, tmp_path / "again")
    for name in ("secret", "journal.db"):
        assert stat.S_IMODE((tmp_path / "again" / name).stat().st_mode) == 0o600


WRITER = """
import sys
from pathlib import Path
from rollup.ledger.journal import Journal, Line
with Journal(Path(sys.argv[1]), b"system and settings") as journal:
    while True:
        print(journal.append([Line(b"c" * 9_000, b"w" * 900)] * 3), flush=True)
"""


def test_backup_whileTheJournalIsWritten_hasEveryLineThatWasAcknowledged(node: Path, tmp_path: Path) -> None:
    """The writer's lines are long, so that its log starts anew again and again while it is copied."""
    answers = tmp_path / "answers"
    with answers.open("w") as told:
        writer = subprocess.Popen([sys.executable, "-c", WRITER, str(node / "journal.db")], stdout=told)
        try:
            while not answers.read_text():
                assert writer.poll() is None
            for number in range(5):
                text = answers.read_text()
                known = int(text[: text.rindex("\n")].splitlines()[-1])
                head = backup.back_up(node / "journal.db", tmp_path / f"{number}", 5, "1.0")
                assert head.lines >= known
                assert backup.restore(tmp_path / f"{number}", tmp_path / f"node {number}").chain == head.chain
            assert writer.poll() is None, "the writer noticed nothing"
        finally:
            writer.kill()
            writer.wait()


# -- what cannot be backed up


def test_backup_ofNoJournal_orOverAnotherBackup_isRefused(node: Path, file: Path, tmp_path: Path) -> None:
    with pytest.raises(NoJournal, match="--data"):
        backup.back_up(tmp_path / "journal.db", tmp_path / "new", 5, "1.0")
    before = file.read_bytes()
    with pytest.raises(BackupExists, match="name another file"):
        backup.back_up(node / "journal.db", file, 5, "1.0")
    assert file.read_bytes() == before


def _flip(path: Path) -> None:
    data = bytearray(path.read_bytes())
    data[data.index(LINES[99].witness)] ^= 1
    path.write_bytes(data)


def _cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def _delete(path: Path) -> None:
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("DROP TRIGGER lines_remain")
        connection.execute("DELETE FROM lines WHERE number = 40")
        connection.commit()


def _replace(path: Path) -> None:
    path.write_bytes(b"something else entirely" * 900)


@pytest.mark.parametrize("harm", [_flip, _cut, _delete, _replace])
def test_backup_ofABrokenJournal_isRefusedAndNamesIt(node: Path, tmp_path: Path, harm: object) -> None:
    harm(node / "journal.db")  # type: ignore[operator]
    with pytest.raises(BrokenJournal, match="restore it from a backup") as error:
        backup.back_up(node / "journal.db", tmp_path / "backup", 5, "1.0")
    assert error.value.path == node / "journal.db"
    assert left(tmp_path) == ["node"]


# -- what cannot be restored


@pytest.mark.parametrize("name", ["journal.db", "journal.db-wal"])
def test_restore_whereAJournalIs_isRefused(file: Path, tmp_path: Path, name: str) -> None:
    (tmp_path / "again").mkdir()
    (tmp_path / "again" / name).write_bytes(b"precious")
    with pytest.raises(DirectoryTaken, match=name):
        backup.restore(file, tmp_path / "again")
    assert left(tmp_path / "again") == [name]
    assert (tmp_path / "again" / name).read_bytes() == b"precious"


def test_restore_whereAnotherSecretIs_isRefused(file: Path, tmp_path: Path) -> None:
    (tmp_path / "again").mkdir()
    (tmp_path / "again" / "secret").write_bytes(b"other")
    with pytest.raises(DirectoryTaken, match="secret"):
        backup.restore(file, tmp_path / "again")
    assert left(tmp_path / "again") == ["secret"]


def test_restore_whereTheStoreKnowsMore_isRefused(file: Path, tmp_path: Path) -> None:
    (tmp_path / "again").mkdir()
    with closing(sqlite3.connect(tmp_path / "again" / "store.db")) as store:
        store.execute("CREATE TABLE batches (number INTEGER, line INTEGER)")
        store.execute("INSERT INTO batches VALUES (1, 700)")
        store.commit()
        backup.restore(file, tmp_path / "again")
        (tmp_path / "again" / "journal.db").unlink()
        store.execute("INSERT INTO batches VALUES (2, 701)")
        store.commit()
    with pytest.raises(NewerStore, match="there is or was a newer"):
        backup.restore(file, tmp_path / "again")
    assert "journal.db" not in left(tmp_path / "again")


def places(size: int) -> Iterator[int]:
    """Bytes of a file: the first ones, the last ones, and some between."""
    yield from range(24)
    yield from range(24, size - 40, 997)
    yield from range(size - 40, size)


def test_restore_aBackupOfWhichAnyByteChanged_isRefusedAndPutsNothingInPlace(file: Path, tmp_path: Path) -> None:
    sound, bad = file.read_bytes(), tmp_path / "bad"
    for place in places(len(sound)):
        bad.write_bytes(sound[:place] + bytes([sound[place] ^ 1]) + sound[place + 1 :])
        with pytest.raises(BrokenBackup, match="nothing was restored"):
            backup.restore(bad, tmp_path / "again")
        assert left(tmp_path / "again") == [], place


def test_restore_aBackupThatIsCutOrLengthened_isRefused(file: Path, tmp_path: Path) -> None:
    sound, bad = file.read_bytes(), tmp_path / "bad"
    for data in (b"", sound[:10], sound[:100], sound[: len(sound) // 2], sound[:-1], sound + b"\x00"):
        bad.write_bytes(data)
        with pytest.raises(BrokenBackup):
            backup.restore(bad, tmp_path / "again")
        assert left(tmp_path / "again") == []


def test_restore_whatIsNoFile_isRefused(tmp_path: Path) -> None:
    for path in (tmp_path / "nowhere", tmp_path):
        with pytest.raises(BrokenBackup, match="cannot be read"):
            backup.restore(path, tmp_path / "again")
    assert not (tmp_path / "again").exists()


def test_restore_whenInterrupted_putsNothingInPlace_andCanBeDoneAgain(file: Path, tmp_path: Path) -> None:
    def interrupted(done: int, of: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        backup.restore(file, tmp_path / "again", interrupted)
    assert left(tmp_path / "again") == []
    assert backup.restore(file, tmp_path / "again").lines == 700


def test_restore_belowAFile_isRefused(file: Path, tmp_path: Path) -> None:
    (tmp_path / "taken").write_text("a file")
    with pytest.raises(NotWritten, match="permissions"):
        backup.restore(file, tmp_path / "taken" / "node")


# -- no room

LIMITED = """
import resource, sys
from pathlib import Path
from rollup.node import backup
resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[4]),) * 2)
source, target = Path(sys.argv[2]), Path(sys.argv[3])
try:
    backup.back_up(source, target, 5, "1.0") if sys.argv[1] == "backup" else backup.restore(source, target)
except Exception as error:
    print(type(error).__name__, error)
"""


def limited(verb: str, source: Path, target: Path, size: int) -> str:
    """What a process says that may write no file larger than this."""
    command = [sys.executable, "-c", LIMITED, verb, str(source), str(target), str(size)]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout


@pytest.mark.skipif(not hasattr(resource, "RLIMIT_FSIZE"), reason="this system limits no file sizes")
def test_backup_andRestore_withoutRoom_leaveNothingAndSaySo(node: Path, file: Path, tmp_path: Path) -> None:
    size = file.stat().st_size
    for limit in (1_000, size - 1, (node / "journal.db").stat().st_size - 1):
        said = limited("backup", node / "journal.db", tmp_path / "other", limit)
        assert said.startswith("NotWritten"), said
        assert "make room" in said
        said = limited("restore", file, tmp_path / "again", limit)
        assert said.startswith("NotWritten"), said
        assert left(tmp_path / "again") == []
    assert left(tmp_path) == ["again", "backup", "node"]
