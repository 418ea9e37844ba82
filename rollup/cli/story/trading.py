"""The chapters in which people trade: signed orders, margin over the whole book, and what is proven of it on L1."""

from __future__ import annotations

from rollup.chain.poster import Settled
from rollup.chain.replica import Replica, Touched, replica_of
from rollup.cli.story.chapter import Chapter
from rollup.cli.story.names import dollars
from rollup.cli.story.page_data import TwoSides
from rollup.cli.story.people import Person
from rollup.cli.story.privacy import Private, amounts_in, opens_with, shows_nothing
from rollup.cli.story.stage import Stage
from rollup.client.recover import TouchKind, TouchSummary, told
from rollup.exchange.codes import Code
from rollup.exchange.commands import Force
from rollup.exchange.events import Event, Filled, Refused
from rollup.exchange.exchange import Handling, explain
from rollup.ledger.ledger import SealedBatch
from rollup.spec.margin import values_of
from rollup.spec.shared import Side
from rollup.spec.table import MILLION
from rollup.spec.types import Cash

__all__ = ["buys", "people_trade", "sells", "sides_of", "what_shows"]

PERPETUAL, ETHER, FUTURE, NEAR_CALL, CALL, PUT = range(1, 7)
"""Slots of the story's market."""

SPREAD = 1_000
"""Of the maker's quotes, ppm of the mark on either side."""

DEPTH = 400
"""Lots that the maker quotes."""

HEDGED = ((PERPETUAL, Side.BUY, 30), (CALL, Side.SELL, 30), (FUTURE, Side.BUY, 20), (NEAR_CALL, Side.BUY, 15))
SAVED = ((ETHER, Side.BUY, 4), (PUT, Side.BUY, 5), (FUTURE, Side.SELL, 2))
"""What hedger and saver trade, lots by slot."""

LEVERAGE = 3_150_000
"""Of the gambler, in ppm of its collateral."""


def people_trade(chapter: Chapter, stage: Stage) -> None:
    """The maker quotes; the others take; what nobody may do is refused."""
    stage.take_table(1)
    chapter.note(f"epoch {stage.table_epoch}: a table of {len(stage.table.stress)} scenarios, signed by three members")
    hedger, gambler, saver = (stage.person(name) for name in ("hedger", "gambler", "saver"))
    _refusals(chapter, stage, hedger, gambler)
    said: list[Event] = []
    for slot, side, lots in HEDGED:
        said += _takes(stage, hedger, slot, side, lots)
    lots = gambler.part.collateral * LEVERAGE // MILLION // stage.table.marks[PERPETUAL].price
    said += _takes(stage, gambler, PERPETUAL, Side.BUY, lots)
    for slot, side, lots in SAVED:
        said += _takes(stage, saver, slot, side, lots)
    for place, person in enumerate(stage.people[4:]):
        said += _takes(stage, person, (PERPETUAL, ETHER, PUT)[place % 3], Side.BUY, 1 + place % 7)
    fills = [event for event in said if isinstance(event, Filled) and not event.maker]
    held = {
        slot: sum(event.quantity for event in fills if event.slot == slot) for slot in sorted({e.slot for e in fills})
    }
    chapter.claim(
        "a perpetual, a dated future and options change hands: "
        + ", ".join(f"{lots} {stage.name_of(slot)}" for slot, lots in held.items()),
        {PERPETUAL, FUTURE, NEAR_CALL, CALL} <= set(held) and not any(isinstance(one, Refused) for one in said),
    )
    chapter.figure("matches", len(fills))
    _portfolio(chapter, stage, hedger)


def _refusals(chapter: Chapter, stage: Stage, hedger: Person, gambler: Person) -> None:
    """An order that another key signed, and one that its account could not stand for: neither changes anything."""
    before = stage.node.exchange.state_hash()
    limit = stage.instrument(PERPETUAL).price_of(_limit(stage, PERPETUAL, Side.BUY))
    order = hedger.trader.order(stage.instrument(PERPETUAL), Side.BUY, "1", limit)
    forged = gambler.keys.sign_as_trader(order.order.message(stage.house.record.domain))
    greedy = gambler.trader.order(stage.instrument(PERPETUAL), Side.BUY, "200", limit)
    for what, said, code in (
        ("an order that another key signed is refused", stage.node.submit(order.order, forged), Code.BAD_SIGNATURE),
        (
            f"200 lots are more than {dollars(gambler.part.collateral)} margin",
            stage.node.submit(greedy.order, greedy.signature),
            Code.MARGIN,
        ),
    ):
        chapter.claim(f"{what} ({code.name})", [one.code for one in said if isinstance(one, Refused)] == [code])
        chapter.note(explain(code))
    chapter.claim("and neither has changed anything", stage.node.exchange.state_hash() == before)


def _portfolio(chapter: Chapter, stage: Stage, person: Person) -> None:
    """One margin over the book, and what its parts would need apart."""
    vector = tuple(stage.node.exchange.machine.vector(person.index) or ())
    held = {slot: lots for slot, lots in enumerate(vector) if slot and lots}

    def needs(positions: dict[int, int]) -> Cash:
        book = (0, *(positions.get(slot, 0) for slot in range(1, len(vector))))
        values = values_of(book, stage.table)
        return values[0] - min(values)

    together, apart = needs(held), sum(needs({slot: lots}) for slot, lots in held.items())
    chapter.claim(
        f"the hedger's book needs {dollars(together)} of margin as one, {dollars(apart)} by its parts",
        together < apart,
    )


