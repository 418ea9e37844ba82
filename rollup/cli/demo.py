"""`zkclear demo`: the first settlement, told on real parts only."""

from __future__ import annotations

import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.markup import escape

from prover.files import write_atomically
from rollup.cli.output import Json, console, emit

__all__ = ["demo"]

ENDED = 128
"""What a shell adds to a signal's number to make an exit code."""


def demo(
    traders: Annotated[int, typer.Option(min=3, max=400, help="How many there are beside the market maker.")] = 3,
    profile: Annotated[str, typer.Option(help="Size of the circuits: tiny or small.")] = "small",
    page: Annotated[Path, typer.Option(help="Where to write what happened, as a page.")] = Path("demo.html"),
    json: Json = False,
) -> None:
    """
    Deposit, trade, prove, settle, crash, expire, leave: on a chain of its own, every amount checked.

    Exit code 0 only if all of it held. The first run compiles circuits and makes keys, which takes minutes.
    """
    from rollup.cli.story import tell
    from rollup.cli.story.page import page_json, render

    if profile not in ("tiny", "small"):
        raise typer.BadParameter("the demo plays with tiny or small circuits", param_hint="--profile")
    if not page.parent.is_dir():
        raise typer.BadParameter(f"{page.parent} is no directory", param_hint="--page")
    with _ending_in_order():
        told = tell(None if json else console, traders, profile)
    write_atomically(page, render(told.telling).encode())
    if json:
        chapters = [
            {"title": one.title, "claims": one.claims, "figures": one.figures, "seconds": one.seconds}
            for one in told.chapters
        ]
        emit({"ok": True, "chapters": chapters, "page": str(page), "told": page_json(told.telling)})
    else:
        console.print(f"\nEvery amount above was checked. What happened, as a page: {escape(str(page))}")


@contextmanager
def _ending_in_order() -> Iterator[None]:
    """Whoever ends the demo from outside ends its chain too, as an interrupt does; and is told so."""
    signals = (signal.SIGTERM, signal.SIGHUP)
    before = {one: signal.signal(one, lambda number, _: sys.exit(ENDED + number)) for one in signals}
    try:
        yield
    except (KeyboardInterrupt, SystemExit):
        with suppress(OSError):  # of a terminal that is gone
            Console(stderr=True).print("ended early: its chain is gone and nothing of it was kept; run it again")
        raise
    finally:
        for one, handler in before.items():
            signal.signal(one, handler)
