"""`zkclear setup …`: compiled circuits and development keys, in the cache before they are needed."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from prover.circuits import Compiled, UnknownCircuit, circuits, compile_all
from prover.setup.dev import dev_key
from rollup.cli.output import Json, console, emit, progress

__all__ = ["app"]

app = typer.Typer(help="Compile circuits and make development keys.", no_args_is_help=True)


@app.callback()
def group() -> None:
    """Compile circuits and make development keys."""


@app.command()
def dev(
    circuit_name: Annotated[str | None, typer.Option("--circuit", help="One circuit; all of them without it.")] = None,
    profile: Annotated[str, typer.Option(help="tiny, small or standard.")] = "small",
    json: Json = False,
) -> None:
    """Development keys, from a seed that everybody knows: for local chains only."""
    chosen = [item for (name, its), item in circuits().items() if its == profile and circuit_name in (None, name)]
    if not chosen:
        wanted = f"{circuit_name or 'any'} ({profile})"
        raise UnknownCircuit(wanted, (f"{name} ({its})" for name, its in circuits()))
    with progress("compiling", len(chosen)) as (bar, task):
        ready = compile_all(chosen, lambda *_: bar.advance(task))
    made = [_make(item) for item in ready]
    if json:
        emit(made)
        return
    for row in made:
        console.print(f"{row['circuit']}: {row['constraints']:,} constraints, {row['key']}")
    console.print("[yellow]unsafe[/]: development keys; whoever reads this project can forge with them")


def _make(item: Compiled) -> dict[str, Any]:
    with progress(f"key of {item.circuit.label}", 1) as (bar, task):

        def advance(done: int, total: int, _: str) -> None:
            bar.update(task, completed=done, total=total)

        key = dev_key(item, advance)
    return {
        "circuit": item.circuit.label,
        "constraints": item.header.constraints,
        "key": str(key.zkey),
        "bytes": key.zkey.stat().st_size,
    }
