"""`zkclear bench …`: every figure that a document states is printed by one of these."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich.console import RenderableType
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


@app.command()
def prover(
    json: Json = False,
    peer: Annotated[Path | None, typer.Option(help="Another prover: `PATH zkey wtns proof public`.")] = None,
    profile: Annotated[str, typer.Option(help="Size of the signatures circuit: tiny, small, standard.")] = "standard",
) -> None:
    """Proving time of one circuit with one key and witness: native, portable, taceo, snarkjs, a peer."""
    from prover.benchmarks.proving import run_all

    figures = run_all(profile, peer, lambda label: None if json else console.print(f"{label} …"))
    if json:
        emit(figures)
        return
    console.print(f"{figures['circuit']}: {figures['constraints']:,} constraints")
    table = Table(box=None, pad_edge=False)
    for heading in ("prover", "wall s", "CPU s", "µs a constraint", "peak MB", "cold wall s"):
        table.add_column(heading, justify="left" if heading == "prover" else "right")
    for name in ("native", "portable", "taceo", "snarkjs", "peer"):
        row = figures[name]
        if row:
            cells = (row[part] for part in ("wall_s", "cpu_s", "us_per_constraint", "peak_mb", "cold_wall_s"))
            table.add_row(f"{name} ({row['engine']})", *(f"{cell:,}" for cell in cells))
    console.print(table)
    witness = figures["witness"]
    console.print(f"witness: {witness['cpu_s']} s CPU, {witness['us_per_constraint']} µs a constraint")
    console.print(f"development key: {figures['setup']['wall_s']} s, {figures['setup']['cpu_s']} s CPU")
    verify = figures["verify"]
    console.print(
        f"verification: {verify['single_ms']} ms CPU a proof, {verify['batched_ms']} ms in a batch of 64 "
        f"({verify['ratio']}x)"
    )


@app.command()
def law(json: Json = False) -> None:
    """A full risk table, one touch of an account, and the pricer's largest error."""
    from rollup.benchmarks.law import run_all

    figures = run_all()
    if json:
        emit(figures)
        return
    console.print(
        f"risk table of {figures['instruments']} instruments in {figures['scenarios']} scenarios: "
        f"{figures['table_ms']} ms"
    )
    console.print(f"one touch, every rule but the signature: {figures['apply_touch_us']} µs")
    console.print(f"largest error of the pricer, of the forward: {figures['pricer_max_error']:.1e}")


@app.command()
def claims(
    json: Json = False,
    profile: Annotated[str, typer.Option(help="tiny, small, standard.")] = "standard",
) -> None:
    """What a trader waits for who leaves alone: proofs of a withdrawal and of an escape."""
    from rollup.benchmarks.claims import run_all

    figures = run_all(profile)
    if json:
        emit(figures)
        return
    table = Table(box=None, pad_edge=False)
    for heading in ("claim", "constraints", "witness s", "witness, key and proof s", "further proof s"):
        table.add_column(heading, justify="left" if heading == "claim" else "right")
    for name, row in figures.items():
        cells = (row[part] for part in ("constraints", "witness_s", "cold_s", "prove_s"))
        table.add_row(f"{name} ({row['profile']}, {row['backend']})", *(f"{cell:,}" for cell in cells))
    console.print(table)


@app.command()
def market(json: Json = False) -> None:
    """Collateral that portfolio margin saves, and how often margins break in a simulated year."""
    from rollup.benchmarks.market import DAYS, run_all
    from rollup.benchmarks.market_year import SEED

    if not json:
        _tell(
            f"One simulated path of {DAYS} days, seed {SEED}: other seeds give other figures. Each morning every book "
            "is margined, held for a day and revalued; a loss beyond the equity it has is a breach, and the largest "
            "shortfall is the most by which one went beyond. Kupiec's test asks whether there were as many breaches as "
            "a margin of 99 % promises, one day in a hundred. Conservative: rejected at 5 %, for too few; too thin: "
            "rejected for too many. p is the chance of a count at least as unlikely.\n"
        )
        _tell("Simulating on one core, about half a minute; nothing is printed meanwhile …\n")
    figures = run_all()
    if json:
        emit(figures)
        return
    titles, year = figures["titles"], figures["year"]
    table = Table(box=None, pad_edge=False)
    for heading in ("initial margin, USDC", "each alone", "by underlying", "portfolio", "saved"):
        first = heading == "initial margin, USDC"
        table.add_column(heading, justify="left" if first else "right", no_wrap=not first)
    for name, row in figures["savings"].items():
        cells = (f"{row[part]:,.0f}" for part in ("standalone", "by_underlying", "portfolio"))
        table.add_row(titles[name], *cells, f"{row['saved_percent']} %")
    _tell(table)
    regimes = ", ".join(f"{days} in {regime}" for regime, days in enumerate(year["days_at_level"]))
    _tell(
        f"\n{year['days']} holding periods of a day, in quarters {', '.join(year['quarters'])}. Days by the oracle's "
        f"volatility regime that morning, 0 (calmest) to {len(year['days_at_level']) - 1}: {regimes}. Breaches that "
        f"99 % promises: {year['days'] * year['promise']:.2f}"
    )
    shown = (("static", "shocks of volatility regime 0 all year"), ("widened", "shocks widened by the regime"))
    for shocks, title in shown:
        _tell(f"\n{title}:")
        table = Table(box=None, pad_edge=False)
        for heading in ("book", "equity at", "mean USDC", "breaches", "p", "Kupiec, 5 %", "largest\nshortfall"):
            left = heading in ("book", "equity at", "Kupiec, 5 %")
            table.add_column(heading, justify="left" if left else "right", no_wrap=True)
        for name, row in figures["regimes"].items():
            for level, part in year["equity"].items():
                of = row[shocks][level]
                mean = f"{row[shocks]['mean_margin'] * part:,.0f}"
                judged = of["verdict"].removeprefix("rejected: ")
                counts = (str(of["breaches"]), f"{of['p_value']:.4f}", judged, f"{of['largest_shortfall']:,.0f}")
                table.add_row(name.replace("_", " "), level.replace("_", "-"), mean, *counts)
        _tell(table)
    for name, of in year["books"].items():
        _tell(
            f"\n{name.replace('_', ' ')}: the worst day in a hundred takes {of['loss_99_percent_of_margin']} % of "
            f"initial margin, the worst of the year {of['largest_loss_percent_of_margin']} %"
        )


