"""CLM: every rule of a trader's claim, broken alone."""

from __future__ import annotations

from dataclasses import replace

import pytest
from support.claims_witness import Leaver, escape_of
from support.spec_builders import DOMAIN, World, element, refused, table_of
from support.spec_values import PERPETUAL

from prover.types import Proof
from rollup.spec.account import FUND, REVENUE
from rollup.spec.claims import OpenedState, OpenedTable, WithdrawClaim, association_leaf, association_tree
from rollup.spec.hashes import new_tree, root_of
from rollup.spec.margin import sweep
from rollup.spec.settlement import Withdrawal
from rollup.spec.settlement.claims import Escape
from rollup.spec.shared import PUBLIC_INPUTS, Operation, Status


@pytest.fixture
def world(world: World) -> World:
    """Three notes of two accounts, and carol's positions in slots of every status."""
    world.funds(world.note(2, 100), world.note(3, 200))
    world.funds(world.note(2, 300))
    return world


@pytest.fixture
def claim(world: World) -> WithdrawClaim:
    """Alice's second note, in the private form."""
    return Leaver(world, 2).withdrawal(1, {2, 3})


def test_open_state_and_table_lead_to_their_roots(world: World) -> None:
    assert OpenedState.of(world.state).root == Leaver(world, 2).state.root == world.state.root
    assert OpenedTable.of(world.table).root == world.table.root


def test_claims_show_public_inputs_in_the_order_that_l1_takes_them(world: World, claim: WithdrawClaim) -> None:
    shown = claim.public_inputs(world.profile)
    assert tuple(shown) == PUBLIC_INPUTS["withdraw"]
    parts = {name: value for name, value in shown.items() if name != "domain"}
    posted = Withdrawal(**parts, recipient=1, relayer=0, fee=0)
    assert posted.inputs(DOMAIN) == tuple(shown.values())
    shown = Leaver(world, 2).escape().public_inputs(world.profile)
    assert tuple(shown) == PUBLIC_INPUTS["escape"]
    assert Escape(**{name: value for name, value in shown.items() if name != "domain"}).inputs(DOMAIN) == tuple(
        shown.values()
    )


def test_claim_a_note_that_does_not_stand_there_is_refused(world: World, claim: WithdrawClaim) -> None:
    notes = world.state.notes
    deeper = new_tree(world.profile.note_depth + 1)
    deeper.update({0: claim.note})
    for broken in (
        replace(claim, amount=301),
        replace(claim, label=3, association=association_tree(world.profile, {3}).proof(3)),
        replace(claim, secret=claim.secret ^ 1),
        replace(claim, nullifier=claim.nullifier ^ 1),
        replace(claim, path=notes.proof(0)),
        replace(claim, path=notes.proof(7)),
        replace(claim, path=claim.path._replace(index=3)),
        replace(claim, state=replace(claim.state, notes_root=element("notes"))),
        replace(claim, path=deeper.proof(0), state=replace(claim.state, notes_root=deeper.root)),
    ):
        with refused("CLM-1"):
            broken.public_inputs(world.profile)
    assert claim.public_inputs(world.profile)["amount"] == 300


def test_claim_from_an_older_root_of_the_state_is_allowed(world: World, claim: WithdrawClaim) -> None:
    """Notes are only ever appended, and L1 takes any root that ended a batch."""
    before = claim.public_inputs(world.profile)
    world.funds(world.note(3, 5), world.withdraw(2, 1))
    after = Leaver(world, 2).withdrawal(1, {2, 3}).public_inputs(world.profile)
    assert before["state_root"] != after["state_root"]
    assert before["nullifier_hash"] == after["nullifier_hash"]


def test_claim_a_note_twice_shows_one_nullifier_hash_and_two_notes_show_two(world: World) -> None:
    """CLM-2. The second note to one precommitment has another index, so neither burns the other."""
    operation = world.note(2, 100)
    again = world.authority(Operation.NOTE, 2, 100, operation.precommit)
    world.funds(operation, replace(operation, authority=again))
    first = Leaver(world, 2).withdrawal(2)
    second = replace(first, path=world.state.notes.proof(4))
    assert first.note == second.note
    hashes = {claim.public_inputs(world.profile)["nullifier_hash"] for claim in (first, second)}
    assert len(hashes) == 2
    assert replace(first, context=1).public_inputs(world.profile)["nullifier_hash"] in hashes


@pytest.mark.parametrize("amount", [-1, 1 << 64])
def test_claim_an_amount_beyond_64_bits_is_refused(world: World, claim: WithdrawClaim, amount: int) -> None:
    with refused("CLM-3"):
        replace(claim, amount=amount).public_inputs(world.profile)


def test_claim_for_an_account_that_nobody_vouches_for_is_refused(world: World, claim: WithdrawClaim) -> None:
    without = association_tree(world.profile, {3, 4})
    shallow = new_tree(world.profile.account_depth - 1)
    shallow.update({2: association_leaf(2)})
    for path in (without.proof(2), without.proof(3), shallow.proof(2)):
        with refused("CLM-4"):
            replace(claim, association=path).public_inputs(world.profile)


