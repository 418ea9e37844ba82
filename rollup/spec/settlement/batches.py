"""
Batches: how the state root moves, and the only way in which it does.

A batch is a chain of proven steps: each takes up root and suspense where the one before left them, and nothing is owed
at either end. The operator sends only what L1 cannot know. Every other public input of a step L1 computes itself, so
a step that was proven for anything else is refused with its proof, and there is no wrong input to be compared with.
The checks of a step come in the order of its parts, then its words, then its headers, and the proofs of the whole batch
last.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeAlias

from rollup.spec.data import encode, evaluate
from rollup.spec.hashes import R, keccak, keccak_to_field
from rollup.spec.settlement import attestations, headers, tables
from rollup.spec.settlement.calls import Call, Digest, Epoch, ProofKind
from rollup.spec.settlement.deposits import reject_at_head
from rollup.spec.settlement.records import BatchEnd, PostedTable
from rollup.spec.settlement.rules import require
from rollup.spec.settlement.storage import Storage
from rollup.spec.settlement.tables import SignedTable
from rollup.spec.settlement.vault import not_frozen
from rollup.spec.shared import PUBLIC_INPUTS, StepKind
from rollup.spec.types import FieldElement, Time

__all__ = ["Batch", "PostedStep", "parameters_at", "submit_batch"]

Claim: TypeAlias = tuple[Digest, tuple[FieldElement, ...], object]
"""What a proof must show: verifier key, public inputs, proof."""


@dataclass(frozen=True, slots=True)
class PostedStep:
    """One step as the operator posts it; its words stand in the batch."""

    kind: int
    epoch: Epoch
    """Of the table that it uses."""
    state_after: FieldElement
    suspense_after: FieldElement
    salt: FieldElement
    data_commit: FieldElement
    """The prover's commitment to the words: L1 cannot compute it, but draws the challenge from it."""
    proof: object


@dataclass(frozen=True)
class Batch:
    """What the operator sends in one transaction."""

    number: int
    """Counts from 1; genesis is batch 0."""
    state_before: FieldElement
    """The root that the operator builds upon: a batch for another history is refused by name."""
    steps: tuple[PostedStep, ...]
    words: tuple[FieldElement, ...]
    """Those of all steps, in their order; how many are whose follows from the kinds."""
    rejected: tuple[int, ...] = ()
    """Deposits to pass over, ascending: those that cannot be consumed, expired and refunded ones among them."""
    tables: tuple[SignedTable, ...] = ()


@dataclass(slots=True)
class _Chain:
    """How far a batch has come between two of its steps."""

    root: FieldElement
    suspense: FieldElement
    epoch: Epoch | None
    """Of the step before."""
    words: tuple[FieldElement, ...]
    """Not taken by a step yet."""
    rejected: list[int]
    """Not passed over yet."""


def submit_batch(storage: Storage, call: Call, batch: Batch) -> None:
    """Move the state root along a chain of proven steps, and do on L1 what their headers say."""
    _check_batch(storage, call, batch)
    for signed in batch.tables:
        tables.post_if_new(storage, call, signed)
    chain = _Chain(storage.latest_root, storage.deployment.settled, None, batch.words, list(batch.rejected))
    claims = [_take(storage, call, batch.number, place, step, chain) for place, step in enumerate(batch.steps)]
    _check_end(storage, chain)
    _check_proofs(storage, claims)
    storage.batches = batch.number
    storage.latest_root = chain.root
    assert chain.epoch is not None
    storage.roots[chain.root] = BatchEnd(batch.number, call.time, storage.tables[chain.epoch].risk_root)
    storage.batch_time = call.time
    storage.escape_epoch = None


def parameters_at(storage: Storage, time: Time) -> FieldElement:
    """The paramsHash that governance had in force."""
    return next(hash_ for since, hash_ in reversed(storage.parameters) if since <= time)


def _check_batch(storage: Storage, call: Call, batch: Batch) -> None:
    """What is wrong with a batch before any of its steps is looked at."""
    not_frozen(storage)
    require(call.sender == storage.operator, "L1-50", "comes from somebody else than the operator", call.sender)
    # People leave with the words. Inside a transaction of another contract nobody would know where to look for them.
    require(call.direct, "L1-78", "hides its words inside another contract's transaction", call.sender)
    require(batch.number == storage.batches + 1, "L1-51", "is not the next batch", batch.number)
    upon = batch.state_before == storage.latest_root
    require(upon, "L1-53", "does not begin where the last batch ended", batch.state_before)
    require(len(batch.steps) > 0, "L1-52", "has no steps", batch.steps)


