"""What `zkclear trader keys …` does."""

from __future__ import annotations

import secrets
from pathlib import Path
from typing import Any

from rollup.chain.record import Record
from rollup.cli.output import console, emit
from rollup.cli.trader_context import ask, connected, open_keys, open_wallet, reading, signer_at
from rollup.cli.trader_options import PASSPHRASE, WORDS
from rollup.client.deposits import find_own
from rollup.client.errors import WalletExists
from rollup.client.keys import Keys
from rollup.client.seeds import new_seed, seed_of_words, words_of_seed
from rollup.client.wallet import Wallet

__all__ = ["back_up", "learn_account", "make", "restore", "show"]

COLUMNS = 4


def make(
    file: Path, deployment: Path, number: int, by_signature: bool, rpc: str | None, named: str | None, json: bool
) -> None:
    """A new wallet: with a fresh seed, or for keys that an L1 wallet's signature makes."""
    record = Record.read(deployment)
    system = (record.chain, record.parts.clearing)
    if file.exists():
        raise WalletExists(file)
    if by_signature:
        wallet = Wallet.create_for(file, *system, signer_at(rpc, named), number=number)
        following = "zkclear trader register AMOUNT"
    else:
        passphrase = ask(PASSPHRASE, f"New passphrase for {file}", confirm=True)
        wallet = Wallet.create(file, *system, new_seed(secrets.token_bytes), passphrase, number=number)
        following = f"write its 24 words on paper: zkclear trader keys backup --wallet {file}"
    _tell(wallet, {"next": following}, f"Written: {file}. Next: {following}", json)


def restore(file: Path, deployment: Path, number: int, rpc: str | None, json: bool) -> None:
    """A wallet from its words; with a node, its account is looked for at once."""
    record = Record.read(deployment)
    if file.exists():
        raise WalletExists(file)
    seed = seed_of_words(ask(WORDS, "The 24 words"))
    passphrase = ask(PASSPHRASE, f"New passphrase for {file}", confirm=True)
    wallet = Wallet.create(file, record.chain, record.parts.clearing, seed, passphrase, number=number)
    if rpc is None:
        found = "its account is found by: zkclear trader deposits"
    elif learn_account(wallet, wallet.keys(passphrase), record, rpc):
        found = f"its account is {wallet.index}, registered by {wallet.progress.l1_owner}"
    else:
        found = "no batch has consumed a registration with these keys"
    _tell(wallet, {"next": found}, f"Written: {file}; {found}", json)


def show(file: Path, deployment: Path, rpc: str | None, named: str | None, json: bool) -> None:
    """Everything public about a wallet."""
    wallet = open_wallet(file, Record.read(deployment))
    keys = open_keys(wallet, rpc, named)
    known = wallet.progress
    public: dict[str, Any] = {
        "owner_key": [hex(part) for part in keys.owner_key],
        "trading_key": [hex(part) for part in keys.trading_key],
        "note_commitment": hex(keys.note_commitment),
        "generation": keys.generation,
        "rotating_to": known.highest if known.highest > known.generation else None,
        "l1_owner": known.l1_owner,
        "owner_hash": hex(keys.owner(int(known.l1_owner, 16)).hash) if known.l1_owner else None,
    }
    if json:
        emit({**_named(wallet), **public})
        return
    for name, value in {**_named(wallet), **public}.items():
        shown = ", ".join(value) if isinstance(value, list) else value
        console.print(f"{name.replace('_', ' '):16} {'–' if shown is None else shown}", markup=False)


def back_up(file: Path, deployment: Path, json: bool) -> None:
    """The 24 words, on standard output and nowhere else."""
    wallet = open_wallet(file, Record.read(deployment))
    passphrase = ask(PASSPHRASE, f"Passphrase of {file}") if wallet.has_seed else ""
    words = words_of_seed(wallet.seed(passphrase))
    if json:
        emit({**_named(wallet), "words": words})
        return
    numbered = [f"{place:2} {word:9}" for place, word in enumerate(words.split(), 1)]
    for start in range(0, len(numbered), COLUMNS):
        console.print("   ".join(numbered[start : start + COLUMNS]), markup=False)
    console.print("Whoever has these words has the account. Keep them on paper, and nowhere else.")


def learn_account(wallet: Wallet, keys: Keys, record: Record, rpc: str) -> bool:
    """Look for the account of these keys on L1, and remember it."""
    with connected(rpc, record) as at, reading(at) as on_blocks:
        found = find_own(at.system, keys, record.first_block, on_blocks)
    if found is not None:
        wallet.learn(index=found.index, l1_owner=found.l1_owner)
    return found is not None


def _named(wallet: Wallet) -> dict[str, Any]:
    return {
        "wallet": str(wallet.path),
        "chain": wallet.chain,
        "clearing": wallet.clearing,
        "number": wallet.number,
        "seed": "in the file, encrypted" if wallet.has_seed else "none: keys come from the L1 wallet's signature",
        "account": wallet.progress.index,
    }


def _tell(wallet: Wallet, more: dict[str, Any], said: str, json: bool) -> None:
    if json:
        emit({**_named(wallet), **more})
    else:
        console.print(said, markup=False)
