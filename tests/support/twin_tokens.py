"""
Real proofs and signatures in the place of the tokens of `settlement_tokens`.

A proof token becomes a proof of the inputs that it names under the key that it names, by somebody who knows what is
behind the key; the chain must find out by itself whether that is what it asked for. A signature token becomes a
signature of the digest that it names.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from itertools import count

from eth_account import Account
from support.forged_proofs import INPUTS, ForgedKeys, proof_of_words
from support.settlement_tokens import COMMITTEE, COMMITTEE_KEYS, KEYS, Proof, Signature

from prover.reference.groth16 import Groth16Proof
from rollup.spec.hashes import R, keccak
from rollup.spec.settlement import ProofKind

__all__ = ["key_bytes", "key_name", "real_proof", "real_signature"]

KINDS = {key: kind for kind, key in KEYS.items()}


@dataclass(frozen=True, slots=True)
class OtherKeys(ForgedKeys):
    """A later key of a kind, with other numbers behind it."""

    number: int

    @property
    def _alpha(self) -> int:
        return 1000 * (1000 + self.number) + 1

    def _input(self, place: int) -> int:
        return 1000 * (1000 + self.number) + 10 + place


def _keys(kind: ProofKind, key: int) -> ForgedKeys:
    """What is behind a key of the model; keys of a deployment are of the kind that they are named for."""
    return ForgedKeys(KINDS[key]) if key in KINDS else OtherKeys(kind, key)


@cache
def key_bytes(kind: ProofKind, key: int) -> bytes:
    """The key that stands for one of the model's."""
    return _keys(kind, key).key_bytes()


def key_name(kind: ProofKind, key: int) -> int:
    """Its name on the chain; no key has the name 0."""
    return int.from_bytes(keccak(key_bytes(kind, key)), "big") if key else 0


@cache
def real_proof(kind: ProofKind, token: Proof) -> Groth16Proof:
    """
    A proof, to be checked as one of a kind; a token that makes no sense is one of nothing that anybody asks for.

    Inputs count modulo r: what is a proof of x is one of x + r, and it is for the chain to refuse that.
    """
    keys = _keys(kind, token.key) if token.key else ForgedKeys(kind)
    inputs = token.inputs if len(token.inputs) == INPUTS[keys.kind] else (0,) * INPUTS[keys.kind]
    return proof_of_words(keys.prove([value % R for value in inputs]))


@cache
def real_signature(token: Signature) -> bytes:
    """A signature of what the token names: r, s and v."""
    return bytes(Account.unsafe_sign_hash(token.digest, private_key=_private_key(token.signer)).signature)


@cache
def _private_key(signer: int) -> bytes:
    """Of a committee member; of a stranger, one whose address stands where the stranger's does among the members'."""
    if signer in COMMITTEE:
        return COMMITTEE_KEYS[COMMITTEE.index(signer)]
    place = sum(member < signer for member in COMMITTEE)
    for attempt in count():
        key = keccak(f"stranger {signer} {attempt}".encode())
        address = int(Account.from_key(key).address, 16)
        if sum(member < address for member in COMMITTEE) == place:
            return key
    raise AssertionError
