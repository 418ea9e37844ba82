"""
Why the cheap ladders of the signature check cannot be cheated: trap 34 and its relatives.

Tables are fresh and their polynomials have the right roots. The points that an incomplete addition could meet are
enumerated, and where they exist a constraint refuses them. test_signature_wires.py shows that nothing else is a choice.
"""

from __future__ import annotations

import random
import subprocess
import sys
from collections.abc import Iterator, Sequence
from itertools import product

import pytest
from support.signature_circuits import (
    LAST,
    accepts,
    apart,
    maths,
    montgomery,
    names,
    odd_digits,
    tables,
    torsion,
    window_wires,
    wires_of,
)

from prover.places import checkout
from prover.reference.babyjubjub import BASE8, IDENTITY, SUBGROUP_ORDER
from prover.reference.field import R
from prover.types import Point
from rollup.witness.signature import shifted, signature_inputs

pytest.importorskip("zkclear_native", reason="the native extension is not built: install Rust, make setup")

HALF = 1 << 127
SECRET = b"ladder".ljust(32, b".")
KEY = maths.public_key(SECRET)
VALID = signature_inputs(KEY, 7, maths.sign(SECRET, 7))


# ---------------------------------------------------------------- tables


def test_generated_tables_when_the_curve_is_unchanged_are_fresh() -> None:
    command = [sys.executable, "tools/base_windows.py", "--check"]
    assert subprocess.run(command, cwd=checkout(), check=False).returncode == 0


def test_tables_when_rebuilt_hold_the_odd_multiples() -> None:
    for window, points in enumerate(tables().tables()):
        assert len(points) == (12 if window < 54 else 6)
        for k, point in enumerate(points):
            assert point == montgomery(maths.multiply(BASE8, (2 * k + 1) * 24**window % SUBGROUP_ORDER))
    assert maths.multiply(tables().unowned(), SUBGROUP_ORDER) == IDENTITY


def test_split_polynomials_when_evaluated_equal_the_product_of_roots() -> None:
    """Monic polynomials of degree 12 that agree at twelve further points are the same: no x but the table's passes."""
    rng = random.Random(1)
    for window, points in enumerate(tables().tables()):
        roots = [x for x, _ in points]
        parts = (tables().split_twelve if window < 54 else tables().split_six)(roots)
        for x in [rng.randrange(R) for _ in range(12)] + roots:
            expected = 1
            for root in roots:
                expected = expected * (x - root) % R
            assert membership(parts, x) == expected


def membership(k: Sequence[int], x: int) -> int:
    """What the circuit sets to zero, as BaseMultiple writes it."""
    square, cube = x * x, x**3
    if len(k) == 6:
        s = cube + k[0] * square + k[1] * x
        return (s * s - k[2] * cube - k[3] * square - k[4] * x - k[5]) % R
    sixth = cube * (cube + k[0] * square + k[1] * x)
    s = sixth + k[2] * cube + k[3] * square + k[4] * x
    t = cube + k[5] * square + k[6] * x
    return ((s + t) * (s - t) - k[7] * sixth - k[8] * cube - k[9] * square - k[10] * x - k[11]) % R


# ---------------------------------------------------------------- points that an addition could meet


