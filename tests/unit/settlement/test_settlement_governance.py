"""Governance: votes, timelock, pause, providers."""

from __future__ import annotations

import pytest
from support.settlement_builders import Clearing
from support.settlement_tokens import ALICE, COMMITTEE, GUARDIAN, MALLORY, MEMBERS, OPERATOR, PROVIDER

from rollup.spec.errors import Rejected
from rollup.spec.hashes import R
from rollup.spec.settlement import (
    DAY,
    Change,
    ProofKind,
    SetCommittee,
    SetGovernance,
    SetGuardian,
    SetOperator,
    SetParameters,
    SetProvider,
    SetVerifier,
    Signers,
)


def test_change_takes_votes_and_a_timelock() -> None:
    chain = Clearing()
    for operator in (MALLORY, 0):
        with chain.refuses("L1-90"):
            chain.contract.propose(chain.call(MALLORY), SetOperator(operator))
    number = chain.contract.propose(chain.call(MEMBERS[0]), SetOperator(ALICE))
    chain.wait(60 * DAY)
    with chain.refuses("L1-93"):
        chain.contract.execute(chain.call(), number)
    with chain.refuses("L1-92"):
        chain.contract.approve(chain.call(MEMBERS[0]), number)
    with chain.refuses("L1-90"):
        chain.contract.approve(chain.call(MALLORY), number)
    chain.contract.approve(chain.call(MEMBERS[2]), number)
    chain.wait(45 * DAY - 1)
    with chain.refuses("L1-94"):
        chain.contract.execute(chain.call(), number)
    chain.contract.approve(chain.call(MEMBERS[1]), number)  # One more starts no new timelock.
    chain.wait(1)
    chain.contract.execute(chain.call(MALLORY), number)
    assert chain.storage.operator == ALICE
    with chain.refuses("L1-95"):
        chain.contract.execute(chain.call(), number)
    for unknown in (-1, 1):
        with chain.refuses("L1-91"):
            chain.contract.execute(chain.call(), unknown)


def test_a_change_that_is_let_lie_is_void() -> None:
    """Else it would be an instant power over everybody who came after it was decided."""
    chain = Clearing()
    number = chain.decide(SetOperator(ALICE))
    late = chain.decide(SetOperator(ALICE))
    chain.wait(45 * DAY + 14 * DAY - 1)
    chain.contract.execute(chain.call(), number)
    chain.wait(1)
    with chain.refuses("L1-104"):
        chain.contract.execute(chain.call(), late)


def test_objections_cancel_a_queued_change() -> None:
    chain = Clearing()
    number = chain.decide(SetOperator(ALICE))
    chain.contract.oppose(chain.call(MEMBERS[0]), number)
    with chain.refuses("L1-92"):
        chain.contract.oppose(chain.call(MEMBERS[0]), number)
    chain.contract.oppose(chain.call(MEMBERS[2]), number)
    chain.wait(45 * DAY)
    with chain.refuses("L1-95"):
        chain.contract.execute(chain.call(), number)


def test_votes_of_former_members_do_not_count() -> None:
    chain = Clearing()
    number = chain.contract.propose(chain.call(MEMBERS[0]), SetOperator(ALICE))
    chain.enact(SetGovernance(Signers((7, *MEMBERS[1:]), 2)))
    chain.contract.approve(chain.call(MEMBERS[1]), number)
    assert chain.storage.proposals[number].queued_at is None
    chain.contract.approve(chain.call(7), number)
    assert chain.storage.proposals[number].queued_at == chain.now


def test_each_change_does_what_it_says() -> None:
    chain = Clearing()
    changes: list[Change] = [
        SetParameters(11),
        SetCommittee(Signers((1, 2), 1)),
        SetVerifier(ProofKind.TRADE, 12),
        SetOperator(13),
        SetGuardian(14),
        SetGovernance(Signers((15, 16), 2)),
        SetProvider(17, True),
        SetProvider(PROVIDER, False),
    ]
    numbers = [chain.decide(change) for change in changes]
    chain.wait(45 * DAY)
    for number in numbers:
        chain.contract.execute(chain.call(), number)
    storage = chain.storage
    assert storage.parameters[-1] == (chain.now, 11)
    assert (storage.committee, storage.governance) == (Signers((1, 2), 1), Signers((15, 16), 2))
    assert (storage.operator, storage.guardian, storage.providers) == (13, 14, {17})
    assert storage.verifiers[ProofKind.TRADE] == 12


@pytest.mark.parametrize(
    ("change", "rule"),
    [
        (SetVerifier(ProofKind.WITHDRAW, 5), "L1-96"),
        (SetVerifier(ProofKind.ESCAPE, 5), "L1-96"),
        (SetVerifier(ProofKind.TRADE, 0), "L1-103"),
        (SetParameters(R), "L1-4"),
        (SetParameters(0), "L1-4"),
        (SetCommittee(Signers(COMMITTEE, 0)), "L1-97"),
        (SetCommittee(Signers(COMMITTEE, 4)), "L1-97"),
        (SetCommittee(Signers((), 0)), "L1-97"),
        (SetCommittee(Signers((5, 5), 1)), "L1-97"),
        (SetGovernance(Signers((6, 5), 1)), "L1-97"),
        (SetGovernance(Signers((0, 5), 1)), "L1-97"),
        (SetOperator(0), "L1-3"),
        (SetGuardian(0), "L1-3"),
        (SetProvider(0, True), "L1-3"),
    ],
)
def test_change_that_makes_no_sense_is_not_proposed(change: Change, rule: str) -> None:
    chain = Clearing()
    with chain.refuses(rule):
        chain.contract.propose(chain.call(MEMBERS[0]), change)


def test_deployment_refuses_roles_that_nobody_holds() -> None:
    for role in ("contract", "operator", "guardian", "revenue_owner"):
        with pytest.raises(Rejected, match="L1-3:"):
            Clearing(**{role: 0})
    with pytest.raises(Rejected, match="L1-97:"):
        Clearing(committee=Signers(COMMITTEE, 9))


def test_pause_is_short_rare_and_the_guardians() -> None:
    chain = Clearing()
    with chain.refuses("L1-98"):
        chain.contract.pause(chain.call(OPERATOR), DAY)
    for duration in (0, 7 * DAY + 1):
        with chain.refuses("L1-99"):
            chain.contract.pause(chain.call(GUARDIAN), duration)
    chain.contract.pause(chain.call(GUARDIAN), 7 * DAY)
    with chain.refuses("L1-10"):
        chain.register()
    chain.wait(DAY)
    with chain.refuses("L1-98"):
        chain.contract.unpause(chain.call(OPERATOR))
    chain.contract.unpause(chain.call(GUARDIAN))
    chain.register()
    chain.wait(29 * DAY - 1)
    with chain.refuses("L1-100"):
        chain.contract.pause(chain.call(GUARDIAN), DAY)
    chain.wait(1)
    chain.contract.pause(chain.call(GUARDIAN), DAY)
    chain.wait(DAY)
    chain.register(ALICE)


def test_providers_publish_association_roots() -> None:
    chain = Clearing()
    with chain.refuses("L1-101"):
        chain.contract.publish_association(chain.call(PROVIDER), 5)
    chain.enact(SetProvider(PROVIDER, True))
    for root in (0, R):
        with chain.refuses("L1-4"):
            chain.contract.publish_association(chain.call(PROVIDER), root)
    chain.contract.publish_association(chain.call(PROVIDER), 5)
    chain.freeze()
    chain.contract.publish_association(chain.call(PROVIDER), 6)
    assert chain.storage.associations == {5, 6}
