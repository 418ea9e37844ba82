"""tools/slither.py and tools/halmos.py: findings are held to their answers, and no check passes by not being run."""

from __future__ import annotations

import sys
from collections import Counter
from importlib.util import module_from_spec, spec_from_file_location
from types import ModuleType
from typing import Any

import pytest

from prover.places import checkout

TOOLS = checkout() / "tools"


def load(name: str) -> ModuleType:
    spec = spec_from_file_location(f"audit_{name}", TOOLS / f"{name}.py")
    assert spec is not None and spec.loader is not None
    module = module_from_spec(spec)
    sys.path.insert(0, str(TOOLS))
    try:
        spec.loader.exec_module(module)
    finally:
        sys.path.remove(str(TOOLS))
    return module


@pytest.fixture(scope="module")
def slither() -> ModuleType:
    return load("slither")


@pytest.fixture(scope="module")
def halmos() -> ModuleType:
    return load("halmos")


def element(kind: str, name: str, *above: tuple[str, str]) -> dict[str, Any]:
    parent = element(*above[0], *above[1:]) if above else None
    return {"type": kind, "name": name, "type_specific_fields": {"parent": parent} if parent else {}}


FUNCTION = element("function", "pay", ("contract", "Vault"))
LINE = element("node", "x = y", ("function", "pay"), ("contract", "Vault"))


def test_report_when_read_names_the_function_and_the_first_expression(slither: ModuleType) -> None:
    report = [{"check": "timestamp", "elements": [FUNCTION, LINE]}, {"check": "assembly", "elements": [FUNCTION]}]
    assert slither.read_report(report) == Counter(
        [slither.Finding("timestamp", "Vault.pay: x = y"), slither.Finding("assembly", "Vault.pay")]
    )


def test_place_of_a_variable_names_what_it_stands_in(slither: ModuleType) -> None:
    variable = element("variable", "to", ("function", "pay"), ("contract", "Vault"))
    assert slither.place_of([variable, FUNCTION]) == "Vault.pay.to"
    assert slither.place_of([]) == "everywhere"


def test_compare_when_a_finding_is_new_gone_or_there_twice_says_so(slither: ModuleType) -> None:
    kept, other = slither.Finding("assembly", "A.f"), slither.Finding("assembly", "A.g")
    assert list(slither.compare(Counter([kept]), Counter([kept]))) == []
    (new,) = slither.compare(Counter([kept, other]), Counter([kept]))
    assert new.startswith("no answer") and "A.g" in new
    (stale,) = slither.compare(Counter([kept]), Counter([kept, other]))
    assert stale.startswith("no longer found") and "A.g" in stale
    (twice,) = slither.compare(Counter([kept, kept]), Counter([kept]))
    assert twice.startswith("no answer") and "A.f" in twice


def test_answers_when_proposed_are_refused_until_they_have_reasons(slither: ModuleType) -> None:
    found = Counter([slither.Finding("calls-loop", 'A.f: "quoted"'), slither.Finding("calls-loop", "A.g")])
    text = "\n".join(slither.proposed(found, Counter()))
    with pytest.raises(SystemExit, match="gives no reason"):
        slither.read_answers(text)
    assert slither.read_answers(text.replace('reason = ""', 'reason = "because"')) == found


def test_answers_of_the_contracts_all_have_reasons_and_contracts(slither: ModuleType) -> None:
    answers = slither.read_answers(slither.LIST.read_text())
    sources = "\n".join(file.read_text() for file in (slither.CONTRACTS / "src").rglob("*.sol"))
    assert answers
    for finding in answers:
        name = finding.place.partition(":")[0].partition(".")[0]
        assert any(f"{kind} {name} " in sources for kind in ("contract", "library", "interface")), finding


def result(name: str, **changed: Any) -> dict[str, Any]:
    good = {"exitcode": 0, "num_bounded_loops": 0, "num_paths": [3, 2, 0], "time": [1.5, 1, 1]}
    return {"name": f"{name}(uint256)"} | good | changed


def judged(halmos: ModuleType, *results: Any) -> list[str]:
    return list(halmos.judge("Checks", {"check_one"}, {"test_results": {"test/Checks.t.sol:Checks": list(results)}}))


def test_check_when_it_holds_is_told_with_its_time(halmos: ModuleType, capsys: pytest.CaptureFixture[str]) -> None:
    assert judged(halmos, result("check_one")) == []
    assert "Checks.check_one holds (3 paths, 1.5 s)" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("results", "said"),
    [
        ([], "not run"),
        ([result("check_another")], "not run"),
        ([result("check_one", exitcode=1)], "failed"),
        ([result("check_one", exitcode=4)], "failed"),
        ([result("check_one", num_bounded_loops=1)], "cut short"),
    ],
)
def test_check_when_it_fails_or_shows_nothing_is_an_error(halmos: ModuleType, results: list[Any], said: str) -> None:
    (line,) = judged(halmos, *results)
    assert line.startswith(said) and "Checks.check_one" in line


def test_expected_checks_are_all_those_in_the_sources(halmos: ModuleType) -> None:
    written = sum(file.read_text().count("function check_") for file in halmos.CHECKS.glob("*.sol"))
    assert sum(len(names) for names in halmos.expected().values()) == written > 0
