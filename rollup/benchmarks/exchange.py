"""
Speed of the exchange: order operations a second on one core, and what pre-trade margin costs.

A recorded flow (`flow`) runs through the native core, from bytes of commands to bytes of events, each timed on its own;
signatures are checked before, at the door, and not counted there; what the door takes, and a journal behind it that
writes each order before it answers, is measured apart. Margin is measured on accounts with every slot held and
every order place taken: values of all scenarios from the vector, and the worst of the open orders, nothing remembered
from before. The twin runs the beginning of the same flow, for the ratio and to see that its events are the same.
"""

from __future__ import annotations

import statistics
import time
from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from prover import crypto
from prover.crypto import NATIVE_REMEDY
from prover.errors import BackendUnavailable
from rollup.benchmarks.flow import FIRST, TICK, Flow
from rollup.exchange.commands import Command, Credit, Place, Register, encode
from rollup.exchange.events import Filled, Refused, decode
from rollup.exchange.exchange import Exchange
from rollup.exchange.settings import Settings
from rollup.exchange.twin import Twin
from rollup.exchange.wire import framed, frames
from rollup.node.sequencer import Sequencer
from rollup.spec.orders import Order
from rollup.spec.shared import Side

if TYPE_CHECKING:
    from rollup.exchange.native import Native

__all__ = ["run_all"]

ROUNDS = 5
MARGIN_CALLS = 20_000
SIGNED = 2_000
DOMAIN = 7


def run_all(count: int = 300_000, twin_count: int = 400) -> dict[str, Any]:
    """`core_ops_per_s`, `margin_us`, `p99_us`, and what they were measured on."""
    flow = Flow()
    core_of(flow.settings)  # whoever lacks it hears so at once
    stage, orders = list(flow.stage()), list(flow.orders(count))
    settings = flow.settings
    runs = []
    for _ in range(ROUNDS):
        core = core_of(settings)
        core.measure(_stream(stage))
        runs.append(core.measure(_stream(orders)))
    median = sorted((each for _, each in runs), key=sum)[ROUNDS // 2]
    total, single = sum(median), sorted(median)
    said = _said(settings, stage, orders)
    fast, slow = _both(settings, stage, orders[:twin_count])
    return {
        "core_ops_per_s": round(count / total * 1e9),
        "margin_us": round(_margin(flow) / 1e3, 3),
        "p50_us": round(single[len(single) // 2] / 1e3, 2),
        "p99_us": round(single[len(single) * 99 // 100] / 1e3, 2),
        "worst_us": round(single[-1] / 1e3, 1),
        "operations": count,
        "accounts": flow.members,
        "slots": settings.slots,
        "scenarios": settings.scenarios + 1,
        "fills_per_1000": round(1000 * said["fills"] / count, 1),
        "refused_per_1000": round(1000 * said["refused"] / count, 1),
        "resting_orders": said["resting"],
        "twin_ops_per_s": round(twin_count / slow),
        "called_ops_per_s": round(twin_count / fast),
        **_door(flow),
    }


def core_of(settings: Settings) -> Native:
    """The native core, or what to do to have it."""
    try:
        from rollup.exchange.native import Native
    except ImportError as error:
        raise BackendUnavailable("native", NATIVE_REMEDY) from error
    return Native(settings)


def _stream(commands: Iterable[Command]) -> bytes:
    return b"".join(framed(encode(command)) for command in commands)


def _said(settings: Any, stage: list[Command], orders: list[Command]) -> Counter[str]:
    """What the flow amounts to."""
    core, said = core_of(settings), Counter[str]()
    for command in stage:
        core.apply(encode(command))
    for command in orders:
        for record in frames(core.apply(encode(command))):
            event = decode(record)
            said["fills"] += isinstance(event, Filled) and not event.maker
            said["refused"] += isinstance(event, Refused)
    said["resting"] = sum(
        orders_here
        for slot in range(1, settings.slots)
        for side in core.depth(slot, 1 << 20)
        for _, _, orders_here in side
    )
    return said


def _both(settings: Any, stage: list[Command], orders: list[Command]) -> tuple[float, float]:
    """Seconds that the native core and the twin take for the same commands, one call each; their events agree."""
    machines = core_of(settings), Twin(settings)
    spent = []
    for machine in machines:
        for command in stage:
            machine.apply(encode(command))
    streams = []
    for machine in machines:
        started = time.perf_counter()
        streams.append([machine.apply(encode(command)) for command in orders])
        spent.append(time.perf_counter() - started)
    assert streams[0] == streams[1], "the twin says something else"
    return spent[0], spent[1]


def _door(flow: Flow) -> dict[str, int]:
    """Orders a second through the door, each with its signature checked; and through a door that writes a journal."""
    here, secret = crypto.load(), b"\x07" * 32
    expiry, places = flow.table.time + 86_400, flow.profile.places
    signed = []
    for number in range(SIGNED):
        limit, nonce = TICK * (1 + number % 50), 1 + number // places
        order = Order(FIRST, 1, flow.table.marks[1].listing, Side.BUY, limit, 1, 1_000, number % places, nonce, expiry)
        signed.append((order, here.sign(secret, order.message(DOMAIN))))

    def rate(door: Exchange) -> int:
        for command in flow.stage():
            if not isinstance(command, Register | Credit):
                door.apply(command)
        door.register(FIRST, here.public_key(secret))
        door.apply(Credit(FIRST, 10**12))
        started = time.perf_counter()
        for order, signature in signed:
            door.submit(order, signature)
        return round(SIGNED / (time.perf_counter() - started))

    with (
        TemporaryDirectory(prefix="zkclear-") as folder,
        Sequencer(Path(folder) / "journal.db", DOMAIN, flow.settings) as sequencer,
    ):
        journalled = rate(sequencer.exchange)
    return {"door_ops_per_s": rate(Exchange(DOMAIN, flow.settings)), "journal_ops_per_s": journalled}


def _margin(flow: Flow) -> float:
    """Nanoseconds of one pre-trade margin computation: all slots held, all places taken."""
    core = core_of(flow.settings)
    for command in flow.stage():
        core.apply(encode(command))
    for slot in range(1, flow.profile.slots):
        price = max(TICK, flow.table.marks[slot].price // TICK * TICK)
        for account, side in ((FIRST, Side.SELL), (FIRST + 1, Side.BUY)):
            core.apply(encode(_order(flow, account, slot, side, price, 10, place=0, nonce=slot)))
    for place in range(flow.profile.places):
        price = max(TICK, flow.table.marks[1 + place].price * 99 // 100 // TICK * TICK)
        core.apply(encode(_order(flow, FIRST + 1, 1 + place, Side.BUY, price, 5, place=place, nonce=100)))
    vector = core.vector(FIRST + 1)
    assert vector is not None
    assert all(vector[1:]), "every slot is held"
    assert len(core.open_orders(FIRST + 1)) == flow.profile.places, "every place is taken"
    return statistics.median(core.measure_margin(FIRST + 1, MARGIN_CALLS) / MARGIN_CALLS for _ in range(ROUNDS))


def _order(
    flow: Flow, account: int, slot: int, side: Side, limit: int, lots: int, *, place: int, nonce: int
) -> Command:
    listing, expiry = flow.table.marks[slot].listing, flow.table.time + 86_400
    return Place(account, slot, listing, side, limit, lots, 1_000, place, nonce, expiry)
