"""Keys: what follows from what, what may be shown, and words that bring it back."""

from __future__ import annotations

import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pytest
from eth_account import Account as Wallet
from eth_account.messages import encode_typed_data
from hypothesis import given
from hypothesis import strategies as st
from support.client_traders import SYSTEM, keys_for, seed_of
from support.spec_values import secret

from rollup.chain.abi import Account, NodeAccount, address
from rollup.client.errors import BadSeed, ForeignSignature, UnsteadyWallet
from rollup.client.keys import key_document, keyring, keys_of, root_from_seed, root_from_wallet
from rollup.client.seeds import new_seed, seed_of_words, words_of_seed
from rollup.client.signers import SECP256K1_ORDER, signer_of
from rollup.spec.hashes import R, check_key, keccak

ROOT = secret("a root")
SIGNER = Wallet.from_key(secret("an L1 key"))
seeds = st.integers(1, SECP256K1_ORDER - 1).map(lambda number: number.to_bytes(32, "big"))


@dataclass
class Scripted:
    """An L1 wallet that returns what it is told to, one signature after the other."""

    signatures: list[bytes]
    address: str = SIGNER.address

    def sign(self, document: Mapping[str, Any]) -> bytes:
        return self.signatures.pop(0)


def signature_of(document: Mapping[str, Any]) -> tuple[int, int, int]:
    made = Wallet.sign_typed_data(SIGNER.key, full_message=dict(document))
    return made.r, made.s, made.v


def packed(r: int, s: int, v: int) -> bytes:
    return r.to_bytes(32, "big") + s.to_bytes(32, "big") + bytes([v])


# -- derivation


def test_derive_keys_of_a_generation_changes_owner_and_trading_key_alone() -> None:
    first, second = keys_of(ROOT), keys_of(ROOT).rotated(1)
    assert first.owner_key != second.owner_key
    assert first.trading_key != second.trading_key
    assert (first.view_key, first.note_key) == (second.view_key, second.note_key)
    assert first.owner(7).rotated(second.owner_key, second.trading_key) == second.owner(7)


def test_derive_keys_of_one_root_are_all_different_and_sound() -> None:
    keys = keys_of(ROOT)
    everything = {keys.root, keys.owner_secret, keys.trading_secret}
    everything |= {number.to_bytes(32, "big") for number in (keys.view_key, keys.note_key)}
    assert len(everything) == 5
    assert 0 <= keys.view_key < R
    assert 0 <= keys.note_key < R
    check_key(keys.owner_key)
    check_key(keys.trading_key)


@given(seeds)
def test_derive_root_depends_on_chain_contract_and_number(seed: bytes) -> None:
    roots = {
        root_from_seed(seed, 1, 7, 0),
        root_from_seed(seed, 2, 7, 0),
        root_from_seed(seed, 1, 8, 0),
        root_from_seed(seed, 1, 7, 1),
    }
    assert len(roots) == 4
    assert root_from_seed(seed, 1, address(7), 0) in roots


def test_derive_keys_is_the_same_for_ever() -> None:
    """Changing this line locks every trader out of its account."""
    keys = keys_of(root_from_seed(bytes(31) + b"\x01", *SYSTEM))
    assert f"{keys.owner(0xCAFE).hash:#x}" == "0x2a920851afba866b188d4c24ca25e7d3067c47ef77a75ab5b237214c03f9079b"


def test_keyring_holds_every_generation_by_its_hash() -> None:
    ring = keyring(ROOT, 3)
    assert len(ring) == 4
    for generation in range(4):
        keys = keys_of(ROOT, generation)
        assert ring[keys.keys_hash] == (keys.owner_key, keys.trading_key)
    assert keyring(ROOT, [2]) == {keys_of(ROOT, 2).keys_hash: ring[keys_of(ROOT, 2).keys_hash]}


@pytest.mark.parametrize("root", [b"", bytes(31), bytes(33)])
def test_derive_keys_of_a_root_of_another_length_is_refused(root: bytes) -> None:
    with pytest.raises(BadSeed, match="32 bytes"):
        keys_of(root)


def test_derive_keys_of_a_negative_generation_is_refused() -> None:
    with pytest.raises(BadSeed, match="from 0"):
        keys_of(ROOT, -1)


def test_show_keys_tells_nothing_secret() -> None:
    keys = keys_for("alice")
    shown = repr(keys) + str(keys) + f"{keys!r}" + repr([keys]) + repr({"keys": keys})
    for hidden in (keys.root, keys.owner_secret, keys.trading_secret, seed_of("alice")):
        assert hidden.hex() not in shown
        assert repr(hidden) not in shown
        assert str(int.from_bytes(hidden, "big")) not in shown
    for number in (keys.view_key, keys.note_key):
        assert str(number) not in shown
        assert f"{number:x}" not in shown


# -- L1 wallets


def test_derive_root_from_a_wallet_is_the_hash_of_r_and_s_as_other_tools_sign() -> None:
    document = key_document(*SYSTEM, 3)
    r, s, v = signature_of(json.loads(json.dumps(document)))
    expected = keccak(packed(r, s, 0)[:64])
    assert root_from_wallet(signer_of(Account(SIGNER)), *SYSTEM, 3) == expected
    assert Wallet.recover_message(encode_typed_data(full_message=document), vrs=(v, r, s)) == SIGNER.address


