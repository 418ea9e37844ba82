"""
The twin: the exchange in readable Python, and what the native core must agree with to the bit.

One command in, the events that follow from it out. A refused command says so and changes nothing.
"""

from __future__ import annotations

from rollup.exchange import commands as c
from rollup.exchange import events as e
from rollup.exchange.codes import Code
from rollup.exchange.settings import Settings
from rollup.exchange.twin.digest import digest
from rollup.exchange.twin.engine import Refusal
from rollup.exchange.twin.epochs import Epochs
from rollup.exchange.twin.margin import reserves, values
from rollup.exchange.twin.matching import CASH_BOUND
from rollup.exchange.twin.queries import Queries
from rollup.exchange.twin.state import Member
from rollup.exchange.wire import framed
from rollup.spec.account import FUND, REVENUE
from rollup.spec.hashes import keccak
from rollup.spec.margin import free_collateral, holds_halted, owed_on_close, violates
from rollup.spec.orders import FULL, NONCE_REACH
from rollup.spec.shared import Width
from rollup.spec.table import CASH_SLOT, MILLION

__all__ = ["LIMIT_BITS", "Twin"]

LIMIT_BITS = (Width.PRICE, 32, 36, 48)
"""Bits of a tick, and of lots of an order, an account and everybody: all sums of the native core then fit 127 bits."""


