"""The curve's constants and group law."""

from __future__ import annotations

import pytest

from prover.errors import NotAFieldElement, PointNotOnCurve, PointOfSmallOrder, ScalarOutOfRange
from prover.reference import babyjubjub as curve
from prover.reference.babyjubjub import BASE8, COFACTOR, IDENTITY, SUBGROUP_ORDER
from prover.reference.field import HALF, R, square_root
from prover.types import Crypto, Point

GENERATOR = Point(
    995203441582195749578291179787384436505546430278305826713579947235728471134,
    5472060717959818805561601436314318772137091100104008585924551046643952123905,
)
"""The generator of all 8·l points that the curve's authors give."""


def test_base8_is_eight_times_the_generator_and_of_order_l() -> None:
    assert curve.multiply(GENERATOR, COFACTOR) == BASE8
    assert curve.multiply(BASE8, SUBGROUP_ORDER) == IDENTITY
    assert curve.multiply(GENERATOR, SUBGROUP_ORDER) != IDENTITY


def test_coefficients_make_the_addition_formula_complete() -> None:
    assert square_root(curve.A) is not None
    assert square_root(curve.D) is None


def test_multiply_by_small_numbers_is_repeated_addition(crypto: Crypto) -> None:
    for point in (BASE8, GENERATOR):
        total = IDENTITY
        for scalar in range(20):
            assert crypto.multiply(point, scalar) == total
            total = crypto.add(total, point)


def test_add_of_a_point_and_its_negative_gives_the_identity(crypto: Crypto) -> None:
    assert crypto.add(BASE8, Point(R - BASE8.x, BASE8.y)) == IDENTITY
    assert crypto.add(BASE8, IDENTITY) == BASE8


@pytest.mark.parametrize("scalar", [-1, 2**256])
def test_multiply_by_a_scalar_out_of_range_raises_with_the_value(crypto: Crypto, scalar: int) -> None:
    with pytest.raises(ScalarOutOfRange) as raised:
        crypto.multiply(BASE8, scalar)
    assert (raised.value.value, raised.value.bound) == (scalar, 2**256)


@pytest.mark.parametrize("bad", [-1, R, 2**256])
def test_point_with_a_coordinate_outside_the_field_raises_with_the_value(crypto: Crypto, bad: int) -> None:
    for point in (Point(bad, 1), Point(0, bad)):
        for refuse in (
            lambda point=point: crypto.check_key(point),
            lambda point=point: crypto.add(point, BASE8),
            lambda point=point: crypto.multiply(point, 1),
            lambda point=point: crypto.pack_point(point),
        ):
            with pytest.raises(NotAFieldElement) as raised:
                refuse()
            assert raised.value.value == bad


def test_check_key_off_the_curve_raises_with_the_point(crypto: Crypto) -> None:
    with pytest.raises(PointNotOnCurve) as raised:
        crypto.check_key(Point(BASE8.x, BASE8.y + 1))
    assert raised.value.point == (BASE8.x, BASE8.y + 1)
    assert raised.value.curve == "Baby Jubjub"


def test_check_key_of_each_point_of_small_order_raises_with_the_point(crypto: Crypto) -> None:
    torsion = crypto.multiply(GENERATOR, SUBGROUP_ORDER)
    small = {crypto.multiply(torsion, scalar) for scalar in range(8)}
    assert len(small) == 8
    for point in small:
        with pytest.raises(PointOfSmallOrder) as raised:
            crypto.check_key(point)
        assert raised.value.point == point
        crypto.check_key(crypto.add(point, BASE8))  # a key with a part of small order is a key


def test_unpack_point_with_and_without_the_sign_gives_the_two_roots(crypto: Crypto) -> None:
    packed = bytearray(crypto.pack_point(BASE8))
    smaller = crypto.unpack_point(bytes(packed[:31]) + bytes([packed[31] & 0x7F]))
    larger = crypto.unpack_point(bytes(packed[:31]) + bytes([packed[31] | 0x80]))
    assert smaller.x <= HALF < larger.x
    assert smaller.x + larger.x == R
    assert BASE8 in (smaller, larger)
