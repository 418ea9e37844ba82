"""
Polynomials over the scalar field, and the domains they are evaluated on.

A polynomial of degree below n is fixed by its values at n points. The points used are the n-th roots of unity, the
powers of an element ω with ω^n = 1. They make the polynomial that vanishes on all of them as simple as x^n - 1, and
they turn interpolation into a Fourier transform. A fast prover uses the fast transform; here the sum is written out,

    c_k = 1/n · Σ_j y_j · ω^(-j·k)

The arithmetic is galois's, whose import takes seconds: it happens at the first use.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import TYPE_CHECKING, Any, Final

from prover.errors import WrongLength
from prover.reference.field import NON_RESIDUE, TWO_ADICITY, R, elements, inverse

if TYPE_CHECKING:
    import galois

__all__ = ["ROOT", "coefficients", "domain", "interpolate", "polynomial", "scalar_field", "vanishing"]

ROOT: Final = pow(NON_RESIDUE, (R - 1) >> TWO_ADICITY, R)
"""A primitive root of unity of order 2^28, the same one that snarkjs takes: its keys and ours share their domains."""


@cache
def scalar_field() -> Any:
    """galois's class for the field. Left alone, galois would factor r - 1 and search for a generator, for minutes."""
    import galois

    return galois.GF(R, primitive_element=NON_RESIDUE, verify=False)


def polynomial(values: Sequence[int]) -> galois.Poly:
    """The polynomial with these coefficients, the constant one first."""
    import galois

    return galois.Poly(elements(values) or [0], field=scalar_field(), order="asc")


def coefficients(poly: galois.Poly) -> list[int]:
    """The coefficients of a polynomial, the constant one first; [0] for the polynomial 0."""
    return [int(value) for value in reversed(poly.coeffs)]


def domain(size: int) -> list[int]:
    """The roots of unity of order `size`, a power of two, as 1, ω, ω², ..."""
    if size < 1 or size & (size - 1) or size > 1 << TWO_ADICITY:
        raise WrongLength("points of a domain", f"a power of two, at most 2^{TWO_ADICITY}", size)
    omega = pow(ROOT, (1 << TWO_ADICITY) // size, R)
    powers = [1]
    while len(powers) < size:
        powers.append(powers[-1] * omega % R)
    return powers


def interpolate(values: Sequence[int]) -> galois.Poly:
    """The polynomial of lowest degree with values[j] at ω^j; their number must be a power of two."""
    size, points = len(values), domain(len(values))
    scale = inverse(size)
    # ω^(-j·k) is the point at place -j·k modulo the size of the domain.
    sums = (sum(value * points[-j * k % size] for j, value in enumerate(elements(values))) for k in range(size))
    return polynomial([total * scale % R for total in sums])


def vanishing(size: int) -> galois.Poly:
    """Z(x) = x^size - 1, which is 0 on the whole domain of that size and nowhere else."""
    return polynomial([R - 1, *[0] * (size - 1), 1])
