"""Forged proofs are good for the verifier and the statement that they are made for, and as Solidity makes them."""

from __future__ import annotations

import pytest
from support.forged_proofs import INPUTS, ForgedKeys, proof_of_words

from prover.reference.groth16 import verify
from rollup.spec.data import encode
from rollup.spec.hashes import R, keccak
from rollup.spec.settlement import ProofKind

KEYS_DIGEST = "eda4431643b5a225bb2a5649d16842626728201d8e6422d44722b674f45fa8ad"
"""keccak of the bytes of all six keys; contracts/test/Groth16.t.sol has the same."""

PROOFS_DIGEST = "806405260f9b81d630ecb8af22c8900ca25ed2e538caf868a7c48e3b8d018899"
"""keccak of proofs of 1, 2, 3 ... of every kind, with nonces 0 and 1 each."""


def counted(kind: ProofKind) -> list[int]:
    return list(range(1, INPUTS[kind] + 1))


@pytest.mark.parametrize("kind", ProofKind)
@pytest.mark.parametrize("nonce", [0, 1])
def test_prove_any_inputs_reference_verifier_accepts(kind: ProofKind, nonce: int) -> None:
    keys = ForgedKeys(kind)
    inputs = [R - 1 - place for place in range(INPUTS[kind])]
    assert verify(keys.verification_key, inputs, proof_of_words(keys.prove(inputs, nonce)))


def test_prove_other_inputs_reference_verifier_refuses() -> None:
    keys = ForgedKeys(ProofKind.ESCAPE)
    proof = proof_of_words(keys.prove(counted(ProofKind.ESCAPE)))
    for place in range(INPUTS[ProofKind.ESCAPE]):
        moved = counted(ProofKind.ESCAPE)
        moved[place] += 1
        assert not verify(keys.verification_key, moved, proof)


def test_prove_under_another_kinds_key_reference_verifier_refuses() -> None:
    proof = proof_of_words(ForgedKeys(ProofKind.TRADE).prove(counted(ProofKind.TRADE)))
    assert not verify(ForgedKeys(ProofKind.FUNDS).verification_key, counted(ProofKind.FUNDS), proof)


def test_prove_with_another_nonce_is_another_proof() -> None:
    keys = ForgedKeys(ProofKind.WITHDRAW)
    inputs = counted(ProofKind.WITHDRAW)
    assert len({keys.prove(inputs, nonce) for nonce in range(4)}) == 4


def test_key_bytes_of_all_kinds_are_those_of_solidity() -> None:
    assert keccak(b"".join(ForgedKeys(kind).key_bytes() for kind in ProofKind)).hex() == KEYS_DIGEST


def test_prove_of_all_kinds_is_as_in_solidity() -> None:
    proofs = [encode(ForgedKeys(kind).prove(counted(kind), nonce)) for kind in ProofKind for nonce in (0, 1)]
    assert keccak(b"".join(proofs)).hex() == PROOFS_DIGEST
