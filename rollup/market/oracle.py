"""
The oracle: from what was observed to the next epoch's inputs.

It remembers what inputs do not carry (prices of the last window, moving averages, breakers) in one frozen value, and
moves on by one pure function, so that two members who observed the same have the same inputs, and a history replays to
the bit. What is missing moves nothing: without an agreed price the last one stands and its slots are halted; a surface
that would allow arbitrage is ignored and the last sound one kept, until it is too old to be trusted as well
(MKT-ORACLE-2).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from rollup.market.breakers import CLOSED, Breaker, Trip, next_breaker, trip_of
from rollup.market.curves import Curve
from rollup.market.errors import BadInputs, BadSurface, OutOfDomain
from rollup.market.fixed import PPM
from rollup.market.funding import FundingState, accrue, premium_of
from rollup.market.governance import Governance
from rollup.market.inputs import Fixing, Inputs, SlotInputs, UnderlyingInputs
from rollup.market.median import Print, Verdict, aggregate
from rollup.market.parameters import MarketParameters
from rollup.market.regime import next_level, next_variance, volatility
from rollup.market.settlement import next_fixing
from rollup.market.status import check_move
from rollup.market.surface import Surface, check_surface
from rollup.spec.shared import Status

__all__ = ["Observations", "OracleState", "UnderlyingState", "advance", "genesis", "relist"]


@dataclass(frozen=True, slots=True)
class Observations:
    """What one epoch saw."""

    time: int
    prints: tuple[Print, ...] = ()
    surfaces: Mapping[str, Surface] = field(default_factory=dict)
    """New surfaces by underlying; those left out stay as they are."""
    carries: Mapping[str, Curve] = field(default_factory=dict)
    rates: Curve | None = None
    premiums: Mapping[int, tuple[int, ...]] = field(default_factory=dict)
    """Samples of each perpetual's premium over spot, ppm, by slot."""
    disputed: frozenset[str] = frozenset()
    """Underlyings on whose price members of the committee disagree."""
    gate_open: bool = True
    """Whether the solvency gate is open: while shut, nothing may be active."""
    narrowed: frozenset[int] = frozenset()
    """Slots that governance keeps reduce-only, before delisting."""
    closings: Mapping[int, int] = field(default_factory=dict)
    """When governance settles what has no expiry, by slot: reduce-only from now on, a settlement window before then."""


@dataclass(frozen=True, slots=True)
class UnderlyingState:
    """What is remembered of one underlying."""

    prices: tuple[tuple[int, int], ...]
    """(time, price) as accepted, over the longest window that anyone asks for."""
    variance: int
    """Moving average of squared returns, a year, fixed-point."""
    breaker: Breaker
    surface_time: int
    """When the surface in force was accepted."""

    @property
    def accepted(self) -> int:
        """When the price in force was accepted."""
        return self.prices[-1][0]


@dataclass(frozen=True, slots=True)
class OracleState:
    """The last inputs, and what is remembered beside them."""

    inputs: Inputs
    underlyings: Mapping[str, UnderlyingState]
    fundings: tuple[FundingState, ...]
    """Of slots 1 .. M-1."""


def genesis(inputs: Inputs) -> OracleState:
    """The state of an oracle that has only ever seen one epoch."""
    states = {of.name: UnderlyingState(((inputs.time, of.spot),), 0, CLOSED, inputs.time) for of in inputs.underlyings}
    return OracleState(inputs, states, tuple(FundingState(slot.funding * PPM) for slot in inputs.slots))


def relist(state: OracleState, slots: tuple[SlotInputs, ...]) -> OracleState:
    """The state after listings or recyclings; a slot that holds something else starts without funding."""
    if len(slots) != len(state.inputs.slots):
        raise BadInputs("a deployment's slots do not change in number", len(slots))
    fundings = tuple(
        funding if new.listing == old.listing and new.status != Status.EMPTY else FundingState()
        for funding, old, new in zip(state.fundings, state.inputs.slots, slots, strict=True)
    )
    return replace(state, inputs=replace(state.inputs, slots=slots), fundings=fundings)


def advance(state: OracleState, seen: Observations, governance: Governance) -> OracleState:
    """The next epoch."""
    before, market = state.inputs, governance.market
    seconds = seen.time - before.time
    if seconds <= 0:
        raise BadInputs("time rises from epoch to epoch", (before.time, seen.time))
    pairs = {of.name: _underlying(of, state.underlyings[of.name], state, seen, market) for of in before.underlyings}
    fresh = {name: of for name, (of, _) in pairs.items()}
    remembered = {name: memory for name, (_, memory) in pairs.items()}
    slots, fundings = [], []
    for number, (slot, funding) in enumerate(zip(before.slots, state.fundings, strict=True), start=1):
        if slot.live and slot.terms is not None:
            of, memory = fresh[slot.terms.underlying], remembered[slot.terms.underlying]
            if not slot.terms.payoff.dated and slot.status != Status.HALTED:  # MKT-FUND-2: a halt stops funding
                premium = premium_of(list(seen.premiums.get(number, ())), market.funding)
                funding = accrue(funding, premium, of.spot, slot.terms.lot, seconds, market.funding)
            slot = _slot(number, replace(slot, funding=funding.funding), of, memory, seen, market)
        slots.append(slot)
        fundings.append(funding)
    halted = before.any_halted or any(slot.status == Status.HALTED for slot in slots)
    levels = [volatility(memory.variance) for memory in remembered.values()]
    inputs = Inputs(
        epoch=before.epoch + 1,
        time=seen.time,
        regime=next_level(before.regime, levels, halted, market.regimes),
        rates=seen.rates or before.rates,
        underlyings=tuple(fresh.values()),
        slots=tuple(slots),
    )
    return OracleState(inputs, remembered, tuple(fundings))


