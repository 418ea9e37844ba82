"""
The attestation of an account: what the law lets a trader say has a witness, and each rule, broken alone, has none.

Where the law itself refuses, it is not asked: the owner signs the lie, so that message, name and root fit and only the
constraint that stands for the rule is left to refuse.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support.attestation_builders import (
    CHALLENGE,
    VERIFIER,
    answer,
    asking_for_credential,
    credential,
    signed,
)
from support.claims_witness import proven, public_wires, refused_inputs
from support.spec_builders import BOARD, DOMAIN, NOW, Instrument, Trader, World, element, secret, table_of
from support.spec_values import FAST
from support.step_witness import StepCircuit, alone, changed, dishonest, element_at, elements, step_circuit

from prover import crypto
from prover.circuits import circuit
from prover.reference.babyjubjub import SUBGROUP_ORDER
from prover.reference.field import R
from rollup.spec.account import FUND
from rollup.spec.attestation import (
    AccountAttestation,
    Question,
    gross_exposure,
    pseudonym,
)
from rollup.spec.errors import Refusal
from rollup.spec.funds import operation_message
from rollup.spec.hashes import field, shifted, tagged
from rollup.spec.shared import PROFILES, Operation, Status, Tag
from rollup.witness.account import attestation_inputs

pytest.importorskip("zkclear_native", reason="the native extension is not built: install Rust, make setup")

TINY = PROFILES["tiny"]
PUBLIC = circuit("account", "tiny").public
FILE = "attest/account.circom"
CAROL, DAVE = 4, 70
UNREAD = {(name, 0) for name in ("status", "listing", "funding", "value")}
"""Cash is what it is."""


@pytest.fixture(scope="module")
def attests() -> StepCircuit:
    return step_circuit("account")


@pytest.fixture(scope="module")
def world() -> World:
    """Carol with a position in every kind of slot; Dave: 100 lots at 1,000 on an equity of 4,000, worst -6,000."""
    world = World(table_of(*BOARD))
    world.seat(
        CAROL, {0: 10**7, 1: 10, 2: -10, 3: 10, 4: 10, 6: -3}, "carol", nonce=3, owner_nonce=2, blind=element("b")
    )
    world.seat(DAVE, {0: -96_000, 1: 100}, "dave")
    return world


def ask(**parts: Any) -> Question:
    return Question(VERIFIER, CHALLENGE, **parts)


def check(attests: StepCircuit, attestation: AccountAttestation) -> None:
    """What the law accepts has a witness with the law's public inputs."""
    statement = attestation.check()
    made = attests.witness(attestation_inputs(attestation))
    assert public_wires(made, len(PUBLIC)) == list(statement.public_inputs.values())


def refuses(attests: StepCircuit, attestation: AccountAttestation, rule: str, template: str, text: str) -> None:
    """The law refuses by this rule, and the circuit at this line."""
    with pytest.raises(Refusal, match=rule):
        attestation.check()
    attests.refuses(attestation_inputs(attestation), template, text)


def resigned(world: World, attestation: AccountAttestation, *lies: tuple[str, int]) -> dict[str, Any]:
    """The inputs with other public ones, which the owner has signed all the same."""
    public = {**attestation.statement.public_inputs}
    inputs = attestation_inputs(attestation)
    names = dict(zip(PUBLIC, public, strict=True))
    for name, value in lies:
        public[names[name]] = value % R
    signature = world.traders[attestation.index].sign_as_owner(tagged(Tag.ATTEST, *public.values()))
    said = [((name,), public[names[name]]) for name in PUBLIC]
    hand = [(("r8", 0), signature.r8.x), (("r8", 1), signature.r8.y), (("s",), signature.s)]
    return changed(inputs, *said, *hand)


# ---------------------------------------------------------------- what must work


def test_attestation_of_everything_at_once_has_a_witness(attests: StepCircuit, world: World) -> None:
    question = asking_for_credential(
        equity=10**7,
        leverage=10_000,
        exposure=30_000,
        headroom=10**6,
        denied=(1, 2, 3, 4, 5, 6, 7, 65_535),
        accredited=True,
    )
    check(attests, answer(world, CAROL, question, credential(world.traders[CAROL])))


def test_attestation_of_nothing_but_the_account_has_a_witness(attests: StepCircuit, world: World) -> None:
    for index in (CAROL, DAVE, 1, world.street):
        check(attests, answer(world, index, ask()))


