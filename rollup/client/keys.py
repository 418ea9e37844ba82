"""
Keys: everything that makes an account its trader's, derived from one secret of 32 bytes, the root.

The root comes from a seed, which 24 words on paper bring back, or from an ordinary L1 wallet's signature over a
document that names chain, contract and key number. Owner and trading key follow from the root and a generation, which
a rotation raises; view key and note key follow from the root alone, since they never change, and neither from the
other: the sequencer knows the view key, and must learn nothing about notes from it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Final

from prover import crypto
from prover.reference import eip712
from rollup.chain.abi import Address, address
from rollup.chain.plan import VERSION
from rollup.client.errors import BadSeed, UnsteadyWallet
from rollup.client.seeds import SEED_BYTES, check_seed, new_seed, seed_of_words, words_of_seed
from rollup.client.signers import Signer, canonical_signature, signer_of
from rollup.spec.account import Owner, keys_hash
from rollup.spec.data import encode
from rollup.spec.hashes import R, keccak, tagged
from rollup.spec.recovery import Keyring
from rollup.spec.shared import Tag
from rollup.spec.types import FieldElement, Point, Signature

__all__ = [
    "PURPOSE",
    "Keys",
    "Signer",
    "key_document",
    "keyring",
    "keys_of",
    "new_seed",
    "root_from_seed",
    "root_from_wallet",
    "seed_of_words",
    "signer_of",
    "words_of_seed",
]

PURPOSE: Final = (
    "Make my zkclear keys. Whoever has this signature can take everything in my zkclear account: "
    "sign only in a program that you trust."
)
"""What a wallet shows its owner, who is about to give away the most that there is to give."""

DOCUMENT: Final = ({"name": "purpose", "type": "string"}, {"name": "number", "type": "uint256"})
"""Members of the signed struct `Keys`."""


@dataclass(frozen=True)
class Keys:
    """All keys of one generation. Only public parts are ever shown."""

    root: bytes = field(repr=False)
    generation: int = 0

    def __repr__(self) -> str:
        return f"Keys(generation={self.generation}, trading_key={self.trading_key.x:#x})"

    @cached_property
    def owner_secret(self) -> bytes:
        """Moves money and replaces keys."""
        return _derived(self.root, "owner", self.generation)

    @cached_property
    def trading_secret(self) -> bytes:
        """Signs orders and cancels, and nothing else."""
        return _derived(self.root, "trading", self.generation)

    @cached_property
    def view_key(self) -> FieldElement:
        """Opens everything that the account ever did; the sequencer has it too."""
        return _element(self.root, "view")

    @cached_property
    def note_key(self) -> FieldElement:
        """Makes the secrets of notes; it never leaves the trader."""
        return _element(self.root, "note")

    @cached_property
    def owner_key(self) -> Point:
        return crypto.load().public_key(self.owner_secret)

    @cached_property
    def trading_key(self) -> Point:
        return crypto.load().public_key(self.trading_secret)

    @cached_property
    def note_commitment(self) -> FieldElement:
        """What the sequencer sees of the note key."""
        return tagged(Tag.NOTEKEY, self.note_key)

    @property
    def keys_hash(self) -> FieldElement:
        return keys_hash(self.owner_key, self.trading_key)

    def owner(self, l1_owner: int) -> Owner:
        """What the sequencer is told, under the L1 address that registers the account."""
        return Owner(self.owner_key, self.trading_key, self.view_key, self.note_commitment, l1_owner)

    def rotated(self, generation: int) -> Keys:
        """The keys of another generation of the same account."""
        return keys_of(self.root, generation)

    def sign_as_owner(self, message: FieldElement) -> Signature:
        return crypto.load().sign(self.owner_secret, message)

    def sign_as_trader(self, message: FieldElement) -> Signature:
        return crypto.load().sign(self.trading_secret, message)


def keys_of(root: bytes, generation: int = 0) -> Keys:
    """The keys that follow from a root."""
    if len(root) != SEED_BYTES:
        raise BadSeed(f"a root has {SEED_BYTES} bytes, this has {len(root)}")
    if generation < 0:
        raise BadSeed(f"generations count from 0, this is {generation}")
    return Keys(root, generation)


def keyring(root: bytes, generations: Iterable[int] | int) -> Keyring:
    """Public keys by keysHash, for recovery through rotations; a number stands for all generations up to it."""
    numbers = range(generations + 1) if isinstance(generations, int) else generations
    made = [keys_of(root, generation) for generation in numbers]
    return {keys.keys_hash: (keys.owner_key, keys.trading_key) for keys in made}


def root_from_seed(seed: bytes, chain: int, contract: Address | int, number: int = 0) -> bytes:
    """The root of key `number` for one deployment: one seed serves many, and none of them shows another."""
    check_seed(seed)
    return keccak(keccak(b"zkclear root from seed") + seed + encode([chain, _number_of(contract), number]))


def root_from_wallet(signer: Signer, chain: int, contract: Address | int, number: int = 0) -> bytes:
    """
    The root that an L1 wallet's signature makes; whoever sees the signature has the keys.

    It is signed twice: a wallet that draws its nonces at random could never make these keys again. The root is the
    hash of r and the low s. v is left out: wallets write one and the same signature with v as 0, 1, 27 or 28, it
    follows from the rest and the address, and so adds no secret; with it, the same key in another wallet program
    would make other keys.
    """
    document = key_document(chain, contract, number)
    first, second = (canonical_signature(signer, document) for _ in range(2))
    if first != second:
        raise UnsteadyWallet
    return keccak(first)


def key_document(chain: int, contract: Address | int, number: int) -> dict[str, Any]:
    """The typed data that an L1 wallet signs to make keys, in the form of `eth_signTypedData_v4`."""
    return {
        "types": {
            eip712.DOMAIN: [
                {"name": "name", "type": "string"},
                {"name": "version", "type": "string"},
                {"name": "chainId", "type": "uint256"},
                {"name": "verifyingContract", "type": "address"},
            ],
            "Keys": [dict(member) for member in DOCUMENT],
        },
        "primaryType": "Keys",
        "domain": {
            "name": "zkclear",
            "version": str(VERSION),
            "chainId": chain,
            "verifyingContract": address(_number_of(contract)),
        },
        "message": {"purpose": PURPOSE, "number": number},
    }


def _derived(root: bytes, purpose: str, generation: int) -> bytes:
    """32 bytes for one purpose: hash(purpose), root and generation have fixed lengths, so none runs into another."""
    return keccak(keccak(f"zkclear key: {purpose}".encode()) + root + encode([generation]))


def _element(root: bytes, purpose: str) -> FieldElement:
    """A field element out of 64 bytes, which leaves no value likelier than another."""
    halves = (_derived(root, f"{purpose}, {half} half", 0) for half in ("upper", "lower"))
    return int.from_bytes(b"".join(halves), "big") % R


def _number_of(contract: Address | int) -> int:
    return contract if isinstance(contract, int) else int(contract, 16)
