"""
The node: one operator's clearing house, from L1's queues to L1's batches, on what outlives its process.

Three heads move over one history: what is sequenced is in the journal, what is proven has its proofs in the store, what
is settled is on L1. Each is behind the one before it, and each may be killed between any two lines: a start reads the
journal, takes up proofs from the store, asks L1 what it has, and goes on.
"""

from __future__ import annotations

import secrets
from collections import deque
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from types import TracebackType
from typing import Final, Self

from hexbytes import HexBytes

from prover.backends import Proved
from rollup.chain.bindings.clearing import BatchAccepted
from rollup.chain.encoding import signed_table_of, table_of
from rollup.chain.poster import Poster, Settled
from rollup.chain.record import Record
from rollup.client.system import standing
from rollup.exchange.commands import Command, Seal, Tick
from rollup.exchange.events import Event
from rollup.exchange.exchange import Handling
from rollup.exchange.settings import Settings
from rollup.ledger.decoys import draw
from rollup.ledger.ledger import Ledger, SealedBatch
from rollup.ledger.store import KeptProof, Store
from rollup.market.committee import Committee
from rollup.market.errors import NotSigned
from rollup.node.errors import ForgottenHistory, OtherHistoryOnL1, Unprovable
from rollup.node.house import House, Places, Policy, keep_record, secret_of
from rollup.node.intake import Intake, Taken
from rollup.node.keeping import writing
from rollup.node.proving import Made, Workshop
from rollup.node.sequencer import Sequencer
from rollup.spec.account import REVENUE
from rollup.spec.orders import Order
from rollup.spec.settlement import Batch, PostedStep, SignedTable
from rollup.spec.step import Applied, kind_of
from rollup.spec.table import RiskTable
from rollup.spec.types import Signature, Time
from rollup.witness.steps import circuit_name, step_inputs

__all__ = ["Heads", "Node"]

DECOYS: Final = 256
"""Drawn for each batch; a step that needs more takes them in turn."""

REPLAN: Final = 32
"""Lines of business until a batch is planned again to see what it costs."""


@dataclass(frozen=True, slots=True)
class Heads:
    """How far a node is."""

    lines: int
    """Of the journal."""
    sequenced: int
    """Batches that are sealed."""
    proven: int
    settled: int


