"""
A simulated market: correlated prices with jumps and scripted crashes, from a seed, in integers.

Prices follow geometric Brownian motion, each underlying driven partly by a common factor, with rare jumps. A script
may bend the path: from one epoch to another, so much a move in all, and volatilities multiplied by so much. Every
source prints the price with a little noise of its own. The same seed gives the same observations on every machine: the
generator is splitmix64, a normal variate the sum of twelve uniform ones, and no float is anywhere.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final

from rollup.market.defaults import smiling
from rollup.market.errors import BadParameters
from rollup.market.fixed import FRACTION, ONE, PPM, exp, from_ppm, ln, multiply, sqrt, years
from rollup.market.inputs import Inputs
from rollup.market.median import Print
from rollup.market.oracle import Observations
from rollup.market.surface import Surface
from rollup.spec.shared import Status

__all__ = ["CRASH", "Path", "Randomness", "Script", "Simulator"]

WORD: Final = (1 << 64) - 1


class Randomness:
    """splitmix64: a stream of 64-bit numbers from a seed. For simulations; nothing secret comes from it."""

    def __init__(self, seed: int) -> None:
        self.state = seed & WORD

    def word(self) -> int:
        """The next 64 bits."""
        self.state = (self.state + 0x9E3779B97F4A7C15) & WORD
        mixed = (self.state ^ self.state >> 30) * 0xBF58476D1CE4E5B9 & WORD
        mixed = (mixed ^ mixed >> 27) * 0x94D049BB133111EB & WORD
        return mixed ^ mixed >> 31

    def below(self, bound: int) -> int:
        """A number from 0 to bound - 1; the bias of 2^-64·bound is of no matter here."""
        return self.word() * bound >> 64

    def normal(self) -> int:
        """A standard normal variate, fixed-point: twelve uniform ones less six."""
        return sum(self.word() >> 64 - FRACTION for _ in range(12)) - 6 * ONE


@dataclass(frozen=True, slots=True)
class Path:
    """How one underlying moves."""

    volatility: int
    """A year, ppm."""
    correlation: int
    """With the common factor, ppm, from 0 to 1."""
    jumps: int = 0
    """Chance of a jump each epoch, ppm."""
    jump_size: int = 0
    """Standard deviation of a jump, ppm."""

    def __post_init__(self) -> None:
        if not 0 <= self.correlation <= PPM or self.volatility < 0 or not 0 <= self.jumps <= PPM:
            raise BadParameters("correlation and chance are 0 to 1, volatility is not negative", self)


@dataclass(frozen=True, slots=True)
class Script:
    """A crash, or a rally, at a time of one's choosing."""

    first: int
    """Epoch in which it begins, counted from the simulation's first, 1."""
    epochs: int
    """How many it takes."""
    move: int
    """Of all of it together, ppm: -400_000 is a fall by 40 %."""
    volatility: int = PPM
    """What implied volatilities are multiplied by at its end, and from then on, ppm."""

    def __post_init__(self) -> None:
        if self.epochs <= 0 or self.move <= -PPM or self.volatility <= 0:
            raise BadParameters("a script takes time and leaves prices and volatilities positive", self)


CRASH: Final = Script(first=5, epochs=10, move=-400_000, volatility=3_000_000)
"""-40 % in ten epochs, volatility tripled."""


@dataclass(frozen=True)
class Simulator:
    """Observations without end."""

    seed: int
    start: Inputs
    """Where it starts: prices, surfaces and listings."""
    paths: Mapping[str, Path]
    scripts: tuple[Script, ...] = ()
    seconds: int = 60
    """Between epochs."""
    sources: tuple[str, ...] = ("alpha", "beta", "gamma", "delta", "epsilon")
    noise: int = 200
    """Standard deviation of a source's print, ppm."""
    premium: int = 300
    """Standard deviation of a perpetual's premium, ppm."""
    faults: Mapping[str, frozenset[int]] = field(default_factory=dict)
    """Epochs in which a source prints ten times the price, by source."""

    def observations(self) -> Iterator[Observations]:
        """One epoch after the other."""
        randomness = Randomness(self.seed)
        logs = {name: ln(of.spot << FRACTION) for name, of in self.start.by_name.items()}
        epoch, time = 0, self.start.time
        while True:
            epoch, time = epoch + 1, time + self.seconds
            common, volatility = randomness.normal(), self._volatility(epoch)
            for name in logs:
                logs[name] += self._step(name, common, volatility, epoch, randomness)
            prices = {name: max(1, exp(log) >> FRACTION) for name, log in logs.items()}
            yield Observations(
                time=time,
                prints=tuple(
                    self._print(source, name, price, epoch, time, randomness)
                    for name, price in prices.items()
                    for source in self.sources
                ),
                surfaces={name: self._surface(name, time, volatility) for name in prices},
                premiums={
                    number: (randomness.normal() * self.premium >> FRACTION,)
                    for number, slot in enumerate(self.start.slots, start=1)
                    if slot.status == Status.ACTIVE and slot.terms is not None and not slot.terms.payoff.dated
                },
            )

    def _step(self, name: str, common: int, volatility: int, epoch: int, randomness: Randomness) -> int:
        """One epoch's logarithmic return."""
        path = self.paths[name]
        shared = from_ppm(path.correlation)
        own = sqrt(ONE - multiply(shared, shared))
        sigma = from_ppm(path.volatility * volatility // PPM)
        span = years(self.seconds)
        shock = multiply(shared, common) + multiply(own, randomness.normal())
        step = multiply(multiply(sigma, sqrt(span)), shock) - (multiply(multiply(sigma, sigma), span) >> 1)
        if randomness.below(PPM) < path.jumps:
            step += multiply(from_ppm(path.jump_size), randomness.normal())
        for script in self.scripts:
            if script.first <= epoch < script.first + script.epochs:
                step += ln(from_ppm(PPM + script.move)) // script.epochs
        return step

    def _volatility(self, epoch: int) -> int:
        """What volatilities are multiplied by at an epoch: scripts raise them step by step, and for good."""
        factor = PPM
        for script in self.scripts:
            done = max(0, min(script.epochs, epoch - script.first + 1))
            factor = factor * (PPM + (script.volatility - PPM) * done // script.epochs) // PPM
        return factor

    def _print(self, source: str, name: str, price: int, epoch: int, time: int, randomness: Randomness) -> Print:
        noisy = price + (price * self.noise // PPM * randomness.normal() >> FRACTION)
        wild = epoch in self.faults.get(source, frozenset())
        return Print(source, name, max(1, 10 * noisy if wild else noisy), time)

    def _surface(self, name: str, time: int, volatility: int) -> Surface:
        """The starting smile around the path's volatility, at the starting expiries that are still to come."""
        expiries = tuple(slice_.expiry for slice_ in self.start.by_name[name].surface if slice_.expiry > time)
        return smiling(expiries, min(self.paths[name].volatility * volatility // PPM, 8_000_000))
