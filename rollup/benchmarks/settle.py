"""
What settling a day costs a trade: constraints, bytes and gas on L1, seconds of proving.

The day (`settle_day`) is netted and planned whole, once with a share of every step kept for decoys and once without. A
sample of it is applied by the law, proven and settled on a chain (`settle_sample`); costs of a step, a batch and an act
of L1 are measured there and multiplied by what the plan has of each. The standard profile is not proven: its own plan
of the same day meets the counts of its compiled circuits, and the sample's rates.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from itertools import count
from typing import Any, Final

from prover import toolchain
from prover.errors import ToolMissing, ToolVersionMismatch
from rollup.benchmarks.settle_chain import Settled, density_of, execution_from_snapshots, rescaled, settled
from rollup.benchmarks.settle_costs import Execution, constraints_of, per_trade
from rollup.benchmarks.settle_day import EPOCHS, Day, live
from rollup.benchmarks.settle_sample import Proving, applied_sample, proven
from rollup.benchmarks.settle_work import Work, work_of
from rollup.ledger.decoys import ONE, draw
from rollup.ledger.netting import Planned, net
from rollup.market.simulator import Randomness
from rollup.spec.shared import PROFILES, Profile, StepKind

__all__ = ["DECOYS", "planned", "run_all", "worked"]

DECOYS: Final = 250_000
"""Share of a step's lanes kept for decoys, ppm."""

PROVEN, COUNTED = "small", "standard"

TRADE_IS: Final = (
    "one maker leg and one taker leg: legs as they stand in lanes, after netting made one leg of an order's fills in a "
    "round, divided by two; per_match divides by matches of the exchange instead"
)


def planned(day: Day, share: int) -> list[Planned]:
    """
    The whole day's steps, with `share` ppm of every step kept for decoys.

    They are drawn by how often each account traded.
    """
    numbers, randomness = count(1), Randomness(len(day.entries))
    accounts = day.opening.accounts
    weights = {index: ONE * touches for index, touches in day.touched.items()}
    pool = draw(accounts, weights, len(accounts), randomness.below)
    return net(
        day.entries,
        accounts,
        None,
        day.profile,
        day.orders,
        decoys=pool,
        random=lambda: next(numbers),
        share=share,
    )


def worked(day: Day, share: int) -> Work:
    """The whole day counted."""
    return work_of(planned(day, share), day.maker_orders)


def run_all(
    trades: int, accounts: int, seed: int, advance: Callable[[str], None] = lambda what: None
) -> dict[str, Any]:
    """The proven profile's figures, and under `compiled` those of the one that is counted only."""
    small, standard = PROFILES[PROVEN], PROFILES[COUNTED]
    advance("a day, traded")
    day = live(small, accounts, trades, seed)
    sample = applied_sample(day, DECOYS)
    advance(f"{len(sample.steps)} of its steps, proven")
    proving = proven(sample, small)
    density = density_of(sample, proving.proofs)
    chain = None
    if _chain_is_there():
        advance("the same, settled on a chain")
        chain = settled(day, sample, proving)
    execution = chain.execution if chain else execution_from_snapshots(small, density)
    cpu, wall = (_all_kinds(proving.medians(spent), small) for spent in (proving.cpu, proving.wall))

    def figures(day: Day, cpu: dict[StepKind, float], execution: Execution, label: str) -> dict[str, Any]:
        advance(label)
        started = time.perf_counter()
        work = worked(day, DECOYS)
        spent = time.perf_counter() - started
        matches = day.said["matches"]
        with_decoys = per_trade(work, day.profile, matches, cpu, execution, density)
        without = per_trade(worked(day, 0), day.profile, matches, cpu, execution, density)
        return {
            **with_decoys,
            "constraints_per_step": {kind.name.lower(): n for kind, n in constraints_of(day.profile).items()},
            "without_decoys": without,
            "netting_s": round(spent, 1),
        }

    rates = {kind: seconds / constraints_of(small)[kind] for kind, seconds in cpu.items()}
    estimated = {kind: rates[kind] * count_ for kind, count_ in constraints_of(standard).items()}
    first = figures(day, cpu, execution, "the day, planned")
    second_day = live(standard, accounts, trades, seed)
    second = figures(second_day, estimated, rescaled(execution, small, standard), "the day in the standard profile")
    return {
        **first,
        **_proof_figures(proving, wall, first["steps"]),
        "gas": _gas_figures(chain, execution, first["trades"]),
        "flow": {"accounts": accounts, "epochs": EPOCHS, "seed": seed, **day.said},
        "trade_is": TRADE_IS,
        "decoys_are": f"{DECOYS / 10**6:.0%} of the lanes of every step, rounded up, narrow ones first, and free ones",
        "compiled": {
            **second,
            "cpu_is": f"estimated: CPU a constraint of the {PROVEN} profile's steps, not proven",
            "gas_is": f"computed: execution measured in the {PROVEN} profile, by words of a step; calldata of its own",
        },
    }


def _all_kinds(medians: dict[StepKind, float], profile: Profile) -> dict[StepKind, float]:
    """Seconds of each kind of step; one that the sample lacks is taken to cost as much a constraint as a trade step."""
    constraints = constraints_of(profile)
    rate = medians[StepKind.TRADE] / constraints[StepKind.TRADE]
    return {kind: medians.get(kind, rate * constraints[kind]) for kind in StepKind}


def _proof_figures(proving: Proving, wall: dict[StepKind, float], steps: dict[str, int]) -> dict[str, Any]:
    """What was proven, and what that makes of the day."""
    names = {kind: kind.name.lower() for kind in StepKind}
    cpu = proving.medians(proving.cpu)
    return {
        "proofs": {names[kind]: len(each) for kind, each in proving.cpu.items()},
        "cpu_s_per_step": {names[kind]: round(seconds, 2) for kind, seconds in cpu.items()},
        "proof_s_per_step": {names[kind]: round(wall[kind], 2) for kind in cpu},
        "proof_s_of_the_day": round(sum(wall[kind] * steps[names[kind]] for kind in StepKind)),
        "cpu_is": "median of the proofs of each kind, witness and verification included, times the day's steps",
    }


def _gas_figures(chain: Settled | None, execution: Execution, trades: float) -> dict[str, Any]:
    """Where gas comes from."""
    parts = {
        "batch": round(execution.batch),
        "further_key": round(execution.key),
        **{f"{kind.name.lower()}_step": round(gas) for kind, gas in execution.step.items()},
        "deposit": round(execution.deposit),
        "withdrawal": round(execution.withdrawal),
    }
    if chain is None:
        source = "contracts/snapshots, computed for the day: no chain at hand; acts of L1 are not counted"
        return {"source": source, "execution": parts}
    return {
        "source": "seven batches settled on anvil, told apart, computed for the day; a liquidate step by its words",
        "execution": parts,
        "sample_batches": [{"gas": gas, "bytes": size} for gas, size in zip(chain.gas, chain.bytes, strict=True)],
        "table": chain.table_gas,
        "tables_per_trade": round(EPOCHS * chain.table_gas / trades),
    }


def _chain_is_there() -> bool:
    """Whether there is what a chain takes."""
    try:
        toolchain.anvil()
        toolchain.solc()
    except (ToolMissing, ToolVersionMismatch):
        return False
    return True