def _take(storage: Storage, call: Call, batch: int, place: int, step: PostedStep, chain: _Chain) -> Claim:
    """Take one step of the chain: do what its headers say, and leave what its proof must show."""
    require(step.kind in set(StepKind), "L1-79", "is a step of no known kind", step.kind)
    kind = StepKind(step.kind)
    for value in (step.state_after, step.suspense_after, step.salt, step.data_commit):
        _check_number(value)
    table = _check_table(storage, call, kind, step.epoch, chain)
    _check_gate(storage, call, kind, table)
    words = _take_words(storage, kind, chain)
    headers.act(storage, call, kind, words, chain.rejected)
    inputs = _public_inputs(storage, chain, table, (batch, place), step, words)
    chain.root, chain.suspense, chain.epoch = step.state_after, step.suspense_after, step.epoch
    return storage.verifiers[ProofKind(kind)], inputs, step.proof


def _check_number(value: FieldElement) -> None:
    """Nothing is r or more: x and x + r would be the same to a proof and different to L1."""
    require(0 <= value < R, "L1-4", "publishes a number that is no field element", value)


def _check_table(storage: Storage, call: Call, kind: StepKind, epoch: Epoch, chain: _Chain) -> PostedTable:
    """The table is posted, of this or a later epoch, and young enough for the kind."""
    table, settings = storage.tables.get(epoch), storage.settings
    require(table is not None, "L1-56", "uses a table that is not posted", epoch)
    assert table is not None
    back = storage.used_epoch is not None and epoch < storage.used_epoch
    require(not back, "L1-57", "uses an older epoch than a step before it", epoch)
    same = epoch == chain.epoch or chain.suspense == storage.deployment.settled
    require(same, "L1-58", "changes the table while something is owed", epoch)
    max_age = settings.liquidate_max_age if kind is StepKind.LIQUIDATE else settings.max_age
    young = call.time - max_age <= table.time <= call.time
    require(young, "L1-59", "uses a table that is too old", call.time - table.time)
    storage.used_epoch = epoch
    return table


def _check_gate(storage: Storage, call: Call, kind: StepKind, table: PostedTable) -> None:
    """Trade steps stop in a pause; without a young attestation they may only reduce."""
    if kind is not StepKind.TRADE:
        return
    require(call.time >= storage.paused_until, "L1-62", "trades during a pause", storage.paused_until)
    open_ = not table.any_active or attestations.gate_is_open(storage, call.time)
    require(open_, "L1-63", "trades freely without a young attestation", storage.attested_time)


def _take_words(storage: Storage, kind: StepKind, chain: _Chain) -> tuple[FieldElement, ...]:
    """The next words of the batch, as many as a step of this kind has."""
    count = headers.word_count(storage.deployment.profile, kind)
    require(len(chain.words) >= count, "L1-64", f"has not the {count} words of its kind", len(chain.words))
    words, chain.words = chain.words[:count], chain.words[count:]
    for word in words:
        _check_number(word)
    return words


def _public_inputs(
    storage: Storage,
    chain: _Chain,
    table: PostedTable,
    place: tuple[int, int],
    step: PostedStep,
    words: Sequence[FieldElement],
) -> tuple[FieldElement, ...]:
    """
    All that the proof of a step must show, as its verifier takes it; `place` is the batch and the step in it.

    The commitment is inside the challenge: were it drawn from the words alone, a prover could fit others to it.
    """
    domain = storage.deployment.domain
    challenge = keccak_to_field(encode([domain, *place, step.kind, step.data_commit]) + keccak(encode(words)))
    inputs = {
        "domain": domain,
        "state_before": chain.root,
        "state_after": step.state_after,
        "suspense_before": chain.suspense,
        "suspense_after": step.suspense_after,
        "risk_root": table.risk_root,
        "params_hash": parameters_at(storage, table.time),
        "time": table.time,
        "salt": step.salt,
        "data_commit": step.data_commit,
        "z": challenge,
        "y": evaluate(words, challenge),
    }
    return tuple(inputs[name] for name in PUBLIC_INPUTS["step"])


def _check_end(storage: Storage, chain: _Chain) -> None:
    """Nothing is left over: no words, nothing owed, no rejection, and the vault covers what was credited."""
    require(not chain.words, "L1-64", "has words that belong to no step", len(chain.words))
    require(chain.suspense == storage.deployment.settled, "L1-55", "ends while something is owed", chain.suspense)
    reject_at_head(storage, chain.rejected)
    order = not chain.rejected
    require(order, "L1-74", "lists a rejected deposit that is not at the head of its queue", chain.rejected)
    require(storage.spare >= 0, "L1-77", "credits more than the vault holds", storage.spare)


def _check_proofs(storage: Storage, claims: Sequence[Claim]) -> None:
    """Every proof, each by its own kind's key. The contract checks them in one go, which must not let two cancel."""
    for place, (key, inputs, proof) in enumerate(claims):
        valid = storage.deployment.precompiles.verifies(key, inputs, proof)
        require(valid, "L1-6", "has a step that its proof does not show", place)
