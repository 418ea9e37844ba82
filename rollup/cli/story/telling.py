"""
The chapters in the order of a settlement. Each does real work and claims only what it has checked.

A claim that fails ends the story with exit code 1, and so does anything that is missing: there is no half a story.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console
from rich.table import Table

from prover import crypto
from prover.crypto import NATIVE_REMEDY
from prover.errors import BackendUnavailable
from rollup.chain.deploy import answering
from rollup.cli.story.chapter import Chapter
from rollup.cli.story.falling import an_expiry, forced_out, prices_fall
from rollup.cli.story.figures import figures_of
from rollup.cli.story.leaving import without_the_operator
from rollup.cli.story.money import money_out
from rollup.cli.story.names import dollars
from rollup.cli.story.opening import a_house, deposits_come
from rollup.cli.story.page_data import Figure, Holder, Telling
from rollup.cli.story.solvency import solvency
from rollup.cli.story.stage import Stage
from rollup.cli.story.trading import people_trade, sides_of, what_shows

__all__ = ["Told", "tell"]


@dataclass(frozen=True)
class Told:
    """A whole story: what the page shows, and what every chapter measured."""

    telling: Telling
    chapters: tuple[Chapter, ...]


def tell(console: Console | None, traders: int = 3, profile: str = "small") -> Told:
    """Tell every chapter, to people when there is a console."""
    if not crypto.available("native"):
        raise BackendUnavailable("native", f"the demo makes keys and proofs with it: {NATIVE_REMEDY}")
    with ExitStack() as stack:
        directory = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="zkclear-demo-")))
        return _told(console, traders, profile, stack, directory)


def _told(console: Console | None, traders: int, profile: str, stack: ExitStack, directory: Path) -> Told:
    chapters: list[Chapter] = []

    def chapter(title: str, play: Callable[[Chapter], None]) -> None:
        chapters.append(Chapter(f"{len(chapters) + 1}. {title}", console))
        play(chapters[-1])
        chapters[-1].end()

    opening = Chapter("1. A clearing house, on a chain of its own", console)
    chapters.append(opening)
    stage = a_house(opening, stack, directory, profile)
    opening.end()
    with answering(stage.house.chain.rpc):
        chapter("Collateral comes in", lambda one: deposits_come(one, stage, traders))
        chapter("People trade: margin first, then fills", lambda one: people_trade(one, stage))
        chapter("Proven and settled: what L1 sees, and what a trader sees", lambda one: what_shows(one, stage))
        chapter("Money out: by signature, and by a note that does not say whose", lambda one: money_out(one, stage))
        chapter("Prices fall", lambda one: prices_fall(one, stage))
        chapter("A future and an option expire", lambda one: an_expiry(one, stage))
        chapter("Forced out, by L1", lambda one: forced_out(one, stage))
        chapter("Solvency, attested and checked by anybody", lambda one: solvency(one, stage))
        sides = tuple(side for person in stage.people[1:4] for side in sides_of(stage, person))
        chapter("Without the operator: everybody leaves", lambda one: without_the_operator(one, stage))
    figures = figures_of(stage)
    if console:
        _show(console, stage, figures)
    holders = tuple(
        Holder(person.name, person.part.role, tuple(stage.record.moments.get(person.index, ())), person.paid)
        for person in stage.people
    )
    record = stage.record
    telling = Telling(
        "The first settlement",
        f"with {len(stage.people)} accounts, on a chain of their own",
        profile,
        tuple(one.told() for one in chapters),
        holders,
        record.lines(),
        tuple(record.events),
        tuple(record.batches),
        tuple(record.proofs),
        tuple(record.transactions),
        sides,
        figures,
    )
    return Told(telling, tuple(chapters))


def _show(console: Console, stage: Stage, figures: Sequence[Figure]) -> None:
    """Who got what, and what it took."""
    console.print("\n[bold]Who brought what, and left with what[/]")
    table = Table(box=None, pad_edge=False)
    for heading in ("", "brought", "paid by L1"):
        table.add_column(heading, justify="right" if heading else "left")
    for person in stage.people:
        table.add_row(person.name, dollars(person.part.collateral), dollars(person.paid))
    console.print(table)
    console.print("\n[bold]What it took[/]")
    table = Table(box=None, pad_edge=False)
    for heading in ("", "here", "measured by"):
        table.add_column(heading, justify="right" if heading == "here" else "left", no_wrap=True)
    for one in figures:
        value = f"{one.value:,}" if isinstance(one.value, int | float) else one.value
        table.add_row(one.name, f"{value} {one.unit}".strip(), one.command)
    console.print(table)
