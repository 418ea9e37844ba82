"""
The status of a slot: empty, active, reduce-only, halted, settled, and which may become which.

    0 → 1          listed
    1 ↔ 2          narrowed to reductions, and back
    {1, 2} ↔ 4     halted, and back
    {1, 2, 4} → 3  settled, which is final until
    3 → 0          the slot is shown empty and recycled

Everything else is refused (MKT-STATUS-1); a status may of course stay what it is.
"""

from __future__ import annotations

from typing import Final

from rollup.market.errors import IllegalMove
from rollup.spec.shared import Status

__all__ = ["MOVES", "check_move"]

MOVES: Final[dict[Status, frozenset[Status]]] = {
    Status.EMPTY: frozenset({Status.ACTIVE}),
    Status.ACTIVE: frozenset({Status.REDUCE_ONLY, Status.HALTED, Status.SETTLED}),
    Status.REDUCE_ONLY: frozenset({Status.ACTIVE, Status.HALTED, Status.SETTLED}),
    Status.HALTED: frozenset({Status.ACTIVE, Status.REDUCE_ONLY, Status.SETTLED}),
    Status.SETTLED: frozenset({Status.EMPTY}),
}
"""What each status may become."""


def check_move(slot: int, before: Status, after: Status) -> Status:
    """The new status, or a refusal."""
    if after is not before and after not in MOVES[before]:
        raise IllegalMove(slot, before, after)
    return after
