"""A claim to a note as the circuit takes it: the inputs of circuits/claims/withdraw.circom."""

from __future__ import annotations

from prover.types import ARITY, Proof
from rollup.spec.claims import WithdrawClaim, association_leaf
from rollup.spec.shared import Profile
from rollup.witness.common import Inputs, camel, children

__all__ = ["withdraw_inputs"]


def withdraw_inputs(claim: WithdrawClaim, profile: Profile) -> Inputs:
    """Inputs of the withdraw circuit; whatever the specification accepts has a witness."""
    return {
        **{camel(name): value for name, value in claim.public_inputs(profile).items()},
        "accountsRoot": claim.state.accounts_root,
        "noteCount": claim.state.note_count,
        "custodyCommit": claim.state.custody_commitment,
        "noteLabel": claim.label,
        "nullifier": claim.nullifier,
        "secret": claim.secret,
        "noteIndex": claim.path.index,
        "noteChild": children(claim.path),
        "memberChild": children(claim.association or _alone(claim.label, profile)),
    }


def _alone(label: int, profile: Profile) -> Proof:
    """A path for the public form, which compares with no root: the account first, beside nothing."""
    return Proof(0, association_leaf(label), ((0,) * (ARITY - 1),) * profile.account_depth)
