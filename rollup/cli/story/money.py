"""The chapter in which money leaves a running system: by signature, in the open, and by a note that says nothing."""

from __future__ import annotations

import secrets
import time
from dataclasses import replace

from prover.published import publish
from rollup.chain import encoding
from rollup.chain.abi import address
from rollup.chain.bindings.verifiers import ProofKind
from rollup.chain.history import History, read_history
from rollup.cli.story.chapter import Chapter
from rollup.cli.story.names import dollars
from rollup.cli.story.people import Person
from rollup.cli.story.stage import Stage
from rollup.client.claims import claim_key, prove_note
from rollup.client.notes import AssociationSet, OwnNote, notes_of
from rollup.client.recover import Recovered, recover
from rollup.exchange.events import Refused
from rollup.spec.recovery import read_words
from rollup.spec.settlement import Withdrawal, context_of
from rollup.spec.shared import Header, StepKind
from rollup.spec.words import unpack

__all__ = ["Taking", "history_of", "money_out", "notes_of_person", "recovered"]

USDC = 10**6
WITHDRAWN, NOTED, FEE = 250 * USDC, 150 * USDC, USDC // 10
"""By the saver's signature; into notes of the hedger; to whoever carries a claim to L1."""

PROVIDER, RELAYER = 0, 5
"""Accounts of the node: who vouches, and who relays."""


def money_out(chapter: Chapter, stage: Stage) -> None:
    """The saver withdraws to its address; the hedger makes notes, and claims one for an address without a past."""
    saver, hedger = stage.person("saver"), stage.person("hedger")
    stage.take_table(2)
    signed = saver.trader.withdraw(str(WITHDRAWN // USDC), int(saver.l1.address, 16))
    said = list(stage.node.intake.operate(signed))
    notes = hedger.trader.notes(str(NOTED // USDC))
    for note in notes:
        said += stage.node.intake.operate(note)
    chapter.claim(
        f"the saver signs a withdrawal of {dollars(WITHDRAWN)}, the hedger {len(notes)} notes of "
        f"{' and '.join(dollars(one.amount) for one in notes)}",
        not any(isinstance(one, Refused) for one in said) and sum(one.amount for one in notes) == NOTED,
    )
    batch, _ = stage.settle(chapter)
    headers = [
        unpack("header", word) for step in batch.steps for word in _headers(stage, step.words, step.published.kind)
    ]
    told = sorted((Header(one["kind"]).name, one["amount"]) for one in headers if one["kind"] != Header.INTERNAL)
    chapter.claim(
        "L1 is told the withdrawal, and that there are notes; of how much it is not",
        told == sorted([("WITHDRAW", WITHDRAWN), *[("NOTE", 0)] * len(notes)]),
    )
    before = stage.balance(saver.l1.address)
    stage.sent("pull", stage.system.vault.pull(saver.l1.address).send(saver.l1))
    got = stage.balance(saver.l1.address) - before
    chapter.claim(f"the saver pulls it: {dollars(got)} on L1", got == WITHDRAWN)
    saver.paid += got
    chapter.figure("withdrawn", got)
    _claim(chapter, stage, hedger)


def _headers(stage: Stage, words: tuple[int, ...], kind: StepKind) -> list[int]:

    return [seen.header for seen in read_words(kind, words, stage.house.record.profile) if seen.header]


def _claim(chapter: Chapter, stage: Stage, hedger: Person) -> None:
    """Proven from L1's data and the hedger's keys, with the circuits that the operator published for everybody."""
    artifacts = stage.directory / "circuits"
    publish([stage.workshop.keys[name] for name in ("withdraw", "escape")], artifacts)
    mine = recovered(stage, hedger)
    largest = max(notes_of_person(mine, hedger), key=lambda one: one.amount)
    fresh, relayer = address("0x" + secrets.token_hex(20)), stage.house.chain.account(RELAYER)
    vouched = AssociationSet.of(person.index for person in stage.people)
    provider = stage.house.chain.account(PROVIDER)
    root = vouched.root(stage.house.record.profile)
    stage.system.governance.publish_association(root).send(provider)
    mine = recovered(stage, hedger)
    key = claim_key(artifacts, ProofKind.WITHDRAW, mine.history, stage.system)
    taking = Taking()
    claim = prove_note(
        mine,
        largest,
        key,
        recipient=fresh,
        association=vouched,
        relayer=relayer.address,
        fee=FEE,
        on_stage=taking,
    )
    stage.proved("withdraw", taking.ended())
    said = claim.said
    assert isinstance(said, Withdrawal)
    larger, stolen = replace(said, amount=said.amount + 1), replace(said, recipient=int(relayer.address, 16))
    rebound = replace(stolen, context=context_of(stolen.recipient, stolen.relayer, stolen.fee))
    for what, changed, name in (
        ("of a larger amount", larger, "InvalidProof"),
        ("to another recipient", stolen, "WrongContext"),
        ("to another recipient, bound to it anew", rebound, "InvalidProof"),
    ):
        attempt = stage.system.exit.withdraw(encoding.withdrawal_of(changed), claim.proof)
        stage.refused(chapter, f"the same claim {what} is refused", attempt, relayer, name)
    earned = stage.balance(relayer.address)
    stage.sent("claim a note", claim.transaction(stage.system).send(relayer))
    paid, fee = stage.balance(fresh), stage.balance(relayer.address) - earned
    chapter.claim(
        f"an address without a past gets {dollars(paid)} and the relayer {dollars(fee)}; whose it was L1 cannot say",
        (paid, fee, said.label) == (largest.amount - FEE, FEE, 0),
    )
    stage.refused(chapter, "a second time it is refused", claim.transaction(stage.system), relayer, "NullifierSpent")
    hedger.paid += paid + fee
    chapter.figure("note paid", paid)


class Taking:
    """How long a claim's witness took, and its proof."""

    def __init__(self) -> None:
        self.moments: list[float] = []

    def __call__(self, _: str) -> None:
        self.moments.append(time.perf_counter())

    def ended(self) -> tuple[float, float]:
        first, second = self.moments
        return second - first, time.perf_counter() - second


def history_of(stage: Stage) -> History:
    """All that L1 has by now."""
    return read_history(stage.system, stage.house.record)


def recovered(stage: Stage, person: Person) -> Recovered:
    """An account from L1 and its owner's keys, and from nothing else."""
    return recover(history_of(stage), person.owner, person.ring)


def notes_of_person(mine: Recovered, person: Person) -> list[OwnNote]:
    return notes_of(mine, person.keys.note_key)
