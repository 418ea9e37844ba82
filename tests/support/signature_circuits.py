"""The circuits of the signature check for tests: each template alone, and many checks in one witness."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from functools import cache
from importlib.util import module_from_spec, spec_from_file_location
from types import ModuleType
from typing import Any

from support.propagation import Wires

from prover import crypto
from prover.circuits import Circuit, Compiled, compiled
from prover.errors import AssertionFailed, UnsatisfiedConstraint
from prover.places import checkout
from prover.reference.babyjubjub import IDENTITY, SUBGROUP_ORDER, is_on_curve, unpack_point
from prover.reference.eddsa import _expand
from prover.reference.field import R, inverse
from prover.types import Point, Signature
from prover.witness import Calculator, Witness
from rollup.witness.signature import SignatureInputs, shifted

__all__ = [
    "BATCH",
    "CIRCUITS",
    "LAST",
    "accepts",
    "admitted",
    "apart",
    "batched",
    "calculator",
    "challenge",
    "circuit_of",
    "maths",
    "montgomery",
    "names",
    "odd",
    "odd_digits",
    "scalar_of",
    "signed_with",
    "tables",
    "torsion",
    "window_wires",
    "wires_of",
]

BATCH = 16
"""Checks in one witness: starting a witness program costs more than a check."""

LAST = 24**54
"""Weight of the last window."""

FIXTURE = "../tests/circuits/fixtures/signatures.circom"
CIRCUITS = {
    "check": ("lib/signature.circom", "SignatureCheck", ()),
    "of": ("lib/signature.circom", "SignatureOf", ()),
    "points": ("lib/signature.circom", "KeyPointsIf", ()),
    "table": ("lib/signature.circom", "KeyTable", ()),
    "base": ("lib/ladders.circom", "BaseMultiple", ()),
    "product": ("lib/ladders.circom", "KeyMultiple", ()),
    "bits": ("lib/ladders.circom", "CanonicalBits", ()),
    "circomlib": ("lib/signature_circomlib.circom", "SignatureCheckCircomlib", ()),
    "checks": (FIXTURE, "SignatureChecks", (BATCH,)),
    "circomlibs": (FIXTURE, "SignatureChecksCircomlib", (BATCH,)),
}

maths = crypto.load()


@cache
def circuit_of(name: str) -> Compiled:
    file, template, parameters = CIRCUITS[name]
    return compiled(Circuit(f"test_signature_{name}", "alone", file, template, parameters, ()))


@cache
def calculator(name: str) -> Calculator:
    return Calculator(circuit_of(name))


@cache
def _constraints(name: str) -> Any:
    import zkclear_native

    return zkclear_native.Constraints(circuit_of(name).r1cs)


def accepts(name: str, inputs: Mapping[str, Any]) -> Witness | None:
    """The witness for these inputs if the circuit has one; the constraints are checked apart from its program."""
    try:
        witness = calculator(name).witness(inputs)
    except AssertionFailed:
        return None
    try:
        _constraints(name).check(witness.wires)
    except UnsatisfiedConstraint as broken:
        raise AssertionError("the program made a witness that its constraints refuse") from broken
    return witness


def batched(checks: Sequence[SignatureInputs]) -> dict[str, list[Any]]:
    """Inputs of as many checks as the batch circuits hold; unused ones are disabled."""
    rows = [check.inputs() for check in checks]
    assert len(rows) == BATCH
    return {name: [row[name] for row in rows] for name in rows[0]}


def scalar_of(secret: bytes) -> int:
    """The s with 8·key = s·B8."""
    return _expand(secret)[0]


def challenge(r8: Point, key: Point, message: int) -> int:
    return maths.poseidon([*r8, *key, message])


def signed_with(
    scalar: int, key: Point, message: int, nonce: int, tweak: Point = IDENTITY, reading: int = 0
) -> SignatureInputs:
    """A signature from the algebra: R8 = nonce·B8 + tweak, S = nonce + (h + reading)·s."""
    r8 = maths.add(maths.multiply(tables().BASE8, nonce), tweak)
    s = (nonce + (challenge(r8, key, message) + reading) * scalar) % SUBGROUP_ORDER
    return SignatureInputs(1, key, shifted(key), message, r8, s)


def admitted(check: SignatureInputs) -> bool:
    """The rule for the specification: S modulo l, and R8 not the identity."""
    if check.r8 == IDENTITY or not is_on_curve(check.r8):
        return False
    return maths.verify(check.key, check.message, Signature(check.r8, check.s % SUBGROUP_ORDER))


@cache
def torsion() -> tuple[Point, ...]:
    """The eight points of small order, the identity first."""
    rng = random.Random(8)
    while True:
        try:
            point = maths.multiply(unpack_point(rng.randrange(R).to_bytes(32, "little")), SUBGROUP_ORDER)
        except ValueError:
            continue
        if maths.multiply(point, 4) != IDENTITY:
            return tuple(maths.multiply(point, k) for k in range(8))


@cache
def tables() -> ModuleType:
    """tools/base_windows.py, which writes the tables of fixed-base multiplication."""
    spec = spec_from_file_location("base_windows", checkout() / "tools" / "base_windows.py")
    assert spec is not None and spec.loader is not None
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def montgomery(point: Point) -> tuple[int, int]:
    x = (1 + point.y) * inverse(1 - point.y) % R
    return x, x * inverse(point.x) % R


def odd(scalar: int) -> int:
    """The odd number that BaseMultiple writes a scalar as."""
    scalar %= SUBGROUP_ORDER
    return scalar if scalar % 2 else scalar - SUBGROUP_ORDER


def odd_digits(number: int) -> list[int]:
    """An odd number as Σ d_i·24^i."""
    rest = (number + 12 * LAST - 1) // 2
    digits = []
    for _ in range(54):
        digits.append(2 * (rest % 24) - 23)
        rest //= 24
    return [*digits, 2 * rest - 11]


@cache
def wires_of(name: str) -> Wires:
    return Wires(circuit_of(name))


def window_wires(wires: Wires, digits: Sequence[int]) -> dict[int, int]:
    """The points that stand for the digits, by wire."""
    table = list(tables().tables())
    known = {}
    for window, digit in enumerate(digits):
        x, y = table[window][abs(digit) // 2]
        part = "main.x" if "main.x[0]" in wires.wire_of else "BaseMultiple"
        known[wires.like(part, f".x[{window}]")[0]] = x
        known[wires.like(part.replace("x", "y"), f".y[{window}]")[0]] = y if digit > 0 else -y % R
    return known


def names(wires: Wires, chosen: Sequence[int]) -> set[str]:
    """Wires by template and signal, without numbers."""
    found = set()
    for wire in chosen:
        *_, template, signal = wires.names[wire].split(".")
        found.add(f"{template.split('_')[0]}.{signal.split('[')[0]}")
    return found


def apart(wires: Wires, *parts: str) -> tuple[int, ...]:
    """The constraints behind Apart."""
    return tuple(sorted(number for wire in wires.like("Apart", *parts) for number in wires.constraints_with(wire)))
