"""
Write what four languages share, from circuits/manifest.toml.

    python tools/generate.py            write the files
    python tools/generate.py --check    exit 1 when one of them is stale
"""

from __future__ import annotations

import re
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
NOTICE = "Generated from circuits/manifest.toml by `make generate`; change that file, not this one."


def main() -> int:
    manifest = tomllib.loads((ROOT / "circuits" / "manifest.toml").read_text())
    stale = []
    for path, write in TARGETS.items():
        target, text = ROOT / path, "\n".join(write(manifest)) + "\n"
        if target.is_file() and target.read_text() == text:
            continue
        stale.append(path)
        if "--check" not in sys.argv:
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(text)
    if stale:
        print(f"{'stale' if '--check' in sys.argv else 'written'}: {', '.join(stale)}")  # noqa: T201
    return int(bool(stale) and "--check" in sys.argv)


def python(manifest: dict[str, Any]) -> Iterator[str]:
    """rollup/spec/shared.py"""
    yield f'"""\nNumbers that the specification shares with circuits, contracts and native code.\n\n{NOTICE}\n"""'
    yield ""
    yield "from __future__ import annotations"
    yield ""
    yield "from dataclasses import dataclass"
    yield "from enum import IntEnum"
    yield "from typing import Final"
    yield ""
    yield ""
    yield "class Tag(IntEnum):"
    yield '    """Initial capacities of Poseidon, one for each use."""'
    yield ""
    yield from (f"    {name} = {value}" for name, value in manifest["tags"].items())
    yield ""
    yield ""
    yield "class Width:"
    yield '    """Bits of a value wherever it is range-checked."""'
    yield ""
    yield from (f"    {constant(name)}: Final = {bits}" for name, bits in manifest["widths"].items())
    for name, members in manifest["enumerations"].items():
        yield from ["", "", f"class {name}(IntEnum):"]
        yield from (f"    {member} = {value}" for member, value in members.items())
    yield ""
    yield ""
    yield "WORDS: Final[dict[str, dict[str, int]]] = {"
    for name, layout in manifest["words"].items():
        yield f'    "{snake(name)}": {{'
        yield from (f'        "{snake(field)}": {bits},' for field, bits in layout.items())
        yield "    },"
    yield "}"
    yield '"""Layouts of packed words, lowest bits first: field, bits."""'
    yield ""
    yield "PUBLIC_INPUTS: Final[dict[str, tuple[str, ...]]] = {"
    for name, inputs in manifest["publicInputs"].items():
        yield f'    "{snake(name)}": ('
        yield from (f'        "{snake(each)}",' for each in inputs)
        yield "    ),"
    yield "}"
    yield '"""Public inputs of each circuit, in the order in which a verifier takes them."""'
    yield ""
    yield "ERRORS: Final[dict[str, str]] = {"
    yield from (f'    "{rule}": "{name}",' for rule, name in manifest["errors"].items())
    yield "}"
    yield '"""Rules of the contract, and the custom error that refuses each."""'
    yield ""
    yield ""
    yield "@dataclass(frozen=True, slots=True)"
    yield "class Profile:"
    yield '    """A named set of compile-time parameters; one profile a deployment."""'
    yield ""
    yield "    name: str"
    first = next(iter(manifest["profiles"].values()))
    yield from (f"    {snake(field)}: int" for field in first if field != "purpose")
    yield ""
    yield ""
    yield "PROFILES: Final[dict[str, Profile]] = {"
    for name, profile in manifest["profiles"].items():
        yield f'    "{name}": Profile('
        yield f'        "{name}",'
        yield from (f"        {snake(field)}={value}," for field, value in profile.items() if field != "purpose")
        yield "    ),"
    yield "}"


def circom(manifest: dict[str, Any]) -> Iterator[str]:
    """circuits/lib/shared.circom"""
    yield f"// {NOTICE}"
    yield "pragma circom 2.2.0;"
    yield ""
    for name, value in manifest["tags"].items():
        yield f"function TAG_{name}() {{ return {value}; }}"
    yield ""
    for name, bits in manifest["widths"].items():
        yield f"function BITS_{constant(name)}() {{ return {bits}; }}"
    for name, members in manifest["enumerations"].items():
        yield ""
        for member, value in members.items():
            yield f"function {constant(name)}_{member}() {{ return {value}; }}"
    for layout, parts in manifest["words"].items():
        yield ""
        shift = 0
        for part, bits in parts.items():
            yield f"function AT_{constant(layout)}_{constant(part)}() {{ return 1 << {shift}; }}"
            shift += bits


def rust(manifest: dict[str, Any]) -> Iterator[str]:
    """rollup/native/src/shared.rs"""
    yield f"//! {NOTICE}"
    yield "#![allow(dead_code)]"
    yield ""
    for name, value in manifest["tags"].items():
        yield f"pub const TAG_{name}: u32 = {value};"
    yield ""
    for name, bits in manifest["widths"].items():
        yield f"pub const BITS_{constant(name)}: u32 = {bits};"
    for name, members in manifest["enumerations"].items():
        yield ""
        for member, value in members.items():
            yield f"pub const {constant(name)}_{member}: u8 = {value};"


def solidity(manifest: dict[str, Any]) -> Iterator[str]:
    """contracts/src/libraries/Shared.sol"""
    yield "// SPDX-License-Identifier: Apache-2.0"
    yield f"// {NOTICE}"
    yield "pragma solidity 0.8.37;"
    yield ""
    yield "library Shared {"
    for name, bits in manifest["widths"].items():
        yield f"    uint256 internal constant BITS_{constant(name)} = {bits};"
    for name, members in manifest["enumerations"].items():
        yield ""
        for member, value in members.items():
            yield f"    uint8 internal constant {constant(name)}_{member} = {value};"
    for name, layout in manifest["words"].items():
        yield ""
        shift = 0
        for field, bits in layout.items():
            yield f"    uint256 internal constant {constant(name)}_{constant(field)}_AT = {shift};"
            shift += bits
    for name, inputs in manifest["publicInputs"].items():
        yield ""
        yield f"    uint256 internal constant {constant(name)}_INPUTS = {len(inputs)};"
        for place, each in enumerate(inputs):
            yield f"    uint256 internal constant {constant(name)}_INPUT_{constant(each)} = {place};"
    yield "}"


def errors(manifest: dict[str, Any]) -> Iterator[str]:
    """contracts/src/interfaces/Errors.sol"""
    yield "// SPDX-License-Identifier: Apache-2.0"
    yield f"// {NOTICE}"
    yield "pragma solidity 0.8.37;"
    for rule, name in manifest["errors"].items():
        yield ""
        yield f"/// {rule} of SECURITY.md."
        yield f"error {name}();"


def snake(name: str) -> str:
    return re.sub(r"(?<=[a-z0-9])([A-Z])", r"_\1", name).lower()


def constant(name: str) -> str:
    return snake(name).upper()


TARGETS = {
    "rollup/spec/shared.py": python,
    "circuits/lib/shared.circom": circom,
    "rollup/native/src/shared.rs": rust,
    "contracts/src/libraries/Shared.sol": solidity,
    "contracts/src/interfaces/Errors.sol": errors,
}

if __name__ == "__main__":
    sys.exit(main())
