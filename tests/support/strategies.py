"""Random inputs for the mathematics, with the edges more often than chance has them."""

from __future__ import annotations

from hypothesis import strategies as st

from prover.reference import babyjubjub
from prover.reference.field import R
from prover.types import Point

elements = st.one_of(st.sampled_from([0, 1, R - 1]), st.integers(0, R - 1))
"""Field elements."""

integers = st.one_of(
    elements,
    st.sampled_from([-1, R, R + 1, babyjubjub.SUBGROUP_ORDER, 2**64, 2**256 - 1, 2**256, 2**300, -(2**300)]),
)
"""Integers that may or may not be field elements."""

messages = elements
"""What is signed."""

scalars = st.one_of(
    st.sampled_from([0, 1, 8, babyjubjub.SUBGROUP_ORDER - 1, babyjubjub.SUBGROUP_ORDER, R, 2**256 - 1]),
    st.integers(0, 2**256 - 1),
)
"""Multipliers of points."""

secrets = st.binary(min_size=32, max_size=32)
"""What keys are made of."""

_GENERATOR = Point(
    995203441582195749578291179787384436505546430278305826713579947235728471134,
    5472060717959818805561601436314318772137091100104008585924551046643952123905,
)


def points(of_small_order: bool = False) -> st.SearchStrategy[Point]:
    """Points of Baby Jubjub: of the whole curve, or only those that 8 takes to the identity."""
    torsion = babyjubjub.multiply(_GENERATOR, babyjubjub.SUBGROUP_ORDER)
    small = st.integers(0, 7).map(lambda scalar: babyjubjub.multiply(torsion, scalar))
    if of_small_order:
        return small
    return st.one_of(small, st.integers(0, R).map(lambda scalar: babyjubjub.multiply(_GENERATOR, scalar)))
