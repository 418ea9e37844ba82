"""
Margin before a trade, and at it.

Before: an order is taken when every scenario stays solvent even if, in that scenario, just those open orders filled
that lose in it. Fills are linear, so the worst part of each order is all of it or nothing, and this bound is exact: it
holds if and only if no set of fills at limits breaks initial margin. At a fill: what the law's close rule says, and how
much fee it leaves room for.
"""

from __future__ import annotations

from rollup.exchange.twin.state import Member, Open, World
from rollup.spec.margin import values_of
from rollup.spec.table import MILLION, RiskTable
from rollup.spec.types import Values

__all__ = ["RANGE", "after_fill", "covered", "fee_rate", "fee_room", "reserves", "values"]

RANGE = 1 << 62
"""Values with everything open stay within this; fills are proven in 64 bits."""

WIDEST = 1 << 63
"""No value before or after a fill reaches this: sums and differences then fit 64 bits, as the circuit checks them."""


def values(member: Member, table: RiskTable) -> Values:
    """val_s of a member in every scenario."""
    return values_of(tuple(member.vector), table)


def fee_rate(world: World, order: Open, *, maker: bool | None) -> int:
    """What a leg of an order pays, in ppm; the higher rate where it is not known yet which."""
    assert world.table is not None
    schedule = world.settings.maker_fee if maker else world.settings.taker_fee
    if maker is None:
        schedule = max(world.settings.maker_fee, world.settings.taker_fee)
    return min(schedule, order.words.max_fee_ppm, world.table.parameters.fee_cap)


def change(world: World, order: Open, lots: int) -> tuple[int, ...]:
    """What a fill of so many lots at the limit changes in every scenario, at the highest fee."""
    table = world.table
    assert table is not None
    slot, funding = order.words.slot, table.marks[order.words.slot].funding
    fee = -(-fee_rate(world, order, maker=None) * lots * order.limit // MILLION)
    return tuple(order.sign * lots * (row[slot] + funding - order.limit) - fee for row in table.rows)


def reserves(world: World, member: Member, more: Open | None = None, instead_of: int = -1) -> tuple[bool, bool]:
    """
    Whether initial margin holds at the worst of the open orders, and whether all values stay in range.

    `more` is counted as if it stood too, and an order at the place `instead_of` as if it did not.
    """
    assert world.table is not None
    standing = [one for place, one in member.orders.items() if place != instead_of and not one.waiting]
    changes = [change(world, one, one.remaining) for one in (*standing, *((more,) if more else ()))]
    solvent = in_range = True
    for scenario, value in enumerate(values(member, world.table)):
        moves = [one[scenario] for one in changes]
        solvent = solvent and value + sum(min(0, move) for move in moves) >= 0
        in_range = in_range and abs(value) + sum(map(abs, moves)) < RANGE
    return solvent, in_range


def covered(world: World, member: Member) -> bool:
    """Whether every fill of every open order is sure to keep initial margin."""
    return all(reserves(world, member))


def after_fill(before: Values, table: RiskTable, slot: int, sign: int, lots: int, cash: int) -> Values:
    """val_s after a fill, before its fee."""
    funding = table.marks[slot].funding
    paid = sign * (cash - lots * funding)
    return tuple(value + sign * lots * row[slot] - paid for value, row in zip(before, table.rows, strict=True))


def fee_room(before: Values, after: Values, table: RiskTable) -> int | None:
    """
    The highest fee that the close rule leaves room for after a fill, None where it forbids the fill at any fee.

    Either every scenario stays solvent, or (i) to (iv) of the rule hold; the fee lowers all values after alike.
    """
    if max(map(abs, (*before, *after))) >= WIDEST:
        return None
    mm, co = table.parameters.maintenance, table.parameters.close_out
    worst, floor = min(before), min(after)
    rooms = (
        after[0] - min(0, before[0]),
        floor - min(0, worst),
        (mm * floor + (MILLION - mm) * after[0] - min(0, mm * worst + (MILLION - mm) * before[0])) // MILLION,
        (co * floor + (MILLION - co) * after[0] - (co * worst + (MILLION - co) * before[0])) // MILLION,
    )
    room = max(floor, min(rooms))
    return room if room >= 0 else None
