"""Leaving a frozen system: prices, claims, the pool, latecomers."""

from __future__ import annotations

import pytest
from support.settlement_builders import Clearing
from support.settlement_tokens import ALICE, BOB, CAROL, GENESIS_ROOT, PROVIDER, RELAYER, Proof

from rollup.spec.settlement import DAY, HOUR, Payment, Settings

ROOT = 0xA550C
INSIDE = 9_000
"""What the three accounts of `frozen` have deposited."""


def frozen(settings: Settings | None = None) -> Clearing:
    """Accounts 2, 3 and 4 of Alice, Bob and Carol with 3,000 each, and a freeze."""
    chain = Clearing(settings, providers=frozenset({PROVIDER}))
    for sender in (ALICE, BOB, CAROL):
        chain.member(sender, 3_000)
    chain.vouch(ROOT)
    chain.freeze()
    return chain


def private(chain: Clearing, amount: int, name: object, **parts: int) -> tuple[Payment, ...]:
    return chain.withdraw(chain.voucher(amount, BOB, name, association_root=ROOT, **parts))


def test_claims_wait_for_a_freeze_and_a_day() -> None:
    chain = Clearing()
    chain.member(ALICE)
    with chain.refuses("L1-2"):
        chain.escape(2, ALICE, 5)
    with chain.refuses("L1-2"):
        chain.contract.pay_claim(chain.call(), 2)
    chain.freeze()
    chain.wait(DAY - 1)
    with chain.refuses("L1-120"):
        chain.escape(2, ALICE, 5)
    chain.wait(1)
    assert chain.escape(2, ALICE, 5) == ()


def test_claim_is_proven_against_latest_root_and_escape_prices_once_and_not_for_the_fund() -> None:
    chain = frozen()
    chain.open_claims()
    with chain.refuses("L1-121"):
        chain.escape(2, ALICE, 5, state_root=GENESIS_ROOT)
    with chain.refuses("L1-122"):
        chain.escape(2, ALICE, 5, risk_root=5)
    with chain.refuses("L1-123"):
        chain.escape(0, ALICE, 5)
    with chain.refuses("L1-69"):
        chain.escape(2, 1 << 160, 5)
    with chain.refuses("L1-4"):
        chain.escape(2, ALICE, -1)
    with chain.refuses("L1-6"):
        chain.escape(2, ALICE, 5, proof=Proof(0, ()))
    chain.escape(2, ALICE, 5)
    with chain.refuses("L1-124"):
        chain.escape(2, ALICE, 5)


def test_without_any_table_there_are_no_prices() -> None:
    chain = Clearing()
    chain.freeze()
    chain.open_claims()
    assert chain.contract.escape_prices() is None
    with chain.refuses("L1-122"):
        chain.escape(1, ALICE, 0)


def test_prices_are_the_last_batchs_when_no_later_table_comes() -> None:
    chain = Clearing()
    chain.member(ALICE)
    last = chain.storage.tables[chain.storage.used_epoch]
    chain.wait(HOUR - 1)
    chain.post()
    chain.freeze()
    chain.open_claims()
    assert chain.contract.escape_prices() == last


def test_a_batch_forgets_prices_from_before_it() -> None:
    chain = Clearing()
    chain.wait(2 * HOUR)
    chain.post()
    assert chain.storage.escape_epoch is not None
    chain.batch()
    assert chain.storage.escape_epoch is None


