"""
What goes wrong with a node's files, and between them and a chain.

    KeepingError (a NodeError)
    ├── NoJournal         a directory without one
    ├── JournalMoves      a journal that is written to faster than it is copied
    ├── BackupExists      a file that a backup would replace
    ├── BrokenBackup      a file that is no sound backup
    ├── DirectoryTaken    a directory that has already what a backup would put there
    ├── NewerStore        proofs of batches that a backup does not have
    ├── NotWritten        a file or folder that cannot be written
    └── UnknownHouse      house accounts whose keys nobody told us
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from rollup.ledger.errors import BrokenJournal, BrokenStore, NoPlaceForJournal
from rollup.node.errors import NodeError

__all__ = [
    "BackupExists",
    "BrokenBackup",
    "DirectoryTaken",
    "JournalMoves",
    "KeepingError",
    "NewerStore",
    "NoJournal",
    "NotWritten",
    "UnknownHouse",
    "writing",
]


class KeepingError(NodeError):
    """Base of what goes wrong with a node's files."""


class NoJournal(KeepingError):
    """A directory without a journal."""

    def __init__(self, path: Path) -> None:
        self.path = path
        super().__init__(f"there is no journal at {path}; name the directory of a node with --data")


class JournalMoves(KeepingError):
    """A journal that is written to faster than it is copied."""

    def __init__(self, path: Path) -> None:
        self.path = path
        super().__init__(f"{path} changes faster than it can be copied; try again when there is less traffic")


class BackupExists(KeepingError):
    """A file that a backup would replace."""

    def __init__(self, path: Path) -> None:
        self.path = path
        super().__init__(f"{path} exists already; name another file, so that no backup is lost")


class BrokenBackup(KeepingError):
    """A file that is no sound backup; nothing of it was put in place."""

    def __init__(self, path: Path, reason: str) -> None:
        self.path, self.reason = path, reason
        super().__init__(f"{path} is no sound backup ({reason}); nothing was restored. Take another one")


class DirectoryTaken(KeepingError):
    """A directory that has already what a backup would put there."""

    def __init__(self, directory: Path, name: str) -> None:
        self.directory, self.name = directory, name
        super().__init__(
            f"{directory} has a {name} already, which is not replaced; restore into an empty directory, or move that "
            "file away when you are sure that it is worth nothing"
        )


class NewerStore(KeepingError):
    """Proofs of batches that a backup does not have: there was a longer journal."""

    def __init__(self, path: Path, line: int, lines: int) -> None:
        self.path, self.line, self.lines = path, line, lines
        super().__init__(
            f"{path} knows a batch that ends in line {line}, and the backup has {lines} lines: there is or was a newer "
            "journal. Restore a newer backup; if what came after this one is lost for good, remove that file first"
        )


class NotWritten(KeepingError):
    """A file or folder that cannot be written; nothing was changed."""

    def __init__(self, path: object, reason: str) -> None:
        self.path, self.reason = path, reason
        super().__init__(f"{path} cannot be written ({reason}); make room on its disk, or look at its permissions")


class UnknownHouse(KeepingError):
    """House accounts whose keys nobody told us: they are not those of a local system."""

    def __init__(self) -> None:
        super().__init__(
            "the two first accounts are not those of a local system, and no batch that is settled shows their keys; "
            "hand the files to the running node"
        )


DISK: Final = ("SQLITE_FULL", "SQLITE_IOERR", "SQLITE_CANTOPEN", "SQLITE_READONLY")
"""Beginnings of the names of errors that a disk is to blame for."""


@contextmanager
def writing(path: object) -> Iterator[None]:
    """What the disk refuses inside is refused in our words."""
    try:
        yield
    except OSError as error:
        raise NotWritten(error.filename or path, error.strerror or str(error)) from error
    except (sqlite3.DatabaseError, BrokenJournal, BrokenStore, NoPlaceForJournal) as error:
        cause: BaseException | None = error
        while cause is not None:  # the disk's error may have led to another one
            if isinstance(cause, sqlite3.DatabaseError) and cause.sqlite_errorname.startswith(DISK):
                raise NotWritten(path, str(cause)) from error
            cause = cause.__cause__ or cause.__context__
        raise
