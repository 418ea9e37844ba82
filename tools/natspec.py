"""NatSpec of the contracts' interfaces as docstrings: what stands before each declaration and each member."""

from __future__ import annotations

import keyword
import re
from dataclasses import dataclass, field
from pathlib import Path

DECLARATION = re.compile(r"^\s*(?:struct|enum|event|function|error)\s+(\w+)")
MEMBER = re.compile(r"^\s*[\w.\[\]]+\s+(?:indexed\s+)?(\w+);|^\s*([A-Z_]+),?$")


@dataclass
class Docs:
    """NatSpec: of declarations by name, of members by (declaration, member)."""

    declared: dict[str, str] = field(default_factory=dict)
    members: dict[tuple[str, str], str] = field(default_factory=dict)


def documentation(*files: Path) -> Docs:
    """NatSpec of interfaces: what stands before each declaration and member."""
    docs = Docs()
    for path in files:
        owner, waiting = "", list[str]()
        for line in path.read_text().splitlines():
            stripped = line.strip()
            if stripped.startswith("///"):
                waiting.append(stripped.removeprefix("///").strip())
                continue
            if declared := DECLARATION.match(line):
                owner = declared[1]
                docs.declared.setdefault(owner, sentence(waiting))
            elif (member := MEMBER.match(line)) and owner:
                docs.members.setdefault((owner, member[1] or member[2]), sentence(waiting))
            waiting = []
    return docs


def sentence(lines: list[str]) -> str:
    """NatSpec as a docstring: parameters become sentences, notes for implementers are left out."""
    text = re.split(r"@dev\b", " ".join(lines))[0]
    text = re.sub(r"@notice\s+", "", text)
    text = re.sub(r"@param (\w+)\s+", lambda found: f" `{snake(found[1])}`: ", text)
    text = re.sub(r"@return (\w+)\s+", lambda found: f" Returns `{snake(found[1])}`: ", text)
    return re.sub(r"\s+", " ", text).strip()


def snake(name: str) -> str:
    plain = re.sub(r"(?<=[a-z0-9])([A-Z])", r"_\1", name).lower().strip("_")
    return f"{plain}_" if keyword.iskeyword(plain) else plain
