"""Funds steps mixed: decoys stand anywhere, and everything else stays in its order."""

from __future__ import annotations

from collections import Counter
from math import comb

from support.spec_values import Trader

from rollup.ledger.funds import mixed
from rollup.spec.funds import (
    Authority,
    Decoy,
    Deposit,
    FeeCredit,
    Funding,
    FundsStep,
    TransferIn,
    TransferOut,
)

SIGNED = Authority(1, 2, Trader("somebody").sign_as_owner(1))
PAIR = (TransferOut(5, 10, 6, SIGNED), TransferIn(6, 10, 5))


def all_of(*operations: Funding, enough: int = 2_000) -> list[tuple[Funding, ...]]:
    """What so many random numbers make of a step."""
    step = FundsStep(operations, 7)
    made = [mixed(step, number) for number in range(enough)]
    assert {one.custody_random for one in made} == {7}
    return [one.operations for one in made]


def test_mix_one_operation_among_decoys_puts_it_at_every_place_alike() -> None:
    made = all_of(Deposit(2, 0, 1), Decoy(3), Decoy(4), Decoy(3), enough=400)
    places = Counter(next(at for at, one in enumerate(step) if isinstance(one, Deposit)) for step in made)
    assert places == dict.fromkeys(range(4), 100)


def test_mix_operations_keeps_their_order_and_every_order_of_decoys_is_as_likely() -> None:
    line = (FeeCredit(0, 1), Deposit(2, 0, 1), FeeCredit(1, 2))
    made = Counter(all_of(*line, Decoy(3), Decoy(4), Decoy(5), enough=comb(6, 3) * 10))
    assert len(made) == comb(6, 3)
    assert set(made.values()) == {10}
    for step in made:
        assert tuple(one for one in step if not isinstance(one, Decoy)) == line
        assert tuple(one.index for one in step if isinstance(one, Decoy)) == (3, 4, 5)


def test_mix_a_transfer_keeps_it_whole_and_at_even_places() -> None:
    made = all_of(Deposit(2, 0, 1), Decoy(9), *PAIR, Decoy(3), Decoy(4))
    places = Counter((step.index(PAIR[0]), step.index(PAIR[1])) for step in made)
    assert set(places) == {(2, 3), (4, 5)}
    assert {step.index(Deposit(2, 0, 1)) for step in made} == {0, 1, 2, 3}


def test_mix_transfers_without_a_decoy_changes_nothing() -> None:
    assert set(all_of(*PAIR, *PAIR, Deposit(2, 0, 1), FeeCredit(1, 1))) == {
        (*PAIR, *PAIR, Deposit(2, 0, 1), FeeCredit(1, 1))
    }


def test_mix_a_decoy_of_an_account_with_business_keeps_it_in_line() -> None:
    """The account may be registered in this very step."""
    for step in all_of(Deposit(2, 0, 1, Trader("new").owner), Decoy(2), Decoy(3), Decoy(4)):
        assert isinstance(step[min(at for at, one in enumerate(step) if one.index == 2)], Deposit)


def test_mix_decoys_alone_changes_nothing() -> None:
    assert set(all_of(Decoy(3), Decoy(4), Decoy(3))) == {(Decoy(3), Decoy(4), Decoy(3))}
