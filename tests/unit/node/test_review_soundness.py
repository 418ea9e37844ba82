"""What a hostile review found in journal, intake and sealing, and what keeps it from coming back."""

from __future__ import annotations

from contextlib import closing, suppress
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import pytest
from support.exchange_histories import history
from support.ledger_lives import FAR, SECRET, Killed, Lives, Noting, posted
from support.spec_values import DOMAIN, FAST, TINY, Trader

from rollup.chain.bindings.deposits import Deposit as Queued
from rollup.chain.bindings.deposits import Status
from rollup.exchange.commands import Debit, Limits, Seal, Table
from rollup.ledger.errors import NotAuthorised
from rollup.ledger.ledger import SealedBatch
from rollup.ledger.sealing import gas_of
from rollup.ledger.witnesses import witness_of
from rollup.node.errors import NotSwept
from rollup.spec.account import keys_hash
from rollup.spec.funds import Authority, Forced, Rotate, operation_message
from rollup.spec.orders import Order
from rollup.spec.shared import Operation, Side
from rollup.spec.shared import Status as Market

pytestmark = pytest.mark.skipif(not FAST, reason="many steps are hashed: the native extension is needed")


def house(path: Path, seed: int = 0) -> Lives:
    made = Lives(path / "journal.db", history(seed, 400, profile=TINY), TINY)
    made.open()
    return made


def table(made: Lives) -> Table:
    return next(one for one in made.story.commands if isinstance(one, Table))


def test_operate_beforeTheFirstTableWithAnExpiryThatPasses_leavesABatchThatCanBeSealed(tmp_path: Path) -> None:
    made = house(tmp_path)
    with closing(made):
        made._register(2)
        trader = made._trader(2)
        after = trader.rotated().owner
        target = keys_hash(after.owner_key, after.trading_key)
        message = operation_message(DOMAIN, Operation.ROTATE, 2, 0, 1, 1, target)
        authority = Authority(1, 1, trader.sign_as_owner(message))
        with suppress(NotAuthorised):
            made.intake.operate(Rotate(2, after.owner_key, after.trading_key, authority))
        made.carry_out(table(made))
        made.seal()


def test_deposit_atAnIndexThatAKillLeftRegistered_hasTheTradingKeyOfItsOwner(tmp_path: Path) -> None:
    made = house(tmp_path)
    first, second = Trader("first").owner, Trader("second").owner
    queue: list[Queued] = []
    deposits = SimpleNamespace(deposit_count=lambda block: len(queue), deposit=lambda number, block: queue[number])
    system = SimpleNamespace(deposits=deposits, forced=SimpleNamespace(lengths=lambda queue, block: (0, 0)))
    for owner in (first, second):
        made.intake.introduce(owner)
    queue.append(Queued(hex(first.l1_owner), 5_000, 0, 0, Status.QUEUED, first.hash))
    made.kill_at, made.kill_before = made.sequencer.journal.length + 2, True
    with pytest.raises(Killed):
        made.intake.from_chain(system, 0, 0)  # type: ignore[arg-type]
    made.close()
    made.kill_at = None
    made.open()
    with closing(made):
        late = made.intake.settings.deposit_window
        queue.append(Queued(hex(second.l1_owner), 5_000, late, 0, Status.QUEUED, second.hash))
        made.intake.from_chain(system, late, 0)  # type: ignore[arg-type]
        index = made.ledger.queues.index - 1
        assert made.ledger.owner(index) == second
        assert made.exchange.keys[index] == second.trading_key


def test_prepare_sameOperationsUnderAnotherTable_hasAnotherSeed(tmp_path: Path) -> None:
    """A backup is restored, and the next batch comes about under another table: a forced payment pays another sum."""

    def sealed(name: str, shift: int) -> SealedBatch:
        (tmp_path / name).mkdir()
        made = house(tmp_path / name)
        with closing(made):
            for account in (2, 3):
                made._register(account)
                made._deposit(account, 10**9)
            made.carry_out(table(made))
            present = made.ledger.table
            assert present is not None
            slot = next(s for s, mark in enumerate(present.marks) if s and mark.status is Market.ACTIVE)
            made.exchange.apply(Limits(slot, tick=1, position=10**6, interest=10**6, order=10**5))
            mark = present.marks[slot]
            for account, side in ((3, Side.SELL), (2, Side.BUY)):
                order = Order(account, slot, mark.listing, side, mark.price, 10, 60_000, 0, 1, FAR)
                made.exchange.submit(order, made._trader(account).sign_order(order.message(DOMAIN)))
            made.intake.credit_fees()
            made.exchange.apply(Seal(), made.ledger.prepare(SECRET, (2,)).encode())
            # Here the backup is taken: both go on from it.
            stress = [list(row) for row in present.stress]
            stress[0][slot] -= shift
            worths = [row[slot] for row in stress]
            risks = (max(0, *(mark.value - one for one in worths)), max(0, *(one - mark.value for one in worths)))
            marks = list(present.marks)
            marks[slot] = replace(mark, risk_long=risks[0], risk_short=risks[1])
            following = replace(
                present, time=present.time + 60, marks=tuple(marks), stress=tuple(tuple(row) for row in stress)
            )
            made.intake.take_table(900, following, posted(900, following))
            made.exchange.apply(Debit(2, 10**12, forced=True), witness_of(Forced(2, made.ledger.queues.pay, 10**12)))
            made.exchange.apply(Seal(), made.ledger.prepare(SECRET, (3,)).encode())
            return made.ledger.batches[made.ledger.number]

    one, other = sealed("one", 10), sealed("other", 20)
    assert one.before.root == other.before.root
    said = [
        {
            (step.step.frame.salt, touch.index, touch.after.nonce): touch.plaintexts
            for step in batch.steps
            for touch in step.touches
        }
        for batch in (one, other)
    ]
    assert not [key for key in said[0] if said[1].get(key, said[0][key]) != said[0][key]]


def test_open_withAnotherShareOfDecoys_comesToTheSameBatches(tmp_path: Path) -> None:
    made = house(tmp_path)
    for command in made.story.commands[:200]:
        made.carry_out(command)
    made.seal()
    first = made.ledger.batches
    made.close()
    made.open(Noting(TINY, share=600_000))
    with closing(made):
        again = made.ledger.batches
        assert {number: one.state.root for number, one in again.items()} == {
            number: one.state.root for number, one in first.items()
        }


def test_seal_afterASweepOfAnAccountThatNobodyHas_isPossible(tmp_path: Path) -> None:
    made = house(tmp_path)
    with closing(made):
        made._register(2)
        made.carry_out(table(made))
        for nobody in (77, 0):
            with pytest.raises(NotSwept):
                made.intake.sweep((nobody,))
        made.intake.sweep((2,))
        made.seal()


def test_gas_ofABatchInTheMiddleOfTrades_isThatOfItsSeal(tmp_path: Path) -> None:
    """Fees are owed while a batch is open; whoever asks what it would cost must not be refused for that."""
    made, asked = house(tmp_path), 0
    with closing(made):
        assert made.ledger.gas(0) == 0
        for command in made.story.commands:
            made.carry_out(command)
            fees = made.exchange.machine.totals()["fees"]
            cost = made.ledger.gas(fees)
            if fees and cost and asked < 5:
                asked += 1
                made.intake.credit_fees()
                assert made.ledger.gas(0) == cost == sum(map(gas_of, made.ledger.plan(())))
    assert asked == 5