def test_derive_root_from_a_wallet_ignores_how_it_writes_v_and_s() -> None:
    r, s, v = signature_of(key_document(*SYSTEM, 0))
    root = root_from_wallet(Scripted([packed(r, s, v)] * 2), *SYSTEM)
    assert root_from_wallet(Scripted([packed(r, s, v), packed(r, s, v - 27)]), *SYSTEM) == root
    high = packed(r, SECP256K1_ORDER - s, 55 - v)
    assert root_from_wallet(Scripted([high, packed(r, s, v)]), *SYSTEM) == root


def test_derive_root_from_a_wallet_that_signs_at_random_is_refused() -> None:
    from eth_keys import keys as curve
    from eth_keys.backends.native.jacobian import fast_multiply
    from eth_keys.constants import SECPK1_G as G

    from prover.reference import eip712

    first = packed(*signature_of(key_document(*SYSTEM, 0)))
    digest = int.from_bytes(eip712.digest(key_document(*SYSTEM, 0)), "big")
    nonce, secret_number = 123_456_789, int(SIGNER.key.hex(), 16)
    x, y = fast_multiply(G, nonce)
    s = pow(nonce, -1, SECP256K1_ORDER) * (digest + x * secret_number) % SECP256K1_ORDER
    second = packed(x, s, 27 + y % 2)
    assert curve.PrivateKey(SIGNER.key).public_key.to_checksum_address() == SIGNER.address
    with pytest.raises(UnsteadyWallet, match="seed"):
        root_from_wallet(Scripted([first, second]), *SYSTEM)


@pytest.mark.parametrize("length", [0, 64, 66, 200])
def test_derive_root_from_what_is_no_signature_is_refused_without_repeating_it(length: int) -> None:
    returned = b"\x5a" * length
    with pytest.raises(ForeignSignature) as refused:
        root_from_wallet(Scripted([returned] * 2), *SYSTEM)
    assert "5a5a" not in str(refused.value)


def test_derive_root_from_another_wallets_signature_is_refused_without_repeating_it() -> None:
    made = packed(*signature_of(key_document(*SYSTEM, 0)))
    with pytest.raises(ForeignSignature) as refused:
        root_from_wallet(Scripted([made] * 2, address="0x" + "11" * 20), *SYSTEM)
    assert made.hex()[:16] not in str(refused.value)
    other = packed(*signature_of(key_document(*SYSTEM, 1)))
    with pytest.raises(ForeignSignature):
        root_from_wallet(Scripted([other] * 2), *SYSTEM)


def test_sign_with_an_account_that_only_a_node_knows_needs_the_node() -> None:
    with pytest.raises(ForeignSignature):
        signer_of(NodeAccount(address(5)))


# -- words


@given(seeds)
def test_words_of_a_seed_bring_it_back(seed: bytes) -> None:
    words = words_of_seed(seed)
    assert len(words.split()) == 24
    assert seed_of_words(words) == seed
    assert seed_of_words("  " + words.upper().replace(" ", " \n\t")) == seed


def test_words_of_a_known_seed_are_those_of_the_standard() -> None:
    """A vector of BIP-39."""
    seed = bytes.fromhex("68a79eaca2324873eacc50cb9c6eca8cc68ea5d936f98787c60c7ebc74e6ce7c")
    words = (
        "hamster diagram private dutch cause delay private meat slide toddler razor book "
        "happy fancy gospel tennis maple dilemma loan word shrug inflict delay length"
    )
    assert words_of_seed(seed) == words
    assert seed_of_words(words) == seed


def test_read_words_too_few_says_how_many() -> None:
    with pytest.raises(BadSeed, match="24 words, these are 23"):
        seed_of_words(" ".join(words_of_seed(seed_of("alice")).split()[1:]))


def test_read_words_with_an_unknown_one_says_which_and_does_not_repeat_it() -> None:
    words = words_of_seed(seed_of("alice")).split()
    words[6] = "zebrafish"
    with pytest.raises(BadSeed, match="number 7 of") as refused:
        seed_of_words(" ".join(words))
    assert not any(word in str(refused.value) for word in [*words[:6], "zebrafish"] if len(word) > 6)


def test_read_words_with_a_wrong_one_fails_their_checksum() -> None:
    words = words_of_seed(seed_of("alice")).split()
    words[0] = "abandon" if words[0] != "abandon" else "zoo"
    with pytest.raises(BadSeed, match="checksum"):
        seed_of_words(" ".join(words))


def test_read_words_of_a_seed_that_is_no_key_is_refused() -> None:
    with pytest.raises(BadSeed, match="not drawn at random"):
        seed_of_words(" ".join(["abandon"] * 23 + ["art"]))


def test_make_seed_takes_its_bytes_from_the_source_it_is_given() -> None:
    given_bytes = iter([bytes(32), b"\xff" * 32, secret("fresh")])
    assert new_seed(lambda _: next(given_bytes)) == secret("fresh")
    assert new_seed(secrets.token_bytes) != new_seed(secrets.token_bytes)