@pytest.mark.parametrize("name", ["equity", "leverage", "exposure", "headroom"])
@pytest.mark.parametrize("index", [CAROL, 1])
def test_threshold_that_is_met_exactly_has_a_witness_and_the_next_one_none(
    attests: StepCircuit, world: World, name: str, index: int
) -> None:
    """ATT-5 to ATT-8: of an account with positions, and of one with nothing, whose every threshold is 0."""
    values, gross = world.values(index), gross_exposure(world.account(index).vector, world.table)
    leverage = -(-gross * 10**6 // values[0]) if values[0] else 0
    edges = {
        "equity": (values[0], 1, "ATT-5", "Range(BITS_STUCK())(above)"),
        "leverage": (leverage, -1, "ATT-6", "Range(BITS_STUCK() + BITS_LEVERAGE())(spare)"),
        "exposure": (gross, -1, "ATT-7", "Range(BITS_AMOUNT())(below)"),
        "headroom": (min(values), 1, "ATT-8", "Range(BITS_STUCK())(head[k])"),
    }
    edge, beyond, rule, text = edges[name]
    check(attests, answer(world, index, ask(**{name: edge})))
    if edge + beyond >= 0:
        refuses(attests, answer(world, index, ask(**{name: edge + beyond})), rule, "AccountAttestation", text)


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


# ---------------------------------------------------------------- ATT-1: an account, never the fund


def test_trap_22_attestation_of_the_fund_has_no_witness(attests: StepCircuit) -> None:
    """ATT-1."""
    world = World(table_of(*BOARD))
    world.seat(FUND, {0: 5})
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("rollup.spec.attestation.FUND", 999)
        fund = answer(world, FUND, ask())
        assert fund.index == FUND
        fund.check()
        attests.refuses(attestation_inputs(fund), "AccountAttestation", "Nonzero()(index)")


@pytest.mark.parametrize("index", [5, CAROL + 512, R - 508, 511])
def test_attestation_at_another_index_has_no_witness(attests: StepCircuit, world: World, index: int) -> None:
    """ATT-1: neither another place nor another reading of the same bits."""
    inputs = changed(attestation_inputs(answer(world, CAROL, ask())), (("index",), index))
    trace = attests.refusal(inputs)
    assert trace is not None
    assert {"RootAt8", "Bits"} & {name for name, _ in trace}


def test_attestation_of_an_account_that_is_not_in_the_state_has_no_witness(attests: StepCircuit, world: World) -> None:
    """ATT-1: richer than it is, or as it was."""
    honest = answer(world, CAROL, ask(equity=2 * 10**7))
    for name, place, value in (
        ("vector", 0, 3 * 10**7),
        ("nonce", None, 4),
        ("blind", None, 0),
        ("ownerNonce", None, 9),
    ):
        at = (name,) if place is None else (name, place)
        attests.refuses(changed(attestation_inputs(honest), (at, value)), "RootAt8", "picked[level] === node[level]")


def test_attestation_at_another_root_or_table_has_no_witness(attests: StepCircuit, world: World) -> None:
    """ATT-1, trap 15: the owner may sign for them, the account does not stand there."""
    honest = answer(world, CAROL, ask())
    for name, text in (("stateRoot", "stateRoot === state"), ("riskRoot", "riskRoot === table.root")):
        attests.refuses(resigned(world, honest, (name, 5)), "AccountAttestation", text)


# ---------------------------------------------------------------- ATT-2, ATT-3: from its owner alone


def test_attestation_under_another_name_has_no_witness(attests: StepCircuit, world: World) -> None:
    """ATT-2: neither sequencer nor auditor knows the note key, and the owner has one name only."""
    honest, key = answer(world, CAROL, ask()), world.traders[DAVE].note_key
    other = resigned(world, honest, ("pseudonym", pseudonym(key, VERIFIER)))
    attests.refuses(other, "AccountAttestation", "pseudonym === name")
    forged = answer(world, CAROL, ask(), note_key=key)
    refuses(attests, forged, "ATT-2", "RootAt8", "picked[level] === node[level]")


def test_attestation_that_the_owner_key_did_not_sign_has_no_witness(attests: StepCircuit, world: World) -> None:
    """ATT-3: not the trading key, not a stranger, not the owner of another account."""
    honest, trader = answer(world, CAROL, ask()), world.traders[CAROL]
    message = honest.statement.message
    for signature in (
        trader.sign_order(message),
        Trader("sequencer").sign_as_owner(message),
        world.traders[DAVE].sign_as_owner(message),
        trader.sign_as_owner(message + 1),
    ):
        refuses(attests, replace(honest, signature=signature), "ATT-3", "SignatureOf", "enabled * (expected")
    stranger = Trader("sequencer")
    inputs = changed(
        attestation_inputs(signed(honest, stranger)),
        *((("ownerKey", i), stranger.owner.owner_key[i]) for i in range(2)),
        *((("ownerShifted", i), shifted(stranger.owner.owner_key)[i]) for i in range(2)),
    )
    attests.refuses(inputs, "RootAt8", "picked[level] === node[level]")


@pytest.mark.parametrize("name", PUBLIC)
def test_signature_for_another_statement_has_no_witness(attests: StepCircuit, world: World, name: str) -> None:
    """ATT-3: every public input stands in what was signed; the challenge, so that none is shown twice."""
    question = asking_for_credential(equity=1, leverage=10**6, exposure=10**6, headroom=1)
    honest = answer(world, CAROL, question, credential(world.traders[CAROL]))
    inputs = attestation_inputs(honest)
    assert attests.satisfied(inputs)
    lie = changed(inputs, ((name,), element_at(inputs, (name,)) + 1))
    assert not attests.satisfied(lie)
    if name in ("domain", "challenge", "equity", "leverage", "exposure", "headroom", "denied"):
        attests.refuses(lie, "SignatureOf", "enabled * (expected")
        again = resigned(world, honest, (name, element_at(inputs, (name,)) + 1))
        assert attests.satisfied(again), "the rule was not what stood in the way"


def test_trap_03_signature_of_an_operation_is_no_attestation(attests: StepCircuit, world: World) -> None:
    """ATT-3: the tags keep them apart."""
    operation = operation_message(DOMAIN, Operation.WITHDRAW, CAROL, 1, 1, NOW, 5)
    signature = world.traders[CAROL].sign_as_owner(operation)
    honest = answer(world, CAROL, ask())
    refuses(attests, replace(honest, signature=signature), "ATT-3", "SignatureOf", "enabled * (expected")


def test_trap_30_scalar_plus_l_gives_the_same_attestation(attests: StepCircuit, world: World) -> None:
    """Must work: alike in law and circuit."""
    honest = answer(world, CAROL, ask())
    again = replace(honest, signature=honest.signature._replace(s=honest.signature.s + SUBGROUP_ORDER))
    check(attests, again)
    raw = changed(attestation_inputs(honest), (("s",), honest.signature.s + SUBGROUP_ORDER))
    assert attests.satisfied(raw)


# ---------------------------------------------------------------- ATT-4: what is not asked is 0, thresholds fit


@pytest.mark.parametrize(("bit", "name"), list(enumerate(("equity", "leverage", "exposure", "headroom"))))
def test_threshold_that_is_not_asked_but_stands_there_has_no_witness(
    attests: StepCircuit, world: World, bit: int, name: str
) -> None:
    """ATT-4: nobody reads a promise that nobody made."""
    honest = answer(world, CAROL, ask())
    attests.refuses(resigned(world, honest, (name, 1)), "AccountAttestation", f"(1 - asks[{bit}]) * {name} === 0")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("equity", R - 1),
        ("equity", 2**64),
        ("leverage", 2**40),
        ("leverage", R - 1),
        ("exposure", 2**64),
        ("exposure", R // 2),
        ("headroom", 2**64),
        ("headroom", R - 1),
    ],
)
def test_threshold_that_does_not_fit_has_no_witness(attests: StepCircuit, world: World, name: str, value: int) -> None:
    """ATT-4: r - 1 would hold for everybody, and be read as much."""
    honest = answer(world, world.street, ask(**{name: 0 if name in ("equity", "headroom") else 2**40 - 1}))
    lie = resigned(world, honest, (name, value))
    trace = attests.refusal(lie)
    assert trace is not None
    attests.refuses(lie, "AccountAttestation", f"({name});")


