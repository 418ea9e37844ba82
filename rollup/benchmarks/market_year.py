"""
A simulated year: four quarters of different weather, seen every five minutes by the oracle and every day by the books.

Prices come from the simulator (correlated, with jumps); scripts turn a calm quarter into a wild one by a crash, calm
the wild one, and end the third by a rally. The oracle's estimate of volatility, its breakers and funding run on every
print, exactly as they would in production; the level of each midnight is the one that a table of that epoch would
carry, known before the day begins. Implied volatilities follow the quarter's, stray from it and rise when spots fall;
the carry of dated instruments strays too. All of it is integers from one seed.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Final

from rollup.benchmarks.market_books import STANDARD, Conditions
from rollup.market.defaults import DAY, START, default_governance, default_inputs, smiling
from rollup.market.fixed import FRACTION, PPM, divide, exp, from_ppm, ln
from rollup.market.inputs import Inputs
from rollup.market.oracle import Observations, advance, genesis
from rollup.market.simulator import Path, Randomness, Script, Simulator

__all__ = ["EPOCH", "QUARTERS", "SEED", "quarter_of", "year_of"]

SEED: Final = 8
"""Of the year that is reported; nothing was chosen by looking at other seeds."""

EPOCH: Final = 300
"""Seconds between two looks of the oracle: the window of the default breakers."""

EPOCHS: Final = DAY // EPOCH
"""In a day."""

QUARTERS: Final = ("calm", "wild", "usual", "restless")
"""Volatility of BTC, realised: 50 %, 150 %, 60 %, 105 % a year; of ETH 1.3 times that."""

PATHS: Final = {
    "BTC": Path(volatility=500_000, correlation=900_000, jumps=57, jump_size=60_000),
    "ETH": Path(volatility=650_000, correlation=900_000, jumps=57, jump_size=60_000),
}
"""Six jumps a year each, of 6 % or so."""

PERPETUALS: Final = {"BTC": 1, "ETH": 2}
"""Slots of the default market that the oracle runs for the year; options would only ask for surfaces each epoch."""


@dataclass(slots=True)
class Drift:
    """A number that strays, day by day, and is drawn back by a tenth of its distance."""

    place: int = 0

    def next(self, push: int) -> int:
        """One day later, pushed by so much; all in ppm."""
        self.place += push - self.place // 10
        return self.place


IMPLIED_STEP: Final = 30_000
"""Standard deviation of what an implied volatility strays by in a day, ppm of itself."""

LEVERAGE: Final = -1_000_000
"""An implied volatility rises by so much of itself, ppm, per part that its spot rises: a fall by 10 % adds 10 %."""

CARRY_STEP: Final = 20_000
"""Standard deviation of what a carry strays by in a day, ppm a year, in the first quarter; wilder in wilder ones."""


def year_of(days: int, seed: int = SEED) -> Iterator[Conditions]:
    """Conditions at the first midnight and the `days` after it; a short year has short quarters."""
    simulator = Simulator(seed, _start(), PATHS, _scripts(days), seconds=EPOCH)
    governance = default_governance()
    state, randomness = genesis(simulator.start), Randomness(seed + 1)
    implied = {name: Drift() for name in PATHS}
    carries = {name: Drift() for name in PATHS}
    spots = {name: of.spot for name, of in state.inputs.by_name.items()}
    expected = {name: path.volatility for name, path in PATHS.items()}
    observations = simulator.observations()
    for _ in range(days + 1):
        volatilities = {}
        for name, of in state.inputs.by_name.items():
            move = ln(divide(of.spot, spots[name])) * PPM >> FRACTION
            noise = randomness.normal() * IMPLIED_STEP >> FRACTION
            gap = implied[name].next(noise + move * LEVERAGE // PPM)
            volatilities[name] = expected[name] * exp(from_ppm(gap)) >> FRACTION
            wildness = expected[name] * PPM // PATHS[name].volatility
            carries[name].next((randomness.normal() * CARRY_STEP >> FRACTION) * wildness // PPM)
        spots = {name: of.spot for name, of in state.inputs.by_name.items()}
        yield Conditions(
            spots=spots,
            volatilities=volatilities,
            carries={name: of.carry.at(0) + carries[name].place for name, of in state.inputs.by_name.items()},
            fundings={name: state.inputs.slots[slot - 1].funding for name, slot in PERPETUALS.items()},
            level=state.inputs.regime,
        )
        for _ in range(EPOCHS):
            seen = next(observations)
            state = advance(state, replace(seen, surfaces={}), governance)
        expected = {name: _at_the_money(seen, name) for name in PATHS}


def quarter_of(day: int, days: int) -> int:
    """The quarter that a day, counted from 0, lies in."""
    return bisect_right(_first_days(days), day) - 1


def _first_days(days: int) -> list[int]:
    return [days * quarter // len(QUARTERS) for quarter in range(len(QUARTERS))]


def _start() -> Inputs:
    """The default market with its perpetuals alone, and a surface that outlasts the year."""
    inputs = default_inputs(STANDARD)
    far = (START + 10 * 365 * DAY,)
    underlyings = tuple(replace(of, surface=smiling(far, PATHS[of.name].volatility)) for of in inputs.underlyings)
    return replace(inputs, underlyings=underlyings, slots=inputs.slots[: len(PERPETUALS)])


def _scripts(days: int) -> tuple[Script, ...]:
    """What begins the second, third and fourth quarter."""
    first = [1 + EPOCHS * day for day in _first_days(days)]
    return (
        Script(first[1], EPOCHS // 2, move=-250_000, volatility=3_000_000),
        Script(first[2], 2 * EPOCHS, move=0, volatility=400_000),
        Script(first[3], EPOCHS // 2, move=150_000, volatility=1_750_000),
    )


def _at_the_money(seen: Observations, name: str) -> int:
    """The volatility that the simulator's prices move by, which its smile is drawn around."""
    volatilities = seen.surfaces[name][0].volatilities
    return volatilities[len(volatilities) // 2]
