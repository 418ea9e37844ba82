"""
BN254, the curve of the proofs, and its pairing.

Two groups of the same prime order r live here: G1 on y² = x³ + 3 over the field of q elements, and G2 on a twist of it
over that field with i, i² = -1, adjoined. The pairing e takes a point of each and is linear in both,
e(a·P, b·Q) = e(P, Q)^(a·b). It lets a verifier compare products of numbers that it knows only as multiples of a
generator, which is all that a Groth16 verifier does. The arithmetic is py_ecc's; this module checks what goes in.

G1 has no points outside the group. The twist has, and a point outside the subgroup would make the pairing meaningless,
so membership is checked by multiplying with r.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final, NamedTuple

from prover.errors import PointNotOnCurve, ScalarOutOfRange
from prover.reference.curves import optimized_bn128 as curve
from prover.reference.field import R

__all__ = ["G1", "G2", "G1Point", "G2Point", "Q", "add", "check_g1", "check_g2", "multiply", "pairing_product_is_one"]

Q: Final = 21888242871839275222246405745257275088696311157297823662689037894645226208583
"""The prime q: coordinates are integers modulo it."""


class G1Point(NamedTuple):
    """A point of G1. (0, 0), which is not on the curve, stands for the point at infinity, as in the EVM."""

    x: int
    y: int

    @property
    def is_infinity(self) -> bool:
        """Whether this is the identity of the group."""
        return self == (0, 0)


class G2Point(NamedTuple):
    """A point of G2; the coordinate (c0, c1) is c0 + c1·i. All zeros stand for the point at infinity."""

    x: tuple[int, int]
    y: tuple[int, int]

    @property
    def is_infinity(self) -> bool:
        """Whether this is the identity of the group."""
        return self == ((0, 0), (0, 0))


G1: Final = G1Point(1, 2)
"""The generator of G1."""

G2: Final = G2Point(
    (
        10857046999023057135944570762232829481370756359578518086990519993285655852781,
        11559732032986387107991004021392285783925812861821192530917403151452391805634,
    ),
    (
        8495653923123431417604973247489272438418190587263600148770280649306958101930,
        4082367875863433681332203403145435568316851327593401208105741076214120093531,
    ),
)
"""The generator of G2."""


def check_g1(point: G1Point) -> None:
    """Raise unless the point is in G1, infinity included."""
    _check_coordinates(point)
    if not curve.is_on_curve(_lift(point), curve.b):
        raise PointNotOnCurve(point, "BN254")


def check_g2(point: G2Point) -> None:
    """Raise unless the point is in G2, infinity included: on the twist, and of order r."""
    coordinates = (*point.x, *point.y)
    _check_coordinates(coordinates)
    lifted = _lift(point)
    if not curve.is_on_curve(lifted, curve.b2):
        raise PointNotOnCurve(coordinates, "the twist of BN254")
    if not curve.is_inf(curve.multiply(lifted, R)):
        raise PointNotOnCurve(coordinates, "BN254's second group: its order is not r")


def add(left: G1Point, right: G1Point) -> G1Point:
    """The sum of two points of G1."""
    return _lower(curve.add(_lift(left), _lift(right)))


def multiply(point: G1Point, scalar: int) -> G1Point:
    """A multiple of a point of G1."""
    return _lower(curve.multiply(_lift(point), scalar % R))


def negate(point: G1Point) -> G1Point:
    """The point that gives infinity when added to this one."""
    return G1Point(point.x, -point.y % Q)


def pairing_product_is_one(pairs: Sequence[tuple[G1Point, G2Point]]) -> bool:
    """
    Whether the product of all e(P, Q) is 1. The points must have been checked.

    A pairing is a loop, then a power to a large exponent that maps its result into the group of r-th roots of unity. A
    product needs that power only once.
    """
    product = curve.FQ12.one()
    for left, right in pairs:
        product *= curve.pairing(_lift(right), _lift(left), final_exponentiate=False)
    return bool(curve.final_exponentiate(product) == curve.FQ12.one())


def _check_coordinates(coordinates: Sequence[int]) -> None:
    for coordinate in coordinates:
        if not 0 <= coordinate < Q:
            raise ScalarOutOfRange(coordinate, Q)


def _lift(point: G1Point | G2Point) -> Any:
    """A point as py_ecc's projective coordinates."""
    if isinstance(point, G1Point):
        return curve.Z1 if point.is_infinity else (curve.FQ(point.x), curve.FQ(point.y), curve.FQ.one())
    return curve.Z2 if point.is_infinity else (curve.FQ2(point.x), curve.FQ2(point.y), curve.FQ2.one())


def _lower(lifted: Any) -> G1Point:
    """A point of G1 from py_ecc's projective coordinates."""
    if curve.is_inf(lifted):
        return G1Point(0, 0)
    x, y = curve.normalize(lifted)
    return G1Point(int(x.n), int(y.n))
