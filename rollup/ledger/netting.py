"""
Netting: from the exchange's log of one batch to the steps that prove it.

The log is read in its order, and order is kept for each account: its fills gather until something else happens to it,
and then become touches. Everything of different accounts may change places, since a touch looks at one account alone
and suspense carries what is bought and not yet sold; only the fund meets others, and its moves keep their order too. So
the log is planned in rounds, each first trade steps, then liquidate steps, then funds steps, and a new round begins
where an account would be touched out of turn, where the table changes, and around what L1 forces.

Nothing may be owed where a table ends, where L1 forces, and at the end. Matches net out by themselves; fees do not, so
the log credits them before (`Fees`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from rollup.exchange.commands import Close, Command, Fees, Place, Table
from rollup.exchange.events import Closed, Deleveraged, Event, Filled, Moved, Reduced, Refused, TakenOver, Unloaded
from rollup.ledger.errors import NoSuchOrder
from rollup.ledger.funds import after_operation
from rollup.ledger.liquidations import Drafts
from rollup.ledger.planner import Planned, Planner
from rollup.ledger.touches import SignedOrder, Touch, touches_of
from rollup.spec.account import FUND, Account
from rollup.spec.funds import Deposit, FeeCredit, Forced, Funding
from rollup.spec.liquidate import Reduction
from rollup.spec.margin import sweep
from rollup.spec.orders import Leg, Order
from rollup.spec.shared import Profile, Side
from rollup.spec.table import CASH_SLOT, RiskTable
from rollup.spec.types import FieldElement, Index, Signature, Vector

__all__ = ["Entry", "Key", "Planned", "SignedOrder", "net", "signed"]

Key = tuple[Index, int, int]
"""What names an order for ever: account, place, nonce."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One command of the log, what followed from it, and what the law asks for beside."""

    command: Command
    events: tuple[Event, ...]
    operations: tuple[Funding, ...] = ()
    """What proves a movement of money, of keys or a burnt place: a deposit's number, an owner's signature."""
    request: int = 0
    """The number that L1 gave a forced close."""


def signed(command: Place, signature: Signature) -> SignedOrder:
    """The order that a command carries the words of."""
    order = Order(
        command.account,
        command.slot,
        command.listing,
        command.side,
        command.limit,
        command.quantity,
        command.max_fee_ppm,
        command.place,
        command.nonce,
        command.expiry,
        command.reduce_only,
    )
    return SignedOrder(order, signature)


def net(
    entries: Iterable[Entry],
    accounts: Mapping[Index, Account],
    table: RiskTable | None,
    profile: Profile,
    orders: Mapping[Key, SignedOrder],
    *,
    decoys: Sequence[Index] = (),
    random: Callable[[], FieldElement],
    share: int = 0,
) -> list[Planned]:
    """
    Plan a batch: the log since the last one, on the accounts and under the table that it left.

    `orders` are those that may have been filled, resting ones of earlier batches among them; `decoys` accounts to touch
    without business, in turn; `random` gives the commitment of custody its randomness, and decoys their places among
    operations; `share`, in ppm, is the part of every step that is kept for decoys.
    """
    netting = _Netting(accounts, orders, Planner(accounts, table, profile, decoys, random, share))
    for entry in entries:
        netting.take(entry)
    netting.settle("the batch ends")
    return netting.plan.planned


