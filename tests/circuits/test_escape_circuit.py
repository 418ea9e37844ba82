"""
The claim of an account: what the law accepts has a witness, and each rule, broken alone, has none.

Where the law itself refuses, it is made to look away (`law_without`), so that every hash follows from the broken claim
and the circuit can refuse only at the rule.
"""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.claims_witness import (
    Leaver,
    account_by_hand,
    check,
    escape_of,
    inputs_of,
    mentioned,
    proven,
    refused_inputs,
)
from support.propagation import Wires
from support.spec_builders import BOARD, PERPETUAL, Instrument, Trader, World, element, table_of
from support.step_witness import StepCircuit, changed, element_at, elements, law_without, step_circuit
from support.strategies import elements as field_elements

from prover.circuits import circuit
from prover.reference.field import R
from rollup.spec.account import FUND, REVENUE, Account
from rollup.spec.claims import EscapeClaim
from rollup.spec.funds import Deposit
from rollup.spec.hashes import field
from rollup.spec.margin import sweep
from rollup.spec.shared import PROFILES, Status

pytest.importorskip("zkclear_native", reason="the native extension is not built: install Rust, make setup")

TINY = PROFILES["tiny"]
LEAVES = 8**TINY.account_depth
PUBLIC = circuit("escape", "tiny").public
TABLE = table_of(*BOARD)
UNREAD = {("value", 0)}
"""Cash is what it is: the circuit does not read it."""


@pytest.fixture(scope="module")
def escape() -> StepCircuit:
    return step_circuit("escape")


@pytest.fixture(scope="module")
def wires(escape: StepCircuit) -> Wires:
    return Wires(escape.compiled)


def account(*quantities: int, **parts: int) -> Account:
    """Somebody's account after a life: cash first, then lots."""
    opened = Account.opened(Trader("alice").owner, TINY)
    vector = (*quantities, *opened.vector[len(quantities) :])
    lived: dict[str, int] = {"owner_nonce": 3, "nonce": 12, "blind": element("blind"), **parts}
    return replace(opened, vector=vector, places=(1, 2, 3, 4), **lived)  # type: ignore[arg-type]


@pytest.fixture
def claim() -> EscapeClaim:
    """Account 100 with a position in every kind of slot, worth 20,700."""
    return account_by_hand(account(5_000, 10, -3, 5, 20, 7, -2), 100, TABLE)


def worth(escape: StepCircuit, claim: EscapeClaim) -> int:
    """What an accepted claim claims."""
    return check(escape, claim)["claim"]


# ---------------------------------------------------------------- what must work


def test_trap_05_and_40_escape_from_l1_data_after_a_life_has_a_witness(escape: StepCircuit) -> None:
    """Notes, a trade, a rotation, a cancel: account, path and state are rebuilt from words alone."""
    world = World()
    world.join("alice", 10_000, index=2)
    world.join("bob", 10_000, index=3)
    world.funds(world.note(2, 100), world.note(3, 200))
    world.cross(2, 3, 1, 5, 1_000, fee=5)
    world.credit_fees()
    world.funds(world.rotate(2))
    world.funds(world.cancel(2, 1, 9), world.note(2, 400), world.withdraw(2, 7))
    later = table_of(PERPETUAL.moved(20), time=world.table.time + 60)
    assert worth(escape, Leaver(world, 2).escape()) == 10_000 - 100 - 5 - 400 - 7
    assert worth(escape, Leaver(world, 2).escape(later)) == 10_000 - 100 - 5 - 400 - 7 + 5 * 20
    assert worth(escape, Leaver(world, 3).escape(later)) == 10_000 - 200 - 5 - 5 * 20
    assert worth(escape, Leaver(world, REVENUE).escape()) == 10


def test_trap_43_escape_of_an_account_alone_in_its_district_has_a_witness(escape: StepCircuit) -> None:
    """Must work: the first deposit ever."""
    world = World()
    world.join("first", 5_000, index=200)
    assert worth(escape, Leaver(world, 200).escape()) == 5_000


def test_trap_26_escape_of_a_straddle_that_lost_claims_nothing(escape: StepCircuit) -> None:
    """Long calls and puts against debt: in debt at the mark, whatever the scenarios say."""
    world = World(table_of(Instrument(40, (200,)), Instrument(40, (-40, 200))))
    world.seat(2, {0: -8_001, 1: 100, 2: 100})
    assert world.equity(2) == -1
    assert worth(escape, escape_of(world, 2)) == 0


@pytest.mark.parametrize("index", [1, 7, 8, LEAVES - 1])
@pytest.mark.parametrize("equity", [0, 1, -1, 2**64, -(2**104), 2**160 - 1, 1 - 2**160])
def test_escape_at_the_edges_has_a_witness(escape: StepCircuit, index: int, equity: int) -> None:
    """CLM-11. Positions and their cash cancel."""
    held = account(equity - 1_000 * 10 + 2 * 500, 10, -2)
    assert worth(escape, account_by_hand(held, index, TABLE)) == max(0, equity)


