"""The wallet file: what it keeps, what it hides, and numbers that never come twice."""

from __future__ import annotations

import json
import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from eth_account import Account as L1Wallet
from support.client_traders import LIGHT, PASSPHRASE, SYSTEM, keys_for, seed_of, wallet_in
from support.spec_values import NOW, secret

from rollup.chain.abi import Account, address
from rollup.client import wallet_file as file_of
from rollup.client.errors import (
    BadOrder,
    NoAccount,
    NoSeed,
    NotAWallet,
    NotWritten,
    NoWallet,
    OtherKeys,
    OtherSystem,
    WalletExists,
    WrongPassphrase,
)
from rollup.client.signers import signer_of
from rollup.client.wallet import Wallet

SIGNER = signer_of(Account(L1Wallet.from_key(secret("an L1 key"))))


def test_open_a_wallet_gives_the_seed_and_keys_back(tmp_path: Path) -> None:
    made = wallet_in(tmp_path)
    opened = Wallet.open(made.path, *SYSTEM)
    assert opened.seed(PASSPHRASE) == seed_of("alice")
    assert opened.keys(PASSPHRASE) == keys_for("alice")
    assert opened.keys(PASSPHRASE, 2) == keys_for("alice", 2)


def test_write_a_wallet_hides_its_seed_and_is_its_owners_alone(tmp_path: Path) -> None:
    wallet = wallet_in(tmp_path, index=5)
    text = wallet.path.read_text() + repr(wallet)
    keys = keys_for("alice")
    for hidden in (seed_of("alice"), keys.root, keys.owner_secret):
        assert hidden.hex() not in text
    assert L1Wallet.from_key(seed_of("alice")).address[2:].lower() not in text.lower()
    assert PASSPHRASE not in text
    assert stat.S_IMODE(wallet.path.stat().st_mode) == 0o600
    assert [each.name for each in tmp_path.iterdir()] == ["alice.json"]


def test_open_a_wallet_with_another_passphrase_is_refused(tmp_path: Path) -> None:
    wallet = wallet_in(tmp_path)
    with pytest.raises(WrongPassphrase) as refused:
        wallet.keys("battery staple")
    assert "battery" not in str(refused.value)
    assert refused.value.__cause__ is None


def test_open_a_wallet_of_another_system_is_refused(tmp_path: Path) -> None:
    path = wallet_in(tmp_path).path
    with pytest.raises(OtherSystem, match="on chain 1;"):
        Wallet.open(path, 1, SYSTEM[1])
    with pytest.raises(OtherSystem, match="0x0000000000000000000000000000000000000007"):
        Wallet.open(path, SYSTEM[0], address(7))


def test_open_a_wallet_that_is_not_there_says_how_to_make_one(tmp_path: Path) -> None:
    with pytest.raises(NoWallet, match="keys new"):
        Wallet.open(tmp_path / "none.json", *SYSTEM)


@pytest.mark.parametrize(
    "change",
    [
        lambda document: "not json",
        lambda document: "[]",
        lambda document: b"\xff\xfe",
        lambda document: {},
        lambda document: {**document, "kind": "keystore"},
        lambda document: {**document, "format": 2},
        lambda document: {**document, "clearing": 5},
        lambda document: {**document, "places": []},
        lambda document: {**document, "fingerprint": "zz"},
        lambda document: {name: value for name, value in document.items() if name != "owner_nonce"},
    ],
)
def test_open_what_is_no_wallet_is_refused(change: Any, tmp_path: Path) -> None:
    path = wallet_in(tmp_path).path
    changed = change(json.loads(path.read_text()))
    data = json.dumps(changed) if isinstance(changed, dict) else changed
    path.write_bytes(data if isinstance(data, bytes) else data.encode())
    with pytest.raises(NotAWallet, match=r"alice\.json"):
        Wallet.open(path, *SYSTEM)


def test_open_a_wallet_takes_either_spelling_of_a_letter(tmp_path: Path) -> None:
    Wallet.create(tmp_path / "w.json", *SYSTEM, seed_of("alice"), "caf\u00e9", work=LIGHT)
    assert Wallet.open(tmp_path / "w.json", *SYSTEM).seed("cafe\u0301") == seed_of("alice")


@pytest.mark.parametrize(
    "seed", [{}, {"crypto": {}}, {"crypto": {"kdf": "x"}, "version": 3}, {"version": 9}, "text", 5]
)
def test_open_a_damaged_seed_is_refused(seed: Any, tmp_path: Path) -> None:
    path = wallet_in(tmp_path).path
    path.write_text(json.dumps({**json.loads(path.read_text()), "seed": seed}))
    with pytest.raises(NotAWallet):
        Wallet.open(path, *SYSTEM).keys(PASSPHRASE)


def test_create_a_wallet_never_writes_over_a_file(tmp_path: Path) -> None:
    wallet = wallet_in(tmp_path)
    before = wallet.path.read_bytes()
    with pytest.raises(WalletExists):
        Wallet.create(wallet.path, *SYSTEM, seed_of("bob"), PASSPHRASE, work=LIGHT)
    assert wallet.path.read_bytes() == before


