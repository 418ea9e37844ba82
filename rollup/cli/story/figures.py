"""The table that the demo ends with: what it measured on the way, each with the command that measures it better."""

from __future__ import annotations

from rollup.cli.story.page_data import Figure
from rollup.cli.story.stage import Stage

__all__ = ["figures_of"]

STAND_IN = "zkclear demo"


def figures_of(stage: Stage) -> tuple[Figure, ...]:
    """Over all batches of this run; a batch of so few trades costs far more a trade than a full one."""
    made = [one for _, proofs in stage.made for one in proofs]
    constraints = sum(one.constraints for one in made)
    seconds = sum(one.proof_seconds for one in made)
    batches = stage.record.batches
    trades, gas = sum(one.trades for one in batches), sum(one.gas for one in batches)
    size = sum(one.calldata_bytes for one in batches)
    kinds = {kind: sum(one.circuit == kind for one in made) for kind in ("trade", "funds", "liquidate")}
    steps = ", ".join(f"{count} {kind}" for kind, count in kinds.items() if count)
    per_trade = "zkclear bench settle"
    return (
        Figure("batches", len(batches), "", STAND_IN),
        Figure("steps", f"{len(made)} ({steps})", "", STAND_IN),
        Figure("constraints proven", constraints, "", STAND_IN),
        Figure("witnesses", round(sum(one.witness_seconds for one in made), 2), "s", STAND_IN),
        Figure("proofs", round(seconds, 2), "s", STAND_IN),
        Figure("proving a constraint", round(seconds * 1e6 / constraints, 2), "µs", "zkclear bench prover"),
        Figure("trades", trades, "", STAND_IN),
        Figure("gas a trade, in batches so small", gas // max(1, trades), "gas", per_trade),
        Figure(
            "floor price of their calldata, a trade",
            sum(one.floor_gas for one in batches) // max(1, trades),
            "gas",
            per_trade,
        ),
        Figure("calldata a trade, in batches so small", size // max(1, trades), "bytes", per_trade),
    )
