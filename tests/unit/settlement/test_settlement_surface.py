"""The table of rules against the code and the tests, and what the package offers."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

from rollup.spec import settlement
from rollup.spec.settlement import L1_ERRORS

HERE = Path(__file__).parent
CODE = Path(settlement.__file__).parent


def test_every_rule_stands_in_the_code_and_every_rule_in_the_code_in_the_table() -> None:
    used = {
        rule
        for file in CODE.glob("*.py")
        if file.name != "rules.py"
        for rule in re.findall(r'"(L1-\d+)"', file.read_text("utf-8"))
    }
    assert used == set(L1_ERRORS)


def test_every_rule_is_refused_by_name_in_a_test() -> None:
    tested = {rule for file in HERE.glob("test_*.py") for rule in re.findall(r"L1-\d+", file.read_text("utf-8"))}
    assert tested == set(L1_ERRORS)


def test_error_names_are_unique_and_solidity_identifiers() -> None:
    assert max(Counter(L1_ERRORS.values()).values()) == 1
    assert all(re.fullmatch(r"[A-Z][A-Za-z]+", name) for name in L1_ERRORS.values())


def test_public_surface_is_sorted_and_there() -> None:
    assert sorted(settlement.__all__, key=lambda name: (not name.isupper(), name)) == settlement.__all__
    assert all(hasattr(settlement, name) for name in settlement.__all__)
