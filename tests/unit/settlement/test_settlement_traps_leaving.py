"""The traps of PROTOCOL.md, section 15, about leaving: governance, attestations, claims; numbers are the list's."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

from support.settlement_builders import Clearing
from support.settlement_tokens import ALICE, BOB, CAROL, MALLORY, MEMBERS, OPERATOR, PROVIDER
from support.spec_values import NOW, PERPETUAL, Instrument

from rollup.spec.hashes import R
from rollup.spec.settlement import DAY, HOUR, Attestation, Payment, SetOperator
from rollup.spec.shared import Status, StepKind

TRADE, FUNDS, LIQUIDATE = StepKind
ROOT = 0xA550C
SETTLED = Instrument(1_200, status=Status.SETTLED)


def test_trap_14_governance_change_does_not_mature_after_a_freeze() -> None:
    chain = Clearing()
    number = chain.decide(SetOperator(MALLORY))
    chain.freeze()
    chain.wait(45 * DAY)
    with chain.refuses("L1-1"):
        chain.contract.execute(chain.call(), number)
    with chain.refuses("L1-1"):
        chain.contract.propose(chain.call(MEMBERS[0]), SetOperator(MALLORY))
    assert chain.storage.operator == OPERATOR


def test_trap_10_attested_slots_plus_r_are_refused() -> None:
    """The chain's ecMul takes scalars modulo r, so the proof of an honest scan fits this one too."""
    chain = Clearing()
    chain.batch()
    root = chain.storage.latest_root
    honest = Attestation(root, chain.storage.roots[root].risk_root, 2, 0, True, True, 0, 5)
    proofs = chain.shown(honest)
    with chain.refuses("L1-4"):
        chain.contract.attest(chain.call(), replace(honest, empty_slots=R), proofs)
    chain.contract.attest(chain.call(), honest, proofs)


def test_trap_15_evergreen_attestation_of_an_old_root() -> None:
    """Attested every hour, an old root neither opens the gate nor holds off the freeze."""
    chain = Clearing()
    chain.batch()
    old = chain.storage.latest_root
    chain.attest()
    for _ in range(25):
        chain.wait(HOUR)
        chain.batch()
        chain.attest(root=old)
    with chain.refuses("L1-63"):
        chain.batch(chain.step(TRADE))
    for _ in range(48):
        chain.wait(HOUR)
        chain.batch()
        chain.attest(root=old)
    chain.contract.freeze(chain.call())


def test_trap_16_notes_and_accounts_escape_a_shortfall_at_exact_ratios() -> None:
    """9,000 in the vault; notes of 2,000 are paid whole, claims of 4,000, 5,001 and 3,002 share the rest."""
    chain = Clearing(providers=frozenset({PROVIDER}))
    for sender in (ALICE, BOB, CAROL):
        chain.member(sender, 3_000)
    chain.vouch(ROOT)
    chain.freeze()
    chain.withdraw(chain.voucher(500, BOB, "before claims open", association_root=ROOT))
    chain.open_claims()
    claims = {2: (ALICE, 4_000), 3: (BOB, 5_001), 4: (CAROL, 3_002)}
    for index, (owner, claim) in claims.items():
        chain.escape(index, owner, claim)
    chain.withdraw(chain.voucher(1_500, ALICE, "in the window", label=2))
    chain.end_window()
    ratio = Fraction(7_000, 12_003)
    for index, (owner, claim) in reversed(claims.items()):
        assert chain.contract.pay_claim(chain.call(), index) == Payment(owner, int(claim * ratio))
    assert chain.contract.pay_note(chain.call(), 1) == (Payment(ALICE, 1_500),)
    assert chain.contract.pay_note(chain.call(), 0) == (Payment(BOB, 500),)
    assert chain.contract.balance_sheet().vault == 2  # Dust of the floors, nobody's.


