"""What everybody gets of a frozen system, whatever the sums and in whatever order they come."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from support.settlement_builders import Clearing
from support.settlement_tokens import ALICE, BOB, CAROL, PROVIDER, RELAYER

from rollup.spec.settlement import Payment

ROOT = 0xA550C
MONEY = st.one_of(st.integers(0, 20), st.integers(0, 10_000), st.integers(0, 1 << 64))


def total(paid: Payment | tuple[Payment, ...]) -> int:
    return sum(payment.amount for payment in (paid if isinstance(paid, tuple) else (paid,)))


def note(chain: Clearing, name: object, amount: int, fee: int) -> tuple[Payment, ...]:
    return chain.withdraw(chain.voucher(amount, BOB, name, association_root=ROOT, relayer=RELAYER, fee=fee))


def after_freeze(deposit: int, credit: int) -> Clearing:
    """One account that brought `deposit`, of which `credit` is out already but not fetched; and a deposit queued."""
    chain = Clearing(providers=frozenset({PROVIDER}))
    index = chain.member(ALICE, deposit)
    chain.batch(chain.step(headers=[chain.withdrawal(index, min(credit, deposit), CAROL)]))
    chain.register(CAROL, 700)
    chain.vouch(ROOT)
    chain.freeze()
    chain.open_claims()
    return chain


@given(
    deposit=st.integers(100, 20_000),
    credit=MONEY,
    notes=st.lists(MONEY, max_size=3),
    claims=st.lists(MONEY, max_size=4),
    order=st.permutations(range(9)),
)
def test_shares_are_exact_in_any_order(
    deposit: int, credit: int, notes: list[int], claims: list[int], order: list[int]
) -> None:
    chain = after_freeze(deposit, credit)
    for name, amount in enumerate(notes):
        assert note(chain, name, amount, amount // 3) == ()
    for index, claim in enumerate(claims, start=1):
        assert chain.escape(index, BOB, claim) == ()
    chain.end_window()
    pool = deposit - min(credit, deposit)
    note_ratio = min(Fraction(1), Fraction(pool, max(1, sum(notes))))
    claim_ratio = min(Fraction(1), Fraction(max(0, pool - sum(notes)), max(1, sum(claims))))
    calls: list[tuple[Callable[[], Any], int]] = [(lambda: chain.contract.refund(chain.call(), 1), 700)]
    if min(credit, deposit):
        calls.append((lambda: chain.contract.pull(chain.call(CAROL), CAROL), min(credit, deposit)))
    for number, amount in enumerate(notes):
        calls.append((lambda n=number: chain.contract.pay_note(chain.call(), n), int(amount * note_ratio)))
    for index, claim in enumerate(claims, start=1):
        calls.append((lambda i=index: chain.contract.pay_claim(chain.call(), i), int(claim * claim_ratio)))
    out = 0
    for place in order:
        if place < len(calls):
            call, expected = calls[place]
            paid = total(call())
            assert paid == expected
            out += paid
            assert chain.contract.balance_sheet().sound
    assert out <= deposit + 700
    assert chain.storage.vault == deposit + 700 - out


@given(
    deposit=st.integers(100, 20_000),
    early=MONEY,
    latecomers=st.lists(st.tuples(st.booleans(), MONEY), max_size=5),
)
def test_latecomers_get_no_more_than_their_ratio_and_what_is_left(
    deposit: int, early: int, latecomers: list[tuple[bool, int]]
) -> None:
    chain = after_freeze(deposit, 0)
    chain.escape(1, ALICE, early)
    chain.end_window()
    chain.wait(chain.contract.deployment.settings.late_account_delay)
    left = max(0, deposit - early)
    for number, (is_note, amount) in enumerate(latecomers):
        if left == 0:
            break
        paid = note(chain, number, amount, 0) if is_note else chain.escape(2 + number, BOB, amount)
        assert total(paid) == min(amount, left)
        left -= total(paid)
    assert chain.contract.pay_claim(chain.call(), 1).amount == min(early, deposit)
    assert chain.contract.balance_sheet().sound
    assert chain.contract.balance_sheet().inside == left
