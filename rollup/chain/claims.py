"""What is claimed of a deployed system, one thing at a time, and whether it holds."""

from __future__ import annotations

from rollup.verdicts import Claim, Verdict, failed, passed, unchecked

__all__ = ["Claim", "Verdict", "failed", "passed", "same", "shown", "unchecked"]


def same(subject: str, said: object, found: object) -> Claim:
    """That the chain has what the record says."""
    return passed(subject, str(found)) if said == found else failed(subject, f"is {found}, the record says {said}")


def shown(value: int) -> str:
    """A number as people read it: addresses and hashes in hexadecimal."""
    return str(value) if value < 10**12 else f"0x{value:x}"
