"""
Seeds: 32 random bytes, and the 24 words of BIP-39 that a person keeps on paper.

What goes wrong with words is told by their places: a slip in a secret word is nearly the word.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from eth_account.hdaccount.mnemonic import Mnemonic

from rollup.client.errors import BadSeed
from rollup.client.signers import SECP256K1_ORDER

__all__ = ["SEED_BYTES", "check_seed", "new_seed", "seed_of_words", "words_of_seed"]

SEED_BYTES: Final = 32
"""256 bits, which are 24 words."""

WORDS: Final = 24


def new_seed(entropy: Callable[[int], bytes]) -> bytes:
    """A fresh seed from a source of randomness, such as `secrets.token_bytes`."""
    while not 0 < int.from_bytes(seed := entropy(SEED_BYTES), "big") < SECP256K1_ORDER:
        pass  # Once in 2^128 times.
    return check_seed(seed)


def words_of_seed(seed: bytes) -> str:
    """24 words of BIP-39, English, that spell a seed and its checksum."""
    return Mnemonic().to_mnemonic(check_seed(seed))


def seed_of_words(words: str) -> bytes:
    """The seed that 24 words spell; spaces and capitals do not matter."""
    given, reader = words.lower().split(), Mnemonic()
    if len(given) != WORDS:
        raise BadSeed(f"a seed has {WORDS} words, these are {len(given)}")
    known = {word: number for number, word in enumerate(reader.wordlist)}
    if unknown := [str(place) for place, word in enumerate(given, 1) if word not in known]:
        raise BadSeed(f"no such word is in the list of BIP-39 (English): number {', '.join(unknown)} of the {WORDS}")
    if not reader.is_mnemonic_valid(" ".join(given)):
        raise BadSeed("the words are in the list, but their checksum fails: one is wrong, or two are swapped")
    bits = 0
    for word in given:
        bits = bits << 11 | known[word]
    return check_seed((bits >> SEED_BYTES // 4).to_bytes(SEED_BYTES, "big"))


def check_seed(seed: bytes) -> bytes:
    """Web3's secret storage keeps only what could be a key of secp256k1, which random bytes are."""
    if len(seed) != SEED_BYTES:
        raise BadSeed(f"a seed has {SEED_BYTES} bytes, this has {len(seed)}")
    if not 0 < int.from_bytes(seed, "big") < SECP256K1_ORDER:
        raise BadSeed("this seed was not drawn at random; make one with `zkclear trader keys new`")
    return seed
