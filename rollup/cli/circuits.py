"""`zkclear circuits …`: what is proven, and what it costs."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.table import Table

from prover.circuits import Circuit, UnknownCircuit, circuits, compile_all
from prover.files import write_atomically
from prover.places import checkout
from prover.statistics import FIXED, Statistics, statistics
from rollup.cli.output import Json, console, emit, progress
from rollup.spec.shared import PROFILES

__all__ = ["COLUMNS", "Counts", "app", "golden", "read_golden"]

app = typer.Typer(help="What is proven, and what it costs.", no_args_is_help=True)

USUAL = ("tiny", "small")
"""Profiles that compile in seconds; `standard` takes minutes."""

COLUMNS = ("circuit", "profile", "constraints", "wires", "public")
"""Of circuits/constraints.csv."""

Counts = dict[tuple[str, str], tuple[int, int, int]]
"""Constraints, wires and public values by circuit and profile."""


def golden() -> Path:
    """The counts that a test holds every circuit to."""
    return checkout() / "circuits" / "constraints.csv"


def read_golden() -> Counts:
    """What circuits/constraints.csv states."""
    if not golden().is_file():
        return {}
    rows = [line.split(",") for line in golden().read_text().splitlines()[1:]]
    return {(row[0], row[1]): (int(row[2]), int(row[3]), int(row[4])) for row in rows}


@app.callback()
def group() -> None:
    """What is proven, and what it costs."""


@app.command()
def stats(
    json: Json = False,
    profile: Annotated[
        list[str] | None, typer.Option(help="tiny, small, standard; again for more. Without it: tiny and small.")
    ] = None,
    circuit_name: Annotated[str | None, typer.Option("--circuit", help="One circuit; all of them without it.")] = None,
    write: Annotated[
        bool, typer.Option("--write", help="Put the counts in circuits/constraints.csv; without --profile, of all.")
    ] = False,
) -> None:
    """Count constraints, and say which part of a circuit they belong to."""
    chosen = _chosen(profile or (None if write else USUAL), circuit_name)
    with progress("compiling", len(chosen)) as (bar, task):
        ready = compile_all(chosen, lambda *_: bar.advance(task))
    with progress("counting", len(chosen)) as (bar, task):
        rows = []
        for item in ready:
            rows.append(statistics(item))
            bar.advance(task)
    if write:
        _write(rows)
    if json:
        emit([_document(row) for row in rows])
        return
    _show(rows)
    if write:
        console.print(f"written: {golden().relative_to(checkout())}")


def _chosen(profiles: Sequence[str] | None, name: str | None) -> list[Circuit]:
    listed = circuits()
    chosen = [
        item for (its, profile), item in listed.items() if name in (None, its) and (not profiles or profile in profiles)
    ]
    missing = [profile for profile in profiles or () if profile not in {its for _, its in listed}]
    if missing or not chosen:
        wanted = f"{name or 'any'} ({', '.join(missing or profiles or ('any',))})"
        raise UnknownCircuit(wanted, (f"{known} ({its})" for known, its in listed))
    return chosen


def _write(rows: Iterable[Statistics]) -> None:
    """New counts over the old; what the manifest no longer lists goes."""
    counts = read_golden() | {(row.circuit, row.profile): (row.constraints, row.wires, row.public) for row in rows}
    lines = [",".join(COLUMNS)]
    lines += [",".join(map(str, (*pair, *counts[pair]))) for pair in circuits() if pair in counts]
    write_atomically(golden(), ("\n".join(lines) + "\n").encode())


def _document(row: Statistics) -> dict[str, Any]:
    parts: dict[str, dict[str, int]] = {}
    for share in row.shares:
        parts.setdefault(share.part, {})[share.lane] = share.constraints
    return {
        "circuit": row.circuit,
        "profile": row.profile,
        "constraints": row.constraints,
        "wires": row.wires,
        "public": row.public,
        "domain": 1 << row.power,
        "fullness": round(row.fullness, 4),
        "parts": parts,
        "lanes": dict(row.lanes),
        "each": _each(row),
    }


def _each(row: Statistics) -> dict[str, int]:
    """What one trade or one account costs in a full step, its share of what is paid once included; decoys are not."""
    totals = {lane: sum(one.constraints for one in row.shares if one.lane == lane) for lane in (*row.lanes, FIXED)}
    lanes = {lane: totals[lane] / count for lane, count in row.lanes.items()}
    match row.circuit:
        case "trade":
            legs = PROFILES[row.profile].legs
            narrow, wide, once = lanes["narrow lane"], lanes["wide lane"], totals[FIXED]
            trades = row.lanes["wide lane"] * legs
            pairs = ((1 << row.power) - once) // narrow / 2  # buyer and seller may stand in different steps
            return {
                f"a trade, makers with {legs} legs, takers with one": round(narrow + wide / legs + once / trades),
                f"a trade, one leg an account, {pairs:g} in a step of 2^{row.power}": round(2 * narrow + once / pairs),
            }
        case "solvency":
            count = row.lanes["scanned account"]
            return {"an account": round(row.constraints / count), "an account more": round(lanes["scanned account"])}
    return {}


def _show(rows: Sequence[Statistics]) -> None:
    table = _table("circuit", "constraints", "wires", "public", "domain", "full")
    for row in rows:
        counts = (f"{count:,}" for count in (row.constraints, row.wires, row.public))
        table.add_row(f"{row.circuit} ({row.profile})", *counts, f"2^{row.power}", f"{row.fullness:.1%}")
    console.print(table)
    for row in rows:
        console.print()
        console.print(_breakdown(row))
        for what, cost in _each(row).items():
            console.print(f"{what}: {cost:,}")


def _breakdown(row: Statistics) -> Table:
    """Parts down, kinds of lanes across."""
    shares = {(share.part, share.lane): share.constraints for share in row.shares}
    lanes = [lane for lane in (*row.lanes, FIXED) if any(its == lane for _, its in shares)]
    headings = (FIXED if lane == FIXED else f"{row.lanes[lane]} × {lane}" for lane in lanes)
    table = _table(f"{row.circuit} ({row.profile})", *headings, "all", "share")
    for part in dict.fromkeys(part for part, _ in shares):
        counts = [shares.get((part, lane), 0) for lane in lanes]
        table.add_row(part, *map(_count, [*counts, sum(counts)]), f"{sum(counts) / max(1, row.constraints):.1%}")
    totals = [sum(count for (_, its), count in shares.items() if its == lane) for lane in lanes]
    table.add_section()
    table.add_row("all", *map(_count, [*totals, row.constraints]), "")
    if row.lanes:
        each = (
            _count(total // row.lanes[lane]) if lane in row.lanes else ""
            for total, lane in zip(totals, lanes, strict=True)
        )
        table.add_row("a lane", *each, "", "")
    return table


def _table(first: str, *others: str) -> Table:
    table = Table(box=None, pad_edge=False)
    table.add_column(first, no_wrap=True)
    for heading in others:
        table.add_column(heading, justify="right")
    return table


def _count(count: int) -> str:
    return f"{count:,}" if count else "–"
