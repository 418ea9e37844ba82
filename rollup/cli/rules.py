"""`zkclear rules [ID]`: where a rule stands in specification, circuits, contracts and tests, found by looking."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import typer
from rich.markup import escape
from rich.table import Table

from prover.errors import InvalidInput
from prover.places import checkout
from rollup.cli.output import Json, console, emit

__all__ = ["PLACES", "UnknownRule", "rules", "stated_rules", "where"]

PLACES = {
    "spec": ("rollup/spec", "*.py"),
    "market": ("rollup/market", "*.py"),
    "circuit": ("circuits", "*.circom"),
    "contract": ("contracts/src", "*.sol"),
    "test": ("tests", "*"),
}
"""Where a rule may stand, and in which files."""

RULE = re.compile(r"^\|\s*([A-Z][A-Z0-9]*(?:-[A-Z0-9]+)*-\d+)\s*\|\s*(.*?)\s*\|")
"""A row of the tables of rules in SECURITY.md: ID and sentence."""


class UnknownRule(InvalidInput):
    """A rule that SECURITY.md does not state."""

    def __init__(self, rule: str) -> None:
        self.rule = rule
        super().__init__(f"SECURITY.md states no rule {rule!r}; `zkclear rules` lists them all")


def rules(
    rule: Annotated[str | None, typer.Argument(metavar="ID", help="A rule's ID, such as MGN-2.")] = None,
    json: Json = False,
) -> None:
    """List every rule, or where one of them stands."""
    stated = stated_rules()
    if rule is None:
        if json:
            emit(stated)
        else:
            for name, sentence in stated.items():
                console.print(f"{name:8} {escape(sentence)}")
        return
    rule = rule.upper()
    if rule not in stated:
        raise UnknownRule(rule)
    found = where(rule)
    if json:
        emit({"rule": rule, "sentence": stated[rule], "where": found})
        return
    console.print(f"[bold]{rule}[/] {escape(stated[rule])}")
    table = Table(box=None, pad_edge=False)
    for place, lines in found.items():
        for line in lines or ["–"]:
            table.add_row(place, escape(line))
    console.print(table)


def stated_rules() -> dict[str, str]:
    """Every rule of SECURITY.md with its sentence."""
    lines = (checkout() / "SECURITY.md").read_text().splitlines()
    return {found[1]: found[2] for line in lines if (found := RULE.match(line))}


def where(rule: str) -> dict[str, list[str]]:
    """`file:line` of every mention of a rule, by place."""
    word = re.compile(rf"(?<![\w-]){re.escape(rule)}(?![\w-])")
    return {place: list(_mentions(checkout() / folder, files, word)) for place, (folder, files) in PLACES.items()}


def _mentions(folder: Path, files: str, word: re.Pattern[str]) -> Iterator[str]:
    for path in sorted(folder.rglob(files)):
        if path.suffix not in (".py", ".circom", ".sol", ".mjs") or not path.is_file():
            continue
        for number, line in enumerate(path.read_text().splitlines(), start=1):
            if word.search(line):
                yield f"{path.relative_to(checkout())}:{number}"
