"""
The names and shapes of a circuit's top-level signals, read from circom's symbol file.

circom's own program knows an input only as a hash and a length; with these, a wrong input can be told by its name
and index. The shapes are written beside the compiled circuit, since a symbol file may be a hundred megabytes.
"""

from __future__ import annotations

import gzip
import json
import re
import shutil
from collections.abc import Iterator
from pathlib import Path

__all__ = ["Shape", "pack_symbols", "read_shapes", "symbol_lines", "write_shapes"]

Shape = tuple[int, ...]
"""Lengths of the nested arrays of a signal; empty for a single one."""

TOP_LEVEL = re.compile(r"main\.([A-Za-z_$][\w$]*)((?:\[\d+\])*)$")


def symbol_lines(path: Path) -> Iterator[str]:
    """Lines of a symbol file, packed or not: a label, a wire or -1, a template and a name."""
    with gzip.open(path, "rt") if path.suffix == ".gz" else path.open() as file:
        for line in file:
            yield line.rstrip("\n")


def pack_symbols(symbols: Path, target: Path) -> None:
    """A packed copy, a tenth of the size, always the same bytes for the same file."""
    with symbols.open("rb") as source, target.open("wb") as file, gzip.GzipFile("", "wb", 3, file, mtime=0) as packed:
        shutil.copyfileobj(source, packed)


def write_shapes(symbols: Path, target: Path) -> None:
    """Read the symbol file once and keep the shape of each signal of the main component."""
    shapes: dict[str, tuple[int, ...]] = {}
    for line in symbol_lines(symbols):
        found = TOP_LEVEL.match(line.split(",", 3)[3])
        if found:
            index = tuple(int(part) + 1 for part in re.findall(r"\d+", found[2]))
            before = shapes.get(found[1], index)
            shapes[found[1]] = tuple(map(max, before, index))
    target.write_text(json.dumps(shapes))


def read_shapes(path: Path) -> dict[str, Shape]:
    """What `write_shapes` kept."""
    return {name: tuple(shape) for name, shape in json.loads(path.read_text()).items()}
