"""tools/hints.py: every hint says what pins it, and something can."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from prover.places import checkout

TOOL = checkout() / "tools" / "hints.py"


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, str(TOOL), *arguments], capture_output=True, text=True, check=False)


def planted(directory: Path, *body: str) -> Path:
    file = directory / "planted.circom"
    lines = ("pragma circom 2.2.0;", "template Planted(n) {", "    signal input in;", *body, "}")
    file.write_text("\n".join(lines) + "\n")
    return file


def test_hints_of_the_circuits_all_say_what_pins_them() -> None:
    result = run("--check")
    assert result.returncode == 0, result.stderr
    assert result.stdout == ""


def test_hints_when_listed_come_with_place_signal_and_pin() -> None:
    listed = run().stdout
    assert "circuits/lib/curve.circom:" in listed
    assert "Apart.inverse" in listed
    assert "inverse·(difference) === 1" in listed


PINNED = {
    "same line": ["signal x <-- 1 / in; // pinned by x·in === 1", "x * in === 1;"],
    "line above": ["// pinned by x·in === 1", "signal x <-- 1 / in;", "x * in === 1;"],
    "lines above": ["// an inverse, pinned by a product", "// that is 1", "signal x <-- 1 / in;", "x * in === 1;"],
    "block above": ["/* pinned by x·in === 1 */", "signal x <-- 1 / in;", "x * in === 1;"],
    "one comment for two": ["// pinned by their sum", "signal x <-- in;", "signal y <-- 0;", "x + y === in;"],
    "index": ["signal x[2];", "x[0] <-- in; // pinned by x === in", "x[0] === in;"],
    "array of the name": [
        "signal x[n];",
        "for (var i = 0; i < n; i++) {",
        "x[i] <-- i; // pinned by x",
        "x[i] === i;",
        "}",
    ],
    "several lines": ["signal x <--", "    1 / in; // pinned by x·in === 1", "x * in === 1;"],
    "right arrow": ["signal x;", "1 / in --> x; // pinned by x·in === 1", "x * in === 1;"],
    "component": ["signal x <-- in; // pinned by Range", "Range(8)(x);"],
    "constrained assignment": ["signal x <-- in; // pinned by y", "signal y <== x * x;", "y === in;"],
    "variable": ["signal x <-- in; // pinned by the sum", "var sum = 0;", "sum += 2 * x;", "sum === in;"],
    "other hint's pin": [
        "signal x <-- in; // pinned by y",
        "signal y <-- x; // pinned by y === in: x serves it",
        "y === in;",
    ],
    "comparison": ["signal x <-- in < 3 ? -1 : 0; // pinned by x", "x * (x + 1) === 0;"],
}


@pytest.mark.parametrize("body", PINNED.values(), ids=PINNED)
def test_hint_when_pinned_and_said_so_passes(body: list[str], tmp_path: Path) -> None:
    result = run("--check", str(planted(tmp_path, *body)))
    assert (result.returncode, result.stderr) == (0, "")


SILENT = {
    "no comment": ["signal x <-- 1 / in;", "x * in === 1;"],
    "other comment": ["signal x <-- 1 / in; // the inverse", "x * in === 1;"],
    "nothing named": ["signal x <-- 1 / in; // pinned by", "x * in === 1;"],
    "comment apart": ["// pinned by x·in === 1", "", "signal x <-- 1 / in;", "x * in === 1;"],
    "comment of code between": ["in === 4; // pinned by nothing", "signal x <-- 1 / in;", "x * in === 1;"],
}


@pytest.mark.parametrize("body", SILENT.values(), ids=SILENT)
def test_hint_when_nothing_says_what_pins_it_fails_with_its_line(body: list[str], tmp_path: Path) -> None:
    file = planted(tmp_path, *body)
    line = next(number for number, text in enumerate(file.read_text().splitlines(), 1) if "<--" in text)
    result = run("--check", str(file))
    assert result.returncode == 1
    assert result.stderr == f"{file}:{line}: Planted.x: no comment says `pinned by …`\n"


LOOSE = {
    "no constraint": ["signal x <-- in; // pinned by x === in"],
    "other name": ["signal x <-- in; // pinned by xx", "signal xx <== in;"],
    "another's field": ["component c = Other();", "signal x <-- in; // pinned by c", "c.x === in;"],
    "constraint in a comment": ["signal x <-- in; // pinned by x === in", "// x === in;"],
    "only hints": ["signal x <-- in; // pinned by y", "signal y <-- x; // pinned by itself", "y === in;"],
    "only an assertion": ["signal x <-- in; // pinned by assert", "assert(x == in);"],
    "unused variable": ["signal x <-- in; // pinned by the sum", "var sum = x;", "in === 3;"],
}


@pytest.mark.parametrize("body", LOOSE.values(), ids=LOOSE)
def test_hint_when_no_constraint_mentions_it_fails(body: list[str], tmp_path: Path) -> None:
    result = run("--check", str(planted(tmp_path, *body)))
    assert result.returncode == 1
    assert "Planted.x: no constraint of the template mentions x" in result.stderr


def test_hint_when_the_constraint_is_in_another_template_fails(tmp_path: Path) -> None:
    file = planted(tmp_path, "signal x <-- in; // pinned by x === in")
    file.write_text(file.read_text() + "template Other() {\n    signal input x;\n    x === 1;\n}\n")
    assert run("--check", str(file)).returncode == 1
