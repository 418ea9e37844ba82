"""From the specification's trace of a step to the inputs of its circuit: pure, and for whatever the law accepted."""

from __future__ import annotations

from rollup.spec.shared import StepKind
from rollup.spec.step import Applied
from rollup.witness.common import Inputs
from rollup.witness.funds import funds_inputs
from rollup.witness.liquidate import liquidate_inputs
from rollup.witness.trade import trade_inputs

__all__ = ["Inputs", "circuit_name", "step_inputs"]

_BUILDERS = {
    StepKind.TRADE: trade_inputs,
    StepKind.FUNDS: funds_inputs,
    StepKind.LIQUIDATE: liquidate_inputs,
}


def circuit_name(applied: Applied) -> str:
    """What circuits/manifest.toml calls the circuit of a step."""
    return applied.published.kind.name.lower()


def step_inputs(applied: Applied) -> Inputs:
    """All inputs of the step's circuit, by signal name."""
    return _BUILDERS[applied.published.kind](applied)
