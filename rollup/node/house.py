"""
What a node is started with: where its files lie, whose house it runs, when batches end, and what its exchange may do.

A directory belongs to one system. Its secret is made at the first start, and nobody but the operator may know it.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from prover.files import write_atomically
from rollup.chain.record import Record
from rollup.exchange.settings import Settings, settings_of
from rollup.node.errors import BadSecret, OtherSystem
from rollup.spec.account import Owner
from rollup.spec.types import Time

__all__ = ["House", "Places", "Policy", "keep_record", "secret_of", "settings_for"]

SECRET: Final = 32
"""Bytes."""


@dataclass(frozen=True, slots=True)
class Places:
    """Where a node keeps what."""

    directory: Path

    @property
    def journal(self) -> Path:
        return self.directory / "journal.db"

    @property
    def store(self) -> Path:
        return self.directory / "store.db"

    @property
    def secret(self) -> Path:
        """What the randomness of batches follows from; only this operator may know it."""
        return self.directory / "secret"

    @property
    def record(self) -> Path:
        return self.directory / "deployment.json"

    @property
    def posts(self) -> Path:
        """What the poster is about to send."""
        return self.directory / "posts.db"


@dataclass(frozen=True, slots=True)
class Policy:
    """When a batch ends."""

    most_legs: int = 400
    """Distinct legs that one batch proves."""
    most_gas: int = 8_000_000
    """On L1, about; what comes at once beyond it makes further batches."""
    most_seconds: Time = 60
    """From the first business of a batch until it is sealed."""
    most_epochs: int = 1
    """Tables that came since the last seal."""


@dataclass(frozen=True, slots=True)
class House:
    """The two accounts that a system begins with, whose keys the operator knows."""

    fund: Owner
    revenue: Owner


RESERVE: Final = 4
"""Part of L1's ages that is kept for sealing, proving and posting: what trades at the last moment is settled too."""


def settings_for(record: Record, **changes: int) -> Settings:
    """An exchange's settings that agree with what a system's proofs and its L1 will take."""
    deadlines = record.settings
    ages = {"table_age": deadlines.max_age, "liquidation_age": deadlines.liquidate_max_age}
    reserved = {name: age - age // RESERVE for name, age in ages.items()}
    return settings_of(record.profile, **{**reserved, **changes})


def keep_record(record: Record, path: Path) -> None:
    """Of which system this directory is; another one's is not touched."""
    if not path.exists():
        record.write(path)
    elif Record.read(path).domain != record.domain:
        raise OtherSystem(path)


def secret_of(path: Path) -> bytes:
    """The operator's secret, made at the first start."""
    if not path.exists():
        write_atomically(path, secrets.token_bytes(SECRET), mode=0o600)
    secret = path.read_bytes()
    if len(secret) != SECRET:
        raise BadSecret(path, len(secret))
    return secret
