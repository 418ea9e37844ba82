"""
The copy of the project in which every mutant waits to be switched on, and its build.

One build serves all mutants: the compiler is JavaScript, and takes longer than all tests of a mutant together. The copy
lives in the data directory under the hash of all that went into it, and is built under a lock, once.
"""

from __future__ import annotations

import fcntl
import hashlib
import re
import shutil
import subprocess
import time
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from mutation.finder import squeezed
from mutation.mutant import AGAIN, Mutant
from mutation.solidity import Solidity
from mutation.source import COMPILER, MODULES, Sources, read
from prover.toolchain import forge

SKIPPED = ("src/interfaces/", "src/testing/", "src/libraries/Shared.sol", "@")
"""Declarations, what is not deployed, what is generated, what others wrote."""

SETTINGS = """[profile.default]
src = "src"
test = "test"
out = "out"
cache_path = "cache"
libs = ["lib"]
remappings = ["@openzeppelin/=lib/@openzeppelin/"]
solc = "{compiler}"
offline = true
evm_version = "cancun"
optimizer = false
bytecode_hash = "none"
cbor_metadata = false
fs_permissions = [{{ access = "read", path = "./" }}]
code_size_limit = 1000000
gas_limit = "18446744073709551615"

[profile.default.fuzz]
runs = 16
seed = "0x1"

[profile.default.invariant]
runs = 4
depth = 30
fail_on_revert = true

[lint]
lint_on_build = false
"""

KEPT = 14 * 24 * 3600
"""Seconds for which a copy waits for another run."""

Pieces = dict[int, tuple[list[str], list[str]]]
"""For each place in a file what closes there and what opens."""

COPIED = re.compile(AGAIN.format(r"(\d+)", r"(\d+)"))

PLACE = re.compile(r"--> src/([^:]+):(\d+):\d+")
"""Where the compiler says that something is wrong."""


class BuildFailed(Exception):
    """The copy does not compile, and no mutant is to blame."""


@dataclass(frozen=True, slots=True)
class Project:
    """A copy that is built, and the mutants that wait in it."""

    directory: Path
    mutants: tuple[Mutant, ...]


def find(sources: Sources) -> list[Mutant]:
    """All mutants of a project, numbered."""
    found: list[Mutant] = []
    for file in sorted(sources.trees):
        if not file.startswith(SKIPPED):
            found += Solidity(sources, file, len(found) + 1).run()
    return found


