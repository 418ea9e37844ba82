"""
Every way in which the market says no, as one branch of the law's tree.

    Refusal
    └── MarketRefusal
        ├── OutOfDomain         a number that the arithmetic is not made for
        ├── BadTerms            an instrument that cannot be listed, ever
        ├── BadParameters       rules that governance may not set
        ├── BadInputs           an oracle input that no table may be built from
        │   ├── BadSurface      volatilities that allow a riskless profit
        │   └── BadEncoding     bytes that are not the canonical form of anything
        ├── BadRecord           a line of a replayed file
        ├── ListingRefused      terms are sound, but not now or not beside what is listed
        │   ├── StrikesTooClose
        │   └── SlotNotEmpty
        ├── IllegalMove         a status may not become that one
        ├── NotASuccessor       a table that may not follow the one before
        └── NotSigned           a committee's word that does not count

Each keeps the offending value; nothing is changed by what was refused.
"""

from __future__ import annotations

from rollup.spec.errors import Refusal

__all__ = [
    "BadEncoding",
    "BadInputs",
    "BadParameters",
    "BadRecord",
    "BadSurface",
    "BadTerms",
    "IllegalMove",
    "ListingRefused",
    "MarketRefusal",
    "NotASuccessor",
    "NotSigned",
    "OutOfDomain",
    "SlotNotEmpty",
    "StrikesTooClose",
]


class MarketRefusal(Refusal):
    """Base of every way in which the market says no: what rule, and which value broke it."""

    def __init__(self, rule: str, value: object) -> None:
        self.rule, self.value = rule, value
        super().__init__(f"{rule} (was {value!r})")


class OutOfDomain(MarketRefusal):
    """A number that the fixed-point arithmetic is not made for."""


class BadTerms(MarketRefusal):
    """An instrument that cannot be listed, ever."""


class BadParameters(MarketRefusal):
    """Rules that governance may not set."""


class BadInputs(MarketRefusal):
    """An oracle input that no table may be built from."""


class BadSurface(BadInputs):
    """Volatilities out of range, or such that they allow a riskless profit."""


class BadEncoding(BadInputs):
    """Bytes that are not the canonical form of anything."""


class BadRecord(MarketRefusal):
    """A line of a replayed file that cannot be read."""

    def __init__(self, line: int, rule: str, value: object) -> None:
        self.line = line
        super().__init__(f"line {line}: {rule}", value)


class ListingRefused(MarketRefusal):
    """Sound terms that may not be listed now, or not beside what is listed already."""


class StrikesTooClose(ListingRefused):
    """Between two scenario spots a butterfly would lose unseen."""

    def __init__(self, strike: int, other: int, gap: int) -> None:
        self.strike, self.other, self.gap = strike, other, gap
        super().__init__(f"strikes must be equal or at least {gap} apart", (strike, other))


class SlotNotEmpty(ListingRefused):
    """No scan has shown the slot empty after it was settled."""


class IllegalMove(MarketRefusal):
    """A status may not become that one."""

    def __init__(self, slot: int, before: object, after: object) -> None:
        self.slot, self.before, self.after = slot, before, after
        super().__init__(f"slot {slot} may not go from {before!r} to {after!r}", (before, after))


class NotASuccessor(MarketRefusal):
    """A risk table, or inputs, that may not follow the ones before."""


class NotSigned(MarketRefusal):
    """A committee's word that does not count."""
