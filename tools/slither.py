"""
Run slither over contracts/src and hold what it finds to contracts/slither.toml.

    python tools/slither.py             exit 1 on a finding without an answer, or an answer without a finding
    python tools/slither.py --propose   print entries for what has no answer yet, to be given reasons

An entry of the list is a reason and the findings of one detector that it answers, each by its place: the function or
contract, and the expression or variable that slither names first. A line may move; an expression that changes is
asked about again. Dependencies and tests are not looked at.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import tomllib
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

sys.path.insert(0, str(Path(__file__).resolve().parent))

from audit_programs import CONTRACTS, environment, find

LIST = CONTRACTS / "slither.toml"


class Finding(NamedTuple):
    """What slither says, apart from where the line happens to be."""

    detector: str
    place: str


def main() -> int:
    found = run()
    answered = read_answers(LIST.read_text())
    if "--propose" in sys.argv:
        print("\n".join(proposed(found, answered)))  # noqa: T201
        return 0
    wrong = list(compare(found, answered))
    for line in wrong:
        print(line, file=sys.stderr)  # noqa: T201
    if not wrong:
        print(f"slither: {found.total()} findings, each one answered in contracts/slither.toml")  # noqa: T201
    return int(bool(wrong))


def run() -> Counter[Finding]:
    """What slither finds in contracts/src, built apart from everything else."""
    with tempfile.TemporaryDirectory() as directory:
        variables = environment(Path(directory))
        out = Path(variables["FOUNDRY_OUT"])
        _must(["forge", "build", "src", "--build-info", "--build-info-path", str(out / "build-info")], variables)
        report = Path(directory) / "report.json"
        command = [find("slither"), ".", "--ignore-compile", "--foundry-out-directory", str(out)]
        command += ["--filter-paths", "node_modules", "--fail-none", "--json", str(report)]
        _must(command, variables)
        said = json.loads(report.read_text())
    if not said["success"]:
        sys.exit(f"slither failed: {said['error']}")
    return read_report(said["results"].get("detectors", []))


def _must(command: Sequence[str], variables: Mapping[str, str]) -> None:
    result = subprocess.run(command, cwd=CONTRACTS, env=variables, capture_output=True, text=True, check=False)
    if result.returncode != 0:
        sys.exit(
            f"{' '.join(command)}\nfailed with code {result.returncode}:\n{(result.stdout + result.stderr)[-2000:]}"
        )


def read_report(detectors: Sequence[Mapping[str, Any]]) -> Counter[Finding]:
    """Findings of slither's report."""
    return Counter(Finding(one["check"], place_of(one["elements"])) for one in detectors)


def place_of(elements: Sequence[Mapping[str, Any]]) -> str:
    """Where a finding is: the first thing that it names, and the first expression in it if there is one."""
    if not elements:
        return "everywhere"
    first = _name(elements[0])
    expression = next((one["name"] for one in elements[1:] if one["type"] == "node" and one["name"]), "")
    return f"{first}: {expression}" if expression else first


def _name(element: Mapping[str, Any]) -> str:
    """A name with the names of what it stands in: Vault.takeDeposit, Notes.payNote.shares."""
    parent = element.get("type_specific_fields", {}).get("parent")
    above = f"{_name(parent)}." if parent and parent["type"] in ("contract", "function") else ""
    return above + str(element["name"])


def read_answers(text: str) -> Counter[Finding]:
    """The findings that have a reason; an answer without one is refused."""
    answers: Counter[Finding] = Counter()
    for entry in tomllib.loads(text).get("answer", []):
        if not entry.get("reason", "").strip():
            sys.exit(f"contracts/slither.toml gives no reason for {entry['detector']} in {entry['places']}")
        answers.update(Finding(entry["detector"], place) for place in entry["places"])
    return answers


def compare(found: Counter[Finding], answered: Counter[Finding]) -> Iterator[str]:
    """One line for each finding without an answer and each answer without a finding."""
    for finding in sorted((found - answered).elements()):
        yield f"no answer in contracts/slither.toml: {finding.detector} in {finding.place}"
    for finding in sorted((answered - found).elements()):
        yield f"no longer found, remove it from contracts/slither.toml: {finding.detector} in {finding.place}"


def proposed(found: Counter[Finding], answered: Counter[Finding]) -> Iterator[str]:
    """Entries for findings without an answer, one a detector."""
    left = found - answered
    for detector in sorted({finding.detector for finding in left}):
        places = sorted(finding.place for finding in left.elements() if finding.detector == detector)
        yield "[[answer]]"
        yield f"detector = {json.dumps(detector)}"
        yield "places = ["
        yield from (f"    {json.dumps(place, ensure_ascii=False)}," for place in places)
        yield "]"
        yield 'reason = ""\n'


if __name__ == "__main__":
    sys.exit(main())
