"""What an owner is told of its account, for every kind of touch, from published words alone."""

from __future__ import annotations

from collections.abc import Iterable

import pytest
from support.spec_builders import World, deleverage, liquidation, takeover
from support.spec_values import DOMAIN, GENESIS, NOW, TINY, Instrument, Trader, table_of

from rollup.chain.encoding import EPOCH_AT
from rollup.chain.replica import PostedWords, Replica, Submission
from rollup.client.recover import RecoveryFailed, TouchKind, TouchSummary, told
from rollup.spec.account import Account
from rollup.spec.claims import OpenedTable
from rollup.spec.shared import Side, Status
from rollup.spec.step import Applied, kind_of

ALICE, BOB = 2, 3


def perpetual(price: int) -> Instrument:
    return Instrument(price, (-100, 100, -50, 50))


def posted(applied: Applied, epoch: int) -> Submission:
    """One step as a batch of its own."""
    inputs = applied.public_inputs
    head = kind_of(applied.step.body) | epoch << EPOCH_AT
    step = PostedWords(head, inputs["state_after"], inputs["suspense_after"], inputs["salt"])
    return Submission(applied.step.frame.batch, applied.before.root, (step,), applied.words)


def replica_of(history: Iterable[Applied]) -> Replica:
    replica = Replica.of(TINY, {index: Account.opened(who.owner, TINY).leaf for index, who in GENESIS.items()})
    for applied in history:
        epoch = applied.step.frame.batch
        replica.tables[epoch] = OpenedTable.of(applied.table)
        replica.read(posted(applied, epoch))
    return replica


def crashed() -> World:
    """A long position falls: first it is reduced, then taken over; then the winner gives back to the fund."""
    world = World(table_of(perpetual(1_000)))
    world.batch = 1
    world.join("alice", 60_000, index=ALICE, deposit=0)
    world.join("bob", 4_000, index=BOB, deposit=1)
    world.trade(narrow=[world.sell(ALICE, 1, 30, 1_000, fee=3), world.buy(BOB, 1, 30, 1_000)])
    world.funds(world.transfer(ALICE, BOB, 100), world.transfer(BOB, ALICE, 100))
    world.funds(world.rotate(ALICE))
    world.end_batch(table_of(perpetual(910), time=NOW + 60))
    world.liquidate(liquidation(BOB, (1, Side.SELL, 5, 4_550, 20)))
    world.trade(narrow=[world.buy(ALICE, 1, 5, 910)])
    world.end_batch(table_of(perpetual(860), time=NOW + 120))
    world.liquidate(takeover(BOB))
    world.liquidate(deleverage(ALICE, (1, Side.BUY, 10, 8_600)))
    world.end_batch(table_of(Instrument(800, status=Status.SETTLED), time=NOW + 180))
    world.funds(world.withdraw(ALICE, 1_000))
    world.end_batch()
    return world


@pytest.fixture(scope="module")
def world() -> World:
    return crashed()


def touches(world: World, index: int, name: str) -> tuple[TouchSummary, ...]:
    times = {batch: NOW + batch for batch in range(1, 10)}
    account, listed = told(replica_of(world.history), index, Trader(name).owner, DOMAIN, times, Trader(name).keyring)
    assert account == world.account(index)
    return listed


def seen(listed: Iterable[TouchSummary]) -> list[tuple[int, TouchKind]]:
    return [(one.batch, one.kind) for one in listed if one.kind is not TouchKind.DECOY]


def test_owner_is_told_every_kind_of_touch(world: World) -> None:
    alice, bob = touches(world, ALICE, "alice"), touches(world, BOB, "bob")
    assert seen(alice) == [
        (1, TouchKind.REGISTRATION),
        (1, TouchKind.TRADE),
        (1, TouchKind.TRANSFER_OUT),
        (1, TouchKind.TRANSFER_IN),
        (1, TouchKind.ROTATION),
        (2, TouchKind.TRADE),
        (3, TouchKind.DELEVERAGE),
        (4, TouchKind.WITHDRAWAL),
    ]
    assert seen(bob) == [
        (1, TouchKind.REGISTRATION),
        (1, TouchKind.TRADE),
        (1, TouchKind.TRANSFER_IN),
        (1, TouchKind.TRANSFER_OUT),
        (2, TouchKind.LIQUIDATION),
        (3, TouchKind.TAKEOVER),
    ]
    assert {one.peer for one in alice if one.kind in (TouchKind.TRANSFER_IN, TouchKind.TRANSFER_OUT)} == {BOB}


def test_legs_of_trades_and_reductions_are_told_with_their_amounts(world: World) -> None:
    alice = [one.legs[0] for one in touches(world, ALICE, "alice") if one.legs]
    assert [(leg.side, leg.quantity, leg.cash, leg.fee) for leg in alice] == [
        (Side.SELL, 30, 30_000, 3),
        (Side.BUY, 5, 4_550, 0),
        (Side.BUY, 10, 8_600, 0),
    ]
    (reduced,) = (one for one in touches(world, BOB, "bob") if one.kind is TouchKind.LIQUIDATION)
    assert [(leg.side, leg.quantity, leg.cash, leg.fee) for leg in reduced.legs] == [(Side.SELL, 5, 4_550, 20)]
    assert reduced.positions == {1: 25}


def test_account_that_was_taken_over_has_nothing_left(world: World) -> None:
    last = touches(world, BOB, "bob")[-1]
    assert (last.cash, last.positions, last.equity) == (0, {}, 0)


def test_settled_positions_are_told_as_cash_of_the_touch_that_swept_them(world: World) -> None:
    last = touches(world, ALICE, "alice")[-1]
    before = touches(world, ALICE, "alice")[-2]
    assert before.positions == {1: -15}
    assert (last.settlement, last.positions) == (-15 * 800, {})
    assert last.cash == before.cash - 15 * 800 - 1_000


def test_rotation_to_keys_that_the_wallet_has_not_derived_is_explained(world: World) -> None:
    replica, times = replica_of(world.history), dict.fromkeys(range(1, 10), NOW)
    with pytest.raises(RecoveryFailed, match=r"REC-3: touch \d+ of \d+, in batch 1: it rotates to keys") as caught:
        told(replica, ALICE, Trader("alice").owner, DOMAIN, times)
    assert caught.value.rule == "REC-3"
    for secret in (Trader("alice").rotated().owner.keys_hash, Trader("alice").owner.view_key):
        assert str(secret) not in str(caught.value)


def test_missing_touch_is_explained(world: World) -> None:
    replica, times = replica_of(world.history), dict.fromkeys(range(1, 10), NOW)
    of_bob = [place for place, one in enumerate(replica.touches) if one.seen.index == BOB]
    del replica.touches[of_bob[2]]
    with pytest.raises(RecoveryFailed, match=r"(REC-1|DAT-2): touch 3 of \d+") as caught:
        told(replica, BOB, Trader("bob").owner, DOMAIN, times)
    assert "keys are of another account, or the history is not L1's" in str(caught.value)
