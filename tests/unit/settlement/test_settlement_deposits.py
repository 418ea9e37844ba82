"""The deposit queue and the vault."""

from __future__ import annotations

from dataclasses import replace

from support.settlement_builders import Clearing
from support.settlement_tokens import ALICE, BOB, CAROL, MALLORY, REVENUE_OWNER
from support.spec_values import TINY

from rollup.spec.hashes import R
from rollup.spec.settlement import DAY, DepositStatus, Payment, Settings
from rollup.spec.shared import StepKind


def test_register_gives_no_index_yet() -> None:
    chain = Clearing()
    numbers = [chain.register(sender) for sender in (ALICE, BOB)]
    assert numbers == [0, 1]
    assert [chain.storage.deposits[number].index for number in numbers] == [0, 0]
    assert [chain.storage.deposits[number].depositor for number in numbers] == [ALICE, BOB]
    assert chain.storage.next_index == 2


def test_batch_gives_the_registrations_that_it_consumes_consecutive_indices() -> None:
    """L1-72: from two on, whatever else is queued between them."""
    chain = Clearing()
    numbers = [chain.register(ALICE), chain.contract.top_up(chain.call(BOB), 1, 500), chain.register(BOB)]
    chain.batch(chain.step(headers=[chain.deposit(number) for number in numbers]))
    assert [chain.storage.deposits[number].index for number in numbers] == [2, 1, 3]
    assert chain.storage.l1_owners == {1: REVENUE_OWNER, 2: ALICE, 3: BOB}
    assert chain.storage.next_index == 4


def test_batch_refuses_a_registration_at_an_index_that_is_not_the_next() -> None:
    """L1-72: not one of somebody's, nor one further on, nor the 0 that its record says."""
    chain = Clearing()
    chain.member(ALICE)
    first, second = chain.register(BOB), chain.register(CAROL)
    for index in (0, 1, 2, 4):
        with chain.refuses("L1-72"):
            chain.batch(chain.step(headers=[chain.deposit(first, index=index)]))
    for index in (3, 5):
        with chain.refuses("L1-72"):
            chain.batch(chain.step(headers=[chain.deposit(first), chain.deposit(second, index=index)]))
    chain.batch(chain.step(headers=[chain.deposit(first)]), chain.step(headers=[chain.deposit(second)]))
    assert chain.storage.l1_owners == {1: REVENUE_OWNER, 2: ALICE, 3: BOB, 4: CAROL}


def test_batch_consumes_a_registration_and_remembers_its_l1_owner() -> None:
    chain = Clearing()
    assert chain.storage.l1_owners == {1: REVENUE_OWNER}
    index = chain.member(ALICE)
    assert chain.storage.l1_owners[index] == ALICE
    assert chain.storage.deposits[0].status is DepositStatus.CONSUMED
    assert chain.contract.balance_sheet().inside == 5_000


def test_register_refuses_what_no_account_can_be() -> None:
    chain = Clearing()
    with chain.refuses("L1-4"):
        chain.register(owner_hash=R)
    with chain.refuses("L1-14"):
        chain.contract.register(chain.call(ALICE), 0, 5_000)
    with chain.refuses("L1-11"):
        chain.register(amount=99)


def test_register_refuses_when_every_leaf_is_given_away() -> None:
    chain = Clearing(profile=replace(TINY, account_depth=1))
    for index in range(2, 8):
        assert chain.member() == index
    with chain.refuses("L1-13"):
        chain.register()


def test_registration_without_a_leaf_is_rejected_and_refunded() -> None:
    """L1-72: more may be queued than leaves are left; the one too many costs only itself."""
    chain = Clearing(profile=replace(TINY, account_depth=1))
    numbers = [chain.register() for _ in range(2, 9)]
    for number in numbers[:-1]:
        chain.batch(chain.step(headers=[chain.deposit(number)]))
    for index in (7, 8):
        with chain.refuses("L1-72"):
            chain.batch(chain.step(headers=[chain.deposit(numbers[-1], index=index)]))
    chain.batch(rejected=(numbers[-1],))
    assert chain.contract.refund(chain.call(), numbers[-1]) == Payment(ALICE, 5_000)
    assert (chain.storage.next_index, chain.storage.next_deposit) == (8, 7)
    with chain.refuses("L1-13"):
        chain.register()


