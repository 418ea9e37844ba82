"""
Backups: a journal as one file, and back.

A backup holds every line that was acknowledged before it began, and says in its head whose lines they are, how many,
and which hash they lead to. A running node holds its journal alone, so its files are copied as they stand, and the copy
is believed because its lines follow from each other; in the node's own process, `write` takes the open journal. Nothing
is put in place before all of a backup was read and found sound. A journal tells everything about everybody: so does a
backup, and only its owner may read it.
"""

from __future__ import annotations

import hashlib
import json
import os
import sqlite3
import tempfile
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from shutil import copyfile
from typing import IO, Any, Final

from prover.files import write_atomically
from rollup.ledger.errors import BrokenJournal, OtherJournal
from rollup.ledger.journal import Journal, Line
from rollup.node.keeping import (
    BackupExists,
    BrokenBackup,
    DirectoryTaken,
    JournalMoves,
    NewerStore,
    NoJournal,
    writing,
)
from rollup.spec.hashes import keccak

__all__ = ["Extras", "Head", "back_up", "read_head", "restore", "snapshot", "write"]

MAGIC: Final = b"zkclear backup 1\n"
"""The number is raised when the form of the file changes."""

CHUNK: Final = 512
"""Lines that are written at once."""

TRIES: Final = 10
"""How often a journal may start its log file anew while it is copied."""

LOG_HEAD: Final = 32
"""Bytes of SQLite's log file that change whenever it starts anew."""

CHECK: Final = 32
"""Bytes of the SHA-256 that a backup ends with."""

LONGEST_HEAD: Final = 1 << 20
LONGEST_LINE: Final = 1 << 24

Advance = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Extras:
    """What stands in a node's directory beside its journal, and in a backup only when it is asked for."""

    secret: bytes | None = field(default=None, repr=False)
    """The operator's: who knows it can compute the randomness of batches, and so what they hide."""
    record: dict[str, Any] | None = None
    """Of the deployment."""


@dataclass(frozen=True, slots=True)
class Head:
    """What a backup says of itself."""

    genesis: bytes
    """System and settings that the journal began with."""
    lines: int
    chain: bytes
    """Hash over all lines."""
    time: int
    """When it was made."""
    program: str
    """Version that made it."""
    extras: Extras = field(default_factory=Extras)

    @property
    def genesis_hash(self) -> bytes:
        return keccak(self.genesis)

    def encode(self) -> bytes:
        secret = self.extras.secret
        document = {
            "genesis": self.genesis.hex(),
            "genesis_hash": self.genesis_hash.hex(),
            "lines": self.lines,
            "chain": self.chain.hex(),
            "time": self.time,
            "program": self.program,
            "secret": secret.hex() if secret is not None else None,
            "record": self.extras.record,
        }
        return json.dumps(document, separators=(",", ":")).encode() + b"\n"

    @classmethod
    def decode(cls, data: bytes) -> Head:
        """ValueError, TypeError or KeyError where the bytes are none."""
        document = json.loads(data)
        secret = document["secret"]
        extras = Extras(bytes.fromhex(secret) if secret is not None else None, document["record"])
        genesis, chain = (bytes.fromhex(document[name]) for name in ("genesis", "chain"))
        head = cls(genesis, int(document["lines"]), chain, int(document["time"]), str(document["program"]), extras)
        if head.genesis_hash.hex() != document["genesis_hash"]:
            raise ValueError("its genesis has another hash")
        return head


# -- out


def back_up(
    journal: Path, to: Path, now: int, program: str, extras: Extras | None = None, advance: Advance = lambda *_: None
) -> Head:
    """Write the journal at a path to a file, whether another process has it open or none."""
    if to.exists():
        raise BackupExists(to)
    with snapshot(journal, to.parent) as (copy, genesis):
        return write(copy, genesis, to, now, program, extras, advance)