def test_trap_16_notes_share_what_there_is_when_even_they_are_not_covered() -> None:
    chain = Clearing(providers=frozenset({PROVIDER}))
    chain.member(ALICE, 3_000)
    chain.vouch(ROOT)
    chain.freeze()
    chain.open_claims()
    for name, amount, fee in (("a", 4_000, 100), ("b", 2_000, 0)):
        chain.withdraw(chain.voucher(amount, BOB, name, association_root=ROOT, relayer=CAROL, fee=fee))
    chain.escape(2, ALICE, 3_000)
    chain.end_window()
    assert chain.contract.pay_note(chain.call(), 0) == (Payment(BOB, 1_950), Payment(CAROL, 50))
    assert chain.contract.pay_note(chain.call(), 1) == (Payment(BOB, 1_000),)
    assert chain.contract.pay_claim(chain.call(), 2) == Payment(ALICE, 0)


def test_trap_17_public_form_works_though_no_provider_ever_lists_the_label() -> None:
    chain = Clearing()
    chain.member(ALICE)
    assert not chain.storage.associations
    assert chain.withdraw(chain.voucher(600, ALICE, 1, label=2)) == (Payment(ALICE, 600),)
    chain.freeze()
    chain.withdraw(chain.voucher(600, ALICE, 2, label=2))
    chain.end_window()
    assert chain.contract.pay_note(chain.call(), 0) == (Payment(ALICE, 600),)


def test_trap_17_public_form_pays_nobody_else_not_even_a_relayer() -> None:
    """A fee of the whole amount would make the public form a private one that no provider vouches for."""
    chain = Clearing()
    chain.member(ALICE)
    with chain.refuses("L1-116"):
        chain.withdraw(chain.voucher(600, ALICE, label=2, relayer=MALLORY, fee=600))


def test_trap_22_index_0_neither_asks_nor_claims() -> None:
    chain = Clearing()
    chain.batch()
    with chain.refuses("L1-20"):
        chain.contract.request_close(chain.call(OPERATOR, 10**16), 0)
    with chain.refuses("L1-115"):
        chain.withdraw(chain.voucher(1, OPERATOR, label=0))
    chain.freeze()
    chain.open_claims()
    with chain.refuses("L1-123"):
        chain.escape(0, OPERATOR, 1)


def test_trap_41_escape_pool_is_counted_once() -> None:
    """Paying one claim does not shrink the pool that the next is measured against, nor do credits fetched between."""
    chain = Clearing()
    for sender in (ALICE, BOB):
        chain.member(sender, 3_000)
    chain.batch(chain.step(headers=[chain.withdrawal(2, 1_000, CAROL)]))
    chain.freeze()
    chain.open_claims()
    chain.escape(2, ALICE, 8_000)
    chain.escape(3, BOB, 2_000)
    chain.end_window()
    assert chain.contract.pay_claim(chain.call(), 2).amount == 4_000
    chain.contract.pull(chain.call(CAROL), CAROL)
    chain.contract.donate(chain.call(), 500)
    assert chain.contract.pay_claim(chain.call(), 3).amount == 1_000
    assert chain.contract.balance_sheet().inside == 500


def test_trap_41_escape_prices_are_not_the_first_posters_choice() -> None:
    """A smaller time replaces a larger one, until claims open; the smallest cannot be replaced back."""
    chain = Clearing()
    chain.member(ALICE)
    chain.freeze()
    late = chain.post(chain.table(epoch=900, time=NOW + 5 * HOUR))
    assert chain.contract.escape_prices() == late
    too_early = chain.post(chain.table(epoch=50, time=NOW + HOUR - 1))
    assert chain.contract.escape_prices() == late
    first = chain.post(chain.table(PERPETUAL.moved(-500), epoch=60, time=NOW + HOUR))
    assert chain.contract.escape_prices() == first
    chain.post(chain.table(epoch=70, time=NOW + 2 * HOUR))
    chain.post(chain.table(PERPETUAL.moved(7), epoch=65, time=NOW + HOUR))  # Nor does an equal one replace it.
    assert chain.contract.escape_prices() == first
    chain.open_claims()
    with chain.refuses("L1-36"):
        chain.post(chain.table(epoch=80, time=NOW + HOUR + 1))
    for other in (late, too_early):
        with chain.refuses("L1-122"):
            chain.escape(2, ALICE, 5, risk_root=other.risk_root)
    chain.escape(2, ALICE, 5)
