"""The world in which most tests of step circuits begin."""

from __future__ import annotations

from support.spec_builders import BOARD, World, table_of

__all__ = ["RICH", "board"]

RICH = 10_000_000


def board() -> World:
    """
    Accounts 2 and 3 with nothing but cash, 4 with a position in every kind of slot, 5 in maintenance trouble.

    Account 5 is the trader of trap 7: 100 lots, equity 4,000, worst -6,000.
    """
    world = World(table_of(*BOARD))
    world.seat(2, {0: RICH}, "alice")
    world.seat(3, {0: RICH}, "bob")
    world.seat(4, {0: RICH, 1: 10, 2: 10, 3: 10, 4: 10}, "carol")
    world.seat(5, {0: -96_000, 1: 100}, "dave")
    return world
