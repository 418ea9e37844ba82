"""
Groth16 verification.

A proof is three points, A and C in G1 and B in G2. The verification key holds α in G1 and β, γ, δ in G2, made from
secret numbers that nobody kept, and one point IC_i of G1 for each public input x_i besides IC_0. The proof is valid
when

    e(A, B) = e(α, β) · e(IC_0 + Σ x_i·IC_i, γ) · e(C, δ)

Whoever knows the numbers behind a key can prove anything, and some keys need no knowledge. With γ = δ a prover moves
the public part into C; snarkjs makes such keys when nobody contributed to the setup. With δ the generator, its secret
is 1 and public. With β equal to γ or δ two factors merge and are paid with one. Opposite points are as bad as equal
ones. With a point at infinity a factor of the equation is 1. A public input whose IC is infinity is bound by nothing. A
`VerificationKey` with one of these faults cannot be constructed.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Self

from prover.errors import MalformedFile, PointNotOnCurve, UnsafeKey, WrongLength
from prover.reference.bn254 import (
    G2,
    G1Point,
    G2Point,
    add,
    check_g1,
    check_g2,
    multiply,
    negate,
    pairing_product_is_one,
)
from prover.reference.field import elements

__all__ = ["Groth16Proof", "VerificationKey", "public_inputs", "verify"]

G1_INFINITY: Final = ["0", "1", "0"]
"""How snarkjs writes the point at infinity of G1: its coordinates are projective."""

G2_INFINITY: Final = [["0", "0"], ["1", "0"], ["0", "0"]]
"""The same in G2."""

MAX_DIGITS: Final = 78
"""Decimal digits of the largest number below 2^256; anything longer is no number of this curve."""


@dataclass(frozen=True, slots=True)
class VerificationKey:
    """What a verifier knows of a circuit. Construction checks it, so whoever holds one may use it."""

    alpha: G1Point
    beta: G2Point
    gamma: G2Point
    delta: G2Point
    ic: tuple[G1Point, ...]
    source: str = "verification key"
    """Where the key was read, for messages."""

    def __post_init__(self) -> None:
        if not self.ic:
            raise WrongLength("points IC of a verification key", "at least 1", 0)
        for point in (self.alpha, *self.ic):
            check_g1(point)
        for second in (self.beta, self.gamma, self.delta):
            check_g2(second)
        for name, is_infinity in (
            ("alpha", self.alpha.is_infinity),
            ("beta", self.beta.is_infinity),
            ("gamma", self.gamma.is_infinity),
            ("delta", self.delta.is_infinity),
        ):
            if is_infinity:
                raise UnsafeKey(self.source, f"{name} is the point at infinity")
        # Points with one x are equal or opposite. Two such among β, γ and δ let two factors of the equation cancel.
        if self.gamma.x == self.delta.x:
            raise UnsafeKey(self.source, "gamma and delta are equal or opposite: nobody contributed to the setup")
        if self.delta.x == G2.x:
            raise UnsafeKey(self.source, "delta is the generator or its opposite, so its secret is known")
        if self.beta.x in (self.gamma.x, self.delta.x):
            raise UnsafeKey(self.source, "beta is gamma or delta, or their opposite: nobody contributed to phase 1")
        for place, point in enumerate(self.ic):
            if point.is_infinity:
                raise UnsafeKey(self.source, f"IC {place} is the point at infinity, which binds nothing")

    @property
    def inputs(self) -> int:
        """How many public inputs a proof has."""
        return len(self.ic) - 1

    @classmethod
    def read(cls, path: Path) -> Self:
        """The key in a `verification_key.json` of snarkjs."""
        return cls.from_document(_read(path), str(path))

    @classmethod
    def from_document(cls, document: Any, source: str = "verification key") -> Self:
        """The key in a parsed `verification_key.json`."""
        _check_kind(document, source)
        ic = _member(document, "IC", source)
        if not isinstance(ic, list):
            raise MalformedFile(source, "IC is not a list")
        if _member(document, "nPublic", source) != len(ic) - 1:
            raise MalformedFile(source, f"nPublic is {document['nPublic']!r}, but IC has {len(ic)} points")
        return cls(
            alpha=_g1(_member(document, "vk_alpha_1", source), source),
            beta=_g2(_member(document, "vk_beta_2", source), source),
            gamma=_g2(_member(document, "vk_gamma_2", source), source),
            delta=_g2(_member(document, "vk_delta_2", source), source),
            ic=tuple(_g1(point, source) for point in ic),
            source=source,
        )


@dataclass(frozen=True, slots=True)
class Groth16Proof:
    """The three points of a proof, known to be in their groups."""

    a: G1Point
    b: G2Point
    c: G1Point

    def __post_init__(self) -> None:
        check_g1(self.a)
        check_g2(self.b)
        check_g1(self.c)

    @classmethod
    def read(cls, path: Path) -> Self:
        """The proof in a `proof.json` of snarkjs."""
        return cls.from_document(_read(path), str(path))

    @classmethod
    def from_document(cls, document: Any, source: str = "proof") -> Self:
        """The proof in a parsed `proof.json`."""
        _check_kind(document, source)
        a, b, c = (_member(document, name, source) for name in ("pi_a", "pi_b", "pi_c"))
        return cls(_g1(a, source), _g2(b, source), _g1(c, source))


def verify(key: VerificationKey, inputs: Sequence[int], proof: Groth16Proof) -> bool:
    """Whether the proof shows the circuit's statement for these public inputs."""
    if len(inputs) != key.inputs:
        raise WrongLength("public inputs", str(key.inputs), len(inputs))
    # An input of r or more would have a smaller twin with the same multiple of IC, and so a second name for one claim.
    bound = key.ic[0]
    for point, value in zip(key.ic[1:], elements(inputs), strict=True):
        bound = add(bound, multiply(point, value))
    return pairing_product_is_one(
        [(negate(proof.a), proof.b), (key.alpha, key.beta), (bound, key.gamma), (proof.c, key.delta)]
    )


