"""tools/mutate.py: a change to a contract that no test notices is found, told and held to a list of answers."""

from __future__ import annotations

import importlib
import json
import os
import subprocess
import sys
from pathlib import Path
from textwrap import dedent
from types import ModuleType
from typing import Any

import pytest

from prover.places import checkout

TOOL = checkout() / "tools" / "mutate.py"
SAMPLE = 12

PLANTED = """
    // SPDX-License-Identifier: Apache-2.0
    pragma solidity 0.8.37;

    contract Planted {
        error TooMuch();
        error Foreign();
        event Raised(uint256 by);

        enum Mood { CALM, WILD }

        uint256 private constant MOST = 10;
        address private immutable owner = msg.sender;
        uint256 public sum;
        Mood public mood;

        modifier onlyOwner() {
            require(msg.sender == owner, Foreign());
            _;
        }

        function raise(uint256 by) external onlyOwner {
            require(by <= MOST, TooMuch());
            // Nothing is dropped because of this; or that.
            sum += by;
            if (by > 5 && by < 9) mood = Mood.WILD;
            emit Raised(by);
        }

        function forgotten(uint256 by) external {
            sum -= by;
        }

        function low(uint256 word) external pure returns (uint256 half) {
            assembly ("memory-safe") {
                mstore(0x00, and(word, 0xff))
                half := mload(0x00)
            }
        }
    }
"""

TESTED = """
    // SPDX-License-Identifier: Apache-2.0
    pragma solidity 0.8.37;

    import {Planted} from "../src/Planted.sol";

    contract Stranger {
        function tries(Planted planted) external returns (bool done) {
            (done,) = address(planted).call(abi.encodeCall(Planted.raise, (1)));
        }
    }

    contract PlantedTest {
        bool public constant IS_TEST = true;
        Planted private planted = new Planted();

        function test_raise_whenItIsTooMuch_reverts() external {
            (bool done,) = address(planted).call(abi.encodeCall(Planted.raise, (11)));
            require(!done);
            require(!new Stranger().tries(planted));
        }

        function test_raise_addsUp() external {
            planted.raise(10);
            require(planted.sum() == 10 && planted.mood() == Planted.Mood.CALM);
            planted.raise(5);
            require(planted.sum() == 15 && planted.mood() == Planted.Mood.CALM);
            planted.raise(9);
            require(planted.mood() == Planted.Mood.CALM);
            planted.raise(8);
            require(planted.mood() == Planted.Mood.WILD);
            Planted other = new Planted();
            other.raise(6);
            require(other.mood() == Planted.Mood.WILD);
        }

        function test_low_isTheLastByte() external view {
            require(planted.low(0x1fe) == 0xfe && planted.low(0xff) == 0xff);
        }
    }
"""

EVENT = ("raise", "emit Raised(by)", "")
"""That the event is not looked at: the tests above forget it on purpose."""

FORGOTTEN = {("forgotten", "sum -= by", ""), ("forgotten", "sum -= by", "sum += by")}


