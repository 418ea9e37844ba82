"""Which values a hint is overridden with: alone, together with the other bits of its number, or of its selection."""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping
from itertools import combinations

from support.sweep.digits import Digits
from support.sweep.view import View

from prover.reference.field import R, inverse

__all__ = ["Override", "numbers", "selections", "too_wide", "values"]

PAIRS = 24
"""Booleans of an array up to which every two are flipped together; of longer ones, only a 1 with a 0."""

Override = tuple[int, Mapping[int, int]]
"""The wire that a survivor is named for, and the new values."""


def values(view: View, wire: int, rng: random.Random) -> Iterator[Override]:
    """
    Other values for one wire: neighbours, edges, a flipped sign or bit, other roots of its own rows, a few more.

    A bit has one other value only: a row of its own refuses the rest, whatever else changes.
    """
    value = view.system.values[wire]
    if wire in view.bits:
        yield wire, {wire: 1 - value}
        return
    tried = [value + 1, value - 1, 0, 1, 1 - value, -value, value + (1 << rng.randrange(1, 253)), rng.randrange(R)]
    for row, a, b, c in view.system.mentions[wire]:
        if square := a * b % R:
            tried.append(value - view.system.slope(row, a, b, c) * inverse(square))
    for each in dict.fromkeys(each % R for each in tried):
        if each != value:
            yield wire, {wire: each}


def numbers(view: View) -> Iterator[Override]:
    """Bits that spell another number: the same plus a multiple of r, and neighbours where the bits come first."""
    following = {number.row for number in view.order.spells.values()}
    for digits in view.digits:
        if view.inputs - view.free & digits.place.keys():
            continue
        before = {wire: view.system.values[wire] for wire in digits.place}
        spelt, size = digits.spelt(before), 1 << digits.length
        tried = list(_aliases(view, digits, spelt))
        if digits.row not in following:
            tried += [number for number in (spelt + 1, spelt - 1, spelt ^ size - 1) if 0 <= number < size]
        for number in dict.fromkeys(tried):
            override = {wire: number >> place & 1 for wire, place in digits.place.items()}
            if override != before:
                yield next(iter(digits.place)), override


def _aliases(view: View, digits: Digits, spelt: int) -> Iterator[int]:
    size = 1 << digits.length
    if digits.defines:
        yield from range(digits.number(spelt, view.system.sums[digits.row]) + R, size, R)
        return
    places = [digits.implied] if digits.implied is not None else [None, digits.length]
    for place in places:
        for bit in (0,) if place is None else (0, 1):
            yield from range(spelt + R + (bit << (place or 0)), 2 * size, R)


def selections(view: View) -> Iterator[Override]:
    """Two booleans of one array flipped together: another place, or one more."""
    spelling = {wire for digits in view.digits if digits.defines for wire in digits.place}
    arrays: dict[str, list[int]] = {}
    for wire in sorted((view.bits - spelling - view.inputs) | (view.bits & view.free)):
        arrays.setdefault(view.system.name(wire).rpartition("[")[0], []).append(wire)
    for array, wires in arrays.items():
        for one, other in combinations(wires, 2) if array else ():
            before = [view.system.values[wire] for wire in (one, other)]
            if len(wires) <= PAIRS or sum(before) == 1:
                yield one, {one: 1 - before[0], other: 1 - before[1]}


def too_wide(view: View, widths: Mapping[str, int], rng: random.Random) -> Iterator[Override]:
    """Values of inputs that do not fit their widths."""
    for name, bits in widths.items():
        for wire in view.signals[name]:
            value = view.system.values[wire]
            for wide in (1 << bits, value + (1 << bits), (1 << bits) + 1, R - 1, R - value, rng.randrange(R)):
                if wide % R >> bits:
                    yield wire, {wire: wide % R}
