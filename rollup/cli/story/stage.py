"""
The stage: a running chain with a deployed house, its node and oracle, everybody's wallets, and what was recorded.

A story acts through it: time moves, a table comes, a batch is settled. Every batch is checked in three ways that know
nothing of each other: the exchange's core, the law, and sums by hand.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from web3.types import TxReceipt

from rollup.chain.abi import Sender, Transaction, address
from rollup.chain.bindings import System
from rollup.chain.envelope import calldata_floor
from rollup.chain.errors import Reverted
from rollup.chain.poster import Settled
from rollup.cli.story.books import Books
from rollup.cli.story.chapter import Chapter
from rollup.cli.story.names import dollars, name_of
from rollup.cli.story.page_data import BatchTold, Event, GasPart, Moment, PriceLine, Proof
from rollup.cli.story.page_data import Transaction as Told
from rollup.cli.story.people import Person
from rollup.client.amounts import Instrument
from rollup.exchange import events as happened
from rollup.exchange.commands import Command
from rollup.ledger.ledger import SealedBatch
from rollup.market.defaults import START
from rollup.market.instruments import Terms
from rollup.node.local import LocalHouse
from rollup.node.node import Node
from rollup.node.oracle import Oracle, SignedEpoch
from rollup.node.proving import Made, Workshop
from rollup.spec.settlement import MINUTE
from rollup.spec.table import RiskTable
from rollup.spec.types import Cash, Index, Time

__all__ = ["Record", "Stage", "refusal"]


PAIRING, PAIR = 45_000, 34_000
"""Gas of the precompile, and of each pair in it: EIP-1108."""

PAIRS_OF_A_KEY = 3
"""Beside one for each proof."""


@dataclass
class Record:
    """What the page is made of."""

    moments: dict[Index, list[Moment]] = field(default_factory=dict)
    events: list[Event] = field(default_factory=list)
    spots: dict[str, list[tuple[int, int]]] = field(default_factory=dict)
    batches: list[BatchTold] = field(default_factory=list)
    transactions: list[Told] = field(default_factory=list)
    proofs: list[Proof] = field(default_factory=list)

    def lines(self) -> tuple[PriceLine, ...]:
        return tuple(PriceLine(name, "spot", tuple(points)) for name, points in self.spots.items())


@dataclass
class Stage:
    """Everything that a chapter may act on."""

    directory: Path
    house: LocalHouse
    oracle: Oracle
    workshop: Workshop
    stack: ExitStack
    people: list[Person] = field(default_factory=list)
    record: Record = field(default_factory=Record)
    made: list[tuple[SealedBatch, list[Made]]] = field(default_factory=list)
    """Batches that were proven, with what each proof took."""
    open_node: Node | None = None
    books: Books | None = None
    heard: Callable[[list[happened.Event]], object] = lambda events: None
    """Who else is told what the exchange says."""
    epoch: SignedEpoch | None = None

    # -- shorthands

    @property
    def node(self) -> Node:
        assert self.open_node is not None, "the operator is gone"
        return self.open_node

    @property
    def system(self) -> System:
        return self.house.system

    @property
    def table(self) -> RiskTable:
        """The committee's newest."""
        assert self.epoch is not None
        return self.epoch.table

    def person(self, name: str) -> Person:
        return next(one for one in self.people if one.name == name)

    def by_index(self, index: Index) -> Person:
        return next(one for one in self.people if one.index == index)

    @property
    def terms(self) -> dict[int, Terms]:
        """What each slot holds."""
        held = enumerate(self.oracle.inputs.slots, start=1)
        return {slot: one.terms for slot, one in held if one.terms is not None}

    def instrument(self, slot: int) -> Instrument:
        return Instrument.of(slot, self.table.marks[slot].listing, self.terms[slot])

    def name_of(self, slot: int) -> str:
        return name_of(self.terms[slot], START)

    def balance(self, who: str) -> Cash:
        """Tokens that somebody has on L1."""
        return self.house.token.balance(address(who))

    # -- time

    @property
    def minute(self) -> int:
        """Since the story began."""
        return (self.house.now - START) // MINUTE

    def at_minute(self, minute: int) -> Time:
        """Move everybody's clock."""
        self.house.move_to(START + minute * MINUTE)
        return self.house.now

    def take_table(self, minute: int) -> SignedEpoch:
        """The committee's table of a minute, into the exchange."""
        self.at_minute(minute)
        gate = self.system.attestations.gate_is_open()
        self.epoch = self.oracle.next(self.house.now, gate_open=gate)
        self.node.take_table(self.epoch.inputs.epoch, self.epoch.table, self.epoch.signed)
        for of in self.epoch.inputs.underlyings:
            self.record.spots.setdefault(of.name, []).append((self.house.now, of.spot))
        return self.epoch

    def listen(self, command: Command, events: list[happened.Event]) -> None:
        """Everything that the exchange says."""
        assert self.books is not None
        self.books.take(command, events)
        self.heard(events)

    @property
    def table_epoch(self) -> int:
        assert self.epoch is not None
        return self.epoch.inputs.epoch

    def mark(self, text: str) -> None:
        """Something that all charts show."""
        self.record.events.append(Event(self.house.now, text))

    # -- transactions

    def sent(self, label: str, receipt: TxReceipt) -> TxReceipt:
        """Keep what a transaction cost."""
        data = bytes(self.house.chain.web3.eth.get_transaction(receipt["transactionHash"])["input"])
        self.record.transactions.append(Told(label, receipt["gasUsed"], len(data)))
        return receipt

    def proved(self, circuit: str, made: tuple[float, float]) -> None:
        """A proof outside batches: seconds of its witness, and of the rest."""
        constraints = self.workshop.keys[circuit].compiled.header.constraints
        self.record.proofs.append(Proof(circuit, constraints, *made))

    def sent_gas(self, label: str, gas: int) -> None:
        """The same, of one whose receipt somebody else has seen."""
        self.record.transactions.append(Told(label, gas))

    def refused(self, chapter: Chapter, what: str, transaction: Transaction[Any], sender: Sender, name: str) -> None:
        """Tell that the chain refuses something, if it does so by this very name."""
        chapter.claim(f"{what} ({name})", refusal(transaction, sender) == name)

    # -- batches

    def settle(self, chapter: Chapter) -> tuple[SealedBatch, Settled]:
        """Seal, prove and post what is at hand, and hold it against everything that knows better; the last batch."""
        done = [self._settle(chapter, batch) for batch in self.node.seal()]
        self._check(chapter, done[-1][0])
        return done[-1]

    def _settle(self, chapter: Chapter, batch: SealedBatch) -> tuple[SealedBatch, Settled]:
        made: list[Made] = []
        with chapter.steps(f"batch {batch.number}", len(batch.steps)) as advance:

            def told(_: SealedBatch, __: int, one: Made | None) -> None:
                if one is not None:
                    made.append(one)
                    advance()

            self.node.prove(told)
        posted = self.node.post()
        assert posted is not None
        settled = posted[1]
        self.made.append((batch, made))
        kinds = Counter(one.circuit for one in made)
        chapter.note(
            f"batch {batch.number}: " + ", ".join(f"{count} {name}" for name, count in kinds.items()) + " steps"
        )
        chapter.note(
            f"{sum(one.constraints for one in made):,} constraints proven in {sum(one.seconds for one in made):.1f} s; "
            f"{settled.gas_used:,} gas, {settled.calldata_bytes:,} bytes of calldata"
        )
        chapter.claim(
            f"batch {batch.number} is accepted, {len(made)} proofs in one pairing check: the root on L1 is the law's",
            self.system.clearing.batches() == batch.number and self.system.clearing.latest_root() == batch.state.root,
        )
        assert self.books is not None
        self._keep(batch, made, settled, self.books.take_matches())
        return batch, settled

    def _check(self, chapter: Chapter, batch: SealedBatch) -> None:
        assert self.books is not None
        law = {index: list(account.vector) for index, account in batch.state.accounts.items()}
        core = {index: self.node.exchange.machine.vector(index) for index in law}
        chapter.claim(
            f"all {len(law)} accounts are the same for the exchange, the law and sums by hand, to the micro-dollar",
            law == core == self.books.vectors,
        )
        custody, vault = batch.state.custody, self.system.vault
        chapter.claim(
            f"the books balance: {dollars(custody)} inside the accounts, and every lot long is short elsewhere",
            sum(vector[0] for vector in law.values()) + self._funding(law) == custody
            and all(sum(vector[slot] for vector in law.values()) == 0 for slot in range(1, len(self.table.marks)))
            and vault.spare() >= custody,
        )

    def _funding(self, law: dict[Index, list[int]]) -> Cash:
        """Lots long and short cancel, and so does what they are worth."""
        marks = self.table.marks
        return sum(
            quantity * mark.value
            for vector in law.values()
            for quantity, mark in zip(vector[1:], marks[1:], strict=True)
        )

    def _keep(self, batch: SealedBatch, made: list[Made], settled: Settled, trades: int) -> None:
        """For the page."""
        names = {slot: self.name_of(slot) for slot in self.terms}
        for person in self.people:
            account = batch.state.accounts.get(person.index)
            if account is None:
                continue
            vector = account.vector
            equity = sum(quantity * mark.value for quantity, mark in zip(vector, self.table.marks, strict=True))
            held = tuple((names[slot], lots) for slot, lots in enumerate(vector) if slot and lots)
            moment = Moment(f"batch {batch.number}", self.house.now, vector[0], equity, held)
            self.record.moments.setdefault(person.index, []).append(moment)
        data = self.calldata(settled)
        floor = calldata_floor(data)
        zeros, kinds = data.count(0), {one.circuit for one in made}
        calldata_gas = 4 * zeros + 16 * (len(data) - zeros)
        self.record.batches.append(
            BatchTold(
                batch.number,
                tuple(signed.table.epoch for signed in batch.tables),
                tuple(Proof(one.circuit, one.constraints, one.witness_seconds, one.proof_seconds) for one in made),
                settled.gas_used,
                floor,
                settled.calldata_bytes,
                1,
                trades,
                (
                    GasPart("calldata", calldata_gas),
                    GasPart("the pairing check", PAIRING + PAIR * (len(made) + PAIRS_OF_A_KEY * len(kinds))),
                    GasPart("every transaction", 21_000),
                ),
            )
        )

    def calldata(self, settled: Settled) -> bytes:
        """Of a batch, as the node has it."""
        found = self.house.chain.web3.eth.get_transaction(settled.transaction)  # type: ignore[arg-type]
        return bytes(found["input"])


def refusal(transaction: Transaction[Any], sender: Sender) -> str:
    """By which name the chain refuses it; empty when it would not."""
    try:
        transaction.call(sender)
    except Reverted as refused:
        return refused.refusal.name if refused.refusal else str(refused)
    return ""
