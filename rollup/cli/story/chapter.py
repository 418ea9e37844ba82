"""One heading of the demo and its claims, each checked before it is told."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.markup import escape

from prover.errors import ProverError
from rollup.cli.output import progress
from rollup.cli.story.page_data import ChapterTold

__all__ = ["BrokenClaim", "Chapter"]


class BrokenClaim(ProverError):
    """The story claimed something that did not hold: a defect, since nothing in it depends on the machine."""

    def __init__(self, claim: str) -> None:
        self.claim = claim
        super().__init__(f"the demo claimed what does not hold: {claim}")


class Chapter:
    """One heading and its claims, each checked before it is told."""

    def __init__(self, title: str, console: Console | None) -> None:
        self.title, self._console = title, console
        self.claims: list[str] = []
        self.notes: list[str] = []
        self.figures: dict[str, int | float | str] = {}
        self._started, self._ended = time.perf_counter(), 0.0
        if console:
            console.print(f"\n[bold]{escape(title)}[/]")

    def claim(self, text: str, holds: bool) -> None:
        """Tell a claim, if it holds."""
        if not holds:
            raise BrokenClaim(text)
        self.claims.append(text)
        if self._console:
            self._console.print(f"  [green]✓[/] {escape(text)}")

    def note(self, text: str) -> None:
        """Tell something that needs no check."""
        self.notes.append(text)
        if self._console:
            self._console.print(f"    [dim]{escape(text)}[/]")

    def figure(self, name: str, value: int | float | str) -> None:
        """Keep what was measured, for machines; people are told it in a note."""
        self.figures[name] = value

    @contextmanager
    def steps(self, label: str, total: int) -> Iterator[Advance]:
        """Progress with time left, while something long goes on."""
        with progress(label, total) as (bar, task):
            yield Advance(lambda: bar.advance(task))

    def end(self) -> None:
        """It has been told: what follows is no longer its time."""
        self._ended = time.perf_counter()

    @property
    def seconds(self) -> float:
        """That it took, or has taken so far."""
        return round((self._ended or time.perf_counter()) - self._started, 2)

    def told(self) -> ChapterTold:
        """What the page says of it."""
        return ChapterTold(self.title, tuple(self.claims), self.seconds, tuple(self.notes))


class Advance:
    """One step further; takes whatever it is told and needs none of it."""

    def __init__(self, advance: object) -> None:
        self._advance = advance

    def __call__(self, *_: object) -> None:
        self._advance()  # type: ignore[operator]