def test_escape_without_a_sweep_claims_what_a_swept_account_would(escape: StepCircuit) -> None:
    held = account(-7_000, 1, 0, 0, 30)
    assert TABLE.marks[4].status is Status.SETTLED
    swept = replace(held, vector=sweep(held.vector, TABLE.marks))
    assert swept != held
    claims = {worth(escape, account_by_hand(one, 5, TABLE)) for one in (held, swept)}
    assert claims == {-7_000 + 1_000 + 30 * 300}


quantities = st.integers(-(2**40), 2**40) | st.sampled_from([0, 1, -1, 2**103, -(2**103)])
instruments = st.builds(
    Instrument,
    price=st.integers(0, 2**40 - 1),
    status=st.sampled_from([Status.ACTIVE, Status.REDUCE_ONLY, Status.SETTLED, Status.HALTED]),
    listing=st.integers(0, 2**32 - 1),
    funding=st.integers(-(2**46), 2**46),
)


@given(
    index=st.integers(1, LEAVES - 1),
    held=st.lists(quantities, min_size=TINY.slots, max_size=TINY.slots),
    board=st.lists(instruments, min_size=TINY.slots - 1, max_size=TINY.slots - 1),
    blind=field_elements,
    domain=field_elements,
    nonces=st.tuples(st.integers(0, 2**40 - 1), st.integers(0, 2**40 - 1)),
)
def test_escape_of_any_account_at_any_prices_that_the_law_accepts_has_a_witness(
    index: int, held: list[int], board: list[Instrument], blind: int, domain: int, nonces: tuple[int, int]
) -> None:
    opened = account(*held, blind=blind, nonce=nonces[0], owner_nonce=nonces[1])
    check(step_circuit("escape"), account_by_hand(opened, index, table_of(*board), domain))


# ---------------------------------------------------------------- what must fail


def test_escape_of_an_account_that_is_not_in_the_tree_has_no_witness(escape: StepCircuit, claim: EscapeClaim) -> None:
    """CLM-7. A forger has a path from its account to somewhere, and a root where another account stands."""
    for forged in (
        replace(claim.account, vector=(10**12, *claim.account.vector[1:])),
        replace(claim.account, owner=Trader("mallory").owner),
        replace(claim.account, nonce=11),
        replace(claim.account, owner_nonce=4),
        replace(claim.account, places=(1, 2, 3, 5)),
    ):
        with law_without("CLM-7"):
            inputs = inputs_of(replace(claim, account=forged))
            escape.refuses(inputs, "RootAt8", "picked[level] === node[level]")
            replaced = replace(claim, account=forged, path=claim.path._replace(leaf=forged.leaf))
            escape.refuses(inputs_of(replaced), "Escape", "stateRoot === state")


def test_escape_of_an_account_at_another_index_has_no_witness(escape: StepCircuit, claim: EscapeClaim) -> None:
    """CLM-7. It would be claimed for twice."""
    for bit in range(3 * TINY.account_depth):
        path = claim.path._replace(index=claim.path.index ^ 1 << bit)
        with law_without("CLM-7"):
            escape.refuses(inputs_of(replace(claim, path=path)), "Escape", "stateRoot === state")


