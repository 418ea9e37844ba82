"""The command line: one JSON document for machines, one message and an exit code for what goes wrong."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from prover.errors import ProverError
from prover.places import checkout
from rollup.cli.output import complain

COMMAND = [sys.executable, "-c", "from rollup.cli import main; main()"]


def run(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*COMMAND, *arguments], capture_output=True, text=True, env={**os.environ, **environment}, check=False
    )


def document(result: subprocess.CompletedProcess[str]) -> Any:
    assert result.returncode == 0, result.stderr
    return json.loads(result.stdout)


def test_doctor_when_asked_for_json_lists_every_finding() -> None:
    report = document(run("doctor", "--json"))
    assert report["ok"]
    assert {"python", "circom", "snarkjs", "anvil", "cores", "disk"} <= {row["subject"] for row in report["findings"]}


def test_doctor_when_a_tool_is_missing_exits_1_with_the_remedy(tmp_path: Path) -> None:
    result = run("doctor", "--json", PATH=str(tmp_path))
    report = json.loads(result.stdout)
    assert result.returncode == 1
    (node,) = (row for row in report["findings"] if row["subject"] == "node")
    assert not node["ok"]
    assert "install Node.js" in node["remedy"]


def test_doctor_when_cargo_alone_is_missing_still_says_ok(tmp_path: Path) -> None:
    for name in ("node",):
        found = next(
            Path(folder) / name for folder in os.environ["PATH"].split(os.pathsep) if (Path(folder) / name).exists()
        )
        (tmp_path / name).symlink_to(found)
    report = document(run("doctor", "--json", PATH=str(tmp_path)))
    (cargo,) = (row for row in report["findings"] if row["subject"] == "cargo")
    assert not cargo["ok"]
    assert not cargo["required"]


def test_command_when_the_backend_is_unknown_says_which_there_are() -> None:
    result = run("demo", ZKCLEAR_BACKEND="quantum")
    assert result.returncode == 1
    assert "native, reference" in result.stderr
    assert "Traceback" not in result.stderr


def test_command_when_misspelt_exits_2() -> None:
    assert run("doctr").returncode == 2


def test_setup_when_the_circuit_is_unknown_lists_the_known_ones() -> None:
    result = run("setup", "dev", "--circuit", "nope", "--profile", "tiny")
    assert result.returncode == 1
    assert "membership (tiny)" in result.stderr


def test_ceremony_when_the_directory_holds_none_says_how_to_begin(tmp_path: Path) -> None:
    result = run("ceremony", "contribute", str(tmp_path), "--name", "Ada")
    assert result.returncode == 1
    assert "ceremony init" in result.stderr


def test_doctor_when_the_data_directory_cannot_be_made_says_what_to_set() -> None:
    result = run("doctor", "--json", ZKCLEAR_DATA="/proc/nope")
    assert result.returncode == 1
    (disk,) = (row for row in json.loads(result.stdout)["findings"] if row["subject"] == "disk")
    assert "ZKCLEAR_DATA" in disk["remedy"]
    refused = run("setup", "dev", "--profile", "tiny", ZKCLEAR_DATA="/proc/nope")
    assert refused.returncode == 1
    assert "ZKCLEAR_DATA" in refused.stderr
    assert "Traceback" not in refused.stderr


def test_complain_says_brackets_and_colons_as_they_are(capsys: pytest.CaptureFixture[str]) -> None:
    """A path may have either: neither is markup, nor the name of a picture."""
    for text in ("/tmp/[/x].json: is no wallet", "[red]a[/red] \\[b]", ":smile: at 12:30:00", "trailing \\"):
        complain(ProverError(text))
        assert capsys.readouterr().err == f"error {text}\n"


def test_command_with_brackets_in_a_path_says_the_path(tmp_path: Path) -> None:
    result = run("verify", str(tmp_path / "[/x].json"))
    assert result.returncode not in (0, 1)
    assert "[/x].json" in "".join(result.stderr.split())
    assert "Traceback" not in result.stderr


def test_demo_when_the_engine_is_misspelt_fails() -> None:
    pytest.importorskip("zkclear_native", reason="the native extension is not built: install Rust, make setup")
    assert run("demo", "--json", ZKCLEAR_SIMD="avx").returncode == 1


def test_rules_when_listed_are_those_of_the_security_page() -> None:
    listed = document(run("rules", "--json"))
    assert "MGN-1" in listed
    found = document(run("rules", "MGN-1", "--json"))
    assert any(line.startswith("rollup/spec/margin.py:") for line in found["where"]["spec"])


def test_rules_when_unknown_says_so() -> None:
    result = run("rules", "XXX-1")
    assert result.returncode == 1
    assert "XXX-1" in result.stderr


@pytest.mark.parametrize("script", ["tools/generate.py", "tools/margin_page.py", "tools/base_windows.py"])
def test_generated_files_when_the_manifest_is_unchanged_are_fresh(script: str) -> None:
    result = subprocess.run(
        [sys.executable, str(checkout() / script), "--check"], capture_output=True, text=True, check=False
    )
    assert result.returncode == 0, result.stdout
