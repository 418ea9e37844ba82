"""
What is fixed when a system is deployed: its deadlines, its place on a chain, who holds which role at first.

Deadlines are immutable. If governance could move them, a clock that runs could be stopped, and the promise that a
trader leaves before a change takes effect would be governance's to break.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from rollup.spec.data import encode
from rollup.spec.hashes import R, keccak_to_field
from rollup.spec.settlement.calls import Address, Digest, Precompiles, ProofKind, Wei
from rollup.spec.settlement.rules import require
from rollup.spec.shared import Profile
from rollup.spec.state import Suspense
from rollup.spec.types import Cash, FieldElement, Time

__all__ = ["CHANGE_GRACE", "DAY", "HOUR", "MINUTE", "Deployment", "Settings", "Signers"]

MINUTE, HOUR, DAY = 60, 3_600, 86_400

CHANGE_GRACE: Time = 14 * DAY
"""From the end of a change's timelock until it is void: who joins later never had an exit window before it."""


@dataclass(frozen=True, slots=True)
class Settings:
    """Deadlines, windows and limits; the defaults hold everywhere but on local chains. Times are in seconds."""

    max_age: Time = HOUR
    """Oldest table that a trade or funds step may use."""
    liquidate_max_age: Time = 10 * MINUTE
    """The same for liquidate steps: who knows the next prices must not choose the last ones for a takeover."""
    attestation_age: Time = DAY
    """How long an attested root keeps the solvency gate open, from the block that accepted the root."""
    insolvency_deadline: Time = 3 * DAY
    """Without an attested root younger than this, anyone may freeze."""
    deposit_window: Time = 3 * DAY
    """A deposit is consumed only while younger, and refunded only from then on."""
    forced_deadline: Time = 7 * DAY
    """A forced request older than this lets anyone freeze."""
    liveness_deadline: Time = 3 * DAY
    """Without a batch for longer than this, anyone may freeze."""
    claim_delay: Time = DAY
    """From the freeze until claims open; tables for the escape are posted meanwhile."""
    claim_window: Time = 60 * DAY
    """How long claims that rank equally are collected."""
    late_account_delay: Time = 7 * DAY
    """From the end of the window until late accounts are served; late notes are served at once."""
    escape_price_delay: Time = HOUR
    """Escape prices are of the first table at least this much after the last batch."""
    exit_window: Time = 37 * DAY
    """A month to notice an unwelcome change, and the forced deadline to be out."""
    timelock: Time = 45 * DAY
    """From the last approval of a change until it may execute."""
    pause_limit: Time = 7 * DAY
    """Longest pause."""
    pause_interval: Time = 30 * DAY
    """From the beginning of one pause until another may begin."""
    forced_per_block: int = 10
    """Forced requests of both queues that one block takes."""
    forced_fee: Wei = 10**16
    """Fee of a forced request while fewer than `forced_doubling` are open."""
    forced_doubling: int = 10
    """The fee doubles with every so many open requests, of both queues."""
    minimum_deposit: Cash = 10_000_000
    """10 USDC: a deposit costs the operator a place in a step."""
    vault_ceiling: Cash = 1 << 63
    """The vault never holds more, so that custody always fits its 64 bits."""

    def __post_init__(self) -> None:
        """Relations that the promises to traders rest on."""
        relations = {
            "no deadline and no window is nothing": min(
                self.max_age,
                self.liquidate_max_age,
                self.attestation_age,
                self.deposit_window,
                self.forced_deadline,
                self.liveness_deadline,
                self.claim_window,
            )
            > 0,
            "the timelock is longer than the exit window": self.timelock > self.exit_window,
            "the exit window covers a forced request": self.exit_window > self.forced_deadline,
            "escape prices are known before claims open": self.claim_delay > self.escape_price_delay,
            "liquidate steps use younger tables": self.liquidate_max_age <= self.max_age,
            "the gate shuts before anyone may freeze for it": self.attestation_age <= self.insolvency_deadline,
            "a pause ends before the next begins": self.pause_limit < self.pause_interval,
            "a deposit is worth something": self.minimum_deposit > 0,
            "forced requests are to be had": self.forced_per_block > 0,
            "a flood of forced requests has its price": min(self.forced_fee, self.forced_doubling) > 0,
            "custody fits its 64 bits": self.vault_ceiling <= 1 << 63,
        }
        for relation, holds in relations.items():
            require(holds, "L1-5", f"breaks the relation that {relation}", self)


@dataclass(frozen=True, slots=True)
class Signers:
    """M of N: members in strictly ascending order, and how many must sign."""

    members: tuple[Address, ...]
    threshold: int

    @property
    def sound(self) -> bool:
        """Whether nobody is named twice, nobody is 0, and the threshold can be met and is not nothing."""
        ascending = all(one < other for one, other in zip((0, *self.members), self.members, strict=False))
        return ascending and 1 <= self.threshold <= len(self.members)


@dataclass(frozen=True)
class Deployment:
    """Everything that the constructor takes."""

    chain_id: int
    contract: Address
    version: int
    profile: Profile
    settings: Settings
    time: Time
    """Timestamp of the deploying block: every deadline counts from here until its first event."""
    genesis_root: FieldElement
    """Accounts 0 and 1 and nothing in them; it counts as attested."""
    revenue_owner: Address
    """L1 owner of account 1, whose registration genesis is."""
    operator: Address
    guardian: Address
    governance: Signers
    committee: Signers
    parameters_hash: FieldElement
    verifiers: Mapping[ProofKind, Digest]
    """Hash of the verifier key of each circuit; those of withdraw and escape never change."""
    precompiles: Precompiles
    providers: frozenset[Address] = frozenset()
    """Who may publish association roots from the first day."""

    def __post_init__(self) -> None:
        require(0 < self.parameters_hash < R, "L1-4", "starts under parameters that nobody has", self.parameters_hash)
        for address in (self.contract, self.revenue_owner, self.operator, self.guardian):
            require(address != 0, "L1-3", "is deployed with a role that nobody holds", address)
        for signers in (self.governance, self.committee):
            require(signers.sound, "L1-97", "has signers that are not ascending, or a threshold out of reach", signers)

    @cached_property
    def domain(self) -> FieldElement:
        """In every signed message, and a public input of every proof."""
        return keccak_to_field(encode([self.chain_id, self.contract, self.version]))

    @cached_property
    def settled(self) -> FieldElement:
        """The suspense hash of nothing owed and no blinding: both ends of every batch."""
        return Suspense.settled(self.profile).hash

    @property
    def account_limit(self) -> int:
        """Leaves of the account tree."""
        return 1 << 3 * self.profile.account_depth
