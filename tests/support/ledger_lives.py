"""
A house without a chain, which may be killed at any line: random histories through sequencer and ledger, and again.

    house = Lives(path, history(7, 300, profile=TINY))
    house.open()
    for command in house.story.commands:
        house.carry_out(command)         # raises Killed where `kill_at` says; `open` begins the next life

Who signs, which deposit and which request is made up on the way, as L1 and traders would; keys follow from what the
ledger believes, so that a house that was killed goes on from its journal alone. A ledger notes what it knows after
every line, and two that read the same lines must have noted the same.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from random import Random
from typing import Any

from support.exchange_histories import History
from support.spec_signing import RECIPIENT
from support.spec_values import DOMAIN, FUND_TRADER, REVENUE_TRADER, Trader, element

from rollup.exchange.commands import Burn, Close, Command, Credit, Debit, Place, Register, Rotate, Seal, Table
from rollup.exchange.events import Event, Refused
from rollup.exchange.exchange import Handling
from rollup.exchange.wire import Malformed
from rollup.ledger.decoys import draw
from rollup.ledger.errors import NotAuthorised
from rollup.ledger.ledger import Ledger, SealedBatch
from rollup.ledger.remarks import Rejected, Remark, Swept
from rollup.ledger.witnesses import witness_of, words_of
from rollup.node.intake import Intake
from rollup.node.sequencer import Sequencer
from rollup.spec.account import FUND, REVENUE, keys_hash
from rollup.spec.errors import OutOfRange
from rollup.spec.funds import Authority, Cancel, Deposit, Forced, NoteOut, TransferOut, Withdraw, operation_message
from rollup.spec.funds import Rotate as Rotation
from rollup.spec.orders import Order
from rollup.spec.settlement import PostedTable, Settings, SignedTable
from rollup.spec.shared import Operation, Profile, Status
from rollup.spec.table import RiskTable

__all__ = ["Killed", "Lives", "Noting", "note_of", "posted"]

SECRET = b"operator's secret".ljust(32, b".")
FAR = (1 << 40) - 1
"""When operations expire."""


class Killed(Exception):
    """The process ends here."""


class Noting(Ledger):
    """A ledger that notes what it knows after every line, and what every batch said."""

    def __init__(self, profile: Profile, share: int = 250_000) -> None:
        super().__init__(profile, DOMAIN, FUND_TRADER.owner, REVENUE_TRADER.owner, share)
        self.notes: dict[int, Any] = {}
        self.batches: dict[int, SealedBatch] = {}
        self.on_sealed = lambda batch: self.batches.update({batch.number: batch})

    def take(self, command: Command, witness: bytes, events: Sequence[Event]) -> None:
        super().take(command, witness, events)
        self.notes[self.line] = note_of(self)

    def remark(self, remark: Remark) -> None:
        super().remark(remark)
        self.notes[self.line] = note_of(self)


def note_of(ledger: Ledger) -> tuple[Any, ...]:
    """What a ledger knows between batches, where no batch needs to be planned to say it."""
    queues = ledger.queues
    owners = [(index, ledger.owner(index), ledger.owner_nonce(index)) for index in range(12)]
    return (
        ledger.number,
        (queues.deposit, queues.pay, queues.close, queues.index),
        ledger.waiting,
        ledger.has_business,
        ledger.unfinished,
        ledger.table.root if ledger.table else None,
        sorted(ledger.introduced),
        ledger.state.root,
        owners,
        ledger.notes_left,
    )


class Lives:
    """A journal at a path, and whoever writes to it."""

    def __init__(self, path: Path, story: History, profile: Profile) -> None:
        self.path, self.story, self.profile = path, story, profile
        self.chance = Random(f"lives of {story.seed}")
        self.kill_at: int | None = None
        """Number of the line at which the process ends."""
        self.kill_before = False
        """Whether that is before the line is on disk, or right behind."""

    # -- life and death

    def open(self, ledger: Noting | None = None) -> None:
        """Begin a life from what is on disk."""
        self.ledger = ledger or Noting(self.profile)
        self.sequencer = Sequencer(self.path, DOMAIN, self.story.settings, ledger=self.ledger)
        self.exchange = self.sequencer.exchange
        self.exchange.keys.setdefault(REVENUE, REVENUE_TRADER.owner.trading_key)
        append = self.sequencer.journal.append

        def appended(lines: Any) -> int:
            doomed = self.kill_at is not None and self.sequencer.journal.length + 1 >= self.kill_at
            if doomed and self.kill_before:
                raise Killed
            length = append(lines)
            if doomed:
                raise Killed
            return length

        self.sequencer.journal.append = appended  # type: ignore[method-assign]
        self.intake = Intake(self.sequencer, Settings())

    def close(self) -> None:
        self.sequencer.close()

    # -- what happens

    def carry_out(self, command: Command) -> None:
        """One command of the history, as it would come about."""
        with suppress(NotAuthorised, OutOfRange, Malformed):  # nothing was written
            self._carry_out(command)

    def _carry_out(self, command: Command) -> None:
        ledger, apply = self.ledger, self.exchange.apply
        match command:
            case Place():
                self._place(command)
            case Register():
                self._register(command.account)
            case Credit():
                if self.chance.random() < 0.1:
                    self.sequencer.remark(Rejected(ledger.queues.deposit))
                if ledger.owner(command.account) is not None:
                    self._deposit(command.account, command.amount)
            case Debit(forced=True):
                self.intake.credit_fees()
                if ledger.owner(command.account) is not None:
                    apply(command, witness_of(Forced(command.account, ledger.queues.pay, command.amount)))
            case Debit():
                self.intake.operate(self._movement(command.account, command.amount))
            case Rotate():
                self.intake.operate(self._rotation(command.account))
            case Burn():
                trader = self._trader(command.account)
                authority = self._authority(
                    Operation.CANCEL, command.account, command.place, 0, trader.sign_order, command.nonce
                )
                self.intake.operate(Cancel(command.account, command.place, authority))
            case Close():
                self.intake.credit_fees()
                apply(command, words_of(ledger.queues.close))
            case Table():
                self._sweep_what_goes(command.table)
                self.intake.take_table(command.epoch, command.table, posted(command.epoch, command.table))
            case Seal():
                self.seal()
            case _:
                apply(command)

    def seal(self) -> None:
        """As a node seals."""
        ledger = self.ledger
        if not ledger.has_business or ledger.table is None:
            return
        self.intake.credit_fees()
        if not ledger.plan(()):
            self.sequencer.remark(Swept((REVENUE,)))  # nothing but rejections and tables: a batch has a step
        below = Random(f"decoys of {ledger.number}").randrange
        witness = ledger.prepare(SECRET, draw(ledger.state.accounts, ledger.recent.weights, 32, below))
        self.exchange.apply(Seal(), witness.encode())

    def _place(self, command: Place) -> None:
        order = Order(**{name: getattr(command, name) for name in Order.__dataclass_fields__})
        handling = Handling(**{name: getattr(command, name) for name in Handling.__dataclass_fields__})
        try:
            message = order.message(DOMAIN)
        except ValueError:
            message = 0
        self.exchange.submit(order, self._trader(command.account).sign_order(message), handling)

    def _register(self, account: int) -> None:
        """Introduced, registered and paid in, or what a kill left of that to be done."""
        if self.ledger.owner(account) is not None:
            return
        owner = Trader(f"trader {account}").owner
        if owner.hash not in self.ledger.introduced:
            self.intake.introduce(owner)
        if self.exchange.machine.vector(account) is None and refused(
            self.exchange.register(account, owner.trading_key)
        ):
            return
        operation = Deposit(account, self.ledger.queues.deposit, 1, owner)
        assert not refused(self.exchange.apply(Credit(account, 1), witness_of(operation)))

    def _deposit(self, account: int, amount: int) -> None:
        self.exchange.apply(Credit(account, amount), witness_of(Deposit(account, self.ledger.queues.deposit, amount)))

    def _sweep_what_goes(self, table: RiskTable) -> None:
        """A settled slot is emptied only when nobody holds it any more."""
        present = self.ledger.table
        if present is None or len(table.marks) != len(present.marks):
            return
        marks = zip(present.marks, table.marks, strict=True)
        if any(mark.status == Status.SETTLED != after.status for mark, after in marks):
            everybody = [one for one in range(1 << 3 * self.profile.account_depth) if self.ledger.owner(one)]
            self.sequencer.remark(Swept(tuple(one for one in everybody if one != FUND)))
            self._deposit(FUND, 1)

    # -- who signs

    def _trader(self, index: int) -> Trader:
        """With the keys that count now."""
        trader = {FUND: FUND_TRADER, REVENUE: REVENUE_TRADER}.get(index, Trader(f"trader {index}"))
        owner = self.ledger.owner(index)
        while owner is not None and trader.owner.trading_key != owner.trading_key:
            trader = trader.rotated()
        return trader

    def _authority(
        self, kind: Operation, index: int, amount: int, target: int, sign: Any, nonce: int | None = None
    ) -> Authority:
        nonce = self.ledger.owner_nonce(index) + 1 if nonce is None else nonce
        try:
            message = operation_message(DOMAIN, kind, index, amount, nonce, FAR, target)
        except ValueError:
            message = 0
        return Authority(nonce, FAR, sign(message))

    def _movement(self, index: int, amount: int) -> Withdraw | NoteOut | TransferOut:
        sign = self._trader(index).sign_as_owner
        match self.chance.randrange(3):
            case 0:
                return Withdraw(
                    index, amount, RECIPIENT, self._authority(Operation.WITHDRAW, index, amount, RECIPIENT, sign)
                )
            case 1:
                hidden = element("note", index, self.ledger.owner_nonce(index))
                return NoteOut(index, amount, hidden, self._authority(Operation.NOTE, index, amount, hidden, sign))
            case _:
                target = self.chance.randrange(1, 8)
                return TransferOut(
                    index, amount, target, self._authority(Operation.TRANSFER_OUT, index, amount, target, sign)
                )

    def _rotation(self, index: int) -> Rotation:
        trader = self._trader(index)
        after = trader.rotated().owner
        target = keys_hash(after.owner_key, after.trading_key)
        authority = self._authority(Operation.ROTATE, index, 0, target, trader.sign_as_owner)
        return Rotation(index, after.owner_key, after.trading_key, authority)


def posted(epoch: int, table: RiskTable) -> SignedTable:
    """A table with signatures that only L1 would look at."""
    marks = tuple(mark.word() for mark in table.marks)
    said = PostedTable(epoch, table.time, table.root, table.any_active, marks, table.stress_root, b"inputs")
    return SignedTable(said, (b"\x01" * 65, b"\x02" * 65))


def refused(events: Sequence[Event]) -> bool:
    return any(isinstance(event, Refused) for event in events)