def _underlying(
    of: UnderlyingInputs, memory: UnderlyingState, state: OracleState, seen: Observations, market: MarketParameters
) -> tuple[UnderlyingInputs, UnderlyingState]:
    """One underlying's inputs and memory."""
    prints = (seen_ for seen_ in seen.prints if seen_.underlying == of.name)
    verdict, price = aggregate(prints, seen.time, market.oracle)
    prices, variance = memory.prices, memory.variance
    if verdict is Verdict.AGREED:
        variance = next_variance(variance, of.spot, price, seen.time - memory.accepted, market.regimes)
        prices = _recent((*prices, (seen.time, price)), seen.time, market)
    waiting = [slot for slot in state.inputs.slots if slot.live and slot.terms and slot.terms.underlying == of.name]
    options = [slot.expiry for slot in waiting if slot.terms and slot.terms.payoff.option]
    surface, surface_time = of.surface, memory.surface_time
    if _sound(seen.surfaces.get(of.name), max(options, default=0), seen.time, market):
        surface, surface_time = seen.surfaces[of.name], seen.time
    oldest = min(prices[-1][0], surface_time if options else seen.time)
    fresh_enough = seen.time - oldest <= market.oracle.max_age
    trusted = fresh_enough and verdict is not Verdict.DIVIDED and of.name not in seen.disputed
    cause = trip_of(prices, seen.time, trusted, market.breakers)
    breaker = next_breaker(memory.breaker, cause, seen.time, market.breakers)
    fresh = UnderlyingInputs(
        name=of.name,
        spot=prices[-1][1],
        carry=seen.carries.get(of.name, of.carry),
        surface=surface,
        fixings=_fixings(
            of, {slot.expiry for slot in waiting if slot.expiry}, prices, state.inputs.time, seen.time, market
        ),
    )
    return fresh, UnderlyingState(prices, variance, breaker, surface_time)


def _recent(prices: Sequence[tuple[int, int]], now: int, market: MarketParameters) -> tuple[tuple[int, int], ...]:
    """Prices that some window still asks for, and the one in force as the longest window began."""
    start = now - max(2 * market.settlement.window, market.breakers.window) - market.oracle.max_age
    kept = [place for place, (time, _) in enumerate(prices) if time >= start]
    return tuple(prices[max(0, (kept[0] if kept else len(prices)) - 1) :])


def _sound(surface: Surface | None, farthest: int, now: int, market: MarketParameters) -> bool:
    """Whether a surface may replace the one in force: it reaches all options, and allows no arbitrage."""
    if not surface or surface[-1].expiry < max(farthest, now + 1):
        return False
    try:
        check_surface(surface, market.oracle.deltas, now)
    except (BadSurface, OutOfDomain):
        return False
    return True


def _fixings(
    of: UnderlyingInputs,
    expiries: set[int],
    prices: Sequence[tuple[int, int]],
    before: int,
    now: int,
    market: MarketParameters,
) -> tuple[Fixing, ...]:
    """Fixings of every expiry that something live still waits for, as time passes from `before` to `now`."""
    rules, age = market.settlement, market.oracle.max_age
    fixings = (next_fixing(of.fixing(expiry), before, prices, expiry, now, age, rules) for expiry in sorted(expiries))
    return tuple(fixing for fixing in fixings if fixing is not None)


def _slot(
    number: int,
    slot: SlotInputs,
    of: UnderlyingInputs,
    memory: UnderlyingState,
    seen: Observations,
    market: MarketParameters,
) -> SlotInputs:
    """A live slot's next status, with its payoff if it settles."""
    assert slot.terms is not None
    fixing = of.fixing(slot.expiry)
    if fixing is not None and fixing.fixed == PPM:
        status = check_move(number, slot.status, Status.SETTLED)
        return replace(slot, status=status, payoff=slot.terms.settle(fixing.price))
    if number in seen.closings and not slot.closing:
        if seen.closings[number] <= seen.time + market.settlement.window:
            raise BadInputs("a closing leaves time for a whole settlement window", seen.closings[number])
        slot = replace(slot, closing=seen.closings[number])
    narrow = not seen.gate_open or number in seen.narrowed or slot.closing
    trip = max(memory.breaker.trip, Trip.REDUCE if narrow else Trip.NONE)
    return replace(slot, status=check_move(number, slot.status, trip.status))
