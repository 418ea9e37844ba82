"""The table of rules against the code and the tests, and what the package offers."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

from rollup.spec import settlement
from rollup.spec.settlement import L1_ERRORS

HERE = Path(__file__).parent
SECURITY = Path(__file__).parents[3] / "SECURITY.md"
ONLY_ON_CHAIN = {
    "L1-8": "The model has no parts",
    "L1-9": "The model has no token",
    "L1-102": "The model has no points",
}
"""Rules of the contract that the model cannot break, and why; tests of the contracts break them."""
CODE = Path(settlement.__file__).parent


def test_every_rule_stands_in_the_code_and_every_rule_in_the_code_in_the_table() -> None:
    used = {
        rule
        for file in CODE.glob("*.py")
        if file.name != "rules.py"
        for rule in re.findall(r'"(L1-\d+)"', file.read_text("utf-8"))
    }
    assert used == set(L1_ERRORS) - set(ONLY_ON_CHAIN)


def test_every_rule_is_listed_in_security_by_name_and_says_when_the_model_lacks_it() -> None:
    rows = re.findall(r"^\| (L1-\d+) \| (.+) \| `(\w+)` \|$", SECURITY.read_text("utf-8"), re.MULTILINE)
    assert [(rule, name) for rule, _, name in rows] == list(L1_ERRORS.items())
    told = {rule: text for rule, text, _ in rows if "The model " in text}
    assert told.keys() == ONLY_ON_CHAIN.keys()
    assert all(told[rule].endswith(f"{reason}.") for rule, reason in ONLY_ON_CHAIN.items())


def test_every_rule_is_refused_by_name_in_a_test() -> None:
    files = [file for file in HERE.glob("test_*.py") if file != Path(__file__)]
    tested = {rule for file in files for rule in re.findall(r"L1-\d+", file.read_text("utf-8"))}
    assert tested == set(L1_ERRORS) - set(ONLY_ON_CHAIN)


def test_error_names_are_unique_and_solidity_identifiers() -> None:
    assert max(Counter(L1_ERRORS.values()).values()) == 1
    assert all(re.fullmatch(r"[A-Z][A-Za-z]+", name) for name in L1_ERRORS.values())


def test_public_surface_is_sorted_and_there() -> None:
    assert sorted(settlement.__all__, key=lambda name: (not name.isupper(), name)) == settlement.__all__
    assert all(hasattr(settlement, name) for name in settlement.__all__)
