"""
Risk: what an account could lose, how near it stands to each line, and what the whole house could lose by its accounts.

Everything is read off one risk table, the one that proofs use: equity is the table's mark, a requirement is the table's
worst scenario, and the lines are the law's own tests (`rollup.spec.margin`), so what is shown here is what a proof
accepts. An account that the law calls below initial margin and above maintenance is *warned* and may only reduce; below
maintenance it is liquidated; below close-out the fund takes it over. The fund is account 0 and is read like any other;
what it stands behind is the house.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from enum import IntEnum

from rollup.exchange.greeks import LotGreeks, lot_greeks, net_greeks
from rollup.market.errors import BadInputs
from rollup.market.governance import Governance
from rollup.market.inputs import Inputs
from rollup.market.instruments import LOT_UNIT
from rollup.spec.account import FUND
from rollup.spec.attestation import gross_exposure
from rollup.spec.margin import sweep, values_of, violates, weighted
from rollup.spec.shared import Profile
from rollup.spec.table import CASH_SLOT, MILLION, Parameters, RiskTable
from rollup.spec.types import Cash, Index, Quantity, Values, Vector

__all__ = [
    "AccountRisk",
    "HouseRisk",
    "SlotRisk",
    "Standing",
    "UnderlyingRisk",
    "account_risk",
    "funding_paid",
    "house_risk",
    "standing_of",
]


class Standing(IntEnum):
    """Where an account stands; a greater one is worse."""

    HEALTHY = 0
    """Has initial margin: it may do what it likes."""
    WARNING = 1
    """Below initial margin, keeps maintenance: a margin call. It may only reduce its risk."""
    LIQUIDATABLE = 2
    """Below maintenance: its positions are sold."""
    FAILED = 3
    """Below close-out: the fund takes it over."""


def standing_of(values: Values, parameters: Parameters) -> Standing:
    """By the law's tests of val_s."""
    if min(values) >= 0:
        return Standing.HEALTHY
    if not violates(values, parameters.maintenance):
        return Standing.WARNING
    return Standing.FAILED if violates(values, parameters.close_out) else Standing.LIQUIDATABLE


@dataclass(frozen=True, slots=True)
class UnderlyingRisk:
    """All that an account holds of one underlying, as one position."""

    name: str
    net: LotGreeks
    """Sums of quantity times greek."""
    delta_value: Cash
    """Delta at spot, 10^-6 USDC: what the position would be, were it spot alone."""


@dataclass(frozen=True, slots=True)
class AccountRisk:
    """One account under one risk table. Money in 10^-6 USDC."""

    vector: Vector
    """Its quantities, settled slots swept into cash."""
    standing: Standing
    equity: Cash
    """val_0: at the mark."""
    initial: Cash
    """Initial margin: equity less the worst scenario's value, at least 0."""
    free: Cash
    """Equity less initial margin; negative when more is needed."""
    maintenance_headroom: Cash
    """Cash that it may lose before it is liquidated, rounded down; negative exactly if maintenance is violated."""
    close_out_headroom: Cash
    """The same until the fund takes it over."""
    worst_scenario: int
    """Its number in the table, the first of equals; 0 is the mark."""
    contributions: tuple[Cash, ...]
    """What each slot gains in the worst scenario; they add up to minus the initial margin."""
    underlyings: tuple[UnderlyingRisk, ...]
    """By rising name, all that the epoch knows."""
    gross_exposure: Cash
    """Σ |v_j|·P_j, as attestations count it."""
    net_exposure: Cash
    """Σ v_j·P_j."""
    leverage: int | None
    """Gross exposure over equity, ppm, rounded up: the least that an attestation can state; None if none can."""


@dataclass(frozen=True, slots=True)
class SlotRisk:
    """Who holds one slot, the fund among them."""

    open_interest: Quantity
    """Lots that are held long; lots held short are as many whenever the books balance, and if not, the greater."""
    largest_holder: Index | None
    """Who holds most, long or short; the lowest index of equals, None if nobody holds any."""
    largest_share: int
    """Its part of the open interest, ppm."""


@dataclass(frozen=True, slots=True)
class HouseRisk:
    """The fund, and all that it stands behind. Money in 10^-6 USDC."""

    fund: AccountRisk
    slots: tuple[SlotRisk, ...]
    standings: Mapping[Standing, int]
    """Accounts by where they stand, without the fund."""
    shortfall: Cash
    """What accounts would owe beyond what they have, if each met its own worst scenario: Σ max(0, -min val_s)."""
    shortfalls: tuple[Cash, ...]
    """The same in each scenario, for all at once; the first is owed at the mark already."""
    fund_values: tuple[Cash, ...]
    """What the fund is worth in each scenario, before it pays for any of that."""

    @property
    def uncovered(self) -> Cash:
        """The most that the fund could not pay in any one scenario, its own debt included: left to deleveraging."""
        return max(0, *(owed - fund for owed, fund in zip(self.shortfalls, self.fund_values, strict=True)))


