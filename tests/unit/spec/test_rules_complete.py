"""Found by grep, so it cannot go stale: every rule the law raises is broken by a test and stands in SECURITY.md."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).parents[3]
ID = re.compile(r'"((?:STA|STP|TRD|ORD|MGN|FND|LIQ|DAT|REC|CLM)-\d+)"')


SOLIDITY = ROOT / "contracts" / "test"
SOLIDITY_TEST = re.compile(r"^    function ((?:test|invariant_)\w+)\(", re.MULTILINE)


def section(title: str) -> str:
    """What stands in SECURITY.md under a heading."""
    return (ROOT / "SECURITY.md").read_text().split(f"\n## {title}\n")[1].split("\n## ")[0]


def names(cell: str) -> set[str]:
    """The tests that a cell names."""
    return set(re.findall(r"`((?:test|invariant_)\w+)`", cell))


def every_test() -> set[str]:
    """Every test there is, in Python and in Solidity."""
    python = (file.read_text() for file in (ROOT / "tests").rglob("test_*.py"))
    solidity = (file.read_text() for file in SOLIDITY.rglob("*.sol"))
    return {found for text in python for found in re.findall(r"^ *def (test_\w+)\(", text, re.MULTILINE)} | {
        found for text in solidity for found in SOLIDITY_TEST.findall(text)
    }


def raised() -> set[str]:
    """IDs in the law; settlement has its own tests."""
    return {found for file in (ROOT / "rollup/spec").glob("*.py") for found in ID.findall(file.read_text())}


def test_every_rule_that_the_law_raises_is_broken_by_a_test() -> None:
    here = [file for file in Path(__file__).parent.glob("test_rules_*.py") if file != Path(__file__)]
    tested = {found for file in here for found in ID.findall(file.read_text())}
    assert raised()
    assert raised() - tested == set()


def test_every_rule_that_the_law_raises_is_listed_in_security() -> None:
    listed = set(re.findall(r"^\| ([A-Z]+-\d+) \|", (ROOT / "SECURITY.md").read_text(), re.MULTILINE))
    assert raised() - listed == set()


def test_every_trap_that_security_names_a_test_for_has_that_test() -> None:
    rows = re.findall(r"^\| (\d+) \|.*\|([^|]*)\|$", section("Traps"), re.MULTILINE)
    assert [int(number) for number, _ in rows] == list(range(1, 54))
    for number, cell in rows:
        assert names(cell), f"trap {number} names no test"
        missing = names(cell) - every_test()
        assert not missing, f"trap {number} names {missing}, which do not exist"


def test_every_stage_that_security_names_a_test_for_has_that_test() -> None:
    rows = re.findall(r"^\| ([012]) \|.*\|([^|]*)\|$", section("Stages"), re.MULTILINE)
    assert {stage for stage, _ in rows} == {"0", "1", "2"}
    assert {name for _, cell in rows for name in names(cell)} - every_test() == set()


def test_every_solidity_test_that_mentions_a_trap_stands_next_to_a_test_that_security_names() -> None:
    rows = dict(re.findall(r"^\| (\d+) \|.*\|([^|]*)\|$", section("Traps"), re.MULTILINE))
    for file in SOLIDITY.rglob("*.t.sol"):
        text = file.read_text()
        here = set(SOLIDITY_TEST.findall(text))
        for number in set(re.findall(r"[Tt]raps? (\d+)", text)):
            assert here & names(rows[number]), f"{file.name} mentions trap {number}, whose row names none of its tests"
