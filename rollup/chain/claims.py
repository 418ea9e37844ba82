"""What is claimed of a deployed system, one thing at a time, and whether it holds."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

__all__ = ["Claim", "Verdict", "failed", "passed", "same", "shown", "unchecked"]


class Verdict(StrEnum):
    """What became of a claim."""

    PASS = "PASS"  # noqa: S105 - a verdict
    FAIL = "FAIL"
    NOT_CHECKED = "NOT CHECKED"


@dataclass(frozen=True, slots=True)
class Claim:
    """One thing that must hold, and whether it does."""

    subject: str
    verdict: Verdict
    detail: str


def passed(subject: str, detail: str) -> Claim:
    return Claim(subject, Verdict.PASS, detail)


def failed(subject: str, detail: str) -> Claim:
    return Claim(subject, Verdict.FAIL, detail)


def unchecked(subject: str, detail: str) -> Claim:
    return Claim(subject, Verdict.NOT_CHECKED, detail)


def same(subject: str, said: object, found: object) -> Claim:
    """That the chain has what the record says."""
    return passed(subject, str(found)) if said == found else failed(subject, f"is {found}, the record says {said}")


def shown(value: int) -> str:
    """A number as people read it: addresses and hashes in hexadecimal."""
    return str(value) if value < 10**12 else f"0x{value:x}"
