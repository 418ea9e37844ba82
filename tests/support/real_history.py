"""
A history of the tiny profile on a real chain, proven and accepted, for the tests of batches and of claims.

Two traders register and trade; one forces a payment and withdraws, the other makes notes and is closed out on demand.
A fourth batch is proven and waits.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from support.real_chain import RealClearing, running_clearing
from support.spec_builders import World, close

from rollup.spec.funds import Forced
from rollup.spec.settlement import Batch

__all__ = ["ALICE", "ASKED", "BOB", "NOTE", "SECOND_NOTE", "WITHDRAWN", "History", "running_history"]

ALICE, BOB = 2, 3
LOTS, PRICE = 5, 1_000
ASKED, WITHDRAWN, NOTE, SECOND_NOTE = 700, 900, 1_200, 500


@dataclass
class History:
    """A system with three accepted batches, and the batch that comes next."""

    clearing: RealClearing
    accepted: list[Batch]
    waiting: Batch
    """Proven and not submitted: the one that is tampered with."""
    attested: World
    """The world as it was when the last accepted batch ended."""


@contextmanager
def running_history() -> Iterator[History]:
    """Live it, and hand it out."""
    with running_clearing() as clearing:
        yield _live(clearing)


def _live(clearing: RealClearing) -> History:
    """Three batches of everything that changes a state; the contracts accept each."""
    world, accepted = clearing.world, []
    clearing.register("alice", 50_000)
    clearing.register("bob", 60_000)
    world.join("alice", 50_000, index=ALICE, deposit=0)
    world.join("bob", 60_000, index=BOB, deposit=1)
    accepted.append(clearing.batch(tables=[clearing.signed_table()]))
    clearing.submit(accepted[-1])

    fee = clearing.system.forced.fee_of_next()
    clearing.system.forced.request_pay(ALICE, ASKED, value=fee).send(clearing.owner("alice"))
    world.funds(Forced(ALICE, 0, ASKED), world.withdraw(ALICE, WITHDRAWN))
    world.trade(
        narrow=[world.sell(ALICE, 1, LOTS, PRICE, fee=3), world.buy(BOB, 1, LOTS, PRICE, fee=2)],
    )
    world.funds(world.note(BOB, NOTE), world.note(BOB, SECOND_NOTE))
    accepted.append(clearing.batch())
    clearing.submit(accepted[-1])

    fee = clearing.system.forced.fee_of_next()
    clearing.system.forced.request_close(BOB, value=fee).send(clearing.owner("bob"))
    world.liquidate(close(BOB, request=0))
    accepted.append(clearing.batch())
    clearing.submit(accepted[-1])

    seen = World(world.table)
    seen.state, seen.suspense = world.state, world.suspense
    world.funds(world.transfer(ALICE, BOB, 100), world.withdraw(ALICE, 50))
    world.trade(narrow=[world.buy(ALICE, 1, 1, PRICE), world.sell(BOB, 1, 1, PRICE)])
    return History(clearing, accepted, clearing.batch(), seen)
