"""How commands speak: tables and stories for people on one stream, one JSON document for machines on the other."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn, TimeRemainingColumn
from rich.text import Text

__all__ = ["Json", "complain", "console", "emit", "progress"]

Json = Annotated[bool, typer.Option("--json", help="Print one JSON document instead of a table.")]

console = Console(highlight=False, soft_wrap=True)


def emit(document: Any) -> None:
    """Print one JSON document on standard output."""
    json.dump(document, sys.stdout, indent=2, ensure_ascii=False)
    sys.stdout.write("\n")


def complain(error: Exception) -> None:
    """Print an error on standard error, in one voice; what it says is text, whatever brackets a path in it has."""
    Console(stderr=True, highlight=False).print(Text.assemble(("error", "bold red"), f" {error}"), soft_wrap=True)


@contextmanager
def progress(label: str, total: int) -> Iterator[tuple[Progress, TaskID]]:
    """A bar with time left on standard error, for anything that takes over two seconds."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    stream = Console(stderr=True)
    with Progress(*columns, console=stream, transient=True, disable=not stream.is_terminal) as bar:
        yield bar, bar.add_task(label, total=total)