@pytest.fixture
def tool(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    monkeypatch.syspath_prepend(str(TOOL.parent))
    return importlib.import_module("mutate")


@pytest.fixture
def planted(tmp_path: Path) -> Path:
    """A project with a function that no test calls."""
    for name, text in {"src/Planted.sol": PLANTED, "test/Planted.t.sol": TESTED}.items():
        (tmp_path / name).parent.mkdir()
        (tmp_path / name).write_text(dedent(text).lstrip())
    return tmp_path


def mutate(*arguments: str | Path) -> tuple[int, list[dict[str, Any]], str]:
    """Exit code, verdicts and what was said."""
    command = [sys.executable, TOOL, "--json", *arguments]
    said = subprocess.run(command, capture_output=True, text=True, check=False)
    return said.returncode, [json.loads(line) for line in said.stdout.splitlines()], said.stderr


def entry(function: str, was: str, becomes: str, reason: str = "planted") -> str:
    fields = {"file": "Planted.sol", "function": function, "was": was, "becomes": becomes, "reason": reason}
    return "\n".join(["[[survivor]]", *(f"{name} = {json.dumps(value)}" for name, value in fields.items()), ""])


@pytest.mark.slow
def test_mutate_aFunctionWithoutATest_survivesAndFails(planted: Path) -> None:
    code, verdicts, said = mutate("--contracts", planted)
    assert code == 1, said
    survivors = {(one["function"], one["was"], one["becomes"]) for one in verdicts if not one["killer"]}
    assert survivors == {EVENT, *FORGOTTEN}, said
    assert said.count("no test sees Planted.sol") == len(survivors)
    killed = {(one["was"], one["becomes"]) for one in verdicts if one["killer"]}
    assert killed >= {
        ("require(by <= MOST, TooMuch())", ""),
        ("by <= MOST", "by < MOST"),
        ("by <= MOST", "by <= (MOST + 1)"),
        ("by > 5 && by < 9", "by > 5"),
        ("by > 5 && by < 9", "by < 9"),
        ("by > 5 && by < 9", "true"),
        ("by > 5", "by >= 5"),
        ("mood = Mood.WILD", "mood = Mood.CALM"),
        ("sum += by", "sum -= by"),
        ("onlyOwner", ""),
        ("mstore(0x00, and(word, 0xff))", ""),
        ("and(word, 0xff)", "and(word, 0xff + 1)"),
    }


def test_judge_withAnswers_failsOnlyWhereTheyAndTheSurvivorsDiffer(
    tool: ModuleType, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    answers, mutants = importlib.import_module("mutation.answers"), importlib.import_module("mutation.mutant")
    verdict = importlib.import_module("mutation.runner").Verdict
    survivors = [mutants.Mutant(i, "Planted.sol", 1, *told, ()) for i, told in enumerate([EVENT, *sorted(FORGOTTEN)])]
    killed = mutants.Mutant(9, "Planted.sol", 1, "raise", "sum += by", "", ())
    verdicts = [*(verdict(one, "", 0.0) for one in survivors), verdict(killed, "test_raise_addsUp", 0.0)]

    def judged(*entries: str, whole: bool = True) -> int:
        (tmp_path / "mutants.toml").write_text("".join(entries))
        return int(tool.judge(verdicts, answers.read(tmp_path / "mutants.toml"), whole=whole))

    # Every survivor has an answer, and every answer a survivor; a star stands for both of the last.
    assert judged(entry(*EVENT), entry("forgotten", "sum -= by", "*")) == 0
    assert judged(entry(*EVENT), entry("forgotten", "sum -= by", "")) == 1
    assert "no test sees Planted.sol:1 forgotten: sum -= by → sum += by" in capsys.readouterr().err
    # An answer for what tests notice by now: a sample does not know, because it leaves answered ones out.
    late = entry(*EVENT), entry("forgotten", "sum -= by", "*"), entry("raise", "sum += by", "")
    assert judged(*late, whole=False) == 0
    assert judged(*late) == 1
    assert "lists what does not survive: Planted.sol raise: sum += by" in capsys.readouterr().err
    with pytest.raises(ValueError, match="an entry without a reason"):
        judged(entry(*EVENT, reason=" "))


@pytest.mark.slow
def test_mutate_whenTestsFailAnyway_isNoVerdict(planted: Path) -> None:
    """Otherwise every mutant would look killed."""
    tests = planted / "test" / "Planted.t.sol"
    tests.write_text(tests.read_text().replace("planted.sum() == 10", "planted.sum() == 11"))
    code, verdicts, said = mutate("--contracts", planted)
    assert code == 2 and not verdicts and "PlantedTest.test_raise_addsUp" in said


@pytest.mark.slow
def test_mutate_aSampleOfTheContracts_isKilled() -> None:
    """A dozen that a seed draws; `make soak` runs all."""
    seed = os.environ.get("ZKCLEAR_MUTANTS_SEED", "7")
    code, verdicts, said = mutate("--sample", str(SAMPLE), "--seed", seed)
    assert code == 0, f"seed {seed}\n{said}"
    assert len(verdicts) == SAMPLE and all(one["killer"] for one in verdicts)
