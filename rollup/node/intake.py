"""
Intake: what L1 queued and what traders signed, on its way into the journal.

L1's queues are read from where the journal ends, so nothing has to be remembered beside it: a deposit or request that
is in the journal was taken, the next one was not. Whatever enters must be provable later; what could not be is rejected
here, a deposit so that its sender gets it back, an operation with a reason.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from rollup.chain.bindings import System
from rollup.chain.bindings.deposits import Deposit as Queued
from rollup.chain.bindings.deposits import Status
from rollup.chain.bindings.forced import Queue, Request
from rollup.exchange.codes import Code
from rollup.exchange.commands import Burn, Close, Command, Credit, Debit, Fees, Table
from rollup.exchange.events import Event, Refused
from rollup.ledger.authority import Signed, check_operation, check_owner
from rollup.ledger.errors import NotAuthorised
from rollup.ledger.remarks import Introduced, Keyed, Rejected, Swept
from rollup.ledger.witnesses import table_witness, witness_of, words_of
from rollup.node.errors import NotSwept
from rollup.node.sequencer import Sequencer
from rollup.spec.account import FUND, REVENUE, Owner
from rollup.spec.funds import Cancel, Deposit, Forced, NoteOut, Rotate, TransferIn, TransferOut, Withdraw
from rollup.spec.settlement import SignedTable
from rollup.spec.settlement.settings import Settings
from rollup.spec.table import RiskTable
from rollup.spec.types import Cash, Index, Time

__all__ = ["Intake", "Taken"]

DOLLAR: Final = 1_000_000

LATE: Final = 4
"""A deposit is rejected in the last quarter of its window: a batch that comes after the window would be refused."""

WAIT: Final = frozenset({Code.NO_TABLE, Code.STALE_TABLE})
"""Why a forced request is not answered yet: the next table changes it."""


@dataclass(frozen=True, slots=True)
class Taken:
    """What came in from L1."""

    deposits: int = 0
    rejected: int = 0
    payments: int = 0
    closes: int = 0


class Intake:
    """The way into one sequencer's journal."""

    def __init__(self, sequencer: Sequencer, settings: Settings, patience: Time = 60, least: Cash = DOLLAR) -> None:
        """
        `patience` is how long a deposit waits for its sender to introduce the keys behind its owner hash; `least` what
        an operation moves, forced ones aside.
        """
        assert sequencer.ledger is not None
        self.sequencer, self.exchange, self.ledger = sequencer, sequencer.exchange, sequencer.ledger
        self.settings, self.patience, self.least = settings, patience, least
        self._finish_transfer()

    # -- from L1

    def from_chain(self, system: System, now: Time, block: int) -> Taken:
        """Everything that the queues hold up to a block, in their order."""
        deposits, rejected = self._deposits(system, now, block)
        payments = self._requests(system, Queue.PAY, block)
        closes = self._requests(system, Queue.CLOSE, block)
        return Taken(deposits, rejected, payments, closes)

    def introduce(self, owner: Owner) -> None:
        """Learn the keys behind an owner hash; NotAuthorised where no account may have them."""
        check_owner(owner)
        if owner.hash not in self.ledger.introduced:
            self.sequencer.remark(Introduced(owner))

    def _deposits(self, system: System, now: Time, block: int) -> tuple[int, int]:
        taken = rejected = 0
        for number in range(self.ledger.queues.deposit, system.deposits.deposit_count(block=block)):
            queued = system.deposits.deposit(number, block=block)
            if self._waits(queued, now):
                break
            if self._deposit(number, queued, now):
                taken += 1
            else:
                self.sequencer.remark(Rejected(number))
                rejected += 1
        return taken, rejected

    def _waits(self, queued: Queued, now: Time) -> bool:
        """Whether the sender may still introduce itself; whoever queued behind it waits too."""
        unknown = queued.owner_hash != 0 and queued.owner_hash not in self.ledger.introduced
        return unknown and queued.status == Status.QUEUED and now - queued.time < self.patience

    def _deposit(self, number: int, queued: Queued, now: Time) -> bool:
        """Take a deposit, if a batch can consume it."""
        window = self.settings.deposit_window
        if queued.status != Status.QUEUED or now - queued.time >= window - window // LATE:
            return False
        owner, index = None, queued.index
        if queued.owner_hash:
            owner, index = self.ledger.introduced.get(queued.owner_hash), self.ledger.queues.index
            # Whoever queues somebody else's owner hash would be refused by L1, with the whole batch.
            if owner is None or owner.l1_owner != int(queued.depositor, 16):
                return False
            if self.exchange.machine.vector(index) is None:
                if _refused(self.exchange.register(index, owner.trading_key)):
                    return False
            elif self.exchange.keys.get(index) != owner.trading_key:
                # A kill came between the two lines of another deposit, which was passed over since.
                self.sequencer.remark(Keyed(index, owner.trading_key))
        operation = Deposit(index, number, queued.amount, owner)
        return not _refused(self.exchange.apply(Credit(index, queued.amount), witness_of(operation)))

    def _requests(self, system: System, queue: Queue, block: int) -> int:
        end, _ = system.forced.lengths(queue, block=block)
        first = self.ledger.queues.pay if queue is Queue.PAY else self.ledger.queues.close
        served = 0
        for number in range(first, end):
            if not self._serve(queue, number, system.forced.request(queue, number, block=block)):
                break
            served += 1
        return served

    def _serve(self, queue: Queue, number: int, request: Request) -> bool:
        """Answer a forced request; False while there is no table young enough."""
        self.credit_fees()
        command: Command
        if queue is Queue.PAY:
            command = Debit(request.index, request.asked, forced=True)
            witness = witness_of(Forced(request.index, number, request.asked))
        else:
            command, witness = Close(request.index), words_of(number)
        said = self.exchange.apply(command, witness)
        refused = next((event.code for event in said if isinstance(event, Refused)), None)
        if refused is not None and refused not in WAIT:
            raise NotAuthorised(f"request {number} of L1's {queue.name} queue is refused with {refused.name}")
        return refused is None

    # -- from the committee

    def take_table(self, epoch: int, table: RiskTable, signed: SignedTable) -> list[Event]:
        """The next table; the fees that were taken under the last one are credited before."""
        self.credit_fees()
        return self.exchange.apply(Table(epoch, table), table_witness(table, signed))

    def sweep(self, accounts: tuple[Index, ...]) -> None:
        """Open accounts so that what is settled in them becomes cash; not the fund, which other things open."""
        unknown = [index for index in accounts if index == FUND or self.ledger.owner(index) is None]
        if unknown:
            raise NotSwept(unknown)
        self.sequencer.remark(Swept(accounts))

    def credit_fees(self) -> None:
        """Collected fees become the operator's revenue, since nothing may be owed where a batch or an epoch ends."""
        fees = self.exchange.machine.totals()["fees"]
        if fees:
            self.exchange.apply(Fees(REVENUE, fees))

    # -- from traders

    def operate(self, operation: Signed) -> list[Event]:
        """A signed operation; NotAuthorised, or refused by the exchange, and nothing has changed."""
        ledger, index = self.ledger, operation.index
        if ledger.table is None:
            raise NotAuthorised("there is no risk table yet to prove it under; wait for the first one")
        now, owner, nonce = ledger.table.time, ledger.owner(index), ledger.owner_nonce(index)
        check_operation(
            operation,
            self.exchange.domain,
            owner,
            nonce,
            now,
            lambda one: ledger.owner(one) is not None,
            ledger.profile.places,
        )
        if isinstance(operation, Withdraw | NoteOut | TransferOut) and operation.amount < self.least:
            raise NotAuthorised(
                f"at least {self.least} millionths of USDC leave an account at once: each costs a proof"
            )
        witness = witness_of(operation)
        match operation:
            case Withdraw():
                return self.exchange.apply(Debit(index, operation.amount), witness)
            case NoteOut():
                if not ledger.notes_left:
                    raise NotAuthorised("the note tree is full; withdraw to an address instead")
                return self.exchange.apply(Debit(index, operation.amount), witness)
            case TransferOut():
                said = self.exchange.apply(Debit(index, operation.amount), witness)
                return said if _refused(said) else [*said, *self._finish_transfer()]
            case Rotate():
                return self.exchange.rotate(index, operation.trading_key, witness)
            case Cancel():
                return self.exchange.apply(Burn(index, operation.place, operation.authority.nonce), witness)

    def _finish_transfer(self) -> list[Event]:
        """The second half of a transfer, also of one whose first half was the last line before a kill."""
        out = self.ledger.unfinished
        if out is None:
            return []
        into = TransferIn(out.credited, out.amount, out.index)
        return self.exchange.apply(Credit(out.credited, out.amount), witness_of(into))


def _refused(events: list[Event]) -> bool:
    return any(isinstance(event, Refused) for event in events)
