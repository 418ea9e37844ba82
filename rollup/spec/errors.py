"""
Every way in which the law says no, as one tree.

    Refusal
    ├── Rejected          a step, touch or claim that breaks a rule; `rule` is its ID in SECURITY.md
    ├── OutOfRange        a number that does not fit the width of its place
    └── TableBound        a risk table or parameters that no committee member may sign

A refusal keeps the offending value; state is never half changed.
"""

from __future__ import annotations

__all__ = ["OutOfRange", "Refusal", "Rejected", "TableBound"]


SECRET_VALUES = frozenset({"DAT-1", "DAT-2", "FND-14", "REC-3", "STP-2"})
"""Rules whose offending value may be a key, a salt or a plaintext: it stays an attribute and out of messages."""


class Refusal(ValueError):
    """Base of every way in which the law says no."""


class Rejected(Refusal):
    """A step, touch or claim that breaks a rule."""

    def __init__(self, rule: str, reason: str, value: object = None) -> None:
        self.rule, self.reason, self.value = rule, reason, value
        shown = value is not None and rule not in SECRET_VALUES
        super().__init__(f"{rule}: {reason}" + (f" (was {value!r})" if shown else ""))


class OutOfRange(Refusal):
    """A number that does not fit the width of its place."""

    def __init__(self, place: str, value: int, bits: int) -> None:
        self.place, self.value, self.bits = place, value, bits
        super().__init__(f"{place} must fit {bits} bits, was {value}")


class TableBound(Refusal):
    """A risk table or parameters that no committee member may sign."""

    def __init__(self, bound: str, value: object) -> None:
        self.bound, self.value = bound, value
        super().__init__(f"{bound}, which does not hold for {value!r}")