class Twin(Queries, Epochs):
    """The exchange, one command after the other."""

    def __init__(self, settings: Settings) -> None:
        super().__init__(settings)
        for account in (FUND, REVENUE):
            self.world.members[account] = Member.new(account, settings)

    def apply(self, record: bytes) -> bytes:
        """Carry out one command of the log; the events that followed, as a stream."""
        command = c.decode(record)
        self.said = []
        try:
            self.carry_out(command, record)
        except Refusal as refusal:
            self.said = [e.Refused(refusal.account, refusal.code)]
        return b"".join(framed(e.encode(event)) for event in self.said)

    def state_hash(self) -> bytes:
        """keccak256 of everything that is remembered."""
        return digest(self.world)

    def carry_out(self, command: c.Command, record: bytes) -> None:
        """Which verb a command asks for."""
        match command:
            case c.Place():
                self.place(command, int.from_bytes(keccak(record)[:8], "little"))
            case c.Cancel():
                self.cancel(command)
            case c.CancelAll():
                self.end_all(self.member(command.account), Code.CANCELLED, command.slot)
            case c.Heartbeat():
                member = self.member(command.account)
                member.deadline = self.world.now + command.seconds if command.seconds else 0
            case c.Table():
                self.take_table(command)
            case c.Tick():
                self.tick(command.time)
            case c.Seal():
                self.say(e.Sealed(len(self.world.legs)))
                self.world.legs.clear()
            case c.Limits():
                self.limit(command)
            case c.Register():
                self.register(command.account)
            case c.Credit():
                self.credit(command.account, command.amount)
            case c.Debit():
                self.debit(command)
            case c.Rotate():
                self.rotate(command.account)
            case c.Fees():
                self.share_fees(command)
            case c.Close():
                self.close(command.account)
            case c.Burn():
                self.burn(command)

    # -- orders taken back

    def cancel(self, command: c.Cancel) -> None:
        order = self.member(command.account).orders.get(command.place)
        if order is None or order.words.nonce != command.nonce:
            raise Refusal(Code.UNKNOWN_ORDER, command.account)
        self.end(order, Code.CANCELLED)

    def rotate(self, account: int) -> None:
        """What the old keys signed ends; the fund has none that sign."""
        member = self.member(account)
        if account == FUND:
            raise Refusal(Code.NOT_A_TRADER, FUND)
        self.end_all(member, Code.KEYS_ROTATED)

    def burn(self, command: c.Burn) -> None:
        """A signed cancel that the state remembers."""
        member = self.member(command.account)
        if command.account == FUND:
            raise Refusal(Code.NOT_A_TRADER, FUND)
        if command.place >= len(member.places):
            raise Refusal(Code.NO_SUCH_PLACE, command.account)
        last = self.world.stored_nonce(member, command.place)
        if command.nonce < last:
            raise Refusal(Code.STALE_NONCE, command.account)
        if command.nonce >= min(last + NONCE_REACH, 1 << Width.NONCE):
            raise Refusal(Code.NONCE_TOO_FAR, command.account)
        order = member.orders.get(command.place)
        if order is not None and order.words.nonce <= command.nonce:
            self.end(order, Code.CANCELLED)
        member.places[command.place] = FULL + (command.nonce << Width.QUANTITY)
        member.next_nonce[command.place] = max(member.next_nonce[command.place], command.nonce + 1)
        self.say(e.Burnt(command.account, command.place, command.nonce))

    # -- accounts and money

    def limit(self, command: c.Limits) -> None:
        if not 0 < command.slot < self.world.settings.slots:
            raise Refusal(Code.UNKNOWN_SLOT)
        bounds = zip((command.tick, command.order, command.position, command.interest), LIMIT_BITS, strict=True)
        if not command.tick or any(value >> bits for value, bits in bounds) or command.least >= CASH_BOUND:
            raise Refusal(Code.MALFORMED)
        self.world.books[command.slot].limits = command

    def register(self, account: int) -> None:
        if account in self.world.members or account >= self.world.settings.accounts:
            raise Refusal(Code.ALREADY_REGISTERED, account)
        self.world.members[account] = Member.new(account, self.world.settings)

    def credit(self, account: int, amount: int) -> None:
        member = self.member(account)
        if not amount:
            raise Refusal(Code.NO_QUANTITY, account)
        if self.world.custody + amount >= 1 << Width.CUSTODY - 1:
            raise Refusal(Code.TOO_LARGE, account)
        self.world.custody += amount
        member.vector[CASH_SLOT] += amount
        self.say(e.Moved(account, amount))
        self.tell_standing(member)

    def debit(self, command: c.Debit) -> None:
        """A withdrawal: what is asked for, if it is free; a forced one as much as is free, whatever orders stand."""
        member = self.member(command.account)
        if command.account == FUND:
            raise Refusal(Code.NOT_A_TRADER, FUND)
        if not command.amount:
            raise Refusal(Code.NO_QUANTITY, command.account)
        if self.world.table is None:
            raise Refusal(Code.NO_TABLE, command.account)
        if self.stale(self.world.settings.table_age):
            raise Refusal(Code.STALE_TABLE, command.account)
        if command.forced:
            free = free_collateral(values(member, self.table))
            self.pay(member, min(command.amount, free, self.world.custody))
            self.cover(member, Code.MARGIN_SHORT)
            return
        member.vector[CASH_SLOT] -= command.amount
        solvent, _ = reserves(self.world, member)
        member.vector[CASH_SLOT] += command.amount
        if not solvent or command.amount > self.world.custody:
            raise Refusal(Code.INSUFFICIENT, command.account)
        self.pay(member, command.amount)

    def pay(self, member: Member, amount: int) -> None:
        self.world.custody -= amount
        member.vector[CASH_SLOT] -= amount
        self.say(e.Moved(member.account, -amount))

    def share_fees(self, command: c.Fees) -> None:
        """Fees go where they may: to the fund or to revenue, and no more than were collected."""
        if command.account not in (FUND, REVENUE):
            raise Refusal(Code.NOT_A_TRADER, command.account)
        if not 0 < command.amount <= self.world.fees:
            raise Refusal(Code.INSUFFICIENT, command.account)
        self.world.fees -= command.amount
        self.world.members[command.account].vector[CASH_SLOT] += command.amount

    def close(self, account: int) -> None:
        """LIQ-12: what is free at κ_ex is owed, and paid as far as custody reaches; the fund has the rest."""
        member = self.member(account)
        if account == FUND:
            raise Refusal(Code.NOT_A_TRADER, FUND)
        if self.world.table is None:
            raise Refusal(Code.NO_TABLE, account)
        if self.stale(self.world.settings.liquidation_age):
            raise Refusal(Code.STALE_TABLE, account)
        self.end_all(member, Code.CLOSED_BY_FORCE)
        fund, parameters = self.world.members[FUND], self.table.parameters
        row, vector = values(member, self.table), tuple(member.vector)
        owed = owed_on_close(row, MILLION if holds_halted(vector, self.table.marks) else parameters.exit)
        given = tuple(one + other for one, other in zip(values(fund, self.table), row, strict=True))
        if violates(tuple(value - owed for value in given), parameters.maintenance):
            owed = owed_on_close(row, MILLION)
        paid = min(owed, self.world.custody)
        self.world.custody -= paid
        self.hand_over(member)
        fund.vector[CASH_SLOT] -= owed
        member.vector[CASH_SLOT] = owed - paid
        self.say(e.Closed(account, owed, paid))
