"""Real attestations, note claims and escapes on a real chain, proven natively: accepted as they are, and only so."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest

pytest.importorskip("zkclear_native", reason="the native extension is not built: install Rust, make setup")

from support.attestation_builders import parts_of
from support.claims_witness import Leaver
from support.deployed import account, undone
from support.real_chain import proof_for
from support.real_history import ALICE, BOB, NOTE, SECOND_NOTE, History, running_history
from support.settlement_tokens import posted_table
from support.spec_builders import World
from support.spec_values import (
    DOMAIN,
    FUND_TRADER,
    NOW,
    PARAMETERS,
    PERPETUAL,
    REVENUE_TRADER,
    TINY,
    Trader,
    table_of,
)

from rollup.chain import encoding
from rollup.chain.abi import Transaction, address
from rollup.chain.bindings.governance import Change, ChangeKind
from rollup.chain.errors import Reverted
from rollup.chain.replica import ForeignWords, replica_of
from rollup.spec.account import Account
from rollup.spec.claims import EscapeClaim, OpenedTable, WithdrawClaim, association_tree
from rollup.spec.hashes import R
from rollup.spec.settlement import Attestation, Escape, PostedTable, SignedTable, Withdrawal, context_of
from rollup.spec.solvency import check_chain
from rollup.witness.escape import escape_inputs
from rollup.witness.solvency import solvency_inputs
from rollup.witness.withdraw import withdraw_inputs


@pytest.fixture(scope="module")
def history() -> Iterator[History]:
    with running_history() as history:
        yield history


@pytest.fixture(autouse=True)
def _as_before(history: History) -> Iterator[None]:
    with undone(history.clearing.chain):
        yield


# -- attestations


def attestation(history: History) -> tuple[Attestation, list[object]]:
    """A scan of the last accepted root, proven part by part."""
    parts = parts_of(history.attested)
    opened = check_chain([part.statement for part in parts])
    made = Attestation(
        state_root=history.attested.state.root,
        risk_root=history.attested.table.root,
        accounts=opened.accounts,
        failed=opened.failed,
        balanced=bool(opened.balanced),
        fund_solvent=bool(opened.fund_solvent),
        empty_slots=opened.empty_slots,
        custody_commit=opened.custody_commit,
        totals=tuple(part.statement.totals_after for part in parts[:-1]),
    )
    return made, [proof_for("solvency", solvency_inputs(part)) for part in parts]


def attest(history: History, made: Attestation, proofs: list[object]) -> Transaction[None]:
    return history.clearing.system.attestations.attest(
        encoding.attestation_of(made), [encoding.proof_of(one) for one in proofs]
    )


def test_attestation_of_a_real_scan_is_accepted_and_no_other(history: History) -> None:
    clearing = history.clearing
    made, proofs = attestation(history)
    before = clearing.system.attestations.attested_time()
    lies = {
        "accounts": ("L1-6", replace(made, accounts=made.accounts + 1)),
        "custody": ("L1-6", replace(made, custody_commit=made.custody_commit + 1)),
        "a slot": ("L1-6", replace(made, empty_slots=made.empty_slots ^ 2)),
        "failed": ("L1-82", replace(made, failed=1)),
        "root": ("L1-80", replace(made, state_root=made.state_root + 1)),
        "table": ("L1-81", replace(made, risk_root=made.risk_root + 1)),
        "plus r": ("L1-4", replace(made, custody_commit=made.custody_commit + R)),
    }
    for what, (rule, lie) in lies.items():
        with pytest.raises(Reverted) as caught:
            attest(history, lie, proofs).call(clearing.operator)
        assert caught.value.rule == rule, what
    with pytest.raises(Reverted) as caught:
        attest(history, made, proofs[:-1]).call(clearing.operator)
    assert caught.value.rule == "L1-6"

    attest(history, made, proofs).send(account(clearing.chain, 5))
    end = clearing.system.clearing.batch_end(made.state_root)
    assert clearing.system.attestations.attested_time() == end.time > before


# -- leaving


def withdrawal(claim: WithdrawClaim, recipient: str, relayer: str, fee: int) -> Withdrawal:
    shown = claim.public_inputs(TINY)
    return Withdrawal(
        state_root=shown["state_root"],
        nullifier_hash=shown["nullifier_hash"],
        amount=shown["amount"],
        association_root=shown["association_root"],
        label=shown["label"],
        context=shown["context"],
        recipient=int(recipient, 16),
        relayer=int(relayer, 16),
        fee=fee,
    )


def leaver(history: History, index: int) -> Leaver:
    """A trader's wallet at the last accepted root."""
    world = World(history.attested.table)
    batches = len(history.accepted)
    kept = [one for one in history.clearing.world.history if one.step.frame.batch <= batches]
    world.history, world.origins = kept, history.clearing.world.origins
    world.traders, world.state = history.clearing.world.traders, history.attested.state
    return Leaver(world, index)


