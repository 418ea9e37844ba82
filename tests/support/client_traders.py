"""Traders as the client has them, with wallets on disk and a clock that stands, for the tests' own system."""

from __future__ import annotations

from pathlib import Path

import pytest
from support.spec_values import CHAIN_ID, CLEARING, NOW, PARAMETERS, TINY, secret

from rollup.chain.abi import address
from rollup.chain.artifacts import PARTS
from rollup.chain.bindings.verifiers import ProofKind
from rollup.chain.development import local_roles
from rollup.chain.plan import Genesis
from rollup.chain.record import Created, KeyRecord, Record
from rollup.client.keys import Keys, keys_of, root_from_seed
from rollup.client.trader import Trader
from rollup.client.wallet import Wallet
from rollup.spec.settlement import Settings
from rollup.spec.shared import Profile

__all__ = [
    "LIGHT",
    "PASSPHRASE",
    "SYSTEM",
    "keys_for",
    "light_wallets",
    "record_file",
    "seed_of",
    "trader_in",
    "wallet_in",
]

SYSTEM = (CHAIN_ID, address(CLEARING))
"""Chain and clearing of the tests' own domain."""

PASSPHRASE = "correct horse"
LIGHT = 2
"""Work of scrypt that no test waits for."""


def seed_of(name: str) -> bytes:
    return secret(name, "seed")


def keys_for(name: str, generation: int = 0) -> Keys:
    """The keys of a named trader in the tests' system."""
    return keys_of(root_from_seed(seed_of(name), *SYSTEM), generation)


def wallet_in(directory: Path, name: str = "alice", index: int | None = None) -> Wallet:
    """A wallet file with that trader's seed."""
    wallet = Wallet.create(directory / f"{name}.json", *SYSTEM, seed_of(name), PASSPHRASE, work=LIGHT)
    if index is not None:
        wallet.learn(index=index)
    return wallet


def trader_in(directory: Path, name: str = "alice", index: int = 2, profile: Profile = TINY) -> Trader:
    """A trader whose account has an index already."""
    wallet = wallet_in(directory, name, index)
    return Trader(wallet, wallet.keys(PASSPHRASE), profile, lambda: NOW)


def light_wallets(monkeypatch: pytest.MonkeyPatch) -> None:
    """Wallets that commands make are as light as the tests' own."""
    real = Wallet.create
    monkeypatch.setattr(Wallet, "create", lambda *places, **named: real(*places, **{"work": LIGHT, **named}))


def record_file(directory: Path) -> Path:
    """The record of the tests' system as a file; nothing of it stands on a chain."""
    genesis = Genesis(1, 2)
    places = {part: address(0x1000 + number) for number, part in enumerate(PARTS)} | {"clearing": SYSTEM[1]}
    record = Record(
        chain=CHAIN_ID,
        sources="0" * 64,
        deployer=address(1),
        profile=TINY,
        settings=Settings(),
        roles=local_roles([address(0x2000 + number) for number in range(10)]),
        genesis=genesis,
        genesis_root=genesis.root(TINY),
        parameters=PARAMETERS,
        keys=tuple(KeyRecord(kind, "0x", True, "") for kind in ProofKind if kind),
        token=address(0x3000),
        token_is_ours=True,
        created={part: Created(place, "0x", 1, "0x") for part, place in places.items()},
    )
    file = directory / "deployment.json"
    record.write(file)
    return file
