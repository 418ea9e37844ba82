"""
Write what rollup/exchange/codes.toml says in Python, Rust and the traders' pages.

    python tools/codes.py            write the files
    python tools/codes.py --check    exit 1 when one of them is stale
"""

from __future__ import annotations

import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
SOURCE = "rollup/exchange/codes.toml"
NOTICE = f"Generated from {SOURCE} by `make generate`; change that file, not this one."


def python(source: dict[str, Any]) -> Iterator[str]:
    """rollup/exchange/codes.py"""
    yield f'"""\nCodes: why a command is refused or an order ends, and how a slot trades.\n\n{NOTICE}\n"""\n'
    yield "from __future__ import annotations\n"
    yield "from enum import IntEnum"
    yield "from typing import Final\n"
    yield '__all__ = ["MEANINGS", "REMEDIES", "Code", "Phase"]\n\n'
    for title, name, members in (
        ("How a slot trades.", "Phase", source["phases"]),
        ("Why a command is refused, or an order ends.", "Code", source["codes"]),
    ):
        yield f'class {name}(IntEnum):\n    """{title}"""\n'
        for member, entry in members.items():
            yield f"    {member} = {entry['number']}"
            if name == "Phase":
                yield f'    """{entry["means"].capitalize()}."""'
        yield "\n"
    for title, name, key in (("What it means.", "MEANINGS", "means"), ("What to do next.", "REMEDIES", "todo")):
        yield f"{name}: Final[dict[Code, str]] = {{"
        yield from (f'    Code.{member}: "{entry[key]}",' for member, entry in source["codes"].items())
        yield f'}}\n"""{title}"""\n' if name == "MEANINGS" else f'}}\n"""{title}"""'


def rust(source: dict[str, Any]) -> Iterator[str]:
    """rollup/native/src/codes.rs"""
    yield f"//! Why a command is refused or an order ends, and how a slot trades.\n//!\n//! {NOTICE}\n"
    for prefix, kind, members in (("PHASE_", "u8", source["phases"]), ("", "u16", source["codes"])):
        for member, entry in members.items():
            yield f"/// {entry['means'].capitalize()}."
            yield f"pub const {prefix}{member}: {kind} = {entry['number']};"


def page(source: dict[str, Any]) -> Iterator[str]:
    """docs/traders/codes.md"""
    yield "# Codes: why an order is refused, or ends\n"
    yield "Numbers never change their meaning. A refused command has changed nothing.\n"
    yield "| number | name | what it means | what to do |\n| ---: | --- | --- | --- |"
    for member, entry in source["codes"].items():
        yield f"| {entry['number']} | `{member}` | {entry['means']} | {entry['todo']} |"
    yield f"\n{NOTICE}"


TARGETS = {
    "rollup/exchange/codes.py": python,
    "rollup/native/src/codes.rs": rust,
    "docs/traders/codes.md": page,
}


def main() -> int:
    source = tomllib.loads((ROOT / SOURCE).read_text())
    numbers = [entry["number"] for entry in source["codes"].values()]
    if len(set(numbers)) != len(numbers):
        raise SystemExit(f"error: {SOURCE} gives one number twice")
    stale = []
    for path, write in TARGETS.items():
        target, text = ROOT / path, "\n".join(write(source)) + "\n"
        if target.is_file() and target.read_text() == text:
            continue
        stale.append(path)
        if "--check" not in sys.argv:
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(text)
    if stale:
        print(f"{'stale' if '--check' in sys.argv else 'written'}: {', '.join(stale)}")  # noqa: T201
    return int(bool(stale) and "--check" in sys.argv)


if __name__ == "__main__":
    sys.exit(main())