def test_note_in_the_public_form_is_paid_once_to_its_owner(history: History) -> None:
    clearing = history.clearing
    bob = clearing.owner("bob").address
    claim = leaver(history, BOB).withdrawal(0, context=context_of(int(bob, 16), 0, 0))
    made = withdrawal(claim, bob, "0x0", 0)
    proof = encoding.proof_of(proof_for("withdraw", withdraw_inputs(claim, TINY)))
    assert (made.label, made.amount) == (BOB, NOTE)
    lies = {
        "amount": ("L1-6", replace(made, amount=NOTE + 1)),
        "nullifier": ("L1-6", replace(made, nullifier_hash=made.nullifier_hash + 1)),
        "recipient": ("L1-111", replace(made, recipient=7)),
        "recipient and context": ("L1-115", replace(made, recipient=7, context=context_of(7, 0, 0))),
        "nullifier plus r": ("L1-4", replace(made, nullifier_hash=made.nullifier_hash + R)),
        "root": ("L1-80", replace(made, state_root=made.state_root + 1)),
    }
    for what, (rule, lie) in lies.items():
        with pytest.raises(Reverted) as caught:
            clearing.system.exit.withdraw(encoding.withdrawal_of(lie), proof).call(clearing.operator)
        assert caught.value.rule == rule, what
    claimed = clearing.system.exit.withdraw(encoding.withdrawal_of(made), proof)
    claimed.send(clearing.operator)
    assert clearing.balance(bob) == NOTE
    with pytest.raises(Reverted) as caught:
        claimed.send(clearing.operator)
    assert caught.value.rule == "L1-110"


def test_note_in_the_private_form_pays_recipient_and_relayer(history: History) -> None:
    clearing, fee = history.clearing, 20
    nobody, relayer = address(0xFACE), account(clearing.chain, 7)
    context = context_of(int(nobody, 16), int(relayer.address, 16), fee)
    claim = leaver(history, BOB).withdrawal(1, {ALICE, BOB}, context)
    made = withdrawal(claim, nobody, relayer.address, fee)
    proof = encoding.proof_of(proof_for("withdraw", withdraw_inputs(claim, TINY)))
    assert (made.label, made.amount) == (0, SECOND_NOTE)
    send = clearing.system.exit.withdraw(encoding.withdrawal_of(made), proof)
    with pytest.raises(Reverted) as caught:
        send.call(relayer)
    assert caught.value.rule == "L1-113"
    vouched = association_tree(TINY, {ALICE, BOB}).root
    clearing.system.governance.publish_association(vouched).send(account(clearing.chain, 0))
    thief = account(clearing.chain, 5).address
    stolen = replace(made, recipient=int(thief, 16))
    rebound = replace(stolen, context=context_of(stolen.recipient, stolen.relayer, fee))
    for rule, lie in (("L1-111", stolen), ("L1-6", rebound)):
        with pytest.raises(Reverted) as caught:
            clearing.system.exit.withdraw(encoding.withdrawal_of(lie), proof).call(relayer)
        assert caught.value.rule == rule
    send.send(relayer)
    assert (clearing.balance(nobody), clearing.balance(relayer.address)) == (SECOND_NOTE - fee, fee)


def escape(claim: EscapeClaim) -> Escape:
    shown = claim.public_inputs(TINY)
    return Escape(shown["state_root"], shown["risk_root"], shown["index"], shown["l1_owner"], shown["claim"])


