"""
Who plays in the demo: a market maker and traders, each with a wallet of its own, made from a seed as anybody's is.

A person keeps what a trader keeps: a wallet file, an address on L1, and nothing of what the operator has.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from eth_account import Account as Signer

from rollup.chain import abi
from rollup.client.keys import Keys, keyring, new_seed, words_of_seed
from rollup.client.trader import Trader
from rollup.client.wallet import Wallet
from rollup.node.local import LocalHouse
from rollup.spec.account import Owner
from rollup.spec.recovery import Keyring
from rollup.spec.types import Cash, Index

__all__ = ["CAST", "Part", "Person", "enter"]

USDC = 10**6

PASSPHRASE = "known to everybody who reads the demo"  # noqa: S105 - play money
WORK = 1 << 12
"""Of scrypt: a passphrase that everybody knows needs no more."""


@dataclass(frozen=True, slots=True)
class Part:
    """What somebody is in the story for."""

    name: str
    role: str
    collateral: Cash


CAST = (
    Part("maker", "quotes both sides of every instrument", 60_000 * USDC),
    Part("hedger", "holds perpetuals, a dated future and options as one book", 6_000 * USDC),
    Part("gambler", "buys perpetuals for three times what it has", 1_500 * USDC),
    Part("saver", "buys a little and keeps most of its collateral", 3_000 * USDC),
)


@dataclass
class Person:
    """Somebody with a wallet."""

    part: Part
    l1: abi.Account
    wallet: Wallet
    keys: Keys = field(repr=False)
    trader: Trader = field(repr=False)
    words: str = field(repr=False)
    """24 of them: the backup."""
    index: Index = 0
    paid: Cash = 0
    """By L1, all together."""

    @property
    def name(self) -> str:
        return self.part.name

    @property
    def owner(self) -> Owner:
        """As it registers."""
        return self.wallet.keys(PASSPHRASE, 0).owner(int(self.l1.address, 16))

    @property
    def ring(self) -> Keyring:
        """Every key that it ever had."""
        return keyring(self.wallet.root(PASSPHRASE), self.wallet.progress.highest + 1)


def enter(part: Part, house: LocalHouse, directory: Path) -> Person:
    """A new wallet for a part, with an address on L1 that has ETH and the collateral."""
    clearing = house.record.parts.clearing
    seed = new_seed(secrets.token_bytes)
    wallet = Wallet.create(directory / f"{part.name}.json", house.record.chain, clearing, seed, PASSPHRASE, work=WORK)
    signer: Any = Signer.from_key(secrets.token_bytes(32))
    l1, keys = abi.Account(signer), wallet.keys(PASSPHRASE)
    house.chain.fund(l1.address)
    house.token.mint(l1.address, part.collateral, house.anybody)
    trader = Trader(wallet, keys, house.record.profile, house.clock)
    return Person(part, l1, wallet, keys, trader, words_of_seed(seed))
