"""`zkclear bench …`: every figure that a document states is printed by one of these."""

from __future__ import annotations

import typer
from rich.table import Table

from rollup.cli.output import Json, console, emit

__all__ = ["app"]

app = typer.Typer(help="Measure; figures are medians of one run on this machine.", no_args_is_help=True)


@app.callback()
def group() -> None:
    """Measure; figures are medians of one run on this machine."""


@app.command()
def crypto(json: Json = False) -> None:
    """Hashes, signatures and tree updates a second, one core each: native, reference, circomlibjs."""
    from prover.benchmarks.crypto import run_all

    if not json:
        console.print("Measuring on one core, about half a minute …")
    figures = run_all()
    if json:
        emit(figures)
        return
    table = Table(box=None, pad_edge=False)
    table.add_column("operations a second, one core")
    for name in figures:
        table.add_column(name, justify="right")
    for quantity in next(row for row in figures.values() if row):
        cells = (row.get(quantity) if row else None for row in figures.values())
        label = quantity.removesuffix("_per_s").replace("_", " ")
        table.add_row(label, *("–" if cell is None else f"{cell:,.0f}" for cell in cells))
    console.print(table)
