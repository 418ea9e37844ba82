"""
Solvency: what a scan over all accounts adds up, and when that is good enough.

The books balance when the equity of all accounts at the mark is exactly the custody. They are safe when nobody is
beyond close-out: a takeover was always possible, so an operator who spares its friends cannot attest.

A scan is a chain of proofs, because no single one could hold all accounts. Each adds some groups of eight leaves to
running totals, from the first leaf on; between two proofs the totals are hidden in a hash, and only the last opens
what matters. Indices are given out in order, so the chain covers what is used and the last proof shows the rest empty.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from rollup.spec.account import FUND, Account
from rollup.spec.errors import Rejected
from rollup.spec.hashes import field, hash_list, tagged
from rollup.spec.margin import values_of, violates
from rollup.spec.shared import PUBLIC_INPUTS, Profile, Status, Tag
from rollup.spec.state import State
from rollup.spec.table import RiskTable
from rollup.spec.types import Cash, FieldElement, Index

__all__ = [
    "GROUP",
    "NO_TOTALS",
    "ScanPart",
    "ScanStatement",
    "Solvency",
    "Totals",
    "check_chain",
    "is_safe",
    "scan",
    "scan_length",
    "scan_parts",
]

GROUP = 8
"""Leaves under one node: what a proof of a scan takes at a time."""

NO_TOTALS: FieldElement = 0
"""What stands for the totals before the first proof of a scan and after the last; no hash is 0."""


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


@dataclass(frozen=True, slots=True)
class Totals:
    """What the proofs of a scan hand on."""

    squares: tuple[int, ...]
    """Σ v² of every settled slot over the accounts so far: 0 exactly if nobody holds it. Of other slots, 0."""
    position: int = 0
    """The first group that is not counted yet."""
    equity: Cash = 0
    accounts: int = 0
    failed: int = 0
    fund_solvent: bool = False

    @classmethod
    def none(cls, profile: Profile) -> Totals:
        """Nothing counted, at the first leaf."""
        return cls((0,) * profile.slots)

    def elements(self) -> list[FieldElement]:
        """As they are hashed; cash is never settled, so it has no square."""
        counts = (self.position, field(self.equity), self.accounts, self.failed, int(self.fund_solvent))
        return [*counts, *self.squares[1:]]

    def hash(
        self, domain: FieldElement, state_root: FieldElement, risk_root: FieldElement, blind: FieldElement
    ) -> FieldElement:
        """SOL-3: blinded, and bound to what they are totals of: a chain of two states has no witness."""
        counted = hash_list(Tag.SOLVENCY, self.elements())
        return tagged(Tag.SOLVENCY, domain, state_root, risk_root, counted, blind)

    def plus(self, index: Index, account: Account, table: RiskTable) -> Totals:
        """With one more account; SOL-6: the fund may be beyond close-out, but not in debt."""
        equity = values_of(account.vector, table)[0]
        squares = [
            total + quantity**2 if mark.status == Status.SETTLED else total
            for total, quantity, mark in zip(self.squares, account.vector, table.marks, strict=True)
        ]
        return replace(
            self,
            squares=tuple(squares),
            equity=self.equity + equity,
            accounts=self.accounts + 1,
            failed=self.failed + int(index != FUND and not is_safe(account, table)),
            fund_solvent=equity >= 0 if index == FUND else self.fund_solvent,
        )


def is_safe(account: Account, table: RiskTable) -> bool:
    """Whether an account is not beyond close-out."""
    return not violates(values_of(account.vector, table), table.parameters.close_out)


@dataclass(frozen=True, slots=True)
class ScanStatement:
    """What one proof of a scan says in public; SOL-7: whatever it opens is 0 unless it is the last."""

    domain: FieldElement
    state_root: FieldElement
    risk_root: FieldElement
    totals_before: FieldElement
    totals_after: FieldElement
    accounts: int = 0
    failed: int = 0
    balanced: int = 0
    fund_solvent: int = 0
    empty_slots: int = 0
    """Bit j is set when slot j is settled and nobody holds it."""
    custody_commit: FieldElement = 0

    @property
    def inputs(self) -> tuple[FieldElement, ...]:
        """As a verifier takes them."""
        return tuple(getattr(self, name) for name in PUBLIC_INPUTS["solvency"])

    @property
    def valid(self) -> bool:
        """SOL-1 and SOL-2, of a scan that ends here."""
        return self.balanced == 1 and self.fund_solvent == 1 and self.failed == 0


@dataclass(frozen=True)
class ScanPart:
    """One proof of a scan, with all that its prover knows."""

    state: State
    table: RiskTable
    before: Totals
    after: Totals
    ends: bool
    blind_before: FieldElement = 0
    blind_after: FieldElement = 0

    @property
    def begins(self) -> bool:
        return self.before.position == 0

    @property
    def counted(self) -> int:
        """Groups of this proof."""
        return self.after.position - self.before.position

    @cached_property
    def statement(self) -> ScanStatement:
        """SOL-7: sums stay inside; two of them would betray what left between two scans."""
        state, table, after = self.state, self.table, self.after
        names = (state.domain, state.root, table.root)
        totals_before = NO_TOTALS if self.begins else self.before.hash(*names, self.blind_before)
        if not self.ends:
            return ScanStatement(*names, totals_before, after.hash(*names, self.blind_after))
        return ScanStatement(
            *names,
            totals_before,
            NO_TOTALS,
            after.accounts,
            after.failed,
            int(after.equity == state.custody),
            int(after.fund_solvent),
            sum(
                1 << slot
                for slot, (mark, square) in enumerate(zip(table.marks, after.squares, strict=True))
                if mark.status == Status.SETTLED and square == 0
            ),
            state.custody_commitment,
        )


def scan_length(state: State) -> int:
    """Proofs of a scan: as many as it takes to the group of the last account."""
    return -(-(max(state.accounts) // GROUP + 1) // state.profile.groups)


def scan_parts(state: State, table: RiskTable, blinds: Sequence[FieldElement]) -> list[ScanPart]:
    """The proofs of a scan, in order; a random blinding for each boundary between two of them."""
    groups, last = state.profile.groups, scan_length(state) - 1
    everything = 8 ** (state.profile.account_depth - 1)
    found: list[ScanPart] = []
    totals = Totals.none(state.profile)
    for number in range(last + 1):
        before, end = totals, min(totals.position + groups, everything)
        for index in range(GROUP * before.position, GROUP * end):
            if index in state.accounts:
                totals = totals.plus(index, state.accounts[index], table)
        totals = replace(totals, position=end)
        blind_before = blinds[number - 1] if number else 0
        blind_after = 0 if number == last else blinds[number]
        found.append(ScanPart(state, table, before, totals, number == last, blind_before, blind_after))
    return found


def check_chain(statements: Sequence[ScanStatement]) -> ScanStatement:
    """What a whole scan says, if every one of its proofs verified: what the last one opens."""
    if not statements:
        raise Rejected("SOL-3", "has no proof", statements)
    totals = NO_TOTALS
    for number, statement in enumerate(statements):
        if statement.totals_before != totals:
            raise Rejected("SOL-3", "takes up other totals than the proof before left", number)
        same = all(
            getattr(statement, name) == getattr(statements[0], name) for name in ("domain", "state_root", "risk_root")
        )
        if not same:
            raise Rejected("SOL-3", "is of another domain, state or table", number)
        totals = statement.totals_after
        if (totals == NO_TOTALS) != (number == len(statements) - 1):
            raise Rejected("SOL-5", "does not end with its last proof", number)
    return statements[-1]
