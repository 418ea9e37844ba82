"""
The store: what follows from the journal and took time to make, kept so that it is made once.

Proofs, checkpoints, and what became of each batch on L1. Whatever is here can be made again from the journal and L1: a
store that is lost costs time, never money. It also remembers the root that each batch ended in, so that a journal which
is read again and leads elsewhere is noticed before anything is posted.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from rollup.ledger import checkpoint
from rollup.ledger.errors import BrokenStore, DiskFull, OtherHistory
from rollup.ledger.ledger import SealedBatch
from rollup.spec.state import State
from rollup.spec.table import RiskTable
from rollup.spec.types import FieldElement

__all__ = ["Kept", "KeptProof", "Store"]

KEPT_CHECKPOINTS: Final = 3
"""Of seals whose batches are settled; older ones are let go."""

SCHEMA: Final = """
CREATE TABLE IF NOT EXISTS batches (
    number INTEGER PRIMARY KEY, line INTEGER NOT NULL, root TEXT NOT NULL, sealed INTEGER NOT NULL,
    kinds TEXT NOT NULL, touches INTEGER NOT NULL, risk_table BLOB NOT NULL, checkpoint BLOB,
    settled INTEGER, transaction_hash TEXT, block INTEGER, gas INTEGER, bytes INTEGER
) STRICT;
CREATE TABLE IF NOT EXISTS proofs (
    batch INTEGER NOT NULL, step INTEGER NOT NULL, public TEXT NOT NULL, proof TEXT NOT NULL, seconds REAL NOT NULL,
    made INTEGER NOT NULL, PRIMARY KEY (batch, step)
) STRICT;
"""


@dataclass(frozen=True, slots=True)
class Kept:
    """A batch as the store knows it; what L1 said is None until it is settled."""

    number: int
    line: int
    root: FieldElement
    sealed: int
    """When, in seconds of the node's clock."""
    kinds: tuple[str, ...]
    """Of its steps, in order."""
    touches: int
    proofs: int
    """How many of its steps are proven."""
    settled: int | None
    transaction: str | None
    block: int | None
    gas: int | None
    bytes: int | None


@dataclass(frozen=True, slots=True)
class KeptProof:
    """A proof, the public inputs that it was made for, and how long it took."""

    public: tuple[FieldElement, ...]
    proof: dict[str, Any]
    seconds: float


