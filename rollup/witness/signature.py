"""
What the circuits take for a signature.

A lane of a step checks at most one signature for each of its legs or operations. The circuit computes its own hints;
it needs the key with its shifted point, which the account's leaf commits to, and the signature. The scalar is itself a
hint: no constraint sees it, so it counts modulo l and every representative gives the same proof.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from prover.reference.babyjubjub import SUBGROUP_ORDER
from rollup.spec.hashes import SHIFT, shifted
from rollup.spec.types import FieldElement, Point, Signature

__all__ = ["NONE", "SHIFT", "SignatureInputs", "shifted", "signature_inputs"]


@dataclass(frozen=True, slots=True)
class SignatureInputs:
    """Inputs of `SignatureCheck` in circuits/lib/signature.circom."""

    enabled: int
    key: Point
    shifted: Point
    message: FieldElement
    r8: Point
    s: int

    def inputs(self) -> dict[str, int | list[int]]:
        """Signal name → value."""
        return {
            "enabled": self.enabled,
            "key": [*self.key],
            "shifted": [*self.shifted],
            "message": self.message,
            "r8": [*self.r8],
            "s": self.s,
        }


NONE: Final = SignatureInputs(0, Point(0, 0), Point(0, 0), 0, Point(0, 0), 0)
"""A lane that needs no signature; any other values with enabled = 0 do as well."""


def signature_inputs(key: Point, message: FieldElement, signature: Signature) -> SignatureInputs:
    """The inputs for a signature that the specification accepts."""
    return SignatureInputs(1, key, shifted(key), message, signature.r8, signature.s % SUBGROUP_ORDER)
