"""
Measure how much of contracts/src/ the contracts' own tests run, and fail under 95 % of its lines or of its branches.

    python tools/solidity_coverage.py               every test; about a minute
    python tools/solidity_coverage.py --keep DIR    leave forge's lcov.info there

forge counts every `require` as two branches, and compiles without the optimizer, so tests of costs are left out.
"""

from __future__ import annotations

import argparse
import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
FORGE = ROOT / "tools" / "forge"
SOURCES = "src/"
LEFT_OUT = "_cost|^invariant_|_everyAction_"
"""Tests that mean nothing without the optimizer, and campaigns: slow here, and at random what they reach."""

BODY = re.compile(r"\bfunction \w+\([^;{]*\{")

LEAST = 95
"""Percent, of lines and of branches alike."""


@dataclass(frozen=True, slots=True)
class Count:
    """What there is to run, and how much of it ran."""

    lines: int = 0
    lines_run: int = 0
    branches: int = 0
    branches_run: int = 0

    def __add__(self, other: Count) -> Count:
        return Count(
            self.lines + other.lines,
            self.lines_run + other.lines_run,
            self.branches + other.branches,
            self.branches_run + other.branches_run,
        )

    def is_enough(self) -> bool:
        return 100 * self.lines_run >= LEAST * self.lines and 100 * self.branches_run >= LEAST * self.branches


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--keep", type=Path, help="where lcov.info stays")
    options = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as scratch:
        report = (options.keep or Path(scratch)).resolve() / "lcov.info"
        report.parent.mkdir(parents=True, exist_ok=True)
        if not measure(report, Path(scratch)):
            return 1
        counts = read(report.read_text(encoding="utf-8"))
    total = sum(counts.values(), Count())
    print(table(counts, total), flush=True)  # noqa: T201
    missing = programs() - set(counts)
    if missing:  # Without a word forge leaves out a contract that has functions whose names begin with test or table.
        print(f"error: forge counts nothing of {sorted(missing)}", file=sys.stderr)  # noqa: T201
        return 1
    if not total.is_enough():
        print(f"error: less than {LEAST} % of {SOURCES} ran", file=sys.stderr)  # noqa: T201
        return 1
    return 0


def measure(report: Path, scratch: Path) -> bool:
    """Run the tests with forge's own counting; what they print matters only when one fails."""
    # Other output than that of ordinary builds, which are optimized.
    places = {"FOUNDRY_OUT": str(scratch / "out"), "FOUNDRY_CACHE_PATH": str(scratch / "cache")}
    places["FOUNDRY_INVARIANT_FAILURE_PERSIST_DIR"] = str(scratch / "failures")
    command = [str(FORGE), "coverage", "--report", "lcov", "--report-file", str(report), "--no-match-test", LEFT_OUT]
    done = subprocess.run(command, env={**os.environ, **places}, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        print(done.stdout[-4000:], done.stderr[-4000:], sep="\n", file=sys.stderr)  # noqa: T201
    return done.returncode == 0


def programs() -> frozenset[str]:
    """Files of ours with a function that has a body."""
    contracts = ROOT / "contracts"
    files = (contracts / SOURCES).rglob("*.sol")
    return frozenset(
        str(file.relative_to(contracts)) for file in files if BODY.search(file.read_text(encoding="utf-8"))
    )


def read(report: str) -> Mapping[str, Count]:
    """Counts of every file of ours in an lcov report."""
    counts: dict[str, Count] = {}
    file = ""
    for line in report.splitlines():
        field, _, value = line.partition(":")
        if field == "SF":
            file = value
        elif file.startswith(SOURCES) and field in ("DA", "BRDA"):
            ran = value.rpartition(",")[2] not in ("0", "-")
            one = Count(lines=1, lines_run=ran) if field == "DA" else Count(branches=1, branches_run=ran)
            counts[file] = counts.get(file, Count()) + one
    return counts


def table(counts: Mapping[str, Count], total: Count) -> str:
    rows = [(file.removeprefix(SOURCES), count) for file, count in sorted(counts.items())]
    width = max([len(name) for name, _ in rows] + [5])
    lines = [f"{'file':<{width}}  {'lines':>16}  {'branches':>16}"]
    for name, count in [*rows, ("all", total)]:
        ran = share(count.lines_run, count.lines)
        taken = share(count.branches_run, count.branches)
        lines.append(f"{name:<{width}}  {ran:>16}  {taken:>16}")
    return "\n".join(lines)


def share(ran: int, all_: int) -> str:
    percent = 100 * ran / all_ if all_ else 100.0
    return f"{percent:.1f} % {ran}/{all_}"


if __name__ == "__main__":
    sys.exit(main())
