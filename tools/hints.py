"""
List every hint of the circuits with the constraint that pins it.

    python tools/hints.py [FILE…]   a table of all hints; without files, of circuits/
    python tools/hints.py --check   nothing but what is wrong

A hint (`<--` or `-->`) constrains nothing: a prover may put any value there. So each one says what holds it, in a
comment that ends `pinned by <what>`, on the same line or on the lines directly above; one comment may stand above
several hints in a row. And the signal must occur where something can hold it: in a constraint (`===`, `<==`, `==>`)
or as an input of a component without a name in the same template, itself or by a variable; or, if it only serves
another hint, in what that one says. Exit code 1, with file and line, for every hint that does not.

A comment can lie; that it does not is for tests.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent

PIN = re.compile(r"\bpinned by\s+(\S.*?)\s*$", re.DOTALL)
NAME = r"[A-Za-z_$][\w$]*"
TEMPLATE = re.compile(rf"\btemplate\s+(?:custom\s+|parallel\s+)*({NAME})\s*\(")
ARROW = re.compile(r"<--|-->")
CONSTRAINT = re.compile(r"===|<==|==>|^\s*" + NAME + r"\s*\([^;]*\)\s*\(")
"""What holds a signal: a constraint, or a component without a name that takes it."""
VARIABLE = re.compile(rf"(?:^|\bvar\s+)({NAME})\s*(?:\[[^=]*\]\s*)?[-+*]?=(?!=)\s*(.*)$", re.DOTALL)
"""A variable, and what it is set to."""


@dataclass(frozen=True, slots=True)
class Hint:
    """One assignment without a constraint."""

    file: str
    line: int
    template: str
    signal: str
    """As assigned, with its index."""
    pin: str
    """What the comment says; empty if it says nothing."""
    wrong: str
    """What is wrong with it; empty if nothing is."""

    @property
    def place(self) -> str:
        return f"{self.file}:{self.line}"


@dataclass(frozen=True, slots=True)
class Statement:
    """Code up to a semicolon or a brace, and the lines where it begins and ends."""

    text: str
    first: int
    last: int

    @property
    def is_hint(self) -> bool:
        return ARROW.search(self.text) is not None

    def assigned(self) -> str:
        """The signal that a hint assigns."""
        left, arrow, right = re.split(r"(<--|-->)", self.text, maxsplit=1)
        side = left if arrow == "<--" else right
        return re.sub(r"^.*\)\s+|^signal\s+(?:(?:input|output)\s+)?(?:\{[^}]*\}\s*)?", "", " ".join(side.split()))


def main() -> int:
    files = [Path(name).resolve() for name in sys.argv[1:] if not name.startswith("-")] or sources()
    found = [hint for file in files for hint in hints(file)]
    if "--check" not in sys.argv and found:
        rows = [(hint.place, f"{hint.template}.{hint.signal}", hint.pin or "-") for hint in found]
        place, signal, _ = (max(map(len, column)) for column in zip(*rows, strict=True))
        for row in rows:
            print(f"{row[0]:{place}}  {row[1]:{signal}}  {row[2]}")  # noqa: T201
    wrong = [hint for hint in found if hint.wrong]
    for hint in wrong:
        print(f"{hint.place}: {hint.template}.{hint.signal}: {hint.wrong}", file=sys.stderr)  # noqa: T201
    return int(bool(wrong))


def sources() -> list[Path]:
    """Every circuit, tests' own left out."""
    return sorted((ROOT / "circuits").rglob("*.circom"))


