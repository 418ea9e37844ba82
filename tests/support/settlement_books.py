"""
The books that a random history of the contract is checked against, and what must hold after every call.

They are kept apart from the contract's own: what every account and note is worth, what came in and went out, when what
happened. `tests/property/settlement` adds the rules by which histories go on.
"""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from typing import Any

from hypothesis.stateful import RuleBasedStateMachine, invariant
from support.settlement_builders import Clearing
from support.settlement_tokens import KEYS, MEMBERS, OPERATOR

from rollup.spec.errors import Rejected
from rollup.spec.settlement import DepositStatus, Payment, ProofKind, Queue, Settings

SHORT = Settings(
    max_age=50,
    liquidate_max_age=20,
    attestation_age=60,
    insolvency_deadline=200,
    deposit_window=80,
    forced_deadline=150,
    liveness_deadline=120,
    claim_delay=30,
    claim_window=100,
    late_account_delay=40,
    escape_price_delay=10,
    exit_window=160,
    timelock=170,
    pause_limit=40,
    pause_interval=120,
    forced_per_block=2,
    forced_doubling=2,
    minimum_deposit=10,
)
"""Windows of seconds, so that a short history sees them all."""


class SettlementBooks(RuleBasedStateMachine):
    """One deployment under test."""

    def __init__(self) -> None:
        super().__init__()
        self.chain = Clearing(SHORT)
        self.chain.patience = 5
        self.deployed = self.chain.now
        self.inside: dict[int, int] = {}
        self.notes: dict[int, tuple[int, int]] = {}
        self.next_note = 0
        self.money_in = self.money_out = self.donated = 0
        self.paid_deposits: set[int] = set()
        self.last_batch = self.last_attested = self.deployed
        self.filed: dict[int, tuple[int, int]] = {}
        self.filed_notes: dict[int, int] = {}
        self.pool: tuple[Fraction, Fraction] | None = None

    def attempt(self, call: Callable[[], Any], *, moves_root: bool = False) -> Any:
        """The result of a call, or None when it was refused, and then nothing has changed."""
        before, root = self.chain.storage.checkpoint(), self.chain.storage.latest_root
        try:
            result = call()
        except Rejected:
            assert self.chain.storage == before
            return None
        assert moves_root or self.chain.storage.latest_root == root
        for payment in result if isinstance(result, tuple) else (result,):
            self.money_out += payment.amount if isinstance(payment, Payment) else 0
        return True if result is None else result

    # -- what always holds

    @invariant()
    def vault_covers_what_is_owed(self) -> None:
        sheet = self.chain.contract.balance_sheet()
        assert sheet.sound
        assert self.money_in == self.money_out + sheet.vault
        if self.chain.storage.frozen_at is None:
            notes = sum(amount for _, amount in self.notes.values())
            assert sheet.inside == sum(self.inside.values()) + notes + self.donated

    @invariant()
    def a_deposit_is_consumed_or_refunded_once(self) -> None:
        storage = self.chain.storage
        states = [deposit.status for deposit in storage.deposits]
        assert {n for n, state in enumerate(states) if state is DepositStatus.REFUNDED} == self.paid_deposits
        waiting = (DepositStatus.QUEUED, DepositStatus.REJECTED)
        assert storage.unrefunded == sum(one.amount for one in storage.deposits if one.status in waiting)

    @invariant()
    def an_index_is_given_when_it_is_used(self) -> None:
        """L1-72: one after the other to registrations that batches consumed, and to no other."""
        storage = self.chain.storage
        registrations = [deposit for deposit in storage.deposits if deposit.owner_hash]
        given = [one.index for one in registrations if one.status is DepositStatus.CONSUMED]
        assert given == list(range(2, storage.next_index))
        assert all(one.index == 0 for one in registrations if one.status is not DepositStatus.CONSUMED)
        assert storage.l1_owners.keys() == {1, *given}

    @invariant()
    def clocks_are_set_back_by_their_own_event_only(self) -> None:
        storage, now = self.chain.storage, self.chain.now
        late = (now - self.last_batch > SHORT.liveness_deadline, now - self.last_attested > SHORT.insolvency_deadline)
        heads = [storage.queues[queue][storage.heads[queue] :] for queue in Queue]
        forced = any(waiting and now - waiting[0].time > SHORT.forced_deadline for waiting in heads)
        names = ("batch", "attestation", "forced request")
        expected = tuple(name for name, is_late in zip(names, (*late, forced), strict=True) if is_late)
        assert self.chain.contract.overdue(now) == expected

    @invariant()
    def a_pause_blocks_nobody_who_leaves(self) -> None:
        """Tried on a copy, whenever a pause is on and the system runs."""
        chain, storage = self.chain, self.chain.storage
        if storage.frozen_at is not None or chain.now >= storage.paused_until:
            return
        with chain.contract.undone():
            for person, amount in list(storage.credits.items()):
                assert not amount or chain.contract.pull(chain.call(person), person).amount == amount
            for index, owner in list(storage.l1_owners.items()):
                if index not in chain.storage.requesting:
                    chain.block += 1
                    chain.contract.request_pay(chain.call(owner, chain.contract.forced_fee()), index, 1)
                chain.contract.top_up(chain.call(owner), index, 10)
            for number, deposit in enumerate(storage.deposits):
                expired = chain.now - deposit.time >= SHORT.deposit_window and deposit.status is DepositStatus.QUEUED
                if expired or deposit.status is DepositStatus.REJECTED:
                    chain.contract.refund(chain.call(), number)

    @invariant()
    def keys_by_which_people_leave_stay(self) -> None:
        verifiers = self.chain.storage.verifiers
        assert all(verifiers[kind] == KEYS[kind] for kind in (ProofKind.WITHDRAW, ProofKind.ESCAPE))
        assert self.chain.storage.operator == OPERATOR and self.chain.storage.governance.members == MEMBERS
