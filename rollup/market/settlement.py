"""
Settlement: how the price comes about at which a dated instrument pays.

The expiry price is the time-weighted median over the last half hour: each accepted price counts for as long as it
stood, and half of the time lies on either side. It takes control of the market for a quarter of an hour to move it.
Where prices cover less than the demanded part of the window (sources were silent or divided), the last price accepted
before expiry stands in.

While the window passes, its fixed part grows, a step a table at most, and the stress of what expires shrinks with it
(MKT-SETTLE-1, -2): a hedge whose one leg expires loses its protection over many tables, and its owner, or a liquidator,
has time to act. A slot settles when all is fixed.
"""

from __future__ import annotations

from collections.abc import Sequence

from rollup.market.errors import BadInputs
from rollup.market.fixed import PPM
from rollup.market.inputs import Fixing
from rollup.market.parameters import SettlementRules

__all__ = ["expiry_price", "next_fixing", "weighted_median"]

Sample = tuple[int, int]
"""(time, price), by rising time: accepted at that time, in force until the next."""


def weighted_median(samples: Sequence[tuple[int, int]]) -> int:
    """Of (weight, value): the smallest value with at least half of all weight at or below it."""
    total = sum(weight for weight, _ in samples)
    if total <= 0:
        raise BadInputs("a weighted median is of something that weighs", samples)
    seen = 0
    for weight, value in sorted(samples, key=lambda sample: sample[1]):
        seen += weight
        if 2 * seen >= total:
            return value
    raise AssertionError("weights add up")


def expiry_price(samples: Sequence[Sample], expiry: int, now: int, max_age: int, rules: SettlementRules) -> int:
    """The median from the window's start to now or expiry; a price counts until the next, or until it is stale."""
    start, end = expiry - rules.window, min(now, expiry)
    known = [sample for sample in samples if sample[0] <= end]
    if not known:
        raise BadInputs("some price was accepted before expiry", expiry)
    weights = []
    for place, (time, price) in enumerate(known):
        until = known[place + 1][0] if place + 1 < len(known) else end
        weight = min(until, time + max_age) - max(time, start)
        if weight > 0:
            weights.append((weight, price))
    covered = sum(weight for weight, _ in weights)
    if covered == 0 or covered * PPM < rules.coverage * (end - start):
        return known[-1][1]
    return weighted_median(weights)


def next_fixing(
    before: Fixing | None,
    before_time: int,
    samples: Sequence[Sample],
    expiry: int,
    now: int,
    max_age: int,
    rules: SettlementRules,
) -> Fixing | None:
    """What is fixed of one expiry's price now; None before the window. A price found at or after expiry is kept."""
    start = expiry - rules.window
    if now <= start:
        return None
    passed = min(PPM, (now - start) * PPM // rules.window)
    fixed = min(passed, (before.fixed if before else 0) + rules.step)
    if before is not None and before_time >= expiry:
        return Fixing(expiry, fixed, before.price)
    return Fixing(expiry, fixed, expiry_price(samples, expiry, now, max_age, rules))
