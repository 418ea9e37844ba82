"""
What trader commands stand on: where L1 is read, which wallet's account it is, and who pays for transactions.

L1 is read from a node, from a file, or from a file and then from a node what is newer. A wallet that was recovered
learns what L1 says of its account, so that it never signs with a number that was used.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

from rollup.chain.bindings import System
from rollup.chain.deploy import answering, connect
from rollup.chain.history import History, WrongHistory, continue_history, read_history
from rollup.chain.record import Record
from rollup.cli.output import progress
from rollup.cli.trader_context import open_keys, open_wallet
from rollup.client.claims import BadClaim
from rollup.client.errors import NoAccount
from rollup.client.keys import Keys, keyring, keys_of
from rollup.client.recover import KeysFitNothing, Recovered, recover, registrations
from rollup.client.system import standing
from rollup.client.wallet import Wallet
from rollup.spec.words import unpack

__all__ = ["Opened", "Source", "opened"]

AHEAD = 16
"""Generations of keys that are tried beyond those that the wallet remembers: it may be older than its account."""


@dataclass
class Source:
    """Where L1 is read: from a node, from a file, or from a file and then from a node what is newer."""

    deployment: Path
    rpc: str | None
    file: Path | None

    @cached_property
    def system(self) -> System | None:
        """The deployed system, where there is a node to ask."""
        if self.rpc is None:
            return None
        return standing(connect(self.rpc), self.record)

    @cached_property
    def record(self) -> Record:
        """One's own deployment record; without one, that of the file of history."""
        if self.kept is None:
            return Record.read(self.deployment)
        if self.deployment.exists() and Record.read(self.deployment) != self.kept.record:
            raise WrongHistory(
                f"{self.file} is a history of another system than {self.deployment} describes, or names other keys; "
                "take the history and the deployment record of the same system"
            )
        return self.kept.record

    @cached_property
    def kept(self) -> History | None:
        return None if self.file is None or not self.file.exists() else History.read(self.file)

    @cached_property
    def history(self) -> History:
        if self.system is None:
            if self.file is None:
                raise BadClaim("nothing says what L1 has: name a node with --rpc, or a file with --history")
            if self.kept is None:
                return History.read(self.file)  # says why there is none
            return replace(self.kept, record=self.record)
        assert self.rpc is not None
        with answering(self.rpc), progress("reading L1", 1) as (bar, task):

            def tell(done: int, total: int) -> None:
                bar.update(task, completed=done, total=total)

            if self.kept is None:
                return read_history(self.system, self.record, None, tell)
            return continue_history(self.kept, self.system, tell)

    def needed(self) -> System:
        """The system, for what has to be sent."""
        if self.system is None:
            raise BadClaim("this has to be sent to L1: name a node with --rpc")
        return self.system


@dataclass(frozen=True)
class Opened:
    """A wallet's account as L1 has it."""

    wallet: Wallet
    keys: Keys
    recovered: Recovered


def opened(source: Source, wallet_file: Path, index: int | None = None, sender: str | None = None) -> Opened:
    """Unlock the wallet and recover its account; what L1 says is remembered in the wallet."""
    record = source.record
    wallet = open_wallet(wallet_file, record)
    root = open_keys(wallet, source.rpc, sender).root
    history, generations = source.history, wallet.progress.highest + AHEAD
    ring = keyring(root, generations)
    made = [keys_of(root, generation) for generation in range(wallet.progress.highest + 1)]
    mine = registrations(history, lambda l1_owner: [keys.owner(l1_owner) for keys in made])
    if not mine:
        raise KeysFitNothing(history.until.number)
    wanted = wallet.progress.index if index is None else index
    chosen = next((one for one in mine if one.index is not None and wanted in (None, one.index)), None)
    if chosen is None:
        raise NoAccount(wallet_file)
    recovered = recover(history, chosen.owner, ring, chosen.index)
    account = recovered.account
    generation = list(ring).index(account.owner.keys_hash)
    if wallet.progress.index in (None, recovered.index):
        wallet.learn(
            index=recovered.index,
            l1_owner=account.owner.l1_owner,
            generation=max(generation, wallet.progress.generation),  # a file of history may be older than the wallet
            owner_nonce=account.owner_nonce,
            places=[unpack("place", place)["nonce"] for place in account.places],
        )
    return Opened(wallet, keys_of(root, generation), recovered)
