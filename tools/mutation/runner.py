"""
One mutant after the other is switched on, and the tests that are nearest to it are run until one fails.

Tests are asked in three rounds: those named for the mutated file, and whatever else killed a mutant of it before; all
others; invariants. A run that does not end is a mutant that was noticed: it loops where the contract does not.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import tempfile
import threading
import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from mutation.mutant import Mutant
from mutation.project import Project
from prover.toolchain import forge

NEAR = {
    "Part.sol": "Callbacks",
    "exit/Escapes.sol": "Escape",
    "exit/Notes.sol": "Exit",
    "libraries/Heads.sol": "Oracle",
    "libraries/SettingsCheck.sol": "GovernanceChanges",
    "libraries/SignerSets.sol": "Governance",
    "libraries/StepWords.sol": "Clearing",
    "oracle/Committee.sol": "Oracle",
}
"""What the tests of a file are called where that is not its own name."""

PATIENCE = 15.0
"""Seconds that any round of tests may take, besides many times what it takes with no mutant on."""

TIMES = 10

AT_ONCE = 2

SUITE = re.compile(r"^Ran \d+ tests? for (test/[^:]+):(\w+)$")
DURATION = re.compile(r"^Suite result: .*finished in [\d.]+\w+ \(([\d.]+)(\w+) CPU time\)")
SECONDS = {"s": 1.0, "ms": 1e-3, "µs": 1e-6, "ns": 1e-9}


@dataclass(frozen=True, slots=True)
class Verdict:
    """What became of a mutant."""

    mutant: Mutant
    killer: str
    """The test that failed first; empty for a survivor."""
    seconds: float


class TestsFail(Exception):
    """A copy in which no mutant is on does not pass its tests, or cannot be run."""


class Tests:
    """The tests of a copy, and which of them to ask first."""

    def __init__(self, project: Project, left_out: Sequence[str]) -> None:
        self.project = project
        self.left_out = "|".join(left_out)
        files = sorted(
            path.relative_to(project.directory).as_posix() for path in (project.directory / "test").rglob("*.t.sol")
        )
        texts = {name: (project.directory / name).read_text() for name in files}
        self.invariants = [name for name in files if "/invariants/" in name or "function invariant_" in texts[name]]
        self.others = [name for name in files if name not in self.invariants]
        self.durations: dict[str, float] = defaultdict(float)
        """Seconds by file, with no mutant on."""
        self._near: dict[str, set[str]] = defaultdict(set)
        self._lock = threading.Lock()

    def pass_unmutated(self) -> None:
        """Raises unless everything passes with no mutant switched on."""
        said = self._forge(0, [*self.others, *self.invariants])
        for _, file, seconds in outcomes(said):
            self.durations[file] += seconds
        failed = [name for names, _, _ in outcomes(said) for name in names]
        if failed:
            raise TestsFail(f"these fail in the copy that no mutant is on in: {', '.join(failed)}")

    def judge(self, mutant: Mutant) -> Verdict:
        """Whether some test fails when this mutant is on."""
        begin = time.monotonic()
        near = self._nearest(mutant.file)
        for round_ in (near, [name for name in self.others if name not in near], self.invariants):
            failed = self._ask(mutant.number, round_) if round_ else []
            if failed:
                self._remember(mutant.file, failed[0])
                return Verdict(mutant, failed[0], time.monotonic() - begin)
        return Verdict(mutant, "", time.monotonic() - begin)

    def _nearest(self, file: str) -> list[str]:
        name = NEAR.get(file, Path(file).stem)
        with self._lock:
            near = self._near[file]
            return [one for one in self.others if one.startswith(f"test/{name}") or one in near]

    def _remember(self, file: str, killer: str) -> None:
        with self._lock:
            self._near[file].add(killer.partition(":")[0])

    def _ask(self, number: int, files: Sequence[str]) -> list[str]:
        """The tests of these files that fail, up to the first file with some."""
        patience = PATIENCE + TIMES * sum(self.durations[file] for file in files)
        try:
            said = self._forge(number, files, "--fail-fast", patience=patience)
        except subprocess.TimeoutExpired:
            return [f"{files[0]}: it does not end"]
        return [name for names, _, _ in outcomes(said) for name in names]

    def _forge(self, number: int, files: Sequence[str], *more: str, patience: float | None = None) -> str:
        command = [*forge().command, "test", "--root", str(self.project.directory), "--color", "never", "-j", "1"]
        command += ["--match-path", "{" + ",".join(files) + "}", "--block-coinbase", f"0x{number:040x}", *more]
        command += ["--no-match-test", self.left_out] if self.left_out else []
        with tempfile.TemporaryDirectory() as cache:
            # forge writes to its cache even when it has nothing to do: two at once, or one that is stopped, spoil it.
            shutil.copytree(self.project.directory / "cache", cache, dirs_exist_ok=True)
            environment = {**os.environ, "FOUNDRY_CACHE_PATH": cache}
            try:
                said = subprocess.run(
                    command, capture_output=True, text=True, check=False, timeout=patience, env=environment
                )
            except subprocess.TimeoutExpired as late:
                _require_built(late.stdout.decode() if isinstance(late.stdout, bytes) else late.stdout or "")
                raise
        _require_built(said.stdout)
        if ("\n[FAIL" in said.stdout) != bool(said.returncode):
            raise TestsFail(f"forge: {said.stdout[-2000:]}{said.stderr[-2000:]}")
        return said.stdout


def run(tests: Sequence[Tests], chosen: Sequence[Mutant], report: Callable[[Verdict, int], None]) -> list[Verdict]:
    """Verdicts in the order of the mutants; `report` hears of each as it falls, and how many there are by then."""
    where = {mutant.number: one for one in tests for mutant in one.project.mutants}
    count, lock = 0, threading.Lock()

    def judged(mutant: Mutant) -> Verdict:
        nonlocal count
        verdict = where[mutant.number].judge(mutant)
        with lock:
            count += 1
            report(verdict, count)
        return verdict

    with ThreadPoolExecutor(AT_ONCE) as pool:
        return list(pool.map(judged, chosen))


def outcomes(said: str) -> Iterator[tuple[list[str], str, float]]:
    """For each suite that forge ran the tests that failed, its file and its seconds."""
    suite, failed = "", list[str]()
    # All that failed are said again at the end.
    for line in said.partition("\nFailing tests:")[0].splitlines():
        if match := SUITE.match(line):
            suite, failed = f"{match[1]}:{match[2]}", []
        elif line.startswith("[FAIL"):
            name = re.search(r"\] (\w+)\(", line)
            failed.append(f"{suite}.{name[1] if name else 'invariant'}")
        elif match := DURATION.match(line):
            yield failed, suite.partition(":")[0], float(match[1]) * SECONDS[match[2]]


def _require_built(said: str) -> None:
    """A run that compiles first says nothing about a mutant, and may take longer than a mutant is given."""
    if not said.startswith("No files changed"):
        raise TestsFail(f"forge compiles what was built before: {said[:500]}")
