"""
Poseidon, the hash function of the circuits.

Poseidon works on field elements where other hash functions work on bits, so that a circuit proves it with a few
hundred constraints. A state of t elements goes through rounds, each of which adds constants, raises elements to the
fifth power, and multiplies the state by a matrix. In a full round every element is raised, in a partial round only the
first. The first element of the state, the capacity, takes no input: its starting value separates domains, since the
same inputs under two tags have nothing to do with each other.

This is circomlib's instance: t is the number of inputs plus one, 1 to 16 inputs fit, and outputs are read from the
front of the final state (circomlib calls the general form `PoseidonEx` and the tag `initialState`).
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from operator import mul
from typing import Final, NamedTuple

from prover.errors import WrongLength
from prover.reference.field import R, element, elements, inverse
from prover.reference.grain import Grain

__all__ = [
    "FULL_ROUNDS",
    "MAX_INPUTS",
    "PARTIAL_ROUNDS",
    "Parameters",
    "parameters",
    "permute",
    "poseidon",
    "poseidon_ex",
    "poseidon_many",
]

FULL_ROUNDS: Final = 8
"""Full rounds, half of them before the partial ones and half after: six resist statistical attacks, two are margin."""

PARTIAL_ROUNDS: Final = (56, 57, 56, 60, 60, 63, 64, 63, 60, 66, 60, 65, 70, 60, 64, 68)
"""Partial rounds for t = 2, 3, ... 17: the paper's bound for 128 bits of security against algebraic attacks, rounded up
to what divides by t. Not monotonic, but part of the instance: another number is another hash function."""

MAX_INPUTS: Final = len(PARTIAL_ROUNDS)
"""Most inputs of one permutation: 16."""


class Parameters(NamedTuple):
    """The constants of one width."""

    round_constants: tuple[tuple[int, ...], ...]
    """t elements for every round."""
    matrix: tuple[tuple[int, ...], ...]
    """The rows of the matrix: maximum distance separable, so that a change of any element reaches all others."""


@cache
def parameters(width: int) -> Parameters:
    """The constants for a state of `width` elements, 2 to 17. Computed once: the widest takes about half a second."""
    partial_rounds = PARTIAL_ROUNDS[width - 2]
    grain = Grain(width, FULL_ROUNDS, partial_rounds)
    constants = tuple(
        tuple(grain.below_order() for _ in range(width))  #
        for _ in range(FULL_ROUNDS + partial_rounds)
    )
    # A Cauchy matrix, 1 / (x_i + y_j). Its seeds are reduced modulo r, where round constants above r were dropped: the
    # authors' script does so, and the numbers must be theirs.
    xs = [grain.number() % R for _ in range(width)]
    ys = [grain.number() % R for _ in range(width)]
    return Parameters(constants, tuple(tuple(inverse(x + y) for y in ys) for x in xs))


def permute(state: Sequence[int]) -> list[int]:
    """The permutation itself, on a state of 2 to 17 field elements."""
    constants, matrix = parameters(len(state))
    first_partial, last_partial = FULL_ROUNDS // 2, len(constants) - FULL_ROUNDS // 2
    for number, round_constants in enumerate(constants):
        mixed = [value + constant for value, constant in zip(state, round_constants, strict=True)]
        if first_partial <= number < last_partial:
            mixed[0] = pow(mixed[0], 5, R)
        else:
            mixed = [pow(value, 5, R) for value in mixed]
        state = [sum(map(mul, row, mixed)) % R for row in matrix]
    return list(state)


def poseidon_ex(inputs: Sequence[int], outputs: int, tag: int = 0) -> list[int]:
    """The first `outputs` elements of the permuted state [tag, inputs...]."""
    if not 1 <= len(inputs) <= MAX_INPUTS:
        raise WrongLength("inputs of Poseidon", f"1 to {MAX_INPUTS}", len(inputs))
    if not 1 <= outputs <= len(inputs) + 1:
        raise WrongLength("outputs of Poseidon", f"1 to {len(inputs) + 1}", outputs)
    return permute([element(tag), *elements(inputs)])[:outputs]


def poseidon(inputs: Sequence[int], tag: int = 0) -> int:
    """The hash H[tag](inputs)."""
    return poseidon_ex(inputs, 1, tag)[0]


def poseidon_many(rows: Sequence[Sequence[int]], tag: int = 0) -> list[int]:
    """The hash of every row; the rows need not be equally long."""
    return [poseidon(row, tag) for row in rows]
