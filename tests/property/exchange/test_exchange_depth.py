"""A deep book: very many resting orders at few and at many prices, every account at all its places."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from rollup.benchmarks.flow import COLLATERAL, FIRST, TICK, Flow
from rollup.exchange.commands import Cancel, CancelAll, Command, Credit, Force, Place, Register, encode
from rollup.exchange.events import Ended, Filled, decode
from rollup.exchange.wire import frames
from rollup.spec.shared import Side

pytest.importorskip("zkclear_native", reason="the native extension is not built: install Rust, make setup")

from rollup.exchange.native import Native

SLOT = 1


def crowd(flow: Flow, members: int) -> Iterator[Command]:
    """Accounts that quote one side each with all their places, over a thousand prices."""
    mark = flow.table.marks[SLOT].price // TICK * TICK
    for account in range(FIRST, FIRST + members):
        yield Register(account)
        yield Credit(account, COLLATERAL // 1_000)
        side = Side(account % 2)
        for place in range(flow.profile.places):
            away = (1 + (account * 7 + place * 131) % 1_000) * TICK
            yield quote(flow, account, place, side, mark + (away if side is Side.SELL else -away), 1)


def quote(
    flow: Flow, account: int, place: int, side: Side, limit: int, lots: int, nonce: int = 1, force: Force = Force.GTC
) -> Place:
    expiry = flow.table.time + 3_600
    return Place(account, SLOT, 1, side, limit, lots, 1_000, place, nonce, expiry, force=force)


@pytest.mark.parametrize(
    "members", [pytest.param(4_000, id="64k"), pytest.param(65_000, marks=pytest.mark.soak, id="1040k")]
)
def test_book_whenVeryManyOrdersRest_matchesCancelsAndCountsThemAll(members: int) -> None:
    flow = Flow(members=2)
    core = Native(flow.settings)
    stage = [command for command in flow.stage() if not isinstance(command, Register | Credit)]
    for command in (*stage, *crowd(flow, members)):
        core.apply(encode(command))
    places = flow.profile.places
    depth = core.depth(SLOT, 10_000)
    assert [sum(lots for _, lots, _ in side) for side in depth] == [members // 2 * places] * 2

    taker = FIRST + members
    most = flow.table.marks[SLOT].price // TICK * TICK + 1_000 * TICK
    for command in (Register(taker), Credit(taker, COLLATERAL * 100)):
        core.apply(encode(command))
    events = [decode(one) for one in frames(core.apply(encode(quote(flow, taker, 0, Side.BUY, most, 20_000))))]
    makers = [event for event in events if isinstance(event, Filled) and event.maker]
    assert len(makers) == 20_000
    ranked = [(event.price, event.order) for event in makers]
    assert ranked == sorted(ranked), "price first, then time"

    gone = [decode(one) for one in frames(core.apply(encode(CancelAll(FIRST))))]
    assert all(isinstance(event, Ended) for event in gone)
    core.apply(encode(Cancel(FIRST + 2, 3, 1)))
    left = sum(lots for side in core.depth(SLOT, 10_000) for _, lots, _ in side)
    assert left == members * places - 20_000 - len(gone) - 1
