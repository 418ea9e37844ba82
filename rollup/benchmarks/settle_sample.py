"""
A sample of a day's steps for real: applied by the law, and proven.

It begins where the day does, on the morning's state: the first trades, registrations and withdrawals, and steps of
decoys alone, in batches that let `settle_chain` tell apart what each costs. What a proof costs does not depend on what
is in the step, so few of a kind are enough.
"""

from __future__ import annotations

import statistics
import time
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import count
from typing import Final

from prover.backends import Backend, Proved, backend
from prover.circuits import circuit, compiled
from prover.errors import ProverError
from prover.setup.dev import ProvingKey, dev_key
from prover.witness import Calculator
from rollup.benchmarks.settle_day import Day
from rollup.exchange.commands import Credit, Fees, Place, Tick
from rollup.exchange.events import Filled
from rollup.ledger.netting import Entry, Planned, net
from rollup.market.inputs import Inputs
from rollup.spec.account import REVENUE
from rollup.spec.funds import Decoy, Deposit, Withdraw
from rollup.spec.hashes import tagged
from rollup.spec.shared import Profile, StepKind, Tag
from rollup.spec.state import State, Suspense
from rollup.spec.step import Applied, Frame, Step, apply, kind_of
from rollup.spec.table import RiskTable
from rollup.spec.types import Index
from rollup.witness.steps import circuit_name, step_inputs

__all__ = ["ACTS", "Proving", "Sample", "TooShort", "applied_sample", "batches_of", "proven", "registrations_of"]

MATCHES: Final = (4, 36)
"""Of the day's first ones, in two batches: with so many, and with all that follow up to so many."""

ACTS: Final = 4
"""Registrations, and withdrawals, in the step that measures them."""


class TooShort(ProverError):
    """A day with too little in it to take a sample from."""

    def __init__(self, what: str, found: int, wanted: int) -> None:
        self.what, self.found, self.wanted = what, found, wanted
        super().__init__(f"the day has {found} {what}, and a sample takes {wanted}; ask for more with --trades")


# -- what is sampled


def batches_of(day: Day) -> list[list[list[Entry]]]:
    """
    Batches, each of groups that are netted apart.

    A step of decoys, which makes the first batch's storage; one again; three; registrations; withdrawals; trades, and
    more of them.
    """
    members = [index for index in sorted(day.opening.accounts) if index > REVENUE]

    def decoys(index: Index) -> list[Entry]:
        return [Entry(Tick(0), (), (Decoy(index),))]

    moves = [(entry, entry.operations[0]) for entry in day.entries if len(entry.operations) == 1]
    joins = [Entry(Credit(one.index, one.amount), (), (one,)) for one in registrations_of(day)]
    paid: dict[Index, Entry] = {}
    for entry, one in moves:
        if isinstance(one, Withdraw):
            paid.setdefault(one.index, entry)
    if len(paid) < ACTS:
        raise TooShort("accounts that take money out", len(paid), ACTS)
    return [
        [decoys(members[0])],
        [decoys(members[1])],
        [decoys(index) for index in members[2:5]],
        [joins],
        [list(paid.values())[:ACTS]],
        *([trades] for trades in _first_trades(day)),
    ]


def registrations_of(day: Day) -> list[Deposit]:
    """The day's first ones, numbered as they would stand in the queue of L1 alone."""
    deposits = (one for entry in day.entries for one in entry.operations if isinstance(one, Deposit))
    first = [one for one in deposits if one.owner is not None][:ACTS]
    return [replace(one, id=number) for number, one in enumerate(first)]


def _first_trades(day: Day) -> list[list[Entry]]:
    """What was placed and filled first, in two parts, with the fees of each credited after it."""
    parts: list[list[Entry]] = []
    kept: list[Entry] = []
    fees = matches = 0
    for entry in day.entries:
        fills = [event for event in entry.events if isinstance(event, Filled)]
        if isinstance(entry.command, Place) and fills:
            kept.append(entry)
            fees += sum(fill.fee for fill in fills)
            matches += sum(fill.maker for fill in fills)
            if matches >= MATCHES[len(parts)]:
                parts.append([*kept, Entry(Fees(REVENUE, fees), ())])
                kept, fees = [], 0
                if len(parts) == len(MATCHES):
                    return parts
    raise TooShort("matches", matches, MATCHES[-1])


@dataclass
class Sample:
    """Steps as the law applied them, batch by batch."""

    batches: list[list[Applied]]
    inputs: Inputs
    table: RiskTable

    @property
    def steps(self) -> list[Applied]:
        return [applied for batch in self.batches for applied in batch]


def applied_sample(day: Day, share: int) -> Sample:
    """The sample under the day's first table."""
    inputs, table = day.tables[0]
    sample, state, numbers = Sample([], inputs, table), day.opening, count(1)
    for number, groups in enumerate(batches_of(day), start=1):
        steps: list[Applied] = []
        for group in groups:
            plans = net(
                group,
                state.accounts,
                table,
                day.profile,
                day.orders,
                decoys=sorted(day.opening.accounts),
                random=lambda: next(numbers),
                share=share,
            )
            state = _play(plans, state, number, steps)
        sample.batches.append(steps)
    return sample


def _play(plans: Sequence[Planned], state: State, batch: int, steps: list[Applied]) -> State:
    """The law takes what was planned."""
    owed = Suspense.settled(state.profile)
    for plan in plans:
        salt, blind = (tagged(Tag.STREAM, batch, len(steps), which) for which in (1, 2))
        frame = Frame(batch, len(steps), salt, 0 if plan.settled else blind)
        steps.append(apply(Step(frame, plan.body), state, owed, plan.table))
        state, owed = steps[-1].state, steps[-1].suspense
    return state


# -- proofs


@dataclass
class Proving:
    """Proofs, in the order of the sample's steps, and what each took, witness and own verification included."""

    proofs: list[Proved] = field(default_factory=list)
    cpu: dict[StepKind, list[float]] = field(default_factory=lambda: defaultdict(list))
    wall: dict[StepKind, list[float]] = field(default_factory=lambda: defaultdict(list))

    def medians(self, spent: Mapping[StepKind, Sequence[float]]) -> dict[StepKind, float]:
        return {kind: statistics.median(each) for kind, each in spent.items()}


def proven(sample: Sample, profile: Profile) -> Proving:
    """Prove every step; keys and witness programs are loaded before, by a proof that does not count."""
    proving, here = Proving(), backend()
    tools: dict[str, tuple[ProvingKey, Calculator]] = {}
    for applied in sample.steps:
        name = circuit_name(applied)
        if name not in tools:
            made = compiled(circuit(name, profile.name))
            tools[name] = dev_key(made), Calculator(made)
            _prove(here, *tools[name], applied)
        started, clock = time.process_time(), time.perf_counter()
        proving.proofs.append(_prove(here, *tools[name], applied))
        kind = kind_of(applied.step.body)
        proving.cpu[kind].append(time.process_time() - started)
        proving.wall[kind].append(time.perf_counter() - clock)
    return proving


def _prove(here: Backend, key: ProvingKey, calculator: Calculator, applied: Applied) -> Proved:
    made = here.prove(key, calculator.witness(step_inputs(applied)))
    if made.public != tuple(applied.public_inputs.values()):
        raise ProverError("a step's proof shows something else than the law publishes: a defect, please report it")
    return made
