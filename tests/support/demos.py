"""The demo as a program that is started, watched line by line and ended; and what it leaves behind."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import uuid4

__all__ = ["COMMAND", "MAIN", "Started", "leftovers", "started"]

MAIN = "from rollup.cli import main; main()"
COMMAND = (sys.executable, "-c", MAIN, "demo", "--profile", "tiny")

MARK = "ZKCLEAR_TEST_RUN"
"""A variable that every program of one run has inherited, whoever its parent is by now."""

PATIENCE = 60.0
"""Seconds until whatever a run has started must have ended."""


class Started:
    """A running demo, with a directory of its own for everything temporary."""

    def __init__(self, process: subprocess.Popen[str], mark: str, directory: Path) -> None:
        self.process, self.mark, self.directory = process, mark, directory

    def read_until(self, text: str) -> str:
        """Read what it tells until a line has this text in it; that line."""
        assert self.process.stdout is not None
        for line in self.process.stdout:
            if text in line:
                return line
        raise AssertionError(f"it ended without telling {text!r}: {self._errors()}")

    def read_lines(self, count: int) -> None:
        """Read so many lines of what it tells."""
        assert self.process.stdout is not None
        for number in range(count):
            assert self.process.stdout.readline(), f"it ended after {number} lines: {self._errors()}"

    def end(self, how: signal.Signals) -> tuple[int, str]:
        """Send a signal; exit code and what it said of errors."""
        self.process.send_signal(how)
        _, errors = self.process.communicate(timeout=PATIENCE)
        return self.process.returncode, errors

    def _errors(self) -> str:
        return self.process.communicate(timeout=PATIENCE)[1]


@contextmanager
def started(
    directory: Path, *options: str, command: tuple[str, ...] = COMMAND, page: bool = True, **environment: str
) -> Iterator[Started]:
    """Start it, or another command; it is killed if the test fails before it has ended. The page lies beside."""
    mark = uuid4().hex
    directory.mkdir(exist_ok=True)
    variables = {**os.environ, MARK: mark, "TMPDIR": str(directory), **environment}
    written = ("--page", str(directory.parent / f"{directory.name}.html")) if page else ()
    with subprocess.Popen(
        [*command, *written, *options],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=variables,
        preexec_fn=_hear_interrupts,
    ) as process:
        try:
            yield Started(process, mark, directory)
        finally:
            process.kill()


def _hear_interrupts() -> None:
    """Whoever started the tests in the background may have interrupts ignored, and children inherit that."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


def leftovers(mark: str, patience: float = PATIENCE) -> list[str]:
    """Command lines of programs of a run that do not end; on Linux only, elsewhere nobody can say."""
    until = time.monotonic() + patience
    while (found := _running(mark)) and time.monotonic() < until:
        time.sleep(0.05)
    return found


def _running(mark: str) -> list[str]:
    wanted, found = f"{MARK}={mark}".encode(), []
    for place in Path("/proc").glob("[0-9]*"):
        try:
            if wanted in (place / "environ").read_bytes().split(b"\0"):
                found.append((place / "cmdline").read_bytes().replace(b"\0", b" ").decode())
        except OSError:  # not ours, or ended as we looked
            continue
    return found
