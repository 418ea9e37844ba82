"""`zkclear demo`: the story as far as it is built, told on real parts only."""

from __future__ import annotations

import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from rollup.cli.output import Json, console, emit

__all__ = ["demo"]

ENDED = 128
"""What a shell adds to a signal's number to make an exit code."""


def demo(json: Json = False) -> None:
    """Tell the story as far as it is built; what this machine lacks is left out and named."""
    from rollup.cli.story import tell

    with _ending_in_order():
        chapters = tell(None if json else console)
    if json:
        complete = not any(chapter["skipped"] for chapter in chapters)
        emit({"ok": True, "complete": complete, "chapters": chapters})


@contextmanager
def _ending_in_order() -> Iterator[None]:
    """Whoever ends the demo from outside ends its chain too, as an interrupt does."""
    signals = (signal.SIGTERM, signal.SIGHUP)
    before = {one: signal.signal(one, lambda number, _: sys.exit(ENDED + number)) for one in signals}
    try:
        yield
    finally:
        for one, handler in before.items():
            signal.signal(one, handler)