def public_inputs(path: Path) -> list[int]:
    """The public inputs in a `public.json` of snarkjs."""
    document = _read(path)
    if not isinstance(document, list):
        raise MalformedFile(str(path), "public inputs are not a list")
    return elements(_integer(value, str(path)) for value in document)


def _read(path: Path) -> Any:
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except (UnicodeDecodeError, json.JSONDecodeError) as error:
        raise MalformedFile(str(path), f"not JSON: {error}") from error


def _check_kind(document: Any, source: str) -> None:
    for name, expected in (("protocol", "groth16"), ("curve", "bn128")):
        if (actual := _member(document, name, source)) != expected:
            raise MalformedFile(source, f"{name} is {actual!r}, not {expected!r}")


def _member(document: Any, name: str, source: str) -> Any:
    if not isinstance(document, Mapping) or name not in document:
        raise MalformedFile(source, f"{name} is missing")
    return document[name]


def _integer(value: Any, source: str) -> int:
    """A number as snarkjs writes it: decimal digits in a string."""
    if not isinstance(value, str) or not value.isascii() or not value.isdecimal() or len(value) > MAX_DIGITS:
        raise MalformedFile(source, f"{value!r} is no decimal string")
    return int(value)


def _pair(value: Any, source: str) -> tuple[int, int]:
    if not isinstance(value, list) or len(value) != 2:
        raise MalformedFile(source, f"{value!r} is no pair of numbers")
    return _integer(value[0], source), _integer(value[1], source)


def _g1(value: Any, source: str) -> G1Point:
    """A point [x, y, "1"], or the point at infinity."""
    if value == G1_INFINITY:
        return G1Point(0, 0)
    if not isinstance(value, list) or len(value) != 3 or value[2] != "1":
        raise MalformedFile(source, f"{value!r} is no point of G1")
    point = G1Point(_integer(value[0], source), _integer(value[1], source))
    if point.is_infinity:  # our own notation for infinity, but in a file these are coordinates
        raise PointNotOnCurve(point, "BN254")
    return point


def _g2(value: Any, source: str) -> G2Point:
    """A point [[x0, x1], [y0, y1], ["1", "0"]], or the point at infinity."""
    if value == G2_INFINITY:
        return G2Point((0, 0), (0, 0))
    if not isinstance(value, list) or len(value) != 3 or value[2] != ["1", "0"]:
        raise MalformedFile(source, f"{value!r} is no point of G2")
    point = G2Point(_pair(value[0], source), _pair(value[1], source))
    if point.is_infinity:
        raise PointNotOnCurve((*point.x, *point.y), "the twist of BN254")
    return point