def hints(file: Path) -> Iterator[Hint]:
    """The hints of one file, in order."""
    code, comments = split(file.read_text())
    name = file.relative_to(ROOT).as_posix() if file.is_relative_to(ROOT) else str(file)
    for template, begin, end in templates(code):
        body = list(statements(code, begin, end))
        assigned = [statement for statement in body if statement.is_hint]
        pins = [_pin(statement, assigned, code, comments) for statement in assigned]
        variables = [(found[1], found[2]) for statement in body if (found := VARIABLE.search(statement.text))]
        held = [statement.text for statement in body if not statement.is_hint and CONSTRAINT.search(statement.text)]
        for number, statement in enumerate(assigned):
            signal, pin, told = statement.assigned(), pins[number], pins[:number] + pins[number + 1 :]
            yield Hint(name, statement.first, template, signal, pin, _wrong(signal, pin, [*held, *told], variables))


def _wrong(signal: str, pin: str, held: Sequence[str], variables: Sequence[tuple[str, str]]) -> str:
    if not pin:
        return "no comment says `pinned by …`"
    names = re.findall(rf"{NAME}(?:\.{NAME})*", re.sub(r"\[[^\]]*\]", "", signal))
    loose = [name for name in names if not _is_held(name, held, variables)]
    return f"no constraint of the template mentions {', '.join(loose)}" if loose else ""


def _is_held(name: str, held: Sequence[str], variables: Sequence[tuple[str, str]]) -> bool:
    """Whether a constraint mentions a signal, or a variable that was made from it."""
    known, waiting = {name}, [name]
    while waiting:
        one = waiting.pop()
        if any(_mentions(text, one) for text in held):
            return True
        made = {variable for variable, value in variables if _mentions(value, one)} - known
        known |= made
        waiting += made
    return False


def _mentions(text: str, name: str) -> bool:
    return re.search(rf"(?<![\w$.]){re.escape(name)}(?![\w$])", text) is not None


def _pin(statement: Statement, assigned: Sequence[Statement], code: str, comments: dict[int, str]) -> str:
    """What the comment on a hint's own lines says, or the one above it and above the hints between."""
    own = " ".join(comments[line] for line in range(statement.first, statement.last + 1) if line in comments)
    if found := PIN.search(own):
        return found[1]
    lines = code.splitlines()
    hinted = {line for each in assigned for line in range(each.first, each.last + 1)}
    line = statement.first - 1
    while line in hinted and line not in comments:
        line -= 1
    above: list[str] = []
    while line in comments and not lines[line - 1].strip():
        above.insert(0, comments[line])
        line -= 1
    found = PIN.search(" ".join(above))
    return found[1] if found else ""


def split(source: str) -> tuple[str, dict[int, str]]:
    """The code with blanks for comments, and the comments by line."""
    comments: dict[int, str] = {}

    def blank(found: re.Match[str]) -> str:
        first = source.count("\n", 0, found.start()) + 1
        for line, text in enumerate(found[0].split("\n"), start=first):
            words = re.sub(r"^\s*(?://|/\*|\*(?!/))?|\*/\s*$", "", text).strip()
            comments[line] = f"{comments.get(line, '')} {words}".strip()
        return re.sub(r"[^\n]", " ", found[0])

    return re.sub(r"//[^\n]*|/\*.*?\*/", blank, source, flags=re.DOTALL), comments


def templates(code: str) -> Iterator[tuple[str, int, int]]:
    """Name, begin and end of the body of each template."""
    for found in TEMPLATE.finditer(code):
        begin = code.find("{", found.end())
        depth = 0
        for at in range(begin, len(code)):
            depth += {"{": 1, "}": -1}.get(code[at], 0)
            if not depth:
                yield found[1], begin + 1, at
                break


def statements(code: str, begin: int, end: int) -> Iterator[Statement]:
    """What stands between semicolons and braces."""
    for found in re.finditer(r"[^;{}]+", code[begin:end]):
        text = found[0]
        if text.strip():
            first = begin + found.start() + len(text) - len(text.lstrip())
            last = begin + found.start() + len(text.rstrip())
            yield Statement(text.strip(), code.count("\n", 0, first) + 1, code.count("\n", 0, last) + 1)


if __name__ == "__main__":
    sys.exit(main())
