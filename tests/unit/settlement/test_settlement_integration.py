"""The law and its settlement together: real steps, headers, roots and suspense, with tokens only for the proofs."""

from __future__ import annotations

from dataclasses import replace

import pytest
from support.settlement_builders import Clearing
from support.settlement_tokens import ANYONE, Proof, posted_table
from support.spec_builders import RECIPIENT, REVENUE_TRADER, World, close, table_of
from support.spec_values import DOMAIN, NOW, PERPETUAL, Trader, element

from rollup.spec.funds import Deposit, Forced
from rollup.spec.notes import note_secrets, nullifier_hash
from rollup.spec.settlement import Batch, Payment, PostedTable, context_of
from rollup.spec.settlement.headers import word_count
from rollup.spec.solvency import scan
from rollup.spec.step import kind_of
from rollup.spec.table import RiskTable
from rollup.spec.words import pack, unpack

RICH = 1_000_000


class Together:
    """A world whose batches are settled; notes made and not claimed are counted by hand."""

    def __init__(self) -> None:
        self.world = World(table_of(PERPETUAL))
        self.world.batch = 1
        genesis = {"genesis_root": self.world.state.root, "revenue_owner": REVENUE_TRADER.owner.l1_owner}
        self.chain = Clearing(**genesis)
        self.notes = 0
        self.post(self.world.table)

    def post(self, table: RiskTable) -> PostedTable:
        self.chain.epoch += 1
        return self.chain.post(posted_table(table, self.chain.epoch))

    def move(self, table: RiskTable) -> None:
        """Time passes until a table's; it is posted and used from now on."""
        self.chain.wait(table.time - self.chain.now)
        self.post(table)
        self.world.table = table

    def l1(self, index: int) -> int:
        return self.world.traders[index].owner.l1_owner

    def register(self, name: str, amount: int = RICH) -> int:
        """Queue a registration; returns its id."""
        owner = Trader(name).owner
        return self.chain.register(owner.l1_owner, amount, owner.hash)

    def join(self, *names: str) -> list[int]:
        """Members, through queue and batch."""
        operations = []
        for name in names:
            number = self.register(name)
            index, amount = self.chain.index_due(number), self.chain.storage.deposits[number].amount
            self.world.traders[index] = Trader(name)
            operations.append(Deposit(index, number, amount, Trader(name).owner))
        self.world.funds(*operations)
        self.settle()
        return [operation.index for operation in operations]

    def batch(self) -> Batch:
        applied = [one for one in self.world.history if one.step.frame.batch == self.world.batch]
        return self.chain.posted(*applied)

    def settle(self, **parts: object) -> None:
        self.chain.submit(replace(self.batch(), **parts))
        self.world.end_batch()
        assert self.chain.storage.latest_root == self.world.state.root
        assert self.chain.contract.balance_sheet().inside == self.world.state.custody + self.notes
        assert self.chain.contract.balance_sheet().sound


@pytest.fixture
def together() -> Together:
    """Alice is account 2, Bob 3."""
    together = Together()
    assert together.join("alice", "bob") == [2, 3]
    return together


def test_real_steps_have_the_words_that_l1_counts(together: Together) -> None:
    world = together.world
    world.trade()
    world.funds()
    world.liquidate()
    for applied in world.history:
        assert len(applied.words) == word_count(world.profile, kind_of(applied.step.body))
    together.settle()


def test_a_batch_of_every_kind_settles(together: Together) -> None:
    """Trade across steps with suspense open, transfer, note, withdrawal, forced payment, forced close."""
    chain, world = together.chain, together.world
    chain.contract.request_pay(chain.call(together.l1(2), 10**16), 2, 5_000)
    chain.contract.request_close(chain.call(together.l1(3), 10**16), 3)
    world.cross(2, 3, 1, 10, 1_000, fee=5)
    world.credit_fees()
    world.funds(world.transfer(3, 2, 1_000), world.note(2, 700), world.withdraw(2, 300))
    together.notes = 700
    world.funds(Forced(2, 0, 5_000))
    world.liquidate(close(3, request=0))
    together.settle()
    paid = chain.storage.credits
    assert paid[RECIPIENT] == 300
    assert paid[together.l1(2)] == 5_000
    assert paid[together.l1(3)] == RICH - 1_000 - 5 - 1_000  # The stress of 10 lots stays with a fund that has nothing.
    assert chain.contract.pull(chain.call(RECIPIENT), RECIPIENT) == Payment(RECIPIENT, 300)