# -- orders


def sells(stage: Stage, person: Person, slot: int, lots: int, edge: int = SPREAD) -> list[Event]:
    """Offer lots a little above the mark."""
    return _order(stage, person, slot, Side.SELL, lots, edge)


def buys(stage: Stage, person: Person, slot: int, lots: int, edge: int = SPREAD) -> list[Event]:
    """Bid for lots a little below the mark."""
    return _order(stage, person, slot, Side.BUY, lots, -edge)


def _takes(stage: Stage, person: Person, slot: int, side: Side, lots: int) -> list[Event]:
    """The maker quotes, and somebody takes it, at once or not at all."""
    (sells if side is Side.BUY else buys)(stage, stage.person("maker"), slot, lots)
    edge = 2 * SPREAD if side is Side.BUY else -2 * SPREAD
    return _order(stage, person, slot, side, lots, edge, Handling(force=Force.FOK))


def _order(
    stage: Stage, person: Person, slot: int, side: Side, lots: int, edge: int, handling: Handling | None = None
) -> list[Event]:
    """An order at the mark and `edge` ppm."""
    price = stage.instrument(slot).price_of(_limit(stage, slot, side, edge))
    signed = person.trader.order(stage.instrument(slot), side, str(lots), price, handling=handling)
    return stage.node.submit(signed.order, signed.signature, signed.handling)


def _limit(stage: Stage, slot: int, side: Side, edge: int = 0) -> Cash:
    """The mark and so many ppm, on a tick: buyers round up, sellers too, so that quotes never cross."""
    mark, tick = stage.table.marks[slot].price, stage.terms[slot].tick
    limit = mark + mark * edge // MILLION
    return max(tick, (limit + tick - 1) // tick * tick if edge >= 0 else limit // tick * tick)


# -- what shows


def what_shows(chapter: Chapter, stage: Stage) -> None:
    """The batch of all this is settled; beside it, what L1 sees and what each of them sees."""
    batch, settled = stage.settle(chapter)
    replica = _replica(stage)
    chapter.claim(
        "whoever reads the calldata rebuilds both trees and comes to the root on L1",
        replica.state.root == stage.system.clearing.latest_root(),
    )
    _l1_sees(chapter, stage, batch, settled, replica)
    for person in stage.people[:4]:
        account, touches = told(
            replica, person.index, person.owner, stage.house.record.domain, {batch.number: stage.house.now}
        )
        chapter.claim(
            f"the {person.name} reads its own {len(touches)} touches and comes to its leaf: "
            f"{dollars(account.vector[0])} in cash",
            account == batch.state.accounts[person.index] and account.leaf == replica.accounts.leaf(person.index),
        )
    hedger, gambler = stage.person("hedger"), stage.person("gambler")
    words = Private.of(replica.touches_of(hedger.index), batch.steps, hedger.index)
    domain = stage.house.record.domain
    chapter.claim(
        "the hedger's words open under its own view key, and say nothing under the gambler's",
        opens_with(words, hedger.keys.view_key, domain) and shows_nothing(words, gambler.keys.view_key, domain),
    )


def _l1_sees(chapter: Chapter, stage: Stage, batch: SealedBatch, settled: Settled, replica: Replica) -> None:
    """Roots, leaves and ciphertexts: no amount in clear but those of deposits, which L1 itself queued."""
    words = {word for step in batch.steps for word in step.words}
    deposits = {person.part.collateral for person in stage.people}
    secret = {each for step in batch.steps for each in amounts_in(step)} - deposits
    touches = len(replica.touches)
    chapter.claim(
        f"{touches} touches in {len(words)} words: none is a leg, an order, a price or a fee in clear",
        len(secret) > 10 and secret.isdisjoint(words),
    )
    chapter.note(f"L1 saw {settled.calldata_bytes:,} bytes: roots, leaves, account numbers, ciphertexts and proofs")


def _replica(stage: Stage) -> Replica:
    record = stage.house.record
    return replica_of(stage.system, record.profile, record.genesis.leaves(record.profile))


def sides_of(stage: Stage, person: Person, most: int = 2) -> list[TwoSides]:
    """A few touches of somebody's, as L1 has them and as their owner reads them."""
    replica, found = _replica(stage), list[TwoSides]()
    times = dict.fromkeys(range(1, stage.node.settled + 1), stage.house.now)
    _, touches = told(replica, person.index, person.owner, stage.house.record.domain, times, person.ring)
    for touched, touch in zip(replica.touches_of(person.index), touches, strict=True):
        if touch.kind in (TouchKind.DECOY, TouchKind.REGISTRATION) or len(found) == most:
            continue
        found.append(_side(stage, person, touched, touch))
    return found


def _side(stage: Stage, person: Person, touched: Touched, touch: TouchSummary) -> TwoSides:
    verbs = {Side.BUY: "bought", Side.SELL: "sold"}
    said = [f"{verbs[leg.side]} {leg.quantity} {stage.name_of(leg.slot)} for {dollars(leg.cash)}" for leg in touch.legs]
    amounts = [("fees", sum(leg.fee for leg in touch.legs))] if touch.legs else [("amount", touch.amount)]
    return TwoSides(
        f"batch {touch.batch}, a touch of account {person.index}",
        person.name,
        person.index,
        touched.seen.leaf,
        touched.seen.ciphertexts,
        None,
        tuple(said or [str(touch.kind)]),
        (*amounts, ("cash afterwards", touch.cash), ("equity", touch.equity)),
    )
