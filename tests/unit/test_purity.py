"""The law, the market and the exchange decide money: no clock, no ambient randomness, no files, no floats."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from prover.places import checkout

FORBIDDEN = {"asyncio", "datetime", "io", "json", "os", "pathlib", "random", "secrets", "socket", "subprocess", "time"}
EXCUSED = {"replay.py", "machine.py", "journal.py", "store.py", "checkpoint.py"}
"""Prices, journals, stores are files by nature; which machine runs is asked of the environment, and changes no bit."""
ROOMS = ("spec", "market", "exchange", "ledger")


def sources() -> list[Path]:
    return [path for room in ROOMS for path in sorted((checkout() / "rollup" / room).rglob("*.py"))]


@pytest.mark.parametrize("path", sources(), ids=lambda path: str(path.relative_to(checkout() / "rollup")))
def test_module_when_read_imports_no_ambient_thing_and_has_no_float(path: Path) -> None:
    tree = ast.parse(path.read_text())
    for node in ast.walk(tree):
        if isinstance(node, ast.Import | ast.ImportFrom):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else [node.module or ""]
            used = {name.split(".")[0] for name in names} & FORBIDDEN
            assert not used or path.name in EXCUSED, f"line {node.lineno} imports {used}"
        if isinstance(node, ast.Constant):
            assert not isinstance(node.value, float), f"line {node.lineno} has the float {node.value}"
        if isinstance(node, ast.BinOp):
            assert not isinstance(node.op, ast.Div), f"line {node.lineno} divides into a float"
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            assert node.func.id not in ("float", "open", "print"), f"line {node.lineno} calls {node.func.id}"
