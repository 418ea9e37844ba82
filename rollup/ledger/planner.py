"""
From what a round gathered to steps: trades, then liquidations, then money; free lanes go to decoys.

The planner keeps what the steps so far have done: which accounts exist, what waits in them to be swept, and what is
owed, exactly as the law will count it when it applies them.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from rollup.ledger.errors import NoTable, StillOwed
from rollup.ledger.funds import funds_steps, mixed
from rollup.ledger.liquidations import Draft
from rollup.ledger.touches import Touch, district_of, trade_steps
from rollup.spec.account import FUND, REVENUE, Account
from rollup.spec.funds import Decoy, FeeCredit, Funding
from rollup.spec.liquidate import Reduction
from rollup.spec.margin import holds_settled, sweep
from rollup.spec.orders import Leg
from rollup.spec.shared import Profile
from rollup.spec.step import Body
from rollup.spec.table import CASH_SLOT, MILLION, Marks, RiskTable
from rollup.spec.types import FieldElement, Index

__all__ = ["Planned", "Planner"]


@dataclass(frozen=True, slots=True)
class Planned:
    """A step to be proven."""

    body: Body
    table: RiskTable
    settled: bool
    """Whether nothing is owed after it, which the blinding of suspense depends on."""


class Planner:
    """Steps of one batch, in their order."""

    def __init__(
        self,
        accounts: Mapping[Index, Account],
        table: RiskTable | None,
        profile: Profile,
        decoys: Sequence[Index],
        random: Callable[[], FieldElement],
        share: int = 0,
    ) -> None:
        self.accounts = dict(accounts)
        """As the steps so far leave them."""
        self.in_force, self.profile, self.random = table, profile, random
        self.decoys, self.share = deque(decoys), share
        self.planned: list[Planned] = []
        self.owed, self.fees = [0] * profile.slots, 0

    @property
    def table(self) -> RiskTable:
        """The table in force; what was logged before the first one waits for it."""
        if self.in_force is None:
            raise NoTable
        return self.in_force

    @property
    def marks(self) -> Marks:
        """What is swept: nothing before the first table."""
        return self.in_force.marks if self.in_force else ()

    def rooms(self, *lanes: int) -> tuple[int, ...]:
        """
        How many of a step's lanes, sort by sort, business may have.

        The others are decoys': at least their share of all of them, lanes of the first sort before those of the next,
        but never all of a sort.
        """
        kept, rooms = -(-sum(lanes) * self.share // MILLION), []
        for sort in lanes:
            rooms.append(max(1, sort - kept))
            kept -= sort - rooms[-1]
        return tuple(rooms)

    def trades(self, touches: Mapping[Index, Sequence[Touch]]) -> None:
        """Steps in which every touch has its lane."""
        narrow, wide = self.rooms(self.profile.narrow, self.profile.wide)
        for step, done in trade_steps(touches, self.profile, self._trade_decoy, (narrow, wide)):
            for index, touch in done:
                self.accounts[index] = touch.after
                for leg in touch.legs:
                    self._owe(leg.order.slot, leg)
                    self.fees += leg.fee
            self._plan(step)

    def liquidations(self, drafts: Sequence[Draft]) -> None:
        """What was done without signatures."""
        for draft in drafts:
            for leg in draft.through_suspense:
                self._owe(leg.slot, leg)
            self._plan(draft.step(self.profile, self._decoy, self.random()))

    def funds(self, operations: Sequence[tuple[Funding, ...]]) -> None:
        """Money, keys, burnt places, fees."""
        (room,) = self.rooms(self.profile.operations)
        for body in funds_steps(operations, self.profile, self._decoy, self.random, room):
            self.fees -= sum(one.amount for one in body.operations if isinstance(one, FeeCredit))
            self._plan(mixed(body, self.random()))

    def demand_settled(self, before: str) -> None:
        """Nothing may be owed here."""
        if any(self.owed) or self.fees:
            raise StillOwed(before, self.owed, self.fees)

    def _plan(self, body: Body) -> None:
        self.planned.append(Planned(body, self.table, not any(self.owed) and not self.fees))

    def _owe(self, slot: int, leg: Leg | Reduction) -> None:
        """The clearing house takes the other side, as the law does."""
        self.owed[slot] -= leg.sign * leg.quantity
        self.owed[CASH_SLOT] += leg.sign * (leg.cash - leg.quantity * self.table.marks[slot].funding)

    # -- decoys

    def _decoy(self) -> Index:
        """Any account but the fund that the steps so far have registered."""
        return self._next(lambda index: index in self.accounts) or REVENUE

    def _trade_decoy(self, district: int, narrow: bool, here: Sequence[Index]) -> Index:
        """An account of a district; for a narrow lane one in which nothing waits to be swept."""

        def serves(index: Index) -> bool:
            if index == FUND or index not in self.accounts or district_of(index, self.profile) != district:
                return False
            return not narrow or not holds_settled(self.accounts[index].vector, self.marks)

        found = self._next(serves) or next((index for index in (*here, *self.accounts) if serves(index)), None)
        if found is None:
            # All of this district hold something settled: an operation without business sweeps one of them first.
            found = here[0]
            account = self.accounts[found]
            self.accounts[found] = replace(account, vector=sweep(account.vector, self.marks))
            self.funds([(Decoy(found),)])
        return found

    def _next(self, serves: Callable[[Index], bool]) -> Index | None:
        """The next decoy that serves; it goes to the end of the row."""
        for index in tuple(self.decoys):
            if index != FUND and serves(index):
                self.decoys.remove(index)
                self.decoys.append(index)
                return index
        return None