class Node:
    """Open on a directory; a context."""

    def __init__(
        self,
        places: Places,
        record: Record,
        house: House,
        settings: Settings,
        clock: Callable[[], Time],
        workshop: Workshop,
        poster: Poster,
        *,
        policy: Policy | None = None,
        decoy_share: int = 250_000,
        listen: Callable[[Command, list[Event]], None] = lambda command, events: None,
        advance: Callable[[int, int], None] = lambda done, of: None,
    ) -> None:
        self.places, self.record, self.clock = places, record, clock
        self.workshop, self.poster, self.policy = workshop, poster, policy or Policy()
        self.system = poster.system
        self.pending: deque[SealedBatch] = deque()
        """Sealed, and not settled yet."""
        standing(self.system.clearing.chain, record)
        self.settled = self.system.clearing.batches()
        self.ledger = Ledger(record.profile, record.domain, house.fund, house.revenue, decoy_share)
        self.ledger.on_sealed = self._on_sealed
        with writing(places.directory), ExitStack() as opened:
            places.directory.mkdir(mode=0o700, parents=True, exist_ok=True)
            keep_record(record, places.record)
            self._secret = secret_of(places.secret)
            self.store = Store(places.store)
            opened.callback(self.store.close)
            if found := self.store.resumable(self.settled):
                self.ledger.resume_from(*found)
            self.sequencer = Sequencer(places.journal, record.domain, settings, None, self.ledger, listen, advance)
            opened.callback(self.sequencer.close)
            self.exchange = self.sequencer.exchange
            self.exchange.keys.setdefault(REVENUE, house.revenue.trading_key)
            self._agree_with_l1()
            self.intake = Intake(self.sequencer, record.settings)
            self._closing = opened.pop_all()
        self._closing.callback(poster.notes.close)
        self._opened: Time | None = self.clock() if self.ledger.has_business else None
        self._epochs = 0
        self._verified: set[tuple[int, int]] = set()
        """Proofs of the store that were looked at: batch and step."""
        self._planned = (0, 0)
        """Lines that were waiting when the batch at hand was planned last, and what it would have cost."""

    # -- in

    def watch(self) -> Taken:
        """Take what L1's queues hold, as deep as a batch must be to count as settled."""
        block = self.system.clearing.chain.eth.block_number - self.poster.terms.confirmations
        return self.intake.from_chain(self.system, self.clock(), max(block, self.record.first_block))

    def tick(self) -> list[Event]:
        """Time passes."""
        return self.exchange.apply(Tick(self.clock()))

    def take_table(self, epoch: int, table: RiskTable, signed: SignedTable) -> list[Event]:
        """The committee's next table, if L1 would take it; what went before is margined under the last one."""
        self._check_table(epoch, table, signed)
        said = self.intake.take_table(epoch, table, signed)
        self._epochs += 1
        return said

    def submit(self, order: Order, signature: Signature, handling: Handling | None = None) -> list[Event]:
        """An order, at the door."""
        return self.exchange.submit(order, signature, *([handling] if handling else []))

    def sweep(self, accounts: tuple[int, ...]) -> None:
        """Open accounts so that what is settled in them becomes cash."""
        self.intake.sweep(accounts)

    # -- through

    @property
    def heads(self) -> Heads:
        proven = self.ledger.number - len(self.pending)
        for batch in self.pending:
            if not all(self._kept(batch, place) for place in range(len(batch.steps))):
                break
            proven += 1
        return Heads(self.ledger.line, self.ledger.number, proven, self.settled)

    @property
    def due(self) -> bool:
        """Whether the batch at hand is to be sealed: by size, time or epoch."""
        if not self.ledger.has_business:
            self._opened = None
            return False
        if self._opened is None:
            self._opened = self.clock()
        return (
            self.exchange.machine.totals()["legs"] >= self.policy.most_legs
            or self._gas() >= self.policy.most_gas
            or self.clock() - self._opened >= self.policy.most_seconds
            or self._epochs >= self.policy.most_epochs
        )

    def seal(self, attempt: int = 1) -> list[SealedBatch]:
        """
        End the batch at hand, if there is anything in it; its randomness is in the journal before it is shown.

        What one transaction has no room for becomes several batches.
        """
        if not self.ledger.has_business or self.ledger.table is None:
            return []
        self.intake.credit_fees()
        if not self.ledger.has_steps:
            self.sweep((REVENUE,))  # nothing but rejections: a batch has a step
        below = secrets.SystemRandom().randrange
        decoys = draw(self.ledger.state.accounts, self.ledger.recent.weights, DECOYS, below)
        witness = self.ledger.prepare(self._secret, decoys, attempt)
        self.exchange.apply(Seal(), witness.encode())
        self._opened, self._epochs, self._planned = None, 0, (0, 0)
        return [batch for batch in self.pending if batch.line == self.ledger.line]

    def prove(self, told: Callable[[SealedBatch, int, Made | None], None] = lambda *_: None) -> SealedBatch | None:
        """Prove the next batch that is not, step by step; each proof is kept as soon as it is there."""
        for batch in self.pending:
            missing = [place for place in range(len(batch.steps)) if self._kept(batch, place) is None]
            for place in missing:
                told(batch, place, None)
                told(batch, place, self._prove(batch, place))
            if missing:
                return batch
        return None

    def post(self) -> tuple[SealedBatch, Settled] | None:
        """Bring the next proven batch to L1; None when there is none."""
        if not self.pending:
            return None
        batch = self.pending[0]
        kept = [self._kept(batch, place) for place in range(len(batch.steps))]
        proofs = [proof for proof in kept if proof is not None]
        if len(proofs) != len(batch.steps):
            return None
        self._post_tables_before(batch)
        posted = self.poster.post(self.batch_of(batch, proofs))
        self.settled = batch.number
        transaction = "0x" + posted.transaction.hex()
        self.store.keep_settled(
            batch.number, self.clock(), transaction, posted.block, posted.gas_used, posted.calldata_bytes
        )
        self.pending.popleft()
        return batch, posted

    def settle(self) -> list[tuple[SealedBatch, Settled]]:
        """Seal what is at hand, prove and post everything."""
        self.seal()
        while self.prove():
            pass
        done = []
        while (one := self.post()) is not None:
            done.append(one)
        return done

    def batch_of(self, batch: SealedBatch, proofs: list[KeptProof]) -> Batch:
        """A batch as L1 takes it, with the tables that L1 does not have yet."""
        epochs = {signed.table.risk_root: signed.table.epoch for signed in batch.tables}
        steps = tuple(
            _posted_step(step, epochs[step.table.root], proof) for step, proof in zip(batch.steps, proofs, strict=True)
        )
        words = tuple(word for step in batch.steps for word in step.words)
        newest = self.system.oracle.newest_epoch()
        fresh = tuple(signed for signed in batch.tables if signed.table.epoch > newest)
        return Batch(batch.number, batch.before.root, steps, words, batch.rejected, fresh)

    def close(self) -> None:
        """Let go of everything; nothing waits to be written."""
        self._closing.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()

    # -- within

    def _check_table(self, epoch: int, table: RiskTable, signed: SignedTable) -> None:
        """A table that L1 would not take must not be margined under: nothing of its epoch could ever be settled."""
        oracle, posted = self.system.oracle, signed.table
        committee = oracle.committee()
        members = frozenset(bytes.fromhex(member[2:]) for member in committee.members)
        if (posted.epoch, posted.time, posted.risk_root) != (epoch, table.time, table.root):
            raise NotSigned("the signed table is the one that is taken", epoch)
        signatures = [one for one in signed.signatures if isinstance(one, bytes)]
        Committee(members, committee.threshold).verify(oracle.digest_of_table(table_of(posted)), signatures)

    def _post_tables_before(self, batch: SealedBatch) -> None:
        """
        All of a batch's tables but its last, each by itself.

        Whoever sees a batch with two tables on its way could post the later one alone, and L1 would never take the
        earlier one any more. A transaction that shows one table can be overtaken by nothing but itself.
        """
        newest = self.system.oracle.newest_epoch()
        for signed in batch.tables[:-1]:
            if signed.table.epoch > newest:
                self.system.oracle.post_table(signed_table_of(signed)).send(self.poster.sender)

    def _gas(self) -> int:
        """What the batch at hand would cost on L1, or a little less: planned anew every so many lines."""
        waiting = self.ledger.waiting
        if not self._planned[0] <= waiting < self._planned[0] + REPLAN:
            self._planned = (waiting, self.ledger.gas(self.exchange.machine.totals()["fees"]))
        return self._planned[1]

    def _agree_with_l1(self) -> None:
        """The journal leads to what L1 has, or nothing is done with it; what L1 took while nobody looked is noted."""
        if self.ledger.number < self.settled:
            raise ForgottenHistory(self.ledger.number, self.settled)
        ours = (self.pending[0].before if self.pending else self.ledger.state).root
        if ours != self.system.clearing.latest_root():
            raise OtherHistoryOnL1(self.settled, ours, self.system.clearing.latest_root())
        missed = {one.number for one in self.store.batches() if one.settled is None and one.number <= self.settled}
        for logged in self.system.clearing.events(self.record.first_block) if missed else ():
            if isinstance(logged.event, BatchAccepted) and logged.event.number in missed:
                self._note_settled(logged.event.number, logged.transaction)

    def _note_settled(self, number: int, transaction: bytes) -> None:
        """What L1 says of a batch that it took."""
        chain, place = self.system.clearing.chain, HexBytes(transaction)
        receipt, size = chain.eth.get_transaction_receipt(place), len(chain.eth.get_transaction(place)["input"])
        when = int(chain.eth.get_block(receipt["blockNumber"])["timestamp"])
        told = ("0x" + transaction.hex(), receipt["blockNumber"], receipt["gasUsed"], size)
        self.store.keep_settled(number, when, *told)

    def _on_sealed(self, batch: SealedBatch) -> None:
        self.store.keep_batch(batch, self.clock())
        if batch.number > self.settled:
            self.pending.append(batch)

    def _kept(self, batch: SealedBatch, place: int) -> KeptProof | None:
        """A step's proof, if there is one that verifies; the store is believed in nothing."""
        step, known = batch.steps[place], (batch.number, place)
        kept = self.store.proof(batch.number, place, tuple(step.public_inputs.values()))
        if kept is None or known in self._verified:
            return kept
        if not self.workshop.verifies(circuit_name(step), Proved(kept.proof, kept.public)):
            return None
        self._verified.add(known)
        return kept

    def _prove(self, batch: SealedBatch, place: int) -> Made:
        step = batch.steps[place]
        made = self.workshop.prove(circuit_name(step), step_inputs(step))
        if made.proved.public != tuple(step.public_inputs.values()):
            raise Unprovable(batch.number, place)
        proof = KeptProof(made.proved.public, dict(made.proved.proof), made.seconds)
        self.store.keep_proof(batch.number, place, proof, self.clock())
        return made


def _posted_step(step: Applied, epoch: int, proof: KeptProof) -> PostedStep:
    shown = step.public_inputs
    return PostedStep(
        kind_of(step.step.body),
        epoch,
        shown["state_after"],
        shown["suspense_after"],
        shown["salt"],
        shown["data_commit"],
        proof.proof,
    )
