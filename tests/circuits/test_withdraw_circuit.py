"""
The claim to a note: what the law accepts has a witness, and each rule, broken alone, has none.

Where the law itself refuses, it is made to look away (`law_without`), so that every hash follows from the broken claim
and the circuit can refuse only at the rule.
"""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.claims_witness import Leaver, check, inputs_of, mentioned, note_by_hand, proven, refused_inputs
from support.propagation import Wires
from support.spec_builders import World, element
from support.step_witness import StepCircuit, changed, element_at, elements, law_without, step_circuit
from support.strategies import elements as field_elements

from prover.circuits import circuit
from prover.reference.field import R
from prover.reference.r1cs import evaluate
from prover.types import Proof
from prover.witness import Witness
from rollup.spec.claims import WithdrawClaim, association_leaf, association_tree
from rollup.spec.hashes import new_tree
from rollup.spec.notes import nullifier_hash
from rollup.spec.shared import PROFILES

pytest.importorskip("zkclear_native", reason="the native extension is not built: install Rust, make setup")

TINY = PROFILES["tiny"]
LEAVES = 8**TINY.note_depth
PUBLIC = circuit("withdraw", "tiny").public


@pytest.fixture(scope="module")
def withdraw() -> StepCircuit:
    return step_circuit("withdraw")


@pytest.fixture(scope="module")
def wires(withdraw: StepCircuit) -> Wires:
    return Wires(withdraw.compiled)


@pytest.fixture
def private() -> WithdrawClaim:
    """A note at place 100 of account 2, which stands at 77 in its association set."""
    return note_by_hand(place=100, vouched_at=77)


@pytest.fixture
def public() -> WithdrawClaim:
    return note_by_hand(place=100)


# ---------------------------------------------------------------- what must work


def test_trap_05_and_40_withdraw_from_l1_data_after_several_notes_has_a_witness(withdraw: StepCircuit) -> None:
    world = World()
    world.join("alice", 10_000, index=2)
    world.join("bob", 10_000, index=200)
    world.funds(world.note(2, 100), world.note(200, 200))
    world.trade(narrow=[world.buy(2, 1, 5, 1_000), world.sell(2, 1, 5, 1_000, place=2)])
    world.funds(world.rotate(2), world.note(200, 0))
    world.funds(world.note(2, 400), world.cancel(2, 1, 9), world.withdraw(2, 7))
    for index, count in ((2, 2), (200, 2)):
        leaver = Leaver(world, index)
        assert len(leaver.notes) == count
        for number in range(count):
            check(withdraw, leaver.withdrawal(number))
            check(withdraw, leaver.withdrawal(number, {2, 3, 200, 511}))
            check(withdraw, leaver.withdrawal(number, {index}))


@pytest.mark.parametrize("amount", [0, 1, 2**64 - 1])
@pytest.mark.parametrize("place", [0, 7, 8, LEAVES - 1])
@pytest.mark.parametrize("label", [1, LEAVES - 1])
def test_withdraw_at_the_edges_has_a_witness(withdraw: StepCircuit, amount: int, place: int, label: int) -> None:
    check(withdraw, note_by_hand(amount, label, place, vouched_at=LEAVES - 1 - place))
    check(withdraw, note_by_hand(amount, label, place))


def test_trap_17_withdraw_that_nobody_vouches_for_shows_its_account(withdraw: StepCircuit) -> None:
    claim = note_by_hand(label=300)
    check(withdraw, claim)
    assert claim.public_inputs(TINY)["label"] == 300


@given(
    amount=st.integers(0, 2**64 - 1),
    label=st.integers(1, LEAVES - 1),
    place=st.integers(0, LEAVES - 1),
    vouched_at=st.none() | st.integers(0, LEAVES - 1),
    secrets=st.tuples(field_elements, field_elements),
    bound=st.tuples(field_elements, field_elements),
)
def test_withdraw_any_note_that_the_law_accepts_has_a_witness(
    amount: int,
    label: int,
    place: int,
    vouched_at: int | None,
    secrets: tuple[int, int],
    bound: tuple[int, int],
) -> None:
    check(step_circuit("withdraw"), note_by_hand(amount, label, place, vouched_at, secrets, bound))


# ---------------------------------------------------------------- what must fail


def test_withdraw_a_note_that_is_not_in_the_tree_has_no_witness(withdraw: StepCircuit, private: WithdrawClaim) -> None:
    """CLM-1. Each forger has a path that leads from its note somewhere, and a root where another note stands."""
    for forged in (
        replace(private, amount=501),
        replace(private, secret=13),
        replace(private, nullifier=13),
        replace(private, label=3, association=association_tree(TINY, {3}).proof(3)),
    ):
        with law_without("CLM-1"):
            withdraw.refuses(inputs_of(forged), "RootAt8", "picked[level] === node[level]")
            replaced = replace(forged, path=forged.path._replace(leaf=forged.note))
            withdraw.refuses(inputs_of(replaced), "Withdraw", "stateRoot === root")


