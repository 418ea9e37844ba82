"""The chapter of the demo that settles the proven batch on a chain, and shows what L1 sees and what a trader sees."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass, replace

from rollup.chain import encoding
from rollup.chain.bindings.clearing import BatchAccepted
from rollup.chain.local import LocalChain
from rollup.chain.replica import read_submission, replica_of
from rollup.cli.story.batch import ProvenBatch
from rollup.cli.story.chapter import Chapter
from rollup.cli.story.market import COLLATERAL, PERPETUAL, PROFILE
from rollup.cli.story.people import BUYER, DOMAIN, NAMES, PEOPLE, SELLER, TRADERS
from rollup.cli.story.privacy import Private, amounts_in, opens_with, shows_nothing
from rollup.cli.story.stage import CIRCUITS, Stage, claim_refused, dollars, post_tables, register, set_the_stage
from rollup.spec.account import FUND, REVENUE, Account
from rollup.spec.recovery import Seen, read_words
from rollup.spec.settlement import Batch
from rollup.spec.settlement.headers import word_count
from rollup.spec.shared import Header, StepKind
from rollup.spec.step import Applied
from rollup.spec.words import unpack

__all__ = ["CRASHED", "GENESIS_LEAVES", "Settled", "a_settled_batch", "submit", "what_l1_sees"]

CRASHED = 2
"""Epoch of the table after the fall."""

GENESIS_LEAVES = {index: Account.opened(PEOPLE[index].owner, PROFILE).leaf for index in (FUND, REVENUE)}
"""Published when a system is deployed."""


@dataclass
class Settled:
    """What the chapter hands on."""

    stage: Stage
    proven: ProvenBatch


def a_settled_batch(chapter: Chapter, chain: LocalChain, proven: ProvenBatch) -> Settled:
    """Deploy, register, post, submit; refuse what was tampered with; read the batch back."""
    chapter.note(f"anvil at {chain.rpc}: play money, a clock that the story moves")
    proven.workshop.make_ready(chapter, CIRCUITS)
    stage = set_the_stage(chapter, chain)
    clearing = stage.system.clearing
    chapter.claim("its domain is the one that orders and proofs name", clearing.system_domain() == DOMAIN)
    register(chapter, stage)
    post_tables(chapter, stage, proven.tables)
    _tampered(chapter, stage, proven.batch)
    calldata = submit(chapter, stage, proven.batch)
    custody = proven.story.state.custody
    chapter.claim(
        f"{len(TRADERS)} deposits are consumed: {dollars(custody)} in the vault are the accounts', none the queue's",
        (stage.system.vault.spare(), stage.system.vault.unrefunded(), stage.held) == (custody, 0, custody)
        and custody == len(TRADERS) * COLLATERAL,
    )
    deposits = stage.system.deposits
    chapter.claim(
        "each account belongs on L1 to the address that paid for it",
        [deposits.l1_owner(index) for index in TRADERS] == [PEOPLE[index].wallet.address for index in TRADERS]
        and (deposits.next_deposit(), deposits.next_index()) == (len(TRADERS), TRADERS[-1] + 1),
    )
    again = encoding.submission(stage.system, proven.batch)
    claim_refused(chapter, "the same batch again is refused", again, stage.operator, "WrongBatchNumber")
    told = what_l1_sees(chapter, proven.batch, calldata, proven.story.steps)
    chapter.claim(
        "what L1 is told are the deposits that it sent itself",
        told == [(Header.DEPOSIT, index, COLLATERAL) for index in TRADERS],
    )
    _what_a_trader_sees(chapter, stage, proven)
    return Settled(stage, proven)


def submit(chapter: Chapter, stage: Stage, batch: Batch) -> bytes:
    """Send a batch and tell what it cost; its calldata as the node has them."""
    system, before = stage.system, stage.system.clearing.latest_root()
    started = time.perf_counter()
    receipt = encoding.submission(system, batch).send(stage.operator)
    seconds = time.perf_counter() - started
    calldata = bytes(stage.chain.web3.eth.get_transaction(receipt["transactionHash"])["input"])
    gas, steps = receipt["gasUsed"], len(batch.steps)
    after = batch.steps[-1].state_after
    logged = [
        one.event for one in system.clearing.events(receipt["blockNumber"]) if isinstance(one.event, BatchAccepted)
    ]
    accepted = [BatchAccepted(batch.number, after, batch.steps[-1].epoch, steps, before)]
    proofs = f"its {steps} proofs hold in the contract's one pairing check" if steps > 1 else "its proof holds"
    chapter.claim(
        f"batch {batch.number} is accepted: {proofs}, and the state root moves to the law's",
        logged == accepted and system.clearing.latest_root() == after,
    )
    chapter.note(f"{gas:,} gas, {gas // steps:,} a step; {len(calldata):,} bytes of calldata; {seconds:.1f} s")
    chapter.figure("gas", gas)
    chapter.figure("gas a step", gas // steps)
    chapter.figure("calldata bytes", len(calldata))
    chapter.figure("seconds to submit", round(seconds, 2))
    return calldata


def _tampered(chapter: Chapter, stage: Stage, batch: Batch) -> None:
    """The same batch, changed in one place: the chain names what is wrong."""
    changed_word = replace(batch, words=(*batch.words[:-1], batch.words[-1] + 1))
    richer = replace(batch.steps[-1], state_after=batch.steps[-1].state_after + 1)
    swapped = [replace(batch.steps[0], proof=batch.steps[1].proof), replace(batch.steps[1], proof=batch.steps[0].proof)]
    attempts = (
        ("one word of it altered", changed_word, stage.operator, "InvalidProof"),
        ("another state at the end", replace(batch, steps=(*batch.steps[:-1], richer)), stage.operator, "InvalidProof"),
        ("two proofs exchanged", replace(batch, steps=(*swapped, *batch.steps[2:])), stage.operator, "InvalidProof"),
        (
            "built on another root",
            replace(batch, state_before=batch.state_before + 1),
            stage.operator,
            "WrongStateRoot",
        ),
        ("sent by somebody else", batch, stage.anybody, "NotOperator"),
    )
    for what, changed, sender, name in attempts:
        claim_refused(chapter, f"{what}, it is refused", encoding.submission(stage.system, changed), sender, name)


def what_l1_sees(
    chapter: Chapter, batch: Batch, calldata: bytes, law: Sequence[Applied]
) -> list[tuple[Header, int, int]]:
    """
    Roots, and headers of what L1 has to act on, from calldata: kind, account, amount of each that says something.

    `law` are the batch's steps as the law applied them: they say what must not show.
    """
    sent, touches = read_submission(calldata), seen_in(calldata)
    headers = [unpack("header", one.header) for one in touches if one.header]
    told = [(Header(one["kind"]), one["index"], one["amount"]) for one in headers if one["kind"] != Header.INTERNAL]
    chapter.note(f"L1 sees: root {sent.state_before:#066x} before")
    chapter.note(f"         root {sent.steps[-1].state_after:#066x} after")
    for kind, index, amount in told:
        said = f" of {dollars(amount)}" if amount else ""
        chapter.note(f"         header: {kind.name.lower()}{said}, account {index}")
    chapter.claim(
        f"of {len(touches)} touches {len(told)} tell L1 what they did; of others it sees account, leaf and ciphertext",
        (sent.number, sent.words) == (batch.number, batch.words)
        and [one.index for one in touches] == [touch.index for applied in law for touch in applied.touches],
    )
    secret = {each for applied in law for each in amounts_in(applied)}
    chapter.claim(
        f"none of its {len(sent.words)} words is a leg, an operation or an amount of these in clear",
        len(secret) > 0 and secret.isdisjoint(sent.words),
    )
    return told


def seen_in(calldata: bytes) -> list[Seen]:
    """Every touch of a batch, as anybody reads it."""
    sent = read_submission(calldata)
    rest, found = list(sent.words), []
    for step in sent.steps:
        kind = StepKind(step.head & ((1 << encoding.EPOCH_AT) - 1))
        count = word_count(PROFILE, kind)
        found += read_words(kind, rest[:count], PROFILE)
        rest = rest[count:]
    return found


def _what_a_trader_sees(chapter: Chapter, stage: Stage, proven: ProvenBatch) -> None:
    """Its own account from calldata and keys: every touch must lead to the leaf that L1 has."""
    replica = replica_of(stage.system, PROFILE, GENESIS_LEAVES)
    chapter.claim(
        "who reads all words rebuilds both trees and comes to the root on L1",
        replica.state.root == stage.system.clearing.latest_root(),
    )
    for index in TRADERS:
        account = replica.account(index, PEOPLE[index].owner, DOMAIN)
        touches = len(replica.touches_of(index))
        lots = account.vector[PERPETUAL]
        seen = f"{_signed(account.vector[0])} in cash" + (f", {lots:+} perpetuals" if lots else "")
        chapter.claim(
            f"the {NAMES[index]} sees {seen}: {touches} touches decrypted, each leads to its leaf on L1",
            account == proven.story.state.accounts[index] and account.leaf == replica.accounts.leaf(index),
        )
        chapter.figure(f"cash of {NAMES[index]}", account.vector[0])
    words = Private.of(replica.touches_of(SELLER), proven.story.steps, SELLER)
    own, foreign = (PEOPLE[index].owner.view_key for index in (SELLER, BUYER))
    chapter.claim("the seller's words are, under its own view key, what the law wrote", opens_with(words, own, DOMAIN))
    chapter.claim("with the buyer's keys the seller's words say nothing", shows_nothing(words, foreign, DOMAIN))


def _signed(amount: int) -> str:
    return f"-{dollars(-amount)}" if amount < 0 else dollars(amount)
