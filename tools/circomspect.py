"""
Run circomspect over circuits/ and hold what it finds to circuits/circomspect.toml.

    python tools/circomspect.py              exit 1 on a finding without an answer, or an answer without a finding
    python tools/circomspect.py --optional   the same, but say so and exit 0 where circomspect is not installed
    python tools/circomspect.py --propose    print entries for what has no answer yet, to be given reasons

An entry of the list is a finding without its line: rule, file, template and what it is about (a signal, a divisor), how
many there are if more than one, and the reason why it is none. That a hint constrains nothing (CS0005) is answered
where the hint stands, by the comment that tools/hints.py asks for. A template that circomspect did not look at counts
as a finding.
"""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
import tempfile
import tomllib
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import unquote, urlparse

sys.path.insert(0, str(Path(__file__).resolve().parent))

from hints import hints, sources, split, templates  # beside this file

ROOT = Path(__file__).resolve().parent.parent
CIRCUITS = ROOT / "circuits"
LIST = CIRCUITS / "circomspect.toml"
INSTALL = "cargo install --locked circomspect"

HINT = "CS0005"
"""circomspect's rule about `<--`; a hint that says what pins it needs no entry."""

SKIPPED = "skipped"
"""Our own rule: a template that circomspect did not say it looked at."""


class Finding(NamedTuple):
    """What circomspect says, apart from where the line happens to be."""

    rule: str
    file: str
    """Path below circuits/."""
    template: str
    about: str


def main() -> int:
    program = find()
    if program is None:
        optional = "--optional" in sys.argv
        said = f"{'skipped: ' if optional else ''}circomspect is missing; to install it: {INSTALL}"
        print(said, file=sys.stderr)  # noqa: T201
        return int(not optional)
    found = without_pinned(run(program, sources()), sources())
    answered = read_answers(LIST.read_text())
    if "--propose" in sys.argv:
        print("\n".join(proposed(found, answered)))  # noqa: T201
        return 0
    wrong = list(compare(found, answered))
    for line in wrong:
        print(line, file=sys.stderr)  # noqa: T201
    if not wrong:
        print(f"circomspect: {found.total()} findings, each one answered in circuits/circomspect.toml")  # noqa: T201
    return int(bool(wrong))


def find() -> str | None:
    """circomspect on the path, or where cargo puts it."""
    return shutil.which("circomspect") or shutil.which("circomspect", path=str(Path.home() / ".cargo" / "bin"))


def run(program: str, files: Sequence[Path]) -> Counter[Finding]:
    """
    What circomspect finds in some files; it looks at what they include, but reports only them.

    One after the other: of two templates with one name in files that never meet, it would look at one.
    """
    return sum((_run(program, file) for file in files), Counter[Finding]())


def _run(program: str, file: Path) -> Counter[Finding]:
    with tempfile.TemporaryDirectory() as directory:
        report = Path(directory) / "report.sarif"
        command = [program, "--library", str(ROOT / "node_modules"), "--sarif-file", str(report), str(file)]
        result = subprocess.run(command, capture_output=True, text=True, check=False)
        if result.returncode not in (0, 1) or not report.is_file():
            said = (result.stdout + result.stderr)[-2000:]
            sys.exit(f"circomspect failed on {file} with code {result.returncode}:\n{said}")
        found = read_report(json.loads(report.read_text()))
    looked_at = set(re.findall(r"analyzing template '([^']+)'", result.stdout))
    for name, _, _ in templates(split(file.read_text())[0]):
        if name not in looked_at:
            found[Finding(SKIPPED, below_circuits(file), name, "")] += 1
    return found


def without_pinned(found: Counter[Finding], files: Sequence[Path]) -> Counter[Finding]:
    """What is left when hints that say what pins them are taken away."""
    pinned = Counter(
        Finding(HINT, below_circuits(file), hint.template, hint.signal)
        for file in files
        for hint in hints(file)
        if not hint.wrong
    )
    return found - pinned


def read_report(report: Mapping[str, Any]) -> Counter[Finding]:
    """Findings of a SARIF report."""
    return Counter(_finding(result) for run in report["runs"] for result in run["results"])


def _finding(result: Mapping[str, Any]) -> Finding:
    message = result["message"]["text"]
    if not result.get("locations"):
        return Finding(result["ruleId"], "", "", message)
    location = result["locations"][0]
    place = location["physicalLocation"]
    file = Path(unquote(urlparse(place["artifactLocation"]["uri"]).path))
    template = _template(file, place["region"]["startLine"])
    names = _named(message, template) or _named(location.get("message", {}).get("text", ""), template)
    return Finding(result["ruleId"], below_circuits(file), template, names or message)


def _named(message: str, template: str) -> str:
    """What a sentence puts in quotes, operators and the template left out."""
    quoted = re.findall(r"`([^`]+)`", message)
    return ", ".join(dict.fromkeys(name for name in quoted if name != template and re.search(r"\w", name)))


def _template(file: Path, line: int) -> str:
    """The template around a line, its heading included; empty outside of all."""
    code, _ = split(file.read_text())
    for name, begin, end in templates(code):
        heading = code.rindex("template", 0, begin)
        if code.count("\n", 0, heading) + 1 <= line <= code.count("\n", 0, end) + 1:
            return name
    return ""


def below_circuits(file: Path) -> str:
    """How the list names a file."""
    resolved = file.resolve()
    return resolved.relative_to(CIRCUITS).as_posix() if resolved.is_relative_to(CIRCUITS) else file.as_posix()


def read_answers(text: str) -> Counter[Finding]:
    """The findings that have a reason; one without is refused."""
    answers: Counter[Finding] = Counter()
    for entry in tomllib.loads(text).get("finding", []):
        finding = Finding(*(entry[field] for field in Finding._fields))
        if not entry.get("reason", "").strip():
            sys.exit(f"circuits/circomspect.toml gives no reason for {describe(finding)}")
        if finding in answers:
            sys.exit(f"circuits/circomspect.toml answers {describe(finding)} twice")
        answers[finding] = entry.get("count", 1)
    return answers


def compare(found: Counter[Finding], answered: Counter[Finding]) -> Iterator[str]:
    """One line for each finding without an answer and each answer without a finding."""
    for finding in sorted(found - answered):
        yield f"no answer in circuits/circomspect.toml: {describe(finding)}{_times(found[finding])}"
    for finding in sorted(answered - found):
        times = _times(answered[finding])
        yield f"no longer found, remove it from circuits/circomspect.toml: {describe(finding)}{times}"


def _times(count: int) -> str:
    return f" ({count} times)" if count > 1 else ""


def describe(finding: Finding) -> str:
    """A finding in one line."""
    return f"{finding.rule} in {finding.file}, {finding.template or 'outside of templates'}: {finding.about}"


def proposed(found: Counter[Finding], answered: Counter[Finding]) -> Iterator[str]:
    """Entries for findings without an answer."""
    for finding in sorted(found - answered):
        yield "[[finding]]"
        yield from (f"{field} = {json.dumps(value, ensure_ascii=False)}" for field, value in finding._asdict().items())
        if found[finding] > 1:
            yield f"count = {found[finding]}"
        yield 'reason = ""\n'


if __name__ == "__main__":
    sys.exit(main())
