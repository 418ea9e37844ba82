"""What the sources say: where a hint (`<--`) is written, and what widths the main template promises to enforce."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property

from prover.circuits import Circuit, _sources

__all__ = ["Sources"]

COMMENT = re.compile(r"//[^\n]*|/\*.*?\*/", re.DOTALL)
TEMPLATE = re.compile(r"\btemplate\s+(?:custom\s+|parallel\s+)*(\w+)\s*\([^)]*\)[^{]*\{")
COMPONENT = re.compile(r"([A-Za-z_$][\w$]*)\s*(?:\[[^=;]*\])?\s*=\s*(?:parallel\s+)?([A-Za-z_$][\w$]*)\s*\(")
DECLARATION = re.compile(r"^\s*signal\b(?:\s+(?:input|output)\b)?(?:\s*\{[^}]*\})?\s*")
ANONYMOUS = re.compile(r"([A-Za-z_$][\w$]*?)_\d+_\d+$")
TAG = re.compile(r"(?<=input|utput|ignal)\s*\{[^}]*\}")
INDEX = re.compile(r"\[[^\[\]]*\]")
INPUT = re.compile(r"@input\s+([^{}@]*?)\s+-\s+\{(bool|bit|uint(\d+))\}((?:[^@]|@(?!\w))*)")


@dataclass(frozen=True, slots=True)
class _Template:
    hints: frozenset[str]
    """Signals that a `<--` sets; `component.signal` where it sets an input of a component."""
    components: dict[str, set[str]]
    header: str


class Sources:
    """The circom files behind a circuit."""

    def __init__(self, circuit: Circuit) -> None:
        self._main = circuit.template
        self._texts = [text.decode() for text in _sources(circuit).values()]

    def hints(self, names: Iterable[tuple[int, str]]) -> list[int]:
        """Those of these wires whose name is that of a hint."""
        known: dict[str, bool] = {}
        found = []
        for wire, name in names:
            bare = re.sub(r"\[\d+\]", "", name)
            if bare not in known:
                known[bare] = self._is_hint(bare)
            if known[bare]:
                found.append(wire)
        return found

    def widths(self) -> dict[str, int]:
        """Inputs of the main template of which its header says that their width is enforced, with their bits."""
        found = {}
        for names, kind, bits, rest in INPUT.findall(self._templates[self._main].header):
            if "enforced" in rest:
                for name in re.sub(r"\[[^\]]*\]", "", names).split(","):
                    found[name.strip()] = int(bits) if kind.startswith("uint") else 1
        return found

    def _is_hint(self, name: str) -> bool:
        *path, signal = name.split(".")
        parents, at = {self._main}, {self._main}
        for part in path[1:]:
            parents, at = at, {inner for outer in at for inner in self._inside(outer, part)}
        here = any(signal in self._templates[template].hints for template in at)
        return here or any(f"{path[-1]}.{signal}" in self._templates[outer].hints for outer in parents)

    def _inside(self, template: str, component: str) -> set[str]:
        found = self._templates[template].components.get(component)
        if found is None:
            anonymous = ANONYMOUS.match(component)
            found = {anonymous[1]} if anonymous else set()
        return found & self._templates.keys()

    @cached_property
    def _templates(self) -> dict[str, _Template]:
        return {name: template for text in self._texts for name, template in _read(text)}


def _read(text: str) -> Iterator[tuple[str, _Template]]:
    bare = COMMENT.sub(lambda comment: re.sub(r"[^\n]", " ", comment[0]), text)
    for start in TEMPLATE.finditer(bare):
        body = _body(bare, start.end())
        components: dict[str, set[str]] = {}
        for name, template in COMPONENT.findall(body):
            components.setdefault(name, set()).add(template)
        comments = [c for c in COMMENT.finditer(text, 0, start.start()) if not bare[c.end() : start.start()].strip()]
        header = re.sub(r"(?m)^\s*(?://|/?\*+/?)", "", "\n".join(c[0] for c in comments))
        yield start[1], _Template(frozenset(_hints(body)), components, header)


def _body(text: str, start: int) -> str:
    depth = 1
    for brace in re.finditer(r"[{}]", text[start:]):
        depth += 1 if brace[0] == "{" else -1
        if depth == 0:
            return text[start : start + brace.start()]
    return text[start:]


def _hints(body: str) -> Iterator[str]:
    for arrow in re.finditer("<--", body):
        yield from _targets(re.split(r"[;{}]", TAG.sub("", body[: arrow.start()]))[-1])
    for arrow in re.finditer("-->", body):
        yield from _targets(body[arrow.end() :].split(";")[0])


def _targets(text: str) -> Iterator[str]:
    """The signals on the receiving side, without indices: one, or several in brackets."""
    while "[" in text and (shorter := INDEX.sub("", text)) != text:
        text = shorter
    if text.count(")") > text.count("("):  # the end of `for (...; ...; ...)`
        text = text.rpartition(")")[2]
    text = re.sub(r"^\s*(?:else\b\s*)?(?:(?:if|while)\s*\(.*\)(?=\s*[A-Za-z_$]))?", "", text, flags=re.DOTALL)
    for part in DECLARATION.sub("", text).strip().strip("()").split(","):
        if found := re.search(r"[A-Za-z_$][\w$]*(?:\s*\.\s*[A-Za-z_$][\w$]*)?\s*$", part):
            yield re.sub(r"\s", "", found[0])