def meetings(step: int, half: int, order: int) -> list[tuple[int, int, int, int]]:
    """
    Every (x, y, e, f) with which KeyMultiple's total equals its next term at a step, exactly.

    The total is (2^(step+1) + x)·T + (2^step + y)·U, |x|, |y| < 2^step, both odd (0 at first); the term is e·T + f·U
    with signs e and f; U = half·T, T of the order. With (m, n) the difference, m + half·n ≡ 0: a lattice. From a basis
    of short vectors its points in the box follow from the corners, by Cramer's rule.
    """
    size = 1 << step
    (a, b), (c, d) = reduced((order, 0), (-half % order, 1))
    determinant = a * d - b * c
    assert abs(determinant) == order
    corners = list(product((2 * size - size, 2 * size + size), (size - size, size + size)))
    first = [(m * d - n * c) * (1 if determinant > 0 else -1) for m, n in corners]
    second = [(a * n - b * m) * (1 if determinant > 0 else -1) for m, n in corners]
    found = []
    for i in range(min(first) // order - 2, max(first) // order + 4):
        for j in range(min(second) // order - 2, max(second) // order + 4):
            m, n = i * a + j * c, i * b + j * d
            for e, f in product((1, -1), repeat=2):
                x, y = m - 2 * size + e, n - size + f
                if (x == y == 0) if step == 0 else (abs(x) < size and abs(y) < size and x % 2 and y % 2):
                    found.append((x, y, e, f))
    return found


def reduced(a: tuple[int, int], b: tuple[int, int]) -> tuple[tuple[int, int], tuple[int, int]]:
    """Lagrange's reduction of a basis in the plane."""
    while True:
        if a[0] ** 2 + a[1] ** 2 > b[0] ** 2 + b[1] ** 2:
            a, b = b, a
        square = a[0] ** 2 + a[1] ** 2
        factor = (2 * (a[0] * b[0] + a[1] * b[1]) + square) // (2 * square)
        if factor == 0:
            return a, b
        b = (b[0] - factor * a[0], b[1] - factor * a[1])


def test_meetings_when_the_group_is_small_are_all_found() -> None:
    total = 0
    groups = ((16, 23), (16, 29), (32, 97), (64, 389), (64, 397))
    for (half, order), step in product(groups, range(6)):
        if 2 << step > half:
            continue
        size = 1 << step
        odd = range(-size + 1, size, 2)
        brute = {
            (x, y, e, f)
            for x, y, e, f in product(odd, odd, (1, -1), (1, -1))
            if (2 * size + x - e + half * (size + y - f)) % order == 0
        }
        assert set(meetings(step, half, order)) == brute
        total += len(brute)
    assert total > 0


def test_meetings_before_step_125_are_none() -> None:
    """The theorem behind KeyMultiple: no hash, key or hint makes the first 125 of its additions meet equal points."""
    assert [len(meetings(step, HALF, SUBGROUP_ORDER)) for step in range(127)] == [0] * 125 + [4, 16]


def test_sums_of_lower_windows_are_below_the_order() -> None:
    """The theorem behind BaseMultiple: |n| + d·24^i < l for all windows but the last, so nothing meets modulo l."""
    for window in range(54):
        largest_sum = sum(23 * 24**i for i in range(window))
        assert largest_sum < 24**window
        assert largest_sum + 23 * 24**window < SUBGROUP_ORDER
    assert SUBGROUP_ORDER < 12 * LAST  # every class is reached, and the last window needs its constraint


def test_fixed_sums_of_a_key_never_meet() -> None:
    """KeyPoints: T and ±U, T + U and T, T + U and U are neither equal nor opposite for any key."""
    for left, right in (((1, 0), (0, 1)), ((1, 1), (1, 0)), ((1, 1), (0, 1))):
        for sign in (1, -1):
            difference = left[0] - sign * right[0] + HALF * (left[1] - sign * right[1])
            assert difference % SUBGROUP_ORDER


# ---------------------------------------------------------------- BaseMultiple alone


@pytest.mark.parametrize(
    "scalar",
    [
        1,
        2,
        3,
        23,
        24,
        25,
        LAST,
        11 * LAST % SUBGROUP_ORDER,
        SUBGROUP_ORDER - 1,
        SUBGROUP_ORDER + 1,
        SUBGROUP_ORDER // 2,
        R - 1,
    ],
)
def test_base_multiple_when_the_scalar_is_given_is_its_multiple(scalar: int) -> None:
    witness = accepts("base", {"scalar": scalar})
    assert witness is not None
    assert (witness[1], witness[2]) == montgomery(maths.multiply(BASE8, scalar % SUBGROUP_ORDER))


@pytest.mark.parametrize("scalar", [0, SUBGROUP_ORDER])
def test_base_multiple_when_it_would_be_the_identity_has_no_witness(scalar: int) -> None:
    assert accepts("base", {"scalar": scalar}) is None


def test_base_multiple_when_its_last_addition_meets_its_own_point_breaks_one_constraint() -> None:
    """Trap 34 built by hand: lower windows that sum to 9·24^54 modulo l. The slope is free; Apart alone refuses it."""
    wires = wires_of("base")
    lower = 9 * LAST - SUBGROUP_ORDER
    assert lower % 2 and abs(lower) < LAST
    digits = [*odd_digits(lower + 11 * LAST)[:54], 9]
    assert sum(d * 24**i for i, d in enumerate(digits)) == lower + 9 * LAST
    made = wires.complete(window_wires(wires, digits))
    assert names(wires, made.free) == {"Apart.inverse", "Add.slope"}
    assert made.broken == apart(wires)

    opposite = wires.complete(window_wires(wires, [-d for d in digits[:54]] + [9]))
    assert len(opposite.broken) == 2  # the slope's own constraint refuses too


# ---------------------------------------------------------------- KeyMultiple alone


def key_points(key: Point) -> dict[str, list[int]]:
    witness = accepts("points", {"enabled": 1, "key": [*key], "shifted": [*shifted(key)]})
    assert witness is not None
    values = [witness[1 + k] for k in range(8)]
    return {"plus": values[:2], "minus": values[2:4], "start": values[4:6], "excess": values[6:]}


def ladder_inputs(key: Point, bits: int) -> dict[str, list[int]]:
    points = key_points(key)
    del points["excess"]
    return {**points, "bit": [bits >> i & 1 for i in range(254)]}


def combination(key: Point, low: int, high: int) -> tuple[int, int]:
    t, u = maths.multiply(key, 4), shifted(key)
    return montgomery(maths.add(maths.multiply(t, low), maths.multiply(u, high)))


def test_key_points_when_made_are_the_sums_they_are_called() -> None:
    for key in (KEY, *(maths.add(KEY, point) for point in torsion())):
        points = key_points(key)
        assert tuple(points["plus"]) == combination(key, 1, 1)
        assert tuple(points["minus"]) == combination(key, 1, SUBGROUP_ORDER - 1)
        assert tuple(points["start"]) == combination(key, 2, 1)
        assert tuple(points["excess"]) == combination(key, 1, 2)


def patterns() -> Iterator[int]:
    rng = random.Random(5)
    yield from (0, 1, 2, 2**127 - 1, 2**127, 2**254 - 1, R - 1, SUBGROUP_ORDER, 8 * SUBGROUP_ORDER)
    yield from (sum(1 << i for i in range(0, 254, 2)), sum(1 << i for i in range(1, 254, 2)))
    yield from (1 << i for i in range(3, 254, 50))
    yield from (rng.getrandbits(254) for _ in range(8))


@pytest.mark.parametrize("order", range(8))
def test_key_multiple_when_the_hash_is_given_is_its_multiple(order: int) -> None:
    key = maths.add(KEY, torsion()[order])
    offset = maths.add(maths.multiply(key, 4), maths.multiply(shifted(key), 2))
    for bits in patterns():
        witness = accepts("product", ladder_inputs(key, bits))
        assert witness is not None
        expected = maths.add(maths.multiply(maths.multiply(key, 8), bits), offset)
        assert (witness[1], witness[2]) == montgomery(expected)


def test_key_multiple_when_it_would_be_the_identity_has_no_witness() -> None:
    bits = -(1 + 2 * HALF) * pow(2, -1, SUBGROUP_ORDER) % SUBGROUP_ORDER
    assert accepts("product", ladder_inputs(KEY, bits)) is None


def test_key_multiple_when_a_step_meets_its_own_point_breaks_one_constraint() -> None:
    """
    Trap 34: all twenty ways in which the ladder meets its own point, for a key of ours.

    Some pass through a sum that has no form before they get there; the constraint of that step refuses them. In the
    others the slope is free, and Apart alone refuses.
    """
    wires = wires_of("product")
    points = key_points(KEY)
    inputs = {wires.wire_of[f"main.{k}[{i}]"]: points[k][i] for k in ("plus", "minus", "start") for i in (0, 1)}
    rng = random.Random(6)
    reached = 0
    for step in (125, 126):
        for x, y, e, f in meetings(step, HALF, SUBGROUP_ORDER):
            halves = []
            for top, sign in ((x, e), (y, f)):
                bits = ((top + 2**step - 1) // 2 << 1) | (sign > 0)
                halves.append(bits << (126 - step) | rng.getrandbits(126 - step))
            number = halves[0] + (halves[1] << 127)
            assert accepts("product", ladder_inputs(KEY, number)) is None
            given = {wires.wire_of[f"main.bit[{i}]"]: number >> i & 1 for i in range(254)}
            (slope,) = [w for w in wires.like("DoubleAdd", ".first") if f"[{step}]" in wires.names[w]]
            made = wires.complete({**inputs, **given}, choices=[slope])
            assert made.broken
            if has_form(number, step):
                reached += 1
                assert names(wires, made.free) == {"Apart.inverse", "DoubleAdd.first"}
                assert len(made.broken) == 1 and set(made.broken) <= set(apart(wires))
    assert reached == 8


def has_form(number: int, steps: int) -> bool:
    """Whether no sum before a step is the identity, in multiples of T."""
    total = 2 + HALF
    for j in range(steps):
        term = (2 * (number >> 126 - j & 1) - 1) + HALF * (2 * (number >> 253 - j & 1) - 1)
        if (total + term) % SUBGROUP_ORDER == 0 or (2 * total + term) % SUBGROUP_ORDER == 0:
            return False
        total = 2 * total + term
    return True