def test_create_a_wallet_for_an_l1_wallet_stores_no_seed(tmp_path: Path) -> None:
    wallet = Wallet.create_for(tmp_path / "w.json", *SYSTEM, SIGNER)
    opened = Wallet.open(wallet.path, *SYSTEM)
    assert not opened.has_seed
    assert opened.keys(SIGNER) == wallet.keys(SIGNER)
    assert json.loads(wallet.path.read_text())["seed"] is None
    for asked in (lambda: opened.seed(PASSPHRASE), lambda: opened.keys(PASSPHRASE)):
        with pytest.raises(NoSeed, match="L1 wallet's signature"):
            asked()


def test_open_a_wallet_with_another_l1_wallet_is_refused(tmp_path: Path) -> None:
    other = signer_of(Account(L1Wallet.from_key(secret("another L1 key"))))
    with pytest.raises(OtherKeys):
        Wallet.create_for(tmp_path / "w.json", *SYSTEM, SIGNER).keys(other)
    with pytest.raises(OtherKeys):
        wallet_in(tmp_path).keys(SIGNER)


def test_take_number_of_a_file_that_was_exchanged_meanwhile_is_refused(tmp_path: Path) -> None:
    alice, bob = wallet_in(tmp_path), wallet_in(tmp_path, "bob")
    bob.path.replace(alice.path)
    with pytest.raises(OtherKeys):
        alice.take_owner_nonce(NOW)
    assert Wallet.open(alice.path, *SYSTEM).keys(PASSPHRASE) == keys_for("bob")


# -- numbers


def test_take_numbers_rise_and_follow_the_clock(tmp_path: Path) -> None:
    wallet = wallet_in(tmp_path)
    assert [wallet.take_owner_nonce(5) for _ in range(3)] == [5, 6, 7]
    assert wallet.take_owner_nonce(NOW) == NOW
    assert wallet.take_owner_nonce(NOW - 10) == NOW + 1
    assert Wallet.open(wallet.path, *SYSTEM).take_owner_nonce(0) == NOW + 2
    assert wallet.take_owner_nonce(1 << 33) == NOW + 3, "a clock that is wrong by a century moves no number"


def test_take_places_are_those_used_longest_ago(tmp_path: Path) -> None:
    wallet = wallet_in(tmp_path)
    assert [wallet.take_place(3, NOW) for _ in range(4)] == [(0, NOW), (1, NOW + 1), (2, NOW + 2), (0, NOW + 3)]
    assert wallet.take_place(3, NOW, 2) == (2, NOW + 4)
    assert wallet.take_place(3, NOW)[0] == 1
    with pytest.raises(BadOrder, match="0 to 2"):
        wallet.take_place(3, NOW, 3)


def test_take_numbers_of_one_file_by_two_programs_never_meet(tmp_path: Path) -> None:
    first = wallet_in(tmp_path)
    second = Wallet.open(first.path, *SYSTEM)
    taken = [wallet.take_owner_nonce(0) for _ in range(3) for wallet in (first, second)]
    assert taken == [1, 2, 3, 4, 5, 6]
    orders = [wallet.take_place(2, 0) for _ in range(2) for wallet in (first, second)]
    assert orders == [(0, 1), (1, 2), (0, 3), (1, 4)]


def test_take_numbers_at_the_same_moment_never_meet(tmp_path: Path) -> None:
    path = wallet_in(tmp_path).path

    def take(_: int) -> list[int]:
        wallet = Wallet.open(path, *SYSTEM)
        return [wallet.take_owner_nonce(0) for _ in range(8)]

    with ThreadPoolExecutor(6) as pool:
        taken = [number for each in pool.map(take, range(6)) for number in each]
    assert sorted(taken) == list(range(1, 49))


def test_take_number_that_cannot_be_written_is_not_handed_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    wallet = wallet_in(tmp_path)
    assert wallet.take_owner_nonce(0) == 1

    def full(path: Path, data: bytes, mode: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(file_of, "write_atomically", full)
    for taking in (lambda: wallet.take_owner_nonce(0), lambda: wallet.take_place(4, 0), wallet.take_generation):
        with pytest.raises(NotWritten, match="No space left"):
            taking()
    monkeypatch.undo()
    assert wallet.take_owner_nonce(0) == 2
    assert Wallet.open(wallet.path, *SYSTEM).progress == wallet.progress


def test_learn_raises_numbers_and_never_lowers_them(tmp_path: Path) -> None:
    wallet = wallet_in(tmp_path)
    with pytest.raises(NoAccount, match="register"):
        _ = wallet.index
    wallet.take_owner_nonce(100)
    wallet.take_place(2, 100)
    wallet.learn(index=7, l1_owner=0xCAFE, owner_nonce=50, places=[40, 60])
    assert wallet.index == 7
    assert wallet.progress.l1_owner == address(0xCAFE)
    assert wallet.take_owner_nonce(0) == 101
    assert wallet.progress.places == {0: 100, 1: 60}
    wallet.learn(owner_nonce=500, places=[200])
    assert wallet.take_owner_nonce(0) == 501
    assert wallet.take_place(2, 0, 0) == (0, 201)
    assert wallet.index == 7


def test_take_generation_is_the_next_until_it_is_in_force(tmp_path: Path) -> None:
    wallet = wallet_in(tmp_path)
    assert (wallet.take_generation(), wallet.take_generation()) == (1, 1)
    assert (wallet.progress.generation, wallet.progress.highest) == (0, 1)
    wallet.learn(generation=1)
    assert wallet.keys(PASSPHRASE) == keys_for("alice", 1)
    assert wallet.take_generation() == 2
