"""
What a compiled circuit costs, and which of its parts costs it.

`prover.components` gives every constraint to exactly one component. The component's path is read from the inside
outwards: the first name that matches a pattern of `[parts]` in circuits/manifest.toml decides the part, and lanes are
found the same way with `[parts.lanes]`. What matches nothing is `fixed`: it is paid once.

Names are compared without case, index and what the compiler appends to the template's name where a component has none.
A component also answers to its name with the place of its template among those that share the name around it: the
narrow and wide lanes of a trade step are all called `lane`, the ones `lane:1/2` and the others `lane:2/2`.
"""

from __future__ import annotations

import json
import re
import tomllib
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from fnmatch import fnmatchcase
from functools import cache
from pathlib import Path
from typing import Final, NamedTuple

from prover.cache import digest_of, entry
from prover.circuits import Compiled
from prover.components import Components, attribute, last_wires, read_components
from prover.places import checkout

__all__ = ["FIXED", "Place", "Rules", "Share", "Statistics", "places", "rules", "statistics"]

FIXED: Final = "fixed"
"""The part of what no pattern names, and the lane of what stands in none."""

VERSION: Final = "1"
"""Changes whenever this code would break a circuit down differently."""

INDEX: Final = re.compile(r"\[\d+\]")
ANONYMOUS: Final = re.compile(r"_\d+_\d+$")
"""What the compiler appends to a template's name to name a component that has none."""


Patterns = tuple[tuple[str, tuple[str, ...]], ...]
"""What is looked for, and the names that mean it; the first that fits decides."""


@dataclass(frozen=True, slots=True)
class Rules:
    """Names of components that make a part or a lane."""

    parts: Patterns
    lanes: Patterns


@dataclass(frozen=True, slots=True)
class Share:
    """Constraints of one part within one kind of lane."""

    part: str
    lane: str
    constraints: int


@dataclass(frozen=True, slots=True)
class Statistics:
    """One circuit in one profile."""

    circuit: str
    profile: str
    constraints: int
    wires: int
    public: int
    """What a verifier takes: public inputs, and outputs of the main component."""
    shares: tuple[Share, ...]
    """They add up to `constraints`."""
    lanes: Mapping[str, int]
    """How many lanes of each kind there are."""

    @property
    def rows(self) -> int:
        """What the domain must hold: every constraint, one row for each public value and one for the constant."""
        return self.constraints + self.public + 1

    @property
    def power(self) -> int:
        """The domain has two to this many points."""
        return (self.rows - 1).bit_length()

    @property
    def fullness(self) -> float:
        """The share of the domain that is used."""
        return self.rows / (1 << self.power)


@cache
def rules() -> Rules:
    """The patterns of circuits/manifest.toml."""
    parts = tomllib.loads((checkout() / "circuits" / "manifest.toml").read_text())["parts"]
    lanes = parts.pop("lanes")
    return Rules(*(tuple((name, tuple(some)) for name, some in table.items()) for table in (parts, lanes)))


def statistics(compiled: Compiled, by: Rules | None = None) -> Statistics:
    """Count and break down; the second call finds the answer beside the compiled circuit."""
    by = by or rules()
    key = digest_of(VERSION, compiled.key, json.dumps([by.parts, by.lanes]))

    def build(directory: Path) -> None:
        shares, lanes = _break_down(compiled, by)
        document = {"shares": [asdict(share) for share in shares], "lanes": lanes}
        (directory / "breakdown.json").write_text(json.dumps(document, indent=1))

    found = json.loads((entry("statistics", compiled.circuit.label, key, build) / "breakdown.json").read_text())
    header, names = compiled.header, compiled.circuit
    shares = tuple(Share(**share) for share in found["shares"])
    return Statistics(
        names.name, names.profile, header.constraints, header.wires, header.public, shares, found["lanes"]
    )


def _break_down(compiled: Compiled, by: Rules) -> tuple[list[Share], dict[str, int]]:
    components = read_components(compiled.symbols, compiled.header.wires)
    where = list(places(components, by))
    counted: Counter[tuple[str, str]] = Counter()
    for component in attribute(components, last_wires(compiled.r1cs, compiled.header.constraints)):
        counted[where[component].part, where[component].lane] += 1
    parts, lanes = [*dict(by.parts), FIXED], [*dict(by.lanes), FIXED]
    pairs = dict.fromkeys((part, lane) for part in parts for lane in lanes)
    shares = [Share(*pair, counted[pair]) for pair in pairs if counted[pair]]
    there = {(place.lane, place.of) for place in where if place.lane != FIXED}
    return shares, {lane: count for lane in lanes if (count := sum(kind == lane for kind, _ in there))}


class Place(NamedTuple):
    """Where a component counts."""

    part: str
    lane: str
    of: str
    """Path of the component that is the lane."""


def places(components: Components, by: Rules) -> Iterator[Place]:
    """The innermost match of each component, which is its own or that of the one around it."""
    known = set(components.paths)
    outsides = [_outside(path, known) for path in components.paths]
    bare = [ANONYMOUS.sub("", INDEX.sub("", path.rpartition(".")[2])).lower() for path in components.paths]
    alike: dict[tuple[str, str], dict[str, int]] = {}
    for outside, name, template in zip(outsides, bare, components.templates, strict=True):
        templates = alike.setdefault((outside, name), {})
        templates.setdefault(template, len(templates) + 1)
    found = {"": Place(FIXED, FIXED, "")}
    for path, outside, name, template in zip(components.paths, outsides, bare, components.templates, strict=True):
        around = found[outside]
        if outside:  # the main component's name says nothing
            templates = alike[outside, name]
            names = name, f"{name}:{templates[template]}/{len(templates)}"
            part, lane = _match(names, by.parts), _match(names, by.lanes)
            around = Place(part or around.part, lane or around.lane, path if lane else around.of)
        found[path] = around
        yield around


def _outside(path: str, known: set[str]) -> str:
    """The component around one; empty for the main one."""
    outside = path.rpartition(".")[0]
    while outside and outside not in known:
        outside = outside.rpartition(".")[0]
    return outside


@cache
def _match(names: tuple[str, ...], patterns: Patterns) -> str | None:
    listed = ((to, pattern.lower()) for to, some in patterns for pattern in some)
    return next((to for to, pattern in listed if any(fnmatchcase(name, pattern) for name in names)), None)
