"""
Solvency: what a scan over all accounts adds up, and when that is good enough.

The books balance when the equity of all accounts at the mark is exactly the custody. They are safe when nobody is
beyond close-out: a takeover was always possible, so an operator who spares its friends cannot attest.
"""

from __future__ import annotations

from dataclasses import dataclass

from rollup.spec.account import FUND
from rollup.spec.margin import values_of, violates
from rollup.spec.shared import Status
from rollup.spec.state import State
from rollup.spec.table import RiskTable
from rollup.spec.types import Cash

__all__ = ["Solvency", "scan"]


@dataclass(frozen=True, slots=True)
class Solvency:
    """Totals of a scan."""

    equity: Cash
    accounts: int
    failed: int
    """Accounts other than the fund that are beyond close-out."""
    fund_equity: Cash
    custody: Cash
    open_settled: frozenset[int]
    """Settled slots in which somebody still holds something: not to be recycled yet."""

    @property
    def balanced(self) -> bool:
        """SOL-1: Σ equity = custody."""
        return self.equity == self.custody

    @property
    def safe(self) -> bool:
        """SOL-2: the fund is not in debt and nobody is beyond close-out."""
        return self.failed == 0 and self.fund_equity >= 0

    @property
    def valid(self) -> bool:
        """What the gate on L1 asks for."""
        return self.balanced and self.safe


def scan(state: State, table: RiskTable) -> Solvency:
    """Add up every account of a state at a table."""
    equity, failed, fund_equity, open_settled = 0, 0, 0, set()
    for index, account in state.accounts.items():
        values = values_of(account.vector, table)
        equity += values[0]
        if index == FUND:
            fund_equity = values[0]
        elif violates(values, table.parameters.close_out):
            failed += 1
        open_settled |= {
            slot
            for slot, (quantity, mark) in enumerate(zip(account.vector, table.marks, strict=True))
            if quantity and mark.status == Status.SETTLED
        }
    return Solvency(equity, len(state.accounts), failed, fund_equity, state.custody, frozenset(open_settled))
