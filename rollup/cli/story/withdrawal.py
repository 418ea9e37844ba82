"""The chapter of the demo in which money leaves a running system, by signature and by a note; and solvency is shown."""

from __future__ import annotations

import secrets
from dataclasses import replace

from rollup.chain import encoding
from rollup.chain.abi import Transaction, address
from rollup.cli.story.batch import posted_batch
from rollup.cli.story.chapter import Chapter
from rollup.cli.story.claims import note_claim
from rollup.cli.story.market import PROFILE, USDC
from rollup.cli.story.people import BUYER, PEOPLE, SAVER, SELLER, TRADERS
from rollup.cli.story.settlement import CRASHED, Settled, submit, what_l1_sees
from rollup.cli.story.stage import claim_refused, dollars, move_clock
from rollup.market.defaults import START
from rollup.spec.claims import association_tree
from rollup.spec.funds import Decoy as Untouched
from rollup.spec.funds import FundsStep
from rollup.spec.settlement import HOUR, MINUTE, Attestation, Batch, Withdrawal, context_of
from rollup.spec.shared import Header, StepKind
from rollup.spec.solvency import check_chain, scan, scan_length, scan_parts
from rollup.witness.solvency import solvency_inputs

__all__ = ["NOTED", "money_out"]

WITHDRAWN, NOTED, FEE = 100 * USDC, 50 * USDC, USDC // 10
"""By the seller's signature; into a note of the seller and one of the saver; to whoever carries a claim to L1."""

LATER = START + 45 * MINUTE
"""A day and a quarter of an hour after deployment, and the last table is still young."""


def money_out(chapter: Chapter, settled: Settled) -> None:
    """A second batch with a withdrawal and two notes; the first two are paid; then solvency is attested."""
    stage, story, crashed = settled.stage, settled.proven.story, settled.proven.tables[1]
    seller, saver, expiry = PEOPLE[SELLER], PEOPLE[SAVER], crashed.time + HOUR
    wallet = seller.wallet
    story.next_batch()
    withdrawal = seller.withdraw(WITHDRAWN, int(wallet.address, 16), 1, expiry)
    notes = (seller.note(NOTED, 2, expiry), saver.note(NOTED, 1, expiry))
    story.step(FundsStep((withdrawal, *notes, Untouched(BUYER)), 5), crashed)
    batch = posted_batch(chapter, settled.proven.workshop, story, {crashed.root: CRASHED})
    told = what_l1_sees(chapter, batch, submit(chapter, stage, batch), story.steps)
    chapter.claim(
        "L1 is told the withdrawal and who makes notes, and not of how much",
        told == [(Header.WITHDRAW, SELLER, WITHDRAWN), (Header.NOTE, SELLER, 0), (Header.NOTE, SAVER, 0)],
    )

    vault = stage.system.vault
    owed = vault.credits(wallet.address)
    before = stage.balance(wallet.address)
    vault.pull(wallet.address).send(wallet)
    after = stage.balance(wallet.address)
    chapter.claim(
        f"the seller pulls its withdrawal: its balance on L1 goes from {dollars(before)} to {dollars(after)}",
        (owed, before, after, vault.credits(wallet.address)) == (WITHDRAWN, 0, WITHDRAWN, 0),
    )
    chapter.figure("withdrawn", after - before)
    _claim_note(chapter, settled)
    _attest(chapter, settled, batch)


