"""
A sample settled on a chain of one's own, and what of its gas is whose.

The system is deployed on the day's morning; everything else about it is as it would be. A batch, a further verifier
key, a step of each kind and an act of L1 are told apart by what batches of different content took. Where there is no
chain, what the contracts' tests measured stands in.
"""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from prover.backends import Proved
from prover.errors import ProverError
from prover.places import checkout
from rollup.benchmarks.settle_costs import BASE_BYTES, Calldata, Execution, calldata_gas, execution_in, step_bytes
from rollup.benchmarks.settle_day import Day
from rollup.benchmarks.settle_floor import WALLET, owner_of
from rollup.benchmarks.settle_sample import ACTS, Proving, Sample, registrations_of
from rollup.chain import encoding
from rollup.chain.abi import flat
from rollup.chain.bindings import System
from rollup.chain.committee import Committee
from rollup.chain.deploy import deploy
from rollup.chain.development import development_secret, local_plan
from rollup.chain.keys import development_keys
from rollup.chain.local import LocalChain, Token, running_chain
from rollup.market.defaults import START
from rollup.market.encoding import encode
from rollup.market.inputs import Inputs
from rollup.spec.settlement import Batch, PostedStep, PostedTable
from rollup.spec.settlement.headers import word_count
from rollup.spec.shared import Profile, StepKind
from rollup.spec.step import Applied, kind_of
from rollup.spec.table import RiskTable

__all__ = ["Settled", "density_of", "execution_from_snapshots", "rescaled", "settled"]

EPOCH: Final = 1
OPERATOR, ANYBODY = 1, 3


@dataclass(frozen=True)
class Settled:
    """What the chain took, and what of it is whose."""

    execution: Execution
    gas: list[int]
    """Of the sample's batches, as receipts state it."""
    bytes: list[int]
    table_gas: int
    """A further table, posted by itself."""


def settled(day: Day, sample: Sample, proving: Proving) -> Settled:
    """Submit the sample to a fresh chain; every batch is accepted, or this fails."""
    with running_chain(START) as chain:
        system, committee = _deployed(chain, day)
        chain.move_to(sample.inputs.time)
        _post(chain, system, committee, sample.inputs, sample.table)
        gas, data, proofs = [], [], iter(proving.proofs)
        for steps in sample.batches:
            batch = _batch(steps, [next(proofs) for _ in steps])
            receipt = encoding.submission(system, batch).send(chain.account(OPERATOR))
            if system.clearing.latest_root() != steps[-1].state.root:
                raise ProverError("the chain's root is not the law's: a defect, please report it")
            gas.append(int(receipt["gasUsed"]))
            data.append(bytes(chain.web3.eth.get_transaction(receipt["transactionHash"])["input"]))
            inputs, table = day.tables[1]
        chain.move_to(inputs.time)
        table_gas = _post(chain, system, committee, inputs, table)
    return Settled(_told_apart(sample, gas, data), gas, [len(one) for one in data], table_gas)


def _deployed(chain: LocalChain, day: Day) -> tuple[System, Committee]:
    """A system that begins with the day's morning: listings, tokens in the vault, newcomers in the queue."""
    committee = Committee.of([development_secret(f"settled day: member {number}") for number in range(3)], 2)
    plan = local_plan(chain.web3, day.profile, development_keys(day.profile.name))
    roles = replace(plan.roles, committee=committee.signers)
    record = deploy(chain.web3, chain.account(0), replace(plan, roles=roles, genesis_root=day.opening.root))
    system, anybody = System.at(chain.web3, record.parts), chain.account(ANYBODY)
    if system.clearing.system_domain() != day.opening.domain:
        raise ProverError("the system stands elsewhere than on a fresh chain: run the benchmark again")
    for slot, one in enumerate(day.tables[0][0].slots, start=1):
        if one.terms is not None:
            committee.list_instrument(system.oracle, slot, one.listing, one.terms.hash, anybody)
    token = Token(chain.web3, record.token)
    token.mint(record.parts.vault, day.opening.custody, anybody)
    chain.fund(WALLET.address)
    for deposit in registrations_of(day):
        token.mint(WALLET.address, deposit.amount, anybody)
        token.approve(record.parts.vault, deposit.amount, WALLET)
        system.deposits.register(owner_of(deposit.index).hash, deposit.amount).send(WALLET)
    return system, committee


