"""
Baby Jubjub, the curve on which traders' keys live.

Its coordinates are elements of the scalar field, so that a circuit can compute on the curve and check a signature. In
circomlib's twisted Edwards form its points satisfy

    168700·x² + y² = 1 + 168696·x²·y²

The addition formula has no exceptions: it also doubles, and adds inverse points and the identity (0, 1). The group has
8·l elements with l prime, so points of order 1, 2, 4 and 8 exist. Such a point as a key would verify any message:
`check_key` refuses it. A good key may still have a part of small order; multiplying by 8 removes it, and therefore no
scalar may be reduced modulo l before that.
"""

from __future__ import annotations

from typing import Final

from prover.errors import NotAFieldElement, PointNotOnCurve, PointOfSmallOrder, ScalarOutOfRange, WrongLength
from prover.reference.field import BYTES, HALF, R, element, inverse, square_root, to_bytes
from prover.types import Point

__all__ = [
    "BASE8",
    "COFACTOR",
    "IDENTITY",
    "SCALAR_BOUND",
    "SUBGROUP_ORDER",
    "A",
    "D",
    "add",
    "check_key",
    "check_point",
    "is_on_curve",
    "multiply",
    "pack_point",
    "unpack_point",
]

A: Final = 168700
"""Coefficient of x². A square, which together with D makes the addition formula free of exceptions."""

D: Final = 168696
"""Coefficient of x²·y². Not a square."""

COFACTOR: Final = 8
"""Points of the curve for each point of the subgroup."""

SUBGROUP_ORDER: Final = 2736030358979909402780800718157159386076813972158567259200215660948447373041
"""The prime l, 251 bits: how many points the subgroup has."""

IDENTITY: Final = Point(0, 1)
"""The point that changes nothing when added."""

BASE8: Final = Point(
    5299619240641551281634865583518297030282874472190772894086521144482721001553,
    16950150798460657717958625567821834550301663161624707787222815936182638968203,
)
"""The point that keys and signatures are multiples of: eight times the curve's generator, so of order l."""

SCALAR_BOUND: Final = 1 << 256
"""Scalars of `multiply` are below this; more than 32 bytes can only be a mistake."""

SIGN_BIT: Final = 0x80
"""In the last byte of a packed point: set where x is the larger of the two candidates."""


def is_on_curve(point: Point) -> bool:
    """Whether the coordinates satisfy the curve's equation."""
    x2, y2 = point.x * point.x % R, point.y * point.y % R
    return (A * x2 + y2 - 1 - D * x2 * y2) % R == 0


def check_point(point: Point) -> None:
    """Raise unless both coordinates are field elements and the point is on the curve."""
    element(point.x)
    element(point.y)
    if not is_on_curve(point):
        raise PointNotOnCurve(point)


def check_key(point: Point) -> None:
    """Raise unless the point may serve as a key: on the curve, and eight times it is not the identity."""
    check_point(point)
    if multiply(point, COFACTOR) == IDENTITY:
        raise PointOfSmallOrder(point)


def add(left: Point, right: Point) -> Point:
    """The sum of two points, by the law that defines it."""
    check_point(left)
    check_point(right)
    (x1, y1), (x2, y2) = left, right
    product = D * x1 * x2 * y1 * y2 % R
    return Point(
        (x1 * y2 + y1 * x2) * inverse(1 + product) % R,
        (y1 * y2 - A * x1 * x2) * inverse(1 - product) % R,
    )


def multiply(point: Point, scalar: int) -> Point:
    """The point added `scalar` times to the identity. Takes a time that depends on the scalar: not for live secrets."""
    check_point(point)
    if not 0 <= scalar < SCALAR_BOUND:
        raise ScalarOutOfRange(scalar, SCALAR_BOUND)
    return _multiply(point, scalar)


def _multiply(point: Point, scalar: int) -> Point:
    """Double and add, from the highest bit, on (X, Y, Z) with x = X/Z and y = Y/Z: one division at the end."""
    total, summand = (0, 1, 1), (point.x, point.y, 1)
    for bit in f"{scalar:b}":
        total = _add_projective(total, total)
        if bit == "1":
            total = _add_projective(total, summand)
    z_inverse = inverse(total[2])
    return Point(total[0] * z_inverse % R, total[1] * z_inverse % R)


def _add_projective(left: tuple[int, int, int], right: tuple[int, int, int]) -> tuple[int, int, int]:
    """The law of `add` with both sides multiplied by their denominators."""
    (x1, y1, z1), (x2, y2, z2) = left, right
    z = z1 * z2 % R
    xx, yy, zz = x1 * x2 % R, y1 * y2 % R, z * z % R
    product = D * xx * yy % R
    minus, plus = zz - product, zz + product
    cross = (x1 * y2 + y1 * x2) % R
    return z * minus * cross % R, z * plus * (yy - A * xx) % R, minus * plus % R


def pack_point(point: Point) -> bytes:
    """A point as 32 bytes: y in little endian, and the top bit says whether x is the larger candidate."""
    check_point(point)
    packed = bytearray(to_bytes(point.y))
    if point.x > HALF:
        packed[-1] |= SIGN_BIT
    return bytes(packed)


def unpack_point(packed: bytes) -> Point:
    """
    The point that 32 bytes name. Every point has exactly one name; anything else is refused.

    x is the smaller or the larger root of x² = (1 - y²) / (A - D·y²). The denominator is never 0, because A/D is not a
    square. Where there is no root, the error names the point (0, y), which is not on the curve.
    """
    if len(packed) != BYTES:
        raise WrongLength("bytes of a packed point", str(BYTES), len(packed))
    is_larger = bool(packed[-1] & SIGN_BIT)
    y = element(int.from_bytes(packed[:-1] + bytes([packed[-1] & ~SIGN_BIT]), "little"))
    x = square_root((1 - y * y) * inverse(A - D * y * y) % R)
    if x is None:
        raise PointNotOnCurve((0, y))
    if not is_larger:
        return Point(x, y)
    if x == 0:
        raise NotAFieldElement(R)  # the larger twin of 0 would be r - 0
    return Point(R - x, y)
