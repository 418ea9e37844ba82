"""The chapters in which prices fall, instruments expire, and somebody is forced out of the market by L1 itself."""

from __future__ import annotations

from rollup.cli.story.chapter import Chapter
from rollup.cli.story.names import dollars
from rollup.cli.story.solvency import attest
from rollup.cli.story.stage import Stage
from rollup.cli.story.trading import DEPTH, PERPETUAL, buys
from rollup.client.forced import force_close
from rollup.exchange.events import Closed, Event, MarginCalled, Reduced, Settled, TakenOver
from rollup.spec.account import FUND
from rollup.spec.margin import values_of, violates
from rollup.spec.shared import Status

__all__ = ["an_expiry", "forced_out", "prices_fall"]

MINUTES = (4, 6, 8, 10, 12, 14, 16)
"""When tables come while prices slide; the last one is before the solvency gate shuts."""

EXPIRED = 46
"""A minute after the near instruments expire."""

BID = 30_000
"""How far below the mark the maker bids while prices slide, ppm."""


def prices_fall(chapter: Chapter, stage: Stage) -> None:
    """Table by table; the gambler falls below maintenance, and its lots go to whoever bids."""
    gambler, maker = stage.person("gambler"), stage.person("maker")
    before = stage.table.marks[PERPETUAL].price
    said: list[Event] = []
    for minute in MINUTES:
        buys(stage, maker, PERPETUAL, DEPTH, BID)
        heard: list[Event] = []
        stage.heard = heard.extend
        stage.take_table(minute)
        stage.heard = lambda events: None
        said += heard
        if any(isinstance(one, Reduced | TakenOver) for one in heard):
            break
    after = stage.table.marks[PERPETUAL].price
    stage.mark(f"the gambler is liquidated in minute {stage.minute}")
    called = {one.account for one in said if isinstance(one, MarginCalled)}
    reduced = [one for one in said if isinstance(one, Reduced)]
    chapter.note(f"bitcoin falls from {dollars(1_000 * before)} to {dollars(1_000 * after)} in {stage.minute} minutes")
    chapter.claim(
        f"the gambler, called for margin, falls below maintenance: {sum(one.quantity for one in reduced)} of its lots "
        f"are sold to the book for {dollars(sum(one.cash for one in reduced))}, and nobody else is touched",
        gambler.index in called and {one.account for one in reduced} == {gambler.index} and len(reduced) > 0,
    )
    penalty = sum(one.penalty for one in reduced)
    fund = stage.node.exchange.machine.vector(FUND) or []
    chapter.claim(f"the penalty of {dollars(penalty)} is the guarantee fund's", fund[0] == penalty > 0)
    chapter.figure("lots liquidated", sum(one.quantity for one in reduced))
    batch, _ = stage.settle(chapter)
    account = batch.state.accounts[gambler.index]
    healthy = not violates(values_of(account.vector, stage.table), stage.table.parameters.maintenance)
    chapter.claim("what it keeps is above maintenance, as the law sees it", healthy)
    attest(chapter, stage, batch)


def an_expiry(chapter: Chapter, stage: Stage) -> None:
    """The dated future and an option settle at the median of their last half hour, and become cash in every account."""
    before = {person.index: list(stage.node.exchange.machine.vector(person.index) or ()) for person in stage.people}
    said: list[Event] = []
    stage.heard = said.extend
    stage.take_table(EXPIRED)
    stage.heard = lambda events: None
    stage.mark("a future and an option expire")
    settled = [slot for slot, mark in enumerate(stage.table.marks) if mark.status is Status.SETTLED]
    paid = {slot: stage.table.marks[slot].price for slot in settled}
    told = ", ".join(f"{stage.name_of(slot)} pays {dollars(price)} a lot" for slot, price in paid.items())
    events = [one for one in said if isinstance(one, Settled)]
    by_hand = {
        (index, slot): (vector[slot], vector[slot] * stage.table.marks[slot].value)
        for index, vector in before.items()
        for slot in settled
        if vector[slot]
    }
    chapter.claim(
        f"{told}: {len(by_hand)} positions become cash, to the micro-dollar",
        len(settled) == 2
        and {(one.account, one.slot): (one.quantity, one.cash) for one in events if one.account != FUND} == by_hand,
    )
    stage.node.sweep(tuple(sorted({index for index, _ in by_hand})))
    batch, _ = stage.settle(chapter)
    chapter.claim(
        "and nobody holds them any more",
        not any(account.vector[slot] for account in batch.state.accounts.values() for slot in settled),
    )


def forced_out(chapter: Chapter, stage: Stage) -> None:
    """The hedger has had enough, and asks L1 rather than the operator."""
    hedger, system = stage.person("hedger"), stage.system
    request = force_close(system, hedger.l1, hedger.index)
    stage.sent_gas("force a close", request.gas)
    chapter.note(
        f"{dollars(0)} are asked of the operator; L1 takes a fee of {request.fee / 10**18} ETH, burnt when served"
    )
    stage.take_table(EXPIRED + 1)
    held = stage.node.exchange.machine.vector(hedger.index) or []
    said: list[Event] = []
    stage.heard = said.extend
    taken = stage.node.watch()
    stage.heard = lambda events: None
    closed = [one for one in said if isinstance(one, Closed)]
    chapter.claim(
        f"its CLOSE stands in a queue that the operator must serve; it is owed {dollars(closed[0].owed)}, its equity "
        f"less what its book may lose, and {sum(1 for lots in held[1:] if lots)} positions go to the fund",
        taken.closes == 1 and [one.account for one in closed] == [hedger.index] and closed[0].paid == closed[0].owed,
    )
    stage.settle(chapter)
    before = stage.balance(hedger.l1.address)
    stage.sent("pull", system.vault.pull(hedger.l1.address).send(hedger.l1))
    got = stage.balance(hedger.l1.address) - before
    chapter.claim(f"L1 pays the hedger {dollars(got)}", got == closed[0].paid > 0)
    hedger.paid += got
    chapter.figure("paid by force", got)
    stage.mark("the hedger is closed by force")
