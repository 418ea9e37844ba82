"""A trader's attestation as the circuit takes it: the inputs of circuits/attest/account.circom."""

from __future__ import annotations

from prover.reference.babyjubjub import SUBGROUP_ORDER
from rollup.spec.attestation import AccountAttestation
from rollup.spec.hashes import shifted
from rollup.witness.common import Inputs, camel, children, fields, risk_inputs, state_inputs

__all__ = ["attestation_inputs"]


def attestation_inputs(attestation: AccountAttestation) -> Inputs:
    """Inputs of the account circuit; whatever the specification accepts has a witness."""
    account, state, signature = attestation.account, attestation.state, attestation.signature
    owner = account.owner
    public = attestation.statement.public_inputs
    return {
        **{camel(name): value for name, value in public.items()},
        "index": attestation.index,
        "noteKey": attestation.note_key,
        "ownerKey": [*owner.owner_key],
        "ownerShifted": [*shifted(owner.owner_key)],
        "r8": [*signature.r8],
        "s": signature.s % SUBGROUP_ORDER,
        "tradingKey": [*owner.trading_key],
        "tradingShifted": [*shifted(owner.trading_key)],
        "viewCommitment": owner.view_commitment,
        "l1Owner": owner.l1_owner,
        "vector": fields(account.vector),
        "ordersHash": account.orders_hash,
        "ownerNonce": account.owner_nonce,
        "nonce": account.nonce,
        "blind": account.blind,
        "child": children(state.tree.proof(attestation.index)),
        **state_inputs(state),
        **risk_inputs(attestation.table),
        "time": attestation.table.time,
        **_credential(attestation),
    }


def _credential(attestation: AccountAttestation) -> Inputs:
    """What the issuer signed; numbers that satisfy the widths where none is asked."""
    issuer, credential = attestation.question.issuer, attestation.credential
    if issuer is None or credential is None:
        nothing: Inputs = dict.fromkeys(("jurisdiction", "accredited", "expiry", "issuerS"), 0)
        return {**nothing, "issuerKey": [0, 0], "issuerShifted": [0, 0], "issuerR8": [0, 0]}
    return {
        "issuerKey": [*issuer],
        "issuerShifted": [*shifted(issuer)],
        "jurisdiction": credential.jurisdiction,
        "accredited": int(credential.accredited),
        "expiry": credential.expiry,
        "issuerR8": [*credential.signature.r8],
        "issuerS": credential.signature.s % SUBGROUP_ORDER,
    }
