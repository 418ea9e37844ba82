"""
The contract: every external function, as transactions.

A function that refuses leaves no trace, whatever it had done by then. Reads are at the end.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec, TypeVar

from rollup.spec.settlement import (
    attestations,
    batches,
    claims,
    deposits,
    forced,
    governance,
    notes,
    tables,
    vault,
)
from rollup.spec.settlement.calls import Wei
from rollup.spec.settlement.records import PostedTable
from rollup.spec.settlement.settings import Deployment
from rollup.spec.settlement.storage import Storage
from rollup.spec.settlement.vault import BalanceSheet
from rollup.spec.types import Time

__all__ = ["Settlement"]

P = ParamSpec("P")
T = TypeVar("T")


def external(function: Callable[Concatenate[Storage, P], T]) -> Callable[Concatenate[Settlement, P], T]:
    """A function of storage as a call of the contract: all of it happens or nothing."""

    @wraps(function)
    def transaction(self: Settlement, /, *args: P.args, **kwargs: P.kwargs) -> T:
        checkpoint = self.storage.checkpoint()
        try:
            return function(self.storage, *args, **kwargs)
        except Exception:
            self.storage = checkpoint
            raise

    return transaction


class Settlement:
    """The clearing house on L1."""

    def __init__(self, deployment: Deployment) -> None:
        self.storage = Storage.deployed(deployment)

    @property
    def deployment(self) -> Deployment:
        return self.storage.deployment

    # Money in and out.
    register = external(deposits.register)
    top_up = external(deposits.top_up)
    refund = external(deposits.refund)
    pull = external(vault.pull)
    push = external(vault.push)
    pull_fee = external(vault.pull_fee)
    donate = external(vault.donate)
    # Demands of L1 owners.
    request_pay = external(forced.request_pay)
    request_close = external(forced.request_close)
    # The operator, the committee, and anyone who attests.
    list_instrument = external(tables.list_instrument)
    post_table = external(tables.post_table)
    submit_batch = external(batches.submit_batch)
    scan = external(attestations.scan)
    attest = external(attestations.attest)
    # Governance, guardian, providers.
    propose = external(governance.propose)
    approve = external(governance.approve)
    oppose = external(governance.oppose)
    execute = external(governance.execute)
    pause = external(governance.pause)
    unpause = external(governance.unpause)
    publish_association = external(governance.publish_association)
    # Claims, and the end.
    withdraw = external(notes.withdraw)
    freeze = external(attestations.freeze)
    escape = external(claims.escape)
    close_window = external(claims.close_window)
    pay_claim = external(claims.pay_claim)
    pay_note = external(claims.pay_note)

    def balance_sheet(self) -> BalanceSheet:
        """What the vault holds against what it owes."""
        return vault.balance_sheet(self.storage)

    def forced_fee(self) -> Wei:
        """What the next forced request costs."""
        return forced.fee_of_next(self.storage)

    def gate_is_open(self, now: Time) -> bool:
        """Whether trade steps may use tables with active slots."""
        return attestations.gate_is_open(self.storage, now)

    def overdue(self, now: Time) -> tuple[str, ...]:
        """Which clocks have run out, so that anyone may freeze."""
        return attestations.overdue(self.storage, now)

    def escape_prices(self) -> PostedTable | None:
        """The table that escape claims are valued at, as far as it is known."""
        return claims.escape_prices(self.storage)
