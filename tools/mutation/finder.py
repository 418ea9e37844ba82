"""What every mutant is made of: a place in a file, the words that tell it, and text that is inserted there."""

from __future__ import annotations

import re

from mutation.mutant import Insertion, Mutant, instead, without
from mutation.source import Node, Sources, span

TELLING = {
    "Assignment",
    "BinaryOperation",
    "FunctionCall",
    "IndexAccess",
    "UnaryOperation",
    "VariableDeclarationStatement",
}


class Finder:
    """The mutants of one file, as they are found."""

    def __init__(self, sources: Sources, file: str, first: int) -> None:
        self.sources, self.file, self.text = sources, file, sources.texts[file]
        self.next = first
        self.found: list[Mutant] = []
        self.parents: list[Node] = []
        self.function = ""

    def read(self, node: Node) -> str:
        start, end = span(node)
        return self.text[start:end].decode()

    def add(self, place: int, was: str, becomes: str, *insertions: Insertion) -> None:
        line = self.text.count(b"\n", 0, place) + 1
        names = (self.file.removeprefix("src/"), line, self.function, squeezed(was), squeezed(becomes))
        self.found.append(Mutant(self.next, *names, insertions))
        self.next += 1

    def replace(self, node: Node, other: str, told: Node | None = None) -> None:
        """`told` is an expression around it that says more."""
        (start, end), around = span(node), told or node
        was, at = self.read(around), span(around)[0]
        part = self.text[at:start].decode(), self.text[end : span(around)[1]].decode()
        self.add(start, was, f"{part[0]}{other}{part[1]}", instead(self.file, start, end, squeezed(other)))

    def drop(self, node: Node) -> None:
        start, end = span(node)
        end = self.text.index(b";", end) + 1
        self.add(start, self.read(node), "", without(self.file, start, end))

    def substituted(self, around: Node, node: Node, other: str) -> str:
        (first, last), (start, end) = span(around), span(node)
        return self.text[first:start].decode() + other + self.text[end:last].decode()


def expression(node: Node) -> Node | None:
    """A node, if it is an expression that is short enough to tell a mutant by."""
    start, end = span(node)
    return node if node["nodeType"] in TELLING and end - start <= 160 else None


def squeezed(text: str) -> str:
    """On one line, without comments, however the formatter has broken it."""
    line = re.sub(r"\s+", " ", re.sub(r"//[^\n]*", "", text)).strip()
    return re.sub(r"(?<=[(\[]) | (?=[)\]])", "", line)
