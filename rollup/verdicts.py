"""What is claimed, one thing at a time, and what became of it: it holds, it does not, or nobody has looked."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

__all__ = ["Claim", "Verdict", "failed", "passed", "unchecked"]


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
