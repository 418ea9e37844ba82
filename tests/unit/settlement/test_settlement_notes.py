"""Note claims, private and public, while the system runs. After a freeze: test_settlement_escape."""

from __future__ import annotations

from dataclasses import replace

import pytest
from support.settlement_builders import Clearing
from support.settlement_tokens import ALICE, BOB, GENESIS_ROOT, GUARDIAN, MALLORY, PROVIDER, RELAYER, Proof

from rollup.spec.hashes import R
from rollup.spec.settlement import DAY, Payment

ROOT = 0xA550C


@pytest.fixture
def chain() -> Clearing:
    """Alice is account 2; a provider vouches for somebody under ROOT."""
    chain = Clearing(providers=frozenset({PROVIDER}))
    chain.member(ALICE)
    chain.contract.publish_association(chain.call(PROVIDER), ROOT)
    return chain


def test_private_claim_pays_recipient_and_relayer_at_once(chain: Clearing) -> None:
    claim = chain.voucher(1_000, BOB, association_root=ROOT, relayer=RELAYER, fee=30)
    assert chain.withdraw(claim) == (Payment(BOB, 970), Payment(RELAYER, 30))
    assert chain.contract.balance_sheet().vault == 4_000
    all_fee = chain.voucher(10, BOB, 1, association_root=ROOT, relayer=RELAYER, fee=10)
    assert chain.withdraw(all_fee) == (Payment(BOB, 0), Payment(RELAYER, 10))


def test_public_claim_pays_the_accounts_owner(chain: Clearing) -> None:
    assert chain.withdraw(chain.voucher(1_000, ALICE, label=2)) == (Payment(ALICE, 1_000),)


def test_a_note_is_claimed_once_whatever_the_form(chain: Clearing) -> None:
    chain.withdraw(chain.voucher(1_000, BOB, association_root=ROOT))
    for claim in (chain.voucher(1_000, ALICE, label=2), chain.voucher(5, BOB, association_root=ROOT)):
        with chain.refuses("L1-110"):
            chain.withdraw(claim)


def test_a_claim_names_any_batch_end_root(chain: Clearing) -> None:
    old = chain.storage.latest_root
    middle = chain.batch(chain.step(), chain.step()).steps[0].state_after
    with chain.refuses("L1-80"):
        chain.withdraw(chain.voucher(1, ALICE, label=2, state_root=middle))
    for name, root in enumerate((old, GENESIS_ROOT, chain.storage.latest_root)):
        chain.withdraw(chain.voucher(1, ALICE, name, label=2, state_root=root))


def test_context_binds_recipient_relayer_and_fee(chain: Clearing) -> None:
    claim = chain.voucher(1_000, BOB, association_root=ROOT, relayer=RELAYER, fee=30)
    proof = Proof(chain.storage.verifiers[5], claim.inputs(chain.contract.deployment.domain))
    for stolen in ({"recipient": MALLORY}, {"relayer": MALLORY}, {"fee": 900}):
        with chain.refuses("L1-111"):
            chain.withdraw(replace(claim, **stolen), proof=proof)
    rebound = chain.voucher(1_000, MALLORY, association_root=ROOT)
    with chain.refuses("L1-6"):
        chain.withdraw(rebound, proof=proof)


def test_fees_and_recipients_are_sound(chain: Clearing) -> None:
    with chain.refuses("L1-112"):
        chain.withdraw(chain.voucher(10, BOB, association_root=ROOT, relayer=RELAYER, fee=11))
    with chain.refuses("L1-3"):
        chain.withdraw(chain.voucher(10, 0, association_root=ROOT))
    with chain.refuses("L1-3"):
        chain.withdraw(chain.voucher(10, BOB, association_root=ROOT, fee=1))
    with chain.refuses("L1-77"):
        chain.withdraw(chain.voucher(5_001, BOB, association_root=ROOT))
    with chain.refuses("L1-4"):
        chain.withdraw(chain.voucher(10, BOB, association_root=ROOT, nullifier_hash=R + 5))


def test_forms_are_kept_apart(chain: Clearing) -> None:
    with chain.refuses("L1-113"):
        chain.withdraw(chain.voucher(10, BOB, association_root=ROOT + 1))
    with chain.refuses("L1-114"):
        chain.withdraw(chain.voucher(10, ALICE, association_root=ROOT, label=2))
    for recipient, label in ((BOB, 2), (ALICE, 0), (ALICE, 3), (BOB, 3)):
        with chain.refuses("L1-115"):
            chain.withdraw(chain.voucher(10, recipient, label=label))
    with chain.refuses("L1-116"):
        chain.withdraw(chain.voucher(10, ALICE, label=2, relayer=MALLORY, fee=1))


def test_claims_go_on_during_a_pause(chain: Clearing) -> None:
    chain.contract.pause(chain.call(GUARDIAN), DAY)
    chain.withdraw(chain.voucher(10, BOB, association_root=ROOT))
    chain.withdraw(chain.voucher(10, ALICE, 1, label=2))


def test_a_claim_cannot_eat_deposits_and_credits_of_others(chain: Clearing) -> None:
    chain.register(BOB, 700)
    chain.batch(chain.step(headers=[chain.withdrawal(2, 4_000, ALICE)]), rejected=(1,))
    with chain.refuses("L1-77"):
        chain.withdraw(chain.voucher(1_001, BOB, association_root=ROOT))
    chain.withdraw(chain.voucher(1_000, BOB, association_root=ROOT))
    assert chain.contract.balance_sheet().inside == 0
