"""Rich inputs of the circuits that are swept: everything in them is in use."""

from __future__ import annotations

from typing import Any

from prover import crypto
from rollup.spec.shared import Tag

__all__ = ["membership_inputs", "place_inputs"]


def membership_inputs(depth: int, secret: int = 123_456_789) -> dict[str, Any]:
    """A leaf among siblings that all differ, at other places on each level."""
    maths = crypto.load()
    node = maths.poseidon([secret])
    digits = [(3 * level + 5) % 8 for level in range(depth)]
    siblings = [[maths.poseidon([level, place]) for place in range(7)] for level in range(depth)]
    for digit, others in zip(digits, siblings, strict=True):
        node = maths.poseidon([*others[:digit], node, *others[digit:]], Tag.NODE)
    nullifier = maths.poseidon([secret, 1])
    return {"root": node, "nullifier": nullifier, "secret": secret, "digit": digits, "sibling": siblings}


def place_inputs() -> dict[str, Any]:
    """A value in the middle of seven others."""
    return {"value": 99, "place": 5, "sibling": [11, 22, 33, 44, 55, 66, 77]}
