"""
One step: what a proof shows.

`apply` takes a state, what is owed in the batch so far, a step and a risk table, and gives the next state with
everything that the proof makes public; or it raises the rule that was broken, and nothing has changed.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

from rollup.spec.data import Published
from rollup.spec.errors import Rejected
from rollup.spec.funds import Forced, FundsStep, apply_funds
from rollup.spec.hashes import R
from rollup.spec.liquidate import LiquidateStep, apply_liquidate
from rollup.spec.shared import PUBLIC_INPUTS, Mode, StepKind
from rollup.spec.state import State, Suspense, Touch, Workspace
from rollup.spec.table import RiskTable
from rollup.spec.trade import TradeStep, apply_trade
from rollup.spec.types import FieldElement

__all__ = ["Applied", "Frame", "Step", "apply", "kind_of"]

Body: TypeAlias = TradeStep | FundsStep | LiquidateStep


@dataclass(frozen=True, slots=True)
class Frame:
    """Where a step stands, and its randomness."""

    batch: int
    number: int
    """Place in the batch, from 0."""
    salt: FieldElement
    """From the operator's secret, the step's content and the attempt: a step sealed again reuses no keystream."""
    suspense_blind: FieldElement = 0
    """Random where something is owed after the step, 0 at the end of a batch and where the epoch changes."""


@dataclass(frozen=True, slots=True)
class Step:
    """A step of one of the three kinds."""

    frame: Frame
    body: Body


@dataclass(frozen=True)
class Applied:
    """What a step did."""

    step: Step
    table: RiskTable
    before: State
    suspense_before: Suspense
    state: State
    suspense: Suspense
    touches: tuple[Touch, ...]
    """In the order in which the step opened the accounts; the fund comes first in a liquidate step."""
    published: Published

    @property
    def words(self) -> tuple[FieldElement, ...]:
        return self.published.words

    @property
    def public_inputs(self) -> dict[str, FieldElement]:
        """By name, in the order in which a verifier takes them."""
        values = {
            "domain": self.before.domain,
            "state_before": self.before.root,
            "state_after": self.state.root,
            "suspense_before": self.suspense_before.hash,
            "suspense_after": self.suspense.hash,
            "risk_root": self.table.root,
            "params_hash": self.table.parameters.hash,
            "time": self.table.time,
            "salt": self.step.frame.salt,
            "data_commit": self.published.commitment,
            "z": self.published.challenge,
            "y": self.published.evaluation,
        }
        return {name: values[name] for name in PUBLIC_INPUTS["step"]}


def kind_of(body: Body) -> StepKind:
    """The number under which L1 knows the verifier key of a step."""
    match body:
        case TradeStep():
            return StepKind.TRADE
        case FundsStep():
            return StepKind.FUNDS
        case LiquidateStep():
            return StepKind.LIQUIDATE


def _answers_l1(body: Body) -> bool:
    """Whether a step serves a request of the forced queues."""
    match body:
        case TradeStep():
            return False
        case FundsStep():
            return any(isinstance(operation, Forced) for operation in body.operations)
        case LiquidateStep():
            return any(lane.mode == Mode.CLOSE for lane in body.lanes)


def apply(step: Step, state: State, suspense: Suspense, table: RiskTable) -> Applied:
    """The state after a step; a Refusal, and nothing has changed, where a rule is broken."""
    if len(table.marks) != state.profile.slots or len(table.stress) != state.profile.scenarios:
        raise Rejected("STP-1", "comes with a table of another profile", (len(table.marks), len(table.stress)))
    randomness = [("salt", step.frame.salt), ("suspense blinding", step.frame.suspense_blind)]
    if not isinstance(step.body, TradeStep):
        randomness.append(("custody randomness", step.body.custody_random))
    for name, value in randomness:
        if not 0 <= value < R:
            raise Rejected("STP-2", f"has a {name} that is no field element", value)
    if _answers_l1(step.body) and suspense != Suspense.settled(state.profile):
        # Open suspense can lend an account the whole custody for the length of a batch, and what is forced is paid
        # from custody: served then, a request could be answered with 0 while margin is free.
        raise Rejected("STP-3", "serves a forced request while something is owed", suspense.vector)
    work = Workspace.on(state, suspense, step.frame.salt)
    custody_random: FieldElement | None = None
    match step.body:
        case TradeStep():
            words = apply_trade(work, step.body, table)
        case FundsStep():
            custody_random, words = step.body.custody_random, apply_funds(work, step.body, table)
        case LiquidateStep():
            custody_random, words = step.body.custody_random, apply_liquidate(work, step.body, table)
    after, owed = work.finish(step.frame.suspense_blind, custody_random)
    if custody_random is not None:
        words = [after.custody_commitment, *words]
    published = Published(state.domain, step.frame.batch, step.frame.number, kind_of(step.body), tuple(words))
    return Applied(step, table, state, suspense, after, owed, tuple(work.touches), published)
