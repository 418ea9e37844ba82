"""Polynomials, constraint systems, and the identity that a proof shows."""

from __future__ import annotations

import pytest

from prover.errors import IndexOutOfRange, NotAFieldElement, UnsatisfiedConstraint, WrongLength
from prover.reference import polynomial, qap
from prover.reference.field import R
from prover.reference.r1cs import Constraint, ConstraintSystem

CUBE = ConstraintSystem(
    wires=5,
    public=1,
    constraints=(
        Constraint({2: 1}, {2: 1}, {3: 1}),
        Constraint({3: 1}, {2: 1}, {4: 1}),
        Constraint({4: 1, 2: 1, 0: 5}, {0: 1}, {1: 1}),
    ),
)
"""y = x³ + x + 5 on the wires 1, y, x, x², x³."""

GOOD = [1, 35, 3, 9, 27]


def test_domain_holds_the_roots_of_unity_in_order() -> None:
    assert polynomial.domain(1) == [1]
    assert polynomial.domain(2) == [1, R - 1]
    points = polynomial.domain(8)
    assert len(set(points)) == 8
    assert all(pow(point, 8, R) == 1 for point in points)
    assert points[4] == R - 1
    assert points[::2] == polynomial.domain(4)


@pytest.mark.parametrize("size", [0, -2, 3, 12, 2**29])
def test_domain_of_no_power_of_two_raises(size: int) -> None:
    with pytest.raises(WrongLength) as raised:
        polynomial.domain(size)
    assert raised.value.actual == size


def test_interpolate_gives_a_polynomial_with_the_values() -> None:
    values = [5, 0, R - 1, 7, 1, 1, 2, 3]
    poly = polynomial.interpolate(values)
    field = polynomial.scalar_field()
    assert [int(poly(field(point))) for point in polynomial.domain(8)] == values


def test_interpolate_of_one_value_is_constant() -> None:
    assert polynomial.coefficients(polynomial.interpolate([9] * 4)) == [9]
    assert polynomial.coefficients(polynomial.interpolate([0])) == [0]


def test_polynomial_with_a_coefficient_outside_the_field_raises() -> None:
    for build in (polynomial.polynomial, polynomial.interpolate):
        with pytest.raises(NotAFieldElement) as raised:
            build([1, R])
        assert raised.value.value == R


def test_vanishing_is_zero_exactly_on_the_domain() -> None:
    poly, field = polynomial.vanishing(4), polynomial.scalar_field()
    assert polynomial.coefficients(poly) == [R - 1, 0, 0, 0, 1]
    assert all(int(poly(field(point))) == 0 for point in polynomial.domain(4))
    assert int(poly(field(5))) != 0


def test_quotient_of_a_good_witness_satisfies_the_identity() -> None:
    h = qap.quotient(CUBE, GOOD)
    assert h.degree <= qap.domain_size(CUBE) - 2
    assert qap.holds(CUBE, GOOD, h)
    assert not qap.holds(CUBE, GOOD, h + polynomial.polynomial([1]))
    a, b, c, z = qap.combine(CUBE, GOOD)
    point = polynomial.scalar_field()(123456789)  # the identity at one point, as Groth16 checks it
    assert a(point) * b(point) - c(point) == h(point) * z(point)


@pytest.mark.parametrize(
    ("witness", "constraint"),
    [
        ([1, 36, 3, 9, 27], 2),
        ([1, 35, 3, 9, 28], 1),
        ([1, 35, 3, 10, 27], 0),
        ([1, 35, 3, 9, R - 1], 1),
        ([2, 35, 3, 9, 27], -1),
    ],
)
def test_quotient_of_a_bad_witness_raises_with_the_constraint(witness: list[int], constraint: int) -> None:
    with pytest.raises(UnsatisfiedConstraint) as raised:
        qap.quotient(CUBE, witness)
    assert raised.value.constraint == constraint


def test_division_for_a_bad_witness_leaves_a_remainder() -> None:
    a, b, c, z = qap.combine(CUBE, [1, 36, 3, 9, 27])
    assert (a * b - c) % z != polynomial.polynomial([0])
    assert not qap.holds(CUBE, [1, 36, 3, 9, 27], (a * b - c) // z)


def test_wire_polynomials_take_the_coefficients_as_values() -> None:
    field, points = polynomial.scalar_field(), polynomial.domain(4)
    wires = qap.wire_polynomials(CUBE)
    assert [int(wires[0].a(field(point))) for point in points] == [0, 0, 5, 0]
    assert [int(wires[2].b(field(point))) for point in points] == [1, 1, 0, 0]
    assert [int(wires[1].c(field(point))) for point in points] == [0, 0, 1, 0]


def test_witness_of_wrong_length_or_outside_the_field_raises() -> None:
    for refuse in (CUBE.check, lambda witness: qap.combine(CUBE, witness)):
        with pytest.raises(WrongLength) as wrong_length:
            refuse([1, 2])
        assert wrong_length.value.actual == 2
        with pytest.raises(NotAFieldElement) as raised:
            refuse([1, 35, 3, 9, 27 + R])
        assert raised.value.value == 27 + R


def test_system_with_a_bad_row_raises() -> None:
    with pytest.raises(IndexOutOfRange) as out_of_range:
        ConstraintSystem(2, 0, (Constraint({2: 1}, {}, {}),))
    assert (out_of_range.value.index, out_of_range.value.bound) == (2, 2)
    with pytest.raises(NotAFieldElement):
        ConstraintSystem(2, 0, (Constraint({1: R}, {}, {}),))
    with pytest.raises(WrongLength):
        ConstraintSystem(2, 2, ())


def test_system_without_constraints_accepts_any_witness() -> None:
    empty = ConstraintSystem(1, 0, ())
    assert qap.holds(empty, [1], qap.quotient(empty, [1]))
