"""
Settlement: an executable model of the contract on L1.

The contract holds the money and the newest state root, and moves either only as this model does. It knows no accounts:
what it knows of them are proofs, queues and deadlines. The model takes block time, sender, proofs and signatures as
arguments, so that a test can run it beside the contract, call by call, and compare state and refusals.

One file is one concern: `deposits`, `forced`, `tables`, `headers` and `batches`, `attestations` (gate, clocks, freeze),
`governance`, `notes`, `claims`, `vault`; `contract` joins them, `rules` names every refusal.
"""

from rollup.spec.settlement.attestations import Attestation
from rollup.spec.settlement.batches import Batch, PostedStep
from rollup.spec.settlement.calls import Address, Call, Epoch, Payment, Precompiles, ProofKind, Wei
from rollup.spec.settlement.changes import (
    Change,
    SetCommittee,
    SetGovernance,
    SetGuardian,
    SetOperator,
    SetParameters,
    SetProvider,
    SetVerifier,
)
from rollup.spec.settlement.claims import Escape
from rollup.spec.settlement.contract import Settlement
from rollup.spec.settlement.notes import Withdrawal, context_of
from rollup.spec.settlement.records import DepositStatus, Pool, PostedTable, Queue
from rollup.spec.settlement.rules import L1_ERRORS
from rollup.spec.settlement.settings import DAY, HOUR, MINUTE, Deployment, Settings, Signers
from rollup.spec.settlement.tables import SignedTable, listing_digest, table_digest
from rollup.spec.settlement.vault import BalanceSheet

__all__ = [
    "DAY",
    "HOUR",
    "L1_ERRORS",
    "MINUTE",
    "Address",
    "Attestation",
    "BalanceSheet",
    "Batch",
    "Call",
    "Change",
    "Deployment",
    "DepositStatus",
    "Epoch",
    "Escape",
    "Payment",
    "Pool",
    "PostedStep",
    "PostedTable",
    "Precompiles",
    "ProofKind",
    "Queue",
    "SetCommittee",
    "SetGovernance",
    "SetGuardian",
    "SetOperator",
    "SetParameters",
    "SetProvider",
    "SetVerifier",
    "Settings",
    "Settlement",
    "SignedTable",
    "Signers",
    "Wei",
    "Withdrawal",
    "context_of",
    "listing_digest",
    "table_digest",
]
