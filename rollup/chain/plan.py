"""
What a system is to be before it is deployed, and what every constructor is given for it.

A plan says all that anybody decides. Everything else follows: domain, shape, genesis root, the words of each kind of
step. So whoever has a plan can compute what must stand in the code and storage of the deployed parts.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Final

from rollup.chain.abi import Address, address, encoded
from rollup.chain.artifacts import PARTS
from rollup.chain.bindings import (
    Attestations,
    Clearing,
    Deposits,
    Exit,
    Forced,
    Governance,
    Oracle,
    Vault,
    Verifiers,
)
from rollup.chain.bindings import structs as on_chain
from rollup.chain.keys import CircuitKey
from rollup.spec.account import FUND, REVENUE, Account, Owner
from rollup.spec.data import encode
from rollup.spec.hashes import keccak, keccak_to_field, new_tree, tagged
from rollup.spec.settlement.headers import word_count
from rollup.spec.settlement.settings import Settings
from rollup.spec.shared import Profile, StepKind, Tag
from rollup.spec.state import State, Suspense
from rollup.spec.table import Parameters
from rollup.spec.types import FieldElement, Index, Point

__all__ = ["LOCAL_CHAINS", "VERSION", "Genesis", "Plan", "Roles", "constructor_arguments", "domain_of", "immutables"]

LOCAL_CHAINS: Final = frozenset({31337, 1337})
"""Anvil's and Ganache's: play money and development keys belong there and nowhere else."""

VERSION: Final = 1
"""Of the protocol; in every domain."""

HEADS_PER_WORD: Final = 7
"""Statuses and listings of as many slots stand in a word of the oracle's storage."""

CONSTRUCTORS: Final = {
    "vault": Vault.CONSTRUCTOR,
    "deposits": Deposits.CONSTRUCTOR,
    "forced": Forced.CONSTRUCTOR,
    "oracle": Oracle.CONSTRUCTOR,
    "clearing": Clearing.CONSTRUCTOR,
    "attestations": Attestations.CONSTRUCTOR,
    "governance": Governance.CONSTRUCTOR,
    "verifiers": Verifiers.CONSTRUCTOR,
    "exit": Exit.CONSTRUCTOR,
}

NOBODY: Final = Owner(Point(0, 1), Point(0, 1), 0, 0, 0)
"""Stands where only the rest of an account is looked at."""


@dataclass(frozen=True, slots=True)
class Roles:
    """Who may do what from the first day."""

    operator: Address
    guardian: Address
    governance: on_chain.Signers
    committee: on_chain.Signers
    revenue_owner: Address
    """L1 owner of account 1, whose registration genesis is."""
    providers: tuple[Address, ...] = ()


@dataclass(frozen=True, slots=True)
class Genesis:
    """The two accounts that a state begins with, by their owner hashes, which are published."""

    fund: FieldElement
    revenue: FieldElement

    def leaves(self, profile: Profile) -> dict[Index, FieldElement]:
        """Accounts 0 and 1 with nothing in them, as anybody can compute them."""
        empty = Account.opened(NOBODY, profile)
        owners = {FUND: self.fund, REVENUE: self.revenue}
        rest = (empty.vector_hash, empty.orders_hash, empty.owner_nonce, empty.nonce, empty.blind)
        return {index: tagged(Tag.ACCOUNT, owner, *rest) for index, owner in owners.items()}

    def root(self, profile: Profile) -> FieldElement:
        """Of a state that holds these two accounts and nothing else."""
        tree = new_tree(profile.account_depth)
        tree.update(self.leaves(profile))
        return State(profile, 0, {}, tree, new_tree(profile.note_depth)).root


@dataclass(frozen=True)
class Plan:
    """Everything that somebody decides about a system."""

    profile: Profile
    settings: Settings
    roles: Roles
    genesis: Genesis
    parameters: Parameters
    keys: tuple[CircuitKey, ...]
    """Of all six circuits, in the order of `ProofKind`."""
    token: Address | None = None
    """The collateral; a local chain gets a token of its own when none is named."""
    genesis_root: FieldElement | None = None
    """Another state to begin with than genesis, for tests: no verification passes it."""

    @property
    def root(self) -> FieldElement:
        """The state root that the system begins with."""
        return self.genesis.root(self.profile) if self.genesis_root is None else self.genesis_root

    @property
    def settled(self) -> FieldElement:
        """The suspense hash of nothing owed."""
        return Suspense.settled(self.profile).hash

    @property
    def shape(self) -> on_chain.Shape:
        """The numbers of the profile that the chain needs."""
        return on_chain.Shape(*(getattr(self.profile, field.name) for field in fields(on_chain.Shape)))

    @property
    def deadlines(self) -> on_chain.Settings:
        """Settings as the constructors take them."""
        return on_chain.Settings(*(getattr(self.settings, field.name) for field in fields(on_chain.Settings)))


def domain_of(chain: int, clearing: Address) -> FieldElement:
    """In every signed message of a system, and a public input of every proof."""
    return keccak_to_field(encode([chain, int(clearing, 16), VERSION]))


def constructor_arguments(plan: Plan, parts: on_chain.Parts, token: Address) -> dict[str, bytes]:
    """What each constructor is given, encoded."""
    roles, first = plan.roles, (parts, plan.deadlines)
    given: Mapping[str, tuple[object, ...]] = {
        "vault": (*first, address(token)),
        "deposits": (*first, plan.profile.account_depth, roles.revenue_owner),
        "forced": first,
        "oracle": (*first, plan.profile.slots, roles.committee),
        "clearing": (*first, plan.shape, plan.root, plan.settled),
        "attestations": first,
        "governance": (
            *first,
            roles.governance,
            roles.operator,
            roles.guardian,
            plan.parameters.hash,
            roles.providers,
        ),
        "verifiers": (parts, [key.data for key in plan.keys]),
        "exit": first,
    }
    return {part: encoded(CONSTRUCTORS[part], given[part]) for part in PARTS}


def immutables(plan: Plan, parts: on_chain.Parts, token: Address, chain: int) -> dict[str, int]:
    """
    What must stand in the code of the parts, by name; leading underscores aside, and in snake case.

    Two parts may have an immutable of the same name: they took it from the same setting.
    """
    profile, separator = plan.profile, _separator(chain, parts.clearing)
    liquidate, account = word_count(profile, StepKind.LIQUIDATE), 2 + profile.legs
    return {
        **{field.name: getattr(plan.settings, field.name) for field in fields(plan.settings)},
        **{part: int(getattr(parts, part), 16) for part in PARTS},
        "domain": domain_of(chain, parts.clearing),
        "token": int(token, 16),
        "account_limit": 8**profile.account_depth,
        "slots": profile.slots,
        "words": -(-(profile.slots - 1) // HEADS_PER_WORD),
        "separator": int.from_bytes(separator, "big"),
        "settled_suspense": plan.settled,
        "trade_words": word_count(profile, StepKind.TRADE),
        "funds_words": word_count(profile, StepKind.FUNDS),
        "liquidate_words": liquidate,
        "account_words": account,
        "first_account": liquidate - account * profile.liquidations,
    }


def _separator(chain: int, clearing: Address) -> bytes:
    """The EIP-712 domain that committee members sign under."""
    domain = b"EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)"
    names = [keccak(domain), keccak(b"zkclear"), keccak(str(VERSION).encode())]
    return keccak(b"".join(names) + encode([chain, int(clearing, 16)]))
