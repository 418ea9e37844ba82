"""The demo, interrupted at seeded moments by whatever ends programs, and run again to its end."""

from __future__ import annotations

import random
import shutil
import signal
import time
from pathlib import Path

import pytest
from support.demo_books import played
from support.demos import leftovers, started

from prover import crypto
from prover.circuits import circuit, compiled
from prover.places import data_directory
from rollup.cli.story.names import dollars

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not crypto.available("native"), reason="the native extension is not built"),
]

SEED = 9

WAYS = (signal.SIGKILL, signal.SIGINT, signal.SIGKILL, signal.SIGTERM, signal.SIGHUP)

LINES = 60
"""Of what it tells, a moment lies somewhere behind: circuits, keys, a chain, trades, proofs, batches, money out."""

CIRCUITS = ("trade", "funds", "liquidate", "solvency", "withdraw", "escape")


def moments(times: int) -> list[tuple[int, float, signal.Signals]]:
    """After so many lines and seconds, by this signal; spread evenly, and early ones more often than late ones."""
    chance = random.Random(SEED)
    return [
        (int(LINES * ((place + chance.random()) / times) ** 2), chance.random(), WAYS[place % len(WAYS)])
        for place in range(times)
    ]


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """A data directory that has the circuits; keys and witness programs are still to be made."""
    directory = tmp_path / "data"
    for name in CIRCUITS:
        made = compiled(circuit(name, "tiny")).directory
        shutil.copytree(made, directory / "circuits" / made.name)
    shutil.copytree(data_directory() / "contracts", directory / "contracts")
    return directory


@pytest.mark.parametrize("times", [3, pytest.param(10, marks=pytest.mark.soak)])
def test_demo_when_interrupted_runs_to_its_end(times: int, data: Path, tmp_path: Path) -> None:
    for number, (lines, seconds, how) in enumerate(moments(times)):
        with started(tmp_path / f"run-{number}", ZKCLEAR_DATA=str(data)) as run:
            run.read_lines(lines)
            time.sleep(seconds)
            code, errors = run.end(how)
            assert code != 0, (number, lines, how)
            if lines:  # before the first line Python itself is still loading us, and answers for itself
                assert "Traceback" not in errors
            assert leftovers(run.mark) == []
            if how is not signal.SIGKILL:
                assert list(run.directory.iterdir()) == []

    hand = played(5)
    with started(tmp_path / "last", "--traders", "5", ZKCLEAR_DATA=str(data)) as run:
        said, errors = run.process.communicate(timeout=900)
        assert run.process.returncode == 0, errors
        assert leftovers(run.mark) == []
        assert list(run.directory.iterdir()) == []
    for name, amount in hand.paid.items():
        if name != "hedger":  # it was out before
            due = amount - 250_000_000 if name == "saver" else amount
            assert f"the {name} is paid {dollars(due)}, to the micro-dollar" in said
        row = rf"{name} {dollars(hand.brought[name])} {dollars(amount)}"
        assert row in {" ".join(line.split()) for line in said.splitlines()}, row
    whole = (sum(hand.brought.values()), sum(hand.paid.values()), hand.revenue + hand.fund)
    assert whole[0] == whole[1] + whole[2]
    brought, paid, left = map(dollars, whole)
    assert f"of {brought} brought, {paid} are paid out; {left} are the fund's and the operator's" in said
    assert "Every amount above was checked." in said
    assert (tmp_path / "last.html").is_file()

    # What was being built as it was killed is gone, and what is there is whole.
    for kind in ("circuits", "contracts", "keys", "programs"):
        held = [entry for entry in (data / kind).iterdir() if entry.is_dir()]
        assert held
        for entry in held:
            assert not entry.name.startswith("."), entry
            assert (entry / "seal.json").is_file(), entry
