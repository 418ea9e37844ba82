"""
Decoys: which accounts are touched without business, so that a touch says little.

They are drawn with the frequency of recent touches: whoever trades often is a decoy often, and a decoy looks like
whoever trades. Every account has a chance, or a first touch would stand out.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from itertools import accumulate
from typing import Final

from rollup.spec.account import FUND
from rollup.spec.types import Index

__all__ = ["Recent", "draw"]

KEPT: Final = (3, 4)
"""Part of an account's weight that is left after each batch."""

ONE: Final = 1 << 10
"""Weight of a touch, and of an account that was never touched."""


class Recent:
    """How often each account was touched of late."""

    def __init__(self) -> None:
        self.weights: Counter[Index] = Counter()

    def add(self, touched: Iterable[Index]) -> None:
        """One batch later."""
        kept, of = KEPT
        self.weights = Counter({index: weight * kept // of for index, weight in self.weights.items()})
        for index in touched:
            self.weights[index] += ONE


def draw(
    accounts: Iterable[Index], weights: Mapping[Index, int], count: int, below: Callable[[int], int]
) -> tuple[Index, ...]:
    """So many accounts, some perhaps several times; `below` is a random number under a bound. Never the fund."""
    candidates = sorted(index for index in accounts if index != FUND)
    if not candidates:
        return ()
    bounds = list(accumulate(ONE + weights.get(index, 0) for index in candidates))
    drawn = []
    for _ in range(count):
        at = below(bounds[-1])
        drawn.append(next(index for index, bound in zip(candidates, bounds, strict=True) if at < bound))
    return tuple(drawn)
