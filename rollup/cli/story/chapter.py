"""One heading of the demo and its claims, each checked before it is told."""

from __future__ import annotations

import time
from typing import Any

from rich.console import Console

from prover.errors import ProverError

__all__ = ["BrokenClaim", "Chapter", "LeftOut"]


class BrokenClaim(ProverError):
    """The story claimed something that did not hold: a defect, since nothing in it depends on the machine."""

    def __init__(self, claim: str) -> None:
        self.claim = claim
        super().__init__(f"the demo claimed what does not hold: {claim}")


class LeftOut(ProverError):
    """This machine lacks what a chapter needs, or an earlier chapter was left out; the message says which."""


class Chapter:
    """One heading and its claims, each checked before it is told."""

    def __init__(self, title: str, console: Console | None) -> None:
        self.title, self._console = title, console
        self.claims: list[str] = []
        self.figures: dict[str, int | float | str] = {}
        self.skipped: str | None = None
        self._started = time.perf_counter()
        if console:
            console.print(f"\n[bold]{title}[/]")

    def claim(self, text: str, holds: bool) -> None:
        """Tell a claim, if it holds."""
        if not holds:
            raise BrokenClaim(text)
        self.claims.append(text)
        if self._console:
            self._console.print(f"  [green]✓[/] {text}")

    def note(self, text: str) -> None:
        """Tell something that needs no check."""
        if self._console:
            self._console.print(f"    [dim]{text}[/]")

    def figure(self, name: str, value: int | float | str) -> None:
        """Keep what was measured, for machines; people are told it in a note."""
        self.figures[name] = value

    def skip(self, reason: str) -> None:
        """End the chapter early, since this machine lacks a part that it needs; says which."""
        self.skipped = reason
        if self._console:
            self._console.print(f"  [yellow]skipped[/] {reason}")

    def summary(self) -> dict[str, Any]:
        """What a machine reads of the chapter."""
        return {
            "title": self.title,
            "claims": self.claims,
            "figures": self.figures,
            "skipped": self.skipped,
            "seconds": round(time.perf_counter() - self._started, 2),
        }
