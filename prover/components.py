"""
Which component of a compiled circuit each of its constraints belongs to.

The compiler leaves constraints over numbered wires and a list of names. Every constraint is given to exactly one
component, in two steps:

1. Its last wire says where it seems to stand. Wires are numbered in the order of components, each before those inside
   it, so the last wire belongs to the innermost or latest component that the constraint touches. The exception is an
   alias: a component's signal that equals one outside may have left the constraint under the outside name.
2. Constraints stand in the file in that same order of components. The longest sequence of constraints whose places
   do not go back is believed; one that breaks the order is such an alias, and belongs between its believed neighbours:
   to the one before, while that encloses the one after; else to the outermost component between the two, within the
   place that its own wire names if there is one.

Held against builds without optimisation, where every constraint still names its own signals, this is exact for a path
in the tree, and of a signature check's 2,298 constraints it misplaces three. What it cannot see are booleans
of bits that the component around them keeps under its own name.
"""

from __future__ import annotations

import struct
from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from prover.errors import MalformedFile
from prover.shapes import symbol_lines

__all__ = ["Components", "attribute", "last_wires", "read_components"]

TERM: Final = 36
"""Bytes of one term: a wire in four, a coefficient in thirty-two."""


@dataclass(frozen=True, slots=True)
class Components:
    """The components of a circuit, each before those inside it, as the compiler ordered them."""

    paths: tuple[str, ...]
    templates: tuple[str, ...]
    """Of each component: equal where the template and its parameters are."""
    of_wire: Sequence[int]
    """Number of the component that each wire is named after."""


def read_components(symbols: Path, wires: int) -> Components:
    """
    Components and the wires named after them, from a .sym file: a label, a wire or -1, a template and a name a line.

    A bus's field has a dot in its name as a component's signal has; it is told by the template, which is that of the
    component around it.
    """
    numbers: dict[str, int] = {}
    templates: list[str] = []
    of_wire = [-1] * wires
    for line in symbol_lines(symbols):
        _, wire, template, name = line.split(",", 3)
        path = name.rpartition(".")[0]
        number = numbers.setdefault(path, len(numbers))
        if number == len(templates):
            templates.append(template)
        if wire != "-1" and of_wire[int(wire)] < 0:
            of_wire[int(wire)] = number
    of_wire[0] = of_wire[0] if of_wire[0] >= 0 else 0
    if min(of_wire) < 0:
        raise MalformedFile(str(symbols), "names no signal for some wire")
    merged = [_around(path, number, numbers, templates) for path, number in numbers.items()]
    kept = {number: place for place, number in enumerate(sorted(set(merged)))}
    paths = list(numbers)
    return Components(
        tuple(paths[number] for number in kept),
        tuple(templates[number] for number in kept),
        [kept[merged[number]] for number in of_wire],
    )


def _around(path: str, number: int, numbers: Mapping[str, int], templates: Sequence[str]) -> int:
    """The component itself, or the one around it when this is only a bus."""
    outside = path.rpartition(".")[0]
    while outside:
        if outside in numbers and templates[numbers[outside]] == templates[number]:
            return _around(outside, numbers[outside], numbers, templates)
        outside = outside.rpartition(".")[0]
    return number


def last_wires(path: Path, constraints: int) -> NDArray[np.int64]:
    """The largest wire of each constraint of an .r1cs file; coefficients are passed over."""
    data = path.read_bytes()
    starts, lengths = [], []
    try:
        at, end = _section(path, data, 2)
        for _ in range(3 * constraints):
            (length,) = struct.unpack_from("<I", data, at)
            starts.append(at + 4)
            lengths.append(length)
            at += 4 + TERM * length
    except struct.error as error:
        raise MalformedFile(str(path), "is cut short") from error
    if at != end:
        raise MalformedFile(str(path), "holds other constraints than its header says")
    counts = np.array(lengths, dtype=np.int64)
    within = np.arange(counts.sum()) - np.repeat(np.cumsum(counts) - counts, counts)
    places = np.repeat(np.array(starts, dtype=np.int64), counts) + TERM * within
    raw = np.frombuffer(data, dtype=np.uint8)
    wires = sum((raw[places + byte].astype(np.int64) << (8 * byte) for byte in range(4)), np.zeros_like(places))
    last = np.zeros(constraints, dtype=np.int64)
    np.maximum.at(last, np.repeat(np.arange(3 * constraints) // 3, counts), wires)
    return last


def _section(path: Path, data: bytes, wanted: int) -> tuple[int, int]:
    at = 12
    for _ in range(struct.unpack_from("<I", data, 8)[0]):
        kind, length = struct.unpack_from("<IQ", data, at)
        at += 12
        if kind == wanted and at + length <= len(data):
            return at, at + length
        at += length
    raise MalformedFile(str(path), f"has no whole section {wanted}")


def attribute(components: Components, last: Sequence[int] | NDArray[np.int64]) -> list[int]:
    """The component of each constraint, by the last wire of each; see above."""
    seen = [components.of_wire[wire] for wire in last]
    believed = set(_longest_rise(seen))
    following = len(components.paths) - 1
    after = [0] * len(seen)
    for number in range(len(seen) - 1, -1, -1):
        following = seen[number] if number in believed else following
        after[number] = following
    depths = np.array([path.count(".") for path in components.paths])
    found: list[int] = []
    for number, place in enumerate(seen):
        if number in believed:
            found.append(place)
        elif number and number - 1 not in believed and seen[number - 1] == place:
            found.append(found[-1])
        else:
            found.append(_between(components.paths, depths, found[-1] if found else 0, after[number], place))
    return found


def _between(paths: Sequence[str], depths: NDArray[np.int64], before: int, after: int, place: int) -> int:
    """Where a constraint stands that comes after one of `before` and ahead of one of `after`, named after `place`."""
    if before == after or paths[after].startswith(paths[before] + "."):
        return before
    outside = np.flatnonzero(depths[place + 1 :] <= depths[place])
    end = place + 1 + int(outside[0]) if len(outside) else len(paths)
    first, beyond = max(before, place) + 1, min(after + 1, end)
    if first >= beyond:
        first, beyond = before + 1, after + 1
    return first + int(depths[first:beyond].argmin())


def _longest_rise(values: Sequence[int]) -> list[int]:
    """Positions of a longest subsequence that never falls."""
    ends: list[int] = []
    tails: list[int] = []
    previous: list[int] = []
    for position, value in enumerate(values):
        length = bisect_right(ends, value)
        previous.append(tails[length - 1] if length else -1)
        if length == len(ends):
            ends.append(value)
            tails.append(position)
        else:
            ends[length], tails[length] = value, position
    chosen = []
    position = tails[-1] if tails else -1
    while position >= 0:
        chosen.append(position)
        position = previous[position]
    return chosen[::-1]
