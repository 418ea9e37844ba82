"""
A system for a local chain, where nothing is worth anything: roles from the node's accounts, keys that everybody knows.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from web3 import Web3

from prover import crypto
from rollup.chain.abi import Address, address
from rollup.chain.bindings.structs import Signers
from rollup.chain.errors import DeploymentRefused
from rollup.chain.keys import CircuitKey
from rollup.chain.plan import LOCAL_CHAINS, Genesis, Plan, Roles
from rollup.market.defaults import default_governance
from rollup.spec.account import Owner
from rollup.spec.hashes import keccak, keccak_to_field, tagged
from rollup.spec.settlement.settings import MINUTE, Settings
from rollup.spec.shared import Profile, Tag

__all__ = ["development_owner", "development_secret", "local_plan", "local_roles", "local_settings"]

ACCOUNTS: Final = 10
"""Unlocked accounts of a local node that roles are given to; anvil has as many."""


def local_settings() -> Settings:
    """
    Deadlines and windows of minutes, so that a story is told in one sitting; everything else as everywhere.

    They keep the relations of the defaults: a forced request can be made, and missed, before a change takes effect.
    """
    return Settings(
        max_age=10 * MINUTE,  # a batch is sealed, proven and posted within it on two cores
        liquidate_max_age=5 * MINUTE,  # half of it, for proofs take as long
        attestation_age=20 * MINUTE,
        insolvency_deadline=40 * MINUTE,  # twice as long, so that one missed attestation only shuts the gate
        deposit_window=20 * MINUTE,
        forced_deadline=30 * MINUTE,
        liveness_deadline=40 * MINUTE,
        claim_delay=10 * MINUTE,
        claim_window=20 * MINUTE,  # recovery and an escape proof take seconds
        late_account_delay=10 * MINUTE,
        escape_price_delay=5 * MINUTE,  # at least one table is posted between it and the end of the claim delay
        exit_window=35 * MINUTE,  # the forced deadline, and five minutes to notice
        timelock=45 * MINUTE,
        pause_limit=15 * MINUTE,
        pause_interval=60 * MINUTE,
    )


def local_plan(chain: Web3, profile: Profile, keys: tuple[CircuitKey, ...], settings: Settings | None = None) -> Plan:
    """A plan in which everything that somebody would decide is decided; settings are the defaults unless given."""
    if chain.eth.chain_id not in LOCAL_CHAINS:
        raise DeploymentRefused(
            f"chain {chain.eth.chain_id} is not a local one: say with --plan FILE who holds which role, what the "
            "parameters are, and which token is the collateral; `zkclear chain plan` writes a file to begin with"
        )
    roles = local_roles(chain.eth.accounts)
    fund, revenue = (development_owner(name, roles.revenue_owner) for name in ("fund", "revenue"))
    genesis = Genesis(fund.hash, revenue.hash)
    return Plan(profile, settings or Settings(), roles, genesis, default_governance().parameters, keys)


def local_roles(accounts: Sequence[Address]) -> Roles:
    """Account 0 deploys and vouches, 1 operates, 2 guards, 3-5 govern, 6-8 are the committee, 9 owns the revenue."""
    if len(accounts) < ACCOUNTS:
        raise DeploymentRefused(f"the node has {len(accounts)} accounts of its own; start anvil with {ACCOUNTS}")
    return Roles(
        operator=accounts[1],
        guardian=accounts[2],
        governance=_signers(accounts[3:6]),
        committee=_signers(accounts[6:9]),
        revenue_owner=accounts[9],
        providers=(accounts[0],),
    )


def development_secret(name: str) -> bytes:
    """A secret that everybody can compute."""
    return keccak(f"zkclear development, not secret: {name}".encode())


def development_owner(name: str, l1_owner: Address) -> Owner:
    """Keys of an account that everybody can compute."""
    maths = crypto.load()
    return Owner(
        maths.public_key(development_secret(f"{name} owner")),
        maths.public_key(development_secret(f"{name} trading")),
        keccak_to_field(development_secret(f"{name} view")),
        tagged(Tag.NOTEKEY, keccak_to_field(development_secret(f"{name} note"))),
        int(l1_owner, 16),
    )


def _signers(accounts: Sequence[Address]) -> Signers:
    """Two of them, in ascending order."""
    return Signers(tuple(address(one) for one in sorted(accounts, key=lambda one: int(one, 16))), 2)
