"""
What can be done to two claims of one key: to the first alone, with words of the second, or to both so that their
errors cancel.

    EDITS["word moved"](first, second, random)     # two claims again

Edits of `SOUND` leave claims that hold, those of `CANCELLING` leave the plain product of all equations at 1.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from random import Random
from typing import Final, TypeAlias

from support.verifier_judges import KINDS, PROOF_WORDS, Claim, verification_key

from prover.reference.bn254 import G1, G1Point, Q, add, multiply, negate
from prover.reference.curves import optimized_bn128 as curve
from prover.reference.field import R

__all__ = ["CANCELLING", "EDITS", "SOUND", "Pair", "moved_input", "moved_word"]

Pair: TypeAlias = tuple[Claim, Claim]
Edit: TypeAlias = Callable[[Claim, Claim, Random], Pair]

A, B, C = slice(0, 2), slice(2, 6), slice(6, 8)


def moved_word(claim: Claim, place: int, by: int = 1) -> Claim:
    """With one word of the proof moved."""
    return _with_word(claim, place, (claim.proof[place] + by) % Q)


def moved_input(claim: Claim, place: int, by: int = 1) -> Claim:
    """With one public input moved."""
    return _with_input(claim, place, (claim.inputs[place] + by) % R)


def _with_word(claim: Claim, place: int, word: int) -> Claim:
    return replace(claim, proof=(*claim.proof[:place], word, *claim.proof[place + 1 :]))


def _with_input(claim: Claim, place: int, value: int) -> Claim:
    return replace(claim, inputs=(*claim.inputs[:place], value, *claim.inputs[place + 1 :]))


def _with_part(claim: Claim, part: slice, words: tuple[int, ...]) -> Claim:
    return replace(claim, proof=(*claim.proof[: part.start], *words, *claim.proof[part.stop :]))


def _with_parts_of(claim: Claim, other: Claim, *parts: slice) -> Claim:
    for part in parts:
        claim = _with_part(claim, part, other.proof[part])
    return claim


def _opposite(claim: Claim, *parts: slice) -> Claim:
    """With points of the proof turned to their negatives: the second half of a point's words are its y."""
    words = list(claim.proof)
    for part in parts:
        for place in range((part.start + part.stop) // 2, part.stop):
            words[place] = -words[place] % Q
    return replace(claim, proof=tuple(words))


def _some_point(random: Random) -> G1Point:
    return multiply(G1, random.randrange(1, R))


def _any_word(random: Random) -> int:
    return random.randrange(PROOF_WORDS)


def _any_input(claim: Claim, random: Random) -> int:
    return random.randrange(len(claim.inputs))


def _differing(first: Claim, second: Claim, random: Random) -> int:
    """A public input that two claims do not share."""
    return random.choice([i for i, (x, y) in enumerate(zip(first.inputs, second.inputs, strict=True)) if x != y])


# -- one claim


def _input_of_other(first: Claim, second: Claim, random: Random) -> Pair:
    place = _differing(first, second, random)
    return _with_input(first, place, second.inputs[place]), second


def _inputs_in_other_places(first: Claim, second: Claim, random: Random) -> Pair:
    values = sorted(set(first.inputs))
    one, other = random.sample(values, 2)
    swapped = {one: other, other: one}
    return replace(first, inputs=tuple(swapped.get(value, value) for value in first.inputs)), second


def _under_other_key(first: Claim, second: Claim, random: Random) -> Pair:
    """Cut or filled up to as many inputs as the other key takes, since callers always state just as many."""
    kind = random.choice([kind for kind in KINDS if kind is not first.kind])
    count = verification_key(kind).inputs
    return Claim(kind, (*first.inputs, *[0] * count)[:count], first.proof), second


def _infinite(first: Claim, second: Claim, random: Random) -> Pair:
    for part in random.sample((A, B, C), random.randint(1, 3)):
        first = _with_part(first, part, (0,) * (part.stop - part.start))
    return first, second


def _other_on_curve(first: Claim, second: Claim, random: Random) -> Pair:
    return _with_part(first, random.choice((A, C)), _some_point(random)), second


def _halves_exchanged(first: Claim, second: Claim, random: Random) -> Pair:
    a, b, c = first.proof[A], first.proof[B], first.proof[C]
    return replace(first, proof=(*a, b[1], b[0], b[3], b[2], *c)), second


def _rescaled(first: Claim, second: Claim, random: Random) -> Pair:
    """Another proof of the same: A/k and k·B."""
    scale = random.randrange(2, 2**16)
    lifted = (curve.FQ2(first.b.x), curve.FQ2(first.b.y), curve.FQ2.one())
    x, y = curve.normalize(curve.multiply(lifted, scale))
    b = tuple(int(half) for row in (x, y) for half in reversed(row.coeffs))
    return _with_part(_with_part(first, A, multiply(first.a, pow(scale, -1, R))), B, b), second


# -- two claims


def _c_apart(first: Claim, second: Claim, random: Random) -> Pair:
    point = _some_point(random)
    return (
        _with_part(first, C, add(first.c, point)),
        _with_part(second, C, add(second.c, negate(point))),
    )


def _a_apart(first: Claim, second: Claim, random: Random) -> Pair:
    """Around one B, so that the second claim is the first once more."""
    point = _some_point(random)
    return (
        _with_part(first, A, add(first.a, point)),
        _with_part(first, A, add(first.a, negate(point))),
    )


def _inputs_apart(first: Claim, second: Claim, random: Random) -> Pair:
    place, by = _any_input(first, random), random.choice([1, random.randrange(1, R)])
    return moved_input(first, place, by), moved_input(second, place, -by)


def _inputs_exchanged(first: Claim, second: Claim, random: Random) -> Pair:
    place = _differing(first, second, random)
    return _with_input(first, place, second.inputs[place]), _with_input(second, place, first.inputs[place])


def _exchanged(*parts: slice) -> Edit:
    return lambda first, second, _: (_with_parts_of(first, second, *parts), _with_parts_of(second, first, *parts))


EDITS: Final[Mapping[str, Edit]] = {
    "nothing": lambda first, second, _: (first, second),
    "A and B negated": lambda first, second, _: (_opposite(first, A, B), second),
    "A and B rescaled": _rescaled,
    "first twice": lambda first, _, __: (first, first),
    "word moved": lambda first, second, random: (moved_word(first, _any_word(random)), second),
    "word back": lambda first, second, random: (moved_word(first, _any_word(random), -1), second),
    "word not reduced": lambda first, second, random: (
        _with_word(first, place := _any_word(random), first.proof[place] + Q),
        second,
    ),
    "word largest": lambda first, second, random: (_with_word(first, _any_word(random), 2**256 - 1), second),
    "word any": lambda first, second, random: (
        _with_word(first, _any_word(random), random.randrange(2**256)),
        second,
    ),
    "word of other": lambda first, second, random: (
        _with_word(first, place := _any_word(random), second.proof[place]),
        second,
    ),
    "input moved": lambda first, second, random: (moved_input(first, _any_input(first, random)), second),
    "input any": lambda first, second, random: (
        moved_input(first, _any_input(first, random), random.randrange(1, R)),
        second,
    ),
    "input of other": _input_of_other,
    "inputs in other places": _inputs_in_other_places,
    "inputs of other": lambda first, second, _: (replace(first, inputs=second.inputs), second),
    "A negated": lambda first, second, _: (_opposite(first, A), second),
    "B negated": lambda first, second, _: (_opposite(first, B), second),
    "C negated": lambda first, second, _: (_opposite(first, C), second),
    "all negated": lambda first, second, _: (_opposite(first, A, B, C), second),
    "A and C swapped": lambda first, second, _: (
        replace(first, proof=(*first.proof[C], *first.proof[B], *first.proof[A])),
        second,
    ),
    "halves of B exchanged": _halves_exchanged,
    "A or C another point": _other_on_curve,
    "infinity": _infinite,
    "A of other": lambda first, second, _: (_with_parts_of(first, second, A), second),
    "B of other": lambda first, second, _: (_with_parts_of(first, second, B), second),
    "C of other": lambda first, second, _: (_with_parts_of(first, second, C), second),
    "under another key": _under_other_key,
    "A exchanged": _exchanged(A),
    "B exchanged": _exchanged(B),
    "C exchanged": _exchanged(C),
    "A and B exchanged": _exchanged(A, B),
    "proofs exchanged": _exchanged(A, B, C),
    "C apart": _c_apart,
    "A apart": _a_apart,
    "inputs apart": _inputs_apart,
    "inputs exchanged": _inputs_exchanged,
}
"""By what they do."""

SOUND: Final = ("nothing", "A and B negated", "A and B rescaled", "first twice")

CANCELLING: Final = (
    "C exchanged",
    "A and B exchanged",
    "proofs exchanged",
    "C apart",
    "A apart",
    "inputs apart",
    "inputs exchanged",
)
