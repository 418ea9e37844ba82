"""
Every wire of the signature check is pinned.

By what determines it; by what breaks when a hint is changed and all behind it recomputed; by what breaks when a wire of
the witness is changed alone; and to first order by the derivative of all constraints. The one true choice is how the
digits spell a multiple of B8, and it leaves no trace.
"""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import cache

import pytest
from support.propagation import Completed, Wires, kernel
from support.signature_circuits import (
    LAST,
    accepts,
    apart,
    challenge,
    circuit_of,
    maths,
    montgomery,
    names,
    odd,
    odd_digits,
    scalar_of,
    signed_with,
    torsion,
    window_wires,
    wires_of,
)

from prover.errors import UnsatisfiedConstraint
from prover.reference.babyjubjub import BASE8, IDENTITY, SUBGROUP_ORDER
from prover.reference.field import R
from prover.types import Point
from prover.witness import Witness
from rollup.witness.signature import SignatureInputs, signature_inputs

native = pytest.importorskip("zkclear_native", reason="the native extension is not built: install Rust, make setup")

SECRET = b"ladder".ljust(32, b".")
KEY = maths.public_key(SECRET)
VALID = signature_inputs(KEY, 7, maths.sign(SECRET, 7))


def values_of(witness: Witness) -> dict[int, int]:
    return {wire: witness[wire] for wire in range(len(witness))}


def input_wires(wires: Wires) -> set[int]:
    stems = ("enabled", "key", "shifted", "message", "r8", "s")
    return {wire for name, wire in wires.wire_of.items() if name.count(".") == 1 and name[5:].split("[")[0] in stems}


@cache
def fixed_wires(check: SignatureInputs) -> dict[int, int]:
    """Inputs and all of the hash, which does not depend on `enabled`."""
    wires = wires_of("check")
    honest = accepts("check", replace(check, enabled=0).inputs())
    assert honest is not None
    hashed = {wire for wire, name in wires.names.items() if "Poseidon" in name or name.endswith(".challenge")}
    given = {wire: honest[wire] for wire in input_wires(wires) | hashed}
    return {**given, wires.wire_of["main.enabled"]: check.enabled}


def attempt(
    check: SignatureInputs, bits: int, digits: Sequence[int], changed: Mapping[int, int] | None = None
) -> Completed:
    """A whole assignment from bits and windows of a cheating prover's choice, everything else recomputed."""
    wires = wires_of("check")
    given = {wire: bits >> bit_number(wires, wire) & 1 for wire in bit_wires(wires)}
    return wires.complete({**fixed_wires(check), **given, **window_wires(wires, digits), **(changed or {})})


def bit_wires(wires: Wires) -> list[int]:
    """Wires of the bits of the hash; the compiler expresses one of them by the others and the hash."""
    return wires.like("SignatureOf", ".bit[")


def bit_number(wires: Wires, wire: int) -> int:
    return int(wires.names[wire].rpartition("[")[2][:-1])


def honest_parts(check: SignatureInputs) -> tuple[int, list[int]]:
    return challenge(check.r8, check.key, check.message), odd_digits(odd(check.s))


def test_wires_when_bits_and_windows_are_given_follow_from_them() -> None:
    """Nothing else is a choice: every other hint has one value."""
    witness = accepts("check", VALID.inputs())
    assert witness is not None
    made = attempt(VALID, *honest_parts(VALID))
    assert made.broken == made.free == ()
    assert made.values == values_of(witness)


@pytest.mark.parametrize("enabled", [0, 1])
def test_wires_when_the_inputs_are_given_cannot_move(enabled: int) -> None:
    """No witness beside this one: the derivative of all constraints has no kernel."""
    wires = wires_of("check")
    witness = accepts("check", replace(VALID, enabled=enabled).inputs())
    assert witness is not None
    assert kernel(wires.system, values_of(witness), input_wires(wires)) == set()


@pytest.mark.parametrize("stride", [8, pytest.param(1, marks=pytest.mark.soak)])
def test_bits_when_one_is_flipped_break_the_check(stride: int) -> None:
    hashed, digits = honest_parts(VALID)
    wires = wires_of("check")
    assert len(bit_wires(wires)) == 253
    for wire in bit_wires(wires)[::stride]:
        assert attempt(VALID, hashed ^ 1 << bit_number(wires, wire), digits).broken, wires.names[wire]


def test_bits_when_they_spell_the_hash_plus_r_break_only_their_own_constraints() -> None:
    """A key's owner signs for the second reading. All equations of the curve hold; CanonicalBits alone refuses."""
    scalar = scalar_of(SECRET)
    for message in range(64):
        check = signed_with(scalar, KEY, message, 4242, reading=R)
        hashed, digits = honest_parts(check)
        if hashed + R < 2**254:
            break
    made = attempt(check, hashed + R, digits)
    wires = wires_of("check")
    assert made.free == () and made.broken
    canonical = {n for w in bit_wires(wires) for n in wires.constraints_with(w)}
    assert set(made.broken) <= canonical - {n for w in wires.like("KeyMultiple") for n in wires.constraints_with(w)}


@pytest.mark.parametrize("stride", [6, pytest.param(1, marks=pytest.mark.soak)])
def test_windows_when_one_holds_another_point_break_the_check(stride: int) -> None:
    hashed, digits = honest_parts(VALID)
    rng = random.Random(7)
    for window, digit in list(enumerate(digits))[::stride]:
        bound = 24 if window < 54 else 12
        others = [d for d in range(-bound + 1, bound, 2) if abs(d) != abs(digit)]
        for other in (-digit, *rng.sample(others, 2)):
            assert attempt(VALID, hashed, [*digits[:window], other, *digits[window + 1 :]]).broken, (window, other)


