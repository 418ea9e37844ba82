"""Attestations, the three clocks, and the freeze."""

from __future__ import annotations

import pytest
from support.settlement_builders import Clearing
from support.settlement_tokens import ALICE, GENESIS_ROOT, GUARDIAN, MEMBERS, OPERATOR, Proof
from support.spec_values import DOMAIN, NOW

from rollup.spec.hashes import R
from rollup.spec.settlement import DAY, HOUR, Attestation, ProofKind, SetOperator, Settings, SetVerifier
from rollup.spec.solvency import check_chain

SLOW = Settings(minimum_deposit=100, liveness_deadline=9 * DAY, insolvency_deadline=9 * DAY, attestation_age=DAY)
"""Only the forced clock runs out within a week."""


def test_attestation_names_a_batch_end_root_and_its_last_table() -> None:
    chain = Clearing()
    with chain.refuses("L1-80"):
        chain.attest(root=5)
    for risk_root in (0, 5):
        with chain.refuses("L1-81"):
            chain.attest(root=GENESIS_ROOT, risk_root=risk_root)
    chain.batch()
    with chain.refuses("L1-81"):
        chain.attest(risk_root=5)
    with chain.refuses("L1-82"):
        chain.attest(valid=False)
    with chain.refuses("L1-6"):
        chain.attest(proofs=[Proof(0, ())])
    middle = chain.batch(chain.step(), chain.step()).steps[0].state_after
    with chain.refuses("L1-80"):
        chain.attest(root=middle)
    chain.attest()


@pytest.mark.parametrize("parts", [{"failed": 1}, {"balanced": False}, {"fund_solvent": False}])
def test_attestation_of_books_that_are_not_in_order_is_refused(parts: dict[str, int]) -> None:
    chain = Clearing()
    chain.batch()
    with chain.refuses("L1-82"):
        chain.attest(**parts)


def test_attestation_of_many_proofs_takes_all_of_them_in_order() -> None:
    """Each proof takes up what the one before left; the first takes up nothing, the last leaves nothing."""
    chain = Clearing()
    chain.batch()
    root = chain.storage.latest_root
    risk_root = chain.storage.roots[root].risk_root
    said = Attestation(root, risk_root, 2, 0, True, True, 0, 5, (7, 8))
    assert check_chain(said.statements(DOMAIN)).valid
    proofs = chain.shown(said)
    assert len(proofs) == 3
    for fewer in (proofs[:2], proofs[1:]):  # As many as totals: the end of a scan that somebody began.
        with chain.refuses("L1-83"):
            chain.attest(totals=(7, 8), proofs=fewer)
    for wrong in (
        [],
        proofs[:1],
        [*proofs, proofs[-1]],
        [proofs[1], proofs[0], proofs[2]],
        [proofs[2]] * 3,
    ):
        with chain.refuses("L1-6"):
            chain.attest(totals=(7, 8), proofs=wrong)
    with chain.refuses("L1-6"):
        chain.attest(totals=(7, 9), proofs=proofs)
    with chain.refuses("L1-4"):
        chain.attest(totals=(7, 8 + R), proofs=proofs)
    chain.attest(totals=(7, 8), proofs=proofs)
    assert chain.storage.attested_time == chain.now


def test_a_scan_too_long_for_one_transaction_goes_on_in_others() -> None:
    """Its totals are remembered for that root, table and key; the attestation is as old as the root, as ever."""
    chain = Clearing()
    chain.batch()
    root = chain.storage.latest_root
    risk_root = chain.storage.roots[root].risk_root
    said = Attestation(root, risk_root, 2, 0, True, True, 0, 5, (7, 8, 9))
    proofs = chain.shown(said)

    def scan(totals: tuple[int, ...], shown: list[Proof], state: int = root, table: int = risk_root) -> None:
        chain.contract.scan(chain.call(), state, table, totals, shown)

    with chain.refuses("L1-83"):  # Nobody has come to 7 yet.
        scan((7, 8), proofs[1:2])
    for totals, shown in (((), []), ((7,), []), ((), proofs[:1]), ((7, 8, 9), proofs[:1]), ((7,), proofs[:2])):
        with chain.refuses("L1-6"):
            scan(totals, shown)
    with chain.refuses("L1-6"):
        scan((8,), proofs[:1])
    with chain.refuses("L1-4"):
        scan((7 + R,), proofs[:1])
    with chain.refuses("L1-80"):
        scan((7,), proofs[:1], state=5)
    with chain.refuses("L1-81"):
        scan((7,), proofs[:1], table=5)
    scan((7,), proofs[:1])
    chain.wait()
    scan((7, 8), proofs[1:2])
    accepted = chain.storage.batch_time
    chain.batch()
    other = chain.storage.latest_root
    with chain.refuses("L1-83"):  # Another root's scan has not come to 8.
        chain.attest(other, totals=(8, 9), proofs=proofs[2:])
    with chain.refuses("L1-6"):
        chain.attest(root, totals=(8, 9), proofs=proofs[1:3])
    chain.attest(root, totals=(8, 9), proofs=proofs[2:])
    assert chain.storage.attested_time == accepted
    chain.freeze()
    with chain.refuses("L1-1"):
        scan((7,), proofs[:1])


