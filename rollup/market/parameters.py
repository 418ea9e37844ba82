"""
Market parameters: every number that governance sets and no circuit reads, behind the one hash `Parameters.market_hash`.

Shocks, regimes, circuit breakers, oracle, funding and settlement rules decide what a risk table says, so they stand in
`paramsHash` and change only through the timelock. The hash is keccak over 32-byte words in the order of declaration.
"""

from __future__ import annotations

from dataclasses import dataclass, fields, is_dataclass
from functools import cached_property
from typing import Any, Final

from rollup.market.errors import BadParameters
from rollup.market.fixed import PPM
from rollup.spec.hashes import keccak_to_field

__all__ = [
    "Breakers",
    "FundingRules",
    "MarketParameters",
    "OracleRules",
    "RegimeRules",
    "SettlementRules",
    "Shocks",
    "SpotShock",
]

VERSION: Final = 1
"""First word of what is hashed: raised when a field is added or changes meaning."""

WORD: Final = 1 << 256


def demand(rules: dict[str, bool], value: object) -> None:
    """Refuse a value that breaks one of the named rules."""
    for rule, holds in rules.items():
        if not holds:
            raise BadParameters(rule, value)


@dataclass(frozen=True, slots=True)
class SpotShock:
    """How far one underlying moves; all in ppm of its spot."""

    underlying: str
    extreme: int
    """The extreme move, up and down, in the calm regime."""
    decorrelated: int
    """The move in scenarios in which underlyings part."""
    group: int
    """0 or 1: underlyings of different groups part in opposite directions."""


@dataclass(frozen=True, slots=True)
class Shocks:
    """Joint moves of everything."""

    spots: tuple[SpotShock, ...]
    """By rising name."""
    volatility_up: int
    """Volatilities are multiplied by this when they rise, ppm."""
    volatility_down: int
    """And by this when they fall."""
    basis: int
    """Move of forwards against their spot, ppm: no dated instrument hedges another expiry for nothing."""
    minimum_charge: int
    """What a short option costs at least, ppm of spot a unit: a worthless one would otherwise be sold for free."""

    def __post_init__(self) -> None:
        names = [spot.underlying for spot in self.spots]
        demand(
            {
                "shocks come by rising name, each once": names == sorted(set(names)) and bool(names),
                "0 < decorrelation < extreme < 1": all(0 < s.decorrelated < s.extreme < PPM for s in self.spots),
                "groups are 0 and 1": all(spot.group in (0, 1) for spot in self.spots),
                "volatility falls, stays above 0, and rises": 0 < self.volatility_down < PPM < self.volatility_up,
                "0 ≤ basis < 1": 0 <= self.basis < PPM,
                "0 < minimum charge < 1": 0 < self.minimum_charge < PPM,
            },
            self,
        )


@dataclass(frozen=True, slots=True)
class RegimeRules:
    """How shocks widen with volatility."""

    factors: tuple[int, ...]
    """Shocks are multiplied by this, ppm, one for each level, the calm one first."""
    thresholds: tuple[int, ...]
    """Volatility, ppm a year, above which the next level begins."""
    hysteresis: int
    """A level ends below this part of its threshold, ppm: no flicker."""
    memory: int
    """Seconds over which the estimate forgets: the time constant of the moving average."""

    def __post_init__(self) -> None:
        demand(
            {
                "the calm level's factor is 1, others rise": self.factors[:1] == (PPM,)
                and list(self.factors) == sorted(set(self.factors)),
                "one threshold between two levels, rising": len(self.thresholds) == len(self.factors) - 1
                and list(self.thresholds) == sorted(set(self.thresholds)),
                "0 < hysteresis ≤ 1": 0 < self.hysteresis <= PPM,
                "the memory is positive": self.memory > 0,
            },
            self,
        )


