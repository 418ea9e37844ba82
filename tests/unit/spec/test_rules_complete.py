"""Found by grep, so it cannot go stale: every rule the law raises is broken by a test and stands in SECURITY.md."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).parents[3]
ID = re.compile(r'"((?:STA|STP|TRD|ORD|MGN|FND|LIQ|DAT|REC|CLM)-\d+)"')


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
    rows = re.findall(r"^\| (\d+) \|.*\|([^|]*)\|$", (ROOT / "SECURITY.md").read_text(), re.MULTILINE)
    source = "\n".join(file.read_text() for file in (ROOT / "tests").rglob("test_*.py"))
    assert len(rows) == 53
    for number, cell in rows:
        for name in re.findall(r"`(test_\w+)`", cell):
            assert f"def {name}(" in source, f"trap {number} names {name}, which does not exist"
