"""Found by grep, so it cannot go stale: every error of L1 is refused by name in a test of the contracts."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from rollup.spec.settlement import L1_ERRORS

CONTRACTS = Path(__file__).parents[3] / "contracts"
TESTS = "\n".join(file.read_text("utf-8") for file in sorted((CONTRACTS / "test").glob("*.t.sol")))
SOURCES = "\n".join(
    file.read_text("utf-8") for file in sorted((CONTRACTS / "src").rglob("*.sol")) if file.name != "Errors.sol"
)


@pytest.mark.parametrize("rule", L1_ERRORS)
def test_every_rule_is_raised_in_the_contracts_and_expected_in_a_test(rule: str) -> None:
    error = L1_ERRORS[rule]
    assert re.search(rf"\b{error}\(\)", SOURCES), f"nothing in contracts/src refuses {rule} by {error}()"
    # As expectRevert and the helpers around it want it; an import alone shows nothing.
    assert re.search(rf"\b{error}\.selector\b", TESTS), f"no test in contracts/test expects {rule}: {error}.selector"
