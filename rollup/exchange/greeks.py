"""
Greeks: how the mark of one lot moves when the market does.

They are differences of the very prices that make the risk table, not formulas beside it: spot, volatility and time are
moved a little, every payoff is valued anew, and what changed is the greek. So they say what will happen to an account's
equity, and a payoff that is added tomorrow has them already. A move of spot leaves the volatility at each moneyness
where it is, as the table's scenarios do; with a smile this differs from the textbook's delta by the smile's slope.

Greeks of a lot are rounded to integers once. Those of a portfolio are sums of quantity times greek, hence exact in
them: accounts add up to the house, and a hedge of the same lots leaves nothing.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Final

from rollup.market.errors import BadInputs
from rollup.market.fixed import FRACTION, PPM, from_ppm, multiply, sqrt, years
from rollup.market.governance import Governance
from rollup.market.inputs import Inputs
from rollup.market.instruments import Terms
from rollup.market.payoffs import FINE
from rollup.market.surface import Smile
from rollup.market.views import View, base_in, view_at
from rollup.spec.shared import Profile
from rollup.spec.types import Cash, Quantity, Time

__all__ = ["DAY", "GAMMA_MOVE", "LotGreeks", "lot_greeks", "net_greeks"]

DAY: Final = 86_400
"""Seconds over which theta is taken."""

GAMMA_MOVE: Final = 10_000
"""The move of spot that gamma is taken over, ppm: the one percent that it is quoted for."""

DELTA_MOVE: Final = 100
"""The move of spot that delta is taken over, ppm: small against an hour's deviation, large against rounding."""

VOLATILITY_POINT: Final = 10_000
"""One volatility point, ppm a year: what vega is quoted for."""

VEGA_MOVE: Final = 1_000
"""The move of volatilities that vega is taken over, ppm a year: a tenth of a point, less than any volatility."""


@dataclass(frozen=True, slots=True)
class LotGreeks:
    """Sensitivities of one lot, or of several lots of one underlying together."""

    delta: int = 0
    """Units of the underlying that move as this does, in 10^-9 of a unit: of a perpetual, its lot."""
    gamma: int = 0
    """By how much delta rises with a rise of spot by 1 %, taken over 1 % either side, in 10^-9 of a unit."""
    vega: Cash = 0
    """Change of value as every volatility rises by one point (0.01 a year), 10^-6 USDC."""
    theta: Cash = 0
    """Change of value as a day passes, or what is left to expiry if less, and nothing that is observed changes;
    10^-6 USDC. Funding is not in it: it is paid by F and not by the mark."""


ZERO: Final = LotGreeks()
"""What cash, an empty slot and a settled lot have."""


@dataclass(frozen=True, slots=True)
class _Bumped:
    """What one payoff sees at the mark, and beside it."""

    mark: View
    lower: View
    higher: View
    one_percent_lower: View
    one_percent_higher: View
    calmer: View
    wilder: View
    later: View


def lot_greeks(inputs: Inputs, governance: Governance, profile: Profile) -> tuple[LotGreeks, ...]:
    """Greeks of one lot of every slot, at the mark; slot 0 is cash."""
    if len(inputs.slots) != profile.slots - 1:
        raise BadInputs(f"inputs have {profile.slots - 1} slots beside cash", len(inputs.slots))
    seen: dict[tuple[str, int, bool, bool], _Bumped] = {}
    found = [ZERO]
    for slot in inputs.slots:
        if slot.terms is None or not slot.live:
            found.append(ZERO)
            continue
        terms = slot.terms
        key = (terms.underlying, slot.expiry, terms.payoff.dated, terms.payoff.option)
        if key not in seen:
            seen[key] = _bumped(inputs, governance, *key)
        found.append(_greeks(terms, inputs.by_name[terms.underlying].spot, seen[key]))
    return tuple(found)


def net_greeks(held: Iterable[tuple[Quantity, LotGreeks]]) -> LotGreeks:
    """Of so many lots each, long or short, of one underlying."""
    delta = gamma = vega = theta = 0
    for quantity, lot in held:
        delta += quantity * lot.delta
        gamma += quantity * lot.gamma
        vega += quantity * lot.vega
        theta += quantity * lot.theta
    return LotGreeks(delta, gamma, vega, theta)


def _greeks(terms: Terms, spot: int, seen: _Bumped) -> LotGreeks:
    """Differences of a unit's value, made into a lot's."""

    def value(view: View) -> int:
        return terms.payoff.value(view, terms.strike)

    mark = value(seen.mark)
    slope = value(seen.higher) - value(seen.lower)
    bend = value(seen.one_percent_higher) + value(seen.one_percent_lower) - 2 * mark
    turn = value(seen.wilder) - value(seen.calmer)
    return LotGreeks(
        delta=_nearest(slope * terms.lot * PPM, 2 * DELTA_MOVE * (spot << FINE)),
        gamma=_nearest(bend * terms.lot * PPM, GAMMA_MOVE * (spot << FINE)),
        vega=terms.of_lot(turn * VOLATILITY_POINT // (2 * VEGA_MOVE)),
        theta=terms.of_lot(value(seen.later) - mark),
    )


def _bumped(inputs: Inputs, governance: Governance, name: str, expiry: Time, dated: bool, option: bool) -> _Bumped:
    """All that slots of one underlying and expiry are valued at."""
    deltas, tomorrow = governance.market.oracle.deltas, inputs.time + DAY
    base, next_base = (
        base_in(inputs, deltas, name, expiry, dated=dated, option=option, now=now) for now in (inputs.time, tomorrow)
    )
    root = sqrt(years(max(0, expiry - inputs.time))) if option else 0
    calmer, wilder = (replace(base, smile=_shifted(base.smile, root, move)) for move in (-VEGA_MOVE, VEGA_MOVE))
    return _Bumped(
        mark=view_at(base, 0, 0, PPM),
        lower=view_at(base, -DELTA_MOVE, 0, PPM),
        higher=view_at(base, DELTA_MOVE, 0, PPM),
        one_percent_lower=view_at(base, -GAMMA_MOVE, 0, PPM),
        one_percent_higher=view_at(base, GAMMA_MOVE, 0, PPM),
        calmer=view_at(calmer, 0, 0, PPM),
        wilder=view_at(wilder, 0, 0, PPM),
        later=view_at(next_base, 0, 0, PPM),
    )


def _shifted(smile: Smile, root: int, move: int) -> Smile:
    """The smile with every volatility higher by `move`, ppm a year, at the same moneyness; `root` is √T."""
    deviation = multiply(from_ppm(move), root)
    moved = (sqrt(variance) + deviation for variance in smile.variances)
    return Smile(smile.places, tuple(one * one >> FRACTION for one in moved))


def _nearest(numerator: int, denominator: int) -> int:
    """n/d to the nearest integer, for d > 0."""
    return (2 * numerator + denominator) // (2 * denominator)
