"""
The exchange's twin and the law side by side: a history is traded, netted batch by batch, and every step applied.

    run = LedgerRun(history.settings, PROFILE)
    for command in history.commands:
        run.carry_out(command)
    run.end_batch()
    assert run.differences() == {}

Whoever runs an exchange knows what it does not: who signed, which deposit, which request. Here that is made up on the
way, with keys and signatures that the law accepts.
"""

from __future__ import annotations

from itertools import count

from support.spec_signing import Signing
from support.spec_values import DOMAIN, GENESIS, Trader, element

from rollup.exchange.commands import (
    Burn,
    Close,
    Command,
    Credit,
    Debit,
    Fees,
    Place,
    Register,
    Rotate,
    Seal,
    Table,
    Tick,
    decode,
    encode,
)
from rollup.exchange.events import Accepted, Event, Refused
from rollup.exchange.events import decode as decode_event
from rollup.exchange.settings import Settings
from rollup.exchange.twin import Twin
from rollup.exchange.wire import frames
from rollup.ledger.netting import Entry, Key, Planned, SignedOrder, net, signed
from rollup.spec.account import FUND, REVENUE
from rollup.spec.funds import Cancel, Decoy, Deposit, Forced, Funding
from rollup.spec.margin import sweep
from rollup.spec.shared import Operation, Profile, Status
from rollup.spec.state import State, Suspense
from rollup.spec.step import Applied, Frame, Step, apply
from rollup.spec.table import RiskTable

__all__ = ["LedgerRun"]

FAR = (1 << 40) - 1
"""When operations of a run expire."""


class LedgerRun(Signing):
    """A twin, a state of the law, and the log between them that is not proven yet."""

    def __init__(self, settings: Settings, profile: Profile) -> None:
        super().__init__()
        self.profile, self.twin = profile, Twin(settings)
        self.traders = dict(GENESIS)
        self.state = State.genesis(profile, DOMAIN, GENESIS[FUND].owner, GENESIS[REVENUE].owner)
        self.entries: list[Entry] = []
        self.orders: dict[Key, SignedOrder] = {}
        self.first_table: RiskTable | None = None
        """In force where the batch begins."""
        self.planned: list[Planned] = []
        """All that was planned so far, and below, applied."""
        self.applied: list[Applied] = []
        self.number, self.deposits, self.requests = 0, count(), count(1)

    # -- the exchange

    def carry_out(self, command: Command) -> list[Event]:
        """One command; fees are credited before, and settled positions swept, where the law asks for it."""
        if isinstance(command, Rotate | Burn) and command.account == FUND:
            return []  # the fund signs nothing, and its keys never change (FND-3): no ledger sends this
        if isinstance(command, Close | Seal | Table) or (isinstance(command, Debit) and command.forced):
            self.credit_fees()
        if isinstance(command, Table):
            self._sweep_what_goes(command.table)
        operations = self._proof_of(command)
        said = self._log(command, operations)
        if isinstance(command, Seal):
            self.end_batch()
        return said

    def credit_fees(self) -> None:
        if self.twin.world.fees:
            self._log(Fees(REVENUE, self.twin.world.fees), ())

    def _log(self, command: Command, operations: tuple[Funding, ...]) -> list[Event]:
        record = encode(command)
        said = [decode_event(event) for event in frames(self.twin.apply(record))]
        refused = any(isinstance(event, Refused) for event in said)
        request = next(self.requests) if isinstance(command, Close) and not refused else 0
        self.entries.append(Entry(decode(record), tuple(said), operations, request))
        if refused:
            return said
        if isinstance(command, Place) and any(isinstance(event, Accepted) for event in said):
            key = (command.account, command.place, command.nonce)
            order = signed(command, GENESIS[FUND].sign_order(0)).order
            self.orders[key] = SignedOrder(order, self.sign(order))
        if isinstance(command, Rotate):
            self.traders[command.account] = self.traders[command.account].rotated()
        return said

    def _proof_of(self, command: Command) -> tuple[Funding, ...]:
        """What the law wants to see of a command, signed by whoever may; for a refused one nobody looks at it."""
        match command:
            case Register():
                if command.account not in self.twin.world.members:
                    self.traders.setdefault(command.account, Trader(f"trader {command.account}"))
                owner = self.traders[command.account].owner
                return (Deposit(command.account, next(self.deposits), 0, owner),)
            case Credit():
                return (Deposit(command.account, next(self.deposits), command.amount),)
        if isinstance(command, Debit | Rotate | Burn) and command.account in self.traders:
            match command:
                case Debit():
                    if command.forced:
                        return (Forced(command.account, next(self.requests), command.amount),)
                    if command.account != FUND:
                        return (self.withdraw(command.account, command.amount, expiry=FAR),)
                case Rotate():
                    return (self.rotate(command.account, expiry=FAR),)
                case Burn():
                    authority = self.authority(
                        Operation.CANCEL, command.account, command.place, 0, command.nonce, expiry=FAR
                    )
                    return (Cancel(command.account, command.place, authority),)
        return ()

    def _sweep_what_goes(self, table: RiskTable) -> None:
        """A settled slot is emptied only when nobody holds it any more; an operation of no business sweeps."""
        present = self.twin.world.table
        if present is None or len(table.marks) != len(present.marks):
            return
        going = [
            slot
            for slot, (mark, after) in enumerate(zip(present.marks, table.marks, strict=True))
            if mark.status == Status.SETTLED != after.status
        ]
        if going:
            for account in list(self.twin.world.members):
                if account != FUND:
                    self.entries.append(Entry(Tick(self.twin.world.now), (), (Decoy(account),)))
            # The fund is swept by whatever touches it; a deposit of nothing does.
            self.entries.append(Entry(Tick(self.twin.world.now), (), (Deposit(FUND, next(self.deposits), 0),)))

    # -- the law

    def end_batch(self) -> list[Applied]:
        """Net what was logged, and apply every step; nothing may be owed at the end."""
        self.credit_fees()
        self.number += 1
        random = count(1)
        planned = net(
            self.entries,
            self.state.accounts,
            self.first_table,
            self.profile,
            self.orders,
            decoys=sorted(self.state.accounts),
            random=lambda: element("custody", self.number, next(random)),
        )
        owed, steps = Suspense.settled(self.profile), []
        for place, plan in enumerate(planned):
            blind = 0 if plan.settled else element("suspense", self.number, place)
            frame = Frame(self.number, place, element("salt", self.number, place), blind)
            applied = apply(Step(frame, plan.body), self.state, owed, plan.table)
            assert applied.suspense.is_zero == plan.settled
            self.state, owed = applied.state, applied.suspense
            steps.append(applied)
        assert owed.is_zero, owed
        self.planned += planned
        self.applied += steps
        self.entries, self.first_table = [], self.twin.world.table
        return steps

    def differences(self) -> dict[int, tuple[object, object]]:
        """Accounts of which twin and law do not hold the same vector and order places."""
        found: dict[int, tuple[object, object]] = {}
        marks = self.twin.world.table.marks if self.twin.world.table else ()
        for index, member in self.twin.world.members.items():
            account = self.state.accounts[index]
            law = (sweep(account.vector, marks) if marks else account.vector, account.places)
            twin = (tuple(member.vector), tuple(member.places))
            if law != twin:
                found[index] = (law, twin)
        if self.state.custody != self.twin.world.custody:
            found[-1] = (self.state.custody, self.twin.world.custody)
        return found
