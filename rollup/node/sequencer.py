"""
The sequencer: an exchange on its journal. What it has answered to is on disk; starting and recovering are one thing.

A command is carried out, written down, and only then answered. Whatever ends the process in between, even within a
write, leaves a journal from which the next start comes to a state that contains every answer ever given.
"""

from __future__ import annotations

from pathlib import Path
from types import TracebackType
from typing import Self

from rollup.exchange.exchange import Exchange
from rollup.exchange.settings import Settings
from rollup.ledger.journal import Journal, Line
from rollup.spec.types import FieldElement

__all__ = ["Sequencer"]


class Sequencer:
    """Open at a path, with what is there carried out; a context."""

    def __init__(self, path: Path, domain: FieldElement, settings: Settings, backend: str | None = None) -> None:
        self.journal = Journal(path, genesis=domain.to_bytes(32, "little") + settings.encode())
        try:
            self.exchange = Exchange(domain, settings, backend, self._write)
            self.exchange.restore((line.command, line.witness) for line in self.journal.lines())
        except BaseException:
            self.journal.close()
            raise

    def _write(self, command: bytes, witness: bytes) -> None:
        self.journal.append([Line(command, witness)])

    def close(self) -> None:
        """Let go of the journal; nothing waits to be written."""
        self.journal.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()
