"""What survived a sweep, and the checked-in reasons for what may."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from prover.places import checkout

__all__ = ["Known", "Survivor", "grouped", "known", "stale", "unexplained"]

FILE = "tests/circuits/survivors.toml"


@dataclass(frozen=True, slots=True)
class Survivor:
    """Wires of one pattern that can be other than in the witness, by one method."""

    circuit: str
    method: str
    """hint, wire, kernel, unused or width."""
    wire: str
    """Pattern of the wire that was changed: `*` for each index."""
    moves: frozenset[str]
    """Patterns of the other wires that change with it."""
    public: bool
    """Whether a public signal changes: never a don't-care, while all inputs are fixed."""
    example: str
    count: int = 1
    names: frozenset[str] = frozenset()
    """The wires of the pattern, with their indices."""
    witness: str = ""
    """Which of a circuit's witnesses it survived at."""

    def __str__(self) -> str:
        moved = f", moves {', '.join(sorted(self.moves))}" if self.moves else ""
        public = ", PUBLIC" if self.public else ""
        at = f" at {self.witness!r}" if self.witness else ""
        return f"{self.circuit}{at}: {self.method}: {self.wire} ({self.count}){moved}{public}; {self.example}"


@dataclass(frozen=True, slots=True)
class Known:
    """An entry of the list: `*` in its texts stands for anything."""

    circuit: str
    methods: tuple[str, ...]
    wire: str
    reason: str
    moves: tuple[str, ...] = ()
    witness: str = "*"

    def explained(self, survivor: Survivor) -> set[str]:
        """
        Those wires of a survivor for which this is the reason.

        An entry never excuses that a public signal changes, or more than it lists.
        """
        fits = (
            not survivor.public
            and survivor.method in self.methods
            and _matches(self.circuit, survivor.circuit)
            and _matches(self.witness, survivor.witness)
            and all(any(_matches(allowed, moved) for allowed in (self.wire, *self.moves)) for moved in survivor.moves)
        )
        return {name for name in _wires(survivor) if fits and _matches(self.wire, name)}


@cache
def known(path: Path | None = None) -> tuple[Known, ...]:
    """The checked-in list."""
    listed = tomllib.loads((path or checkout() / FILE).read_text()).get("survivor", [])
    return tuple(
        Known(
            one["circuit"],
            tuple(one["methods"]),
            one["wire"],
            one["reason"],
            tuple(one.get("moves", ())),
            one.get("witness", "*"),
        )
        for one in listed
    )


def grouped(survivors: Iterable[Survivor]) -> list[Survivor]:
    """One survivor for each circuit, method, pattern, and set of what moves."""
    found: dict[tuple[str, str, str, frozenset[str], bool], Survivor] = {}
    for one in survivors:
        key = (one.circuit, one.method, one.wire, one.moves, one.public)
        first = found.get(key, one)
        count = one.count + (first.count if key in found else 0)
        found[key] = Survivor(*key, first.example, count, first.names | one.names)
    return list(found.values())


def unexplained(survivors: Iterable[Survivor], entries: Sequence[Known] | None = None) -> list[Survivor]:
    """Survivors with wires that no entry explains."""
    listed = known() if entries is None else entries
    return [one for one in survivors if _wires(one).difference(*(entry.explained(one) for entry in listed))]


def stale(survivors: Iterable[Survivor], entries: Sequence[Known] | None = None) -> list[Known]:
    """Entries that explain nothing: the circuit changed, and the list did not."""
    found = list(survivors)
    listed = known() if entries is None else entries
    return [entry for entry in listed if not any(entry.explained(one) for one in found)]


def _wires(survivor: Survivor) -> frozenset[str]:
    return survivor.names or frozenset([survivor.wire])


def _matches(allowed: str, text: str) -> bool:
    return re.fullmatch(re.escape(allowed).replace(r"\*", ".*"), text) is not None