class _Netting:
    """One batch being read."""

    def __init__(self, accounts: Mapping[Index, Account], orders: Mapping[Key, SignedOrder], plan: Planner) -> None:
        self.accounts = dict(accounts)
        """As they are after everything that was read; the planner's are as they are after its steps."""
        self.orders, self.plan = orders, plan
        self._begin()

    def _begin(self) -> None:
        """A round with nothing in it."""
        self.fills: dict[Index, list[Leg]] = {}
        self.touches: dict[Index, list[Touch]] = {}
        (room,) = self.plan.rooms(self.plan.profile.liquidations)
        self.drafts = Drafts(self.plan.profile, room)
        self.operations: list[tuple[Funding, ...]] = []
        self.liquidated: set[Index] = set()
        self.funded: set[Index] = set()

    # -- reading

    def take(self, entry: Entry) -> None:
        """Read one command with all that followed."""
        if any(isinstance(event, Refused) for event in entry.events):
            return
        if isinstance(entry.command, Table):
            if self.plan.in_force is not None:
                self.settle("the table changes")
            self.plan.in_force = entry.command.table
        for event in entry.events:
            match event:
                case Filled():
                    self.fill(event)
                case Reduced():
                    leg = Reduction(event.slot, event.side, event.quantity, event.cash, event.penalty)
                    self.reduce(event.account, leg)
                case TakenOver():
                    self.take_over(event.account)
                case Unloaded():
                    self.unload(Reduction(event.slot, event.side, event.quantity, event.cash))
                case Deleveraged():
                    self.deleverage(event.account, Reduction(event.slot, event.side, event.quantity, event.cash))
                case Closed():
                    self.close(event, entry.request)
                case _:
                    pass
        operations = entry.operations
        if isinstance(entry.command, Fees):
            operations = (FeeCredit(entry.command.account, entry.command.amount),)
        if operations and not isinstance(entry.command, Close):
            paid = -sum(event.amount for event in entry.events if isinstance(event, Moved))
            self.operate(operations, paid)

    def fill(self, event: Filled) -> None:
        """A leg, gathered."""
        if event.account in self.liquidated or event.account in self.funded:
            self.end_round()
        key = (event.account, event.place, event.nonce)
        order = self.orders.get(key)
        if order is None:
            raise NoSuchOrder(*key)
        self.fills.setdefault(event.account, []).append(order.leg(event.quantity, event.cash, event.fee))

    def reduce(self, account: Index, leg: Reduction) -> None:
        before = self._liquidates(account)
        self.drafts.reduce(account, before, leg, self.plan.table)
        self._change(account, _with(before, leg, self.plan.table))
        self._change(FUND, _plus(self._swept(FUND), (leg.penalty,)))

    def take_over(self, account: Index) -> None:
        before = self._liquidates(account)
        self.drafts.take_over(account, before)
        self._change(account, (0,) * len(before))
        self._change(FUND, _plus(self._swept(FUND), before))

    def unload(self, leg: Reduction) -> None:
        before = self._liquidates(FUND)
        self.drafts.unload(before, leg, self.plan.table)
        self._change(FUND, _with(before, leg, self.plan.table))

    def deleverage(self, account: Index, leg: Reduction) -> None:
        before = self._liquidates(account)
        self.drafts.deleverage(account, before, leg)
        self._change(account, _with(before, leg, self.plan.table))
        mirror = replace(leg, side=Side(1 - leg.side))
        self._change(FUND, _with(self._swept(FUND), mirror, self.plan.table))

    def close(self, event: Closed, request: int) -> None:
        """Alone, where nothing is owed: L1 forces it."""
        self.settle("an account is closed by force")
        before = self._liquidates(event.account)
        self.drafts.close(event.account, before, request)
        self._change(event.account, (event.owed - event.paid, *(0,) * (len(before) - 1)))
        self._change(FUND, _plus(_plus(self._swept(FUND), before), (-event.owed,)))
        self.end_round()

    def operate(self, operations: tuple[Funding, ...], paid: int) -> None:
        """Operations of one command, together."""
        forced = any(isinstance(operation, Forced) for operation in operations)
        if forced:
            self.settle("L1 forces a payment")
        for operation in operations:
            self._gathered(operation.index)
            if isinstance(operation, Deposit) and operation.owner is not None:
                account = Account.opened(operation.owner, self.plan.profile)
                self.accounts[operation.index] = replace(account, vector=_plus(account.vector, (operation.amount,)))
            else:
                before = self.accounts[operation.index]
                self.accounts[operation.index] = after_operation(before, operation, paid, self.plan.marks)
            self.funded.add(operation.index)
        self.operations.append(operations)
        if forced:
            self.end_round()

    def _liquidates(self, account: Index) -> Vector:
        """What the clearing house finds in an account; the fund is in all that it does."""
        if self.funded & {account, FUND}:
            self.end_round()
        self._gathered(account)
        self.liquidated |= {account, FUND}
        return self._swept(account)

    def _gathered(self, account: Index) -> None:
        """What an account was filled becomes touches, since something else comes now."""
        fills = self.fills.pop(account, None)
        if fills:
            touches = touches_of(account, self.accounts[account], fills, self.plan.table, self.plan.profile.legs)
            self.touches.setdefault(account, []).extend(touches)
            self.accounts[account] = touches[-1].after

    def _swept(self, account: Index) -> Vector:
        return sweep(self.accounts[account].vector, self.plan.table.marks)

    def _change(self, account: Index, vector: Vector) -> None:
        self.accounts[account] = replace(self.accounts[account], vector=vector)

    # -- rounds

    def settle(self, before: str) -> None:
        """End a round after which nothing is owed."""
        self.end_round()
        self.plan.demand_settled(before)

    def end_round(self) -> None:
        """Plan what was gathered."""
        for account in list(self.fills):
            self._gathered(account)
        self.plan.trades(self.touches)
        self.plan.liquidations(self.drafts.waiting)
        self.plan.funds(self.operations)
        for index in self.liquidated | self.funded:
            self.plan.accounts[index] = self.accounts[index]
        self._begin()


def _with(vector: Vector, leg: Reduction, table: RiskTable) -> Vector:
    """A vector after a reduction and its penalty."""
    after = list(vector)
    after[leg.slot] += leg.sign * leg.quantity
    after[CASH_SLOT] -= leg.sign * (leg.cash - leg.quantity * table.marks[leg.slot].funding) + leg.penalty
    return tuple(after)


def _plus(vector: Vector, change: Sequence[int]) -> Vector:
    """A vector with some more, slot by slot."""
    return tuple(one + more for one, more in zip(vector, (*change, *(0,) * (len(vector) - len(change))), strict=True))