@pytest.mark.parametrize("shift", [LEAVES, 2**40, R - LEAVES, (R + 1) // 2])
def test_escape_of_an_account_at_an_index_beyond_the_tree_has_no_witness(
    escape: StepCircuit, claim: EscapeClaim, shift: int
) -> None:
    """CLM-7. The index of a path is its bits and nothing more."""
    escape.refuses(changed(inputs_of(claim), (("index",), claim.path.index + shift)), "Bits", "sum === in")


def test_escape_reads_the_index_in_bits_and_nothing_else(wires: Wires) -> None:
    """CLM-7. Each bit stands in a constraint of its own; so does the one that the optimiser put into the index."""
    bits = set(wires.like("RootAt8", ".bit["))
    index = wires.wire_of["main.index"]
    assert len(bits) == 3 * TINY.account_depth - 1
    assert all({wire} in mentioned(wires, wire) for wire in bits)
    assert {index, *bits} in mentioned(wires, index)


def test_trap_22_escape_of_the_fund_has_no_witness(escape: StepCircuit) -> None:
    """CLM-8."""
    world = World()
    world.funds(Deposit(FUND, 1, 5_000))
    with law_without("CLM-8"):
        escape.refuses(inputs_of(Leaver(world, FUND).escape()), "Escape", "Nonzero()(index)")


@pytest.mark.parametrize("owner", [0, 1, 2**160, R - 1])
def test_escape_to_another_l1_owner_than_the_leafs_has_no_witness(
    escape: StepCircuit, claim: EscapeClaim, owner: int
) -> None:
    """CLM-9."""
    inputs = changed(inputs_of(claim), (("l1Owner",), owner))
    escape.refuses(inputs, "RootAt8", "picked[level] === node[level]")


def test_escape_at_other_marks_than_the_tables_has_no_witness(escape: StepCircuit, claim: EscapeClaim) -> None:
    """CLM-10. A dearer mark with the claim that follows from it, under the root of the true table."""
    dearer = table_of(PERPETUAL.moved(1), *BOARD[1:])
    forged = inputs_of(account_by_hand(claim.account, 100, dearer))
    assert element_at(forged, ("claim",)) == claim.public_inputs(TINY)["claim"] + 10
    escape.refuses(changed(forged, (("riskRoot",), TABLE.root)), "Escape", "riskRoot === risk")
    for name in ("riskRoot", "paramsHash", "stressRoot", "time", "marksBefore"):
        escape.refuses(changed(inputs_of(claim), ((name,), 5)), "Escape", "riskRoot === risk")


def test_escape_with_cash_at_another_value_changes_nothing(escape: StepCircuit, claim: EscapeClaim) -> None:
    """CLM-10. Cash is worth one, whatever a prover puts into its slot."""
    inputs = changed(inputs_of(claim), *((place, 9) for place in UNREAD))
    assert escape.satisfied(inputs)
    claimed = claim.public_inputs(TINY)["claim"]
    assert not escape.satisfied(changed(inputs, (("claim",), claimed + 8 * claim.account.vector[0])))


@pytest.mark.parametrize("equity", [20_700, 1, 0, -1, -20_700])
def test_escape_that_claims_anything_but_the_equity_or_nothing_below_zero_has_no_witness(
    escape: StepCircuit, equity: int
) -> None:
    """CLM-11. Not more, not less, not a debt as a claim, not nothing where there is something."""
    held = account(equity - 9 * 1_000, 9)
    inputs = inputs_of(account_by_hand(held, 100, TABLE))
    right = max(0, equity)
    assert element_at(inputs, ("claim",)) == right
    for wrong in {0, equity, -equity, right + 1, right - 1, right + 2**160, 2 * right, R // 2} - {right}:
        lie = changed(inputs, (("claim",), field(wrong)))
        trace = escape.refusal(lie)
        assert trace is not None, wrong
        assert trace[-1][0] == "Escape"


def test_escape_that_claims_nothing_of_something_or_a_debt_fails_the_range(escape: StepCircuit) -> None:
    """CLM-11. These two pass the product; the one range check stands against both."""
    for equity, wrong in ((5, 0), (-5, -5)):
        inputs = inputs_of(account_by_hand(account(equity), 100, TABLE))
        lie = changed(inputs, (("claim",), wrong))
        escape.refuses(lie, "Escape", "Range(BITS_STUCK())(2 * claim - equity[0])")
    over = changed(inputs_of(account_by_hand(account(5), 100, TABLE)), (("claim",), 6))
    escape.refuses(over, "Escape", "claim * (claim - equity[0]) === 0")


@pytest.mark.parametrize("equity", [2**160, -(2**160), R // 2, -(R // 2)])
def test_escape_of_what_does_not_fit_160_bits_has_no_witness(escape: StepCircuit, equity: int) -> None:
    """CLM-11. No account is ever worth that: PROTOCOL.md section 4 bounds it."""
    with law_without("CLM-11"):
        inputs = inputs_of(account_by_hand(account(equity), 100, TABLE))
        escape.refuses(inputs, "Escape", "Range(BITS_STUCK())(2 * claim - equity[0])")


def test_escape_binds_every_public_input_in_a_constraint(wires: Wires) -> None:
    """CLM-6. The domain stands alone in a square, which the optimiser has left."""
    for place, name in enumerate(PUBLIC, start=1):
        assert wires.names[place] == f"main.{name}"
        assert wires.constraints_with(place), name
    (number,) = wires.constraints_with(wires.wire_of["main.domain"])
    left, right, _ = wires.system.constraints[number]
    assert set(left) == set(right) == {wires.wire_of["main.domain"]}


def test_escape_when_any_input_is_changed_has_no_witness(escape: StepCircuit, claim: EscapeClaim) -> None:
    """Every input but the one that is only bound and the one that nobody reads."""
    inputs = inputs_of(claim)
    assert escape.satisfied(inputs)
    for place in elements(inputs):
        if place[0] != "domain" and place not in UNREAD:
            assert not escape.satisfied(changed(inputs, (place, element_at(inputs, place) + 1))), place


# ---------------------------------------------------------------- proof


@pytest.mark.parametrize("cash", [5_000, -20_000], ids=["worth something", "in debt"])
def test_prove_an_escape_and_change_any_public_input_is_refused(escape: StepCircuit, cash: int) -> None:
    """CLM-6 and all the others."""
    claim = account_by_hand(account(cash, 10), 100, TABLE)
    key, proved = proven(escape, inputs_of(claim))
    assert proved.public == tuple(claim.public_inputs(TINY).values())
    assert tuple(refused_inputs(key, proved, PUBLIC)) == PUBLIC
