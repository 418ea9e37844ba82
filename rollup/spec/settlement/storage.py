"""
What the contract remembers.

One record for all parts: deposits, queues, tables, roots, governance, claims. Entries are frozen; only the containers
and counters of `Storage` change, so a copy of those is a checkpoint, and a refused call goes back to it.
"""

from __future__ import annotations

from copy import copy
from dataclasses import dataclass, fields

from rollup.spec.settlement.calls import Address, Digest, Epoch, ProofKind, Wei
from rollup.spec.settlement.changes import Proposal
from rollup.spec.settlement.records import (
    BatchEnd,
    Deposit,
    EscapeClaim,
    ForcedRequest,
    Listing,
    NoteClaim,
    Pool,
    PostedTable,
    Queue,
)
from rollup.spec.settlement.settings import Deployment, Settings, Signers
from rollup.spec.types import Cash, FieldElement, Index, Time

__all__ = ["Storage"]


@dataclass
class Storage:
    """Everything that calls read and write."""

    deployment: Deployment
    vault: Cash
    """Token balance of the contract."""
    # Deposits and payments.
    deposits: list[Deposit]
    next_deposit: int
    """The queue's head: what comes before was consumed or rejected."""
    next_index: Index
    """What the next registration to be consumed gets: every index below belongs to somebody."""
    unrefunded: Cash
    """Sum of deposits that are neither consumed nor refunded."""
    l1_owners: dict[Index, Address]
    """Of every account whose registration was consumed."""
    credits: dict[Address, Cash]
    credits_total: Cash
    # Forced requests.
    queues: dict[Queue, list[ForcedRequest]]
    heads: dict[Queue, int]
    requesting: set[Index]
    """Accounts with an open request."""
    requests_in_block: tuple[int, int]
    """The last block with a request, and how many it had."""
    fees_held: Wei
    fees_burnt: Wei
    fees_returned: dict[Address, Wei]
    # Tables and listings.
    terms: dict[Listing, Digest]
    newest_listing: dict[int, int]
    tables: dict[Epoch, PostedTable]
    epochs: dict[FieldElement, Epoch]
    """By riskRoot."""
    newest_epoch: Epoch | None
    settled: dict[Listing, int]
    """The mark's word in every table that has the listing settled."""
    shown_empty: set[Listing]
    escape_epoch: Epoch | None
    """The table with the smallest time ≥ last batch + 1 h, so far."""
    # Batches and attestations.
    batches: int
    latest_root: FieldElement
    roots: dict[FieldElement, BatchEnd]
    used_epoch: Epoch | None
    """The newest that a step has used."""
    batch_time: Time
    scanned: set[tuple[Digest, FieldElement, FieldElement, FieldElement]]
    """Key, root, table and totals that a scan has come to; it may go on from there in another transaction."""
    attested_time: Time
    """When the newest attested root was accepted."""
    frozen_at: Time | None
    # Governance.
    operator: Address
    guardian: Address
    governance: Signers
    committee: Signers
    verifiers: dict[ProofKind, Digest]
    parameters: list[tuple[Time, FieldElement]]
    """paramsHash and since when, oldest first."""
    providers: set[Address]
    associations: set[FieldElement]
    proposals: list[Proposal]
    paused_until: Time
    paused_at: Time | None
    # Claims.
    nullifiers: set[FieldElement]
    note_claims: list[NoteClaim]
    notes_claimed: Cash
    claims: dict[Index, EscapeClaim]
    claimed: Cash
    pool: Pool | None

    @classmethod
    def deployed(cls, deployment: Deployment) -> Storage:
        """Storage after the constructor."""
        return cls(
            deployment=deployment,
            vault=0,
            deposits=[],
            next_deposit=0,
            next_index=2,
            unrefunded=0,
            l1_owners={1: deployment.revenue_owner},
            credits={},
            credits_total=0,
            queues={queue: [] for queue in Queue},
            heads=dict.fromkeys(Queue, 0),
            requesting=set(),
            requests_in_block=(0, 0),
            fees_held=0,
            fees_burnt=0,
            fees_returned={},
            terms={},
            newest_listing={},
            tables={},
            epochs={},
            newest_epoch=None,
            settled={},
            shown_empty=set(),
            escape_epoch=None,
            batches=0,
            latest_root=deployment.genesis_root,
            roots={deployment.genesis_root: BatchEnd(0, deployment.time, 0)},
            used_epoch=None,
            batch_time=deployment.time,
            scanned=set(),
            attested_time=deployment.time,
            frozen_at=None,
            operator=deployment.operator,
            guardian=deployment.guardian,
            governance=deployment.governance,
            committee=deployment.committee,
            verifiers=dict(deployment.verifiers),
            parameters=[(0, deployment.parameters_hash)],
            providers=set(deployment.providers),
            associations=set(),
            proposals=[],
            paused_until=0,
            paused_at=None,
            nullifiers=set(),
            note_claims=[],
            notes_claimed=0,
            claims={},
            claimed=0,
            pool=None,
        )

    def checkpoint(self) -> Storage:
        """A copy that later calls do not change."""
        kept = {field.name: copy(getattr(self, field.name)) for field in fields(self) if field.name != "deployment"}
        kept["queues"] = {queue: list(requests) for queue, requests in self.queues.items()}
        return Storage(deployment=self.deployment, **kept)

    @property
    def settings(self) -> Settings:
        return self.deployment.settings

    @property
    def spare(self) -> Cash:
        """Tokens that no credit and no deposit has a claim on: collateral inside accounts, and notes."""
        return self.vault - self.credits_total - self.unrefunded
