"""contracts/mutants.toml: mutants that may survive, and tests that measure code instead of what it does."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from mutation.mutant import Mutant


@dataclass(frozen=True, slots=True)
class Answer:
    """Mutants that change nothing that anyone could see, and why. `*` stands for anything."""

    file: str
    function: str
    was: str
    becomes: str
    reason: str

    def covers(self, mutant: Mutant) -> bool:
        mine = (self.file, self.function, self.was, self.becomes)
        its = (mutant.file, mutant.function, mutant.was, mutant.becomes)
        return all(_fits(pattern, text) for pattern, text in zip(mine, its, strict=True))


@dataclass(frozen=True, slots=True)
class Answers:
    """The whole list."""

    survivors: tuple[Answer, ...] = ()
    left_out: tuple[str, ...] = ()
    """Expressions for names of tests, as forge takes them."""


def read(path: Path) -> Answers:
    """The list; every entry says everything, and nothing else."""
    if not path.is_file():
        return Answers()
    found = tomllib.loads(path.read_text())
    unknown = found.keys() - {"survivor", "left_out"}
    if unknown:
        raise ValueError(f"{path.name}: unknown {', '.join(sorted(unknown))}")
    survivors = tuple(Answer(**one) for one in found.get("survivor", []))
    outside = found.get("left_out", [])
    if not all(one.reason.strip() for one in survivors) or not all(one["reason"].strip() for one in outside):
        raise ValueError(f"{path.name}: an entry without a reason")
    return Answers(survivors, tuple(one["test"] for one in outside))


def unanswered(survivors: Iterable[Mutant], answers: Answers) -> list[Mutant]:
    """Survivors that no entry covers."""
    return [one for one in survivors if not any(answer.covers(one) for answer in answers.survivors)]


def outdated(run: Sequence[Mutant], survivors: Sequence[Mutant], answers: Answers) -> list[Answer]:
    """Entries none of whose mutants survives any more; `run` says which files were looked at whole."""
    files = {one.file for one in run}
    return [
        answer
        for answer in answers.survivors
        if answer.file in files and not any(answer.covers(one) for one in survivors)
    ]


def _fits(pattern: str, text: str) -> bool:
    return re.fullmatch(".*".join(re.escape(part) for part in pattern.split("*")), text) is not None