def test_deposit_refuses_what_would_take_the_vault_past_its_ceiling() -> None:
    chain = Clearing()
    chain.register(amount=(1 << 63) - 200)
    with chain.refuses("L1-12"):
        chain.register(amount=201)
    chain.register(amount=200)
    with chain.refuses("L1-12"):
        chain.contract.top_up(chain.call(), 0, 100)


def test_top_up_reaches_members_the_revenue_and_the_fund_only() -> None:
    chain = Clearing()
    chain.register(ALICE)
    with chain.refuses("L1-15"):
        chain.contract.top_up(chain.call(BOB), 2, 500)
    chain.batch(chain.step(headers=[chain.deposit(0)]))
    numbers = [chain.contract.top_up(chain.call(BOB), index, 500) for index in (0, 1, 2)]
    chain.batch(chain.step(headers=[chain.deposit(number) for number in numbers]))
    assert chain.storage.l1_owners == {1: REVENUE_OWNER, 2: ALICE}
    with chain.refuses("L1-11"):
        chain.contract.top_up(chain.call(BOB), 2, 99)


def test_batch_refuses_deposits_out_of_order_doubled_or_made_up() -> None:
    chain = Clearing()
    first, second = chain.register(ALICE), chain.register(BOB)
    with chain.refuses("L1-70"):
        chain.batch(chain.step(headers=[chain.deposit(second)]))
    with chain.refuses("L1-70"):
        chain.batch(chain.step(headers=[chain.deposit(first), chain.deposit(first)]))
    with chain.refuses("L1-70"):
        chain.batch(chain.step(headers=[chain.deposit(first), chain.deposit(second), chain.deposit(second, request=2)]))
    chain.batch(chain.step(headers=[chain.deposit(first)]), chain.step(headers=[chain.deposit(second)]))


def test_batch_refuses_a_deposit_that_differs_from_the_queue() -> None:
    chain = Clearing()
    number = chain.register(ALICE)
    for wrong in ({"index": 3}, {"amount": 5_001}, {"aux": 0}, {"aux": 12}):
        with chain.refuses("L1-72"):
            chain.batch(chain.step(headers=[chain.deposit(number, **wrong)]))


def test_batch_passes_over_rejected_registrations_and_they_burn_no_index() -> None:
    chain = Clearing()
    first, second, third = chain.register(ALICE), chain.register(BOB), chain.register(CAROL)
    rejected = (first, third)
    with chain.refuses("L1-72"):
        chain.batch(chain.step(headers=[chain.deposit(second, index=3)]), rejected=rejected)
    chain.batch(chain.step(headers=[chain.deposit(second, rejected)]), rejected=rejected)
    assert [one.index for one in chain.storage.deposits] == [0, 2, 0]
    assert chain.contract.refund(chain.call(), first) == Payment(ALICE, 5_000)
    assert chain.storage.next_deposit == 3
    assert chain.member(ALICE) == 3
    with chain.refuses("L1-18"):
        chain.contract.refund(chain.call(), first)


def test_batch_refuses_rejections_that_are_not_at_the_head() -> None:
    chain = Clearing()
    first, second = chain.register(ALICE), chain.register(BOB)
    for rejected in ((second,), (second, first), (first, first), (first, second, 2)):
        with chain.refuses("L1-74"):
            chain.batch(rejected=rejected)
    with chain.refuses("L1-70"):
        chain.batch(chain.step(headers=[chain.deposit(first)]), rejected=(first,))


