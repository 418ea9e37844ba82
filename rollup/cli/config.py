"""`zkclear config …`: what a node would run with, and where each value comes from."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated

import typer
from rich.table import Column, Table

from rollup.cli.output import Json, console, emit
from rollup.node import config as settings

__all__ = ["app"]

app = typer.Typer(help="The node's configuration.", no_args_is_help=True)


@app.command()
def show(
    file: Annotated[
        Path | None, typer.Option("--config", help="A TOML file; else the one that ZKCLEAR_CONFIG names, if any.")
    ] = None,
    changes: Annotated[list[str] | None, typer.Option("--set", help="KEY=VALUE, over file and environment.")] = None,
    json: Json = False,
) -> None:
    """
    Print every value, and whether it is the default or from a file, the environment or a flag.

    Exit code 1: something in it is unknown, of the wrong type, out of range, or a secret; the message says where.
    """
    found = settings.Config.load(file, os.environ, _flags(changes or []))
    if json:
        emit(
            {
                key: {
                    "value": settings.shown(found.value(key)),
                    "origin": found.origin(key),
                    "variable": settings.variable(key),
                    "meaning": settings.meaning(key),
                }
                for key in settings.known_keys()
            }
        )
        return
    table = Table(*(Column(name, overflow="fold") for name in ("key", "value", "origin", "meaning")), box=None)
    for key in settings.known_keys():
        table.add_row(key, str(settings.shown(found.value(key))), found.origin(key), settings.meaning(key))
    console.print(table)


@app.command()
def example() -> None:
    """Print a file with all defaults, to begin with."""
    typer.echo(settings.example(), nl=False)


def _flags(changes: list[str]) -> dict[str, str]:
    """Of KEY=VALUE."""
    pairs = [one.partition("=") for one in changes]
    for key, equals, _ in pairs:
        if not equals:
            raise typer.BadParameter(f"--set {key}: write KEY=VALUE")
    return {key.strip(): value for key, _, value in pairs}