@pytest.mark.parametrize("asked", [32, 33, R - 1])
def test_question_of_more_than_five_parts_has_no_witness(attests: StepCircuit, world: World, asked: int) -> None:
    """ATT-4."""
    attests.refuses(resigned(world, answer(world, CAROL, ask()), ("asked", asked)), "AccountAttestation", "Bits(5)")


# ---------------------------------------------------------------- ATT-6, ATT-7: exposure


def exposure_inputs(*held: int) -> dict[str, Any]:
    vector = [0, *held, *[0] * (TINY.slots - 1 - len(held))]
    table = table_of(*BOARD)
    return {
        "vector": [field(quantity) for quantity in vector],
        "settled": [int(mark.status is Status.SETTLED) for mark in table.marks],
        "price": [mark.price for mark in table.marks],
    }


def test_exposure_counts_both_sides_and_leaves_settled_slots_out(attests: StepCircuit, world: World) -> None:
    """ATT-7: a short weighs as much as a long; slot 4 is settled."""
    exposure = alone(FILE, "GrossExposure", TINY.slots)
    assert exposure.outputs(exposure_inputs(3, -2, 0, 9)) == {"out": 3 * 1_000 + 2 * 500}
    assert exposure.outputs(exposure_inputs(-3, 2, 0, -9)) == {"out": 3 * 1_000 + 2 * 500}
    for lots in (2**104, -(2**104)):
        exposure.refuses(exposure_inputs(lots), "GrossExposure", "Range(BITS_LOTS())(magnitude[j])")


