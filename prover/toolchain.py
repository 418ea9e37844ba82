"""
Programs that run as subprocesses: circom, snarkjs, solc, forge, anvil.

Each is found, its version checked against the pin, its output captured and its failure typed. A native `circom`
on PATH is used when its version fits, since it compiles faster and without WebAssembly's 4 GB; npm's `circom2`
otherwise. Nothing here installs anything: what is missing is named together with the command that gets it.
"""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import signal
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from prover.errors import ToolFailed, ToolMissing, ToolVersionMismatch
from prover.places import checkout
from prover.versions import MINIMUM_CIRCOM, NODE_MINIMUM, npm_package

__all__ = ["TOOLS", "Tool", "anvil", "circom", "forge", "node", "run", "snarkjs", "solc", "stop_all"]

NODE_REMEDY = f"install Node.js {NODE_MINIMUM} or newer with npm"


@dataclass(frozen=True, slots=True)
class Tool:
    """A program that was found and whose version fits."""

    name: str
    version: str
    command: tuple[str, ...]
    origin: str
    """`native` for a program on PATH, `npm` for one of package.json."""


def run(
    tool: Tool,
    arguments: Sequence[str],
    *,
    directory: Path | None = None,
    timeout: float | None = None,
    standard_input: str | None = None,
    environment: Mapping[str, str] | None = None,
) -> str:
    """Run a tool to its end and return what it printed; raise ToolFailed with that text when it fails."""
    return _execute(tool.name, [*tool.command, *arguments], directory, timeout, standard_input, environment)


@cache
def node() -> Tool:
    """Node.js, which snarkjs, solc and npm's circom run on."""
    path = shutil.which("node")
    if path is None:
        raise ToolMissing("node", NODE_REMEDY)
    version = _execute("node", [path, "--version"], timeout=60).strip().removeprefix("v")
    if int(version.split(".")[0]) < NODE_MINIMUM:
        raise ToolVersionMismatch("node", f">= {NODE_MINIMUM}", version, NODE_REMEDY)
    return Tool("node", version, (path,), "native")


@cache
def circom() -> Tool:
    """The Circom compiler: a native one of version 2.2 or newer, else npm's."""
    path = shutil.which("circom")
    if path is not None:
        version = _version_in(_execute("circom", [path, "--version"], timeout=60))
        if MINIMUM_CIRCOM <= _numbers(version) < (MINIMUM_CIRCOM[0] + 1,):
            return Tool("circom", version, (path,), "native")
    return _npm_tool("circom", "circom2", "cli.js")


@cache
def snarkjs() -> Tool:
    """snarkjs: ceremonies, the slow second prover, the Solidity verifier that ours is tested against."""
    return _npm_tool("snarkjs", "snarkjs", "build/cli.cjs")


@cache
def solc() -> Tool:
    """The Solidity compiler behind the shim that forge can call."""
    package = _installed("solc")
    shim = checkout() / "tools" / "solc"
    return Tool("solc", package, (node().command[0], str(shim)), "npm")


@cache
def forge() -> Tool:
    """Foundry's builder and tester."""
    return _foundry("forge")


@cache
def anvil() -> Tool:
    """Foundry's local chain."""
    return _foundry("anvil")


TOOLS = {"node": node, "circom": circom, "snarkjs": snarkjs, "solc": solc, "forge": forge, "anvil": anvil}


def _npm_tool(name: str, package: str, script: str) -> Tool:
    version = _installed(package)
    return Tool(name, version, (node().command[0], str(checkout() / "node_modules" / package / script)), "npm")


def _foundry(name: str) -> Tool:
    """
    A program of Foundry, in exactly the pinned version: gas figures and traces depend on it.

    npm has it as a package for 64-bit Linux; elsewhere Foundry's own installer puts it on PATH.
    """
    package = f"@foundry-rs/{name}-linux-amd64"
    pin = npm_package(package)
    binary = checkout() / "node_modules" / package / "bin" / name
    if binary.is_file():
        return Tool(name, _installed(package), (str(binary),), "npm")
    path = shutil.which(name)
    if path is None:
        raise ToolMissing(name, f"make setup, or off 64-bit Linux install Foundry {pin.version}")
    version = _version_in(_execute(name, [path, "--version"], timeout=60))
    if version != pin.version:
        raise ToolVersionMismatch(name, pin.version, version, f"install Foundry {pin.version}")
    return Tool(name, version, (path,), "native")


def _installed(package: str) -> str:
    """The installed version of an npm package, which must be the pinned one."""
    pin = npm_package(package)
    manifest = checkout() / "node_modules" / package / "package.json"
    if not manifest.is_file():
        raise ToolMissing(package, pin.remedy)
    found = re.search(r'"version":\s*"([^"]+)"', manifest.read_text())
    actual = found.group(1) if found else "unknown"
    if actual != pin.version:
        raise ToolVersionMismatch(package, pin.version, actual, pin.remedy)
    return actual


def stop_all() -> None:
    """End every program that is running: what an interrupt of the whole does."""
    for process in list(_running):
        _end_group(process)


_running: set[subprocess.Popen[str]] = set()


def _execute(
    name: str,
    command: Sequence[str],
    directory: Path | None = None,
    timeout: float | None = None,
    standard_input: str | None = None,
    environment: Mapping[str, str] | None = None,
) -> str:
    """Run a command in a process group of its own, so that a time limit ends its children too."""
    with subprocess.Popen(
        command,
        cwd=directory or checkout(),
        stdin=subprocess.PIPE if standard_input is not None else subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        env={**os.environ, **environment} if environment else None,
        start_new_session=True,
    ) as process:
        _running.add(process)
        try:
            output, _ = process.communicate(standard_input, timeout)
        except subprocess.TimeoutExpired:
            _end_group(process)
            output, _ = process.communicate()
            raise ToolFailed(name, command, None, output) from None
        except BaseException:  # an interrupt must not leave a prover running behind the user's back
            _end_group(process)
            raise
        finally:
            _running.discard(process)
    if process.returncode != 0:
        raise ToolFailed(name, command, process.returncode, output)
    return output


def _end_group(process: subprocess.Popen[str]) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)


def _version_in(text: str) -> str:
    found = re.search(r"\d+\.\d+\.\d+", text)
    return found.group(0) if found else "0.0.0"


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in version.split("."))
