"""Recovery of Ethereum signers."""

from __future__ import annotations

import pytest
from eth_account import Account

from prover.errors import UnrecoverableSignature, WrongLength
from prover.reference.secp256k1 import N
from prover.types import Crypto

GENERATOR_X = 0x79BE667EF9DCBBAC55A06295CE870B07029BFCDB2DCE28D959F2815B16F81798


def pack(r: int, s: int, v: int) -> bytes:
    return r.to_bytes(32, "big") + s.to_bytes(32, "big") + bytes([v])


def test_recover_of_eth_accounts_signature_gives_its_address(crypto: Crypto) -> None:
    for number in (1, 2, 0xC0FFEE, N - 1):
        account = Account.from_key(number.to_bytes(32, "big"))
        for digest in (bytes(32), b"\xff" * 32, crypto.keccak256(b"order")):
            signature = account.unsafe_sign_hash(digest).signature
            assert crypto.recover(digest, bytes(signature)) == bytes.fromhex(account.address[2:])


def test_recover_with_the_other_v_gives_another_address(crypto: Crypto) -> None:
    account = Account.from_key(b"\x01" * 32)
    digest = crypto.keccak256(b"x")
    signature = bytes(account.unsafe_sign_hash(digest).signature)
    other = signature[:64] + bytes([55 - signature[64]])
    assert crypto.recover(digest, other) != bytes.fromhex(account.address[2:])


@pytest.mark.parametrize("v", [0, 1, 26, 29, 255])
def test_recover_with_v_neither_27_nor_28_raises(crypto: Crypto, v: int) -> None:
    with pytest.raises(UnrecoverableSignature) as raised:
        crypto.recover(bytes(32), pack(GENERATOR_X, 1, v))
    assert raised.value.signature == pack(GENERATOR_X, 1, v)


@pytest.mark.parametrize(
    ("r", "s"),
    [
        (0, 1),
        (N, 1),
        (2**256 - 1, 1),
        (GENERATOR_X, 0),
        (GENERATOR_X, N),
        (GENERATOR_X, 2**256 - 1),
        (GENERATOR_X, N // 2 + 1),
        (5, 1),
    ],
)
def test_recover_with_r_or_s_out_of_range_raises(crypto: Crypto, r: int, s: int) -> None:
    with pytest.raises(UnrecoverableSignature) as raised:
        crypto.recover(b"\x01" * 32, pack(r, s, 27))
    assert raised.value.signature == pack(r, s, 27)


def test_recover_with_the_largest_low_s_gives_an_address(crypto: Crypto) -> None:
    assert len(crypto.recover(b"\x01" * 32, pack(GENERATOR_X, N // 2, 27))) == 20


def test_recover_where_the_key_would_be_infinity_raises(crypto: Crypto) -> None:
    # With R the generator, the key is (s·R - z·G)/r: infinity when s = z.
    with pytest.raises(UnrecoverableSignature):
        crypto.recover((12345).to_bytes(32, "big"), pack(GENERATOR_X, 12345, 27))


@pytest.mark.parametrize(("digest", "signature"), [(31, 65), (33, 65), (32, 64), (32, 66), (0, 0)])
def test_recover_with_wrong_lengths_raises(crypto: Crypto, digest: int, signature: int) -> None:
    with pytest.raises(WrongLength) as raised:
        crypto.recover(bytes(digest), bytes(signature))
    assert raised.value.actual == (digest if digest != 32 else signature)
