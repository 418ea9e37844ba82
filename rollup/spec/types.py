"""The shapes that the law speaks of, with the units that their numbers have."""

from __future__ import annotations

from typing import TypeAlias

from prover.types import Point, Signature

__all__ = ["Cash", "FieldElement", "Index", "Point", "Quantity", "Signature", "Time", "Values", "Vector"]

FieldElement: TypeAlias = int
"""An integer 0 .. r-1: a hash, a blinding, a key."""

Index: TypeAlias = int
"""Place of an account's leaf in the tree; 0 is the guarantee fund, 1 the operator's revenue."""

Quantity: TypeAlias = int
"""Lots of an instrument; in a vector negative when short."""

Cash: TypeAlias = int
"""10^-6 USDC."""

Time: TypeAlias = int
"""Seconds since 1970, UTC."""

Vector: TypeAlias = tuple[int, ...]
"""Quantities of an account, one a slot; slot 0 is cash."""

Values: TypeAlias = tuple[int, ...]
"""val_s of an account in every scenario, the mark first."""
