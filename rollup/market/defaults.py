"""
A small market for demos and tests: BTC and ETH, sixteen slots or more, rules that fit each other.

Two perpetuals, a dated future each, and a few calls and puts; a lot is a thousandth of a bitcoin or a hundredth of an
ether, some tens of dollars. Production deployments set their own numbers through governance; these show their shape.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from rollup.market.curves import flat_curve
from rollup.market.governance import Governance
from rollup.market.inputs import Inputs, SlotInputs, UnderlyingInputs
from rollup.market.instruments import Terms
from rollup.market.listing import list_terms
from rollup.market.parameters import (
    Breakers,
    FundingRules,
    MarketParameters,
    OracleRules,
    RegimeRules,
    SettlementRules,
    Shocks,
    SpotShock,
)
from rollup.market.surface import Slice, Surface
from rollup.spec.shared import Profile
from rollup.spec.table import Parameters

__all__ = ["DAY", "MARKET", "SPOTS", "START", "default_governance", "default_inputs", "default_terms", "smiling"]

USDC: Final = 10**6
"""One dollar in 10^-6 USDC."""

DAY: Final = 86_400
"""Seconds of a day."""

START: Final = 1_800_000_000
"""Time of the first epoch: some morning in 2027."""

EXPIRIES: Final = (START + 7 * DAY, START + 30 * DAY)
"""A week and a month out."""

SPOTS: Final = {"BTC": 60_000 * USDC, "ETH": 3_000 * USDC}
"""Where prices start."""

MARKET: Final = MarketParameters(
    shocks=Shocks(
        spots=(
            SpotShock("BTC", extreme=240_000, decorrelated=120_000, group=0),
            SpotShock("ETH", extreme=300_000, decorrelated=150_000, group=1),
        ),
        volatility_up=1_400_000,
        volatility_down=700_000,
        basis=25_000,
        minimum_charge=5_000,
    ),
    regimes=RegimeRules(
        factors=(1_000_000, 1_200_000, 1_400_000, 1_600_000),
        thresholds=(1_000_000, 1_500_000, 2_200_000),
        hysteresis=800_000,
        memory=3_600,
    ),
    breakers=Breakers(window=300, reduce=50_000, halt=100_000, pause=300, halted_factor=1_400_000),
    oracle=OracleRules(max_age=120, quorum=3, tolerance=10_000, deltas=(900_000, 750_000, 500_000, 250_000, 100_000)),
    funding=FundingRules(period=8 * 3_600, sample_cap=20_000, rate_cap=7_500, interest=100),
    settlement=SettlementRules(window=1_800, step=50_000, coverage=500_000),
)
"""Rules for the two."""


def default_governance(market: MarketParameters = MARKET) -> Governance:
    """The κs beside them: 70 % keeps an account, 40 % is where the fund takes it over."""
    return Governance(
        Parameters(
            maintenance=700_000,
            exit=500_000,
            close_out=400_000,
            liquidation_band=100_000,
            fund_band=100_000,
            fee_cap=10_000,
            penalty_cap=50_000,
            market_hash=market.hash,
        ),
        market,
    )


def default_terms() -> tuple[Terms, ...]:
    """Thirteen instruments: two perpetuals, two futures, nine options."""
    week, month = EXPIRIES

    def option(underlying: str, kind: str, dollars: int, expiry: int, lot: int) -> Terms:
        return Terms(underlying, kind, dollars * USDC, expiry, lot, tick=100)

    return (
        Terms("BTC", "perpetual", 0, 0, lot=10**6, tick=1_000),
        Terms("ETH", "perpetual", 0, 0, lot=10**7, tick=1_000),
        Terms("BTC", "future", 0, week, lot=10**6, tick=1_000),
        Terms("ETH", "future", 0, month, lot=10**7, tick=1_000),
        option("BTC", "call", 60_000, week, 10**6),
        option("BTC", "put", 60_000, week, 10**6),
        option("BTC", "call", 84_000, week, 10**6),
        option("BTC", "call", 60_000, month, 10**6),
        option("BTC", "put", 36_000, month, 10**6),
        option("BTC", "call", 84_000, month, 10**6),
        option("ETH", "call", 3_000, month, 10**7),
        option("ETH", "put", 3_000, month, 10**7),
        option("ETH", "put", 1_500, month, 10**7),
    )


def smiling(expiries: tuple[int, ...], at_the_money: int) -> Surface:
    """A surface with puts dearer than calls and wings dearer than both, around one volatility, ppm."""
    skew = (1_120_000, 1_040_000, 1_000_000, 1_010_000, 1_050_000)
    return tuple(Slice(expiry, tuple(at_the_money * part // 10**6 for part in skew)) for expiry in expiries)


def default_inputs(profile: Profile, governance: Governance | None = None) -> Inputs:
    """The first epoch's inputs, with the default terms listed from slot 1 on."""
    market = (governance or default_governance()).market
    surfaces = {"BTC": smiling(EXPIRIES, 600_000), "ETH": smiling(EXPIRIES, 750_000)}
    underlyings = tuple(
        UnderlyingInputs(name, spot, flat_curve(50_000), surfaces[name]) for name, spot in SPOTS.items()
    )
    slots = (SlotInputs(),) * (profile.slots - 1)
    for slot, terms in enumerate(default_terms(), start=1):
        slots = list_terms(slots, slot, terms, START, SPOTS[terms.underlying], market, profile)
    blank = Inputs(0, START, 0, flat_curve(40_000), underlyings, ())
    return replace(blank, slots=slots)
