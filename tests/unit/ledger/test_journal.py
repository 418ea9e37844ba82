"""The journal: appended to, never changed, and refused when its lines do not follow each other."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from rollup.ledger.errors import BrokenJournal, JournalInUse, NoPlaceForJournal, OtherJournal
from rollup.ledger.journal import Journal, Line

GENESIS = b"genesis"
LINES = [Line(bytes([number]), b"witness") for number in range(5)]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "journal.db"
    with Journal(path, GENESIS) as journal:
        journal.append(LINES[:3])
        journal.append(LINES[3:])
    return path


def edited(path: Path, statement: str) -> None:
    """Change the file behind the journal's back."""
    connection = sqlite3.connect(path)
    for trigger in ("lines_stay", "lines_remain"):
        connection.execute(f"DROP TRIGGER {trigger}")
    connection.execute(statement)
    connection.commit()
    connection.close()


def test_open_again_whenClosed_hasAllLinesInOrder(path: Path) -> None:
    with Journal(path, GENESIS) as journal:
        assert list(journal.lines()) == LINES
        assert list(journal.lines(after=3)) == LINES[3:]
        assert journal.length == 5


def test_chain_ofTheSameLinesInOtherTransactions_isTheSame(path: Path, tmp_path: Path) -> None:
    with Journal(path, GENESIS) as one, Journal(tmp_path / "other.db", GENESIS) as other:
        for line in LINES:
            assert other.chain != one.chain
            other.append([line])
        assert other.chain == one.chain


def test_open_whenAnotherProcessHasIt_isRefused(path: Path) -> None:
    with Journal(path, GENESIS), pytest.raises(JournalInUse, match="end that one first"):
        Journal(path, GENESIS)
    with Journal(path, GENESIS) as journal:
        assert journal.length == 5


def test_open_whereNoFileCanBe_isRefused(tmp_path: Path) -> None:
    with pytest.raises(NoPlaceForJournal, match="make its folder"):
        Journal(tmp_path / "nowhere" / "journal.db", GENESIS)


def test_change_aLine_isRefusedByTheFileItself(path: Path) -> None:
    connection = sqlite3.connect(path)
    for statement in ("UPDATE lines SET command = x'00'", "DELETE FROM lines"):
        with pytest.raises(sqlite3.IntegrityError, match="only appended to"):
            connection.execute(statement)
    connection.close()


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE lines SET command = x'09' WHERE number = 2",
        "UPDATE lines SET witness = x'09' WHERE number = 2",
        "UPDATE lines SET chain = zeroblob(32) WHERE number = 2",
        "DELETE FROM lines WHERE number = 2",
        "DELETE FROM lines WHERE number = 1",
        "UPDATE lines SET number = 9 WHERE number = 5",
    ],
)
def test_open_whenALineWasTamperedWith_isRefused(path: Path, statement: str) -> None:
    edited(path, statement)
    with pytest.raises(BrokenJournal, match="restore it from a backup"):
        Journal(path, GENESIS)


def test_open_whenTheFileIsNoJournal_isRefused(tmp_path: Path) -> None:
    path = tmp_path / "journal.db"
    path.write_bytes(b"not a database, and long enough to be looked at" * 100)
    with pytest.raises(BrokenJournal):
        Journal(path, GENESIS)
    assert path.read_bytes().startswith(b"not a database")


def test_open_withAnotherGenesis_isRefused(path: Path) -> None:
    with pytest.raises(OtherJournal, match="belongs to another exchange"):
        Journal(path, b"another")