@pytest.mark.parametrize("instead", ["vector[j] > 0 ? 1 : 0", "1", "0", "2", "(1 - 1 / vector[j]) / 2"])
def test_exposure_of_a_short_that_counts_as_less_has_no_witness(instead: str) -> None:
    """ATT-7: the sign is a hint; a wrong one makes a magnitude below zero, and half a sign is none."""
    lying = dishonest(FILE, "GrossExposure", TINY.slots, hint="vector[j] < 0 ? 1 : 0", instead=instead)
    inputs = exposure_inputs(*([5, -5] * 7), 5)
    trace = lying.refusal(inputs)
    assert trace is not None
    assert trace[-1][0] == "GrossExposure"


# ---------------------------------------------------------------- ATT-9 to ATT-12: credentials


def test_credential_that_the_issuer_did_not_sign_for_this_trader_has_no_witness(
    attests: StepCircuit, world: World
) -> None:
    """ATT-9: another signer, another trader, other parts, none at all."""
    trader, question = world.traders[CAROL], asking_for_credential()
    right = credential(trader)
    for wrong in (
        credential(trader, issuer=secret("forger")),
        credential(world.traders[DAVE]),
        replace(right, jurisdiction=276),
        replace(right, accredited=False),
        replace(right, expiry=NOW + 2),
    ):
        forged = answer(world, CAROL, question, wrong)
        refuses(attests, forged, "ATT-9", "SignatureOf", "enabled * (expected")
    missing = answer(world, CAROL, question)
    refuses(attests, missing, "ATT-9", "Credential", "asked * (issuer - keyHash) === 0")


def test_credential_of_another_issuer_than_the_one_named_has_no_witness(attests: StepCircuit, world: World) -> None:
    """ATT-9: the key is what the verifier's hash opens to, with the multiple that belongs to it."""
    honest = answer(world, CAROL, asking_for_credential(), credential(world.traders[CAROL]))
    forger = crypto.load().public_key(secret("forger"))
    inputs = changed(
        attestation_inputs(honest),
        *((("issuerKey", i), forger[i]) for i in range(2)),
        *((("issuerShifted", i), shifted(forger)[i]) for i in range(2)),
    )
    attests.refuses(inputs, "Credential", "asked * (issuer - keyHash) === 0")
    other = changed(attestation_inputs(honest), *((("issuerShifted", i), shifted(forger)[i]) for i in range(2)))
    attests.refuses(other, "Credential", "asked * (issuer - keyHash) === 0")


def test_question_about_a_credential_without_an_issuer_has_no_witness(attests: StepCircuit, world: World) -> None:
    """ATT-9: nobody reads that a list was applied where nobody vouched."""
    honest = answer(world, CAROL, ask())
    for lie, text in (
        (("denied", 840), "without * denied === 0"),
        (("now", NOW), "without * now === 0"),
        (("asked", 16), "without * mustBeAccredited === 0"),
    ):
        attests.refuses(resigned(world, honest, lie), "Credential", text)


@pytest.mark.parametrize("place", range(8))
def test_credential_of_a_denied_jurisdiction_has_no_witness(attests: StepCircuit, world: World, place: int) -> None:
    """ATT-10: at every place of the list."""
    denied = tuple(756 if at == place else 100 + at for at in range(8))
    forged = answer(world, CAROL, asking_for_credential(denied=denied), credential(world.traders[CAROL]))
    refuses(attests, forged, "ATT-10", "Credential", "Nonzero()(distinct)")


