"""Types of the contracts' ABIs, and what they are in Python."""

from __future__ import annotations

import builtins
import re
from collections.abc import Mapping
from typing import Any

from natspec import snake

from rollup.chain.artifacts import PARTS

COMMON = "structs"
"""Module of the structs that belong to no part."""


def origin(value: Mapping[str, Any]) -> tuple[str, str, str]:
    """What a value is (`struct`, `enum`, or nothing of ours), its name, and the module that has it."""
    found = re.match(r"(struct|enum) (?:(\w+)\.)?(\w+)", value.get("internalType", ""))
    if not found:
        return "", "", ""
    owner = (found[2] or "").removeprefix("I").lower()
    return found[1], found[3], owner if owner in PARTS else COMMON


def python_type(value: Mapping[str, Any], *, argument: bool = False) -> str:
    """The type of a value in Python."""
    base, _, array = value["type"].partition("[")
    kind, name, _ = origin(value)
    if kind:
        inner = name
    elif base.startswith(("uint", "int")):
        inner = "int"
    else:
        inner = {"bool": "bool", "address": "Address", "string": "str"}.get(base, "bytes")
    if not array:
        return inner
    return f"Sequence[{inner}]" if argument else f"tuple[{inner}, ...]"


def reading(value: Mapping[str, Any], expression: str) -> str:
    """What makes the Python value out of a decoded one."""
    base, _, array = value["type"].partition("[")
    kind, name, _ = origin(value)
    if array:
        inner = reading({**value, "type": base}, "one")
        return f"tuple({expression})" if inner == "one" else f"tuple({inner} for one in {expression})"
    if kind:
        return f"{name}.of({expression})" if kind == "struct" else f"{name}({expression})"
    return f"address({expression})" if base == "address" else expression


def canonical(value: Mapping[str, Any]) -> str:
    """A type as signatures have it."""
    if not value["type"].startswith("tuple"):
        return str(value["type"])
    return f"({','.join(map(canonical, value['components']))}){value['type'].removeprefix('tuple')}"


def signature(each: Mapping[str, Any]) -> str:
    return f"{each['name']}({','.join(map(canonical, each['inputs']))})"


def parameter(name: str) -> str:
    """The name of a parameter, which must not hide a builtin."""
    return f"{snake(name)}_" if hasattr(builtins, snake(name)) else snake(name)
