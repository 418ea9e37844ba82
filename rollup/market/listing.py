"""
Listing and recycling: which terms a slot may hold, and when it may hold others.

Strikes of an underlying are equal or at least as far apart as its scenario spots at the wildest level of volatility:
closer ones would make butterflies whose loss lies between two scenarios, unseen (MKT-LIST-2). A lot's price starts
with room to grow below 2^40, where no table can be built any more (MKT-LIST-3). A settled slot is emptied only by a
scan of a root whose table already had it settled (MKT-LIST-4): before that table somebody could still have bought into
it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

from rollup.market.errors import ListingRefused, SlotNotEmpty, StrikesTooClose
from rollup.market.fixed import PPM, YEAR
from rollup.market.inputs import SlotInputs
from rollup.market.instruments import LOT_UNIT, Terms
from rollup.market.parameters import MarketParameters
from rollup.market.scenarios import spot_gap
from rollup.market.status import check_move
from rollup.spec.shared import Profile, Status, Width
from rollup.spec.table import RiskTable

__all__ = ["Scan", "check_listing", "list_terms", "recycle"]

LOT_PRICE_LIMIT: Final = 1 << Width.PRICE - 4
"""A lot may be worth this when listed, in 10^-6 USDC: prices may rise sixteenfold before 2^40."""


LONGEST: Final = 5 * YEAR
"""Nothing is listed that expires later: growth at the highest rate still has a price."""


@dataclass(frozen=True, slots=True)
class Scan:
    """What a verified solvency scan said: against which table, and which settled slots nobody holds."""

    table: RiskTable
    """The last risk table of the batch that ended at the scanned root."""
    empty: frozenset[int]


def check_listing(
    terms: Terms, now: int, spot: int, listed: Sequence[SlotInputs], market: MarketParameters, profile: Profile
) -> None:
    """Refuse terms that may not be listed now beside these."""
    gap = spot * spot_gap(market, profile.scenarios, market.shock(terms.underlying).underlying) // PPM
    if terms.payoff.dated and terms.expiry <= now + market.settlement.window:
        raise ListingRefused("an instrument is listed before its settlement window", terms)
    if terms.expiry > now + LONGEST:
        raise ListingRefused("an instrument expires within five years", terms)
    if max(spot, terms.strike) * terms.lot // LOT_UNIT >= LOT_PRICE_LIMIT:
        raise ListingRefused("a lot is worth less than 2^36", terms)
    if spot * terms.lot // LOT_UNIT < 1:
        raise ListingRefused("a lot is worth something", terms)
    for slot in listed:
        other = slot.terms
        if other is None or not slot.live:
            continue
        if other == terms:
            raise ListingRefused("terms are listed once at a time", terms)
        both = terms.payoff.option and other.payoff.option and other.underlying == terms.underlying
        if both and 0 < abs(other.strike - terms.strike) < gap:
            raise StrikesTooClose(terms.strike, other.strike, gap)


def list_terms(
    slots: Sequence[SlotInputs],
    slot: int,
    terms: Terms,
    now: int,
    spot: int,
    market: MarketParameters,
    profile: Profile,
) -> tuple[SlotInputs, ...]:
    """The slots with terms listed in one that is empty, under the next listing number; slot 1 is the first."""
    if not 1 <= slot <= len(slots):
        raise ListingRefused(f"slots are 1 to {len(slots)}", slot)
    before = slots[slot - 1]
    if before.status != Status.EMPTY:
        raise ListingRefused("a slot is empty before it is filled", before)
    if before.listing + 1 >= 1 << Width.LISTING:
        raise ListingRefused("listing numbers have 32 bits", before.listing)
    check_listing(terms, now, spot, slots, market, profile)
    after = SlotInputs(check_move(slot, before.status, Status.ACTIVE), before.listing + 1, terms)
    return (*slots[: slot - 1], after, *slots[slot:])


def recycle(slots: Sequence[SlotInputs], slot: int, scan: Scan) -> tuple[SlotInputs, ...]:
    """The slots with a settled one emptied, which a scan must have shown to be held by nobody."""
    if not 1 <= slot <= len(slots):
        raise ListingRefused(f"slots are 1 to {len(slots)}", slot)
    before = slots[slot - 1]
    check_move(slot, before.status, Status.EMPTY)
    if before.status != Status.SETTLED:
        raise SlotNotEmpty("only a settled slot is recycled", before)
    mark = scan.table.marks[slot]
    if mark.status != Status.SETTLED or mark.listing != before.listing:
        raise SlotNotEmpty("the scanned root's table already had this listing settled", (slot, mark))
    if slot not in scan.empty:
        raise SlotNotEmpty("the scan found the slot held by nobody", slot)
    return (*slots[: slot - 1], replace(SlotInputs(), listing=before.listing), *slots[slot:])