@pytest.mark.parametrize("denied", [(), (1, 2, 3, 4, 5, 6, 7, 8)])
def test_credential_of_no_jurisdiction_has_no_witness(
    attests: StepCircuit, world: World, denied: tuple[int, ...]
) -> None:
    """ATT-10: 0 fills the list, and is nobody's home even where the list is full."""
    nowhere = credential(world.traders[CAROL], jurisdiction=0)
    forged = answer(world, CAROL, asking_for_credential(denied=denied), nowhere)
    refuses(attests, forged, "ATT-10", "Credential", "Nonzero()(distinct)")


def test_list_of_more_than_eight_jurisdictions_has_no_witness(attests: StepCircuit, world: World) -> None:
    """ATT-4: a ninth code would not be compared."""
    honest = answer(world, CAROL, asking_for_credential(), credential(world.traders[CAROL]))
    lie = resigned(world, honest, ("denied", 756 << 128))
    attests.refuses(lie, "Credential", "Bits(DENIED() * BITS_JURISDICTION())(denied)")


def test_credential_of_somebody_who_is_not_accredited_has_no_witness_where_asked(
    attests: StepCircuit, world: World
) -> None:
    """ATT-11."""
    plain = credential(world.traders[CAROL], accredited=False)
    check(attests, answer(world, CAROL, asking_for_credential(), plain))
    forged = answer(world, CAROL, asking_for_credential(accredited=True), plain)
    refuses(attests, forged, "ATT-11", "Credential", "mustBeAccredited * (1 - accredited) === 0")


def test_credential_that_has_expired_has_no_witness(attests: StepCircuit, world: World) -> None:
    """ATT-12: good until its last second; a time beyond 40 bits is none (ATT-4)."""
    shown = credential(world.traders[CAROL], expiry=NOW)
    honest = answer(world, CAROL, asking_for_credential(), shown)
    check(attests, honest)
    late = answer(world, CAROL, asking_for_credential(now=NOW + 1), shown)
    refuses(attests, late, "ATT-12", "Credential", "Range(BITS_TIME())(left)")
    for now in (R - 1, 2**40):
        attests.refuses(resigned(world, honest, ("now", now)), "Credential", "Range(BITS_TIME())(now)")


def test_credential_whose_parts_spill_into_one_another_has_no_witness(attests: StepCircuit, world: World) -> None:
    """ATT-9: the same word read another way: 2^16 + 756 without accreditation, an expiry one lower with two of them."""
    trader = world.traders[CAROL]
    honest = answer(world, CAROL, asking_for_credential(), credential(trader))
    inputs = attestation_inputs(honest)
    attests.refuses(
        changed(inputs, (("jurisdiction",), 756 + 2**16), (("accredited",), 0)), "Credential", "(jurisdiction)"
    )
    attests.refuses(
        changed(inputs, (("expiry",), NOW), (("accredited",), 3)), "Credential", "accredited * (accredited - 1) === 0"
    )
    wrapped = element_at(inputs, ("expiry",)) - 756 * pow(2**17, -1, R)
    lie = changed(inputs, (("expiry",), wrapped), (("jurisdiction",), 2 * 756))
    attests.refuses(lie, "Credential", "Range(BITS_TIME())(expiry)")


# ---------------------------------------------------------------- every input, and a proof


def test_attestation_when_any_input_is_changed_has_no_witness(attests: StepCircuit, world: World) -> None:
    """Whatever is opened is what was committed to; slot 0 of the table is not read."""
    question = asking_for_credential(equity=1, leverage=10**6, exposure=10**6, headroom=1, accredited=True)
    inputs = attestation_inputs(answer(world, CAROL, question, credential(world.traders[CAROL])))
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
    attests: StepCircuit, world: World, with_credential: bool
) -> None:
    if with_credential:
        shown = credential(world.traders[CAROL])
        attestation = answer(world, CAROL, asking_for_credential(equity=5, denied=(840,)), shown)
    else:
        attestation = answer(world, CAROL, ask(leverage=10**6))
    key, proved = proven(attests, attestation_inputs(attestation))
    assert proved.public == tuple(attestation.check().public_inputs.values())
    assert tuple(refused_inputs(key, proved, PUBLIC)) == PUBLIC
