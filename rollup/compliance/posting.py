"""
Posting an attestation: what L1 would refuse is said before anything is proven, and a scan too long for one transaction
is filed in several.

L1 remembers how far a scan under the key of the day has come, by the totals that a proof hands on. So whoever was
interrupted asks how far that is and goes on from there; and an attestation that is on L1 already is found, not filed
again.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Final

from rollup.chain.abi import Sender
from rollup.chain.bindings import System
from rollup.chain.bindings.attestations import SolvencyAttested
from rollup.chain.bindings.verifiers import ProofKind
from rollup.chain.encoding import attestation_of, proof_of
from rollup.compliance.bundle import KeyPoints, Place, Posted
from rollup.compliance.errors import NotAttestable
from rollup.compliance.solvency import Scan
from rollup.spec.state import State
from rollup.spec.table import RiskTable

__all__ = ["PROOFS_AT_ONCE", "check_attestable", "place_of", "post"]

PROOFS_AT_ONCE: Final = 100
"""Of one transaction: a further proof costs some 60,000 gas, and no transaction may have more than 2^24."""


def place_of(system: System) -> Place:
    """Chain and address that the domain of a system is made of."""
    return Place(system.clearing.chain.eth.chain_id, int(system.clearing.address, 16))


def check_attestable(system: System, state: State, table: RiskTable, key: KeyPoints) -> int:
    """The number of the batch that ended with the state; refuses what L1 would refuse whatever is proven."""
    if place_of(system).domain != state.domain:
        raise NotAttestable("the state is one of another system than the one at hand; name its own deployment record")
    if system.attestations.frozen_at():
        raise NotAttestable("the system is frozen: nothing is attested any more, and people leave by `escape`")
    end = system.clearing.batch_end(state.root)
    if end.number == 0:
        genesis = "it is genesis, which counts as attested" if end.time else "no batch that L1 accepted ended with it"
        raise NotAttestable(f"root {state.root:#066x} cannot be attested: {genesis}; attest after the next batch")
    if system.oracle.posted_table(end.epoch).risk_root != table.root:
        raise NotAttestable(f"batch {end.number} ended at the table of epoch {end.epoch}, not at this one; use that")
    wanted = system.verifiers.verifier(ProofKind.SOLVENCY)
    if wanted != key.name:
        raise NotAttestable(
            f"the registry checks solvency by key 0x{wanted.hex()}, here is 0x{key.name.hex()}; name the directory of "
            "the keys that were deployed"
        )
    return end.number


def post(
    system: System,
    proven: Scan,
    sender: Sender,
    *,
    at_once: int = PROOFS_AT_ONCE,
    first_block: int = 0,
    advance: Callable[[], None] = lambda: None,
) -> Posted:
    """
    File the attestation, a long one in several transactions, from where an earlier run stopped.

    `first_block` is the one from which on the attestation may stand there already; `advance` is called once a proof.
    """
    made, count = proven.attestation, len(proven.proofs)
    if there := _found(system, made.state_root, first_block):
        return there
    proofs = [proof_of(proved.proof) for proved in proven.proofs]
    done = _scanned(system, proven) if count > at_once else 0
    for _ in range(done):
        advance()
    while count - done > at_once:
        upto = done + at_once
        totals = made.totals[max(done - 1, 0) : upto]
        system.attestations.scan(made.state_root, made.risk_root, totals, proofs[done:upto]).send(sender)
        for _ in range(at_once):
            advance()
        done = upto
    rest = replace(made, totals=made.totals[max(done - 1, 0) :])
    receipt = system.attestations.attest(attestation_of(rest), proofs[done:]).send(sender)
    for _ in range(count - done):
        advance()
    return Posted("0x" + bytes(receipt["transactionHash"]).hex(), receipt["blockNumber"])


def _scanned(system: System, proven: Scan) -> int:
    """How many proofs L1 has taken already: the furthest totals that it knows."""
    made = proven.attestation
    known = system.attestations.is_scanned
    places = range(len(made.totals), 0, -1)
    return next((at for at in places if known(made.state_root, made.risk_root, made.totals[at - 1])), 0)


def _found(system: System, state_root: int, first_block: int) -> Posted | None:
    """The attestation of a root, if one was accepted."""
    if system.attestations.attested_time() < system.clearing.batch_end(state_root).time:
        return None  # Every accepted attestation sets the clock at least this far.
    for logged in system.attestations.events(first_block):
        if isinstance(logged.event, SolvencyAttested) and logged.event.state_root == state_root:
            return Posted("0x" + logged.transaction.hex(), logged.block)
    return None