def test_withdraw_a_note_at_another_index_has_no_witness(withdraw: StepCircuit, private: WithdrawClaim) -> None:
    """CLM-1. It would have another nullifier hash, and so be claimed again."""
    for bit in range(3 * TINY.note_depth):
        path = private.path._replace(index=private.path.index ^ 1 << bit)
        with law_without("CLM-1"):
            withdraw.refuses(inputs_of(replace(private, path=path)), "Withdraw", "stateRoot === root")


@pytest.mark.parametrize("shift", [LEAVES, 2**40, R - LEAVES, (R + 1) // 2])
def test_withdraw_a_note_at_an_index_beyond_the_tree_has_no_witness(
    withdraw: StepCircuit, private: WithdrawClaim, shift: int
) -> None:
    """CLM-1. The index of a path is its bits and nothing more: another number for them would be another nullifier."""
    index = (private.path.index + shift) % R
    aliased = changed(
        inputs_of(private),
        (("noteIndex",), index),
        (("nullifierHash",), nullifier_hash(private.nullifier, index)),
    )
    withdraw.refuses(aliased, "Bits", "sum === in")


def test_withdraw_a_node_of_the_tree_as_a_note_has_no_witness(withdraw: StepCircuit, private: WithdrawClaim) -> None:
    """CLM-1. A path one level short, with anything below: the depth is the circuit's."""
    inner = Proof(private.path.index >> 3, private.path.leaf, private.path.siblings[1:])
    padded = Proof(private.path.index, private.note, ((0,) * 7, *inner.siblings))
    with law_without("CLM-1"):
        withdraw.refuses(inputs_of(replace(private, path=padded)), "Withdraw", "stateRoot === root")


def test_withdraw_from_another_state_has_no_witness(withdraw: StepCircuit, private: WithdrawClaim) -> None:
    """CLM-1. Every part of the state root counts."""
    for name in ("stateRoot", "accountsRoot", "noteCount", "custodyCommit"):
        withdraw.refuses(changed(inputs_of(private), ((name,), 5)), "Withdraw", "stateRoot === root")


def test_withdraw_with_another_nullifier_hash_has_no_witness(withdraw: StepCircuit, private: WithdrawClaim) -> None:
    """CLM-2."""
    for other in (
        0,
        nullifier_hash(private.nullifier, private.path.index + 1),
        nullifier_hash(private.nullifier + 1, private.path.index),
    ):
        withdraw.refuses(
            changed(inputs_of(private), (("nullifierHash",), other)), "Withdraw", "nullifierHash === spent"
        )


@pytest.mark.parametrize("amount", [2**64, 2**64 + 500, R - 1])
def test_withdraw_an_amount_beyond_64_bits_has_no_witness(withdraw: StepCircuit, amount: int) -> None:
    """CLM-3. The note is there, as if some step had made it."""
    with law_without("CLM-3"):
        for vouched_at in (None, 3):
            inputs = inputs_of(note_by_hand(amount, vouched_at=vouched_at))
            withdraw.refuses(inputs, "Withdraw", "Range(BITS_AMOUNT())(amount)")


def test_withdraw_another_amount_than_the_notes_has_no_witness(withdraw: StepCircuit, private: WithdrawClaim) -> None:
    """CLM-3."""
    for amount in (0, 499, 501):
        assert not withdraw.satisfied(changed(inputs_of(private), (("amount",), amount)))


def test_withdraw_for_an_account_that_is_not_in_the_set_has_no_witness(
    withdraw: StepCircuit, private: WithdrawClaim
) -> None:
    """CLM-4. With the path of another member; with a path of its own against the published root; of every level."""
    members = association_tree(TINY, {3, 4, 500})
    own = association_leaf(private.label)
    with law_without("CLM-4"):
        foreign = inputs_of(replace(private, association=members.proof(3)))
        withdraw.refuses(foreign, "RootAround8", "missed[level][6] === 0")
    for at in (2, 3):
        forged = inputs_of(replace(private, association=members.proof(at)._replace(leaf=own)))
        forged["associationRoot"] = members.root
        withdraw.refuses(forged, "Withdraw", "associationRoot * (associationRoot - association) === 0")
    true = inputs_of(replace(private, association=members.proof(4)._replace(leaf=own)))
    for level in range(1, TINY.account_depth):
        real = members.proof(4).siblings[level]
        spliced = changed(true, *((("memberChild", level, k), value) for k, value in enumerate((*real, real[0]))))
        spliced["associationRoot"] = members.root
        withdraw.refuses(spliced, "RootAround8", "missed[level][6] === 0")


def test_withdraw_for_a_member_by_an_inner_node_has_no_witness(withdraw: StepCircuit, private: WithdrawClaim) -> None:
    """CLM-4. An account number is hashed before it is looked for: the number itself in a tree vouches for nobody."""
    bare = new_tree(TINY.account_depth)
    bare.update({4: private.label})
    with law_without("CLM-4"):
        inputs = inputs_of(replace(private, association=bare.proof(4)))
        withdraw.refuses(inputs, "RootAround8", "missed[level][6] === 0")


@pytest.mark.parametrize("label", [1, 2, R - 2, element("label")])
def test_withdraw_in_the_private_form_with_a_label_has_no_witness(
    withdraw: StepCircuit, private: WithdrawClaim, label: int
) -> None:
    """CLM-5."""
    withdraw.refuses(changed(inputs_of(private), (("label",), label)), "Withdraw", "label === shown * noteLabel")


@pytest.mark.parametrize("label", [0, 1, 3, R - 2])
def test_withdraw_in_the_public_form_with_another_label_has_no_witness(
    withdraw: StepCircuit, public: WithdrawClaim, label: int
) -> None:
    """CLM-5. L1 pays that account's owner."""
    withdraw.refuses(changed(inputs_of(public), (("label",), label)), "Withdraw", "label === shown * noteLabel")


def test_withdraw_without_a_set_and_without_a_label_has_no_witness(
    withdraw: StepCircuit, private: WithdrawClaim
) -> None:
    """CLM-5. Nobody vouches, and nobody is shown."""
    inputs = changed(inputs_of(private), (("associationRoot",), 0))
    withdraw.refuses(inputs, "Withdraw", "label === shown * noteLabel")


def test_withdraw_when_a_prover_lies_about_the_form_breaks_a_constraint(
    withdraw: StepCircuit, wires: Wires, private: WithdrawClaim
) -> None:
    """CLM-5. The private form as the public one, and the other way round: the hint of IsZero is pinned."""
    inverse = wires.like("IsZero", ".inverse")[0]
    for claim, shown in ((private, 1), (replace(private, association=None), 0)):
        made = withdraw.witness(inputs_of(claim))
        label, told = wires.wire_of["main.label"], wires.wire_of["main.shown"]
        assert broken(wires, made, {}) == []
        for hint in (made[inverse], 0, 1):
            lie = broken(wires, made, {label: shown * claim.label, told: shown, inverse: hint})
            assert lie, f"form {shown} by the hint {hint}"


def test_withdraw_reads_the_index_in_bits_and_nothing_else(wires: Wires) -> None:
    """CLM-1. Each bit stands in a constraint of its own; so does the one that the optimiser put into the index."""
    bits = set(wires.like("RootAt8", ".bit["))
    assert len(bits) == 3 * TINY.note_depth - 1
    alone = {wire for wire in bits if {wire} in mentioned(wires, wire)}
    assert alone == bits
    index = wires.wire_of["main.noteIndex"]
    assert {index, *bits} in mentioned(wires, index)


def test_withdraw_binds_every_public_input_in_a_constraint(withdraw: StepCircuit, wires: Wires) -> None:
    """CLM-6. Domain and context stand alone in a square each, which the optimiser has left."""
    for place, name in enumerate(PUBLIC, start=1):
        assert wires.names[place] == f"main.{name}"
        assert wires.constraints_with(place), name
    for name in ("domain", "context"):
        (number,) = wires.constraints_with(wires.wire_of[f"main.{name}"])
        left, right, _ = wires.system.constraints[number]
        assert set(left) == set(right) == {wires.wire_of[f"main.{name}"]}


def test_withdraw_when_any_input_is_changed_has_no_witness(withdraw: StepCircuit, private: WithdrawClaim) -> None:
    """Every input but the two that are only bound."""
    inputs = inputs_of(private)
    assert withdraw.satisfied(inputs)
    for place in elements(inputs):
        if place[0] not in ("domain", "context"):
            assert not withdraw.satisfied(changed(inputs, (place, element_at(inputs, place) + 1))), place


# ---------------------------------------------------------------- proof


@pytest.mark.parametrize("vouched_at", [None, 9], ids=["public form", "private form"])
def test_prove_a_withdrawal_and_change_any_public_input_is_refused(
    withdraw: StepCircuit, vouched_at: int | None
) -> None:
    """CLM-6 and all the others."""
    claim = note_by_hand(place=5, vouched_at=vouched_at)
    key, proved = proven(withdraw, inputs_of(claim))
    assert proved.public == tuple(claim.public_inputs(TINY).values())
    assert tuple(refused_inputs(key, proved, PUBLIC)) == PUBLIC


# ---------------------------------------------------------------- wires


def broken(wires: Wires, made: Witness, changes: dict[int, int]) -> list[int]:
    """Numbers of the constraints that a witness with other values on some wires does not satisfy."""
    values = [made[wire] for wire in range(len(made))]
    for wire, value in changes.items():
        values[wire] = value % R
    rows = enumerate(wires.system.constraints)
    return [n for n, (a, b, c) in rows if evaluate(a, values) * evaluate(b, values) % R != evaluate(c, values)]
