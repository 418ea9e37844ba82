"""`zkclear doctor`: is everything here that the rest needs, and if not, what gets it."""

from __future__ import annotations

import os
import platform
import shutil
import sys
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass

import typer
from rich.table import Table

from prover import crypto, toolchain
from prover.errors import DataDirectoryUnusable, ProverError, ToolError
from prover.places import data_directory
from rollup.cli.output import Json, console, emit

__all__ = ["Finding", "doctor", "findings"]

DISK_MINIMUM = 4 * 10**9
"""Bytes that compiled circuits and keys of the `small` profile may take, twice over."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One line of the table: what was looked at, what was seen, and the remedy when that is not enough."""

    subject: str
    seen: str
    ok: bool
    required: bool = True
    remedy: str = ""


def doctor(json: Json = False) -> None:
    """Check tools, versions, backends, cores, memory and disk; exit 1 when something needed is missing."""
    found = list(findings())
    healthy = all(finding.ok or not finding.required for finding in found)
    if json:
        emit({"ok": healthy, "findings": [asdict(finding) for finding in found]})
    else:
        _show(found)
    if not healthy:
        raise typer.Exit(1)


def findings() -> Iterator[Finding]:
    """Look at everything once, cheapest first."""
    yield Finding(
        "python", platform.python_version(), sys.version_info >= (3, 11), remedy="install Python 3.11 or newer"
    )
    for name, find in toolchain.TOOLS.items():
        yield _tool(name, find)
    yield _rust()
    for name in crypto.BACKENDS:
        yield _backend(name)
    yield from _machine()


def _tool(name: str, find: Callable[[], toolchain.Tool]) -> Finding:
    try:
        tool = find()
    except ToolError as error:
        return Finding(name, str(error).splitlines()[0], ok=False, remedy=getattr(error, "remedy", "make setup"))
    return Finding(name, f"{tool.version} ({tool.origin})", ok=True)


def _rust() -> Finding:
    path = shutil.which("cargo")
    consequence = "without it: no key setup, no fast proving, no exchange at speed; reference and snarkjs still work"
    return Finding(
        "cargo",
        path or f"missing; {consequence}",
        path is not None,
        required=False,
        remedy="install Rust from rustup.rs",
    )


def _backend(name: str) -> Finding:
    try:
        crypto.load(name)
    except ProverError as error:
        return Finding(f"backend {name}", "not built", ok=False, required=False, remedy=getattr(error, "remedy", ""))
    return Finding(f"backend {name}", "ready", ok=True)


def _machine() -> Iterator[Finding]:
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    yield Finding("cores", str(cores), cores >= 1)
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    yield Finding(
        "memory", _gigabytes(memory), memory >= 4 * 10**9, required=False, remedy="4 GB lets circuits compile"
    )
    try:
        data = data_directory()
    except DataDirectoryUnusable as error:
        yield Finding("disk", f"{error.directory}: {error.reason}", ok=False, remedy="set ZKCLEAR_DATA elsewhere")
        return
    free = shutil.disk_usage(data).free
    yield Finding(
        "disk", f"{_gigabytes(free)} free in {data}", free >= DISK_MINIMUM, remedy="set ZKCLEAR_DATA to a roomier disk"
    )


def _gigabytes(count: int) -> str:
    return f"{count / 10**9:.1f} GB"


def _show(found: list[Finding]) -> None:
    table = Table(box=None, pad_edge=False)
    for heading in ("", "what", "seen", "to mend it"):
        table.add_column(heading, overflow="fold")
    for finding in found:
        mark = "[green]ok[/]" if finding.ok else "[red]missing[/]" if finding.required else "[yellow]limited[/]"
        table.add_row(mark, finding.subject, finding.seen, "" if finding.ok else finding.remedy)
    console.print(table)
