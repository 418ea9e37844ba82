"""
The sequencer: an exchange and a ledger on one journal. What was answered is on disk; starting and recovering are one.

A command is carried out, written down, and only then answered. Whatever ends the process in between, even within a
write, leaves a journal from which the next start comes to a state that contains every answer ever given.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Self

from rollup.exchange.commands import Command
from rollup.exchange.events import Event
from rollup.exchange.exchange import Exchange
from rollup.exchange.settings import Settings
from rollup.ledger import remarks
from rollup.ledger.errors import DiskFull
from rollup.ledger.journal import Journal, Line
from rollup.ledger.ledger import Ledger
from rollup.ledger.remarks import Keyed, Remark
from rollup.spec.types import FieldElement

__all__ = ["Sequencer"]


class Sequencer:
    """Open at a path, with what is there carried out; a context."""

    def __init__(
        self,
        path: Path,
        domain: FieldElement,
        settings: Settings,
        backend: str | None = None,
        ledger: Ledger | None = None,
        listen: Callable[[Command, list[Event]], None] = lambda command, events: None,
        advance: Callable[[int, int], None] = lambda done, of: None,
    ) -> None:
        """
        `ledger` hears of every line, and after it `listen`; `advance` hears of how many of them were read again.
        """
        self.journal = Journal(path, genesis=domain.to_bytes(32, "little") + settings.encode())
        try:
            self.ledger, self._listen = ledger, listen
            self.exchange = Exchange(domain, settings, backend, self._write, self._tell)
            self._restore(advance)
        except BaseException:
            self.journal.close()
            raise

    def remark(self, remark: Remark) -> None:
        """A line that is the ledger's alone."""
        assert self.ledger is not None
        self._write(b"", remarks.encode(remark))
        self._remark(remark)

    def _remark(self, remark: Remark) -> None:
        if self.ledger is not None:
            self.ledger.remark(remark)
        if isinstance(remark, Keyed):
            self.exchange.keys[remark.account] = remark.trading_key

    def _restore(self, advance: Callable[[int, int], None]) -> None:
        for done, line in enumerate(self.journal.lines(), start=1):
            if line.command:
                self.exchange.restore([(line.command, line.witness)])
            else:
                self._remark(remarks.decode(line.witness))
            advance(done, self.journal.length)

    def _tell(self, command: Command, witness: bytes, events: list[Event]) -> None:
        if self.ledger is not None:
            self.ledger.take(command, witness, events)
        self._listen(command, events)

    def _write(self, command: bytes, witness: bytes) -> None:
        try:
            self.journal.append([Line(command, witness)])
        except sqlite3.OperationalError as error:
            raise DiskFull(self.journal.path, str(error)) from error

    def close(self) -> None:
        """Let go of the journal; nothing waits to be written."""
        self.journal.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()
