"""
A poster's notes on disk: for each batch the envelope that was sealed for it last, written before it is sent.

One SQLite file. A note is on disk when `keep` returns, so that a poster that is killed afterwards finds the very bytes
that it may have sent. Notes belong to one system: under another one the same account nonces mean something else.
"""

from __future__ import annotations

import sqlite3
from pathlib import Path
from types import TracebackType
from typing import Final, Self

from rollup.chain.envelope import Envelope, Fee
from rollup.chain.errors import NotesUnusable
from rollup.spec.types import FieldElement

__all__ = ["NotesFile"]

VERSION: Final = 1
"""Raised when notes change meaning."""

SCHEMA: Final = """
CREATE TABLE head (version INTEGER NOT NULL, domain TEXT NOT NULL) STRICT;
CREATE TABLE intents (
    batch INTEGER PRIMARY KEY, nonce INTEGER NOT NULL, gas INTEGER NOT NULL, most INTEGER NOT NULL,
    tip INTEGER NOT NULL, data_hash BLOB NOT NULL, block INTEGER NOT NULL, raw BLOB NOT NULL, hash BLOB NOT NULL
) STRICT;
"""

READ: Final = "SELECT nonce, gas, most, tip, data_hash, block, raw, hash FROM intents WHERE batch = ?"
WRITE: Final = "INSERT OR REPLACE INTO intents VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)"


class NotesFile:
    """Notes at a path, of the system of a domain; made there if there are none."""

    def __init__(self, path: Path, domain: FieldElement) -> None:
        self.path = path
        try:
            self._connection = sqlite3.connect(path, isolation_level=None, timeout=1)
        except sqlite3.OperationalError as error:
            raise NotesUnusable(path, f"cannot be opened ({error}); name a directory that can be written to") from error
        try:
            # Held until the file is closed or its process ends: two posters would send two transactions for a batch.
            self._connection.execute("PRAGMA locking_mode = EXCLUSIVE")
            self._connection.execute("PRAGMA journal_mode = WAL")
            self._connection.execute("PRAGMA synchronous = FULL")
            self._connection.execute("BEGIN EXCLUSIVE")
            self._connection.execute("COMMIT")
            self._found(hex(domain))
        except sqlite3.DatabaseError as error:
            self._connection.close()
            if "locked" in str(error):
                raise NotesUnusable(path, "another poster is at work with these notes; end it first") from error
            raise self._broken(error) from error
        except BaseException:
            self._connection.close()
            raise

    def intent(self, batch: int) -> Envelope | None:
        """What was sealed last for a batch."""
        try:
            row = self._connection.execute(READ, (batch,)).fetchone()
        except sqlite3.DatabaseError as error:
            raise self._broken(error) from error
        if row is None:
            return None
        nonce, gas, most, tip, data_hash, block, raw, hash_ = row
        return Envelope(nonce, gas, Fee(most, tip), data_hash, block, raw, hash_)

    def keep(self, batch: int, intent: Envelope) -> None:
        """On disk when it returns."""
        fee = intent.fee
        row = (intent.nonce, intent.gas, fee.most, fee.tip, intent.data_hash, intent.block, intent.raw, intent.hash)
        try:
            self._connection.execute(WRITE, (batch, *row))
        except sqlite3.OperationalError as error:
            raise NotesUnusable(
                self.path, f"cannot be written ({error}), so nothing was sent; make room on the disk and post again"
            ) from error

    def close(self) -> None:
        self._connection.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()

    def _found(self, domain: str) -> None:
        """Make the tables, or see that they belong to the same system."""
        made = self._connection.execute("SELECT count(*) FROM sqlite_master WHERE name = 'head'").fetchone()[0]
        if not made:
            self._connection.executescript(f"BEGIN IMMEDIATE;{SCHEMA}COMMIT;")
        row = self._connection.execute("SELECT version, domain FROM head").fetchone()
        if row is None:
            self._connection.execute("INSERT INTO head VALUES (?, ?)", (VERSION, domain))
            row = (VERSION, domain)
        if row[0] != VERSION:
            raise NotesUnusable(self.path, f"has version {row[0]}, this program reads {VERSION}")
        if row[1] != domain:
            raise NotesUnusable(self.path, "has the notes of another system; name the file that belongs to this one")

    def _broken(self, error: Exception) -> NotesUnusable:
        return NotesUnusable(
            self.path,
            f"is damaged ({error}); put it aside and post again: what L1 has is found there, and transactions that "
            "still wait are waited for",
        )
