"""
Write the tables behind fixed-base multiplication, circuits/lib/generated/base_windows.circom, from the curve alone.

    python tools/base_windows.py            write the file
    python tools/base_windows.py --check    exit 1 when it is stale

A scalar is an odd number N = Σ d_i·w_i with |N| < w_54·12: 54 windows whose digits are the odd numbers from -23 to 23,
and a last one from -11 to 11; w_i = 24^i. A window's points are the odd multiples of w_i·B8, in Montgomery form; the
circuit takes one of them, or its opposite, and proves with a polynomial that the x-coordinate is in the table.

Twelve x-coordinates are the roots of a monic p of degree 12. Four multiplications check p(x) = 0, because p is a
difference of squares up to few terms: with u = x², v = x³ and w = v·(v + a·u + b·x),

    p = (w + s3·v + s2·u + s1·x)² - (v + t2·u + t1·x)² - (c6·w + c3·v + c2·u + c1·x + c0)

Comparing coefficients downwards from x^11 gives a, b, s3, s2, s1, then c6, t2, t1, then the rest: each equation is
linear in the next unknown. The six of the last window need three: p = (v + s2·u + s1·x)² - (c3·v + c2·u + c1·x + c0).
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from prover.reference.babyjubjub import BASE8, COFACTOR, SUBGROUP_ORDER, A, D, add, multiply  # noqa: E402
from prover.reference.eddsa import public_key, sign  # noqa: E402
from prover.reference.field import R, inverse, square_root  # noqa: E402
from prover.types import Point  # noqa: E402

TARGET = ROOT / "circuits" / "lib" / "generated" / "base_windows.circom"
RADIX, WINDOWS, LAST_RADIX = 24, 55, 12
SHIFT = 129
"""A key is stored with 2^129 times itself: 2^127 for the upper half of a hash, 4 for half the cofactor."""

HALF = inverse(2)


def main() -> int:
    text = "\n".join(lines()) + "\n"
    if TARGET.is_file() and TARGET.read_text() == text:
        return 0
    check = "--check" in sys.argv
    print(f"{'stale' if check else 'written'}: {TARGET.relative_to(ROOT)}")  # noqa: T201
    if not check:
        TARGET.parent.mkdir(parents=True, exist_ok=True)
        TARGET.write_text(text)
    return int(check)


def lines() -> Iterator[str]:
    windows = list(tables())
    xs, ys = [[x for x, _ in points] for points in windows], [[y for _, y in points] for points in windows]
    yield "// Generated from the curve by tools/base_windows.py, which explains them; change that file, not this one."
    yield "pragma circom 2.2.0;"
    yield ""
    yield f"function BASE_WINDOWS() {{ return {WINDOWS}; }}"
    yield f"function BASE_RADIX() {{ return {RADIX}; }}"
    yield f"function BASE_RANGE() {{ return {RADIX ** (WINDOWS - 1) * LAST_RADIX}; }}"
    yield f"function SUBGROUP_ORDER() {{ return {SUBGROUP_ORDER}; }}"
    yield ""
    yield "// A key whose secret nobody knows: 8·(x, y) with the smallest y ≥ 2 on the curve and the smaller x."
    key = unowned()
    yield from function("UNOWNED_KEY", [key])
    yield from function("UNOWNED_SHIFTED", [multiply(key, 1 << SHIFT)])
    secret = bytes(32)
    (r8, s), (x, y) = sign(secret, 0), public_key(secret)
    yield "// Key, R8, S and message of some valid signature."
    yield from function("FIXED_SIGNATURE", [[x, y, *r8, s, 0]])
    yield ""
    yield "// x and y of the odd multiples 1, 3, 5 … of each window's weight; the last window has six."
    yield from function("BASE_X", xs)
    yield from function("BASE_Y", ys)
    yield ""
    yield "// a, b, s3, s2, s1, t2, t1, c6, c3, c2, c1, c0 of each window but the last; s2, s1, c3, c2, c1, c0 of that."
    yield from function("BASE_ROOTS", [split_twelve(row) for row in xs[:-1]])
    yield from function("BASE_LAST_ROOTS", [split_six(xs[-1])])


def function(name: str, rows: Sequence[Iterable[int]]) -> Iterator[str]:
    """A circom function that returns an array, of one dimension when there is one row."""
    texts = [f"[{', '.join(map(str, row))}]" for row in rows]
    if len(texts) == 1:
        yield f"function {name}() {{ return {texts[0]}; }}"
        return
    width = max(text.count(",") for text in texts)
    padded = [text[:-1] + ", 0" * (width - text.count(",")) + "]" for text in texts]
    yield f"function {name}() {{"
    yield "    return ["
    yield ",\n".join(f"        {text}" for text in padded)
    yield "    ];"
    yield "}"


def tables() -> Iterator[list[tuple[int, int]]]:
    """Odd multiples of each window's weight, in Montgomery form."""
    for window in range(WINDOWS):
        radix = RADIX if window < WINDOWS - 1 else LAST_RADIX
        point = multiply(BASE8, pow(RADIX, window, SUBGROUP_ORDER))
        double, points = add(point, point), []
        for _ in range(radix // 2):
            points.append(montgomery(point))
            point = add(point, double)
        yield points


def montgomery(point: Point) -> tuple[int, int]:
    """The point on y² = x³ + 168698·x² + x."""
    x = (1 + point.y) * inverse(1 - point.y) % R
    return x, x * inverse(point.x) % R


def unowned() -> Point:
    y = 2
    while (x := square_root((1 - y * y) * inverse(A - D * y * y) % R)) is None:
        y += 1
    return multiply(Point(x, y), COFACTOR)


def monic(roots: Iterable[int]) -> list[int]:
    """Coefficients of Π (x - root), the constant one first."""
    product = [1]
    for root in roots:
        product = [(above - root * here) % R for above, here in zip([0, *product], [*product, 0], strict=True)]
    return product


def times(left: Sequence[int], right: Sequence[int]) -> list[int]:
    product = [0] * (len(left) + len(right) - 1)
    for i, one in enumerate(left):
        for j, other in enumerate(right):
            product[i + j] = (product[i + j] + one * other) % R
    return product


def split_twelve(roots: Sequence[int]) -> list[int]:
    p = monic(roots)
    a = p[11] * HALF % R
    b = (p[10] - a * a) * HALF % R
    s3 = (p[9] * HALF - a * b) % R
    s2 = (p[8] - b * b - 2 * a * s3) * HALF % R
    s1 = (p[7] * HALF - b * s3 - a * s2) % R
    square = times([0, s1, s2, s3, b, a, 1], [0, s1, s2, s3, b, a, 1])
    rest = [(have - want) % R for have, want in zip(square, p, strict=True)]
    assert not any(rest[7:])
    c6 = (rest[6] - 1) % R
    t2 = (rest[5] - c6 * a) * HALF % R
    t1 = (rest[4] - c6 * b - t2 * t2) * HALF % R
    lower = times([0, t1, t2, 1], [0, t1, t2, 1])
    c = [(rest[k] - lower[k]) % R for k in range(4)]
    assert all((rest[k] - lower[k] - c6 * (0, b, a, 1)[k - 3]) % R == 0 for k in (4, 5, 6))
    return [a, b, s3, s2, s1, t2, t1, c6, c[3], c[2], c[1], c[0]]


def split_six(roots: Sequence[int]) -> list[int]:
    p = monic(roots)
    s2 = p[5] * HALF % R
    s1 = (p[4] - s2 * s2) * HALF % R
    square = times([0, s1, s2, 1], [0, s1, s2, 1])
    rest = [(have - want) % R for have, want in zip(square, p, strict=True)]
    assert not any(rest[4:])
    return [s2, s1, rest[3], rest[2], rest[1], rest[0]]


if __name__ == "__main__":
    sys.exit(main())
