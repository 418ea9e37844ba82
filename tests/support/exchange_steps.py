"""
The whole law beside the exchange: every event becomes a step on a state, with trees, signatures and suspense.

Slower than the mirror, which asks the rules alone, and stricter: here nothing is assumed but what the traders signed.
Fees are lent to the revenue when a forced request must find nothing owed, so the two are compared together.
"""

from __future__ import annotations

from collections.abc import Sequence

from support.exchange_law import order_of
from support.spec_builders import World, close, deleverage, liquidation, takeover
from support.spec_values import Trader

from rollup.exchange import commands as c
from rollup.exchange import events as e
from rollup.exchange.twin.state import World as Exchange
from rollup.spec.account import FUND, REVENUE
from rollup.spec.funds import Decoy, Deposit, FeeCredit, Forced
from rollup.spec.liquidate import Reduction
from rollup.spec.margin import sweep
from rollup.spec.orders import Leg
from rollup.spec.shared import Profile, Status
from rollup.spec.table import RiskTable

__all__ = ["Steps"]


class Steps:
    """An observer that carries everything out again, as the steps of batches that are proven."""

    def __init__(self, profile: Profile) -> None:
        self.world = World(profile=profile)
        self.words: dict[int, c.Place] = {}
        self.requests = 0

    def before(self, command: c.Command, world: Exchange) -> None:
        pass

    def after(self, command: c.Command, said: Sequence[e.Event], world: Exchange) -> None:
        if any(isinstance(one, e.Refused) for one in said):
            return
        match command:
            case c.Register():
                self.world.traders[command.account] = Trader(f"trader {command.account}")
                self._deposit(command.account, 0, new=True)
            case c.Rotate():
                self.world.funds(self.world.rotate(command.account))
            case c.Fees():
                raise AssertionError("fees are the batch's matter here: leave them out of the history")
        for event in said:
            self._carry_out(command, event)
        assert not any(self.world.suspense.vector), "something is owed between commands"

    def compare(self, exchange: Exchange) -> None:
        """All accounts are the same, and so is custody."""
        state, marks = self.world.state, self.world.table.marks
        assert state.custody == exchange.custody
        assert set(state.accounts) == set(exchange.members)
        for index, account in state.accounts.items():
            vector, member = list(sweep(account.vector, marks)), exchange.members[index]
            expected = list(member.vector)
            if index == REVENUE:
                vector[0] += self.world.suspense.fees
                expected[0] += exchange.fees
            assert vector == expected, index
            assert account.places == tuple(member.places), index

    def _carry_out(self, command: c.Command, event: e.Event) -> None:
        world = self.world
        match event:
            case e.Accepted():
                assert isinstance(command, c.Place)
                self.words[event.order] = command
            case e.TableTaken():
                assert isinstance(command, c.Table)
                self._take(command.table)
            case e.Filled():
                order = order_of(self.words[event.order])
                world.trade(wide=[[Leg(order, world.sign(order), event.quantity, event.cash, event.fee)]])
            case e.Moved():
                self._move(command, event)
            case e.Burnt():
                world.funds(world.cancel(event.account, event.place, event.nonce))
            case e.Reduced():
                leg = (event.slot, event.side, event.quantity, event.cash, event.penalty)
                world.liquidate(liquidation(event.account, leg))
            case e.TakenOver():
                world.liquidate(takeover(event.account))
            case e.Unloaded():
                world.liquidate(fund=[Reduction(event.slot, event.side, event.quantity, event.cash)])
            case e.Deleveraged():
                world.liquidate(deleverage(event.account, (event.slot, event.side, event.quantity, event.cash)))
            case e.Closed():
                self._settle_fees()
                before = world.state.custody
                world.liquidate(close(event.account, self._request()))
                assert before - world.state.custody == event.paid
                assert world.account(event.account).vector[0] == event.owed - event.paid

    def _move(self, command: c.Command, event: e.Moved) -> None:
        if event.amount > 0:
            self._deposit(event.account, event.amount)
            return
        assert isinstance(command, c.Debit)
        if not command.forced:
            self.world.funds(self.world.withdraw(event.account, -event.amount))
            return
        self._settle_fees()
        before = self.world.state.custody
        self.world.funds(Forced(event.account, self._request(), command.amount))
        assert self.world.state.custody - before == event.amount

    def _deposit(self, account: int, amount: int, *, new: bool = False) -> None:
        owner = self.world.traders[account].owner if new else None
        self.world.funds(Deposit(account, self._request(), amount, owner))

    def _take(self, table: RiskTable) -> None:
        """Before a settled slot is emptied, everybody is touched, the fund in a step of its own kind."""
        marks = zip(self.world.table.marks, table.marks, strict=True)
        if any(old.status == Status.SETTLED != new.status for old, new in marks):
            for index in self.world.state.accounts:
                if index != FUND:
                    self.world.funds(Decoy(index))
            self.world.liquidate()
        self.world.table = table

    def _settle_fees(self) -> None:
        if self.world.suspense.fees:
            self.world.funds(FeeCredit(REVENUE, self.world.suspense.fees))

    def _request(self) -> int:
        self.requests += 1
        return self.requests