@app.command()
def exchange(json: Json = False) -> None:
    """Order operations a second on one core, pre-trade margin; the door, the journal and the twin beside it."""
    from rollup.benchmarks.exchange import run_all

    if not json:
        console.print("Measuring on one core, about half a minute …")
    figures = run_all()
    if json:
        emit(figures)
        return
    console.print(
        f"the core alone, from bytes to bytes: {figures['core_ops_per_s']:,} order operations a second "
        f"({figures['operations']:,} of {figures['accounts']:,} accounts in {figures['slots'] - 1} instruments)"
    )
    console.print(
        f"each: median {figures['p50_us']} µs, 99 % within {figures['p99_us']} µs, the slowest {figures['worst_us']} µs"
    )
    console.print(
        f"of 1,000, {figures['fills_per_1000']} are fills and {figures['refused_per_1000']} refused; "
        f"{figures['resting_orders']:,} orders rest at the end"
    )
    console.print(
        f"pre-trade margin, every slot held and every place taken, {figures['scenarios']} scenarios: "
        f"{figures['margin_us']} µs"
    )
    console.print(
        f"through the door, one signature checked each: {figures['door_ops_per_s']:,} a second; "
        f"on disk before the answer: {figures['journal_ops_per_s']:,}"
    )
    console.print(
        f"called from Python one by one: {figures['called_ops_per_s']:,} a second, the readable twin "
        f"{figures['twin_ops_per_s']:,}"
    )


@app.command()
def crash(
    json: Json = False,
    accounts: Annotated[int, typer.Option(min=24, max=4_000, help="Members of the exchange.")] = 500,
    seed: Annotated[int, typer.Option(help="Of the market and of the crowd.")] = 1,
) -> None:
    """Two fifths down in ten epochs, volatility tripled: who pays, with guards and without, oracle heard or silent."""
    from rollup.benchmarks.crash import run_all
    from rollup.benchmarks.crash_report import NARROWEST, report

    if not json:
        _tell("Five crashes on one core: seconds with the native core, a minute with the twin …")
    figures = run_all(accounts, seed)
    if json:
        emit(figures)
        return
    console.width = max(console.width, NARROWEST)  # into a pipe as well: numbers are not cut off
    for part in report(figures, console.width):
        console.print()
        _tell(part)


@app.command()
def settle(
    json: Json = False,
    trades: Annotated[int, typer.Option(min=2_000, max=100_000, help="Matches of the day.")] = 12_288,
    accounts: Annotated[int, typer.Option(min=100, max=4_000, help="Members of the exchange.")] = 1_000,
    seed: Annotated[int, typer.Option(help="Of the market and of the flow.")] = 1,
) -> None:
    """A day settled: constraints, bytes, gas and CPU a trade, a sample of it proven and put on a chain."""
    from rollup.benchmarks.settle import run_all
    from rollup.benchmarks.settle_report import NARROWEST, report

    if not json:
        _tell("Two minutes on two cores, or three; proofs take most of it …")
    figures = run_all(trades, accounts, seed, lambda label: None if json else console.print(f"{label} …"))
    if json:
        emit(figures)
        return
    console.width = max(console.width, NARROWEST)  # into a pipe as well: numbers are not cut off
    for part in report(figures):
        console.print()
        _tell(part)


def _tell(part: RenderableType) -> None:
    """Print with lines wrapped at the console's width, between words."""
    console.print(part, soft_wrap=False)
