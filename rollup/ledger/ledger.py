"""
The ledger: the journal's lines, folded into what is proven of them.

It reads every line with what the exchange said to it, and keeps what the law will ask for: signed orders, whose keys
are whose, the next deposit and request of L1's queues. A seal ends a batch: its lines are netted into steps, the law
applies them, and the state moves on. The same lines give the same steps, word by word: whatever is random about a batch
follows from its seal's witness, which is on disk before anything of the batch is shown.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from rollup.exchange.commands import Close, Command, Fees, Place, Seal, Table, Tick
from rollup.exchange.events import (
    Closed,
    Deleveraged,
    Ended,
    Event,
    Filled,
    Reduced,
    TakenOver,
    Unloaded,
)
from rollup.ledger.decoys import Recent
from rollup.ledger.errors import NothingToProve, OtherPlan, UnreadableLine
from rollup.ledger.netting import Entry, Key, Planned, SignedOrder, net, signed
from rollup.ledger.remarks import Introduced, Keyed, Rejected, Remark, Swept
from rollup.ledger.sealing import MOST_GAS, before_last, content_of, cut, framed, gas_of, seed_of
from rollup.ledger.witnesses import SealWitness, operation_of, request_of, signature_in, signed_table_of
from rollup.spec.account import REVENUE, Owner
from rollup.spec.funds import (
    Authority,
    Cancel,
    Decoy,
    Deposit,
    Forced,
    Funding,
    NoteOut,
    TransferOut,
)
from rollup.spec.funds import Rotate as Rotation
from rollup.spec.settlement import SignedTable
from rollup.spec.shared import Profile
from rollup.spec.state import State, Suspense
from rollup.spec.step import Applied, Step, apply
from rollup.spec.table import RiskTable
from rollup.spec.types import FieldElement, Index

__all__ = ["Ledger", "SealedBatch"]

PROVEN = Filled | Reduced | TakenOver | Unloaded | Deleveraged | Closed
"""Events that a batch must prove."""


@dataclass(frozen=True)
class SealedBatch:
    """A batch as the law applied it."""

    number: int
    line: int
    """Number of the journal's line that sealed it."""
    before: State
    steps: tuple[Applied, ...]
    tables: tuple[SignedTable, ...]
    """Those that it uses, by rising epoch."""
    rejected: tuple[int, ...]

    @property
    def state(self) -> State:
        return self.steps[-1].state

    @property
    def table(self) -> RiskTable:
        """Under which it ends."""
        return self.steps[-1].table


@dataclass
class Queues:
    """What comes next of L1's queues; everything before it is in the journal."""

    deposit: int = 0
    pay: int = 0
    close: int = 0
    index: Index = REVENUE + 1
    """That the next registration gets."""


