"""Decimal strings to whole numbers: exact, or refused."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rollup.client.amounts import Instrument, address_of, cash_of, index_of, lots_of, text_of_cash
from rollup.client.errors import BadNumber
from rollup.market.instruments import Terms

BITCOIN = Instrument.of(1, 1, Terms("BTC", "perpetual", 0, 0, 1_000_000, 10_000))
"""A lot is a thousandth of a bitcoin, a tick ten dollars of a whole one."""


@given(st.integers(1, 2**64 - 1))
def test_write_an_amount_and_read_it_gives_it_back(amount: int) -> None:
    assert cash_of(text_of_cash(amount)) == amount


def test_read_amounts_are_millionths() -> None:
    assert [cash_of(text) for text in ("1", "12.5", "0.000001", "1.100000")] == [10**6, 12_500_000, 1, 1_100_000]
    assert [text_of_cash(amount) for amount in (0, -1_500_000, 100 * 10**6)] == ["0", "-1.5", "100"]


@pytest.mark.parametrize(
    "text", ["", "0", "0.0", "-1", "+1", "1.", ".5", "1e3", "1,5", "1.0000001", "١", "1_000", " 1", "nan", "9" * 15]
)
def test_read_amount_that_is_none_is_refused(text: str) -> None:
    with pytest.raises(BadNumber, match="amount"):
        cash_of(text)


def test_read_price_is_of_a_lot() -> None:
    assert BITCOIN.limit_of("60010") == 60_010_000
    assert BITCOIN.limit_of("60010.00") == 60_010_000
    assert BITCOIN.price_of(60_010_000) == "60010"
    assert Instrument(1, 1, lot=1_000_000).limit_of("60012.5") == 60_012_500


def test_read_price_between_ticks_names_its_neighbours() -> None:
    with pytest.raises(BadNumber, match=r"nearest: 60010, 60020$"):
        BITCOIN.limit_of("60012.5")
    with pytest.raises(BadNumber, match=r"nearest: 10$"):
        BITCOIN.limit_of("3")


@pytest.mark.parametrize("text", ["0", "-5", "1e5", "2000000000000", "60,000", "5" * 21])
def test_read_price_that_is_none_is_refused(text: str) -> None:
    with pytest.raises(BadNumber, match="price"):
        BITCOIN.limit_of(text)


@given(st.integers(1, 2**40 - 1), st.sampled_from([10**9, 10**6, 10**3, 1, 5 * 10**8, 10**12]))
def test_write_a_price_and_read_it_gives_its_limit_back(limit: int, lot: int) -> None:
    instrument = Instrument(1, 1, lot=lot)
    assert instrument.limit_of(instrument.price_of(limit)) == limit


def test_write_a_price_without_an_end_says_so() -> None:
    assert Instrument(1, 1, lot=3 * 10**8).price_of(1) == "0.000003333333333333…"


@pytest.mark.parametrize("text", ["", "0", "1.5", "-1", str(2**40), "٣"])
def test_read_quantity_that_is_none_is_refused(text: str) -> None:
    with pytest.raises(BadNumber, match="quantity"):
        lots_of(text)
    assert lots_of(str(2**40 - 1)) == 2**40 - 1


def test_read_address_with_a_slip_in_its_capitals_is_refused() -> None:
    good = "0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266"
    assert address_of(good) == address_of(good.lower()) == int(good, 16)
    for text in (good.replace("f39F", "F39F"), good[:-1], "0x" + "0" * 40, good[2:], "vitalik.eth"):
        with pytest.raises(BadNumber, match="address"):
            address_of(text)


def test_read_index_beyond_the_tree_is_refused() -> None:
    assert index_of("7") == 7
    for text in ("-1", "x", str(2**24)):
        with pytest.raises(BadNumber, match="account"):
            index_of(text)