def write(
    journal: Journal,
    genesis: bytes,
    to: Path,
    now: int,
    program: str,
    extras: Extras | None = None,
    advance: Advance = lambda *_: None,
) -> Head:
    """Write an open journal to a file, whole or not at all."""
    if to.exists():
        raise BackupExists(to)
    head = Head(genesis, journal.length, journal.chain, now, program, extras or Extras())
    with writing(to), tempfile.TemporaryDirectory(prefix=f".{to.name}.", dir=to.parent) as folder:
        made = Path(folder) / to.name
        with os.fdopen(os.open(made, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            check = hashlib.sha256()

            def put(data: bytes) -> None:
                check.update(data)
                file.write(data)

            put(MAGIC + head.encode())
            for done, line in enumerate(islice(journal.lines(), head.lines), start=1):
                put(_size(line.command) + _size(line.witness) + line.command + line.witness)
                advance(done, head.lines)
            file.write(check.digest())
            file.flush()
            os.fsync(file.fileno())
        made.replace(to)
    return head


@contextmanager
def snapshot(path: Path, folder: Path) -> Iterator[tuple[Journal, bytes]]:
    """
    The journal at a path as it stood, open as a copy in a folder, and what it began with.

    Not for the process that has the journal open: to close a copied file there lets go of the journal's lock.
    """
    if not path.is_file():
        raise NoJournal(path)
    with writing(folder), tempfile.TemporaryDirectory(prefix=".journal-copy.", dir=folder) as name:
        copy = Path(name) / path.name
        _copy(path, copy)
        try:
            genesis = _genesis(copy)
            journal = Journal(copy, genesis)
        except (sqlite3.DatabaseError, TypeError) as error:
            raise BrokenJournal(path, str(error)) from error
        except BrokenJournal as error:
            raise BrokenJournal(path, error.reason) from error
        except OtherJournal as error:
            raise OtherJournal(path) from error
        with journal:
            yield journal, genesis


def _copy(path: Path, copy: Path) -> None:
    """
    File and log of a journal that may be written to meanwhile.

    As long as the log did not start anew, it has whatever the file may lack, and later lines come only behind.
    """
    log, log_copy = (one.with_name(f"{one.name}-wal") for one in (path, copy))
    for _ in range(TRIES):
        before = _log_head(log)
        copyfile(path, copy)
        log_copy.unlink(missing_ok=True)
        if log.exists():
            copyfile(log, log_copy)
        if _log_head(log) == before:
            return
    raise JournalMoves(path)


def _log_head(log: Path) -> bytes:
    try:
        with log.open("rb") as file:
            return file.read(LOG_HEAD)
    except FileNotFoundError:
        return b""


def _genesis(path: Path) -> bytes:
    with closing(sqlite3.connect(path)) as connection:
        (genesis,) = connection.execute("SELECT genesis FROM head").fetchone()
        return bytes(genesis)


# -- and back


def read_head(path: Path) -> Head:
    """What a backup says of itself; its lines are not looked at."""
    with _reading(path) as (_, head):
        return head


def restore(path: Path, directory: Path, advance: Advance = lambda *_: None) -> Head:
    """Put a backup's journal into a directory that has none, after all of it was found sound."""
    with _reading(path) as (file, head), writing(directory):
        directory.mkdir(mode=0o700, parents=True, exist_ok=True)
        _refuse_what_is_there(directory, head)
        with tempfile.TemporaryDirectory(prefix=".restoring.", dir=directory) as folder:
            made = Path(folder) / "journal.db"
            _rebuild(file, head, path, made, advance)
            if head.extras.secret is not None:
                write_atomically(directory / "secret", head.extras.secret, mode=0o600)
            if head.extras.record is not None:
                write_atomically(
                    directory / "deployment.json", (json.dumps(head.extras.record, indent=2) + "\n").encode()
                )
            made.chmod(0o600)
            made.rename(directory / made.name)
            _flush(directory)
    return head


def _refuse_what_is_there(directory: Path, head: Head) -> None:
    """A journal, another secret, or a store that remembers more than the backup."""
    for name in ("journal.db", "journal.db-wal"):
        if (directory / name).exists():
            raise DirectoryTaken(directory, name)
    secret = directory / "secret"
    if head.extras.secret is not None and secret.exists() and secret.read_bytes() != head.extras.secret:
        raise DirectoryTaken(directory, "secret")
    store = directory / "store.db"
    if store.exists():
        try:
            with closing(sqlite3.connect(f"file:{store}?mode=rw", uri=True, timeout=1)) as connection:
                (line,) = connection.execute("SELECT max(line) FROM batches").fetchone()
        except sqlite3.DatabaseError:
            return  # the node says what to do with it
        if line is not None and line > head.lines:
            raise NewerStore(store, line, head.lines)


def _rebuild(file: IO[bytes], head: Head, path: Path, made: Path, advance: Advance) -> None:
    """Write every line to a new journal, and see that they lead to the hash that the head names."""
    with Journal(made, head.genesis) as journal:
        lines = _lines(file, head, path)
        while chunk := list(islice(lines, CHUNK)):
            journal.append(chunk)
            advance(journal.length, head.lines)
        if journal.chain != head.chain:
            raise BrokenBackup(path, "its lines lead to another hash than its head says")


def _lines(file: IO[bytes], head: Head, path: Path) -> Iterator[Line]:
    check = hashlib.sha256(MAGIC + head.encode())
    for _ in range(head.lines):
        sizes = _exactly(file, 8, path)
        command, witness = (int.from_bytes(part, "little") for part in (sizes[:4], sizes[4:]))
        if max(command, witness) > LONGEST_LINE:
            raise BrokenBackup(path, "a line is longer than any line can be")
        data = _exactly(file, command + witness, path)
        check.update(sizes + data)
        yield Line(data[:command], data[command:])
    if _exactly(file, CHECK, path) != check.digest():
        raise BrokenBackup(path, "its bytes have another check sum than it ends with")
    if file.read(1):
        raise BrokenBackup(path, "something follows its end")


@contextmanager
def _reading(path: Path) -> Iterator[tuple[IO[bytes], Head]]:
    """A backup behind its head."""
    try:
        file = path.open("rb")
    except OSError as error:
        raise BrokenBackup(path, f"it cannot be read: {error.strerror}") from error
    with file:
        if file.read(len(MAGIC)) != MAGIC:
            raise BrokenBackup(path, "it does not begin as one, or is of another version")
        data = file.readline(LONGEST_HEAD)
        try:
            head = Head.decode(data)
        except (ValueError, TypeError, KeyError) as error:
            raise BrokenBackup(path, "its head says nothing") from error
        if head.encode() != data:
            raise BrokenBackup(path, "its head is not as this program writes it")
        yield file, head


def _exactly(file: IO[bytes], size: int, path: Path) -> bytes:
    data = file.read(size)
    if len(data) != size:
        raise BrokenBackup(path, "it is cut short")
    return data


def _size(data: bytes) -> bytes:
    return len(data).to_bytes(4, "little")


def _flush(directory: Path) -> None:
    """What a folder holds is on disk."""
    handle = os.open(directory, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