def test_windows_when_one_holds_a_point_outside_its_table_break_the_table() -> None:
    """Even digits, digits beyond the radix, points of other windows and off the curve."""
    wires = wires_of("check")
    hashed, digits = honest_parts(VALID)
    for window in (0, 1, 27, 53, 54):
        (wire_x, x_value), (wire_y, y_value) = list(window_wires(wires, digits).items())[2 * window : 2 * window + 2]
        weight = 24**window
        outside = [montgomery(maths.multiply(BASE8, d * weight % SUBGROUP_ORDER)) for d in (2, 22, 25, 27, 24)]
        outside += [(x_value, y_value + 1), (x_value + 1, y_value), (0, 0)]
        for x, y in outside:
            made = attempt(VALID, hashed, digits, {wire_x: x, wire_y: y % R})
            assert set(made.broken) & set(wires.constraints_with(wire_x)), (window, x)


def test_windows_when_they_spell_the_same_multiple_otherwise_satisfy() -> None:
    """The one true choice: N and N ± 2l are the same multiple of B8. Nothing that leaves the check changes."""
    rng = random.Random(8)
    while True:
        check = signed_with(scalar_of(SECRET), KEY, 7, rng.randrange(1, SUBGROUP_ORDER))
        hashed, digits = honest_parts(check)
        number = odd(check.s)
        other = number - 2 * SUBGROUP_ORDER if number > 0 else number + 2 * SUBGROUP_ORDER
        if abs(other) < 12 * LAST:
            break
    assert odd_digits(other) != digits
    assert attempt(check, hashed, odd_digits(other)).broken == ()


def test_check_when_base_meets_the_difference_is_refused_by_apart() -> None:
    """
    Trap 34: any R8 at all with S = -h·s. The last addition doubles, its slope is free, and only Apart is in the way.

    The comparison with R8 is off and the key forced past the switch, so that the slope is seen to be free; the switch's
    own constraints break for that, and Apart's.
    """
    wires = wires_of("check")
    switched = {f"main.{name}[{k}]" for name in ("key", "shifted") for k in (0, 1)}
    switch = {n for name in switched for n in wires.constraints_with(wires.wire_of[name])}
    for r8 in (Point(3, 4), VALID.r8, IDENTITY):
        hashed = challenge(r8, KEY, 7)
        check = replace(VALID, r8=r8, s=-hashed * scalar_of(SECRET) % SUBGROUP_ORDER)
        assert accepts("check", check.inputs()) is None
        used = {"usedKey": check.key, "usedShifted": check.shifted}
        forced = {wires.like(f".{name}[{k}]")[0]: point[k] for name, point in used.items() for k in (0, 1)}
        made = attempt(replace(check, enabled=0), hashed, odd_digits(odd(check.s)), forced)
        assert names(wires, made.free) == {"Apart.inverse", "Add.slope"}
        guards = set(made.broken) - switch
        assert len(guards) == 1 and guards <= set(apart(wires))


@pytest.mark.parametrize("enabled", [0, 1])
def test_wires_when_any_one_is_changed_break_a_constraint(enabled: int) -> None:
    wires = wires_of("check")
    witness = accepts("check", replace(VALID, enabled=enabled).inputs())
    assert witness is not None
    constraints = native.Constraints(circuit_of("check").r1cs)
    rng = random.Random(9)
    survivors = set()
    for wire in range(1, len(witness)):
        for value in ((witness[wire] + 1) % R, -witness[wire] % R, rng.randrange(R)):
            if value == witness[wire]:
                continue
            changed = bytearray(witness.wires)
            changed[32 * wire : 32 * wire + 32] = value.to_bytes(32, "little")
            try:
                constraints.check(bytes(changed))
            except UnsatisfiedConstraint:
                continue
            survivors.add(wires.names[wire])
    # without a signature nobody reads the stored point; the key and R8 still enter the hash
    assert survivors == ({"main.shifted[0]", "main.shifted[1]"} if enabled == 0 else set())


def test_table_when_the_key_is_given_leaves_no_choice() -> None:
    wires = wires_of("table")
    witness = accepts("table", {"key": [*KEY]})
    assert witness is not None
    key = {wires.wire_of[f"main.key[{k}]"]: KEY[k] for k in (0, 1)}
    made = wires.complete(key)
    assert made.broken == made.free == ()
    assert made.values == values_of(witness)
    assert kernel(wires.system, made.values, set(key)) == set()


@pytest.mark.parametrize("order", range(8))
def test_table_when_the_key_is_of_small_order_breaks_whatever_is_left_open(order: int) -> None:
    """Hints that such a point leaves open (a division by zero) are filled with many values; none satisfies."""
    wires = wires_of("table")
    key = {wires.wire_of[f"main.key[{k}]"]: torsion()[order][k] for k in (0, 1)}
    rng = random.Random(order)
    for filler in [0, 1, R - 1, *(rng.randrange(R) for _ in range(4))]:
        assert wires.complete(key, filler).broken


def test_canonical_bits_when_the_number_is_at_an_edge_have_one_reading() -> None:
    wires = wires_of("bits")
    for value in (0, 1, R - 1, R - 2, 2**254 - R - 1, 2**254 - R, 2**253, (R - 1) >> 28 << 28, 2**28, 2**254 % R):
        witness = accepts("bits", {"in": value})
        assert witness is not None
        assert [witness[1 + i] for i in range(254)] == [value >> i & 1 for i in range(254)]
        if value + R < 2**254:
            given = {wire: (value + R) >> int(wires.names[wire][9:-1]) & 1 for wire in wires.like("main.bit[")}
            assert wires.complete(given).broken
