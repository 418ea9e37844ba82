"""The attestation of an account: what the law lets a trader say has a witness, and what it does not has none."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support.account_witness import CAROL, DAVE, PUBLIC, TINY, UNREAD, ask, check, refuses
from support.attestation_builders import (
    answer,
    asking_for_credential,
    credential,
)
from support.claims_witness import proven, refused_inputs
from support.spec_builders import BOARD, NOW, Instrument, World, table_of
from support.spec_values import FAST
from support.step_witness import StepCircuit, changed, element_at, elements, step_circuit

from rollup.spec.attestation import (
    gross_exposure,
)
from rollup.spec.errors import Refusal
from rollup.spec.shared import Status
from rollup.witness.account import attestation_inputs

pytest.importorskip("zkclear_native", reason="the native extension is not built: install Rust, make setup")


# ---------------------------------------------------------------- what must work


def test_attestation_of_everything_at_once_has_a_witness(attests: StepCircuit, carols: World) -> None:
    question = asking_for_credential(
        equity=10**7,
        leverage=10_000,
        exposure=30_000,
        headroom=10**6,
        denied=(1, 2, 3, 4, 5, 6, 7, 65_535),
        accredited=True,
    )
    check(attests, answer(carols, CAROL, question, credential(carols.traders[CAROL])))


def test_attestation_of_nothing_but_the_account_has_a_witness(attests: StepCircuit, carols: World) -> None:
    for index in (CAROL, DAVE, 1, carols.street):
        check(attests, answer(carols, index, ask()))


@pytest.mark.parametrize("name", ["equity", "leverage", "exposure", "headroom"])
@pytest.mark.parametrize("index", [CAROL, 1])
def test_threshold_that_is_met_exactly_has_a_witness_and_the_next_one_none(
    attests: StepCircuit, carols: World, name: str, index: int
) -> None:
    """ATT-5 to ATT-8: of an account with positions, and of one with nothing, whose every threshold is 0."""
    values, gross = carols.values(index), gross_exposure(carols.account(index).vector, carols.table)
    leverage = -(-gross * 10**6 // values[0]) if values[0] else 0
    edges = {
        "equity": (values[0], 1, "ATT-5", "Range(BITS_STUCK())(above)"),
        "leverage": (leverage, -1, "ATT-6", "Range(BITS_STUCK() + BITS_LEVERAGE())(spare)"),
        "exposure": (gross, -1, "ATT-7", "Range(BITS_AMOUNT())(below)"),
        "headroom": (min(values), 1, "ATT-8", "Range(BITS_STUCK())(head[k])"),
    }
    edge, beyond, rule, text = edges[name]
    check(attests, answer(carols, index, ask(**{name: edge})))
    if edge + beyond >= 0:
        refuses(attests, answer(carols, index, ask(**{name: edge + beyond})), rule, "AccountAttestation", text)


def test_attestation_of_an_account_in_debt_says_so_by_silence(attests: StepCircuit) -> None:
    """ATT-5, ATT-6: it can say what it holds, and neither equity nor leverage."""
    world = World(table_of(*BOARD))
    world.seat(2, {0: -1_001, 1: 1})
    check(attests, answer(world, 2, ask(exposure=1_000)))
    refuses(attests, answer(world, 2, ask(equity=0)), "ATT-5", "AccountAttestation", "(above)")
    refuses(attests, answer(world, 2, ask(leverage=2**40 - 1)), "ATT-6", "AccountAttestation", "(above)")
    world.seat(3, {0: -1})
    refuses(attests, answer(world, 3, ask(leverage=0)), "ATT-6", "AccountAttestation", "(above)")


def test_attestation_of_the_largest_book_has_a_witness(attests: StepCircuit) -> None:
    """160 bits of value, and an exposure that no threshold of 64 bits reaches."""
    wide = tuple(Instrument(2**40 - 1, (2**46 - 2**40, 2 - 2**46)) for _ in range(TINY.slots - 1))
    world = World(table_of(*wide))
    world.seat(2, [2**151, *[2**103 - 1] * (TINY.slots - 1)])
    world.state = replace(world.state, custody=1)
    check(attests, answer(world, 2, ask(equity=2**64 - 1, leverage=2**40 - 1)))
    refuses(attests, answer(world, 2, ask(exposure=2**64 - 1)), "ATT-7", "AccountAttestation", "(below)")
    world.seat(3, [-(2**151), *[1 - 2**103] * (TINY.slots - 1)])
    world.state = replace(world.state, custody=1)
    check(attests, answer(world, 3, ask()))


lots = st.integers(-200, 200) | st.sampled_from([0, 0, 2**40, -(2**60), 2**103])
thresholds = st.none() | st.integers(0, 10**6) | st.sampled_from([0, 2**64 - 1])
instruments = st.builds(
    lambda price, moves, status, funding: Instrument(
        price, () if status is Status.SETTLED else tuple(moves), status, funding=funding
    ),
    price=st.integers(0, 2_000),
    moves=st.lists(st.integers(-300, 300), max_size=TINY.scenarios),
    status=st.sampled_from([Status.ACTIVE, Status.REDUCE_ONLY, Status.SETTLED, Status.HALTED]),
    funding=st.integers(-50, 50),
)


@settings(max_examples=60 if FAST else 5)
@given(
    board=st.lists(instruments, min_size=1, max_size=5),
    cash=st.integers(-50_000, 500_000),
    held=st.lists(lots, min_size=5, max_size=5),
    asked=st.tuples(thresholds, st.none() | st.integers(0, 2**40 - 1), thresholds, thresholds),
    shown=st.none() | st.tuples(st.integers(0, 9), st.booleans(), st.integers(-1, 1)),
    demanded=st.tuples(st.lists(st.integers(0, 9), max_size=8), st.booleans()),
    index=st.integers(2, 511),
)
def test_attestation_of_any_book_has_a_witness_exactly_when_the_law_accepts(
    board: list[Instrument],
    cash: int,
    held: list[int],
    asked: tuple[int | None, int | None, int | None, int | None],
    shown: tuple[int, bool, int] | None,
    demanded: tuple[list[int], bool],
    index: int,
) -> None:
    world = World(table_of(*board))
    world.seat(index, [cash, *held[: len(board)], *[0] * (TINY.slots - 1 - len(held[: len(board)]))])
    world.state = replace(world.state, custody=1)
    parts: dict[str, Any] = dict(zip(("equity", "leverage", "exposure", "headroom"), asked, strict=True))
    if shown is None:
        attestation = answer(world, index, ask(**parts))
    else:
        question = asking_for_credential(**parts, denied=tuple(demanded[0]), accredited=demanded[1])
        mine = credential(world.traders[index], shown[0], shown[1], NOW + shown[2])
        attestation = answer(world, index, question, mine)
    attests = step_circuit("account")
    try:
        attestation.check()
    except Refusal:
        assert not attests.satisfied(attestation_inputs(attestation))
    else:
        check(attests, attestation)


# ---------------------------------------------------------------- every input, and a proof


def test_attestation_when_any_input_is_changed_has_no_witness(attests: StepCircuit, carols: World) -> None:
    """Whatever is opened is what was committed to; slot 0 of the table is not read."""
    question = asking_for_credential(equity=1, leverage=10**6, exposure=10**6, headroom=1, accredited=True)
    inputs = attestation_inputs(answer(carols, CAROL, question, credential(carols.traders[CAROL])))
    assert attests.satisfied(inputs)
    hints = {("s",), ("issuerS",)}
    many = ("stress", "child", "listing", "funding", "status", "value")
    for number, place in enumerate(elements(inputs)):
        if place in UNREAD or (place[0] == "stress" and place[-1] == 0) or (place[0] in many and number % 5):
            continue
        lie = changed(inputs, (place, element_at(inputs, place) + 1))
        assert not attests.satisfied(lie), place
        if place in hints:
            attests.refuses(lie, "SignatureOf", "enabled * (expected")


@pytest.mark.parametrize("with_credential", [True, False])
def test_prove_an_attestation_and_change_any_public_input_is_refused(
    attests: StepCircuit, carols: World, with_credential: bool
) -> None:
    if with_credential:
        shown = credential(carols.traders[CAROL])
        attestation = answer(carols, CAROL, asking_for_credential(equity=5, denied=(840,)), shown)
    else:
        attestation = answer(carols, CAROL, ask(leverage=10**6))
    key, proved = proven(attests, attestation_inputs(attestation))
    assert proved.public == tuple(attestation.check().public_inputs.values())
    assert tuple(refused_inputs(key, proved, PUBLIC)) == PUBLIC
