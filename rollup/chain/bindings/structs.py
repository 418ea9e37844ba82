"""
Structs of all parts.

Generated from the contracts by `make generate`; change those, not this file.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Self

from rollup.chain.abi import Address, address


@dataclass(frozen=True, slots=True)
class Parts:
    """Where the parts of one system are; every part is told of all of them when it is deployed."""

    vault: Address
    deposits: Address
    forced: Address
    oracle: Address
    clearing: Address
    attestations: Address
    governance: Address
    verifiers: Address
    exit: Address

    @classmethod
    def of(cls, values: Sequence[Any]) -> Self:
        """From what was decoded."""
        return cls(
            address(values[0]),
            address(values[1]),
            address(values[2]),
            address(values[3]),
            address(values[4]),
            address(values[5]),
            address(values[6]),
            address(values[7]),
            address(values[8]),
        )


@dataclass(frozen=True, slots=True)
class Settings:
    """
    Deadlines, windows and limits, in seconds where nothing else is said. They never change: if governance could move
    them, a clock that runs could be stopped.
    """

    max_age: int
    """Oldest table that a trade or funds step may use."""
    liquidate_max_age: int
    """The same for liquidate steps: who knows the next prices must not choose the last ones for a takeover."""
    attestation_age: int
    """How long an attested root keeps the solvency gate open, from the block that accepted the root."""
    insolvency_deadline: int
    """Without an attested root younger than this, anyone may freeze."""
    deposit_window: int
    """A deposit is consumed only while younger, and refunded only from then on."""
    forced_deadline: int
    """A forced request older than this lets anyone freeze."""
    liveness_deadline: int
    """Without a batch for longer than this, anyone may freeze."""
    claim_delay: int
    """From the freeze until claims open; tables for the escape are posted meanwhile."""
    claim_window: int
    """How long claims that rank equally are collected."""
    late_account_delay: int
    """From the end of the window until late accounts are served; late notes are served at once."""
    escape_price_delay: int
    """Escape prices are of the first table at least this much after the last batch."""
    exit_window: int
    """A month to notice an unwelcome change, and the forced deadline to be out."""
    timelock: int
    """From the last approval of a change until it may execute."""
    pause_limit: int
    """Longest pause."""
    pause_interval: int
    """From the beginning of one pause until another may begin."""
    forced_per_block: int
    """Forced requests of both queues that one block takes."""
    forced_fee: int
    """Wei that a forced request costs while fewer than `forcedDoubling` are open."""
    forced_doubling: int
    """The fee doubles with every so many open requests, of both queues."""
    minimum_deposit: int
    """In millionths of a USDC: a deposit costs the operator a place in a step."""
    vault_ceiling: int
    """The vault never holds more, so that custody always fits its 64 bits."""

    @classmethod
    def of(cls, values: Sequence[Any]) -> Self:
        """From what was decoded."""
        return cls(
            values[0],
            values[1],
            values[2],
            values[3],
            values[4],
            values[5],
            values[6],
            values[7],
            values[8],
            values[9],
            values[10],
            values[11],
            values[12],
            values[13],
            values[14],
            values[15],
            values[16],
            values[17],
            values[18],
            values[19],
        )


@dataclass(frozen=True, slots=True)
class Signers:
    """M of N: members in strictly ascending order, and how many must sign."""

    members: tuple[Address, ...]
    threshold: int

    @classmethod
    def of(cls, values: Sequence[Any]) -> Self:
        """From what was decoded."""
        return cls(tuple(address(one) for one in values[0]), values[1])


@dataclass(frozen=True, slots=True)
class Shape:
    """The numbers of a profile that the chain needs: how many words each kind of step publishes, and where."""

    account_depth: int
    slots: int
    narrow: int
    wide: int
    legs: int
    operations: int
    liquidations: int

    @classmethod
    def of(cls, values: Sequence[Any]) -> Self:
        """From what was decoded."""
        return cls(values[0], values[1], values[2], values[3], values[4], values[5], values[6])


@dataclass(frozen=True, slots=True)
class Proof:
    """Points as the precompiles take them: the imaginary half of a coordinate in G2 comes first."""

    a_x: int
    a_y: int
    b_ximaginary: int
    b_xreal: int
    b_yimaginary: int
    b_yreal: int
    c_x: int
    c_y: int

    @classmethod
    def of(cls, values: Sequence[Any]) -> Self:
        """From what was decoded."""
        return cls(values[0], values[1], values[2], values[3], values[4], values[5], values[6], values[7])