class Store:
    """Open at a path; made there if there is none."""

    def __init__(self, path: Path) -> None:
        self.path = path
        try:
            path.touch(mode=0o600)  # view keys stand in its checkpoints
            self._connection = sqlite3.connect(path, isolation_level=None, timeout=10)
            self._connection.execute("PRAGMA journal_mode = WAL")
            self._connection.executescript(SCHEMA)
            if self._connection.execute("PRAGMA quick_check").fetchone() != ("ok",):
                raise BrokenStore(path, "its pages do not fit together")
        except OSError as error:
            raise DiskFull(path, error.strerror or str(error)) from error
        except sqlite3.DatabaseError as error:
            raise _refused(path, error) from error

    def keep_batch(self, batch: SealedBatch, now: int) -> None:
        """A batch was sealed, or sealed once more by a start; OtherHistory when it ends elsewhere than it did."""
        found = self._connection.execute("SELECT root FROM batches WHERE number = ?", (batch.number,)).fetchone()
        if found is not None:
            if int(found[0], 16) != batch.state.root:
                raise OtherHistory(batch.number, batch.state.root, int(found[0], 16))
            return
        kinds = json.dumps([step.published.kind.name.lower() for step in batch.steps])
        touches = sum(len(step.touches) for step in batch.steps)
        head = (batch.number, batch.line, hex(batch.state.root), now, kinds, touches)
        row = (*head, checkpoint.encode_table(batch.table), checkpoint.encode(batch.state))
        columns = "number, line, root, sealed, kinds, touches, risk_table, checkpoint"
        self._write(f"INSERT INTO batches ({columns}) VALUES (?, ?, ?, ?, ?, ?, ?, ?)", row)  # noqa: S608

    def keep_proof(self, batch: int, step: int, proof: KeptProof, now: int) -> None:
        public = json.dumps([hex(word) for word in proof.public])
        row = (batch, step, public, json.dumps(proof.proof), proof.seconds, now)
        self._write("INSERT OR REPLACE INTO proofs VALUES (?, ?, ?, ?, ?, ?)", row)

    def proof(self, batch: int, step: int, public: Sequence[FieldElement]) -> KeptProof | None:
        """The proof of a step, if one was made for just these public inputs."""
        query = "SELECT public, proof, seconds FROM proofs WHERE batch = ? AND step = ?"
        found = self._connection.execute(query, (batch, step)).fetchone()
        try:
            if found is None or tuple(int(word, 16) for word in json.loads(found[0])) != tuple(public):
                return None
            return KeptProof(tuple(public), json.loads(found[1]), found[2])
        except (ValueError, TypeError):
            return None  # it is made again

    def keep_settled(self, number: int, now: int, transaction: str, block: int, gas: int, size: int) -> None:
        """L1 has it; checkpoints of batches long before it are not asked for again."""
        self._write(
            "UPDATE batches SET settled = ?, transaction_hash = ?, block = ?, gas = ?, bytes = ? WHERE number = ?",
            (now, transaction, block, gas, size, number),
        )
        self._write(
            "UPDATE batches SET checkpoint = NULL WHERE line < (SELECT min(line) FROM "
            "(SELECT DISTINCT line FROM batches WHERE number <= ? ORDER BY line DESC LIMIT ?))",
            (number, KEPT_CHECKPOINTS),
        )

    def resumable(self, settled: int) -> tuple[int, int, State] | None:
        """
        Line, number and state of the newest settled batch whose checkpoint holds; None to begin from genesis.

        It must be the last of its seal: a line is resumed from whole.
        """
        query = (
            "SELECT line, number, root, checkpoint FROM batches one WHERE number <= ? AND checkpoint IS NOT NULL AND "
            "NOT EXISTS (SELECT 1 FROM batches later WHERE later.line = one.line AND later.number > one.number) "
            "ORDER BY number DESC"
        )
        for line, number, root, data in self._connection.execute(query, (settled,)):
            try:
                state = checkpoint.decode(data)
            except (ValueError, KeyError, TypeError):
                continue
            if state.root == int(root, 16):
                return line, number, state
        return None

    def settled_books(self) -> tuple[int, State, RiskTable] | None:
        """The last batch that L1 has: its number, the state that it ended in, and under which table."""
        query = (
            "SELECT number, root, checkpoint, risk_table FROM batches WHERE settled IS NOT NULL ORDER BY number DESC"
        )
        row = self._connection.execute(query).fetchone()
        if row is None or row[2] is None:
            return None
        state = checkpoint.decode(row[2])
        return (row[0], state, checkpoint.decode_table(row[3])) if state.root == int(row[1], 16) else None

    def batches(self) -> list[Kept]:
        """All of them, the first one first."""
        query = (
            "SELECT number, line, root, sealed, kinds, touches, settled, transaction_hash, block, gas, bytes, "
            "(SELECT count(*) FROM proofs WHERE batch = number) FROM batches ORDER BY number"
        )
        return [
            Kept(number, line, int(root, 16), sealed, tuple(json.loads(kinds)), touches, proofs, *rest)
            for number, line, root, sealed, kinds, touches, *rest, proofs in self._connection.execute(query)
        ]

    def close(self) -> None:
        self._connection.close()

    def _write(self, statement: str, row: Sequence[object]) -> None:
        try:
            self._connection.execute(statement, row)
        except sqlite3.DatabaseError as error:
            raise _refused(self.path, error) from error


def _refused(path: Path, error: sqlite3.DatabaseError) -> DiskFull | BrokenStore:
    """Whether the disk is to blame, or the file."""
    full = error.sqlite_errorname.startswith(("SQLITE_FULL", "SQLITE_IOERR", "SQLITE_CANTOPEN", "SQLITE_READONLY"))
    return DiskFull(path, str(error)) if full else BrokenStore(path, str(error))