def test_a_note_made_inside_is_claimed_once_outside(together: Together) -> None:
    chain, world = together.chain, together.world
    world.funds(world.note(2, 700))
    together.notes = 700
    together.settle()
    nullifier, _ = note_secrets(world.traders[2].note_key, DOMAIN, 2, world.account(2).owner_nonce)
    claim = chain.voucher(700, together.l1(2), label=2, nullifier_hash=nullifier_hash(nullifier, 0))
    assert chain.withdraw(claim) == (Payment(together.l1(2), 700),)
    together.notes = 0
    with chain.refuses("L1-110"):
        chain.withdraw(replace(claim, context=context_of(ANYONE, 0, 0), recipient=ANYONE))
    world.funds()
    together.settle()


def test_trap_1_a_zero_answer_has_no_proof_and_an_account_under_water_is_answered(together: Together) -> None:
    chain, world = together.chain, together.world
    chain.contract.request_pay(chain.call(together.l1(2), 10**16), 2, 5_000)
    world.funds(Forced(2, 0, 5_000))
    batch = together.batch()
    header = unpack("header", batch.words[1])
    words = (batch.words[0], pack("header", **{**header, "amount": 0}), *batch.words[2:])
    with chain.refuses("L1-6"):
        chain.submit(replace(batch, words=words))
    together.settle()
    world.cross(2, 3, 1, 9_000, 1_000)
    together.settle()
    together.move(table_of(PERPETUAL.moved(-990), time=NOW + 60))
    assert world.equity(2) < 0
    chain.contract.request_pay(chain.call(together.l1(2), 10**16), 2, RICH)
    world.funds(Forced(2, 1, RICH))
    together.settle()
    assert chain.storage.credits == {together.l1(2): 5_000}
    assert not chain.storage.requesting


def test_trap_39_a_real_trade_does_not_change_tables_midway(together: Together) -> None:
    chain, world = together.chain, together.world
    later = table_of(PERPETUAL.moved(10), time=NOW + 60)
    world.trade(wide=[[world.buy(2, 1, 10, 1_000)]])
    assert not world.suspense.is_zero
    together.move(later)
    world.trade(wide=[[world.sell(3, 1, 10, 1_000)]])
    with chain.refuses("L1-58"):
        chain.submit(together.batch())


def test_an_attestation_follows_the_books(together: Together) -> None:
    chain, world = together.chain, together.world
    world.cross(2, 3, 1, 10, 1_000)
    together.settle()
    totals = scan(world.state, world.table)
    chain.attest(valid=totals.valid, empty=sorted(totals.open_settled))
    assert chain.storage.attested_time == chain.now


def test_everybody_leaves_a_frozen_system_whole(together: Together) -> None:
    """Winners, losers, a note, a credit, a deposit: after the freeze each gets what the law says it owns."""
    chain, world = together.chain, together.world
    world.cross(2, 3, 1, 10, 1_000)
    world.funds(world.note(2, 700), world.withdraw(3, 300))
    together.notes = 700
    together.settle()
    waiting = together.register("carol", 5_000)
    chain.freeze()
    together.move(table_of(PERPETUAL.moved(100), time=chain.now + 60))
    chain.open_claims()
    claims = {index: world.claim(index) for index in (1, 2, 3)}
    assert (claims[2] - claims[3], sum(claims.values())) == (2_000 - 700 + 300, world.state.custody)
    for index, claim in claims.items():
        chain.escape(index, together.l1(index), claim)
    chain.withdraw(chain.voucher(700, together.l1(2), label=2))
    chain.end_window()
    for index, claim in claims.items():
        assert chain.contract.pay_claim(chain.call(), index) == Payment(together.l1(index), claim)
    assert chain.contract.pay_note(chain.call(), 0) == (Payment(together.l1(2), 700),)
    chain.contract.pull(chain.call(RECIPIENT), RECIPIENT)
    chain.contract.refund(chain.call(), waiting)
    assert chain.storage.vault == 0


def test_a_step_of_another_batch_or_system_does_not_settle(together: Together) -> None:
    chain, world = together.chain, together.world
    world.funds()
    batch = together.batch()
    (step,) = batch.steps
    applied = world.history[-1]
    elsewhere = {"domain": element("elsewhere")}
    with chain.refuses("L1-6"):
        chain.submit(chain.posted(applied, **elsewhere))
    with chain.refuses("L1-6"):
        chain.submit(replace(batch, steps=(step, step), words=batch.words * 2))
    with chain.refuses("L1-53"):
        chain.submit(replace(batch, state_before=element("elsewhere")))
    with chain.refuses("L1-6"):
        chain.submit(replace(batch, steps=(replace(step, proof=Proof(0, ())),)))
    together.settle()
