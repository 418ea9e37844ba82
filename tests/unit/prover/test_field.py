"""The scalar field: what is an element, and what is not."""

from __future__ import annotations

import pytest

from prover.errors import InvalidInput, NotAFieldElement, ProverError, WrongLength
from prover.reference import field
from prover.reference.field import R


@pytest.mark.parametrize("value", [0, 1, R - 1])
def test_element_at_the_edges_is_itself(value: int) -> None:
    assert field.element(value) == value
    assert field.from_bytes(field.to_bytes(value)) == value


@pytest.mark.parametrize("value", [-1, R, R + 1, 2**256, -(2**300)])
def test_element_outside_the_field_raises_with_the_value(value: int) -> None:
    for refuse in (field.element, field.to_bytes, lambda bad: field.elements([1, bad])):
        with pytest.raises(NotAFieldElement) as raised:
            refuse(value)
        assert raised.value.value == value
        assert isinstance(raised.value, InvalidInput | ProverError | ValueError)


def test_to_bytes_puts_the_least_significant_byte_first() -> None:
    assert field.to_bytes(0x0102) == b"\x02\x01" + bytes(30)


@pytest.mark.parametrize("length", [0, 31, 33])
def test_from_bytes_of_another_length_raises(length: int) -> None:
    with pytest.raises(WrongLength) as raised:
        field.from_bytes(bytes(length))
    assert raised.value.actual == length


def test_from_bytes_of_the_order_itself_raises() -> None:
    with pytest.raises(NotAFieldElement):
        field.from_bytes(R.to_bytes(32, "little"))


@pytest.mark.parametrize("root", [0, 1, 2, 3, field.HALF, 12345678901234567890])
def test_square_root_of_a_square_is_the_smaller_root(root: int) -> None:
    assert field.square_root(root * root % R) == root
    assert field.square_root((R - root) ** 2 % R) == root


def test_square_root_of_a_root_of_unity_of_highest_order_is_none() -> None:
    odd = (R - 1) >> field.TWO_ADICITY
    generator = pow(field.NON_RESIDUE, odd, R)
    assert field.square_root(generator) is None
    assert field.square_root(field.NON_RESIDUE) is None
    for height in range(1, field.TWO_ADICITY + 1):  # elements that need every number of corrections
        power = pow(generator, 1 << height, R)
        root = field.square_root(power)
        assert root is not None
        assert root * root % R == power
