"""What trader commands stand on: record, wallet, node, and secrets from the environment or a prompt."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import typer
from eth_account import Account as PrivateKey
from web3 import Web3

from rollup.chain.abi import Account, NodeAccount, Sender, address
from rollup.chain.bindings import System
from rollup.chain.deploy import answering, connect
from rollup.chain.plan import LOCAL_CHAINS
from rollup.chain.record import Record
from rollup.cli.output import progress
from rollup.cli.trader_options import L1_KEY, PASSPHRASE
from rollup.client.amounts import address_of
from rollup.client.errors import MissingSecret
from rollup.client.keys import Keys
from rollup.client.signers import Signer, signer_of
from rollup.client.system import OnBlocks, blocks_since, now, standing
from rollup.client.trader import Trader
from rollup.client.wallet import Wallet
from rollup.spec.types import Time

__all__ = ["OnChain", "ask", "clock", "connected", "open_keys", "open_trader", "open_wallet", "reading", "sender_at"]


@dataclass(frozen=True, slots=True)
class OnChain:
    """A node, and the record's system on its chain."""

    chain: Web3
    record: Record
    system: System


@contextmanager
def connected(rpc: str, record: Record) -> Iterator[OnChain]:
    """The system on the node's chain, or a refusal; a node that goes away meanwhile is one clear error."""
    chain = connect(rpc)
    with answering(rpc):
        yield OnChain(chain, record, standing(chain, record))


@contextmanager
def reading(at: OnChain) -> Iterator[OnBlocks]:
    """A bar while blocks are read from the system's first one on."""
    with progress("reading L1", blocks_since(at.system, at.record.first_block)) as (bar, task):
        yield lambda blocks: bar.advance(task, blocks)


def open_wallet(file: Path, record: Record) -> Wallet:
    return Wallet.open(file, record.chain, record.parts.clearing)


def open_keys(wallet: Wallet, rpc: str | None = None, sender: str | None = None) -> Keys:
    """By the passphrase, or for a wallet without a seed by the L1 wallet's signature."""
    if wallet.has_seed:
        return wallet.keys(ask(PASSPHRASE, f"Passphrase of {wallet.path}"))
    return wallet.keys(signer_at(rpc, sender, wallet.progress.l1_owner))


def open_trader(
    file: Path, deployment: Path, rpc: str | None, lifetime: int, sender: str | None = None
) -> tuple[Trader, Record]:
    """Ready to sign."""
    record = Record.read(deployment)
    wallet = open_wallet(file, record)
    # Before a passphrase is asked for: without an account there is nothing to sign for.
    _ = wallet.index
    seconds = clock(rpc, record)
    keys = open_keys(wallet, rpc, sender)
    return Trader(wallet, keys, record.profile, lambda: seconds, lifetime), record


def clock(rpc: str | None, record: Record) -> Time:
    """The chain's time where a node is named, for local chains live in a time of their own; else this machine's."""
    if rpc is None:
        return int(time.time())
    with connected(rpc, record) as at:
        return now(at.system)


def sender_at(chain: Web3, named: str | None, usual: str | None = None) -> Sender:
    """Who pays: the key in the environment, or on a local chain an account of the node, as named or as before."""
    secret = os.environ.get(L1_KEY)
    if secret and named is None:
        return Account(_private(secret))
    known = [address(one) for one in chain.eth.accounts] if chain.eth.chain_id in LOCAL_CHAINS else []
    wanted = address(address_of(named)) if named else usual
    if secret and Account(_private(secret)).address == wanted:
        return Account(_private(secret))
    if wanted in known:
        return NodeAccount(address(wanted))
    if wanted and known:
        raise MissingSecret(
            f"the node does not keep the key of {wanted}; put it into the environment variable {L1_KEY}"
        )
    raise MissingSecret(
        f"put the private key of your L1 address into the environment variable {L1_KEY}; on a local chain, --from "
        "ADDRESS names one of the node's accounts instead"
    )


def signer_at(rpc: str | None, named: str | None, usual: str | None = None) -> Signer:
    """Whose signature makes keys; a node is asked only if it keeps the key."""
    secret = os.environ.get(L1_KEY)
    if secret and named is None:
        return signer_of(Account(_private(secret)))
    if rpc is None:
        raise MissingSecret(f"put the L1 wallet's private key into the environment variable {L1_KEY}, or name --rpc")
    chain = connect(rpc)
    with answering(rpc):
        return signer_of(sender_at(chain, named, usual), chain)


def ask(variable: str, question: str, *, confirm: bool = False) -> str:
    """A secret from the environment, or from whoever sits there; never from an argument."""
    given = os.environ.get(variable)
    if given is None:
        try:
            given = str(typer.prompt(question, hide_input=True, confirmation_prompt=confirm, err=True))
        except typer.Abort:
            given = ""
    if not given.strip():
        raise MissingSecret(
            f"nothing was given; put it into the environment variable {variable}, or type it when asked"
        )
    return given


def _private(secret: str) -> object:
    try:
        return PrivateKey.from_key(secret.strip())
    except Exception:
        # Not as its cause: that would name what was there.
        raise MissingSecret(f"{L1_KEY} holds no private key: 32 bytes in hexadecimal") from None
