"""
Claims that a trader proves alone: to a note, and after a freeze to what its account is worth.

A proven claim is a small file without secrets. It binds recipient, relayer and fee, so whoever has it can send it and
nobody can turn it to himself. Before anything is proven, the published proving key is held against the key that L1
verifies by: a proof under any other would cost gas and be refused.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

from prover.backends import backend
from prover.cache import digest_file
from prover.files import write_atomically
from prover.published import BadArtifact, key_within, published
from prover.setup.dev import ProvingKey
from prover.witness import Calculator, Inputs
from rollup.chain import encoding
from rollup.chain.abi import Address, Transaction, address
from rollup.chain.bindings import System
from rollup.chain.bindings.structs import Proof
from rollup.chain.bindings.verifiers import ProofKind, VerifierChanged
from rollup.chain.history import History
from rollup.chain.keys import key_bytes
from rollup.client.errors import ClientError, NotNow
from rollup.client.notes import AssociationSet, NoteState, OwnNote
from rollup.client.recover import Recovered
from rollup.spec.account import FUND
from rollup.spec.claims import EscapeClaim, WithdrawClaim
from rollup.spec.hashes import keccak
from rollup.spec.settlement import Escape, Withdrawal, context_of
from rollup.spec.types import Cash
from rollup.witness.escape import escape_inputs
from rollup.witness.withdraw import withdraw_inputs

__all__ = [
    "BadClaim",
    "OnStage",
    "ProvenClaim",
    "claim_key",
    "pay_claim",
    "pay_note",
    "prices_are_final",
    "prove_escape",
    "prove_note",
    "pull",
]

KIND: Final = "zkclear claim"

FORMAT: Final = 1
"""Raised when the form of the file changes."""

NOBODY: Final = address(0)

OnStage = Callable[[str], None]
"""Told what is being done now: it may take seconds."""


class BadClaim(ClientError):
    """A claim that L1 would refuse, or a file that holds none."""


@dataclass(frozen=True, slots=True)
class ProvenClaim:
    """A claim with its proof, for one system: anybody may send it."""

    chain: int
    clearing: Address
    said: Escape | Withdrawal
    proof: Proof

    @property
    def name(self) -> str:
        """What is claimed, in a word."""
        return "escape" if isinstance(self.said, Escape) else "withdraw"

    def transaction(self, system: System) -> Transaction[None]:
        """What files the claim on L1."""
        if (system.clearing.chain.eth.chain_id, system.clearing.address) != (self.chain, self.clearing):
            raise BadClaim(
                f"the claim is for clearing {self.clearing} on chain {self.chain}, not for {system.clearing.address}; "
                "name the node and the deployment record of that system"
            )
        if isinstance(self.said, Escape):
            return system.exit.escape(encoding.escape_of(self.said), self.proof)
        return system.exit.withdraw(encoding.withdrawal_of(self.said), self.proof)

    def document(self) -> dict[str, Any]:
        """As JSON; large numbers in hexadecimal."""
        return {
            "kind": KIND,
            "format": FORMAT,
            "chain": self.chain,
            "clearing": self.clearing,
            "claim": self.name,
            "said": {name: hex(value) for name, value in asdict(self.said).items()},
            "proof": {name: hex(value) for name, value in asdict(self.proof).items()},
        }

    def write(self, path: Path) -> None:
        """Whole or not at all."""
        try:
            write_atomically(path, (json.dumps(self.document(), indent=2) + "\n").encode())
        except OSError as error:
            raise BadClaim(f"{path} cannot be written ({error.strerror}); make room, or name another file") from error

    @classmethod
    def read(cls, path: Path) -> ProvenClaim:
        """The claim in a file."""
        try:
            document = json.loads(path.read_text())
            if document["kind"] != KIND or document["format"] != FORMAT:
                raise ValueError(f"it is no claim in format {FORMAT}")
            kinds: dict[str, type[Escape] | type[Withdrawal]] = {"escape": Escape, "withdraw": Withdrawal}
            said = kinds[document["claim"]](**_numbers(document["said"]))
            return cls(
                int(document["chain"]), address(document["clearing"]), said, Proof(**_numbers(document["proof"]))
            )
        except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
            raise BadClaim(f"{path}: no claim can be read ({type(error).__name__}: {error}); prove it again") from error


def claim_key(directory: Path, kind: ProofKind, history: History, system: System | None = None) -> ProvingKey:
    """
    The published key of a claim's circuit, if it is the one that L1 verifies by.

    The verification key inside the proving key has a name, which the registry knows it under; the constraints have a
    hash, which the deployment record names. A node is asked when there is one, else the registry's logs say it.
    """
    name = kind.name.lower()
    key = published(directory, name, history.record.profile.name)
    actual = keccak(key_bytes(key_within(key)))
    expected = _registered(kind, history) if system is None else system.verifiers.verifier(kind)
    if actual != expected:
        raise BadArtifact(
            str(key.zkey),
            f"is a key of another system: L1 verifies {name} claims by key 0x{expected.hex()[:16]}…, this one is "
            f"0x{actual.hex()[:16]}…; get the circuits that were published for this deployment",
        )
    recorded = next(one for one in history.record.keys if one.kind is kind)
    if bytes.fromhex(recorded.name.removeprefix("0x")) != actual:
        raise BadArtifact(str(key.zkey), "is not the key of the deployment record, and these keys never change")
    constraints = digest_file(key.compiled.r1cs)
    if recorded.constraints != constraints:
        raise BadArtifact(
            str(key.compiled.r1cs),
            f"is not the circuit of the deployment record: its SHA-256 is {constraints[:16]}…, the record names "
            f"{recorded.constraints[:16]}…; get the circuits that were published for this deployment",
        )
    return key


def prove_note(
    recovered: Recovered,
    note: OwnNote,
    key: ProvingKey,
    *,
    recipient: Address | None = None,
    association: AssociationSet | None = None,
    relayer: Address = NOBODY,
    fee: Cash = 0,
    on_stage: OnStage = lambda _: None,
) -> ProvenClaim:
    """
    A claim to one note, against the newest root.

    With an association set it says nothing of the account and pays whom it names. Without one, in the public form, it
    shows the account and pays its L1 owner, and nobody else.
    """
    history, owner = recovered.history, address(recovered.account.owner.l1_owner)
    if note.state is not NoteState.CLAIMABLE:
        raise BadClaim(f"the note of operation {note.owner_nonce} is {note.state}: L1 pays a note once")
    if association is None and (address(recipient or owner) != owner or fee):
        raise BadClaim(
            f"the public form pays {owner}, the account's L1 owner, and no fee; to be paid elsewhere, or by a relayer, "
            "name an association set that has the account"
        )
    if association is not None and recipient is None:
        raise BadClaim("a private claim is paid to an address that you name: a fresh one, or it is not private")
    if not 0 <= fee <= note.amount:
        raise BadClaim(f"the fee {fee} is not between 0 and the note's amount {note.amount}")
    if fee and int(relayer, 16) == 0:
        raise BadClaim("a fee goes to a relayer, and none is named")
    to = int(recipient or owner, 16)
    claim = WithdrawClaim(
        history.domain,
        recovered.replica.state,
        note.amount,
        recovered.index,
        note.nullifier,
        note.secret,
        recovered.replica.notes.proof(note.place),
        None if association is None else association.path(recovered.index, history),
        context_of(to, int(relayer, 16), fee),
    )
    profile = history.record.profile
    shown = claim.public_inputs(profile)
    said = Withdrawal(
        shown["state_root"],
        shown["nullifier_hash"],
        shown["amount"],
        shown["association_root"],
        shown["label"],
        shown["context"],
        recipient=to,
        relayer=int(relayer, 16),
        fee=fee,
    )
    proof = _proved(key, withdraw_inputs(claim, profile), tuple(shown.values()), on_stage)
    return ProvenClaim(history.record.chain, history.record.parts.clearing, said, proof)


def prove_escape(recovered: Recovered, key: ProvingKey, *, on_stage: OnStage = lambda _: None) -> ProvenClaim:
    """
    A claim to what the account is worth after a freeze, at the prices that L1 demands.

    Until claims are open a table may still be posted that changes the prices; see `prices_are_final`.
    """
    history = recovered.history
    if history.window is None:
        raise NotNow(
            f"the system was not frozen by block {history.until.number}: as long as it runs, money leaves by a "
            "withdrawal or a note, and a forced request compels the operator (`zkclear trader force`)"
        )
    if recovered.index == FUND:
        raise BadClaim("account 0 is the guarantee fund, for which nobody claims")
    epoch = history.escape_epoch
    if epoch == 0:
        raise BadClaim(
            "no batch was ever accepted: deposits are refunded from the queue, and there is nothing to claim"
        )
    table = recovered.replica.table(epoch)
    claim = EscapeClaim(history.domain, recovered.replica.state, recovered.account, recovered.path, table)
    profile = history.record.profile
    shown = claim.public_inputs(profile)
    said = Escape(shown["state_root"], shown["risk_root"], shown["index"], shown["l1_owner"], shown["claim"])
    proof = _proved(key, escape_inputs(claim, profile), tuple(shown.values()), on_stage)
    return ProvenClaim(history.record.chain, history.record.parts.clearing, said, proof)


def prices_are_final(history: History) -> bool:
    """Whether claims are open, so that no table can change the prices any more."""
    return history.window is not None and history.until.time >= history.window[0]


def pull(system: System, to: Address) -> Transaction[int]:
    """Fetch all that the sender is owed on L1."""
    return system.vault.pull(to)


def pay_claim(system: System, index: int) -> Transaction[None]:
    """Pay an escape claim to its L1 owner, after the window; anyone may."""
    return system.exit.pay_claim(index)


def pay_note(system: System, number: int) -> Transaction[None]:
    """Pay a note that was claimed after the freeze, after the window; anyone may."""
    return system.exit.pay_note(number)


def _proved(key: ProvingKey, inputs: Inputs, expected: tuple[int, ...], on_stage: OnStage) -> Proof:
    on_stage("computing the witness")
    witness = Calculator(key.compiled).witness(inputs)
    on_stage("proving")
    made = backend("native").prove(key, witness)
    if made.public != expected:
        raise BadArtifact(str(key.zkey), "proves other public inputs than the law states; get the circuits again")
    return encoding.proof_of(made.proof)


def _registered(kind: ProofKind, history: History) -> bytes:
    """The key that the registry's logs say a kind is verified by."""
    named = [logged.event.key for logged in history.of(VerifierChanged) if logged.event.kind is kind]
    if not named:
        raise BadClaim(f"the history has no key of {kind.name.lower()} claims; read it again from the deployment on")
    return bytes(named[-1])


def _numbers(document: Mapping[str, Any]) -> dict[str, int]:
    return {name: int(value, 16) for name, value in document.items()}