def test_frozen_system_pays_everybody_who_escapes(history: History) -> None:
    """Nobody operates any more: words, tables and keys are enough to leave."""
    clearing = history.clearing
    system, settings = clearing.system, clearing.record.settings
    claims = {index: leaver(history, index).escape() for index in (ALICE, BOB)}
    made = {index: escape(claim) for index, claim in claims.items()}
    proofs = {
        index: encoding.proof_of(proof_for("escape", escape_inputs(claim, TINY))) for index, claim in claims.items()
    }
    anyone = account(clearing.chain, 5)

    def file(index: int, lie: Escape | None = None) -> Transaction[None]:
        return system.exit.escape(encoding.escape_of(lie or made[index]), proofs[index])

    clearing.wait_until(NOW + settings.liveness_deadline + 600)
    with pytest.raises(Reverted) as caught:
        file(ALICE).call(anyone)
    assert caught.value.rule == "L1-2"
    system.attestations.freeze().send(anyone)
    frozen = system.attestations.frozen_at()
    clearing.wait_until(frozen + settings.claim_delay)
    lies = {
        "claim": ("L1-6", replace(made[ALICE], claim=made[ALICE].claim + 1)),
        "owner": ("L1-6", replace(made[ALICE], l1_owner=7)),
        "index": ("L1-6", replace(made[ALICE], index=BOB)),
        "root": ("L1-121", replace(made[ALICE], state_root=history.accepted[0].steps[-1].state_after)),
        "prices": ("L1-122", replace(made[ALICE], risk_root=7)),
    }
    for what, (rule, lie) in lies.items():
        with pytest.raises(Reverted) as caught:
            file(ALICE, lie).call(anyone)
        assert caught.value.rule == rule, what
    for index in made:
        file(index).send(anyone)
    with pytest.raises(Reverted) as caught:
        file(ALICE).send(anyone)
    assert caught.value.rule == "L1-124"

    clearing.wait_until(frozen + settings.claim_delay + settings.claim_window)
    for index, name in ((ALICE, "alice"), (BOB, "bob")):
        before = clearing.balance(clearing.owner(name).address)
        system.exit.pay_claim(index).send(anyone)
        assert clearing.balance(clearing.owner(name).address) - before == made[index].claim
    assert made[ALICE].claim > 40_000


# -- tables


def change_parameters(history: History, to: int) -> int:
    """Governance puts others in force; the time from which on."""
    clearing, governance = history.clearing, history.clearing.system.governance
    members = governance.members()
    voters = [clearing.somebody(who) for who in members.members[: members.threshold]]
    governance.propose(Change(ChangeKind.PARAMETERS, to.to_bytes(32, "big"))).send(voters[0])
    for voter in voters[1:]:
        governance.approve(0).send(voter)
    clearing.wait_until(governance.proposal(0).queued_at + clearing.record.settings.timelock)
    executed = governance.execute(0).send(voters[0])
    return int(clearing.chain.eth.get_block(executed["blockNumber"])["timestamp"])


def post(history: History, posted: PostedTable) -> None:
    clearing = history.clearing
    signatures = clearing.signed(clearing.system.oracle.digest_of_table(encoding.table_of(posted)))
    signed = encoding.signed_table_of(SignedTable(posted, signatures))
    clearing.system.oracle.post_table(signed).send(account(clearing.chain, 5))


def test_table_that_opens_under_no_parameters_stops_no_recovery(history: History) -> None:
    """Nor does one of the second in which parameters change: its time says the new ones, its root the old ones."""
    clearing = history.clearing
    other = replace(PARAMETERS, market_hash=7)
    since = change_parameters(history, other.hash)
    clearing.wait_until(since + 100)
    old, new = table_of(PERPETUAL, time=since), table_of(PERPETUAL, parameters=other, time=since + 1)
    broken = replace(posted_table(table_of(PERPETUAL, time=since + 2), 4), stress_root=R)
    assert clearing.system.governance.parameters_at(since) == other.hash != old.parameters.hash
    for one in (posted_table(old, 2), posted_table(new, 3), broken):
        post(history, one)

    genesis = {index: Account.opened(who.owner, TINY).leaf for index, who in ((0, FUND_TRADER), (1, REVENUE_TRADER))}
    replica = replica_of(clearing.system, TINY, genesis)
    assert replica.state.root == clearing.system.clearing.latest_root()
    for index, name in ((ALICE, "alice"), (BOB, "bob")):
        assert replica.account(index, Trader(name).owner, DOMAIN) == history.attested.state.accounts[index]
    assert [replica.table(epoch) for epoch in (2, 3)] == [OpenedTable.of(old), OpenedTable.of(new)]
    for epoch in (4, 5):
        with pytest.raises(ForeignWords, match=f"table {epoch} is not posted, or opens its root under no parameters"):
            replica.table(epoch)
