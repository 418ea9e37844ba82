"""Keccak-256 against published digests and another implementation."""

from __future__ import annotations

import hashlib

import pytest
from eth_hash.auto import keccak

from prover.reference.keccak import keccak256
from prover.types import Crypto

PUBLISHED = {
    b"": "c5d2460186f7233c927e7db2dcc703c0e500b653ca82273b7bfad8045d85a470",
    b"abc": "4e03657aea45a94fc7d47ba826c8d667c0d1e6e33a64a036ec44f58fa12d6c45",
}


@pytest.mark.parametrize("data", PUBLISHED)
def test_keccak256_of_published_data_gives_published_digest(crypto: Crypto, data: bytes) -> None:
    assert crypto.keccak256(data).hex() == PUBLISHED[data]


def test_keccak256_around_each_block_boundary_agrees_with_pycryptodome(crypto: Crypto) -> None:
    for length in (1, 134, 135, 136, 137, 271, 272, 273, 1000):
        data = bytes(i * 7 % 256 for i in range(length))
        assert crypto.keccak256(data) == keccak(data)


def test_keccak256_is_not_the_standardised_sha3() -> None:
    assert keccak256(b"") != hashlib.sha3_256(b"").digest()
