"""The chapter of the demo in which nobody operates any more: the system is frozen, and traders leave by proof."""

from __future__ import annotations

from dataclasses import replace

from rollup.chain import encoding
from rollup.chain.abi import Transaction, address
from rollup.chain.bindings.structs import Proof
from rollup.chain.replica import replica_of
from rollup.cli.story.chapter import Chapter
from rollup.cli.story.claims import escape_claim, note_claim
from rollup.cli.story.market import PROFILE
from rollup.cli.story.people import NAMES, PEOPLE, SAVER, SELLER
from rollup.cli.story.settlement import GENESIS_LEAVES, Settled
from rollup.cli.story.stage import Stage, claim_refused, dollars, move_clock
from rollup.cli.story.withdrawal import NOTED
from rollup.spec.margin import escape_value
from rollup.spec.settlement import DAY, MINUTE, Escape
from rollup.spec.table import RiskTable
from rollup.spec.types import Index

__all__ = ["without_the_operator"]

NOBODY = address(0)


def without_the_operator(chapter: Chapter, settled: Settled) -> None:
    """Nobody operates any more: calldata, tables and keys are enough to leave."""
    stage, story, crashed = settled.stage, settled.proven.story, settled.proven.tables[1]
    attestations, settings = stage.system.attestations, stage.record.settings
    works = "while the operator works nobody can freeze"
    claim_refused(chapter, works, attestations.freeze(), stage.anybody, "NothingOverdue")
    silent = stage.system.clearing.batch_time() + settings.liveness_deadline + MINUTE
    move_clock(chapter, stage, silent, f"{settings.liveness_deadline // DAY} days without a batch")
    attestations.freeze().send(stage.anybody)
    frozen = attestations.frozen_at()
    chapter.claim("anybody freezes the system, for good", frozen > 0)
    again = encoding.submission(stage.system, settled.proven.batch)
    claim_refused(chapter, "no batch is taken any more", again, stage.operator, "SystemFrozen")

    replica = replica_of(stage.system, PROFILE, GENESIS_LEAVES)
    leaving = (SELLER, SAVER)
    filed = {index: escape_claim(chapter, settled, replica, index) for index in leaving}
    first = _file(stage, *filed[SELLER])
    claim_refused(chapter, "claims wait a day for prices", first, stage.anybody, "ClaimsNotOpen")
    opens, closes = stage.system.exit.window()
    move_clock(chapter, stage, opens, f"{settings.claim_delay // DAY} day after the freeze: claims open")
    for index in leaving:
        made, proof = filed[index]
        name, due = NAMES[index], _law_says(settled, index, crashed)
        richer = _file(stage, replace(made, claim=made.claim + 1), proof)
        claim_refused(chapter, f"the {name} cannot claim a micro-dollar more", richer, stage.anybody, "InvalidProof")
        receipt = _file(stage, made, proof).send(stage.anybody)
        stands = stage.system.exit.escape_claim(index)
        chapter.claim(
            f"the {name} claims {dollars(made.claim)}, its equity at the last batch's prices, as the law says",
            (stands.owner, stands.claim) == (PEOPLE[index].wallet.address, due) and made.claim == due,
        )
    claim_refused(chapter, "nor twice", first, stage.anybody, "AlreadyClaimed")
    chapter.note(f"{receipt['gasUsed']:,} gas for a claim")
    chapter.figure("escape gas", receipt["gasUsed"])

    note, proof = note_claim(chapter, settled, SELLER, PEOPLE[SELLER].wallet.address, NOBODY, 0, None)
    stage.system.exit.withdraw(encoding.withdrawal_of(note), proof).send(stage.anybody)
    chapter.claim(
        f"the seller's note is filed too, in the form that needs nobody to vouch: {dollars(note.amount)}",
        (note.label, note.amount, stage.system.exit.claimed()[0]) == (SELLER, NOTED, NOTED),
    )

    move_clock(chapter, stage, closes, f"{settings.claim_window // DAY} days later: the window closes")
    _paid(chapter, stage, SELLER, "for its note", stage.system.exit.pay_note(0), NOTED)
    for index in leaving:
        due = _law_says(settled, index, crashed)
        _paid(chapter, stage, index, "for its account", stage.system.exit.pay_claim(index), due)
        chapter.figure(f"escaped with {NAMES[index]}", due)
    rest = [index for index in story.state.accounts if index not in leaving]
    owned = sum(
        quantity * mark.value
        for index in rest
        for quantity, mark in zip(story.state.accounts[index].vector, crashed.marks, strict=True)
    )
    chapter.claim(
        f"{dollars(stage.held)} are left: to the micro-dollar what {', '.join(NAMES[one] for one in rest)} are worth",
        stage.held == owned,
    )
    chapter.figure("left in the vault", stage.held)


def _file(stage: Stage, claim: Escape, proof: Proof) -> Transaction[None]:
    return stage.system.exit.escape(encoding.escape_of(claim), proof)


def _paid(chapter: Chapter, stage: Stage, index: Index, what: str, pay: Transaction[None], due: int) -> None:
    """Anyone may call; the tokens go to the L1 owner."""
    wallet = PEOPLE[index].wallet
    before = stage.balance(wallet.address)
    pay.send(stage.anybody)
    after = stage.balance(wallet.address)
    chapter.claim(
        f"the {NAMES[index]} is paid {dollars(after - before)} {what}: its balance is {dollars(after)}",
        after - before == due > 0,
    )
    chapter.figure(f"balance of {NAMES[index]}", after)


def _law_says(settled: Settled, index: Index, table: RiskTable) -> int:
    """The equity of an account of the story, which L1 never saw."""
    return escape_value(settled.proven.story.state.accounts[index].vector, table.marks)
