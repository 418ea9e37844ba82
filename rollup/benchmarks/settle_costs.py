"""
What settling costs, as arithmetic: gas of a transaction from what it does, and of a day from what was planned.

Gas is execution plus calldata, or the floor price of calldata where that is more (EIP-7623). Execution of a batch is
linear: so much a batch, a verifier key, a step of each kind, and a deposit or withdrawal that L1 has to act on.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from prover.errors import ProverError
from prover.places import checkout
from rollup.benchmarks.settle_work import Cut, Work
from rollup.spec.settlement.headers import word_count
from rollup.spec.shared import Profile, StepKind

__all__ = [
    "BASE_BYTES",
    "Calldata",
    "Execution",
    "FloorPaid",
    "calldata_gas",
    "constraints_of",
    "execution_in",
    "floor_gas",
    "gas_of",
    "per_trade",
    "step_bytes",
    "transaction_gas",
]

TRANSACTION: Final = 21_000
ZERO, OTHER = 4, 16
FLOOR_ZERO, FLOOR_OTHER = 10, 40
"""Gas of a byte of calldata, and the least that it costs."""

WORD: Final = 32

STEP_WORDS: Final = 13
"""Head, two hashes after the step, salt, commitment, and a proof of eight words."""

BASE_BYTES: Final = 4 + 11 * WORD
"""Of a batch beside its steps: selector, offsets and lengths, number and root, no rejections and no tables."""


def step_bytes(profile: Profile, kind: StepKind) -> int:
    """Calldata that a step adds to a batch."""
    return WORD * (STEP_WORDS + word_count(profile, kind))


def constraints_of(profile: Profile) -> dict[StepKind, int]:
    """Of each kind of step, from the counts that every compiled circuit is held to."""
    rows = [line.split(",") for line in (checkout() / "circuits" / "constraints.csv").read_text().splitlines()[1:]]
    counts = {(name, of): int(constraints) for name, of, constraints, *_ in rows}
    return {kind: counts[kind.name.lower(), profile.name] for kind in StepKind}


# -- gas


class FloorPaid(ProverError):
    """A transaction paid the floor price of its calldata, so that its gas does not say what it executed."""

    def __init__(self, used: int) -> None:
        self.used = used
        super().__init__(f"{used:,} gas is the floor price of calldata: execution does not show; sample larger steps")


@dataclass(frozen=True, slots=True)
class Calldata:
    """Bytes of a transaction; where it stands for many of a sort, the zeros are a mean."""

    zeros: float
    others: float

    @classmethod
    def of(cls, data: bytes) -> Calldata:
        zeros = data.count(0)
        return cls(zeros, len(data) - zeros)

    @property
    def size(self) -> float:
        return self.zeros + self.others

    def scaled(self, size: int) -> Calldata:
        """As much of another size, with the same part of zeros."""
        return Calldata(self.zeros * size / self.size, self.others * size / self.size)


def calldata_gas(data: Calldata) -> float:
    """What calldata costs beside execution."""
    return ZERO * data.zeros + OTHER * data.others


def floor_gas(data: Calldata) -> float:
    """The least that a transaction with such calldata costs."""
    return TRANSACTION + FLOOR_ZERO * data.zeros + FLOOR_OTHER * data.others


def transaction_gas(execution: float, data: Calldata) -> float:
    """Execution and calldata, or the floor."""
    return max(TRANSACTION + execution + calldata_gas(data), floor_gas(data))


def execution_in(used: int, data: Calldata) -> float:
    """What a transaction executed, from the gas of its receipt; FloorPaid where that does not show it."""
    if used <= floor_gas(data):
        raise FloorPaid(used)
    return used - TRANSACTION - calldata_gas(data)


@dataclass(frozen=True, slots=True)
class Execution:
    """Gas beside that of calldata."""

    batch: float
    """Of a batch whatever is in it, one verifier key among it, the 21,000 of its transaction aside."""
    key: float
    """Of each further kind of step in a batch: it has a verifier key of its own."""
    step: Mapping[StepKind, float]
    deposit: float = 0
    """Of one that a batch consumes; registrations and top-ups alike."""
    withdrawal: float = 0


def gas_of(cut: Cut, profile: Profile, execution: Execution, density: Mapping[StepKind, Calldata]) -> float:
    """Gas of one batch, the floor price of calldata applied; `density` is a step's calldata, of any size."""
    further = max(0, sum(count > 0 for count in cut.steps.values()) - 1)
    spent = execution.batch + further * execution.key
    spent += cut.deposits * execution.deposit + cut.withdrawals * execution.withdrawal
    zeros, others = BASE_BYTES * 0.75, BASE_BYTES * 0.25  # mostly offsets and lengths
    for kind, count in cut.steps.items():
        spent += count * execution.step[kind]
        one = density[kind].scaled(step_bytes(profile, kind))
        zeros, others = zeros + count * one.zeros, others + count * one.others
    return transaction_gas(spent, Calldata(zeros, others))


def per_trade(
    work: Work,
    profile: Profile,
    matches: int,
    cpu: Mapping[StepKind, float],
    execution: Execution,
    density: Mapping[StepKind, Calldata],
) -> dict[str, Any]:
    """The day's figures, by trade and by match."""
    counts, constraints = work.steps, constraints_of(profile)
    gas = [gas_of(cut, profile, execution, density) for cut in work.cuts]
    totals = {
        "constraints": sum(count * constraints[kind] for kind, count in counts.items()),
        "bytes": BASE_BYTES * len(work.cuts) + sum(n * step_bytes(profile, kind) for kind, n in counts.items()),
        "gas": sum(gas),
        "cpu_s": sum(count * cpu[kind] for kind, count in counts.items()),
    }

    def over(number: float) -> dict[str, float]:
        shared = {name: total / number for name, total in totals.items()}
        return {name: round(each, 3) if name == "cpu_s" else round(each) for name, each in shared.items()}

    return {
        **{f"{name}_per_trade": each for name, each in over(work.trades).items()},
        "per_match": over(matches),
        "profile": profile.name,
        "trades": work.trades,
        "legs": dict(work.legs),
        "matches": matches,
        "steps": {kind.name.lower(): counts[kind] for kind in StepKind},
        "batches": len(work.cuts),
        "largest_batch_gas": round(max(gas)),
        "lanes_used": {sort: used for sort, (used, _) in work.lanes.items()},
        "lanes": {sort: all_ for sort, (_, all_) in work.lanes.items()},
        "legs_a_wide_lane": {str(legs): count for legs, count in sorted(work.touches.items())},
        "decoys": work.decoys,
        "decoy_share": round(work.decoy_share, 3),
        "day": {name: round(total, 1) if name == "cpu_s" else round(total) for name, total in totals.items()},
    }
