"""The settled day for people: a table of what a trade costs, and what stands behind it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from rich.console import RenderableType
from rich.table import Table

__all__ = ["NARROWEST", "report"]

NARROWEST: Final = 110
"""Columns that the table takes."""

ROWS: Final = (
    ("constraints", "constraints_per_trade", "constraints"),
    ("bytes on L1", "bytes_per_trade", "bytes"),
    ("gas, calldata's floor applied", "gas_per_trade", "gas"),
    ("CPU seconds, witness and prover", "cpu_s_per_trade", "cpu_s"),
)


def report(figures: dict[str, Any]) -> Iterator[RenderableType]:
    """Part by part."""
    other = figures["compiled"]
    runs = [(run, share) for run in (figures, other) for share in (run, run["without_decoys"])]
    table = Table(box=None, pad_edge=False)
    table.add_column("", no_wrap=True)
    for run, share in runs:
        kept = "no lane kept" if share is not run else "lanes kept"
        table.add_column(f"{run['profile']}\n{kept}", justify="right", no_wrap=True)
    for title, trade, match in ROWS:
        table.add_row(f"{title}, a trade", *(f"{share[trade]:,}" for _, share in runs))
        table.add_row("    a match", *(f"{share['per_match'][match]:,}" for _, share in runs))
    for kind in ("trade", "funds", "liquidate"):
        table.add_row(f"{kind} steps", *(f"{share['steps'][kind]:,}" for _, share in runs))
    for sort in ("narrow", "wide", "operation"):
        cells = (f"{share['lanes_used'][sort]:,} of {share['lanes'][sort]:,}" for _, share in runs)
        table.add_row(f"{sort} lanes with business", *cells)
    table.add_row("decoys, of all lanes", *(f"{share['decoy_share']:.0%}" for _, share in runs))
    yield table
    flow, legs = figures["flow"], figures["legs"]
    yield (
        f"{flow['matches']:,} matches among {flow['accounts']:,} accounts in {flow['epochs']} epochs and as many "
        f"batches, {flow['matches with makers']:,} of them with three makers; netted to {legs['maker']:,} maker legs "
        f"and {legs['taker']:,} taker legs. A trade is {figures['trade_is']}. Decoys: {figures['decoys_are']}."
    )
    proofs = ", ".join(
        f"{kind} {figures['cpu_s_per_step'][kind]} s CPU and {figures['proof_s_per_step'][kind]} s"
        for kind in figures["proofs"]
    )
    yield (
        f"{sum(figures['proofs'].values())} steps of the {figures['profile']} profile proven, a step: {proofs}; CPU of "
        f"the day is the {figures['cpu_is']}. All of it would take {figures['proof_s_of_the_day']:,} s here. Of the "
        f"{other['profile']} profile, CPU is {other['cpu_is']}; gas is {other['gas_is']}."
    )
    gas = figures["gas"]
    spent = ", ".join(f"{name.replace('_', ' ')} {amount:,}" for name, amount in gas["execution"].items())
    yield f"Gas: {gas['source']}. Execution: {spent}; largest batch {figures['largest_batch_gas']:,}."
    if "table" in gas:
        yield (
            f"Not counted: a table an epoch, {gas['table']:,} gas posted alone, {gas['tables_per_trade']:,} a trade."
        )
