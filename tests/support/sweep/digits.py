"""Numbers in bits: wires that carry 0 or 1 and appear somewhere with powers of two, so that they spell a number."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

from support.sweep.system import System

from prover.reference.field import R, inverse

__all__ = ["Digits", "booleans", "find_digits"]

POWERS = {pow(2, k, R): k for k in range(-256, 257)}


@dataclass(frozen=True, slots=True)
class Digits:
    """A number and the bits that spell it."""

    row: int
    place: dict[int, int]
    """Wire → weight, as a power of two."""
    length: int
    implied: int | None
    """Weight of the bit that the compiler expressed by the number and the other bits."""
    side: int
    scale: int
    defines: bool
    """Whether the row gives the number, and all bits are proven bits: then new bits follow from a new number."""

    def spelt(self, values: dict[int, int]) -> int:
        """What the bits that are wires spell."""
        return sum(values[wire] << place for wire, place in self.place.items())

    def number(self, spelt: int, sums: tuple[int, int, int]) -> int:
        """The number, from the sums of its row; the bits cancel out of it."""
        return (spelt + self.scale * sums[self.side]) % R


def booleans(system: System) -> set[int]:
    """Wires that a row of their own holds to 0 and 1."""
    found = set()
    for row, constants in zip(system.rows, system.constants, strict=True):
        if len(row) == 1:
            wire, a, b, c = row[0]
            x, y, z = constants
            if a * b % R and (x * y - z) % R == 0 and ((x + a) * (y + b) - z - c) % R == 0:
                found.add(wire)
    return found


def find_digits(system: System, bits: set[int]) -> list[Digits]:
    """
    All numbers in bits, each wire in one at most: where a row defines the number, and else where a row uses it.

    `bits` are the proven ones; an array of wires that merely happen to be 0 or 1 may be a number too.
    """
    found: dict[tuple[str, bool], Digits] = {}
    taken: set[int] = set()
    for defining in (True, False):
        for number, row in enumerate(system.rows):
            if len(row) < 2:
                continue
            arrays: dict[str, list[tuple[int, int, int, int]]] = defaultdict(list)
            for term in row:
                if term[0] not in taken and system.values[term[0]] < 2 and (not defining or term[0] in bits):
                    arrays[system.name(term[0]).rpartition("[")[0]].append(term)
            for array, terms in arrays.items():
                if not array:
                    continue
                made = _defined(system, number, terms) if defining else _used(number, terms)
                before = found.get((array, defining))
                if made is not None and (before is None or len(made.place) > len(before.place)):
                    found[array, defining] = made
        taken |= {wire for digits in found.values() for wire in digits.place}
    return list(found.values())


def _defined(system: System, number: int, terms: list[tuple[int, int, int, int]]) -> Digits | None:
    """Bits of a row that is linear, or that holds a sum of bits and their number to two values."""
    constants = system.constants[number]
    row = system.rows[number]
    for zero in (0, 1):
        if not constants[zero] and not any(term[1 + zero] for term in row):
            return _made(number, terms, 2, -1, None)
    if constants[2] or any(c for _, _, _, c in row):
        return None
    # (sum - p)·(sum - q) = 0: the sum is a bit if it is written with its own root as zero
    ratio = terms[0][2] * inverse(terms[0][1]) % R if terms[0][1] else 0
    if not ratio or any((a * ratio - b) % R for _, a, b, _ in row):
        return None
    unit = (constants[0] - constants[1] * inverse(ratio)) % R  # the first sum where the second is zero
    if not unit:
        return None
    for side, one in ((0, unit), (1, -unit * ratio % R)):
        made = _made(number, terms, side, 1, one)
        if made is not None:
            return made
    return None


def _made(number: int, terms: list[tuple[int, int, int, int]], side: int, sign: int, one: int | None) -> Digits | None:
    """Digits if the coefficients are those of consecutive powers of two; `one` is the implied bit's unit."""
    unit = inverse(terms[0][1 + side]) if one is None and terms[0][1 + side] else None if one is None else -inverse(one)
    if unit is None:
        return None
    powers = [(term[0], POWERS.get(term[1 + side] * unit % R)) for term in terms]
    if one is None and any(power is None for _, power in powers):
        return None
    place = {wire: power for wire, power in powers if power is not None}
    least = min([*place.values(), *([0] if one is not None else [])], default=0)
    place = {wire: power - least for wire, power in place.items()}
    implied = None if one is None else -least
    weights = sorted([*place.values(), *([implied] if implied is not None else [])])
    if not place or len(weights) < 2 or weights != list(range(len(weights))):
        return None
    factor = pow(2, -least, R)
    scale = -factor * unit % R if one is not None else sign * factor * unit % R
    return Digits(number, place, len(weights), implied, side, scale, True)


def _used(number: int, terms: list[tuple[int, int, int, int]]) -> Digits | None:
    """Bits that a row uses with their weights; one weight may be missing, that of an implied bit."""
    for side in (0, 1, 2):
        first = next((term[1 + side] for term in terms if term[1 + side]), 0)
        if not first:
            continue
        unit = inverse(first)
        powers = [(term[0], POWERS.get(term[1 + side] * unit % R)) for term in terms if term[1 + side]]
        place = {wire: power for wire, power in powers if power is not None}
        if len(place) < 2 or len(set(place.values())) < len(place):
            continue
        least, most = min(place.values()), max(place.values())
        missing = set(range(least, most + 1)) - set(place.values())
        if len(missing) > 1:
            continue
        shifted = {wire: power - least for wire, power in place.items()}
        return Digits(number, shifted, most - least + 1, missing.pop() - least if missing else None, side, 0, False)
    return None
