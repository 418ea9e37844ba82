"""
Batches: how the state root moves, and the only way in which it does.

A batch is a chain of proven steps: each takes up root and suspense where the one before left them, nothing is owed at
either end, and every public input that L1 can know is compared with what it knows. What is left, the proofs show. The
checks of a step come in the order of its public inputs, then its words, then its headers, and the proofs of the whole
batch last.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from rollup.spec.data import encode, evaluate
from rollup.spec.hashes import R, keccak, keccak_to_field
from rollup.spec.settlement import attestations, headers, tables
from rollup.spec.settlement.calls import Call, ProofKind
from rollup.spec.settlement.deposits import reject_at_head
from rollup.spec.settlement.records import BatchEnd, PostedTable
from rollup.spec.settlement.rules import require
from rollup.spec.settlement.storage import Storage
from rollup.spec.settlement.tables import SignedTable
from rollup.spec.settlement.vault import not_frozen
from rollup.spec.shared import PUBLIC_INPUTS, StepKind
from rollup.spec.types import FieldElement, Time

__all__ = ["Batch", "PostedStep", "parameters_at", "submit_batch"]


@dataclass(frozen=True)
class PostedStep:
    """One step as the operator posts it."""

    kind: StepKind
    inputs: Mapping[str, FieldElement]
    """Public inputs by name."""
    words: tuple[FieldElement, ...]
    proof: object


@dataclass(frozen=True)
class Batch:
    """What the operator sends in one transaction."""

    number: int
    """Counts from 1; genesis is batch 0."""
    steps: tuple[PostedStep, ...]
    rejected: tuple[int, ...] = ()
    """Deposits to pass over, ascending: those that cannot be consumed, expired and refunded ones among them."""
    tables: tuple[SignedTable, ...] = ()


def submit_batch(storage: Storage, call: Call, batch: Batch) -> None:
    """Move the state root along a chain of proven steps, and do on L1 what their headers say."""
    not_frozen(storage)
    require(call.sender == storage.operator, "L1-50", "comes from somebody else than the operator", call.sender)
    require(batch.number == storage.batches + 1, "L1-51", "is not the next batch", batch.number)
    require(len(batch.steps) > 0, "L1-52", "has no steps", batch.steps)
    for signed in batch.tables:
        tables.post_if_new(storage, call, signed)
    root, suspense, risk_root = storage.latest_root, storage.deployment.settled, 0
    rejected = list(batch.rejected)
    for number, step in enumerate(batch.steps):
        _check_numbers(step)
        _check_chain(storage, step, root, suspense)
        table = _check_table(storage, call, step, risk_root)
        _check_gate(storage, call, step, table)
        _check_words(storage, step, batch.number, number)
        headers.act(storage, call, step.kind, step.words, rejected)
        root, suspense = step.inputs["state_after"], step.inputs["suspense_after"]
        risk_root = table.risk_root
    require(suspense == storage.deployment.settled, "L1-55", "ends while something is owed", suspense)
    reject_at_head(storage, rejected)
    require(not rejected, "L1-74", "lists a rejected deposit that is not at the head of its queue", rejected)
    require(storage.spare >= 0, "L1-77", "credits more than the vault holds", storage.spare)
    _check_proofs(storage, batch.steps)
    storage.batches = batch.number
    storage.latest_root = root
    storage.roots[root] = BatchEnd(batch.number, call.time, risk_root)
    storage.batch_time = call.time
    storage.escape_epoch = None


def parameters_at(storage: Storage, time: Time) -> FieldElement:
    """The paramsHash that governance had in force."""
    return next(hash_ for since, hash_ in reversed(storage.parameters) if since <= time)


def _check_numbers(step: PostedStep) -> None:
    """Nothing is r or more: x and x + r would be the same to a proof and different to L1."""
    for value in (*step.inputs.values(), *step.words):
        require(0 <= value < R, "L1-4", "publishes a number that is no field element", value)


def _check_chain(storage: Storage, step: PostedStep, root: FieldElement, suspense: FieldElement) -> None:
    inputs = step.inputs
    require(inputs["domain"] == storage.deployment.domain, "L1-7", "is proven for another system", inputs["domain"])
    require(inputs["state_before"] == root, "L1-53", "does not begin where the last step ended", inputs["state_before"])
    taken_up = inputs["suspense_before"] == suspense
    require(taken_up, "L1-54", "does not take up what was owed", inputs["suspense_before"])


def _check_table(storage: Storage, call: Call, step: PostedStep, risk_root: FieldElement) -> PostedTable:
    """The table is posted, of this or a later epoch, young enough for the kind, and under governance's parameters."""
    inputs, settings = step.inputs, storage.settings
    epoch = storage.epochs.get(inputs["risk_root"])
    table = storage.tables.get(epoch) if epoch is not None else None
    require(table is not None, "L1-56", "uses a table that is not posted", inputs["risk_root"])
    assert table is not None
    back = storage.used_epoch is not None and table.epoch < storage.used_epoch
    require(not back, "L1-57", "uses an older epoch than a step before it", table.epoch)
    same = inputs["risk_root"] == risk_root or inputs["suspense_before"] == storage.deployment.settled
    require(same, "L1-58", "changes the table while something is owed", inputs["risk_root"])
    max_age = settings.liquidate_max_age if step.kind == StepKind.LIQUIDATE else settings.max_age
    young = call.time - max_age <= table.time <= call.time
    require(young, "L1-59", "uses a table that is too old", call.time - table.time)
    require(inputs["time"] == table.time, "L1-60", "claims another time than its table", inputs["time"])
    in_force = inputs["params_hash"] == parameters_at(storage, table.time)
    require(in_force, "L1-61", "has other parameters than governance had then", inputs["params_hash"])
    storage.used_epoch = table.epoch
    return table


def _check_gate(storage: Storage, call: Call, step: PostedStep, table: PostedTable) -> None:
    """Trade steps stop in a pause; without a young attestation they may only reduce."""
    if step.kind != StepKind.TRADE:
        return
    require(call.time >= storage.paused_until, "L1-62", "trades during a pause", storage.paused_until)
    open_ = not table.any_active or attestations.gate_is_open(storage, call.time)
    require(open_, "L1-63", "trades freely without a young attestation", storage.attested_time)


def _check_words(storage: Storage, step: PostedStep, batch: int, number: int) -> None:
    """Recompute what binds the words to the proof; the commitment to them is the prover's, and inside the challenge."""
    expected = headers.word_count(storage.deployment.profile, step.kind)
    require(len(step.words) == expected, "L1-64", f"has not the {expected} words of its kind", len(step.words))
    head = encode([storage.deployment.domain, batch, number, step.kind, step.inputs["data_commit"]])
    challenge = keccak_to_field(head + keccak(encode(step.words)))
    require(step.inputs["z"] == challenge, "L1-65", "was proven at another point than its words give", number)
    value = evaluate(step.words, challenge)
    require(step.inputs["y"] == value, "L1-66", "was proven for other words", number)


def _check_proofs(storage: Storage, steps: Sequence[PostedStep]) -> None:
    """Every proof, each by its own kind's key. The contract checks them in one go, which must not let two cancel."""
    for number, step in enumerate(steps):
        key = storage.verifiers[ProofKind(step.kind)]
        inputs = tuple(step.inputs[name] for name in PUBLIC_INPUTS["step"])
        valid = storage.deployment.precompiles.verifies(key, inputs, step.proof)
        require(valid, "L1-6", "has a step that its proof does not show", number)
