"""
QAP: many equations as one identity between polynomials.

Give constraint j of a system the point ω^j. For every wire w there is a polynomial A_w whose value at ω^j is the wire's
coefficient in the left factor of constraint j, and likewise B_w and C_w. A witness (v_w) adds them up to

    A(x) = Σ v_w·A_w(x),    B(x) = Σ v_w·B_w(x),    C(x) = Σ v_w·C_w(x)

so that A(ω^j)·B(ω^j) = C(ω^j) says that constraint j holds. All hold exactly when A·B - C is 0 on the whole domain,
that is, when Z(x) = x^n - 1 divides it:

    A(x)·B(x) - C(x) = H(x)·Z(x)

A prover who knows a good witness can compute H by division; for a bad one the division leaves a remainder. Groth16
checks this identity at one secret point, which is enough: two different polynomials of low degree meet almost nowhere.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

from prover.errors import WrongLength
from prover.reference.polynomial import interpolate, polynomial, vanishing
from prover.reference.r1cs import ConstraintSystem

if TYPE_CHECKING:
    import galois

__all__ = ["Combined", "Wire", "combine", "domain_size", "holds", "quotient", "wire_polynomials"]


class Wire(NamedTuple):
    """What one wire contributes to each side."""

    a: galois.Poly
    b: galois.Poly
    c: galois.Poly


class Combined(NamedTuple):
    """The three sides for one witness, and the polynomial that vanishes on the domain."""

    a: galois.Poly
    b: galois.Poly
    c: galois.Poly
    z: galois.Poly


def domain_size(system: ConstraintSystem) -> int:
    """The smallest power of two that holds all constraints. Points left over belong to the constraint 0 · 0 = 0."""
    size = 1
    while size < len(system.constraints):
        size *= 2
    return size


def wire_polynomials(system: ConstraintSystem) -> list[Wire]:
    """The polynomials of every wire."""
    size = domain_size(system)

    def side(wire: int, part: int) -> galois.Poly:
        values = [constraint[part].get(wire, 0) for constraint in system.constraints]
        return interpolate(values + [0] * (size - len(values)))

    return [Wire(*(side(wire, part) for part in range(3))) for wire in range(system.wires)]


def combine(system: ConstraintSystem, witness: Sequence[int]) -> Combined:
    """A, B, C for a witness, whether it is good or not, and Z."""
    if len(witness) != system.wires:
        raise WrongLength("values of a witness", str(system.wires), len(witness))
    total = [polynomial([0]) for _ in range(3)]
    for value, wire in zip(witness, wire_polynomials(system), strict=True):
        scale = polynomial([value])
        total = [so_far + side * scale for so_far, side in zip(total, wire, strict=True)]
    a, b, c = total
    return Combined(a, b, c, vanishing(domain_size(system)))


def quotient(system: ConstraintSystem, witness: Sequence[int]) -> galois.Poly:
    """H for a good witness. A bad one raises, with the number of a constraint that it breaks."""
    system.check(witness)
    a, b, c, z = combine(system, witness)
    return (a * b - c) // z


def holds(system: ConstraintSystem, witness: Sequence[int], h: galois.Poly) -> bool:
    """Whether A·B - C = H·Z as polynomials: for a bad witness no H makes this true."""
    a, b, c, z = combine(system, witness)
    return bool(a * b - c == h * z)