def test_claim_wherever_the_account_stands_in_the_set_is_allowed(world: World, claim: WithdrawClaim) -> None:
    members = new_tree(world.profile.account_depth)
    members.update({500: association_leaf(2), 3: association_leaf(3)})
    shown = replace(claim, association=members.proof(500)).public_inputs(world.profile)
    assert shown["association_root"] == members.root


def test_trap_17_claim_that_no_provider_vouches_for_shows_its_account(world: World, claim: WithdrawClaim) -> None:
    """CLM-5. The private form shows 0 in its place. Must work."""
    assert claim.public_inputs(world.profile)["label"] == 0
    public = replace(claim, association=None).public_inputs(world.profile)
    assert (public["label"], public["association_root"]) == (2, 0)


def test_claims_are_bound_to_domain_and_context(world: World, claim: WithdrawClaim) -> None:
    """CLM-6."""
    before = claim.public_inputs(world.profile)
    after = replace(claim, domain=8, context=9).public_inputs(world.profile)
    assert {name for name in before if before[name] != after[name]} == {"domain", "context"}


def test_escape_of_an_account_that_does_not_stand_there_is_refused(world: World) -> None:
    claim = Leaver(world, 2).escape()
    tree = world.state.tree
    rich = replace(claim.account, vector=(10**12, *claim.account.vector[1:]))
    for broken in (
        replace(claim, account=rich),
        replace(claim, account=replace(claim.account, owner=world.account(3).owner)),
        replace(claim, account=replace(claim.account, blind=1)),
        replace(claim, path=tree.proof(3)),
        replace(claim, path=claim.path._replace(index=3)),
        replace(claim, path=Proof(2, claim.path.leaf, claim.path.siblings[:-1])),
        replace(claim, state=replace(claim.state, accounts_root=claim.state.notes_root)),
    ):
        with refused("CLM-7"):
            broken.public_inputs(world.profile)
    assert claim.public_inputs(world.profile)["claim"] == world.claim(2)


def test_trap_22_escape_of_the_fund_is_refused_and_of_revenue_allowed(world: World) -> None:
    claim = Leaver(world, 2).escape()
    with refused("CLM-8"):
        replace(claim, account=world.account(FUND), path=world.state.tree.proof(FUND)).public_inputs(world.profile)
    world.seat(REVENUE, {0: 55})
    assert escape_of(world, REVENUE).public_inputs(world.profile)["claim"] == 55


def test_escape_pays_the_l1_owner_in_the_leaf_at_the_marks_of_the_root(world: World) -> None:
    """CLM-9 and CLM-10."""
    other = table_of(PERPETUAL.moved(100))
    shown = Leaver(world, 4).escape(other).public_inputs(world.profile)
    assert shown["l1_owner"] == world.traders[4].owner.l1_owner
    assert shown["risk_root"] == other.root
    assert shown["claim"] == 10_000_000 + 10 * 1_100


def test_escape_claims_the_equity_exactly_and_nothing_below_zero(world: World) -> None:
    """CLM-11. Settled positions count as if they had been swept."""
    claim = Leaver(world, 4).escape()
    assert world.table.marks[4].status is Status.SETTLED
    assert sweep(claim.account.vector, world.table.marks) != claim.account.vector
    assert claim.equity == world.equity(4) == claim.public_inputs(world.profile)["claim"]
    world.seat(5, {0: -100_001, 1: 100})
    debt = escape_of(world, 5)
    assert (debt.equity, debt.public_inputs(world.profile)["claim"]) == (-1, 0)


@pytest.mark.parametrize("equity", [1 << 160, -(1 << 160)])
def test_escape_of_what_does_not_fit_160_bits_is_refused(world: World, equity: int) -> None:
    """No account is ever worth that; whatever is below it can leave."""
    world.seat(3, {0: 1 << 161})  # so that custody is not negative
    world.seat(2, {0: equity})
    with refused("CLM-11"):
        escape_of(world, 2).public_inputs(world.profile)
    world.seat(2, {0: equity - 1 if equity > 0 else equity + 1})
    assert escape_of(world, 2).public_inputs(world.profile)["claim"] == max(0, equity - 1)


def test_trap_05_and_40_claims_are_built_from_l1_data_after_rotation_cancel_and_notes(world: World) -> None:
    """Must work: notes of old keys are found, and the rotated account escapes."""
    world.trade(narrow=[world.buy(2, 1, 5, 1_000), world.sell(3, 1, 5, 1_000)])
    world.funds(world.rotate(2))
    world.funds(world.cancel(2, 1, 9), world.note(2, 400), world.withdraw(2, 7))
    leaver = Leaver(world, 2)
    assert [(found.place, found.amount) for found in leaver.notes] == [(0, 100), (2, 300), (3, 400)]
    for number in range(3):
        shown = leaver.withdrawal(number, {2}).public_inputs(world.profile)
        assert shown["state_root"] == world.state.root
        assert shown["association_root"] == root_of(association_tree(world.profile, {2}).proof(2))
    assert leaver.escape().public_inputs(world.profile)["claim"] == world.claim(2) == 10_000_000 - 807


def test_trap_43_account_alone_in_its_district_escapes() -> None:
    """Must work: the first deposit ever."""
    world = World()
    world.join("first", 5_000, index=200)
    assert Leaver(world, 200).escape().public_inputs(world.profile)["claim"] == 5_000