def test_nothing_is_paid_before_the_window_closes_then_each_once() -> None:
    chain = frozen()
    chain.open_claims()
    chain.escape(2, ALICE, 1_000)
    private(chain, 500, "n", relayer=RELAYER, fee=20)
    sheet = chain.contract.balance_sheet()
    assert (sheet.notes, sheet.claims, sheet.inside) == (500, 0, INSIDE - 500)
    for call in (chain.contract.pay_claim, chain.contract.pay_note):
        with chain.refuses("L1-125"):
            call(chain.call(), 0)
    with chain.refuses("L1-125"):
        chain.contract.close_window(chain.call())
    chain.end_window()
    chain.contract.close_window(chain.call())
    sheet = chain.contract.balance_sheet()
    assert (sheet.notes, sheet.claims, sheet.inside) == (500, 1_000, INSIDE - 1_500)
    assert chain.contract.pay_note(chain.call(), 0) == (Payment(BOB, 480), Payment(RELAYER, 20))
    assert chain.contract.pay_claim(chain.call(), 2) == Payment(ALICE, 1_000)
    with chain.refuses("L1-129"):
        chain.contract.pay_note(chain.call(), 0)
    with chain.refuses("L1-129"):
        chain.contract.pay_claim(chain.call(), 2)
    with chain.refuses("L1-128"):
        chain.contract.pay_note(chain.call(), 1)
    with chain.refuses("L1-128"):
        chain.contract.pay_claim(chain.call(), 3)


def test_latecomers_share_what_is_left_notes_first_and_in_order() -> None:
    chain = frozen()
    chain.open_claims()
    chain.escape(2, ALICE, 4_000)
    chain.end_window()
    with chain.refuses("L1-126"):
        chain.escape(3, BOB, 4_000)
    assert private(chain, 1_500, "late", relayer=RELAYER, fee=15) == (Payment(BOB, 1_485), Payment(RELAYER, 15))
    chain.wait(7 * DAY)
    assert chain.escape(3, BOB, 3_000) == (Payment(BOB, 3_000),)
    assert chain.escape(4, CAROL, 4_000) == (Payment(CAROL, 500),)
    with chain.refuses("L1-127"):
        private(chain, 10, "too late")
    with chain.refuses("L1-127"):
        chain.escape(1, ALICE, 10)
    assert chain.contract.pay_claim(chain.call(), 2) == Payment(ALICE, 4_000)
    assert chain.contract.balance_sheet().vault == 0


def test_latecomers_get_nothing_after_a_shortfall() -> None:
    chain = frozen()
    chain.open_claims()
    chain.escape(2, ALICE, INSIDE + 1)
    chain.end_window()
    with chain.refuses("L1-127"):
        private(chain, 10, "late")


def test_deposits_and_credits_are_no_part_of_the_pool_whenever_fetched() -> None:
    payouts = []
    for early in (True, False):
        chain = Clearing()
        index = chain.member(ALICE, 3_000)
        chain.batch(chain.step(headers=[chain.withdrawal(index, 1_000, BOB)]))
        number = chain.register(CAROL, 700)
        chain.freeze()
        chain.open_claims()
        chain.escape(index, ALICE, 5_000)
        if early:
            chain.contract.pull(chain.call(BOB), BOB)
            chain.contract.refund(chain.call(), number)
        chain.end_window()
        payouts.append(chain.contract.pay_claim(chain.call(), index).amount)
        if not early:
            chain.contract.pull(chain.call(BOB), BOB)
            chain.contract.refund(chain.call(), number)
        assert chain.contract.balance_sheet().vault == 0
    assert payouts == [2_000, 2_000]


def test_tokens_sent_without_a_call_go_to_the_pool() -> None:
    chain = frozen()
    chain.contract.donate(chain.call(), 1_000)
    chain.open_claims()
    chain.escape(2, ALICE, 20_000)
    chain.end_window()
    assert chain.contract.pay_claim(chain.call(), 2).amount == INSIDE + 1_000


@pytest.mark.parametrize("claim", [0, 1, (1 << 200) - 1])
def test_any_claim_is_payable(claim: int) -> None:
    chain = frozen()
    chain.open_claims()
    chain.escape(2, ALICE, claim)
    private(chain, 0, "empty")
    chain.end_window()
    assert chain.contract.pay_claim(chain.call(), 2).amount == min(claim, INSIDE)
    assert chain.contract.pay_note(chain.call(), 0) == (Payment(BOB, 0),)
