"""Poseidon against what its authors published, HashList and stream against their definition."""

from __future__ import annotations

import pytest

from prover.errors import NotAFieldElement, WrongLength
from prover.reference import poseidon as reference
from prover.reference.field import R
from prover.types import Crypto


def test_parameters_of_width_three_begin_with_the_published_constant() -> None:
    constants, matrix = reference.parameters(3)
    assert constants[0][0] == 0x0EE9A592BA9A9518D05986D656F40C2114C4993C11BB29938D21D47304CD8E6E
    assert len(constants) == 8 + 57
    assert len(matrix) == 3


PUBLISHED = {
    3: [
        0x115CC0F5E7D690413DF64C6B9662E9CF2A3617F2743245519E19607A4417189A,
        0x0FCA49B798923AB0239DE1C9E7A4A9A2210312B6A2F616D18B5A87F9B628AE29,
        0x0E7AE82E40091E63CBD4F16A6D16310B3729D4B6E138FCF54110E2867045A30C,
    ],
    5: [
        0x299C867DB6C1FDD79DCEFA40E4510B9837E60EBB1CE0663DBAA525DF65250465,
        0x1148AAEF609AA338B27DAFD89BB98862D8BB2B429ACEAC47D86206154FFE053D,
        0x24FEBB87FED7462E23F6665FF9A0111F4044C38EE1672C1AC6B0637D34F24907,
        0x0EB08F6D809668A981C186BEAF6110060707059576406B248E5D9CF6E78B3D3E,
        0x07748BC6877C9B82C8B98666EE9D0626EC7F5BE4205F79EE8528EF1C4A376FC7,
    ],
}
"""The authors' test vectors `poseidonperm_x5_254_3` and `_5`: the permuted state 0, 1, 2, ..."""


@pytest.mark.parametrize("width", PUBLISHED)
def test_permute_of_counting_state_gives_published_state(width: int) -> None:
    assert reference.permute(range(width)) == PUBLISHED[width]


@pytest.mark.parametrize("width", range(2, 18))
def test_parameters_of_every_width_are_distinct_field_elements(width: int) -> None:
    constants, matrix = reference.parameters(width)
    flat = [value for row in (*constants, *matrix) for value in row]
    assert all(0 <= value < R for value in flat)
    assert len(set(flat)) == len(flat)


def test_poseidon_of_counting_inputs_gives_the_published_state(crypto: Crypto) -> None:
    assert crypto.poseidon([1, 2]) == crypto.poseidon([1, 2], 0) == PUBLISHED[3][0]
    assert crypto.poseidon_ex([1, 2, 3, 4], 5) == PUBLISHED[5]


def test_poseidon_with_another_tag_gives_another_hash(crypto: Crypto) -> None:
    assert len({crypto.poseidon([1, 2], tag) for tag in (0, 1, 2, R - 1)}) == 4


def test_poseidon_ex_with_more_outputs_begins_with_the_fewer(crypto: Crypto) -> None:
    assert crypto.poseidon_ex([1, 2, 3], 4, 9)[:2] == crypto.poseidon_ex([1, 2, 3], 2, 9)


@pytest.mark.parametrize("value", [-1, R, 2**256, 2**300])
def test_poseidon_of_no_field_element_raises_with_the_value(crypto: Crypto, value: int) -> None:
    for refuse in (
        lambda: crypto.poseidon([1, value]),
        lambda: crypto.poseidon([1], value),
        lambda: crypto.poseidon_ex([value], 2),
        lambda: crypto.poseidon_many([[1], [value]]),
        lambda: crypto.poseidon_many([[1]], value),
        lambda: crypto.hash_list([1, value], 0),
        lambda: crypto.stream(value, 1, 0),
        lambda: crypto.stream(1, 1, value),
    ):
        with pytest.raises(NotAFieldElement) as raised:
            refuse()
        assert raised.value.value == value


def test_hash_list_of_up_to_sixteen_elements_is_one_padded_block(crypto: Crypto) -> None:
    for count in (1, 15, 16):
        elements = list(range(1, count + 1))
        assert crypto.hash_list(elements, 7) == crypto.poseidon(elements + [0] * (16 - count), 7 + (count << 32))


def test_hash_list_of_seventeen_elements_chains_two_blocks(crypto: Crypto) -> None:
    capacity = 7 + (17 << 32)
    first = crypto.poseidon(range(16), capacity)
    assert crypto.hash_list(range(17), 7) == crypto.poseidon([first, 16, *[0] * 14], capacity)


def test_hash_list_with_a_zero_appended_gives_another_hash(crypto: Crypto) -> None:
    for count in (1, 15, 16, 30):
        assert crypto.hash_list([5] * count, 1) != crypto.hash_list([*[5] * count, 0], 1)


def test_hash_list_of_nothing_raises(crypto: Crypto) -> None:
    with pytest.raises(WrongLength):
        crypto.hash_list([], 1)


def test_stream_hides_the_last_element_of_the_state(crypto: Crypto) -> None:
    for words in (1, 15):
        elements = crypto.stream(11, words, 3)
        assert len(elements) == words + 1
        state = crypto.poseidon_ex([11, *[0] * words], words + 2, 3)
        assert elements == state[:-1]
