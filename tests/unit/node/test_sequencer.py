"""The sequencer: killed at any moment, it comes back with every answer it gave, and with nothing twice."""

from __future__ import annotations

import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from rollup.benchmarks.flow import Flow
from rollup.exchange.commands import encode
from rollup.exchange.exchange import OutOfStep
from rollup.exchange.machine import replay
from rollup.exchange.settings import settings_of
from rollup.node.sequencer import Sequencer
from rollup.spec.shared import PROFILES

DOMAIN = 7
SETTINGS = settings_of(PROFILES["standard"])

WORKER = """
import sys
from itertools import chain, islice
from pathlib import Path
from rollup.benchmarks.flow import Flow
from rollup.node.sequencer import Sequencer

flow, done = Flow(members=20), int(sys.argv[2])
commands = islice(enumerate(chain(flow.stage(), flow.orders(10**9))), done, None)
with Sequencer(Path(sys.argv[1]), 7, flow.settings) as sequencer:
    for number, command in commands:
        sequencer.exchange._apply(command, b"")  # as if a signature had been checked
        print(number, sequencer.journal.length, flush=True)
"""


def test_open_afterKill9_hasEveryAnswerAndNothingTwice(tmp_path: Path) -> None:
    """Six lives of one journal, each ended at a moment of its own; what was answered is there, once."""
    path, chance, told, done = tmp_path / "journal.db", random.Random(8), 0, 0
    for _ in range(6):
        answers = tmp_path / "answers"
        with answers.open("w") as file:
            worker = subprocess.Popen([sys.executable, "-c", WORKER, str(path), str(done)], stdout=file)
            while not answers.read_text() and worker.poll() is None:
                time.sleep(0.01)
            time.sleep(chance.random() / 2)
            worker.send_signal(signal.SIGKILL)
            worker.wait()
        *_, last = answers.read_text()[: answers.read_text().rindex("\n")].splitlines()
        done, told = (int(part) for part in last.split())
        with Sequencer(path, DOMAIN, SETTINGS) as sequencer:
            # One command may have been written whose answer was not heard.
            assert sequencer.journal.length - told in (0, 1)
            log = [line.command for line in sequencer.journal.lines()]
            assert sequencer.exchange.state_hash() == replay(SETTINGS, log, "reference").state_hash()
            done += 1 + (sequencer.journal.length - told)
    flow = Flow(members=20)
    commands = [encode(one) for one in (*flow.stage(), *flow.orders(done + 1))]
    kept = iter(commands)
    assert all(line in kept for line in log), "what is kept came in this order, and nothing twice"


def test_apply_whenTheJournalCannotBeWritten_answersNothingMore(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    flow = Flow(members=2)
    commands = list(flow.stage())
    with Sequencer(tmp_path / "journal.db", DOMAIN, flow.settings) as sequencer:
        for command in commands[:10]:
            sequencer.exchange.apply(command)
        before = sequencer.journal.length
        monkeypatch.setattr(sequencer.journal, "append", _fails)
        with pytest.raises(OSError, match="No space left"):
            sequencer.exchange.apply(commands[10])
        monkeypatch.undo()
        with pytest.raises(OutOfStep, match="start again"):
            sequencer.exchange.apply(commands[11])
    with Sequencer(tmp_path / "journal.db", DOMAIN, flow.settings) as sequencer:
        assert sequencer.journal.length == before
        sequencer.exchange.apply(commands[10])
        assert sequencer.journal.length == before + 1


def _fails(lines: object) -> int:
    raise OSError(28, "No space left on device")


def test_apply_whatIsRefused_isNotKept(tmp_path: Path) -> None:
    flow = Flow(members=2)
    with Sequencer(tmp_path / "journal.db", DOMAIN, flow.settings) as sequencer:
        for command in flow.stage():
            sequencer.exchange.apply(command)
        before = sequencer.journal.length
        sequencer.exchange.apply(list(flow.stage())[-2])
        assert sequencer.journal.length == before
