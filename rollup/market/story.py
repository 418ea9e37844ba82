"""
A market for a story of hours: what is traded, how it moves, and when it falls.

A future and an option expire within hours, others within a week, so that a story sees a settlement without waiting for
one. Both falls are slow enough that no breaker halts what falls, and deep enough that of accounts long the BTC
perpetual, one of threefold leverage ends below maintenance and one of fourfold leverage below close-out.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from rollup.market.curves import flat_curve
from rollup.market.defaults import DAY, SPOTS, smiling
from rollup.market.governance import Governance
from rollup.market.inputs import Inputs, SlotInputs, UnderlyingInputs
from rollup.market.instruments import Terms
from rollup.market.listing import list_terms
from rollup.market.simulator import Path, Script, Simulator
from rollup.spec.shared import Profile

__all__ = ["EXPIRING", "FALL", "HOURS", "MOVES", "SLIDE", "story_inputs", "story_simulator", "story_terms"]

USDC: Final = 10**6
"""One dollar in 10^-6 USDC."""

HOURS: Final = 2 * 3_600
"""From the start until the near instruments expire; the settlement window is the last half hour of it."""

EXPIRING: Final = (3, 4)
"""Slots that settle then: a future and a call on BTC."""

MOVES: Final = {
    "BTC": Path(volatility=600_000, correlation=900_000),
    "ETH": Path(volatility=750_000, correlation=900_000),
}
"""No jumps: the fall is the only surprise."""

VOLATILITIES: Final = {"BTC": 600_000, "ETH": 750_000}
"""At the money as the story begins, ppm a year."""

FALL: Final = Script(first=30, epochs=12, move=-150_000, volatility=1_500_000)
"""-15 % in twelve minutes, volatilities up by half: reduce-only from the fourth on, active soon after the last."""

SLIDE: Final = Script(first=30, epochs=24, move=-150_000, volatility=1_500_000)
"""The same in twenty-four minutes: all that time everything stays active."""


def story_terms(start: int, soon: int = HOURS) -> tuple[Terms, ...]:
    """Eight instruments, from slot 1 on; two of them expire `soon`, in seconds from the start."""
    near, week = start + soon, start + 7 * DAY
    bitcoin, ether = 10**6, 10**7
    return (
        Terms("BTC", "perpetual", 0, 0, bitcoin, tick=1_000),
        Terms("ETH", "perpetual", 0, 0, ether, tick=1_000),
        Terms("BTC", "future", 0, near, bitcoin, tick=1_000),
        Terms("BTC", "call", 60_000 * USDC, near, bitcoin, tick=100),
        Terms("BTC", "call", 60_000 * USDC, week, bitcoin, tick=100),
        Terms("BTC", "put", 60_000 * USDC, week, bitcoin, tick=100),
        Terms("BTC", "put", 36_000 * USDC, week, bitcoin, tick=100),
        Terms("ETH", "call", 3_000 * USDC, week, ether, tick=100),
    )


def story_inputs(profile: Profile, governance: Governance, start: int, soon: int = HOURS) -> Inputs:
    """What is known as the story begins, as epoch 0, which L1 knows not: its first table is the next epoch's."""
    expiries = (start + soon, start + 7 * DAY)
    underlyings = tuple(
        UnderlyingInputs(name, spot, flat_curve(50_000), smiling(expiries, VOLATILITIES[name]))
        for name, spot in SPOTS.items()
    )
    slots = (SlotInputs(),) * (profile.slots - 1)
    for slot, terms in enumerate(story_terms(start, soon), start=1):
        slots = list_terms(slots, slot, terms, start, SPOTS[terms.underlying], governance.market, profile)
    return replace(Inputs(0, start, 0, flat_curve(40_000), underlyings, ()), slots=slots)


def story_simulator(start: Inputs, seed: int, fall: Script | None = None) -> Simulator:
    """The prints of the story, from one seed: calm but for a fall at an epoch of the teller's choosing."""
    return Simulator(seed, start, MOVES, (fall,) if fall else ())