def test_a_scan_goes_on_under_the_key_that_it_began_with_only() -> None:
    chain = Clearing()
    number = chain.decide(SetVerifier(ProofKind.SOLVENCY, 77))
    due = chain.now + chain.contract.deployment.settings.timelock
    while chain.now < due:
        chain.wait(DAY)
        chain.batch()
        chain.attest()
    root = chain.storage.latest_root
    risk_root = chain.storage.roots[root].risk_root
    proofs = chain.shown(Attestation(root, risk_root, 2, 0, True, True, 0, 5, (7,)))
    chain.contract.scan(chain.call(), root, risk_root, (7,), proofs[:1])
    chain.contract.execute(chain.call(), number)
    with chain.refuses("L1-83"):
        chain.attest(totals=(7,), proofs=proofs[1:])


def test_an_attestation_for_an_older_root_takes_nothing_back() -> None:
    chain = Clearing()
    chain.batch()
    older = chain.storage.latest_root
    chain.wait(HOUR)
    chain.batch()
    chain.attest()
    chain.wait(HOUR)
    chain.attest(root=older)
    assert chain.storage.attested_time == NOW + HOUR


def test_clocks_count_from_deployment() -> None:
    chain = Clearing()
    chain.wait(3 * DAY)
    with chain.refuses("L1-85"):
        chain.contract.freeze(chain.call())
    chain.wait(1)
    assert chain.contract.overdue(chain.now) == ("batch", "attestation")
    chain.contract.freeze(chain.call())
    with chain.refuses("L1-1"):
        chain.contract.freeze(chain.call())


def test_insolvency_clock_runs_though_batches_come() -> None:
    chain = Clearing()
    chain.wait(DAY)
    chain.batch()
    chain.attest()
    for _ in range(3):
        chain.wait(DAY)
        chain.batch()
    assert not chain.contract.overdue(chain.now)
    chain.wait(1)
    assert chain.contract.overdue(chain.now) == ("attestation",)
    chain.contract.freeze(chain.call())


def test_forced_clock_runs_though_batches_and_attestations_come() -> None:
    chain = Clearing(SLOW)
    index = chain.member(ALICE)
    chain.contract.request_close(chain.call(ALICE, 10**16), index)
    for _ in range(7):
        chain.wait(DAY)
        chain.batch()
        chain.attest()
    with chain.refuses("L1-85"):
        chain.contract.freeze(chain.call())
    chain.wait(1)
    chain.contract.freeze(chain.call())


def test_freeze_is_final_and_ends_what_only_a_running_system_does() -> None:
    chain = Clearing()
    index = chain.member(ALICE)
    number = chain.decide(SetOperator(ALICE))
    batch = chain.batch_of()
    chain.freeze()
    with chain.refuses("L1-1"):
        chain.submit(batch, OPERATOR)
    with chain.refuses("L1-1"):
        chain.attest()
    with chain.refuses("L1-1"):
        chain.list(1, 2)
    with chain.refuses("L1-1"):
        chain.contract.pause(chain.call(GUARDIAN), 1)
    with chain.refuses("L1-1"):
        chain.contract.request_close(chain.call(ALICE, 10**16), index)
    for vote in (chain.contract.approve, chain.contract.oppose):
        with chain.refuses("L1-1"):
            vote(chain.call(MEMBERS[2]), number)


def test_no_call_but_its_own_event_sets_a_clock_back() -> None:
    """Everything that anybody may call, and the overdue list is as long as before."""
    chain = Clearing()
    index = chain.member(ALICE)
    number = chain.decide(SetOperator(OPERATOR))
    chain.wait(3 * DAY + 1)
    before = chain.contract.overdue(chain.now)
    assert before == ("batch", "attestation")
    chain.contract.pause(chain.call(GUARDIAN), DAY)
    chain.contract.unpause(chain.call(GUARDIAN))
    chain.contract.top_up(chain.call(ALICE), index, 500)
    chain.contract.donate(chain.call(ALICE), 500)
    chain.contract.request_pay(chain.call(ALICE, 10**16), index, 5)
    chain.contract.oppose(chain.call(MEMBERS[2]), number)
    chain.register(ALICE)
    chain.list(1, 2)
    chain.post()
    chain.attest()  # Of a root three days old.
    assert chain.contract.overdue(chain.now) == before


@pytest.mark.parametrize("who", [ALICE, OPERATOR, GUARDIAN])
def test_anyone_may_freeze(who: int) -> None:
    chain = Clearing()
    chain.wait(4 * DAY)
    chain.contract.freeze(chain.call(who))
    assert chain.storage.frozen_at == chain.now