def test_refund_refuses_what_is_unknown_or_young() -> None:
    chain = Clearing()
    with chain.refuses("L1-16"):
        chain.contract.refund(chain.call(), 0)
    number = chain.register(ALICE)
    chain.wait(3 * DAY - 1)
    with chain.refuses("L1-17"):
        chain.contract.refund(chain.call(ALICE), number)
    chain.wait(1)
    assert chain.contract.refund(chain.call(BOB), number) == Payment(ALICE, 5_000)


def test_expired_and_refunded_deposits_are_listed_so_that_the_queue_goes_on() -> None:
    chain = Clearing(Settings(minimum_deposit=100, deposit_window=DAY))
    expired, refunded = chain.register(ALICE), chain.register(BOB)
    chain.wait(DAY)
    young = chain.register(CAROL)
    chain.contract.refund(chain.call(), refunded)
    with chain.refuses("L1-70"):
        chain.batch(chain.step(headers=[chain.deposit(young)]))
    rejected = (expired, refunded)
    chain.batch(chain.step(headers=[chain.deposit(young, rejected)]), rejected=rejected)
    assert chain.storage.deposits[young].index == 2
    states = [chain.storage.deposits[number].status for number in (expired, refunded, young)]
    assert states == [DepositStatus.REJECTED, DepositStatus.REFUNDED, DepositStatus.CONSUMED]
    with chain.refuses("L1-18"):
        chain.contract.refund(chain.call(), refunded)


def test_freeze_frees_young_deposits_and_ends_new_ones() -> None:
    chain = Clearing(Settings(minimum_deposit=100, deposit_window=30 * DAY))
    number = chain.register(ALICE)
    chain.freeze()
    assert chain.contract.refund(chain.call(), number) == Payment(ALICE, 5_000)
    with chain.refuses("L1-1"):
        chain.register(BOB)
    with chain.refuses("L1-1"):
        chain.contract.top_up(chain.call(), 1, 500)


def test_withdrawals_are_credited_and_fetched_once_at_any_time() -> None:
    chain = Clearing()
    index = chain.member(ALICE)
    chain.batch(chain.step(headers=[chain.withdrawal(index, 700, BOB), chain.withdrawal(index, 300, BOB)]))
    chain.freeze()
    assert chain.contract.balance_sheet().credits == 1_000
    with chain.refuses("L1-3"):
        chain.contract.pull(chain.call(BOB), 0)
    assert chain.contract.pull(chain.call(BOB), CAROL) == Payment(CAROL, 1_000)
    with chain.refuses("L1-19"):
        chain.contract.pull(chain.call(BOB), BOB)


def test_anyone_has_an_owner_paid_that_cannot_call() -> None:
    chain = Clearing()
    index = chain.member(ALICE)
    chain.batch(chain.step(headers=[chain.withdrawal(index, 700, BOB), chain.withdrawal(index, 300, 0)]))
    assert chain.contract.push(chain.call(MALLORY), BOB) == Payment(BOB, 700)
    with chain.refuses("L1-19"):
        chain.contract.push(chain.call(MALLORY), BOB)
    with chain.refuses("L1-3"):  # What was withdrawn to nobody stays nobody's.
        chain.contract.push(chain.call(MALLORY), 0)


def test_batch_refuses_to_credit_more_than_the_vault_can_spare() -> None:
    chain = Clearing()
    index = chain.member(ALICE)
    chain.register(BOB)
    with chain.refuses("L1-77"):
        chain.batch(chain.step(headers=[chain.withdrawal(index, 5_001, ALICE)]))
    with chain.refuses("L1-69"):
        chain.batch(chain.step(headers=[chain.withdrawal(index, 5, 1 << 160)]))
    chain.batch(chain.step(headers=[chain.withdrawal(index, 5_000, ALICE)]))
    assert chain.contract.balance_sheet().sound


def test_a_step_without_deposits_leaves_the_queue_alone() -> None:
    chain = Clearing()
    chain.register(ALICE)
    chain.batch(chain.step(StepKind.LIQUIDATE))
    assert chain.storage.next_deposit == 0