def _post(chain: LocalChain, system: System, committee: Committee, inputs: Inputs, table: RiskTable) -> int:
    """The committee's table; the gas that it took."""
    marks = tuple(mark.word() for mark in table.marks)
    posted = PostedTable(
        inputs.epoch, table.time, table.root, table.any_active, marks, table.stress_root, encode(inputs)
    )
    signed = encoding.signed_table_of(committee.table(system.oracle, posted, committee.threshold))
    return int(system.oracle.post_table(signed).send(chain.account(ANYBODY))["gasUsed"])


def _batch(steps: Sequence[Applied], proofs: Sequence[Proved]) -> Batch:
    """What the operator sends."""
    posted = tuple(_posted(applied, made) for applied, made in zip(steps, proofs, strict=True))
    words = tuple(word for applied in steps for word in applied.words)
    return Batch(steps[0].step.frame.batch, steps[0].before.root, posted, words)


def _posted(applied: Applied, made: Proved) -> PostedStep:
    shown = applied.public_inputs
    words = (shown["state_after"], shown["suspense_after"], shown["salt"], shown["data_commit"])
    return PostedStep(kind_of(applied.step.body), EPOCH, *words, made.proof)


def _told_apart(sample: Sample, gas: Sequence[int], data: Sequence[bytes]) -> Execution:
    """A batch, a step of each kind, a deposit and a withdrawal, from what the batches took."""
    spent = [execution_in(used, Calldata.of(sent)) for used, sent in zip(gas, data, strict=True)]
    _, one, three, joined, paid, few, many = spent
    funds = (three - one) / 2
    base = one - funds
    counts = [Counter(kind_of(applied.step.body) for applied in batch) for batch in sample.batches[-2:]]
    bare = [each - count_[StepKind.FUNDS] * funds for each, count_ in zip((few, many), counts, strict=True)]
    less, more = (count_[StepKind.TRADE] for count_ in counts)
    trade = (bare[1] - bare[0]) / (more - less)
    profile = sample.batches[0][0].before.profile
    word = (funds - verification_gas()) / word_count(profile, StepKind.FUNDS)
    step = {
        StepKind.TRADE: trade,
        StepKind.FUNDS: funds,
        StepKind.LIQUIDATE: verification_gas() + word * word_count(profile, StepKind.LIQUIDATE),
    }
    return Execution(base, bare[0] - base - less * trade, step, (joined - one) / ACTS, (paid - one) / ACTS)


def density_of(sample: Sample, proofs: Sequence[Proved]) -> dict[StepKind, Calldata]:
    """Calldata of the steps of each kind, byte by byte; of a kind that the sample lacks, as of a trade step."""
    data: dict[StepKind, bytes] = defaultdict(bytes)
    for applied, made in zip(sample.steps, proofs, strict=True):
        posted = _posted(applied, made)
        frame = encoding.step_of(posted)
        head = (frame.head, posted.state_after, posted.suspense_after, posted.salt, posted.data_commit)
        words = (*head, *flat(frame.proof), *applied.words)
        data[kind_of(applied.step.body)] += b"".join(word.to_bytes(32, "big") for word in words)
    found = {kind: Calldata.of(of) for kind, of in data.items()}
    return {kind: found.get(kind, found[StepKind.TRADE]) for kind in StepKind}


# -- without a chain, and for other profiles


def verification_gas() -> float:
    """One more proof in a batch, as the contracts' tests measured it."""
    return float(_snapshot("Groth16")["further claim"])


def execution_from_snapshots(profile: Profile, density: Mapping[StepKind, Calldata]) -> Execution:
    """Where no chain is at hand: from what the contracts' tests measured of trade steps alone."""
    gas = {name: int(value) for name, value in _snapshot("Gas").items()}
    step = density[StepKind.TRADE].scaled(step_bytes(profile, StepKind.TRADE))
    all_in = (gas["16 trade steps"] - gas["1 trade step"]) / 15
    trade = all_in - calldata_gas(step)
    word = (trade - verification_gas()) / word_count(profile, StepKind.TRADE)
    steps = {kind: verification_gas() + word * word_count(profile, kind) for kind in StepKind}
    base = gas["1 trade step"] - all_in - 21_000 - 10 * BASE_BYTES
    return Execution(base, float(_snapshot("Groth16")["further key"]), steps)


def rescaled(execution: Execution, measured: Profile, other: Profile) -> Execution:
    """For another profile: what is not verification grows with a step's words."""
    verified = verification_gas()

    def of(kind: StepKind) -> float:
        part = word_count(other, kind) / word_count(measured, kind)
        return verified + (execution.step[kind] - verified) * part

    return replace(execution, step={kind: of(kind) for kind in StepKind})


def _snapshot(name: str) -> dict[str, str]:
    found: dict[str, str] = json.loads((checkout() / "contracts" / "snapshots" / f"{name}.json").read_text())
    return found
