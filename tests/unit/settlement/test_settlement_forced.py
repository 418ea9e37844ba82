"""Forced requests: PAY and CLOSE."""

from __future__ import annotations

import pytest
from support.settlement_builders import Clearing
from support.settlement_tokens import ALICE, BOB, MALLORY, REVENUE_OWNER

from rollup.spec.settlement import DAY, Queue, Settings
from rollup.spec.shared import StepKind

FEE = 10**16


@pytest.fixture
def chain() -> Clearing:
    """Alice is account 2, Bob 3."""
    chain = Clearing()
    chain.member(ALICE)
    chain.member(BOB)
    return chain


def pay(chain: Clearing, sender: int, index: int, asked: int = 100, value: int = FEE) -> int:
    return chain.contract.request_pay(chain.call(sender, value), index, asked)


def close(chain: Clearing, sender: int, index: int) -> int:
    return chain.contract.request_close(chain.call(sender, chain.contract.forced_fee()), index)


def test_requests_are_for_the_l1_owner_of_a_member(chain: Clearing) -> None:
    chain.register(MALLORY)
    for index in (0, 2, 4, 77):
        with chain.refuses("L1-20"):
            pay(chain, MALLORY, index)
        with chain.refuses("L1-20"):
            close(chain, MALLORY, index)
    assert pay(chain, REVENUE_OWNER, 1) == 0


def test_one_request_an_account_is_open(chain: Clearing) -> None:
    pay(chain, ALICE, 2)
    with chain.refuses("L1-21"):
        close(chain, ALICE, 2)
    chain.batch(chain.step(headers=[chain.forced(0, 2, 100, 100)]))
    assert close(chain, ALICE, 2) == 0


def test_a_request_asks_for_something_of_64_bits(chain: Clearing) -> None:
    for asked in (0, 1 << 64):
        with chain.refuses("L1-24"):
            pay(chain, ALICE, 2, asked)
    pay(chain, ALICE, 2, (1 << 64) - 1)


def owned(chain: Clearing, count: int) -> None:
    """Alice owns so many accounts more, from 4 on."""
    for _ in range(count):
        chain.member(ALICE)


def test_fee_doubles_with_every_ten_open_requests_of_both_queues(chain: Clearing) -> None:
    owned(chain, 10)
    for index in range(4, 9):
        pay(chain, ALICE, index)
        close(chain, ALICE, index + 5)
        chain.wait()
    assert chain.contract.forced_fee() == 2 * FEE
    with chain.refuses("L1-22"):
        pay(chain, ALICE, 2, value=2 * FEE - 1)
    pay(chain, ALICE, 2, value=5 * FEE)
    assert chain.storage.fees_held == 12 * FEE
    chain.batch(chain.step(headers=[chain.forced(place, 4 + place, 0, 100) for place in range(2)]))
    assert chain.contract.forced_fee() == FEE


def test_a_block_takes_ten_requests(chain: Clearing) -> None:
    owned(chain, 11)
    for index in range(4, 14):
        pay(chain, ALICE, index)
    with chain.refuses("L1-23"):
        pay(chain, ALICE, 14, value=2 * FEE)
    chain.wait()
    pay(chain, ALICE, 14, value=2 * FEE)


def test_each_queue_is_served_strictly_in_order(chain: Clearing) -> None:
    pay(chain, ALICE, 2), pay(chain, BOB, 3)
    with chain.refuses("L1-75"):
        chain.batch(chain.step(headers=[chain.forced(1, 3, 100, 100)]))
    both = [chain.forced(0, 2, 100, 100), chain.forced(1, 3, 40, 100)]
    with chain.refuses("L1-75"):
        chain.batch(chain.step(headers=[*both, chain.forced(2, 3, 1, 1)]))
    chain.batch(chain.step(headers=both))
    assert chain.storage.credits == {ALICE: 100, BOB: 40}


def test_an_answer_matches_account_and_amount_asked(chain: Clearing) -> None:
    pay(chain, ALICE, 2)
    for index, asked in ((3, 100), (2, 99)):
        with chain.refuses("L1-76"):
            chain.batch(chain.step(headers=[chain.forced(0, index, 50, asked)]))


def test_close_is_answered_in_a_liquidate_step(chain: Clearing) -> None:
    close(chain, ALICE, 2), close(chain, BOB, 3)
    with chain.refuses("L1-75"):
        chain.batch(chain.step(StepKind.LIQUIDATE, headers=[chain.closed(1, 3, 9)]))
    with chain.refuses("L1-76"):
        chain.batch(chain.step(StepKind.LIQUIDATE, headers=[chain.closed(0, 3, 9)]))
    chain.batch(chain.step(StepKind.LIQUIDATE, headers=[chain.closed(0, 2, 4_000)]))
    assert chain.storage.credits == {ALICE: 4_000}
    assert chain.storage.heads == {Queue.PAY: 0, Queue.CLOSE: 1}


def test_fee_is_burnt_when_served_in_time_and_returned_when_late() -> None:
    chain = Clearing(Settings(minimum_deposit=100, forced_deadline=DAY))
    chain.member(ALICE), chain.member(BOB)
    pay(chain, ALICE, 2), pay(chain, BOB, 3)
    chain.wait(DAY)
    chain.batch(chain.step(headers=[chain.forced(0, 2, 10, 100)]))
    assert (chain.storage.fees_burnt, chain.storage.fees_held) == (FEE, FEE)
    chain.wait(1)
    assert chain.contract.overdue(chain.now) == ("forced request",)
    chain.batch(chain.step(headers=[chain.forced(1, 3, 10, 100)]))
    with chain.refuses("L1-19"):
        chain.contract.pull_fee(chain.call(ALICE))
    assert chain.contract.pull_fee(chain.call(BOB)) == FEE
    assert (chain.storage.fees_burnt, chain.storage.fees_held) == (FEE, 0)
    assert chain.contract.overdue(chain.now) == ()


def test_after_a_freeze_no_request_is_made_and_no_fee_returned(chain: Clearing) -> None:
    pay(chain, ALICE, 2)
    chain.freeze()
    with chain.refuses("L1-1"):
        pay(chain, BOB, 3)
    with chain.refuses("L1-19"):
        chain.contract.pull_fee(chain.call(ALICE))
    assert chain.storage.fees_held == FEE
