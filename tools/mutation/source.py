"""
Sources as the compiler reads them: the text of each file and its syntax tree.

Mutants are found in the tree and not by patterns in the text, so what stands in a comment is never taken for code, and
a constant is known for one wherever it is named.
"""

from __future__ import annotations

import json
import re
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent.parent
COMPILER = ROOT / "tools" / "solc"
MODULES = ROOT / "node_modules"

IMPORT = re.compile(r'^import[^;]*?"([^"]+)"', re.MULTILINE)

Node = dict[str, Any]
"""A node of the compiler's syntax tree, as it comes in JSON."""


class BrokenSources(Exception):
    """The contracts do not compile as they are."""


@dataclass(frozen=True, slots=True)
class Sources:
    """Every file that the contracts need, by its path below the project or, for a library, by its import."""

    texts: dict[str, bytes]
    trees: dict[str, Node]
    constants: dict[int, str] = field(default_factory=dict)
    """Types of what is declared constant, by the number of the declaration."""
    next_members: dict[int, str] = field(default_factory=dict)
    """For each value of an enum the name of the one that follows it, the first after the last."""
    modifiers: dict[int, tuple[str, Node]] = field(default_factory=dict)
    """Where each modifier is declared, and how."""


def read(project: Path) -> Sources:
    """The contracts of a project with all that they import."""
    texts: dict[str, bytes] = {}
    for path in sorted((project / "src").rglob("*.sol")):
        _collect(path.relative_to(project).as_posix(), path, project, texts)
    request = {
        "language": "Solidity",
        "sources": {name: {"content": text.decode()} for name, text in texts.items()},
        "settings": {"evmVersion": "cancun", "outputSelection": {"*": {"": ["ast"]}}},
    }
    said = subprocess.run(
        [COMPILER, "--standard-json"], input=json.dumps(request), capture_output=True, text=True, check=True
    )
    answer = json.loads(said.stdout)
    wrong = [error["formattedMessage"] for error in answer.get("errors", []) if error["severity"] == "error"]
    if wrong:
        raise BrokenSources("\n".join(wrong[:5]))
    sources = Sources(texts, {name: one["ast"] for name, one in answer["sources"].items()})
    for name, tree in sources.trees.items():
        for node in nodes(tree):
            _declare(sources, name, node)
    return sources


def nodes(tree: Any) -> Iterator[Node]:
    """Every node below and with this one."""
    if isinstance(tree, dict):
        if "nodeType" in tree:
            yield tree
        for value in tree.values():
            yield from nodes(value)
    elif isinstance(tree, list):
        for value in tree:
            yield from nodes(value)


def span(node: Node) -> tuple[int, int]:
    """First byte of a node and the one behind its last."""
    start, length, _ = (int(number) for number in node["src"].split(":"))
    return start, start + length


def type_of(node: Node) -> str:
    """The type of an expression, as the compiler writes it."""
    return str(node.get("typeDescriptions", {}).get("typeString", ""))


def _collect(name: str, path: Path, project: Path, texts: dict[str, bytes]) -> None:
    if name in texts:
        return
    texts[name] = path.read_bytes()
    for wanted in IMPORT.findall(texts[name].decode()):
        if wanted.startswith("@"):
            _collect(wanted, MODULES / wanted, project, texts)
            continue
        place = (path.parent / wanted).resolve()
        base = MODULES.resolve() if name.startswith("@") else project.resolve()
        _collect(place.relative_to(base).as_posix(), place, project, texts)


def _declare(sources: Sources, name: str, node: Node) -> None:
    kind = node["nodeType"]
    if kind == "VariableDeclaration" and node["constant"]:
        sources.constants[node["id"]] = type_of(node)
    elif kind == "EnumDefinition":
        members = node["members"]
        for i, member in enumerate(members):
            sources.next_members[member["id"]] = members[(i + 1) % len(members)]["name"]
    elif kind == "ModifierDefinition":
        sources.modifiers[node["id"]] = (name, node)