class Ledger:
    """From genesis on."""

    def __init__(
        self,
        profile: Profile,
        domain: FieldElement,
        fund: Owner,
        revenue: Owner,
        decoy_share: int = 0,
        most_gas: int = MOST_GAS,
    ) -> None:
        """
        `decoy_share`, in ppm, is the part of every step's lanes that is kept for decoys, `most_gas` what one batch
        costs at most; both are those of seals to come, and stand in each.
        """
        self.profile, self.decoy_share, self.most_gas = profile, decoy_share, most_gas
        self.state = State.genesis(profile, domain, fund, revenue)
        """After the last batch that was sealed."""
        self.number, self.line = 0, 0
        """Of that batch, and of the journal's last line."""
        self.introduced: dict[FieldElement, Owner] = {}
        """By owner hash."""
        self.queues = Queues()
        self.recent = Recent()
        self.table: RiskTable | None = None
        """In force now, as the committee signed it."""
        self.on_sealed: Callable[[SealedBatch], None] = lambda _: None
        self._tables: dict[FieldElement, SignedTable] = {}
        self._orders: dict[Key, SignedOrder] = {}
        self._begin()
        self._resume: tuple[int, int, State] | None = None
        self._prepared: tuple[SealWitness, list[SealedBatch]] | None = None

    def _begin(self) -> None:
        """A batch with nothing in it."""
        self._first_table, self._entries = self.table, list[Entry]()
        self._gone: set[Key] = set()
        self._owners: dict[Index, Owner] = {}
        self._owner_nonces: dict[Index, int] = {}
        self._transfer: TransferOut | None = None
        self._rejected: list[int] = []
        self._notes = 0

    # -- questions

    @property
    def waiting(self) -> int:
        """Lines that the next batch has to prove."""
        return len(self._entries)

    @property
    def has_business(self) -> bool:
        """Whether there is a reason for a batch."""
        return bool(self._rejected) or self.has_steps

    @property
    def has_steps(self) -> bool:
        """Whether a batch sealed now would have a step."""
        return any(
            not isinstance(entry.command, Table) or any(isinstance(event, PROVEN) for event in entry.events)
            for entry in self._entries
        )

    @property
    def unfinished(self) -> TransferOut | None:
        """A transfer whose first half is in the journal and whose second half is not."""
        return self._transfer

    @property
    def notes_left(self) -> int:
        """Room in the note tree, those of the next batch counted."""
        return (1 << 3 * self.profile.note_depth) - self.state.note_count - self._notes

    def owner(self, index: Index) -> Owner | None:
        """Whose account it is, by the keys that count from now on."""
        account = self.state.accounts.get(index)
        return self._owners.get(index) or (account.owner if account else None)

    def owner_nonce(self, index: Index) -> int:
        """The largest number that an operation of its owner carried."""
        account = self.state.accounts.get(index)
        return self._owner_nonces.get(index, account.owner_nonce if account else 0)

    # -- reading

    def take(self, command: Command, witness: bytes, events: Sequence[Event]) -> None:
        """One line of the journal, and what the exchange said to it."""
        self.line += 1
        operations: tuple[Funding, ...] = ()
        match command:
            case Seal():
                self._seal(SealWitness.decode(witness))
                return
            case Place():
                self._orders[command.account, command.place, command.nonce] = signed(command, signature_in(witness))
            case Table():
                self.table, posted = signed_table_of(command, witness)
                self._tables[self.table.root] = posted
                command = Table(command.epoch, self.table)
            case _ if (operation := operation_of(command, witness)) is not None:
                operations = self._operate(operation)
        request = request_of(witness) if isinstance(command, Close) else 0
        if isinstance(command, Close):
            self.queues.close = request + 1
        for event in events:
            if isinstance(event, Ended) or (isinstance(event, Filled) and event.remaining == 0):
                self._gone.add((event.account, event.place, event.nonce))
        if operations or isinstance(command, Table | Fees) or any(isinstance(event, PROVEN) for event in events):
            self._entries.append(Entry(command, tuple(events), operations, request))

    def remark(self, remark: Remark) -> None:
        """A line that the exchange knows nothing of."""
        self.line += 1
        match remark:
            case Introduced(owner):
                self.introduced[owner.hash] = owner
            case Rejected(number):
                self.queues.deposit = number + 1
                self._rejected.append(number)
            case Swept(accounts):
                self._entries += [Entry(Tick(0), (), (Decoy(index),)) for index in accounts]
            case Keyed():
                pass  # the door's alone

    def _operate(self, operation: Funding) -> tuple[Funding, ...]:
        """What a movement of money or keys changes for those that follow; the group that the law takes."""
        match operation:
            case Deposit():
                self.queues.deposit = operation.id + 1
                if operation.owner is not None:
                    self.queues.index = operation.index + 1
                    self._owners[operation.index] = operation.owner
            case Forced():
                self.queues.pay = operation.request + 1
            case NoteOut():
                self._notes += 1
            case TransferOut():
                self._transfer = operation
            case Rotation():
                owner = self.owner(operation.index)
                if owner is None:
                    raise UnreadableLine(f"account {operation.index} changes its keys before it has any")
                self._owners[operation.index] = owner.rotated(operation.owner_key, operation.trading_key)
            case _:
                pass
        authority = getattr(operation, "authority", None)
        if isinstance(authority, Authority) and not isinstance(operation, Cancel):
            self._owner_nonces[operation.index] = authority.nonce
        if isinstance(operation, TransferOut):
            return ()
        if self._transfer is not None:
            group: tuple[Funding, ...] = (self._transfer, operation)
            self._transfer = None
            return group
        return (operation,)

    # -- sealing

    def plan(self, decoys: Sequence[Index], share: int | None = None, fees: int = 0) -> list[Planned]:
        """The steps that would prove what is at hand, `fees` credited; custody's randomness is not in them yet."""
        credited = [Entry(Fees(REVENUE, fees), ())] if fees else []
        return net(
            [*self._entries, *credited],
            self.state.accounts,
            self._first_table,
            self.profile,
            self._orders,
            decoys=decoys,
            random=lambda: 0,
            share=self.decoy_share if share is None else share,
        )

    def gas(self, fees: int) -> int:
        """What a batch sealed now would cost on L1, about, with these fees credited; 0 before the first table."""
        if self.table is None or not self.has_steps:
            return 0
        return sum(map(gas_of, self.plan((), fees=fees)))

    def prepare(self, secret: bytes, decoys: Sequence[Index], attempt: int = 1) -> SealWitness:
        """
        What to seal with: everything is tried before the seal is in the journal.

        A seal that the law did not take would stand there for ever.
        """
        plan = self.plan(decoys)
        if not plan:
            raise NothingToProve
        content = content_of(plan)
        seed = seed_of(secret, self.number + 1, attempt, self.state, content)
        witness = SealWitness(attempt, seed, self.decoy_share, self.most_gas, content, tuple(decoys))
        self._prepared = (witness, [replace(one, line=self.line + 1) for one in self._applied(plan, witness)])
        return witness

    def resume_from(self, line: int, number: int, state: State) -> None:
        """Believe what an earlier reading came to at a line, instead of planning all batches up to it again."""
        self._resume = (line, number, state)

    def _seal(self, witness: SealWitness) -> None:
        owners = self._owners
        if self._resume is None or self.line > self._resume[0]:
            for batch in self._sealed(witness):
                self.number, self.state = batch.number, batch.state
                self.recent.add(touch.index for step in batch.steps for touch in step.touches)
                self.on_sealed(batch)
        elif self.line == self._resume[0]:
            _, self.number, self.state = self._resume
            self._resume = None
        for key in self._gone:
            self._orders.pop(key, None)
        if self.table is not None:
            self._tables = {self.table.root: self._tables[self.table.root]}
        self._begin()
        if self._resume is not None:
            self._owners = owners  # the state does not know them before it is resumed

    def _sealed(self, witness: SealWitness) -> list[SealedBatch]:
        """The batches of a seal: as they were prepared, or planned anew from the journal, to the same content."""
        prepared, self._prepared = self._prepared, None
        if prepared is not None and prepared[0] == witness and prepared[1][0].line == self.line:
            return prepared[1]
        plan = self.plan(witness.decoys, witness.share)
        if content_of(plan) != witness.content:
            raise OtherPlan(self.number + 1)
        return self._applied(plan, witness)

    def _applied(self, plan: Sequence[Planned], witness: SealWitness) -> list[SealedBatch]:
        """The law takes every step; what it refuses would be a defect of ours, and nothing has changed then."""
        state, owed, batches, place = self.state, Suspense.settled(self.profile), list[SealedBatch](), 0
        rejected = list(self._rejected)
        parts = cut(plan, witness.most_gas)
        for number, part in enumerate(parts, start=self.number + 1):
            before, steps = state, list[Applied]()
            for planned in part:
                frame, body = framed(planned, witness.seed, number, len(steps), place)
                steps.append(apply(Step(frame, body), state, owed, planned.table))
                state, owed, place = steps[-1].state, steps[-1].suspense, place + 1
            passed = rejected if number == self.number + len(parts) else before_last(rejected, part)
            rejected = rejected[len(passed) :]
            tables = tuple({step.table.root: self._tables[step.table.root] for step in steps}.values())
            batches.append(SealedBatch(number, self.line, before, tuple(steps), tables, tuple(passed)))
        return batches
