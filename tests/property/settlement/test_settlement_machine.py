"""
Random histories of the contract, from the first deposit to the last escape, with windows of seconds.

Any call may be refused; a refused one leaves no trace, and what is accepted keeps the invariants of `settlement_books`.
"""

from __future__ import annotations

from fractions import Fraction

from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from hypothesis.stateful import initialize, precondition, rule
from support.settlement_books import SHORT, SettlementBooks
from support.settlement_tokens import ALICE, ANYONE, BOB, CAROL, GUARDIAN

from rollup.spec.settlement import Queue, SetGuardian
from rollup.spec.shared import StepKind

PEOPLE = st.sampled_from([ALICE, BOB, CAROL])
AMOUNTS = st.one_of(st.integers(1, 40), st.integers(0, 5_000))
INDICES = st.integers(0, 6)
ANY = st.integers(0, 1 << 30)


running = precondition(lambda self: self.chain.storage.frozen_at is None)
stopped = precondition(lambda self: self.chain.storage.frozen_at is not None)
"""What a stopped system refuses is shown by unit tests; here it would only take the place of claims."""


class SettlementMachine(SettlementBooks):
    """An operator who is honest about money and careless about everything else, and people who try anything."""

    # -- anybody, at any time

    @rule(seconds=st.sampled_from([1, 7, 19, 31, 60]))
    def wait(self, seconds: int) -> None:
        self.chain.wait(seconds)

    @initialize(people=st.lists(PEOPLE, min_size=1, max_size=3))
    def some_members(self, people: list[int]) -> None:
        for person in people:
            self.register(person, 1_000)
        self.batch(0, [(1024, 300), (2049, 50)], False, 0)

    @running
    @rule(person=PEOPLE, amount=AMOUNTS)
    def register(self, person: int, amount: int) -> None:
        if self.attempt(lambda: self.chain.register(person, amount)) is not None:
            self.money_in += amount

    @running
    @rule(person=PEOPLE, index=INDICES, amount=AMOUNTS)
    def top_up(self, person: int, index: int, amount: int) -> None:
        if self.attempt(lambda: self.chain.contract.top_up(self.chain.call(person), index, amount)) is not None:
            self.money_in += amount

    @rule(number=st.integers(0, 12))
    def refund(self, number: int) -> None:
        if self.attempt(lambda: self.chain.contract.refund(self.chain.call(), number)) is not None:
            assert number not in self.paid_deposits
            self.paid_deposits.add(number)

    @rule(person=PEOPLE)
    def pull(self, person: int) -> None:
        self.attempt(lambda: self.chain.contract.pull(self.chain.call(person), person))

    @running
    @rule(stranger=st.booleans(), index=INDICES, asked=AMOUNTS, close=st.booleans())
    def request(self, stranger: bool, index: int, asked: int, close: bool) -> None:
        person = ANYONE if stranger else self.chain.storage.l1_owners.get(index, ANYONE)
        call = self.chain.call(person, self.chain.contract.forced_fee())
        contract = self.chain.contract
        if close:
            self.attempt(lambda: contract.request_close(call, index))
        else:
            self.attempt(lambda: contract.request_pay(call, index, asked))

    @rule(amount=st.integers(1, 50))
    def donate(self, amount: int) -> None:
        self.attempt(lambda: self.chain.contract.donate(self.chain.call(), amount))
        self.money_in += amount
        self.donated += amount

    @rule()
    def post(self) -> None:
        self.attempt(self.chain.post)

    @running
    @rule(duration=st.integers(0, 50), early=st.booleans())
    def pause(self, duration: int, early: bool) -> None:
        guardian = self.chain.call(GUARDIAN)
        if early:
            self.attempt(lambda: self.chain.contract.unpause(guardian))
        else:
            self.attempt(lambda: self.chain.contract.pause(guardian, duration))

    @running
    @rule(number=st.integers(0, 3), execute=st.booleans())
    def govern(self, number: int, execute: bool) -> None:
        if execute:
            self.attempt(lambda: self.chain.contract.execute(self.chain.call(), number))
        else:
            self.attempt(lambda: self.chain.decide(SetGuardian(GUARDIAN)))

    @running
    @rule()
    def neglect(self) -> None:
        """The operator stays away for too long."""
        self.chain.wait(SHORT.liveness_deadline + 1)
        self.freeze()

    @running
    @rule()
    def freeze(self) -> None:
        due = bool(self.chain.contract.overdue(self.chain.now)) and self.chain.storage.frozen_at is None
        assert (self.attempt(lambda: self.chain.contract.freeze(self.chain.call())) is not None) == due

    # -- the operator

    @running
    @rule(rejects=st.integers(0, 2), moves=st.lists(st.tuples(ANY, ANY), max_size=3), trade=st.booleans(), late=ANY)
    def batch(self, rejects: int, moves: list[tuple[int, int]], trade: bool, late: int) -> None:
        """Consume what is queued, serve what is demanded, and let accounts withdraw and make notes."""
        chain, storage = self.chain, self.chain.storage
        inside, notes, headers = dict(self.inside), dict(self.notes), []
        head = storage.next_deposit
        young = [chain.now - deposit.time < SHORT.deposit_window for deposit in storage.deposits[head:]]
        stale = next((place for place, is_young in enumerate(young) if is_young), len(young))
        rejected = tuple(range(head, min(head + max(rejects if late % 3 == 0 else 0, stale), len(storage.deposits))))
        for number in range(head + len(rejected), len(storage.deposits))[:2]:
            index = chain.index_due(number, rejected)
            headers.append(chain.deposit(number, rejected))
            inside[index] = inside.get(index, 0) + storage.deposits[number].amount
        pay, close = (storage.queues[queue][storage.heads[queue] :] for queue in Queue)
        if pay and late % 2:
            served = min(pay[0].asked, inside.get(pay[0].index, 0))
            headers.append(chain.forced(storage.heads[Queue.PAY], pay[0].index, served, pay[0].asked))
            inside[pay[0].index] = inside.get(pay[0].index, 0) - served
        for choice, amount in moves:
            index = sorted(inside)[choice % len(inside)] if inside else None
            if index in (None, 0) or len(headers) == 4:
                continue
            moved = amount % (inside[index] + 1)
            inside[index] -= moved
            if choice & 1024:
                notes[self.next_note + len(notes)] = (index, moved)
            else:
                headers.append(chain.withdrawal(index, moved, storage.l1_owners.get(index, ANYONE)))
        steps = [chain.step(headers=headers)] + [chain.step(StepKind.TRADE)] * trade
        if close and late % 5:
            index, request = close[0].index, storage.heads[Queue.CLOSE]
            steps.append(chain.step(StepKind.LIQUIDATE, headers=[chain.closed(request, index, inside.get(index, 0))]))
            inside[index] = 0
        submitted = self.attempt(lambda: chain.batch(*steps, rejected=rejected), moves_root=True)
        if submitted is not None:
            self.inside, self.notes, self.last_batch = inside, notes, chain.now
            self.next_note += 100

    @running
    @rule(choice=ANY)
    def attest(self, choice: int) -> None:
        """Of the newest root, or of any other."""
        roots = list(self.chain.storage.roots)
        root = roots[-1] if choice % 2 else roots[choice % len(roots)]
        if self.attempt(lambda: self.chain.attest(root=root)) is not None:
            self.last_attested = max(self.last_attested, self.chain.storage.roots[root].time)

    # -- leaving

    @precondition(lambda self: self.notes)
    @rule(choice=ANY)
    def claim_note(self, choice: int) -> None:
        name = sorted(self.notes)[choice % len(self.notes)]
        label, amount = self.notes[name]
        owner = self.chain.storage.l1_owners[label]
        done = self.attempt(lambda: self.chain.withdraw(self.chain.voucher(amount, owner, name, label=label)))
        if self.chain.storage.frozen_at is None:
            assert done is not None
        if done is not None:
            del self.notes[name]
            if done == ():
                self.filed_notes[len(self.filed_notes)] = amount

    @stopped
    @rule(index=INDICES, percent=st.sampled_from([100, 100, 50, 250]))
    def claim_account(self, index: int, percent: int) -> None:
        """At escape prices, where what one wins another may not be able to lose."""
        claim = self.inside.get(index, 0) * percent // 100
        owner = self.chain.storage.l1_owners.get(index, ANYONE)
        done = self.attempt(lambda: self.chain.escape(index, owner, claim))
        if done is not None:
            assert index not in self.filed and index != 0
            self.filed[index] = (claim, -1) if done else (claim, 0)

    @stopped
    @rule(index=INDICES, note=st.booleans())
    def pay(self, index: int, note: bool) -> None:
        """Each filed claim its exact share, in whatever order."""
        contract = self.chain.contract
        if self.pool is None and self.attempt(lambda: contract.close_window(self.chain.call())) is not None:
            storage = self.chain.storage
            have = storage.vault - storage.credits_total - storage.unrefunded
            notes, claims = sum(self.filed_notes.values()), sum(claim for claim, _ in self.filed.values())
            left = max(0, have - notes)
            ratios = Fraction(have, max(notes, 1)), Fraction(left, max(claims, 1))
            self.pool = min(Fraction(1), ratios[0]), min(Fraction(1), ratios[1])
        if note:
            paid = self.attempt(lambda: contract.pay_note(self.chain.call(), index))
            if paid is not None:
                assert self.pool is not None
                assert sum(payment.amount for payment in paid) == int(self.filed_notes[index] * self.pool[0])
            return
        paid = self.attempt(lambda: contract.pay_claim(self.chain.call(), index))
        if paid is not None:
            assert self.pool is not None
            claim, once = self.filed[index]
            assert (paid.amount, once) == (int(claim * self.pool[1]), 0)
            self.filed[index] = (claim, 1)


SettlementMachine.TestCase.settings = hypothesis_settings(
    stateful_step_count=70, max_examples=3 * hypothesis_settings.default.max_examples
)
TestSettlement = SettlementMachine.TestCase
