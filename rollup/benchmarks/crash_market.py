"""
The market of the crash: one true path of prices, and the risk tables that several oracles make of it.

Prices fall by two fifths in ten epochs while volatilities triple. What is *true* in an epoch is the table of an oracle
that sees every print and trips over none. An exchange sees another's: its oracle *follows* or is *silent* throughout
the fall, and its *guards* (breakers, the age after which a price is not trusted, the regimes that widen shocks) are on
or off, or only *narrow* trading and never halt it. A silent oracle without guards goes on signing the last price with
new times, and then catches up at once.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import islice
from typing import Final

from rollup.market.defaults import MARKET, default_governance, default_inputs
from rollup.market.fixed import PPM
from rollup.market.governance import Governance
from rollup.market.inputs import Inputs
from rollup.market.oracle import Observations, advance, genesis
from rollup.market.parameters import Breakers, MarketParameters
from rollup.market.simulator import CRASH, Path, Simulator
from rollup.market.table import build_table
from rollup.spec.shared import PROFILES
from rollup.spec.table import RiskTable

__all__ = ["EPOCHS", "FALL", "GUARDED", "NARROWING", "PATHS", "PROFILE", "UNGUARDED", "Oracle", "Scene", "scenes"]

PROFILE: Final = PROFILES["small"]

PATHS: Final = {
    "BTC": Path(volatility=600_000, correlation=900_000),
    "ETH": Path(volatility=750_000, correlation=900_000),
}
"""No jumps: the crash is the only surprise."""

CALM: Final = 20
"""Epochs after the fall: the breakers' pause passes, auctions clear, and the fund has time to sell."""

FALL: Final = range(CRASH.first, CRASH.first + CRASH.epochs)

EPOCHS: Final = FALL.stop - 1 + CALM

GUARDED: Final = default_governance()
"""As a deployment would have it."""

NEVER: Final = 10**12
"""A move, a volatility and an age that nothing reaches."""


def _unguarded() -> Governance:
    """The same rules without breakers, without a trusted age, with one level of volatility."""
    market: MarketParameters = replace(
        MARKET,
        breakers=Breakers(window=300, reduce=NEVER, halt=NEVER, pause=300, halted_factor=PPM),
        oracle=replace(MARKET.oracle, max_age=NEVER),
        regimes=replace(MARKET.regimes, thresholds=tuple(NEVER + level for level in range(3))),
    )
    return default_governance(market)


UNGUARDED: Final = _unguarded()

NARROWING: Final = default_governance(replace(MARKET, breakers=replace(MARKET.breakers, halt=NEVER)))
"""However far a price moves, positions may be reduced; only a price that is not trusted halts."""


@dataclass(frozen=True, slots=True)
class Oracle:
    """What stands between the true market and an exchange."""

    follows: bool
    """Otherwise it hears nothing throughout the fall."""
    rules: Governance


@dataclass(frozen=True, slots=True)
class Scene:
    """One epoch: what the exchange is told, and what is so."""

    inputs: Inputs
    table: RiskTable
    """The exchange's."""
    truth: RiskTable
    """What its traders know."""
    true_inputs: Inputs

    @property
    def epoch(self) -> int:
        return self.inputs.epoch


def scenes(oracle: Oracle, seed: int) -> Iterator[Scene]:
    """Epoch 0, in which books are entered, and then the crash and the calm after it."""
    start = default_inputs(PROFILE)
    told, true = genesis(start), genesis(start)
    yield _scene(told.inputs, oracle.rules, true.inputs)
    simulator = Simulator(seed, start, PATHS, (CRASH,))
    for epoch, seen in enumerate(islice(simulator.observations(), EPOCHS), start=1):
        heard = seen if oracle.follows or epoch not in FALL else Observations(seen.time, premiums=seen.premiums)
        told, true = advance(told, heard, oracle.rules), advance(true, seen, UNGUARDED)
        yield _scene(told.inputs, oracle.rules, true.inputs)


def _scene(inputs: Inputs, governance: Governance, true: Inputs) -> Scene:
    table = build_table(inputs, governance, PROFILE)
    return Scene(inputs, table, build_table(true, UNGUARDED, PROFILE), true)
