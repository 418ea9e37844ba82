"""Claims of the demo's traders: proven from what L1 has and from their own keys, and from nothing else."""

from __future__ import annotations

from prover.types import Proof as Path
from rollup.chain import encoding
from rollup.chain.bindings.structs import Proof
from rollup.chain.replica import Replica, replica_of
from rollup.cli.story.chapter import Chapter
from rollup.cli.story.market import PROFILE
from rollup.cli.story.people import DOMAIN, NAMES, PEOPLE
from rollup.cli.story.settlement import CRASHED, GENESIS_LEAVES, Settled
from rollup.spec.claims import EscapeClaim, WithdrawClaim
from rollup.spec.notes import note_secrets
from rollup.spec.settlement import Escape, Withdrawal, context_of
from rollup.spec.types import Index
from rollup.witness.escape import escape_inputs
from rollup.witness.withdraw import withdraw_inputs

__all__ = ["escape_claim", "note_claim"]


def note_claim(
    chapter: Chapter, settled: Settled, index: Index, to: str, relayer: str, fee: int, vouched: Path | None
) -> tuple[Withdrawal, Proof]:
    """A claim to an account's one note, proven from what L1 has and from keys; without `vouched` in the public form."""
    replica, maker = replica_of(settled.stage.system, PROFILE, GENESIS_LEAVES), PEOPLE[index]
    (found,) = replica.notes_of(index, maker.owner.view_key, DOMAIN)
    claim = WithdrawClaim(
        DOMAIN,
        replica.state,
        found.amount,
        index,
        *note_secrets(maker.note_key, DOMAIN, index, found.owner_nonce),
        replica.notes.proof(found.place),
        vouched,
        context_of(int(to, 16), int(relayer, 16), fee),
    )
    shown = claim.public_inputs(PROFILE)
    made = settled.proven.workshop.prove(chapter, "withdraw", withdraw_inputs(claim, PROFILE))
    said = Withdrawal(
        shown["state_root"],
        shown["nullifier_hash"],
        shown["amount"],
        shown["association_root"],
        shown["label"],
        shown["context"],
        recipient=int(to, 16),
        relayer=int(relayer, 16),
        fee=fee,
    )
    return said, encoding.proof_of(made.proof)


def escape_claim(chapter: Chapter, settled: Settled, replica: Replica, index: Index) -> tuple[Escape, Proof]:
    """What an account is worth, proven from what L1 has and the owner's keys."""
    account = replica.account(index, PEOPLE[index].owner, DOMAIN)
    claim = EscapeClaim(DOMAIN, replica.state, account, replica.accounts.proof(index), replica.table(CRASHED))
    shown = claim.public_inputs(PROFILE)
    made = settled.proven.workshop.prove(chapter, "escape", escape_inputs(claim, PROFILE))
    chapter.claim(
        f"the {NAMES[index]} proves its claim from L1's data and its keys alone", made.public == tuple(shown.values())
    )
    filed = Escape(shown["state_root"], shown["risk_root"], shown["index"], shown["l1_owner"], shown["claim"])
    return filed, encoding.proof_of(made.proof)
