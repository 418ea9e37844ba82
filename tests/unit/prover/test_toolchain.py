"""Outside programs: found, version-checked, their output captured, their failures typed."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest

from prover import toolchain, versions
from prover.errors import ToolFailed, ToolMissing, ToolVersionMismatch


@pytest.fixture(autouse=True)
def forget_what_was_found() -> None:
    for find in toolchain.TOOLS.values():
        find.cache_clear()


def program(path: Path, script: str) -> Path:
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o755)
    return path


@pytest.mark.parametrize("name", sorted(toolchain.TOOLS))
def test_find_when_set_up_returns_the_pinned_version(name: str) -> None:
    tool = toolchain.TOOLS[name]()
    pins = {"circom": "circom2", "forge": "@foundry-rs/forge-linux-amd64", "anvil": "@foundry-rs/anvil-linux-amd64"}
    if tool.origin == "npm":
        assert tool.version == versions.npm_package(pins.get(name, name)).version


@pytest.mark.parametrize(("name", "argument"), [("forge", "--version"), ("anvil", "--version"), ("solc", "--version")])
def test_run_when_tool_is_there_returns_what_it_prints(name: str, argument: str) -> None:
    tool = toolchain.TOOLS[name]()
    assert tool.version in toolchain.run(tool, [argument])


def test_find_circom_when_a_native_one_fits_prefers_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    program(tmp_path / "circom", "echo circom compiler 2.2.3")
    monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}{os.environ['PATH']}")
    assert toolchain.circom() == toolchain.Tool("circom", "2.2.3", (str(tmp_path / "circom"),), "native")


@pytest.mark.parametrize("version", ["2.1.9", "0.5.46", "3.0.0"])
def test_find_circom_when_the_native_one_does_not_fit_takes_npm(
    version: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    program(tmp_path / "circom", f"echo circom compiler {version}")
    monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}{os.environ['PATH']}")
    assert toolchain.circom().origin == "npm"


def test_find_node_when_missing_names_it_and_the_remedy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(ToolMissing) as caught:
        toolchain.node()
    assert caught.value.tool == "node"
    assert "install Node.js" in caught.value.remedy


def test_find_node_when_too_old_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    program(tmp_path / "node", "echo v12.22.0")
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(ToolVersionMismatch) as caught:
        toolchain.node()
    assert caught.value.actual == "12.22.0"


def test_find_snarkjs_when_not_installed_says_make_setup(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(toolchain, "checkout", lambda: tmp_path)
    with pytest.raises(ToolMissing) as caught:
        toolchain.snarkjs()
    assert caught.value.remedy == "make setup"


def test_find_snarkjs_when_another_version_is_installed_refuses_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    package = tmp_path / "node_modules" / "snarkjs"
    package.mkdir(parents=True)
    (package / "package.json").write_text('{"version": "0.6.11"}')
    monkeypatch.setattr(toolchain, "checkout", lambda: tmp_path)
    with pytest.raises(ToolVersionMismatch) as caught:
        toolchain.snarkjs()
    assert (caught.value.expected, caught.value.actual) == ("0.7.6", "0.6.11")


@pytest.mark.parametrize(("version", "fits"), [("1.7.1", True), ("1.6.0", False)])
def test_find_anvil_when_npm_has_none_takes_the_pinned_version_from_path(
    version: str, fits: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    program(tmp_path / "anvil", f"echo anvil Version: {version}")
    monkeypatch.setattr(toolchain, "checkout", lambda: tmp_path)
    monkeypatch.setenv("PATH", str(tmp_path))
    if fits:
        assert toolchain.anvil() == toolchain.Tool("anvil", version, (str(tmp_path / "anvil"),), "native")
        return
    with pytest.raises(ToolVersionMismatch) as caught:
        toolchain.anvil()
    assert caught.value.actual == version


def test_run_when_tool_fails_keeps_code_and_output(tmp_path: Path) -> None:
    tool = toolchain.Tool("liar", "1.0.0", (str(program(tmp_path / "liar", "echo the reason; exit 3")),), "native")
    with pytest.raises(ToolFailed) as caught:
        toolchain.run(tool, ["x"])
    assert caught.value.exit_code == 3
    assert caught.value.output == "the reason\n"


def test_run_when_time_is_up_ends_the_children_too(tmp_path: Path) -> None:
    script = program(tmp_path / "slow", f"sleep 60 & echo $! > {tmp_path}/child; wait")
    with pytest.raises(ToolFailed) as caught:
        toolchain.run(toolchain.Tool("slow", "1.0.0", (str(script),), "native"), [], timeout=0.5)
    assert caught.value.exit_code is None
    child = Path(f"/proc/{(tmp_path / 'child').read_text().strip()}/stat")
    for _ in range(50):  # a killed child may stay a moment as a zombie
        if not child.exists() or child.read_text().split()[2] == "Z":
            return
        time.sleep(0.1)
    pytest.fail("the child outlived its parent's time limit")