def account_risk(
    vector: Vector,
    table: RiskTable,
    inputs: Inputs,
    governance: Governance,
    profile: Profile,
    *,
    lots: tuple[LotGreeks, ...] | None = None,
) -> AccountRisk:
    """One account under the table that `inputs` made; `lots` are the `lot_greeks`, for whoever asks for many."""
    _check_epoch(table, inputs, governance)
    vector = sweep(_whole(vector, table), table.marks)
    values, parameters = values_of(vector, table), table.parameters
    worst = min(values)
    scenario = values.index(worst)
    moves = zip(vector, table.values(scenario), table.values(0), strict=True)
    gross = gross_exposure(vector, table)
    return AccountRisk(
        vector=vector,
        standing=standing_of(values, parameters),
        equity=values[0],
        initial=values[0] - worst,
        free=worst,
        maintenance_headroom=weighted(values, parameters.maintenance) // MILLION,
        close_out_headroom=weighted(values, parameters.close_out) // MILLION,
        worst_scenario=scenario,
        contributions=tuple(quantity * (stressed - mark) for quantity, stressed, mark in moves),
        underlyings=_underlyings(vector, inputs, lot_greeks(inputs, governance, profile) if lots is None else lots),
        gross_exposure=gross,
        net_exposure=sum(v * mark.price for v, mark in zip(vector[1:], table.marks[1:], strict=True)),
        leverage=_leverage(gross, values[0]),
    )


def house_risk(
    vectors: Mapping[Index, Vector],
    table: RiskTable,
    inputs: Inputs,
    governance: Governance,
    profile: Profile,
    *,
    lots: tuple[LotGreeks, ...] | None = None,
) -> HouseRisk:
    """All accounts under one table; a house without an account 0 has a fund of nothing."""
    fund = account_risk(vectors.get(FUND, (0,) * profile.slots), table, inputs, governance, profile, lots=lots)
    others = [values_of(_whole(vectors[index], table), table) for index in sorted(vectors) if index != FUND]
    standings = Counter(standing_of(values, table.parameters) for values in others)
    swept = {index: sweep(vectors[index], table.marks) for index in sorted(vectors)}
    return HouseRisk(
        fund=fund,
        slots=tuple(_slot_risk(slot, swept) for slot in range(profile.slots)),
        standings={standing: standings[standing] for standing in Standing},
        shortfall=sum(max(0, -min(values)) for values in others),
        shortfalls=tuple(
            sum(max(0, -values[scenario]) for values in others) for scenario in range(profile.scenarios + 1)
        ),
        fund_values=values_of(fund.vector, table),
    )


def funding_paid(vector: Vector, before: RiskTable, after: RiskTable) -> tuple[Cash, ...]:
    """
    What an account paid in funding from one table to the next, slot by slot; negative where it received.

    Nothing is booked for it: F stands in W, so equity has it at once. A slot that was listed anew starts from nothing.
    """
    return tuple(
        lots * (new.funding - old.funding) if new.listing == old.listing else 0
        for lots, old, new in zip(vector, before.marks, after.marks, strict=True)
    )


def _check_epoch(table: RiskTable, inputs: Inputs, governance: Governance) -> None:
    """Greeks of one epoch beside margins of another would mislead quietly."""
    told = [(slot.status, slot.listing, slot.funding) for slot in inputs.slots]
    if told != [(mark.status, mark.listing, mark.funding) for mark in table.marks[1:]]:
        raise BadInputs("inputs are the ones that the table was built from", inputs.epoch)
    if (table.time, table.parameters) != (inputs.time, governance.parameters):
        raise BadInputs("a table, its inputs and its governance are of one epoch", (table.time, inputs.time))


def _whole(vector: Vector, table: RiskTable) -> Vector:
    if len(vector) != len(table.marks):
        raise BadInputs(f"a vector has {len(table.marks)} slots", len(vector))
    return vector


def _underlyings(vector: Vector, inputs: Inputs, lots: tuple[LotGreeks, ...]) -> tuple[UnderlyingRisk, ...]:
    """Positions by what they are written on."""
    held: dict[str, list[tuple[Quantity, LotGreeks]]] = {of.name: [] for of in inputs.underlyings}
    for slot, quantity, lot in zip(inputs.slots, vector[1:], lots[1:], strict=True):
        if quantity and slot.live and slot.terms is not None:
            held[slot.terms.underlying].append((quantity, lot))
    found = []
    for of in inputs.underlyings:
        net = net_greeks(held[of.name])
        found.append(UnderlyingRisk(of.name, net, net.delta * of.spot // LOT_UNIT))
    return tuple(found)


def _leverage(gross: Cash, equity: Cash) -> int | None:
    """The least Y with gross ≤ Y·equity; none for who has debts, or positions on nothing."""
    if equity > 0:
        return -(-gross * MILLION // equity)
    return 0 if equity == gross == 0 else None


def _slot_risk(slot: int, vectors: Mapping[Index, Vector]) -> SlotRisk:
    """Open interest and its concentration; nobody has an interest in cash."""
    sizes = {index: vector[slot] for index, vector in vectors.items() if slot != CASH_SLOT and vector[slot]}
    if not sizes:
        return SlotRisk(0, None, 0)
    long = sum(size for size in sizes.values() if size > 0)
    interest = max(long, long - sum(sizes.values()))
    largest = min(sizes, key=lambda index: (-abs(sizes[index]), index))
    return SlotRisk(interest, largest, abs(sizes[largest]) * MILLION // interest)
