"""
Every `require` of the contract: its ID here, and the name that the Solidity error carries.

The model refuses with the ID and the contract with the name, so a differential test compares the two through this
table. A call that breaks several rules is refused by the one that is checked first; the order is that of the code.
"""

from __future__ import annotations

from typing import Final

from rollup.spec.errors import Rejected
from rollup.spec.shared import ERRORS

__all__ = ["L1_ERRORS", "require"]

L1_ERRORS: Final = ERRORS
"""Rule → name of the custom error, from circuits/manifest.toml."""


def require(holds: bool, rule: str, reason: str, value: object) -> None:
    """Refuse the call unless a rule holds; the refusal keeps the offending value."""
    if not holds:
        raise Rejected(rule, reason, value)
