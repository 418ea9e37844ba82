"""
The signature check: what it accepts, held against circomlib's verifier and the specification's rule.

Every case goes through both templates. A case is refused when the circuit's program finds no witness; that no other
prover finds one is the business of test_signature_ladders.py and test_signature_wires.py.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import replace

import pytest
from support.signature_circuits import (
    BATCH,
    accepts,
    admitted,
    batched,
    calculator,
    circuit_of,
    maths,
    scalar_of,
    signed_with,
    torsion,
)

from prover.reference.babyjubjub import BASE8, COFACTOR, IDENTITY, SUBGROUP_ORDER
from prover.reference.field import R
from prover.types import Point
from rollup.witness.signature import NONE, SHIFT, SignatureInputs, shifted, signature_inputs

pytest.importorskip("zkclear_native", reason="the native extension is not built: install Rust, make setup")

SECRET, OTHER = b"signer".ljust(32, b"."), b"other".ljust(32, b".")
KEY, OTHER_KEY = maths.public_key(SECRET), maths.public_key(OTHER)
SCALAR = scalar_of(SECRET)
MESSAGE = 0xC1EA2
VALID = signature_inputs(KEY, MESSAGE, maths.sign(SECRET, MESSAGE))
BOTH = ("check", "circomlib")


def random_signature(rng: random.Random) -> SignatureInputs:
    secret, message = rng.randbytes(32), rng.randrange(R)
    return signature_inputs(maths.public_key(secret), message, maths.sign(secret, message))


def valid_cases() -> Iterator[tuple[str, SignatureInputs]]:
    yield "plain", VALID
    for message in (0, 1, R - 1):
        yield f"message {message % 7}", signature_inputs(KEY, message, maths.sign(SECRET, message))
    for factor in (1, 2, 4):
        yield f"s + {factor}·l", replace(VALID, s=VALID.s + factor * SUBGROUP_ORDER)
    for order, point in enumerate(torsion()[1:], 1):
        yield f"key + small {order}", signed_with(SCALAR, maths.add(KEY, point), MESSAGE, 12345)
    for nonce in (1, 2, SUBGROUP_ORDER - 1):
        yield f"nonce {nonce % 1000}", signed_with(SCALAR, KEY, MESSAGE, nonce)
    for scalar in (8, 16, 8 * (SUBGROUP_ORDER - 1)):
        key = maths.multiply(BASE8, scalar // COFACTOR)
        yield f"secret {scalar % 1000}", signed_with(scalar, key, MESSAGE, 99)


def invalid_cases() -> Iterator[tuple[str, SignatureInputs]]:
    x, y = VALID.r8
    yield "other message", replace(VALID, message=MESSAGE + 1)
    yield "other key", replace(VALID, key=OTHER_KEY, shifted=shifted(OTHER_KEY))
    opposite = Point(R - KEY.x, KEY.y)
    yield "opposite key", replace(VALID, key=opposite, shifted=shifted(opposite))
    yield "opposite r8", replace(VALID, r8=Point(R - x, y))
    yield "r8 mirrored", replace(VALID, r8=Point(x, R - y))
    yield "r8 off the curve", replace(VALID, r8=Point(x, y + 1))
    yield "r8 is zero", replace(VALID, r8=Point(0, 0))
    yield "r8 twice", replace(VALID, r8=maths.add(VALID.r8, VALID.r8))
    for order, point in enumerate(torsion()):
        if order:
            yield f"r8 + small {order}", replace(VALID, r8=maths.add(VALID.r8, point))
            yield f"signed r8 + small {order}", signed_with(SCALAR, KEY, MESSAGE, 777, point)
        yield f"r8 is small {order}", signed_with(SCALAR, KEY, MESSAGE, 0, point)
    # a second reading of the hash: what a check with loose bits would take; made by the key's owner, nobody else can
    small = (signed_with(SCALAR, KEY, message, 4242, reading=R) for message in range(64))
    yield "hash + r", next(case for case in small if maths.poseidon([*case.r8, *KEY, case.message]) < 2**254 - R)
    for s in (VALID.s - 1, VALID.s + 1, 0, 1, SUBGROUP_ORDER, SUBGROUP_ORDER - VALID.s, R - 1, VALID.s // 2):
        yield f"s is {s % 1000}", replace(VALID, s=s)


def nameless(cases: Iterator[tuple[str, SignatureInputs]]) -> list[object]:
    return [pytest.param(case, id=name) for name, case in cases]


GOLDEN = {
    "check": 2_298,
    "of": 2_269,
    "points": 29,
    "bits": 353,
    "base": 437,
    "product": 1_145,
    "table": 523,
    "circomlib": 4_215,
}
"""Constraints of each template; changed only in a commit that says why."""


def test_count_constraints_equals_the_golden_numbers() -> None:
    assert {name: circuit_of(name).header.constraints for name in GOLDEN} == GOLDEN


@pytest.mark.parametrize("template", BOTH)
@pytest.mark.parametrize("case", nameless(valid_cases()))
def test_check_when_the_signature_is_valid_accepts(template: str, case: SignatureInputs) -> None:
    assert admitted(case)
    assert accepts(template, case.inputs())


@pytest.mark.parametrize("template", BOTH)
@pytest.mark.parametrize("case", nameless(invalid_cases()))
def test_check_when_the_signature_is_invalid_refuses(template: str, case: SignatureInputs) -> None:
    assert not admitted(case)
    assert accepts(template, case.inputs()) is None


@pytest.mark.parametrize("template", BOTH)
def test_check_when_disabled_accepts_anything(template: str) -> None:
    rng = random.Random(1)
    cases = [NONE, replace(NONE, key=IDENTITY, shifted=IDENTITY, r8=IDENTITY)]
    cases += [replace(case, enabled=0) for _, case in invalid_cases()]
    cases += [replace(VALID, enabled=0, key=point, shifted=point) for point in torsion()]
    for _ in range(BATCH):
        a, b, c, d, e, f, g, h = (rng.randrange(R) for _ in range(8))
        cases.append(SignatureInputs(0, Point(a, b), Point(c, d), e, Point(f, g), h))
    cases += [NONE] * (-len(cases) % BATCH)
    for start in range(0, len(cases), BATCH):
        assert accepts(f"{template}s", batched(cases[start : start + BATCH]))


@pytest.mark.parametrize("template", BOTH)
@pytest.mark.parametrize("enabled", [2, R - 1])
def test_check_when_enabled_is_no_bit_refuses(template: str, enabled: int) -> None:
    assert accepts(template, replace(VALID, enabled=enabled).inputs()) is None


@pytest.mark.parametrize("wrong", [OTHER_KEY, KEY, shifted(OTHER_KEY), BASE8, IDENTITY, Point(3, 4)])
def test_check_when_the_shifted_point_is_anothers_refuses_an_honest_signature(wrong: Point) -> None:
    assert accepts("check", replace(VALID, shifted=wrong).inputs()) is None


def agree(count: int, seed: int, share: int) -> None:
    """Both templates on random signatures, and on each one spoilt among valid ones."""
    rng = random.Random(seed)
    for _ in range(0, count, BATCH):
        checks = [random_signature(rng) for _ in range(BATCH)]
        assert accepts("checks", batched(checks))
        if rng.randrange(share) == 0:
            assert accepts("circomlibs", batched(checks))
        spoilt = rng.randrange(BATCH)
        change = rng.choice(("message", "s"))
        checks[spoilt] = replace(checks[spoilt], **{change: (getattr(checks[spoilt], change) + 2) % R})
        assert accepts("checks", batched(checks)) is None
        checks[spoilt] = replace(checks[spoilt], enabled=0)
        assert accepts("checks", batched(checks))


def test_check_when_signatures_are_random_agrees_with_circomlib() -> None:
    agree(208, seed=2, share=4)


@pytest.mark.soak
def test_check_when_ten_thousand_signatures_are_random_agrees_with_circomlib() -> None:
    agree(10_000, seed=3, share=1)


def keys() -> Iterator[Point]:
    rng = random.Random(4)
    yield from (KEY, OTHER_KEY, BASE8, Point(R - BASE8.x, BASE8.y))
    yield from (maths.add(KEY, point) for point in torsion()[1:])
    yield from (maths.multiply(BASE8, rng.randrange(1, SUBGROUP_ORDER)) for _ in range(8))


def test_table_when_the_point_is_a_key_shifts_it() -> None:
    for key in keys():
        witness = accepts("table", {"key": [*key]})
        assert witness is not None
        assert Point(witness[1], witness[2]) == shifted(key) == maths.multiply(key, 1 << SHIFT)


@pytest.mark.parametrize("point", torsion(), ids=range(8))
def test_table_when_the_point_is_of_small_order_refuses(point: Point) -> None:
    assert accepts("table", {"key": [*point]}) is None


@pytest.mark.parametrize(
    "point", [(0, 0), (1, 1), (5, 1), (0, 5), (5, R - 1), (KEY.y, KEY.x), (KEY.x, KEY.y + 1)], ids=range(7)
)
def test_table_when_the_point_is_off_the_curve_refuses(point: tuple[int, int]) -> None:
    assert accepts("table", {"key": [*point]}) is None


def test_inputs_when_the_scalar_is_not_reduced_are_the_same() -> None:
    signature = maths.sign(SECRET, MESSAGE)
    assert signature_inputs(KEY, MESSAGE, signature._replace(s=signature.s + SUBGROUP_ORDER)) == VALID
    assert set(VALID.inputs()) == set(calculator("check").input_signals())
