"""
The last chapter: the operator is gone, its data deleted. Everybody recovers from L1, proves what it has, and is paid.
"""

from __future__ import annotations

import shutil

from rollup.chain import encoding
from rollup.chain.abi import Transaction
from rollup.chain.bindings.verifiers import ProofKind
from rollup.cli.story.chapter import Chapter
from rollup.cli.story.money import Taking, history_of, notes_of_person, recovered
from rollup.cli.story.names import dollars
from rollup.cli.story.page_data import Moment
from rollup.cli.story.people import Person
from rollup.cli.story.stage import Stage
from rollup.client.claims import ProvenClaim, claim_key, pay_claim, pay_note, prove_escape, prove_note
from rollup.client.notes import NoteState
from rollup.spec.account import FUND, REVENUE
from rollup.spec.margin import escape_value
from rollup.spec.settlement import MINUTE, Escape
from rollup.spec.types import Cash, Index

__all__ = ["without_the_operator"]


def without_the_operator(chapter: Chapter, stage: Stage) -> None:
    """Nobody operates any more: calldata, tables and keys are enough to leave."""
    law = {index: account.vector for index, account in stage.node.ledger.state.accounts.items()}
    stage.node.close()
    stage.open_node = None
    shutil.rmtree(stage.directory / "node")
    chapter.claim("the operator's journal, store and secret are deleted", not (stage.directory / "node").exists())
    _freeze(chapter, stage)
    due = _prices(chapter, stage, law)
    claims = _file(chapter, stage, due)
    _pay(chapter, stage, claims, due)


def _freeze(chapter: Chapter, stage: Stage) -> None:
    """After the liveness deadline without a batch, by anybody."""
    attestations, settings, anybody = stage.system.attestations, stage.house.record.settings, stage.house.anybody
    stage.refused(chapter, "so far nobody can freeze", attestations.freeze(), anybody, "NothingOverdue")
    silent = stage.system.clearing.batch_time() + settings.liveness_deadline + MINUTE
    stage.house.move_to(silent)
    chapter.note(f"anvil's clock is moved: {settings.liveness_deadline // MINUTE} minutes without a batch")
    stage.sent("freeze", attestations.freeze().send(anybody))
    stage.mark("anybody freezes the system")
    chapter.claim("anybody freezes the system, for good", attestations.frozen_at() > 0)


def _prices(chapter: Chapter, stage: Stage, law: dict[Index, tuple[int, ...]]) -> dict[Index, Cash]:
    """The committee signs one more table, anybody posts it; what everybody is worth at it, as the law says."""
    system, settings = stage.system, stage.house.record.settings
    epoch = stage.oracle.next(stage.house.now, gate_open=False)
    stage.epoch = epoch
    post = system.oracle.post_table(encoding.signed_table_of(epoch.signed))
    stage.sent("post table", post.send(stage.house.anybody))
    opens = system.exit.window()[0]
    stage.house.move_to(opens)
    chapter.note(f"the clock is moved by {settings.claim_delay // MINUTE} minutes: claims open, prices are final")
    chapter.claim(
        "the prices are those of a table after the last batch, which anybody could post",
        system.oracle.escape_epoch() == epoch.inputs.epoch,
    )
    return {index: escape_value(vector, epoch.table.marks) for index, vector in law.items() if index != FUND}


def _file(chapter: Chapter, stage: Stage, due: dict[Index, Cash]) -> list[tuple[Person, ProvenClaim]]:
    """Each recovers alone and files a claim; nobody can claim a micro-dollar more."""
    artifacts, filed, history = stage.directory / "circuits", list[tuple[Person, ProvenClaim]](), history_of(stage)
    key = claim_key(artifacts, ProofKind.ESCAPE, history, stage.system)
    leaving = [person for person in stage.people if due[person.index]]
    with chapter.steps("escape proofs", len(leaving)) as advance:
        for person in leaving:
            mine = recovered(stage, person)
            taking = Taking()
            claim = prove_escape(mine, key, on_stage=taking)
            stage.proved("escape", taking.ended())
            stage.sent("escape", claim.transaction(stage.system).send(stage.house.anybody))
            filed.append((person, claim))
            advance()
    worth = {person.index: claim.said.claim for person, claim in filed if isinstance(claim.said, Escape)}
    chapter.claim(
        f"{len(filed)} accounts are recovered from calldata and keys, and claimed: "
        + ", ".join(f"the {person.name} {dollars(worth[person.index])}" for person, _ in filed[:4]),
        worth == {person.index: due[person.index] for person in leaving},
    )
    again = filed[0][1].transaction(stage.system)
    stage.refused(chapter, "twice is refused", again, stage.house.anybody, "AlreadyClaimed")
    return filed


def _pay(chapter: Chapter, stage: Stage, filed: list[tuple[Person, ProvenClaim]], due: dict[Index, Cash]) -> None:
    """When the window has closed: notes first, then accounts; anybody may call, and the owner is paid."""
    system, anybody, history = stage.system, stage.house.anybody, history_of(stage)
    hedger = stage.person("hedger")
    mine = recovered(stage, hedger)
    left = [one for one in notes_of_person(mine, hedger) if one.state is NoteState.CLAIMABLE]
    key = claim_key(stage.directory / "circuits", ProofKind.WITHDRAW, history, system)
    for note in left:
        claim = prove_note(mine, note, key)
        stage.sent("claim a note", claim.transaction(system).send(anybody))
    noted = sum(note.amount for note in left)
    chapter.claim(
        f"the hedger's other note of {dollars(noted)} is filed in the form that needs nobody to vouch",
        system.exit.claimed()[0] == noted > 0,
    )
    stage.house.move_to(system.exit.window()[1])
    chapter.note(
        f"the clock is moved by {stage.house.record.settings.claim_window // MINUTE} minutes: the window closes"
    )
    for number in range(len(left)):
        hedger.paid += _paid(stage, hedger, "pay a note", pay_note(system, number))
    for person, _ in filed:
        got = _paid(stage, person, "pay a claim", pay_claim(system, person.index))
        chapter.claim(f"the {person.name} is paid {dollars(got)}, to the micro-dollar", got == due[person.index])
        person.paid += got
        chapter.figure(f"escaped with {person.name}", got)
        stage.record.moments.setdefault(person.index, []).append(Moment("escape", stage.house.now, 0, 0))
    total = sum(person.part.collateral for person in stage.people)
    paid, rest = sum(person.paid for person in stage.people), stage.balance(stage.house.record.parts.vault)
    chapter.claim(
        f"of {dollars(total)} brought, {dollars(paid)} are paid out; {dollars(rest)} are the fund's and the operator's",
        paid + rest == total and rest >= due[REVENUE],
    )
    chapter.figure("paid out", paid)
    chapter.figure("left in the vault", rest)


def _paid(stage: Stage, person: Person, label: str, pay: Transaction[None]) -> Cash:
    """What an L1 owner gets."""

    before = stage.balance(person.l1.address)
    stage.sent(label, pay.send(stage.house.anybody))
    return stage.balance(person.l1.address) - before
