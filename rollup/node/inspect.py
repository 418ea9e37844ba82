"""
Inspection: what a node's directory tells without a node, and L1 beside it; nothing is changed by looking.

A node holds its journal alone while it runs. What only the journal knows is then not known here, and said to be so;
the store, which others may read, knows all that was sealed, proven and settled.
"""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from rollup.chain.bindings.forced import Queue
from rollup.chain.deploy import answering, connect
from rollup.chain.record import Record
from rollup.client.system import standing
from rollup.exchange.commands import Seal, encode
from rollup.ledger.errors import BrokenJournal, BrokenStore
from rollup.ledger.store import Kept, Store
from rollup.node.house import Places
from rollup.node.keeping import NoJournal

__all__ = ["Disk", "LastProof", "OnL1", "Status", "ask_chain", "kept_batches", "status"]

WINDOW: Final = 7 * 24 * 3_600
"""Seconds that growth is measured over: the newest ones that have batches."""

LEAST: Final = 3_600
"""Seconds that growth must at least be measured over before anything is said of it."""


@dataclass(frozen=True, slots=True)
class LastProof:
    """The proof that was made last."""

    batch: int
    step: int
    circuit: str
    made: int
    """When, in seconds of the node's clock."""
    seconds: float
    """How long it took."""


@dataclass(frozen=True, slots=True)
class Disk:
    """Bytes."""

    journal: int
    store: int
    free: int
    days_left: int | None
    """At the growth of the last days; None while there is too little to tell."""


@dataclass(frozen=True, slots=True)
class OnL1:
    """What L1 says of itself."""

    batches: int
    deposits: int
    """Queued, and in no batch that is settled; so are the other two."""
    payments: int
    closes: int
    overdue: bool
    """Whether a forced request waits past its deadline: whoever likes may freeze the system."""


@dataclass(frozen=True, slots=True)
class Status:
    """What a directory tells."""

    directory: Path
    running: bool
    """Whether a process holds the journal."""
    lines: int | None
    """Of the journal; None while a node runs."""
    sealed_line: int
    """The journal's line that sealed the last batch that the store knows."""
    sequenced: int
    """Batches; those that the store knows while a node runs, since it alone can read the rest."""
    proven: int
    settled: int
    """As far as the store knows: L1 may have more."""
    last_proof: LastProof | None
    last_settled: Kept | None
    disk: Disk


def status(directory: Path) -> Status:
    """Look at a node's directory; NoJournal where there is none."""
    places = Places(directory)
    if not places.journal.is_file():
        raise NoJournal(places.journal)
    counted = _counted(places.journal)
    lines, seals = counted or (None, None)
    batches = kept_batches(directory)
    journal, store = _size(places.journal), _size(places.store)
    free = shutil.disk_usage(directory).free
    return Status(
        directory=directory,
        running=counted is None,
        lines=lines,
        sealed_line=batches[-1].line if batches else 0,
        sequenced=seals if seals is not None else batches[-1].number if batches else 0,
        proven=_proven(batches),
        settled=max((one.number for one in batches if one.settled is not None), default=0),
        last_proof=_last_proof(places.store, batches),
        last_settled=next((one for one in reversed(batches) if one.settled is not None), None),
        disk=Disk(journal, store, free, _days_left(batches, journal, store, free)),
    )


def kept_batches(directory: Path) -> list[Kept]:
    """All batches that the store knows; none where there is no store yet."""
    path = Places(directory).store
    if not path.is_file():
        return []
    with _looking(path) as store:
        return _Look(path, store).batches()


# -- L1


def ask_chain(rpc: str, record: Record) -> OnL1:
    """What L1 says at this moment; ForeignChain where the record's system is not."""
    chain = connect(rpc)
    with answering(rpc):
        system = standing(chain, record)
        block = chain.eth.block_number
        (pay, paid), (close, closed) = (system.forced.lengths(queue, block=block) for queue in (Queue.PAY, Queue.CLOSE))
        deposits = system.deposits.deposit_count(block=block) - system.deposits.next_deposit(block=block)
        overdue = system.forced.is_overdue(block=block)
        return OnL1(system.clearing.batches(block=block), deposits, pay - paid, close - closed, overdue)


# -- the directory


class _Look(Store):
    """The store as it stands: nothing is made, and nothing checked beyond what is asked for."""

    def __init__(self, path: Path, connection: sqlite3.Connection) -> None:
        self.path, self._connection = path, connection


@contextmanager
def _looking(path: Path) -> Iterator[sqlite3.Connection]:
    """A store, open for questions."""
    try:
        with closing(_opened(path, timeout=10)) as connection:
            yield connection
    except (sqlite3.DatabaseError, ValueError) as error:
        raise BrokenStore(path, str(error)) from error


def _opened(path: Path, timeout: float) -> sqlite3.Connection:
    """
    A database as others may be writing it.

    To read one, SQLite makes a file beside it; where it cannot, as on a full disk, one without a log is read as it is.
    """
    where = path.absolute().as_uri()
    try:
        connection = sqlite3.connect(f"{where}?mode=rw", uri=True, timeout=timeout)
        connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
        return connection
    except sqlite3.OperationalError as error:
        if "locked" in str(error) or _size(path) > path.stat().st_size:
            raise
        return sqlite3.connect(f"{where}?mode=ro&immutable=1", uri=True)


def _counted(path: Path) -> tuple[int, int] | None:
    """Lines of a journal, and seals among them; None while somebody holds it."""
    query = "SELECT coalesce(max(number), 0), count(*) FILTER (WHERE command = ?) FROM lines"
    try:
        with closing(_opened(path, timeout=0)) as connection:
            lines, seals = connection.execute(query, (encode(Seal()),)).fetchone()
            return int(lines), int(seals)
    except sqlite3.DatabaseError as error:
        if "locked" in str(error):
            return None
        raise BrokenJournal(path, str(error)) from error


def _proven(batches: Sequence[Kept]) -> int:
    """Up to which all steps of all batches have proofs, or are on L1."""
    number = 0
    for one in batches:
        if one.settled is None and one.proofs < len(one.kinds):
            break
        number = one.number
    return number


def _last_proof(path: Path, batches: Sequence[Kept]) -> LastProof | None:
    if not batches:
        return None
    query = "SELECT batch, step, made, seconds FROM proofs ORDER BY made DESC, batch DESC, step DESC LIMIT 1"
    with _looking(path) as connection:
        found = connection.execute(query).fetchone()
    if found is None:
        return None
    batch, step, made, seconds = found
    kinds = next((one.kinds for one in batches if one.number == batch), ())
    return LastProof(batch, step, kinds[step] if step < len(kinds) else "unknown", made, seconds)


def _size(path: Path) -> int:
    """Bytes of a database and its log."""
    parts = (path, path.with_name(f"{path.name}-wal"))
    return sum(one.stat().st_size for one in parts if one.is_file())


def _days_left(batches: Sequence[Kept], journal: int, store: int, free: int) -> int | None:
    """How long the free space lasts: lines and batches of the last days, at what one took so far on average."""
    if not batches:
        return None
    recent = [one for one in batches if batches[-1].sealed - one.sealed <= WINDOW]
    first, last = recent[0], recent[-1]
    seconds = last.sealed - first.sealed
    if seconds < LEAST or not last.line:
        return None
    lines, sealed = last.line - first.line, last.number - first.number
    growth = lines * journal // last.line + sealed * store // len(batches)
    return free * seconds // (growth * 24 * 3_600) if growth else None