@dataclass(frozen=True, slots=True)
class Breakers:
    """When trading in an underlying narrows or stops."""

    window: int
    """Seconds over which a move counts."""
    reduce: int
    """A move of more than this inside the window: reduce-only; ppm."""
    halt: int
    """A move of more than this: halted; ppm."""
    pause: int
    """Seconds of quiet before trading resumes."""
    halted_factor: int
    """While anything is halted, W_s - W_0 of every slot is multiplied by this, ppm."""

    def __post_init__(self) -> None:
        demand(
            {
                "window and pause are positive": self.window > 0 and self.pause > 0,
                "0 < reduce ≤ halt": 0 < self.reduce <= self.halt,
                "halting widens, never narrows": self.halted_factor >= PPM,
            },
            self,
        )


@dataclass(frozen=True, slots=True)
class OracleRules:
    """Which prints count, and when they make a price."""

    max_age: int
    """Seconds after which a print, and after it a price, is stale."""
    quorum: int
    """Fresh sources that must agree; with 2q - 1 sources, q - 1 wild ones move nothing."""
    tolerance: int
    """Sources agree that lie within this of their median, ppm."""
    deltas: tuple[int, ...]
    """Deltas of a surface's nodes, of a call on the forward, ppm, falling: the lowest strike first."""

    def __post_init__(self) -> None:
        demand(
            {
                "ages and quorum are positive": self.max_age > 0 and self.quorum > 0,
                "0 < tolerance < 1": 0 < self.tolerance < PPM,
                "deltas fall, within 0 and 1": list(self.deltas) == sorted(set(self.deltas), reverse=True)
                and all(0 < delta < PPM for delta in self.deltas)
                and bool(self.deltas),
            },
            self,
        )


@dataclass(frozen=True, slots=True)
class FundingRules:
    """What perpetuals pay to stay near their spot."""

    period: int
    """Seconds over which a premium is paid once."""
    sample_cap: int
    """A sample of the premium counts at most this, ppm."""
    rate_cap: int
    """A period's rate is at most this, ppm."""
    interest: int
    """Paid by longs each period beside the premium, ppm."""

    def __post_init__(self) -> None:
        demand(
            {
                "the period is positive": self.period > 0,
                "caps are positive, interest within the rate's": self.sample_cap > 0
                and 0 < self.rate_cap < PPM
                and abs(self.interest) <= self.rate_cap,
            },
            self,
        )


@dataclass(frozen=True, slots=True)
class SettlementRules:
    """How an expiry price comes about."""

    window: int
    """Seconds before expiry whose prices count."""
    step: int
    """The fixed part grows by at most this from one table to the next, ppm."""
    coverage: int
    """Part of the window that prices must cover, ppm; with less, the last price before expiry stands in."""

    def __post_init__(self) -> None:
        demand(
            {"window": self.window > 0, "0 < step ≤ 1": 0 < self.step <= PPM, "coverage": 0 <= self.coverage <= PPM},
            self,
        )


@dataclass(frozen=True)
class MarketParameters:
    """All of them."""

    shocks: Shocks
    regimes: RegimeRules
    breakers: Breakers
    oracle: OracleRules
    funding: FundingRules
    settlement: SettlementRules

    def __post_init__(self) -> None:
        worst = max(spot.extreme for spot in self.shocks.spots) * self.regimes.factors[-1]
        fall = (PPM - self.shocks.volatility_down) * self.regimes.factors[-1]
        demand(
            {
                "the widest shock leaves something": worst < PPM * PPM,
                "the widest fall of volatility leaves something": fall < PPM * PPM,
            },
            self,
        )

    @cached_property
    def hash(self) -> int:
        """`Parameters.market_hash`."""
        words = [VERSION, *_words(self)]
        return keccak_to_field(b"".join((word % WORD).to_bytes(32, "big") for word in words))

    def shock(self, underlying: str) -> SpotShock:
        """The shock of one underlying."""
        for spot in self.shocks.spots:
            if spot.underlying == underlying:
                return spot
        raise BadParameters("every underlying has a shock", underlying)


def _words(value: Any) -> list[int]:
    """A value as words: numbers as they are, texts left-aligned, sequences behind their length."""
    if is_dataclass(value):
        return [word for field in fields(value) for word in _words(getattr(value, field.name))]
    if isinstance(value, str):
        return [int.from_bytes(value.encode().ljust(32, b"\0"), "big")]
    if isinstance(value, tuple):
        return [len(value), *(word for item in value for word in _words(item))]
    assert isinstance(value, int)
    return [value]
