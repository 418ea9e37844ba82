"""
The journal: every command that was ever accepted, in order, on disk before anybody is told.

One SQLite file in WAL mode, appended to and never changed. Each line holds a command's bytes, what came with it that
the machine does not need and a proof does (a signature, a trading key), and a hash over itself and all lines before it:
a journal that was cut, swapped or edited in the middle does not open. A crash loses at most what was not acknowledged;
what was written and not acknowledged may be there, and is carried out like everything else.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Final, Self

from rollup.ledger.errors import BrokenJournal, JournalInUse, NoPlaceForJournal, OtherJournal
from rollup.spec.hashes import keccak

__all__ = ["Journal", "Line"]

VERSION: Final = 1
"""Raised when lines change meaning."""

SCHEMA: Final = """
CREATE TABLE head (version INTEGER NOT NULL, genesis BLOB NOT NULL) STRICT;
CREATE TABLE lines (
    number INTEGER PRIMARY KEY, command BLOB NOT NULL, witness BLOB NOT NULL, chain BLOB NOT NULL
) STRICT;
CREATE TRIGGER lines_stay BEFORE UPDATE ON lines BEGIN SELECT RAISE(ABORT, 'a journal is only appended to'); END;
CREATE TRIGGER lines_remain BEFORE DELETE ON lines BEGIN SELECT RAISE(ABORT, 'a journal is only appended to'); END;
"""


@dataclass(frozen=True, slots=True)
class Line:
    """One accepted command."""

    command: bytes
    witness: bytes = b""
    """What its proof needs beside: an order's signature, a registration's key."""


class Journal:
    """A journal at a path; made there if there is none."""

    def __init__(self, path: Path, genesis: bytes) -> None:
        self.path = path
        try:
            path.touch(mode=0o600)  # view keys stand in it
            self._connection = sqlite3.connect(path, isolation_level=None, timeout=1)
        except (OSError, sqlite3.OperationalError) as error:
            raise NoPlaceForJournal(path) from error
        try:
            # Held until the journal is closed or its process ends: two writers would not know of each other's lines.
            self._connection.execute("PRAGMA locking_mode = EXCLUSIVE")
            self._connection.execute("PRAGMA journal_mode = WAL")
            self._connection.execute("PRAGMA synchronous = FULL")
            self._connection.execute("BEGIN EXCLUSIVE")
            self._connection.execute("COMMIT")
            self._found(genesis)
            self.length, self._chain = self._verified()
        except sqlite3.DatabaseError as error:
            self._connection.close()
            if "locked" in str(error):
                raise JournalInUse(path) from error
            raise BrokenJournal(path, str(error)) from error
        except BaseException:
            self._connection.close()
            raise

    def append(self, lines: Iterable[Line]) -> int:
        """Write lines in one transaction and return how many there are; they are on disk when it returns."""
        rows, chain, number = [], self._chain, self.length
        for line in lines:
            number += 1
            chain = _link(chain, line)
            rows.append((number, line.command, line.witness, chain))
        self._connection.execute("BEGIN IMMEDIATE")
        try:
            self._connection.executemany("INSERT INTO lines VALUES (?, ?, ?, ?)", rows)
            self._connection.execute("COMMIT")
        except BaseException:
            if self._connection.in_transaction:  # a full disk has ended it already
                self._connection.execute("ROLLBACK")
            raise
        self.length, self._chain = number, chain
        return number

    def lines(self, after: int = 0) -> Iterator[Line]:
        """Every line behind number `after`, the oldest first."""
        query = "SELECT command, witness FROM lines WHERE number > ? ORDER BY number"
        for command, witness in self._connection.execute(query, (after,)):
            yield Line(command, witness)

    @property
    def chain(self) -> bytes:
        """Hash over all lines: two journals with one chain say the same."""
        return self._chain

    def close(self) -> None:
        self._connection.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()

    def _found(self, genesis: bytes) -> None:
        """Make the tables, or see that they belong to the same beginning."""
        made = self._connection.execute("SELECT count(*) FROM sqlite_master WHERE name = 'head'").fetchone()[0]
        if not made:
            self._connection.executescript(f"BEGIN IMMEDIATE;{SCHEMA}COMMIT;")
        row = self._connection.execute("SELECT version, genesis FROM head").fetchone()
        if row is None:
            self._connection.execute("INSERT INTO head VALUES (?, ?)", (VERSION, genesis))
            row = (VERSION, genesis)
        if row != (VERSION, genesis):
            raise OtherJournal(self.path)

    def _verified(self) -> tuple[int, bytes]:
        """How many lines there are, and the hash over them; refuses a journal whose lines do not follow each other."""
        number, chain = 0, keccak(self._connection.execute("SELECT genesis FROM head").fetchone()[0])
        query = "SELECT number, command, witness, chain FROM lines ORDER BY number"
        for found, command, witness, stated in self._connection.execute(query):
            chain = _link(chain, Line(command, witness))
            number += 1
            if (found, stated) != (number, chain):
                raise BrokenJournal(self.path, f"line {number} does not follow from those before it")
        return number, chain


def _link(chain: bytes, line: Line) -> bytes:
    """The hash over a line and all before it."""
    return keccak(chain + len(line.command).to_bytes(4, "little") + line.command + line.witness)