def _claim_note(chapter: Chapter, settled: Settled) -> None:
    """The saver finds its note in calldata, and somebody without a past is paid."""
    stage = settled.stage
    fresh, relayer = address("0x" + secrets.token_hex(20)), stage.relayer
    vouched = association_tree(PROFILE, TRADERS)
    made, proof = note_claim(chapter, settled, SAVER, fresh, relayer.address, FEE, vouched.proof(SAVER))

    def sent(what: Withdrawal) -> Transaction[None]:
        return stage.system.exit.withdraw(encoding.withdrawal_of(what), proof)

    waits = "the claim to the note waits until somebody vouches"
    claim_refused(chapter, waits, sent(made), relayer, "UnknownAssociationRoot")
    stage.system.governance.publish_association(vouched.root).send(stage.provider)
    larger = replace(made, amount=made.amount + 1)
    stolen = replace(made, recipient=int(stage.anybody.address, 16))
    claim_refused(chapter, "with a larger amount it is refused", sent(larger), stage.anybody, "InvalidProof")
    claim_refused(chapter, "with another recipient too", sent(stolen), stage.anybody, "WrongContext")
    rebound = replace(stolen, context=context_of(stolen.recipient, stolen.relayer, stolen.fee))
    claim_refused(chapter, "and if the thief names itself there as well", sent(rebound), stage.anybody, "InvalidProof")
    before, receipt = stage.balance(relayer.address), sent(made).send(relayer)
    paid, fee = stage.balance(fresh), stage.balance(relayer.address) - before
    chapter.claim(
        f"a fresh address gets {dollars(paid)} and the relayer {dollars(fee)}; whose note it was the claim hides",
        (paid, fee, made.label) == (NOTED - FEE, FEE, 0),
    )
    claim_refused(chapter, "a second time it is refused", sent(made), relayer, "NullifierSpent")
    chapter.note(f"{receipt['gasUsed']:,} gas for the claim")
    chapter.figure("note paid", paid)
    chapter.figure("relayer fee", fee)
    chapter.figure("note claim gas", receipt["gasUsed"])
    custody = settled.proven.story.state.custody
    chapter.claim(
        f"{dollars(stage.held)} are left in the vault: {dollars(custody)} of accounts and a note of {dollars(NOTED)}",
        stage.held == custody + NOTED == stage.system.vault.spare(),
    )


def _attest(chapter: Chapter, settled: Settled, batch: Batch) -> None:
    """A day after the last attestation the gate shuts; a proof over all accounts opens it."""
    stage, story, crashed = settled.stage, settled.proven.story, settled.proven.tables[1]
    attestations = stage.system.attestations
    move_clock(chapter, stage, LATER, "a day and a quarter of an hour after deployment")
    trade = _late_trade(settled, batch)
    shut = "nothing was attested for a day: a trade is refused before anybody looks at its proof"
    claim_refused(chapter, shut, trade, stage.operator, "SolvencyGateShut")
    parts = scan_parts(story.state, crashed, [secrets.randbits(250) for _ in range(scan_length(story.state))])
    opened = check_chain([part.statement for part in parts])
    books = scan(story.state, crashed)
    made = Attestation(
        story.state.root,
        crashed.root,
        opened.accounts,
        opened.failed,
        bool(opened.balanced),
        bool(opened.fund_solvent),
        opened.empty_slots,
        opened.custody_commit,
        tuple(part.statement.totals_after for part in parts[:-1]),
    )
    workshop = settled.proven.workshop
    proofs = [encoding.proof_of(workshop.prove(chapter, "solvency", solvency_inputs(part)).proof) for part in parts]

    def sent(what: Attestation) -> Transaction[None]:
        return attestations.attest(encoding.attestation_of(what), proofs)

    other = replace(made, custody_commit=made.custody_commit + 1)
    claim_refused(chapter, "an attestation of other custody is refused", sent(other), stage.anybody, "InvalidProof")
    was_open = attestations.gate_is_open()
    receipt = sent(made).send(stage.anybody)
    chapter.claim(
        f"all {made.accounts} accounts are proven solvent, {dollars(books.equity)} of equity against as much custody, "
        "without showing any: the gate opens",
        (was_open, attestations.gate_is_open(), books.valid) == (False, True, True)
        and books.equity == books.custody == stage.held - NOTED,
    )
    passes = "the same attempt now passes the gate, and fails on what it would leave owed"
    claim_refused(chapter, passes, trade, stage.operator, "SuspenseOpen")
    chapter.note(f"{receipt['gasUsed']:,} gas for the attestation")
    chapter.figure("attestation gas", receipt["gasUsed"])


def _late_trade(settled: Settled, last: Batch) -> Transaction[None]:
    """A batch of the first one's trade step: L1 refuses it at the gate, before it comes to the proof."""
    story = settled.proven.story
    place, applied = next(
        (place, one) for place, one in enumerate(story.history) if one.published.kind is StepKind.TRADE
    )
    step = replace(settled.proven.batch.steps[place], epoch=CRASHED)
    attempt = Batch(last.number + 1, last.steps[-1].state_after, (step,), applied.words)
    return encoding.submission(settled.stage.system, attempt)
