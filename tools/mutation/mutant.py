"""
A mutant: a change to the contracts that some test must notice.

Every mutant is text that is inserted before and behind a piece of source, so that all of them stand in one copy of the
project. `block.coinbase`, which no contract reads, says which of them is switched on.
"""

from __future__ import annotations

from dataclasses import dataclass

ON = "block.coinbase == address(@)"
OFF = "block.coinbase != address(@)"
ON_ASSEMBLY = "eq(coinbase(), @)"

AGAIN = "\0{}:{}\0"
"""In what is inserted: these bytes of the same file once more, with all mutants that are in them."""


@dataclass(frozen=True, slots=True)
class Insertion:
    """Text around the bytes from `start` to `end` of a file; @ stands for the mutant's number."""

    file: str
    start: int
    end: int
    before: str
    behind: str


@dataclass(frozen=True, slots=True)
class Mutant:
    """One change, told in words, and what switches it on."""

    number: int
    file: str
    """Path below contracts/src."""
    line: int
    function: str
    """The function or modifier that it is in; its contract for what stands outside of all."""
    was: str
    becomes: str
    """Empty for what is left out."""
    insertions: tuple[Insertion, ...]

    def __str__(self) -> str:
        return f"{self.file}:{self.line} {self.function}: {self.was} → {self.becomes or 'nothing'}"


def instead(file: str, start: int, end: int, other: str) -> Insertion:
    """An expression of Solidity that is another one when the mutant is on."""
    return Insertion(file, start, end, f"({ON} ? ({other}) : (", "))")


def without(file: str, start: int, end: int) -> Insertion:
    """A statement of Solidity, with its semicolon, that is left out when the mutant is on."""
    return Insertion(file, start, end, f"{{ if ({OFF}) {{ ", " } }")
