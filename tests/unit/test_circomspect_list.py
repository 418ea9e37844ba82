"""tools/circomspect.py: findings are told without their lines and held to a list of answers."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections import Counter
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from prover.places import checkout

TOOL = checkout() / "tools" / "circomspect.py"
CURVE = checkout() / "circuits" / "lib" / "curve.circom"


@pytest.fixture(scope="module")
def tool() -> ModuleType:
    spec = spec_from_file_location("circomspect_tool", TOOL)
    assert spec is not None and spec.loader is not None
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def line_of(text: str) -> int:
    return next(number for number, line in enumerate(CURVE.read_text().splitlines(), 1) if text in line)


def result_at(line: int, rule: str = "CS0015", about: str = "`(2 * in[1])` must not be 0", said: str = "") -> Any:
    place = {"artifactLocation": {"uri": CURVE.as_uri()}, "region": {"startLine": line}}
    return {
        "ruleId": rule,
        "message": {"text": said},
        "locations": [{"message": {"text": about}, "physicalLocation": place}],
    }


def report_of(*results: Any) -> Any:
    return {"runs": [{"results": list(results)}]}


def test_report_when_read_names_the_template_and_not_the_line(tool: ModuleType) -> None:
    found = tool.read_report(report_of(result_at(line_of("(2 * in[1]);"))))
    assert found == Counter([tool.Finding("CS0015", "lib/curve.circom", "Double", "(2 * in[1])")])


def test_report_when_the_message_names_signals_prefers_them_to_the_place(tool: ModuleType) -> None:
    said = "The output signal `halted` of the template `Other` is not constrained in `Double`."
    (finding,) = tool.read_report(report_of(result_at(line_of("template Double"), about="`Other` here", said=said)))
    assert finding.about == "halted, Other"


def test_report_when_a_finding_is_outside_of_templates_or_nowhere_keeps_it(tool: ModuleType) -> None:
    nowhere = {"ruleId": "P1", "message": {"text": "cannot parse"}, "locations": []}
    found = tool.read_report(report_of(result_at(1), nowhere))
    assert {(finding.template, finding.file) for finding in found} == {("", "lib/curve.circom"), ("", "")}


def test_hint_when_its_comment_says_what_pins_it_needs_no_answer(tool: ModuleType) -> None:
    pinned = tool.Finding("CS0005", "lib/curve.circom", "Apart", "inverse")
    other = tool.Finding("CS0005", "lib/curve.circom", "Apart", "another")
    assert tool.without_pinned(Counter([pinned, other]), [CURVE]) == Counter([other])


def test_compare_when_a_finding_is_new_or_gone_or_more_often_says_so(tool: ModuleType) -> None:
    kept, new, gone = (tool.Finding("CS0015", "lib/x.circom", "X", about) for about in ("kept", "new", "gone"))
    assert list(tool.compare(Counter([kept]), Counter([kept]))) == []
    (unanswered,) = tool.compare(Counter([kept, new]), Counter([kept]))
    assert unanswered.startswith("no answer") and "X: new" in unanswered
    (stale,) = tool.compare(Counter([kept]), Counter([kept, gone]))
    assert stale.startswith("no longer found") and "X: gone" in stale
    (twice,) = tool.compare(Counter({kept: 2}), Counter([kept]))
    assert twice.endswith("(2 times)")


def test_answers_when_proposed_are_refused_until_they_have_reasons(tool: ModuleType) -> None:
    finding = tool.Finding("CS0015", "lib/x.circom", "X", 'a "quoted" name')
    text = "\n".join(tool.proposed(Counter({finding: 2}), Counter()))
    with pytest.raises(SystemExit, match="gives no reason"):
        tool.read_answers(text)
    reasoned = text.replace('reason = ""', 'reason = "because"')
    assert tool.read_answers(reasoned) == Counter({finding: 2})
    with pytest.raises(SystemExit, match="twice"):
        tool.read_answers(reasoned + "\n" + reasoned)


def test_answers_of_the_circuits_all_have_reasons_and_files(tool: ModuleType) -> None:
    answers = tool.read_answers(tool.LIST.read_text())
    assert answers
    assert all((tool.CIRCUITS / finding.file).is_file() for finding in answers)


def test_tool_when_circomspect_is_missing_fails_unless_it_is_optional(tmp_path: Path) -> None:
    environment = {**os.environ, "PATH": str(tmp_path), "HOME": str(tmp_path)}
    for option, code in (("--optional", 0), ("", 1)):
        command = [sys.executable, str(TOOL), *option.split()]
        result = subprocess.run(command, capture_output=True, text=True, check=False, env=environment)
        assert result.returncode == code
        assert "cargo install --locked circomspect" in result.stderr


def program(directory: Path, analyzed: str, *results: Any, code: int = 1) -> str:
    """Something that reports as circomspect does."""
    path = directory / "circomspect"
    path.write_text(
        f"#!{sys.executable}\nimport sys\n"
        f"open(sys.argv[sys.argv.index('--sarif-file') + 1], 'w').write({json.dumps(report_of(*results))!r})\n"
        f"print({analyzed!r})\nsys.exit({code})\n"
    )
    path.chmod(0o755)
    return str(path)


def test_run_when_a_template_was_passed_over_finds_that(tool: ModuleType, tmp_path: Path) -> None:
    names = ["ToMontgomery", "ToEdwards", "Apart", "Add", "DoubleAdd"]
    analyzed = "\n".join(f"circomspect: analyzing template '{name}'" for name in names)
    found = tool.run(program(tmp_path, analyzed), [CURVE])
    assert found == Counter([tool.Finding("skipped", "lib/curve.circom", "Double", "")])


def test_run_when_circomspect_breaks_says_so(tool: ModuleType, tmp_path: Path) -> None:
    with pytest.raises(SystemExit, match=r"failed on .* with code 101"):
        tool.run(program(tmp_path, "panicked", code=101), [CURVE])