def prepare(contracts: Path, data: Path) -> tuple[list[Project], list[Mutant]]:
    """Copies with all mutants of a project, and the mutants that do not compile.

    It is one copy, unless the compiler cannot take some mutant among the others: those of its function then get copies
    of their own, half by half until each compiles or is alone.
    """
    sources = read(contracts)
    projects, hopeless, waiting = list[Project](), list[Mutant](), [find(sources)]
    _forget_old(data)
    while waiting:
        taken = waiting.pop()
        refused: list[Mutant] = []
        while taken:
            directory = _fill(contracts, data, sources, taken)
            said = _compile(directory)
            if said is None:
                projects.append(Project(directory, tuple(taken)))
                break
            shutil.rmtree(directory)
            blamed = _blamed(said, taken)
            if not blamed:
                raise BuildFailed(said[-4000:])
            refused += blamed
            taken = [one for one in taken if one not in blamed]
        if not taken and len(refused) == 1:
            hopeless += refused
        elif taken and refused:
            waiting.append(refused)
        elif refused:
            waiting += [refused[: len(refused) // 2], refused[len(refused) // 2 :]]
    return projects, hopeless


def _fill(contracts: Path, data: Path, sources: Sources, mutants: Sequence[Mutant]) -> Path:
    texts = render(sources, mutants)
    texts |= {
        path.relative_to(contracts).as_posix(): path.read_bytes()
        for path in sorted((contracts / "test").rglob("*"))
        if path.is_file()
    }
    texts["foundry.toml"] = SETTINGS.format(compiler=COMPILER).encode()
    key = hashlib.sha256()
    for name in sorted(texts):
        key.update(f"{name}\0{len(texts[name])}\0".encode() + texts[name])
    directory = data / key.hexdigest()[:20]
    with _locked(directory):
        if not (directory / "foundry.toml").is_file():
            library = "@openzeppelin/contracts"
            sources_only = shutil.ignore_patterns("*.json", "*.md", "build")
            shutil.copytree(MODULES / library, directory / "lib" / library, ignore=sources_only, dirs_exist_ok=True)
            for name in sorted(texts, key=lambda name: name == "foundry.toml"):
                place = directory / (f"lib/{name}" if name.startswith("@") else name)
                place.parent.mkdir(parents=True, exist_ok=True)
                text = texts[name]
                place.write_bytes(re.sub(rb"\bpure\b", b"view", text) if name.endswith(".sol") else text)
    return directory


def render(sources: Sources, mutants: Iterable[Mutant]) -> dict[str, bytes]:
    """The files of the project with all of these in them."""
    pieces: dict[str, Pieces] = defaultdict(lambda: defaultdict(lambda: ([], [])))
    waiting = [(one.number, insertion) for one in mutants for insertion in one.insertions]
    # Outer ones first: what begins at one place opens in this order, and closes in the other.
    for number, one in sorted(waiting, key=lambda pair: (pair[1].start, -pair[1].end, pair[0])):
        before, behind = (text.replace("@", str(number)) for text in (one.before, one.behind))
        pieces[one.file][one.start][1].append(before)
        pieces[one.file][one.end][0].insert(0, behind)
    own = {name: text for name, text in sources.texts.items() if not name.startswith("@")}
    return own | {name: _between(sources.texts[name], at, 0, None) for name, at in pieces.items()}


def _between(text: bytes, at: Pieces, start: int, end: int | None) -> bytes:
    """A part of a file with its mutants; what is copied comes on one line, so that all lines keep their numbers."""

    def again(match: re.Match[str]) -> str:
        return squeezed(_between(text, at, int(match[1]), int(match[2])).decode())

    parts, done, last = list[str](), start, len(text) if end is None else end
    for place in sorted(place for place in at if start <= place <= last):
        closing, opening = at[place]
        parts.append(text[done:place].decode())
        parts += closing if place > start else []
        parts += opening if place < last or end is None else []
        done = place
    return COPIED.sub(again, "".join([*parts, text[done:last].decode()])).encode()


def _compile(directory: Path) -> str | None:
    """Builds a copy if that was not done; what the compiler says against it."""
    with _locked(directory):
        seal = directory / "built"
        if seal.is_file():
            seal.touch()
            return None
        command = [*forge().command, "build", "--color", "never", "--root", str(directory)]
        said = subprocess.run(command, capture_output=True, text=True, check=False)
        if said.returncode == 0:
            seal.touch()
            return None
        return said.stdout + said.stderr


def _blamed(said: str, mutants: Sequence[Mutant]) -> list[Mutant]:
    """The mutants of the functions that the compiler complains about: insertions leave every line its number."""
    functions = set()
    for file, line in PLACE.findall(said):
        near = [one for one in mutants if one.file == file]
        if near:
            nearest = min(near, key=lambda one: abs(one.line - int(line)))
            functions.add((nearest.file, nearest.function))
    return [one for one in mutants if (one.file, one.function) in functions]


def _forget_old(data: Path) -> None:
    """Copies of contracts as they were weeks ago."""
    for seal in data.glob("*/built"):
        if time.time() - seal.stat().st_mtime > KEPT:
            shutil.rmtree(seal.parent)


@contextmanager
def _locked(directory: Path) -> Iterator[None]:
    """Nobody else fills or builds this copy meanwhile."""
    directory.parent.mkdir(parents=True, exist_ok=True)
    with (directory.parent / f".{directory.name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
