"""
Typed bindings of the contracts: a class for each part, a dataclass for each struct and event.

Generated from the contracts by `make generate`; change those, not this file.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

from web3 import Web3

from rollup.chain.bindings.attestations import Attestations
from rollup.chain.bindings.clearing import Clearing
from rollup.chain.bindings.deposits import Deposits
from rollup.chain.bindings.exit import Exit
from rollup.chain.bindings.forced import Forced
from rollup.chain.bindings.governance import Governance
from rollup.chain.bindings.oracle import Oracle
from rollup.chain.bindings.structs import Parts
from rollup.chain.bindings.vault import Vault
from rollup.chain.bindings.verifiers import Verifiers

__all__ = [
    "Attestations",
    "Clearing",
    "Deposits",
    "Exit",
    "Forced",
    "Governance",
    "Oracle",
    "System",
    "Vault",
    "Verifiers",
]


@dataclass(frozen=True, slots=True)
class System:
    """All parts of one deployed system."""

    vault: Vault
    deposits: Deposits
    forced: Forced
    oracle: Oracle
    clearing: Clearing
    attestations: Attestations
    governance: Governance
    verifiers: Verifiers
    exit: Exit

    @classmethod
    def at(cls, chain: Web3, parts: Parts) -> Self:
        """The system whose parts are there."""
        return cls(
            Vault(chain, parts.vault),
            Deposits(chain, parts.deposits),
            Forced(chain, parts.forced),
            Oracle(chain, parts.oracle),
            Clearing(chain, parts.clearing),
            Attestations(chain, parts.attestations),
            Governance(chain, parts.governance),
            Verifiers(chain, parts.verifiers),
            Exit(chain, parts.exit),
        )
