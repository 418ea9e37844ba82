"""
What a step publishes on L1: private, and enough to leave.

Every touch publishes its new leaf and a fixed number of ciphertext words under a key of that touch alone. The words of
a step are bound to its proof without hashing them with SHA in the circuit: the circuit commits to them with Poseidon,
the contract draws a challenge from that commitment and the words it was given, and both evaluate the same polynomial.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from rollup.spec.errors import Rejected
from rollup.spec.hashes import R, hash_list, keccak, keccak_to_field, stream, tagged
from rollup.spec.shared import StepKind, Tag, Width
from rollup.spec.types import FieldElement, Index

__all__ = ["Published", "Seal", "decrypt", "encode", "evaluate", "seal"]


@dataclass(frozen=True, slots=True)
class Seal:
    """Blinding and keystream of one touch."""

    blind: FieldElement
    keystream: tuple[FieldElement, ...]

    def encrypt(self, plaintexts: Sequence[int], whole: Sequence[FieldElement] = ()) -> list[FieldElement]:
        """
        Ciphertext words; a plaintext that is not below 2^240 could not be told from rubbish.

        Those in `whole`, which come last, are field elements that their owner can check otherwise.
        """
        for plaintext in plaintexts:
            if not 0 <= plaintext < 1 << Width.PLAINTEXT:
                raise Rejected("DAT-1", "publishes a plaintext of more than 240 bits", plaintext)
        return [(plain + key) % R for plain, key in zip((*plaintexts, *whole), self.keystream, strict=True)]


def seal(
    view_key: FieldElement, domain: FieldElement, index: Index, nonce: int, salt: FieldElement, words: int
) -> Seal:
    """
    The seal of the touch that brings an account to `nonce`.

    Domain, index, nonce and salt are all in the key, so no two touches of any step, account or attempt share keystream.
    What all touches of a step have in common is hashed once.
    """
    key = tagged(Tag.UPDATE, view_key, tagged(Tag.CONTEXT, domain, salt), index + (nonce << Width.ACCOUNT))
    blind, keystream = stream(key, words)
    return Seal(blind, tuple(keystream))


def decrypt(ciphertext: FieldElement, key: FieldElement) -> int:
    """The plaintext of a word; DAT-2 when it is no plaintext."""
    plaintext = (ciphertext - key) % R
    if plaintext >> Width.PLAINTEXT:
        raise Rejected("DAT-2", "decrypts to more than 240 bits: the key or the word is wrong", plaintext)
    return plaintext


@dataclass(frozen=True)
class Published:
    """The words of one step, as L1 sees them, and what binds the proof to them."""

    domain: FieldElement
    batch: int
    number: int
    kind: StepKind
    words: tuple[FieldElement, ...]

    @cached_property
    def commitment(self) -> FieldElement:
        """`dataCommit`: the prover fixes the words before it can know the challenge."""
        return hash_list(Tag.DATA, self.words)

    @cached_property
    def challenge(self) -> FieldElement:
        """`z`: drawn by the contract over the commitment and the words that it was given."""
        digest = keccak(encode(self.words))
        head = encode([self.domain, self.batch, self.number, self.kind, self.commitment])
        return keccak_to_field(head + digest)

    @cached_property
    def evaluation(self) -> FieldElement:
        """`y` = Σ words_i·z^i."""
        return evaluate(self.words, self.challenge)


def evaluate(words: Sequence[FieldElement], challenge: FieldElement) -> FieldElement:
    """The polynomial with these coefficients, the constant first, at the challenge."""
    value = 0
    for word in reversed(words):
        value = (value * challenge + word) % R
    return value


def encode(words: Sequence[int]) -> bytes:
    """abi.encode of 32-byte words."""
    return b"".join(word.to_bytes(32, "big") for word in words)
